"""Night by studio Nocturne: a sky, moonlit land, water that answers the sky, lamps and fog."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from arena.studios.nocturne.lamps import find_building, light_windows, shore_lights
from arena.studios.nocturne.light import (
    GRADES,
    Grade,
    add_grain,
    bloom,
    fog_bank,
    grade_land,
    rgb,
    shade_corners,
)
from arena.studios.nocturne.sky import (
    Dome,
    aurora_sky,
    blue_hour_sky,
    galaxy_sky,
    moonlit_sky,
    starlit_sky,
)
from arena.studios.nocturne.water import Water, find_water, mirror, moon_glade
from arena.studios.noise import Floats, blur, smooth_step
from arena.studios.plan import Plan
from arena.studios.ray.night import need_sky
from arena.studios.sky import clean_edges, find_sky

SKIES: tuple[Callable[[Dome, Grade], Floats], ...] = (
    starlit_sky,
    aurora_sky,
    moonlit_sky,
    galaxy_sky,
    blue_hour_sky,
)
# Light that each sky throws on the land: colour and strength.
SPILL = (
    ((0.95, 0.72, 0.50), 0.10),
    ((0.20, 0.95, 0.60), 0.14),
    ((0.80, 0.88, 1.00), 0.16),
    ((0.72, 0.55, 0.85), 0.08),
    ((1.00, 0.62, 0.48), 0.22),
)
MOON, BLUE_HOUR = 2, 4


def bring_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture (H, W, 3) by night; takes are starlight, aurora, moon, galaxy and blue hour."""
    look = take % len(SKIES)
    mask = find_sky(picture)
    need_sky(mask)
    clean = clean_edges(picture, mask)
    water = find_water(clean, sky=mask)
    dome = make_dome(mask, seed=take)
    sky = SKIES[look](dome, GRADES[look])
    land = _light_land(clean, mask, look)
    out: Floats = land * (1 - mask[..., None]) + sky * mask[..., None]
    out = _add_mist(out, mask, look=look, seed=take)
    if look == BLUE_HOUR:
        out = _light_lamps(out, clean, mask, water=water, seed=take)
    if water is not None:
        out = _answer_sky(out, sky, mask, water=water, look=look, x=dome.x, seed=take)
    out = bloom(out, above=0.62, radius=max(mask.shape) / 110, amount=0.5)
    return add_grain(shade_corners(out, 0.34), seed=take)


def make_dome(mask: Floats, *, seed: int) -> Dome:
    """Where the horizon is, and the middle of the widest open sky for a moon."""
    height, width = mask.shape
    side = max(height, width)
    rows = np.nonzero(mask.mean(axis=1) > 0.04)[0]
    horizon = float(rows.max() + 1) / height
    open_ = blur(mask, radius=side * 0.045)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    want = 0.28 if seed % 2 == 0 else 0.74
    gap = (u / width - want) ** 2 + 1.4 * (v / height - 0.2) ** 2
    score = np.where(open_ > 0.985, -gap, -9.0 + open_)
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    return Dome(width, height, horizon, float(column) / width, float(row) / height, seed)


def _light_land(clean: Floats, mask: Floats, look: int) -> Floats:
    land = grade_land(clean, grade=GRADES[look])
    colour, power = SPILL[look]
    side = max(mask.shape)
    light = clean.mean(axis=2)
    # The sky lights what faces it: the far land and everything pale.
    near_sky = blur(mask, radius=side / 9)
    spill = power * (0.25 + 1.4 * near_sky) * light**1.2
    return np.asarray(land + spill[..., None] * rgb(*colour), dtype=np.float32)


def _add_mist(out: Floats, mask: Floats, *, look: int, seed: int) -> Floats:
    """Air between the land and the sky, and ground fog in the blue hour."""
    height, width = mask.shape
    horizon = rgb(*GRADES[look].horizon)
    near = blur(mask, radius=max(mask.shape) / 55) * (1 - mask)
    share = (smooth_step(0.0, 0.9, near) * 0.18)[..., None]
    out = out * (1 - share) + horizon * share
    if look != BLUE_HOUR:
        return np.asarray(out, dtype=np.float32)
    rows = np.nonzero(mask.mean(axis=1) > 0.04)[0]
    level = min(0.92, float(rows.max() + 1) / height + 0.1)
    fog = fog_bank(width=width, height=height, level=level, depth=0.11, seed=420 + seed)
    cover = (fog * (1 - mask) * 0.46)[..., None]
    return np.asarray(out * (1 - cover) + rgb(0.50, 0.52, 0.70) * cover, dtype=np.float32)


def _light_lamps(
    out: Floats, clean: Floats, mask: Floats, *, water: Water | None, seed: int
) -> Floats:
    building = find_building(clean, sky=mask)
    if building.any():
        lamps, lit = light_windows(clean, building=building, seed=seed)
        return np.asarray(out * (1 - 0.75 * lit[..., None]) + lamps, dtype=np.float32)
    if water is None or not water.mirrors:
        return out
    height, width = mask.shape
    row = min(height - 1, water.shore + 4)
    lamps = shore_lights(
        width=width, height=height, shore=water.shore, open_=water.cover[row], seed=seed
    )
    return np.asarray(out + lamps, dtype=np.float32)


def _answer_sky(
    out: Floats, sky: Floats, mask: Floats, *, water: Water, look: int, x: float, seed: int
) -> Floats:
    """Water shows the new sky: mirrored where it is still, as a sheen where it is not."""
    cover = water.cover[..., None]
    if water.mirrors:
        image = blur(mirror(out, water=water, ripple=0.012, seed=430 + seed), radius=0.8)
        depth = np.linspace(0, 1, out.shape[0], dtype=np.float32)[:, None, None]
        tint = rgb(0.80, 0.88, 0.94) * (1.0 - 0.22 * depth)
        out = out * (1 - cover) + (0.86 * image * tint + 0.14 * out) * cover
    else:
        foot = rgb(*GRADES[look].horizon)
        shine = foot * 0.75 + 0.25 * sky.mean(axis=(0, 1))
        grey = out.mean(axis=2, keepdims=True)
        out = out * (1 - 0.62 * cover) + shine * (0.35 + 1.1 * grey) * 0.62 * cover
    if look == MOON:
        glade = moon_glade(water=water, x=x, seed=440 + seed)
        out = out + glade[..., None] * rgb(0.80, 0.88, 1.0) * 0.85
    return np.asarray(out, dtype=np.float32)
