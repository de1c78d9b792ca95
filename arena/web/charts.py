"""The geometry of the charts: numbers in, percent of a track out. Drawing is left to the templates.

Positions are percentages because the SVG of a row has no fixed width: it stretches with its cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

# A dot at the very end of the track would be cut in half.
MARGIN_SHARE = 0.06
# A board where everybody is equal still needs a scale: this much to each side, in Elo points.
SMALLEST_REACH = 25.0
MIDDLE = 1000.0
MOST_TICKS = 6
DEEPEST_LEVEL = 5
PERCENT_PER_LEVEL = 10


@dataclass(frozen=True)
class Tick:
    """A printed value of the axis and its place on the track, in percent."""

    value: float
    x: float


@dataclass(frozen=True)
class Forest:
    """One interval of a forest plot: its ends and its dot in percent of the track."""

    x_low: float
    x_mid: float
    x_high: float


@dataclass(frozen=True)
class Scale:
    """A linear axis from `low` to `high` in Elo points; both ends are off the printed ticks."""

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def position(self, value: float) -> float:
        """Return the place of a value on the track, 0 to 100; values beyond the ends are clamped.

        A value that is not finite raises ValueError.
        """
        return _place(value, low=self.low, high=self.high)

    def interval(self, *, lower: float, rating: float, upper: float) -> Forest:
        """Return the interval of one row in percent of the track; values in Elo points."""
        return Forest(
            x_low=self.position(lower), x_mid=self.position(rating), x_high=self.position(upper)
        )


def forest_scale(*, lowers: Sequence[float], uppers: Sequence[float]) -> Scale:
    """Return one axis that holds every interval, with a few round ticks.

    `lowers` and `uppers` are the ends of the intervals in Elo points, one pair a row. Without rows
    the axis lies around 1000. Ends that are not finite, an upper end below its lower end or
    sequences of unequal length raise ValueError: a board must not draw what it does not know.
    """
    for lower, upper in zip(lowers, uppers, strict=True):
        if not (isfinite(lower) and isfinite(upper)):
            raise ValueError(f"An interval needs finite ends, not {lower} to {upper}.")
        if upper < lower:
            raise ValueError(f"The interval {lower} to {upper} is upside down.")
    low, high = min(lowers, default=MIDDLE), max(uppers, default=MIDDLE)
    missing = max(0.0, SMALLEST_REACH - (high - low) / 2)
    low, high = low - missing, high + missing
    margin = (high - low) * MARGIN_SHARE
    low, high = low - margin, high + margin
    ticks = tuple(
        Tick(value=value, x=_place(value, low=low, high=high)) for value in _round_values(low, high)
    )
    return Scale(low=low, high=high, ticks=ticks)


def heat_level(percent: float) -> int:
    """Return the colour step of a win rate: -5 (always lost) over 0 (even) to 5 (always won).

    `percent` is 0 to 100; the step follows the rounded figure, so that a cell printed as 50 is
    never coloured. Anything outside, or not a number, raises ValueError.
    """
    if not (isfinite(percent) and 0 <= percent <= 100):
        raise ValueError(f"A win rate lies between 0 and 100, not at {percent}.")
    distance = round(percent) - 50
    level = min(DEEPEST_LEVEL, ceil(abs(distance) / PERCENT_PER_LEVEL))
    return level if distance >= 0 else -level


def _place(value: float, *, low: float, high: float) -> float:
    if not isfinite(value):
        raise ValueError(f"{value} has no place on an axis.")
    return min(100.0, max(0.0, (value - low) / (high - low) * 100))


def _round_values(low: float, high: float) -> list[float]:
    step = _round_step((high - low) / MOST_TICKS)
    return [step * index for index in range(ceil(low / step), floor(high / step) + 1)]


def _round_step(at_least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 50 ... that is not below `at_least`."""
    magnitude = float(10 ** floor(log10(at_least)))
    return next(
        factor * magnitude for factor in (1, 2, 5, 10) if factor * magnitude >= at_least * 0.999999
    )
