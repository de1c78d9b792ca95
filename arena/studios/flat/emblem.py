"""Logo layouts: seal, frame, roundel, arch, shield, label. One ink on one ground."""

from __future__ import annotations

import math
from dataclasses import dataclass

from arena.studios.flat.motifs import draw_motif, star_path
from arena.studios.fonts import (
    BEBAS,
    ITALIC,
    JOSEFIN,
    OSWALD,
    PLAYFAIR,
    Face,
    arc,
    fit,
    line,
    measure,
    sheet,
)
from arena.studios.plan import Plan

LAYOUTS = 6


@dataclass(frozen=True)
class Inks:
    """SVG colours: `ink` draws, `ground` is what is drawn on, `accent` a second ink."""

    ink: str
    ground: str
    accent: str


def draw_emblem(*, plan: Plan, layout: int, inks: Inks, ground: str = "none") -> str:
    """An SVG document 1000 x 1000 of the plan's logo in one of LAYOUTS layouts."""
    makers = (_seal, _framed, _roundel, _arch, _shield, _label)
    body = makers[layout % LAYOUTS](plan, inks)
    return sheet(body, ground=ground)


def _name(plan: Plan) -> str:
    return plan.lettering[0]


def _second(plan: Plan) -> str:
    return plan.lettering[1] if len(plan.lettering) > 1 else ""


def ring(radius: float, width: float, colour: str, *, fill: str = "none", dash: str = "") -> str:
    """A circle about the page's centre."""
    dashes = f'stroke-dasharray="{dash}" stroke-linecap="round"' if dash else ""
    return (
        f'<circle cx="500" cy="500" r="{radius}" fill="{fill}" stroke="{colour}" '
        f'stroke-width="{width}" {dashes}/>'
    )


def arc_size(
    text: str, face: Face, *, radius: float, span: float, most: float, spacing: float
) -> float:
    """A letter size at which the text covers at most `span` radians of the circle."""
    return fit(text, face, width=radius * span, most=most, spacing=spacing)


def banner(text: str, *, y: float, inks: Inks, face: Face, most: float, room: float) -> str:
    """A folded ribbon as wide as its text needs, within `room`."""
    size = fit(text, face, width=room - 90, most=most, spacing=0.08)
    half = measure(text, face, size, size * 0.08) / 2 + 44
    tall = most * 1.55
    top, low = y - tall / 2, y + tall / 2
    tails = ""
    for s in (-1, 1):
        x = 500 + s * half
        tails += (
            f'<path d="M{x - s * 34} {top + 20} H{x + s * 52} L{x + s * 30} {(top + low) / 2 + 20} '
            f'L{x + s * 52} {low + 20} H{x - s * 34} Z" fill="{inks.ink}"/>'
            f'<path d="M{x} {low} L{x - s * 34} {low + 20} V{low} Z" fill="{inks.ground}" '
            f'stroke="{inks.ink}" stroke-width="3" stroke-linejoin="round"/>'
        )
    return (
        f'{tails}<rect x="{500 - half}" y="{top}" width="{2 * half}" height="{tall}" '
        f'fill="{inks.ink}" stroke="{inks.ground}" stroke-width="6"/>'
        f'<path d="M{500 - half + 10} {top + 9} H{500 + half - 10} M{500 - half + 10} {low - 9} '
        f'H{500 + half - 10}" stroke="{inks.ground}" stroke-width="2"/>'
        + line(text, face, x=500, y=y + size * 0.35, size=size, fill=inks.ground, spacing=0.08)
    )


def _motif(plan: Plan, inks: Inks, *, x: float, y: float, scale: float) -> str:
    drawing = draw_motif(plan.motif, ink=inks.ink, ground=inks.ground, steam=plan.steam)
    return f'<g transform="translate({x} {y}) scale({scale})">{drawing}</g>'


def _seal(plan: Plan, inks: Inks) -> str:
    name = _name(plan).upper()
    size = arc_size(name, PLAYFAIR, radius=330, span=2.5, most=88, spacing=0.09)
    second = _second(plan)
    out = ring(440, 11, inks.ink) + ring(420, 3, inks.ink) + ring(292, 3, inks.ink)
    out += ring(304, 4.5, inks.ink, dash="0.1 12.24")
    out += arc(
        name, PLAYFAIR, name="top", radius=352 - size * 0.36, size=size, fill=inks.ink, spacing=0.09
    )
    out += _bottom_ornament(inks)
    out += _motif(plan, inks, x=500, y=470 if second else 510, scale=1.12 if second else 1.3)
    if second:
        out += banner(second, y=628, inks=inks, face=PLAYFAIR, most=44, room=400)
    return out


def _bottom_ornament(inks: Inks) -> str:
    out = ""
    for k in range(-4, 5):
        a = math.pi / 2 + k * 0.2
        x, y = 500 + 357 * math.cos(a), 500 + 357 * math.sin(a)
        big = k in {-4, 0, 4}
        shape = (
            f'<path d="{star_path(26, 10.5, x=x, y=y)}" fill="{inks.ink}"/>'
            if big
            else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="{inks.ink}"/>'
        )
        out += shape
    return out


def _framed(plan: Plan, inks: Inks) -> str:
    name, second = _name(plan), _second(plan)
    size = fit(name, PLAYFAIR, width=660, most=150)
    middle = 610 if second else 690
    out = _frame(inks)
    out += _motif(plan, inks, x=500, y=370, scale=1.25 if second else 1.45)
    out += line(name, PLAYFAIR, x=500, y=middle, size=size, fill=inks.ink)
    y = middle + 56
    out += (
        f'<path d="M190 {y} H440 M560 {y} H810" stroke="{inks.ink}" stroke-width="4"/>'
        f'<path d="{star_path(20, 8, x=500, y=y)}" fill="{inks.ink}"/>'
        f'<path d="{star_path(11, 4.4, x=464, y=y)} {star_path(11, 4.4, x=536, y=y)}" '
        f'fill="{inks.ink}"/>'
    )
    if second:
        out += banner(second, y=y + 88, inks=inks, face=ITALIC, most=48, room=520)
    return out


def _frame(inks: Inks) -> str:
    out = ""
    for inset, notch, width in ((76, 64, 9), (98, 62, 3)):
        a, b = inset, 1000 - inset
        out += (
            f'<path d="M{a + notch} {a} H{b - notch} A{notch} {notch} 0 0 0 {b} {a + notch} '
            f"V{b - notch} A{notch} {notch} 0 0 0 {b - notch} {b} H{a + notch} "
            f"A{notch} {notch} 0 0 0 {a} {b - notch} V{a + notch} A{notch} {notch} 0 0 0 "
            f'{a + notch} {a} Z" fill="none" stroke="{inks.ink}" stroke-width="{width}"/>'
        )
    for x in (92, 908):
        for y in (92, 908):
            out += f'<path d="{star_path(22, 9, x=x, y=y, points=8)}" fill="{inks.ink}"/>'
    return out


def _roundel(plan: Plan, inks: Inks) -> str:
    flip = Inks(inks.ground, inks.ink, inks.accent)
    name, second = _name(plan), _second(plan)
    teeth = " L".join(
        f"{500 + r * math.cos(a):.1f} {500 + r * math.sin(a):.1f}"
        for k in range(720)
        for a in [math.pi * k / 360]
        for r in [438 + 13 * abs(math.sin(a * 24))]
    )
    rays = "".join(
        f'<path d="M500 446 L{500 + 330 * math.cos(a - 0.028):.1f} '
        f"{446 + 330 * math.sin(a - 0.028):.1f}"
        f' L{500 + 330 * math.cos(a + 0.028):.1f} {446 + 330 * math.sin(a + 0.028):.1f} Z" '
        f'fill="{inks.accent}" opacity="0.55"/>'
        for k in range(25)
        for a in [math.pi + math.pi * k / 24]
    )
    size = fit(name, BEBAS, width=600, most=168, spacing=0.04)
    out = f'<path d="M{teeth} Z" fill="{inks.ink}"/>' + ring(416, 4, inks.ground)
    out += ring(404, 1.6, inks.ground)
    out += f'<g>{rays}</g><circle cx="500" cy="446" r="178" fill="{inks.ink}"/>'
    out += _motif(plan, flip, x=500, y=436, scale=1.02)
    base = 572 + 0.72 * size
    out += line(name, BEBAS, x=500, y=base, size=size, fill=inks.ground, spacing=0.04)
    if second:
        gap = fit(second, JOSEFIN, width=240, most=46, spacing=0.1)
        wide = measure(second, JOSEFIN, gap, gap * 0.1) / 2 + 28
        y = base + 74
        out += line(second, JOSEFIN, x=500, y=y, size=gap, fill=inks.ground, spacing=0.1)
        out += (
            f'<path d="M{500 - wide - 70} {y - gap * 0.34} H{500 - wide} M{500 + wide} '
            f'{y - gap * 0.34} H{500 + wide + 70}" stroke="{inks.ground}" stroke-width="4"/>'
        )
    return out + f'<path d="{star_path(20, 8, x=500, y=base + 128)}" fill="{inks.ground}"/>'


def _arch(plan: Plan, inks: Inks) -> str:
    name, second = _name(plan).upper(), _second(plan)
    size = arc_size(name, OSWALD, radius=352, span=2.5, most=112, spacing=0.1)
    sign = "M128 700 V520 A372 372 0 0 1 872 520 V700 Z"
    out = (
        f'<path d="{sign}" fill="none" stroke="{inks.ink}" stroke-width="10" '
        'transform="translate(0 -6)"/>'
    )
    out += (
        f'<path d="M148 680 V520 A352 352 0 0 1 852 520 V680 Z" fill="none" stroke="{inks.ink}" '
        'stroke-width="3" transform="translate(0 -6)"/>'
    )
    radius = 330 - size * 0.80
    out += arc(
        name, OSWALD, name="arch", radius=radius, size=size, fill=inks.ink, spacing=0.1, y=520
    )
    out += "".join(
        f'<path d="M{500 + s * 318} 660 c{s * -10} -50 {s * -52} -46 {s * -50} -14 '
        f"c{s * 2} 22 {s * 30} 20 {s * 28} 2 "
        f'M{500 + s * 318} 660 c{s * -50} 10 {s * -92} -6 {s * -120} 0" fill="none" '
        f'stroke="{inks.ink}" stroke-width="5" '
        'stroke-linecap="round"/>'
        for s in (-1, 1)
    )
    out += _motif(plan, inks, x=500, y=552, scale=1.12)
    if second:
        out += banner(second, y=776, inks=inks, face=OSWALD, most=56, room=640)
    else:
        out += f'<path d="{star_path(30, 12, x=500, y=770)}" fill="{inks.ink}"/>'
    return out + "".join(
        f'<circle cx="{500 + 40 * k}" cy="866" r="{7 - abs(k)}" fill="{inks.ink}"/>'
        for k in range(-4, 5)
    )


def _shield(plan: Plan, inks: Inks) -> str:
    name, second = _name(plan), _second(plan)
    outer = (
        "M500 92 C590 132 690 150 790 138 C806 300 812 420 784 560 C750 730 640 838 500 "
        "914 C360 838 250 730 216 560 C188 420 194 300 210 138 C310 150 410 132 500 92 "
        "Z"
    )
    out = (
        f'<path d="{outer}" fill="{inks.ground}" stroke="{inks.ink}" stroke-width="12" '
        'stroke-linejoin="round"/>'
    )
    out += (
        f'<path d="{outer}" fill="none" stroke="{inks.ink}" stroke-width="3.4" '
        'transform="translate(500 500) scale(0.945) translate(-500 -498)"/>'
    )
    out += _motif(plan, inks, x=500, y=372, scale=1.08)
    size = fit(name, ITALIC, width=640, most=150)
    half = max(320.0, measure(name, ITALIC, size) / 2 + 56)
    top, low = 470, 636
    for side in (-1, 1):
        x = 500 + side * half
        out += (
            f'<path d="M{x - side * 60:.0f} {top + 34} H{x + side * 70:.0f} '
            f"L{x + side * 40:.0f} {(top + low) / 2 + 34:.0f} "
            f'L{x + side * 70:.0f} {low + 34} H{x - side * 60:.0f} Z" fill="{inks.ink}"/>'
            f'<path d="M{x:.0f} {low} L{x - side * 60:.0f} {low + 34} V{low} Z" '
            f'fill="{inks.accent}"/>'
        )
    out += (
        f'<rect x="{500 - half:.0f}" y="{top}" width="{2 * half:.0f}" '
        f'height="{low - top}" fill="{inks.ink}" '
        f'stroke="{inks.ground}" stroke-width="7"/><path d="M{500 - half + 14:.0f} '
        f"{top + 13} H{500 + half - 14:.0f} "
        f'M{500 - half + 14:.0f} {low - 13} H{500 + half - 14:.0f}" '
        f'stroke="{inks.ground}" stroke-width="2.6"/>'
    )
    out += line(name, ITALIC, x=500, y=553 + size * 0.30, size=size, fill=inks.ground)
    if second:
        small = fit(second, PLAYFAIR, width=300, most=54, spacing=0.06)
        out += line(second, PLAYFAIR, x=500, y=742, size=small, fill=inks.ink, spacing=0.06)
    return out + (
        f'<path d="{star_path(22, 9, x=500, y=812)} {star_path(13, 5, x=448, y=796)} '
        f'{star_path(13, 5, x=552, y=796)}" fill="{inks.ink}"/>'
    )


def _label(plan: Plan, inks: Inks) -> str:
    """A tasting label: a tall sheet with cut corners, rules, and the name set in full width."""
    name, second = _name(plan).upper(), _second(plan)
    words = name.split()
    half = len(words) // 2
    lines = [" ".join(words[:half]), " ".join(words[half:])] if half else [name]
    out = ""
    for inset, cut, width in ((0, 60, 10), (22, 52, 3)):
        a, b, c, d = 170 + inset, 830 - inset, 70 + inset, 930 - inset
        out += (
            f'<path d="M{a + cut} {c} H{b - cut} L{b} {c + cut} V{d - cut} L{b - cut} {d} '
            f"H{a + cut} L{a} {d - cut} "
            f'V{c + cut} Z" fill="none" stroke="{inks.ink}" stroke-width="{width}"/>'
        )
    out += _motif(plan, inks, x=500, y=352, scale=1.06)
    y = 452.0
    out += f'<path d="M220 {y} H780 M220 {y + 10} H780" stroke="{inks.ink}" stroke-width="3"/>'
    y += 22
    for text in lines:
        size = fit(text, PLAYFAIR, width=530, most=150 if len(lines) > 1 else 170, spacing=0.06)
        y += size * 0.80 + 24
        out += line(text, PLAYFAIR, x=500, y=y, size=size, fill=inks.ink, spacing=0.06)
    y += 42
    out += (
        f'<path d="M220 {y:.0f} H780 M220 {y + 10:.0f} H780" stroke="{inks.ink}" stroke-width="3"/>'
    )
    room = 878 - y
    if second:
        small = fit(second, ITALIC, width=380, most=66)
        out += line(
            second, ITALIC, x=500, y=y + 10 + room / 2 + small * 0.2, size=small, fill=inks.ink
        )
        far = measure(second, ITALIC, small) / 2 + 44
        stars = (star_path(15, 6, x=500 + s * far, y=y + 10 + room / 2) for s in (-1, 1))
        return out + "".join(f'<path d="{star}" fill="{inks.ink}"/>' for star in stars)
    return out + f'<path d="{star_path(30, 12, x=500, y=y + 10 + room / 2)}" fill="{inks.ink}"/>'
