"""Drawn streets for sticker people: houses, shop awnings, pavement, road and puddles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.stickers.grounds import cloud, fade, stars
from arena.studios.stickers.inks import WHITE, mix, svg
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Street:
    """Sky, house fronts, window glow, road; the kerb in parts of the picture's height."""

    sky: tuple[str, ...]
    fronts: tuple[Rgb, ...]
    glass: str
    road: Rgb
    pavement: Rgb
    kerb: float
    crossing: bool


STREETS: tuple[Street, ...] = (
    Street(("#9fb9cc", "#d3dfe6"), ((214, 120, 96), (238, 196, 120), (120, 160, 176), (222, 170, 150)),
           "#fff0b8", (92, 100, 120), (176, 182, 194), 0.62, False),
    Street(("#7f9fd0", "#f3c9a8"), ((96, 84, 140), (150, 96, 140), (84, 110, 160), (200, 120, 120)),
           "#ffd27a", (70, 72, 104), (140, 136, 164), 0.58, True),
    Street(("#8fd3c8", "#eafaf2"), ((250, 210, 120), (240, 150, 130), (130, 200, 190), (250, 240, 220)),
           "#d9f4ff", (110, 118, 128), (206, 204, 196), 0.66, False),
    Street(("#6d7390", "#b7bccb"), ((110, 118, 134), (150, 130, 120), (96, 108, 128), (134, 140, 150)),
           "#ffe7a0", (64, 68, 84), (128, 134, 146), 0.55, True),
    Street(("#f2a7b5", "#ffe3c2"), ((255, 236, 210), (232, 130, 140), (255, 200, 150), (190, 150, 200)),
           "#fff6d8", (104, 92, 116), (200, 178, 186), 0.64, False),
)  # fmt: skip


def draw_street(
    street: Street, *, tall: float, wet: bool, night: bool, rng: np.random.Generator
) -> str:
    """SVG of a street on a page 1000 wide."""
    kerb = street.kerb * tall
    dim = 0.5 if night else 0.0
    sky = ("#0e1338", "#3a3a78") if night else street.sky
    out = fade(tall=tall, colours=sky, name="sky")
    if night:
        out += stars(tall=kerb * 0.5, rng=rng, count=60)
    elif not wet:
        out += cloud(x=300, y=tall * 0.12, size=200) + cloud(x=720, y=tall * 0.2, size=160)
    out += _houses(street, kerb=kerb, tall=tall, dim=dim, lit=night or wet, rng=rng)
    pavement, road = (mix(c, (12, 12, 40), dim * 0.8) for c in (street.pavement, street.road))
    if wet:
        road = mix(road, (40, 60, 100), 0.3)
    edge = kerb + (tall - kerb) * 0.16
    out += f'<rect y="{kerb:.0f}" width="1000" height="{tall - kerb:.0f}" fill="{svg(pavement)}"/>'
    for k in range(9):
        out += (
            f'<path d="M{k * 130 - 20} {kerb:.0f} l-30 {edge - kerb:.0f}" '
            f'stroke="{svg(mix(pavement, (0, 0, 0), 0.14))}" stroke-width="4"/>'
        )
    out += f'<rect y="{edge:.0f}" width="1000" height="{tall - edge:.0f}" fill="{svg(road)}"/>'
    out += f'<rect y="{edge - 9:.0f}" width="1000" height="13" fill="{svg(mix(pavement, WHITE, 0.4))}"/>'
    out += _marks(street, edge=edge, tall=tall, road=road)
    return out + (_puddles(edge=edge, tall=tall, rng=rng) if wet else "")


def _houses(
    street: Street, *, kerb: float, tall: float, dim: float, lit: bool, rng: np.random.Generator
) -> str:
    out, x, number = "", -20.0, 0
    while x < 1000:
        wide = float(rng.uniform(190, 270))
        high = kerb * float(rng.uniform(0.62, 0.86))
        wall = mix(street.fronts[number % len(street.fronts)], (14, 12, 50), dim)
        out += (
            f'<rect x="{x:.0f}" y="{kerb - high:.0f}" width="{wide + 1:.0f}" '
            f'height="{high:.0f}" fill="{svg(wall)}"/><rect x="{x - 6:.0f}" '
            f'y="{kerb - high - 12:.0f}" width="{wide + 12:.0f}" height="20" '
            f'fill="{svg(mix(wall, (40, 20, 40), 0.35))}"/>'
        )
        out += _windows(
            street, x=x, wide=wide, top=kerb - high + 40, kerb=kerb, wall=wall, lit=lit, rng=rng
        )
        out += _shop(
            x=x,
            wide=wide,
            kerb=kerb,
            high=min(kerb * 0.24, 150),
            wall=wall,
            glass=street.glass,
            number=number,
        )
        x, number = x + wide, number + 1
    return out


def _windows(
    street: Street,
    *,
    x: float,
    wide: float,
    top: float,
    kerb: float,
    wall: Rgb,
    lit: bool,
    rng: np.random.Generator,
) -> str:
    out, y = "", top
    dark = svg(mix(wall, (40, 50, 90), 0.55))
    while y < kerb - min(kerb * 0.24, 150) - 90:
        for k in range(3):
            at = x + wide * (0.12 + 0.29 * k)
            fill = street.glass if rng.random() < (0.6 if lit else 0.3) else dark
            out += (
                f'<rect x="{at:.0f}" y="{y:.0f}" width="{wide * 0.18:.0f}" height="64" rx="5" '
                f'fill="{fill}" stroke="{svg(mix(wall, WHITE, 0.4))}" stroke-width="5"/>'
            )
        y += 104
    return out


def _shop(
    *, x: float, wide: float, kerb: float, high: float, wall: Rgb, glass: str, number: int
) -> str:
    """A shop window under a striped awning, and a door."""
    awning = ("#e5383b", "#1d7fd1", "#17a673", "#ff9f1c")[number % 4]
    left, width = x + wide * 0.08, wide * 0.84
    out = (
        f'<rect x="{left:.0f}" y="{kerb - high * 0.8:.0f}" width="{width:.0f}" '
        f'height="{high * 0.8:.0f}" fill="{glass}" fill-opacity="0.9"/>'
        f'<rect x="{left + width * 0.68:.0f}" y="{kerb - high * 0.72:.0f}" '
        f'width="{width * 0.24:.0f}" height="{high * 0.72:.0f}" '
        f'fill="{svg(mix(wall, (50, 25, 30), 0.6))}"/>'
    )
    step = width / 6
    for k in range(6):
        fill = awning if k % 2 == 0 else "#ffffff"
        out += (
            f'<path d="M{left + k * step:.1f} {kerb - high:.0f} h{step:.1f} '
            f'v{high * 0.26:.0f} a{step / 2:.1f} {step / 2:.1f} 0 0 1 {-step:.1f} 0 Z" fill="{fill}"/>'
        )
    return out


def _marks(street: Street, *, edge: float, tall: float, road: Rgb) -> str:
    """A zebra crossing or a broken middle line."""
    paint = svg(mix(road, WHITE, 0.72))
    if street.crossing:
        return "".join(
            f'<path d="M{180 + k * 130} {edge + 14:.0f} h66 l{(k - 2.5) * 16 + 16:.0f} '
            f'{tall - edge - 14:.0f} h-90 Z" fill="{paint}" fill-opacity="0.8"/>'
            for k in range(5)
        )
    y = edge + (tall - edge) * 0.46
    return "".join(
        f'<path d="M{k * 210 - 30} {y:.0f} h120 l10 16 h-136 Z" fill="{paint}"/>' for k in range(6)
    )


def _puddles(*, edge: float, tall: float, rng: np.random.Generator) -> str:
    out = ""
    for _ in range(5):
        x, y = rng.uniform(80, 920), rng.uniform(edge + 40, tall - 30)
        w = rng.uniform(70, 150)
        out += (
            f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{w:.0f}" ry="{w * 0.2:.0f}" '
            f'fill="#a9c8e6" fill-opacity="0.5"/><ellipse cx="{x - w * 0.2:.0f}" '
            f'cy="{y - w * 0.04:.0f}" rx="{w * 0.5:.0f}" ry="{w * 0.07:.0f}" fill="#ffffff" '
            f'fill-opacity="0.5"/>'
        )
    return out
