"""Sticker menus: sections, dishes and prices with food emoji, in five layouts."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, fit
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.stickers.board import Board, dice, open_board
from arena.studios.stickers.carte import VIVID, Item, Page, dishes_for
from arena.studios.stickers.grounds import dots, flat, gingham, stripes
from arena.studios.stickers.inks import mix, pastel, svg
from arena.studios.stickers.letters import letter, pill, plain
from arena.studios.stickers.menu_parts import draw_tiles, name_and_price, put_plate, standing
from arena.studios.vocabulary import Rgb


def stick_menu(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A menu of food stickers (H, W, 3) in 0..1; each take is another layout."""
    return compose_menu(plan=plan, take=take, width=width, height=height).floats()


def compose_menu(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a menu, for those who want to know where things lie."""
    rng = dice(prompt=plan.prompt, take=take)
    said = tuple(c for c in plan.palette if 40 < sum(c) / 3 < 225)
    dark = plan.dark_ground or (take % 5 == 4 and "white background" not in plan.prompt.lower())
    page = Page(
        plan.lettering[0] if plan.lettering else "MENU",
        tuple((name, dishes_for(name, rng)) for name in plan.sections[:4]),
        said + VIVID[take % 5],
        "#fff8e7" if dark else "#262338",
        "#2b2a3d" if dark else "#ffffff",
        dark,
        rng,
    )
    layouts: tuple[Callable[[Page, int, int], Board], ...] = (
        _tiles, _columns, _heroes, _board_game, _shelves,
    )  # fmt: skip
    return layouts[take % 5](page, width, height)


def _tiles(page: Page, width: int, height: int) -> Board:
    """Colour tiles in a grid, a row for each section."""
    tall = 1000 * height / width
    head = tall * 0.15
    rows = len(page.sections)
    step = (tall - head - 24) / rows
    body = draw_tiles(page, tall=tall, head=head, step=step)
    board = open_board(ground=body, width=width, height=height)
    letter(
        board,
        page.title,
        x=500,
        y=head * 0.52,
        width=700,
        most=head * 0.72,
        face=OSWALD,
        fills=[svg(c) for c in page.vivid[:3]],
        wobble=3,
        rim=10,
    )
    for row, (name, items) in enumerate(page.sections):
        y = head + row * step + step / 2 - 6
        standing(board, name.upper(), x=101, y=y, length=step - 60)
        for column, item in enumerate(items):
            x = 318 + column * 264
            board.emoji(
                item[0],
                x=x,
                y=y - step * 0.13,
                size=min(178, step * 0.60),
                turn=float(page.rng.uniform(-9, 9)),
            )
            name_and_price(
                board,
                item,
                x=x,
                y=y + step * 0.335,
                width=236,
                size=min(29, step * 0.105),
                ink=page.ink,
                price=page.ink,
            )
    return board


def _columns(page: Page, width: int, height: int) -> Board:
    """A card for each section, side by side, on polka dots."""
    tall = 1000 * height / width
    fill, dot = (
        (page.paper, "#35344a")
        if page.dark
        else ("#ffffff", svg(pastel(page.vivid[1], light=0.93)))
    )
    board = open_board(ground=dots(tall=tall, fill=fill, dot=dot), width=width, height=height)
    head, count = tall * 0.17, len(page.sections)
    letter(
        board,
        page.title,
        x=500,
        y=head * 0.55,
        width=800,
        most=head * 0.8,
        face=BEBAS,
        fills=(svg(page.vivid[0]),),
        block=svg(mix(page.vivid[0], (0, 0, 0), 0.4)),
        rim=11,
    )
    step = 960 / count
    for number, (name, items) in enumerate(page.sections):
        colour = page.vivid[number % len(page.vivid)]
        x, high = 20 + step * (number + 0.5), tall - head - 70
        card = f'<rect width="{step - 46:.1f}" height="{high:.1f}" rx="34" fill="{svg(pastel(colour))}"/>'
        board.drawing(card, x=x, y=head + 44 + high / 2, width=step - 46, height=high, rim=9)
        pill(
            board,
            name.upper(),
            x=x,
            y=head + 44,
            width=step - 40,
            size=42,
            ink="#ffffff",
            fill=svg(colour),
            face=OSWALD,
            turn=(-3, 2, -2, 3)[number],
        )
        _fill_column(board, page, items, x=x, top=head + 100, high=high, wide=step, colour=colour)
    return board


def _fill_column(
    board: Board,
    page: Page,
    items: tuple[Item, ...],
    *,
    x: float,
    top: float,
    high: float,
    wide: float,
    colour: Rgb,
) -> None:
    part = (high - 50) / 3
    for row, item in enumerate(items):
        y = top + row * part
        board.emoji(
            item[0],
            x=x,
            y=y + part * 0.33,
            size=min(part * 0.60, wide * 0.56),
            turn=float(page.rng.uniform(-8, 8)),
        )
        name_and_price(
            board,
            item,
            x=x,
            y=y + part * 0.83,
            width=wide - 76,
            size=min(30, part * 0.125),
            ink="#262338",
            price=svg(mix(colour, (0, 0, 0), 0.25)),
        )


def _heroes(page: Page, width: int, height: int) -> Board:
    """Bands of colour: a giant emoji on alternating sides and its list beside it."""
    tall = 1000 * height / width
    head, rows = tall * 0.16, len(page.sections)
    step = (tall - head) / rows
    body = flat(tall=tall, fill=page.paper)
    for row in range(rows):
        colour = page.vivid[row % len(page.vivid)]
        fill = (
            svg(mix(colour, (20, 18, 40), 0.35)) if page.dark else svg(pastel(colour, light=0.90))
        )
        top = head + row * step
        body += f'<rect y="{top:.1f}" width="1000" height="{step + 1:.1f}" fill="{fill}"/>'
        cx = 205 if row % 2 == 0 else 795
        body += f'<circle cx="{cx}" cy="{top + step / 2:.1f}" r="{step * 0.44:.1f}" fill="{svg(colour)}"/>'
    board = open_board(ground=body, width=width, height=height)
    letter(
        board,
        page.title,
        x=500,
        y=head * 0.5,
        width=760,
        most=head * 0.72,
        face=JOSEFIN,
        fills=(svg(page.vivid[0]), svg(page.vivid[1])),
        wobble=4,
        rim=10,
    )
    for row, (name, items) in enumerate(page.sections):
        y, left = head + (row + 0.5) * step, row % 2 == 0
        board.emoji(
            items[0][0],
            x=205 if left else 795,
            y=y,
            size=min(step * 0.8, 300),
            turn=(-6 if left else 6) + float(page.rng.uniform(-4, 4)),
            rim=10,
        )
        _listing(board, page, name, items, x=680 if left else 320, y=y, step=step, row=row)
    return board


def _listing(
    board: Board,
    page: Page,
    name: str,
    items: tuple[Item, ...],
    *,
    x: float,
    y: float,
    step: float,
    row: int,
) -> None:
    colour = page.vivid[row % len(page.vivid)]
    pill(
        board,
        name.upper(),
        x=x,
        y=y - step * 0.30,
        width=480,
        size=step * 0.135,
        ink="#ffffff",
        fill=svg(colour),
        face=BEBAS,
    )
    size = min(38.0, step * 0.13)
    for line, item in enumerate(items):
        at = y - step * 0.06 + line * step * 0.19
        board.emoji(item[0], x=x - 235, y=at, size=size * 1.55, rim=4)
        fitted = fit(item[1], JOSEFIN, width=330, most=size, spacing=0.03)
        body = plain(
            item[1], JOSEFIN, x=70, y=size * 1.05, size=fitted, fill=page.ink, anchor="start"
        )
        body += plain(item[2], OSWALD, x=520, y=size * 1.05, size=size, fill=page.ink, anchor="end")
        board.paint(body, x=x, y=at, width=540, height=size * 1.5)


def _board_game(page: Page, width: int, height: int) -> Board:
    """A picnic cloth with round plates like a board game, sections on ribbons."""
    tall = 1000 * height / width
    fill = page.paper if page.dark else "#ffffff"
    band = svg(page.vivid[0])
    ground = gingham(tall=tall, fill=fill, band=band, cover=0.16)
    board = open_board(ground=ground, width=width, height=height)
    head, rows = tall * 0.155, len(page.sections)
    pill(
        board,
        page.title.upper(),
        x=500,
        y=head * 0.55,
        width=720,
        size=head * 0.48,
        ink="#ffffff",
        fill=svg(page.vivid[0]),
        face=BEBAS,
        turn=-2,
        rim=10,
        square=True,
    )
    step = (tall - head - 16) / rows
    for row, (name, items) in enumerate(page.sections):
        colour, top = page.vivid[row % len(page.vivid)], head + row * step
        big = min(step * 0.66, 200.0)
        for column, item in enumerate(items):
            x, y = 350 + column * 250, top + step * 0.50
            turn = float(page.rng.uniform(-7, 7))
            put_plate(board, item, x=x, y=y, size=big, step=step, colour=colour, turn=turn)
        pill(
            board,
            name.upper(),
            x=122,
            y=top + step * 0.5,
            width=214,
            size=min(44, step * 0.15),
            ink="#ffffff",
            fill=svg(colour),
            turn=(-5, 4, -3, 5)[row],
            rim=6,
        )
    return board


def _shelves(page: Page, width: int, height: int) -> Board:
    """A shop window: stickers on shelves with price tags under them."""
    tall = 1000 * height / width
    fill, band = (page.paper, "#312f46") if page.dark else ("#ffffff", "#fbf3ff")
    head, rows = tall * 0.17, len(page.sections)
    step = (tall - head) / rows
    body = stripes(tall=tall, fill=fill, band=band)
    for row in range(rows):
        y = head + (row + 1) * step - step * 0.30
        colour = svg(page.vivid[row % len(page.vivid)])
        body += f'<rect x="30" y="{y:.1f}" width="940" height="{step * 0.10:.1f}" rx="9" fill="{colour}"/>'
    board = open_board(ground=body, width=width, height=height)
    letter(
        board,
        page.title,
        x=500,
        y=head * 0.52,
        width=860,
        most=head * 0.74,
        face=OSWALD,
        fills=[svg(c) for c in page.vivid],
        block="#262338",
        wobble=5,
        rim=10,
    )
    for row, (name, items) in enumerate(page.sections):
        y = head + (row + 1) * step - step * 0.30
        size = fit(name.upper(), BEBAS, width=205, most=step * 0.2, spacing=0.03)
        title = plain(name.upper(), BEBAS, x=0, y=size, size=size, fill=page.ink, anchor="start")
        board.paint(title, x=158, y=y - step * 0.20, width=230, height=size * 1.3)
        big = min(step * 0.62, 190.0)
        for column, item in enumerate(items):
            x = 390 + column * 235
            board.emoji(item[0], x=x, y=y - big * 0.48, size=big)
            pill(
                board,
                f"{item[1]}  {item[2]}",
                x=x,
                y=y + step * 0.16,
                width=228,
                size=min(27, step * 0.1),
                ink="#262338",
                fill="#fff3c4",
                rim=3,
                square=True,
                turn=float(page.rng.uniform(-3, 3)),
            )
    return board
