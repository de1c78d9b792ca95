"""Prints of a picture by the press studio: limited inks, stars, key-line and paper."""

from __future__ import annotations

import numpy as np
from PIL import Image

from arena.studios.clouds import paint_clouds
from arena.studios.night import need_sky
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.painterly import kuwahara
from arena.studios.paper import paper_grain
from arena.studios.plan import Plan
from arena.studios.sky import clean_edges, find_sky
from arena.studios.vocabulary import Rgb

# Inks of the night prints from darkest to lightest, then sky bands from top to horizon.
NIGHTS: tuple[tuple[tuple[Rgb, ...], tuple[Rgb, ...], Rgb, bool], ...] = (
    (
        ((14, 22, 44), (30, 48, 84), (58, 86, 128), (112, 144, 178), (206, 218, 220)),
        ((18, 26, 58), (24, 38, 78), (34, 54, 100), (48, 74, 124)),
        (248, 240, 214),
        False,
    ),
    (
        ((20, 18, 34), (52, 36, 62), (104, 60, 76), (176, 106, 86), (238, 196, 140)),
        ((26, 22, 52), (42, 30, 72), (66, 42, 92), (104, 58, 104)),
        (252, 222, 160),
        True,
    ),
    (
        ((10, 30, 38), (18, 62, 70), (42, 102, 104), (112, 158, 142), (232, 226, 190)),
        ((10, 34, 50), (14, 48, 66), (22, 66, 84), (36, 90, 104)),
        (250, 236, 190),
        True,
    ),
)
# Number of inks, warmth, key-line strength, sky inks of the pastel prints.
PASTELS: tuple[tuple[int, float, float, Rgb, Rgb], ...] = (
    (22, 0.5, 0.62, (150, 204, 226), (236, 240, 226)),
    (16, 1.0, 0.85, (244, 190, 160), (250, 232, 204)),
    (28, 0.2, 0.4, (168, 212, 204), (240, 240, 220)),
)


def print_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """A night lithograph of the picture in a few inks, (H, W, 3) in 0..1."""
    inks, bands, light, has_moon = NIGHTS[take % len(NIGHTS)]
    mask = find_sky(picture)
    need_sky(mask)
    height, width = mask.shape
    scale = max(height, width) / 1024
    land = kuwahara(clean_edges(picture, mask), radius=3.4 * scale)
    tone = _tones(land @ np.array([0.3, 0.55, 0.15], dtype=np.float32), mask)
    levels = _steps(tone, (0.17, 0.36, 0.58, 0.80), softness=0.012)
    flat = _mix_inks(levels, inks)
    sky = _banded_sky(mask, bands, light, take, has_moon)
    crisp = smooth_step(0.38, 0.62, mask)[..., None]
    out = flat * (1 - crisp) + sky * crisp
    key = _key_line(land, scale) * (1 - crisp[..., 0]) * 0.55
    dark = np.array(inks[0], dtype=np.float32) / 255
    out = out * (1 - key[..., None]) + dark * key[..., None]
    return _on_paper(out, margin=0.045, seed=60 + take)


def print_pastel(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """A pastel screen print with ink outlines, (H, W, 3) in 0..1."""
    count, warmth, line, top, low = PASTELS[take % len(PASTELS)]
    mask = find_sky(picture)
    height, width = mask.shape
    scale = max(height, width) / 1024
    land = clean_edges(picture, mask) if mask.mean() > 0.04 else picture
    smooth = kuwahara(land, radius=4.5 * scale)
    soft = _pastel(smooth, warmth)
    out = _limit_inks(soft, count)
    if mask.mean() > 0.04:
        sky = _flat_sky(mask, top, low, take)
        crisp = smooth_step(0.38, 0.62, mask)[..., None]
        out = out * (1 - crisp) + sky * crisp
        key_mask = 1 - crisp[..., 0]
    else:
        key_mask = np.ones_like(mask)
    key = _key_line(smooth, scale) * key_mask * line
    ink = np.array([0.24, 0.20, 0.24], dtype=np.float32)
    out = out * (1 - key[..., None]) + ink * key[..., None]
    return _on_paper(out, margin=0.045, seed=70 + take)


def print_poster(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """A two or three ink poster of the picture in the prompt's colours."""
    scale = max(picture.shape) / 1024
    smooth = kuwahara(picture, radius=4.0 * scale)
    said = sorted(plan.palette, key=sum)[:4]
    usual: tuple[Rgb, ...] = ((34, 40, 58), (186, 66, 52), (236, 170, 92), (248, 236, 208))
    inks = tuple(said) if len(said) > 2 else usual
    if take % 2:
        inks = ((28, 44, 54), (52, 108, 112), (222, 160, 84), (246, 238, 216))
    tone = _tones(smooth.mean(axis=2), np.zeros(smooth.shape[:2], dtype=np.float32))
    cuts = tuple((k + 1) / len(inks) for k in range(len(inks) - 1))
    out = _mix_inks(_steps(tone, cuts, softness=0.012), inks)
    return _on_paper(out, margin=0.05, seed=80 + take)


def _tones(light: Floats, mask: Floats) -> Floats:
    """Stretch the land's lightness so that every ink finds work."""
    land = light[mask < 0.5]
    low, high = (np.percentile(land, 3), np.percentile(land, 97)) if land.size else (0, 1)
    return np.clip((light - low) / max(high - low, 0.05), 0, 1).astype(np.float32) ** np.float32(
        0.95
    )


def _steps(tone: Floats, cuts: tuple[float, ...], *, softness: float) -> list[Floats]:
    return [smooth_step(cut - softness, cut + softness, tone) for cut in cuts]


def _mix_inks(levels: list[Floats], inks: tuple[Rgb, ...]) -> Floats:
    out = np.broadcast_to(np.array(inks[0], dtype=np.float32) / 255, (*levels[0].shape, 3))
    for level, ink in zip(levels, inks[1:], strict=False):
        out = (
            out * (1 - level[..., None]) + np.array(ink, dtype=np.float32) / 255 * level[..., None]
        )
    return np.asarray(out, dtype=np.float32)


def _banded_sky(
    mask: Floats, bands: tuple[Rgb, ...], light: Rgb, take: int, has_moon: bool
) -> Floats:
    height, width = mask.shape
    u, v = grid(width=width, height=height)
    rows = np.nonzero(mask.mean(axis=1) > 0.02)[0]
    bottom = (rows.max() + 1) / max(height, width) if rows.size else 1.0
    wave = 0.035 * np.sin(u * 5 + take) + 0.03 * (
        octaves(seed=22 + take, u=u * 5, v=v * 5, count=3)
    )
    t = v / bottom + wave
    sky = _mix_inks(_steps(t, (0.30, 0.58, 0.82), softness=0.003), bands)
    star = _star_shapes(width, height, 26 + take, bottom)
    paper = np.array(light, dtype=np.float32) / 255
    sky = sky * (1 - star[..., None]) + paper * star[..., None]
    if has_moon:
        x, y, r = (0.84 if take % 2 else 0.14) * width / max(width, height), 0.15, 0.062
        disc = 1 - smooth_step(r - 0.001, r + 0.001, np.hypot(u - x, v - y))
        bite = 1 - smooth_step(r - 0.001, r + 0.001, np.hypot(u - x - r * 0.46, v - y + r * 0.2))
        shape = disc * (1 - bite) if take % 2 else disc
        sky = sky * (1 - shape[..., None]) + paper * shape[..., None]
    return np.asarray(sky, dtype=np.float32)


def _star_shapes(width: int, height: int, seed: int, bottom: float) -> Floats:
    """Printed stars: dots and four-pointed sparks, coverage 0..1."""
    rng = np.random.default_rng(seed)
    side = max(width, height)
    out = np.zeros((height, width), dtype=np.float32)
    for number in range(230):
        x, y = rng.uniform(0, width), rng.uniform(0, bottom * side) * rng.uniform(0.25, 1)
        spark = number % 9 == 0
        r = (rng.uniform(5.0, 9.5) if spark else rng.uniform(0.7, 1.9)) * side / 1024
        x0, y0 = int(x - r - 2), int(y - r - 2)
        x1, y1 = int(x + r + 3), int(y + r + 3)
        if x0 < 0 or y0 < 0 or x1 > width or y1 > height:
            continue
        gy, gx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        dx, dy = np.abs(gx - x) / r, np.abs(gy - y) / r
        if spark:
            inside = 1 - (dx**0.55 + dy**0.55)
            cover = np.clip(inside * r * 0.9 + 0.4, 0, 1)
        else:
            cover = np.clip((1 - np.hypot(dx, dy)) * r + 0.5, 0, 1)
        out[y0:y1, x0:x1] = np.maximum(out[y0:y1, x0:x1], cover)
    return out


def _key_line(picture: Floats, scale: float) -> Floats:
    """Ink outlines by difference of Gaussians (Winnemoeller 2012), coverage 0..1."""
    light = picture.mean(axis=2)
    fine, wide = blur(light, radius=1.2 * scale + 0.3), blur(light, radius=3.0 * scale + 0.5)
    gap = (wide - fine) / np.maximum(wide, 0.12)
    line = smooth_step(0.035, 0.10, gap)
    # Foliage would turn into a leopard skin: lines thin out where they crowd.
    crowd = blur(line, radius=13 * scale)
    return np.asarray(line * np.clip(1.35 - 3.4 * crowd, 0.12, 1), dtype=np.float32)


def _pastel(picture: Floats, warmth: float) -> Floats:
    light = picture.mean(axis=2, keepdims=True)
    vivid = light + (picture - light) * 1.55
    soft = 0.20 + 0.78 * np.clip(vivid, 0, 1) ** 0.72
    tint = np.array([0.03, 0.012, -0.03]) * (0.4 + warmth)
    shade = np.array([0.05, 0.035, 0.11]) * (1 - light) ** 2
    return np.asarray(np.clip(soft + tint + shade, 0, 1), dtype=np.float32)


def _limit_inks(picture: Floats, count: int) -> Floats:
    pixels = Image.fromarray((picture * 255 + 0.5).astype(np.uint8), "RGB")
    few = pixels.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    flat = np.asarray(few.convert("RGB"), dtype=np.float32) / 255
    # Separations are cut by hand: their borders are smooth, not pixel steps.
    return blur(flat, radius=0.8) * 0.75 + picture * 0.25


def _flat_sky(mask: Floats, top: Rgb, low: Rgb, take: int) -> Floats:
    height, width = mask.shape
    rows = np.nonzero(mask.mean(axis=1) > 0.05)[0]
    bottom = float(rows.max() + 1) if rows.size else float(height)
    t = np.clip(np.arange(height) / bottom, 0, 1)[:, None]
    t = np.broadcast_to(t, (height, width)).astype(np.float32)
    a, b = np.array(top, dtype=np.float32) / 255, np.array(low, dtype=np.float32) / 255
    level = np.mean(_steps(t, (0.2, 0.4, 0.6, 0.8), softness=0.004), axis=0)
    sky = np.asarray(a * (1 - level[..., None]) + b * level[..., None], dtype=np.float32)
    lit = paint_clouds(sky=sky, horizon=bottom / max(height, width), amount=0.8, seed=take + 9)
    change = np.abs(lit - sky).max(axis=2)
    body = smooth_step(0.05, 0.08, change)[..., None]
    steps = np.round(lit.mean(axis=2) * 9) / 9
    cloud = np.clip(steps[..., None] * np.array([1.02, 1.0, 0.97]), 0, 0.985)
    return np.asarray(sky * (1 - body) + cloud * body, dtype=np.float32)


def _on_paper(picture: Floats, *, margin: float, seed: int) -> Floats:
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
    sheet = np.array([0.965, 0.945, 0.90], dtype=np.float32) * grain[..., None]
    inked = picture * (0.93 + 0.09 * grain[..., None])
    return np.asarray(
        np.clip(sheet * (1 - inside[..., None]) + inked * inside[..., None], 0, 1), dtype=np.float32
    )
