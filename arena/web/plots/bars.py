"""Horizontal bars from zero, each with an optional interval or far end."""

from collections.abc import Sequence
from dataclasses import dataclass

from .scales import Scale, linear_scale, place


@dataclass(frozen=True)
class Amount:
    """What is to be drawn: a value of 0 or more; `low` and `high` are the ends of a whisker, if it has one."""

    key: str
    name: str
    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Bar:
    """An amount in percent of the track."""

    amount: Amount
    width: float
    x_low: float | None
    x_high: float | None


@dataclass(frozen=True)
class Bars:
    bars: tuple[Bar, ...]
    scale: Scale


def draw_bars(amounts: Sequence[Amount], *, high: float | None = None) -> Bars:
    """Draw amounts in the order given, on one axis from 0 to `high`, or to the largest with a margin.

    Negative values or ends, and values that are not finite, raise ValueError.
    """
    ends = [end for one in amounts for end in (one.value, one.low, one.high) if end is not None]
    if any(end < 0 for end in ends):
        raise ValueError("A bar cannot be shorter than nothing.")
    scale = linear_scale(ends, smallest_reach=0.5, from_zero=True)
    if high is not None:
        ticks = linear_scale([0, high], smallest_reach=high / 2).ticks
        moved = tuple(
            type(tick)(tick.value, place(tick.value, low=0, high=high))
            for tick in ticks
            if 0 <= tick.value <= high
        )
        scale = Scale(low=0.0, high=high, ticks=moved)
    bars = tuple(
        Bar(
            amount=one,
            width=scale.position(one.value),
            x_low=None if one.low is None else scale.position(one.low),
            x_high=None if one.high is None else scale.position(one.high),
        )
        for one in amounts
    )
    return Bars(bars, scale)
