"""The bundled emoji: drawing one at a size, cropped to its ink, and giving it another colour."""

from __future__ import annotations

import colorsys
import io
import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import resvg_py
from PIL import Image

from arena.studios.noise import Floats
from arena.studios.vocabulary import Rgb

FILE = Path(__file__).parent / "noto" / "noto.json"
# Emoji that layouts use without any noun asking for them.
MORE = (
    "dog",
    "cat",
    "rabbit",
    "man-walking",
    "woman-walking",
    "oncoming-automobile",
    "sparkles",
    "full-moon-face",
    "hibiscus",
    "fish-cake-with-swirl",
    "leafy-green",
    "olive",
    "flatbread",
    "stuffed-flatbread",
    "chequered-flag",
    "cup-with-straw",
)


@lru_cache(maxsize=1)
def _bodies() -> dict[str, str]:
    loaded: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def names() -> frozenset[str]:
    """The emoji at hand."""
    return frozenset(_bodies())


def draw_emoji(*, name: str, size: int, tint: Rgb | None = None) -> Floats:
    """An emoji whose longer side is `size` pixels, cropped to its ink: (H, W, 4) in 0..1.

    `tint` turns its main colour into another. Raises KeyError for a name that is not bundled.
    """
    rgba = _draw(name, max(size, 4))
    return rgba if tint is None else tint_picture(rgba=rgba, colour=tint)


@lru_cache(maxsize=48)
def _draw(name: str, size: int) -> Floats:
    # Noto leaves a margin inside its 128 box: draw larger, crop, then fit exactly.
    work = min(round(size * 1.2), 1400)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128" width="{work}" '
        f'height="{work}">{_bodies()[name]}</svg>'
    )
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    with Image.open(io.BytesIO(bytes(png))) as opened:
        whole = opened.convert("RGBA")
    cropped = whole.crop(whole.getbbox() or (0, 0, work, work))
    scale = size / max(cropped.size)
    shape = (max(1, round(cropped.width * scale)), max(1, round(cropped.height * scale)))
    pixels = np.asarray(cropped.resize(shape, Image.Resampling.LANCZOS), dtype=np.float32)
    pixels = pixels / np.float32(255)
    pixels.setflags(write=False)
    return pixels


def tint_picture(*, rgba: Floats, colour: Rgb) -> Floats:
    """Replace the dominant hue of a cut-out (H, W, 4) by a colour; other hues stay.

    Pixels near the dominant hue keep how they differ from it in lightness, so that folds,
    shades and highlights survive.
    """
    hue, strength, light = _hue_strength_light(rgba[..., :3])
    weight = rgba[..., 3] * strength
    bins = np.bincount((hue.ravel() * 36).astype(int) % 36, weights=weight.ravel(), minlength=36)
    main = (int(np.argmax(bins)) + 0.5) / 36
    wanted, _, said = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    if said > 0.12 and abs((wanted - main + 0.5) % 1 - 0.5) < 0.11 and weight.mean() > 0.1:
        return rgba
    away = np.abs((hue - main + 0.5) % 1 - 0.5)
    mask = np.clip((0.13 - away) / 0.05, 0, 1) * np.clip(strength * 4, 0, 1)
    if float(weight.mean()) < 0.01:
        mask = rgba[..., 3] * np.clip(light * 2, 0, 1)
    centre = float(np.average(light, weights=mask * rgba[..., 3] + 1e-6))
    target = np.array(colour, dtype=np.float32) / np.float32(255)
    step = (light - centre)[..., None] * 1.5
    new = np.where(step > 0, target + (1 - target) * step, target * (1 + step))
    mixed = rgba[..., :3] + (np.clip(new, 0, 1) - rgba[..., :3]) * mask[..., None]
    return np.dstack([mixed, rgba[..., 3]]).astype(np.float32)


def brighten(colour: Rgb, *, amount: float = 0.35) -> Rgb:
    """A livelier version of a colour: stickers are printed in strong inks."""
    hue, light, strength = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    if strength < 0.12:
        return colour
    strength = strength + (1 - strength) * amount
    light = light + (0.54 - light) * amount * 0.6
    red, green, blue = (round(part * 255) for part in colorsys.hls_to_rgb(hue, light, strength))
    return (red, green, blue)


def _hue_strength_light(rgb: Floats) -> tuple[Floats, Floats, Floats]:
    high, low = rgb.max(axis=-1), rgb.min(axis=-1)
    spread = high - low
    safe = np.maximum(spread, 1e-6)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(
        high == r, ((g - b) / safe) % 6, np.where(high == g, (b - r) / safe + 2, (r - g) / safe + 4)
    )
    return (hue / 6) % 1, spread, (high + low) / 2
