"""Sticker logos: five badges with the name, a second line and an emoji as the device."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np

from arena.studios.fonts import BEBAS, JOSEFIN, OSWALD, PLAYFAIR, Face, arc, fit, measure
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.stickers.board import Board, dice, open_board, scatter
from arena.studios.stickers.grounds import dots, gingham, mat, rays, stripes
from arena.studios.stickers.inks import Scheme, scheme_for
from arena.studios.stickers.letters import letter_stack, pill, plain, wrap
from arena.studios.stickers.words import emoji_for, read_emoji

_DEVICES = {"cloche": "bellhop-bell", "wheat": "sheaf-of-rice", "star": "glowing-star"}
Layout = Callable[[Board, Plan, str, Scheme, np.random.Generator], None]


def stick_emblem(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A logo as a sticker (H, W, 3) in 0..1; each take is another badge."""
    return compose_emblem(plan=plan, take=take, width=width, height=height).floats()


def compose_emblem(*, plan: Plan, take: int, width: int, height: int) -> Board:
    """The board of a logo, for those who want to know where things lie."""
    rng = dice(prompt=plan.prompt, take=take)
    inks = scheme_for(palette=plan.palette, take=take, dark=plan.dark_ground)
    tall = 1000 * height / width
    grounds = (
        rays(tall=tall, fill=inks.ground, ray=inks.pattern, y=tall / 2, count=16 + take // 5),
        dots(tall=tall, fill=inks.ground, dot=inks.pattern, step=76 + take // 5),
        gingham(tall=tall, fill=inks.ground, band=inks.pattern, step=110 + take // 5),
        stripes(tall=tall, fill=inks.ground, band=inks.pattern, step=88 + take // 5),
        mat(tall=tall, fill=inks.ground, line=inks.pattern),
    )
    board = open_board(ground=grounds[take % 5], width=width, height=height)
    layouts: tuple[Layout, ...] = (_roundel, _stack, _ticket, _flower, _sheet)
    layouts[take % 5](board, plan, find_device(plan), inks, rng)
    return board


def find_device(plan: Plan) -> str:
    """The emoji of a logo: a noun of the prompt, else one of the name itself, else a star."""
    outside = read_emoji(re.sub(r"\"[^\"]*\"", " ", plan.prompt))
    inside = read_emoji(" ".join(plan.lettering))
    if plan.motif not in {"", "star"} and (outside or not inside):
        return _DEVICES.get(plan.motif) or emoji_for(plan.motif) or "glowing-star"
    return (outside + inside + ("glowing-star",))[0]


def _second(plan: Plan) -> str:
    return " · ".join(plan.lettering[1:3])


def _device(board: Board, plan: Plan, name: str, *, x: float, y: float, size: float) -> None:
    """The emoji, with a plume of steam stickered behind it when the prompt wants steam."""
    if plan.steam:
        high = size * 0.5
        wiggles = "".join(
            f'<path d="M{at * high:.1f} {high * 0.92:.1f} c{-high * 0.3:.1f} {-high * 0.28:.1f} '
            f"{high * 0.3:.1f} {-high * 0.44:.1f} 0 {-high * 0.78:.1f}\" fill='none' "
            f'stroke="#9fb4c6" stroke-width="{high * 0.11:.1f}" stroke-linecap="round"/>'
            for at in (0.25, 0.6, 0.95)
        )
        board.drawing(wiggles, x=x, y=y - size * 0.53, width=high * 1.2, height=high, rim=6)
    board.emoji(name, x=x, y=y, size=size, rim=8)


def _circle(inks: Scheme, radius: float) -> str:
    return (
        f'<circle cx="{radius}" cy="{radius}" r="{radius}" fill="{inks.badge}"/>'
        f'<circle cx="{radius}" cy="{radius}" r="{radius - 16}" fill="none" stroke="{inks.ink}" '
        f'stroke-width="7"/><circle cx="{radius}" cy="{radius}" r="{radius * 0.65:.0f}" '
        f'fill="{inks.ground}" stroke="{inks.ink}" stroke-width="5"/>'
    )


def _roundel(board: Board, plan: Plan, device: str, inks: Scheme, rng: np.random.Generator) -> None:
    x, y = 500.0, board.tall / 2
    radius = min(430.0, board.tall * 0.43)
    name, below = plan.lettering[0].upper(), _second(plan)
    ring = radius * 0.72
    size = fit(name, OSWALD, width=ring * math.pi * 0.86, most=radius * 0.195, spacing=0.08)
    body = _circle(inks, radius) + arc(
        name,
        OSWALD,
        name="top",
        radius=ring,
        size=size,
        fill=inks.ink,
        spacing=0.08,
        x=radius,
        y=radius,
    )
    board.drawing(body, x=x, y=y, width=2 * radius, height=2 * radius, rim=15)
    board.boxes.clear()
    _device(board, plan, device, x=x, y=y + radius * (0.0 if below else 0.05), size=radius * 0.78)
    if below:
        pill(
            board,
            below,
            x=x,
            y=y + radius * 0.72,
            width=radius * 1.5,
            size=radius * 0.17,
            ink=inks.badge,
            fill=inks.ink,
            rim=9,
        )
    else:
        for turn in (-34, 0, 34):
            angle = math.radians(90 + turn)
            board.emoji(
                "star",
                x=x + ring * 1.08 * math.cos(angle),
                size=radius * 0.16,
                y=y + ring * 1.08 * math.sin(angle),
                rim=4,
            )


def _stack(board: Board, plan: Plan, device: str, inks: Scheme, rng: np.random.Generator) -> None:
    tall = board.tall
    _device(board, plan, device, x=500, y=tall * 0.34, size=min(400, tall * 0.36))
    end = letter_stack(
        board,
        _lines(plan.lettering[0], PLAYFAIR),
        x=500,
        top=tall * 0.49,
        width=900,
        height=tall * 0.35,
        most=min(190, tall * 0.19),
        fills=(inks.ink,),
        face=PLAYFAIR,
        block=inks.accent,
        turn=2,
        rim=13,
    )
    if _second(plan):
        pill(
            board,
            _second(plan),
            x=500,
            y=end + tall * 0.045,
            width=620,
            size=min(60, tall * 0.06),
            ink=inks.badge,
            fill=inks.accent,
            turn=-3,
            rim=8,
        )
    scatter(board, ("sparkles", device, "red-heart"), rng=rng, count=9, size=(70, 105))


def _ticket(board: Board, plan: Plan, device: str, inks: Scheme, rng: np.random.Generator) -> None:
    tall, wide = board.tall, 900.0
    high = min(560.0, tall * 0.62)
    mid = tall / 2
    bite = f'fill="{inks.badge}" stroke="{inks.ink}" stroke-width="8"'
    body = (
        f'<rect x="6" y="6" width="{wide - 12}" height="{high - 12}" rx="70" fill="{inks.badge}"/>'
        f'<rect x="26" y="26" width="{wide - 52}" height="{high - 52}" rx="52" {bite}/>'
        f'<path d="M370 60 V{high - 60}" stroke="{inks.ink}" stroke-width="7" '
        f'stroke-dasharray="4 20" stroke-linecap="round"/>'
        f'<rect x="40" y="40" width="316" height="{high - 80}" rx="40" fill="{inks.accent}" '
        f'fill-opacity="0.22"/>'
    )
    board.drawing(body, x=500, y=mid, width=wide, height=high, turn=-2.5, rim=14)
    board.boxes.clear()
    _device(board, plan, device, x=248, y=mid + (high * 0.10 if plan.steam else 14), size=300)
    letter_stack(
        board,
        _lines(plan.lettering[0], JOSEFIN),
        x=668,
        top=mid - high * 0.38,
        width=485,
        height=high * (0.56 if _second(plan) else 0.74),
        most=high * 0.34,
        centred=True,
        fills=(inks.ink,),
        face=JOSEFIN,
        wobble=3,
        turn=-2.5,
        rim=7,
    )
    if _second(plan):
        pill(
            board,
            _second(plan),
            x=668,
            y=mid + high * 0.29,
            width=460,
            size=high * 0.105,
            ink=inks.badge,
            fill=inks.accent,
            turn=-2.5,
            rim=6,
        )


def _scallop(radius: float, fill: str, ink: str) -> str:
    petals = "".join(
        f'<circle cx="{radius + radius * 0.88 * math.cos(k * math.pi / 12):.1f}" '
        f'cy="{radius + radius * 0.88 * math.sin(k * math.pi / 12):.1f}" r="{radius * 0.118:.1f}"/>'
        for k in range(24)
    )
    return (
        f'<g fill="{fill}">{petals}<circle cx="{radius}" cy="{radius}" r="{radius * 0.9:.1f}"/></g>'
        f'<circle cx="{radius}" cy="{radius}" r="{radius * 0.82:.1f}" fill="none" stroke="{ink}" '
        f'stroke-width="6" stroke-dasharray="2 16" stroke-linecap="round"/>'
    )


def _flower(board: Board, plan: Plan, device: str, inks: Scheme, rng: np.random.Generator) -> None:
    tall = board.tall
    radius = min(400.0, tall * 0.40)
    y = tall * 0.54
    board.drawing(
        _scallop(radius, inks.badge, inks.ink),
        x=500,
        y=y,
        width=2 * radius,
        height=2 * radius,
        rim=15,
    )
    board.boxes.clear()
    _device(board, plan, device, x=500, y=y - radius * 0.62, size=radius * 0.86)
    name = plan.lettering[0]
    lines = _lines(name.upper(), BEBAS, one=13)
    letter_stack(
        board,
        lines,
        x=500,
        top=y + radius * (-0.16 if len(lines) > 1 else -0.05),
        width=radius * 1.46,
        height=radius * 0.86,
        most=radius * 0.42,
        fills=(inks.ink,),
        face=BEBAS,
        rim=0.0,
    )
    if _second(plan):
        pill(
            board,
            _second(plan),
            x=500,
            y=y + radius * 0.90,
            width=radius * 1.5,
            size=radius * 0.16,
            ink=inks.badge,
            fill=inks.ink,
            face=BEBAS,
            turn=-4,
            rim=9,
        )
    for side in (-1, 1):
        board.emoji(
            "sparkles", x=500 + side * radius * 0.98, y=y - radius * 0.92, size=110, flip=side > 0
        )


def _sheet(board: Board, plan: Plan, device: str, inks: Scheme, rng: np.random.Generator) -> None:
    """A sheet of four stickers of one brand."""
    tall, name = board.tall, plan.lettering[0]
    unit = min(tall, 1000) / 1000
    letter_stack(
        board,
        _lines(name, OSWALD, one=16),
        x=500,
        top=tall * 0.03,
        width=920,
        height=tall * 0.25,
        most=180 * unit,
        fills=(inks.ink, inks.accent),
        turn=-1.5,
        rim=13,
        wobble=2,
    )
    radius = 215 * unit
    badge = (
        f'<circle cx="{radius}" cy="{radius}" r="{radius}" fill="{inks.accent}"/><circle '
        f'cx="{radius}" cy="{radius}" r="{radius - 18:.0f}" fill="{inks.badge}"/>'
    )
    board.drawing(badge, x=275, y=tall * 0.52, width=2 * radius, height=2 * radius, rim=14)
    _device(board, plan, device, x=275, y=tall * (0.55 if plan.steam else 0.52), size=300 * unit)
    initials = "".join(word[0] for word in name.split()[:3]).upper()
    _initials(board, initials, device, inks, y=tall * 0.49)
    below = _second(plan) or name
    pill(
        board,
        below,
        x=660,
        y=tall * 0.765,
        width=560,
        size=64 * unit,
        ink=inks.badge,
        fill=inks.ink,
        turn=4,
        rim=11,
        square=True,
    )
    names = (device, "sparkles", "red-heart", device, "star")
    for number, small in enumerate(names):
        board.emoji(
            small,
            x=140 + number * 180,
            y=tall * 0.90,
            size=115 * unit,
            turn=float(rng.uniform(-14, 14)),
        )


def _initials(board: Board, initials: str, device: str, inks: Scheme, *, y: float) -> None:
    side = 300.0 * min(board.tall, 1000) / 1000
    size = fit(initials, PLAYFAIR, width=side * 0.72, most=side * 0.62)
    body = (
        f'<rect width="{side:.1f}" height="{side:.1f}" rx="{side * 0.24:.1f}" fill="{inks.second}"/>'
        + plain(
            initials, PLAYFAIR, x=side / 2, y=side / 2 + size * 0.34, size=size, fill=inks.badge
        )
    )
    board.drawing(body, x=710, y=y, width=side, height=side, turn=6, rim=14)


def _lines(name: str, face: Face, *, one: int = 9) -> tuple[str, ...]:
    """One line for short names, two for longer ones of several words."""
    if len(name) <= one or " " not in name:
        return (name,)
    size = 100.0
    half = measure(name, face, size, 3) * 0.58
    return wrap(name, face, width=half, size=size, most=2)
