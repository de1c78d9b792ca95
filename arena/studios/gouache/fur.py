"""Fur laid hair by hair: SVG tufts over soft ellipses, lit from the upper left and from behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats

Coat = Callable[[Floats, Floats], Floats]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """Colours of the day: of lit hair, of shade and of the rim against the sun, 0..1."""

    sun: Colour = (1.0, 0.93, 0.76)
    shade: Colour = (0.50, 0.40, 0.52)
    rim: Colour = (1.0, 0.86, 0.55)
    edge: float = 0.75


@dataclass(frozen=True)
class Tuft:
    """A furry ellipse: centre, half axes, turn in degrees, hair length and count.

    `root` is where hair grows away from, in parts of the axes; `fall` pulls hair down.
    """

    x: float
    y: float
    rx: float
    ry: float
    turn: float = 0.0
    length: float = 24.0
    thick: float = 1.0
    root: tuple[float, float] = (0.0, -0.3)
    fall: float = 0.5


def hex_colour(colour: Floats | Colour) -> str:
    """An SVG colour of three numbers in 0..1."""
    red, green, blue = (int(min(max(float(part), 0), 1) * 255 + 0.5) for part in colour)
    return f"#{red:02x}{green:02x}{blue:02x}"


def plain(colour: Colour) -> Coat:
    """A coat of one colour."""
    return lambda x, y: np.broadcast_to(np.array(colour), (x.size, 3)).copy()


def grow(tuft: Tuft, *, coat: Coat, light: Light, rng: np.random.Generator) -> str:
    """The tuft as SVG: an underpainting, a ragged edge, then hair from the rim to the root."""
    count = int(tuft.rx * tuft.ry / (tuft.length * tuft.thick * 0.62)) + 30
    radius = np.concatenate([np.full(count // 4, 0.97), np.sqrt(rng.random(count)) * 0.98])
    angle = rng.random(radius.size) * 2 * np.pi
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    order = np.argsort(-np.hypot(x - tuft.root[0], y - tuft.root[1]) + rng.normal(0, 0.1, x.size))
    x, y = x[order], y[order]
    colours = shade(coat(x, y), x, y, turn=tuft.turn, light=light, rng=rng)
    under = shade(
        coat(np.zeros(1), np.zeros(1)), np.zeros(1), np.ones(1) * 0.4, turn=0, light=light, rng=rng
    )[0]
    base = (
        f'<ellipse rx="{tuft.rx * 0.97:.1f}" ry="{tuft.ry * 0.97:.1f}" fill="{hex_colour(under)}"/>'
    )
    hairs = _hairs(tuft, x, y, colours, rng)
    return (
        f'<g transform="translate({tuft.x:.1f} {tuft.y:.1f}) rotate({tuft.turn:.1f})">'
        f"{base}{hairs}</g>"
    )


def shade(
    base: Floats, x: Floats, y: Floats, *, turn: float, light: Light, rng: np.random.Generator
) -> Floats:
    """Colour hair on a ball: light from the upper left, violet shade, a rim towards the sun."""
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    gx, gy = x * c - y * s, x * s + y * c
    depth = np.sqrt(np.clip(1 - gx * gx - gy * gy, 0, 1))
    lit = np.clip(0.50 - 0.32 * gx - 0.44 * gy + 0.30 * depth, 0, 1.1)
    lit = np.clip(lit + rng.normal(0, 0.10, x.size), 0, 1.15)[:, None]
    sun, dark = np.array(light.sun), np.array(light.shade)
    colour = base * (dark * (1 - lit) + 1.12 * sun * lit)
    rim = np.clip((np.hypot(gx, gy) - 0.80) * 5, 0, 1) * np.clip(0.45 - gy, 0, 1)
    rim = (rim * light.edge)[:, None]
    return np.asarray(colour * (1 - rim) + np.array(light.rim) * rim)


def _hairs(tuft: Tuft, x: Floats, y: Floats, colours: Floats, rng: np.random.Generator) -> str:
    dx, dy = (x - tuft.root[0]) * tuft.rx, (y - tuft.root[1]) * tuft.ry
    size = np.hypot(dx, dy) + 1e-6
    dx, dy = dx / size, dy / size + tuft.fall
    swing = rng.normal(0, 0.25, x.size)
    dx, dy = dx - dy * swing, dy + dx * swing
    size = np.hypot(dx, dy) + 1e-6
    long = tuft.length * rng.uniform(0.65, 1.25, x.size)
    dx, dy = dx / size * long, dy / size * long
    px, py = x * tuft.rx - dx * 0.45, y * tuft.ry - dy * 0.45
    wide = long * 0.11 * tuft.thick * rng.uniform(0.7, 1.4, x.size)
    bend = rng.normal(0, 0.14, x.size)
    nx, ny = -dy / long, dx / long
    mx, my = dx * 0.5 + nx * bend * long, dy * 0.5 + ny * bend * long
    table = np.stack(
        [px, py, mx + nx * wide, my + ny * wide, dx, dy, mx - nx * wide - dx, my - ny * wide - dy],
        axis=1,
    )
    parts = [
        f'<path d="M{a:.1f} {b:.1f}q{c:.1f} {d:.1f} {e:.1f} {f:.1f}q{g:.1f} {h:.1f} {-e:.1f} {-f:.1f}"'
        f' fill="{hex_colour(colour)}"/>'
        for (a, b, c, d, e, f, g, h), colour in zip(table.tolist(), colours.tolist(), strict=True)
    ]
    return "".join(parts)
