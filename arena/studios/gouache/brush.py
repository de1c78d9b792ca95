"""Repaints pictures with a bristle brush: layers of strokes from large to small.

The order of work follows Hertzmann 1998 (painterly rendering with curved strokes of several
sizes): each layer looks at a blurred reference and paints only where the canvas is still wrong.
Strokes are stamps of bristles with paint thickness, lit at the end like paint on a tooth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from arena.studios.noise import Floats, blur, grid, octaves

ANGLES = 18
VARIANTS = 4


@dataclass(frozen=True)
class Brush:
    """A way of painting.

    `radii` are brush half widths at 1024 pixels, `limits` the error (0..1) above which a layer
    paints, `ground` the toned ground, `stretch` stroke length over width, `jitter` the spread of
    colour from stroke to stroke, `relief` the thickness of paint, `tooth` canvas or paper.
    """

    radii: tuple[float, ...] = (30.0, 13.0, 6.0, 3.0)
    limits: tuple[float, ...] = (0.0, 0.03, 0.045, 0.06)
    ground: tuple[float, float, float] = (0.62, 0.46, 0.34)
    stretch: float = 3.2
    jitter: float = 0.05
    opacity: float = 0.9
    relief: float = 0.5
    tooth: str = "canvas"
    vivid: float = 1.15
    swirl: float = 0.6
    seed: int = 0


BRUSHES: tuple[Brush, ...] = (
    Brush(),
    Brush(
        radii=(36.0, 16.0, 7.5, 3.6),
        ground=(0.34, 0.40, 0.52),
        stretch=2.2,
        jitter=0.075,
        relief=0.8,
        vivid=1.3,
        swirl=0.15,
        seed=11,
    ),
    Brush(
        radii=(26.0, 11.0, 5.0, 2.6),
        ground=(0.93, 0.88, 0.78),
        stretch=4.6,
        jitter=0.04,
        opacity=0.72,
        relief=0.22,
        tooth="paper",
        vivid=1.05,
        swirl=0.35,
        seed=23,
    ),
    Brush(
        radii=(30.0, 12.0, 6.0, 3.2),
        ground=(0.78, 0.50, 0.44),
        stretch=5.2,
        jitter=0.06,
        relief=0.65,
        vivid=1.25,
        swirl=1.6,
        seed=37,
    ),
    Brush(
        radii=(40.0, 20.0, 9.5, 4.4),
        limits=(0.0, 0.03, 0.05, 0.075),
        ground=(0.30, 0.26, 0.24),
        stretch=1.7,
        jitter=0.06,
        relief=1.0,
        vivid=1.1,
        swirl=0.9,
        seed=51,
    ),
)


def repaint(picture: Floats, *, take: int, warmth: float) -> Floats:
    """Any picture (H, W, 3) in 0..1 as a painting of the same shape.

    Five brushes by `take`; `warmth` -1..1 shifts to cool or warm light.
    """
    brush = brush_for(take)
    painted = paint_over(warm(picture, warmth), brush=brush, take=take)
    return surface(painted, brush=brush, take=take)


def brush_for(take: int) -> Brush:
    """The brush of a take; takes above the fifth keep the brush and change every stroke."""
    brush = BRUSHES[take % len(BRUSHES)]
    return replace(brush, seed=brush.seed + 101 * (take // len(BRUSHES)))


def warm(picture: Floats, warmth: float) -> Floats:
    """Split toning: lights go to yellow and shadows to violet, or the other way below 0."""
    light = picture.mean(axis=2, keepdims=True)
    sun = np.array([0.085, 0.035, -0.075], dtype=np.float32)
    shade = np.array([0.030, -0.012, 0.035], dtype=np.float32)
    return np.asarray(
        np.clip(picture + warmth * (sun * light + shade * (1 - light)), 0, 1), dtype=np.float32
    )


def paint_over(
    picture: Floats, *, brush: Brush, take: int, focus: Floats | None = None
) -> NDArray[np.float32]:
    """Strokes over a toned ground: (H, W, 4), colour and thickness of paint.

    `focus` (H, W) in 0..1 lowers the error limit where detail is wanted.
    """
    height, width, _ = picture.shape
    rng = np.random.default_rng(7919 * take + brush.seed)
    light = picture.mean(axis=2, keepdims=True)
    wanted = np.clip(light + (picture - light) * brush.vivid, 0, 1).astype(np.float32)
    start = np.empty((height, width, 4), dtype=np.float32)
    start[..., :3] = brush.ground
    start[..., 3] = 0.4
    sizes = [radius * max(height, width) / 1024 for radius in brush.radii]
    layers = [pair for pair in zip(sizes, brush.limits, strict=True) if pair[0] >= 0.9]
    # Broad strokes lose nothing on a sheet of half the size, and cost a quarter.
    broad = [pair for pair in layers if pair[0] > 9.0]
    if broad:
        sheet = _paint_layers(
            reduce(start, part=2), reduce(wanted, part=2), None if focus is None else
            reduce(focus, part=2), layers=[(size / 2, limit) for size, limit in broad],
            brush=brush, take=take, rng=rng,
        )  # fmt: skip
        start = _doubled(sheet, width=width, height=height)
    fine = layers[len(broad) :]
    return _paint_layers(start, wanted, focus, layers=fine, brush=brush, take=take, rng=rng)


def _doubled(sheet: NDArray[np.float32], *, width: int, height: int) -> NDArray[np.float32]:
    planes = [
        np.asarray(
            Image.fromarray(sheet[..., k]).resize(
                (sheet.shape[1] * 2, sheet.shape[0] * 2), Image.Resampling.BICUBIC
            )
        )
        for k in range(4)
    ]
    return np.stack(planes, axis=-1)[:height, :width].astype(np.float32)


def _paint_layers(
    start: Floats, wanted: Floats, focus: Floats | None, *, layers: list[tuple[float, float]],
    brush: Brush, take: int, rng: np.random.Generator,
) -> NDArray[np.float32]:  # fmt: skip
    """Layers of (brush half width in pixels, error limit) over a start (H, W, 4)."""
    height, width, _ = wanted.shape
    pad = int(max((size for size, _ in layers), default=1) * np.hypot(brush.stretch, 1.5)) + 4
    canvas = np.pad(start, ((pad, pad), (pad, pad), (0, 0)), mode="edge").astype(np.float32)
    inner = canvas[pad : pad + height, pad : pad + width]
    for size, limit in layers:
        # A large brush needs no fine reference: each layer looks at a reduced picture.
        part = max(1, int(size * 0.4))
        small = reduce(wanted, part=part)
        target = blur(small, radius=size * 0.45 / part) if size > 4 else small
        error = np.abs(target - reduce(inner[..., :3], part=part)).mean(axis=2)
        if focus is not None:
            error = error * (0.8 + 1.2 * reduce(focus, part=part))
        step = max(2, round(size * 0.5 * brush.stretch**0.5 / part))
        rows, columns = _places(error, step=step, limit=limit, rng=rng)
        coarse = reduce(small, part=2)
        angles = stroke_angles(coarse, brush=brush, radius=max(1.2, size * 0.3 / part), take=take)
        shift = rng.integers(0, part, (2, rows.size))
        _lay(
            canvas,
            np.minimum(rows * part + shift[0], height - 1) + pad,
            np.minimum(columns * part + shift[1], width - 1) + pad,
            angles=angles[rows // 2, columns // 2],
            colours=_mix(target[rows, columns], brush.jitter, rng),
            brush=brush,
            size=size,
            opacity=min(1.0, brush.opacity + 0.08 * (limit == 0)),
            rng=rng,
        )
    return inner


def reduce(picture: Floats, *, part: int) -> Floats:
    """Means of squares of `part` pixels, edges repeated."""
    if part == 1:
        return picture
    height, width = picture.shape[:2]
    rows, columns = -(-height // part), -(-width // part)
    pad = [(0, rows * part - height), (0, columns * part - width)] + [(0, 0)] * (picture.ndim - 2)
    cells = np.pad(picture, pad, mode="edge").reshape(rows, part, columns, part, -1)
    means = cells.mean(axis=(1, 3), dtype=np.float32)
    return means[..., 0] if picture.ndim == 2 else means


def _places(
    error: Floats, *, step: int, limit: float, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """In each cell of a grid the worst pixel, where the cell as a whole is wrong; shuffled."""
    height, width = error.shape
    rows, columns = -(-height // step), -(-width // step)
    padded = np.pad(
        error, ((0, rows * step - height), (0, columns * step - width)), constant_values=0
    )
    cells = padded.reshape(rows, step, columns, step).swapaxes(1, 2).reshape(rows, columns, -1)
    # A little dice keeps the grid from showing where the error is even.
    dice = cells + rng.random(cells.shape, dtype=np.float32) * 0.05
    best = dice.argmax(axis=2)
    wrong = cells.mean(axis=2) >= limit
    r, c = np.nonzero(wrong)
    y = np.minimum(r * step + best[r, c] // step, height - 1)
    x = np.minimum(c * step + best[r, c] % step, width - 1)
    order = rng.permutation(y.size)
    return y[order], x[order]


def stroke_angles(picture: Floats, *, brush: Brush, radius: float, take: int) -> Floats:
    """Direction of strokes (H, W) in radians: along edges, and with a slow flow elsewhere."""
    grey: Floats = np.asarray(picture.mean(axis=2), dtype=np.float32)
    light = blur(grey, radius=radius * 0.5)
    if min(light.shape) < 2:
        return np.zeros(light.shape, dtype=np.float32)
    gy: Floats = np.gradient(light, axis=0)
    gx: Floats = np.gradient(light, axis=1)
    a, b = blur(gx * gx - gy * gy, radius=radius * 2), blur(2 * gx * gy, radius=radius * 2)
    height, width = light.shape
    u, v = grid(width=width, height=height)
    flow = octaves(seed=60 + take % 40, u=u * 2.2, v=v * 2.2, count=2)
    lean = (flow - 0.5) * 2 * np.pi * brush.swirl + 0.35 * (take % 3 - 1)
    weak = 4.0e-6 * (1024 / max(height, width)) ** 2
    # Double angles, because a stroke has no front; minus turns across the gradient.
    return np.asarray(0.5 * np.arctan2(-b + weak * np.sin(2 * lean), -a + weak * np.cos(2 * lean)))


def _mix(colours: Floats, jitter: float, rng: np.random.Generator) -> NDArray[np.float32]:
    count = len(colours)
    value = rng.normal(0, jitter * 0.55, (count, 1))
    # Light tones show a change of hue more than dark ones do.
    hue = rng.normal(0, jitter * 0.5, (count, 3)) * (1.15 - 0.6 * colours.mean(axis=1))[:, None]
    return np.clip(colours + value + hue, 0, 1).astype(np.float32)


Stamp = tuple[int, int, NDArray[np.float32], NDArray[np.float32]]


@lru_cache(maxsize=24)
def _stamps(size: float, stretch: float) -> tuple[tuple[Stamp, ...], ...]:
    """For each angle and variant: half height, half width, coverage and texture (h, w, 1 or 4)."""
    return tuple(
        tuple(_stamp(size, stretch, np.pi * k / ANGLES, kind) for kind in range(VARIANTS))
        for k in range(ANGLES)
    )


def _stamp(size: float, stretch: float, angle: float, kind: int) -> Stamp:
    half = size * stretch
    # The stroke's own box: a level stroke is wide and low.
    high = int(np.ceil(abs(np.sin(angle)) * half + abs(np.cos(angle)) * size * 1.5)) + 1
    wide = int(np.ceil(abs(np.cos(angle)) * half + abs(np.sin(angle)) * size * 1.5)) + 1
    y, x = np.mgrid[-high : high + 1, -wide : wide + 1].astype(np.float32)
    along = (x * np.cos(angle) + y * np.sin(angle)) / half
    bend = (-0.5, -0.15, 0.15, 0.5)[kind]
    across = (-x * np.sin(angle) + y * np.cos(angle)) / size - bend * (along**2 - 0.4)
    rng = np.random.default_rng(900 + kind)
    hairs = np.interp(across, np.linspace(-1.2, 1.2, 15), rng.random(15)).astype(np.float32)
    # Each hair runs dry at its own place: ragged ends.
    end = np.clip((0.98 - 0.42 * hairs - np.abs(along - 0.05)) / 0.16, 0, 1)
    side = np.clip((1 - np.abs(across)) * max(1.0, size * 0.55), 0, 1)
    alpha = (end * side * (0.8 + 0.2 * hairs))[..., None].astype(np.float32)
    texture = np.empty((*hairs.shape, 4), dtype=np.float32)
    texture[..., :3] = ((hairs - 0.5) * 0.075)[..., None]
    texture[..., 3] = hairs * 0.6 + 0.5 * np.clip(np.abs(across) - 0.5, 0, 0.5)
    return high, wide, alpha, texture * alpha


def _lay(
    canvas: NDArray[np.float32],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    *,
    angles: Floats,
    colours: NDArray[np.float32],
    brush: Brush,
    size: float,
    opacity: float,
    rng: np.random.Generator,
) -> None:
    """Put strokes on the padded canvas one over the other."""
    stamps = _stamps(round(size, 2), brush.stretch)
    turn = np.round((angles + rng.normal(0, 0.12, angles.shape)) / np.pi * ANGLES).astype(int)
    kinds = rng.integers(0, VARIANTS, len(rows))
    paints = np.concatenate([colours, np.zeros((len(rows), 1), dtype=np.float32)], axis=1)
    share = np.float32(opacity)
    for y, x, k, kind, paint in zip(
        rows.tolist(), columns.tolist(), (turn % ANGLES).tolist(), kinds.tolist(), paints,
        strict=True,
    ):  # fmt: skip
        high, wide, alpha, texture = stamps[k][kind]
        patch = canvas[y - high : y + high + 1, x - wide : x + wide + 1]
        patch += (alpha * (paint - patch) + texture) * share


def surface(painted: Floats, *, brush: Brush, take: int) -> Floats:
    """Light raking over thick paint and the tooth of the ground; (H, W, 4) or (H, W, 3) to (H, W, 3)."""
    height, width = painted.shape[:2]
    scale = max(height, width) / 1024
    picture = painted[..., :3]
    relief: Floats = np.zeros((height, width), dtype=np.float32)
    if painted.shape[2] == 4:
        thick = blur(painted[..., 3], radius=0.7 * scale)
        relief = brush.relief * 0.55 * (thick - np.roll(thick, (2, 2), axis=(0, 1)))
    weave = tooth(width=width, height=height, kind=brush.tooth, seed=200 + take % 50)
    lit = 1 + np.clip(relief, -0.2, 0.2) + weave
    return np.asarray(np.clip(picture * lit[..., None], 0, 1), dtype=np.float32)


def tooth(*, width: int, height: int, kind: str, seed: int) -> Floats:
    """Brightness offset (H, W) about 0 of a woven canvas or of rough watercolour paper."""
    u, v = grid(width=width, height=height)
    grain = octaves(seed=seed, u=u * 260, v=v * 260, count=3) - 0.5
    slow = octaves(seed=seed + 1, u=u * 5, v=v * 5, count=3) - 0.5
    if kind == "paper":
        cold = octaves(seed=seed + 2, u=u * 110, v=v * 110, count=2) - 0.5
        return np.asarray(0.06 * grain + 0.08 * cold + 0.05 * slow, dtype=np.float32)
    x, y = u * np.float32(2 * np.pi * 170), v * np.float32(2 * np.pi * 170)
    weave = np.sin(x + 0.6 * grain * 6) * np.sin(y)
    return np.asarray(0.014 * weave + 0.045 * grain + 0.05 * slow, dtype=np.float32)


def bleed(picture: Floats, *, seed: int, reach: float) -> Floats:
    """Shift pixels by slow noise, up to `reach` in parts of the longer side: a hand's wobble."""
    height, width = picture.shape[:2]
    side = max(height, width)
    u, v = grid(width=width, height=height)
    dx = (octaves(seed=seed, u=u * 26, v=v * 26, count=2) - 0.5) * 2 * reach * side
    dy = (octaves(seed=seed + 1, u=u * 26, v=v * 26, count=2) - 0.5) * 2 * reach * side
    y = np.clip(v * side + dy + 0.5, 0, height - 1).astype(np.intp)
    x = np.clip(u * side + dx + 0.5, 0, width - 1).astype(np.intp)
    return np.asarray(picture[y, x])


def enlarge(picture: Floats, *, width: int, height: int) -> Floats:
    """An underdrawing (H, W, 3) brought to size; its softness is painted over later."""
    pixels = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8), "RGB")
    big = pixels.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(big, dtype=np.float32) / np.float32(255)
