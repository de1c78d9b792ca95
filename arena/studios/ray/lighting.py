"""Lamp, sky and window for the ray studio, and the light maps of its flat planes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.camera import unit
from arena.studios.noise import Floats, blur, smooth_step
from arena.studios.ray.tracer import Body, Cluster, blocked, box_span, dot

# Where the lamp stands for each light direction said in a prompt.
PLACES: dict[str, tuple[float, float, float]] = {
    "left": (-5.2, 4.4, -1.6),
    "right": (5.2, 4.4, -1.6),
    "front": (-1.6, 4.2, -5.6),
    "behind": (2.0, 4.8, 2.6),
    "above": (-0.4, 7.0, -0.6),
}


@dataclass(frozen=True)
class Glass:
    """A box or ball of glass: shape `box`|`sphere`, centre, half extents, wall (0 is solid)."""

    shape: str
    at: Floats
    half: Floats
    turn: Floats
    wall: float
    tint: Floats


@dataclass(frozen=True)
class Lights:
    """One square area lamp, a sun behind a window frame, and ambient colours; linear."""

    place: Floats
    lamp: Floats
    sun: Floats
    sky: Floats
    bounce: Floats
    spread: float
    pattern: float
    room: Floats


def make_lights(
    *,
    direction: str,
    warmth: float,
    pattern: float,
    spread: float,
    bounce: Floats,
    room: Floats,
    lift: float = 1.0,
    power: float = 1.0,
) -> Lights:
    """Lights for a prompt's direction; `pattern` is how strongly a window frame shows.

    `lift` scales how high the lamp hangs, `power` its strength against the ambient light.
    """
    warm = np.array([1.0 + 0.12 * warmth, 1.0, 1.0 - 0.2 * warmth], dtype=np.float32)
    return Lights(
        place=np.array(PLACES[direction], dtype=np.float32) * np.array([1, lift, 1], np.float32),
        lamp=warm * np.float32(1.9 * power),
        sun=np.array([1.5, 1.24, 0.9], dtype=np.float32) * np.float32(pattern),
        sky=np.array([0.52, 0.57, 0.66], dtype=np.float32) * np.float32(1.6 - 0.6 * power),
        bounce=bounce,
        spread=spread,
        pattern=pattern,
        room=room,
    )


def lamp_samples(lights: Lights, count: int) -> list[Floats]:
    """Points spread over the lamp by a golden-angle spiral."""
    forward = -lights.place / np.linalg.norm(lights.place)
    side = np.cross(forward, [0, 1, 0.01])
    side /= np.linalg.norm(side)
    up = np.cross(side, forward)
    points = []
    for k in range(count):
        r = lights.spread * np.sqrt((k + 0.5) / count)
        a = 2.39996 * k
        points.append((lights.place + side * r * np.cos(a) + up * r * np.sin(a)).astype(np.float32))
    return points


def see_lights(
    lights: Lights,
    clusters: tuple[Cluster, ...],
    glasses: tuple[Glass, ...],
    p: Floats,
    n: Floats,
    *,
    samples: int,
    suns: int = 3,
    own: np.ndarray | None = None,
    soft: Floats | None = None,
) -> Floats:
    """Direct light (3, N) that reaches points `p` with normals `n` from lamp and sun.

    `soft` (N,) wraps light around the edge of translucent things.
    """
    start = p + n * np.float32(0.004)
    total = np.zeros(p.shape, dtype=np.float32)
    wrap = np.float32(0.0) if soft is None else soft
    for point in lamp_samples(lights, samples):
        to = point[:, None] - start
        reach = np.sqrt((to * to).sum(axis=0))
        d = to / reach
        cos = np.clip((dot(d, n) + wrap) / (1 + wrap), 0, 1)
        lit = _visible(clusters, glasses, start, d=d, reach=reach, cos=cos, own=own)
        fall = np.float32(np.dot(lights.place, lights.place)) / (reach * reach)
        total += lights.lamp[:, None] * (cos * lit * fall / samples)
    if lights.pattern > 0:
        total += _sun(lights, clusters, glasses, p=start, n=n, own=own, suns=suns)
    return total


def _visible(
    clusters: tuple[Cluster, ...],
    glasses: tuple[Glass, ...],
    o: Floats,
    *,
    d: Floats,
    reach: Floats,
    cos: Floats,
    own: np.ndarray | None,
) -> Floats:
    lit = np.zeros(reach.shape, dtype=np.float32)
    front = np.nonzero(cos > 0)[0]
    if front.size:
        part = None if own is None else own[front]
        dark = blocked(clusters, o[:, front], d[:, front], reach[front], part)
        through = np.ones(front.size, dtype=np.float32)
        for glass in glasses:
            through *= dim_through(glass, o[:, front], d[:, front])
        lit[front] = np.where(dark, 0, through)
    return lit


def dim_through(glass: Glass, o: Floats, d: Floats) -> Floats:
    """How much light passes a glass body: less near its edges, where it bends away."""
    lo = glass.turn.T @ (o - glass.at[:, None])
    ld = glass.turn.T @ d
    if glass.shape == "box":
        near, far = box_span(glass.half, lo, ld)
        hit = (near < far) & (far > 0.02)
        edge, bright = np.zeros((2, *hit.shape), dtype=np.float32)
        for t in (near, far):
            q = np.sort(np.abs(lo + ld * np.maximum(t, 0)) / glass.half[:, None], axis=0)
            edge = np.maximum(edge, smooth_step(0.86, 0.97, q[1]))
            # Light bent by the edge lands beside its shadow.
            bright += smooth_step(0.6, 0.72, q[1]) * (1 - smooth_step(0.78, 0.86, q[1]))
        through = 0.78 - 0.42 * edge + 0.26 * bright
        return np.asarray(np.where(hit, through, 1), dtype=np.float32)
    b = -dot(lo, ld)
    miss = np.sqrt(np.maximum(dot(lo, lo) - b * b, 0)) / glass.half[0]
    rim = smooth_step(0.35, 0.95, miss)
    # A solid ball gathers light in the middle of its shadow.
    return np.where((miss < 1) & (b > 0), 1.5 - 1.15 * rim, 1).astype(np.float32)


def _sun(
    lights: Lights,
    clusters: tuple[Cluster, ...],
    glasses: tuple[Glass, ...],
    *,
    p: Floats,
    n: Floats,
    own: np.ndarray | None,
    suns: int,
) -> Floats:
    base = lights.place / np.linalg.norm(lights.place)
    total = np.zeros(p.shape, dtype=np.float32)
    for k in range(suns):
        wobble = np.array([0.012 * np.cos(2.1 * k), 0.012 * np.sin(2.1 * k), 0.01 * (k - 1)])
        d1 = (base + wobble).astype(np.float32)
        d1 /= np.linalg.norm(d1)
        d = np.broadcast_to(d1[:, None], p.shape)
        gate = window_gate(d1, p)
        cos = np.clip(dot(d, n), 0, 1) * (gate > 0.01)
        reach = np.full(p.shape[1], 30, dtype=np.float32)
        lit = _visible(
            clusters, glasses, p, d=np.ascontiguousarray(d), reach=reach, cos=cos, own=own
        )
        total += lights.sun[:, None] * (cos * gate * lit / suns)
    return total


def window_gate(d: Floats, p: Floats) -> Floats:
    """Light that a window with six panes lets through towards `p` along `d` (3,), 0..1."""
    side = np.cross(d, [0, 1, 0])
    side /= np.linalg.norm(side)
    up = np.cross(side, d)
    a = side.astype(np.float32) @ p + 0.25
    b = up.astype(np.float32) @ p - 0.55
    soft, bar = 0.14, 0.10
    frame = smooth_step(-soft, soft, 2.0 - np.abs(a)) * smooth_step(-soft, soft, 1.55 - np.abs(b))
    upright = smooth_step(0.0, soft, np.abs(np.abs(a) - 0.67) - bar * 0.4)
    cross = smooth_step(0.0, soft, np.abs(b) - bar * 0.4)
    return np.asarray(frame * upright * cross)


def see_sky(
    clusters: tuple[Cluster, ...],
    p: Floats,
    n: Floats,
    *,
    samples: int,
    reach: float,
    own: np.ndarray | None = None,
) -> Floats:
    """Share of the hemisphere that is open within `reach` (ambient occlusion), (N,)."""
    start = p + n * np.float32(0.006)
    helper = np.where(np.abs(n[1]) < 0.9, 1.0, 0.0).astype(np.float32)
    other = np.stack([1 - helper, helper, np.zeros_like(helper)])
    side = unit(np.cross(other.T, n.T).T.astype(np.float32))
    across = np.cross(n.T, side.T).T.astype(np.float32)
    open_share = np.zeros(p.shape[1], dtype=np.float32)
    limit = np.full(p.shape[1], reach, dtype=np.float32)
    for k in range(samples):
        r = float(np.sqrt((k + 0.5) / samples))
        a = 2.39996 * k
        up = np.float32(np.sqrt(max(1 - r * r, 0.02)))
        d = side * np.float32(r * np.cos(a)) + across * np.float32(r * np.sin(a)) + n * up
        open_share += ~blocked(clusters, start, d, limit, own)
    return open_share / np.float32(samples)


@dataclass(frozen=True)
class LightMap:
    """Light (3, rows, columns) over a rectangle of a plane: origin and extent in plane units."""

    light: Floats
    shade: Floats
    low: tuple[float, float]
    high: tuple[float, float]

    def read(self, a: Floats, b: Floats) -> tuple[Floats, Floats]:
        """Bilinear light (3, N) and openness (N,) at plane coordinates, clamped at the rim."""
        _, rows, columns = self.light.shape
        x = np.clip((a - self.low[0]) / (self.high[0] - self.low[0]), 0, 1) * (columns - 1.001)
        y = np.clip((b - self.low[1]) / (self.high[1] - self.low[1]), 0, 1) * (rows - 1.001)
        ix, iy = x.astype(np.int32), y.astype(np.int32)
        fx, fy = x - ix, y - iy
        at = iy * columns + ix
        stack = np.concatenate([self.light, self.shade[None]]).reshape(4, -1)
        top = stack[:, at] * (1 - fx) + stack[:, at + 1] * fx
        low = stack[:, at + columns] * (1 - fx) + stack[:, at + columns + 1] * fx
        out = (top * (1 - fy) + low * fy).astype(np.float32)
        return out[:3], out[3]


def bake_plane(
    lights: Lights,
    clusters: tuple[Cluster, ...],
    glasses: tuple[Glass, ...],
    *,
    normal: tuple[float, float, float],
    level: float,
    low: tuple[float, float],
    high: tuple[float, float],
    cells: tuple[int, int],
    samples: int,
) -> LightMap:
    """Light on a horizontal plane y=level (coordinates x, z) or a wall z=level (x, y)."""
    columns, rows = cells
    down, right = np.meshgrid(
        np.linspace(low[1], high[1], rows, dtype=np.float32),
        np.linspace(low[0], high[0], columns, dtype=np.float32),
        indexing="ij",
    )
    a, b = right.ravel(), down.ravel()
    flat = np.full_like(a, level)
    p = np.stack([a, flat, b]) if normal[1] else np.stack([a, b, flat])
    n = np.broadcast_to(np.array(normal, dtype=np.float32)[:, None], p.shape).copy()
    light = see_lights(lights, clusters, glasses, p, n, samples=samples)
    shade = see_sky(clusters, p, n, samples=12, reach=1.1)
    light = light.reshape(3, rows, columns)
    smooth = np.stack([blur(channel, radius=1.0) for channel in light])
    return LightMap(smooth, blur(shade.reshape(rows, columns), radius=2.0), low, high)


def room_colour(lights: Lights, d: Floats) -> Floats:
    """What a ray (3, N) that leaves the scene sees: a room with a bright window."""
    up = d[1] * 0.5 + 0.5
    room = lights.room[:, None] * (0.45 + 0.75 * up)
    aim = lights.place / np.linalg.norm(lights.place)
    side = np.cross(aim, [0, 1, 0])
    side = (side / np.linalg.norm(side)).astype(np.float32)
    above = np.cross(side, aim).astype(np.float32)
    facing = aim.astype(np.float32) @ d
    safe = np.maximum(facing, 1e-3)
    a, b = (side @ d) / safe, (above @ d) / safe
    pane = smooth_step(0.0, 0.03, 0.5 - np.abs(a)) * smooth_step(0.0, 0.03, 0.62 - np.abs(b))
    pane = pane * smooth_step(0.02, 0.05, np.abs(a)) * smooth_step(0.02, 0.05, np.abs(b))
    bright = np.array([4.4, 4.6, 4.9], dtype=np.float32)[:, None]
    soft = np.array([1.0, 1.02, 1.06], dtype=np.float32)[:, None]
    card = np.clip(1 - np.abs(-aim[0] - d[0]) * 1.6, 0, 1) * smooth_step(0.1, 0.5, d[1])
    return np.asarray(room + bright * pane * (facing > 0) + soft * 0.5 * card, dtype=np.float32)


__all__ = ["Body", "Glass", "LightMap", "Lights", "bake_plane", "make_lights", "room_colour"]
