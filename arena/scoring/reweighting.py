"""The fit that pairs issued evenly would have given: votes weighted by inverse issue probability.

A diagnostic. Where win chances are not exactly Bradley-Terry, a fit answers for the pairs that
were shown; adaptive pairing shows some far more often than others, and so asks another question.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arena.scoring import bradley_terry
from arena.scoring.bradley_terry import laplacian
from arena.scoring.intervals import sandwich, spread_evenly, sum_squared_residuals
from arena.scoring.tallies import ScoringError, Tallies, tally_votes

# Weights are whole multiples of 1 / WEIGHT_UNIT, so that sums are exact on every machine.
WEIGHT_UNIT = 256
# Beyond this ratio one rare vote would outweigh dozens: trimmed (Cole and Hernan 2008).
LARGEST_RATIO = 32.0


@dataclass(frozen=True)
class WeightedTallies:
    """Two exact tallies over the same votes: sums of weights, and sums of squared weights.

    `weights` in units of 1 / WEIGHT_UNIT, `squares` in units of its square.
    """

    weights: Tallies
    squares: Tallies

    def add(self, other: "WeightedTallies") -> "WeightedTallies":
        """Return the exact sum of two weighted tallies over the same models."""
        return WeightedTallies(
            weights=self.weights.add(other.weights), squares=self.squares.add(other.squares)
        )


@dataclass(frozen=True)
class ReweightedFit:
    """`theta` (models,) natural log odds, summing to zero; `covariance` (models, models) of it,
    robust; `effective` (models,), as how many equally weighted battles those of each model count
    (Kish 1965)."""

    theta: NDArray[np.float64]
    covariance: NDArray[np.float64]
    effective: NDArray[np.float64]


def quantise_weights(*, issued: ArrayLike, wanted: ArrayLike) -> NDArray[np.int64]:
    """Return (votes,) whole weights wanted / issued, in units of 1 / WEIGHT_UNIT.

    `issued` (votes,): the probability with which the pair of each vote was issued; `wanted`: the
    one it should have had, a number or (votes,), mostly 1 / number of pairs. Ratios are trimmed
    to 1 / LARGEST_RATIO to LARGEST_RATIO. Probabilities outside (0, 1] raise.
    """
    shown, aim = np.asarray(issued, dtype=np.float64), np.asarray(wanted, dtype=np.float64)
    for name, values in (("issued", shown), ("wanted", aim)):
        if not ((values > 0) & (values <= 1)).all():
            raise ScoringError(f"Probabilities '{name}' must lie above 0 and up to 1.")
    ratio = np.clip(aim / shown, 1 / LARGEST_RATIO, LARGEST_RATIO)
    return np.rint(WEIGHT_UNIT * ratio).astype(np.int64)


def tally_weighted(
    *, left: ArrayLike, right: ArrayLike, verdict: ArrayLike, weight: ArrayLike, models: int
) -> WeightedTallies:
    """Count votes by weight and by squared weight; `weight` (votes,) as `quantise_weights` makes.

    The other columns are those of `tally_votes`. Weights below 1 raise.
    """
    weights = np.asarray(weight)
    if weights.dtype.kind not in "iu" or (weights < 1).any():
        raise ScoringError("Weights must be integers of one or more, see quantise_weights.")
    columns = {"left": left, "right": right, "verdict": verdict}
    return WeightedTallies(
        weights=tally_votes(**columns, weight=weights, models=models),
        squares=tally_votes(**columns, weight=weights.astype(np.int64) ** 2, models=models),
    )


def fit_reweighted(
    weighted: WeightedTallies, *, start: NDArray[np.float64] | None = None
) -> ReweightedFit:
    """Fit Bradley-Terry to weighted votes, each standing for its weight (Horvitz, Thompson 1952).

    The covariance is the sandwich of the weighted score equations (Binder 1983): squared weights
    in the middle, plus one average battle of variance per model as in `intervals`. Issue
    probabilities count as known. Raises `NoFiniteOptimum` as `bradley_terry.fit` does.
    """
    wins = weighted.weights.wins() / WEIGHT_UNIT
    fit = bradley_terry.fit(wins, start=start)
    p = fit.chances
    squares = weighted.squares.battles_of_pairs() / WEIGHT_UNIT**2
    effective = fit.battles.sum(axis=1) ** 2 / squares.sum(axis=1)
    meat = sum_squared_residuals(chances=p, tallies=weighted.squares) / WEIGHT_UNIT**2
    meat += squares * p * p.T * spread_evenly(1.0 / effective)
    covariance = sandwich(bread=laplacian(fit.battles * p * p.T), meat=laplacian(meat))
    return ReweightedFit(theta=fit.theta, covariance=covariance, effective=effective)
