"""Die-cut stickers: a white rim that follows the outline, and a soft shadow under it."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from arena.studios.noise import Floats

RIM = (1.0, 1.0, 1.0)
SHADOW = (0.10, 0.10, 0.22)


def sticker_margin(*, outline: float) -> int:
    """Pixels that `cut_sticker` adds on each side for a rim of `outline` pixels."""
    return math.ceil(outline * 3.2) + 2


def cut_sticker(rgba: Floats, *, outline: float, shadow: bool) -> Floats:
    """Put a white rim of `outline` pixels and, if asked, a soft shadow around a cut-out.

    Takes (H, W, 4) straight (not premultiplied) sRGB in 0..1; returns the same with
    `sticker_margin(outline=...)` more pixels on all four sides, so the centre stays the centre.
    """
    margin = sticker_margin(outline=outline)
    padded = np.pad(rgba.astype(np.float32), ((margin, margin), (margin, margin), (0, 0)))
    cover = padded[..., 3]
    rim = _grow(cover, outline)
    # Over the rim: the picture's own cover decides between its colour and white.
    inner = padded[..., :3] * cover[..., None] + np.float32(1.0) * (1 - cover[..., None])
    body = np.dstack([inner, np.maximum(rim, cover)])
    return over(body, on=_shade(rim, outline)) if shadow else body


def over(top: Floats, *, on: Floats) -> Floats:
    """Lay one straight-alpha (H, W, 4) picture over another of the same shape."""
    a, b = top[..., 3:], on[..., 3:]
    cover = a + b * (1 - a)
    colour = (top[..., :3] * a + on[..., :3] * b * (1 - a)) / np.maximum(cover, 1e-6)
    return np.dstack([colour, cover]).astype(np.float32)


def _grow(cover: Floats, radius: float) -> Floats:
    """Widen a mask by `radius` pixels with a round brush, then smooth its notches."""
    grown = (np.clip(cover, 0, 1) * 255).astype(np.uint8)
    source = grown.copy()
    steps = int(np.clip(radius * 5, 8, 28))
    for reach, count in ((radius, steps), (radius * 0.55, steps // 2)):
        for step in range(count):
            angle = 2 * math.pi * step / count
            dx, dy = round(reach * math.cos(angle)), round(reach * math.sin(angle))
            np.maximum(grown, np.roll(source, (dy, dx), axis=(0, 1)), out=grown)
    soft = Image.fromarray(grown).filter(ImageFilter.GaussianBlur(max(radius * 0.45, 0.6)))
    level = np.asarray(soft, dtype=np.float32) / np.float32(255)
    slope = max(radius * 0.45, 0.6) * 1.6
    return np.clip((level - 0.5) * slope + 0.5, 0, 1)


def _shade(rim: Floats, outline: float) -> Floats:
    """The shadow of a rim: blurred, dropped a little, never denser than a third."""
    mask = Image.fromarray((rim * 255).astype(np.uint8))
    soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(max(outline * 0.8, 0.8))))
    drop, aside = round(outline * 0.75), round(outline * 0.25)
    cover = np.roll(soft, (drop, aside), axis=(0, 1)).astype(np.float32) / np.float32(255) * 0.36
    colour = np.broadcast_to(np.array(SHADOW, dtype=np.float32), (*cover.shape, 3))
    return np.dstack([colour, cover]).astype(np.float32)
