"""Parts of sticker menus: plates with price tags, tiles, headings and price lines."""

from __future__ import annotations

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, Face, fit
from arena.studios.stickers.board import Board
from arena.studios.stickers.carte import Item, Page
from arena.studios.stickers.grounds import flat
from arena.studios.stickers.inks import pastel, svg
from arena.studios.stickers.letters import pill, plain
from arena.studios.vocabulary import Rgb


def name_and_price(
    board: Board,
    item: Item,
    *,
    x: float,
    y: float,
    width: float,
    size: float,
    ink: str,
    price: str,
    face: Face = JOSEFIN,
) -> None:
    """Paint the name of a dish and its price under it, centred, without a rim."""
    fitted = fit(item[1], face, width=width, most=size, spacing=0.03)
    body = plain(item[1], face, x=width / 2, y=size * 1.1, size=fitted, fill=ink)
    body += plain(item[2], OSWALD, x=width / 2, y=size * 2.35, size=size * 1.08, fill=price)
    board.paint(body, x=x, y=y, width=width, height=size * 2.8)


def standing(board: Board, text: str, *, x: float, y: float, length: float) -> None:
    """Paint a heading that reads upwards."""
    size = fit(text, BEBAS, width=length, most=84, spacing=0.03)
    side = length + 40
    body = (
        f'<g transform="rotate(-90 {side / 2:.1f} {side / 2:.1f})">'
        + plain(text, BEBAS, x=side / 2, y=side / 2 + size * 0.35, size=size, fill="#ffffff")
        + "</g>"
    )
    board.paint(body, x=x, y=y, width=side, height=side)


def draw_tiles(page: Page, *, tall: float, head: float, step: float) -> str:
    """SVG of the page with a row of three tiles and a heading tile for each section."""
    rows = len(page.sections)
    body = flat(tall=tall, fill=page.paper)
    for row in range(rows):
        for column in range(3):
            fill = svg(
                page.vivid[row % len(page.vivid)]
                if page.dark
                else pastel(
                    page.vivid[row % len(page.vivid)], light=(0.84, 0.89, 0.80)[(row + column) % 3]
                )
            )
            body += (
                f'<rect x="{192 + column * 264}" y="{head + row * step:.1f}" width="252" '
                f'height="{step - 12:.1f}" rx="26" fill="{fill}"/>'
            )
        body += (
            f'<rect x="24" y="{head + row * step:.1f}" width="154" height="{step - 12:.1f}" '
            f'rx="26" fill="{svg(page.vivid[row % len(page.vivid)])}"/>'
        )
    return body


def put_plate(
    board: Board,
    item: Item,
    *,
    x: float,
    y: float,
    size: float,
    step: float,
    colour: Rgb,
    turn: float,
) -> None:
    """Paste a dish on a round plate with its name below and its price at the rim."""
    plate = (
        f'<g transform="scale({size / 100:.3f})"><circle cx="50" cy="50" r="50" fill="#ffffff"/>'
        f'<circle cx="50" cy="50" r="44" fill="{svg(pastel(colour))}"/></g>'
    )
    board.drawing(plate, x=x, y=y, width=size, height=size, rim=5)
    board.emoji(item[0], x=x, y=y, size=size * 0.70, rim=5, turn=turn)
    name = min(27, step * 0.1)
    below, aside = y + size * 0.52, x + size * 0.48
    pill(
        board,
        item[1],
        x=x,
        y=below,
        width=236,
        size=name,
        ink="#262338",
        fill="#ffffff",
        face=JOSEFIN,
        rim=2,
    )
    pill(
        board,
        item[2],
        x=aside,
        y=y - size * 0.36,
        width=120,
        size=min(34, step * 0.12),
        ink="#ffffff",
        fill=svg(colour),
        turn=8,
        rim=4,
    )
