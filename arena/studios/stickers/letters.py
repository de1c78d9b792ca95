"""Bold sticker lettering: letters measured first, fat strokes, a block shadow and some wobble."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, PLAYFAIR, Face, fit, measure
from arena.studios.stickers.board import RIM, Board, Box

FACES = (OSWALD, BEBAS, JOSEFIN, PLAYFAIR)
# Parts of the size: how far accents rise above the line, how far tails fall below it.
RISE, FALL, FAT = 1.16, 0.34, 0.035


def letter(
    board: Board,
    text: str,
    *,
    x: float,
    y: float,
    width: float,
    most: float,
    fills: Sequence[str],
    face: Face = OSWALD,
    block: str = "",
    wobble: float = 0.0,
    turn: float = 0.0,
    rim: float = RIM,
    spacing: float = 0.02,
) -> Box:
    """Paste one line of letters centred at (x, y), at most `width` wide and `most` high.

    `fills` colours the letters in turn, `block` is the colour of a solid shadow, `wobble` tilts
    letters by so many degrees to and fro.
    """
    size = fit(text, face, width=width * 0.95, most=most, spacing=spacing + FAT)
    body, wide, high = set_line(
        text, face, size=size, fills=fills, block=block, wobble=wobble, spacing=spacing
    )
    return board.drawing(body, x=x, y=y, width=wide, height=high, turn=turn, rim=rim)


def set_line(
    text: str,
    face: Face,
    *,
    size: float,
    fills: Sequence[str],
    block: str = "",
    wobble: float = 0.0,
    spacing: float = 0.02,
) -> tuple[str, float, float]:
    """SVG of a line of letters, and the width and height of the box it fills."""
    side = size * (0.06 + FAT)
    drop = size * 0.07 if block else 0.0
    step = size * (spacing + FAT)
    wide = measure(text, face, size, step) + 2 * side + drop
    accents = any(ch in "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŚŹŻĆŃŠŽČŘĚ" for ch in text)
    tails = any(ch in "gjpqyçQ,;()ţşęą" for ch in text)
    rise = size * (RISE if accents else 0.92)
    high = rise + size * (FALL if tails else 0.12) + drop
    out = ""
    for layer in (1, 0) if block else (0,):
        for at, mark in enumerate(text):
            if mark == " ":
                continue
            left = side + measure(text[:at], face, size, 0) + at * step
            middle = left + measure(mark, face, size, 0) / 2
            tilt = wobble * (1, -0.8, 0.55, -1)[at % 4]
            fill = block if layer else fills[at % len(fills)]
            for part in range(4 if layer else 1):
                push = drop * (part + 1) / 4 if layer else 0.0
                out += _mark(
                    mark, face, x=middle + push, y=rise + push, size=size, fill=fill, tilt=tilt
                )
    return out, wide, high


def pill(
    board: Board,
    text: str,
    *,
    x: float,
    y: float,
    width: float,
    size: float,
    ink: str,
    fill: str,
    face: Face = OSWALD,
    turn: float = 0.0,
    rim: float = 5.0,
    square: bool = False,
) -> Box:
    """Paste a short line on a coloured label with round ends, at most `width` wide."""
    fitted = fit(text, face, width=width - size * 1.2, most=size, spacing=0.03)
    wide, high = measure(text, face, fitted, fitted * 0.03) + fitted * 1.2, fitted * 1.75
    body = (
        f'<rect width="{wide:.1f}" height="{high:.1f}" rx="{high * (0.16 if square else 0.5):.1f}"'
        f' fill="{fill}"/>'
        + plain(text, face, x=wide / 2, y=high / 2 + fitted * 0.36, size=fitted, fill=ink)
    )
    return board.drawing(body, x=x, y=y, width=wide, height=high, turn=turn, rim=rim)


def plain(
    text: str, face: Face, *, x: float, y: float, size: float, fill: str, anchor: str = "middle"
) -> str:
    """SVG of one line with a little space between letters."""
    shift = size * 0.015 if anchor == "middle" else 0.0
    return (
        f'<text x="{x + shift:.1f}" y="{y:.1f}" font-family="{face.family}" '
        f'font-weight="{face.weight}" font-size="{size:.2f}" letter-spacing="{size * 0.03:.2f}" '
        f'text-anchor="{anchor}" fill="{fill}">{escape(text)}</text>'
    )


def wrap(text: str, face: Face, *, width: float, size: float, most: int) -> tuple[str, ...]:
    """Break a text into at most `most` lines; the last one keeps whatever is left."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (measure(longer, face, size, size * 0.03) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines)


def _mark(mark: str, face: Face, *, x: float, y: float, size: float, fill: str, tilt: float) -> str:
    turned = f'transform="rotate({tilt:.1f} {x:.1f} {y - size * 0.35:.1f})"' if tilt else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{face.family}" font-weight="{face.weight}" '
        f'font-size="{size:.2f}" text-anchor="middle" fill="{fill}" stroke="{fill}" '
        f'stroke-width="{size * FAT:.2f}" stroke-linejoin="round" {turned}>{escape(mark)}</text>'
    )


def letter_stack(
    board: Board,
    lines: Sequence[str],
    *,
    x: float,
    top: float,
    width: float,
    height: float,
    most: float,
    fills: Sequence[str],
    face: Face = OSWALD,
    block: str = "",
    wobble: float = 0.0,
    turn: float = 0.0,
    rim: float = RIM,
    centred: bool = False,
) -> float:
    """Paste lines under each other within `width` x `height` from `top`; returns the lower end.

    `centred` puts them in the middle of that height.
    """
    limit = min(most, height / len(lines) / 1.22)
    set_lines = []
    for text in lines:
        size = fit(text, face, width=width * 0.95, most=limit, spacing=0.02 + FAT)
        set_lines.append(set_line(text, face, size=size, fills=fills, block=block, wobble=wobble))
    total = sum(high + rim * 1.1 for _, _, high in set_lines) + rim
    y = top + (height - total) / 2 if centred else top
    for body, wide, high in set_lines:
        board.drawing(body, x=x, y=y + high / 2 + rim, width=wide, height=high, turn=turn, rim=rim)
        y += high + rim * 1.1
    return y + rim
