"""The picture that goes with a shared link: a name and its figures, 1200 x 630, drawn by Pillow alone."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MARGIN = 72
PAPER, INK, SOFT, LINE, GREEN = "#fbfaf6", "#1c1b17", "#625e55", "#e5e1d7", "#0f6656"
# Raised with every change of the drawing, so that cards that are kept are drawn anew.
RECIPE = 1


@dataclass(frozen=True)
class Faces:
    """Files of the typefaces: of the name, of figures (they must stand on one line), of everything else."""

    serif: Path
    sans: Path
    figures: Path


@dataclass(frozen=True)
class Figure:
    """One line of a card: what it is of, the figure, its uncertainty, and its place in words."""

    label: str
    value: str
    margin: str
    place: str


@dataclass(frozen=True)
class Card:
    """What a card says; at most two figures have room, and `missing` stands where there are none."""

    title: str
    byline: str
    figures: tuple[Figure, ...]
    missing: str
    foot: str


def draw_card(card: Card, *, faces: Faces) -> bytes:
    """Draw a card and return it as PNG; long names are set smaller, and cut where even that is too wide."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 12), fill=GREEN)
    serif, sans = _setter(pen, faces.serif), _setter(pen, faces.sans)
    figures = _setter(pen, faces.figures)
    serif("Paragone", at=(MARGIN, 92), size=40, fill=GREEN)
    serif(card.title, at=(MARGIN, 210), size=88)
    sans(card.byline, at=(MARGIN, 268), size=32, fill=SOFT)
    pen.line((MARGIN, 306, WIDTH - MARGIN, 306), fill=LINE, width=2)
    if not card.figures:
        sans(card.missing, at=(MARGIN, 390), size=40, fill=SOFT)
    wide = (WIDTH - 2 * MARGIN) // 2
    for number, figure in enumerate(card.figures[:2]):
        left = MARGIN + number * wide
        sans(figure.label, at=(left, 366), size=32, fill=SOFT, width=wide - 24)
        end = figures(figure.value, at=(left, 460), size=96, fill=INK)
        sans(figure.margin, at=(left + end + 18, 460), size=40, fill=SOFT)
        sans(figure.place, at=(left, 520), size=32, fill=INK, width=wide - 24)
    sans(card.foot, at=(MARGIN, HEIGHT - 44), size=24, fill=SOFT)
    file = BytesIO()
    # Flat colours and text: a palette is a third of the bytes, and nobody sees the difference.
    image.quantize(colors=64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _setter(pen: ImageDraw.ImageDraw, face: Path) -> Callable[..., float]:
    def set_text(
        text: str,
        *,
        at: tuple[int, int],
        size: int,
        fill: str = INK,
        width: int = WIDTH - 2 * MARGIN,
    ) -> float:
        """Set one line on the base line `at`, no wider than `width` pixels; return how wide it came."""
        font = ImageFont.truetype(str(face), size)
        while font.getlength(text) > width and font.size > size / 2:
            font = ImageFont.truetype(str(face), int(font.size) - 2)
        while text and font.getlength(text) > width:
            text = text[:-2].rstrip() + "…"
        pen.text(at, text, font=font, fill=fill, anchor="ls")
        return font.getlength(text)

    return set_text
