"""How well one strength per model describes the votes: fit by pair, cycles, verdicts, slots."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import (
    Fit,
    find_strong_groups,
    laplacian,
    win_probabilities,
)
from arena.scoring.matchups import bound_rate, divide_or_nan
from arena.scoring.tallies import BOTH_BAD, LEFT, RIGHT, VERDICTS, ScoringError, Tallies

# Pearson's statistic is trusted where each side expects this many points (Cochran 1954).
FEW_EXPECTED = 5.0
# Ties make points vary less than wins and losses do, but never as good as not at all.
LEAST_DISPERSION = 0.05


@dataclass(frozen=True)
class GoodnessOfFit:
    """The points of every pair that met against those that the fit expects.

    Arrays (pairs,): `first` < `second` model indices; `battles`; `observed` and `expected` points
    of the first model; `residual`, standardised, about standard normal if the model holds, 0
    where the fit reproduces the pair by force. `dispersion`: variance of single votes relative
    to wins and losses alone (1 without ties). `chi_square` (Pearson) and `deviance`, both divided
    by the dispersion, on `degrees` of freedom; `z`, the chi-square on the normal scale; `p_value`
    the chance of a larger chi-square if the model holds, 1 without a degree of freedom. `thin`:
    how many pairs expect fewer than 5 points for a side; where most do, `p_value` is rough.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    battles: NDArray[np.int64]
    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    residual: NDArray[np.float64]
    dispersion: float
    chi_square: float
    deviance: float
    degrees: int
    z: float
    p_value: float
    thin: int


@dataclass(frozen=True)
class IntransitiveTriples:
    """Cycles of three: A ahead of B, B ahead of C, C ahead of A, by points won.

    `found` cycles among `triples` triples of models that all met; `expected` cycles if the fit
    holds, from noise alone. Of the surest cycles, at most as many as asked for: `models`
    (cycles, 3) int64, each ahead of the next and the last ahead of the first, smallest index
    first; `wins`, `losses` (cycles, 3) int64, decisive battles of each against the next;
    `certainty` (cycles,) 0 to 1, the chance that all three are truly ahead, from a flat prior.
    """

    found: int
    triples: int
    expected: float
    models: NDArray[np.int64]
    wins: NDArray[np.int64]
    losses: NDArray[np.int64]
    certainty: NDArray[np.float64]


@dataclass(frozen=True)
class VerdictShares:
    """How often each verdict was given, and both-bad by model, with Wilson's 95 % bounds.

    `counts` (4,) int64 in the order of `VERDICTS`, `share`, `lower`, `upper` (4,) 0 to 1.
    `both_bad`, `battles` (models,) int64; `both_bad_rate`, `both_bad_lower`, `both_bad_upper`
    (models,) 0 to 1. NaN where nothing was counted.
    """

    counts: NDArray[np.int64]
    share: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    both_bad: NDArray[np.int64]
    battles: NDArray[np.int64]
    both_bad_rate: NDArray[np.float64]
    both_bad_lower: NDArray[np.float64]
    both_bad_upper: NDArray[np.float64]


@dataclass(frozen=True)
class FirstSlot:
    """The share of decisive votes won by the left picture, with Wilson's 95 % bounds.

    Where the sides are drawn by lot the fair share is one half, whatever the models. NaN shares
    without a decisive vote.
    """

    decisive: int
    left_wins: int
    share: float
    lower: float
    upper: float


def measure_dispersion(*, fit: Fit, tallies: Tallies) -> float:
    """Return the variance of single votes about the fit, relative to p (1 - p).

    1 without ties; a tie is half a point and varies less (McCullagh and Nelder 1989, 4.5). Never
    below 0.05; 1 without votes.
    """
    _check_same(fit, tallies)
    p = win_probabilities(fit.theta)
    decisive, halves = tallies.decisive(), tallies.halves()
    seen = (decisive * p.T**2).sum() + np.triu(halves * (0.5 - p) ** 2).sum()
    expected = np.triu(tallies.battles_of_pairs() * p * p.T).sum()
    return float(max(seen / expected, LEAST_DISPERSION)) if expected > 0 else 1.0


def measure_goodness_of_fit(*, fit: Fit, tallies: Tallies) -> GoodnessOfFit:
    """Compare the points of each pair with the fit, by Pearson's (1900) chi-square and deviance.

    `tallies` must be those that `fit` was made from. Pairs with a regularised model are left out:
    their expectation is the prior's. Residuals are studentised by their leverage. Both statistics
    see votes as independent; many votes by few voters inflate them. Other sizes of fit and
    tallies raise `ScoringError`.
    """
    _check_same(fit, tallies)
    firm = ~fit.regularised
    met = (tallies.battles_of_pairs() > 0) & firm[:, None] & firm[None, :]
    first, second = np.nonzero(np.triu(met))
    battles = tallies.battles_of_pairs()[first, second]
    observed = tallies.wins()[first, second]
    p = win_probabilities(fit.theta)
    chance, against = p[first, second], p[second, first]
    expected, variance = battles * chance, battles * chance * against
    dispersion = measure_dispersion(fit=fit, tallies=tallies)
    surprise = observed - expected
    chi_square = float((surprise**2 / variance).sum() / dispersion)
    degrees = _count_degrees(met)
    leverage = _measure_leverage(fit=fit, first=first, second=second, variance=variance)
    free = leverage < 1 - 1e-9
    residual = np.zeros(len(first))
    spread = np.sqrt(variance * dispersion * np.where(free, 1 - leverage, 1.0))
    np.divide(surprise, spread, out=residual, where=free)
    return GoodnessOfFit(
        first=first.astype(np.int64),
        second=second.astype(np.int64),
        battles=battles,
        observed=observed,
        expected=expected,
        residual=residual,
        dispersion=dispersion,
        chi_square=chi_square,
        deviance=_sum_deviance(observed, battles, expected, battles * against) / dispersion,
        degrees=degrees,
        z=_normalise_chi_square(chi_square, degrees),
        p_value=find_chi_square_tail(chi_square, degrees=degrees),
        thin=int((np.minimum(expected, battles * against) < FEW_EXPECTED).sum()),
    )


def find_chi_square_tail(chi_square: float, *, degrees: int) -> float:
    """Return the chance that a chi-square variable of `degrees` of freedom is larger.

    The exact finite sum for whole degrees (Abramowitz and Stegun 1964, 26.4.4 and 26.4.5), in
    logarithms so that thousands of degrees neither overflow nor vanish; 1 for no degrees. A
    negative or infinite statistic and negative degrees raise `ScoringError`.
    """
    if not 0 <= chi_square < math.inf or degrees < 0:
        raise ScoringError(f"No chi-square of {chi_square} on {degrees} degrees exists.")
    half = chi_square / 2
    if degrees == 0 or half == 0:
        return 1.0
    start = 0.5 if degrees % 2 else 0.0
    tail = math.erfc(math.sqrt(half)) if degrees % 2 else 0.0
    powers = start + np.arange(degrees // 2)
    # Logarithms of half^power / Gamma(power + 1), each from the one before it.
    steps = np.log(half / powers[1:]) if len(powers) else np.zeros(0)
    logs = start * math.log(half) - math.lgamma(start + 1) - half
    terms = logs + np.concatenate([np.zeros(min(len(powers), 1)), np.cumsum(steps)])
    return float(min(tail + np.exp(terms).sum(), 1.0))


def find_intransitive_triples(*, tallies: Tallies, fit: Fit, most: int = 20) -> IntransitiveTriples:
    """Find cycles of three in the observed points and say how sure they are.

    Points count ties as half, so a pair leans as its wins less its losses; `certainty` is the
    product of three sign tests on decisive battles (normal approximation, flat prior). `expected`
    sums over all triples the chance of a cycle under `fit`: only clearly more cycles than that
    speak against one strength per model (Kendall and Babington Smith 1940). `most` limits the
    list, not the counts; `fit` of other models or a negative `most` raise `ScoringError`.
    """
    _check_same(fit, tallies)
    if most < 0:
        raise ScoringError(f"The list of cycles cannot hold {most}.")
    wins = tallies.decisive()
    battles = tallies.battles_of_pairs()
    ahead = wins > wins.T
    lean = divide_or_nan(wins - wins.T, np.sqrt(wins + wins.T))
    certain = _normal_cdf(np.nan_to_num(lean))
    chance = _chance_to_lead(fit=fit, tallies=tallies)
    cycles = _list_cycles(ahead)
    one, two, three = cycles.T
    sure = certain[one, two] * certain[two, three] * certain[three, one]
    kept = np.argsort(-sure, kind="stable")[:most]
    ring = cycles[kept]
    after = np.roll(ring, -1, axis=1)
    return IntransitiveTriples(
        found=len(cycles),
        triples=_count_triangles(battles > 0),
        expected=float(np.trace(chance @ chance @ chance) / 3),
        models=ring,
        wins=wins[ring, after],
        losses=wins[after, ring],
        certainty=sure[kept],
    )


def summarise_verdicts(tallies: Tallies) -> VerdictShares:
    """Count how often each verdict was given, and how often each model was part of a both-bad.

    Bounds after Wilson (1927); both-bad is also a tie in the fit, and shown alone only here.
    """
    counts = tallies.counts.sum(axis=(0, 1))
    votes = np.full(len(VERDICTS), counts.sum())
    lower, upper = bound_rate(points=counts, battles=votes)
    bad = tallies.counts[:, :, BOTH_BAD]
    both_bad = bad.sum(axis=0) + bad.sum(axis=1)
    battles = tallies.battles_of_models()
    bad_lower, bad_upper = bound_rate(points=both_bad, battles=battles)
    return VerdictShares(
        counts=counts,
        share=divide_or_nan(counts, votes),
        lower=lower,
        upper=upper,
        both_bad=both_bad,
        battles=battles,
        both_bad_rate=divide_or_nan(both_bad, battles),
        both_bad_lower=bad_lower,
        both_bad_upper=bad_upper,
    )


def score_first_slot(tallies: Tallies) -> FirstSlot:
    """Return the share of decisive votes that the left picture won, with Wilson's 95 % bounds."""
    left_wins = int(tallies.counts[:, :, LEFT].sum())
    decisive = left_wins + int(tallies.counts[:, :, RIGHT].sum())
    lower, upper = bound_rate(points=left_wins, battles=decisive)
    return FirstSlot(
        decisive=decisive,
        left_wins=left_wins,
        share=left_wins / decisive if decisive else math.nan,
        lower=float(lower),
        upper=float(upper),
    )


def _check_same(fit: Fit, tallies: Tallies) -> None:
    if tallies.models != len(fit.theta):
        raise ScoringError(f"The fit has {len(fit.theta)} models, the tallies {tallies.models}.")


def _count_degrees(met: NDArray[np.bool_]) -> int:
    """Pairs less the differences of strength that were fitted to them."""
    playing = np.flatnonzero(met.any(axis=0))
    groups = find_strong_groups(met[np.ix_(playing, playing)])
    return int(met.sum() // 2) - (len(playing) - len(groups))


def _measure_leverage(
    *,
    fit: Fit,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    variance: NDArray[np.float64],
) -> NDArray[np.float64]:
    """How much of its own residual each pair takes away by pulling the fit towards itself."""
    p = win_probabilities(fit.theta)
    inverse = np.linalg.pinv(laplacian(fit.battles * p * p.T), hermitian=True)
    spread = inverse.diagonal()
    leverage: NDArray[np.float64] = variance * (
        spread[first] + spread[second] - 2 * inverse[first, second]
    )
    return np.clip(leverage, 0.0, 1.0)


def _sum_deviance(
    won: NDArray[np.float64],
    battles: NDArray[np.int64],
    expected: NDArray[np.float64],
    against: NDArray[np.float64],
) -> float:
    def surprise(seen: NDArray[np.float64], fitted: NDArray[np.float64]) -> float:
        some = seen > 0
        return float((seen[some] * np.log(seen[some] / fitted[some])).sum())

    return max(2 * (surprise(won, expected) + surprise(battles - won, against)), 0.0)


def _normalise_chi_square(chi_square: float, degrees: int) -> float:
    """Wilson and Hilferty's (1931) cube root, standard normal to about 0.01."""
    if degrees == 0:
        return 0.0
    unit = 2 / (9 * degrees)
    return float((np.cbrt(chi_square / degrees) - (1 - unit)) / math.sqrt(unit))


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    tails = [0.5 * math.erfc(-value / math.sqrt(2)) for value in z.ravel().tolist()]
    return np.array(tails).reshape(z.shape)


def _chance_to_lead(*, fit: Fit, tallies: Tallies) -> NDArray[np.float64]:
    """The chance that the row model's points exceed half of the pair's, if the fit holds."""
    p = win_probabilities(fit.theta)
    battles = tallies.battles_of_pairs().astype(np.float64)
    spread = np.sqrt(battles * p * p.T * measure_dispersion(fit=fit, tallies=tallies))
    z = divide_or_nan(battles * (p - 0.5), spread)
    return np.where(battles > 0, _normal_cdf(np.nan_to_num(z)), 0.0)


def _list_cycles(ahead: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return (cycles, 3): i ahead of j ahead of k ahead of i, with i the smallest."""
    found = [np.zeros((0, 3), dtype=np.int64)]
    for one in range(len(ahead) - 2):
        beaten = one + 1 + np.flatnonzero(ahead[one, one + 1 :])
        beating = one + 1 + np.flatnonzero(ahead[one + 1 :, one])
        second, third = np.nonzero(ahead[np.ix_(beaten, beating)])
        found.append(np.column_stack([np.full(len(second), one), beaten[second], beating[third]]))
    return np.concatenate(found).astype(np.int64)


def _count_triangles(met: NDArray[np.bool_]) -> int:
    # Each triangle is walked from three corners in two directions; exact below 2^53.
    edges = met.astype(np.float64)
    return round(float(np.trace(edges @ edges @ edges))) // 6
