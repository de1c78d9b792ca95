"""How sure a fit is: robust covariance, half-widths, and ranges of ranks."""

import itertools
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import Fit, laplacian
from arena.scoring.matchups import Z_95
from arena.scoring.tallies import ScoringError, Tallies

CONFIDENCE = 0.95
# Strengths closer than this (a millionth of an Elo point) are equal: the rest is rounding.
SAME_STRENGTH = 1e-8
# Below this size one call of LAPACK is cheaper than halving.
SMALL_MATRIX = 64
TINY = float(np.finfo(np.float64).tiny)


def estimate_covariance(*, fit: Fit, tallies: Tallies) -> NDArray[np.float64]:
    """Return the robust covariance (models, models) of strengths that sum to zero, in log odds.

    The sandwich H^-1 B H^-1 (White 1980): H is the information of the fit, B the variation
    really seen, so that ties, which vary less than the model expects, make intervals narrower.
    `tallies` must be those that the fit was made from.
    """
    if tallies.models != len(fit.theta):
        raise ScoringError(f"The fit has {len(fit.theta)} models, the tallies {tallies.models}.")
    expected = weigh_information(fit)
    seen = weigh_votes(fit=fit, tallies=tallies, expected=expected)
    return sandwich(bread=laplacian(expected), meat=laplacian(seen))


def weigh_information(fit: Fit) -> NDArray[np.float64]:
    """Return pair weights (models, models) of the information: battles x p x (1 - p)."""
    information = fit.chances * fit.chances.T
    information *= fit.battles
    return information


def weigh_votes(
    *, fit: Fit, tallies: Tallies, expected: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return pair weights (models, models) of the variation seen: sums of squared residuals.

    Two departures keep small boards honest. Each model adds one battle of the variance the model
    expects, spread over its battles: it vanishes as 1 / n, and without it a few ties in a row
    would claim to be certain. Pairs with a regularised model use the expected variance alone:
    one who won every battle has residuals near zero because of the prior, not of knowledge.
    """
    seen = sum_squared_residuals(chances=fit.chances, tallies=tallies)
    extra = spread_evenly(1.0 / fit.battles.sum(axis=1))
    extra *= expected
    seen += extra
    return trust_model_where_leaning(seen, expected=expected, fit=fit)


def sum_squared_residuals(*, chances: NDArray[np.float64], tallies: Tallies) -> NDArray[np.float64]:
    """Return (models, models), symmetric: squared points won less expected, summed over votes.

    `chances` (models, models): probabilities that the row model beats the column model.
    """
    lost = chances * chances
    lost *= tallies.decisive().T
    seen = lost + lost.T
    level = chances - 0.5
    level *= level
    level *= tallies.halves()
    seen += level
    return seen


def spread_evenly(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (models, models): what both models of a pair add, each over all its battles."""
    return np.add.outer(share, share)


def trust_model_where_leaning(
    seen: NDArray[np.float64], *, expected: NDArray[np.float64], fit: Fit
) -> NDArray[np.float64]:
    """Return the pair weights `seen`, with those of regularised models as `expected`."""
    if not fit.regularised.any():
        return seen
    return np.where(fit.regularised[:, None] | fit.regularised, expected, seen)


def sandwich(*, bread: NDArray[np.float64], meat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return bread^+ meat bread^+ for a connected Laplacian `bread` and any symmetric `meat`."""
    inverse = invert_information(bread)
    return _complete_product(inverse @ meat, inverse)


def invert_information(bread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the pseudo-inverse (models, models) of the Laplacian of a connected graph."""
    models = len(bread)
    # Lifting the null space (1, ..., 1) to a typical eigenvalue makes the inverse well behaved.
    lift = bread.trace() / models**2
    inverse = _invert_positive(bread + lift)
    inverse -= 1.0 / (lift * models**2)
    return inverse


def _complete_product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return left @ right where that is known to be symmetric: its lower part is mirrored."""
    product = np.empty_like(left)
    edges = [len(left) * part // 4 for part in range(5)]
    for start, stop in itertools.pairwise(edges):
        product[start:stop, start:] = left[start:stop] @ right[:, start:]
        product[stop:, start:stop] = product[start:stop, stop:].T
        block = product[start:stop, start:stop]
        block += block.T.copy()
        block *= 0.5
    return product


def _invert_positive(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Invert a symmetric positive definite matrix by halves (Schur complement).

    Half the work of a general inverse, and nearly all of it products; like Cholesky's method it
    needs no pivots.
    """
    size = len(matrix)
    if size <= SMALL_MATRIX:
        return np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    half = size // 2
    across = matrix[:half, half:]
    first = _invert_positive(matrix[:half, :half])
    carried = first @ across
    remaining: NDArray[np.float64] = matrix[half:, half:] - across.T @ carried
    rest = _invert_positive(remaining)
    corner = carried @ rest
    inverse: NDArray[np.float64] = np.empty_like(matrix)
    inverse[:half, :half] = first + corner @ carried.T
    inverse[:half, half:] = -corner
    inverse[half:, :half] = -corner.T
    inverse[half:, half:] = rest
    return inverse


def refer_to(covariance: NDArray[np.float64], *, model: int) -> NDArray[np.float64]:
    """Return the covariance (models, models) of strengths less that of one model."""
    row = covariance[model]
    referred: NDArray[np.float64] = covariance - row[:, None] - (row - row[model])
    return referred


def measure_half_widths(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (models,): half-widths of 95 % intervals, in the unit of the covariance."""
    # A variance of zero may come out a hair below it.
    half: NDArray[np.float64] = Z_95 * np.sqrt(np.maximum(covariance.diagonal(), 0.0))
    return half


def find_differences(
    *, theta: NDArray[np.float64], covariance: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return (models, models) bool: row is better than column, all claims together 95 % sure.

    Every pair is tested by the covariance of its difference, not by whether two intervals
    overlap; Holm's (1979) step-down procedure bounds the chance of any false claim.
    """
    variance = covariance.diagonal()
    # Of both orders of a pair only the one with a clear lead is tested.
    gap = np.subtract.outer(theta, theta)
    ahead = gap > SAME_STRENGTH
    spread = np.add.outer(variance, variance)
    spread -= covariance
    spread -= covariance
    np.maximum(spread, TINY, out=spread)
    gap *= gap
    gap /= spread
    return _reject_by_holm(gap, tested=ahead, tests=len(theta) * (len(theta) - 1) // 2)


def bound_ranks(better: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return best and worst rank (models,) each, 1 first, that the sure differences allow.

    The simultaneous rank ranges of Mogstad, Romano, Shaikh and Wilhelm (2024).
    """
    lowest = 1 + better.sum(axis=0, dtype=np.int64)
    highest = len(better) - better.sum(axis=1, dtype=np.int64)
    return lowest, highest


def _reject_by_holm(
    squared: NDArray[np.float64], *, tested: NDArray[np.bool_], tests: int
) -> NDArray[np.bool_]:
    """Holm's rejections of two-sided normal tests, from squared z where `tested`.

    Step down by whole batches: with k rejected, all beyond the bar for tests - k are rejected
    too, which lowers the bar again, until none is added.
    """
    risk = 1 - CONFIDENCE
    rejected = np.zeros_like(tested)
    passed, before = 0, -1
    while before < passed < tests:
        bar = NormalDist().inv_cdf(1 - risk / (2 * (tests - passed)))
        rejected = (squared > bar * bar) & tested
        before, passed = passed, int(np.count_nonzero(rejected))
    return rejected
