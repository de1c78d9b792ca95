"""Axes of charts: values in, percent of the track out. Drawing is left to the templates.

Positions are percentages because no chart has a fixed width: it stretches with its cell, and its text does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor, isfinite, log10

# A dot at the very end of the track would be cut in half.
MARGIN_SHARE = 0.06
MOST_TICKS = 6
# What is free has no place on a logarithmic axis; it stands at its beginning, apart.
FREE_SHARE = 0.1
ROUND_DAYS = (1, 2, 7, 14, 28, 91, 182, 364)


@dataclass(frozen=True)
class Tick:
    """A printed value of the axis and its place on the track, in percent."""

    value: float
    x: float

    @property
    def number(self) -> int | float:
        """The value as it is printed: whole numbers without a point."""
        return int(self.value) if self.value.is_integer() else self.value

    @property
    def from_end(self) -> float:
        """Its place from the other end, for axes that begin at the bottom."""
        return 100 - self.x


@dataclass(frozen=True)
class DayTick:
    """A printed day of a time axis and its place on the track, in percent."""

    day: date
    x: float


@dataclass(frozen=True)
class Scale:
    """A linear axis from `low` to `high`; both ends are off the printed ticks."""

    low: float
    high: float
    ticks: tuple[Tick, ...]

    def position(self, value: float) -> float:
        """Return the place of a value on the track, 0 to 100; values beyond the ends are clamped.

        A value that is not finite raises ValueError.
        """
        return place(value, low=self.low, high=self.high)


@dataclass(frozen=True)
class LogScale:
    """A logarithmic axis; `free` is the place of the value 0 in percent, None where nothing is free."""

    low: float
    high: float
    begins: float
    free: float | None
    ticks: tuple[Tick, ...]

    def position(self, value: float) -> float:
        """Return the place of a value on the track, 0 to 100; values beyond the ends are clamped.

        A negative or infinite value, or 0 on an axis that was made without one, raises ValueError.
        """
        if value == 0 and self.free is not None:
            return self.free
        if not (isfinite(value) and value > 0):
            raise ValueError(f"{value} has no place on a logarithmic axis.")
        share = place(log10(value), low=log10(self.low), high=log10(self.high))
        return self.begins + share * (100 - self.begins) / 100


@dataclass(frozen=True)
class DayScale:
    """A time axis from one day to another."""

    first: date
    last: date
    ticks: tuple[DayTick, ...]

    def position(self, day: date) -> float:
        """Return the place of a day on the track, 0 to 100; days beyond the ends are clamped."""
        return place(day.toordinal(), low=self.first.toordinal(), high=self.last.toordinal())


def linear_scale(
    values: Sequence[float],
    *,
    smallest_reach: float,
    middle: float = 0.0,
    from_zero: bool = False,
    most_steps: int = MOST_TICKS,
) -> Scale:
    """Return one axis that holds every value, with round ticks that part it in `most_steps` at most.

    `smallest_reach` is what the axis spans to each side at least; without values it lies around
    `middle`. With `from_zero` it begins at 0 and has a margin at its end alone. A value that is not
    finite raises ValueError.
    """
    for value in values:
        if not isfinite(value):
            raise ValueError(f"{value} has no place on an axis.")
    low, high = min(values, default=middle), max(values, default=middle)
    if from_zero:
        low, high = min(0.0, low), max(high, 2 * smallest_reach)
        high += (high - low) * MARGIN_SHARE
    else:
        missing = max(0.0, smallest_reach - (high - low) / 2)
        low, high = low - missing, high + missing
        margin = (high - low) * MARGIN_SHARE
        low, high = low - margin, high + margin
    ticks = tuple(
        Tick(value=value, x=place(value, low=low, high=high))
        for value in _round_values(low, high, most_steps)
    )
    return Scale(low=low, high=high, ticks=ticks)


def log_scale(values: Sequence[float]) -> LogScale:
    """Return a logarithmic axis that holds every value, with ticks at 1, 2 and 5 times powers of ten.

    0 (free of charge) is allowed and stands apart; negative and infinite values raise ValueError.
    """
    for value in values:
        if not (isfinite(value) and value >= 0):
            raise ValueError(f"{value} has no place on a logarithmic axis.")
    above = [value for value in values if value > 0]
    low, high = min(above, default=1.0), max(above, default=1.0)
    # An axis of one value still spans a factor of two to each side.
    low, high = (low / 2, high * 2) if high / low < 2 else (low, high)
    margin = 10 ** (log10(high / low) * MARGIN_SHARE)
    low, high = low / margin, high * margin
    some_free = any(value == 0 for value in values)
    begins = 100 * FREE_SHARE if some_free else 0.0
    scale = LogScale(low, high, begins, 100 * FREE_SHARE / 2 if some_free else None, ())
    ticks = tuple(Tick(value=value, x=scale.position(value)) for value in _log_values(low, high))
    return LogScale(low, high, begins, scale.free, ticks)


def day_scale(first: date, last: date) -> DayScale:
    """Return a time axis with a few ticks at even distances that end on the last day.

    A last day before the first raises ValueError; one day alone still spans a week.
    """
    if last < first:
        raise ValueError(f"An axis cannot end on {last} before it begins on {first}.")
    if first == last:
        first = last - timedelta(days=7)
    days = (last - first).days
    step = next((step for step in ROUND_DAYS if days / step <= MOST_TICKS - 1), days)
    ticks = [
        DayTick(day, place(day.toordinal(), low=first.toordinal(), high=last.toordinal()))
        for day in (last - timedelta(days=step * index) for index in range(days // step + 1))
    ]
    return DayScale(first, last, tuple(reversed(ticks)))


def place(value: float, *, low: float, high: float) -> float:
    """Return where a value lies between two others, 0 to 100, clamped; not finite raises ValueError."""
    if not isfinite(value):
        raise ValueError(f"{value} has no place on an axis.")
    return min(100.0, max(0.0, (value - low) / (high - low) * 100))


def _round_values(low: float, high: float, most_steps: int) -> list[float]:
    step = _round_step((high - low) / most_steps)
    # Rounded, because 3 * 0.1 is not quite 0.3.
    return [round(step * index, 12) for index in range(ceil(low / step), floor(high / step) + 1)]


def _round_step(at_least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 25, 50, 100 ... that is not below `at_least`.

    A quarter of a power of ten serves where it is a whole number: 250, never 2.5.
    """
    magnitude = 10.0 ** floor(log10(at_least))
    factors = (1, 2, 2.5, 5, 10) if magnitude > 1 else (1, 2, 5, 10)
    return next(
        factor * magnitude for factor in factors if factor * magnitude >= at_least * 0.999999
    )


def _log_values(low: float, high: float) -> list[float]:
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        # Through text, because 2 * 10**-3 is not quite 0.002.
        values = [float(f"{factor}e{power}") for power in powers for factor in factors]
        found = [value for value in values if low <= value <= high]
        if len(found) <= MOST_TICKS:
            break
    return found
