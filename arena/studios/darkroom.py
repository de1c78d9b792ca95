"""Turns a ray-traced set into pixels: tiles, edge supersampling, tone curve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from arena.studios.camera import Camera
from arena.studios.noise import Floats, blur, make_tile

Shader = Callable[[Floats, Floats], Floats]
TILE = 1 << 17
OFFSETS = ((-0.375, -0.125), (0.125, -0.375), (0.375, 0.125), (-0.125, 0.375))


def expose(
    *,
    shader: Shader,
    camera: Camera,
    width: int,
    height: int,
    exposure: float,
    smooth: bool = True,
) -> Floats:
    """Render (H, W, 3) in 0..1: one ray a pixel, then four more where neighbours differ.

    Without `smooth` the edges stay jagged.
    """
    count = width * height
    picture = np.zeros((3, count), dtype=np.float32)
    numbers = np.arange(count)
    for start in range(0, count, TILE):
        part = numbers[start : start + TILE]
        picture[:, part] = _shoot(
            shader, camera, part, width=width, height=height, offset=(0.0, 0.0), exposure=exposure
        )
    rough = _rough_pixels(picture.reshape(3, height, width)) if smooth else numbers[:0]
    for start in range(0, rough.size, TILE):
        part = rough[start : start + TILE]
        total = np.zeros((3, part.size), dtype=np.float32)
        for offset in OFFSETS:
            total += _shoot(
                shader, camera, part, width=width, height=height, offset=offset, exposure=exposure
            )
        picture[:, part] = total / len(OFFSETS)
    return np.ascontiguousarray(picture.reshape(3, height, width).transpose(1, 2, 0))


def _shoot(
    shader: Shader,
    camera: Camera,
    numbers: NDArray[np.intp],
    *,
    width: int,
    height: int,
    offset: tuple[float, float],
    exposure: float,
) -> Floats:
    x = (numbers % width + 0.5 + offset[0]).astype(np.float32) / width * 2 - 1
    y = 1 - (numbers // width + 0.5 + offset[1]).astype(np.float32) / height * 2
    o, d = camera.rays(x, y, width / height)
    return tone(shader(o, d) * np.float32(exposure))


def _rough_pixels(picture: Floats) -> NDArray[np.intp]:
    light = picture.mean(axis=0)
    hue = picture[0] - picture[2]
    change = np.zeros(light.shape, dtype=np.float32)
    for plane in (light, hue):
        down = np.abs(np.diff(plane, axis=0))
        across = np.abs(np.diff(plane, axis=1))
        change[1:] = np.maximum(change[1:], down)
        change[:-1] = np.maximum(change[:-1], down)
        change[:, 1:] = np.maximum(change[:, 1:], across)
        change[:, :-1] = np.maximum(change[:, :-1], across)
    flat = change.ravel()
    threshold = 0.055
    # A busy picture may not cost more than an eleventh of its pixels.
    limit = flat.size // 11
    if (flat > threshold).sum() > limit:
        threshold = float(np.partition(flat, -limit)[-limit])
    return np.nonzero(flat > threshold)[0]


def tone(light: Floats) -> Floats:
    """Filmic curve after Narkowicz's fit of ACES, then display gamma; 0..1."""
    x = np.maximum(light, 0) * np.float32(0.62)
    film = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)
    return np.asarray(np.clip(film, 0, 1) ** np.float32(1 / 2.2), dtype=np.float32)


def finish(
    picture: Floats, *, glow: float = 0.1, vignette: float = 0.12, grain: float = 0.008
) -> Floats:
    """Lens glow round highlights, darker corners and a little film grain."""
    height, width, _ = picture.shape
    if glow:
        bright = np.maximum(picture - 0.8, 0)
        picture = picture + blur(bright, radius=width / 70) * glow * 6
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    picture = picture * (1 - vignette * (x * x + y * y) ** 1.5 * 0.5)[..., None]
    tile = make_tile(seed=99)
    noise = np.tile(tile, (height // 256 + 1, width // 256 + 1))[:height, :width]
    return np.asarray(np.clip(picture + (noise[..., None] - 0.5) * grain * 2, 0, 1))
