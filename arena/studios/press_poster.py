"""Infographic posters by the press studio: a title, numbered steps with icons, a strip of names."""

from __future__ import annotations

import math

import numpy as np

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, fit, line, rasterise, sheet
from arena.studios.motifs import star_path
from arena.studios.noise import Floats
from arena.studios.paper import paper_grain
from arena.studios.plan import Plan
from arena.studios.press_emblem import lightness, svg_colour
from arena.studios.vocabulary import Rgb

USUAL: tuple[Rgb, ...] = ((24, 38, 74), (244, 242, 236), (196, 70, 62), (206, 210, 216))


def print_poster_page(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A poster page (H, W, 3) in 0..1; odd takes print it light on dark the other way round."""
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    colours = sorted(plan.palette, key=lightness) if len(plan.palette) > 2 else list(USUAL)
    dark, light = svg_colour(colours[0]), svg_colour(colours[-1])
    accent = svg_colour(
        next((c for c in colours if max(c) - min(c) > 60 and c != colours[0]), USUAL[2])
    )
    ground, ink = (dark, light) if take % 2 == 0 else (light, dark)
    body = _stars(wide, tall, ink, take) + _title(plan, wide, ink, accent, take)
    body += _steps(plan, wide, tall, ground=ground, ink=ink, accent=accent, take=take)
    body += _names(plan, wide, tall, ink, accent)
    art = rasterise(sheet(body, width=wide, height=tall, ground=ground), width=width, height=height)
    grain = paper_grain(width=width, height=height, seed=500 + take, strength=0.4)
    return np.clip(art[..., :3] * grain[..., None], 0, 1).astype(np.float32)


def _stars(wide: float, tall: float, ink: str, take: int) -> str:
    rng = np.random.default_rng(take)
    return "".join(
        f'<circle cx="{rng.uniform(0, wide):.0f}" cy="{rng.uniform(0, tall):.0f}" '
        f'r="{rng.uniform(0.8, 2.4):.1f}" fill="{ink}" fill-opacity="0.4"/>'
        for _ in range(90)
    )


def _title(plan: Plan, wide: float, ink: str, accent: str, take: int) -> str:
    face = (BEBAS, OSWALD, JOSEFIN)[take % 3]
    text = plan.lettering[0].upper()
    size = fit(text, face, width=wide * 0.8, most=150, spacing=0.06)
    return line(text, face, x=wide / 2, y=60 + size * 0.86, size=size, fill=ink, spacing=0.06) + (
        f'<rect x="{wide / 2 - 60}" y="{84 + size * 0.9:.0f}" width="120" height="8" fill="{accent}"/>'
    )


def _steps(
    plan: Plan, wide: float, tall: float, *, ground: str, ink: str, accent: str, take: int
) -> str:
    count = len(plan.steps)
    if not count:
        icon = _icon("", ground, ink, accent)
        return f'<g transform="translate({wide / 2} {tall / 2 + 40}) scale(2.4)">{icon}</g>'
    columns = 3 if count > 4 else max(1, min(2, count))
    rows = math.ceil(count / columns)
    top, room = 260.0, tall - 260 - (170 if len(plan.lettering) > 1 else 60)
    out, spots = "", []
    for k in range(count):
        row, column = divmod(k, columns)
        if take % 3 == 2 and row % 2:
            column = columns - 1 - column
        spots.append((wide * (column + 0.5) / columns, top + room * (row + 0.42) / rows))
    path = "M" + " L".join(f"{x:.0f} {y:.0f}" for x, y in spots)
    out += (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-opacity="0.35" '
        'stroke-width="4" stroke-dasharray="3 12" stroke-linecap="round"/>'
    )
    r = min(wide / columns * 0.36, room / rows * 0.33)
    for k, ((x, y), step) in enumerate(zip(spots, plan.steps, strict=True)):
        icon = _icon(step, ground, ink, accent)
        out += (
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{ground}" stroke="{ink}" stroke-width="5"/>'
            f'<g transform="translate({x:.0f} {y:.0f}) scale({r / 100:.3f})">{icon}</g>'
            f'<circle cx="{x - r * 0.76:.0f}" cy="{y - r * 0.76:.0f}" r="26" fill="{accent}"/>'
        )
        out += line(
            str(k + 1), OSWALD, x=x - r * 0.76, y=y - r * 0.76 + 11, size=30, fill="#ffffff"
        )
        size = fit(step.upper(), OSWALD, width=wide / columns * 0.86, most=36, spacing=0.05)
        out += line(step.upper(), OSWALD, x=x, y=y + r + 46, size=size, fill=ink, spacing=0.05)
    return out


def _names(plan: Plan, wide: float, tall: float, ink: str, accent: str) -> str:
    names = plan.lettering[1:]
    if not names:
        return ""
    step = min(230.0, wide * 0.86 / len(names))
    out = (
        f'<rect x="{wide * 0.07:.0f}" y="{tall - 132:.0f}" width="{wide * 0.86:.0f}" '
        f'height="3" fill="{ink}" fill-opacity="0.5"/>'
    )
    for k, name in enumerate(names[:6]):
        x = wide / 2 + (k - (len(names) - 1) / 2) * step
        size = fit(name, JOSEFIN, width=step - 20, most=28)
        out += f'<path d="{star_path(11, 4.6, x=x, y=tall - 100)}" fill="{accent}"/>'
        out += line(name, JOSEFIN, x=x, y=tall - 56, size=size, fill=ink)
    return out


def _icon(step: str, ground: str, ink: str, accent: str) -> str:
    """A picture for a step, chosen by its words, within radius 80."""
    word = step.lower()
    earth = (
        f'<circle r="34" fill="{ink}"/><path d="M-24 -14 q14 -18 26 -6 q-6 '
        f'14 -16 12 q-8 10 -10 -6 Z M2 8 q20 -10 26 2 q-8 20 -20 18 Z" fill="{ground}"/>'
    )
    moon = (
        f'<circle r="32" fill="{ink}" fill-opacity="0.85"/><circle cx="-9" '
        f'cy="-8" r="8" fill="{ground}" fill-opacity="0.5"/>'
        f'<circle cx="12" cy="6" r="6" fill="{ground}" fill-opacity="0.5"/><circle '
        f'cx="-4" cy="16" r="4" fill="{ground}" fill-opacity="0.5"/>'
    )
    ring = f'<ellipse rx="66" ry="22" fill="none" stroke="{accent}" stroke-width="5" transform="rotate(-18)"/>'
    lander = (
        f'<g><path d="M-18 -26 H18 L24 -6 H-24 Z" fill="{ink}"/><rect x="-27" '
        f'y="-4" width="54" height="20" fill="{accent}"/>'
        '<path d="M-22 16 L-40 40 M22 16 L40 40 M-48 40 H-32 M32 40 H48 '
        f'M0 16 V26" stroke="{ink}" stroke-width="5" fill="none"/></g>'
    )
    if "launch" in word or "rocket" in word or "start" in word:
        return (
            '<path d="M0 -72 C20 -46 20 -14 16 30 H-16 C-20 -14 -20 -46 0 -72 '
            f'Z" fill="{ink}"/><path d="M-16 6 L-34 36 H-16 Z M16 6 L34 36 H16 '
            f'Z" fill="{accent}"/>'
            f'<circle cy="-24" r="8" fill="{ground}"/><path d="M-10 36 L0 70 L10 36 Z" fill="{accent}"/>'
        )
    if "orbit" in word:
        return (moon if "lunar" in word or "moon" in word else earth) + ring
    if "trans" in word or "travel" in word or "cruise" in word:
        return (
            f'<g transform="translate(-42 30) scale(0.6)">{earth}</g><g transform="translate(46 '
            f'-34) scale(0.5)">{moon}</g>'
            f'<path d="M-26 8 C-20 -40 10 -52 30 -40" fill="none" stroke="{accent}" '
            'stroke-width="5" stroke-dasharray="2 10" stroke-linecap="round"/>'
        )
    if "descent" in word:
        return (
            f'<g transform="translate(0 -12) rotate(-8)">{lander}</g><path d="M-8 '
            f'40 v26 M8 40 v26" stroke="{accent}" stroke-width="4" stroke-dasharray="4 '
            '7"/>'
        )
    if "landing" in word or "arriv" in word:
        return (
            f'<g transform="translate(0 -4)">{lander}</g><path d="M-70 42 Q-30 '
            f'30 0 38 T70 40" fill="none" stroke="{ink}" stroke-width="6"/>'
        )
    return f'<path d="{star_path(56, 24)}" fill="{accent}"/>'
