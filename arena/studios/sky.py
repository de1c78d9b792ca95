"""Finds the sky of a picture: a flood from the top that edges stop, refined to the pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arena.studios.noise import Floats, blur, smooth_step

WORK = 320


def find_sky(picture: Floats) -> Floats:
    """Sky coverage (H, W) in 0..1 of a picture (H, W, 3).

    Water is not sky: the flood passes only where the picture is smooth, so even a hazy horizon
    stops it. The soft edge comes from a guided filter (He, Sun, Tang 2010).
    """
    height, width, _ = picture.shape
    scale = WORK / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = _resize(picture, size)
    rough = _flood(small)
    # A sky opens at the top of the picture; patches elsewhere are something else.
    if rough.mean() < 0.01 or rough[: max(2, size[1] // 16)].mean() < 0.3:
        return np.zeros((height, width), dtype=np.float32)
    coarse = _resize(rough.astype(np.float32), (width, height))
    return refine_mask(picture, coarse)


def _resize(plane: Floats, size: tuple[int, int]) -> Floats:
    if plane.ndim == 3:
        pixels = Image.fromarray((np.clip(plane, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")
        return np.asarray(pixels.resize(size, Image.Resampling.BOX), dtype=np.float32) / 255
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BILINEAR), dtype=np.float32)


def _flood(small: Floats) -> NDArray[np.bool_]:
    smooth = blur(small, radius=0.8)
    step = np.zeros(smooth.shape[:2], dtype=np.float32)
    for axis in (0, 1):
        change = np.abs(np.diff(smooth, axis=axis)).max(axis=2)
        pad = [(0, 0), (0, 0)]
        pad[axis] = (0, 1)
        step = np.maximum(step, np.pad(change, pad))
    # A horizon is a line across: its vertical step, gathered sideways, stands out of cloud.
    rise = blur(smooth.mean(axis=2), radius=1.2)
    line = np.abs(np.diff(rise, axis=0, prepend=rise[:1]))
    across = np.stack([np.roll(line, k, axis=1) for k in range(-8, 9)]).mean(axis=0)
    top = smooth[: max(3, small.shape[0] // 24)]
    quiet = float(np.percentile(step[: top.shape[0] * 2], 75))
    limit = float(np.clip(quiet * 7, 0.02, 0.034))
    blue = smooth[..., 2] + 0.06 >= smooth[..., :2].max(axis=2)
    bright = smooth.mean(axis=2) > 0.55 * float(np.median(top.mean(axis=2)))
    open_ = (step < limit) & (across < 0.0105) & bright & blue
    seed = np.zeros_like(open_)
    seed[:2] = open_[:2]
    reached = _spread(seed, open_)
    reached = _spread(seed & reached, reached & _like_sky(smooth, reached))
    reached = _fill_gaps(reached, small)
    bottom = np.zeros_like(reached)
    bottom[-2:] = ~reached[-2:]
    # What the ground does not reach is cloud: an island inside the sky.
    return ~_spread(bottom, ~reached)


def _like_sky(smooth: Floats, reached: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels near a smooth colour model of the flooded area; a leak into the land is darker."""
    height, width = reached.shape
    if reached.sum() < 50:
        return reached
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    terms = np.stack([np.ones_like(x), x, y, y * y, x * y], axis=-1)
    keep = reached.copy()
    for _ in range(3):
        if keep.sum() < 50:
            return reached
        model = np.linalg.lstsq(terms[keep], smooth[keep], rcond=None)[0]
        gap = smooth - terms @ model.astype(np.float32)
        keep = reached & (gap.mean(axis=2) > -0.07)
    return np.asarray(gap.mean(axis=2) > -0.075)


def _spread(seed: NDArray[np.bool_], room: NDArray[np.bool_]) -> NDArray[np.bool_]:
    reached = seed
    for _ in range(600):
        grown = reached.copy()
        grown[1:] |= reached[:-1]
        grown[:-1] |= reached[1:]
        grown[:, 1:] |= reached[:, :-1]
        grown[:, :-1] |= reached[:, 1:]
        grown &= room
        if (grown == reached).all():
            break
        reached = grown
    return reached


def _fill_gaps(sky: NDArray[np.bool_], small: Floats) -> NDArray[np.bool_]:
    """Take back the rim that edge steps cost and cloud edges inside the sky."""
    light = sky.astype(np.float32)
    near = blur(light, radius=2.0) > 0.12
    local = (
        blur(small * light[..., None], radius=4.0)
        / np.maximum(blur(light, radius=4.0), 1e-3)[..., None]
    )
    alike = np.abs(small - local).max(axis=2) < 0.10
    enclosed = blur(light, radius=5.0) > 0.72
    return np.asarray(sky | (near & alike) | enclosed)


def refine_mask(picture: Floats, coarse: Floats) -> Floats:
    """A coarse coverage (H, W) fitted to the edges of the picture (guided filter)."""
    guide = picture @ np.array([0.25, 0.35, 0.4], dtype=np.float32)
    radius = max(3.0, max(picture.shape) / 110)
    mean_g, mean_p = blur(guide, radius=radius), blur(coarse, radius=radius)
    cov = blur(guide * coarse, radius=radius) - mean_g * mean_p
    var = blur(guide * guide, radius=radius) - mean_g * mean_g
    a = cov / (var + 0.0006)
    b = mean_p - a * mean_g
    soft = blur(a, radius=radius) * guide + blur(b, radius=radius)
    sure_sky = coarse > 0.995
    mask = np.where(sure_sky & (mean_p > 0.97), 1.0, soft)
    far_below = mean_p < 0.02
    return smooth_step(0.22, 0.78, np.where(far_below, 0, mask).astype(np.float32))


def clean_edges(picture: Floats, sky: Floats) -> Floats:
    """The land with its rim of mixed sky colour replaced by colour from further inside."""
    solid = (sky < 0.04).astype(np.float32)
    radius = max(2.0, max(sky.shape) / 300)
    inner = blur(picture * solid[..., None], radius=radius)
    weight = blur(solid, radius=radius)[..., None]
    filled = inner / np.maximum(weight, 1e-3)
    near = smooth_step(0.0, 0.05, blur(sky, radius=1.2)) * (weight[..., 0] > 0.01)
    darker = np.minimum(filled, picture)
    return np.asarray(picture * (1 - near[..., None]) + darker * near[..., None])
