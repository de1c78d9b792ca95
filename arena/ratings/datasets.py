"""The one place where votes become the input of a fit: population and scope are chosen here (I8)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.challenges.models import Challenge
from arena.scoring.elo import VERDICTS, Tallies, VoterCounts, count_by_voter, tally_votes

from .models import Tally
from .streams import Columns, read_tallies, read_votes


@dataclass(frozen=True)
class Scope:
    """A board: a population's discipline, one category of it, or one of its challenges."""

    population: str
    discipline: str
    challenge_id: int | None = None
    category_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return the scope as the columns of its run."""
        return {
            "population": self.population,
            "discipline": self.discipline,
            "challenge_id": self.challenge_id,
            "category_id": self.category_id,
        }


@dataclass(frozen=True)
class Dataset:
    """Tallies with the database ids of their models, in index order (ascending)."""

    models: tuple[int, ...]
    tallies: Tallies


@dataclass(frozen=True)
class Field:
    """All tallies of a population's discipline: together, by category and by challenge.

    `whole` spans every model with a battle; the parts span the models with a battle in them.
    `challenges_of` names the challenges that each part is the sum of.
    """

    whole: Dataset
    parts: Mapping[Scope, Dataset]
    challenges_of: Mapping[Scope, frozenset[int]]

    def over_all_models(self, part: Dataset) -> Tallies:
        """Return a part's tallies with a row and column for every model of the whole."""
        models = self.whole.models
        place = np.searchsorted(models, part.models)
        counts = np.zeros((len(models), len(models), len(VERDICTS)), dtype=np.int64)
        counts[np.ix_(place, place)] = part.tallies.counts
        return Tallies(counts)


def read_dataset(scope: Scope, *, models: Collection[int] | None = None) -> Dataset:
    """Sum the tallies of a scope over its challenges; never more than one population.

    With `models`, only battles between two of these (ids) are read.
    """
    cells = Tally.objects.filter(
        population=scope.population, challenge__discipline=scope.discipline, count__gt=0
    )
    if scope.challenge_id is not None:
        cells = cells.filter(challenge_id=scope.challenge_id)
    if scope.category_id is not None:
        cells = cells.filter(challenge__categories=scope.category_id)
    if models is not None:
        cells = cells.filter(left_id__in=models, right_id__in=models)
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


def read_field(*, population: str, discipline: str) -> Field:
    """Read all tallies of a discipline once and sum them into its boards."""
    cells = read_tallies(population=population, discipline=discipline)
    scopes = list_scopes(
        population=population,
        discipline=discipline,
        challenges=frozenset(np.unique(cells["challenge"]).tolist()),
    )
    parts = {scope: _sum(cells, challenges) for scope, challenges in scopes.items()}
    whole = Scope(population, discipline)
    return Field(whole=parts.pop(whole), parts=parts, challenges_of=scopes)


def list_scopes(
    *, population: str, discipline: str, challenges: frozenset[int]
) -> dict[Scope, frozenset[int]]:
    """Map the whole, each category and each challenge to the challenges (ids) it sums."""
    categories: dict[int, set[int]] = {}
    links = Challenge.categories.through.objects.filter(challenge__in=challenges)
    for category, challenge in links.values_list("category_id", "challenge_id"):
        categories.setdefault(category, set()).add(challenge)
    return {
        Scope(population, discipline): challenges,
        **{
            Scope(population, discipline, None, category): frozenset(found)
            for category, found in sorted(categories.items())
        },
        **{
            Scope(population, discipline, challenge): frozenset({challenge})
            for challenge in sorted(challenges)
        },
    }


@dataclass(frozen=True)
class VoterVotes:
    """All counted votes of a discipline with their voters, as columns of ids."""

    votes: Columns

    def of(self, challenges: frozenset[int]) -> tuple[tuple[int, ...], VoterCounts]:
        """Count the votes on some challenges by voter; return the ids of their models with them."""
        chosen = np.isin(self.votes["challenge"], list(challenges))
        models, left, right = index_models(self.votes["left"][chosen], self.votes["right"][chosen])
        counts = count_by_voter(
            voter=self.votes["voter"][chosen],
            left=left,
            right=right,
            verdict=self.votes["verdict"][chosen],
            models=len(models),
        )
        return models, counts


def read_voters(*, population: str, discipline: str) -> VoterVotes:
    """Read every counted vote of a discipline: time and memory grow with the votes."""
    return VoterVotes(read_votes(population=population, discipline=discipline))


def index_models(
    left: NDArray[np.int64], right: NDArray[np.int64]
) -> tuple[tuple[int, ...], NDArray[np.int64], NDArray[np.int64]]:
    """Return the ids that occur, ascending, and both columns as indices into them."""
    ids = np.union1d(left, right)
    return tuple(ids.tolist()), np.searchsorted(ids, left), np.searchsorted(ids, right)


def _sum(cells: Columns, challenges: frozenset[int]) -> Dataset:
    chosen = np.isin(cells["challenge"], list(challenges))
    models, left, right = index_models(cells["left"][chosen], cells["right"][chosen])
    tallies = tally_votes(
        left=left,
        right=right,
        verdict=cells["verdict"][chosen],
        weight=cells["count"][chosen],
        models=len(models),
    )
    return Dataset(models, tallies)
