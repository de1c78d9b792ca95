"""The bundled typefaces: measuring text and rasterising SVG with these fonts only."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import resvg_py
from PIL import Image, ImageFont

from arena.studios.noise import Floats

FOLDER = Path(__file__).parent / "fonts"


@dataclass(frozen=True)
class Face:
    """A typeface: file name, SVG family, weight and style."""

    file: str
    family: str
    weight: int
    style: str = "normal"


PLAYFAIR = Face("PlayfairDisplay_700Bold.ttf", "Playfair Display", 700)
ITALIC = Face("PlayfairDisplay_400Regular_Italic.ttf", "Playfair Display", 400, "italic")
OSWALD = Face("Oswald_500Medium.ttf", "Oswald", 500)
BEBAS = Face("BebasNeue_400Regular.ttf", "Bebas Neue", 400)
JOSEFIN = Face("JosefinSans_600SemiBold.ttf", "Josefin Sans", 600)
JOSEFIN_LIGHT = Face("JosefinSans_400Regular.ttf", "Josefin Sans", 400)


@lru_cache(maxsize=16)
def _font(file: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FOLDER / file), 100)


def measure(text: str, face: Face, size: float, spacing: float = 0.0) -> float:
    """Width of a line in pixels at `size`, with `spacing` pixels after each letter."""
    return _font(face.file).getlength(text) * size / 100 + spacing * max(len(text) - 1, 0)


def fit(text: str, face: Face, *, width: float, most: float, spacing: float = 0.0) -> float:
    """The largest size up to `most` at which the line is at most `width` wide.

    `spacing` is in parts of the size.
    """
    at_most = measure(text, face, most, spacing * most)
    return most if at_most <= width else most * width / at_most


def line(
    text: str,
    face: Face,
    *,
    x: float,
    y: float,
    size: float,
    fill: str,
    spacing: float = 0.0,
    anchor: str = "middle",
    more: str = "",
) -> str:
    """An SVG text element; `spacing` in parts of the size."""
    # SVG adds the spacing after the last letter too, which would shift centred lines.
    shift = size * spacing / 2 if anchor == "middle" else 0.0
    return (
        f'<text x="{x + shift:.1f}" y="{y:.1f}" font-family="{face.family}" '
        f'font-weight="{face.weight}" font-style="{face.style}" font-size="{size:.2f}" '
        f'letter-spacing="{size * spacing:.2f}" text-anchor="{anchor}" fill="{fill}" {more}>'
        f"{escape(text)}</text>"
    )


def arc(
    text: str,
    face: Face,
    *,
    name: str,
    radius: float,
    size: float,
    fill: str,
    spacing: float,
    x: float = 500,
    y: float = 500,
    below: bool = False,
) -> str:
    """Text on a circle about (x, y): over the top, or under the bottom reading left to right."""
    sweep = 0 if below else 1
    path = (
        f'<path id="{name}" fill="none" d="M{x - radius} {y} A{radius} {radius} 0 0 {sweep} '
        f'{x + radius} {y}"/>'
    )
    return path + (
        f'<text font-family="{face.family}" font-weight="{face.weight}" '
        f'font-style="{face.style}" font-size="{size:.2f}" letter-spacing="{size * spacing:.2f}" '
        f'text-anchor="middle" fill="{fill}"><textPath href="#{name}" startOffset="50%">'
        f"{escape(text)}</textPath></text>"
    )


def rasterise(svg: str, *, width: int, height: int) -> Floats:
    """Render an SVG to (H, W, 4) floats in 0..1 with the bundled fonts and no others."""
    files = sorted(str(path) for path in FOLDER.glob("*.ttf"))
    png = resvg_py.svg_to_bytes(
        svg_string=svg, width=width, height=height, skip_system_fonts=True, font_files=files
    )
    with Image.open(io.BytesIO(bytes(png))) as opened:
        picture = opened.convert("RGBA").resize((width, height))
    return np.asarray(picture, dtype=np.float32) / np.float32(255)


def sheet(body: str, *, width: float = 1000, height: float = 1000, ground: str = "none") -> str:
    """Wrap SVG elements in a document with a view box that fills the page."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}">'
        f'<rect width="{width:g}" height="{height:g}" fill="{ground}"/>{body}</svg>'
    )
