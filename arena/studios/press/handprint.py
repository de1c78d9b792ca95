"""Three printing techniques done by hand: woodblock, two-colour stencil, folded paper."""

from __future__ import annotations

import numpy as np
from PIL import Image

from arena.studios.gouache.painterly import kuwahara
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.press.inks import (
    key_line,
    lay_on_paper,
    limit_inks,
    screen_dots,
    shift_plate,
    tones,
)
from arena.studios.press.skies import flat_sky
from arena.studios.sky import clean_edges, find_sky

LUMA = np.array([0.3, 0.55, 0.15], dtype=np.float32)


def cut_wood(*, picture: Floats, take: int) -> Floats:
    """A woodblock print (H, W, 3): few earthy inks, strong outlines, wood grain, a graded sky."""
    mask = find_sky(picture)
    has_sky = mask.mean() > 0.04
    scale = max(mask.shape) / 1024
    land = kuwahara(clean_edges(picture, mask) if has_sky else picture, radius=5.5 * scale)
    light = land @ LUMA
    earthy = light[..., None] + (land - light[..., None]) * 1.35
    lift = 0.12 + 0.86 * np.clip(earthy, 0, 1) ** 0.66
    out = limit_inks(np.clip(lift * np.array([1.03, 0.98, 0.86]), 0, 1).astype(np.float32), 11)
    u, v = grid(width=mask.shape[1], height=mask.shape[0])
    if has_sky:
        crisp = smooth_step(0.38, 0.62, mask)[..., None]
        out = out * (1 - crisp) + _graded_sky(mask, u, v, take) * crisp
    grain = octaves(seed=40 + take, u=u * 7, v=v * 150 + 0.8 * np.sin(u * 9), count=3) - 0.5
    out = out * (1 + 0.13 * grain[..., None])
    line = key_line(land, scale)
    line = np.maximum(line, np.roll(line, 1, axis=1))[..., None] * 0.9
    if has_sky:
        line = line * (1 - smooth_step(0.5, 0.9, mask)[..., None])
    ink = np.array([0.13, 0.15, 0.25], dtype=np.float32)
    return lay_on_paper(
        out * (1 - line) + ink * line, margin=0.05, seed=74 + take, paper=(0.95, 0.92, 0.83)
    )


def _graded_sky(mask: Floats, u: Floats, v: Floats, take: int) -> Floats:
    """The wiped gradient of woodblock skies: deep blue above, paper, a rose horizon."""
    rows = np.nonzero(mask.mean(axis=1) > 0.05)[0]
    bottom = (rows.max() + 1) / max(mask.shape) if rows.size else 1.0
    t = np.clip(v / bottom + 0.03 * octaves(seed=41 + take, u=u * 3, v=v * 3, count=2), 0, 1)
    top = np.array([0.16, 0.36, 0.56]) * np.ones(3)
    paper, rose = np.array([0.93, 0.89, 0.78]), np.array([0.93, 0.66, 0.52])
    high = (1 - smooth_step(0.02, 0.5, t))[..., None]
    low = smooth_step(0.55, 1.0, t)[..., None] * 0.85
    sky = paper * (1 - high) + top * high
    return np.asarray(sky * (1 - low) + rose * low, dtype=np.float32)


def print_two_colours(*, picture: Floats, take: int) -> Floats:
    """A two-colour stencil print (H, W, 3): screened coral and teal, out of register."""
    scale = max(picture.shape) / 1024
    smooth = kuwahara(picture, radius=2.6 * scale)
    light = tones(smooth @ LUMA, np.zeros(picture.shape[:2], dtype=np.float32)) ** np.float32(0.72)
    warm = blur(smooth[..., 0] - smooth[..., 2], radius=2 * scale)
    warm = np.clip(0.5 + (warm - np.median(warm)) * 1.9, 0, 1)
    cell = max(2.8, 4.8 * scale)
    cool_ink = np.clip((1 - light) * (1.12 - 0.55 * warm), 0, 0.97)
    warm_ink = np.clip((1 - light) * 0.45 + 0.62 * warm * (1.1 - light) + 0.06, 0, 0.95)
    mask = find_sky(picture)
    if mask.mean() > 0.04:
        # Blank paper for a sky looks unfinished: teal runs out downwards, coral comes up.
        fall = np.clip(np.linspace(0, 1.7, len(mask), dtype=np.float32), 0, 1)[:, None]
        cool_ink = cool_ink * (1 - mask) + (0.62 - 0.62 * fall) * mask
        warm_ink = warm_ink * (1 - mask) + (0.04 + 0.34 * fall) * mask
    line = key_line(smooth, scale) * 0.85
    teal = np.maximum(screen_dots(cool_ink, cell=cell, angle=0.26), line)
    coral = screen_dots(warm_ink, cell=cell, angle=1.31)
    coral = shift_plate(coral, right=2.2 * scale, down=1.4 * scale)
    paper = np.array([0.97, 0.945, 0.88], dtype=np.float32)
    # Stencil inks are see-through: they multiply where they overlap.
    out = paper * (1 - coral[..., None] * (1 - np.array([1.0, 0.50, 0.42], dtype=np.float32)))
    out = out * (1 - teal[..., None] * (1 - np.array([0.08, 0.50, 0.60], dtype=np.float32)))
    return lay_on_paper(out.astype(np.float32), margin=0.05, seed=76 + take)


def fold_paper(*, picture: Floats, take: int) -> Floats:
    """Layers of cut pastel paper (H, W, 3), each throwing a soft shadow on the one below."""
    mask = find_sky(picture)
    has_sky = mask.mean() > 0.04
    scale = max(mask.shape) / 1024
    land = clean_edges(picture, mask) if has_sky else picture
    smooth = blur(kuwahara(land, radius=5.5 * scale), radius=1.4 * scale)
    out = _few_papers(smooth, 14)
    if has_sky:
        crisp = smooth_step(0.46, 0.54, mask)[..., None]
        sky = flat_sky(mask, (126, 196, 200), (252, 226, 196), take)
        out = out * (1 - crisp) + sky * crisp
    light = out @ LUMA
    shade = np.zeros_like(light)
    for cut in (0.86, 0.72, 0.58, 0.46):
        cover = 1 - smooth_step(cut - 0.02, cut + 0.02, light)
        drop = shift_plate(blur(cover, radius=3.2 * scale), right=3 * scale, down=5 * scale)
        shade = np.maximum(shade, drop * (1 - cover))
    rim = shift_plate(light, right=-1.4 * scale, down=-1.4 * scale) - light
    edge = np.clip(-rim, 0, 0.25)[..., None] * 0.9
    out = out * (1 - 0.38 * shade[..., None] * np.array([0.9, 1.0, 0.8], dtype=np.float32)) + edge
    u, v = grid(width=light.shape[1], height=light.shape[0])
    fibre = octaves(seed=44 + take, u=u * 220, v=v * 220, count=2) - 0.5
    out = np.clip(out * (1 + 0.07 * fibre[..., None]), 0, 1).astype(np.float32)
    return lay_on_paper(out, margin=0.05, seed=78 + take)


def _few_papers(smooth: Floats, count: int) -> Floats:
    """The picture in a few pastel paper colours with crisp, hardly softened edges."""
    light = smooth @ LUMA
    vivid = light[..., None] + (smooth - light[..., None]) * 2.3
    pastel = np.clip(0.24 + 0.76 * np.clip(vivid, 0, 1) ** 0.56, 0, 1)
    pixels = Image.fromarray((pastel * 255 + 0.5).astype(np.uint8), "RGB")
    few = pixels.quantize(count, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    return blur(np.asarray(few.convert("RGB"), dtype=np.float32) / np.float32(255), radius=0.6)
