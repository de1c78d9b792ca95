"""A matchup as the page draws it: shares of a bar, intervals on an axis of 0 to 100 %."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from arena.catalog.models import Discipline, ImageModel
from arena.ratings.boards import FEW_BATTLES
from arena.ratings.matchups import SURPRISING, Day, Matchup, Record, Separation, read_matchup

from .plots.forest import Forest, place_interval
from .plots.lines import Lines, Moment, Series, draw_lines
from .plots.scales import Scale, Tick
from .tables import board_address

# Win rates are compared on the whole of what they can be; half way is even.
SHARES = Scale(low=0, high=100, ticks=tuple(Tick(value, value) for value in (0.0, 25, 50, 75, 100)))


@dataclass(frozen=True)
class Segment:
    """One kind of verdict in the bar: its number, and its place in percent of the bar."""

    kind: str
    n: int
    x: float
    width: float


@dataclass(frozen=True)
class Line:
    """A record with its rates in percent and its interval on the axis; no rates where nobody voted."""

    title: str
    url: str
    record: Record
    percent: float | None
    low: float | None
    high: float | None
    expected: float | None
    forest: Forest | None


@dataclass(frozen=True)
class Meeting:
    """What the page shows of one discipline."""

    label: str
    board_url: str
    vote_url: str
    whole: Line
    bar: tuple[Segment, ...]
    ratings: tuple[float, float] | None
    separation: Separation | None
    chance_percent: float | None
    lines: tuple[Line, ...]
    days: tuple[tuple[Day, Line], ...]
    chart: Lines | None


def show_matchup(first: ImageModel, second: ImageModel) -> dict[str, Any]:
    """Describe the matchup of two models of one population, discipline by discipline."""
    shared = [d for d in Discipline if d in first.disciplines and d in second.disciplines]
    return {
        "first": first,
        "second": second,
        "meetings": [
            _show(read_matchup(first, second, discipline=discipline), first=first)
            for discipline in shared
        ],
        "ticks": SHARES.ticks,
        "few_battles": FEW_BATTLES,
        "surprising": SURPRISING,
    }


def _show(found: Matchup, *, first: ImageModel) -> Meeting:
    separation = found.separation
    days = tuple((day, _line(day.record)) for day in found.history)
    return Meeting(
        label=str(Discipline(found.discipline).label),
        board_url=board_address(found.discipline, population=first.population),
        vote_url=reverse("web:vote_discipline", args=[found.discipline]),
        whole=_line(found.record),
        bar=_divide(found.record),
        ratings=found.ratings,
        separation=separation,
        # Never told as certain: no number of votes makes it so.
        chance_percent=min(100 * max(separation.chance, 1 - separation.chance), 99.9)
        if separation
        else None,
        lines=tuple(
            _line(
                record, title=challenge.title, url=reverse("web:challenge", args=[challenge.slug])
            )
            for challenge, record in found.by_challenge
        ),
        days=days,
        chart=_draw(days, name=first.name),
    )


def _line(record: Record, *, title: str = "", url: str = "") -> Line:
    low, percent, high = (
        None if rate is None else 100 * rate
        for rate in (record.lower, record.win_rate, record.upper)
    )
    forest = None
    if low is not None and percent is not None and high is not None:
        forest = place_interval(SHARES, lower=low, rating=percent, upper=high)
    return Line(
        title=title,
        url=url,
        record=record,
        percent=percent,
        low=low,
        high=high,
        expected=None if record.expected is None else 100 * record.expected,
        forest=forest,
    )


def _draw(days: tuple[tuple[Day, Line], ...], *, name: str) -> Lines | None:
    """Draw the win rate so far, day by day, with the band of its interval; None before a second day."""
    moments = tuple(
        Moment(day.day, line.percent, line.low, line.high)
        for day, line in days
        if line.percent is not None and line.low is not None and line.high is not None
    )
    return draw_lines([Series("record", name, moments)]) if len(moments) > 1 else None


def _divide(record: Record) -> tuple[Segment, ...]:
    """Divide the bar: wins from the left, losses at the right, what nobody won between them."""
    parts = {
        "wins": record.wins,
        "ties": record.ties,
        "both-bad": record.both_bad,
        "losses": record.losses,
    }
    segments, x = [], 0.0
    for kind, n in parts.items():
        width = 100 * n / record.battles if record.battles else 0.0
        segments.append(Segment(kind, n, x, width))
        x += width
    return tuple(segments)
