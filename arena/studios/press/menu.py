"""Menu pages by the press studio: five layouts on a grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.studios.flat.dishes import Item, dishes_for, draw_plate
from arena.studios.flat.inks import lightness, svg_colour
from arena.studios.flat.paper import paper_grain
from arena.studios.fonts import (
    BEBAS,
    JOSEFIN,
    OSWALD,
    Face,
    fit,
    line,
    measure,
    rasterise,
    sheet,
)
from arena.studios.noise import Floats
from arena.studios.plan import Plan

VIVID = (
    ("#e4572e", "#17a398", "#f2b134", "#5b5f97"),
    ("#d7263d", "#f46036", "#1b998b", "#2e294e"),
    ("#ff6b6b", "#4ecdc4", "#ffb627", "#3d5a80"),
    ("#0f8b5f", "#ef476f", "#f78c2a", "#118ab2"),
    ("#c2452d", "#2d5d62", "#d99a2b", "#7a3b5d"),
)
TEXT_SIZE = 33  # at a page of 512 pixels this is 17 pixels high


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
    """A menu page (H, W, 3) in 0..1.

    Takes: dish grid, bands, columns, picture cards, two-column bistro sheet.
    """
    tall = 1000 * height / width
    layout, head, text = LAYOUTS[take % len(LAYOUTS)]
    vivid = VIVID[take % len(VIVID)]
    said = tuple(svg_colour(c) for c in plan.palette if 50 < lightness(c) < 215)
    page = Page(
        tall,
        "#1d1f24" if plan.dark_ground else "#ffffff",
        "#f7f5f0" if plan.dark_ground else "#1e2126",
        "#8d939c",
        said + vivid if said else vivid,
        head,
        text,
        plan.lettering[0] if plan.lettering else "MENU",
    )
    # The layouts are drawn 1000 high; other formats scale the whole and keep its margins.
    scale = min(1.0, tall / 1000)
    body = layout(page, plan.sections[:3])
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


def _heading(
    page: Page, text: str, *, x: float, y: float, width: float, most: float, fill: str
) -> str:
    size = fit(text.upper(), page.head, width=width, most=most, spacing=0.04)
    return line(
        text.upper(), page.head, x=x, y=y, size=size, fill=fill, spacing=0.04, anchor="start"
    )


def _caption(
    page: Page, name: str, *, x: float, y: float, width: float, anchor: str = "middle"
) -> str:
    """A dish's name in TEXT_SIZE, on two lines where one has no room."""
    words, lines = name.split(), [name]
    if measure(name, page.text, TEXT_SIZE) > width and len(words) > 1:
        half = (len(words) + 1) // 2
        lines = [" ".join(words[:half]), " ".join(words[half:])]
    size = min(fit(part, page.text, width=width, most=TEXT_SIZE) for part in lines)
    return "".join(
        line(part, page.text, x=x, y=y + k * size * 1.06, size=size, fill=page.ink, anchor=anchor)
        for k, part in enumerate(lines)
    )


def _tag(page: Page, price: str, *, x: float, y: float, fill: str) -> str:
    """A round price tag about (x, y)."""
    return (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="33" fill="{fill}" stroke="{page.ground}" '
        'stroke-width="5"/>'
    ) + line(price, page.head, x=x, y=y + 13, size=36, fill="#ffffff")


def _price_list(
    page: Page, items: tuple[Item, ...], *, x: float, y: float, width: float, step: float
) -> str:
    """Names and prices on dotted lines."""
    out = ""
    for k, (_, name, price) in enumerate(items):
        low = y + step * k
        size = fit(name, page.text, width=width - 70, most=38)
        out += line(name, page.text, x=x, y=low, size=size, fill=page.ink, anchor="start")
        out += line(price, page.head, x=x + width, y=low, size=40, fill=page.ink, anchor="end")
        out += (
            f'<path d="M{x:.0f} {low + 14:.0f} H{x + width:.0f}" stroke="{page.grey}" '
            'stroke-opacity="0.55" '
            'stroke-width="2.4" stroke-dasharray="2 7" stroke-linecap="round"/>'
        )
    return out


def _grid(page: Page, sections: tuple[str, ...]) -> str:
    out = _title(page, x=500, y=112, size=92, width=640)
    out += f'<rect x="450" y="134" width="100" height="8" fill="{page.accents[0]}"/>'
    step = 826 / max(len(sections), 1)
    for row, section in enumerate(sections):
        accent = page.accents[row % len(page.accents)]
        y = 164 + row * step
        out += (
            f'<rect x="46" y="{y + 14:.0f}" width="10" height="{step - 36:.0f}" fill="{accent}"/>'
        )
        out += _heading(page, section, x=78, y=y + step / 2 + 8, width=216, most=52, fill=page.ink)
        for column, (drawing, name, price) in enumerate(dishes_for(section)):
            x, grow = 414 + 218 * column, min(0.86, step / 320)
            out += _put(drawing, x, y + 16 + 100 * grow, grow)
            out += _tag(page, price, x=x + 76 * grow, y=y + 40, fill=accent)
            out += _caption(page, name, x=x, y=y + 52 + 200 * grow, width=208)
    return out


def _bands(page: Page, sections: tuple[str, ...]) -> str:
    out = f'<rect width="1000" height="170" fill="{page.accents[0]}"/>'
    size = fit(page.title.upper(), page.head, width=680, most=138, spacing=0.1)
    out += line(
        page.title.upper(),
        page.head,
        x=60,
        y=85 + size * 0.35,
        size=size,
        fill="#ffffff",
        spacing=0.1,
        anchor="start",
    )
    out += "".join(
        (
            f'<circle cx="{930 - 46 * k}" cy="85" r="15" fill="#ffffff" '
            f'fill-opacity="{0.9 - 0.25 * k}"/>'
        )
        for k in range(3)
    )
    step = 800 / max(len(sections), 1)
    for row, section in enumerate(sections):
        accent = page.accents[(row + 1) % len(page.accents)]
        y = 186 + row * step
        dishes = dishes_for(section)
        px, tx = (812, 60) if row % 2 == 0 else (188, 410)
        out += (
            f'<circle cx="{px}" cy="{y + step / 2:.0f}" r="{step * 0.46:.0f}" '
            f'fill="{accent}" fill-opacity="0.18"/>'
        )
        out += _put(dishes[0][0], px, y + step / 2, step / 250)
        out += _heading(page, section, x=tx, y=y + 70, width=500, most=70, fill=accent)
        out += _price_list(page, dishes, x=tx, y=y + 132, width=530, step=step * 0.2)
    return out


def _columns(page: Page, sections: tuple[str, ...]) -> str:
    out = _title(page, x=500, y=118, size=96, width=700)
    wide = 940 / max(len(sections), 1)
    for column, section in enumerate(sections):
        accent = page.accents[column % len(page.accents)]
        x = 30 + wide * column
        middle = x + wide / 2
        out += (
            f'<rect x="{x + 8:.0f}" y="158" width="{wide - 16:.0f}" height="812" rx="26" '
            f'fill="{accent}" fill-opacity="0.13"/>'
            f'<path d="M{x + 8:.0f} 234 V184 a26 26 0 0 1 26 -26 H{x + wide - 34:.0f} a26 26 '
            '0 0 1 26 26 V234 Z" '
            f'fill="{accent}"/>'
        )
        size = fit(section.upper(), page.head, width=wide - 60, most=42, spacing=0.06)
        out += line(
            section.upper(), page.head, x=middle, y=211, size=size, fill="#ffffff", spacing=0.06
        )
        for k, (drawing, name, price) in enumerate(dishes_for(section)):
            y = 326 + 240 * k
            out += _put(drawing, middle, y, 0.74)
            out += _tag(page, price, x=middle + 74, y=y - 46, fill=accent)
            out += _caption(page, name, x=middle, y=y + 112, width=wide - 44)
    return out


def _cards(page: Page, sections: tuple[str, ...]) -> str:
    """A grid of pictures with a caption and a price tag each."""
    size = fit(page.title.upper(), page.head, width=600, most=118, spacing=0.02)
    out = line(
        page.title.upper(),
        page.head,
        x=44,
        y=118,
        size=size,
        fill=page.ink,
        spacing=0.02,
        anchor="start",
    )
    out += (
        f'<rect x="{70 + measure(page.title.upper(), page.head, size, size * 0.02):.0f}" '
        f'y="84" width="900" height="12" fill="{page.accents[0]}"/>'
    )
    step = 836 / max(len(sections), 1)
    tables = (
        "#2f3640",
        "#c98f5b",
        "#e9e2d6",
        "#8fb8a8",
        "#f2c14e",
        "#3d5a73",
        "#d9d4cc",
        "#b56a4a",
        "#55605a",
    )
    for row, section in enumerate(sections):
        accent = page.accents[row % len(page.accents)]
        y = 150 + row * step
        size = fit(section.upper(), page.head, width=step - 60, most=50, spacing=0.05)
        out += f'<rect x="44" y="{y:.0f}" width="70" height="{step - 22:.0f}" fill="{accent}"/>'
        out += (
            (
                f'<g transform="translate({79 + size * 0.36:.0f} {y + (step - 22) / 2:.0f}) '
                'rotate(-90)">'
            )
            + line(section.upper(), page.head, x=0, y=0, size=size, fill="#ffffff", spacing=0.05)
            + "</g>"
        )
        for column, (drawing, name, price) in enumerate(dishes_for(section)):
            x, high = 130 + 279 * column, step - 84
            out += _picture(
                drawing,
                x=x,
                y=y,
                width=267,
                height=high,
                table=tables[(row * 3 + column) % 9],
                number=row * 3 + column,
            )
            out += (
                f'<rect x="{x + 187:.0f}" y="{y + 14:.0f}" width="80" height="52" fill="{accent}"/>'
            )
            out += line(price, page.head, x=x + 227, y=y + 54, size=42, fill="#ffffff")
            fitted = fit(name, page.text, width=252, most=TEXT_SIZE)
            out += line(
                name,
                page.text,
                x=x + 2,
                y=y + high + 42,
                size=fitted,
                fill=page.ink,
                anchor="start",
            )
    return out


def _picture(
    drawing: str, *, x: float, y: float, width: float, height: float, table: str, number: int
) -> str:
    """A dish on a table top, cropped like a photograph from above."""
    dx, dy, grow = ((0.44, 0.56, 1.14), (0.56, 0.5, 1.02), (0.5, 0.62, 1.26))[number % 3]
    grow *= height / 200
    boards = "".join(
        f'<rect x="{x + k * width / 4:.0f}" y="{y:.0f}" width="{width / 4 - 3:.0f}" '
        f'height="{height:.0f}" fill="#ffffff" '
        f'fill-opacity="{0.03 + 0.04 * ((k + number) % 3)}"/>'
        for k in range(4)
    )
    fork = (
        f'<g transform="translate({x + width * (0.93 if number % 2 else 0.07):.0f} '
        f'{y + height * 0.5:.0f})" fill="none" '
        'stroke="#f2f4f6" stroke-width="7" stroke-linecap="round"><path d="M0 80 V-10 '
        "M-12 -60 V-26 Q-12 -10 0 -10 "
        'Q12 -10 12 -26 V-60 M0 -60 V-20"/></g>'
    )
    return (
        f'<clipPath id="card{number}"><rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}"/></clipPath>'
        f'<g clip-path="url(#card{number})"><rect x="{x:.0f}" y="{y:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" '
        f'fill="{table}"/>{boards}{fork}{_put(drawing, x + width * dx, y + height * dy, grow)}</g>'
    )


def _bistro(page: Page, sections: tuple[str, ...]) -> str:
    """A framed sheet: sections in two columns about a rule, two dishes drawn large."""
    first, second = page.accents[0], page.accents[1]
    out = (
        f'<rect x="24" y="24" width="952" height="952" fill="none" stroke="{page.ink}" '
        'stroke-width="7"/>'
    )
    out += (
        f'<rect x="38" y="38" width="924" height="924" fill="none" stroke="{page.ink}" '
        'stroke-width="2.4"/>'
    )
    size = fit(page.title.upper(), page.head, width=600, most=112, spacing=0.12)
    half = measure(page.title.upper(), page.head, size, size * 0.12) / 2 + 44
    out += _title(page, x=500, y=112 + size * 0.36, size=112, width=600)
    out += (
        f'<path d="M70 112 H{500 - half:.0f} M{500 + half:.0f} 112 H930" '
        f'stroke="{first}" stroke-width="12"/>'
    )
    out += f'<path d="M70 186 H930 M500 214 V930" stroke="{page.ink}" stroke-width="3"/>'
    places = ((72, 276), (72, 646), (532, 646))
    hero = dishes_for(sections[-1])[0][0] if sections else "pasta"
    out += f'<circle cx="732" cy="394" r="184" fill="{second}" fill-opacity="0.2"/>' + _put(
        hero, 732, 394, 1.62
    )
    for (x, y), section, accent in zip(
        places, sections, (first, second, page.accents[2]), strict=False
    ):
        out += _heading(page, section, x=x, y=y, width=396, most=62, fill=accent)
        out += _price_list(page, dishes_for(section), x=x, y=y + 74, width=396, step=76)
    if len(sections) < 3:
        extra = dishes_for(sections[0])[1][0] if sections else "coffee"
        out += _put(extra, 732, 770, 1.3)
    return out


Layout = Callable[[Page, tuple[str, ...]], str]
LAYOUTS: tuple[tuple[Layout, Face, Face], ...] = (
    (_grid, OSWALD, JOSEFIN),
    (_bands, BEBAS, JOSEFIN),
    (_columns, JOSEFIN, JOSEFIN),
    (_cards, BEBAS, OSWALD),
    (_bistro, OSWALD, JOSEFIN),
)
