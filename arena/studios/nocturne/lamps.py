"""Lamps for the blue hour: windows and galleries of a building lit from within."""

from __future__ import annotations

import numpy as np

from arena.studios.nocturne.light import (
    LUMA,
    rgb,
)
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step

AMBER = rgb(1.0, 0.66, 0.28)
BUILT = 0.02


def find_building(picture: Floats, *, sky: Floats) -> Floats:
    """Coverage (H, W) of painted or brick walls: warm, strong colour with level and upright edges.

    Foliage and bare rock are left out; all zero where there is too little to be a building.
    """
    side = max(picture.shape)
    warm = picture[..., 0] - np.maximum(picture[..., 1], picture[..., 2])
    # Relative to the light, so that painted wood counts in shadow too.
    red = smooth_step(0.16, 0.36, warm / (picture.max(axis=2) + 0.06)) * (1 - sky)
    light = (picture @ LUMA).astype(np.float32)
    gy, gx = np.abs(np.gradient(blur(light, radius=side / 900)))
    straight = np.maximum(gy, gx) - 1.2 * np.minimum(gy, gx)
    ruled = smooth_step(
        0.02, 0.07, blur(np.maximum(straight, 0) / (light + 0.08), radius=side / 60)
    )
    dense = blur(np.asarray(red), radius=side / 34) * ruled
    body = smooth_step(0.09, 0.22, dense) * (1 - sky)
    return np.asarray(body if body.mean() > BUILT else np.zeros_like(body))


def light_windows(picture: Floats, *, building: Floats, seed: int) -> tuple[Floats, Floats]:
    """Lamp light (H, W, 3) inside the dark openings of a building, and its coverage (H, W)."""
    height, width, _ = picture.shape
    side = max(height, width)
    light = (picture @ LUMA).astype(np.float32)
    green = picture[..., 1] - np.maximum(picture[..., 0], picture[..., 2])
    around = blur(light, radius=side / 55)
    # An opening is darker than the wall about it, and nothing grows in it.
    recess = smooth_step(0.015, 0.09, around - light) * (1 - smooth_step(0.2, 0.3, light))
    # A deep opening is dark all over, not only against its rim.
    hole = np.maximum(recess, 1 - smooth_step(0.07, 0.2, around))
    hole = hole * (1 - smooth_step(0.0, 0.05, green)) * smooth_step(0.35, 0.8, building)
    deep = blur(np.asarray(hole), radius=side / 700)
    u, v = grid(width=width, height=height)
    rooms = octaves(seed=400 + seed, u=u * 26, v=v * 18, count=2)
    lit = deep * (0.5 + 0.75 * smooth_step(0.3, 0.65, rooms))
    near = blur(np.asarray(lit), radius=side / 130)
    far = blur(np.asarray(lit), radius=side / 32)
    colour = lit[..., None] * AMBER * 0.72
    wash = near[..., None] * rgb(0.30, 0.14, 0.05) + far[..., None] * rgb(0.20, 0.085, 0.03)
    return np.asarray(colour + wash, dtype=np.float32), np.asarray(lit)


def shore_lights(*, width: int, height: int, shore: int, open_: Floats, seed: int) -> Floats:
    """A few far lamps (H, W, 3) along a shore row, where `open_` (W,) is true."""
    rng = np.random.default_rng(410 + seed)
    out = np.zeros((height, width, 3), dtype=np.float32)
    side = max(height, width)
    u, v = grid(width=width, height=height)
    for x in rng.uniform(0.06, 0.94, 9):
        column = int(x * width)
        if open_[column] < 0.5:
            continue
        y = (shore - rng.uniform(0.002, 0.01) * height) / side
        away = np.hypot(u - x * width / side, (v - y) * 1.1)
        power = rng.uniform(0.5, 1.0)
        glow = power * (np.exp(-((away / 0.0022) ** 2)) * 1.4 + 0.22 * np.exp(-away / 0.010))
        out += glow[..., None] * AMBER
    return out
