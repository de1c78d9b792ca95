"""The colour of a cell of a head-to-head table."""

from math import ceil, isfinite

DEEPEST_LEVEL = 5
PERCENT_PER_LEVEL = 10


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
