"""Whole young animals in five poses, standing on (0, 0), some 300 units high."""

from __future__ import annotations

import numpy as np

from arena.studios.gouache.face import draw_head
from arena.studios.gouache.fur import Coat, Light, Tuft, grow, plain
from arena.studios.gouache.species import Species, body_coat

POSES = ("sit", "lie", "roll", "leap", "peek")


def draw_animal(
    kind: Species, *, pose: str, light: Light, rng: np.random.Generator, look: float = 0.0
) -> str:
    """SVG of an animal; poses sit, lie, roll (on its back), leap (in the air) and peek."""
    if kind.tail == "wing":
        return _perch(kind, light, rng, look)
    return {"sit": _sit, "lie": _lie, "roll": _roll, "leap": _leap, "peek": _peek}[pose](
        kind, light, rng, look
    )


def _head_at(
    kind: Species, light: Light, rng: np.random.Generator, *, x: float, y: float, turn: float,
    look: float, size: float = 1.0,
) -> str:  # fmt: skip
    head = draw_head(kind, light=light, rng=rng, look=look)
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f}) scale({size:.3f})">{head}</g>'
    )


def _paw(
    kind: Species, light: Light, rng: np.random.Generator, *, x: float, y: float, turn: float = 0.0,
    size: float = 1.0,
) -> str:  # fmt: skip
    paw = grow(Tuft(x, y, 28 * size, 19 * size, turn, 13, 1.0, (0, -0.9), 0.3),
               coat=_sock(kind), light=light, rng=rng)  # fmt: skip
    toes = "".join(
        f'<path d="M{x + 9 * k * size:.1f} {y + 5 * size:.1f} q{1.5 * k:.1f} 6 0 {10 * size:.1f}" fill="none" '
        'stroke="#4b2a24" stroke-opacity="0.55" stroke-width="2.6" stroke-linecap="round"/>'
        for k in (-1, 1)
    )
    return paw + (toes if abs(turn) < 50 else "")


def _sock(kind: Species) -> Coat:
    if kind.marks in {"fox", "panda"}:
        return plain(kind.dark)
    return plain(kind.pale if kind.marks in {"tabby", "belly"} else kind.main)


def _leg(
    kind: Species, light: Light, rng: np.random.Generator, *, x: float, y: float, length: float,
    turn: float, wide: float = 25.0,
) -> str:  # fmt: skip
    """A leg from (x, y) down, turned about its upper end, with its paw."""
    coat = plain(kind.dark) if kind.marks in {"fox", "panda"} else body_coat(kind)
    bone = grow(Tuft(0, length / 2, wide, length / 2 + 8, 0, 20, 1.0, (0, -1.0), 0.8),
                coat=coat, light=light, rng=rng)  # fmt: skip
    paw = _paw(kind, light, rng, x=0, y=length)
    return f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.1f})">{bone}{paw}</g>'


def _tail(
    kind: Species, light: Light, rng: np.random.Generator, *, x: float, y: float, way: int,
    lift: float = 0.0,
) -> str:  # fmt: skip
    """A tail that starts at (x, y) and goes to `way` (-1 left, 1 right)."""
    rows = {
        "plume": ((30, -18, 30, 22), (64, -46, 34, 24), (88, -84, 24, 28)),
        "thin": ((30, -8, 34, 13), (72, -24, 32, 13), (96, -62, 14, 34), (92, -104, 13, 30)),
        "puff": ((18, -12, 30, 28),),
        "brush": ((34, -14, 36, 24), (82, -38, 46, 35), (126, -76, 38, 34), (148, -112, 22, 26)),
        "stub": ((12, -16, 20, 18),),
    }[kind.tail]
    out = ""
    for number, (dx, dy, rx, ry) in enumerate(rows):
        last = number == len(rows) - 1
        pale = (kind.tail == "brush" and last) or kind.tail == "puff"
        coat = plain(kind.pale) if pale else body_coat(kind)
        hair = 34 if kind.tail in {"brush", "plume"} else 16
        out += grow(Tuft(x + way * dx, y + dy - lift * number, rx, ry, -way * 28, hair, 1.0,
                         (-way * 0.9, 0.6), 0.0), coat=coat, light=light, rng=rng)  # fmt: skip
    return out


def _chest(kind: Species, light: Light, rng: np.random.Generator, x: float, y: float) -> str:
    return grow(Tuft(x, y, 48, 58, 0, 34, 1.0, (0, -1.0), 0.9), coat=plain(kind.pale), light=light,
                rng=rng)  # fmt: skip


def _sit(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    coat = body_coat(kind)
    way = 1 if look <= 0 else -1
    out = _tail(kind, light, rng, x=way * 58, y=-26, way=way)
    out += grow(Tuft(0, -92, 80, 92, 0, 30, 1.0, (0, -1.0), 0.8), coat=coat, light=light, rng=rng)
    for side in (-1, 1):
        out += grow(Tuft(side * 62, -46, 42, 46, side * -12, 26, 1.0, (0, -0.9), 0.6), coat=coat,
                    light=light, rng=rng)  # fmt: skip
        out += _paw(kind, light, rng, x=side * 74, y=-12, turn=0, size=1.1)
    out += _chest(kind, light, rng, 0, -108)
    for side in (-1, 1):
        out += _leg(kind, light, rng, x=side * 28, y=-104, length=90, turn=0, wide=23)
    return out + _head_at(kind, light, rng, x=look * 10, y=-226, turn=look * 9, look=look)


def _lie(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    coat = body_coat(kind)
    way = 1 if look <= 0 else -1
    out = _tail(kind, light, rng, x=way * 150, y=-40, way=way)
    out += grow(Tuft(way * 66, -62, 118, 62, way * 6, 30, 1.0, (-way * 0.9, -0.4), 0.6), coat=coat,
                light=light, rng=rng)  # fmt: skip
    out += grow(Tuft(way * 140, -44, 50, 46, 0, 26, 1.0, (0, -0.9), 0.5), coat=coat, light=light,
                rng=rng)  # fmt: skip
    out += _paw(kind, light, rng, x=way * 132, y=-10, turn=0, size=1.15)
    out += _chest(kind, light, rng, 0, -62)
    for x, turn in ((-46, 8), (40, -8)):
        out += _paw(kind, light, rng, x=x, y=-11, turn=turn, size=1.25)
    return out + _head_at(kind, light, rng, x=-way * 4, y=-134, turn=look * 12, look=look)


def _roll(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    out = _tail(kind, light, rng, x=118, y=-22, way=1)
    out += _leg(kind, light, rng, x=94, y=-84, length=64, turn=206)
    out += _leg(kind, light, rng, x=-18, y=-92, length=62, turn=150)
    out += grow(Tuft(34, -64, 124, 66, 4, 30, 1.0, (0.9, 0), 0.2), coat=body_coat(kind),
                light=light, rng=rng)  # fmt: skip
    out += grow(Tuft(40, -82, 88, 42, 4, 26, 1.0, (-0.9, 0.2), 0.1), coat=plain(kind.pale),
                light=light, rng=rng)  # fmt: skip
    out += _leg(kind, light, rng, x=116, y=-66, length=62, turn=232)
    out += _leg(kind, light, rng, x=22, y=-84, length=60, turn=186)
    return out + _head_at(kind, light, rng, x=-118, y=-92, turn=-62, look=-0.4)


def _leap(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    """Jumps to the left; the ground is left below."""
    coat = body_coat(kind)
    out = _tail(kind, light, rng, x=108, y=-108, way=1, lift=10)
    out += _leg(kind, light, rng, x=96, y=-104, length=88, turn=-52, wide=27)
    out += _leg(kind, light, rng, x=-58, y=-158, length=88, turn=74, wide=23)
    out += grow(Tuft(24, -140, 112, 66, 20, 32, 1.0, (-0.9, -0.3), 0.4), coat=coat, light=light,
                rng=rng)  # fmt: skip
    out += grow(Tuft(98, -112, 54, 52, 10, 28, 1.0, (-0.6, -0.8), 0.5), coat=coat, light=light,
                rng=rng)  # fmt: skip
    out += _leg(kind, light, rng, x=76, y=-92, length=86, turn=-34, wide=27)
    out += grow(Tuft(-46, -150, 46, 52, 20, 32, 1.0, (0, -1.0), 0.8), coat=plain(kind.pale),
                light=light, rng=rng)  # fmt: skip
    out += _leg(kind, light, rng, x=-34, y=-140, length=86, turn=50, wide=23)
    return out + _head_at(kind, light, rng, x=-86, y=-220, turn=-12, look=-0.7)


def _peek(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    out = grow(Tuft(0, -20, 92, 80, 0, 32, 1.0, (0, -1.0), 0.8), coat=body_coat(kind), light=light,
               rng=rng)  # fmt: skip
    out += _chest(kind, light, rng, 0, -30)
    return out + _head_at(kind, light, rng, x=0, y=-118, turn=look * 14, look=look)


def _perch(kind: Species, light: Light, rng: np.random.Generator, look: float) -> str:
    """A round bird on the ground; every pose of a bird is this one."""
    out = "".join(
        f'<path d="M{side * 22} -16 v14 M{side * 22} -2 l-12 4 M{side * 22} -2 l12 4 M{side * 22} -2 v6" '
        f'stroke="#c98a3c" stroke-width="6" stroke-linecap="round" fill="none"/>'
        for side in (-1, 1)
    )
    out += grow(Tuft(0, -88, 82, 84, 0, 26, 1.1, (0, -1.0), 0.9), coat=body_coat(kind),
                light=light, rng=rng)  # fmt: skip
    for side in (-1, 1):
        out += grow(Tuft(side * 74, -84, 26, 62, side * 10, 34, 1.4, (0, -1.0), 1.0),
                    coat=plain(kind.dark), light=light, rng=rng)  # fmt: skip
    return out + _head_at(kind, light, rng, x=0, y=-186, turn=look * 12, look=look)
