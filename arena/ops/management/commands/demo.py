"""`manage.py demo`: shipped pictures and simulated votes for the demo studios, or their removal."""

import argparse
import random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arena.ops import demo


class Command(BaseCommand):
    help = (
        "Take in the shipped demo pictures and cast simulated votes on the demo studios as their "
        "pictures appear; with --clear remove every simulated vote again."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--votes",
            type=int,
            default=settings.DEMO_VOTES,
            help="Cast until this many simulated votes are counted (default: DEMO_VOTES, 3000).",
        )
        parser.add_argument(
            "--unless-cleared",
            action="store_true",
            help="Cast nothing if somebody has removed the simulated votes.",
        )
        parser.add_argument(
            "--clear", action="store_true", help="Remove all simulated voters and their votes."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["votes"] < 0:
            raise CommandError("--votes must be zero or more.")
        if options["clear"]:
            voters, boards = demo.clear()
            self.stdout.write(
                f"{voters} simulated voters removed with all they did; {boards} boards rebuilt."
            )
            return
        taken = demo.take_in_shipped()
        if taken:
            self.stdout.write(f"{taken} shipped pictures taken in.")
        if options["unless_cleared"] and demo.is_cleared():
            self.stdout.write("The simulated votes were removed by `demo --clear`; none are cast.")
            return
        demo.allow_again()
        try:
            counted = demo.cast_votes(
                options["votes"],
                say=self._say,
                dice=random.Random(),  # noqa: S311 - simulated opinions, no secret
            )
        except demo.DemoError as error:
            raise CommandError(str(error)) from error
        self._say(f"{counted} simulated votes are counted.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
