"""The face of scoring: tallies in, a board with ratings, intervals, ranks and records out."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.scoring import bradley_terry, intervals
from arena.scoring.matchups import Matchups, divide_or_nan, head_to_head
from arena.scoring.tallies import (
    BOTH_BAD,
    LEFT,
    RIGHT,
    TIE,
    VERDICTS,
    ScoringError,
    Tallies,
    merge_tallies,
    tally_votes,
)

__all__ = [
    "ANCHOR",
    "POINTS_PER_LOG_ODDS",
    "VERDICTS",
    "Board",
    "Matchups",
    "ScoringError",
    "Tallies",
    "head_to_head",
    "merge_tallies",
    "rate",
    "tally_votes",
]

# On the Elo scale ten times the odds are 400 points.
POINTS_PER_LOG_ODDS = 400 / np.log(10)
ANCHOR = 1000.0

# Printed to a tenth; ordered by a millionth, far coarser than the rounding noise of any machine.
PRINTED_DECIMALS = 1
ORDERED_DECIMALS = 6


@dataclass(frozen=True)
class Board:
    """One line per model, arrays of shape (models,), in the order of the tallies.

    `rating`, `half_width`, `lower`, `upper`: Elo points, rounded to 0.1, mean rating at the
    anchor, 95 % intervals. `rank` 1 is best, `rank_low` to `rank_high` the range of ranks that
    all hold together with 95 %. `battles`, `wins`, `losses`, `ties`, `both_bad` counts;
    `win_rate` 0 to 1 with ties and both-bad as half wins. `regularised`: the rating leans on the
    prior. A model without a battle has NaN ratings and win rate and ranks of 0.
    """

    rating: NDArray[np.float64]
    half_width: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rank: NDArray[np.int64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    battles: NDArray[np.int64]
    wins: NDArray[np.int64]
    losses: NDArray[np.int64]
    ties: NDArray[np.int64]
    both_bad: NDArray[np.int64]
    win_rate: NDArray[np.float64]
    regularised: NDArray[np.bool_]


def rate(
    tallies: Tallies, *, anchor: float = ANCHOR, prior: float | None = bradley_terry.ONE_TIE
) -> Board:
    """Rate models by Bradley-Terry on the Elo scale, from the tallies alone and always afresh.

    Models without a battle are left out of the fit and of the mean. `prior` is used only where
    no finite rating exists, see `bradley_terry.fit`; with None such tallies raise
    `NoFiniteOptimum`. Models of equal rating are ranked in the order of the tallies.
    """
    if not np.isfinite(anchor):
        raise ScoringError(f"The anchor must be a finite rating, not {anchor}.")
    records = _count_records(tallies)
    rated = np.flatnonzero(records.battles)
    among = tallies if rated.size == tallies.models else tallies.take(rated)
    standing = _rank_models(among, anchor=anchor, prior=prior) if rated.size else _NOBODY

    def place(values: NDArray[Any], missing: float) -> NDArray[Any]:
        line = np.full(tallies.models, missing, dtype=values.dtype)
        line[rated] = values
        return line

    rating = place(standing.rating, np.nan)
    half_width = place(standing.half_width, np.nan)
    return Board(
        rating=rating,
        half_width=half_width,
        lower=np.round(rating - half_width, PRINTED_DECIMALS),
        upper=np.round(rating + half_width, PRINTED_DECIMALS),
        rank=place(standing.rank, 0),
        rank_low=place(standing.rank_low, 0),
        rank_high=place(standing.rank_high, 0),
        battles=records.battles,
        wins=records.wins,
        losses=records.losses,
        ties=records.ties,
        both_bad=records.both_bad,
        win_rate=divide_or_nan(
            records.wins + 0.5 * (records.ties + records.both_bad), records.battles
        ),
        regularised=place(standing.regularised, False),
    )


class _Standing(NamedTuple):
    rating: NDArray[np.float64]
    half_width: NDArray[np.float64]
    rank: NDArray[np.int64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    regularised: NDArray[np.bool_]


_NOBODY = _Standing(
    *(np.zeros(0, dtype=kind) for kind in (float, float, np.int64, np.int64, np.int64, bool))
)


def _rank_models(tallies: Tallies, *, anchor: float, prior: float | None) -> _Standing:
    """Fit and order models that all have battles."""
    fit = bradley_terry.fit(tallies.wins(), prior=prior)
    covariance = intervals.estimate_covariance(fit=fit, tallies=tallies)
    steady = np.round(anchor + POINTS_PER_LOG_ODDS * fit.theta, ORDERED_DECIMALS)
    rank = np.zeros(tallies.models, dtype=np.int64)
    rank[np.argsort(-steady, kind="stable")] = np.arange(1, tallies.models + 1)
    better = intervals.find_differences(theta=fit.theta, covariance=covariance)
    rank_low, rank_high = intervals.bound_ranks(better)
    half_width = POINTS_PER_LOG_ODDS * intervals.measure_half_widths(covariance)
    return _Standing(
        rating=np.round(steady, PRINTED_DECIMALS),
        half_width=np.round(half_width, PRINTED_DECIMALS),
        rank=rank,
        rank_low=rank_low,
        rank_high=rank_high,
        regularised=fit.regularised,
    )


class _Records(NamedTuple):
    battles: NDArray[np.int64]
    wins: NDArray[np.int64]
    losses: NDArray[np.int64]
    ties: NDArray[np.int64]
    both_bad: NDArray[np.int64]


def _count_records(tallies: Tallies) -> _Records:
    as_left = tallies.counts.sum(axis=1)
    as_right = tallies.counts.sum(axis=0)
    wins = as_left[:, LEFT] + as_right[:, RIGHT]
    losses = as_left[:, RIGHT] + as_right[:, LEFT]
    ties = as_left[:, TIE] + as_right[:, TIE]
    both_bad = as_left[:, BOTH_BAD] + as_right[:, BOTH_BAD]
    return _Records(
        battles=wins + losses + ties + both_bad,
        wins=wins,
        losses=losses,
        ties=ties,
        both_bad=both_bad,
    )
