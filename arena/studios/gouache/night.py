"""A painted night: the land in cold tones under loose stars, a moon and a brushed sky."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.fonts import rasterise, sheet
from arena.studios.gouache.brush import Brush, brush_for, paint_over, surface
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.plan import Plan
from arena.studios.ray.night import need_sky
from arena.studios.sky import clean_edges, find_sky

Tone = tuple[float, float, float]


@dataclass(frozen=True)
class Nightfall:
    """Zenith, horizon and land tints, how light the land stays, and what the sky holds."""

    zenith: Tone
    horizon: Tone
    land: Tone
    level: float
    moon: str
    swirl: float
    stars: int
    halo: float
    brush: int


NIGHTS = (
    Nightfall((0.03, 0.06, 0.24), (0.16, 0.30, 0.56), (0.44, 0.60, 1.0), 0.66, "crescent", 0.5, 110, 0.5, 0),
    Nightfall((0.05, 0.09, 0.33), (0.26, 0.42, 0.62), (0.50, 0.62, 0.98), 0.72, "", 2.0, 46, 2.2, 3),
    Nightfall((0.02, 0.11, 0.19), (0.12, 0.36, 0.44), (0.46, 0.80, 0.92), 0.76, "full", 0.4, 60, 0.4, 1),
    Nightfall((0.09, 0.05, 0.24), (0.46, 0.26, 0.44), (0.66, 0.54, 0.96), 0.66, "band", 0.8, 200, 0.3, 2),
    Nightfall((0.01, 0.02, 0.09), (0.09, 0.13, 0.30), (0.38, 0.48, 0.86), 0.52, "thin", 0.9, 150, 0.7, 4),
)  # fmt: skip


def paint_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture (H, W, 3) as a painting of the same place at night.

    Raises DeclinedError when the picture shows no sky.
    """
    night = NIGHTS[take % len(NIGHTS)]
    height, width, _ = picture.shape
    mask = find_sky(picture)
    need_sky(mask)
    share = mask[..., None]
    land = _dark_land(clean_edges(picture, mask), night)
    sky = _sky(mask, night, take=take)
    scene = np.clip(land * (1 - share) + sky * share, 0, 1).astype(np.float32)
    brush = _night_brush(night, take)
    detail = np.abs(scene.mean(axis=2) - blur(scene.mean(axis=2), radius=max(height, width) / 200))
    focus = np.clip(blur(detail, radius=3) * 26, 0, 1) * (1 - mask)
    painted = paint_over(scene, brush=brush, take=take, focus=focus)
    painted[..., :3] += 0.5 * np.clip(scene - blur(scene, radius=2.0), -0.1, 0.1) * (1 - share)
    out = surface(painted, brush=brush, take=take)
    lights = _lights(mask, night, take=take)
    return np.asarray(
        np.clip(out * (1 - lights[..., 3:]) + lights[..., :3] * lights[..., 3:], 0, 1)
    )


def _night_brush(night: Nightfall, take: int) -> Brush:
    brush = brush_for(night.brush)
    return replace(
        brush,
        ground=night.zenith,
        jitter=brush.jitter * 0.55,
        swirl=night.swirl,
        vivid=1.15,
        limits=(0.0, 0.015, 0.022, 0.03),
        seed=brush.seed + take,
    )


def _dark_land(land: Floats, night: Nightfall) -> Floats:
    light = land @ np.array([0.30, 0.55, 0.15], dtype=np.float32)
    muted = light[..., None] + (land - light[..., None]) * 0.55
    shade = np.array(night.zenith) * 0.5
    return np.asarray(muted**1.02 * np.array(night.land) * night.level + shade * 0.6)


def _sky(mask: Floats, night: Nightfall, *, take: int) -> Floats:
    """Sky with streams of lighter paint that the strokes will follow."""
    height, width = mask.shape
    u, v = grid(width=width, height=height)
    rows = np.nonzero(mask.mean(axis=1) > 0.02)[0]
    bottom = float(rows.max() + 1) / max(height, width)
    t = np.clip(v / bottom, 0, 1)
    warp = octaves(seed=350 + take % 40, u=u * 3, v=v * 3, count=3)
    stream = octaves(seed=351 + take % 40, u=u * 2.2 + warp * 2.4, v=v * 7 + warp * 3.0, count=3)
    t3 = (np.clip(t + 0.10 * (warp - 0.5), 0, 1) ** 1.5)[..., None]
    sky = np.array(night.zenith) * (1 - t3) + np.array(night.horizon) * t3
    lift = (np.clip(stream - 0.5, -0.2, 0.3) * (0.35 + 0.5 * night.swirl))[..., None]
    sky = sky + lift * (np.array(night.horizon) * 1.1 + 0.06)
    if night.moon == "band":
        off = (v - bottom * (0.95 - 0.8 * u * max(height, width) / width)) / (bottom * 0.22)
        dust = np.exp(-(off**2)) * (0.35 + 1.1 * (stream - 0.25))
        sky = sky + np.clip(dust, 0, 1)[..., None] * np.array([0.20, 0.19, 0.28])
    if night.moon in {"full", "crescent", "thin"}:
        x, y = _moon_place(mask)
        far = np.hypot(u - x, v - y)
        rings = 0.5 + 0.5 * np.cos(far * 120) * np.exp(-far / 0.10)
        glow = np.exp(-far / 0.10) * 0.5 * (0.7 + 0.3 * rings)
        sky = sky + glow[..., None] * np.array([0.42, 0.50, 0.52])
    return np.asarray(np.clip(sky, 0, 1), dtype=np.float32)


def _moon_place(mask: Floats) -> tuple[float, float]:
    """Open sky near the upper right, in parts of the longer side."""
    height, width = mask.shape
    side = max(height, width)
    open_sky = blur(mask, radius=side * 0.03)
    u, v = grid(width=width, height=height)
    want = (u - 0.80 * width / side) ** 2 + (v - 0.13) ** 2
    score = np.where(open_sky > 0.97, -want, -9.0 + open_sky)
    row, column = np.unravel_index(int(score.argmax()), score.shape)
    return float(column) / side, float(row) / side


def _lights(mask: Floats, night: Nightfall, *, take: int) -> Floats:
    """Stars as dabs and the moon's disc (H, W, 4), only where sky is open."""
    height, width = mask.shape
    side = max(height, width)
    wide, tall = 1000 * width / side, 1000 * height / side
    rng = np.random.default_rng(360 + take)
    body = ""
    for _ in range(night.stars):
        x, y = rng.uniform(0, wide), rng.uniform(0, tall)
        size = 1.0 + 2.6 * rng.random() ** 3
        body += _star(x, y, size, night, rng)
    if night.moon in {"full", "crescent", "thin"}:
        x, y = (1000 * part for part in _moon_place(mask))
        body += _moon(x, y, night.moon)
    art = rasterise(sheet(body, width=wide, height=tall), width=width, height=height)
    inside = smooth_step(0.90, 1.0, blur(mask, radius=side / 300)) * mask
    return np.concatenate([art[..., :3], art[..., 3:] * inside[..., None]], axis=2)


def _star(x: float, y: float, size: float, night: Nightfall, rng: np.random.Generator) -> str:
    warm = ("#fff6da", "#ffe9b0", "#e9f1ff", "#ffffff")[int(rng.integers(0, 4))]
    out = ""
    if night.halo > 1:
        # Rings of short strokes around great stars.
        for ring_ in range(3):
            r = size * (4 + 4.2 * ring_)
            out += (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="none" stroke="#f6d98a" '
                f'stroke-width="{size * 1.5:.1f}" stroke-dasharray="{size * 4:.1f} {size * 2.4:.1f}" '
                f'stroke-linecap="round" stroke-opacity="{0.62 - 0.17 * ring_:.2f}"/>'
            )
        size *= 2.0
    elif size > 2.2:
        out += f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size * 3.2:.1f}" fill="{warm}" fill-opacity="0.14"/>'
    turn = rng.uniform(0, 180)
    return out + (
        f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{size * 1.15:.2f}" ry="{size * 0.85:.2f}" '
        f'transform="rotate({turn:.0f} {x:.1f} {y:.1f})" fill="{warm}" '
        f'fill-opacity="{rng.uniform(0.65, 1):.2f}"/>'
    )


def _moon(x: float, y: float, kind: str) -> str:
    r = {"full": 34.0, "crescent": 30.0, "thin": 22.0}[kind]
    if kind == "full":
        return (
            f'<circle cx="{x}" cy="{y}" r="{r}" fill="#fbf3d6"/><circle cx="{x - 9}" cy="{y - 8}" r="8" '
            f'fill="#e2d9bd" fill-opacity="0.8"/><circle cx="{x + 10}" cy="{y + 6}" r="10" fill="#e6ddc2" '
            f'fill-opacity="0.8"/><circle cx="{x - 5}" cy="{y + 15}" r="5" fill="#e2d9bd" fill-opacity="0.8"/>'
        )
    inner = r * (1.22 if kind == "crescent" else 1.02)
    return (
        f'<path d="M{x + r * 0.3:.1f} {y - r:.1f} A{r} {r} 0 1 0 {x + r * 0.3:.1f} {y + r:.1f} '
        f'A{inner:.1f} {inner:.1f} 0 0 1 {x + r * 0.3:.1f} {y - r:.1f} Z" fill="#fdf0c4"/>'
    )
