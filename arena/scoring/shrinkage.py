"""Boards of few votes that lean on the overall board: one challenge, or one voter's own."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import NotConverged, laplacian, win_probabilities
from arena.scoring.elo import ANCHOR, ORDERED_DECIMALS, POINTS_PER_LOG_ODDS, PRINTED_DECIMALS
from arena.scoring.intervals import bound_ranks, find_differences, measure_half_widths
from arena.scoring.tallies import ScoringError, Tallies

MAX_STEPS = 200
SMALL_STEP = 1e-9
# Up to this change of any strength, a full Newton step is certain to climb.
SAFE_CHANGE = 0.5
# What is assumed of the spread before any vote: 0.5 log odds, 87 Elo, between the personal tastes
# (69 and 139 Elo) that coverage was studied with. It decides only where the parts are too few or
# too small to say otherwise, and keeps the estimate from zero and infinity.
ASSUMED_SPREAD = 0.5


@dataclass(frozen=True)
class Spread:
    """How far strengths on one part (challenge, voter) lie from the overall ones.

    `sd`, standard deviation in log odds of one model's strength from part to part, the moment
    estimate tempered by `ASSUMED_SPREAD`; `measured`, the moment estimate alone, 0 where the
    parts differ no more than noise does; `parts`, how many parts with votes it rests on.
    """

    sd: float
    measured: float
    parts: int


@dataclass(frozen=True)
class Shrunk:
    """Strengths of one part, drawn towards the overall ones as far as votes are few.

    `theta` (models,) natural log odds, with the sum of the overall ones; `covariance` (models,
    models) of its error; `own` (models,) 0 to 1, the say of the part's own votes in the
    strength, 0 where it is the overall one; `battles` (models,) int64 in this part; `borrowed`
    (models,) bool, models without a battle in this part, whose strength rests on others alone;
    `steps`, Newton steps.
    """

    theta: NDArray[np.float64]
    covariance: NDArray[np.float64]
    own: NDArray[np.float64]
    battles: NDArray[np.int64]
    borrowed: NDArray[np.bool_]
    steps: int


@dataclass(frozen=True)
class ShrunkBoard:
    """One line per model, arrays (models,): `Shrunk` on the Elo scale.

    `rating`, `half_width`, `lower`, `upper` in Elo points, rounded to 0.1, 95 % intervals; `rank`
    1 is best, `rank_low` to `rank_high` hold together with 95 %; `own`, `battles`, `borrowed` as
    in `Shrunk`.
    """

    rating: NDArray[np.float64]
    half_width: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    rank: NDArray[np.int64]
    rank_low: NDArray[np.int64]
    rank_high: NDArray[np.int64]
    own: NDArray[np.float64]
    battles: NDArray[np.int64]
    borrowed: NDArray[np.bool_]


def shrink_strengths(
    *,
    tallies: Tallies,
    overall: NDArray[np.float64],
    spread: float,
    dispersion: float = 1.0,
    overall_covariance: NDArray[np.float64] | None = None,
) -> Shrunk:
    """Estimate one part's strengths under theta ~ N(overall, spread^2), the posterior mode.

    `tallies` of the part alone; `overall` (models,) finite log odds in the same order; `spread`
    in log odds, above 0, as `Spread.sd`; `dispersion` of single votes (`fit_quality`), below 1
    with ties; `overall_covariance` (models, models) of `overall`, best clustered by part,
    None to take it as known.

    Empirical Bayes (Efron and Morris 1975; for paired comparisons Phelan and Whelan 2017). The
    mode always exists, also for perfect records and without a vote, where it is `overall`.
    Intervals from `covariance` (H + P)^-1 (dispersion H + P + P V P) (H + P)^-1, with H the
    information of the votes, P = 1 / spread^2 and V the covariance of `overall`, hold on average
    over models and parts; a model unlike its overall self in this part is covered less often.
    In simulation 95 % intervals covered 91-95 % at a spread of 0.3 (52 Elo) estimated from the
    same votes, 87-95 % at 0.6, the lower figures with 40 votes a part.
    Another shape, values that are not finite and `NotConverged` raise `ScoringError`.
    """
    _check_overall(tallies, overall=overall, overall_covariance=overall_covariance)
    if not 0 < spread < np.inf:
        raise ScoringError(f"The spread must be a positive number of log odds, not {spread}.")
    _check_dispersion(dispersion)
    models, wins, precision = tallies.models, tallies.wins(), 1 / spread**2
    theta, steps = _climb(wins, overall=overall, precision=precision)
    information = _weigh_information(wins, theta)
    # How an error of the overall strengths passes on to these, within a fixed sum.
    lean = precision * np.linalg.inv(information + precision * np.eye(models)) - 1 / models
    noise = dispersion * information + precision * np.eye(models)
    if overall_covariance is not None:
        noise = noise + precision**2 * overall_covariance
    covariance = lean @ noise @ lean / precision**2
    battles = tallies.battles_of_models()
    return Shrunk(
        theta=theta,
        covariance=(covariance + covariance.T) / 2,
        own=np.clip(1 - lean.diagonal() / (1 - 1 / models), 0.0, 1.0),
        battles=battles,
        borrowed=battles == 0,
        steps=steps,
    )


def rate_shrunk(shrunk: Shrunk, *, anchor: float = ANCHOR) -> ShrunkBoard:
    """Bring shrunk strengths onto the Elo scale, rounded and ranked as `elo.rate` does.

    `anchor` is the rating of a model of strength zero: the mean, where the overall strengths sum
    to zero. Rank ranges rest on the covariance of differences (Mogstad and others 2024). An
    `anchor` that is not finite raises `ScoringError`.
    """
    if not np.isfinite(anchor):
        raise ScoringError(f"The anchor must be a finite rating, not {anchor}.")
    steady = np.round(POINTS_PER_LOG_ODDS * shrunk.theta, ORDERED_DECIMALS)
    rank = np.zeros(len(steady), dtype=np.int64)
    rank[np.argsort(-steady, kind="stable")] = np.arange(1, len(steady) + 1)
    better = find_differences(theta=shrunk.theta, covariance=shrunk.covariance)
    rank_low, rank_high = bound_ranks(better)
    rating = np.round(anchor + steady, PRINTED_DECIMALS)
    half_width = POINTS_PER_LOG_ODDS * measure_half_widths(shrunk.covariance)
    half_width = np.round(half_width, PRINTED_DECIMALS)
    return ShrunkBoard(
        rating=rating,
        half_width=half_width,
        lower=np.round(rating - half_width, PRINTED_DECIMALS),
        upper=np.round(rating + half_width, PRINTED_DECIMALS),
        rank=rank,
        rank_low=rank_low,
        rank_high=rank_high,
        own=shrunk.own,
        battles=shrunk.battles,
        borrowed=shrunk.borrowed,
    )


def estimate_spread(
    parts: Iterable[Tallies], *, overall: NDArray[np.float64], dispersion: float = 1.0
) -> Spread:
    """Estimate how much strengths differ between parts, by the method of moments.

    `parts`: tallies of each part over the same models, together the votes that `overall`
    (models,) was fitted to; `dispersion` as for `shrink_strengths`. The many-variable form of
    DerSimonian and Laird (1986): the parts' misfit to the overall strengths, less what noise
    alone explains, over what a unit of variance would add. `sd` is the posterior mean of that
    variance under an exponential prior of mean `ASSUMED_SPREAD` squared, with the estimate taken
    as normal. Spreads beyond 0.3 come out some 5 to 15 % low, because the logistic curve
    flattens large differences. One pass over the parts, nothing kept of them; a part without
    votes counts for nothing. Malformed input raises `ScoringError`.
    """
    overall = np.asarray(overall, dtype=np.float64)
    _check_dispersion(dispersion)
    moments = _Moments(models=len(overall))
    for tallies in parts:
        _check_overall(tallies, overall=overall, overall_covariance=None)
        if tallies.counts.any():
            wins = tallies.wins()
            moments.add(_weigh_information(wins, overall), pull=_gather_surprise(wins, overall))
    return moments.solve(dispersion=dispersion)


class _Moments:
    """Sums over parts from which the variance between them is solved."""

    def __init__(self, *, models: int) -> None:
        self.parts = self.rank = 0
        self.misfit = self.gain = self.power = 0.0
        self.total = np.zeros((models, models))
        self.squares = np.zeros((models, models))

    def add(self, information: NDArray[np.float64], *, pull: NDArray[np.float64]) -> None:
        inverse, rank = _invert_on_range(information)
        square = information @ information
        self.parts += 1
        self.rank += rank
        self.misfit += float(pull @ inverse @ pull)
        self.gain += float(information.trace())
        self.power += float(square.trace())
        self.total += information
        self.squares += square

    def solve(self, *, dispersion: float) -> Spread:
        pooled, pooled_rank = _invert_on_range(self.total)
        unit = self.gain - float((pooled * self.squares).sum())
        # With one part, or parts of different models, nothing can be learned.
        if unit <= 1e-9 * self.gain:
            return Spread(sd=ASSUMED_SPREAD, measured=0.0, parts=self.parts)
        estimate = (self.misfit - dispersion * (self.rank - pooled_rank)) / unit
        variance = max(estimate, 0.0)
        # A part's misfit is a sum of squares of variance (noise + variance x eigenvalue).
        wobble = (
            dispersion**2 * self.rank
            + 2 * dispersion * variance * self.gain
            + variance**2 * self.power
        )
        tempered = _temper(estimate, error=math.sqrt(2 * wobble) / unit)
        return Spread(sd=math.sqrt(tempered), measured=math.sqrt(variance), parts=self.parts)


def _temper(estimate: float, *, error: float) -> float:
    """The mean of a normal law around an estimate times the exponential prior, above zero."""
    z = estimate / error - error / ASSUMED_SPREAD**2
    if z < -30:
        # The normal law is flat here: its tail decays like the exponential of rate -z.
        return -error / z
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    return error * (z + density / (0.5 * math.erfc(-z / math.sqrt(2))))


def _climb(
    wins: NDArray[np.float64], *, overall: NDArray[np.float64], precision: float
) -> tuple[NDArray[np.float64], int]:
    """Newton's method on a strictly concave curve, shortened where the likelihood bends."""
    theta = overall.astype(np.float64)
    prior = precision * np.eye(len(theta))
    for step_number in range(1, MAX_STEPS + 1):
        gradient = _gather_surprise(wins, theta) - precision * (theta - overall)
        step = np.linalg.solve(_weigh_information(wins, theta) + prior, gradient)
        change = float(np.abs(step).max())
        if change > SAFE_CHANGE:
            # A step of c changes compared differences by at most 2 c (Sun and Tran-Dinh 2019).
            step *= np.log1p(2 * change) / (2 * change)
        theta += step
        if change < SMALL_STEP:
            return theta, step_number
    raise NotConverged(f"The shrunk fit did not settle in {MAX_STEPS} Newton steps.")


def _gather_surprise(wins: NDArray[np.float64], theta: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (models,): points won less points expected."""
    surprise = wins * win_probabilities(theta).T
    gathered: NDArray[np.float64] = surprise.sum(axis=1) - surprise.sum(axis=0)
    return gathered


def _weigh_information(
    wins: NDArray[np.float64], theta: NDArray[np.float64]
) -> NDArray[np.float64]:
    p = win_probabilities(theta)
    return laplacian((wins + wins.T) * p * p.T)


def _invert_on_range(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Pseudo-inverse and rank of a Laplacian: one dimension less for each group of models."""
    values, vectors = np.linalg.eigh(matrix)
    kept = values > 1e-10 * max(values[-1], np.finfo(float).tiny) if len(values) else values > 0
    inverse: NDArray[np.float64] = (vectors[:, kept] / values[kept]) @ vectors[:, kept].T
    return inverse, int(kept.sum())


def _check_dispersion(dispersion: float) -> None:
    if not 0 < dispersion < np.inf:
        raise ScoringError(f"The dispersion must be a positive number, not {dispersion}.")


def _check_overall(
    tallies: Tallies,
    *,
    overall: NDArray[np.float64],
    overall_covariance: NDArray[np.float64] | None,
) -> None:
    models = tallies.models
    if overall.shape != (models,) or models < 2:
        raise ScoringError(
            f"Two models or more and as many overall strengths are needed, not {models} and {overall.shape}."
        )
    if not np.isfinite(overall).all():
        raise ScoringError("Overall strengths must be finite: leave unrated models out.")
    if overall_covariance is None:
        return
    if overall_covariance.shape != (models, models) or not np.isfinite(overall_covariance).all():
        raise ScoringError(f"The overall covariance must be finite and {models} x {models}.")
