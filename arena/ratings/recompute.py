"""Rebuilds every derived row from the facts, or proves that there is no need to (I5)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

from arena.battles.models import FoldEntry
from arena.scoring.elo import VERDICTS, rate

from .datasets import Scope, read_dataset
from .folding import wait_for_fold_lock
from .models import RatingRun, Tally
from .publishing import all_places, publish_field
from .streams import stream_votes
from .widths import measure_widths

Cell = tuple[str, int, int, int, str]
CELL_COLUMNS = ("is_real", "challenge", "left", "right", "verdict")


@dataclass(frozen=True)
class Difference:
    """Something kept that is not what the votes say: a cell of the tallies, or a board's points."""

    what: str
    kept: Any
    counted: Any


def find_differences() -> list[Difference]:
    """Compare tallies plus unfolded entries with a fresh count of the votes, and boards with a fresh fit.

    An empty list is the promise. Runs on one snapshot, so that verdicts that arrive meanwhile are in
    both counts or in neither.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        counted = count_votes()
        kept = Counter(
            {
                (t.population, t.challenge_id, t.left_id, t.right_id, t.verdict): t.count
                for t in Tally.objects.all()
            }
        )
        for cell, change in _waiting().items():
            kept[cell] += change
        boards = _differing_boards()
    cells = [
        Difference(str(cell), kept[cell], counted[cell])
        for cell in sorted(kept.keys() | counted.keys())
        if kept[cell] != counted[cell]
    ]
    return cells + boards


@transaction.atomic
def rebuild() -> int:
    """Throw the derived rows away and make them again from the votes; return the number of boards."""
    wait_for_fold_lock()
    with connection.cursor() as cursor:
        # Verdicts and undos wait for a moment: each is then either counted below or folded later, never both.
        cursor.execute(
            "lock table battles_vote, battles_undo, battles_foldentry in share row exclusive mode"
        )
    counted = count_votes()
    FoldEntry.objects.all().delete()
    Tally.objects.all().delete()
    RatingRun.objects.all().delete()
    Tally.objects.bulk_create(
        [
            Tally(
                population=cell[0],
                challenge_id=cell[1],
                left_id=cell[2],
                right_id=cell[3],
                verdict=cell[4],
                count=n,
            )
            for cell, n in counted.items()
        ],
        batch_size=2_000,
    )
    boards = 0
    for population, discipline in all_places():
        widths = measure_widths(population=population, discipline=discipline)
        if any(found.votes for found in widths.values()):
            boards += publish_field((population, discipline), widths=widths)
    return boards


def count_votes() -> Counter[Cell]:
    """Count the counted votes that nobody took back by (population, challenge, left model, right model, verdict).

    Streams: memory is that of one chunk and of the cells.
    """
    counted: Counter[Cell] = Counter()
    for chunk in stream_votes():
        rows = np.stack([chunk[name] for name in CELL_COLUMNS], axis=1)
        cells, numbers = _count_rows(rows)
        for (is_real, challenge, left, right, verdict), number in zip(
            cells.tolist(), numbers.tolist(), strict=True
        ):
            population = "real" if is_real else "demo"
            counted[(population, challenge, left, right, VERDICTS[verdict])] += number
    return counted


def _count_rows(rows: Any) -> tuple[Any, Any]:
    """Count equal rows (n, columns) of small integers: np.unique by row, on one combined key."""
    base = rows.max(axis=0) + 1
    if float(np.prod(base.astype(float))) >= 2**62:
        return np.unique(rows, axis=0, return_counts=True)
    key = np.ravel_multi_index(tuple(rows.T), tuple(base.tolist()))
    keys, numbers = np.unique(key, return_counts=True)
    return np.stack(np.unravel_index(keys, tuple(base.tolist())), axis=1), numbers


def _differing_boards() -> list[Difference]:
    """Fit every board anew from the kept tallies and compare what is published of its points."""
    found = []
    for run in RatingRun.objects.filter(challenge=None).order_by("pk"):
        dataset = read_dataset(Scope(run.population, run.discipline, None, run.category_id))
        fresh = rate(dataset.tallies)
        columns = {"models": list(dataset.models), "rating": fresh.rating.tolist()}
        for name, values in columns.items():
            if run.arrays[name] != values:
                found.append(Difference(f"{run}: {name}", run.arrays[name], values))
    return found


def _waiting() -> Counter[Cell]:
    waiting: Counter[Cell] = Counter()
    entries = FoldEntry.objects.values_list(
        "vote__battle__population",
        "vote__battle__prompt__challenge_id",
        "vote__battle__left__slot__model_id",
        "vote__battle__right__slot__model_id",
        "vote__verdict",
        "sign",
    )
    for *cell, sign in entries:
        waiting[tuple(cell)] += sign  # type: ignore[index]
    return waiting
