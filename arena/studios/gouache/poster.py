"""Posters painted on a ground that belongs to the subject, with brushed steps and exact words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from arena.studios.flat.inks import blend, lightness, svg_colour
from arena.studios.fonts import (
    BEBAS,
    ITALIC,
    JOSEFIN,
    OSWALD,
    PLAYFAIR,
    Face,
    fit,
    line,
    sheet,
)
from arena.studios.gouache.brush import brush_for, paint_over, surface
from arena.studios.gouache.grounds import paint_backcloth
from arena.studios.gouache.icons import bust, step_icon
from arena.studios.gouache.wash import letter
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.vocabulary import Rgb

USUAL: tuple[Rgb, ...] = ((26, 40, 78), (247, 240, 226), (204, 84, 66), (204, 208, 214))
FACES: tuple[Face, ...] = (PLAYFAIR, BEBAS, JOSEFIN, OSWALD, PLAYFAIR)


@dataclass(frozen=True)
class Inks:
    """Colours of a poster: its ground, letters, an accent, and the discs behind the steps."""

    ground: Rgb
    ink: Rgb
    accent: Rgb
    disc: Rgb
    disc_ink: Rgb


@dataclass(frozen=True)
class Post:
    """Where a step is: disc centre and radius, label place and anchor, room for the label."""

    x: float
    y: float
    r: float
    label_x: float
    label_y: float
    anchor: str
    room: float


def paint_poster(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A painted poster (H, W, 3) in 0..1; five layouts by take."""
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    inks = choose(plan, take)
    cloth = paint_backcloth(
        plan=plan, take=take, width=width, height=height, dark=inks.ground, pale=inks.ink,
        accent=inks.accent,
    )  # fmt: skip
    brush = brush_for(take)
    picture = surface(paint_over(cloth, brush=brush, take=take), brush=brush, take=take)
    posts = place_steps(len(plan.steps), take=take, wide=wide, tall=tall, foot=_foot(plan))
    body = _path(posts, inks, take) + "".join(_disc(post, inks) for post in posts)
    body += "".join(
        f'<g transform="translate({p.x:.1f} {p.y:.1f}) scale({p.r / 98:.3f})">'
        + step_icon(step, k + 1, ink=svg_colour(inks.disc_ink), ground=svg_colour(inks.disc),
                    accent=svg_colour(inks.accent))
        + "</g>"
        for k, (p, step) in enumerate(zip(posts, plan.steps, strict=True))
    )  # fmt: skip
    picture = letter(picture, svg=sheet(body, width=wide, height=tall), seed=take, dry=0.75)
    words = _title(plan, inks, take, wide) + _labels(plan, posts, inks)
    words += _names(plan, inks, wide, tall)
    return letter(picture, svg=sheet(words, width=wide, height=tall), seed=take + 3, dry=0.3)


def choose(plan: Plan, take: int) -> Inks:
    """Colours said in the prompt, dark ground and pale ground by turns."""
    colours = sorted(plan.palette, key=lightness) if len(plan.palette) > 2 else list(USUAL)
    dark, pale = colours[0], colours[-1]
    if lightness(dark) > 120:
        dark = blend(dark, (10, 14, 24), 0.7)
    pale = blend(pale, (252, 240, 214), 0.35)
    accent = next((c for c in colours[1:] if max(c) - min(c) > 50 and c != pale), USUAL[2])
    warm = blend(accent, (226, 84, 52), 0.35)
    if take % 5 in {1, 4}:
        return Inks(pale, blend(dark, (20, 24, 40), 0.2), warm, blend(dark, accent, 0.06), pale)
    return Inks(dark, pale, warm, blend(pale, dark, 0.06), blend(dark, (20, 24, 40), 0.2))


def _foot(plan: Plan) -> float:
    return 150.0 if set(plan.lettering) - {plan.lettering[0]} else 50.0


def place_steps(count: int, *, take: int, wide: float, tall: float, foot: float) -> list[Post]:
    """Posts for so many steps: a grid, a ladder, a clock, a rising arc, a winding way."""
    if not count:
        return []
    layouts = (_grid, _ladder, _clock, _arc, _winding)
    return layouts[take % len(layouts)](count, wide, 225.0, tall - foot)


def _grid(count: int, wide: float, top: float, bottom: float) -> list[Post]:
    columns = 3 if count > 4 else min(2, count)
    rows = math.ceil(count / columns)
    high = (bottom - top) / rows
    r = min(wide / columns * 0.33, high * 0.34)
    posts = []
    for k in range(count):
        row, column = divmod(k, columns)
        last = count - row * columns
        middle = (columns - min(columns, last)) / 2
        x = wide * (0.04 + 0.92 * (column + middle + 0.5) / columns)
        y = top + high * (row + 0.42)
        posts.append(Post(x, y, r, x, y + r + 44, "middle", wide / columns * 0.84))
    return posts


def _ladder(count: int, wide: float, top: float, bottom: float) -> list[Post]:
    """Left and right of a middle line by turns."""
    high = (bottom - top) / count
    r = min(high * 0.62, 96.0)
    posts = []
    for k in range(count):
        side = -1 if k % 2 == 0 else 1
        x = wide / 2 + side * (r + 30)
        y = top + high * (k + 0.5)
        edge = x + side * (r + 22)
        posts.append(Post(x, y, r, edge, y + 13, "end" if side < 0 else "start",
                          (edge if side < 0 else wide - edge) - 40))  # fmt: skip
    return posts


def _clock(count: int, wide: float, top: float, bottom: float) -> list[Post]:
    """Around the middle like hours, read clockwise from the upper left."""
    cx, cy = wide / 2, (top + bottom) / 2 - 8
    rx, ry = wide * 0.335, (bottom - top) * 0.36
    r = min(96.0, ry * 0.36, 2.1 * ry / max(3, count / 1.6))
    posts = []
    for k in range(count):
        a = -math.pi * 0.75 + 2 * math.pi * k / count
        x, y = cx + rx * math.cos(a), cy + ry * math.sin(a)
        posts.append(Post(x, y, r, x, y + r + 38, "middle", r * 2.9))
    return posts


def _arc(count: int, wide: float, top: float, bottom: float) -> list[Post]:
    """A climb from the lower left to the upper right, labels on the open side."""
    high = (bottom - top) / count
    r = min(high * 0.56, 92.0)
    posts = []
    for k in range(count):
        t = k / max(count - 1, 1)
        x = wide * (0.15 + 0.70 * t) + wide * 0.06 * math.sin(math.pi * t)
        y = bottom - high * (k + 0.5)
        side = 1 if t < 0.5 else -1
        edge = x + side * (r + 20)
        room = (wide - edge if side > 0 else edge) - 36
        posts.append(Post(x, y, r, edge, y + 13, "start" if side > 0 else "end", room))
    return posts


def _winding(count: int, wide: float, top: float, bottom: float) -> list[Post]:
    """Two to a row, there and back again."""
    rows = math.ceil(count / 2)
    high = (bottom - top) / rows
    r = min(high * 0.34, 104.0)
    posts = []
    for k in range(count):
        row, column = divmod(k, 2)
        if row % 2:
            column = 1 - column
        x = wide * (0.30 if column == 0 else 0.70) + 26 * math.sin(k * 2.1)
        y = top + high * (row + 0.40) + (16 if column else -4)
        posts.append(Post(x, y, r, x, y + r + 42, "middle", wide * 0.40))
    return posts


def _path(posts: list[Post], inks: Inks, take: int) -> str:
    """A dry brush line from step to step."""
    if len(posts) < 2 or take % 5 == 0:
        return ""
    way = f"M{posts[0].x:.0f} {posts[0].y:.0f}"
    for a, b in pairwise(posts):
        bow = 0.16 * (b.x - a.x)
        way += f" Q{(a.x + b.x) / 2:.0f} {(a.y + b.y) / 2 - bow * 0.6 - 14:.0f} {b.x:.0f} {b.y:.0f}"
    colour = svg_colour(inks.accent)
    return (
        f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="11" stroke-opacity="0.85" '
        'stroke-linecap="round" stroke-dasharray="34 20"/>'
    )


def _disc(post: Post, inks: Inks) -> str:
    rng = np.random.default_rng(int(post.x * 7 + post.y))
    points = []
    for k in range(28):
        a = 2 * math.pi * k / 28
        grown = post.r * (1 + rng.normal(0, 0.012))
        points.append(f"{post.x + grown * math.cos(a):.1f},{post.y + grown * math.sin(a):.1f}")
    return (
        f'<polygon points="{" ".join(points)}" fill="{svg_colour(inks.disc)}" '
        f'stroke="{svg_colour(inks.accent)}" stroke-width="5" stroke-linejoin="round"/>'
    )


def _title(plan: Plan, inks: Inks, take: int, wide: float) -> str:
    face = FACES[take % len(FACES)]
    text = plan.lettering[0].upper() if face is not PLAYFAIR else plan.lettering[0]
    size = fit(text, face, width=wide * 0.84, most=150, spacing=0.04)
    x = wide / 2
    dash = f'<path d="M{x - 110} 196 q110 -12 220 -2 q-110 13 -220 2 Z" fill="{svg_colour(inks.accent)}"/>'
    return dash + line(text, face, x=x, y=60 + size * 0.74, size=size, fill=svg_colour(inks.ink),
                       spacing=0.04)  # fmt: skip


def _labels(plan: Plan, posts: list[Post], inks: Inks) -> str:
    out = ""
    for k, (post, step) in enumerate(zip(posts, plan.steps, strict=True)):
        text = f"{k + 1}. {step}"
        size = fit(text, JOSEFIN, width=post.room, most=36)
        out += line(text, JOSEFIN, x=post.label_x, y=post.label_y, size=size,
                    fill=svg_colour(inks.ink), anchor=post.anchor, more=_halo(inks))  # fmt: skip
    return out


def _halo(inks: Inks) -> str:
    """An underpainting about letters in the ground's colour, so that no stroke crosses them."""
    return (
        f'stroke="{svg_colour(inks.ground)}" stroke-width="12" stroke-opacity="0.85" '
        'stroke-linejoin="round" paint-order="stroke"'
    )


def _names(plan: Plan, inks: Inks, wide: float, tall: float) -> str:
    names = [name for name in plan.lettering[1:7] if name != plan.lettering[0]]
    out = ""
    step = min(250.0, wide * 0.9 / max(len(names), 1))
    ink, accent = svg_colour(inks.ink), svg_colour(inks.accent)
    for k, name in enumerate(names):
        x = wide / 2 + (k - (len(names) - 1) / 2) * step
        size = fit(name, ITALIC, width=step - 22, most=36)
        if f'"{name}"' in plan.prompt:
            out += (
                f'<path d="M{x} {tall - 66} C{x - 26} {tall - 94} {x - 20} {tall - 122} {x} {tall - 122} '
                f'C{x + 20} {tall - 122} {x + 26} {tall - 94} {x} {tall - 66} Z" fill="{accent}"/>'
                f'<circle cx="{x}" cy="{tall - 102}" r="8" fill="{svg_colour(inks.ground)}"/>'
            )
        else:
            out += bust(x=x, y=tall - 92, size=0.52, fill=ink, visor=svg_colour(inks.ground))
        out += line(name, ITALIC, x=x, y=tall - 30, size=size, fill=ink, more=_halo(inks))
    return out
