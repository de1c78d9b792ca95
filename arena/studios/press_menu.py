"""Menu pages by the press studio: three layouts on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.dishes_flat import dishes_for, draw_plate
from arena.studios.fonts import (
    BEBAS,
    JOSEFIN,
    JOSEFIN_LIGHT,
    OSWALD,
    Face,
    fit,
    line,
    rasterise,
    sheet,
)
from arena.studios.noise import Floats
from arena.studios.paper import paper_grain
from arena.studios.plan import Plan
from arena.studios.press_emblem import lightness, svg_colour

VIVID = (
    ("#e4572e", "#17a398", "#f2b134", "#5b5f97"),
    ("#d7263d", "#f46036", "#1b998b", "#2e294e"),
    ("#ff6b6b", "#4ecdc4", "#ffb627", "#3d5a80"),
)


@dataclass(frozen=True)
class Page:
    """Colours and faces of a menu page, in units of a page 1000 wide and `tall` high."""

    tall: float
    ground: str
    ink: str
    grey: str
    accents: tuple[str, ...]
    head: Face
    text: Face
    title: str


def print_menu(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A menu page (H, W, 3) in 0..1; each take is another layout."""
    tall = 1000 * height / width
    layouts = (_grid, _bands, _columns)
    faces = ((OSWALD, JOSEFIN), (BEBAS, JOSEFIN), (JOSEFIN, JOSEFIN))
    head, text = faces[take % 3]
    said = tuple(svg_colour(c) for c in plan.palette if 50 < lightness(c) < 215)
    page = Page(
        tall,
        "#1d1f24" if plan.dark_ground else "#ffffff",
        "#f7f5f0" if plan.dark_ground else "#1e2126",
        "#8d939c",
        said + VIVID[take % 3] if said else VIVID[take % 3],
        head,
        text,
        plan.lettering[0] if plan.lettering else "MENU",
    )
    # The layouts are drawn 1000 high; other formats scale the whole and keep its margins.
    scale = min(1.0, tall / 1000)
    body = layouts[take % 3](page, plan.sections[:3])
    dx, dy = (1000 - 1000 * scale) / 2, (tall - 1000 * scale) / 2
    moved = f'<g transform="translate({dx:.1f} {dy:.1f}) scale({scale:.4f})">{body}</g>'
    art = rasterise(
        sheet(moved, width=1000, height=tall, ground=page.ground), width=width, height=height
    )[..., :3]
    grain = paper_grain(width=width, height=height, seed=400 + take, strength=0.12)
    return np.clip(art * np.minimum(grain[..., None], 1.0), 0, 1).astype(np.float32)


def _put(name: str, x: float, y: float, size: float) -> str:
    return f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.3f})">{draw_plate(name)}</g>'


def _title(
    page: Page, *, x: float, y: float, size: float, width: float, anchor: str = "middle"
) -> str:
    fitted = fit(page.title.upper(), page.head, width=width, most=size, spacing=0.12)
    return line(
        page.title.upper(),
        page.head,
        x=x,
        y=y,
        size=fitted,
        fill=page.ink,
        spacing=0.12,
        anchor=anchor,
    )


def _label(
    page: Page, name: str, price: str, *, x: float, y: float, width: float, accent: str
) -> str:
    size = fit(name, page.text, width=width, most=25)
    return line(name, page.text, x=x, y=y, size=size, fill=page.ink) + line(
        price, page.head, x=x, y=y + 31, size=24, fill=accent
    )


def _grid(page: Page, sections: tuple[str, ...]) -> str:
    out = _title(page, x=500, y=112, size=86, width=600)
    out += f'<rect x="460" y="138" width="80" height="7" fill="{page.accents[0]}"/>'
    rows = len(sections)
    step = 810 / max(rows, 1)
    for row, section in enumerate(sections):
        accent = page.accents[row % len(page.accents)]
        y = 172 + row * step
        size = fit(section.upper(), page.head, width=200, most=36, spacing=0.05)
        out += f'<rect x="60" y="{y + 18:.0f}" width="8" height="{step - 46:.0f}" fill="{accent}"/>'
        out += line(
            section.upper(),
            page.head,
            x=88,
            y=y + 52,
            size=size,
            fill=page.ink,
            anchor="start",
            spacing=0.05,
        )
        out += line(
            "fresh every day"
            if row == 0
            else ("from the stone oven" if "izza" in section else "house favourites"),
            JOSEFIN_LIGHT,
            x=88,
            y=y + 84,
            size=19,
            fill=page.grey,
            anchor="start",
        )
        for column, (drawing, name, price) in enumerate(dishes_for(section)):
            x = 385 + 215 * column
            out += _put(drawing, x, y + step * 0.38, min(0.9, step / 300))
            out += _label(
                page,
                name,
                price,
                x=x,
                y=y + step * 0.38 + min(0.9, step / 300) * 100 + 36,
                width=200,
                accent=accent,
            )
    return out


def _bands(page: Page, sections: tuple[str, ...]) -> str:
    out = f'<rect width="1000" height="170" fill="{page.accents[0]}"/>'
    size = fit(page.title.upper(), page.head, width=560, most=128, spacing=0.1)
    out += line(
        page.title.upper(),
        page.head,
        x=60,
        y=128,
        size=size,
        fill="#ffffff",
        spacing=0.1,
        anchor="start",
    )
    out += "".join(
        f'<circle cx="{930 - 46 * k}" cy="85" r="15" fill="#ffffff" fill-opacity="{0.9 - 0.25 * k}"/>'
        for k in range(3)
    )
    step = 790 / max(len(sections), 1)
    for row, section in enumerate(sections):
        accent = page.accents[(row + 1) % len(page.accents)]
        y = 194 + row * step
        dishes = dishes_for(section)
        side = row % 2
        px = 800 if side == 0 else 200
        out += (
            f'<circle cx="{px}" cy="{y + step / 2:.0f}" r="{step * 0.44:.0f}" '
            f'fill="{accent}" fill-opacity="0.16"/>'
        )
        out += _put(dishes[0][0], px, y + step / 2, step / 270)
        tx = 60 if side == 0 else 420
        out += line(
            section.upper(),
            page.head,
            x=tx,
            y=y + 58,
            size=58,
            fill=accent,
            anchor="start",
            spacing=0.04,
        )
        for k, (_, name, price) in enumerate(dishes):
            ly = y + 108 + 48 * k
            out += line(name, page.text, x=tx, y=ly, size=28, fill=page.ink, anchor="start")
            out += line(price, page.head, x=tx + 500, y=ly, size=32, fill=page.ink, anchor="end")
            out += (
                f'<path d="M{tx} {ly + 13:.0f} H{tx + 500}" stroke="{page.grey}" stroke-opacity="0.45" '
                f'stroke-width="2" stroke-dasharray="2 6" stroke-linecap="round"/>'
            )
    return out


def _columns(page: Page, sections: tuple[str, ...]) -> str:
    out = _title(page, x=500, y=106, size=72, width=620)
    out += line(
        "good food, simply made", JOSEFIN_LIGHT, x=500, y=146, size=24, fill=page.grey, spacing=0.08
    )
    wide = 920 / max(len(sections), 1)
    for column, section in enumerate(sections):
        accent = page.accents[column % len(page.accents)]
        x = 40 + wide * column
        middle = x + wide / 2
        out += (
            f'<rect x="{x + 10:.0f}" y="182" width="{wide - 20:.0f}" height="766" rx="26" '
            f'fill="{accent}" fill-opacity="0.10"/>'
            f'<rect x="{x + 10:.0f}" y="182" width="{wide - 20:.0f}" height="66" rx="26" fill="{accent}"/>'
            f'<rect x="{x + 10:.0f}" y="216" width="{wide - 20:.0f}" height="32" fill="{accent}"/>'
        )
        size = fit(section.upper(), page.head, width=wide - 70, most=32, spacing=0.1)
        out += line(
            section.upper(), page.head, x=middle, y=226, size=size, fill="#ffffff", spacing=0.1
        )
        for k, (drawing, name, price) in enumerate(dishes_for(section)):
            y = 334 + 226 * k
            out += _put(drawing, middle, y, 0.76)
            out += _label(page, name, price, x=middle, y=y + 106, width=wide - 50, accent=accent)
    return out
