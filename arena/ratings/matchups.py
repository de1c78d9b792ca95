"""One pair of models for readers: its record, what the board expects of it, and how it came about day by day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import numpy as np
from django.db.models import Count
from django.db.models.functions import TruncDate

from arena.battles.models import STANDING, Vote
from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge
from arena.generation.models import Candidate
from arena.scoring import bradley_terry
from arena.scoring.elo import POINTS_PER_LOG_ODDS, VERDICTS, Tallies
from arena.scoring.intervals import estimate_covariance
from arena.scoring.matchups import Z_95, head_to_head
from arena.scoring.separation import measure_pair, measure_surprise

from .boards import FEW_BATTLES
from .datasets import Dataset, Scope, build_dataset, read_dataset
from .models import RatingRun, Tally

# Records of so many standard errors from what the board expects are told of: one pair in twenty by chance.
SURPRISING = Z_95


@dataclass(frozen=True)
class Record:
    """What voters said of two models, from the first one's side.

    `win_rate`, 0 to 1, counts ties and both bad as half wins; `lower` and `upper` are Wilson's 95 %
    bounds; None where the two never met. `expected` is the win rate that the published ratings
    expect, `surprise` how many standard errors the record lies above it; None without ratings.
    """

    battles: int
    wins: int
    losses: int
    ties: int
    both_bad: int
    win_rate: float | None
    lower: float | None
    upper: float | None
    expected: float | None = None
    surprise: float | None = None

    @property
    def few(self) -> bool:
        return self.battles < FEW_BATTLES

    @property
    def surprising(self) -> bool:
        return self.surprise is not None and abs(self.surprise) > SURPRISING


@dataclass(frozen=True)
class Separation:
    """How far two models of a board are apart: Elo points, first over second, with 95 % half-width.

    `chance`, 0 to 1, that the first is the stronger one. `votes_needed`: further battles of the two
    until they are told apart, should the gap be as it seems; 0: they are; None: they are equal so far.
    """

    gap: float
    half_width: float
    chance: float
    votes_needed: int | None


@dataclass(frozen=True)
class Day:
    """The record of two models up to the end of a day (UTC), and how many battles that day added."""

    day: date
    added: int
    record: Record


@dataclass(frozen=True)
class Matchup:
    """Two models in one discipline; `by_challenge` most battles first, `history` oldest first."""

    discipline: str
    record: Record
    ratings: tuple[float, float] | None
    separation: Separation | None
    by_challenge: tuple[tuple[Challenge, Record], ...]
    history: tuple[Day, ...]


def expect_win_rate(first: float, second: float) -> float:
    """Return the share of points, 0 to 1, that two ratings (Elo points) expect of the first one."""
    strengths = np.array([first, second]) / POINTS_PER_LOG_ODDS
    return float(bradley_terry.win_probabilities(strengths)[0, 1])


def read_matchup(first: ImageModel, second: ImageModel, *, discipline: str) -> Matchup:
    """Read the matchup of two models of one population in a discipline (I8).

    Counts come from the tallies, expectations from the published boards, the history from the votes.
    """
    pair = (first.pk, second.pk)
    scope = Scope(first.population, discipline)
    cells = _read_cells(pair, scope=scope)
    runs = {run.challenge_id: run for run in _read_runs(scope, challenges=set(cells))}
    titles = Challenge.objects.exclude(status=Challenge.Status.DRAFT).in_bulk(cells)
    by_challenge = [
        (titles[pk], _record(found, pair=pair, run=runs.get(pk)))
        for pk, found in cells.items()
        if pk in titles
    ]
    whole = [cell for found in cells.values() for cell in found]
    run = runs.get(None)
    return Matchup(
        discipline=discipline,
        record=_record(whole, pair=pair, run=run),
        ratings=_ratings(run, pair=pair),
        separation=_separate(read_dataset(scope), pair=pair, run=run),
        by_challenge=tuple(sorted(by_challenge, key=lambda line: -line[1].battles)),
        history=_read_history(pair, scope=scope),
    )


Cell = tuple[int, int, str, int]  # left model, right model, verdict, count


def _read_cells(pair: tuple[int, int], *, scope: Scope) -> dict[int, list[Cell]]:
    """Map challenges (ids) to the tallies of a pair."""
    found: dict[int, list[Cell]] = defaultdict(list)
    tallies = Tally.objects.filter(
        population=scope.population,
        challenge__discipline=scope.discipline,
        left__in=pair,
        right__in=pair,
        count__gt=0,
    )
    columns = ("challenge_id", "left_id", "right_id", "verdict", "count")
    for challenge, left, right, verdict, count in tallies.values_list(*columns):
        found[challenge].append((left, right, verdict, count))
    return dict(found)


def _read_runs(scope: Scope, *, challenges: set[int]) -> Iterable[RatingRun]:
    runs = RatingRun.objects.filter(
        population=scope.population, discipline=scope.discipline, category=None
    )
    return runs.filter(challenge=None) | runs.filter(challenge__in=challenges)


def _record(cells: Iterable[Cell], *, pair: tuple[int, int], run: RatingRun | None) -> Record:
    found = head_to_head(_as_pair(build_dataset(cells), pair=pair))
    n = int(found.battles[0, 1])
    win_rate = float(found.win_rate[0, 1]) if n else None
    expected, surprise = _expect(win_rate, n, pair=pair, run=run)
    return Record(
        battles=n,
        wins=int(found.wins[0, 1]),
        losses=int(found.losses[0, 1]),
        ties=int(found.ties[0, 1]),
        both_bad=int(found.both_bad[0, 1]),
        win_rate=win_rate,
        lower=float(found.lower[0, 1]) if n else None,
        upper=float(found.upper[0, 1]) if n else None,
        expected=expected,
        surprise=surprise,
    )


def _as_pair(dataset: Dataset, *, pair: tuple[int, int]) -> Tallies:
    """Return the tallies of exactly two models, the first one's row first."""
    if dataset.models:
        return dataset.tallies.take(np.array([dataset.models.index(model) for model in pair]))
    return Tallies(np.zeros((2, 2, len(VERDICTS)), dtype=np.int64))


def _expect(
    win_rate: float | None, battles: int, *, pair: tuple[int, int], run: RatingRun | None
) -> tuple[float | None, float | None]:
    """Return the win rate that ratings expect, and how many standard errors the record lies above it."""
    ratings = _ratings(run, pair=pair)
    if ratings is None:
        return None, None
    expected = expect_win_rate(*ratings)
    if win_rate is None:
        return expected, None
    surprise = measure_surprise(
        win_rate=np.array(win_rate), expected=np.array(expected), battles=np.array(battles)
    )
    return expected, float(surprise)


def _ratings(run: RatingRun | None, *, pair: tuple[int, int]) -> tuple[float, float] | None:
    if run is None:
        return None
    rating = dict(zip(run.arrays["models"], run.arrays["rating"], strict=True))
    first, second = (rating.get(model) for model in pair)
    return None if first is None or second is None else (first, second)


def _separate(
    dataset: Dataset, *, pair: tuple[int, int], run: RatingRun | None
) -> Separation | None:
    """Separate two models by the fit of the whole board, with standard errors as wide as the board's own."""
    if not set(pair) <= set(dataset.models):
        return None
    fit = bradley_terry.fit(dataset.tallies.wins(), prior=bradley_terry.ONE_TIE)
    covariance = estimate_covariance(fit=fit, tallies=dataset.tallies)
    inflation = run.inflation if run else {}
    factors = np.array([inflation.get(str(model), 1.0) for model in dataset.models])
    first, second = (dataset.models.index(model) for model in pair)
    found = measure_pair(
        theta=fit.theta,
        covariance=covariance * np.outer(factors, factors),
        battles=dataset.tallies.battles_of_models(),
        first=first,
        second=second,
    )
    needed = found.votes_needed
    return Separation(
        gap=float(POINTS_PER_LOG_ODDS * found.gap),
        half_width=float(Z_95 * POINTS_PER_LOG_ODDS * found.standard_error),
        chance=found.chance,
        votes_needed=int(needed) if np.isfinite(needed) else None,
    )


def _read_history(pair: tuple[int, int], *, scope: Scope) -> tuple[Day, ...]:
    """Count the standing votes of a pair by day and sum them up from the first one on."""
    candidates = list(
        Candidate.objects.filter(
            slot__model__in=pair, slot__prompt__challenge__discipline=scope.discipline
        ).values_list("pk", flat=True)
    )
    # Both pictures are of these two models, and no battle is of one model: it is between the two.
    votes = (
        Vote.objects.filter(
            STANDING,
            first__in=candidates,
            second__in=candidates,
            battle__population=scope.population,
        )
        .order_by()
        .annotate(day=TruncDate("created_at", tzinfo=UTC))
        .values("day", "verdict", "battle__left__slot__model")
        .annotate(n=Count("pk"))
    )
    return _sum_days(votes, pair=pair)


def _sum_days(votes: Iterable[Mapping[str, Any]], *, pair: tuple[int, int]) -> tuple[Day, ...]:
    by_day: dict[date, list[Cell]] = defaultdict(list)
    for vote in votes:
        left = vote["battle__left__slot__model"]
        right = pair[1] if left == pair[0] else pair[0]
        by_day[vote["day"]].append((left, right, vote["verdict"], vote["n"]))
    so_far: list[Cell] = []
    days = []
    for day, cells in sorted(by_day.items()):
        so_far += cells
        days.append(Day(day, sum(cell[3] for cell in cells), _record(so_far, pair=pair, run=None)))
    return tuple(days)
