"""Menu pages in watercolour: painted dishes on washes, lettered by brush; five layouts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np

from arena.studios.flat.dishes import dishes_for, draw_plate
from arena.studios.flat.inks import lightness, svg_colour
from arena.studios.fonts import (
    ITALIC,
    JOSEFIN,
    OSWALD,
    PLAYFAIR,
    Face,
    fit,
    line,
    rasterise,
    sheet,
)
from arena.studios.gouache.brush import Brush, paint_over, surface
from arena.studios.gouache.wash import blot, lay_wash, letter, paper
from arena.studios.noise import Floats, blur
from arena.studios.plan import Plan
from arena.studios.vocabulary import Rgb

Wash = tuple[float, float, float, float, Rgb]
PALETTES: tuple[tuple[Rgb, ...], ...] = (
    ((236, 110, 84), (96, 168, 138), (244, 190, 86)),
    ((74, 138, 176), (238, 150, 92), (150, 176, 96)),
    ((212, 92, 112), (120, 150, 190), (236, 186, 110)),
    ((198, 82, 62), (64, 128, 116), (232, 168, 74)),
    ((126, 152, 92), (222, 128, 96), (110, 120, 168)),
)
DISH_BRUSH = Brush(radii=(12.0, 6.0, 3.2), limits=(0.0, 0.02, 0.035), ground=(0.96, 0.93, 0.88),
                   stretch=2.6, jitter=0.045, relief=0.35, tooth="paper", vivid=1.22,
                   swirl=0.7)  # fmt: skip


@dataclass
class Page:
    """A page in the making, in units of 1000 across: washes, plates and words."""

    tall: float
    ink: str
    soft: str
    head: Face
    text: Face
    title: str
    tones: tuple[Rgb, ...]
    dark: bool = False
    washes: list[Wash] = field(default_factory=list)
    plates: list[tuple[str, float, float, float]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def say(
        self, text: str, *, x: float, y: float, size: float, room: float, face: Face | None = None,
        anchor: str = "middle", fill: str = "", spacing: float = 0.0,
    ) -> None:  # fmt: skip
        """Letter a line no wider than `room`."""
        used = face or self.text
        fitted = fit(text, used, width=room, most=size, spacing=spacing)
        self.words.append(
            line(text, used, x=x, y=y, size=fitted, fill=fill or self.ink, anchor=anchor,
                 spacing=spacing)
        )  # fmt: skip

    def deep(self, tone: Rgb) -> str:
        """A tone of the page's palette that reads as lettering on its ground."""
        target = 175 if self.dark else 120
        share = target / max(lightness(tone), 1)
        share = max(share, 1.0) if self.dark else min(share, 1.0)
        red, green, blue = (min(255, round(part * share)) for part in tone)
        return svg_colour((red, green, blue))

    def dish(self, name: str, *, x: float, y: float, scale: float) -> None:
        """Paint a dish of radius 100 x scale."""
        self.plates.append((name, x, y, scale))


def paint_menu(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A menu page (H, W, 3) in 0..1; each of five takes is another layout."""
    layouts = (_rows, _ledger, _columns, _feast, _border)
    page = _blank(plan, take, 1000 * min(1.5, max(1.0, height / width)))
    layouts[take % len(layouts)](page, plan.sections[:3])
    ground: tuple[float, float, float] = (
        (0.15, 0.16, 0.19) if plan.dark_ground else (0.992, 0.988, 0.976)
    )
    base = paper(width=width, height=height, tone=ground, seed=260 + take % 40)
    for k, wash in enumerate(page.washes):
        _lay_behind(base, wash, seed=270 + 11 * take % 70 + k, dark=plan.dark_ground)
    base = _paint_plates(base, page, take)
    words = _moved("".join(page.words), width, height)
    return letter(base, svg=words, seed=take, dry=0.35)


def _lay_behind(base: Floats, wash: Wash, *, seed: int, dark: bool) -> None:
    """Lay one wash on the page, in place, touching only the paper about it."""
    height, width, _ = base.shape
    scale, left, top = _fit(width, height)
    x, y, hx, hy, tone = wash
    px, py, rx, ry = left + x * scale, top + y * scale, hx * scale, hy * scale
    reach = 0.14 * min(width, height)
    x0, x1 = max(0, int(px - rx - reach)), min(width, int(px + rx + reach) + 1)
    y0, y1 = max(0, int(py - ry - reach)), min(height, int(py + ry + reach) + 1)
    wide, tall = x1 - x0, y1 - y0
    # Roughness is measured on the piece, so a small piece gets more of it.
    share = min(width, height) / min(wide, tall)
    depth = blot(width=wide, height=tall, centre=((px - x0) / wide, (py - y0) / tall),
                 half=(rx / wide, ry / tall), seed=seed, rough=0.035 * min(share, 3.5)) / share  # fmt: skip
    red, green, blue = (part / 255 for part in tone)
    piece = base[y0:y1, x0:x1]
    if dark:
        # On a dark sheet the washes are body colour, so they are laid as light.
        shape = 1 - lay_wash(np.ones_like(piece), depth=depth, tone=(0, 0, 0), seed=seed, load=0.8)
        piece += 0.42 * np.clip(shape, 0, 1) * (np.array((red, green, blue)) - piece)
    else:
        piece[:] = lay_wash(piece, depth=depth, tone=(red, green, blue), seed=seed, load=0.75)


def _fit(width: int, height: int) -> tuple[float, float, float]:
    """Pixels per unit and the corner of the block that the page is drawn in."""
    side = min(width, height)
    used = side * min(1.5, max(1.0, height / width))
    return side / 1000, (width - side) / 2, (height - used) / 2


def _moved(body: str, width: int, height: int) -> str:
    scale, left, top = _fit(width, height)
    moved = f'<g transform="translate({left:.1f} {top:.1f}) scale({scale:.5f})">{body}</g>'
    return sheet(moved, width=width, height=height)


def _blank(plan: Plan, take: int, tall: float) -> Page:
    heads = ((PLAYFAIR, JOSEFIN), (OSWALD, JOSEFIN), (ITALIC, JOSEFIN), (PLAYFAIR, JOSEFIN),
             (JOSEFIN, JOSEFIN))  # fmt: skip
    head, text = heads[take % 5]
    if re.search(r"\bsans\b", plan.prompt.lower()):
        head = (JOSEFIN, OSWALD, JOSEFIN, OSWALD, JOSEFIN)[take % 5]
    said = tuple(colour for colour in plan.palette if 50 < lightness(colour) < 225)
    return Page(
        tall,
        "#f8f2e6" if plan.dark_ground else "#2f2a2c",
        "#b8b0a6" if plan.dark_ground else "#8a8078",
        head,
        text,
        (plan.lettering[0] if plan.lettering else "Menu").upper(),
        (said + PALETTES[take % 5])[:3],
        plan.dark_ground,
    )


def _paint_plates(base: Floats, page: Page, take: int) -> Floats:
    height, width, _ = base.shape
    scale, _, _ = _fit(width, height)
    drawn = "".join(
        f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.3f})">{draw_plate(name)}</g>'
        for name, x, y, size in page.plates
    )
    art = rasterise(_moved(drawn, width, height), width=width, height=height)
    alpha = art[..., 3:]
    drop = max(1, round(9 * scale))
    shade = np.roll(blur(art[..., 3], radius=7 * scale), (drop, drop), axis=(0, 1))
    base = base * (1 - 0.30 * shade[..., None] * np.array([0.75, 0.8, 0.6]))
    under = base * (1 - alpha) + art[..., :3] * alpha
    brush = replace(DISH_BRUSH, seed=take)
    painted = surface(paint_over(under, brush=brush, take=take), brush=brush, take=take)
    detail = np.clip(under - blur(under, radius=3 * scale), -0.2, 0.2)
    painted = np.clip(painted + 0.55 * detail, 0, 1)
    return np.asarray(base * (1 - alpha) + painted * alpha, dtype=np.float32)


def _rows(page: Page, sections: tuple[str, ...]) -> None:
    """A row of three plates a section under a brushed heading."""
    page.say(page.title, x=500, y=104, size=92, room=760, face=page.head, spacing=0.16)
    step = (page.tall - 150) / max(len(sections), 1)
    for row, section in enumerate(sections):
        y = 140 + row * step
        tone = page.tones[row % 3]
        page.washes.append((158, y + step * 0.47, 128, step * 0.30, tone))
        page.say(section, x=158, y=y + step * 0.50, size=46, room=205, face=page.head)
        for k, (drawing, name, price) in enumerate(dishes_for(section)):
            x = 395 + 222 * k
            size = min(0.98, step / 285)
            page.dish(drawing, x=x, y=y + step * 0.40, scale=size)
            low = y + step * 0.40 + size * 100
            page.say(name, x=x, y=low + 34, size=25, room=208)
            page.say(price, x=x, y=low + 62, size=24, room=80, face=page.head, fill=page.deep(tone))


def _ledger(page: Page, sections: tuple[str, ...]) -> None:
    """Great plates that run off the left edge; names and prices in a ledger at the right."""
    page.washes.append((120, page.tall / 2, 260, page.tall * 0.56, page.tones[2]))
    page.say(
        page.title, x=940, y=120, size=104, room=560, face=page.head, anchor="end", spacing=0.1
    )
    step = (page.tall - 180) / max(len(sections), 1)
    for row, section in enumerate(sections):
        y = 168 + row * step
        tone = page.tones[row % 3]
        dishes = dishes_for(section)
        big = min(1.32, step / 205)
        page.dish(dishes[0][0], x=120 + 30 * (row % 2), y=y + step * 0.46, scale=big)
        page.dish(dishes[1][0], x=318 + 22 * (row % 2), y=y + step * 0.66, scale=big * 0.56)
        page.say(section, x=430, y=y + 52, size=50, room=420, face=page.head, anchor="start",
                 fill=page.deep(tone))  # fmt: skip
        page.words.append(_dash(430, y + 70, 510, tone))
        for k, (_, name, price) in enumerate(dishes):
            ly = y + 116 + 46 * k
            page.say(name, x=430, y=ly, size=29, room=400, anchor="start")
            page.say(price, x=940, y=ly, size=30, room=80, face=page.head, anchor="end")


def _columns(page: Page, sections: tuple[str, ...]) -> None:
    """A tall wash for each section."""
    page.say(page.title, x=500, y=100, size=88, room=700, face=page.head, spacing=0.2)
    wide = 940 / max(len(sections), 1)
    for column, section in enumerate(sections):
        x = 30 + wide * (column + 0.5)
        tone = page.tones[column % 3]
        page.washes.append((x, 190, wide * 0.44, 46, tone))
        page.say(section, x=x, y=204, size=44, room=wide - 66, face=page.head)
        for k, (drawing, name, price) in enumerate(dishes_for(section)):
            y = 340 + (page.tall - 310) / 3 * k
            page.washes.append((x + 10, y + 2, min(wide * 0.40, 122), 74, tone))
            page.dish(drawing, x=x, y=y, scale=0.80)
            page.say(name, x=x, y=y + 114, size=26, room=wide - 40)
            page.say(price, x=x, y=y + 142, size=24, room=80, face=page.head, fill=page.deep(tone))


def _feast(page: Page, sections: tuple[str, ...]) -> None:
    """Sections left and right by turns, three plates heaped beside each."""
    page.washes.append((500, 76, 520, 96, page.tones[0]))
    page.say(page.title, x=500, y=112, size=100, room=720, face=page.head, spacing=0.14)
    step = (page.tall - 200) / max(len(sections), 1)
    for row, section in enumerate(sections):
        y, left = 182 + row * step, row % 2 == 0
        tone = page.tones[(row + 1) % 3]
        middle = 745 if left else 255
        page.washes.append((middle, y + step * 0.5, 236, step * 0.47, tone))
        spots = ((-118, -0.10, 0.80), (112, -0.13, 0.86), (0, 0.22, 0.74))
        for (dx, dy, size), (drawing, _, _) in zip(spots, dishes_for(section), strict=True):
            page.dish(drawing, x=middle + dx, y=y + step * (0.48 + dy), scale=size * step / 290)
        tx = 64 if left else 520
        page.say(section, x=tx, y=y + 76, size=54, room=400, face=page.head, anchor="start",
                 fill=page.deep(tone))  # fmt: skip
        for k, (_, name, price) in enumerate(dishes_for(section)):
            ly = y + 126 + 44 * k
            page.say(name, x=tx, y=ly, size=28, room=330, anchor="start")
            page.say(price, x=tx + 410, y=ly, size=28, room=70, face=page.head, anchor="end")


def _border(page: Page, sections: tuple[str, ...]) -> None:
    """Plates all around the page, the words in a clear middle."""
    drawings = [item[0] for section in sections for item in dishes_for(section)]
    places = ((120, 120), (372, 78), (628, 78), (880, 120), (90, 380), (910, 380), (90, 640),
              (910, 640), (120, 890), (372, 930), (628, 930), (880, 890))  # fmt: skip
    for k, (x, high) in enumerate(places):
        y = high * page.tall / 1000
        page.washes.append((x, y, 128, 116, page.tones[k % 3]))
        page.dish(
            drawings[(k * 4 + k // 9) % len(drawings)], x=x, y=y, scale=0.9 if k % 3 else 0.98
        )
    page.say(page.title, x=500, y=282, size=96, room=520, face=page.head, spacing=0.14)
    step = (page.tall - 500) / max(len(sections), 1)
    for row, section in enumerate(sections):
        y, tone = 300 + row * step, page.tones[row % 3]
        page.say(section, x=500, y=y + 48, size=38, room=380, face=page.head, fill=page.deep(tone))
        for k, (_, name, price) in enumerate(dishes_for(section)):
            ly = y + 82 + 32 * k
            page.say(name, x=268, y=ly, size=25, room=390, anchor="start")
            page.say(price, x=734, y=ly, size=25, room=60, face=page.head, anchor="end")


def _dash(x: float, y: float, wide: float, tone: Rgb) -> str:
    return (
        f'<path d="M{x} {y} q{wide * 0.4:.0f} -7 {wide} -1 q{-wide * 0.5:.0f} 9 {-wide} 1 Z" '
        f'fill="{svg_colour(tone)}"/>'
    )
