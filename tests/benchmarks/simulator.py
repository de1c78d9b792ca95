"""A seeded arena with known strengths: how many votes a way of choosing pairs needs.

Verdicts are drawn in batches as multinomial counts per pair, not vote by vote, and boards come from
the library's own fit and covariance, so that what is measured is what is published.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from arena.scoring.bradley_terry import ONE_TIE, fit, win_probabilities
from arena.scoring.intervals import estimate_covariance
from arena.scoring.pairing import pair_probabilities
from arena.scoring.tallies import LEFT, RIGHT, TIE, Tallies

ELO = 400 / np.log(10)
Z_95 = NormalDist().inv_cdf(0.975)
SPREADS = ("normal", "quant", "cluster")
GOALS = ("tau", "neighbours", "wide gaps", "top ten")
# The share of even battles without a winner; fewer where one is ahead, equally from both sides.
TIES = 0.2
# Tables are refreshed after a few votes per model at first, then each time votes grew by this much.
GROWTH = 0.03
FIRST_BATCH = 2.5

Floats = NDArray[np.float64]
Table = Callable[[Floats, Floats, Floats], Floats]


def draw_truth(rng: np.random.Generator, *, models: int, spread: str) -> Floats:
    """Strengths (models,) in log odds, shuffled, of a standard deviation of about 100 Elo.

    `normal`: independent draws; `quant`: the quantiles of a normal distribution, so that all
    neighbours differ; `cluster`: groups of five within some 12 Elo, groups 80 Elo or less apart.
    """
    if spread == "normal":
        elo = rng.normal(0, 100, models)
    elif spread == "quant":
        elo = 100 * np.array([NormalDist().inv_cdf((k + 0.5) / models) for k in range(models)])
    elif spread == "cluster":
        groups = max(2, models // 5)
        centres = (np.arange(groups) - (groups - 1) / 2) * min(80.0, 400 / groups)
        elo = centres[np.arange(models) % groups] + rng.normal(0, 12, models)
    else:
        raise ValueError(f"No spread is called {spread!r}.")
    return rng.permutation(elo - elo.mean()) / ELO


@dataclass
class Arena:
    """Votes so far between models of known strengths, and the board they make."""

    truth: Floats
    rng: np.random.Generator
    votes: int = 0
    theta: Floats = field(init=False)
    covariance: Floats = field(init=False)
    counts: NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        models = len(self.truth)
        self.theta = np.zeros(models)
        self.covariance = np.zeros((models, models))
        self.counts = np.zeros((models, models, 4), dtype=np.int64)

    @property
    def models(self) -> int:
        return len(self.truth)

    @cached_property
    def pairs(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        return np.triu_indices(self.models, k=1)

    @cached_property
    def chances(self) -> Floats:
        p = win_probabilities(self.truth)[self.pairs]
        tied = TIES * 4 * p * (1 - p)
        return np.stack([p - tied / 2, 1 - p - tied / 2, tied], axis=-1)

    def battles(self) -> Floats:
        shown = self.counts.sum(axis=2)
        return (shown + shown.T).astype(float)

    def vote(self, table: Floats, *, votes: int) -> None:
        """Draw pairs from a table and a verdict for each."""
        first, second = self.pairs
        shares = table[self.pairs]
        met = self.rng.multinomial(votes, shares / shares.sum())
        some = np.flatnonzero(met)
        verdicts = self.rng.multinomial(met[some], self.chances[some])
        for column, verdict in enumerate((LEFT, RIGHT, TIE)):
            self.counts[first[some], second[some], verdict] += verdicts[:, column]
        self.votes += votes

    def rate(self) -> None:
        tallies = Tallies(counts=self.counts)
        fitted = fit(tallies.wins(), prior=ONE_TIE, start=self.theta)
        self.theta = fitted.theta
        self.covariance = estimate_covariance(fit=fitted, tallies=tallies)

    def table(self, choose: Table) -> Floats:
        """Ask for the next table, as the live site does: no strength without a battle."""
        battles = self.battles()
        theta = np.where(battles.sum(axis=1) > 0, self.theta, np.nan)
        return choose(theta, self.covariance, battles)

    def step(self, choose: Table, *, most: int) -> None:
        batch = max(int(FIRST_BATCH * self.models), int(GROWTH * self.votes))
        self.vote(self.table(choose), votes=min(batch, most))
        self.rate()

    def errors(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
        """Standard errors of differences in log odds."""
        variance = self.covariance.diagonal()
        return np.sqrt(variance[first] + variance[second] - 2 * self.covariance[first, second])


def choose_evenly(theta: Floats, covariance: Floats, battles: Floats) -> Floats:
    models = len(theta)
    return (1 - np.eye(models)) * 2 / (models * (models - 1))


def choose_adaptively(theta: Floats, covariance: Floats, battles: Floats) -> Floats:
    return pair_probabilities(theta=theta, covariance=covariance, battles=battles).table


@dataclass(frozen=True)
class Race:
    """Votes at which each goal was first met (absent: not before the cap), and wrong stops.

    `tau`: Kendall's tau with the truth of 0.95; `neighbours`: all neighbours on the board
    separated at 95 %; `wide gaps`: all true neighbours 10 Elo or more apart separated; `top ten`:
    the first ten gaps on the board separated. `wrong`: goals at whose stop the order was not true.
    """

    votes: dict[str, int]
    wrong: frozenset[str]


def race(
    *,
    models: int,
    spread: str,
    seed: int,
    choose: Table,
    cap: int,
    goals: Collection[str] = GOALS,
) -> Race:
    """Vote until all `goals` are met or the cap is; one seed gives all methods the same strengths."""
    truth = draw_truth(np.random.default_rng([seed, models]), models=models, spread=spread)
    arena = Arena(truth, np.random.default_rng([seed, models, 1]))
    order = np.argsort(-truth)
    met: dict[str, int] = {}
    wrong: set[str] = set()
    while arena.votes < cap and not met.keys() >= set(goals):
        arena.step(choose, most=cap - arena.votes)
        board = np.argsort(-arena.theta)
        for goal in _find_met(arena, order=order, board=board) - met.keys():
            met[goal] = arena.votes
            part = {"neighbours": slice(None), "top ten": slice(10)}.get(goal)
            if part is not None and not np.array_equal(board[part], order[part]):
                wrong.add(goal)
    return Race(votes=met, wrong=frozenset(wrong))


def _find_met(arena: Arena, *, order: NDArray[np.intp], board: NDArray[np.intp]) -> set[str]:
    truth, theta = arena.truth, arena.theta
    upper, lower = board[:-1], board[1:]
    separated = theta[upper] - theta[lower] > Z_95 * arena.errors(upper, lower)
    wide = truth[order[:-1]] - truth[order[1:]] >= 10 / ELO
    better, worse = order[:-1][wide], order[1:][wide]
    found = {
        "neighbours": separated.all(),
        "top ten": separated[:10].all(),
        "wide gaps": (
            np.abs(theta[better] - theta[worse]) > Z_95 * arena.errors(better, worse)
        ).all(),
        "tau": measure_tau(theta, truth) >= 0.95,
    }
    return {goal for goal, reached in found.items() if reached}


def measure_tau(one: Floats, other: Floats) -> float:
    """Kendall's rank correlation of two lists without ties."""
    agree = np.sign(one[:, None] - one) * np.sign(other[:, None] - other)
    return float(agree.sum() / (len(one) * (len(one) - 1)))


def bring_in(*, models: int, seed: int, choose: Table, field_votes: int, error: float = 10) -> int:
    """Votes until one new model in a settled field reaches a standard error of `error` Elo."""
    rng = np.random.default_rng([seed, models, 2])
    arena = Arena(draw_truth(rng, models=models, spread="normal"), rng)
    settled = choose_evenly(arena.theta, arena.covariance, arena.battles())
    settled[0] = settled[:, 0] = 0
    arena.vote(settled, votes=field_votes)
    arena.rate()
    while arena.votes - field_votes < 1_000_000:
        # A few seconds of a busy site; uniform choice needs no finer steps to be counted fairly.
        arena.vote(arena.table(choose), votes=50)
        arena.rate()
        if arena.counts[0].sum() > 10 and ELO * arena.covariance[0, 0] ** 0.5 <= error:
            return arena.votes - field_votes
    raise RuntimeError("The new model never settled.")


@dataclass(frozen=True)
class Coverage:
    """Shares of 95 % intervals that held the truth: ratings, true neighbours, all pairs."""

    ratings: float
    neighbours: float
    pairs: float


def cover(*, models: int, spread: str, seed: int, choose: Table, votes: int) -> Coverage:
    """Coverage on one board after `votes` votes chosen and refreshed all along."""
    rng = np.random.default_rng([seed, models, 3])
    arena = Arena(draw_truth(rng, models=models, spread=spread), rng)
    while arena.votes < votes:
        arena.step(choose, most=votes - arena.votes)
    missed = arena.theta - arena.truth
    order = np.argsort(-arena.truth)

    def held(first: NDArray[np.intp], second: NDArray[np.intp]) -> float:
        within = np.abs(missed[first] - missed[second]) <= Z_95 * arena.errors(first, second)
        return float(within.mean())

    ratings = np.abs(missed) <= Z_95 * np.sqrt(arena.covariance.diagonal())
    return Coverage(
        ratings=float(ratings.mean()),
        neighbours=held(order[:-1], order[1:]),
        pairs=held(*arena.pairs),
    )
