"""How few votes decide: the smallest set found whose removal turns an order round."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring import bradley_terry
from arena.scoring.bradley_terry import ONE_TIE, Fit, laplacian, win_probabilities
from arena.scoring.intervals import SAME_STRENGTH
from arena.scoring.tallies import BOTH_BAD, LEFT, RIGHT, TIE, VERDICTS, ScoringError, Tallies


class SharedPlace(ScoringError):
    """The two stand level, so that nothing is there to turn round."""


@dataclass(frozen=True)
class Flip:
    """The votes whose removal puts `worse` ahead of `better`.

    `gap` in log odds before the removal; `votes`, how many were removed, `share` of all votes;
    `predicted`, how many the linear approximation asked for; `verified`, whether a refit without
    them truly puts `worse` ahead; `removed`, the votes themselves. Where even all votes that
    help `better` are not enough, `verified` is False and `removed` holds all of them.
    """

    better: int
    worse: int
    gap: float
    votes: int
    share: float
    predicted: int
    verified: bool
    removed: Tallies


def count_votes_to_flip(
    *, tallies: Tallies, better: int, worse: int, prior: float | None = ONE_TIE
) -> Flip:
    """Find few votes whose removal puts `worse` ahead of `better`, and verify it by refitting.

    Most influential votes first: the influence of a vote on the difference of strengths is one
    Newton step (Broderick, Giordano and Meager 2020; for Bradley-Terry Huang et al. 2025). The
    shortest row of them that turns the refit round is found by doubling and halving. The count
    is an upper bound of the true minimum: a cleverer choice of votes may need fewer.

    `better` and `worse` are model indices, both with battles; `better` must be ahead, else
    `SharedPlace`. `prior` as for `bradley_terry.fit`, so that the refit is the board's;
    without one, refits that lose their finite optimum use `ONE_TIE`. Anything else raises `ScoringError`.
    """
    _check_models(tallies, better=better, worse=worse)
    fit = bradley_terry.fit(tallies.wins(), prior=prior)
    gap = float(fit.theta[better] - fit.theta[worse])
    if gap <= SAME_STRENGTH:
        raise SharedPlace(f"Model {better} is not ahead of model {worse}: nothing to flip.")
    pull = _measure_pull(fit=fit, better=better, worse=worse)
    cells, sizes, pulls = _order_cells(tallies, pull)
    predicted = _count_needed(sizes=sizes, pulls=pulls, gap=gap)

    def flips(votes: int) -> bool:
        rest = tallies.subtract(_take_first(votes, cells=cells, sizes=sizes, models=tallies.models))
        refit = bradley_terry.fit(rest.wins(), prior=prior if prior is not None else ONE_TIE)
        return bool(refit.theta[worse] - refit.theta[better] > SAME_STRENGTH)

    most = int(sizes.sum())
    found = _search_shortest(flips, guess=predicted, most=most)
    votes = most if found is None else found
    return Flip(
        better=better,
        worse=worse,
        gap=gap,
        votes=votes,
        share=votes / int(tallies.counts.sum()),
        predicted=predicted,
        verified=found is not None,
        removed=_take_first(votes, cells=cells, sizes=sizes, models=tallies.models),
    )


def count_votes_to_flip_first(
    *, tallies: Tallies, challengers: int = 3, prior: float | None = ONE_TIE
) -> Flip:
    """Find few votes whose removal costs the leader its first place.

    Tries the `challengers` models that follow the leader and returns the cheapest verified flip
    (the cheapest unverified one if none is). Fewer than two models with battles or `challengers`
    below one raise `ScoringError`, a shared first place `SharedPlace`; see `count_votes_to_flip`.
    """
    if challengers < 1:
        raise ScoringError(f"At least one challenger must be tried, not {challengers}.")
    playing = np.flatnonzero(tallies.battles_of_models())
    if len(playing) < 2:
        raise ScoringError("A first place can flip only among two models with battles.")
    among = tallies.take(playing)
    theta = bradley_terry.fit(among.wins(), prior=prior).theta
    order = np.argsort(-theta, kind="stable")
    flips = [
        count_votes_to_flip(tallies=among, better=int(order[0]), worse=int(rival), prior=prior)
        for rival in order[1 : 1 + challengers]
    ]
    best = min(flips, key=lambda flip: (not flip.verified, flip.votes))
    counts = np.zeros_like(tallies.counts)
    counts[np.ix_(playing, playing)] = best.removed.counts
    return Flip(
        better=int(playing[best.better]),
        worse=int(playing[best.worse]),
        gap=best.gap,
        votes=best.votes,
        share=best.share,
        predicted=best.predicted,
        verified=best.verified,
        removed=Tallies(counts),
    )


def _check_models(tallies: Tallies, *, better: int, worse: int) -> None:
    if better == worse:
        raise ScoringError(f"Model {better} cannot overtake itself.")
    battles = tallies.battles_of_models()
    for model in (better, worse):
        if not 0 <= model < tallies.models or not battles[model]:
            raise ScoringError(f"Model {model} has no battles to weigh.")


def _measure_pull(*, fit: Fit, better: int, worse: int) -> NDArray[np.float64]:
    """Return (models, models, 4): how much each vote of a cell adds to the gap, in log odds."""
    models = len(fit.theta)
    p = win_probabilities(fit.theta)
    contrast = np.zeros(models)
    contrast[better], contrast[worse] = 1.0, -1.0
    information = laplacian(fit.battles * p * p.T)
    # The contrast sums to zero, so lifting the null space leaves its solution alone.
    lift = information.trace() / models**2
    direction = np.linalg.solve(information + lift, contrast)
    along = direction[:, None] - direction[None, :]
    pull = np.empty((models, models, len(VERDICTS)))
    pull[:, :, LEFT] = along * p.T
    pull[:, :, RIGHT] = -along * p
    pull[:, :, TIE] = pull[:, :, BOTH_BAD] = along * (0.5 - p)
    return pull


def _order_cells(
    tallies: Tallies, pull: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.float64]]:
    """Cells of votes that widen the gap, strongest first: flat indices, counts, pull per vote."""
    counts, pulls = tallies.counts.ravel(), pull.ravel()
    cells = np.flatnonzero((counts > 0) & (pulls > 0))
    cells = cells[np.argsort(-pulls[cells], kind="stable")]
    return cells, counts[cells], pulls[cells]


def _count_needed(*, sizes: NDArray[np.int64], pulls: NDArray[np.float64], gap: float) -> int:
    """How many votes, strongest first, the linear approximation needs to pass zero."""
    closed = np.cumsum(sizes * pulls)
    full = int(np.searchsorted(closed, gap, side="right"))
    if full == len(sizes):
        return int(sizes.sum())
    before = closed[full - 1] if full else 0.0
    return int(sizes[:full].sum()) + int((gap - before) / pulls[full]) + 1


def _take_first(
    votes: int, *, cells: NDArray[np.intp], sizes: NDArray[np.int64], models: int
) -> Tallies:
    taken = np.clip(votes - (np.cumsum(sizes) - sizes), 0, sizes)
    counts = np.zeros(models * models * len(VERDICTS), dtype=np.int64)
    counts[cells] = taken
    return Tallies(counts.reshape(models, models, len(VERDICTS)))


def _search_shortest(flips: Callable[[int], bool], *, guess: int, most: int) -> int | None:
    """The shortest row that flips, looking outwards from a guess; None if none does."""
    if most == 0:
        return None
    low, high = 0, max(min(guess, most), 1)
    while not flips(high):
        if high == most:
            return None
        low, high = high, min(2 * high, most)
    step = 1
    # A good guess is near: walk down in growing steps, at most half of what is left.
    while high - low > 1:
        middle = max(high - step, (low + high) // 2)
        if flips(middle):
            high, step = middle, step * 2
        else:
            low, step = middle, 1
    return high
