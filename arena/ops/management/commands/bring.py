"""`manage.py bring`: pictures that were made elsewhere, out of a ZIP or a folder, without a browser."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from django.core.management.base import BaseCommand, CommandError

from arena.generation.bringing import bring_in, map_parcel
from arena.generation.hints import hint_collect
from arena.generation.parcels import Parcel, ParcelError, open_folder, open_zip


class Command(BaseCommand):
    help = (
        "Take pictures in that were made elsewhere: files named challenge/model.take.png, or listed in a "
        "manifest.csv with the columns file, challenge, prompt, model, take. The same again brings nothing twice."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "parcel", type=Path, help="A ZIP, or a folder (links are not followed)."
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what each file is taken for; keep nothing."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with _open(options["parcel"]) as parcel:
                if options["dry_run"]:
                    self._rehearse(parcel)
                else:
                    self._bring(parcel)
        except ParcelError as error:
            raise CommandError(str(error)) from error

    def _rehearse(self, parcel: Parcel) -> None:
        found = map_parcel(parcel)
        for brought in found:
            self.stdout.write(f"{brought.file}: {brought.fault or brought.said}")
        good = sum(not brought.fault for brought in found)
        self.stdout.write(f"{good} of {len(found)} files can be taken in. Nothing was kept.")

    def _bring(self, parcel: Parcel) -> None:
        taken, files = 0, 0
        for brought, generation in bring_in(parcel, by=None):
            files += 1
            self.stdout.write(f"{brought.file}: {brought.fault or brought.said}")
            if generation is not None:
                taken += 1
                hint_collect([generation])
        self.stdout.write(f"{taken} of {files} files are taken in.")
        if not taken:
            raise CommandError("Nothing was taken in.")


@contextmanager
def _open(path: Path) -> Iterator[Parcel]:
    if path.is_dir():
        yield open_folder(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        yield open_zip(cast(Any, file))
