"""The one place where votes become the input of a fit: population and scope are chosen here (I8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from arena.scoring.elo import VERDICTS, Tallies

from .models import Tally


@dataclass(frozen=True)
class Scope:
    """A board: a population's discipline, or one challenge of it."""

    population: str
    discipline: str
    challenge_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return the scope as the columns of its run."""
        return {
            "population": self.population,
            "discipline": self.discipline,
            "challenge_id": self.challenge_id,
        }


@dataclass(frozen=True)
class Dataset:
    """Tallies with the database ids of their models, in index order (ascending)."""

    models: tuple[int, ...]
    tallies: Tallies


def read_dataset(scope: Scope) -> Dataset:
    """Sum the tallies of a scope over its challenges; never more than one population."""
    cells = Tally.objects.filter(
        population=scope.population, challenge__discipline=scope.discipline, count__gt=0
    )
    if scope.challenge_id is not None:
        cells = cells.filter(challenge_id=scope.challenge_id)
    return build_dataset(cells.values_list("left_id", "right_id", "verdict", "count"))


def build_dataset(cells: Iterable[tuple[int, int, str, int]]) -> Dataset:
    """Build index-based tallies from (left model id, right model id, verdict, count) rows."""
    rows = list(cells)
    models = tuple(sorted({model for left, right, _, _ in rows for model in (left, right)}))
    index = {model: position for position, model in enumerate(models)}
    counts = np.zeros((len(models), len(models), len(VERDICTS)), dtype=np.int64)
    for left, right, verdict, count in rows:
        counts[index[left], index[right], VERDICTS.index(verdict)] += count
    return Dataset(models, Tallies(counts))
