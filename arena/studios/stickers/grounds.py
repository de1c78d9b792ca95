"""Drawn grounds for stickers, as SVG elements on a page 1000 wide and `tall` high."""

from __future__ import annotations

import math

import numpy as np


def flat(*, tall: float, fill: str) -> str:
    """One colour all over."""
    return f'<rect width="1000" height="{tall:.1f}" fill="{fill}"/>'


def fade(*, tall: float, colours: tuple[str, ...], name: str = "fade") -> str:
    """A vertical blend of colours from top to bottom."""
    stops = "".join(
        f'<stop offset="{number / max(len(colours) - 1, 1):.3f}" stop-color="{colour}"/>'
        for number, colour in enumerate(colours)
    )
    return (
        f'<linearGradient id="{name}" x1="0" y1="0" x2="0" y2="1">{stops}</linearGradient>'
        f'<rect width="1000" height="{tall:.1f}" fill="url(#{name})"/>'
    )


def rays(
    *, tall: float, fill: str, ray: str, x: float = 500, y: float = 500, count: int = 18
) -> str:
    """A burst of rays about (x, y)."""
    out, reach = flat(tall=tall, fill=fill), 1500 + tall
    for number in range(count):
        a, b = (2 * math.pi * (number + part) / count for part in (0.0, 0.5))
        out += (
            f'<path d="M{x} {y} L{x + reach * math.cos(a):.1f} {y + reach * math.sin(a):.1f} '
            f'L{x + reach * math.cos(b):.1f} {y + reach * math.sin(b):.1f} Z" fill="{ray}"/>'
        )
    return out


def dots(*, tall: float, fill: str, dot: str, step: float = 70, size: float = 13) -> str:
    """Polka dots in a staggered grid."""
    out = flat(tall=tall, fill=fill)
    for row in range(int(tall / (step / 2)) + 2):
        for column in range(int(1000 / step) + 2):
            x = column * step + (step / 2 if row % 2 else 0)
            out += f'<circle cx="{x:.1f}" cy="{row * step / 2:.1f}" r="{size}" fill="{dot}"/>'
    return out


def stripes(*, tall: float, fill: str, band: str, step: float = 80) -> str:
    """Slanting bands."""
    out = flat(tall=tall, fill=fill)
    for number in range(int((1000 + tall) / step) + 2):
        x = number * step - tall
        out += (
            f'<path d="M{x:.1f} {tall:.1f} L{x + step / 2:.1f} {tall:.1f} '
            f'L{x + step / 2 + tall:.1f} 0 L{x + tall:.1f} 0 Z" fill="{band}"/>'
        )
    return out


def gingham(*, tall: float, fill: str, band: str, step: float = 100, cover: float = 0.45) -> str:
    """A chequered picnic cloth."""
    out = flat(tall=tall, fill=fill)
    more = f'fill="{band}" fill-opacity="{cover}"'
    for number in range(int(1000 / step) + 1):
        out += f'<rect x="{number * step}" width="{step / 2}" height="{tall:.1f}" {more}/>'
    for number in range(int(tall / step) + 1):
        out += f'<rect y="{number * step}" width="1000" height="{step / 2}" {more}/>'
    return out


def mat(*, tall: float, fill: str, line: str, step: float = 50) -> str:
    """A cutting mat: a fine grid with every fourth line bold."""
    out = flat(tall=tall, fill=fill)
    for number in range(int(1000 / step) + 1):
        wide = 3.2 if number % 4 == 0 else 1.2
        out += f'<rect x="{number * step}" width="{wide}" height="{tall:.1f}" fill="{line}"/>'
    for number in range(int(tall / step) + 1):
        wide = 3.2 if number % 4 == 0 else 1.2
        out += f'<rect y="{number * step}" width="1000" height="{wide}" fill="{line}"/>'
    return out


def planks(*, tall: float, top: float, fill: str, seam: str, light: str) -> str:
    """Wooden boards from `top` down, seen from a little above."""
    out = f'<rect y="{top:.1f}" width="1000" height="{tall - top:.1f}" fill="{fill}"/>'
    y, step, row = top, (tall - top) * 0.09, 0
    while y < tall:
        out += f'<rect y="{y:.1f}" width="1000" height="{3 + row * 0.6:.1f}" fill="{seam}"/>'
        for number in range(3):
            x = (number * 371 + row * 233) % 1100 - 50
            out += (
                f'<path d="M{x} {y + step * 0.5:.1f} q90 {-step * 0.28:.1f} 190 0 t150 0" '
                f'fill="none" stroke="{seam}" stroke-opacity="0.55" stroke-width="{2 + row * 0.4}"/>'
            )
        y, step, row = y + step, step * 1.32, row + 1
    return out + f'<rect y="{top:.1f}" width="1000" height="7" fill="{light}"/>'


def hills(
    *, tall: float, layers: tuple[tuple[float, str], ...], shift: float = 0.0, swell: float = 26
) -> str:
    """Rolling hills, far to near: (height of the crest on the page, colour)."""
    out = ""
    for number, (crest, fill) in enumerate(layers):
        points = [
            (x, crest + swell * math.sin(x / (150 + 34 * number) + shift + 2.1 * number))
            for x in range(0, 1001, 20)
        ]
        path = " L".join(f"{x} {y:.1f}" for x, y in points)
        out += f'<path d="M0 {tall:.1f} L{path} L1000 {tall:.1f} Z" fill="{fill}"/>'
    return out


def stars(*, tall: float, rng: np.random.Generator, count: int, fill: str = "#ffffff") -> str:
    """Small round stars, brighter and dimmer."""
    out = ""
    for _ in range(count):
        x, y, r, glow = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(1.2, 4.2), rng.random()
        out += (
            f'<circle cx="{x * 1000:.1f}" cy="{y * tall:.1f}" r="{r:.1f}" fill="{fill}" '
            f'fill-opacity="{0.35 + 0.6 * glow:.2f}"/>'
        )
    return out


def confetti(*, tall: float, rng: np.random.Generator, count: int, fills: tuple[str, ...]) -> str:
    """Paper snippets in several colours."""
    out = ""
    for number in range(count):
        x, y = rng.uniform(0, 1000), rng.uniform(0, tall)
        turn, fill = rng.uniform(0, 180), fills[number % len(fills)]
        shape = (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="22" height="9" rx="3"'
            if number % 2
            else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7"'
        )
        out += f'{shape} fill="{fill}" transform="rotate({turn:.0f} {x:.1f} {y:.1f})"/>'
    return out


def cloud(*, x: float, y: float, size: float, fill: str = "#ffffff", cover: float = 0.9) -> str:
    """A flat cartoon cloud `size` wide."""
    parts = ((-0.3, 0.02, 0.16), (-0.08, -0.08, 0.24), (0.18, -0.02, 0.19), (0.36, 0.06, 0.12))
    round_ones = "".join(
        f'<circle cx="{x + dx * size:.1f}" cy="{y + dy * size:.1f}" r="{r * size:.1f}"/>'
        for dx, dy, r in parts
    )
    base = (
        f'<rect x="{x - 0.45 * size:.1f}" y="{y:.1f}" width="{0.92 * size:.1f}" '
        f'height="{0.18 * size:.1f}" rx="{0.09 * size:.1f}"/>'
    )
    return f'<g fill="{fill}" opacity="{cover}">{round_ones}{base}</g>'


def grass(
    *, top: float, bottom: float, rng: np.random.Generator, count: int, fills: tuple[str, ...]
) -> str:
    """Tufts of grass between two heights, nearer ones larger."""
    out = ""
    for y in sorted(float(value) for value in rng.uniform(top, bottom, count)):
        near = 0.5 + (y - top) / max(bottom - top, 1)
        x, high = float(rng.uniform(0, 1000)), 20 * near
        fill = fills[int(rng.integers(len(fills)))]
        out += (
            f'<path d="M{x:.1f} {y:.1f} q{-high * 0.4:.1f} {-high * 0.6:.1f} {-high * 0.8:.1f} '
            f"{-high * 0.9:.1f} q{high * 0.6:.1f} {high * 0.2:.1f} {high * 0.8:.1f} {high * 0.7:.1f} "
            f"q{high * 0.05:.1f} {-high * 0.8:.1f} {high * 0.2:.1f} {-high * 1.3:.1f} "
            f"q{high * 0.2:.1f} {high * 0.5:.1f} {high * 0.15:.1f} {high * 1.25:.1f} "
            f"q{high * 0.2:.1f} {-high * 0.5:.1f} {high * 0.7:.1f} {-high * 0.75:.1f} "
            f'q{-high * 0.3:.1f} {high * 0.3:.1f} {-high * 0.45:.1f} {high * 0.9:.1f} Z" '
            f'fill="{fill}"/>'
        )
    return out
