"""What a board can and cannot tell apart, and what it would take."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import win_probabilities
from arena.scoring.intervals import SAME_STRENGTH
from arena.scoring.matchups import Z_95, Matchups, divide_or_nan, head_to_head
from arena.scoring.tallies import ScoringError, Tallies


@dataclass(frozen=True)
class NeighbourGaps:
    """Neighbours on the board, best first; all arrays (models - 1,).

    `upper` and `lower` are model indices; `gap` in natural log odds and `z` standard errors;
    `votes_needed` further appearances of the two together until the gap, if it is as seen, is
    1.96 standard errors: 0 where it is already, infinite where the two are equal.
    """

    upper: NDArray[np.intp]
    lower: NDArray[np.intp]
    gap: NDArray[np.float64]
    z: NDArray[np.float64]
    votes_needed: NDArray[np.float64]


@dataclass(frozen=True)
class PairGap:
    """How far one model is from another on the board.

    `gap` of the first over the second in natural log odds and its `standard_error`; `chance`, 0 to
    1, that the first is the stronger one; `votes_needed` as in `NeighbourGaps`.
    """

    gap: float
    standard_error: float
    chance: float
    votes_needed: float


@dataclass(frozen=True)
class Comparison:
    """Records beside what the fit expects of them, arrays (models, models), row against column.

    `records` as `head_to_head` counts them; `expected` win rates of 0 to 1; `surprise`, how many
    standard errors the record lies above them (NaN where the two never met). Ties vary less
    than the standard error of the model assumes, so that surprises are small rather than large.
    """

    records: Matchups
    expected: NDArray[np.float64]
    surprise: NDArray[np.float64]


def chance_better(
    *, theta: NDArray[np.float64], covariance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (models, models): how probable it is that the row model is the stronger one.

    `theta` (models,) and `covariance` (models, models) in log odds. The normal approximation to
    the posterior of the difference under a flat prior; one half on the diagonal.
    """
    z = _measure_z(theta, covariance)
    tail = np.frompyfunc(lambda value: 0.5 * math.erfc(-value / math.sqrt(2)), 1, 1)
    chance: NDArray[np.float64] = tail(z).astype(np.float64)
    return chance


def measure_neighbours(
    *,
    theta: NDArray[np.float64],
    covariance: NDArray[np.float64],
    battles: NDArray[np.int64],
) -> NeighbourGaps:
    """Return what separates each model from the next, and the votes still needed for it.

    `battles` (models,) appearances so far. The variance of a gap falls as 1 / n if further votes
    fall on the two models as those before did, so n grows by (1.96 / z)^2. A gap that is exactly
    as large as seen will then be found in every second repetition: plan for twice as many votes
    to find it in four of five.
    """
    _check(theta, covariance)
    if np.shape(battles) != theta.shape or (np.asarray(battles) < 0).any():
        raise ScoringError("Battles must be one count of zero or more per model.")
    order = np.argsort(-theta, kind="stable")
    upper, lower = order[:-1], order[1:]
    gap = theta[upper] - theta[lower]
    z = _measure_z(theta, covariance)[upper, lower]
    growth = np.full(len(z), np.inf)
    np.divide(Z_95**2, z**2, out=growth, where=z > 0)
    growth[gap <= SAME_STRENGTH] = np.inf
    so_far = np.maximum(np.asarray(battles)[upper] + np.asarray(battles)[lower], 1)
    needed = np.ceil(so_far * np.maximum(growth - 1.0, 0.0))
    return NeighbourGaps(upper=upper, lower=lower, gap=gap, z=z, votes_needed=needed)


def measure_pair(
    *,
    theta: NDArray[np.float64],
    covariance: NDArray[np.float64],
    battles: NDArray[np.int64],
    first: int,
    second: int,
) -> PairGap:
    """Return what separates two models (indices), wherever they stand on the board.

    `battles` (models,) appearances so far; method and reading as for `measure_neighbours`.
    """
    if first == second:
        raise ScoringError("A model is not separated from itself.")
    pair = [first, second]
    strengths, errors = theta[pair], covariance[np.ix_(pair, pair)]
    found = measure_neighbours(theta=strengths, covariance=errors, battles=battles[pair])
    variance = float(errors[0, 0] + errors[1, 1] - 2 * errors[0, 1])
    return PairGap(
        gap=float(strengths[0] - strengths[1]),
        standard_error=math.sqrt(max(variance, 0.0)),
        chance=float(chance_better(theta=strengths, covariance=errors)[0, 1]),
        votes_needed=float(found.votes_needed[0]),
    )


def measure_surprise(
    *, win_rate: NDArray[np.float64], expected: NDArray[np.float64], battles: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return how many standard errors win rates lie above the expected ones, elementwise.

    Rates of 0 to 1; NaN where `battles` is 0. Ties vary less than the standard error assumes.
    """
    error = np.sqrt(divide_or_nan(expected * (1 - expected), battles))
    return divide_or_nan(win_rate - expected, error)


def compare_with_fit(*, theta: NDArray[np.float64], tallies: Tallies) -> Comparison:
    """Return every head-to-head record beside the win rate that the strengths expect."""
    if theta.shape != (tallies.models,):
        raise ScoringError(f"{theta.size} strengths do not fit {tallies.models} models.")
    records = head_to_head(tallies)
    expected = win_probabilities(theta)
    return Comparison(
        records=records,
        expected=expected,
        surprise=measure_surprise(
            win_rate=records.win_rate, expected=expected, battles=records.battles
        ),
    )


def _measure_z(theta: NDArray[np.float64], covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (models, models): lead of row over column in standard errors of the difference."""
    _check(theta, covariance)
    gap = np.subtract.outer(theta, theta)
    variance = covariance.diagonal()
    spread = np.add.outer(variance, variance) - 2 * covariance
    # A difference without any variance is certain, one of nothing at all is even.
    sure = np.where(np.abs(gap) > SAME_STRENGTH, np.copysign(np.inf, gap), 0.0)
    np.divide(gap, np.sqrt(np.maximum(spread, 0.0)), out=sure, where=spread > 0)
    np.fill_diagonal(sure, 0.0)
    return sure


def _check(theta: NDArray[np.float64], covariance: NDArray[np.float64]) -> None:
    if theta.ndim != 1 or covariance.shape != (theta.size, theta.size):
        raise ScoringError(
            f"{theta.shape} strengths and a covariance of {covariance.shape} do not fit."
        )
    if not (np.isfinite(theta).all() and np.isfinite(covariance).all()):
        raise ScoringError("Strengths and covariance must be finite.")
