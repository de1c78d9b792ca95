"""Puts the seated car on the coast road: light, shadow, turning wheels, reflections."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.coast.collage import SeatedCar, lay_over, seat_driver
from arena.studios.coast.looks import Look
from arena.studios.coast.scene import Coast, paint_coast
from arena.studios.noise import Floats, blur, look_up, make_tile, smooth_step


@dataclass(frozen=True)
class Shot:
    """A composed drive: the picture (H, W, 3), the car's cover (H, W), and its box in pixels.

    `left`, `top`, `right` bound the car; `ground` is the row its tyres stand on.
    """

    picture: Floats
    cover: Floats
    car: SeatedCar
    coast: Coast
    left: int
    top: int
    right: int
    ground: float


def stage_drive(
    *,
    pictures: tuple[Floats, ...],
    take: int,
    width: int,
    height: int,
    length: float | None = None,
    place: float | None = None,
    night: bool = False,
) -> Shot:
    """The person in the car on the coast of a take, with shadow and turning wheels.

    `length` and `place` (parts of the width) replace the look's own; `night` takes the coast after
    dark. Raises DeclinedError where the two references cannot be used.
    """
    coast = paint_coast(take=take, width=width, height=height, night=night)
    look = coast.look
    size = round((look.length if length is None else length) * min(width, 1.5 * height))
    seated = spin_wheels(seat_driver(pictures=pictures, length=size))
    left = round((look.place if place is None else place) * width - size / 2)
    top = round(coast.wheel_line - seated.ground)
    picture = coast.picture
    seated = replace(seated, rgba=_reflecting(_graded(seated.rgba, look), picture, left=left))
    picture = _shadow(picture, seated, look, left=left, top=top)
    if look.cloud_kind in {"deck", "fog"}:
        picture = _wet_road(picture, seated, left=left, top=top, strength=0.30)
    cover = np.zeros((height, width, 4), dtype=np.float32)
    cover = lay_over(cover, seated.rgba, x=left, y=top)[..., 3]
    picture = lay_over(picture, seated.rgba, x=left, y=top)
    return Shot(picture, cover, seated, coast, left, top, left + size, coast.wheel_line)


def spin_wheels(car: SeatedCar) -> SeatedCar:
    """The wheels smeared round their axles, as a moving car's are."""
    rgba = car.rgba.copy()
    for wheel in car.wheels:
        rgba = _spin(rgba, *wheel)
    return replace(car, rgba=rgba)


def _spin(rgba: Floats, x: float, y: float, r: float) -> Floats:
    height, width = rgba.shape[:2]
    y0, y1 = max(0, int(y - r)), min(height, int(y + r) + 1)
    x0, x1 = max(0, int(x - r)), min(width, int(x + r) + 1)
    gy, gx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    dx, dy = gx - x, gy - y
    total = np.zeros((*gx.shape, 4), dtype=np.float32)
    angles = np.linspace(-0.42, 0.42, 17)
    for angle in angles:
        c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
        sy = np.clip(np.round(y + s * dx + c * dy), 0, height - 1).astype(np.intp)
        sx = np.clip(np.round(x + c * dx - s * dy), 0, width - 1).astype(np.intp)
        total += rgba[sy, sx]
    total /= len(angles)
    inside = (1 - smooth_step(0.72 * r, 0.80 * r, np.hypot(dx, dy)))[..., None]
    out = rgba.copy()
    part = out[y0:y1, x0:x1]
    out[y0:y1, x0:x1] = part * (1 - inside) + total * inside
    return out


def _graded(rgba: Floats, look: Look) -> Floats:
    """Fit colours to the light of the scene; a low sun behind the car leaves a bright rim."""
    gain = (
        np.array(look.ambient, dtype=np.float32) * 0.62
        + np.array(look.light, dtype=np.float32) * 0.62
    )
    backlit = look.sun[1] < 0.5
    gain = gain * (0.80 if backlit else 0.98) * (0.62 if look.is_night else 1.0)
    colour = np.clip(rgba[..., :3], 0, 1) ** 2.2 * gain
    colour = np.clip(colour, 0, 1.2) ** (1 / 2.2)
    # Contrast of open air, then a breath of haze.
    colour = colour + 0.10 * (colour - 0.42) * (1 if look.haze_reach > 10 else 0)
    thin = 0.6 / look.haze_reach
    colour = colour * (1 - thin) + np.array(look.haze, dtype=np.float32) * thin
    height = rgba.shape[0]
    unit = max(1, round(height / 90))
    below = np.pad(rgba[..., 3], ((unit, 0), (0, 0)))[:height]
    edge = np.clip(rgba[..., 3] - blur(below, radius=unit * 0.8), 0, 1) * rgba[..., 3]
    strength = 0.85 if backlit else 0.30 * float(np.clip(look.light[0], 0, 1))
    colour = colour + (edge * strength)[..., None] * np.clip(
        np.array(look.light, dtype=np.float32), 0, 1.2
    )
    return np.dstack([np.clip(colour, 0, 1), rgba[..., 3]]).astype(np.float32)


def _reflecting(rgba: Floats, scene: Floats, *, left: int) -> Floats:
    """Paintwork mirrors the sky from above and the road from below."""
    height, width = rgba.shape[:2]
    soft = blur(scene, radius=max(2.0, width / 28))
    columns = np.clip(np.arange(width) + left, 0, scene.shape[1] - 1)
    sky = soft[int(scene.shape[0] * 0.28), columns]
    road = soft[int(scene.shape[0] * 0.93), columns]
    t = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    up = np.exp(-(((t - 0.50) / 0.13) ** 2)) * 0.16
    down = smooth_step(0.70, 0.98, t) * 0.22
    colour = rgba[..., :3]
    dark = 1 - colour.mean(axis=2, keepdims=True) * 0.4
    colour = colour + up[..., None] * sky[None] * (1 - colour) * dark * 1.6
    colour = colour * (1 - down[..., None]) + (0.45 * road[None] + 0.25 * colour) * down[..., None]
    return np.dstack([np.clip(colour, 0, 1), rgba[..., 3]]).astype(np.float32)


def _shadow(picture: Floats, car: SeatedCar, look: Look, *, left: int, top: int) -> Floats:
    """A wide soft shadow away from the sun and a dark touch under each tyre."""
    height, width, _ = picture.shape
    size = car.rgba.shape[1]
    ground = top + car.ground
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lean = (0.5 - look.sun[0]) * 0.10 * size
    middle, half = left + size * 0.5 + lean, size * 0.47
    drop = 0.030 if look.sun[1] > 0.5 else 0.055
    flat = ((x - middle) / half) ** 4 + ((y - ground - 0.002 * size) / (drop * size)) ** 2
    wide = blur((flat < 1).astype(np.float32), radius=max(2.0, size / 90))
    depth = 0.62 if look.cloud < 1 and look.cloud_kind != "fog" else 0.42
    dark = wide * depth
    for wx, _, r in car.wheels:
        touch = np.exp(
            -((np.abs((x - left - wx) / (r * 0.95)) ** 3) + ((y - ground) / (0.11 * r)) ** 2)
        )
        dark = np.maximum(dark, 0.88 * touch)
    cool = np.array([0.10, 0.12, 0.17], dtype=np.float32) * np.array(look.ambient, dtype=np.float32)
    return np.asarray(picture * (1 - dark[..., None]) + cool * dark[..., None])


def _wet_road(picture: Floats, car: SeatedCar, *, left: int, top: int, strength: float) -> Floats:
    """A broken mirror image of the car in the damp asphalt."""
    mirror = car.rgba[::-1].copy()
    mirror = mirror[: int(mirror.shape[0] * 0.55)]
    height, width = mirror.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    wave = (look_up(make_tile(seed=5), u=x / 60, v=y / 3.0) - 0.5) * 9
    columns = np.clip(x + wave, 0, width - 1).astype(np.intp)
    mirror = blur(mirror[y.astype(np.intp), columns], radius=1.6)
    fade = np.clip(1 - y / height, 0, 1) ** 1.3
    mirror[..., 3] *= strength * fade * 1.6
    return lay_over(picture, mirror, x=left, y=round(top + car.ground) - 1)
