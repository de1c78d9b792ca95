"""Towering clouds in three flat tones, and the graded skies they stand in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.nocturne.light import rgb
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Weather:
    """Colours of a painted sky, and its clouds: amount 0..1, tallness, and the sun's place."""

    top: Colour
    middle: Colour
    foot: Colour
    lit: Colour
    body: Colour
    shade: Colour
    amount: float
    tall: float
    sun: tuple[float, float]


def paint_sky(*, weather: Weather, width: int, height: int, horizon: float, seed: int) -> Floats:
    """A three-colour gradient with high streaks and banks of cumulus, (H, W, 3)."""
    u, v = grid(width=width, height=height)
    side = max(width, height)
    foot = horizon * height / side
    t = np.clip(v / max(foot, 0.05), 0, 1)[..., None]
    top, middle, bottom = (rgb(*c) for c in (weather.top, weather.middle, weather.foot))
    upper = smooth_step(0.0, 0.62, t)
    lower = smooth_step(0.5, 1.0, t)
    sky = top + (middle - top) * upper + (bottom - middle) * lower
    streak = octaves(seed=520 + seed, u=u * 1.8 + v * 2.5, v=v * 13 - u * 1.5, count=4)
    wisp = smooth_step(0.56, 0.72, streak) * 0.34 * (1 - t[..., 0])
    sky = sky + (rgb(*weather.lit) - sky) * wisp[..., None]
    sky = np.asarray(sky, dtype=np.float32)
    warp_u = u + 0.011 * (octaves(seed=541, u=u * 48, v=v * 48, count=4) - 0.5)
    warp_v = v + 0.011 * (octaves(seed=542, u=u * 48, v=v * 48, count=4) - 0.5)
    rng = np.random.default_rng(530 + seed)
    for size, level, share in _banks(weather, rng):
        x, low = share * width / side, foot * level
        part = (
            slice(max(0, int((low - 1.3 * size) * side)), max(0, int((low + 0.3 * size) * side))),
            slice(max(0, int((x - 1.2 * size) * side)), max(0, int((x + 1.2 * size) * side))),
        )
        if sky[part].size:
            sky[part] = _bank(
                sky[part],
                warp_u[part],
                warp_v[part],
                weather=weather,
                at=(x, low, size),
                origin=(part[1].start / side, part[0].start / side),
                side=side,
                rng=rng,
            )
    return sky


def _banks(weather: Weather, rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Size, foot level and place of each bank: low far ones first, one tower in front."""
    far = [(float(rng.uniform(0.1, 0.16)), 1.0, float(x)) for x in np.arange(-0.02, 1.1, 0.17)]
    near = [(float(rng.uniform(0.18, 0.26)), 1.03, float(rng.uniform(0.0, 1.0))) for _ in range(2)]
    side = 0.78 if weather.sun[0] < 0.5 else 0.2
    tower = [(0.37 * weather.tall, 1.06, side + float(rng.uniform(-0.06, 0.06)))]
    count = round(len(far) * weather.amount)
    return far[:: 1 if count > 4 else 2] + (near if weather.amount > 0.4 else []) + tower


def _bank(
    sky: Floats,
    u: Floats,
    v: Floats,
    *,
    weather: Weather,
    at: tuple[float, float, float],
    origin: tuple[float, float],
    side: int,
    rng: np.random.Generator,
) -> Floats:
    """One heap of billows over a part of the sky that begins at `origin`."""
    x, foot, size = at
    solid = np.zeros(u.shape, dtype=bool)
    slope = np.zeros(u.shape, dtype=np.float32)
    sx, sy = weather.sun[0] - x, -0.75
    length = float(np.hypot(sx, sy))
    sx, sy = sx / length, sy / length
    for cx, cy, r in _billows(x, foot, size=size, tall=weather.tall, rng=rng):
        row, column = (cy - origin[1]) * side, (cx - origin[0]) * side
        reach = r * 1.1 * side + 0.006 * side
        box = (
            slice(max(0, int(row - reach)), max(0, int(row + reach) + 1)),
            slice(max(0, int(column - reach)), max(0, int(column + reach) + 1)),
        )
        pu, pv = u[box], v[box]
        if not pu.size:
            continue
        dx, dy = (pu - cx) / r, (pv - cy) / r
        gap = 1 - dx * dx - dy * dy
        # Lower billows stand in front, which gives the scalloped look of a cumulus.
        over = gap > 0
        solid[box] |= over
        face = dx * sx + dy * sy + 0.4 * np.sqrt(np.maximum(gap, 0))
        whole = ((cx - x) * sx + (cy - foot + 0.45 * size) * sy) / size
        slope[box] = np.where(over, 0.6 * face + 1.1 * whole, slope[box])
    return _tint(sky, solid, slope, v, weather=weather, foot=foot, size=size, side=side)


def _billows(
    x: float, foot: float, *, size: float, tall: float, rng: np.random.Generator
) -> list[tuple[float, float, float]]:
    out = []
    for _ in range(round(90 + 420 * size)):
        lift = float(rng.beta(1.0, 1.7))
        wide = (1 - lift) ** 0.7 * 0.58 + 0.09
        # Three towers of different height make up one cloud.
        lean = float(rng.choice([-0.34, 0.0, 0.3])) * (1 - 0.4 * lift)
        across = lean + float(np.clip(rng.normal(0, 0.34), -0.9, 0.9)) * wide
        r = (0.008 + 0.062 * size) * float(rng.uniform(0.45, 1.15)) * (1.15 - 0.4 * lift)
        peak = 0.5 + 0.5 * tall - 0.9 * abs(lean)
        out.append((x + across * size, foot - lift * size * peak, r))
    return sorted(out, key=lambda ball: ball[1])


def _tint(
    sky: Floats,
    solid: Floats,
    slope: Floats,
    v: Floats,
    *,
    weather: Weather,
    foot: float,
    size: float,
    side: int,
) -> Floats:
    cover = smooth_step(0.3, 0.7, blur(solid.astype(np.float32), radius=max(0.5, side / 900)))
    if not cover.any():
        return sky
    rise = np.clip((foot - v) / size, 0, 1)
    tone = blur(slope, radius=side / 500) + 0.02 + 0.2 * rise
    lit, body, shade = (rgb(*c) for c in (weather.lit, weather.body, weather.shade))
    colour = shade + (body - shade) * smooth_step(0.12, 0.26, tone)[..., None]
    colour = colour + (lit - body) * smooth_step(0.46, 0.58, tone)[..., None]
    # The feet of far clouds drown in the haze of the horizon.
    haze = (1 - smooth_step(0.02, 0.42, rise))[..., None] * 0.85
    colour = colour * (1 - haze) + (rgb(*weather.foot) * 0.9 + 0.1 * sky) * haze
    return np.asarray(sky + (colour - sky) * cover[..., None], dtype=np.float32)
