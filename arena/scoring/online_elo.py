"""Online Elo, one vote after the other: a second opinion and a lesson in why order matters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from arena.scoring.tallies import LEFT, RIGHT, ScoringError, tally_votes

# Chess federations use 10 to 40; arenas that ran online Elo used 32 or 4.
K_FACTOR = 32.0
START = 1000.0
LARGEST_K = 400.0
POINTS_PER_TENFOLD_ODDS = 400.0


@dataclass(frozen=True)
class OnlineElo:
    """Ratings after the last vote.

    `rating` (models,) Elo points, whose mean stays at the start; `battles` (models,) int64.
    """

    rating: NDArray[np.float64]
    battles: NDArray[np.int64]


@dataclass(frozen=True)
class OrderDependence:
    """What the order alone does to online Elo when the same votes are shuffled.

    `lowest`, `highest` (models,) Elo points over all shuffles; `times_first` (models,) int64, in
    how many shuffles the model led; `leaders`, the number of models that led at least once;
    `shuffles`, how many orders were tried.
    """

    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    times_first: NDArray[np.int64]
    leaders: int
    shuffles: int

    @property
    def widest(self) -> float:
        """The largest distance, in Elo points, that one model's rating moves."""
        return float((self.highest - self.lowest).max(initial=0.0))


def run_online_elo(
    left: ArrayLike,
    right: ArrayLike,
    verdict: ArrayLike,
    *,
    models: int,
    k: float = K_FACTOR,
    start: float = START,
) -> OnlineElo:
    """Rate models by Elo's (1978) update, vote by vote in the order given.

    `left`, `right` model indices below `models` and `verdict` indices into `VERDICTS`, integer,
    one-dimensional and equally long, oldest vote first. After each vote the two models exchange
    `k` points times (points won - points expected); a tie and both-bad are half a point each.
    Columns that `tally_votes` would refuse, a `k` outside 0 to 400 and a `start` that is not
    finite raise `ScoringError`.
    """
    battles, columns = _check_votes(left, right, verdict, models=models, k=k, start=start)
    rating = _update_all(*columns, models=models, k=k, start=start)
    return OnlineElo(rating=np.array(rating), battles=battles)


def measure_order_dependence(
    left: ArrayLike,
    right: ArrayLike,
    verdict: ArrayLike,
    *,
    models: int,
    shuffles: int,
    generator: np.random.Generator,
    k: float = K_FACTOR,
    start: float = START,
) -> OrderDependence:
    """Rate the same votes by online Elo in `shuffles` random orders and compare the outcomes.

    Arguments and errors as for `run_online_elo`; the orders come from `generator` alone. Costs
    about 0.2 s per million votes and shuffle. Among models of equal rating the first leads.
    """
    if shuffles < 1:
        raise ScoringError(f"The number of shuffles must be one or more, not {shuffles}.")
    _, (lefts, rights, points) = _check_votes(left, right, verdict, models=models, k=k, start=start)
    if models < 1:
        raise ScoringError("Order dependence needs at least one model.")
    ratings = np.empty((shuffles, models))
    for shuffle in range(shuffles):
        order = generator.permutation(len(lefts))
        ratings[shuffle] = _update_all(
            lefts[order], rights[order], points[order], models=models, k=k, start=start
        )
    times_first = np.bincount(ratings.argmax(axis=1), minlength=models).astype(np.int64)
    return OrderDependence(
        lowest=ratings.min(axis=0),
        highest=ratings.max(axis=0),
        times_first=times_first,
        leaders=int((times_first > 0).sum()),
        shuffles=shuffles,
    )


def _check_votes(
    left: ArrayLike, right: ArrayLike, verdict: ArrayLike, *, models: int, k: float, start: float
) -> tuple[NDArray[np.int64], tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]]:
    """Return battles per model and the columns left, right and points of the left model."""
    if not 0 < k <= LARGEST_K:
        raise ScoringError(f"K must lie above 0 and at most at {LARGEST_K:g} points, not {k}.")
    if not np.isfinite(start):
        raise ScoringError(f"Elo must start from a finite rating, not {start}.")
    # Tallying finds every malformed column, and counts the battles on the way.
    tallies = tally_votes(left=left, right=right, verdict=verdict, models=models)
    verdicts = np.asarray(verdict)
    points = np.select([verdicts == LEFT, verdicts == RIGHT], [1.0, 0.0], default=0.5)
    lefts, rights = np.asarray(left).astype(np.int64), np.asarray(right).astype(np.int64)
    return tallies.battles_of_models(), (lefts, rights, points)


def _update_all(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    points: NDArray[np.float64],
    *,
    models: int,
    k: float,
    start: float,
) -> list[float]:
    rating = [float(start)] * models
    scale = math.log(10) / POINTS_PER_TENFOLD_ODDS / 2
    # Plain floats in a plain loop: each vote needs the ratings that the vote before it left.
    for one, other, won in zip(left.tolist(), right.tolist(), points.tolist(), strict=True):
        # The logistic curve as a hyperbolic tangent, which no distance can overflow.
        expected = 0.5 + 0.5 * math.tanh((rating[one] - rating[other]) * scale)
        change = k * (won - expected)
        rating[one] += change
        rating[other] -= change
    return rating
