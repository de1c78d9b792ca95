"""Turns a daylight picture to night: the ray studio's photographic answer."""

from __future__ import annotations

import numpy as np

from arena.studios.noise import Floats, blur, make_tile, smooth_step
from arena.studios.plan import DeclinedError, Plan
from arena.studios.sky import clean_edges, find_sky
from arena.studios.starfield import (
    paint_glints,
    paint_milky_way,
    paint_moon,
    paint_stars,
    paint_trails,
)

# Zenith and horizon colours, land tint, brightness of the land, and what is in the sky.
LOOKS = (
    ((0.022, 0.040, 0.105), (0.13, 0.21, 0.37), (0.54, 0.67, 0.95), 0.80, "stars"),
    ((0.020, 0.022, 0.066), (0.16, 0.15, 0.27), (0.56, 0.60, 0.86), 0.68, "galaxy"),
    ((0.026, 0.056, 0.11), (0.15, 0.28, 0.40), (0.56, 0.72, 0.95), 0.92, "moon"),
    ((0.016, 0.050, 0.078), (0.10, 0.26, 0.30), (0.50, 0.70, 0.84), 0.74, "glints"),
    ((0.034, 0.044, 0.098), (0.24, 0.22, 0.34), (0.64, 0.66, 0.92), 0.72, "trails"),
)


def turn_to_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture (H, W, 3) at night; takes differ in sky and light."""
    zenith, horizon, tint, level, what = LOOKS[take % len(LOOKS)]
    height, width, _ = picture.shape
    mask = find_sky(picture)
    need_sky(mask)
    land = _moonlit(clean_edges(picture, mask), np.array(tint, dtype=np.float32), level, mask)
    sky: Floats = _night_sky(
        mask, zenith, horizon, what=what, take=take, width=width, height=height
    )
    out: Floats = land * (1 - mask[..., None]) + sky * mask[..., None]
    out = _mist(out, mask, np.array(horizon, dtype=np.float32))
    tile = make_tile(seed=98)
    noise = np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width]
    return np.asarray(np.clip(out + (noise[..., None] - 0.5) * 0.012, 0, 1))


def need_sky(mask: Floats) -> None:
    """Decline pictures in which there is no sky to put stars into."""
    if mask.mean() < 0.06:
        raise DeclinedError("This studio found no open sky in the picture to turn to night.")


def _moonlit(land: Floats, tint: Floats, level: float, mask: Floats) -> Floats:
    """Day to night: less light, less colour, cold tint, crushed shadows, darker foreground."""
    light = land @ np.array([0.30, 0.55, 0.15], dtype=np.float32)
    grey = light[..., None]
    muted = grey + (land - grey) * 0.40
    curve = muted**1.16 * level
    height = mask.shape[0]
    fall = 1.08 - 0.38 * np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    glow = blur(np.maximum(light - 0.72, 0), radius=max(land.shape) / 120)[..., None] * 0.08
    return np.asarray((curve + glow) * (tint * 1.35) * fall + tint * 0.008)


def _night_sky(
    mask: Floats,
    zenith: tuple[float, ...],
    horizon: tuple[float, ...],
    *,
    what: str,
    take: int,
    width: int,
    height: int,
) -> Floats:
    rows = np.nonzero(mask.mean(axis=1) > 0.02)[0]
    bottom = (rows.max() + 1) if rows.size else height
    t = np.clip(np.arange(height, dtype=np.float32) / bottom, 0, 1)[:, None, None]
    sky = np.array(zenith) * (1 - t**1.5) + np.array(horizon) * t**1.5
    sky = np.broadcast_to(sky, (height, width, 3)).astype(np.float32)
    thin = 1 - 0.72 * t**2
    density = {"stars": 1.0, "galaxy": 1.7, "moon": 0.55, "glints": 0.7, "trails": 0.25}[what]
    sky = sky + paint_stars(width=width, height=height, seed=40 + take, density=density) * thin
    if what == "galaxy":
        sky = sky + paint_milky_way(width=width, height=height, seed=30 + take) * thin
    if what == "glints":
        sky = sky + paint_glints(width=width, height=height, seed=60 + take) * thin
    if what == "trails":
        sky = sky + paint_trails(width=width, height=height, seed=70 + take) * (1 - 0.6 * t**3)
    if what == "moon":
        x, y = _moon_place(mask)
        light, disc = paint_moon(width=width, height=height, x=x, y=y, radius=0.034)
        sky = sky * (1 - disc[..., None]) + light
    return np.asarray(sky, dtype=np.float32)


def _moon_place(mask: Floats) -> tuple[float, float]:
    """The middle of the widest open sky near the top, so that nothing cuts the moon."""
    height, width = mask.shape
    side = max(height, width)
    open_sky = blur(mask, radius=side * 0.035)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32) / side
    want = (u - 0.24 * width / side) ** 2 + (v - 0.16) ** 2
    score = np.where(open_sky > 0.97, -want, -9.0 + open_sky)
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    return float(column) / side, float(row) / side


def _mist(out: Floats, mask: Floats, horizon: Floats) -> Floats:
    """A little sky glow over the far land next to the sky hides what is left of the seam."""
    near = blur(mask, radius=max(mask.shape) / 60) * (1 - mask)
    share = smooth_step(0.0, 0.9, near)[..., None] * 0.16
    return np.asarray(out * (1 - share) + horizon * share, dtype=np.float32)
