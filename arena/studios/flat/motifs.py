"""Line drawings for logos, about (0, 0) and some 260 units wide."""

from __future__ import annotations

import math


def draw_motif(name: str, *, ink: str, ground: str, steam: bool) -> str:
    """SVG of a motif in one ink; `ground` is the colour of what shows between the lines."""
    makers = {
        "cloche": _cloche,
        "coffee": _coffee,
        "wheat": _wheat,
        "leaf": _leaf,
        "mountain": _mountain,
        "sun": _sun,
        "book": _book,
        "pizza": _pizza,
        "star": _star,
    }
    body = makers[name](ink, ground)
    vapour = {"cloche": -118.0, "coffee": -82.0}
    if steam and name in vapour:
        body += steam_lines(ink, top=vapour[name])
    return f'<g stroke-linecap="round" stroke-linejoin="round">{body}</g>'


def steam_lines(ink: str, *, top: float) -> str:
    """Three curls of steam that end at y = `top`."""
    curls = ""
    for x, tall, width in ((-34, 66, 5.5), (0, 86, 6.5), (34, 66, 5.5)):
        q = tall / 4
        curls += (
            f'<path d="M{x} {top} c-16 {-q:.0f} 16 {-q:.0f} 0 {-2 * q:.0f} '
            f's16 {-q:.0f} 2 {-2 * q:.0f}" fill="none" stroke="{ink}" stroke-width="{width}"/>'
        )
    return curls


def _cloche(ink: str, ground: str) -> str:
    lines = "".join(
        f'<path d="M{44 + 15 * k} {-56 + 13 * k} q{13 - 2 * k} {18 - 2 * k} {15 - 2 * k} {44 - 8 * k}"'
        f' fill="none" stroke="{ink}" stroke-width="3.6"/>'
        for k in range(4)
    )
    return (
        f'<circle cx="0" cy="-97" r="13" fill="{ground}" stroke="{ink}" stroke-width="8"/>'
        f'<path d="M-122 36 A122 120 0 0 1 122 36 Z" fill="{ground}" stroke="{ink}" '
        f'stroke-width="9"/><path d="M-96 14 A96 92 0 0 1 -34 -58" fill="none" stroke="{ink}" '
        f'stroke-width="5"/><path d="M-72 16 A72 70 0 0 1 -52 -22" fill="none" stroke="{ink}" '
        f'stroke-width="4"/>{lines}'
        f'<path d="M-156 42 H156 Q150 66 118 66 H-118 Q-150 66 -156 42 Z" fill="{ink}"/>'
        f'<path d="M-128 52 H128" stroke="{ground}" stroke-width="3"/>'
    )


def _coffee(ink: str, ground: str) -> str:
    return (
        f'<path d="M-88 -64 H88 C88 10 60 48 0 48 C-60 48 -88 10 -88 -64 Z" fill="{ground}" '
        f'stroke="{ink}" stroke-width="9"/><path d="M86 -44 C140 -54 136 14 66 18" fill="none" '
        f'stroke="{ink}" stroke-width="9"/><path d="M-66 -40 C-62 -2 -50 16 -32 24" fill="none" '
        f'stroke="{ink}" stroke-width="5"/><path d="M-130 60 H130 Q112 80 84 80 H-84 '
        f'Q-112 80 -130 60 Z" fill="{ink}"/>'
    )


def _wheat(ink: str, ground: str) -> str:
    out = ""
    for lean, scale in ((-24, 0.92), (24, 0.92), (0, 1.08)):
        ear = f'<path d="M0 96 V-70" stroke="{ink}" stroke-width="5" fill="none"/>'
        for k in range(5):
            y = 26 - 30 * k
            for side in (-1, 1):
                ear += (
                    f'<path d="M0 {y} C{side * 10} {y - 26} {side * 34} {y - 30} {side * 36} '
                    f'{y - 46} C{side * 12} {y - 44} {side * 2} {y - 26} 0 {y} Z" fill="{ink}" '
                    f'stroke="{ground}" stroke-width="3"/>'
                )
        ear += (
            f'<path d="M0 -106 C-15 -124 -13 -142 0 -160 C13 -142 15 -124 0 -106 Z" fill="{ink}"/>'
        )
        out += f'<g transform="rotate({lean} 0 100) scale({scale})">{ear}</g>'
    return (
        out
        + f'<path d="M-40 62 Q0 84 40 62" fill="none" stroke="{ground}" stroke-width="14"/>'
        + (f'<path d="M-34 62 Q0 80 34 62" fill="none" stroke="{ink}" stroke-width="7"/>')
    )


def _leaf(ink: str, ground: str) -> str:
    blade = (
        f'<path d="M0 80 C-70 30 -66 -70 0 -130 C66 -70 70 30 0 80 Z" fill="{ink}"/>'
        f'<path d="M0 96 V-90 M0 40 L34 6 M0 40 L-34 6 M0 0 L32 -34 M0 0 L-32 -34 M0 -40 L22 -62 '
        f'M0 -40 L-22 -62" stroke="{ground}" stroke-width="5" fill="none"/>'
    )
    side = "".join(
        f'<g transform="rotate({a} 0 84) scale(0.66) translate(0 46)">{blade}</g>'
        for a in (-58, 58)
    )
    return side + blade


def _mountain(ink: str, ground: str) -> str:
    return (
        f'<circle cx="62" cy="-74" r="30" fill="none" stroke="{ink}" stroke-width="8"/>'
        f'<path d="M-140 70 L-36 -96 L70 70 Z" fill="{ink}"/>'
        f'<path d="M-36 -96 L-66 -46 L-48 -58 L-36 -38 L-22 -58 L-6 -46 Z" fill="{ground}"/>'
        f'<path d="M0 70 L76 -34 L146 70 Z" fill="{ink}" stroke="{ground}" stroke-width="7"/>'
    )


def _sun(ink: str, ground: str) -> str:
    rays = "".join(
        f'<path d="M0 -80 L9 -128 L-9 -128 Z" fill="{ink}" transform="rotate({a})"/>'
        for a in range(0, 360, 24)
    )
    return rays + f'<circle r="62" fill="{ground}" stroke="{ink}" stroke-width="10"/>'


def _book(ink: str, ground: str) -> str:
    rows = "".join(
        f'<path d="M{s * 18} {y} Q{s * 60} {y - 14} {s * 104} {y}" fill="none" stroke="{ink}" '
        f'stroke-width="4"/>'
        for s in (-1, 1)
        for y in (-40, -16, 8)
    )
    return (
        f'<path d="M0 -66 C-40 -92 -100 -88 -132 -70 V52 C-100 36 -40 34 0 60 C40 34 100 36 132 52 '
        f'V-70 C100 -88 40 -92 0 -66 Z" fill="{ground}" stroke="{ink}" stroke-width="9"/>'
        f'<path d="M0 -66 V60" stroke="{ink}" stroke-width="6"/>{rows}'
    )


def _pizza(ink: str, ground: str) -> str:
    dots = "".join(
        f'<circle cx="{x}" cy="{y}" r="{r}" fill="{ink}"/>'
        for x, y, r in ((-34, -46, 15), (30, -40, 17), (0, 6, 15), (-4, -72, 9), (14, 48, 8))
    )
    return (
        f'<path d="M-106 -78 Q0 -136 106 -78 L0 116 Z" fill="{ground}" stroke="{ink}" '
        f'stroke-width="9"/><path d="M-92 -56 Q0 -106 92 -56" fill="none" stroke="{ink}" '
        f'stroke-width="6"/>{dots}'
    )


def _star(ink: str, ground: str) -> str:
    return (
        f'<path d="{star_path(110, 46)}" fill="{ink}"/>'
        f'<path d="{star_path(80, 34)}" fill="none" stroke="{ground}" stroke-width="5"/>'
    )


def star_path(outer: float, inner: float, *, points: int = 5, x: float = 0, y: float = 0) -> str:
    """The outline of a star."""
    spots = []
    for k in range(points * 2):
        r = outer if k % 2 == 0 else inner
        a = math.pi * k / points - math.pi / 2
        spots.append(f"{x + r * math.cos(a):.2f} {y + r * math.sin(a):.2f}")
    return "M" + " L".join(spots) + " Z"
