"""Sticker posters: a title, numbered step cards with emoji, a slogan and a strip of names."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, Face, measure
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.board import Board, dice, open_board, scatter
from arena.studios.stickers.carte import VIVID
from arena.studios.stickers.grounds import confetti, dots, fade, hills, rays, stars, stripes
from arena.studios.stickers.inks import WHITE, luma, mix, pastel, svg
from arena.studios.stickers.letters import letter_stack, pill, plain, wrap
from arena.studios.stickers.steps import FILLERS, Page, Step, place_cards, place_stairs, read_steps
from arena.studios.stickers.words import read_emoji

SPACE = frozenset({"rocket", "full-moon", "astronaut", "satellite", "milky-way", "flying-saucer"})


def stick_poster(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A poster of numbered stickers (H, W, 3) in 0..1; each take is another layout."""
    return compose_poster(plan=plan, take=take, width=width, height=height).floats()


def compose_poster(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a poster, for those who want to know where things lie."""
    extras = read_emoji(plan.prompt)
    steps = read_steps(plan)
    if not plan.lettering:
        raise DeclinedError("A poster needs a title, and this prompt names none.")
    rest = tuple(words for words in plan.lettering[1:] if words != plan.lettering[0])
    said = tuple(c for c in plan.palette if 45 < luma(c) < 215)
    page = Page(
        wrap(plan.lettering[0], OSWALD, width=1500, size=100, most=2),
        next((words for words in rest if " " in words), ""),
        tuple(words for words in rest if " " not in words)[:5],
        steps,
        extras or FILLERS,
        said + VIVID[take % 5],
        bool(SPACE & set(extras)),
        take,
        dice(prompt=plan.prompt, take=take),
    )
    layouts: tuple[Callable[[Page, int, int], Board], ...] = (
        _snake, _cards, _voyage, _timeline, _comic,
    )  # fmt: skip
    return layouts[take % 5](page, width, height)


def _night(page: Page, tall: float, colours: tuple[str, ...]) -> str:
    return fade(tall=tall, colours=colours) + stars(tall=tall, rng=page.rng, count=130)


def _head(
    board: Board,
    page: Page,
    *,
    fills: tuple[str, ...],
    face: Face,
    block: str = "",
    wobble: float = 0.0,
    share: float = 0.17,
    x: float = 500,
    width: float = 920,
) -> float:
    """Title, then slogan and names; returns where the rest of the page begins."""
    tall = board.tall
    end = letter_stack(
        board,
        page.title,
        x=x,
        top=tall * 0.02,
        width=width,
        height=tall * share,
        most=tall * 0.15,
        fills=fills,
        face=face,
        block=block,
        wobble=wobble,
        rim=11,
    )
    if page.slogan:
        box = pill(
            board,
            page.slogan,
            x=x,
            y=end + tall * 0.026,
            width=width - 60,
            size=tall * 0.032,
            ink="#ffffff",
            fill=svg(page.vivid[0]),
            rim=4,
        )
        end = box.y + box.height / 2
    return end


def _strip(board: Board, page: Page, *, y: float) -> None:
    """Names on labels side by side, each with its own little figure."""
    if not page.names:
        return
    size = min(38.0, board.tall * 0.034)
    figure = "astronaut" if page.space else "star"
    wide = [measure(name, OSWALD, size, size * 0.03) + size * 1.2 + 78 for name in page.names]
    fit = min(1.0, 960 / sum(wide))
    x = 500 - sum(wide) * fit / 2
    for number, name in enumerate(page.names):
        step = wide[number] * fit
        board.emoji(figure, x=x + 26 * fit, y=y, size=66 * fit, rim=4)
        pill(
            board,
            name,
            x=x + 26 * fit + step / 2 + 8,
            y=y,
            width=step - 52 * fit,
            size=size * fit,
            ink="#ffffff",
            fill=svg(page.vivid[(number + 1) % 4]),
            rim=4,
        )
        x += step


def _card(
    board: Board,
    page: Page,
    step: Step,
    *,
    x: float,
    y: float,
    width: float,
    height: float,
    turn: float = 0.0,
    square: bool = False,
) -> None:
    """A die-cut card with emoji, words and a number in its corner."""
    colour = page.vivid[(step.number - 1) % 4]
    fill = svg(pastel(colour, light=0.88))
    radius = 10 if square else min(width, height) * 0.16
    body = f'<rect width="{width:.1f}" height="{height:.1f}" rx="{radius:.1f}" fill="{fill}"/>'
    if step.words:
        size = min(height * 0.125, width * 0.115)
        lines = wrap(step.words, OSWALD, width=width * 0.9, size=size, most=2)
        for row, line in enumerate(lines):
            own = min(1.0, width * 0.9 / measure(line, OSWALD, size, size * 0.03))
            at = height * 0.955 - (len(lines) - 1 - row) * size * 1.16 - size * 0.22
            body += plain(
                line,
                OSWALD,
                x=width / 2,
                y=at,
                size=size * own,
                fill=svg(mix(colour, (20, 16, 40), 0.72)),
            )
    board.drawing(body, x=x, y=y, width=width, height=height, turn=turn, rim=8)
    up = height * (0.12 if step.words else 0.0)
    size = min(width * 0.72, height * 0.62)
    board.emoji(step.emoji, x=x, y=y - up, size=size, turn=turn, rim=5)
    number = min(width, height) * 0.26
    body = (
        f'<circle cx="{number / 2:.1f}" cy="{number / 2:.1f}" r="{number / 2:.1f}" '
        f'fill="{svg(colour)}"/>'
        + plain(
            str(step.number),
            BEBAS,
            x=number / 2,
            y=number * 0.75,
            size=number * 0.72,
            fill="#ffffff",
        )
    )
    board.drawing(body, x=x - width * 0.43, y=y - height * 0.42, width=number, height=number, rim=4)


def _foot(board: Board, page: Page) -> float:
    """The height from which on the strip of names needs the page."""
    return board.tall - (board.tall * 0.095 if page.names else board.tall * 0.02)


def _snake(page: Page, width: int, height: int) -> Board:
    """Cards along a dashed track that turns at each row."""
    tall = 1000 * height / width
    sky = ("#0b1038", "#27216b", "#5b3a9e") if page.space else ("#bdeaff", "#e8f8ff", "#fff2c9")
    ground = _night(page, tall, sky) if page.space else fade(tall=tall, colours=sky)
    board = open_board(ground=ground, width=width, height=height)
    top = _head(
        board,
        page,
        fills=("#ffd23f", "#ffffff", "#ff8fa8") if page.space else ("#e5383b",),
        face=OSWALD,
        block="#35217a" if page.space else "#7a1420",
        wobble=3,
    )
    bottom = _foot(board, page)
    cells = place_cards(page, top=top + 14, bottom=bottom, zigzag=True)
    path = " L".join(f"{cell.x:.1f} {cell.y:.1f}" for cell in cells)
    track = (
        f'<path d="M{path}" fill="none" stroke="{"#ffffff" if page.space else "#ff9f1c"}" '
        'stroke-width="12" stroke-dasharray="3 30" stroke-linecap="round" '
        'stroke-linejoin="round"/>'
    )
    board.paint(track, x=500, y=tall / 2, width=1000, height=tall)
    for step, cell in zip(page.steps, cells, strict=True):
        _card(
            board,
            page,
            step,
            x=cell.x,
            y=cell.y,
            width=cell.width,
            height=cell.height,
            turn=float(page.rng.uniform(-4, 4)),
        )
    _strip(board, page, y=tall - tall * 0.045)
    return board


def _cards(page: Page, width: int, height: int) -> Board:
    """A sunburst with straight rows of cards."""
    tall = 1000 * height / width
    colour = page.vivid[1]
    ground = rays(
        tall=tall,
        fill=svg(pastel(colour, light=0.80)),
        ray=svg(pastel(colour, light=0.86)),
        y=tall * 0.1,
        count=22,
    )
    board = open_board(ground=ground, width=width, height=height)
    top = _head(
        board,
        page,
        fills=(svg(page.vivid[0]), svg(page.vivid[3])),
        face=BEBAS,
        block="#262338",
        wobble=0,
    )
    for step, cell in zip(
        page.steps, place_cards(page, top=top + 18, bottom=_foot(board, page)), strict=True
    ):
        _card(
            board,
            page,
            step,
            x=cell.x,
            y=cell.y,
            width=cell.width,
            height=cell.height,
            turn=float(page.rng.uniform(-1.2, 1.2)),
        )
    _strip(board, page, y=tall - tall * 0.045)
    return board


def _voyage(page: Page, width: int, height: int) -> Board:
    """From a great globe at the lower left to the goal at the upper right."""
    tall = 1000 * height / width
    sky = ("#05122e", "#0c2f52", "#12626e") if page.space else ("#ffd9e2", "#ffe9c7", "#fff6de")
    ground = _night(page, tall, sky) if page.space else fade(tall=tall, colours=sky)
    board = open_board(ground=ground, width=width, height=height)
    goal = "full-moon" if page.space else "trophy"
    top = _head(
        board,
        page,
        fills=("#fff6de",) if page.space else ("#b3305f",),
        face=JOSEFIN,
        block="#0f7c86" if page.space else "#5a1837",
        share=0.16,
    )
    bottom = _foot(board, page)
    start = "globe-showing-europe-africa" if page.space else "house-with-garden"
    board.emoji(start, x=120, y=bottom - 105, size=210, rim=9)
    board.emoji(goal, x=880, y=top + 110, size=190, rim=9)
    cells = place_stairs(page, top=top + 10, bottom=bottom)
    path = " L".join(f"{cell.x:.1f} {cell.y:.1f}" for cell in cells)
    track = (
        f'<path d="M200 {bottom - 120:.1f} L{path} L830 {top + 110:.1f}" fill="none" '
        f'stroke="{"#7fe3e0" if page.space else "#ff8fa8"}" stroke-width="11" '
        'stroke-dasharray="3 28" stroke-linecap="round" stroke-linejoin="round"/>'
    )
    board.paint(track, x=500, y=tall / 2, width=1000, height=tall)
    for step, cell in zip(page.steps, cells, strict=True):
        _card(
            board,
            page,
            step,
            x=cell.x,
            y=cell.y,
            width=cell.width,
            height=cell.height,
            turn=-3 + float(page.rng.uniform(-1.5, 1.5)),
        )
    _strip(board, page, y=tall - tall * 0.045)
    return board


def _timeline(page: Page, width: int, height: int) -> Board:
    """A road down the middle, cards and words on alternating sides."""
    tall = 1000 * height / width
    colour = page.vivid[2]
    ground = stripes(
        tall=tall, fill=svg(pastel(colour, light=0.90)), band=svg(pastel(colour, light=0.93))
    )
    board = open_board(ground=ground, width=width, height=height)
    top = (
        _head(
            board,
            page,
            fills=(svg(mix(colour, (0, 0, 0), 0.25)), svg(page.vivid[0])),
            face=OSWALD,
            wobble=4,
        )
        + 10
    )
    bottom, count = _foot(board, page), len(page.steps)
    board.paint(
        f'<rect width="26" height="{bottom - top:.1f}" rx="13" fill="{svg(colour)}"/>',
        x=500,
        y=(top + bottom) / 2,
        width=26,
        height=bottom - top,
    )
    part = (bottom - top) / count
    for number, step in enumerate(page.steps):
        _milestone(
            board, page, step, y=top + (number + 0.5) * part, part=part, left=number % 2 == 0
        )
    _strip(board, page, y=tall - tall * 0.045)
    return board


def _milestone(board: Board, page: Page, step: Step, *, y: float, part: float, left: bool) -> None:
    colour, side = page.vivid[(step.number - 1) % 4], -1 if left else 1
    size = min(part * 0.98, 150.0)
    knob = f'<circle cx="30" cy="30" r="30" fill="{svg(colour)}"/>' + plain(
        str(step.number), BEBAS, x=30, y=44, size=42, fill="#ffffff"
    )
    board.drawing(knob, x=500, y=y, width=60, height=60, rim=5)
    if not step.words:
        board.emoji(step.emoji, x=500 + side * 150, y=y, size=size, rim=6)
        return
    room = 418 - size
    lines = wrap(step.words, OSWALD, width=room, size=34, most=2)
    for row, line in enumerate(lines):
        pill(
            board,
            line,
            x=500 + side * (50 + room / 2),
            y=y + (row - (len(lines) - 1) / 2) * 58,
            width=room + 20,
            size=min(33, part * 0.3),
            ink="#ffffff",
            fill=svg(mix(colour, (30, 20, 60), 0.25)),
            rim=4,
        )
    board.emoji(
        step.emoji,
        x=500 + side * (58 + room + size / 2),
        y=y,
        size=size,
        rim=6,
        turn=float(page.rng.uniform(-8, 8)),
    )


def _comic(page: Page, width: int, height: int) -> Board:
    """Tilted panels on comic dots with confetti."""
    tall = 1000 * height / width
    colour = page.vivid[3]
    deep = mix(colour, (30, 10, 60), 0.45)
    ground = dots(tall=tall, fill=svg(deep), dot=svg(mix(deep, WHITE, 0.10)), step=46, size=10)
    ground += confetti(tall=tall, rng=page.rng, count=46, fills=tuple(svg(c) for c in page.vivid))
    ground += hills(tall=tall, layers=((tall * 0.93, svg(mix(deep, (0, 0, 0), 0.25))),))
    board = open_board(ground=ground, width=width, height=height)
    top = _head(board, page, fills=("#ffd23f",), face=BEBAS, block="#d7263d", wobble=2)
    for step, cell in zip(
        page.steps, place_cards(page, top=top + 16, bottom=_foot(board, page)), strict=True
    ):
        _card(
            board,
            page,
            step,
            x=cell.x,
            y=cell.y,
            width=cell.width,
            height=cell.height,
            turn=(-3.5, 2.5, -1.5, 4)[step.number % 4],
            square=True,
        )
    _strip(board, page, y=tall - tall * 0.045)
    scatter(board, page.extras[:4], rng=page.rng, count=4, size=(60, 85))
    return board
