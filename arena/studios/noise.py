"""Smooth periodic noise for NumPy pictures: lattice tiles, bilinear lookup, octaves."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

# float32 by custom; float64 may slip in where one number costs nothing.
Floats = NDArray[np.floating[Any]]


@lru_cache(maxsize=16)
def make_tile(*, seed: int, size: int = 256) -> Floats:
    """A periodic `size` x `size` square of white noise in 0..1."""
    return np.random.default_rng(seed).random((size, size), dtype=np.float32)


def look_up(tile: Floats, *, u: Floats, v: Floats) -> Floats:
    """Smoothly interpolated noise at lattice coordinates `u`, `v` (any shape), 0..1."""
    size = tile.shape[0]
    iu, iv = np.floor(u), np.floor(v)
    fu, fv = (u - iu).astype(np.float32), (v - iv).astype(np.float32)
    fu, fv = fu * fu * (3 - 2 * fu), fv * fv * (3 - 2 * fv)
    a, b = iu.astype(np.int32) & (size - 1), iv.astype(np.int32) & (size - 1)
    a1, b1 = (a + 1) & (size - 1), (b + 1) & (size - 1)
    flat = tile.ravel()
    top = flat[b * size + a] * (1 - fu) + flat[b * size + a1] * fu
    low = flat[b1 * size + a] * (1 - fu) + flat[b1 * size + a1] * fu
    return np.asarray(top * (1 - fv) + low * fv, dtype=np.float32)


def octaves(*, seed: int, u: Floats, v: Floats, count: int = 4, gain: float = 0.5) -> Floats:
    """Fractal sum of `count` octaves of noise, normalised to about 0..1."""
    tile = make_tile(seed=seed)
    total = np.zeros_like(u, dtype=np.float32)
    weight, norm, scale = 1.0, 0.0, 1.0
    for octave in range(count):
        shift = np.float32(17.3 * octave)
        total += weight * look_up(tile, u=u * scale + shift, v=v * scale + shift)
        norm += weight
        weight *= gain
        scale *= 2.03
    return total / np.float32(norm)


def grid(*, width: int, height: int) -> tuple[Floats, Floats]:
    """Pixel coordinates in units of the longer side: two (height, width) arrays."""
    side = max(width, height)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(side)
    return u, v


def blur(picture: Floats, *, radius: float) -> Floats:
    """Gaussian-like blur of (H, W) or (H, W, C) by three box passes, edges repeated.

    `radius` is the standard deviation in pixels.
    """
    if radius <= 0.3:
        return picture
    box = max(1, round(radius * 1.0))
    out = picture
    for _ in range(3):
        out = _box(_box(out, box, 0), box, 1)
    return out


def _box(picture: Floats, half: int, axis: int) -> Floats:
    size = picture.shape[axis]
    half = min(half, size - 1)
    pad = [(0, 0)] * picture.ndim
    pad[axis] = (half + 1, half)
    total = np.cumsum(np.pad(picture, pad, mode="edge"), axis=axis, dtype=np.float64)
    width = 2 * half + 1
    upper, lower = [slice(None)] * picture.ndim, [slice(None)] * picture.ndim
    upper[axis], lower[axis] = slice(width, width + size), slice(0, size)
    return ((total[tuple(upper)] - total[tuple(lower)]) / width).astype(np.float32)


def smooth_step(low: float, high: float, x: Floats) -> Floats:
    """Hermite ramp from 0 at `low` to 1 at `high`."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)
