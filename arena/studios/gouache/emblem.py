"""Painted shop signs: a wreath, a brush ring, a swash, a roundel and a painted board."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from arena.studios.flat.emblem import arc_size
from arena.studios.flat.inks import blend, choose_inks, svg_colour
from arena.studios.flat.motifs import draw_motif
from arena.studios.fonts import ITALIC, PLAYFAIR, Face, arc, fit, line, measure, sheet
from arena.studios.gouache.brush import brush_for, paint_over, surface
from arena.studios.gouache.wash import blot, lay_wash, letter, paper
from arena.studios.noise import Floats, grid, octaves, smooth_step
from arena.studios.plan import Plan
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Pots:
    """Paint pots of a sign: what letters are written in, the sheet, a middle tone."""

    ink: Rgb
    ground: Rgb
    accent: Rgb


def paint_emblem(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A painted logo (H, W, 3) in 0..1; five signs by take."""
    ink, ground, accent = choose_inks(plan)
    pots = Pots(ink, ground, accent)
    side = min(width, height)
    signs = (_wreath, _ring, _swash, _roundel, _board)
    square = signs[take % len(signs)](plan, pots, side, take)
    if (width, height) == (side, side):
        return square
    sheet_ = paper(width=width, height=height, tone=part(pots.ground), seed=160 + take % 40)
    top, left = (height - side) // 2, (width - side) // 2
    sheet_[top : top + side, left : left + side] = square
    return sheet_


def part(colour: Rgb) -> tuple[float, float, float]:
    """An RGB triple in 0..1."""
    red, green, blue = (channel / 255 for channel in colour)
    return (red, green, blue)


def _words(plan: Plan) -> tuple[str, str]:
    return plan.lettering[0], " · ".join(plan.lettering[1:3])


def _sheet_with_wash(
    pots: Pots, side: int, take: int, *, half: float, tone: Rgb, load: float, y: float = 0.5
) -> Floats:
    base = paper(width=side, height=side, tone=part(pots.ground), seed=160 + take % 40)
    for k, (dx, dy, grown) in enumerate(((-0.02, 0.01, 1.0), (0.05, -0.04, 0.72))):
        depth = blot(width=side, height=side, centre=(0.5 + dx, y + dy),
                     half=(half * grown, half * 0.92 * grown), seed=170 + take * 5 % 60 + k,
                     rough=0.07)  # fmt: skip
        base = lay_wash(base, depth=depth, tone=part(tone), seed=180 + take % 50 + k, load=load)
    return base


def stack(text: str, face: Face, *, room: float, most: float) -> tuple[tuple[str, ...], float]:
    """A line, or two where one would be small, and the size at which they fit."""
    size = fit(text, face, width=room, most=most, spacing=0.02)
    words = text.split()
    if size > most * 0.6 or len(words) < 2:
        return (text,), size
    halves = [(" ".join(words[:k]), " ".join(words[k:])) for k in range(1, len(words))]
    best = min(halves, key=lambda pair: max(measure(half, face, 100) for half in pair))
    wide = max(best, key=lambda half: measure(half, face, 100))
    return best, fit(wide, face, width=room, most=most * 0.66, spacing=0.02)


def _name_lines(plan: Plan, pots: Pots, *, y: float, face: Face, room: float, most: float) -> str:
    """The name and, beneath it, the second line between two brush dashes."""
    name, second = _words(plan)
    rows, size = stack(name, face, room=room, most=most)
    ink = svg_colour(pots.ink)
    top = y if len(rows) == 1 else y - size * 0.45
    out = "".join(
        line(row, face, x=500, y=top + size * 1.08 * k, size=size, fill=ink, spacing=0.02)
        for k, row in enumerate(rows)
    )
    if second:
        small = fit(second, ITALIC, width=room * 0.6, most=50, spacing=0.06)
        half = measure(second, ITALIC, small, small * 0.06) / 2 + 26
        low = top + size * 1.08 * (len(rows) - 1) + 78
        out += line(second, ITALIC, x=500, y=low, size=small, fill=ink, spacing=0.06)
        for side in (-1, 1):
            x = 500 + side * half
            out += (
                f'<path d="M{x:.0f} {low - 14:.0f} q{side * 36} -11 {side * 74} -2 q{-side * 36} 9 '
                f'{-side * 74} 2 Z" fill="{svg_colour(pots.accent)}"/>'
            )
    return out


def _motif(plan: Plan, pots: Pots, *, y: float, scale: float, ground: Rgb) -> str:
    drawn = draw_motif(
        plan.motif, ink=svg_colour(pots.ink), ground=svg_colour(ground), steam=plan.steam
    )
    return f'<g transform="translate(500 {y}) scale({scale})">{drawn}</g>'


def leaf(x: float, y: float, *, size: float, turn: float, fill: str) -> str:
    """A brush leaf: pressed down in the middle, lifted at the tip."""
    return (
        f'<path transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f}) scale({size:.2f})" '
        f'd="M0 0 C14 -18 20 -52 2 -84 C-18 -56 -14 -20 0 0 Z" fill="{fill}"/>'
    )


def _garland(pots: Pots, *, radius: float, seed: int, gap: float, y: float) -> str:
    """Two branches of leaves and berries up both sides, open `gap` radians at the top."""
    rng = np.random.default_rng(seed)
    tones = [svg_colour(blend(pots.ink, pots.ground, share)) for share in (0.12, 0.34, 0.52)]
    out = ""
    for side in (-1, 1):
        for k in range(17):
            a = math.pi / 2 - side * (0.10 + k * (math.pi - gap / 2 - 0.10) / 16)
            px, py = 500 + radius * math.cos(a), y + radius * math.sin(a)
            along = math.degrees(math.atan2(math.sin(a), math.cos(a))) + (0 if side > 0 else 180)
            for lean in (-38, 34):
                size = rng.uniform(0.62, 0.95) * (1.05 - 0.35 * k / 16)
                out += leaf(px, py, size=size, turn=along + lean + rng.normal(0, 8),
                            fill=tones[int(rng.integers(0, 3))])  # fmt: skip
            if k % 4 == 2:
                out += (
                    f'<circle cx="{px + rng.normal(0, 16):.0f}" cy="{py + rng.normal(0, 16):.0f}" r="9" '
                    f'fill="{svg_colour(pots.accent)}"/>'
                )
    return out


def _wreath(plan: Plan, pots: Pots, side: int, take: int) -> Floats:
    """Watercolour leaves around the device and the name."""
    tone = blend(pots.accent, pots.ground, 0.62)
    base = _sheet_with_wash(pots, side, take, half=0.40, tone=tone, load=0.75)
    body = _garland(pots, radius=398, seed=take, gap=0.5, y=500)
    body += _motif(plan, pots, y=400, scale=0.98, ground=tone)
    body += _name_lines(plan, pots, y=610, face=PLAYFAIR, room=560, most=104)
    return letter(base, svg=sheet(body), seed=take, dry=0.7)


def _ring(plan: Plan, pots: Pots, side: int, take: int) -> Floats:
    """One turn of a dry brush, the device within, the name across its foot."""
    base = paper(width=side, height=side, tone=part(pots.ground), seed=160 + take % 40)
    u, v = grid(width=side, height=side)
    x, y = u - 0.5, v - 0.40
    # The seam of the angle falls into the open foot.
    angle = np.arctan2(x, -y)
    wide = 0.030 + 0.020 * np.sin(angle * 0.5 + 0.9)
    off = (np.hypot(x, y) - 0.305 - 0.008 * np.sin(angle + 0.6)) / wide
    hairs = octaves(seed=190 + take % 40, u=off * 9 + 60, v=angle * 1.6 + 20, count=3)
    dry = smooth_step(0.0, 1.0, (angle + np.pi) / (2 * np.pi))
    cover = smooth_step(1.0, 0.82, np.abs(off)) * smooth_step(0.16, 0.30, hairs + 0.36 - 0.42 * dry)
    # The foot of the ring is left open for the name.
    cover = cover * smooth_step(0.150, 0.135, y)
    alpha = cover[..., None]
    base = base * (1 - alpha) + np.array(part(pots.ink)) * (0.9 + 0.25 * hairs[..., None]) * alpha
    body = _motif(plan, pots, y=400, scale=1.25, ground=pots.ground)
    body += _name_lines(plan, pots, y=742, face=ITALIC, room=820, most=140)
    return letter(base, svg=sheet(body), seed=take, dry=0.8)


def _swash(plan: Plan, pots: Pots, side: int, take: int) -> Floats:
    """A loaded flat brush drawn across, the name left out of it in the ground's colour."""
    base = paper(width=side, height=side, tone=part(pots.ground), seed=160 + take % 40)
    u, v = grid(width=side, height=side)
    for number, (y0, half, tone) in enumerate(
        ((0.60, 0.135, pots.ink), (0.585, 0.12, blend(pots.ink, pots.accent, 0.25)))
    ):
        off = (v - y0 - 0.018 * np.sin(u * 5 + number)) / half
        hairs = octaves(seed=210 + number + take % 30, u=u * 3, v=off * 16 + 40, count=3)
        ends = 0.5 - np.abs(u - 0.5) - 0.045 - 0.10 * (hairs - 0.3)
        cover = smooth_step(1.0, 0.9, np.abs(off)) * smooth_step(0.0, 0.012, ends)
        cover = cover * (0.82 + 0.18 * smooth_step(0.3, 0.5, hairs))
        alpha = cover[..., None]
        base = base * (1 - alpha) + np.array(part(tone)) * (0.88 + 0.3 * hairs[..., None]) * alpha
    reversed_ = Pots(pots.ground, pots.ink, blend(pots.accent, pots.ground, 0.6))
    name, second = _words(plan)
    rows, size = stack(name, PLAYFAIR, room=760, most=132)
    body = _motif(plan, pots, y=312, scale=1.22, ground=pots.ground)
    for k, row in enumerate(rows):
        y = 600 + size * (0.34 + 1.06 * (k - (len(rows) - 1) / 2))
        body += line(row, PLAYFAIR, x=500, y=y, size=size, fill=svg_colour(reversed_.ink),
                     spacing=0.02)  # fmt: skip
    if second:
        small = fit(second, ITALIC, width=460, most=64, spacing=0.05)
        body += line(second, ITALIC, x=500, y=836, size=small, fill=svg_colour(pots.ink),
                     spacing=0.05)  # fmt: skip
    for way in (-1, 1):
        body += leaf(500 + way * 46, 892, size=0.6, turn=way * 82, fill=svg_colour(pots.accent))
    return letter(base, svg=sheet(body), seed=take, dry=0.45)


def _roundel(plan: Plan, pots: Pots, side: int, take: int) -> Floats:
    """A disc of wash with the name on an arc and leaves beneath."""
    tone = blend(pots.ink, pots.ground, 0.30)
    base = paper(width=side, height=side, tone=part(pots.ground), seed=160 + take % 40)
    disc = blot(width=side, height=side, centre=(0.5, 0.5), half=(0.44, 0.44), seed=230 + take,
                rough=0.012)  # fmt: skip
    base = lay_wash(base, depth=disc, tone=part(tone), seed=233 + take, load=1.0)
    name, second = _words(plan)
    pale = Pots(pots.ground, tone, blend(pots.ground, pots.accent, 0.3))
    size = arc_size(name, PLAYFAIR, radius=316, span=2.7, most=104, spacing=0.05)
    ink = svg_colour(pale.ink)
    body = arc(name, PLAYFAIR, name="over", radius=316, size=size, fill=ink, spacing=0.05)
    body += _motif(plan, pale, y=480, scale=1.12, ground=tone)
    if second:
        small = fit(second, ITALIC, width=380, most=62, spacing=0.05)
        body += line(second, ITALIC, x=500, y=666, size=small, fill=ink, spacing=0.05)
    body += f'<circle cx="500" cy="500" r="412" fill="none" stroke="{ink}" stroke-width="5"/>'
    for way in (-1, 1):
        for k in range(5):
            a = math.pi / 2 - way * (0.10 + 0.17 * k)
            body += leaf(500 + 352 * math.cos(a), 500 + 352 * math.sin(a), size=0.74 - 0.06 * k,
                         turn=math.degrees(a) + (28 if way > 0 else 152),
                         fill=svg_colour(pale.accent))  # fmt: skip
    return letter(base, svg=sheet(body), seed=take, dry=0.5)


def _board(plan: Plan, pots: Pots, side: int, take: int) -> Floats:
    """A board painted thick in the ground's colour with a fat frame, lettered by hand."""
    u, v = grid(width=side, height=side)
    edge = np.maximum(np.abs(u - 0.5), np.abs(v - 0.5)) / 0.5
    mood = octaves(seed=250 + take % 40, u=u * 3, v=v * 3, count=4)[..., None] - 0.5
    ground, accent = np.array(part(pots.ground)), np.array(part(pots.accent))
    picture = ground * (1 + 0.16 * mood)
    frame = (smooth_step(0.80, 0.815, edge) * smooth_step(0.93, 0.915, edge))[..., None]
    picture = picture * (1 - frame) + accent * (1 + 0.3 * mood) * frame
    glow = np.exp(-(((u - 0.5) / 0.22) ** 2 + ((v - 0.36) / 0.17) ** 2))[..., None]
    picture = picture * (1 - 0.4 * glow) + (0.5 * ground + 0.5 * accent) * 0.4 * glow
    brush = replace(brush_for(take), relief=0.35, jitter=0.025, vivid=1.0)
    painted = paint_over(np.clip(picture, 0, 1).astype(np.float32), brush=brush, take=take)
    base = surface(painted, brush=brush, take=take)
    body = _motif(plan, pots, y=370, scale=1.15, ground=pots.ground)
    body += _name_lines(plan, pots, y=640, face=PLAYFAIR, room=660, most=128)
    for x, y, turn in ((170, 170, 135), (830, 170, 225), (170, 830, 45), (830, 830, -45)):
        for lean in (-30, 0, 30):
            body += leaf(x, y, size=0.8, turn=turn + lean, fill=svg_colour(pots.accent))
    return letter(base, svg=sheet(body), seed=take, dry=0.4)
