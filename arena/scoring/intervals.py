"""How sure a fit is: robust covariance, half-widths, and ranges of ranks."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import Fit, laplacian, win_probabilities
from arena.scoring.matchups import Z_95, divide_or_nan
from arena.scoring.tallies import ScoringError, Tallies

CONFIDENCE = 0.95
# Strengths closer than this (a millionth of an Elo point) are equal: the rest is rounding.
SAME_STRENGTH = 1e-8


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
    p = win_probabilities(fit.theta)
    return fit.battles * p * p.T


def weigh_votes(
    *, fit: Fit, tallies: Tallies, expected: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return pair weights (models, models) of the variation seen: sums of squared residuals.

    Two departures keep small boards honest. Each model adds one battle of the variance the model
    expects, spread over its battles: it vanishes as 1 / n, and without it a few ties in a row
    would claim to be certain. Pairs with a regularised model use the expected variance alone:
    one who won every battle has residuals near zero because of the prior, not of knowledge.
    """
    p = win_probabilities(fit.theta)
    decisive = tallies.decisive() * p.T**2
    seen = decisive + decisive.T + tallies.halves() * (0.5 - p) ** 2
    share = divide_or_nan(1.0, tallies.battles_of_models())
    seen += expected * (share[:, None] + share[None, :])
    leaning = fit.regularised[:, None] | fit.regularised[None, :]
    return np.where(leaning, expected, seen)


def sandwich(*, bread: NDArray[np.float64], meat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return bread^+ meat bread^+ for a connected Laplacian `bread` and any symmetric `meat`."""
    models = len(bread)
    # Lifting the null space (1, ..., 1) to a typical eigenvalue makes the inverse well behaved.
    lift = bread.trace() / models**2
    inverse = np.linalg.inv(bread + lift) - 1.0 / (lift * models**2)
    covariance = inverse @ meat @ inverse
    symmetric: NDArray[np.float64] = (covariance + covariance.T) / 2
    return symmetric


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
    models = len(theta)
    first, second = np.triu_indices(models, k=1)
    gap = theta[first] - theta[second]
    variance = covariance.diagonal()
    spread = variance[first] + variance[second] - 2 * covariance[first, second]
    z = np.zeros(len(gap))
    apart = np.abs(gap) > SAME_STRENGTH
    sure = apart & (spread <= 0)
    np.divide(np.abs(gap), np.sqrt(np.maximum(spread, 0)), out=z, where=apart & ~sure)
    z[sure] = np.inf
    found = _reject_by_holm(z)
    better = np.zeros((models, models), dtype=bool)
    better[first, second] = found & (gap > 0)
    better[second, first] = found & (gap < 0)
    return better


def bound_ranks(better: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return best and worst rank (models,) each, 1 first, that the sure differences allow.

    The simultaneous rank ranges of Mogstad, Romano, Shaikh and Wilhelm (2024).
    """
    lowest = 1 + better.sum(axis=0, dtype=np.int64)
    highest = len(better) - better.sum(axis=1, dtype=np.int64)
    return lowest, highest


def _reject_by_holm(z: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Holm's rejections of two-sided tests; exact tail areas only where the answer is open."""
    if not len(z):
        return np.zeros(0, dtype=bool)
    risk = 1 - CONFIDENCE
    # Beyond Bonferroni's bound Holm always rejects, below that of a single test never.
    rejected = z > NormalDist().inv_cdf(1 - risk / (2 * len(z)))
    passed = int(rejected.sum())
    still_open = np.flatnonzero((z >= NormalDist().inv_cdf(1 - risk / 2)) & ~rejected)
    for test in still_open[np.argsort(-z[still_open], kind="stable")]:
        if math.erfc(z[test] / math.sqrt(2)) > risk / (len(z) - passed):
            break
        rejected[test] = True
        passed += 1
    return rejected
