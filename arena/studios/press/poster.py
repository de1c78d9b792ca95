"""Infographic posters by the press studio: a title, numbered steps with icons, people, a place."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from arena.studios.flat.inks import blend, lightness, svg_colour
from arena.studios.flat.paper import paper_grain
from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, fit, line, rasterise, sheet
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.press.poster_icons import PosterInks, draw_icon, draw_lander
from arena.studios.press.poster_parts import (
    Sheet,
    draw_crew,
    draw_foot,
    draw_hero,
    draw_label,
    draw_marked_disc,
    draw_medal,
    draw_title,
)
from arena.studios.vocabulary import Rgb

USUAL: tuple[Rgb, ...] = ((24, 38, 74), (244, 242, 236), (196, 70, 62), (206, 210, 216))


def print_poster_page(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A poster page (H, W, 3) in 0..1.

    Takes: winding path, timeline, panels, arc about a great disc, diagonal stairs.
    """
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    layout, on_dark = LAYOUTS[take % len(LAYOUTS)]
    inks = _inks(plan, on_dark=on_dark)
    names, place = _people_and_place(plan)
    words = plan.prompt.lower()
    in_space = any(
        word in words for word in ("apollo", "moon", "space", "lunar", "mars", "astronaut")
    )
    page = Sheet(wide, tall, plan.lettering[0].upper(), plan.steps, names, place, inks, in_space)
    body = (_stars(page, take) if in_space else "") + layout(page)
    art = rasterise(
        sheet(body, width=wide, height=tall, ground=inks.ground), width=width, height=height
    )
    grain = paper_grain(width=width, height=height, seed=500 + take, strength=0.4)
    return np.clip(art[..., :3] * grain[..., None], 0, 1).astype(np.float32)


def _inks(plan: Plan, *, on_dark: bool) -> PosterInks:
    colours = sorted(plan.palette, key=lightness) if len(plan.palette) > 2 else list(USUAL)
    dark, light = colours[0], colours[-1]
    accent = next((c for c in colours if max(c) - min(c) > 60 and c != dark), USUAL[2])
    sea = blend(dark, (72, 150, 220), 0.62)
    grey = blend(dark, light, 0.74)
    ground, ink = (dark, light) if on_dark else (light, dark)
    return PosterInks(*(svg_colour(c) for c in (ground, ink, accent, grey, sea)))


def _people_and_place(plan: Plan) -> tuple[tuple[str, ...], str]:
    """Names of people, and the label in quotation marks that is no title."""
    rest = [text for text in dict.fromkeys(plan.lettering[1:]) if text != plan.lettering[0]]
    place = [text for text in rest if f'"{text}"' in plan.prompt or f"'{text}'" in plan.prompt]
    names = tuple(text for text in rest if text not in place)[:5]
    return names, place[0] if place else ""


def _stars(page: Sheet, take: int) -> str:
    rng = np.random.default_rng(take)
    return "".join(
        f'<circle cx="{rng.uniform(0, page.wide):.0f}" cy="{rng.uniform(0, page.tall):.0f}" '
        f'r="{rng.uniform(1.0, 2.8):.1f}" fill="{page.inks.ink}" fill-opacity="0.35"/>'
        for _ in range(110)
    )


def _winding(page: Sheet) -> str:
    out = draw_title(page, y=158, face=BEBAS, most=150)
    foot = page.tall - 215 if page.names or page.place else page.tall - 40
    out += draw_foot(page, y=foot + 6)
    count = len(page.steps)
    if not count:
        return out + draw_hero(page)
    columns = 3 if count > 4 else 2 if count > 1 else 1
    rows = math.ceil(count / columns)
    top, room = 206.0, foot - 206
    step = room / rows
    r = min(page.wide / columns * 0.30, (step - 70) / 2)
    spots = []
    for k in range(count):
        row, column = divmod(k, columns)
        column = columns - 1 - column if row % 2 else column
        drop = 14 if column % 2 else -6
        spots.append((page.wide * (column + 0.5) / columns, top + step * row + r + 18 + drop))
    out += (
        f'<path d="{_road(spots, page.wide)}" fill="none" stroke="{page.inks.grey}" '
        'stroke-width="6" stroke-dasharray="2 15" stroke-linecap="round"/>'
    )
    for k, (x, y) in enumerate(spots):
        out += draw_medal(page, k, x=x, y=y, r=r)
        out += draw_label(page, k, x=x, y=y + r + 50, width=page.wide / columns * 0.88, most=42)
    return out


def _road(spots: list[tuple[float, float]], wide: float) -> str:
    """A road through the spots that swings out wide where it turns back."""
    path = f"M{spots[0][0]:.0f} {spots[0][1]:.0f}"
    for (ax, ay), (bx, by) in pairwise(spots):
        if abs(by - ay) < 60:
            path += f" Q{(ax + bx) / 2:.0f} {(ay + by) / 2 - 60:.0f} {bx:.0f} {by:.0f}"
        else:
            out = wide * 1.02 if ax > wide / 2 else -wide * 0.02
            path += f" C{out:.0f} {ay + 20:.0f} {out:.0f} {by - 20:.0f} {bx:.0f} {by:.0f}"
    return path


def _timeline(page: Sheet) -> str:
    inks, tall, wide = page.inks, page.tall, page.wide
    out = f'<rect width="{wide:.0f}" height="190" fill="{inks.ink}"/>'
    size = fit(page.title, OSWALD, width=wide * 0.86, most=118, spacing=0.05)
    out += line(
        page.title,
        OSWALD,
        x=64,
        y=95 + size * 0.36,
        size=size,
        fill=inks.ground,
        spacing=0.05,
        anchor="start",
    )
    out += f'<rect y="190" width="{wide:.0f}" height="12" fill="{inks.accent}"/>'
    foot = tall - 190 if page.names else tall - 30
    r = min(200.0, (foot - 240) / 2 * 0.8)
    mx, my = wide - r - 34, (202 + foot) / 2
    out += draw_marked_disc(page, x=mx, y=my, r=r, most=56, pin=0.42)
    if page.in_space:
        out += (
            f'<g transform="translate({mx - r * 0.1:.0f} {my - r * 0.86:.0f}) '
            f'scale(1.5)">{draw_lander(inks)}</g>'
        )
    count = max(len(page.steps), 1)
    step = (foot - 216) / count
    ring = min(74.0, step * 0.44)
    if page.steps:
        out += (
            f'<path d="M140 {216 + step / 2:.0f} V{216 + step * (count - 0.5):.0f}" '
            f'stroke="{inks.grey}" stroke-width="8"/>'
        )
    for k in range(len(page.steps)):
        y = 216 + step * (k + 0.5)
        out += draw_medal(page, k, x=140, y=y, r=ring, number=False)
        out += line(str(k + 1), BEBAS, x=262, y=y + 22, size=64, fill=inks.accent)
        out += draw_label(page, k, x=306, y=y + 17, width=mx - r - 330, most=50, anchor="start")
    if page.names:
        out += (
            f'<rect x="64" y="{foot + 6:.0f}" width="{wide - 128:.0f}" height="4" '
            f'fill="{inks.grey}"/>'
        )
        out += draw_crew(page, x=40, y=foot + 72, width=wide - 80, size=38)
    return out if page.steps else out + draw_hero(page)


def _panels(page: Sheet) -> str:
    inks, wide, tall = page.inks, page.wide, page.tall
    out = draw_title(page, y=136, face=JOSEFIN, most=104, rule=False)
    foot = tall - 205 if page.names or page.place else tall - 40
    out += draw_foot(page, y=foot + 8)
    count = len(page.steps)
    if not count:
        return out + draw_hero(page)
    columns = 3 if count > 4 else 2 if count > 1 else 1
    rows = math.ceil(count / columns)
    gap, left = 18.0, wide * 0.06
    w = (wide * 0.88 - gap * (columns - 1)) / columns
    h = (foot - 176 - gap * rows) / rows
    turned = PosterInks(inks.ink, inks.ground, inks.accent, inks.grey, inks.sea)
    warm = PosterInks(inks.accent, "#ffffff", inks.sea, inks.grey, inks.sea)
    for k in range(count):
        row, column = divmod(k, columns)
        x, y = left + column * (w + gap), 176 + row * (h + gap)
        look = turned if (row + column) % 2 == 0 else warm
        out += (
            f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" rx="18" '
            f'fill="{look.ground}"/>'
        )
        out += line(
            str(k + 1),
            BEBAS,
            x=x + 22,
            y=y + 68,
            size=72,
            fill=look.ink,
            anchor="start",
            more='fill-opacity="0.9"',
        )
        out += (
            f'<g transform="translate({x + w / 2:.0f} {y + (h - 52) / 2:.0f}) '
            f'scale({min(w, h - 70) / 215:.3f})">{draw_icon(page.steps[k], inks=look)}</g>'
        )
        size = fit(page.steps[k].upper(), OSWALD, width=w - 40, most=40, spacing=0.04)
        out += line(
            page.steps[k].upper(),
            OSWALD,
            x=x + w / 2,
            y=y + h - 24,
            size=size,
            fill=look.ink,
            spacing=0.04,
        )
    return out


def _moon_arc(page: Sheet) -> str:
    inks, wide, tall = page.inks, page.wide, page.tall
    out = draw_title(page, y=140, face=BEBAS, most=136)
    low = tall - 190 if page.names else tall - 60
    reach = min(wide * 0.385, (low - 290) / 1.46)
    cx, cy = wide / 2, low - 10 - reach * 0.46
    out += (
        f'<path d="M{cx - reach:.0f} {cy:.0f} A{reach:.0f} {reach:.0f} 0 0 1 '
        f'{cx + reach:.0f} {cy:.0f}" fill="none" stroke="{inks.accent}" stroke-width="6" '
        'stroke-dasharray="2 15" stroke-linecap="round"/>'
    )
    out += draw_marked_disc(page, x=cx, y=cy, r=reach * 0.46, most=46, pin=0.2)
    count = len(page.steps)
    r = min(76.0, 400.0 / max(count, 4))
    for k in range(count):
        a = math.pi * (1 - (k + 0.15) / max(count - 0.7, 0.3)) if count > 1 else math.pi / 2
        x, y = cx - reach * -math.cos(a) * 1.06, cy - reach * math.sin(a)
        out += draw_medal(page, k, x=x, y=y, r=r)
        out += draw_label(
            page,
            k,
            x=x,
            y=y + r + 42,
            width=min(wide / max(count, 4) * 1.16, 2.0 * (min(x, wide - x) - 14)),
            most=34,
        )
    if page.names:
        out += draw_crew(page, x=wide * 0.1, y=tall - 122, width=wide * 0.8, size=36)
    return out


def _stairs(page: Sheet) -> str:
    inks, wide, tall = page.inks, page.wide, page.tall
    words = page.title.split()
    short = len(words) == 1 or len(page.title) < 13
    lines = [page.title] if short else [" ".join(words[:-1]), words[-1]]
    size = min(fit(text, OSWALD, width=wide * 0.62, most=150 if short else 112) for text in lines)
    out = ""
    for number, text in enumerate(lines):
        y = 54 + size * (0.92 + 1.06 * number)
        out += line(text, OSWALD, x=56, y=y, size=size, fill=inks.ink, anchor="start")
    count = max(len(page.steps), 1)
    start, run, fall = (116.0, tall * 0.385), wide * 0.59, tall * 0.485
    r = min(66.0, tall * 0.50 / count * 0.72)
    slope = fall / run
    edge = [(-60, -60), (wide + 60, -60), (wide + 60, 62), (-60, 62)]
    band = " ".join(f"{x:.0f},{start[1] + (x - start[0]) * slope + dy:.0f}" for x, dy in edge)
    out = f'<polygon points="{band}" fill="{inks.accent}"/>' + out
    out += draw_marked_disc(page, x=wide * 0.815, y=tall * 0.30, r=min(wide, tall) * 0.158, most=40)
    for k in range(len(page.steps)):
        t = k / max(count - 1, 1)
        x, y = start[0] + run * t, start[1] + fall * t
        out += draw_medal(page, k, x=x, y=y, r=r, number=False)
        out += line(str(k + 1), BEBAS, x=x + r + 32, y=y - r * 0.2, size=54, fill=inks.accent)
        room = wide - x - r - 76
        out += draw_label(
            page, k, x=x + r + 58, y=y - r * 0.22, width=room, most=42, anchor="start"
        )
    if page.names:
        out += draw_crew(page, x=22, y=tall - 128, width=wide * 0.52, size=30)
    return out if page.steps else out + draw_hero(page)


Layout = Callable[[Sheet], str]
LAYOUTS: tuple[tuple[Layout, bool], ...] = (
    (_winding, True),
    (_timeline, False),
    (_panels, False),
    (_moon_arc, True),
    (_stairs, False),
)
