"""Solids that have no emoji, drawn as bright SVG in a box of 100 x 100: cubes, cones and such."""

from __future__ import annotations

from arena.studios.stickers.inks import WHITE, mix, svg
from arena.studios.vocabulary import Rgb

DEEP: Rgb = (24, 18, 60)
SHAPES = frozenset({"cube", "cylinder", "cone", "pyramid", "torus", "sphere"})


def draw_solid(*, shape: str, colour: Rgb, glass: bool, part: str = "whole") -> str:
    """SVG of a solid; glass ones come in a `back` and a `front` with room for things between."""
    if shape == "cube":
        return _glass_cube(colour, part) if glass else _cube(colour)
    if shape == "sphere":
        return _sphere(colour, 0.45 if glass else 1.0)
    makers = {"cylinder": _cylinder, "cone": _cone, "pyramid": _pyramid, "torus": _torus}
    body = makers[shape](colour)
    return f'<g opacity="0.6">{body}</g>' if glass else body


def _tone(colour: Rgb, step: float) -> str:
    return svg(mix(colour, WHITE if step > 0 else DEEP, abs(step)))


def _cube(colour: Rgb) -> str:
    return (
        f'<path d="M2 26 L74 26 V98 H2 Z" fill="{_tone(colour, 0)}"/>'
        f'<path d="M2 26 L26 4 H98 L74 26 Z" fill="{_tone(colour, 0.4)}"/>'
        f'<path d="M74 26 L98 4 V76 L74 98 Z" fill="{_tone(colour, -0.3)}"/>'
        '<path d="M10 34 H22 V90 H10 Z" fill="#ffffff" fill-opacity="0.25"/>'
    )


def _glass_cube(colour: Rgb, part: str) -> str:
    tint, edge = _tone(mix(colour, (150, 220, 240), 0.6), 0.2), "#58a8c4"
    line = f'stroke="{edge}" stroke-width="1.6" stroke-linejoin="round"'
    if part == "back":
        return (
            f'<path d="M26 4 H98 V76 H26 Z" fill="{tint}" fill-opacity="0.38" {line}/>'
            f'<path d="M2 98 L26 76 H98 L74 98 Z" fill="{tint}" fill-opacity="0.65" {line}/>'
            f'<path d="M26 4 V76" {line}/>'
        )
    return (
        f'<path d="M2 26 H74 V98 H2 Z" fill="{tint}" fill-opacity="0.30" {line}/>'
        f'<path d="M2 26 L26 4 H98 L74 26 Z" fill="{tint}" fill-opacity="0.45" {line}/>'
        f'<path d="M74 26 L98 4 V76 L74 98 Z" fill="{tint}" fill-opacity="0.34" {line}/>'
        '<path d="M8 90 L34 32 H44 L18 90 Z M24 90 L50 32 H54 L28 90 Z" fill="#ffffff" '
        'fill-opacity="0.55"/>'
    )


def _sphere(colour: Rgb, cover: float) -> str:
    return (
        '<radialGradient id="s" cx="0.36" cy="0.32" r="0.75">'
        f'<stop offset="0" stop-color="{_tone(colour, 0.45)}"/>'
        f'<stop offset="0.45" stop-color="{_tone(colour, 0)}"/>'
        f'<stop offset="1" stop-color="{_tone(colour, -0.42)}"/></radialGradient>'
        f'<circle cx="50" cy="50" r="48" fill="url(#s)" fill-opacity="{cover}"/>'
        '<ellipse cx="34" cy="28" rx="13" ry="8" fill="#ffffff" fill-opacity="0.8" '
        'transform="rotate(-32 34 28)"/>'
    )


def _cylinder(colour: Rgb) -> str:
    return (
        f'<path d="M14 14 V86 A36 12 0 0 0 86 86 V14 Z" fill="{_tone(colour, 0)}"/>'
        f'<path d="M60 24 V96 A36 12 0 0 0 86 86 V14 Z" fill="{_tone(colour, -0.26)}"/>'
        f'<ellipse cx="50" cy="14" rx="36" ry="12" fill="{_tone(colour, 0.4)}"/>'
        '<path d="M22 26 V84 L30 88 V29 Z" fill="#ffffff" fill-opacity="0.3"/>'
    )


def _cone(colour: Rgb) -> str:
    return (
        f'<path d="M50 2 L90 86 A40 12 0 0 1 10 86 Z" fill="{_tone(colour, 0)}"/>'
        f'<path d="M50 2 L90 86 A40 12 0 0 1 58 97 Z" fill="{_tone(colour, -0.28)}"/>'
        '<path d="M46 22 L24 82 L33 86 Z" fill="#ffffff" fill-opacity="0.35"/>'
    )


def _pyramid(colour: Rgb) -> str:
    return (
        f'<path d="M48 4 L66 96 L4 82 Z" fill="{_tone(colour, 0.12)}"/>'
        f'<path d="M48 4 L96 76 L66 96 Z" fill="{_tone(colour, -0.3)}"/>'
        '<path d="M45 20 L18 78 L28 81 Z" fill="#ffffff" fill-opacity="0.3"/>'
    )


def _torus(colour: Rgb) -> str:
    return (
        f'<path d="M2 50 a48 30 0 1 0 96 0 a48 30 0 1 0 -96 0 Z M30 47 a20 9 0 1 1 40 0 '
        f'a20 9 0 1 1 -40 0 Z" fill="{_tone(colour, 0)}" fill-rule="evenodd"/>'
        f'<path d="M2 50 a48 30 0 0 0 96 0 a48 22 0 0 1 -96 0 Z" fill="{_tone(colour, -0.3)}"/>'
        f'<path d="M14 38 q14 -13 34 -13" fill="none" stroke="#ffffff" stroke-opacity="0.7" '
        'stroke-width="6" stroke-linecap="round"/>'
    )
