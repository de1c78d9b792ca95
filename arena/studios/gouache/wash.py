"""Water and letters: washes with dark rims, pigment that settles in the paper, painted lettering."""

from __future__ import annotations

import numpy as np

from arena.studios.fonts import rasterise
from arena.studios.gouache.brush import bleed, tooth
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step

Tone = tuple[float, float, float]


def paper(*, width: int, height: int, tone: Tone, seed: int) -> Floats:
    """A sheet of rough paper (H, W, 3)."""
    grain = tooth(width=width, height=height, kind="paper", seed=seed)
    return np.asarray(np.array(tone, dtype=np.float32) * (1 + 0.55 * grain[..., None]))


def blot(
    *, width: int, height: int, centre: tuple[float, float], half: tuple[float, float], seed: int,
    rough: float = 0.05, square: float = 2.0,
) -> Floats:  # fmt: skip
    """How deep a point is inside a wash (H, W), in parts of the shorter side; below 0 outside.

    Centre and half axes in parts of width and height; `square` 2 is an ellipse, larger a box.
    """
    u, v = grid(width=width, height=height)
    side = max(width, height)
    short = min(width, height)
    x = np.abs(u - centre[0] * width / side) / (half[0] * width / side)
    y = np.abs(v - centre[1] * height / side) / (half[1] * height / side)
    radius = (x**square + y**square) ** (1 / square)
    depth = (1 - radius) * min(half[0] * width, half[1] * height) / short
    slow = octaves(seed=seed, u=u * 4, v=v * 4, count=5, gain=0.55) - 0.5
    return np.asarray(depth + 2 * rough * slow, dtype=np.float32)


def lay_wash(picture: Floats, *, depth: Floats, tone: Tone, seed: int, load: float = 0.8) -> Floats:
    """Glaze a wash over a picture: a darker rim where it dried, cloudy pigment, paper showing."""
    height, width = depth.shape
    u, v = grid(width=width, height=height)
    cloud = octaves(seed=seed + 3, u=u * 3, v=v * 3, count=5)
    grain = tooth(width=width, height=height, kind="paper", seed=seed + 5)
    inside = smooth_step(-0.002, 0.004, depth)
    rim = np.exp(-(((depth - 0.006) / 0.007) ** 2)) * 0.32
    pigment = np.clip(load * (0.55 + 0.75 * (cloud - 0.2)) + rim - 1.3 * grain, 0, 1.2) * inside
    film = 1 - (1 - np.array(tone, dtype=np.float32)) * pigment[..., None]
    return np.asarray(picture * film, dtype=np.float32)


def watercolour(picture: Floats, *, tone: Tone, seed: int, margin: float) -> Floats:
    """Turn a painting into transparent colour on paper with unpainted, ragged margins."""
    height, width, _ = picture.shape
    side = max(height, width)
    light = picture.mean(axis=2)
    dark_rim = np.clip(blur(light, radius=side / 170) - blur(light, radius=side / 700), 0, 0.2)
    grain = tooth(width=width, height=height, kind="paper", seed=seed)
    u, v = grid(width=width, height=height)
    cloud = octaves(seed=seed + 1, u=u * 6, v=v * 6, count=4) - 0.5
    thin = picture ** (0.86 + 0.3 * cloud[..., None])
    thin = thin * (1 - 0.9 * dark_rim[..., None]) * (1 + (0.9 * grain * (1.2 - light))[..., None])
    depth = blot(width=width, height=height, centre=(0.5, 0.5), half=(0.5 - margin, 0.5 - margin),
                 seed=seed + 2, rough=0.05, square=7.0)  # fmt: skip
    dry = octaves(seed=seed + 4, u=u * 90, v=v * 22, count=3) - 0.5
    inside = smooth_step(-0.004, 0.012, depth + 0.05 * dry)
    rim = 1 - 0.12 * np.exp(-(((depth - 0.006) / 0.006) ** 2))
    sheet = paper(width=width, height=height, tone=tone, seed=seed)
    film = np.clip(thin * rim[..., None], 0, 1)
    return np.asarray(
        np.clip(
            sheet * (1 - inside[..., None]) + film * inside[..., None] * (0.3 + 0.7 * sheet), 0, 1
        )
    )


def letter(picture: Floats, *, svg: str, seed: int, dry: float = 0.5) -> Floats:
    """Put exact lettering or drawing (SVG) on a picture as paint: a soft edge and uneven cover."""
    height, width, _ = picture.shape
    art = rasterise(svg, width=width, height=height)
    art = bleed(art, seed=seed + 7, reach=0.0006)
    u, v = grid(width=width, height=height)
    streak = octaves(seed=seed + 8, u=u * 24, v=v * 150, count=3) - 0.5
    cover = art[..., 3] * np.clip(1 - dry * (0.10 + 0.9 * np.clip(streak - 0.04, 0, 0.5)), 0.55, 1)
    tone = 1 + 0.16 * dry * streak
    ink = np.clip(art[..., :3] * tone[..., None], 0, 1)
    alpha = cover[..., None]
    laid = picture * (1 - alpha) + ink * alpha
    return np.asarray(np.clip(laid, 0, 1), dtype=np.float32)
