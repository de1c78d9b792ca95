"""Head-to-head records of every pair, and how sure a win rate is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arena.scoring.tallies import BOTH_BAD, LEFT, RIGHT, TIE, ScoringError, Tallies

# The two-sided 95 % point of the normal distribution.
Z_95 = 1.959963984540054


@dataclass(frozen=True)
class Matchups:
    """Records of row model against column model, both orientations together.

    All arrays (models, models): `battles`, `wins`, `losses`, `ties`, `both_bad` int64;
    `win_rate` in 0 to 1 with ties and both-bad as half wins, `lower` and `upper` its 95 %
    bounds, NaN where the two never met.
    """

    battles: NDArray[np.int64]
    wins: NDArray[np.int64]
    losses: NDArray[np.int64]
    ties: NDArray[np.int64]
    both_bad: NDArray[np.int64]
    win_rate: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def head_to_head(tallies: Tallies) -> Matchups:
    """Return the record of every pair of models with Wilson's 95 % bounds of its win rate."""
    shown = tallies.counts
    wins = shown[:, :, LEFT] + shown[:, :, RIGHT].T
    ties = shown[:, :, TIE] + shown[:, :, TIE].T
    both_bad = shown[:, :, BOTH_BAD] + shown[:, :, BOTH_BAD].T
    battles = wins + wins.T + ties + both_bad
    points = wins + 0.5 * (ties + both_bad)
    lower, upper = bound_rate(points=points, battles=battles)
    return Matchups(
        battles=battles,
        wins=wins,
        losses=wins.T,
        ties=ties,
        both_bad=both_bad,
        win_rate=divide_or_nan(points, battles),
        lower=lower,
        upper=upper,
    )


def bound_rate(
    *, points: ArrayLike, battles: ArrayLike, z: float = Z_95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Wilson's (1927) lower and upper bound of points / battles, elementwise.

    `points` may be halves; half points vary less than wins and losses, so with ties the bounds
    are wide rather than narrow. NaN where `battles` is 0; points outside 0 to battles raise.
    """
    won = np.asarray(points, dtype=np.float64)
    n = np.asarray(battles, dtype=np.float64)
    if (won < 0).any() or (won > n).any():
        raise ScoringError("Points must lie between zero and the number of battles.")
    centre = divide_or_nan(won + z * z / 2, np.where(n > 0, n + z * z, 0.0))
    spread = np.sqrt(divide_or_nan(won * (n - won), n) + z * z / 4)
    reach = divide_or_nan(z * spread, n + z * z)
    # At 0 and n the bound is exactly 0 or 1; rounding must not carry it beyond.
    return np.clip(centre - reach, 0.0, 1.0), np.clip(centre + reach, 0.0, 1.0)


def divide_or_nan(top: ArrayLike, bottom: ArrayLike) -> NDArray[np.float64]:
    """Return top / bottom elementwise, NaN where bottom is 0."""
    bottom = np.asarray(bottom, dtype=np.float64)
    quotient = np.full(bottom.shape, np.nan)
    np.divide(top, bottom, out=quotient, where=bottom != 0)
    return quotient
