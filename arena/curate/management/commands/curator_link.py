"""Prints a path that logs the first curator in once."""

from typing import Any

from django.core.management.base import BaseCommand

from arena.curate.login import make_login_url


class Command(BaseCommand):
    help = "Print the path of a one-time login for curators."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(make_login_url())
