"""`manage.py check_catalog`: contradictions in prices, with their place and what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from arena.catalog.checks import check_catalog


class Command(BaseCommand):
    help = (
        "Report contradictions in the catalogue's prices. Exits with 1 if money is counted by one of "
        "them; what pages claim beside the rules is reported and changes no sum."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        findings = check_catalog(day=timezone.now().date())
        for finding in findings:
            self.stdout.write(f"{'ERROR' if finding.serious else 'claim'}  {finding}")
        serious = sum(finding.serious for finding in findings)
        self.stdout.write(
            f"{serious} contradictions in the rules, "
            f"{len(findings) - serious} claims that the rules do not bear out."
        )
        if serious:
            sys.exit(1)
