"""Day for night: the lighting grades of studio Nocturne, for pictures with or without a sky.

The order follows the film trade's day-for-night: less light, less colour, cold shadows, a darker
upper part, and warm lamps left burning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats, blur, grid, make_tile, octaves, smooth_step
from arena.studios.sky import clean_edges, find_sky, refine_mask

LUMA = np.array((0.30, 0.55, 0.15), dtype=np.float32)
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Grade:
    """Colours of one night: sky top and foot, shadow and light of the land, and its level."""

    zenith: Colour
    horizon: Colour
    shade: Colour
    light: Colour
    level: float
    keep: float


# Starlit, polar green, moonlit steel, galactic violet, blue hour with an afterglow.
GRADES: tuple[Grade, ...] = (
    Grade(
        (0.03, 0.06, 0.17), (0.42, 0.40, 0.50), (0.02, 0.03, 0.08), (0.50, 0.60, 0.86), 0.84, 0.3
    ),
    Grade(
        (0.01, 0.04, 0.10), (0.09, 0.30, 0.32), (0.01, 0.03, 0.06), (0.42, 0.72, 0.74), 0.78, 0.3
    ),
    Grade(
        (0.04, 0.08, 0.17), (0.26, 0.38, 0.54), (0.02, 0.04, 0.09), (0.62, 0.76, 0.98), 0.96, 0.24
    ),
    Grade(
        (0.03, 0.03, 0.10), (0.30, 0.20, 0.34), (0.03, 0.02, 0.07), (0.58, 0.52, 0.82), 0.74, 0.34
    ),
    Grade(
        (0.09, 0.17, 0.40), (0.96, 0.62, 0.46), (0.05, 0.06, 0.17), (0.74, 0.68, 0.86), 0.92, 0.5
    ),
)


def rgb(*parts: float) -> Floats:
    """A colour as (3,) float32: a float64 constant would double the memory of what it tints."""
    return np.array(parts, dtype=np.float32)


def relight_night(picture: Floats, *, take: int) -> Floats:
    """Any picture (H, W, 3) in 0..1 at dusk or night, without a sky mask; same shape.

    Smooth bright parts high in the picture take the night sky's gradient, the rest is graded.
    """
    grade = GRADES[take % len(GRADES)]
    height, width, _ = picture.shape
    air = find_air(picture)
    land = grade_land(clean_edges(picture, air), grade=grade)
    t = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    low = _foot_of(air)
    sky = sky_ramp(grade, t=np.broadcast_to(t / max(low, 0.1), (height, width)))
    # Clouds and haze of the day stay as faint shapes in the night.
    light = (picture @ LUMA).astype(np.float32)
    shape = light - blur(light, radius=max(height, width) / 12)
    sky = sky * (1 + 1.1 * np.clip(shape, -0.35, 0.5))[..., None]
    out = land * (1 - air[..., None]) + sky * air[..., None]
    return add_grain(shade_corners(out, 0.3), seed=take)


def find_air(picture: Floats) -> Floats:
    """The open air of a picture, coverage (H, W): its sky, or else what looks like one."""
    mask = find_sky(picture)
    return mask if mask.mean() > 0.05 else _guess_air(picture)


def _guess_air(picture: Floats) -> Floats:
    """What is bright, smooth, pale or blue, and high up: for skies no flood can find."""
    height, width, _ = picture.shape
    side = max(height, width)
    light = (picture @ LUMA).astype(np.float32)
    gy, gx = np.gradient(blur(light, radius=side / 400))
    busy = blur(np.hypot(gx, gy) * side / 100, radius=side / 160)
    calm = 1 - smooth_step(0.018, 0.07, busy)
    cool = smooth_step(-0.2, 0.0, picture[..., 2] - picture[..., 0])
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    high = 1 - smooth_step(0.42, 0.72, v)
    bright = smooth_step(0.32, 0.58, light)
    # The calm test leaves a rim along every edge: widen first, then fit to the picture.
    wide = smooth_step(0.05, 0.3, blur(np.asarray(bright * calm * cool * high), radius=side / 130))
    return np.asarray(refine_mask(picture, wide) * bright, dtype=np.float32)


def grade_land(picture: Floats, *, grade: Grade) -> Floats:
    """The land of a picture by night: a cold tone scale with some of its own colour left."""
    light = (picture @ LUMA).astype(np.float32)
    around = blur(light, radius=max(light.shape) / 24)
    # Local contrast keeps forms readable where the overall light is taken away.
    clear = np.clip(light + 0.35 * (light - around), 0, 1)
    tone = (clear**1.5 * grade.level)[..., None]
    shade, lit = (rgb(*c) for c in (grade.shade, grade.light))
    cold = shade * (1 - tone) + lit * tone
    own = picture**1.5 * grade.level * (0.35 + 0.65 * lit)
    fall = 1.06 - 0.3 * np.linspace(0, 1, light.shape[0], dtype=np.float32)[:, None, None]
    out = (cold * (1 - grade.keep) + own * grade.keep) * fall
    return np.asarray(out + _embers(picture, light), dtype=np.float32)


def _embers(picture: Floats, light: Floats) -> Floats:
    """Small, bright, warm spots (lamps, tail lights) keep burning."""
    warm = smooth_step(0.35, 0.6, picture[..., 0] - picture[..., 2])
    small = smooth_step(0.16, 0.34, light - blur(light, radius=max(light.shape) / 60))
    spot = np.asarray(warm * small)
    halo = blur(spot, radius=max(light.shape) / 90) * 0.5
    return np.asarray(spot[..., None] * picture * 0.5 + halo[..., None] * rgb(0.5, 0.26, 0.08))


def sky_ramp(grade: Grade, *, t: Floats) -> Floats:
    """The night sky's colour for heights `t` (0 zenith, 1 horizon), shape (*t, 3)."""
    part = np.clip(t, 0, 1.15)[..., None] ** 1.9
    top, foot = (rgb(*c) for c in (grade.zenith, grade.horizon))
    middle = top * 0.55 + foot * 0.45 * rgb(0.55, 0.75, 1.15)
    bow = 4 * part * (1 - part)
    ramp = top * (1 - part) + foot * part
    return np.asarray(ramp * (1 - 0.35 * bow) + middle * 0.35 * bow, dtype=np.float32)


def _foot_of(air: Floats) -> float:
    rows = np.nonzero(air.mean(axis=1) > 0.08)[0]
    return float(rows.max() + 1) / air.shape[0] if rows.size else 0.6


def shade_corners(picture: Floats, amount: float) -> Floats:
    """Darker corners by `amount` (0..1)."""
    height, width, _ = picture.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    return np.asarray(picture * (1 - amount * 0.5 * (x * x + y * y) ** 1.3 * 0.6)[..., None])


def add_grain(picture: Floats, *, seed: int, amount: float = 0.012) -> Floats:
    """A little noise so that dark gradients do not band; clipped to 0..1."""
    height, width, _ = picture.shape
    tile = make_tile(seed=300 + seed % 12)
    noise = np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width]
    out = np.clip(picture + (noise[..., None] - 0.5) * amount, 0, 1)
    return np.asarray(out, dtype=np.float32)


def bloom(picture: Floats, *, above: float, radius: float, amount: float) -> Floats:
    """Light that spills from what is brighter than `above`; `radius` in pixels."""
    out = picture.astype(np.float32)
    for k in range(out.shape[2]):
        out[..., k] += amount * blur(np.maximum(picture[..., k] - above, 0), radius=radius)
    return out


def fog_bank(*, width: int, height: int, level: float, depth: float, seed: int) -> Floats:
    """Coverage (H, W) of ground fog about the height `level` (share of H), `depth` thick."""
    u, v = grid(width=width, height=height)
    y = v * max(width, height) / height
    wisps = octaves(seed=seed, u=u * 3.2 + 5, v=v * 15, count=5)
    band = np.exp(-(((y - level - 0.05 * (wisps - 0.5)) / depth) ** 2))
    return np.asarray(band * smooth_step(0.18, 0.72, wisps), dtype=np.float32)
