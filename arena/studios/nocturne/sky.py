"""Night skies of studio Nocturne: starlight, aurora, moon among clouds, galaxy, blue hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.nocturne.light import (
    Grade,
    rgb,
    sky_ramp,
)
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.starfield import paint_moon, paint_stars


@dataclass(frozen=True)
class Dome:
    """Where a sky is painted: size in pixels, its horizon and a light's place in shares."""

    width: int
    height: int
    horizon: float
    x: float
    y: float
    seed: int


def _heights(dome: Dome) -> Floats:
    rows = np.arange(dome.height, dtype=np.float32) / (dome.height * max(dome.horizon, 0.05))
    return np.broadcast_to(rows[:, None], (dome.height, dome.width))


def _base(dome: Dome, grade: Grade, *, density: float) -> Floats:
    t = _heights(dome)
    stars = paint_stars(width=dome.width, height=dome.height, seed=200 + dome.seed, density=density)
    thin = (1 - 0.8 * smooth_step(0.45, 1.05, t))[..., None]
    return np.asarray(sky_ramp(grade, t=t) + stars * thin, dtype=np.float32)


def starlit_sky(dome: Dome, grade: Grade) -> Floats:
    """Many stars over an airglow that brightens at the horizon, and one meteor."""
    u, v = grid(width=dome.width, height=dome.height)
    t = _heights(dome)
    haze = octaves(seed=210 + dome.seed, u=u * 2.2, v=v * 9, count=4)
    glow = np.exp(-(((t - 1.0) / 0.26) ** 2)) * (0.5 + haze)
    warm = rgb(0.40, 0.27, 0.16)
    green = np.exp(-(((t - 0.62) / 0.2) ** 2))[..., None] * rgb(0.0, 0.03, 0.02)
    sky = _base(dome, grade, density=2.6) + glow[..., None] * warm * 0.75 + green
    return np.asarray(sky + _meteor(dome, u, v)[..., None] * rgb(0.9, 0.95, 1.0))


def _meteor(dome: Dome, u: Floats, v: Floats) -> Floats:
    side = max(dome.width, dome.height)
    x0 = (0.16 + 0.5 * ((dome.seed * 0.37) % 1)) * dome.width / side
    y0, length, slope = 0.10 * dome.height / side, 0.15, 0.42
    cos, sin = float(np.cos(slope)), float(np.sin(slope))
    along = (u - x0) * cos + (v - y0) * sin
    across = -(u - x0) * sin + (v - y0) * cos
    part = np.clip(along / length, 0, 1)
    body = np.exp(-((across / (0.0005 + 0.0009 * part)) ** 2)) * part**1.6
    return np.asarray(body * ((along > 0) & (along < length)), dtype=np.float32)


def aurora_sky(dome: Dome, grade: Grade) -> Floats:
    """Three curtains of northern light over sparse stars."""
    u, v = grid(width=dome.width, height=dome.height)
    side = max(dome.width, dome.height)
    foot = dome.horizon * dome.height / side
    sky = _base(dome, grade, density=1.3)
    for number, (level, tall, power) in enumerate(
        ((0.98, 0.74, 1.25), (0.74, 0.6, 0.85), (0.42, 0.4, 0.5))
    ):
        sky = sky + _curtain(
            u, v, base=foot * level, tall=foot * tall, power=power, seed=dome.seed * 5 + number
        )
    t = _heights(dome)
    low = smooth_step(0.4, 1.0, t)[..., None] * rgb(0.01, 0.10, 0.07)
    return np.asarray(sky + low, dtype=np.float32)


def _curtain(u: Floats, v: Floats, *, base: float, tall: float, power: float, seed: int) -> Floats:
    drift = octaves(seed=230 + seed, u=u * 1.7, v=v * 0.9 + seed, count=3) - 0.5
    fold = octaves(seed=250 + seed, u=u * 5.5 + drift * 2.2, v=v * 0.7, count=3) - 0.5
    line = base + tall * (0.9 * drift + 0.45 * fold)
    rise = (line - v) / tall
    ray = octaves(seed=270 + seed, u=u * 42 + drift * 22 + fold * 9, v=v * 1.6, count=3)
    high = 0.16 + 0.42 * ray
    body = np.exp(-np.clip(rise, 0, None) / high) * smooth_step(-0.045, 0.03, rise)
    patch = smooth_step(0.3, 0.66, octaves(seed=290 + seed, u=u * 2.6, v=v * 0.5, count=2))
    strength = body * (0.22 + 1.25 * ray**1.8) * (0.25 + 0.95 * patch) * power
    part = smooth_step(0.12, 0.85, rise)[..., None]
    green = rgb(0.12, 0.92, 0.52)
    violet = rgb(0.52, 0.20, 0.74)
    edge = np.exp(-((rise / 0.035) ** 2))[..., None] * rgb(0.35, 0.02, 0.26)
    return np.asarray(strength[..., None] * (green * (1 - part) + violet * part + edge * 0.5))


def moonlit_sky(dome: Dome, grade: Grade) -> Floats:
    """A full moon among thin clouds that it lights from behind."""
    u, v = grid(width=dome.width, height=dome.height)
    side = max(dome.width, dome.height)
    x, y = dome.x * dome.width / side, dome.y * dome.height / side
    sky = _base(dome, grade, density=0.8)
    light, disc = paint_moon(width=dome.width, height=dome.height, x=x, y=y, radius=0.043)
    away = np.hypot(u - x, v - y)
    sky = sky * (1 - disc[..., None]) + light * 1.12
    warp = octaves(seed=311 + dome.seed, u=u * 3, v=v * 6, count=3) - 0.5
    veil = octaves(seed=310 + dome.seed, u=u * 3.2 + warp, v=v * 11 + warp * 2.5, count=6)
    cloud = smooth_step(0.50, 0.74, veil) * smooth_step(0.0, 0.25, v / max(dome.horizon, 0.1) + 0.1)
    # The veil thins in front of the disc, or the moon would lose its face.
    cloud = cloud * (0.25 + 0.75 * smooth_step(0.035, 0.10, away))
    shine = np.exp(-away / 0.12) * 0.85 + np.exp(-away / 0.4) * 0.32
    lit = rgb(0.05, 0.075, 0.13) + shine[..., None] * rgb(0.74, 0.82, 0.95)
    rim = (veil - blur(veil, radius=side / 90))[..., None] * 1.3
    body = lit * (1 + np.clip(rim, -0.5, 0.6))
    cover = (cloud * 0.82)[..., None]
    ring = 0.06 * np.exp(-(((away - 0.115) / 0.012) ** 2))[..., None] * rgb(1.0, 0.95, 0.8)
    return np.asarray(sky * (1 - cover) + body * cover + ring, dtype=np.float32)


def galaxy_sky(dome: Dome, grade: Grade) -> Floats:
    """The milky way as an arch from one side of the land to the other."""
    glow, band = _galaxy(dome)
    crowd = paint_stars(
        width=dome.width, height=dome.height, seed=334 + dome.seed, density=5.0
    ).astype(np.float32)
    glow += crowd * (0.8 * np.clip(band, 0, 1))[..., None]
    del crowd
    glow *= (1 - smooth_step(0.72, 1.06, _heights(dome)))[..., None]
    return np.asarray(glow + _base(dome, grade, density=2.2), dtype=np.float32)


def _galaxy(dome: Dome) -> tuple[Floats, Floats]:
    """The light (H, W, 3) of the arch without its stars, and how dense it is (H, W)."""
    u, v = grid(width=dome.width, height=dome.height)
    side = max(dome.width, dome.height)
    wide, foot = dome.width / side, dome.horizon * dome.height / side
    lean = 0.06 * float(np.sin(dome.seed * 1.7))
    dx = (u - wide * (0.5 + lean)) / (wide * 0.62)
    dy = (foot * 1.22 - v) / (foot * 1.0)
    turn = np.arctan2(dy, dx)
    warp = octaves(seed=331 + dome.seed, u=turn * 2.2 + 4, v=np.hypot(dx, dy) * 3, count=4) - 0.5
    across = (np.hypot(dx, dy) - 1) + 0.12 * warp
    dust = octaves(seed=332 + dome.seed, u=u * 12, v=v * 12, count=6)
    fine = octaves(seed=333 + dome.seed, u=u * 30 + dust * 3, v=v * 30 + warp * 4, count=5)
    core = 0.75 + 0.75 * np.exp(-(((turn - 0.75) / 0.6) ** 2))
    band = np.exp(-((across / 0.21) ** 2)) * core
    lane = np.exp(-(((across - 0.03 + 0.16 * (dust - 0.5)) / 0.07) ** 2))
    lane = lane * smooth_step(0.32, 0.6, dust)
    glow = band * (0.22 + 0.9 * dust) * (1 - 0.8 * lane)
    warm = rgb(0.60, 0.46, 0.40) * (core / 1.5)[..., None]
    cool = rgb(0.34, 0.36, 0.56)
    heart = np.exp(-((across / 0.11) ** 2))[..., None]
    tint = cool * (1 - heart) + (warm * 0.75 + cool * 0.25) * heart
    pink = (smooth_step(0.55, 0.9, fine) * band)[..., None] * rgb(0.20, 0.05, 0.12)
    light = (glow * 1.25)[..., None] * tint + pink
    return light.astype(np.float32), band


def blue_hour_sky(dome: Dome, grade: Grade) -> Floats:
    """First stars over an afterglow with long thin clouds and a young moon."""
    u, v = grid(width=dome.width, height=dome.height)
    side = max(dome.width, dome.height)
    sky = _base(dome, grade, density=0.9)
    warp = octaves(seed=351 + dome.seed, u=u * 2, v=v * 5, count=3)
    streak = octaves(seed=350 + dome.seed, u=u * 2.4 + warp, v=v * 26 + warp * 3, count=5)
    t = _heights(dome)
    cover = smooth_step(0.52, 0.78, streak) * np.exp(-(((t - 0.74) / 0.24) ** 2)) * 0.85
    under = smooth_step(0.45, 1.0, t)[..., None]
    colour = rgb(0.22, 0.26, 0.46) * (1 - under) + rgb(0.92, 0.45, 0.42) * under
    sky = sky * (1 - cover[..., None]) + colour * cover[..., None]
    x, y, r = dome.x * dome.width / side, dome.y * dome.height / side, 0.024
    disc = 1 - smooth_step(r * 0.94, r * 1.06, np.hypot(u - x, v - y))
    bite = smooth_step(r * 0.92, r * 1.06, np.hypot(u - x + r * 0.5, v - y + r * 0.28))
    glow = 0.16 * np.exp(-np.hypot(u - x, v - y) / 0.05)
    sickle = (disc * bite)[..., None] * rgb(1.0, 0.95, 0.84)
    return np.asarray(sky + sickle + glow[..., None] * rgb(0.9, 0.85, 0.8))
