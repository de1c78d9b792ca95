"""Colours of a drawing: names for SVG, mixing, and readable inks from a palette."""

from __future__ import annotations

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
