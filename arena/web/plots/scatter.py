"""A scatter plot with its Pareto front: what costs less and is better than everything else."""

from collections.abc import Sequence
from dataclasses import dataclass

from .labels import NARROW, WIDE, Label, place_labels
from .scales import LogScale, Scale, linear_scale, log_scale

SMALLEST_REACH = 25.0
MOST_WIDE = 24
MOST_NARROW = 8


@dataclass(frozen=True)
class Spot:
    """What is to be drawn: less of `x` and more of `y` is better; `low` and `high` bound y.

    `key` and `name` say what it is, `said` how x is written; `is_faint` marks what is not certain yet.
    """

    key: str
    name: str
    x: float
    said: str
    y: float
    low: float
    high: float
    is_faint: bool = False


@dataclass(frozen=True)
class Dot:
    """A spot in its place, percent of the track, y from the top; a label is None where there is no room."""

    spot: Spot
    x: float
    y: float
    y_low: float
    y_high: float
    on_front: bool
    wide: Label | None
    narrow: Label | None


@dataclass(frozen=True)
class Scatter:
    """A drawn scatter plot; `front` is a path in a box of 100 x 100, empty with fewer than two spots."""

    dots: tuple[Dot, ...]
    front: str
    x_scale: LogScale
    y_scale: Scale

    @property
    def front_begins(self) -> float:
        """Where the front's first spot stands on the x axis, in percent."""
        return min((dot.x for dot in self.dots if dot.on_front), default=0.0)


def find_front(spots: Sequence[Spot]) -> list[Spot]:
    """Return the spots that no other one beats or equals on both counts, the least x first.

    Of equal spots the first by key is kept.
    """
    front: list[Spot] = []
    for spot in sorted(spots, key=lambda spot: (spot.x, -spot.y, spot.key)):
        if not front or spot.y > front[-1].y:
            front.append(spot)
    return front


def draw_scatter(spots: Sequence[Spot]) -> Scatter:
    """Place spots on a logarithmic x axis (0 is free and stands apart) and a linear y axis.

    Labels go to the front first, then to the best. Values that are not finite raise ValueError.
    """
    ordered = sorted(spots, key=lambda spot: (-spot.y, spot.key))
    x_scale = log_scale([spot.x for spot in spots])
    y_scale = linear_scale(
        [value for spot in spots for value in (spot.low, spot.high)], smallest_reach=SMALLEST_REACH
    )
    front = find_front(spots)
    keys = {spot.key for spot in front}
    ordered.sort(key=lambda spot: spot.key not in keys)

    def top(value: float) -> float:
        return 100 - y_scale.position(value)

    centres = [(x_scale.position(spot.x), top(spot.y), spot.name) for spot in ordered]
    whiskers = [(top(spot.high), top(spot.low)) for spot in ordered]
    wide = place_labels(centres, room=WIDE, most=MOST_WIDE, whiskers=whiskers)
    narrow = place_labels(centres, room=NARROW, most=MOST_NARROW, whiskers=whiskers)
    dots = tuple(
        Dot(
            spot=spot,
            x=centre[0],
            y=centre[1],
            y_low=top(spot.low),
            y_high=top(spot.high),
            on_front=spot.key in keys,
            wide=wide[index],
            narrow=narrow[index],
        )
        for index, (spot, centre) in enumerate(zip(ordered, centres, strict=True))
    )
    steps = [(x_scale.position(spot.x), top(spot.y)) for spot in front]
    return Scatter(dots, _stairs(steps) if len(spots) > 1 else "", x_scale, y_scale)


def _stairs(steps: Sequence[tuple[float, float]]) -> str:
    """Return the path of a front: level until the next spot, then up to it, and on to the end."""
    x, y = steps[0]
    moves = [f"M{x:.2f} {y:.2f}", *(f"H{x:.2f}V{y:.2f}" for x, y in steps[1:]), "H100"]
    return "".join(moves)
