"""The look of painted film backgrounds by studio Nocturne: flat tones, great clouds, clear light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.nocturne.cel import clump_leaves, find_leaves, flatten, set_tones
from arena.studios.nocturne.clouds import Colour, Weather, paint_sky
from arena.studios.nocturne.lamps import AMBER, find_building, light_windows
from arena.studios.nocturne.light import (
    LUMA,
    bloom,
    fog_bank,
    rgb,
)
from arena.studios.nocturne.water import Water, find_water, mirror
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.plan import Plan
from arena.studios.sky import clean_edges, find_sky


@dataclass(frozen=True)
class Hour:
    """A time of day: its sky, the tint of light and of shadow, haze, and what is in the air."""

    weather: Weather
    light: Colour
    shadow: Colour
    haze: float
    extra: str


HOURS: tuple[Hour, ...] = (
    Hour(
        Weather(
            (0.10, 0.36, 0.76),
            (0.36, 0.66, 0.93),
            (0.82, 0.94, 0.97),
            (1.0, 1.0, 0.98),
            (0.84, 0.92, 0.98),
            (0.58, 0.73, 0.90),
            1.0,
            1.25,
            (0.2, 0.0),
        ),
        (1.10, 1.06, 0.94),
        (0.72, 0.88, 1.16),
        0.16,
        "",
    ),
    Hour(
        Weather(
            (0.36, 0.54, 0.78),
            (0.95, 0.80, 0.62),
            (1.0, 0.88, 0.62),
            (1.0, 0.95, 0.80),
            (0.98, 0.78, 0.60),
            (0.74, 0.58, 0.64),
            0.7,
            1.0,
            (0.86, 0.3),
        ),
        (1.24, 1.03, 0.74),
        (0.90, 0.80, 1.04),
        0.30,
        "rays",
    ),
    Hour(
        Weather(
            (0.20, 0.22, 0.50),
            (0.68, 0.42, 0.62),
            (1.0, 0.66, 0.50),
            (1.0, 0.74, 0.62),
            (0.78, 0.48, 0.62),
            (0.42, 0.34, 0.58),
            0.9,
            1.15,
            (0.14, 0.5),
        ),
        (0.98, 0.70, 0.74),
        (0.54, 0.52, 0.90),
        0.24,
        "lamps",
    ),
    Hour(
        Weather(
            (0.34, 0.60, 0.74),
            (0.60, 0.82, 0.86),
            (0.93, 0.97, 0.90),
            (1.0, 1.0, 0.95),
            (0.80, 0.88, 0.92),
            (0.52, 0.62, 0.72),
            1.0,
            0.9,
            (0.75, 0.1),
        ),
        (1.05, 1.06, 0.98),
        (0.74, 0.94, 1.06),
        0.22,
        "rainbow",
    ),
    Hour(
        Weather(
            (0.56, 0.76, 0.90),
            (0.80, 0.88, 0.93),
            (0.99, 0.91, 0.90),
            (1.0, 0.99, 0.98),
            (0.96, 0.92, 0.95),
            (0.80, 0.80, 0.90),
            0.5,
            0.85,
            (0.3, 0.1),
        ),
        (1.10, 1.02, 0.99),
        (0.90, 0.88, 1.10),
        0.46,
        "petals",
    ),
)


def paint_background(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture (H, W, 3) as a film background; takes are five hours from noon to spring haze."""
    hour = HOURS[take % len(HOURS)]
    height, width, _ = picture.shape
    mask = find_sky(picture)
    open_ = mask.mean() > 0.04
    land = clean_edges(picture, mask) if open_ else picture
    water = find_water(land, sky=mask) if open_ else None
    building = find_building(land, sky=mask)
    painted = _grade(_lay_colour(land, building, seed=take), hour)
    horizon = _horizon(mask)
    painted = _add_haze(painted, mask, hour=hour, horizon=horizon)
    if open_:
        sky = paint_sky(
            weather=hour.weather, width=width, height=height, horizon=horizon, seed=take
        )
        crisp = smooth_step(0.25, 0.75, mask)[..., None]
        painted = painted * (1 - crisp) + sky * crisp
    if water is not None:
        painted = _lay_water(painted, water, hour=hour, seed=take)
    if hour.extra == "lamps" and building.any():
        lit = light_windows(land, building=building, seed=take)[1][..., None]
        painted = painted * (1 - 0.8 * lit) + lit * AMBER * 0.85
    painted = _add_extra(painted, mask, hour=hour, horizon=horizon, seed=take)
    return _finish(painted, hour, seed=take)


def _horizon(mask: Floats) -> float:
    rows = np.nonzero(mask.mean(axis=1) > 0.05)[0]
    return float(rows.max() + 1) / mask.shape[0] if rows.size else 0.5


def _lay_colour(land: Floats, building: Floats, *, seed: int) -> Floats:
    """Open shadows, flat areas, few tones, leaves in clumps, and the fine lines put back."""
    side = max(land.shape)
    light = (land @ LUMA).astype(np.float32)
    around = blur(light, radius=side / 24)
    gain = np.clip((0.36 / np.clip(around, 0.1, 0.7)) ** 0.5, 0.9, 1.7)
    lifted = np.clip(land * gain[..., None], 0, 1)
    # Green tiles are no leaves.
    leaves = find_leaves(land) * (1 - smooth_step(0.05, 0.4, blur(building, radius=side / 50)))
    flat = flatten(lifted, radius=max(1.0, side / 340))
    flat = set_tones(flat)
    flat = clump_leaves(flat, leaves, seed=seed)
    # Structure smaller than the flat areas: joints, tiles and railings, not leaves.
    line = lifted - blur(lifted, radius=side / 500)
    return np.asarray(flat + 0.55 * np.clip(line, -0.16, 0.16) * (1 - 0.85 * leaves[..., None]))


def _grade(flat: Floats, hour: Hour) -> Floats:
    light = np.clip(flat @ LUMA, 0, 1)[..., None]
    vivid = light + (flat - light) * 1.42
    vivid = 0.05 + 0.95 * np.clip(vivid, 0, 1) ** 0.86
    warm = smooth_step(0.28, 0.66, light)
    tint = rgb(*hour.shadow) * (1 - warm) + rgb(*hour.light) * warm
    # Shadows are never black on a background: they are a colour of their own.
    floor = rgb(0.09, 0.10, 0.20) * (1 - light) ** 3
    lit = vivid * tint
    return np.asarray(lit * (1.02 - 0.12 * lit) + floor, dtype=np.float32)


def _add_haze(painted: Floats, mask: Floats, *, hour: Hour, horizon: float) -> Floats:
    """The far land takes the sky's foot colour: most at the horizon, none in the foreground."""
    height = mask.shape[0]
    v = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    band = np.exp(-(((v - horizon) / 0.13) ** 2))
    far = band * smooth_step(0.02, 0.5, blur(mask, radius=max(mask.shape) / 16))
    light = (painted @ LUMA).astype(np.float32)
    side = max(mask.shape)
    # What shows much contrast stands nearer than it looks.
    busy = blur(np.abs(light - blur(light, radius=side / 200)), radius=side / 60)
    calm = 1 - smooth_step(0.012, 0.05, busy)
    share = (far * (0.2 + 0.8 * calm) * hour.haze * 1.5)[..., None]
    share = np.clip(share, 0, 0.8)
    return np.asarray(painted * (1 - share) + rgb(*hour.weather.foot) * share)


def _lay_water(painted: Floats, water: Water, *, hour: Hour, seed: int) -> Floats:
    """Still water mirrors the painting in flat bands; open water shines in the sky's colours."""
    height, width, _ = painted.shape
    u, v = grid(width=width, height=height)
    cover = water.cover[..., None]
    depth = np.clip((np.arange(height) - water.shore) / max(height - water.shore, 1), 0, 1)
    near = depth.astype(np.float32)[:, None]
    far_tone, near_tone = rgb(*hour.weather.foot), rgb(*hour.weather.middle)
    tone = far_tone + (near_tone * 0.9 - far_tone) * np.sqrt(near)[..., None]
    if water.mirrors:
        image = mirror(painted, water=water, ripple=0.016, seed=560 + seed)
        base = 0.80 * image + 0.20 * tone
    else:
        base = 0.35 * painted + 0.65 * tone
    streak = octaves(seed=561 + seed, u=u * 10, v=v * (190 - 80 * near), count=3)
    glint = smooth_step(0.70, 0.74, streak + 0.03 * near)[..., None]
    base = base + (rgb(*hour.weather.lit) - base) * glint * 0.4
    return np.asarray(painted * (1 - cover) + base * cover, dtype=np.float32)


def _add_extra(painted: Floats, mask: Floats, *, hour: Hour, horizon: float, seed: int) -> Floats:
    height, width, _ = painted.shape
    if hour.extra == "rays":
        return painted + _rays(hour, width, height, seed)[..., None] * rgb(0.22, 0.16, 0.07)
    if hour.extra == "rainbow":
        return painted + _rainbow(width, height, horizon) * (0.25 + 0.75 * mask)[..., None]
    if hour.extra == "petals":
        return _scatter_petals(painted, seed=seed)
    if hour.extra == "lamps":
        fog = fog_bank(width=width, height=height, level=horizon + 0.05, depth=0.06, seed=570)
        cover = (fog * (1 - mask) * 0.4)[..., None]
        return np.asarray(painted * (1 - cover) + rgb(*hour.weather.middle) * cover)
    return painted


def _rays(hour: Hour, width: int, height: int, seed: int) -> Floats:
    """Beams that fan out from the sun."""
    u, v = grid(width=width, height=height)
    side = max(width, height)
    x, y = hour.weather.sun[0] * width / side, -0.08
    angle = np.arctan2(v - y, u - x)
    beam = octaves(seed=580 + seed, u=angle * 7 + 9, v=np.zeros_like(u), count=2)
    fade = np.exp(-np.hypot(u - x, v - y) / 0.6)
    return np.asarray((0.35 + smooth_step(0.45, 0.65, beam)) * fade, dtype=np.float32)


def _rainbow(width: int, height: int, horizon: float) -> Floats:
    u, v = grid(width=width, height=height)
    side = max(width, height)
    away = np.hypot(u - 0.34 * width / side, v - (horizon + 0.16) * height / side)
    part = (away - 0.50) / 0.045
    inside = (1 - smooth_step(0.55, 1.0, np.abs(part * 2 - 1)))[..., None]
    hues = np.stack(
        [np.exp(-(((part - centre) / 0.3) ** 2)) for centre in (0.82, 0.5, 0.18)], axis=-1
    )
    return np.asarray(hues * inside * 0.2 * rgb(1.0, 0.8, 0.95), dtype=np.float32)


def _scatter_petals(painted: Floats, *, seed: int) -> Floats:
    """Petals on the wind: small tilted ovals, larger and softer when near."""
    height, width, _ = painted.shape
    side = max(height, width)
    rng = np.random.default_rng(590 + seed)
    out = painted.copy()
    for _ in range(64):
        r = side * float(rng.choice([0.003, 0.0045, 0.0065, 0.011], p=[0.45, 0.3, 0.18, 0.07]))
        cx, cy = rng.uniform(0, width), rng.uniform(0, height)
        turn, thin = rng.uniform(0, np.pi), rng.uniform(0.35, 0.75)
        reach = int(r * 2) + 2
        rows = slice(max(0, int(cy) - reach), int(cy) + reach)
        columns = slice(max(0, int(cx) - reach), int(cx) + reach)
        part = out[rows, columns]
        y, x = np.mgrid[
            rows.start : rows.start + part.shape[0], columns.start : columns.start + part.shape[1]
        ]
        a = ((x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)) / r
        b = (-(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)) / (r * thin)
        soft = 0.5 if r > side * 0.008 else 0.2
        cover = (1 - smooth_step(1 - soft, 1 + soft, np.hypot(a, b)))[..., None] * 0.88
        pink = rgb(1.0, 0.80, 0.86) * rng.uniform(0.93, 1.0)
        out[rows, columns] = part * (1 - cover) + pink * cover
    return out


def _finish(painted: Floats, hour: Hour, *, seed: int) -> Floats:
    height, width, _ = painted.shape
    side = max(height, width)
    u, v = grid(width=width, height=height)
    x, y = (p * s / side for p, s in zip(hour.weather.sun, (width, height), strict=True))
    sun = np.exp(-((u - x) ** 2 + (v - y) ** 2) / 0.28)[..., None]
    painted = painted + sun * (rgb(*hour.light) - 0.62) * 0.13
    painted = bloom(painted, above=0.84, radius=side / 46, amount=0.25)
    brush = octaves(seed=600 + seed, u=u * 26 + v * 9, v=v * 70 - u * 6, count=3) - 0.5
    painted = painted * (1 + 0.035 * brush[..., None])
    return np.asarray(np.clip(painted, 0, 1), dtype=np.float32)
