"""A road by the Pacific, computed: sky, sea with waves and glitter, cliffs in haze, guard rail."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.coast.land import paint_land, shore_gap
from arena.studios.coast.looks import Look, look_of
from arena.studios.coast.road import paint_road
from arena.studios.coast.sky import paint_sky
from arena.studios.noise import Floats, blur, octaves, smooth_step

CAMERA = 0.42
ROAD_TOP = 0.735
WHEEL_LINE = 0.885


@dataclass(frozen=True)
class Coast:
    """A scene without a car: the picture, its look, and where things are, in pixels."""

    picture: Floats
    look: Look
    horizon: float
    road: float
    wheel_line: float


def paint_coast(*, take: int, width: int, height: int, night: bool = False) -> Coast:
    """The scene of a take as (H, W, 3) in 0..1, by day or after dark."""
    look = look_of(take=take, night=night)
    horizon = look.horizon * height
    sky = paint_sky(look=look, width=width, height=height)
    picture = _sea(sky, look, horizon)
    picture = paint_land(picture, look=look, horizon=horizon, camera=CAMERA)
    picture = _air(picture, look, horizon)
    picture = paint_road(picture, look=look, top=ROAD_TOP * height)
    return Coast(
        np.asarray(np.clip(picture, 0, 1), dtype=np.float32),
        look,
        horizon,
        ROAD_TOP * height,
        WHEEL_LINE * height,
    )


def _sea(sky: Floats, look: Look, horizon: float) -> Floats:
    """Water to the horizon: waves mirror the sky by their tilt, foam runs along the shore."""
    height, width, _ = sky.shape
    first = int(horizon)
    rows = np.arange(first, height, dtype=np.float32)[:, None] + 0.5
    z = CAMERA * width / np.maximum(rows - horizon, 0.4)
    x = (np.arange(width, dtype=np.float32)[None, :] + 0.5 - width / 2) * z / width
    z = np.broadcast_to(z, x.shape)
    # Far waves are finer than a pixel: they even out instead of flickering.
    fine = np.clip(2.4 / z, 0.05, 1.0)
    long = octaves(seed=look.seed, u=x * 2.2 + 0.5 * z, v=z * 5.0, count=4) - 0.5
    chop = octaves(seed=look.seed + 1, u=x * 16, v=z * 30, count=4) - 0.5
    tilt = long * 0.9 + chop * fine
    fresnel = np.clip(
        0.10 + 0.75 * np.exp(-12.0 / np.maximum(z * 3, 1)) + 0.9 * tilt * (0.5 + 0.5 * fine), 0, 1
    )
    gap = shore_gap(look=look, x=x, z=z)
    clear = np.exp(-np.clip(gap, 0, 4) * 1.8)[..., None]
    body = (
        np.array(look.deep, dtype=np.float32) * (1 - clear)
        + np.array(look.shallow, dtype=np.float32) * clear
    )
    patch = octaves(seed=look.seed + 2, u=x * 0.7, v=z * 0.5, count=3)[..., None]
    body = body * (0.82 + 0.36 * patch)
    shine = _mirrored(sky, first, x.shape, tilt)
    water = body * (1 - fresnel[..., None]) + shine * fresnel[..., None]
    water = water * (1 + 0.35 * tilt[..., None])
    water = _foam(water, look, x, z, gap)
    out = sky.copy()
    out[first:] = _glitter(water, look, rows, horizon, tilt=chop, fine=fine)
    return out


def _mirrored(sky: Floats, first: int, shape: tuple[int, ...], tilt: Floats) -> Floats:
    height, width = shape
    depth = np.arange(height)[:, None] * 0.9 + 90 * np.clip(tilt + 0.2, 0, 1) * height / 400
    source = np.clip(first - 2 - depth, 0, max(first - 2, 0)).astype(np.intp)
    soft = blur(sky, radius=max(1.0, width / 160))
    return np.asarray(soft[source, np.arange(width)[None, :]])


def _foam(water: Floats, look: Look, x: Floats, z: Floats, gap: Floats) -> Floats:
    """Breakers near the shore and scattered white caps."""
    lace = octaves(seed=look.seed + 3, u=x * 22, v=z * 26, count=4)
    wander = 0.10 * (octaves(seed=look.seed + 4, u=x * 3, v=z * 3, count=2) - 0.5)
    near = gap + wander
    surf = np.zeros_like(gap)
    for distance, strength, wide in ((0.025, 1.0, 0.035), (0.14, 0.75, 0.018), (0.29, 0.5, 0.012)):
        line = np.exp(-(((near - distance) / wide) ** 2))
        surf = np.maximum(surf, strength * line * smooth_step(0.30, 0.62, lace))
    caps = smooth_step(0.715, 0.78, octaves(seed=look.seed + 5, u=x * 7, v=z * 19, count=4))
    cover = np.clip(surf + 0.55 * caps * np.clip(3 / z, 0, 1), 0, 0.95)[..., None]
    white = np.clip(
        np.array(look.light, dtype=np.float32) * 0.62
        + np.array(look.ambient, dtype=np.float32) * 0.45,
        0,
        1,
    )
    return np.asarray(water * (1 - cover) + white * cover)


def _glitter(
    water: Floats, look: Look, rows: Floats, horizon: float, *, tilt: Floats, fine: Floats
) -> Floats:
    """The sun's path: sparks that spread and grow towards the viewer."""
    height, width, _ = water.shape
    depth = (rows - horizon) / (height + 1)
    u = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width
    spread = 0.035 + 0.16 * depth if look.sun[1] < 0.5 else 0.30 + 0.3 * depth
    path = np.exp(-(((u - look.sun[0]) / spread) ** 2))
    spark = smooth_step(0.12, 0.30, tilt + 0.10 * path + 0.05 * (1 - fine))
    veil = path * np.exp(-depth * 5) * 0.35
    amount = (look.glitter * (path * spark * 0.95 + veil))[..., None]
    sun = np.clip(np.array(look.light, dtype=np.float32) * (1.25 if look.is_night else 1.0), 0, 1.4)
    return np.asarray(water * (1 - 0.6 * np.clip(amount, 0, 1)) + sun * amount * 0.9)


def _air(picture: Floats, look: Look, horizon: float) -> Floats:
    """Haze along the horizon, and the glow about a low sun."""
    height, width, _ = picture.shape
    y = (np.arange(height, dtype=np.float32)[:, None] - horizon) / height
    u = (np.arange(width, dtype=np.float32)[None, :] + 0.5) / width
    band = np.exp(-((y / (0.012 + 0.35 / look.haze_reach)) ** 2)) * np.clip(
        5.5 / look.haze_reach, 0.16, 0.8
    )
    band = band * np.ones_like(u)
    picture = (
        picture * (1 - band[..., None]) + np.array(look.haze, dtype=np.float32) * band[..., None]
    )
    if look.sun[1] < 0.5:
        far = np.hypot((u - look.sun[0]) * width / height, y + look.sun[1])
        glow = (0.55 * np.exp(-((far / 0.11) ** 1.2)) if look.disc else 0.0) + 0.25 * np.exp(
            -far / 0.35
        )
        picture = picture + np.array(look.glow, dtype=np.float32) * glow[..., None] * (
            1 - 0.55 * picture
        )
    return np.asarray(picture, dtype=np.float32)
