"""Limited inks: tone separations, outlines, and the paper a print lies on."""

from __future__ import annotations

import numpy as np
from PIL import Image

from arena.studios.flat.paper import paper_grain
from arena.studios.noise import Floats, blur, octaves, smooth_step
from arena.studios.vocabulary import Rgb

PAPER = (0.965, 0.945, 0.90)


def tones(light: Floats, mask: Floats) -> Floats:
    """Stretch the land's lightness so that every ink finds work."""
    land = light[mask < 0.5]
    low, high = (np.percentile(land, 3), np.percentile(land, 97)) if land.size else (0, 1)
    return np.clip((light - low) / max(high - low, 0.05), 0, 1).astype(np.float32) ** np.float32(
        0.95
    )


def steps(tone: Floats, cuts: tuple[float, ...], *, softness: float) -> list[Floats]:
    """Coverage of each ink over the one below it, one map (H, W) for each cut."""
    return [smooth_step(cut - softness, cut + softness, tone) for cut in cuts]


def mix_inks(levels: list[Floats], inks: tuple[Rgb, ...]) -> Floats:
    """Print the inks one over the other, (H, W, 3) in 0..1; the first covers the page."""
    out = np.broadcast_to(np.array(inks[0], dtype=np.float32) / 255, (*levels[0].shape, 3))
    for level, ink in zip(levels, inks[1:], strict=False):
        out = (
            out * (1 - level[..., None]) + np.array(ink, dtype=np.float32) / 255 * level[..., None]
        )
    return np.asarray(out, dtype=np.float32)


def key_line(picture: Floats, scale: float) -> Floats:
    """Ink outlines by difference of Gaussians (Winnemoeller 2012), coverage 0..1."""
    light = picture.mean(axis=2)
    fine, wide = blur(light, radius=1.2 * scale + 0.3), blur(light, radius=3.0 * scale + 0.5)
    gap = (wide - fine) / np.maximum(wide, 0.12)
    line = smooth_step(0.035, 0.10, gap)
    # Foliage would turn into a leopard skin: lines thin out where they crowd.
    crowd = blur(line, radius=13 * scale)
    return np.asarray(line * np.clip(1.35 - 3.4 * crowd, 0.12, 1), dtype=np.float32)


def limit_inks(picture: Floats, count: int) -> Floats:
    """The picture in `count` colours of its own, (H, W, 3) in 0..1."""
    pixels = Image.fromarray((picture * 255 + 0.5).astype(np.uint8), "RGB")
    few = pixels.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat = np.asarray(few.convert("RGB"), dtype=np.float32) / 255
    # Separations are cut by hand: their borders are smooth, not pixel steps.
    return blur(flat, radius=0.8) * 0.75 + picture * 0.25


def choose_by_tone_and_warmth(picture: Floats, inks: tuple[Rgb, ...]) -> Floats:
    """Print every place in the ink nearest to it in lightness and warmth, (H, W, 3) in 0..1.

    Lightness is stretched over the picture first, so that dark and pale inks both find work; the
    choice is soft over a narrow border, which smooths the edges of the separations.
    """
    blank = np.zeros(picture.shape[:2], dtype=np.float32)
    tone = tones(picture @ np.array([0.3, 0.55, 0.15], dtype=np.float32), blank)
    warm = picture[..., 0] - picture[..., 2]
    # Half way between the picture's own middle and true grey: a blue sky stays cool.
    warm = (warm - 0.4 * np.median(warm)) / max(float(np.percentile(np.abs(warm), 97)), 0.12)
    warm = np.clip(warm, -1, 1)
    table = np.array(inks, dtype=np.float32) / 255
    light = table @ np.array([0.3, 0.55, 0.15], dtype=np.float32)
    light = (light - light.min()) / max(float(np.ptp(light)), 0.05)
    heat = table[:, 0] - table[:, 2]
    heat = np.clip((heat - np.median(heat)) / max(float(np.abs(heat).max()), 0.1), -1, 1)
    far = np.stack(
        [(tone - a) ** 2 + 0.34 * (warm - b) ** 2 for a, b in zip(light, heat, strict=True)]
    ).astype(np.float32)
    share = np.exp(-420 * (far - far.min(axis=0)))
    share /= share.sum(axis=0)
    return np.asarray(np.tensordot(share, table, axes=(0, 0)), dtype=np.float32)


def shift_plate(plate: Floats, *, right: float, down: float) -> Floats:
    """A plate (H, W) printed out of register by whole pixels, edges repeated."""
    dx, dy = round(right), round(down)
    padded = np.pad(plate, ((abs(dy), abs(dy)), (abs(dx), abs(dx))), mode="edge")
    height, width = plate.shape
    top, left = abs(dy) - dy, abs(dx) - dx
    return np.asarray(padded[top : top + height, left : left + width])


def screen_dots(tone: Floats, *, cell: float, angle: float) -> Floats:
    """A halftone screen: coverage (H, W) of round dots, `cell` pixels apart, for ink `tone` 0..1."""
    height, width = tone.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) * np.float32(2 * np.pi / cell)
    a, b = np.cos(angle), np.sin(angle)
    wave = (np.cos(x * a + y * b) + np.cos(y * a - x * b)) / 4 + 0.5
    soft = 1.1 / max(cell, 2.0)
    return smooth_step(-soft, soft, tone - (1 - wave))


def lay_on_paper(
    picture: Floats, *, margin: float, seed: int, paper: tuple[float, float, float] = PAPER
) -> Floats:
    """Lay the print on paper with an unprinted margin, grain and slightly rough edges."""
    height, width, _ = picture.shape
    side = max(height, width)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    rough = (
        2.4 * (octaves(seed=seed, u=u / side * 90, v=v / side * 90, count=3) - 0.5) * side / 1024
    )
    inset = margin * min(height, width)
    edge = np.minimum(np.minimum(u, width - 1 - u), np.minimum(v, height - 1 - v))
    inside = np.clip(edge - inset + rough + 0.5, 0, 1)
    fine = octaves(seed=seed + 4, u=u / side * 310, v=v / side * 310, count=2)
    inside = inside * (1 - 0.5 * smooth_step(0.78, 0.92, fine))
    grain = paper_grain(width=width, height=height, seed=seed + 1, strength=0.8)
    sheet = np.array(paper, dtype=np.float32) * grain[..., None]
    inked = picture * (0.93 + 0.09 * grain[..., None])
    return np.asarray(
        np.clip(sheet * (1 - inside[..., None]) + inked * inside[..., None], 0, 1), dtype=np.float32
    )
