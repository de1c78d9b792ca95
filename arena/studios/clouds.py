"""Painted cumulus clouds: heaps of balls lit from above."""

from __future__ import annotations

import numpy as np

from arena.studios.noise import Floats, blur, grid, octaves, smooth_step


def paint_clouds(*, sky: Floats, horizon: float, amount: float, seed: int) -> Floats:
    """Clouds over a sky (H, W, 3); `horizon` is where the sky ends, in longer-side units."""
    height, width, _ = sky.shape
    side = max(height, width)
    u, v = grid(width=width, height=height)
    warp = 0.012 * (octaves(seed=seed + 60, u=u * 24, v=v * 24, count=4) - 0.5)
    rng = np.random.default_rng(seed)
    span = width / side
    heaps = [
        (rng.uniform(0.02, 0.98) * span, horizon * level, size * rng.uniform(0.8, 1.15))
        for level, size in ((0.92, 0.15), (0.78, 0.24), (0.62, 0.2), (0.3, 0.13), (0.86, 0.18))
    ][: max(1, round(4 * amount))]
    for x, y, size in heaps:
        sky = _heap(sky, u + warp, v + warp * 0.7, x=x, y=y, size=size, rng=rng)
    return sky


def _heap(
    sky: Floats, u: Floats, v: Floats, *, x: float, y: float, size: float, rng: np.random.Generator
) -> Floats:
    high = np.full(u.shape, -1.0, dtype=np.float32)
    side = max(u.shape)
    for _ in range(58):
        along = rng.normal(0, 0.42)
        along = float(np.clip(along, -0.85, 0.85))
        lift = min(abs(rng.normal(0, 0.3)), 0.5) * np.exp(-(along**2) * 2.4)
        r = size * rng.uniform(0.11, 0.24) * (1.1 - 0.35 * lift)
        cx, cy = x + along * size, y - lift * size
        box = (
            slice(max(0, int((cy - r * 1.2) * side)), max(0, int((cy + r * 1.2) * side) + 1)),
            slice(max(0, int((cx - r * 1.2) * side)), max(0, int((cx + r * 1.2) * side) + 1)),
        )
        pu, pv = u[box], v[box]
        if not pu.size:
            continue
        gap = r * r - (pu - cx) ** 2 - (pv - cy) ** 2
        ball = np.where(gap > 0, np.sqrt(np.maximum(gap, 0)) + 0.25 * lift * size, -1)
        high[box] = np.maximum(high[box], ball)
    cover = (high > -0.5).astype(np.float32)
    flat = smooth_step(0.0, 0.09 * size, (y + 0.05 * size) - v)
    solid = np.where(high > -0.5, high, 0)
    gy, gx = np.gradient(blur(solid, radius=1.5) * side)
    lit = (0.55 - 0.55 * gx * 0.6 + gy * 0.62) / np.sqrt(1 + gx * gx + gy * gy)
    lit = blur(smooth_step(-0.35, 0.75, lit), radius=1.6)
    rise = np.clip((y - v) / (0.5 * size), 0, 1)
    lit = 0.72 * lit + 0.34 * rise
    shade = np.array([0.74, 0.80, 0.90])
    light = np.array([1.0, 0.99, 0.96])
    colour = shade + (light - shade) * np.clip(lit, 0, 1)[..., None]
    alpha = (blur(cover, radius=1.2) * flat)[..., None] * 0.97
    return np.asarray(sky * (1 - alpha) + colour * alpha, dtype=np.float32)
