"""Skies cut for printing: bands of ink with stars and moon, or flat steps with clouds."""

from __future__ import annotations

import numpy as np

from arena.studios.clouds import paint_clouds
from arena.studios.noise import Floats, grid, octaves, smooth_step
from arena.studios.press.inks import mix_inks, steps
from arena.studios.vocabulary import Rgb


def banded_sky(mask: Floats, bands: tuple[Rgb, ...], light: Rgb, *, take: int, moon: str) -> Floats:
    """A night sky (H, W, 3) in four bands of ink with printed stars.

    `moon` is "", "full", "crescent", "rising" (large, low, half behind the land) or "trail" for
    a shooting star.
    """
    height, width = mask.shape
    u, v = grid(width=width, height=height)
    rows = np.nonzero(mask.mean(axis=1) > 0.02)[0]
    bottom = (rows.max() + 1) / max(height, width) if rows.size else 1.0
    wave = 0.035 * np.sin(u * 5 + take) + 0.03 * (
        octaves(seed=22 + take, u=u * 5, v=v * 5, count=3)
    )
    t = v / bottom + wave
    if moon == "rising":
        # Bands run in rings about a rising moon.
        t = 1.05 - np.hypot(u - 0.3, (v - bottom * 0.62) * 1.2) / 0.62 + wave * 0.4
    sky = mix_inks(steps(t, (0.30, 0.58, 0.82), softness=0.003), bands)
    shape = np.maximum(
        _star_shapes(width, height, 26 + take, bottom), _moon_shape(u, v, moon, bottom)
    )[..., None]
    paper = np.array(light, dtype=np.float32) / 255
    return np.asarray(sky * (1 - shape) + paper * shape, dtype=np.float32)


def _moon_shape(u: Floats, v: Floats, moon: str, bottom: float) -> Floats:
    wide = float(u.max())
    if moon == "trail":
        # A shooting star: a thin wedge along a slope.
        along = ((u - wide * 0.62) * 0.94 + (v - bottom * 0.16) * 0.34) / 0.3
        across = (v - bottom * 0.16) * 0.94 - (u - wide * 0.62) * 0.34
        inside = (along > 0) & (along < 1)
        return np.asarray(np.where(inside, smooth_step(0, 0.0015, 0.004 * along - abs(across)), 0))
    places = {
        "full": (wide * 0.14, 0.15, 0.062),
        "crescent": (wide * 0.84, 0.15, 0.062),
        "rising": (0.3, bottom * 0.62, 0.155),
    }
    if moon not in places:
        return np.zeros_like(u)
    x, y, r = places[moon]
    disc = 1 - smooth_step(r - 0.001, r + 0.001, np.hypot(u - x, v - y))
    if moon != "crescent":
        return disc
    bite = 1 - smooth_step(r - 0.001, r + 0.001, np.hypot(u - x - r * 0.46, v - y + r * 0.2))
    return np.asarray(disc * (1 - bite))


def _star_shapes(width: int, height: int, seed: int, bottom: float) -> Floats:
    """Printed stars: dots and four-pointed sparks, coverage 0..1."""
    rng = np.random.default_rng(seed)
    side = max(width, height)
    out = np.zeros((height, width), dtype=np.float32)
    for number in range(230):
        x, y = rng.uniform(0, width), rng.uniform(0, bottom * side) * rng.uniform(0.25, 1)
        spark = number % 9 == 0
        r = (rng.uniform(5.0, 9.5) if spark else rng.uniform(0.7, 1.9)) * side / 1024
        x0, y0 = int(x - r - 2), int(y - r - 2)
        x1, y1 = int(x + r + 3), int(y + r + 3)
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        dx, dy = np.abs(gx - x) / r, np.abs(gy - y) / r
        if spark:
            inside = 1 - (dx**0.55 + dy**0.55)
            cover = np.clip(inside * r * 0.9 + 0.4, 0, 1)
        else:
            cover = np.clip((1 - np.hypot(dx, dy)) * r + 0.5, 0, 1)
        out[y0:y1, x0:x1] = np.maximum(out[y0:y1, x0:x1], cover)
    return out


def flat_sky(mask: Floats, top: Rgb, low: Rgb, take: int) -> Floats:
    """A sky (H, W, 3) in steps from `top` to `low` with flat clouds."""
    height, width = mask.shape
    rows = np.nonzero(mask.mean(axis=1) > 0.05)[0]
    bottom = float(rows.max() + 1) if rows.size else float(height)
    t = np.clip(np.arange(height) / bottom, 0, 1)[:, None]
    t = np.broadcast_to(t, (height, width)).astype(np.float32)
    a, b = np.array(top, dtype=np.float32) / 255, np.array(low, dtype=np.float32) / 255
    level = np.mean(steps(t, (0.2, 0.4, 0.6, 0.8), softness=0.004), axis=0)
    sky = np.asarray(a * (1 - level[..., None]) + b * level[..., None], dtype=np.float32)
    lit = paint_clouds(sky=sky, horizon=bottom / max(height, width), amount=0.8, seed=take + 9)
    change = np.abs(lit - sky).max(axis=2)
    body = smooth_step(0.05, 0.08, change)[..., None]
    toned = np.round(lit.mean(axis=2) * 9) / 9
    cloud = np.clip(toned[..., None] * np.array([1.02, 1.0, 0.97]), 0, 0.985)
    return np.asarray(sky * (1 - body) + cloud * body, dtype=np.float32)
