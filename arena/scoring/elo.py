"""The face of scoring: tallies in, a board with ratings, intervals, ranks and records out."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arena.scoring import bradley_terry, intervals
from arena.scoring.clusters import (
    FEWEST_CLUSTERS,
    VoterCounts,
    count_by_voter,
    estimate_clustered_covariance,
)
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
    "ClusteredBoard",
    "Matchups",
    "ScoringError",
    "Tallies",
    "VoterCounts",
    "count_by_voter",
    "head_to_head",
    "merge_tallies",
    "rate",
    "rate_clustered",
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


@dataclass(frozen=True)
class ClusteredBoard:
    """A board whose half-widths and rank ranges are clustered, and how they were come by.

    `board` has the ratings, ranks and counts of `rate`, digit for digit. `clusters`, how many
    voters; `clustered`, False where they were too few and plain intervals stand in; `inflation`
    (models,), clustered over plain standard errors, for `rate`; `effective` (models,), as how
    many equally busy voters those of each model count. NaN for a model without a battle.
    """

    board: Board
    clusters: int
    clustered: bool
    inflation: NDArray[np.float64]
    effective: NDArray[np.float64]


def rate(
    tallies: Tallies,
    *,
    anchor: float = ANCHOR,
    anchor_model: int | None = None,
    prior: float | None = bradley_terry.ONE_TIE,
    inflation: NDArray[np.float64] | None = None,
) -> Board:
    """Rate models by Bradley-Terry on the Elo scale, from the tallies alone and always afresh.

    Models without a battle are left out of the fit and of the mean. `prior` is used only where
    no finite rating exists, see `bradley_terry.fit`; with None such tallies raise
    `NoFiniteOptimum`. Models of equal rating are ranked in the order of the tallies.

    `anchor` is the mean rating, or with `anchor_model` (an index) the rating of that model;
    half-widths are then those of the differences to it, and its own is zero.

    `inflation` (models,) multiplies standard errors, those of differences included: the factors
    of the last `rate_clustered`, between two of its runs. NaN takes the median of the others.
    """
    records = _count_records(tallies)
    rated = np.flatnonzero(records.battles)
    among = tallies if rated.size == tallies.models else tallies.take(rated)
    reference = _find_reference(anchor, anchor_model, rated=rated)
    if not rated.size:
        return _lay_out(records, rated=rated, standing=_NOBODY)
    fit = bradley_terry.fit(among.wins(), prior=prior)
    covariance = intervals.estimate_covariance(fit=fit, tallies=among)
    if inflation is not None:
        factors = _check_inflation(inflation, models=tallies.models)[rated]
        covariance *= np.outer(factors, factors)
    standing = _rank_models(fit, covariance=covariance, anchor=anchor, reference=reference)
    return _lay_out(records, rated=rated, standing=standing)


def rate_clustered(
    voters: VoterCounts,
    *,
    anchor: float = ANCHOR,
    anchor_model: int | None = None,
    prior: float | None = bradley_terry.ONE_TIE,
    fewest: int = FEWEST_CLUSTERS,
) -> ClusteredBoard:
    """Rate models as `rate` does from the same votes, with intervals clustered by voter.

    Only half-widths, bounds and rank ranges differ from the board of `rate(voters.total())`.
    Source and small-sample corrections: `clusters.estimate_clustered_covariance`.
    """
    tallies = voters.total()
    records = _count_records(tallies)
    rated = np.flatnonzero(records.battles)
    reference = _find_reference(anchor, anchor_model, rated=rated)
    unknown = np.full(tallies.models, np.nan)
    if not rated.size:
        nobody = _lay_out(records, rated=rated, standing=_NOBODY)
        return ClusteredBoard(nobody, 0, False, unknown, unknown)
    fit = bradley_terry.fit(tallies.take(rated).wins(), prior=prior)
    found = estimate_clustered_covariance(fit=fit, voters=voters.take(rated), fewest=fewest)
    standing = _rank_models(fit, covariance=found.covariance, anchor=anchor, reference=reference)
    inflation, effective = unknown.copy(), unknown.copy()
    inflation[rated], effective[rated] = found.inflation, found.effective
    return ClusteredBoard(
        board=_lay_out(records, rated=rated, standing=standing),
        clusters=found.clusters,
        clustered=found.clustered,
        inflation=inflation,
        effective=effective,
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


def _rank_models(
    fit: bradley_terry.Fit,
    *,
    covariance: NDArray[np.float64],
    anchor: float,
    reference: int | None,
) -> _Standing:
    """Order models that all have battles; `reference` is the place of the anchor among them."""
    origin = 0.0 if reference is None else fit.theta[reference]
    # Ordered about the mean, so that no choice of anchor can change a rank by rounding.
    order = np.argsort(-np.round(POINTS_PER_LOG_ODDS * fit.theta, ORDERED_DECIMALS), kind="stable")
    steady = np.round(anchor + POINTS_PER_LOG_ODDS * (fit.theta - origin), ORDERED_DECIMALS)
    rank = np.zeros(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    better = intervals.find_differences(theta=fit.theta, covariance=covariance)
    rank_low, rank_high = intervals.bound_ranks(better)
    if reference is not None:
        covariance = intervals.refer_to(covariance, model=reference)
    half_width = POINTS_PER_LOG_ODDS * intervals.measure_half_widths(covariance)
    return _Standing(
        rating=np.round(steady, PRINTED_DECIMALS),
        half_width=np.round(half_width, PRINTED_DECIMALS),
        rank=rank,
        rank_low=rank_low,
        rank_high=rank_high,
        regularised=fit.regularised,
    )


def _lay_out(records: "_Records", *, rated: NDArray[np.intp], standing: _Standing) -> Board:
    """Lay the standing of the rated models out over all models, beside their records."""
    models = len(records.battles)

    def place(values: NDArray[Any], missing: float) -> NDArray[Any]:
        line = np.full(models, missing, dtype=values.dtype)
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


def _find_reference(
    anchor: float, anchor_model: int | None, *, rated: NDArray[np.intp]
) -> int | None:
    if not np.isfinite(anchor):
        raise ScoringError(f"The anchor must be a finite rating, not {anchor}.")
    if anchor_model is None:
        return None
    found = np.flatnonzero(rated == anchor_model)
    if not found.size:
        raise ScoringError(f"Model {anchor_model} has no battle and cannot be the anchor.")
    return int(found[0])


def _check_inflation(values: NDArray[np.float64], *, models: int) -> NDArray[np.float64]:
    factors = np.array(values, dtype=np.float64)
    known = ~np.isnan(factors)
    if factors.shape != (models,) or (factors[known] <= 0).any() or np.isinf(factors).any():
        raise ScoringError(f"Inflation must be {models} positive factors, NaN where unknown.")
    factors[~known] = np.median(factors[known]) if known.any() else 1.0
    return factors


class _Records(NamedTuple):
    battles: NDArray[np.int64]
    wins: NDArray[np.int64]
    losses: NDArray[np.int64]
    ties: NDArray[np.int64]
    both_bad: NDArray[np.int64]


def _count_records(tallies: Tallies) -> _Records:
    as_left, as_right = tallies.by_side()
    wins = as_left[LEFT] + as_right[RIGHT]
    losses = as_left[RIGHT] + as_right[LEFT]
    ties = as_left[TIE] + as_right[TIE]
    both_bad = as_left[BOTH_BAD] + as_right[BOTH_BAD]
    return _Records(
        battles=wins + losses + ties + both_bad,
        wins=wins,
        losses=losses,
        ties=ties,
        both_bad=both_bad,
    )
