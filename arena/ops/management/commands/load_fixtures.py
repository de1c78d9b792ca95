"""`manage.py load_fixtures`: the catalogue and the challenges that Paragone ships."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from arena.catalog.entries import Counts, LoadError
from arena.catalog.load import load_catalog
from arena.challenges.load import load_challenges
from arena.generation.shipped import plan_shipped


class Command(BaseCommand):
    help = (
        "Add the shipped catalogue, challenges and demo pictures where they are missing; "
        "nothing is overwritten."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--no-pictures",
            action="store_true",
            help="Leave the shipped demo pictures out; the studios draw them all.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.FIXTURES)
        try:
            catalog = load_catalog(_read(folder / "catalog.json"))
            challenges = load_challenges(
                _read(folder / "challenges.json"), pictures=folder / "references"
            )
        except LoadError as error:
            raise CommandError(str(error)) from error
        planned = [] if options["no_pictures"] else plan_shipped(folder / "originals")
        self.stdout.write(_summary(catalog, challenges))
        if planned:
            self.stdout.write(f"{_count(len(planned), 'pictures')} will be taken in.")


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LoadError(f"{path.name}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise LoadError(f"{path.name}: is not JSON in UTF-8 ({error}).") from error


def _summary(*loads: Counts) -> str:
    created = ", ".join(
        _count(number, name) for load in loads for name, number in load.created.items() if number
    )
    kept = sum(number for load in loads for number in load.kept.values())
    if not created:
        return f"Nothing to add: all {kept} rows are there, and none was changed."
    return f"{created} created; {kept} that were there stayed as they are."


def _count(number: int, name: str) -> str:
    singular = {"categories": "category"}.get(name, name.removesuffix("s"))
    return f"{number} {singular if number == 1 else name}"
