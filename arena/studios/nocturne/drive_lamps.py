"""Lamps of a car after dark: headlight beam, its pool on the road, tail light, dashboard glow."""

from __future__ import annotations

import numpy as np

from arena.studios.coast.drive_stage import Shot
from arena.studios.noise import Floats, blur, octaves, smooth_step

WARM = np.array([1.0, 0.86, 0.58], dtype=np.float32)
RED = np.array([1.0, 0.12, 0.06], dtype=np.float32)


def light_lamps(shot: Shot) -> Floats:
    """The shot with its lamps on, (H, W, 3) in 0..1; fog makes the beam visible."""
    size = shot.right - shot.left
    lamp = (shot.left + 0.953 * size, shot.ground - 0.152 * size)
    tail = (shot.left + 0.022 * size, shot.ground - 0.172 * size)
    height, width, _ = shot.picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    thick = 0.85 if shot.coast.look.cloud_kind == "fog" else 0.34
    out = _pool(
        shot.picture, x, y, at=(lamp[0] + 0.26 * size, shot.ground + 0.01 * size), size=size
    )
    out = out + _beam(x, y, lamp, size=size, seed=shot.coast.look.seed)[..., None] * WARM * thick
    out = out + _cabin(shot)[..., None] * np.array([1.0, 0.70, 0.40], dtype=np.float32)
    for spot, tone, reach in ((lamp, WARM, 1.0), (tail, RED, 0.75)):
        far = np.hypot(x - spot[0], (y - spot[1])) / size
        core = np.exp(-((far / 0.012) ** 2)) * 0.9
        halo = 0.42 * np.exp(-far / (0.028 * reach)) + 0.10 * np.exp(-far / (0.11 * reach))
        flare = 0.22 * np.exp(-np.abs(y - spot[1]) / (0.004 * size)) * np.exp(-far / 0.09) * reach
        out = out + (halo + flare)[..., None] * tone + core[..., None]
    red = np.exp(
        -(((x - tail[0] + 0.09 * size) / (0.12 * size)) ** 2)
        - ((y - shot.ground) / (0.03 * size)) ** 2
    )
    return np.asarray(np.clip(out + (red * 0.14)[..., None] * RED, 0, 1), dtype=np.float32)


def _pool(picture: Floats, x: Floats, y: Floats, *, at: tuple[float, float], size: int) -> Floats:
    spread = np.where(x < at[0], 0.17, 0.42) * size
    pool = np.exp(-(((x - at[0]) / spread) ** 2) - ((y - at[1]) / (0.052 * size)) ** 2)
    gain = 1 + 2.6 * pool[..., None] * WARM
    return np.asarray(picture * gain + 0.10 * pool[..., None] * WARM)


def _beam(x: Floats, y: Floats, lamp: tuple[float, float], *, size: int, seed: int) -> Floats:
    dx, dy = x - lamp[0], y - lamp[1]
    far = np.maximum(np.hypot(dx, dy) / size, 1e-4)
    angle = np.arctan2(dy, np.maximum(dx, 1e-3))
    cone = np.exp(-(((angle - 0.075) / 0.105) ** 2)) * smooth_step(-0.005, 0.02, dx / size)
    mist = 0.65 + 0.7 * octaves(seed=seed + 90, u=x / size * 9, v=y / size * 14, count=4)
    return np.asarray(cone * np.exp(-far / 0.42) * mist * 0.9)


def _cabin(shot: Shot) -> Floats:
    """A faint warm light on the driver, from the instruments."""
    y, x = np.mgrid[0 : shot.cover.shape[0], 0 : shot.cover.shape[1]].astype(np.float32)
    hx, hy, tall = shot.car.head
    far = np.hypot((x - shot.left - hx - 0.3 * tall) / 1.2, y - shot.top - hy - 0.2 * tall)
    near = np.exp(-((far / (0.72 * tall)) ** 2))
    return np.asarray(near * blur(shot.cover, radius=0.7) * 0.13)
