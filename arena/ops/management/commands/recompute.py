"""Rebuilds tallies and boards from the votes, or checks that they are what a rebuild would make."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from arena.ratings.recompute import find_differences, rebuild


class Command(BaseCommand):
    help = "Rebuild tallies and boards from the votes; with --check only compare, and fail on a difference."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Compare and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.stdout.write(f"{rebuild()} boards rebuilt from the votes.")
            return
        differences = find_differences()
        for difference in differences[:20]:
            self.stderr.write(
                f"{difference.what}: kept {difference.kept}, counted {difference.counted}"
            )
        if differences:
            raise CommandError(
                f"{len(differences)} tallies or boards differ from the votes; run manage.py recompute."
            )
        self.stdout.write("The tallies are what the votes say.")
