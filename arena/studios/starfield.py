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
    # Channel by channel, which needs a third of the memory.
    for k in range(3):
        plane = light[..., k].copy()
        halo = blur(np.maximum(plane - 0.22, 0), radius=3.2 * scale) * 22
        light[..., k] = plane * 1.25 + blur(plane, radius=0.8 * scale) * 2.4 + halo
    return light


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


def paint_glints(*, width: int, height: int, seed: int) -> Floats:
    """A few great stars with the four rays of a camera's diaphragm, (H, W, 3)."""
    rng = np.random.default_rng(seed)
    u, v = grid(width=width, height=height)
    side = max(width, height)
    light = np.zeros((height, width, 3), dtype=np.float32)
    for _ in range(16):
        x, y = rng.uniform(0, width) / side, rng.uniform(0, height) / side
        power, tint = float(rng.uniform(0.25, 1.0)), float(rng.uniform(-0.2, 0.2))
        reach = 0.004 + 0.014 * power
        dx, dy = np.abs(u - x), np.abs(v - y)
        rays = np.exp(-dx / reach - dy / 0.0006) + np.exp(-dy / reach - dx / 0.0006)
        core = np.exp(-((dx * dx + dy * dy) / 0.0013**2)) * 1.3
        glow = 0.1 * np.exp(-np.hypot(dx, dy) / 0.008)
        light += ((rays * 0.7 + core + glow) * power)[..., None] * np.array(
            [1 + tint, 1, 1 - tint], dtype=np.float32
        )
    return light


def paint_trails(*, width: int, height: int, seed: int) -> Floats:
    """Stars drawn to arcs about the pole by a long exposure, (H, W, 3)."""
    rng = np.random.default_rng(seed)
    u, v = grid(width=width, height=height)
    side = max(width, height)
    dx, dy = u - 0.62 * width / side, v - 0.30 * height / side
    ring = np.hypot(dx, dy) * 1024 / 2.6
    turn = np.arctan2(dy, dx) / (2 * np.pi) + 0.5
    count = int(ring.max()) + 2
    # Each ring holds one or two arcs of its own brightness, colour and start.
    power = rng.random(count).astype(np.float32) ** 3
    start, tint = rng.random(count), rng.random(count) * 0.5 - 0.22
    number = np.floor(ring).astype(np.int32)
    line = np.exp(-(((ring - number - 0.5) / 0.24) ** 2))
    phase = (turn - start[number]) * 2 % 1
    arc = smooth_step(0.0, 0.01, phase) * (1 - smooth_step(0.30, 0.34, phase))
    level = (line * arc * power[number] * 0.85)[..., None]
    hue = tint[number][..., None]
    colour = np.concatenate([1 + hue, np.ones_like(hue), 1 - hue], axis=-1)
    return np.asarray(level * colour, dtype=np.float32)
