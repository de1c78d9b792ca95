"""Signed distance functions of the solids, each with the half extents of its bounding box.

A shape takes local points (3, N) and returns distances (N,). Formulas are the standard ones for
exact or bounded distance fields (Hart 1996); bent and carved shapes are scaled down so that they
never overestimate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats

Distance = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Shape:
    """A distance function, its bounding half extents and whether it is convex."""

    distance: Distance
    half: tuple[float, float, float]
    convex: bool = True


def _length(*parts: Floats) -> Floats:
    total = parts[0] * parts[0]
    for part in parts[1:]:
        total = total + part * part
    return np.asarray(np.sqrt(total))


def _round_max(a: Floats, b: Floats, edge: float = 0.03) -> Floats:
    """The larger of two distances with the crease rounded over `edge` (polynomial blend)."""
    near = np.maximum(edge - np.abs(a - b), 0) / edge
    return np.asarray(np.maximum(a, b) + near * near * (edge / 4))


def sphere(radius: float) -> Shape:
    """A ball."""
    return Shape(lambda p: _length(p[0], p[1], p[2]) - radius, (radius,) * 3)


def ellipsoid(a: float, b: float, c: float) -> Shape:
    """An egg-like body by scaled distance."""
    small = min(a, b, c)
    return Shape(
        lambda p: (_length(p[0] / a, p[1] / b, p[2] / c) - 1) * np.float32(small), (a, b, c)
    )


def box(a: float, b: float, c: float, *, edge: float = 0.02) -> Shape:
    """A box with half extents a, b, c and rounded edges."""

    def distance(p: Floats) -> Floats:
        x, y, z = np.abs(p[0]) - (a - edge), np.abs(p[1]) - (b - edge), np.abs(p[2]) - (c - edge)
        inner = np.minimum(np.maximum(x, np.maximum(y, z)), 0)
        return np.asarray(
            _length(np.maximum(x, 0), np.maximum(y, 0), np.maximum(z, 0)) + inner - edge
        )

    return Shape(distance, (a, b, c))


def prism(radius: float, half: float, *, sides: int, edge: float = 0.03) -> Shape:
    """An upright prism over a regular polygon; `radius` reaches the middle of each side."""
    angles = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    faces = [(np.float32(np.cos(a)), np.float32(np.sin(a))) for a in angles]

    def distance(p: Floats) -> Floats:
        wall = faces[0][0] * p[0] + faces[0][1] * p[2]
        for x, z in faces[1:]:
            wall = np.maximum(wall, x * p[0] + z * p[2])
        return _round_max(wall - radius, np.abs(p[1]) - half, edge)

    reach = radius / float(np.cos(np.pi / sides))
    return Shape(distance, (reach, half, reach))


def cylinder(radius: float, half: float, *, edge: float = 0.02) -> Shape:
    """An upright cylinder with rounded rims."""

    def distance(p: Floats) -> Floats:
        r = _length(p[0], p[2]) - (radius - edge)
        y = np.abs(p[1]) - (half - edge)
        return np.asarray(
            _length(np.maximum(r, 0), np.maximum(y, 0)) + np.minimum(np.maximum(r, y), 0) - edge
        )

    return Shape(distance, (radius, half, radius))


def frustum(low: float, high: float, half: float, *, edge: float = 0.015) -> Shape:
    """A cone cut off: radius `low` at the bottom, `high` at the top."""
    slope = (low - high) / (2 * half)
    shrink = 1 / float(np.hypot(1, slope))

    def distance(p: Floats) -> Floats:
        r = _length(p[0], p[2])
        side = (r - ((low + high) / 2 - slope * p[1] - edge)) * shrink
        y = np.abs(p[1]) - (half - edge)
        return np.asarray(
            _length(np.maximum(side, 0), np.maximum(y, 0))
            + np.minimum(np.maximum(side, y), 0)
            - edge
        )

    wide = max(low, high)
    return Shape(distance, (wide, half, wide))


def pyramid(base: float, height: float) -> Shape:
    """A four-sided pyramid of half width `base`, centred at half its height."""
    steep = 1 / float(np.hypot(height, base))

    def distance(p: Floats) -> Floats:
        y = p[1] + height / 2
        side = np.maximum(np.abs(p[0]), np.abs(p[2]))
        return np.asarray(np.maximum((side * height + (y - height) * base) * steep, -y) - 0.006)

    return Shape(distance, (base + 0.01, height / 2 + 0.02, base + 0.01))


def torus(ring: float, tube: float) -> Shape:
    """A lying ring."""
    return Shape(
        lambda p: _length(_length(p[0], p[2]) - ring, p[1]) - tube,
        (ring + tube, tube, ring + tube),
        convex=False,
    )


def capsule(half: float, radius: float) -> Shape:
    """A round rod along x."""
    return Shape(
        lambda p: _length(p[0] - np.clip(p[0], -half, half), p[1], p[2]) - radius,
        (half + radius, radius, radius),
    )


def turned(profile: tuple[tuple[float, float], ...], *, hollow: float = 0.0) -> Shape:
    """A lathe body: (height, radius) pairs from bottom to top, optionally open on top.

    `hollow` is the wall thickness; 0 makes it solid.
    """
    heights = np.array([h for h, _ in profile], dtype=np.float32)
    radii = np.array([r for _, r in profile], dtype=np.float32)
    mid, half = float(heights[-1] + heights[0]) / 2, float(heights[-1] - heights[0]) / 2
    fine = np.linspace(heights[0], heights[-1], 64).astype(np.float32)
    curve = np.interp(fine, heights, radii).astype(np.float32)
    curve = np.convolve(np.pad(curve, 4, mode="edge"), np.full(9, 1 / 9), "valid").astype(
        np.float32
    )
    step = (fine[1] - fine[0]) or 1.0
    safe = 1 / float(np.sqrt(1 + np.max(np.abs(np.diff(curve) / step)) ** 2))

    def distance(p: Floats) -> Floats:
        y = p[1] + mid
        wide = np.interp(y, fine, curve).astype(np.float32)
        r = _length(p[0], p[2])
        caps = np.abs(p[1]) - half
        solid = _round_max((r - wide) * safe, caps)
        if hollow:
            well = np.maximum((r - wide + hollow) * safe, (heights[0] + hollow) - y)
            solid = _round_max(solid, -well)
        return np.asarray(solid)

    wide = float(radii.max())
    return Shape(distance, (wide + 0.01, half + 0.01, wide + 0.01), convex=False)


def leaf(*, length: float, width: float, bend: float, thick: float = 0.012) -> Shape:
    """A pointed leaf growing along y that bends towards +x; a shallow fold runs along it."""

    def distance(p: Floats) -> Floats:
        u = np.clip(p[1] / length + 0.5, 0, 1)
        wide = np.float32(width) * np.sqrt(np.maximum(u * (1 - u) * 4, 0)) * (1.1 - 0.5 * u)
        x = p[0] + bend / 2 - bend * u * u + 0.35 * np.abs(p[2])
        side = np.maximum(np.abs(p[2]) - wide, 0)
        tip = np.maximum(np.abs(p[1]) - length / 2, 0)
        return np.asarray((_length(x, side, tip) - thick) * np.float32(0.62))

    return Shape(
        distance,
        (bend / 2 + width * 0.4 + thick, length / 2 + thick, width * 1.1 + thick),
        convex=False,
    )


def bumpy(base: Shape, *, size: float, depth: float) -> Shape:
    """`base` with grain-like bumps, for rice or bark."""
    k = np.float32(2 * np.pi / size)

    def distance(p: Floats) -> Floats:
        q = p * k
        wave = np.sin(q[0] + 1.7 * np.sin(q[2] * 0.7)) * np.sin(q[1] + 0.9 * np.sin(q[0] * 0.6))
        return np.asarray((base.distance(p) - depth * wave * np.sin(q[2] + q[1] * 0.4)) * 0.8)

    grown = tuple(h + depth for h in base.half)
    return Shape(distance, (grown[0], grown[1], grown[2]), convex=False)


def draped(*, a: float, b: float, thick: float, sag: float) -> Shape:
    """A slab of half length `a`, half width `b` that bends down at both ends."""
    core = box(a, thick, b, edge=thick * 0.9)

    def distance(p: Floats) -> Floats:
        lift = sag * (p[0] / a) ** 2 + sag * 0.4 * (p[2] / b) ** 4 - sag * 0.5
        return np.asarray(core.distance(np.stack([p[0], p[1] + lift, p[2]])) * np.float32(0.75))

    return Shape(distance, (a, thick + sag * 1.4, b), convex=False)
