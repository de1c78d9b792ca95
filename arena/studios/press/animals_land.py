"""The paper land the animals live in: sky rings, sun rays, hills, trees, flowers, grass."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from arena.studios.flat.drawing import ellipse, polygon, shade
from arena.studios.flat.inks import svg_colour
from arena.studios.flat.motifs import star_path
from arena.studios.vocabulary import Rgb

Rng = np.random.Generator


@dataclass(frozen=True)
class Mood:
    """Papers of one picture: sky from the sun outwards, sun, hills far to near, flowers."""

    sky: tuple[Rgb, ...]
    sun: Rgb
    hills: tuple[Rgb, ...]
    flowers: tuple[Rgb, ...]
    stars: bool = False


SUNRISES: tuple[Mood, ...] = (
    Mood(((255, 240, 196), (255, 222, 150), (252, 194, 116), (246, 162, 98), (236, 136, 92)), (255, 252, 226),
         ((226, 172, 110), (190, 168, 92), (138, 158, 82), (92, 138, 74), (58, 110, 66)),
         ((240, 92, 78), (255, 250, 236), (250, 200, 64), (150, 110, 190))),
    Mood(((255, 236, 214), (255, 208, 190), (250, 176, 172), (226, 146, 170), (184, 124, 170)), (255, 250, 232),
         ((206, 142, 168), (168, 140, 168), (122, 150, 142), (84, 142, 118), (48, 108, 98)),
         ((255, 240, 246), (240, 110, 140), (252, 206, 90), (120, 130, 210))),
    Mood(((255, 250, 214), (240, 246, 206), (206, 236, 212), (164, 218, 214), (120, 192, 206)), (255, 228, 120),
         ((160, 206, 190), (142, 196, 146), (112, 180, 104), (82, 156, 78), (48, 122, 66)),
         ((255, 252, 244), (244, 120, 100), (250, 206, 70), (240, 150, 190))),
    Mood(((255, 238, 204), (254, 208, 158), (248, 168, 128), (224, 124, 110), (168, 88, 104)), (255, 248, 220),
         ((232, 160, 120), (196, 128, 104), (120, 120, 98), (60, 104, 98), (28, 74, 84)),
         ((250, 232, 204), (240, 120, 90), (250, 196, 90), (236, 160, 170))),
    Mood(((250, 232, 190), (246, 214, 160), (240, 196, 136), (232, 180, 120), (70, 104, 128)), (226, 88, 62),
         ((188, 190, 160), (122, 152, 140), (70, 118, 120), (40, 82, 100), (24, 52, 76)),
         ((226, 88, 62), (250, 236, 204), (240, 176, 72), (250, 236, 204))),
)  # fmt: skip
SUNSETS: tuple[Mood, ...] = (
    Mood(((255, 214, 130), (252, 166, 96), (236, 112, 92), (186, 76, 106), (110, 56, 112)), (255, 240, 190),
         ((176, 84, 100), (128, 80, 104), (88, 92, 92), (60, 94, 76), (36, 74, 66)),
         ((255, 190, 120), (250, 236, 210), (244, 106, 98), (206, 140, 210))),
    SUNRISES[3],
    Mood(((255, 226, 180), (252, 186, 160), (224, 140, 170), (160, 112, 178), (96, 86, 156)), (255, 246, 214),
         ((140, 104, 160), (104, 106, 150), (78, 118, 128), (56, 110, 100), (34, 84, 80)),
         ((255, 206, 150), (250, 240, 230), (240, 120, 150), (160, 170, 240))),
)  # fmt: skip
DAYS: tuple[Mood, ...] = (
    Mood(((252, 250, 230), (226, 244, 240), (190, 230, 242), (152, 212, 238), (118, 192, 230)), (255, 226, 110),
         ((170, 206, 200), (140, 198, 150), (112, 184, 108), (80, 160, 82), (46, 126, 70)),
         ((240, 92, 78), (255, 252, 244), (250, 204, 64), (120, 120, 210))),
    SUNRISES[2],
    Mood(((255, 246, 222), (252, 230, 200), (206, 226, 220), (162, 206, 214), (122, 180, 200)), (255, 214, 120),
         ((214, 206, 160), (184, 196, 120), (146, 178, 92), (106, 152, 76), (64, 116, 66)),
         ((244, 120, 90), (255, 250, 236), (240, 150, 180), (90, 130, 200))),
)  # fmt: skip
NIGHTS: tuple[Mood, ...] = (
    Mood(((110, 132, 190), (78, 98, 160), (54, 72, 132), (38, 50, 104), (26, 34, 78)), (255, 244, 208),
         ((64, 84, 136), (50, 76, 118), (40, 72, 98), (32, 66, 80), (22, 50, 60)),
         ((190, 200, 240), (250, 236, 200), (240, 160, 190), (150, 140, 230)), True),
    Mood(((150, 120, 180), (112, 86, 154), (80, 62, 128), (56, 44, 100), (36, 28, 72)), (255, 226, 180),
         ((92, 74, 132), (70, 70, 120), (52, 74, 106), (38, 70, 88), (24, 52, 66)),
         ((250, 220, 230), (250, 236, 200), (250, 190, 120), (170, 160, 240)), True),
)  # fmt: skip
SNOW: tuple[Rgb, ...] = (
    (206, 222, 234), (218, 230, 240), (230, 238, 246), (240, 246, 250), (250, 252, 254),
)  # fmt: skip
SAND: tuple[Rgb, ...] = (
    (120, 196, 206), (86, 176, 196), (240, 226, 190), (246, 220, 170), (240, 206, 146),
)  # fmt: skip


def choose_mood(*, hour: str, take: int) -> Mood:
    """The papers for an hour: five for sunrise, two or three for the others, turning by take."""
    moods = {"sunrise": SUNRISES, "sunset": SUNSETS, "night": NIGHTS}.get(hour, DAYS)
    return moods[take % len(moods)]


def draw_sky(mood: Mood, *, wide: float, tall: float, x: float, y: float, disc: float) -> str:
    """Rings of sky paper about a sun at (x, y), and its rays."""
    out = f'<rect width="{wide:.0f}" height="{tall:.0f}" fill="{svg_colour(mood.sky[-1])}"/>'
    reach = math.hypot(wide, tall)
    for number in range(len(mood.sky) - 2, -1, -1):
        r = reach * (0.16 + 0.15 * number) + disc * 0.3
        ring = _scallops(x, y, r, 22 + 5 * number)
        out += soft_edge(ring, 5) + f'<path d="{ring}" fill="{svg_colour(mood.sky[number])}"/>'
    if not mood.stars:
        out += _rays(mood, x, y, reach)
    out += (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{disc:.0f}" fill="{svg_colour(mood.sun)}" '
        'filter="url(#glow)"/>'
    )
    return out + (_stars(wide, tall) if mood.stars else "")


def soft_edge(path: str, size: float) -> str:
    """A shadow about an outline from a few wide, thin strokes: far cheaper than a blur filter."""
    return "".join(
        f'<path d="{path}" transform="translate(0 {size * 0.6:.1f})" fill="none" stroke="#3a1428" '
        f'stroke-width="{size * grow:.1f}" stroke-opacity="0.045" stroke-linejoin="round"/>'
        for grow in (0.8, 1.6, 2.6, 3.8, 5.2)
    )


def _scallops(x: float, y: float, r: float, count: int) -> str:
    """A nearly round outline that swings a little, as if cut by hand."""
    spots = []
    for k in range(120):
        a = 2 * math.pi * k / 120
        d = r * (1 + 0.012 * math.sin(a * count) + 0.03 * math.sin(a * 3 + r))
        spots.append(f"{x + d * math.cos(a):.1f} {y + d * math.sin(a):.1f}")
    return "M" + " L".join(spots) + " Z"


def _rays(mood: Mood, x: float, y: float, reach: float) -> str:
    out = ""
    for k in range(15):
        a = math.pi * (1 + (k + 0.5) / 15) if k % 2 else math.pi * (1 + (k + 0.4) / 15)
        half = 0.045 if k % 2 else 0.075
        ends = [
            (x + reach * math.cos(a + s * half), y + reach * math.sin(a + s * half))
            for s in (-1, 1)
        ]
        out += polygon([(x, y), *ends], svg_colour(mood.sun), 'fill-opacity="0.20"')
    return out


def draw_beams(mood: Mood, *, x: float, y: float, wide: float, tall: float) -> str:
    """Slanting light that falls over the meadow in front of everything."""
    if mood.stars:
        return ""
    out = ""
    for k, lean in enumerate((-0.75, -0.34, 0.06, 0.44, 0.82)):
        half = 0.03 + 0.022 * (k % 2)
        ends = [(x + (lean + s * half) * wide, tall) for s in (-1, 1)]
        out += polygon([(x - 6, y), (x + 6, y), ends[1], ends[0]], "#fff3c4", 'fill-opacity="0.10"')
    return out


def _stars(wide: float, tall: float) -> str:
    rng = np.random.default_rng(5)
    return "".join(
        "<path "
        f'd="{star_path(r, r * 0.4, points=4, x=rng.uniform(0, wide), y=rng.uniform(0, tall * 0.5))}" '
        ""
        'fill="#fff6d8"/>'
        for r in rng.uniform(3, 12, size=46)
    )


def land_colours(mood: Mood, setting: str) -> tuple[Rgb, ...]:
    """Hill papers far to near for a setting."""
    return {"snow": SNOW, "beach": SAND}.get(setting, mood.hills)


def ridge(
    *, wide: float, level: float, swing: float, phase: float, waves: float
) -> list[tuple[float, float]]:
    """The upper edge of a hill from left to right."""
    return [
        (
            wide * k / 60,
            level
            + swing * math.sin(phase + waves * k / 60 * 2 * math.pi)
            + swing * 0.35 * math.sin(2.7 * phase + 2.3 * waves * k / 60 * 2 * math.pi),
        )
        for k in range(-1, 62)
    ]


def draw_hill(
    points: list[tuple[float, float]], *, tall: float, colour: Rgb, name: str, trees: str = ""
) -> str:
    """A hill with a paler rim along its edge; `trees` stand behind the edge."""
    edge = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    foot = f"L{points[-1][0]:.1f} {tall + 40:.0f} L{points[0][0]:.1f} {tall + 40:.0f} Z"
    inner = " L".join(f"{x:.1f} {y + 13 + 5 * math.sin(x / 70):.1f}" for x, y in points)
    return (
        f'{trees}{soft_edge("M" + edge, 7)}<path d="M{edge} {foot}" fill="{shade(colour, 0.2)}"/>'
        f'<path d="M{inner} {foot}" fill="url(#{name})"/>'
    )


def hill_paint(colour: Rgb, name: str) -> str:
    """A gradient from a hill's colour to a slightly deeper foot."""
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" '
        f'stop-color="{shade(colour, 0)}"/>'
        f'<stop offset="0.8" stop-color="{shade(colour, -0.2)}"/></linearGradient>'
    )


def draw_trees(
    points: list[tuple[float, float]],
    *,
    colour: Rgb,
    rng: Rng,
    count: int,
    size: float,
    setting: str,
) -> str:
    """Small trees on a ridge: round ones, or firs in forest and snow."""
    out = ""
    for _ in range(count):
        x, y = points[int(rng.integers(2, len(points) - 2))]
        h = size * rng.uniform(0.7, 1.3)
        out += (
            f'<rect x="{x - h * 0.04:.1f}" y="{y - h * 0.4:.1f}" width="{h * 0.08:.1f}" '
            f'height="{h * 0.5:.1f}" fill="{shade(colour, -0.4)}"/>'
        )
        if setting in {"forest", "snow"} or rng.random() < 0.3:
            for k in range(3):
                top, low, half = (
                    y - h * (1.25 - 0.28 * k),
                    y - h * (0.66 - 0.26 * k),
                    h * (0.2 + 0.08 * k),
                )
                out += polygon(
                    [(x, top), (x + half, low), (x - half, low)], shade(colour, -0.12 + 0.06 * k)
                )
        else:
            out += ellipse(x, y - h * 0.72, h * 0.34, h * 0.42, shade(colour, -0.1))
            out += ellipse(x + h * 0.08, y - h * 0.8, h * 0.2, h * 0.26, shade(colour, 0.1))
    return out


def draw_flower(
    kind: int, *, x: float, y: float, size: float, colour: Rgb, stem: Rgb, lean: float
) -> str:
    """A flower with its foot at (x, y): daisy, poppy, lupin or tulip."""
    tx = lean * 30
    heads = (_daisy, _poppy, _lupin, _tulip)
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.3f})">'
        f'<path d="M0 0 Q{tx * 0.1:.1f} -60 {tx:.1f} -100" fill="none" stroke="{shade(stem, 0)}" '
        'stroke-width="6" stroke-linecap="round"/>'
        f'<path d="M1 -30 C26 -40 34 -62 36 -76 C14 -70 2 -54 1 -30 Z" fill="{shade(stem, 0.12)}"/>'
        f'<g transform="translate({tx:.1f} -100) rotate({lean * 16:.1f})">{heads[kind % 4](colour)}</g></g>'
    )


def _daisy(colour: Rgb) -> str:
    petal = f'<ellipse cx="0" cy="-20" rx="8.5" ry="17" fill="{shade(colour, 0)}"'
    return "".join(f'{petal} transform="rotate({40 * k})"/>' for k in range(9)) + ellipse(
        0, 0, 11, 11, "#f6b93b"
    )


def _poppy(colour: Rgb) -> str:
    petals = ((-15, -6, -0.12), (15, -6, -0.12), (0, -18, 0.0), (0, 6, 0.1))
    return "".join(ellipse(x, y, 21, 20, shade(colour, tone)) for x, y, tone in petals) + ellipse(
        0, -4, 8, 8, "#3a2a30"
    )


def _lupin(colour: Rgb) -> str:
    return "".join(
        ellipse(s * (10 - k), 12 - 13 * k, 9.5 - k * 0.8, 8.5, shade(colour, 0.05 * k))
        for k in range(6)
        for s in (-1, 1)
    )


def _tulip(colour: Rgb) -> str:
    return (
        '<path d="M-22 -26 L-10 -12 L0 -30 L10 -12 L22 -26 C30 10 16 22 0 22 C-16 22 -30 10 '
        f'-22 -26 Z" fill="{shade(colour, 0)}"/><path d="M-10 -12 L0 -30 L10 -12 C12 6 8 20 0 22 '
        f'C-8 20 -12 6 -10 -12 Z" fill="{shade(colour, 0.22)}"/>'
    )


def draw_meadow(
    mood: Mood, *, wide: float, low: float, high: float, rng: Rng, count: int, size: float
) -> str:
    """Flowers and tufts scattered between two heights, far ones smaller and first."""
    spots = sorted((rng.uniform(low, high), rng.uniform(0, wide)) for _ in range(count))
    out = ""
    stem = mood.hills[3]
    for number, (y, x) in enumerate(spots):
        grow = size * (0.55 + 0.45 * (y - low) / max(high - low, 1))
        out += draw_tuft(x + 14, y, grow, stem, rng)
        if number % 3:
            colour = mood.flowers[int(rng.integers(0, len(mood.flowers)))]
            kind = int(rng.integers(0, 4))
            out += draw_flower(
                kind, x=x, y=y, size=grow, colour=colour, stem=stem, lean=float(rng.uniform(-1, 1))
            )
    return out


def draw_tuft(x: float, y: float, size: float, colour: Rgb, rng: Rng) -> str:
    """A tuft of grass with its foot at (x, y)."""
    out = ""
    for k in range(5):
        lean, length = (
            (k - 2) * 15 + rng.uniform(-6, 6),
            60 + 26 * (2 - abs(k - 2)) * rng.uniform(0.7, 1.1),
        )
        out += (
            f'<path d="M-7 2 Q{lean * 0.2:.1f} {-length * 0.6:.1f} {lean:.1f} {-length:.1f} '
            f"Q{lean * 0.4 + 9:.1f} "
            f'{-length * 0.5:.1f} 7 2 Z" '
            f'fill="{shade(colour, (-0.14, 0.04, 0.16, 0.0, -0.08)[k])}"/>'
        )
    return f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.3f})">{out}</g>'


def draw_sparkles(*, wide: float, low: float, high: float, rng: Rng, count: int) -> str:
    """Dew: small four-pointed sparks."""
    return "".join(
        "<path "
        f'd="{star_path(r, r * 0.22, points=4, x=rng.uniform(0, wide), y=rng.uniform(low, high))}" '
        ""
        'fill="#ffffff" fill-opacity="0.9"/>'
        for r in rng.uniform(5, 15, size=count)
    )
