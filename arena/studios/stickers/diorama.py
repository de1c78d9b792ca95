"""Sticker dioramas: emoji standing on a drawn isometric base, with title and flag."""

from __future__ import annotations

import math
from collections.abc import Callable

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, Face
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.board import Board, dice, open_board, scatter
from arena.studios.stickers.flags import draw_flag
from arena.studios.stickers.grounds import cloud, dots, fade, flat, rays
from arena.studios.stickers.inks import WHITE, mix, svg
from arena.studios.stickers.letters import letter_stack
from arena.studios.stickers.words import emoji_for, read_emoji
from arena.studios.vocabulary import Rgb

DISHES: dict[str, tuple[str, ...]] = {
    "sushi": ("sushi", "rice-ball", "fried-shrimp", "fish-cake-with-swirl", "chopsticks", "sake",
              "leafy-green"),
    "pizza": ("pizza", "tomato", "cheese-wedge", "olive", "herb", "mushroom"),
    "burger": ("hamburger", "french-fries", "cup-with-straw", "tomato", "leafy-green"),
    "cake": ("birthday-cake", "cupcake", "strawberry", "cherries", "wrapped-gift", "balloon"),
}  # fmt: skip
GROUNDS: tuple[Rgb, ...] = (
    (186, 224, 246), (255, 214, 222), (206, 240, 214), (255, 232, 178), (218, 208, 250),
)  # fmt: skip
# Places on the base: across, down (-1..1, along its two edges) and size in parts of its half width.
SLOTS: tuple[tuple[tuple[float, float, float], ...], ...] = (
    ((0.0, 0.0, 0.62), (0.74, -0.5, 0.34), (-0.5, 0.74, 0.34), (0.72, 0.3, 0.32), (0.3, 0.76, 0.30),
     (-0.72, -0.1, 0.34), (-0.1, -0.76, 0.34)),
    ((-0.3, -0.3, 0.58), (0.5, -0.4, 0.40), (-0.4, 0.5, 0.40), (0.42, 0.42, 0.40),
     (0.9, 0.1, 0.26), (0.1, 0.9, 0.26), (-0.9, 0.0, 0.26)),
    ((0.30, 0.30, 0.60), (-0.45, -0.45, 0.42), (0.55, -0.55, 0.40), (-0.55, 0.55, 0.40),
     (-0.05, -0.85, 0.3), (-0.85, -0.05, 0.3), (0.86, 0.2, 0.26)),
    ((0.0, 0.0, 0.66), (0.6, -0.6, 0.40), (-0.6, 0.6, 0.40), (0.72, 0.30, 0.30),
     (0.30, 0.72, 0.30), (-0.75, -0.1, 0.32), (-0.1, -0.75, 0.32)),
    ((-0.15, -0.15, 0.56), (0.62, -0.35, 0.38), (-0.35, 0.62, 0.38), (0.5, 0.5, 0.34),
     (0.92, 0.08, 0.24), (0.08, 0.92, 0.24), (-0.8, -0.2, 0.28)),
)  # fmt: skip


def stick_diorama(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A miniature of stickers (H, W, 3) in 0..1; each take is another base and arrangement."""
    return compose_diorama(plan=plan, take=take, width=width, height=height).floats()


def compose_diorama(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a diorama, for those who want to know where things lie."""
    names = find_pieces(plan)
    if not names:
        raise DeclinedError("There is no emoji for anything in this prompt.")
    tall, style = 1000 * height / width, take % 5
    colour = plan.background or GROUNDS[style]
    board = open_board(ground=_ground(colour, tall, style), width=width, height=height)
    top = _title(board, plan, colour, style)
    room = tall - top
    half = min(430.0, room * 0.62)
    cy = top + room * 0.60
    bases: tuple[Callable[[float], str], ...] = (_slab, _dish, _cloth, _island, _tiers)
    board.drawing(
        bases[style](half), x=500, y=cy + half * 0.16, width=2 * half, height=half * 1.34, rim=10
    )
    board.boxes.pop()
    lift = half * (0.10 if style == 4 else 0.0)
    _stand(board, names, style=style, take=take, half=half * 0.86, y=cy - lift, plan=plan)
    if style in {1, 3}:
        scatter(
            board,
            ("sparkles",),
            rng=dice(prompt=plan.prompt, take=take),
            count=4,
            size=(60, 80),
            top=top,
        )
    return board


def find_pieces(plan: Plan) -> tuple[str, ...]:
    """Emoji for the base: the company of a dish, or whatever the prompt names."""
    company = DISHES.get(plan.dish, ())
    named = tuple(filter(None, (emoji_for(thing.noun) for thing in plan.things)))
    others = () if company or len(named) > 2 else read_emoji(plan.prompt)
    pieces = tuple(dict.fromkeys((*company, *named, *others)))[:7]
    return pieces * 3 if len(pieces) == 1 else pieces


def _ground(colour: Rgb, tall: float, style: int) -> str:
    fill, light = svg(colour), svg(mix(colour, WHITE, 0.28))
    if style == 1:
        return dots(tall=tall, fill=fill, dot=light, step=90, size=14)
    if style == 2:
        return rays(tall=tall, fill=fill, ray=light, y=tall * 0.62, count=14)
    if style == 3:
        puffs = ((170, 0.42, 240), (850, 0.35, 280), (800, 0.86, 230), (150, 0.80, 200))
        return flat(tall=tall, fill=fill) + "".join(
            cloud(x=x, y=y * tall, size=size) for x, y, size in puffs
        )
    if style == 4:
        return fade(tall=tall, colours=(fill, svg(mix(colour, WHITE, 0.55))))
    return flat(tall=tall, fill=fill)


def _title(board: Board, plan: Plan, colour: Rgb, style: int) -> float:
    """Lettering at the top centre and the flag beside its last line; returns the end."""
    tall = board.tall
    lines = plan.lettering[:3]
    if not lines:
        return tall * 0.04
    deep = mix(colour, (24, 20, 70), 0.82)
    fills = ((svg(deep),), ("#d7263d",), ("#1d7fd1", "#17a673"), ("#ff6b35",), ("#7b3fc4",))[style]
    faces: tuple[Face, ...] = (OSWALD, BEBAS, OSWALD, JOSEFIN, BEBAS)
    end = letter_stack(
        board,
        lines[:1],
        x=500,
        top=tall * 0.02,
        width=860,
        height=tall * 0.17,
        most=tall * 0.15,
        fills=fills,
        face=faces[style],
        block=svg(deep) if style else "",
        wobble=(0, 0, 4, 3, 0)[style],
        rim=11,
    )
    flag = 118 * min(1.0, tall / 1000) if plan.flag else 0.0
    for number, line in enumerate(lines[1:]):
        own = flag if number == len(lines) - 2 else 0.0
        end = letter_stack(
            board,
            (line,),
            x=500 - own * 0.62,
            top=end - 6,
            width=680 - own,
            height=tall * 0.10,
            most=tall * 0.085,
            fills=(svg(deep),),
            face=faces[style],
            rim=8,
        )
    if plan.flag:
        last = board.boxes[-1]
        art = f'<g transform="scale({flag / 150:.4f})">{draw_flag(plan.flag)}</g>'
        board.drawing(
            art,
            x=last.x + last.width / 2 + flag * 0.62,
            y=last.y,
            width=flag,
            height=flag * 2 / 3,
            turn=(0, 6, -5, 5, -6)[style],
        )
    return end


def _stand(
    board: Board,
    names: tuple[str, ...],
    *,
    style: int,
    take: int,
    half: float,
    y: float,
    plan: Plan,
) -> None:
    """Stand the pieces on the base, those at the back first, each on its own shadow."""
    rng = dice(prompt=plan.prompt, take=take)
    slots = [(*slot, name) for slot, name in zip(SLOTS[style], names, strict=False)]
    grown = 1.42 if len(names) > 5 else 1.62
    for u, v, size, name in sorted(slots, key=lambda slot: slot[0] + slot[1]):
        reach = 1.16 if style in {0, 2} else 1.06
        px = 500 + (u - v) * half * 0.5 * reach
        py = y + (u + v) * half * 0.27 * reach
        big = size * half * grown
        shade = '<ellipse cx="50" cy="20" rx="50" ry="20" fill="#1a1438" fill-opacity="0.22"/>'
        board.paint(
            f'<g transform="scale({big * 0.0105:.4f})">{shade}</g>',
            x=px + big * 0.06,
            y=py + big * 0.03,
            width=big * 1.05,
            height=big * 0.42,
        )
        board.emoji(name, x=px, y=py - big * 0.38, size=big, rim=6, turn=float(rng.uniform(-5, 5)))


def _rhomb(half: float, y: float, fill: str, *, part: float = 1.0) -> str:
    w, h, x = half * part, half * 0.56 * part, half
    return (
        f'<path d="M{x - w:.1f} {y:.1f} L{x:.1f} {y - h:.1f} L{x + w:.1f} {y:.1f} '
        f'L{x:.1f} {y + h:.1f} Z" fill="{fill}"/>'
    )


def _sides(half: float, y: float, deep: float, left: str, right: str, *, part: float = 1.0) -> str:
    w, h, x = half * part, half * 0.56 * part, half
    return (
        f'<path d="M{x - w:.1f} {y:.1f} L{x:.1f} {y + h:.1f} V{y + h + deep:.1f} '
        f'L{x - w:.1f} {y + deep:.1f} Z" fill="{left}"/><path d="M{x + w:.1f} {y:.1f} '
        f'L{x:.1f} {y + h:.1f} V{y + h + deep:.1f} L{x + w:.1f} {y + deep:.1f} Z" fill="{right}"/>'
    )


def _slab(half: float) -> str:
    y, deep = half * 0.57, half * 0.18
    return (
        _sides(half, y, deep, "#b9783f", "#95592b")
        + _rhomb(half, y, "#e0a866")
        + _rhomb(half, y, "#f1c78d", part=0.88)
    )


def _dish(half: float) -> str:
    y = half * 0.58

    def ring(part: float, drop: float, fill: str) -> str:
        return (
            f'<ellipse cx="{half:.1f}" cy="{y + drop:.1f}" rx="{half * part:.1f}" '
            f'ry="{half * 0.56 * part:.1f}" fill="{fill}"/>'
        )

    return (
        ring(0.52, half * 0.20, "#9db4c8") + ring(0.99, half * 0.08, "#b8cbdb")
        + ring(0.99, 0, "#f4f8fc") + ring(0.84, half * 0.02, "#dbe7f1")
        + ring(0.82, half * 0.035, "#ffffff")
    )  # fmt: skip


def _cloth(half: float) -> str:
    y, deep = half * 0.57, half * 0.14
    out = _sides(half, y, deep, "#c23b4b", "#9c2b3c") + _rhomb(half, y, "#ffffff")
    steps = 8
    for row in range(steps):
        for column in range(steps):
            if (row + column) % 2:
                continue
            u, v = row / steps * 2 - 1, column / steps * 2 - 1
            step = 2 / steps
            corners = ((u, v), (u + step, v), (u + step, v + step), (u, v + step))
            path = " L".join(
                f"{half + (a - b) * half * 0.5:.1f} {y + (a + b) * half * 0.28:.1f}"
                for a, b in corners
            )
            out += f'<path d="M{path} Z" fill="#ef6a76"/>'
    return out


def _island(half: float) -> str:
    y = half * 0.46
    points = []
    for number in range(13):
        share = number / 12
        x = half * (0.04 + 1.92 * share)
        points.append((x, y + half * 0.74 * math.sin(math.pi * share) * (0.8, 1.0)[number % 2]))
    path = " L".join(f"{a:.1f} {b:.1f}" for a, b in points)
    return (
        f'<path d="M{path} Z" fill="#8a6a52"/>'
        f'<path d="M{half * 0.9:.1f} {y:.1f} L{path.split(" L")[6]} L{path.split(" L")[9]} '
        f'L{half * 1.9:.1f} {y:.1f} Z" fill="#6f523f"/>'
        f'<ellipse cx="{half:.1f}" cy="{y + half * 0.06:.1f}" rx="{half * 0.99:.1f}" '
        f'ry="{half * 0.45:.1f}" fill="#4e9a4b"/><ellipse cx="{half:.1f}" cy="{y:.1f}" '
        f'rx="{half * 0.99:.1f}" ry="{half * 0.44:.1f}" fill="#7ccb63"/>'
        f'<ellipse cx="{half:.1f}" cy="{y:.1f}" rx="{half * 0.86:.1f}" '
        f'ry="{half * 0.36:.1f}" fill="#93da75"/>'
    )


def _tiers(half: float) -> str:
    low, high = half * 0.62, half * 0.46
    return (
        _sides(half, low, half * 0.12, "#6a5acd", "#4b3ca7")
        + _rhomb(half, low, "#9d90f2")
        + _sides(half, high, half * 0.14, "#ff9f80", "#e57a5c", part=0.82)
        + _rhomb(half, high, "#ffd0b5", part=0.82)
        + _rhomb(half, high, "#ffe3d3", part=0.70)
    )
