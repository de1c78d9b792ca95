"""Parts that the poster layouts share: title, step medals, labels, people, the marked place."""

from __future__ import annotations

from dataclasses import dataclass

from arena.studios.fonts import JOSEFIN, OSWALD, Face, fit, line
from arena.studios.press.poster_icons import (
    PosterInks,
    draw_icon,
    draw_moon,
    draw_person,
    draw_pin,
)


@dataclass(frozen=True)
class Sheet:
    """What a poster says and how large it is: the shorter side has 1000 units."""

    wide: float
    tall: float
    title: str
    steps: tuple[str, ...]
    names: tuple[str, ...]
    place: str
    inks: PosterInks
    in_space: bool


def draw_title(page: Sheet, *, y: float, face: Face, most: float, rule: bool = True) -> str:
    """The title in the middle of the page, with a rule under it."""
    size = fit(page.title, face, width=page.wide * 0.84, most=most, spacing=0.05)
    out = line(page.title, face, x=page.wide / 2, y=y, size=size, fill=page.inks.ink, spacing=0.05)
    if rule:
        out += (
            f'<rect x="{page.wide / 2 - 70:.0f}" y="{y + 24:.0f}" width="140" height="9" '
            f'fill="{page.inks.accent}"/>'
        )
    return out


def draw_medal(page: Sheet, k: int, *, x: float, y: float, r: float, number: bool = True) -> str:
    """A step's icon in a circle with its number."""
    inks = page.inks
    out = (
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}" fill="{inks.ground}" stroke="{inks.ink}" '
        f'stroke-width="{max(4.0, r * 0.055):.1f}"/><g transform="translate({x:.1f} {y:.1f}) '
        f'scale({r / 118:.3f})">{draw_icon(page.steps[k], inks=inks)}</g>'
    )
    if number:
        nx, ny, nr = x - r * 0.74, y - r * 0.74, max(23.0, r * 0.29)
        out += f'<circle cx="{nx:.0f}" cy="{ny:.0f}" r="{nr:.0f}" fill="{inks.accent}"/>'
        out += line(str(k + 1), OSWALD, x=nx, y=ny + nr * 0.42, size=nr * 1.22, fill="#ffffff")
    return out


def draw_label(
    page: Sheet, k: int, *, x: float, y: float, width: float, most: float, anchor: str = "middle"
) -> str:
    """A step\'s words in capitals, at most `width` wide."""
    text = page.steps[k].upper()
    size = fit(text, OSWALD, width=width, most=most, spacing=0.04)
    return line(text, OSWALD, x=x, y=y, size=size, fill=page.inks.ink, spacing=0.04, anchor=anchor)


def draw_crew(
    page: Sheet,
    *,
    x: float,
    y: float,
    width: float,
    size: float = 34,
    inks: PosterInks | None = None,
) -> str:
    """A strip of silhouettes, each over its name, that starts at (x, y)."""
    ink = inks or page.inks
    out = ""
    step = width / max(len(page.names), 1)
    most = (
        min(fit(name, JOSEFIN, width=step - 22, most=size) for name in page.names)
        if page.names
        else size
    )
    for k, name in enumerate(page.names):
        cx = x + step * (k + 0.5)
        out += (
            f'<g transform="translate({cx:.0f} {y:.0f}) '
            f'scale(0.82)">{draw_person(ink, in_space=page.in_space)}</g>'
        )
        out += line(name, JOSEFIN, x=cx, y=y + 86, size=most, fill=ink.ink)
    return out


def draw_marked_disc(
    page: Sheet, *, x: float, y: float, r: float, most: float = 34, pin: float = 0.12
) -> str:
    """The place the poster is about, as a disc: the moon with its pin and label, or the title's icon.

    `pin` is how far below the middle the pin's tip stands, in parts of the radius.
    """
    if page.in_space:
        ball = draw_moon(r, page.inks)
    else:
        icon = f'<g transform="scale({r / 120:.3f})">{draw_icon(page.title, inks=page.inks)}</g>'
        ball = f'<circle r="{r:.0f}" fill="{page.inks.grey}" fill-opacity="0.45"/>{icon}'
    out = f'<g transform="translate({x:.0f} {y:.0f})">{ball}</g>'
    if page.place:
        size = fit(page.place, JOSEFIN, width=r * 1.6, most=most)
        tip = y + r * pin
        grow = max(0.8, min(1.7, r / 120))
        out += (
            f'<g transform="translate({x:.0f} {tip:.0f}) '
            f'scale({grow:.2f})">{draw_pin(page.inks)}</g>'
        )
        out += line(page.place, JOSEFIN, x=x, y=tip + size * 1.15, size=size, fill="#14224a")
    return out


def draw_foot(page: Sheet, *, y: float) -> str:
    """The strip at the bottom: people at the left, the marked place at the right."""
    if not page.names and not page.place:
        return ""
    left, right = page.wide * 0.06, page.wide * 0.94
    out = (
        f'<rect x="{left:.0f}" y="{y:.0f}" width="{right - left:.0f}" height="4" '
        f'fill="{page.inks.grey}" fill-opacity="0.7"/>'
    )
    room = (right - left) * (0.70 if page.place else 1.0)
    out += draw_crew(page, x=left, y=y + 66, width=room)
    if page.place:
        out += draw_marked_disc(page, x=right - 96, y=y + 96, r=84, most=30)
    return out


def draw_hero(page: Sheet) -> str:
    """The middle of a poster that names no steps."""
    icon = draw_icon(page.title, inks=page.inks)
    return (
        f'<g transform="translate({page.wide / 2:.0f} {page.tall * 0.52:.0f}) '
        f'scale(2.6)">{icon}</g>'
    )
