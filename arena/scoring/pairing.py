"""Which pairs are worth a vote: a table of probabilities from which voters' pairs are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arena.scoring.bradley_terry import laplacian, win_probabilities
from arena.scoring.tallies import ScoringError

Floats = NDArray[np.float64]

# The least share of draws that is even: a model whose gaps look solved is still measured now and
# then, so that a wrong look is found out. Designs without even draws stop covering the truth.
EVEN_SHARE = 0.10
# Young boards draw evenly: with this many battles per model half of the draws still are. Without
# it a lucky start looks solved, is left alone, and stays wrong: intervals covered 93.4 %, not 94.7.
EVEN_BATTLES = 200.0
# The share of the remaining draws that involve new models while there are any. Bringing one to a
# standard error of 10 Elo takes some 1,200 battles of its own, whoever plays them.
NEW_SHARE = 0.80
NEW_BELOW = 30
# A model stops being new at this standard error in log odds (8 Elo), or near the field's median
# if that is larger: a board on which all are equally unsure has no new models.
SETTLED_ERROR = 0.046
NEAR_MEDIAN = 1.25
# Two neighbours are solved at the two-sided 95 % point of the normal distribution.
SOLVED = 1.959963984540054
# A gap four times as wide counts twice: wide gaps are solved soon and cheaply, before hopeless
# ones take the rest. 0 leaves them waiting on large boards, 1 asks more votes for the last ones.
GAP_POWER = 0.5
# Weight of the gap below the first rank over that of the last, fading over this many ranks:
# readers look at the top of a board.
TOP_WEIGHT = 2.0
TOP_RANKS = 10.0
# Rounds of the multiplicative algorithm: 4 leave up to a tenth of the possible fall of variance
# on the table with 100 models, 8 some 3 %.
ROUNDS = 8
# Information on every strength before its first battle (sd 5,500 Elo): only so that the matrix
# can be inverted for models, or groups of models, that have not met the others.
FAINT = 1e-3
# Information of a vote between models too far apart for floats: never exactly none.
HARDLY = 1e-12


@dataclass(frozen=True)
class PairProbabilities:
    """How likely each pair is to be drawn.

    `table` (models, models) float, symmetric, zero on the diagonal and where a pair is not
    allowed; its upper triangle sums to 1. `newness` (models,) in 0 to 1: how far a model is
    boosted as new. `even` and `new`: the shares of draws that are even and that go to new models.
    """

    table: Floats
    newness: Floats
    even: float
    new: float


def pair_probabilities(
    *,
    theta: ArrayLike,
    covariance: ArrayLike,
    battles: ArrayLike,
    allowed: ArrayLike | None = None,
    new_below: float = NEW_BELOW,
    floor: float = EVEN_SHARE,
) -> PairProbabilities:
    """Return the probabilities from which the next pairs are drawn at random, until refreshed.

    `theta` (models,) strengths in log odds, NaN for a model without a fit; `covariance` (models,
    models) theirs, robust or clustered, ignored where theta is NaN; `battles` (models, models),
    symmetric, how often each pair has met, zero or more, weighted or not; `allowed` (models,
    models) bool, symmetric, which pairs may be shown at all (None: all). `new_below`: battles
    below which a model is new in any case. `floor`: the least share of draws that is even.

    Three parts are mixed. Even draws: a model, then an opponent it may meet; their share falls
    from 1 to `floor` as battles come in. New models, against opponents near them, until their
    standard error nears the field's. The rest is a Bayesian A-optimal design (Chaloner and
    Verdinelli 1995): the shares that would lower the summed variance of unsolved neighbour gaps
    most if as many votes again were spent, found by multiplicative updates (Silvey, Titterington
    and Torsney 1978; Yu 2010). Deterministic; relabelling the models relabels the table, except
    that among exactly equal strengths the lower index ranks first.

    Raises `ScoringError` on malformed input and when no pair is allowed.
    """
    strengths, spread, met, may = _check(theta, covariance, battles, allowed)
    if not 0 <= floor <= 1:
        raise ScoringError(f"The even share must lie between 0 and 1, not {floor}.")
    fitted = np.isfinite(strengths)
    errors = np.where(fitted, np.sqrt(np.maximum(spread.diagonal(), 0.0)), np.inf)
    newness = _measure_newness(errors, played=met.sum(axis=1), new_below=new_below)
    strengths = np.where(fitted, strengths, _middle(strengths[fitted]))
    p = win_probabilities(strengths)
    slope = np.where(may, np.maximum(p * p.T, HARDLY), 0.0)
    votes = met.sum() / 2
    even = max(floor, float(EVEN_BATTLES / (EVEN_BATTLES + votes / len(met))))
    youngest = float(newness[may.any(axis=1)].max())
    new = (1 - even) * NEW_SHARE * youngest
    table = even * _draw_evenly(may) + new * _draw_new(newness, slope=slope)
    if even + new < 1:
        table += (1 - even - new) * _draw_unsolved(
            strengths, spread=spread, met=met, slope=slope, known=fitted & (newness < 1)
        )
    return PairProbabilities(table=table * (2 / table.sum()), newness=newness, even=even, new=new)


def restrict(*, probabilities: ArrayLike, allowed: ArrayLike) -> Floats:
    """Return a table of pairs with only the `allowed` ones left, its upper triangle summing to 1.

    `probabilities` (models, models) symmetric, of zero or more; `allowed` (models, models) bool,
    symmetric. Where all allowed pairs weigh zero they are drawn evenly. Raises `ScoringError` on
    malformed input and when no pair is allowed.
    """
    table = np.asarray(probabilities, dtype=np.float64)
    _check_square("Probabilities", table)
    may = _check_allowed(allowed, models=len(table))
    if not np.isfinite(table).all() or (table < 0).any() or not np.array_equal(table, table.T):
        raise ScoringError("Probabilities must be symmetric, finite and zero or more.")
    left = np.where(may, table, 0.0)
    largest = left.max()
    # Scaled by the largest first: a sum of the tiniest floats must not vanish or overflow.
    left = left / largest if largest > 0 else may.astype(np.float64)
    return left * (2 / left.sum())


def choose_weights(
    *, weights: Mapping[tuple[int, int], float], pairs: Sequence[tuple[int, int]]
) -> list[float]:
    """Return the probability of each of `pairs`, those one voter may see now, summing to 1.

    `weights`: any positive multiples of probabilities by unordered pair, each stored in one order
    or the other; `pairs`: distinct pairs in any order. A pair that `weights` does not know holds
    a model younger than the table and weighs as much as the heaviest of `pairs`. Even when all
    weigh zero or none is known; no pairs give an empty list. Negative or infinite weights raise.
    """
    found = [weights.get((a, b), weights.get((b, a))) for a, b in pairs]
    known = [weight for weight in found if weight is not None]
    if not all(0 <= weight < np.inf for weight in known):
        raise ScoringError("Weights of pairs must be finite numbers of zero or more.")
    heaviest = max(known, default=0.0)
    if heaviest == 0:
        return [1 / len(pairs) for _ in pairs]
    scaled = [1.0 if weight is None else weight / heaviest for weight in found]
    total = sum(scaled)
    return [weight / total for weight in scaled]


def _measure_newness(errors: Floats, *, played: Floats, new_below: float) -> Floats:
    """1 while new, falling to 0 as the variance comes down to that of a settled model."""
    seen = errors[np.isfinite(errors)]
    usual = NEAR_MEDIAN * float(np.median(seen)) if len(seen) else np.inf
    settled = max(SETTLED_ERROR, usual)
    # Full until half as much variance again: the last votes of a newcomer are not the slowest.
    excess = 2 * ((errors / settled) ** 2 - 1) if np.isfinite(settled) else np.ones(len(errors))
    newness: Floats = np.where(played < new_below, 1.0, np.clip(excess, 0.0, 1.0))
    return newness


def _draw_evenly(may: NDArray[np.bool_]) -> Floats:
    """Draw a model evenly, then its opponent evenly among those it may meet; sums to 2."""
    opponents = may.sum(axis=1)
    share = np.divide(1.0, opponents, out=np.zeros(len(may)), where=opponents > 0)
    return np.where(may, share[:, None] + share[None, :], 0.0) / np.count_nonzero(opponents)


def _draw_new(newness: Floats, *, slope: Floats) -> Floats:
    """Weigh pairs by their newer model and by information squared; sums to 2, or to 0."""
    weights = np.maximum(newness[:, None], newness[None, :]) * slope**2
    total = weights.sum()
    return weights * (2 / total) if total > 0 else weights


def _draw_unsolved(
    strengths: Floats, *, spread: Floats, met: Floats, slope: Floats, known: NDArray[np.bool_]
) -> Floats:
    """Spread draws so that the variance of unsolved neighbour gaps falls most; sums to 2."""
    p = win_probabilities(strengths)
    information = met * p * p.T
    goal = laplacian(_weigh_gaps(strengths, spread=spread, known=known))
    lift = FAINT * np.eye(len(met)) + max(information.sum(), 1.0) / len(met) ** 2
    # As many votes as there are. A tenth as far needs a few more votes in all; three times as far
    # needs no fewer, and the order at the stop was wrong more often.
    ahead = slope * max(met.sum() / 2, 1.0)
    weights = _measure_gain(information, goal=goal, slope=slope, lift=lift)
    weights = _normalise(weights**4, slope=slope)
    for _ in range(ROUNDS):
        planned = information + ahead * weights / 2
        gain = _measure_gain(planned, goal=goal, slope=slope, lift=lift)
        weights = _normalise(weights * gain, slope=slope)
    return weights


def _weigh_gaps(strengths: Floats, *, spread: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return (models, models): what a fall of variance is worth, for neighbours only.

    Unsolved gaps count by a power of their estimated size, the root of the second moment, so
    that noise does not pick favourites.
    """
    worth = np.zeros_like(spread)
    order = np.flatnonzero(known)
    order = order[np.argsort(-strengths[order], kind="stable")]
    upper, lower = order[:-1], order[1:]
    gap = strengths[upper] - strengths[lower]
    variance = spread.diagonal()
    doubt = np.maximum(variance[upper] + variance[lower] - 2 * spread[upper, lower], 0.0)
    value = (gap**2 + doubt) ** (GAP_POWER / 2) * (gap**2 < SOLVED**2 * doubt)
    if not value.any():
        value = np.ones(len(gap))
    value *= 1 + (TOP_WEIGHT - 1) * np.exp(-np.arange(len(gap)) / TOP_RANKS)
    worth[upper, lower] = worth[lower, upper] = value
    return worth


def _measure_gain(information: Floats, *, goal: Floats, slope: Floats, lift: Floats) -> Floats:
    """Return how much the goal's variance falls per vote on each pair.

    One vote on pair d adds s d d' to the information, so that by the rank-one update the
    covariance V loses s V d d' V / (1 + s d'Vd): to first order the goal tr(C V) falls by
    s d' V C V d.
    """
    inverse = np.linalg.inv(laplacian(information) + lift)
    pulled = inverse @ goal @ inverse
    pulled = (pulled + pulled.T) / 2
    own = pulled.diagonal()
    gain: Floats = np.maximum(slope * (own[:, None] + own[None, :] - 2 * pulled), 0.0)
    return gain


def _normalise(weights: Floats, *, slope: Floats) -> Floats:
    """Scale weights to a sum of 2; without any, all allowed pairs are even."""
    largest = weights.max()
    weights = weights / largest if largest > 0 else (slope > 0).astype(np.float64)
    return weights * (2 / weights.sum())


def _middle(strengths: Floats) -> float:
    return float(np.median(strengths)) if len(strengths) else 0.0


def _check(
    theta: ArrayLike, covariance: ArrayLike, battles: ArrayLike, allowed: ArrayLike | None
) -> tuple[Floats, Floats, Floats, NDArray[np.bool_]]:
    strengths = np.asarray(theta, dtype=np.float64)
    spread = np.asarray(covariance, dtype=np.float64)
    met = np.asarray(battles, dtype=np.float64)
    if strengths.ndim != 1 or len(strengths) < 2 or np.isinf(strengths).any():
        raise ScoringError("Strengths must be a list of two or more, each finite or NaN.")
    for name, square in (("The covariance", spread), ("Battles", met)):
        _check_square(name, square, models=len(strengths))
    if not np.isfinite(met).all() or (met < 0).any() or not np.array_equal(met, met.T):
        raise ScoringError("Battles must be symmetric, finite and zero or more.")
    fitted = np.isfinite(strengths)
    both = fitted[:, None] & fitted[None, :]
    if not np.isfinite(spread[both]).all():
        raise ScoringError("The covariance of fitted models must be finite.")
    everyone = np.ones(met.shape, dtype=bool) if allowed is None else allowed
    may = _check_allowed(everyone, models=len(met))
    return strengths, np.where(both, spread, 0.0), met, may


def _check_allowed(allowed: ArrayLike, *, models: int) -> NDArray[np.bool_]:
    may = np.array(allowed, dtype=bool)
    _check_square("Allowed pairs", may, models=models)
    if not np.array_equal(may, may.T):
        raise ScoringError("Allowed pairs must be symmetric.")
    np.fill_diagonal(may, False)
    if not may.any():
        raise ScoringError("No pair of models may be shown.")
    return may


def _check_square(name: str, square: NDArray[np.generic], *, models: int | None = None) -> None:
    if square.ndim != 2 or square.shape[0] != square.shape[1] or models not in (None, len(square)):
        size = "square" if models is None else f"a table of {models} by {models}"
        raise ScoringError(f"{name} must be {size}, not of shape {square.shape}.")
