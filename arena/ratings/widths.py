"""Half-widths clustered by voter: exact where every vote can be read, carried forward in between."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.elo import Board, ClusteredBoard, VoterCounts, rate, rate_clustered

from .datasets import Dataset, Scope, list_scopes, read_voters

# Up to this many votes of a discipline, its voters are read at every refresh. Beyond it the points
# are refreshed at once and the widths within a minute, by the factors of their last reading.
READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class Widths:
    """What clustering by voter says of one board: its models (ids), the board and its voters."""

    models: tuple[int, ...]
    clustered: ClusteredBoard
    voters: VoterCounts

    @property
    def votes(self) -> int:
        return int(self.voters.count.sum())

    @property
    def number_of_voters(self) -> int:
        return len(np.unique(self.voters.voter))

    def inflation(self) -> dict[int, float]:
        """Map model ids to clustered over plain standard errors."""
        factors = zip(self.models, self.clustered.inflation.tolist(), strict=True)
        return {model: factor for model, factor in factors if not np.isnan(factor)}

    def speaks_of(self, dataset: Dataset) -> bool:
        """Tell whether these are exactly the votes of a dataset."""
        return self.models == dataset.models and self.voters.total() == dataset.tallies


def measure_widths(*, population: str, discipline: str) -> dict[Scope, Widths]:
    """Read the voters of a discipline and cluster each of its boards by them."""
    read = read_voters(population=population, discipline=discipline)
    challenges = frozenset(np.unique(read.votes["challenge"]).tolist())
    found = {}
    scopes = list_scopes(population=population, discipline=discipline, challenges=challenges)
    for scope, summed in scopes.items():
        models, voters = read.of(summed)
        found[scope] = Widths(models, rate_clustered(voters), voters)
    return found


def rate_with_widths(
    dataset: Dataset, *, widths: Widths | None, inflation: Mapping[int, float]
) -> Board:
    """Rate a dataset: with its own voters where `widths` are of just these votes, else by factors.

    The points are the same digits either way. `inflation` maps model ids to the factors of the
    last reading; without any the plain half-widths stand.
    """
    if widths is not None and widths.speaks_of(dataset):
        return widths.clustered.board
    return rate(dataset.tallies, inflation=_factors(dataset.models, inflation))


def _factors(models: tuple[int, ...], inflation: Mapping[int, float]) -> NDArray[np.float64] | None:
    factors = np.array([inflation.get(model, np.nan) for model in models])
    return None if np.isnan(factors).all() else factors
