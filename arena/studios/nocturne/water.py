"""Finds still water: a line about which the picture mirrors itself, or a calm bright plain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from arena.studios.noise import Floats, blur, grid, octaves, smooth_step

WORK = 192
CERTAIN = 0.42


@dataclass(frozen=True)
class Water:
    """Coverage (H, W), the row of its far shore, and whether it mirrors what is above."""

    cover: Floats
    shore: int
    mirrors: bool


def find_water(picture: Floats, *, sky: Floats) -> Water | None:
    """Water in a picture (H, W, 3) under a sky of coverage (H, W), or None."""
    height, width, _ = picture.shape
    small = _shrink(picture)
    row, trust = _mirror_line(small.mean(axis=2))
    if trust > CERTAIN:
        cover = _alike_below(small, row)
        if cover.mean() > 0.04:
            wide = _enlarge(cover, (width, height))
            return Water(wide, round(row * height / small.shape[0]), True)
    cover = _calm_plain(small, _shrink(np.repeat(sky[..., None], 3, axis=2))[..., 0])
    if cover.mean() < 0.02:
        return None
    fitted = _fit_plain(picture, _enlarge(cover, (width, height)), sky)
    rows = np.nonzero(fitted.mean(axis=1) > 0.02)[0]
    return Water(fitted, int(rows.min()) if rows.size else height // 2, False)


def _fit_plain(picture: Floats, rough: Floats, sky: Floats) -> Floats:
    """Grow a rough cover to the pixels near it that have the water's colour."""
    side = max(rough.shape)
    sure = rough > 0.9
    if not sure.any():
        return np.zeros_like(rough)
    colour = np.median(picture[sure], axis=0)
    gap = np.abs(blur(picture, radius=side / 900) - colour).max(axis=2)
    like = 1 - smooth_step(0.13, 0.24, gap)
    near = smooth_step(0.03, 0.2, blur(rough, radius=side / 26))
    top = np.nonzero(rough.mean(axis=1) > 0.02)[0].min()
    below = smooth_step(-0.006, 0.004, (np.arange(rough.shape[0])[:, None] - top) / side)
    return np.asarray(like * near * below * (1 - sky), dtype=np.float32)


def _shrink(picture: Floats) -> Floats:
    height, width, _ = picture.shape
    scale = WORK / max(height, width)
    size = (max(16, round(width * scale)), max(16, round(height * scale)))
    pixels = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")
    return np.asarray(pixels.resize(size, Image.Resampling.BOX), dtype=np.float32) / 255


def _enlarge(plane: Floats, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(np.asarray(plane, dtype=np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), dtype=np.float32).clip(0, 1)


def _mirror_line(light: Floats) -> tuple[int, float]:
    """The row about which the light is most alike upside down, and the correlation there."""
    rows = light.shape[0]
    fine = light - blur(light, radius=rows / 10)
    best, trust = 0, 0.0
    for row in range(round(rows * 0.3), round(rows * 0.78)):
        reach = min(row, rows - row, rows // 3)
        above = fine[row - reach : row][::-1]
        below = fine[row : row + reach]
        power = float(np.sqrt((above * above).sum() * (below * below).sum()))
        likeness = float((above * below).sum()) / max(power, 1e-6)
        # A line close to the edge of the picture compares too little to be believed.
        likeness *= min(1.0, reach / (rows * 0.25))
        if likeness > trust:
            best, trust = row, likeness
    return best, trust


def _alike_below(small: Floats, row: int) -> Floats:
    rows = small.shape[0]
    source = np.clip(2 * row - 1 - np.arange(rows), 0, rows - 1)
    mirrored = blur(small[source], radius=2.0)
    gap = np.abs(mirrored - blur(small, radius=2.0)).max(axis=2)
    like = 1 - smooth_step(0.2, 0.36, blur(gap, radius=1.6))
    # A bank of grass is where likeness ends along a whole row; water has no holes above it.
    share = blur(like.mean(axis=1)[:, None], radius=1.0)[:, 0]
    ends = np.nonzero((share < 0.5) & (np.arange(rows) > row + 4))[0]
    stop = int(ends.min()) if ends.size else rows
    inside = np.zeros_like(like)
    inside[row:stop] = 1
    green = small[..., 1] - np.maximum(small[..., 0], small[..., 2])
    grass = smooth_step(0.05, 0.12, green) * smooth_step(0.25, 0.3, small[..., 1])
    return np.asarray(blur(inside * (1 - grass), radius=0.7))


def _calm_plain(small: Floats, sky: Floats) -> Floats:
    """Smooth, pale or bluish ground right under the sky."""
    light = small.mean(axis=2)
    gy, gx = np.gradient(light)
    calm = 1 - smooth_step(0.016, 0.05, blur(np.hypot(gx, gy), radius=1.5))
    cool = smooth_step(-0.06, 0.0, small[..., 2] - small[..., 0])
    rows = light.shape[0]
    foot = np.nonzero(sky.mean(axis=1) > 0.1)[0]
    horizon = int(foot.max()) if foot.size else rows // 2
    v = np.arange(rows)[:, None]
    below = smooth_step(-2, 2, (v - horizon).astype(np.float32)) * (sky < 0.3)
    bright = smooth_step(0.25, 0.4, light)
    rough = np.asarray(calm * cool * below * bright)
    return smooth_step(0.35, 0.7, blur(rough, radius=1.5))


def mirror(picture: Floats, *, water: Water, ripple: float, seed: int) -> Floats:
    """The picture (H, W, C) seen upside down in the water, wavering by `ripple` (share of H)."""
    height, width = picture.shape[:2]
    u, v = grid(width=width, height=height)
    depth = np.clip(np.arange(height, dtype=np.float32) - water.shore, 0, None)[:, None] / height
    wave = octaves(seed=seed, u=u * 7, v=v * 90, count=3) - 0.5
    rows = 2 * water.shore - np.arange(height, dtype=np.float32)[:, None]
    rows = rows + wave * ripple * height * (0.25 + 2.2 * depth)
    at = np.clip(rows, 0, height - 1).astype(np.int32)
    columns = np.broadcast_to(np.arange(width), at.shape)
    return np.asarray(picture[at, columns])


def moon_glade(*, water: Water, x: float, seed: int) -> Floats:
    """A glittering path of light on the water under a light at `x` (share of W), (H, W)."""
    height, width = water.cover.shape
    u, v = grid(width=width, height=height)
    side = max(width, height)
    depth = np.clip((np.arange(height, dtype=np.float32) - water.shore) / height, 0, 1)[:, None]
    wide = 0.022 + 0.16 * depth
    path = np.exp(-(((u - x * width / side) / wide) ** 2))
    # Waves look longer and wider apart towards the viewer.
    far = 1 / (0.05 + 0.9 * depth)
    glint = octaves(seed=seed, u=u * (12 + 3 * far), v=v * (55 + 12 * far), count=3)
    sparkle = smooth_step(0.5, 0.68, glint + 0.16 * path)
    fade = 1 - 0.5 * smooth_step(0.0, 0.4, depth)
    return np.asarray(path * (0.16 + 0.95 * sparkle) * fade * water.cover, dtype=np.float32)
