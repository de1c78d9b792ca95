"""Sticker street pictures: somebody, what they ride or carry, cars, weather and a wet street."""

from __future__ import annotations

import re

import numpy as np
from PIL import Image, ImageFilter

from arena.studios.fonts import OSWALD
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.stickers.board import Board, Box, dice, open_board
from arena.studios.stickers.emoji import brighten
from arena.studios.stickers.inks import mix, svg
from arena.studios.stickers.letters import letter
from arena.studios.stickers.street import STREETS, draw_street
from arena.studios.stickers.words import read_emoji, read_tints
from arena.studios.vocabulary import Rgb

_OLD = frozenset({"old", "elderly", "aged", "senior", "grandfather", "grandmother"})
_WOMEN = frozenset({"woman", "women", "lady", "girl", "grandmother", "grandma", "actress", "queen"})
_CHILDREN = {"boy": "boy", "girl": "girl", "child": "boy", "children": "girl", "baby": "baby"}
_WET = frozenset({"rain", "rainy", "raining", "wet", "puddle", "puddles", "drizzle", "storm"})
_RIDES = frozenset({"bicycle", "motorcycle", "horse-face"})
_WHEELS = frozenset({"automobile", "taxi", "bus", "delivery-truck", "fire-engine", "tractor"})
_PERSONS = frozenset(
    {"man", "woman", "boy", "girl", "baby", "old-man", "old-woman", "cook", "astronaut"}
)
_SKY = frozenset({"sun-with-face", "full-moon", "cloud", "cloud-with-rain", "rainbow", "star",
                  "high-voltage", "crescent-moon", "globe-showing-europe-africa", "snowflake",
                  "droplet", "cityscape", "eyes", "window", "door"})  # fmt: skip


def stick_people(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """Somebody in a street (H, W, 3) in 0..1; each take is another street, hour and crop."""
    return compose_people(plan=plan, take=take, width=width, height=height).floats()


def compose_people(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a street picture, for those who want to know where things lie."""
    style, tall = take % 5, 1000 * height / width
    rng = dice(prompt=plan.prompt, take=take)
    words = set(re.findall(r"\w+", plan.prompt.lower()))
    wet = bool(words & _WET)
    street = STREETS[style]
    ground = draw_street(street, tall=tall, wet=wet, night=plan.hour == "night", rng=rng)
    board = open_board(ground=ground, width=width, height=height)
    kerb = street.kerb * tall
    tints = read_tints(plan.prompt)
    things = [n for n in read_emoji(plan.prompt) if n not in _PERSONS | _SKY]
    if plan.lettering:
        letter(
            board,
            plan.lettering[0],
            x=500,
            y=tall * 0.08,
            width=880,
            most=tall * 0.09,
            fills=("#ffffff", "#ffd23f"),
            block="#2b2a5c",
            face=OSWALD,
            wobble=3,
        )
    _sky(board, wet=wet, night=plan.hour == "night", style=style)
    _traffic(board, things, tints, kerb=kerb, style=style)
    _hero(board, find_person(words), things, tints, kerb=kerb, style=style)
    _belongings(board, [n for n in things if n not in _RIDES | _WHEELS], tints, rng, kerb=kerb)
    if wet:
        reflect(board, line=kerb + (tall - kerb) * 0.52)
        _rain(board, rng, style=style)
    return board


def find_person(words: set[str]) -> str:
    """The emoji for whoever the words name."""
    for noun, name in _CHILDREN.items():
        if noun in words:
            return name
    woman = bool(words & _WOMEN)
    if words & _OLD:
        return "old-woman" if woman else "old-man"
    if "chef" in words or "cook" in words:
        return "cook"
    if "astronaut" in words:
        return "astronaut"
    return "woman" if woman else "man"


def _sky(board: Board, *, wet: bool, night: bool, style: int) -> None:
    x = (840, 150, 500, 170, 830)[style]
    size = min(190, board.tall * 0.19)
    if wet:
        names = ("cloud-with-rain", "cloud-with-rain")
    else:
        names = ("crescent-moon", "star") if night else ("sun-with-face", "cloud")
    board.emoji(names[0], x=x, y=size * 0.62, size=size)
    board.emoji(names[1], x=1000 - x if abs(x - 500) > 50 else 200, y=size * 0.8, size=size * 0.66)


def _traffic(
    board: Board, things: list[str], tints: dict[str, Rgb], *, kerb: float, style: int
) -> None:
    """Cars on the far side of the road: the named ones, else one to make it a street."""
    cars = [name for name in things if name in _WHEELS] or ["automobile", "oncoming-automobile"]
    road = board.tall - kerb
    size = min(230.0, road * 0.62)
    places = ((170, 830), (840, 190), (160, 500), (850, 160), (190, 810))[style]
    for number, name in enumerate((cars * 2)[:2]):
        own = (
            tints.get(name)
            or ((70, 130, 220), (245, 180, 40), (90, 180, 120))[(style + number) % 3]
        )
        board.emoji(
            name,
            x=places[number],
            y=kerb + road * 0.16 - size * 0.18,
            size=size,
            tint=brighten(own),
            flip=number == 1,
        )


def _hero(
    board: Board, person: str, things: list[str], tints: dict[str, Rgb], *, kerb: float, style: int
) -> None:
    """The person, on top of what they ride: an emoji bust cannot do it any other way."""
    ride = next((name for name in things if name in _RIDES), "")
    road, tall = board.tall - kerb, board.tall
    x = (500, 470, 660, 480, 520)[style]
    size = min((420, 470, 400, 520, 440)[style], tall * 0.46)
    foot = kerb + road * (0.50, 0.56, 0.46, 0.62, 0.5)[style]
    shade = '<ellipse cx="50" cy="12" rx="50" ry="12" fill="#0d1030" fill-opacity="0.3"/>'
    board.paint(
        f'<g transform="scale({size / 100:.4f})">{shade}</g>',
        x=x,
        y=foot,
        width=size,
        height=size * 0.24,
    )
    flip = style in {1, 2}
    if not ride:
        person = {"man": "man-walking", "woman": "woman-walking"}.get(person, person)
        board.emoji(person, x=x, y=foot - size * 0.5, size=size, rim=10, flip=flip)
        return
    tint = brighten(tints[ride]) if ride in tints else None
    head = size * 0.56
    high = size * 0.60
    board.emoji(
        person,
        x=x - (size * 0.06 if not flip else -size * 0.06),
        y=foot - high - head * 0.55,
        size=head,
        turn=(4, -5, 3, -4, 6)[style],
        rim=9,
    )
    board.emoji(ride, x=x, y=foot - high / 2 + 10, size=size, tint=tint, rim=10, flip=flip)


def _belongings(
    board: Board, names: list[str], tints: dict[str, Rgb], rng: np.random.Generator, *, kerb: float
) -> None:
    """Everything else the prompt names, on free spots of street and pavement."""
    road = board.tall - kerb
    for name in names[:5]:
        size = min(150.0, road * 0.38)
        for _ in range(40):
            x = float(rng.uniform(100, 900))
            y = float(rng.uniform(kerb - road * 0.1, board.tall - size * 0.8))
            if board.free(Box(x, y, size, size), gap=2):
                tint = brighten(tints[name]) if name in tints else None
                board.emoji(name, x=x, y=y, size=size, turn=float(rng.uniform(-8, 8)), tint=tint)
                break


def reflect(board: Board, *, line: float) -> None:
    """Mirror the picture above a line into the wet street below it: blurred, dimmed, fading."""
    y = round(line * board.scale)
    below = board.height - y
    if below < 4 or y < below:
        return
    strip = board.picture.crop((0, y - below, board.width, y)).transpose(
        Image.Transpose.FLIP_TOP_BOTTOM
    )
    soft = strip.filter(ImageFilter.BoxBlur((1.5 * board.scale, 6 * board.scale)))
    street = np.asarray(board.picture.crop((0, y, board.width, board.height)), dtype=np.float32)
    rows = np.arange(below, dtype=np.float32)[:, None]
    columns = np.arange(board.width, dtype=np.float32)[None, :]
    ripple = 0.85 + 0.15 * np.sin(rows / (9 * board.scale) + np.sin(columns / (60 * board.scale)))
    share = (0.58 * (1 - rows / below) ** 0.8 * ripple)[..., None]
    mixed = street * (1 - share) + np.asarray(soft, dtype=np.float32) * share * 0.92
    board.picture.paste(Image.fromarray(np.clip(mixed, 0, 255).astype(np.uint8), "RGB"), (0, y))


def _rain(board: Board, rng: np.random.Generator, *, style: int) -> None:
    """Slanting drops over everything and rings on the ground."""
    slant = (-14, 16, -8, 22, -20)[style]
    out = ""
    for _ in range(130):
        x, y = float(rng.uniform(-20, 1020)), float(rng.uniform(0, board.tall))
        long = float(rng.uniform(24, 54))
        out += (
            f'<path d="M{x:.0f} {y:.0f} l{slant * long / 50:.1f} {long:.1f}" stroke="#e8f4ff" '
            f'stroke-width="3.4" stroke-linecap="round" stroke-opacity="0.62"/>'
        )
    for _ in range(16):
        x, y = float(rng.uniform(20, 980)), float(rng.uniform(board.tall * 0.8, board.tall - 10))
        r = float(rng.uniform(16, 40))
        out += (
            f'<ellipse cx="{x:.0f}" cy="{y:.0f}" rx="{r:.0f}" ry="{r * 0.28:.0f}" fill="none" '
            f'stroke="{svg(mix((200, 225, 245), (255, 255, 255), 0.3))}" stroke-width="3" '
            f'stroke-opacity="0.7"/>'
        )
    board.paint(out, x=500, y=board.tall / 2, width=1000, height=board.tall)
