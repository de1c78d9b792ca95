"""Logos printed by the press studio."""

from __future__ import annotations

import numpy as np

from arena.studios.emblem import Inks, draw_emblem
from arena.studios.fonts import rasterise
from arena.studios.noise import Floats
from arena.studios.paper import paper_grain, print_ink
from arena.studios.plan import Plan
from arena.studios.vocabulary import Rgb


def svg_colour(colour: Rgb) -> str:
    """An SVG colour of an RGB triple."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def lightness(colour: Rgb) -> float:
    """Perceived lightness 0..255, Rec. 601 weights."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def choose_inks(plan: Plan) -> tuple[Rgb, Rgb, Rgb]:
    """Ink, ground and accent from the palette said, with a readable contrast."""
    palette = sorted(plan.palette, key=lightness)
    dark: Rgb = (74, 48, 34)
    light: Rgb = (246, 236, 214)
    ink = palette[0] if palette and lightness(palette[0]) < 165 else dark
    ground = palette[-1] if len(palette) > 1 and lightness(palette[-1]) > 180 else light
    # Ink on paper reads darker than the colour's name; keep a clear step from the ground.
    ink = blend(ink, (0, 0, 0), 0.22 if lightness(ink) > 60 else 0.0)
    accent = palette[1] if len(palette) > 2 else blend(ink, ground, 0.35)
    return (ground, ink, accent) if plan.dark_ground else (ink, ground, accent)


def blend(a: Rgb, b: Rgb, share: float) -> Rgb:
    """Mix two colours; `share` is how much of the second."""
    red, green, blue = (round(x + (y - x) * share) for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def print_emblem(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A logo on textured paper, (H, W, 3) in 0..1; each take is another layout."""
    ink, ground, accent = choose_inks(plan)
    inks = Inks(svg_colour(ink), svg_colour(ground), svg_colour(accent))
    side = min(width, height)
    art = np.zeros((height, width, 4), dtype=np.float32)
    top, left = (height - side) // 2, (width - side) // 2
    art[top : top + side, left : left + side] = rasterise(
        draw_emblem(plan=plan, layout=take, inks=inks), width=side, height=side
    )
    grain = paper_grain(width=width, height=height, seed=100 + take)
    paper = np.array(ground, dtype=np.float32) / 255 * grain[..., None]
    return np.clip(print_ink(art=art, ground=paper, seed=take * 3, wear=0.5), 0, 1)
