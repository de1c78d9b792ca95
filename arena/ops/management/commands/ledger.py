"""`manage.py ledger`: what was spent per day and provider; `--check` proves that the books are right."""

import argparse
import sys
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from arena.generation.audit import Line, check_ledger, report_spending
from arena.generation.budget import room_left
from arena.generation.ledger import utc_day

COLUMNS = ("day", "provider", "calls", "put aside", "paid", "held", "given back", "uncertain")


class Command(BaseCommand):
    help = (
        "Show what was put aside, paid, held and given back, per UTC day and provider, in dollars."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=30, help="How far back (default: 30).")
        parser.add_argument(
            "--check",
            action="store_true",
            help="Check every call's entries instead; exits with 1 and a sentence for each contradiction.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        lines = report_spending(since=utc_day() - timedelta(days=max(options["days"], 1) - 1))
        self.stdout.write(_row(COLUMNS))
        for line in lines:
            self.stdout.write(_row(_cells(line)))
        for room in room_left():
            self.stdout.write(f"allowed: {room.sentence}")

    def _check(self) -> None:
        problems = list(check_ledger())
        for sentence in problems:
            self.stdout.write(sentence)
        if problems:
            self.stdout.write(f"{len(problems)} contradictions in the ledger.")
            sys.exit(1)
        self.stdout.write("The ledger is right: every call's money ended as its state says.")


def _cells(line: Line) -> tuple[str, ...]:
    sums = (line.reserved, line.settled, line.held, line.released)
    return (
        line.day.isoformat(),
        line.provider,
        str(line.calls),
        *(f"{amount:.4f}" for amount in sums),
        str(line.uncertain),
    )


def _row(cells: tuple[str, ...]) -> str:
    return f"{cells[0]:11}{cells[1]:20}" + "".join(f"{cell:>12}" for cell in cells[2:])
