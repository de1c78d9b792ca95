"""The sticker studio's drive: car and driver, a window on the coast, palms and sun, die-cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from arena.studios.coast.collage import SeatedCar, lay_over, seat_driver
from arena.studios.coast.drive_stage import spin_wheels
from arena.studios.coast.flat import WIDE, Scheme, flat_coast, palm, scheme_of
from arena.studios.fonts import rasterise
from arena.studios.noise import Floats
from arena.studios.sitters.ink import blob, path, stroke
from arena.studios.stickers.cut import cut_sticker
from arena.studios.stickers.grounds import dots, gingham, stripes

# Per take: ground, window shape, window box (x, y, w, h in parts of the shorter side), car length.
Ground = Callable[[float], str]
GROUNDS: tuple[Ground, ...] = (
    lambda tall: stripes(tall=tall, fill="#bfe6e0", band="#a9dcd6"),
    lambda tall: dots(tall=tall, fill="#ffb37a", dot="#ffc596"),
    lambda tall: gingham(tall=tall, fill="#fdf3e1", band="#f4a9a0"),
    lambda tall: dots(tall=tall, fill="#3a3f7a", dot="#4a5092"),
    lambda tall: stripes(tall=tall, fill="#ffd95e", band="#ffe180"),
)
WINDOWS = ("circle", "arch", "card", "circle", "card")
BOXES = (
    (0.5, 0.44, 0.74, 0.74),
    (0.5, 0.46, 0.72, 0.78),
    (0.5, 0.44, 0.94, 0.62),
    (0.44, 0.42, 0.66, 0.66),
    (0.5, 0.42, 0.80, 0.66),
)
LENGTHS = (0.84, 0.88, 0.74, 0.90, 0.70)
TURNS = (-2.0, 0.0, 3.0, -4.0, 2.0)


def stick_drive(*, pictures: tuple[Floats, ...], take: int, width: int, height: int) -> Floats:
    """A sheet of stickers that tells the drive, (H, W, 3) in 0..1."""
    number = take % len(GROUNDS)
    scheme = scheme_of(take=take)
    side = min(width, 1.25 * height) if width > height else width
    shift = 0.0 if take < len(GROUNDS) else ((take * 0.37) % 0.5) - 0.25
    tall = WIDE * height / width
    sheet = _svg(GROUNDS[number](tall), WIDE, tall, width, height)[..., :3]
    rim = 0.012 * side
    sheet = _window(sheet, scheme, number, shift, rim=rim)
    for drawn, x, y, size, turn in _extras(scheme, number, shift):
        piece = _svg(
            f'<g transform="rotate({turn} 100 100)">{drawn}</g>',
            200,
            200,
            round(size * side),
            round(size * side),
        )
        sheet = _stick(sheet, piece, x=x * width, y=y * height, rim=rim)
    car = spin_wheels(seat_driver(pictures=pictures, length=round(LENGTHS[number] * side)))
    body = _turn(car, TURNS[number])
    return _stick(sheet, body, x=(0.5 - 0.1 * shift) * width, y=0.74 * height, rim=rim * 1.2)


def _svg(body: str, wide: float, tall: float, width: int, height: int) -> Floats:
    return rasterise(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {tall:g}" '
        f'width="{wide:g}" height="{tall:g}">{body}</svg>',
        width=width,
        height=height,
    )


def _stick(sheet: Floats, piece: Floats, *, x: float, y: float, rim: float) -> Floats:
    cut = cut_sticker(piece, outline=rim, shadow=True)
    return lay_over(sheet, cut, x=round(x - cut.shape[1] / 2), y=round(y - cut.shape[0] / 2))


def _window(sheet: Floats, scheme: Scheme, number: int, shift: float, *, rim: float) -> Floats:
    height, width, _ = sheet.shape
    unit = min(width, 1.25 * height) if width > height else width
    x, y, w, h = BOXES[number]
    size = (round(w * unit), round(min(h * unit, 0.86 * height)))
    view = flat_coast(scheme=scheme, shift=shift, width=size[0], height=size[1], road=True)
    gy, gx = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    half = min(size) / 2
    radius = {"circle": half, "arch": half, "card": 0.07 * unit}[WINDOWS[number]]
    low = 0.07 * unit if WINDOWS[number] == "arch" else radius
    corner = np.where(gy < size[1] / 2, radius, low)
    dx = np.maximum(np.abs(gx - size[0] / 2 + 0.5) - (size[0] / 2 - corner), 0)
    dy = np.maximum(np.abs(gy - size[1] / 2 + 0.5) - (size[1] / 2 - corner), 0)
    cover = np.clip(corner - np.hypot(dx, dy) + 0.5, 0, 1)
    piece = np.dstack([view, cover]).astype(np.float32)
    return _stick(sheet, piece, x=x * width, y=y * height, rim=rim)


def _turn(car: SeatedCar, degrees: float) -> Floats:
    """The car's cut-out turned a little about its middle, with room for the corners."""
    pad = round(abs(np.tan(np.radians(degrees))) * car.rgba.shape[1] / 2) + 2
    rgba = np.pad(car.rgba, ((pad, pad), (4, 4), (0, 0)))
    height, width = rgba.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    dx, dy = x - width / 2, y - height / 2
    sx = np.clip(c * dx + s * dy + width / 2, 0, width - 1.001)
    sy = np.clip(-s * dx + c * dy + height / 2, 0, height - 1.001)
    ix, iy = sx.astype(np.intp), sy.astype(np.intp)
    fx, fy = (sx - ix)[..., None], (sy - iy)[..., None]
    top = rgba[iy, ix] * (1 - fx) + rgba[iy, ix + 1] * fx
    low = rgba[iy + 1, ix] * (1 - fx) + rgba[iy + 1, ix + 1] * fx
    return np.asarray(top * (1 - fy) + low * fy, dtype=np.float32)


def _extras(
    scheme: Scheme, number: int, shift: float
) -> tuple[tuple[str, float, float, float, float], ...]:
    """Small stickers of a take: (SVG in a 200 box, x, y, size, turn)."""
    tree = palm(x=100, y=192, size=118, lean=-0.05, trunk="#9a6238", leaf="#2f8f5b", lit="#56b86a")
    sets = (
        (
            (tree, 0.10, 0.40, 0.34, -6),
            (tree, 0.90, 0.36, 0.38, 7),
            (_gull(), 0.22, 0.12, 0.16, -8),
            (_sun(), 0.82, 0.11, 0.19, 0),
        ),
        (
            (_sun(), 0.14, 0.17, 0.24, 10),
            (_board(), 0.89, 0.36, 0.34, 16),
            (_wave(), 0.11, 0.52, 0.24, -4),
        ),
        (
            (tree, 0.07, 0.36, 0.32, -10),
            (_sun(), 0.91, 0.15, 0.22, 6),
            (_wave(), 0.90, 0.50, 0.22, 8),
        ),
        (
            (_gull(), 0.84, 0.16, 0.20, 10),
            (tree, 0.90, 0.46, 0.42, 8),
            (_star(), 0.10, 0.14, 0.14, -14),
            (_wave(), 0.08, 0.56, 0.22, -8),
        ),
        (
            (_board(), 0.08, 0.40, 0.34, -14),
            (tree, 0.92, 0.40, 0.40, 8),
            (_gull(), 0.80, 0.10, 0.17, 6),
            (_sun(), 0.12, 0.13, 0.20, -8),
        ),
    )
    return tuple(
        (d, x + 0.1 * shift * (1 if x < 0.5 else -1), y, size, turn + 20 * shift)
        for d, x, y, size, turn in sets[number]
    )


def _sun() -> str:
    beams = "".join(
        f'<path d="M88 42 L100 8 L112 42 Z" fill="#ff9f1c" transform="rotate({a} 100 100)"/>'
        for a in range(0, 360, 30)
    )
    face = (
        blob(84, 94, 5.5, 7.5, "#5a3510")
        + blob(116, 94, 5.5, 7.5, "#5a3510")
        + stroke("M80 112 Q100 132 120 112", "#5a3510", 5.5)
        + blob(72, 110, 8, 5, "#ff8a5c")
        + blob(128, 110, 8, 5, "#ff8a5c")
    )
    return beams + blob(100, 100, 54, 54, "#ffcb3d") + blob(92, 90, 34, 32, "#ffdd6e") + face


def _gull() -> str:
    return (
        path(
            "M12 74 C44 46 76 58 98 96 C112 56 150 38 190 56 C156 66 "
            "138 92 122 124 C110 140 88 138 76 122 C62 96 44 80 12 74 Z",
            "#ffffff",
        )
        + path("M12 74 C34 62 54 66 70 84 C50 80 34 78 12 74 Z", "#7d8796")
        + path("M190 56 C166 54 148 66 136 84 C152 72 170 64 190 56 Z", "#7d8796")
        + path("M76 122 C62 124 54 132 50 142 C62 146 78 142 88 132 Z", "#e9edf2")
        + path("M120 126 C130 124 140 126 146 132 C138 138 126 136 118 132 Z", "#f59d2a")
        + blob(113, 116, 3, 3, "#222222")
    )


def _board() -> str:
    return (
        path(
            "M100 8 C134 44 138 140 114 190 C106 196 94 196 86 190 C62 140 66 44 100 8 Z", "#fff3d6"
        )
        + path("M100 8 C118 28 128 62 130 96 L70 96 C72 62 82 28 100 8 Z", "#ef5d60")
        + path("M70 96 H130 L130 112 H70 Z", "#2aa6b8")
        + path("M70 118 H130 L129 126 H71 Z", "#ffcb3d")
        + stroke("M100 12 V192", "#c9b58b", 3)
    )


def _wave() -> str:
    return (
        path(
            "M8 164 C18 96 62 34 124 38 C168 42 186 82 172 108 C160 128 130 122 128 102 C128 90 138 84 146 90 "
            "C136 66 100 72 92 108 C86 140 120 160 192 158 L192 172 C130 182 60 182 8 172 Z",
            "#1f8fb5",
        )
        + path(
            "M34 160 C40 108 76 62 124 58 C96 70 74 100 78 134 C82 150 96 160 110 166 Z", "#54bcd6"
        )
        + stroke("M124 38 C168 42 186 82 172 108 C160 128 130 122 128 102", "#ffffff", 9)
        + stroke("M60 160 C62 124 80 94 104 76", "#a6e1ec", 5)
    )


def _star() -> str:
    points = " ".join(
        f"{100 + r * np.sin(a):.1f},{100 - r * np.cos(a):.1f}"
        for a, r in ((k * np.pi / 5, 84 if k % 2 == 0 else 38) for k in range(10))
    )
    return (
        f'<polygon points="{points}" fill="#ff8c69" stroke="#ff8c69" stroke-width="14" stroke-linejoin="round"/>'
        + "".join(
            blob(
                100 + 40 * np.sin(k * 2 * np.pi / 5),
                100 - 40 * np.cos(k * 2 * np.pi / 5),
                6,
                6,
                "#ffd0b5",
            )
            for k in range(5)
        )
    )
