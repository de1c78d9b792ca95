"""A row of a forest plot: a rating and its interval on the axis that all rows share."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from .scales import Scale, linear_scale

# A board where everybody is equal still needs a scale: this much to each side, in Elo points.
SMALLEST_REACH = 25.0
MIDDLE = 1000.0
# The track is narrow: with more steps than these its numbers would touch.
MOST_STEPS = 4


@dataclass(frozen=True)
class Forest:
    """One interval of a forest plot: its ends and its dot in percent of the track."""

    x_low: float
    x_mid: float
    x_high: float


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
    return linear_scale(
        [*lowers, *uppers], smallest_reach=SMALLEST_REACH, middle=MIDDLE, most_steps=MOST_STEPS
    )


def place_interval(scale: Scale, *, lower: float, rating: float, upper: float) -> Forest:
    """Return the interval of one row in percent of the track; values in Elo points."""
    return Forest(
        x_low=scale.position(lower), x_mid=scale.position(rating), x_high=scale.position(upper)
    )
