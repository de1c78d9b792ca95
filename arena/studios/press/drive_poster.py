"""The press studio's drive: the car on a flat coast, cut into few inks and printed on paper."""

from __future__ import annotations

import numpy as np

from arena.studios.coast.collage import lay_over, seat_driver
from arena.studios.coast.drive_stage import spin_wheels
from arena.studios.coast.flat import flat_coast, scheme_of
from arena.studios.noise import Floats
from arena.studios.press.inks import key_line, lay_on_paper, limit_inks
from arena.studios.sitters.ink import hex_tone

# Car length and place in parts of the width, number of inks for car and driver.
LAYOUTS = ((0.70, 0.50, 12), (0.78, 0.50, 9), (0.56, 0.44, 8), (0.66, 0.54, 9), (0.60, 0.46, 12))


def print_drive(*, pictures: tuple[Floats, ...], take: int, width: int, height: int) -> Floats:
    """A travel print of person and car by the sea, (H, W, 3) in 0..1."""
    scheme = scheme_of(take=take)
    length, place, inks = LAYOUTS[take % len(LAYOUTS)]
    shift = 0.0 if take < len(LAYOUTS) else ((take * 0.37) % 0.5) - 0.25
    ground = flat_coast(scheme=scheme, shift=shift, width=width, height=height)
    size = round(length * min(width, 1.5 * height))
    car = spin_wheels(seat_driver(pictures=pictures, length=size))
    x = round((place - shift * 0.4) * width - size / 2)
    y = round(0.885 * height - car.ground)
    ground = _hard_shadow(ground, hex_tone(scheme.ink), x=x, y=0.885 * height, size=size)
    tint, scale = hex_tone(scheme.sky[2]), max(width, height) / 1024
    printed = _cut_inks(car.rgba, inks, tint, scale=scale)
    # The face has inks of its own, or the car would take them all.
    hx, hy, tall = car.head
    rows = slice(max(0, round(hy - 0.7 * tall)), round(hy + 0.62 * tall))
    columns = slice(round(hx - 0.5 * tall), round(hx + 0.5 * tall))
    printed[rows, columns] = _cut_inks(car.rgba[rows, columns], 14, tint, scale=scale * 0.6)
    picture = lay_over(ground, printed, x=x, y=y)
    return lay_on_paper(picture, margin=(0.045, 0.03, 0.06)[take % 3], seed=90 + take)


def _hard_shadow(ground: Floats, ink: Floats, *, x: int, y: float, size: int) -> Floats:
    height, width, _ = ground.shape
    gy, gx = np.mgrid[0:height, 0:width].astype(np.float32)
    away = ((gx - x - size * 0.49) / (size * 0.49)) ** 2 + ((gy - y) / (size * 0.022)) ** 2
    cover = np.clip((1 - away) * 40, 0, 1)[..., None] * 0.9
    return np.asarray(ground * (1 - cover) + ink * cover)


def _cut_inks(rgba: Floats, count: int, tint: Floats, *, scale: float) -> Floats:
    """Few flat inks with a key line; a breath of the sky's ink ties the car to the print."""
    alpha = rgba[..., 3]
    on_tint = rgba[..., :3] * alpha[..., None] + tint * (1 - alpha[..., None])
    flat = limit_inks(np.clip(on_tint * 1.04, 0, 1), count)
    line = key_line(on_tint, scale)[..., None] * 0.35
    flat = flat * (1 - line) + np.array([0.12, 0.10, 0.14]) * line
    tied = flat * 0.9 + flat * tint * 0.1
    return np.dstack(
        [tied, np.clip((alpha - 0.35) * 2.2, 0, 1) * np.where(alpha > 0.6, 1, alpha)]
    ).astype(np.float32)
