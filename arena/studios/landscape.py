"""A mountain landscape by day, painted by this program: the reference picture for night edits.

`python -m arena.studios.landscape OUT.jpg` writes it. The picture is dedicated to the public
domain (CC0).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arena.studios.noise import Floats, blur, grid, look_up, make_tile, octaves, smooth_step

WIDTH, HEIGHT = 1280, 960
HAZE = np.array([0.74, 0.83, 0.93], dtype=np.float32)


SLICES = 1100
CAMERA = 0.30
FOCAL = 1.05
HORIZON = 0.515
SUN = np.array([-0.62, 0.52, -0.58], dtype=np.float32)


def paint_landscape(*, width: int = WIDTH, height: int = HEIGHT) -> Floats:
    """The picture as (H, W, 3) in 0..1: sky, a snow peak among ranges, forest, lake, meadow."""
    u, v = grid(width=width, height=height)
    picture = _sky(u, v)
    picture, shore = _terrain(picture, width, height)
    picture = _lake(picture, u, v, shore)
    picture = _meadow(picture, u, v)
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


def _sky(u: Floats, v: Floats) -> Floats:
    t = np.clip(v / 0.5, 0, 1)[..., None]
    top = np.array([0.22, 0.47, 0.80], dtype=np.float32)
    low = np.array([0.78, 0.89, 0.97], dtype=np.float32)
    sky = top * (1 - t**0.8) + low * t**0.8
    return np.asarray(sky, dtype=np.float32)


def _height(x: Floats, z: Floats) -> Floats:
    """Ground height over world x (right) and z (away): ridged fractal with one high peak."""
    wx = x + 0.35 * (octaves(seed=11, u=x * 0.9, v=z * 0.9, count=3) - 0.5)
    wz = z + 0.35 * (octaves(seed=12, u=x * 0.9 + 9, v=z * 0.9, count=3) - 0.5)
    total = np.zeros_like(x)
    weight, gain, scale = np.ones_like(x), 0.5, 0.62
    for octave in range(9):
        tile = make_tile(seed=30 + octave)
        n = look_up(tile, u=wx * scale + 31.7 * octave, v=wz * scale + 17.1 * octave)
        ridge = (1 - np.abs(2 * n - 1)) ** 2
        total += ridge * weight * np.float32(gain)
        # Detail gathers on high ground, as erosion leaves it.
        weight = np.clip(ridge * 1.7 + 0.12, 0, 1)
        gain, scale = gain * 0.43, scale * 2.07
    peak = np.exp(-(((x - 0.75) / 1.05) ** 2 + ((z - 7.6) / 1.3) ** 2))
    second = np.exp(-(((x + 2.9) / 1.1) ** 2 + ((z - 8.6) / 1.4) ** 2))
    rise = smooth_step(2.6, 7.5, z + 0.25 * np.abs(x))
    side = smooth_step(0.9, 3.2, np.abs(x + 0.1)) * smooth_step(2.2, 4.8, z)
    return np.asarray(
        total * (0.18 + 1.2 * rise + 0.5 * side + 0.5 * peak)
        + 1.75 * peak
        + 0.4 * second
        + 0.18 * side
        - 0.34 * (1 - rise)
        - 0.12
        + 0.16 * smooth_step(3.5, 4.2, z + 0.22 * np.sin(x * 1.7) + 0.4 * np.abs(x - 0.2)),
        dtype=np.float32,
    )


def _terrain(picture: Floats, width: int, height: int) -> tuple[Floats, NDArray[np.intp]]:
    """Draw the ground over the sky; also the row where the lake begins in each column."""
    z = np.geomspace(1.6, 15, SLICES).astype(np.float32)[:, None]
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width - 0.5)[None, :] * z / FOCAL * 1.35
    ground = _height(x, np.broadcast_to(z, x.shape))
    trees = _trees(x, z, ground)
    tall = ground + trees
    row = HORIZON * height - (np.maximum(tall, 0) - CAMERA) / z * FOCAL * width / 1.35
    colour = _colour(x, np.broadcast_to(z, x.shape), ground, trees)
    colour[ground + trees <= 0] = -1
    top = np.minimum.accumulate(row, axis=0)
    out = picture.copy()
    shore = np.full(width, height, dtype=np.intp)
    rows = np.arange(height) + 0.5
    for column in range(width):
        first = np.searchsorted(-top[:, column], -rows, side="left")
        seen = first < SLICES
        picked = colour[np.minimum(first, SLICES - 1), column]
        water = seen & (picked[:, 0] < 0)
        land = seen & ~water
        out[land, column] = picked[land]
        if water.any():
            shore[column] = np.nonzero(water)[0][0]
    return out, shore


def _trees(x: Floats, z: Floats, ground: Floats) -> Floats:
    """Conifers as spikes of height where the ground is low and not too wet."""
    cell = 0.036
    # Every row of trees is shifted by its own amount, or they would stand in ranks.
    x = x + cell * 9 * look_up(make_tile(seed=51), u=np.floor(z / 0.02) * 7.7, v=z * 0 + 0.5)
    offset = (x / cell) - np.floor(x / cell) - 0.5
    jitter = look_up(make_tile(seed=52), u=np.floor(x / cell) * 3.1, v=np.floor(z / 0.02) * 5.3)
    spike = np.clip(1 - np.abs(offset) * 2.3, 0, 1) * (0.5 + 0.7 * jitter)
    wood = octaves(seed=53, u=x * 1.6, v=z * 1.6, count=3)
    where = smooth_step(0.0, 0.03, ground) * (
        1 - smooth_step(0.42, 0.72, ground + 0.5 * (wood - 0.5))
    )
    where = where * smooth_step(0.25, 0.4, wood)
    return np.asarray(0.105 * spike * where, dtype=np.float32)


def _colour(x: Floats, z: Floats, ground: Floats, trees: Floats) -> Floats:
    step = np.float32(0.012)
    dx = (_height(x + step, z) - ground) / step
    dz = (_height(x, z + step) - ground) / step
    length = np.sqrt(dx * dx + dz * dz + 1)
    lit = np.clip((-dx * SUN[0] + SUN[1] - dz * SUN[2]) / length, 0, 1.2)
    flat = 1 / length
    grain = octaves(seed=54, u=x * 30, v=z * 30, count=4)
    snow = smooth_step(-0.1, 0.1, ground - 1.0 + 0.75 * (flat - 0.5) + 0.35 * (grain - 0.5))
    rock = np.array([0.50, 0.46, 0.43]) * (0.72 + 0.5 * grain[..., None])
    white = np.array([0.96, 0.975, 1.0], dtype=np.float32)
    base = rock * (1 - snow[..., None]) + white * snow[..., None]
    grass = 1 - smooth_step(0.4, 0.9, ground)
    grass = grass * smooth_step(0.35, 0.6, flat)
    green = np.array([0.36, 0.43, 0.22]) * (0.7 + 0.5 * grain[..., None])
    base = base * (1 - grass[..., None]) + green * grass[..., None]
    wooded = smooth_step(0.004, 0.03, trees)[..., None]
    pine = np.array([0.10, 0.19, 0.13]) * (0.55 + 6.5 * np.clip(trees, 0, 0.12))[..., None]
    base = base * (1 - wooded) + pine * wooded
    sun = np.array([0.90, 0.83, 0.73]) * lit[..., None]
    shade = np.array([0.34, 0.42, 0.56])
    colour = base * (sun + shade)
    haze = (1 - np.exp(-np.maximum(z - 3, 0) * 0.05))[..., None] * np.float32(0.95)
    return np.asarray(colour * (1 - haze) + HAZE * haze, dtype=np.float32)


def _lake(picture: Floats, u: Floats, v: Floats, shore: NDArray[np.intp]) -> Floats:
    height, width = v.shape
    rows = np.arange(height)[:, None]
    depth = rows - shore[None, :]
    mask = depth >= 0
    smooth = blur(np.broadcast_to(shore.astype(np.float32), (4, width)).copy(), radius=60)[0]
    ripple = (octaves(seed=81, u=u * 14, v=v * 140, count=3) - 0.5) * (
        1 + np.clip(depth, 0, None) * 0.06
    )
    source = np.clip(smooth[None, :] - (rows - smooth[None, :]) * 0.93 + ripple * 2, 0, height - 1)
    columns = np.clip(np.arange(width)[None, :] + (ripple * 1.2).astype(int), 0, width - 1)
    mirror = blur(picture, radius=1.0)[source.astype(int), columns]
    deep = np.array([0.08, 0.25, 0.33], dtype=np.float32)
    water = mirror * 0.78 + deep * 0.2
    streak = smooth_step(0.58, 0.80, octaves(seed=82, u=u * 3, v=v * 60, count=3))
    water = water + 0.07 * streak[..., None]
    return np.where(mask[..., None], water, picture).astype(np.float32)


def _meadow(picture: Floats, u: Floats, v: Floats) -> Floats:
    edge = 0.69 + 0.035 * octaves(seed=91, u=u * 3, v=u * 0, count=4) - 0.05 * (u - 0.1) ** 2
    below = v - edge
    blade = octaves(seed=92, u=u * 190, v=v * 46, count=3)
    patch = octaves(seed=93, u=u * 9, v=v * 26, count=4)
    mask = np.clip((below - 0.006 * blade) * 700, 0, 1)[..., None]
    green = np.array([0.16, 0.27, 0.10]) + np.array([0.26, 0.24, 0.06]) * patch[..., None]
    light = 0.55 + 0.75 * blade
    meadow = green * light[..., None]
    rng = np.random.default_rng(95)
    bloom = np.zeros_like(v)
    spots = rng.random((420, 2))
    height, width = v.shape
    rows = (
        (edge[0, 0] + 0.02 + (0.75 - edge[0, 0]) * spots[:, 0] ** 0.8) * max(width, height) * 0.985
    )
    rows = np.clip(rows, 0, height - 2).astype(int)
    columns = (spots[:, 1] * (width - 2)).astype(int)
    for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
        bloom[rows + dy, columns + dx] = 1
    shine = bloom[..., None] * np.array([0.98, 0.9, 0.62])
    meadow = meadow * (1 - bloom[..., None] * 0.85) + shine * 0.85
    return np.asarray(picture * (1 - mask) + meadow * mask)


def main() -> None:
    """Write the landscape to the path given on the command line."""
    fine = paint_landscape(width=WIDTH * 3 // 2, height=HEIGHT * 3 // 2)
    pixels = Image.fromarray((fine * 255 + 0.5).astype(np.uint8), "RGB")
    pixels.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(
        Path(sys.argv[1]), quality=88, optimize=True
    )


if __name__ == "__main__":
    main()
