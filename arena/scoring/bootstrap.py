"""Refits of resampled tallies: a check of the closed-form intervals that assumes less."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring import bradley_terry
from arena.scoring.intervals import CONFIDENCE
from arena.scoring.tallies import ScoringError, Tallies


@dataclass(frozen=True)
class Bootstrap:
    """`theta` (replicates, models): strengths of each resampled board in natural log odds,
    summing to zero; `regularised` (replicates,) bool, which boards leaned on the prior."""

    theta: NDArray[np.float64]
    regularised: NDArray[np.bool_]

    def covariance(self) -> NDArray[np.float64]:
        """Return (models, models): the covariance of the replicates."""
        covariance: NDArray[np.float64] = np.cov(self.theta, rowvar=False)
        return covariance

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return lower and upper ends (models,) of 95 % percentile intervals."""
        tail = (1 - CONFIDENCE) / 2
        lower, upper = np.quantile(self.theta, [tail, 1 - tail], axis=0)
        return lower, upper


def resample_fit(
    tallies: Tallies,
    *,
    rng: np.random.Generator,
    replicates: int = 100,
    prior: float | None = bradley_terry.ONE_TIE,
) -> Bootstrap:
    """Fit `replicates` boards whose counts are drawn anew: Poisson with the observed means.

    The Poisson bootstrap (Hanley and MacGibbon 2006) on the cells of each pair: won, lost, level.
    Every board is fitted to the end, from the optimum of the observed one, which takes two or
    three Newton steps. `prior` as in `bradley_terry.fit`, for replicates that need it; with None
    they raise `NoFiniteOptimum`. The generator's state decides all draws. Votes count as
    independent: where few voters vote much, this is as narrow as the plain sandwich.
    """
    if replicates < 2:
        raise ScoringError(f"A bootstrap needs two replicates or more, not {replicates}.")
    start = bradley_terry.fit(tallies.wins(), prior=prior).theta
    pairs = np.nonzero(np.triu(tallies.battles_of_pairs()))
    turned = pairs[::-1]
    decisive, halves = tallies.decisive(), tallies.halves()
    means = np.stack([decisive[pairs], decisive[turned], halves[pairs]]).astype(np.float64)
    theta = np.empty((replicates, tallies.models))
    regularised = np.empty(replicates, dtype=bool)
    wins = np.zeros((tallies.models, tallies.models))
    for row in range(replicates):
        won, lost, level = rng.poisson(means)
        wins[pairs] = won + level / 2
        wins[turned] = lost + level / 2
        again = bradley_terry.fit(wins, prior=prior, start=start)
        theta[row] = again.theta
        regularised[row] = again.regularised.any()
    return Bootstrap(theta=theta, regularised=regularised)
