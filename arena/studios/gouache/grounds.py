"""Back cloths for posters: a night of stars, a moonscape, hills, a sea, or plain washes."""

from __future__ import annotations

import re

import numpy as np

from arena.studios.noise import Floats, grid, octaves, smooth_step
from arena.studios.plan import Plan
from arena.studios.vocabulary import Rgb

SPACE = re.compile(
    r"\b(apollo|moon|lunar|space|mars|planet|rocket|orbit|astronaut|galaxy|stars?|nasa)\b",
    re.IGNORECASE,
)
SEA = re.compile(
    r"\b(sea|ocean|whale|ships?|coast|beach|sailing|surf|reef|island)\b", re.IGNORECASE
)


def paint_backcloth(
    *, plan: Plan, take: int, width: int, height: int, dark: Rgb, pale: Rgb, accent: Rgb
) -> Floats:
    """The underpainting of a poster (H, W, 3): `dark` is its ground, whatever its lightness."""
    u, v = grid(width=width, height=height)
    y, x = v / v.max(), u / u.max()
    ground, light, warm = (np.array(c, dtype=np.float32) / 255 for c in (dark, pale, accent))
    cloud = octaves(seed=310 + take % 40, u=u * 3, v=v * 3, count=5)[..., None] - 0.5
    glow = smooth_step(0.30, 1.05, y)[..., None]
    night = ground.mean() < 0.5
    picture: Floats = (
        ground * (1 + 0.5 * cloud) + (light - ground) * (0.07 if night else 0.0) * glow
    )
    share = (0.10 if night else 0.13) * smooth_step(0.05, 0.3, cloud[..., 0])[..., None]
    picture = picture * (1 - share) + warm * share
    if SPACE.search(plan.prompt):
        picture = _space(
            picture, x, y, take=take, light=light, night=night, side=max(width, height)
        )
    elif SEA.search(plan.prompt):
        picture = _waves(picture, x, y, tone=0.5 * ground + 0.5 * np.array([0.16, 0.42, 0.54]))
    else:
        picture = _hills(picture, x, y, take=take, tone=0.62 * ground + 0.38 * warm)
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


def _space(
    picture: Floats, x: Floats, y: Floats, *, take: int, light: Floats, night: bool, side: int
) -> Floats:
    """A great pale ball behind the steps, and stars by the brush's tip."""
    aspect = x.shape[1] / x.shape[0]
    cx, cy, r = ((0.5, 1.30, 0.62), (1.02, 0.30, 0.36), (0.5, 0.56, 0.25), (0.90, 1.02, 0.50),
                 (0.0, 0.92, 0.44))[take % 5]  # fmt: skip
    dx, dy = (x - cx) * aspect / r, (y - cy) / r
    far = np.hypot(dx, dy)
    ball = smooth_step(1.0, 0.985, far)[..., None]
    depth = np.sqrt(np.clip(1 - far**2, 0, 1))
    lit = np.clip(0.35 + 0.45 * depth - 0.34 * dx - 0.30 * dy, 0.1, 1.05)
    pits = octaves(seed=320 + take % 40, u=dx * 3.5 + 40, v=dy * 3.5 + 40, count=4)
    tone = (lit * (0.72 + 0.55 * (pits - 0.25)))[..., None]
    if night:
        body = (0.55 * light + 0.45 * picture.mean(axis=(0, 1))) * tone
    else:
        body = picture.mean(axis=(0, 1)) * (0.78 + 0.16 * tone)
    halo = (0.16 if night else 0.0) * np.exp(-np.clip(far - 1, 0, 9) / 0.16)[..., None]
    picture = picture + (light - picture) * halo
    picture = picture * (1 - ball) + body * ball
    rng = np.random.default_rng(330 + take)
    ink = light if night else picture.mean(axis=(0, 1)) * 0.72
    height, width = x.shape
    for sx, sy, size in zip(rng.random(150), rng.random(150), rng.random(150), strict=True):
        row, column = int(sy * (height - 1)), int(sx * (width - 1))
        if far[row, column] > 1.02:
            half = max(0, round(side / 1024 * (0.6 + 2.4 * size**3)))
            picture[
                max(0, row - half) : row + half + 1, max(0, column - half) : column + half + 1
            ] = ink
    return picture


def _waves(picture: Floats, x: Floats, y: Floats, *, tone: Floats) -> Floats:
    for k in range(5):
        edge = 0.52 + 0.10 * k + 0.014 * np.sin(x * (16 - 2 * k) + 1.7 * k) * (1 + k / 3)
        below = smooth_step(0.0, 0.006, y - edge)[..., None]
        picture = picture * (1 - 0.5 * below) + tone * (1.25 - 0.14 * k) * 0.5 * below
    return picture


def _hills(picture: Floats, x: Floats, y: Floats, *, take: int, tone: Floats) -> Floats:
    for k in range(4):
        rise = octaves(seed=340 + take % 30 + k, u=x * (2 + k), v=x * 0, count=3) - 0.5
        edge = 0.60 + 0.10 * k - 0.22 * rise
        below = smooth_step(0.0, 0.006, y - edge)[..., None]
        picture = picture * (1 - 0.45 * below) + tone * (1.2 - 0.12 * k) * 0.45 * below
    return picture
