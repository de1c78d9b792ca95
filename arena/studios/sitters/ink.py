"""SVG pieces the reference pictures are drawn with: fills, strokes, fades and soft edges."""

from __future__ import annotations

import numpy as np

from arena.studios.noise import Floats

Stops = tuple[tuple[str, float], ...]
SOFTNESS = (2, 3, 4, 5, 6, 8, 9, 12, 14, 18, 24, 34, 50)


def blurs() -> str:
    """Blur filters by standard deviation in user units."""
    return "".join(
        f'<filter id="s{size}" x="-60%" y="-60%" width="220%" height="220%">'
        f'<feGaussianBlur stdDeviation="{size}"/></filter>'
        for size in SOFTNESS
    )


def soft(size: int) -> str:
    """The attribute that blurs an element; `size` is one of SOFTNESS."""
    if size not in SOFTNESS:
        raise ValueError(f"No blur of size {size} is defined.")
    return f'filter="url(#s{size})"'


def path(d: str, fill: str, more: str = "") -> str:
    """A filled path."""
    return f'<path d="{d}" fill="{fill}" {more}/>'


def stroke(d: str, colour: str, width: float, *, more: str = "") -> str:
    """A stroked path with round ends."""
    return (
        f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        f'stroke-linecap="round" stroke-linejoin="round" {more}/>'
    )


def blob(x: float, y: float, rx: float, ry: float, fill: str, *, more: str = "") -> str:
    """A filled ellipse."""
    return f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}" {more}/>'


def fade(name: str, stops: Stops, *, sideways: bool = False) -> str:
    """A linear gradient from top to bottom, or from left to right."""
    end = 'x1="0" y1="0" x2="1" y2="0"' if sideways else 'x1="0" y1="0" x2="0" y2="1"'
    return f'<linearGradient id="{name}" {end}>{_stops(stops)}</linearGradient>'


def radial(name: str, stops: Stops, *, at: tuple[float, float, float] = (0.5, 0.5, 0.5)) -> str:
    """A radial gradient; `at` is its centre and radius in parts of the element's box."""
    x, y, r = at
    return f'<radialGradient id="{name}" cx="{x}" cy="{y}" r="{r}">{_stops(stops)}</radialGradient>'


def _stops(stops: Stops) -> str:
    return "".join(f'<stop offset="{place}" stop-color="{colour}"/>' for colour, place in stops)


def hex_tone(colour: str) -> Floats:
    """The RGB of a #rrggbb colour in 0..1."""
    return np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)], dtype=np.float32)
