"""Cliffs and capes: a height field seen from the road, coloured by slope and lost in haze."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arena.studios.coast.looks import Look
from arena.studios.noise import Floats, look_up, make_tile, octaves, smooth_step

MOST_SLICES = 520
NEAR, FAR = 1.7, 30.0


def shore_gap(*, look: Look, x: Floats, z: Floats) -> Floats:
    """How far over the water a point is from the land: below 0 on land, in scene units."""
    gap = np.full(x.shape, 9.0, dtype=np.float32)
    for side, near, step, swing in look.shores:
        bays = octaves(seed=look.seed + 9 + side, u=0 * z + 0.5, v=z * 0.42 + look.seed, count=3)
        rough = octaves(seed=look.seed + 12, u=x * 2.6, v=z * 2.6, count=4) - 0.5
        edge = near + step * z + swing * 2.1 * (bays - 0.5) + 0.22 * rough
        gap = np.minimum(gap, edge - side * x)
    for sx, sz, size in look.stacks:
        rough = 0.10 * (octaves(seed=look.seed + 14, u=x * 5, v=z * 5, count=3) - 0.5)
        gap = np.minimum(gap, np.hypot(x - sx, (z - sz) * 0.8) - size * 0.5 + rough)
    return np.asarray(gap * 0.8, dtype=np.float32)


def paint_land(picture: Floats, *, look: Look, horizon: float, camera: float) -> Floats:
    """Lay the land over sea and sky: per column, the first slice that covers a row shows."""
    height, width, _ = picture.shape
    # Slices finer than rows cost time and show nothing.
    slices = int(np.clip(height * 0.9, 150, MOST_SLICES))
    z = np.geomspace(NEAR, FAR, slices).astype(np.float32)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5)[None, :] * z
    z = np.broadcast_to(z, x.shape)
    ground = _height(look, x, z)
    row = horizon - (ground - camera) / z * width
    row[ground <= 0.0] = height + 9
    foot = horizon + camera / z * width
    colour = _colour(look, x, z, ground)
    top = np.minimum.accumulate(row, axis=0)
    rows = np.arange(height) + 0.5
    out = picture.copy()
    for column in range(width):
        if top[-1, column] > height:
            continue
        first = np.searchsorted(-top[:, column], -rows, side="left")
        seen = np.nonzero(first < slices)[0]
        hit = first[seen]
        shown = _is_land(ground[:, column], foot[:, column], hit=hit, rows=seen)
        out[seen[shown], column] = colour[hit[shown], column]
    return out


def _is_land(
    ground: Floats, foot: Floats, *, hit: NDArray[np.intp], rows: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Which rows meet land: below the foot of a cape that rises from water, water shows."""
    before = np.maximum(hit - 1, 0)
    from_land = (ground[before] > 0) & (hit > 0)
    return np.asarray((ground[hit] > 0) & (from_land | (rows <= foot[hit])))


def _height(look: Look, x: Floats, z: Floats) -> Floats:
    gap = shore_gap(look=look, x=x, z=z)
    inland = np.clip(-gap, 0, None)
    cliff = 0.30 * smooth_step(0.0, 0.16, inland) + 0.10 * smooth_step(0.1, 0.5, inland)
    hills = 0.78 * look.relief * smooth_step(0.15, 2.6, inland)
    total, weight, gain, scale = np.zeros_like(x), np.ones_like(x), 0.5, 0.8
    for octave in range(6):
        n = look_up(
            make_tile(seed=look.seed + 60 + octave), u=x * scale + 3.1 * octave, v=z * scale
        )
        ridge = (1 - np.abs(2 * n - 1)) ** 2
        total += ridge * weight * np.float32(gain)
        weight = np.clip(ridge * 1.5 + 0.15, 0, 1)
        gain, scale = gain * 0.47, scale * 2.06
    low = np.clip(inland * 9, 0, 1)
    ground = (cliff * (0.55 + 0.75 * total) + hills * (0.25 + 1.15 * total)) * low
    # The road itself must stay free: no land rises close by.
    return np.asarray(
        np.where(gap < 0, ground * smooth_step(1.6, 2.6, z) + 0.002, -1.0), dtype=np.float32
    )


def _colour(look: Look, x: Floats, z: Floats, ground: Floats) -> Floats:
    step = np.float32(0.02)
    dx = (_height(look, x + step, z) - ground) / step
    dz = (_height(look, x, z + step) - ground) / step
    edge = ground <= 0.004
    dx, dz = np.where(edge, 0, np.clip(dx, -6, 6)), np.where(edge, 0, np.clip(dz, -6, 6))
    flat = 1 / np.sqrt(dx * dx + dz * dz + 1)
    sx, sy = (look.sun[0] - 0.5) * 2.2, 0.75 if look.sun[1] > 0.5 else 0.25
    norm = float(np.sqrt(sx * sx + sy * sy + 0.25))
    back = 0.35 if look.sun[1] < 0.5 else -0.5
    lit = np.clip((-dx * sx + sy - dz * back) * flat / norm, 0, 1.3)
    grain = octaves(seed=look.seed + 15, u=x * 26, v=z * 26, count=4)
    strata = octaves(seed=look.seed + 16, u=x * 3, v=ground * 60, count=3)
    rock = (
        np.array([0.52, 0.44, 0.36], dtype=np.float32)
        * (0.55 + 0.55 * grain + 0.35 * strata)[..., None]
    )
    scrub = octaves(seed=look.seed + 17, u=x * 5, v=z * 5, count=4)
    bush = smooth_step(0.46, 0.60, scrub)[..., None] * 0.7
    green = np.array(look.grass, dtype=np.float32) * (0.7 + 0.5 * grain)[..., None]
    green = green * (1 - bush) + np.array([0.17, 0.23, 0.12], dtype=np.float32) * bush
    cover = (
        smooth_step(0.34, 0.62, flat + 0.25 * (grain - 0.5)) * smooth_step(0.06, 0.16, ground)
    )[..., None]
    base = rock * (1 - cover) + green * cover
    wet = (1 - smooth_step(0.01, 0.06, ground))[..., None] * 0.55
    base = base * (1 - wet)
    colour = base * (
        np.array(look.ambient, dtype=np.float32) * 0.9
        + np.array(look.light, dtype=np.float32) * 1.15 * lit[..., None]
    )
    haze = (1 - np.exp(-np.maximum(z - 1.5, 0) / look.haze_reach))[..., None]
    return np.asarray(
        colour * (1 - haze) + np.array(look.haze, dtype=np.float32) * haze, dtype=np.float32
    )
