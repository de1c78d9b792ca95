"""The steps of a sticker poster: their emoji, and where their cards go."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from arena.studios.plan import Plan
from arena.studios.stickers.board import Box
from arena.studios.stickers.words import read_emoji
from arena.studios.vocabulary import Rgb

FILLERS = ("glowing-star", "light-bulb", "gear", "compass", "chequered-flag", "trophy")


@dataclass(frozen=True)
class Step:
    """A numbered card: its words and its emoji."""

    number: int
    words: str
    emoji: str


@dataclass(frozen=True)
class Page:
    """What all layouts need."""

    title: tuple[str, ...]
    slogan: str
    names: tuple[str, ...]
    steps: tuple[Step, ...]
    extras: tuple[str, ...]
    vivid: tuple[Rgb, ...]
    space: bool
    take: int
    rng: np.random.Generator


def read_steps(plan: Plan) -> tuple[Step, ...]:
    """Steps with the emoji of their own words, of their description, or of the whole prompt."""
    pool = list(read_emoji(plan.prompt)) + list(FILLERS)
    found: list[Step] = []
    for number, words in enumerate(plan.steps, start=1):
        after = plan.prompt[plan.prompt.find(words) :]
        own = read_emoji(words) + read_emoji(re.split(r"\s\d{1,2}\.\s", after)[0])
        taken = {step.emoji for step in found}
        fresh = [name for name in (*own, *pool) if name not in taken]
        found.append(Step(number, words, (fresh or pool)[0]))
    if not found:
        return tuple(Step(k, "", name) for k, name in enumerate(pool[:6], start=1))
    return tuple(found)


def _grid(count: int, *, wide: float, high: float) -> tuple[int, int]:
    """Columns and rows that come closest to square cells."""
    options = [(columns, math.ceil(count / columns)) for columns in range(1, min(count, 5) + 1)]
    return min(
        options,
        key=lambda o: (
            abs(math.log((wide / o[0]) / (high / o[1]) / 1.02)) + 0.25 * (o[0] * o[1] - count)
        ),
    )


def place_cards(page: Page, *, top: float, bottom: float, zigzag: bool = False) -> list[Box]:
    """Centres and sizes of cards in rows; a short last row is centred."""
    count = len(page.steps)
    columns, rows = _grid(count, wide=940, high=bottom - top)
    wide, high = 940 / columns, (bottom - top) / rows
    cells = []
    for at in range(count):
        row, column = divmod(at, columns)
        in_row = min(columns, count - row * columns)
        if zigzag and row % 2:
            column = in_row - 1 - column
        x = 500 + (column - (in_row - 1) / 2) * wide
        cells.append(Box(x, top + (row + 0.5) * high, wide - 44, high - 46))
    return cells


def place_stairs(page: Page, *, top: float, bottom: float) -> list[Box]:
    """Two flights of cards, the lower one to the right of the globe, the upper to the left."""
    count = len(page.steps)
    low = count // 2 if count > 1 else 1
    cells = []
    middle, high = (top + bottom) / 2, (bottom - top) / 2
    for number in range(count):
        flight, at, total = (0, number, low) if number < low else (1, number - low, count - low)
        wide = 730 / max(total, 2)
        x = (252 if flight == 0 else 20) + (at + 0.5) * 730 / total
        rise = (0.5 - (at + 0.5) / total) * 50
        y = middle + (high / 2 if flight == 0 else -high / 2) + rise
        cells.append(Box(x, y, min(wide - 34, 270.0), min(high - 64, wide * 1.25)))
    # The upper flight goes on to the right, where the goal is.
    return cells
