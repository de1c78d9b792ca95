"""Lines over time with the band of their intervals, and small ones without an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .scales import DayScale, Scale, day_scale, linear_scale

SMALLEST_REACH = 25.0


@dataclass(frozen=True)
class Moment:
    """One value on a day, with the ends of its interval."""

    day: date
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Series:
    """What is to be drawn as one line; moments by day, ascending."""

    key: str
    name: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Line:
    """A series as paths in a box of 100 x 100; its end in percent of the track, y from the top.

    `at_ticks`: what held at each tick of the time axis, None before the series began; for the table.
    """

    series: Series
    path: str
    band: str
    x_end: float
    y_end: float
    at_ticks: tuple[Moment | None, ...]


@dataclass(frozen=True)
class Lines:
    lines: tuple[Line, ...]
    x_scale: DayScale
    y_scale: Scale


def draw_lines(series: Sequence[Series]) -> Lines:
    """Place series on a common time axis and a common value axis.

    Without any moment, or with values that are not finite, it raises ValueError.
    """
    moments = [moment for one in series for moment in one.moments]
    if not moments:
        raise ValueError("A line needs at least one moment.")
    days = [moment.day for moment in moments]
    x_scale = day_scale(min(days), max(days))
    ends = [end for moment in moments for end in (moment.low, moment.high)]
    y_scale = linear_scale(ends, smallest_reach=SMALLEST_REACH)
    drawn = tuple(_draw(one, x_scale=x_scale, y_scale=y_scale) for one in series if one.moments)
    return Lines(drawn, x_scale, y_scale)


def draw_spark(values: Sequence[float], *, reach: float) -> str:
    """Return a small line as a path in a box of 100 x 100; empty with fewer than two values.

    `reach` is what its height spans at least, so that a change of one point looks like one.
    """
    if len(values) < 2:
        return ""
    scale = linear_scale(values, smallest_reach=reach / 2)
    step = 100 / (len(values) - 1)
    return _path([(step * n, 100 - scale.position(value)) for n, value in enumerate(values)])


def _draw(series: Series, *, x_scale: DayScale, y_scale: Scale) -> Line:
    def points(values: Sequence[float]) -> list[tuple[float, float]]:
        return [
            (x_scale.position(moment.day), 100 - y_scale.position(value))
            for moment, value in zip(series.moments, values, strict=True)
        ]

    middle = points([moment.value for moment in series.moments])
    upper = points([moment.high for moment in series.moments])
    lower = points([moment.low for moment in series.moments])
    band = f"{_path([*upper, *reversed(lower)])}Z" if len(middle) > 1 else ""
    at_ticks = tuple(_last(series.moments, until=tick.day) for tick in x_scale.ticks)
    return Line(series, _path(middle), band, *middle[-1], at_ticks)


def _last(moments: Sequence[Moment], *, until: date) -> Moment | None:
    return next((moment for moment in reversed(moments) if moment.day <= until), None)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
