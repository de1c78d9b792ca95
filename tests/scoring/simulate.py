"""Votes drawn from known strengths, for the tests of scoring."""

import numpy as np
from numpy.typing import NDArray

from arena.scoring.tallies import Tallies, tally_votes


def draw_strengths(rng: np.random.Generator, *, models: int, spread: float) -> NDArray[np.float64]:
    strengths = rng.normal(0, spread, models)
    return strengths - strengths.mean()


def draw_votes(
    rng: np.random.Generator, *, strengths: NDArray[np.float64], votes: int, ties: float = 0.2
) -> dict[str, NDArray[np.int64]]:
    """Uniform pairs; a share `ties` of even battles has no winner, fewer where one is ahead.

    Ties take equally from both sides, so the expected points are those of Bradley-Terry.
    """
    models = len(strengths)
    left = rng.integers(0, models, votes)
    right = (left + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(strengths[right] - strengths[left]))
    tied = ties * 4 * p * (1 - p)
    draw = rng.random(votes)
    verdict = np.select([draw < tied / 2, draw < tied, draw < tied / 2 + p], [2, 3, 0], default=1)
    return {"left": left, "right": right, "verdict": verdict}


def draw_tallies(
    *, seed: int, models: int, votes: int, spread: float = 0.6, ties: float = 0.2
) -> Tallies:
    rng = np.random.default_rng(seed)
    strengths = draw_strengths(rng, models=models, spread=spread)
    return tally_votes(
        **draw_votes(rng, strengths=strengths, votes=votes, ties=ties), models=models
    )
