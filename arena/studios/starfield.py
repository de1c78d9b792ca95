"""Night skies: gradient, stars, milky way and moon."""

from __future__ import annotations

import numpy as np

from arena.studios.noise import Floats, blur, grid, octaves, smooth_step


def paint_stars(*, width: int, height: int, seed: int, density: float = 1.0) -> Floats:
    """Star light (H, W, 3): many faint points, few bright ones with a small glow and colour."""
    rng = np.random.default_rng(seed)
    side = max(width, height)
    count = round(1500 * density * width * height / side**2)
    light = np.zeros((height, width, 3), dtype=np.float32)
    xs, ys = rng.random(count) * (width - 2), rng.random(count) * (height - 2)
    power = 0.06 + 0.75 * rng.random(count) ** 7
    warm = rng.random(count) * 0.3 - 0.12
    scale = side / 1024
    for x, y, strength, tint in zip(xs, ys, power, warm, strict=True):
        colour = np.array([1 + tint, 1.0, 1 - tint]) * strength
        ix, iy = int(x), int(y)
        fx, fy = x - ix, y - iy
        spread = min(1.0, scale) ** 0.5
        light[iy, ix] += colour * (1 - fx) * (1 - fy) * spread
        light[iy, ix + 1] += colour * fx * (1 - fy) * spread
        light[iy + 1, ix] += colour * (1 - fx) * fy * spread
        light[iy + 1, ix + 1] += colour * fx * fy * spread
    core = light * 1.25 + blur(light, radius=0.8 * scale) * 2.4
    halo = blur(np.maximum(light - 0.22, 0), radius=3.2 * scale) * 22
    return np.asarray(core + halo, dtype=np.float32)


def paint_milky_way(*, width: int, height: int, seed: int) -> Floats:
    """A faint dusty band across the sky, (H, W, 3)."""
    u, v = grid(width=width, height=height)
    angle = 0.95
    across = (u - 0.36) * np.cos(angle) - (v - 0.2) * np.sin(angle) * 0.8
    along = (u - 0.36) * np.sin(angle) + (v - 0.2) * np.cos(angle)
    wobble = 0.05 * (octaves(seed=seed, u=along * 4, v=across * 4, count=3) - 0.5)
    band = np.exp(-(((across + wobble) / 0.105) ** 2))
    dust = octaves(seed=seed + 1, u=u * 9, v=v * 9, count=5)
    lane = np.exp(-(((across + wobble * 1.6 + 0.012) / 0.028) ** 2)) * smooth_step(0.35, 0.6, dust)
    glow = band * (0.35 + 0.9 * dust) * (1 - 0.75 * lane)
    tint = np.array([0.20, 0.20, 0.26]) + np.array([0.05, 0.01, -0.03]) * dust[..., None]
    return np.asarray(glow[..., None] * tint * 1.05, dtype=np.float32)


def paint_moon(
    *, width: int, height: int, x: float, y: float, radius: float
) -> tuple[Floats, Floats]:
    """Moon light (H, W, 3) and disc coverage (H, W); x, y, radius in units of the longer side."""
    u, v = grid(width=width, height=height)
    dx, dy = (u - x) / radius, (v - y) / radius
    r = np.sqrt(dx * dx + dy * dy)
    disc = 1 - smooth_step(0.96, 1.04, r)
    seas = octaves(seed=77, u=dx * 1.4 + 4, v=dy * 1.4 + 2, count=4)
    face = 0.98 - 0.30 * smooth_step(0.48, 0.62, seas)
    limb = np.sqrt(np.clip(1 - r * r * 0.55, 0, 1))
    glow = 0.34 * np.exp(-r * 0.55) + 0.05 * np.exp(-r * 0.14)
    colour = (disc * face * limb)[..., None] * np.array([1.0, 0.97, 0.90])
    return np.asarray(
        colour + (glow * (1 - disc))[..., None] * np.array([0.62, 0.72, 0.95]), dtype=np.float32
    ), disc
