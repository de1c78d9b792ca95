"""A soft gouache painting of a picture: the gouache studio's answer to hand-painted styles.

Generalised Kuwahara filter with eight soft sectors (Papari, Petkov, Campisi 2007) by FFT, strokes
along the edge tangent, pastel grading, painted clouds where there is sky, and a last layer of
visible strokes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from arena.studios.clouds import paint_clouds
from arena.studios.gouache.brush import Brush, enlarge, paint_over, reduce, surface
from arena.studios.noise import Floats, blur, grid, octaves
from arena.studios.plan import Plan
from arena.studios.sky import clean_edges, find_sky

# Brush radius at 1024, warmth, cloud amount, sky top and low colours, share of visible strokes.
LOOKS = (
    (8.0, 0.5, 1.0, (0.36, 0.62, 0.86), (0.84, 0.93, 0.95), 0.45),
    (11.0, 1.0, 0.6, (0.55, 0.66, 0.86), (0.99, 0.86, 0.74), 0.70),
    (6.0, 0.2, 1.3, (0.30, 0.64, 0.80), (0.90, 0.95, 0.90), 0.25),
    (9.0, 1.5, 0.9, (0.86, 0.62, 0.62), (1.0, 0.88, 0.66), 0.85),
    (7.0, -0.3, 1.1, (0.52, 0.58, 0.84), (0.93, 0.88, 0.95), 0.55),
)
STROKES = Brush(radii=(13.0, 6.5, 3.4), limits=(0.0, 0.02, 0.03), ground=(0.86, 0.78, 0.66),
                stretch=3.0, jitter=0.028, relief=0.30, vivid=1.0, swirl=0.5)  # fmt: skip


def paint_softly(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture repainted, (H, W, 3) in 0..1; takes differ in brush, sky and warmth."""
    brush, warmth, cloud, top, low, share = LOOKS[take % len(LOOKS)]
    height, width, _ = picture.shape
    scale = max(height, width) / 1024
    mask = find_sky(picture)
    land = clean_edges(picture, mask) if mask.mean() > 0.04 else picture
    lifted = _lift(land)
    # The filter's own softness makes half the size enough for large pictures.
    part = 2 if scale > 0.65 else 1
    painted = kuwahara(reduce(lifted, part=part), radius=max(2.0, brush * scale / part))
    painted = enlarge(painted, width=part * painted.shape[1], height=part * painted.shape[0])
    painted = painted[:height, :width]
    painted = _strokes(painted, length=round(7 * scale) + 2)
    detail = lifted - blur(lifted, radius=1.6 * scale)
    painted = painted + 0.5 * np.clip(detail, -0.14, 0.14)
    painted = _grade(painted, warmth)
    if mask.mean() > 0.04:
        sky = _painted_sky(mask, np.array(top), np.array(low), cloud, take)
        painted = painted * (1 - mask[..., None]) + sky * mask[..., None]
    painted = np.clip(painted, 0, 1).astype(np.float32)
    strokes = surface(paint_over(painted, brush=STROKES, take=take), brush=STROKES, take=take)
    painted = painted + share * (strokes - painted)
    return _canvas(painted, scale, take, warmth)


def kuwahara(picture: Floats, *, radius: float) -> Floats:
    """Edge-keeping smoothing: means of eight sectors weighted against their variance."""
    height, width, _ = picture.shape
    pad = int(radius * 2) + 2
    padded = np.pad(picture, ((pad, pad), (pad, pad), (0, 0)), mode="reflect")
    rows, columns = padded.shape[:2]
    light = padded.mean(axis=2)
    planes = [padded[..., 0], padded[..., 1], padded[..., 2], light * light]
    spectra = [np.fft.rfft2(plane).astype(np.complex64) for plane in planes]
    total = np.zeros((height, width, 3), dtype=np.float32)
    weights = np.zeros((height, width, 1), dtype=np.float32)
    for sector in range(8):
        kernel = np.fft.rfft2(_sector(rows, columns, radius, sector)).astype(np.complex64)
        means = [
            np.fft.irfft2(spectrum * kernel, s=(rows, columns))[pad:-pad, pad:-pad].astype(
                np.float32
            )
            for spectrum in spectra
        ]
        colour = np.stack(means[:3], axis=-1)
        spread = np.sqrt(np.maximum(means[3] - colour.mean(axis=2) ** 2, 0))
        weight = (1 / (1 + (255 * spread / 3.2) ** 4))[..., None]
        total += colour * weight
        weights += weight
    return np.asarray(total / np.maximum(weights, 1e-12), dtype=np.float32)


def _sector(rows: int, columns: int, radius: float, number: int) -> NDArray[np.float64]:
    y = np.fft.fftfreq(rows, 1 / rows)[:, None]
    x = np.fft.fftfreq(columns, 1 / columns)[None, :]
    angle = np.arctan2(y, x) - number * np.pi / 4
    lobe = np.clip(np.cos(angle), 0, 1) ** 5
    near = np.exp(-(x * x + y * y) / (2 * (radius * 0.62) ** 2))
    kernel = lobe * near
    kernel[0, 0] = near[0, 0] / 8
    return np.asarray(kernel / kernel.sum())


def _strokes(picture: Floats, *, length: int) -> Floats:
    """Smear colour along the local edge direction (line integral convolution)."""
    light = picture.mean(axis=2)
    soft = blur(light, radius=1.5)
    gy, gx = np.gradient(soft, axis=0), np.gradient(soft, axis=1)
    xx, yy, xy = (blur(a, radius=4.0) for a in (gx * gx, gy * gy, gx * gy))
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2
    dx, dy = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    height, width = light.shape
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    flat = picture.reshape(-1, 3)
    total = picture.copy()
    steps = max(1, length // 2)
    for way in (-1, 1):
        for step in range(1, steps + 1):
            y = np.clip(rows + way * step * 1.4 * dy, 0, height - 1).astype(np.int32)
            x = np.clip(columns + way * step * 1.4 * dx, 0, width - 1).astype(np.int32)
            total += flat[y * width + x]
    return np.asarray(total / (1 + 2 * steps), dtype=np.float32)


def _lift(picture: Floats) -> Floats:
    """Open the shadows as a painter does who works from light to dark."""
    light = picture.mean(axis=2, keepdims=True)
    around = blur(light[..., 0], radius=max(picture.shape) / 28)[..., None]
    gain = (0.30 / np.clip(around, 0.09, 0.6)) ** 0.42
    return np.asarray(np.clip(picture * np.clip(gain, 0.9, 1.65), 0, 1), dtype=np.float32)


def _grade(picture: Floats, warmth: float) -> Floats:
    light = picture.mean(axis=2, keepdims=True)
    vivid = light + (picture - light) * 1.38
    pastel = 0.075 + 0.90 * np.clip(vivid, 0, 1) ** 0.84
    shade = np.array([0.06, 0.05, 0.15]) * (1 - light) ** 2
    glow = np.array([0.055, 0.028, -0.035]) * light * (0.5 + warmth)
    green = np.clip(picture[..., 1:2] - picture[..., [0, 2]].max(axis=2, keepdims=True), 0, 1)
    return np.asarray(pastel + shade + glow + green * np.array([0.16, 0.24, -0.06]))


def _painted_sky(mask: Floats, top: Floats, low: Floats, cloud: float, take: int) -> Floats:
    height, width = mask.shape
    rows = np.nonzero(mask.mean(axis=1) > 0.05)[0]
    bottom = float(rows.max() + 1) if rows.size else float(height)
    t = np.clip(np.arange(height, dtype=np.float32) / bottom, 0, 1)[:, None, None]
    sky = top * (1 - t**0.9) + low * t**0.9
    sky = np.broadcast_to(sky, (height, width, 3)).astype(np.float32)
    u, v = grid(width=width, height=height)
    wash = octaves(seed=16 + take, u=u * 5, v=v * 12, count=4) - 0.5
    sky = sky + 0.05 * wash[..., None]
    return paint_clouds(sky=sky, horizon=bottom / max(height, width), amount=cloud, seed=take + 3)


def _canvas(picture: Floats, scale: float, take: int, warmth: float) -> Floats:
    height, width, _ = picture.shape
    u, v = grid(width=width, height=height)
    grain = octaves(seed=18 + take, u=u * 300, v=v * 300, count=2) - 0.5
    wash = octaves(seed=19 + take, u=u * 16, v=v * 16, count=4) - 0.5
    picture = picture * (1 + 0.05 * grain + 0.06 * wash)[..., None]
    bright = blur(np.clip(picture, 0, 1), radius=16 * scale)
    picture = 1 - (1 - np.clip(picture, 0, 1)) * (1 - 0.11 * bright)
    sun = np.exp(-((u - 0.2) ** 2 + (v - 0.1) ** 2) / 0.4)[..., None]
    picture = picture + sun * np.array([0.05, 0.036, 0.0]) * (0.5 + warmth)
    return np.asarray(np.clip(picture, 0, 1), dtype=np.float32)
