"""Flat-vector solids in an oblique or isometric view, as SVG in three tones."""

from __future__ import annotations

import math
from dataclasses import dataclass

from arena.studios.flat.inks import blend, svg_colour
from arena.studios.vocabulary import Rgb

Point = tuple[float, float]
WHITE: Rgb = (255, 255, 255)
NIGHT: Rgb = (24, 22, 48)


@dataclass(frozen=True)
class View:
    """A parallel projection: page position of the origin, scale, and the page step of z.

    `slant` is how far one step away goes right and up on the page, for the oblique kind.
    """

    x: float
    y: float
    scale: float
    kind: str = "oblique"
    slant: Point = (0.30, 0.40)

    def at(self, x: float, y: float, z: float) -> Point:
        """Page coordinates of a point: x right, y up, z away."""
        if self.kind == "isometric":
            across, down = (x + z) * 0.7071, (z - x) * 0.7071 * 0.62
            return (self.x + across * self.scale, self.y - (y * 0.80 + down) * self.scale)
        right, up = self.slant
        return (self.x + (x + right * z) * self.scale, self.y - (y + up * z) * self.scale)

    @property
    def squash(self) -> float:
        """Height to width of a lying circle."""
        return 0.62 if self.kind == "isometric" else 0.85 * self.slant[1]

    @property
    def rise(self) -> float:
        """Page length of one unit of height, in units."""
        return 0.80 if self.kind == "isometric" else 1.0


def shade(colour: Rgb, step: float) -> str:
    """An SVG colour lighter (step > 0) or darker (step < 0)."""
    return svg_colour(blend(colour, WHITE if step > 0 else NIGHT, abs(step)))


def polygon(points: list[Point], fill: str, more: str = "") -> str:
    """A filled polygon."""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon points="{path}" fill="{fill}" stroke-linejoin="round" {more}/>'


def ellipse(x: float, y: float, rx: float, ry: float, fill: str, *, more: str = "") -> str:
    """A filled ellipse."""
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{fill}" {more}/>'


def box(
    view: View,
    *,
    x: float,
    y: float,
    z: float,
    half: float,
    height: float,
    colour: Rgb,
    deep: float | None = None,
    light: str = "left",
) -> str:
    """A box with its top, front and right faces in three tones."""
    d = half if deep is None else deep
    tones = {"left": (0.28, 0.0, -0.34), "right": (0.28, -0.28, 0.06)}
    top, front, side = tones.get(light, (0.32, 0.0, -0.3))
    corner = {
        (i, j, k): view.at(x + i * half, y + j * height, z + k * d)
        for i in (-1, 1)
        for j in (0, 1)
        for k in (-1, 1)
    }
    faces = (
        ([(-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)], top),
        ([(-1, 0, -1), (1, 0, -1), (1, 1, -1), (-1, 1, -1)], front),
        ([(1, 0, -1), (1, 0, 1), (1, 1, 1), (1, 1, -1)], side),
    )
    return "".join(
        polygon([corner[c] for c in spots], shade(colour, tone)) for spots, tone in faces
    )


def glass_box(
    view: View,
    *,
    x: float,
    y: float,
    z: float,
    half: float,
    height: float,
    colour: Rgb,
    part: str,
) -> str:
    """The back or the front faces of a glass box."""
    corner = {
        (i, j, k): view.at(x + i * half, y + j * height, z + k * half)
        for i in (-1, 1)
        for j in (0, 1)
        for k in (-1, 1)
    }
    tint, edge = svg_colour(blend(colour, (150, 210, 205), 0.5)), "#5f9c98"
    line = f'stroke="{edge}" stroke-width="4" stroke-opacity="0.75"'
    back = (
        ([(-1, 0, 1), (1, 0, 1), (1, 1, 1), (-1, 1, 1)], 0.22),
        ([(-1, 0, -1), (-1, 0, 1), (-1, 1, 1), (-1, 1, -1)], 0.18),
        ([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], 0.34),
    )
    front = (
        ([(1, 0, -1), (1, 0, 1), (1, 1, 1), (1, 1, -1)], 0.24),
        ([(-1, 1, -1), (1, 1, -1), (1, 1, 1), (-1, 1, 1)], 0.30),
        ([(-1, 0, -1), (1, 0, -1), (1, 1, -1), (-1, 1, -1)], 0.14),
    )
    out = ""
    for spots, cover in back if part == "back" else front:
        out += polygon([corner[c] for c in spots], tint, f'fill-opacity="{cover}" {line}')
    if part == "front":
        a, b = corner[(-1, 1, -1)], corner[(-1, 0, -1)]
        w, h = corner[(1, 1, -1)][0] - a[0], b[1] - a[1]
        for start, wide in ((0.12, 0.12), (0.30, 0.05)):
            p = [
                (a[0] + w * start, a[1] + h * 0.06),
                (a[0] + w * (start + wide), a[1] + h * 0.06),
                (a[0] + w * (start + wide - 0.08), a[1] + h * 0.94),
                (a[0] + w * (start - 0.08), a[1] + h * 0.94),
            ]
            out += polygon(p, "#ffffff", 'fill-opacity="0.42"')
    return out


def ball(
    view: View,
    *,
    x: float,
    y: float,
    z: float,
    r: float,
    colour: Rgb,
    light: str = "left",
    name: str = "b",
    glass: bool = False,
    tall: float = 1.0,
) -> str:
    """A ball (or egg when `tall` is not 1) whose lowest point is at y."""
    cx, cy = view.at(x, y, z)
    s = view.scale * r
    cy -= s * tall
    way = 1 if light == "right" else -1
    cover = 'fill-opacity="0.35" stroke="#5f9c98" stroke-width="3"' if glass else ""
    clip = f'<clipPath id="{name}">{ellipse(cx, cy, s, ry=s * tall, fill="#000")}</clipPath>'
    out = clip + ellipse(cx, cy, s, ry=s * tall, fill=shade(colour, -0.34), more=cover)
    if not glass:
        out += (
            f'<g clip-path="url(#{name})">'
            + ellipse(
                cx + way * s * 0.2, cy - s * 0.18, s * 1.0, ry=s * tall, fill=shade(colour, 0)
            )
            + ellipse(
                cx + way * s * 0.36,
                cy - s * 0.36,
                s * 0.66,
                ry=s * 0.64 * tall,
                fill=shade(colour, 0.16),
            )
            + "</g>"
        )
    return out + ellipse(
        cx + way * s * 0.42,
        cy - s * 0.46 * tall,
        s * 0.17,
        ry=s * 0.11,
        fill="#ffffff",
        more=f'fill-opacity="0.85" transform="rotate({-way * -32} {cx + way * s * 0.42:.1f} '
        f'{cy - s * 0.46 * tall:.1f})"',
    )


def lathe(
    view: View,
    *,
    x: float,
    y: float,
    z: float,
    profile: tuple[Point, ...],
    colour: Rgb,
    light: str = "left",
    name: str = "l",
    inside: Rgb | None = None,
    front: bool = False,
) -> str:
    """A turned body from (height, radius) pairs, with a lid ellipse or an opening.

    `front` draws only what stands before the opening, to cover the foot of what lies inside.
    """
    cx, cy = view.at(x, y, z)
    s, k = view.scale, view.squash
    up = view.rise
    left = [(cx - r * s, cy - h * s * up) for h, r in profile]
    right = [(cx + r * s, cy - h * s * up) for h, r in reversed(profile)]
    low, top = profile[0][1] * s, profile[-1][1] * s
    sweep = 0 if front else 1
    path = (
        "M"
        + " L".join(f"{a:.1f} {b:.1f}" for a, b in left)
        + (
            f" A{max(top, 0.1):.1f} {max(top * k, 0.1):.1f} 0 0 {sweep} {right[0][0]:.1f} "
            f"{right[0][1]:.1f} L"
        )
        + " L".join(f"{a:.1f} {b:.1f}" for a, b in right)
        + f" A{max(low, 0.1):.1f} {max(low * k, 0.1):.1f} 0 0 1 {left[0][0]:.1f} {left[0][1]:.1f} Z"
    )
    wide = max(r for _, r in profile) * s
    tall = (profile[-1][0] - profile[0][0]) * s * up
    way = 1 if light == "right" else -1
    out = f'<clipPath id="{name}"><path d="{path}"/></clipPath>'
    out += f'<path d="{path}" fill="{shade(colour, 0)}"/><g clip-path="url(#{name})">'
    dark = cx - way * wide * 0.35 if way < 0 else cx - way * wide * 0.35 - 2 * wide
    out += (
        f'<rect x="{dark:.1f}" y="{cy - tall - wide:.1f}" width="{2 * wide:.1f}" '
        f'height="{tall + 2 * wide:.1f}" fill="{shade(colour, -0.28)}"/>'
        f'<rect x="{cx + way * wide * 0.72 - wide * 0.07:.1f}" y="{cy - tall - wide:.1f}" '
        f'width="{wide * 0.16:.1f}" height="{tall + 2 * wide:.1f}" '
        f'fill="{shade(colour, 0.38)}"/></g>'
    )
    if top > 2 and not front:
        rim = shade(inside, 0) if inside else shade(colour, 0.25)
        lid = cy - profile[-1][0] * s * up
        edge = f'stroke="{shade(colour, 0.3)}" stroke-width="{max(2.0, wide * 0.06):.1f}"'
        out += ellipse(cx, lid, top, ry=top * k, fill=rim, more=edge if inside else "")
    return out


def shadow(view: View, *, x: float, z: float, half: float, height: float, light: str) -> str:
    """A cast shadow on the table, away from the light."""
    way = {"left": 1, "right": -1}.get(light, 0.35)
    cx, cy = view.at(x, 0, z)
    s = view.scale
    reach = way * min(height, 1.6) * 0.55 * s
    path = (
        f"M{cx - half * s:.1f} {cy:.1f} A{half * s:.1f} {half * s * view.squash:.1f} 0 0 0 "
        f"{cx + half * s:.1f} {cy:.1f} L{cx + half * s * 0.8 + reach:.1f} "
        f"{cy - half * s * 0.42:.1f} "
        f"A{half * s * 0.9:.1f} {half * s * 0.4:.1f} 0 0 0 {cx - half * s * 0.7 + reach:.1f} "
        f"{cy - half * s * 0.5:.1f} Z"
    )
    return f'<path d="{path}" fill="#1c1430" fill-opacity="0.24"/>'


def leaves(
    view: View, *, x: float, y: float, z: float, height: float, half: float, colour: Rgb
) -> str:
    """A fan of pointed leaves growing from (x, y, z)."""
    cx, cy = view.at(x, y, z)
    out = ""
    fan = [(-66, 0.68), (66, 0.66), (-42, 0.86), (44, 0.84), (-20, 0.97), (22, 0.95), (0, 1.04)]
    for number, (angle, size) in enumerate(fan):
        length, wide = height * size * view.scale, half * 0.27 * view.scale
        tone = (-0.22, -0.16, -0.06, 0.0, 0.08, 0.04, 0.16)[number]
        dim = tone - (0.14 if tone > 0 else 0.1)
        out += (
            f'<g transform="translate({cx:.1f} {cy:.1f}) rotate({angle})">'
            f'<path d="M0 0 C{-wide:.1f} {-length * 0.35:.1f} {-wide * 0.9:.1f} '
            f"{-length * 0.75:.1f} "
            f"0 {-length:.1f} C{wide * 0.9:.1f} {-length * 0.75:.1f} {wide:.1f} "
            f'{-length * 0.35:.1f} 0 0 Z"'
            f' fill="{shade(colour, tone)}"/><path d="M0 0 C{wide:.1f} {-length * 0.35:.1f} '
            f'{wide * 0.9:.1f} {-length * 0.75:.1f} 0 {-length:.1f} Z" '
            f'fill="{shade(colour, dim)}"/>'
            f'<path d="M0 0 V{-length * 0.88:.1f}" stroke="{shade(colour, 0.35)}" '
            f'stroke-width="2.5" stroke-opacity="0.7"/></g>'
        )
    return out


def ring_points(x: float, y: float, r: float, count: int, turn: float = 0.0) -> list[Point]:
    """Points spread on a circle."""
    return [
        (
            x + r * math.cos(turn + 2 * math.pi * k / count),
            y + r * math.sin(turn + 2 * math.pi * k / count),
        )
        for k in range(count)
    ]
