"""Grounds for painted animals: sky, hills, trees and meadow by mood, and light to lay over all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.fonts import rasterise, sheet
from arena.studios.gouache.fur import Colour, Light, hex_colour
from arena.studios.noise import Floats, blur, grid, octaves


@dataclass(frozen=True)
class Mood:
    """Colours of a place and hour, 0..1; the sun's place in parts of the page; ray strength."""

    top: Colour
    low: Colour
    hills: tuple[Colour, Colour]
    trees: Colour
    far: Colour
    near: Colour
    sun: tuple[float, float]
    glow: Colour
    rays: float
    light: Light
    flowers: tuple[str, ...]
    horizon: float = 0.46
    petals: float = 1.0


WARM = Light()
MOODS: tuple[Mood, ...] = (
    Mood((0.99, 0.82, 0.52), (1.0, 0.94, 0.74), ((0.93, 0.80, 0.56), (0.72, 0.74, 0.44)),
         (0.52, 0.56, 0.26), (0.86, 0.83, 0.40), (0.36, 0.52, 0.18), (0.24, 0.20),
         (1.0, 0.90, 0.58), 0.55, WARM, ("daisy", "poppy", "buttercup", "cornflower")),
    Mood((0.98, 0.68, 0.58), (1.0, 0.88, 0.72), ((0.86, 0.62, 0.62), (0.66, 0.58, 0.52)),
         (0.46, 0.42, 0.36), (0.84, 0.74, 0.46), (0.40, 0.50, 0.26), (0.78, 0.24),
         (1.0, 0.80, 0.58), 0.50, replace(WARM, rim=(1.0, 0.78, 0.58)),
         ("cosmos", "daisy", "aster"), 0.40),
    Mood((0.62, 0.74, 0.62), (0.98, 0.95, 0.70), ((0.70, 0.80, 0.58), (0.50, 0.66, 0.42)),
         (0.26, 0.42, 0.28), (0.76, 0.82, 0.36), (0.24, 0.44, 0.20), (0.5, 0.10),
         (1.0, 0.97, 0.66), 0.75, replace(WARM, sun=(1.0, 0.97, 0.78)),
         ("buttercup", "daisy", "cornflower"), 0.36),
    Mood((0.58, 0.60, 0.82), (1.0, 0.80, 0.66), ((0.68, 0.60, 0.78), (0.56, 0.54, 0.64)),
         (0.36, 0.38, 0.46), (0.78, 0.72, 0.56), (0.34, 0.44, 0.34), (0.70, 0.34),
         (1.0, 0.82, 0.62), 0.40, replace(WARM, shade=(0.42, 0.38, 0.60)),
         ("aster", "cosmos", "daisy", "cornflower"), 0.50),
    Mood((0.96, 0.62, 0.30), (1.0, 0.86, 0.50), ((0.88, 0.58, 0.32), (0.66, 0.48, 0.26)),
         (0.42, 0.32, 0.16), (0.90, 0.72, 0.30), (0.44, 0.42, 0.14), (0.5, 0.36),
         (1.0, 0.88, 0.48), 0.60, replace(WARM, sun=(1.0, 0.88, 0.64), edge=1.0),
         ("poppy", "buttercup", "daisy"), 0.56),
)  # fmt: skip
_BLUES: tuple[tuple[Colour, Colour], ...] = (
    ((0.44, 0.68, 0.90), (0.88, 0.95, 0.95)),
    ((0.56, 0.76, 0.90), (0.99, 0.94, 0.86)),
    ((0.36, 0.66, 0.80), (0.86, 0.95, 0.84)),
    ((0.52, 0.66, 0.90), (0.92, 0.90, 0.98)),
    ((0.40, 0.72, 0.88), (0.99, 0.96, 0.80)),
)


def mood_for(*, hour: str, setting: str, take: int) -> Mood:
    """The mood of a take at an hour (sunrise, sunset, night or any) and in a setting."""
    mood = MOODS[take % len(MOODS)]
    if hour == "sunset":
        mood = replace(mood, top=_mix(mood.top, (0.72, 0.36, 0.46), 0.45), low=_mix(
            mood.low, (1.0, 0.66, 0.36), 0.5))  # fmt: skip
    elif hour == "night":
        mood = _night(mood)
    elif hour != "sunrise":
        top, low = _BLUES[take % len(_BLUES)]
        mood = replace(mood, top=top, low=low, near=_mix(mood.near, (0.26, 0.56, 0.22), 0.4),
                       far=_mix(mood.far, (0.62, 0.80, 0.36), 0.5), rays=mood.rays * 0.6)  # fmt: skip
    if setting in {"snow", "winter"}:
        mood = replace(mood, far=(0.96, 0.95, 0.97), near=(0.80, 0.85, 0.94), flowers=(),
                       hills=((0.86, 0.88, 0.94), (0.78, 0.82, 0.90)))  # fmt: skip
    elif setting in {"beach", "desert"}:
        mood = replace(mood, far=(0.96, 0.88, 0.68), near=(0.88, 0.74, 0.52), flowers=())
    elif setting in {"forest", "woods", "jungle"}:
        mood = replace(mood, horizon=0.30, trees=_mix(mood.trees, (0.16, 0.30, 0.18), 0.5))
    return mood


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def _night(mood: Mood) -> Mood:
    dark: Colour = (0.08, 0.13, 0.28)
    return replace(
        mood,
        top=(0.06, 0.09, 0.24),
        low=(0.22, 0.30, 0.50),
        hills=(_mix(mood.hills[0], dark, 0.75), _mix(mood.hills[1], dark, 0.8)),
        trees=(0.06, 0.12, 0.18),
        far=_mix(mood.far, dark, 0.65),
        near=_mix(mood.near, dark, 0.72),
        glow=(0.86, 0.92, 1.0),
        petals=0.62,
        rays=0.3,
        light=Light(
            sun=(0.74, 0.80, 1.0), shade=(0.26, 0.28, 0.46), rim=(0.80, 0.90, 1.0), edge=0.7
        ),
    )


def paint_ground(*, mood: Mood, take: int, width: int, height: int) -> Floats:
    """The underdrawing of a place (H, W, 3): flat masses for the brush to go over."""
    u, v = grid(width=width, height=height)
    v = v / v.max()
    u = u / u.max()
    line = mood.horizon
    t = np.clip(v / line, 0, 1)[..., None]
    picture = np.array(mood.top) * (1 - t) + np.array(mood.low) * t
    near = np.hypot((u - mood.sun[0]) * width / height, v - mood.sun[1])[..., None]
    halo = 0.9 * np.exp(-((near / 0.10) ** 2)) + 0.55 * np.exp(-near / 0.28)
    halo = np.clip(halo, 0, 1)
    picture = picture * (1 - halo) + np.array(mood.glow) * halo
    d = np.clip((v - line) / (1 - line), 0, 1)[..., None]
    field = np.array(mood.far) * (1 - d**0.7) + np.array(mood.near) * d**0.7
    patch = octaves(seed=70 + take % 50, u=u * 5, v=v * 16, count=4)[..., None] - 0.5
    field = field * (1 + 0.5 * patch)
    edge = line + 0.03 * (octaves(seed=71 + take % 50, u=u * 3, v=u * 0, count=3) - 0.5)
    below = np.clip((v - edge) * 200, 0, 1)[..., None]
    picture = picture * (1 - below) + field * below
    art = rasterise(_masses(mood, take, width / height), width=width, height=height)
    alpha = art[..., 3:]
    picture = picture * (1 - alpha) + art[..., :3] * alpha
    # Trees and hills near the sun drown in its light.
    flood = 0.6 * np.exp(-near / 0.22) * (v[..., None] < line + 0.12)
    picture = picture * (1 - flood) + np.array(mood.glow) * flood
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)


def _masses(mood: Mood, take: int, aspect: float) -> str:
    """Hills and clumps of trees about the horizon, on a page 1000 high."""
    rng = np.random.default_rng(300 + take)
    wide, base = 1000 * aspect, mood.horizon * 1000
    out = ""
    for number, colour in enumerate(mood.hills):
        y = base - 70 + 48 * number
        points = " ".join(
            f"{wide * k / 8:.0f},{y + rng.uniform(-44, 44):.0f}" for k in range(9)
        )  # fmt: skip
        out += (
            f'<polygon points="0,{base + 30:.0f} {points} {wide:.0f},{base + 30:.0f}" '
            f'fill="{hex_colour(colour)}" stroke="{hex_colour(colour)}" stroke-width="40" '
            'stroke-linejoin="round"/>'
        )
    out += _bushes(base, wide, mood, rng)
    for _ in range(5 + take % 3):
        # Trees keep to the sides so that the middle stays open to the light.
        side = rng.choice((-1, 1))
        x = wide * (0.5 + side * rng.uniform(0.26, 0.54))
        tall = rng.uniform(130, 300) * (1.3 if base < 340 else 1.0)
        out += _tree(x, base + rng.uniform(5, 40), tall, mood, rng)
    return sheet(out, width=wide, height=1000)


def _tree(x: float, y: float, tall: float, mood: Mood, rng: np.random.Generator) -> str:
    """A crown of many leafy blots: dark below, lit above and towards the sun."""
    trunk = hex_colour(_mix(mood.trees, (0.24, 0.15, 0.10), 0.5))
    out = (
        f'<path d="M{x - tall * 0.045:.0f} {y:.0f} L{x - tall * 0.015:.0f} {y - tall * 0.6:.0f} '
        f'H{x + tall * 0.015:.0f} L{x + tall * 0.045:.0f} {y:.0f} Z" fill="{trunk}"/>'
    )
    count = 90
    turn, reach = rng.uniform(0, 2 * np.pi, count), np.sqrt(rng.random(count))
    dx, dy = np.cos(turn) * reach, np.sin(turn) * reach
    for k in np.argsort(-dy + rng.normal(0, 0.35, count)).tolist():
        lit = float(np.clip(0.30 - 0.34 * dy[k] + rng.normal(0, 0.14), 0, 0.75))
        tone = _mix(_mix(mood.trees, (0.10, 0.10, 0.12), 0.22), _mix(mood.far, mood.glow, 0.4), lit)
        out += (
            f'<circle cx="{x + dx[k] * tall * 0.32:.0f}" cy="{y - tall * 0.66 + dy[k] * tall * 0.34:.0f}" '
            f'r="{tall * rng.uniform(0.035, 0.085):.0f}" fill="{hex_colour(tone)}"/>'
        )
    return out


def _bushes(base: float, wide: float, mood: Mood, rng: np.random.Generator) -> str:
    """Hedges along the horizon, so that field and hills do not meet in a ruled line."""
    out = ""
    for _ in range(70):
        x, r = rng.uniform(0, wide), rng.uniform(9, 30)
        if abs(x / wide - 0.5) < 0.12 * rng.random():
            continue
        tone = _mix(mood.trees, mood.far, float(rng.uniform(0.15, 0.75)))
        out += (
            f'<ellipse cx="{x:.0f}" cy="{base + rng.uniform(-4, 22):.0f}" rx="{r * 1.5:.0f}" ry="{r:.0f}" '
            f'fill="{hex_colour(tone)}"/>'
        )
    return out


def add_light(picture: Floats, *, mood: Mood, take: int, cover: Floats) -> Floats:
    """God rays from the sun, a bloom about it, and sparkles of dew low in the picture.

    What stands in front, `cover` (H, W), keeps its eyes clear of the light.
    """
    height, width, _ = picture.shape
    u, v = grid(width=width, height=height)
    side = max(width, height)
    sx, sy = mood.sun[0] * width / side, (mood.sun[1] - 0.05) * height / side
    far = np.hypot(u - sx, v - sy)
    angle = np.arctan2(v - sy, u - sx)
    beam = octaves(seed=80 + take % 50, u=angle * 6 + 40, v=far * 0.25, count=2)
    beam = np.clip((beam - 0.48) * 3.6, 0, 1) * np.clip(far * 4, 0, 1)
    rays = mood.rays * (0.95 * beam * np.exp(-far / 0.75) + 0.42 * np.exp(-far / 0.26))
    free = 1 - 0.84 * cover
    rays = rays * free
    glow = np.array(mood.glow, dtype=np.float32)
    out = 1 - (1 - picture) * (1 - rays[..., None] * glow)
    dew = _sparkles(width, height, take) * free
    out = 1 - (1 - out) * (1 - dew[..., None] * glow)
    return np.asarray(np.clip(out, 0, 1), dtype=np.float32)


def _sparkles(width: int, height: int, take: int) -> Floats:
    rng = np.random.default_rng(500 + take)
    body = ""
    for _ in range(46):
        x, y, r = rng.uniform(0, 1000), 1000 * rng.beta(4, 1.7), rng.uniform(3, 12)
        body += (
            f'<path d="M{x} {y - r} Q{x} {y} {x + r} {y} Q{x} {y} {x} {y + r} Q{x} {y} {x - r} {y} '
            f'Q{x} {y} {x} {y - r} Z" fill="#fff" fill-opacity="{rng.uniform(0.6, 1):.2f}"/>'
        )
    for _ in range(26):
        x, y, r = rng.uniform(0, 1000), rng.uniform(80, 980), rng.uniform(4, 22)
        body += f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="#fff" fill-opacity="0.13"/>'
    art = rasterise(sheet(body), width=max(width, height), height=max(width, height))
    plane = art[:height, :width, 3]
    return np.asarray(plane + 0.8 * blur(plane, radius=max(width, height) / 200))
