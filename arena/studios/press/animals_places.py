"""Where the paper animals stand: five compositions for any number of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a creature stands: pose, foot in parts of the page, size and whether it faces left."""

    pose: str
    x: float
    y: float
    size: float
    left: bool = False
    turn: float = 0.0


@dataclass(frozen=True)
class Scene:
    """A composition: sun, ridges (level, swing), places, and how the flowers stand."""

    sun: tuple[float, float, float]
    ridges: tuple[tuple[float, float], ...]
    place: Callable[[int], tuple[Place, ...]]
    flowers: float
    frame: bool = False


def _row(count: int) -> tuple[Place, ...]:
    """Two shifted lines: the near ones sit or crouch, the far ones sit or leap."""
    if count == 1:
        return (Place("sit", 0.5, 0.88, 1.5),)
    poses = ("pounce", "sit", "sit", "leap", "tumble", "sit", "pounce")
    size = min(1.3, 4.4 / (count + 0.3))
    return tuple(
        Place(
            poses[k],
            0.02 + 0.96 * (k + 0.5) / count,
            0.91 if k % 2 == 0 else (0.70 if poses[k] == "leap" else 0.76),
            size * (1.0 if k % 2 == 0 else 0.9),
            k > count / 2,
        )
        for k in range(count)
    )


def _chase(count: int) -> tuple[Place, ...]:
    """Running over the crown of a hill, all the same way, in two lines."""
    size = min(1.35, 3.5 / (count + 0.4))
    out = []
    for k in range(count):
        t = (k + 0.5) / count
        y = 0.81 - 0.10 * math.sin(math.pi * t) + (0.085 if k % 2 else -0.045)
        pose = "leap" if k % 2 == 0 else "pounce"
        out.append(Place(pose, 0.09 + 0.80 * t, y, size, turn=16 * (t - 0.5)))
    return tuple(out)


def _huddle(count: int) -> tuple[Place, ...]:
    """A family portrait: the rest close in front, tall ones looking out between them behind."""
    front = count if count < 3 else (count + 1) // 2
    back = count - front
    size = min(1.7, 3.1 / max(front, 1.6))
    out = [
        Place("sit", 0.5 + (k - (back - 1) / 2) * 0.60 / max(back - 1, 1), 0.80, size * 0.84, k > 0)
        for k in range(back)
    ]
    out += [
        Place("sit", 0.5 + (k - (front - 1) / 2) * 0.235 * size, 1.0, size * 0.92, k == front - 1)
        for k in range(front)
    ]
    return tuple(out)


def _in_the_round(count: int) -> tuple[Place, ...]:
    """Two lines inside a round opening."""
    front = count if count < 3 else (count + 1) // 2
    back = count - front
    size = min(1.15, 2.7 / (front + 0.5))
    out = [
        Place(
            "leap" if k % 2 else "sit",
            0.5 + (k - (back - 1) / 2) * 0.31,
            0.61 - 0.03 * (k % 2),
            size * 0.86,
            k % 2 == 0,
        )
        for k in range(back)
    ]
    out += [
        Place(
            ("sit", "pounce", "tumble")[k % 3],
            0.5 + (k - (front - 1) / 2) * 0.33,
            0.83,
            size,
            k % 2 == 1,
        )
        for k in range(front)
    ]
    return tuple(out)


def _play(count: int) -> tuple[Place, ...]:
    """One leaps before the great sun, the others romp below."""
    if count == 1:
        return (Place("leap", 0.5, 0.68, 1.5),)
    size = min(1.25, 3.1 / (count - 0.2))
    poses = ("tumble", "pounce", "sit", "tumble", "pounce", "sit")
    below = [
        Place(
            poses[k],
            0.5 + (k - (count - 2) / 2) * 0.96 / (count - 0.7),
            0.92 - 0.06 * (k % 2),
            size,
            k % 3 == 0,
        )
        for k in range(count - 1)
    ]
    return (Place("leap", 0.5, 0.58, size * 1.08), *below)


SCENES: tuple[Scene, ...] = (
    Scene((0.5, 0.44, 78), ((0.42, 26), (0.50, 34), (0.58, 26), (0.67, 22), (0.80, 16)), _row, 1.0),
    Scene(
        (0.20, 0.24, 66),
        ((0.46, 46), (0.55, 40), (0.62, 36), (0.80, -110), (0.95, 18)),
        _chase,
        0.9,
    ),
    Scene(
        (0.78, 0.20, 70),
        ((0.44, 30), (0.54, 36), (0.63, 24), (0.73, 18), (0.90, 14)),
        _huddle,
        1.25,
    ),
    Scene(
        (0.5, 0.40, 64),
        ((0.40, 24), (0.47, 26), (0.54, 20), (0.61, 14), (0.79, 12)),
        _in_the_round,
        0.8,
        True,
    ),
    Scene(
        (0.5, 0.42, 285), ((0.56, 20), (0.62, 26), (0.67, 20), (0.73, 14), (0.90, 12)), _play, 1.0
    ),
)
