"""Titles over pictures: big line, second line, a small flag."""

from __future__ import annotations

import numpy as np

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, Face, fit, line, measure, rasterise, sheet
from arena.studios.noise import Floats, blur
from arena.studios.vocabulary import Rgb

FACES: tuple[tuple[Face, Face], ...] = ((OSWALD, OSWALD), (JOSEFIN, JOSEFIN), (BEBAS, BEBAS))
INKS = ("#22364d", "#ffffff", "#b3262e")

# Stripes of flags: direction and colours.
STRIPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "italy": ("v", ("#008c45", "#f4f5f0", "#cd212a")),
    "france": ("v", ("#0055a4", "#ffffff", "#ef4135")),
    "ireland": ("v", ("#169b62", "#ffffff", "#ff883e")),
    "germany": ("h", ("#1b1b1b", "#dd0000", "#ffce00")),
    "poland": ("h", ("#ffffff", "#dc143c")),
    "ukraine": ("h", ("#0057b7", "#ffd700")),
}


def draw_flag(name: str, *, x: float, y: float, width: float) -> str:
    """A small flag 3:2 with its top left corner at (x, y)."""
    tall = width * 2 / 3
    frame = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{tall}" rx="4" fill="none" '
        f'stroke="#000" stroke-opacity="0.18" stroke-width="2"/>'
    )
    base = f'<rect x="{x}" y="{y}" width="{width}" height="{tall}" rx="4" fill="#ffffff"/>'
    if name == "japan":
        return (
            base
            + (
                f'<circle cx="{x + width / 2}" cy="{y + tall / 2}" r="{tall * 0.3}" fill="#bc002d"/>'
            )
            + frame
        )
    if name == "sweden":
        return (
            f'<rect x="{x}" y="{y}" width="{width}" height="{tall}" fill="#005293"/>'
            f'<path d="M{x} {y + tall / 2} h{width} M{x + width * 0.36} {y} v{tall}" '
            f'stroke="#fecb00" stroke-width="{tall * 0.2}"/>'
        ) + frame
    way, colours = STRIPES[name]
    out = base
    for k, colour in enumerate(colours):
        part = 1 / len(colours)
        left, top = (x + width * part * k, y) if way == "v" else (x, y + tall * part * k)
        wide, high = (width * part, tall) if way == "v" else (width, tall * part)
        out += (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}" '
            f'fill="{colour}"/>'
        )
    return out + frame


def title_svg(
    *, lines: tuple[str, ...], flag: str, style: int, width: float, height: float, ink: str
) -> str:
    """The title block, centred at the top of a width x height page in units of 1000."""
    big, small = FACES[style % len(FACES)]
    out, y = "", 40.0
    for number, text in enumerate(lines[:3]):
        face, most = (big, 118.0) if number == 0 else (small, 58.0)
        spacing = 0.1 if number == 0 else 0.24
        size = fit(text, face, width=width * 0.8, most=most, spacing=spacing)
        y += size * (1.0 if number == 0 else 1.06)
        out += line(text, face, x=width / 2, y=y, size=size, fill=ink, spacing=spacing)
        if number == 0:
            wide = measure(text, face, size, size * spacing) / 2
            if flag:
                tall = size * 0.5
                out += draw_flag(
                    flag, x=width / 2 + wide + 26, y=y - size * 0.62, width=tall * 1.5 * 0.78
                )
        y += 12
    return sheet(out, width=width, height=height)


def set_title(
    *, picture: Floats, lines: tuple[str, ...], flag: str, style: int, ground: Rgb
) -> Floats:
    """Composite a title with a soft shadow onto (H, W, 3)."""
    if not lines:
        return picture
    height, width, _ = picture.shape
    unit = 1000 / min(width, height)
    light = sum(ground) / 3
    ink = INKS[style % len(INKS)]
    if light > 205 and ink == "#ffffff":
        ink = "#2b4a6b"
    art = rasterise(
        title_svg(
            lines=lines, flag=flag, style=style, width=width * unit, height=height * unit, ink=ink
        ),
        width=width,
        height=height,
    )
    alpha = art[..., 3:]
    drop = round(height / 200)
    shadow = np.roll(blur(art[..., 3], radius=height / 220), (drop, 0), axis=(0, 1))
    picture = picture * (1 - 0.22 * shadow[..., None])
    return np.asarray(picture * (1 - alpha) + art[..., :3] * alpha, dtype=np.float32)
