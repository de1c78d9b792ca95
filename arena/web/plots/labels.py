"""Which names fit beside which dots of a chart, for one assumed size of it in pixels.

Text keeps its size while a chart stretches, so a chart holds one set of labels for narrow places and one for
wide ones. What finds no room stays without a label; its name is in the chart's table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LETTER = 6.6
LINE = 15.0
GAP = 9.0


@dataclass(frozen=True)
class Room:
    """The assumed size of a chart's track in pixels."""

    width: float
    height: float


NARROW = Room(300, 300)
WIDE = Room(860, 380)


@dataclass(frozen=True)
class Label:
    """A name beside a dot: `dx` and `dy` in pixels from it, `anchor` as in SVG's text-anchor."""

    dx: float
    dy: float
    anchor: str


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def lies_in(self, room: Room) -> bool:
        return (
            self.left >= 0
            and self.right <= room.width
            and self.top >= 0
            and self.bottom <= room.height
        )


# Above first: a front runs level to the right of its dots and comes up to them from below.
CHOICES = (
    Label(GAP - 2, -GAP + 2, "start"),
    Label(2 - GAP, -GAP + 2, "end"),
    Label(GAP, 4, "start"),
    Label(-GAP, 4, "end"),
    Label(GAP - 2, GAP + 7, "start"),
    Label(2 - GAP, GAP + 7, "end"),
)


def place_labels(
    dots: Sequence[tuple[float, float, str]],
    *,
    room: Room,
    most: int,
    whiskers: Sequence[tuple[float, float]] = (),
) -> list[Label | None]:
    """Choose a place for each name, or None, the first ones first; at most `most` of them.

    `dots` are (x, y, name) with places in percent of the track, y from the top; `whiskers` the upper and
    lower end of the line through each. A name crosses such a line only where it has no other place.
    """
    centres = [(x / 100 * room.width, y / 100 * room.height) for x, y, _ in dots]
    taken = [_Box(x - 5, y - 5, x + 5, y + 5) for x, y in centres]
    lines = [
        _Box(x - 2, top / 100 * room.height, x + 2, bottom / 100 * room.height)
        for (x, _), (top, bottom) in zip(centres, whiskers, strict=False)
    ]
    found: list[Label | None] = []
    for own, ((x, y), (_, _, name)) in enumerate(zip(centres, dots, strict=True)):
        others = taken[:own] + taken[own + 1 :]
        fitting = [
            (choice, box)
            for choice in (CHOICES if len(taken) - len(dots) < most else ())
            if (box := _box(x, y, name=name, choice=choice)).lies_in(room)
            and not any(box.meets(other) for other in others)
        ]
        foreign = lines[:own] + lines[own + 1 :]
        clear = [one for one in fitting if not any(one[1].meets(line) for line in foreign)]
        if best := next(iter(clear or fitting), None):
            taken.append(best[1])
        found.append(best[0] if best else None)
    return found


def _box(x: float, y: float, *, name: str, choice: Label) -> _Box:
    wide = LETTER * len(name)
    left = {"start": x + choice.dx, "end": x + choice.dx - wide, "middle": x - wide / 2}
    bottom = y + choice.dy + 3
    return _Box(left[choice.anchor], bottom - LINE, left[choice.anchor] + wide, bottom)
