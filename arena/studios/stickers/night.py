"""Night by stickers: the picture is dimmed and a paper moon and stars are pasted on its sky."""

from __future__ import annotations

import numpy as np
from PIL import Image

from arena.studios.noise import Floats, blur, smooth_step
from arena.studios.plan import Plan
from arena.studios.stickers.board import PAGE, Board, Box, dice

# Tint of the dark, strength of the dark, moon emoji and its place, other emoji, how many.
NIGHTS: tuple[tuple[tuple[float, float, float], float, str, float, tuple[str, ...], int], ...] = (
    ((0.20, 0.26, 0.62), 0.80, "crescent-moon", 0.83, ("star", "glowing-star"), 11),
    ((0.30, 0.18, 0.58), 0.82, "full-moon", 0.18, ("sparkles", "star"), 14),
    ((0.10, 0.30, 0.48), 0.84, "full-moon-face", 0.72, ("star", "comet", "star"), 10),
    ((0.16, 0.16, 0.42), 0.88, "ringed-planet", 0.22, ("glowing-star", "star", "rocket"), 12),
    ((0.34, 0.22, 0.50), 0.76, "crescent-moon", 0.26, ("star", "sparkles", "owl"), 16),
)  # fmt: skip


def stick_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """Darken a picture (H, W, 3) in 0..1 and paste moon and stars on its upper part."""
    board = compose_night(plan=plan, picture=picture, take=take)
    return board.floats()


def compose_night(*, plan: Plan, picture: Floats, take: int) -> Board:
    """The board of a night picture, for those who want to know where things lie."""
    tint, depth, moon, x, names, count = NIGHTS[take % 5]
    dark = _darken(picture, np.array(tint, dtype=np.float32), depth)
    height, width = picture.shape[:2]
    pixels = (np.clip(dark, 0, 1) * 255 + 0.5).astype(np.uint8)
    board = Board(width, height, Image.fromarray(pixels, "RGB"))
    clear = _sky_rows(picture)
    rng = dice(prompt=plan.prompt, take=take)
    size = min(210.0, board.tall * 0.30)
    board.emoji(moon, x=x * PAGE, y=size * 0.72, size=size, turn=float(rng.uniform(-12, 12)))
    for number in range(count):
        small = float(rng.uniform(44, 92)) * (0.8 if count > 12 else 1.0)
        for _ in range(30):
            at, up = float(rng.uniform(50, 950)), float(rng.uniform(0.03, 0.55))
            column = min(int(at / PAGE * len(clear)), len(clear) - 1)
            y = small * 0.6 + up * board.tall
            free = board.free(Box(at, y, small * 1.2, small * 1.2), gap=6)
            if y + small * 0.6 < clear[column] * board.tall and free:
                board.emoji(
                    names[number % len(names)],
                    x=at,
                    y=y,
                    size=small,
                    rim=4,
                    turn=float(rng.uniform(-20, 20)),
                )
                break
    return board


def _darken(picture: Floats, tint: Floats, depth: float) -> Floats:
    """A blue-ish dark that keeps a little of the picture's own colours and its lights."""
    grey = picture.mean(axis=-1, keepdims=True)
    cool = grey * tint * 1.35
    mixed = picture * 0.28 + cool * 0.72
    rows = np.linspace(1.0, 0.0, picture.shape[0], dtype=np.float32)[:, None, None]
    shade = 1 - depth * (0.42 + 0.28 * rows)
    return np.asarray(np.clip(mixed * shade + tint * 0.05, 0, 1), dtype=np.float32)


def _sky_rows(picture: Floats) -> Floats:
    """For 24 upright strips: the share of the height that looks like sky from the top down."""
    grey = blur(picture.mean(axis=-1), radius=max(1.0, picture.shape[0] / 160))
    edge = np.abs(np.diff(grey, axis=0))
    strips = np.array_split(edge, 24, axis=1)
    found = []
    for strip in strips:
        rough = smooth_step(0.004, 0.02, strip.mean(axis=1))
        busy = np.flatnonzero(np.cumsum(rough) > 1.2)
        found.append(max(0.16, busy[0] / picture.shape[0] if busy.size else 0.7))
    return np.array(found, dtype=np.float32)
