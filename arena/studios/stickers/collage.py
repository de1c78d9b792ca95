"""Sticker collages: whatever nouns of a prompt have an emoji, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.studios.fonts import OSWALD
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.board import Board, dice, open_board, scatter
from arena.studios.stickers.emoji import brighten
from arena.studios.stickers.grounds import dots, gingham, mat, rays, stripes
from arena.studios.stickers.inks import Scheme, scheme_for
from arena.studios.stickers.letters import letter
from arena.studios.stickers.words import read_emoji, read_tints
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Collage:
    """Emoji to paste, colours said for them, chance, and the height where free room begins."""

    names: tuple[str, ...]
    tints: dict[str, Rgb]
    rng: np.random.Generator
    top: float

    def tint(self, name: str) -> Rgb | None:
        """The lively version of a colour the prompt gives to an emoji."""
        return brighten(self.tints[name]) if name in self.tints else None


def stick_anything(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A collage of the nouns that have an emoji (H, W, 3) in 0..1; five arrangements.

    Raises DeclinedError when no noun of the prompt has one.
    """
    return compose_anything(plan=plan, take=take, width=width, height=height).floats()


def compose_anything(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a collage, for those who want to know where things lie."""
    names = read_emoji(plan.prompt) or read_emoji(plan.prompt, craft=True)
    if not names:
        raise DeclinedError("No word of this prompt has an emoji, and stickers are all there is.")
    style, tall = take % 5, 1000 * height / width
    inks = scheme_for(palette=(), take=take)
    board = open_board(ground=_ground(inks, style, tall), width=width, height=height)
    top = 20.0
    if plan.lettering:
        box = letter(
            board,
            plan.lettering[0],
            x=500,
            y=tall * 0.1,
            width=900,
            most=tall * 0.12,
            fills=(inks.accent,),
            block="#2a2350",
            face=OSWALD,
            wobble=3,
            rim=10,
        )
        top = box.y + box.height / 2
    collage = Collage(names[:9], read_tints(plan.prompt), dice(prompt=plan.prompt, take=take), top)
    layouts: tuple[Callable[[Board, Collage], None], ...] = (
        _hero, _ring, _grid, _pile, _parade,
    )  # fmt: skip
    layouts[style](board, collage)
    return board


def _ground(inks: Scheme, style: int, tall: float) -> str:
    grounds: tuple[Callable[[], str], ...] = (
        lambda: rays(tall=tall, fill=inks.ground, ray=inks.pattern, y=tall * 0.52),
        lambda: dots(tall=tall, fill=inks.ground, dot=inks.pattern),
        lambda: mat(tall=tall, fill=inks.ground, line=inks.pattern),
        lambda: gingham(tall=tall, fill=inks.ground, band=inks.pattern, cover=0.8),
        lambda: stripes(tall=tall, fill=inks.ground, band=inks.pattern),
    )
    return grounds[style]()


def _hero(board: Board, collage: Collage) -> None:
    """The first noun very large, the others around it."""
    room = board.tall - collage.top
    big = min(520.0, room * 0.54)
    first, rest = collage.names[0], collage.names[1:] or ("sparkles", "star")
    board.emoji(
        first,
        x=500,
        y=collage.top + room * 0.5,
        size=big,
        rim=13,
        turn=float(collage.rng.uniform(-6, 6)),
        tint=collage.tint(first),
    )
    scatter(board, rest, rng=collage.rng, count=max(9, len(rest)), size=(92, 150), top=collage.top)


def _ring(board: Board, collage: Collage) -> None:
    """A wreath of all nouns, the first in the middle."""
    room = board.tall - collage.top
    middle, radius = collage.top + room / 2, min(360.0, room * 0.37)
    count = max(8, len(collage.names) - 1)
    around = collage.names[1:] or (collage.names[0], "sparkles")
    size = min(190.0, 2 * math.pi * radius / count * 0.86)
    for number in range(count):
        angle = 2 * math.pi * number / count - math.pi / 2
        name = around[number % len(around)]
        board.emoji(
            name,
            x=500 + radius * 1.05 * math.cos(angle),
            size=size,
            turn=float(collage.rng.uniform(-8, 8)),
            y=middle + radius * math.sin(angle),
            tint=collage.tint(name),
        )
    board.emoji(
        collage.names[0],
        x=500,
        y=middle,
        size=radius * 1.0,
        rim=10,
        tint=collage.tint(collage.names[0]),
    )


def _grid(board: Board, collage: Collage) -> None:
    """Rows and columns, like a sheet from the stationer's."""
    room = board.tall - collage.top - 30
    columns = 3 if len(collage.names) < 5 else 4
    rows = max(2, round(room / (940 / columns)))
    wide, high = 940 / columns, room / rows
    for cell in range(columns * rows):
        row, column = divmod(cell, columns)
        name = collage.names[(column + row * 2) % len(collage.names)]
        board.emoji(
            name,
            x=30 + (column + 0.5) * wide,
            y=collage.top + (row + 0.5) * high + 10,
            size=min(wide, high) * 0.74,
            turn=float(collage.rng.uniform(-9, 9)),
            tint=collage.tint(name),
        )


def _pile(board: Board, collage: Collage) -> None:
    """A heap on the floor, large stickers over each other."""
    room = board.tall - collage.top
    rows = (4, 3, 2, 1)
    size = min(300.0, room * 0.34)
    number = 0
    for row, count in enumerate(rows):
        for k in range(count):
            name = collage.names[number % len(collage.names)]
            x = 500 + (k - (count - 1) / 2) * size * 0.80 + float(collage.rng.uniform(-12, 12))
            y = board.tall - size * 0.52 - row * size * 0.62
            board.emoji(
                name,
                x=x,
                y=y,
                size=size,
                turn=float(collage.rng.uniform(-22, 22)),
                tint=collage.tint(name),
                rim=9,
            )
            number += 1


def _parade(board: Board, collage: Collage) -> None:
    """Waves of stickers, larger towards the front."""
    room = board.tall - collage.top
    for row, (share, size) in enumerate(((0.18, 0.20), (0.46, 0.27), (0.80, 0.34))):
        big = min(room * size, 320.0)
        count = max(2, int(960 / (big * 1.14)))
        for k in range(count):
            name = collage.names[(k + row) % len(collage.names)]
            x = 500 + (k - (count - 1) / 2) * (960 / count)
            y = collage.top + room * share + 22 * math.sin(k * 1.7 + row)
            board.emoji(
                name,
                x=x,
                y=y,
                size=big,
                turn=(7, -7)[k % 2] + float(collage.rng.uniform(-4, 4)),
                tint=collage.tint(name),
            )
