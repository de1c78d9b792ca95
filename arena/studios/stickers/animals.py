"""Sticker animals in a drawn landscape with flowers, butterflies and sun: five arrangements."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from arena.studios.creatures import Creature
from arena.studios.fonts import OSWALD
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.board import Board, Box, dice, open_board
from arena.studios.stickers.emoji import brighten
from arena.studios.stickers.grounds import grass
from arena.studios.stickers.letters import letter
from arena.studios.stickers.meadow import Land, draw_land, land_for
from arena.studios.stickers.words import emoji_for
from arena.studios.vocabulary import COLOURS, Rgb

BODIES = {"dog": "dog", "cat": "cat", "rabbit": "rabbit"}
FLYERS = frozenset({"butterfly", "bee", "bird"})
FLOWERS = ("blossom", "tulip", "sunflower", "hibiscus", "rose", "herb")
# Coats whose colour is not the word's: a red fox is what the emoji already is.
_COATS: dict[str, Rgb] = {
    "golden": (232, 176, 92),
    "ginger": (240, 150, 60),
    "grey": (150, 154, 164),
    "gray": (150, 154, 164),
    "black": (70, 68, 80),
    "white": (244, 244, 248),
    "polar": (244, 244, 248),
    "arctic": (244, 244, 248),
}
_KEEP = {("fox", "red"), ("cat", "tabby"), ("cat", "ginger"), ("dog", "brown"),
         ("rabbit", "white"), ("pig", "white")}  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """Where an animal sits: foot centre, height of the sticker, turn in degrees."""

    x: float
    bottom: float
    size: float
    turn: float


def stick_animals(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """Animals in a landscape (H, W, 3) in 0..1; each take is another light and arrangement."""
    return compose_animals(plan=plan, take=take, width=width, height=height).floats()


def compose_animals(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of an animal picture, for those who want to know where things lie."""
    known = [one for one in plan.creatures if emoji_for(one.species)]
    if not known:
        raise DeclinedError("There is no emoji for the animals in this prompt.")
    style, tall = take % 5, 1000 * height / width
    rng = dice(prompt=plan.prompt, take=take)
    land = land_for(hour=plan.hour, style=style)
    ground = draw_land(land, setting=plan.setting, style=style, tall=tall, rng=rng)
    board = open_board(ground=ground, width=width, height=height)
    _paste_lamp(board, land, style)
    runners = [one for one in _repeated(known) if one.species not in FLYERS][:7]
    flyers = [one for one in _repeated(known) if one.species in FLYERS][:6]
    if plan.lettering:
        letter(
            board,
            plan.lettering[0],
            x=500,
            y=tall * 0.10,
            width=900,
            most=tall * 0.11,
            fills=("#ffffff", "#ffd23f"),
            block="#7a3f86",
            face=OSWALD,
            wobble=3,
        )
    _flower_bed(board, land, plan.setting, rng, front=False)
    seats = arrange(len(runners), style=style, tall=tall, horizon=land.horizon * tall)
    for one, seat in sorted(zip(runners, seats, strict=True), key=lambda pair: pair[1].bottom):
        _paste_creature(board, one, seat, style)
    air = [emoji_for(one.species) for one in flyers]
    default = ["snowflake"] * 6 if plan.setting == "snow" else ["butterfly"] * 3
    _fly(board, air or default, rng, line=land.horizon * tall)
    if {"dew", "sparkle", "sparkles", "magic", "magical", "glitter"} & set(plan.prompt.split()):
        _fly(board, ["sparkles"] * 3, rng, line=land.horizon * tall)
    _flower_bed(board, land, plan.setting, rng, front=True)
    return board


def _repeated(creatures: list[Creature]) -> list[Creature]:
    return [one for one in creatures for _ in range(3 if one.many else 1)]


def _paste_lamp(board: Board, land: Land, style: int) -> None:
    x, share = land.lamp_at
    board.emoji(
        land.lamp,
        x=x,
        y=share * board.tall,
        size=min((250, 200, 230, 210, 190)[style], board.tall * 0.25),
        rim=9,
    )


def arrange(count: int, *, style: int, tall: float, horizon: float) -> list[Seat]:
    """Seats for `count` animals: an arc, two rows, a chase, a tumbling heap or a parade."""
    room = tall - horizon
    each = 940 / max(count, 1)
    if style == 0:
        size = min(each * 1.2, room * 0.64, 390)
        return [
            Seat(
                30 + each * (k + 0.5),
                horizon + room * (0.66 + 0.15 * math.sin(math.pi * (k + 0.5) / count)),
                size,
                0,
            )
            for k in range(count)
        ]
    if style == 1:
        back = count // 2
        size = min(900 / max(count - back, 1) * 0.92, room * 0.54, 340)
        rows = [(k, back, 0.28, 0.88, 2.1) for k in range(back)]
        rows += [(k, count - back, 0.84, 1.0, 1.06) for k in range(count - back)]
        return [
            Seat(
                500 + (k - (n - 1) / 2) * min(860 / n, size * apart),
                horizon + room * y,
                size * part,
                0,
            )
            for k, n, y, part, apart in rows
        ]
    if style == 2:
        size = min(each * 1.16, room * 0.58, 340)
        return [
            Seat(
                500 if count == 1 else 40 + size / 2 + (920 - size) * k / (count - 1),
                horizon + room * (0.86 - 0.34 * k / max(count - 1, 1)),
                size * (1.06 - 0.26 * k / max(count - 1, 1)),
                (14, -12)[k % 2],
            )
            for k in range(count)
        ]
    if style == 3:
        return _heap(count, room=room, horizon=horizon)
    size = min(each * 1.16, room * 0.58, 360)
    return [
        Seat(
            30 + each * (k + 0.5),
            horizon + room * (0.84 if k % 2 else 0.60),
            size * (1.08 if k % 2 else 0.96),
            (-5, 5)[k % 2],
        )
        for k in range(count)
    ]


def _heap(count: int, *, room: float, horizon: float) -> list[Seat]:
    """A pyramid: most at the bottom, one on top, tumbling to both sides."""
    rows, left = [], count
    while left > 0:
        rows.append(min(left, max(1, math.ceil((math.sqrt(8 * left + 1) - 1) / 2))))
        left -= rows[-1]
    size = min(860 / rows[0], room * 1.12 / (0.55 + 0.62 * len(rows)), 380)
    seats = []
    for row, number in enumerate(rows):
        for k in range(number):
            x = 500 + (k - (number - 1) / 2) * size * 1.02
            seats.append(
                Seat(
                    x,
                    horizon + room * 0.86 - row * size * 0.66,
                    size,
                    (k - (number - 1) / 2) * -14 + (8 if number == 1 else 0),
                )
            )
    return seats


def _paste_creature(board: Board, one: Creature, seat: Seat, style: int) -> None:
    face = emoji_for(one.species)
    # Takes with runners show whole animals where there are any; the others big faces.
    name = BODIES.get(one.species, face) if style in {2, 4} and one.coat != "tabby" else face
    colour = _COATS.get(one.coat) or (brighten(COLOURS[one.coat]) if one.coat in COLOURS else None)
    tint = None if (one.species, one.coat) in _KEEP else colour
    size = seat.size * (0.92 if one.young else 1.0)
    shade = '<ellipse cx="50" cy="14" rx="50" ry="14" fill="#0d2a1a" fill-opacity="0.25"/>'
    board.paint(
        f'<g transform="scale({size / 100:.4f})">{shade}</g>',
        x=seat.x + 6,
        y=seat.bottom - size * 0.02,
        width=size,
        height=size * 0.28,
    )
    board.emoji(
        name, x=seat.x, y=seat.bottom - size * 0.46, size=size, turn=seat.turn, tint=tint, rim=9
    )


def _fly(board: Board, names: list[str], rng: np.random.Generator, *, line: float) -> None:
    """Butterflies, birds or snowflakes in free air above the animals."""
    for name in names[:6]:
        for _ in range(30):
            size = float(rng.uniform(74, 118))
            x, y = float(rng.uniform(80, 920)), float(rng.uniform(line * 0.35, line + 120))
            if board.free(Box(x, y, size * 1.1, size * 1.1), gap=4):
                tint = brighten(
                    ((90, 120, 230), (240, 120, 60), (220, 90, 160))[int(rng.integers(3))]
                )
                board.emoji(
                    name,
                    x=x,
                    y=y,
                    size=size,
                    turn=float(rng.uniform(-28, 28)),
                    rim=6,
                    tint=tint if name == "butterfly" else None,
                )
                break


def _flower_bed(
    board: Board, land: Land, setting: str, rng: np.random.Generator, *, front: bool
) -> None:
    """Flowers far behind the animals, or grass and large flowers along the lower edge."""
    tall = board.tall
    plant: tuple[str, ...]
    if setting in {"snow", "beach"}:
        plant = ("evergreen-tree",) if setting == "snow" else ("palm-tree", "hibiscus")
    else:
        plant = FLOWERS if setting != "forest" else ("evergreen-tree", "mushroom", "deciduous-tree")
    if not front:
        line = land.horizon * tall
        for _ in range(9):
            x, near = float(rng.uniform(40, 960)), float(rng.uniform(0.0, 1.0))
            size = (42 + 30 * near) * (1.9 if setting == "forest" else 1.0)
            board.emoji(
                plant[int(rng.integers(len(plant)))],
                x=x,
                rim=4,
                size=size,
                y=line + tall * (0.10 + 0.16 * near),
            )
            board.boxes.pop()
        return
    if setting in {"", "meadow", "forest"}:
        tufts = grass(top=tall * 0.055, bottom=tall * 0.13, rng=rng, count=60, fills=land.blades)
        board.paint(tufts, x=500, y=tall * 0.94, width=1000, height=tall * 0.12)
    step = 1000 / 8
    for k in range(8):
        size = float(rng.uniform(70, 108))
        x = (k + 0.5) * step + float(rng.uniform(-20, 20))
        board.emoji(
            plant[(k * 5 + int(rng.integers(2))) % len(plant)],
            x=x,
            rim=5,
            size=size,
            y=tall - size * 0.55 - float(rng.uniform(0, 18)),
            turn=float(rng.uniform(-12, 12)),
        )
