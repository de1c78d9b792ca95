"""The road along the bottom of the picture: verge, guard rail, asphalt, lines."""

from __future__ import annotations

import numpy as np

from arena.studios.coast.looks import Look
from arena.studios.noise import Floats, octaves, smooth_step


def paint_road(picture: Floats, *, look: Look, top: float) -> Floats:
    """Lay verge, rail and road over the scene from row `top` down; things near are streaked."""
    out = _verge(picture, look, top)
    out = _rail(out, look, top)
    return _asphalt(out, look, top)


def _light(look: Look, share: float = 0.6) -> Floats:
    return (
        np.array(look.ambient, dtype=np.float32) * 0.9
        + np.array(look.light, dtype=np.float32) * share
    )


def _streaks(look: Look, x: Floats, y: Floats, *, seed: int, long: float, fine: float) -> Floats:
    return octaves(seed=look.seed + seed, u=x / long, v=y / fine, count=4)


def _verge(picture: Floats, look: Look, top: float) -> Floats:
    """Dry grass and flowers on the sea side, drawn out by the speed."""
    height, width, _ = picture.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    unit = height / 768
    slow = octaves(seed=look.seed + 70, u=x / (150 * unit), v=0 * y, count=4)
    tuft = _streaks(look, x, y, seed=71, long=9 * unit, fine=26 * unit)
    edge = top - (20 + 40 * (slow - 0.35)) * unit - 24 * unit * (tuft - 0.5)
    cover = smooth_step(-1.5, 1.5, y - edge)[..., None]
    blade = _streaks(look, x + 0.4 * y, y, seed=72, long=14 * unit, fine=9 * unit)
    tone = (
        np.array(look.grass, dtype=np.float32) * 0.55
        + np.array(look.grass, dtype=np.float32) * 0.75 * blade[..., None]
    )
    bloom = smooth_step(0.70, 0.76, _streaks(look, x, y, seed=73, long=11 * unit, fine=5 * unit))
    tone = (
        tone * (1 - 0.8 * bloom[..., None])
        + np.array([0.92, 0.62, 0.16], dtype=np.float32) * 0.8 * bloom[..., None]
    )
    deep = np.clip((y - edge) / (44 * unit), 0, 1)[..., None]
    tone = tone * (1.08 - 0.5 * deep) * _light(look)
    return np.asarray(picture * (1 - cover) + tone * cover)


def _rail(picture: Floats, look: Look, top: float) -> Floats:
    """A galvanised guard rail: posts, then the rolled beam with its highlights."""
    height, width, _ = picture.shape
    unit = height / 768
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    gap, wide = 112 * unit, 9 * unit
    from_post = np.abs((x + look.seed * 17 * unit) % gap - gap / 2)
    post = (1 - smooth_step(wide * 0.5, wide, from_post)) * (
        smooth_step(-1, 1, y - (top - 40 * unit)) * (1 - smooth_step(-1, 1, y - (top + 2 * unit)))
    )
    wood = np.array([0.36, 0.29, 0.23], dtype=np.float32) * _light(look, 0.5)
    out = picture * (1 - 0.92 * post[..., None]) + wood * 0.92 * post[..., None]
    t = (y - (top - 37 * unit)) / (20 * unit)
    beam = smooth_step(0.0, 0.06, t) * (1 - smooth_step(0.94, 1.0, t))
    roll = 0.62 + 0.30 * np.cos(t * 4 * np.pi + 0.7) - 0.16 * t
    glint = np.exp(-(((x / width - look.sun[0]) / 0.28) ** 2)) * 0.35
    scuff = 0.06 * (_streaks(look, x, y, seed=75, long=120 * unit, fine=4 * unit) - 0.5)
    steel = (
        (roll + glint * roll + scuff)[..., None]
        * np.array([0.80, 0.82, 0.84], dtype=np.float32)
        * _light(look, 0.55)
    )
    return np.asarray(out * (1 - beam[..., None]) + steel * beam[..., None])


def _asphalt(picture: Floats, look: Look, top: float) -> Floats:
    height, width, _ = picture.shape
    unit = height / 768
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    depth = np.clip((y - top) / (height - top), 0, 1)
    grit = _streaks(look, x, y, seed=76, long=46 * unit, fine=1.7 * unit) - 0.5
    worn = _streaks(look, x, y, seed=77, long=420 * unit, fine=22 * unit) - 0.5
    level = 0.40 + 0.10 * grit + 0.13 * worn - 0.07 * depth
    tone = level[..., None] * np.array([1.0, 0.985, 0.97], dtype=np.float32)
    gravel = (1 - smooth_step(0.0, 0.10, depth + 0.05 * grit))[..., None]
    stones = (0.56 + 0.35 * grit)[..., None] * np.array([1.0, 0.92, 0.80], dtype=np.float32)
    tone = tone * (1 - gravel) + stones * gravel
    for at, thick, paint in (
        (0.155, 0.020, (0.92, 0.91, 0.87)),
        (0.80, 0.030, (0.93, 0.70, 0.16)),
        (0.89, 0.034, (0.93, 0.70, 0.16)),
    ):
        line = (1 - smooth_step(thick * 0.42, thick * 0.55, np.abs(depth - at))) * (
            0.85 + 0.5 * grit
        )
        line = np.clip(line, 0, 1)[..., None]
        tone = tone * (1 - line) + np.array(paint, dtype=np.float32) * line
    sheen = np.exp(-(((x / width - look.sun[0]) / 0.3) ** 2)) * (1 - depth) * look.glitter * 0.22
    lit = tone * _light(look, 0.62) + sheen[..., None] * np.array(look.light, dtype=np.float32)
    cover = smooth_step(-0.8, 0.8, y - top)[..., None]
    return np.asarray(picture * (1 - cover) + lit * cover)
