"""Flat colour areas with crisp edges, as on painted cels, and foliage set in clumps."""

from __future__ import annotations

import numpy as np

from arena.studios.nocturne.light import (
    LUMA,
    rgb,
)
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step

LEVELS = 5


def flatten(picture: Floats, *, radius: float, rounds: int = 2) -> Floats:
    """Areas of even colour that meet at crisp edges (Kuwahara, Hachimura, Eiho 1976).

    Each pixel takes the mean of the calmest of five overlapping squares of `radius` pixels.
    """
    out = picture
    for number in range(rounds):
        out = _calmest(out, max(1, round(radius / (1 + 0.6 * number))))
    return out


def _calmest(picture: Floats, half: int) -> Floats:
    light = (picture @ LUMA)[..., None]
    means = _square_mean(np.concatenate([picture, light, light * light], axis=2), half)
    spread = means[..., 4] - means[..., 3] ** 2
    best = np.full(spread.shape, 9.0, dtype=np.float32)
    out = means[..., :3].copy()
    corners = tuple((dy, dx) for dy in (-half, half) for dx in (-half, half))
    for dy, dx in ((0, 0), *corners):
        here = _shift(spread, dy, dx)
        # The middle square straddles edges: it must be clearly calmer to win.
        better = (here * 1.25 if dy == 0 else here) < best
        best = np.where(better, here, best)
        out = np.where(better[..., None], _shift(means[..., :3], dy, dx), out)
    return np.asarray(out, dtype=np.float32)


def _square_mean(planes: Floats, half: int) -> Floats:
    pad = (half + 1, half)
    n = 2 * half + 1
    out = np.empty(planes.shape, dtype=np.float32)
    # Plane by plane: the running sums need double precision, and memory.
    for k in range(planes.shape[2]):
        total = np.pad(planes[..., k], (pad, pad), mode="edge").cumsum(axis=0, dtype=np.float64)
        total = total.cumsum(axis=1)
        area = total[n:, n:] - total[:-n, n:] - total[n:, :-n] + total[:-n, :-n]
        out[..., k] = area / (n * n)
    return out


def _shift(plane: Floats, dy: int, dx: int) -> Floats:
    """The value at (y + dy, x + dx), edges repeated."""
    rows = np.clip(np.arange(plane.shape[0]) + dy, 0, plane.shape[0] - 1)
    columns = np.clip(np.arange(plane.shape[1]) + dx, 0, plane.shape[1] - 1)
    return np.asarray(plane[rows][:, columns])


def set_tones(picture: Floats, *, levels: int = LEVELS, crisp: float = 0.72) -> Floats:
    """Few steps of light with soft-cornered stairs; hue stays, `crisp` 0..1 is how hard."""
    light = np.maximum(picture @ LUMA, 1e-3)
    place = np.clip(light, 0, 1) ** 0.7 * levels
    floor = np.floor(place)
    part = smooth_step(0.5 - 0.5 * (1 - crisp), 0.5 + 0.5 * (1 - crisp), place - floor)
    stepped = ((floor + part) / levels) ** (1 / 0.7)
    share = (0.25 * light + 0.75 * stepped) / light
    return np.asarray(np.clip(picture * share[..., None], 0, 1), dtype=np.float32)


def find_leaves(picture: Floats) -> Floats:
    """Coverage (H, W) of foliage and grass: green or olive, and busy."""
    side = max(picture.shape)
    red, green, blue = (picture[..., k] for k in range(3))
    chroma = (green - np.maximum(blue, red * 0.94)) / (picture.max(axis=2) + 0.06)
    light = (picture @ LUMA).astype(np.float32)
    busy = blur(np.abs(light - blur(light, radius=side / 340)), radius=side / 120)
    hue = smooth_step(-0.02, 0.09, blur(np.asarray(chroma), radius=side / 260))
    return np.asarray(hue * smooth_step(0.006, 0.02, busy), dtype=np.float32)


def clump_leaves(picture: Floats, leaves: Floats, *, seed: int) -> Floats:
    """Foliage as dabs in four tones: lit crowns above, blue-green depths below."""
    height, width, _ = picture.shape
    side = max(height, width)
    light = (picture @ LUMA).astype(np.float32)
    u, v = grid(width=width, height=height)
    warp = octaves(seed=500 + seed, u=u * 80, v=v * 80, count=2) - 0.5
    dab = octaves(seed=501 + seed, u=u * 130 + warp * 2.5, v=v * 180 + warp * 2.5, count=3) - 0.5
    form = blur(light, radius=side / 200)
    wide = blur(light, radius=side / 40)
    tone = 0.42 + 2.3 * (form - wide) + 1.15 * dab + 0.55 * wide
    deep, mid, lit, top = (rgb(*c) for c in GREENS)
    out = deep + (mid - deep) * smooth_step(0.30, 0.36, tone)[..., None]
    out = out + (lit - mid) * smooth_step(0.54, 0.60, tone)[..., None]
    out = out + (top - lit) * smooth_step(0.80, 0.86, tone)[..., None]
    # Each tree keeps a cast of its own colour, so woods do not turn into one plant.
    own = blur(picture, radius=side / 90)
    own = own / np.maximum(own @ LUMA, 0.05)[..., None]
    out = out * (0.5 + 0.5 * np.clip(own, 0.4, 1.7)) * (0.36 + 1.3 * wide)[..., None]
    share = (leaves * 0.9)[..., None]
    return np.asarray(picture * (1 - share) + out * share, dtype=np.float32)


GREENS = ((0.10, 0.22, 0.22), (0.20, 0.40, 0.24), (0.46, 0.64, 0.28), (0.74, 0.82, 0.44))
