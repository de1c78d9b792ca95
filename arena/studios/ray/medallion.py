"""Logos as lit relief by the ray studio: plaster, walnut, bronze, letterpress and leather.

The studio draws its own artwork, turns it into a height field and lights that field per pixel:
normals from the heights, a shadow march towards the lamp, and a gloss of the surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.darkroom import finish
from arena.studios.flat.emblem import Inks, draw_emblem
from arena.studios.flat.inks import blend, choose_inks
from arena.studios.fonts import rasterise
from arena.studios.noise import Floats, blur, grid, octaves, smooth_step
from arena.studios.plan import Plan
from arena.studios.ray.materials import linear, wood_planks
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Relief:
    """A finish: layout of the artwork, plate outline, materials, depth (negative is engraved)."""

    layout: int
    plate: str
    body: str
    inlay: str
    depth: float


FINISHES = (
    Relief(layout=0, plate="disc", body="plaster", inlay="glaze", depth=1.0),
    Relief(layout=1, plate="board", body="wood", inlay="cream", depth=-1.0),
    Relief(layout=0, plate="disc", body="bronze", inlay="bronze", depth=1.2),
    Relief(layout=2, plate="none", body="paper", inlay="foil", depth=-0.8),
    Relief(layout=3, plate="board", body="leather", inlay="cream", depth=-1.3),
)


def carve_emblem(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A lit relief of the plan's logo, (H, W, 3) in 0..1; each take is another material."""
    kind = FINISHES[take % len(FINISHES)]
    side = min(width, height)
    mask = _artwork(plan, kind.layout, side, width, height)
    plate, distance = _plate(kind.plate, side, width, height)
    scale = side / 1024
    high, albedo, shine, metal = _compose(
        plan, kind, mask, plate=plate, distance=distance, scale=scale, take=take
    )
    lit = _light(
        high, albedo.astype(np.float32), shine.astype(np.float32), metal=metal, scale=scale
    )
    del high, albedo, shine, mask, distance
    return _develop(lit, _backdrop(plan, plate, scale, take), plate)


def _artwork(plan: Plan, layout: int, side: int, width: int, height: int) -> Floats:
    inner = round(side * 0.84)
    svg = draw_emblem(plan=plan, layout=layout, inks=Inks("#ffffff", "#000000", "#777777"))
    art = rasterise(svg, width=inner, height=inner)
    mask = np.zeros((height, width), dtype=np.float32)
    top, left = (height - inner) // 2, (width - inner) // 2
    mask[top : top + inner, left : left + inner] = art[..., 0] * art[..., 3]
    return mask


def _plate(shape: str, side: int, width: int, height: int) -> tuple[Floats, Floats]:
    """Coverage of the plate and the distance inside its edge in pixels at 1024."""
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = (u + 0.5 - width / 2) / side, (v + 0.5 - height / 2) / side
    if shape == "disc":
        inside = 0.435 - np.hypot(x, y)
    elif shape == "board":
        ax, ay = np.abs(x) - 0.37, np.abs(y) - 0.37
        inside = 0.055 - np.hypot(np.maximum(ax, 0), np.maximum(ay, 0))
        inside = np.where((ax < 0) & (ay < 0), 0.055 + np.minimum(-ax, -ay), inside)
    else:
        inside = np.full(x.shape, 1.0)
    distance = (inside * 1024).astype(np.float32)
    return np.clip(distance * side / 1024 + 0.5, 0, 1), distance


def _compose(
    plan: Plan,
    kind: Relief,
    mask: Floats,
    *,
    plate: Floats,
    distance: Floats,
    scale: float,
    take: int,
) -> tuple[Floats, Floats, Floats, bool]:
    height, width = mask.shape
    u, v = grid(width=width, height=height)
    ink, ground, _ = choose_inks(plan)
    soft = 0.6 if kind.body == "bronze" else 1.0
    rounded = 0.5 * blur(mask, radius=1.6 * soft * scale)
    rounded = rounded + 0.5 * blur(mask, radius=3.6 * soft * scale)
    rim = smooth_step(0, 16, distance) if kind.plate != "none" else np.zeros_like(mask)
    lip = 5.0 * np.exp(-(((distance - 22) / 11) ** 2)) if kind.plate == "disc" else 0.0
    texture = (octaves(seed=8 + take, u=u * 150, v=v * 150, count=4) - 0.5) * 0.9
    if kind.body == "leather":
        texture = texture * 2.4 - 5 * _stitches(distance, u, v, hole=True)
        texture = texture + 4 * _stitches(distance, u, v, hole=False)
    high = (14 * rim + lip + 8.5 * kind.depth * rounded + texture) * scale
    body = _body_colour(kind.body, ink, ground, u=u, v=v, take=take)
    inlay = _inlay_colour(kind.inlay, ink, ground)
    share = np.clip(mask * 1.15, 0, 1)[..., None]
    if kind.body == "leather":
        share = np.maximum(share, _stitches(distance, u, v, hole=False)[..., None])
    if kind.body == "bronze":
        # Polish wears the high places bright and leaves the dark patina in the deep.
        worn = np.clip(0.5 * mask + 0.8 * rounded, 0, 1)[..., None]
        albedo = body * (0.2 + 1.75 * worn)
        return high, albedo, np.full_like(mask, 0.9), True
    albedo = body * (1 - share) + inlay * share
    shine = np.where(mask > 0.5, 0.5 if kind.inlay in {"glaze", "foil"} else 0.12, 0.1)
    return high, albedo, shine.astype(np.float32), False


def _stitches(distance: Floats, u: Floats, v: Floats, *, hole: bool) -> Floats:
    """A seam along the inside of the edge: thread, or the groove that it lies in."""
    line = np.exp(-(((distance - 24) / (6.0 if hole else 3.0)) ** 2))
    if hole:
        return np.asarray(line, dtype=np.float32)
    # One of the two runs along each side, the other stays the same there.
    return np.asarray(line * smooth_step(-0.5, -0.2, np.sin((u + v) * 200)), dtype=np.float32)


def _body_colour(body: str, ink: Rgb, ground: Rgb, *, u: Floats, v: Floats, take: int) -> Floats:
    if body == "wood":
        base = linear(blend(ink, (120, 76, 44), 0.45))
        flat = wood_planks(
            x=u.ravel() * 5,
            z=v.ravel() * 5 + 9,
            base=base,
            seed=21 + take,
            board=1.65,
            contrast=1.1,
        )
        return np.asarray(flat.T.reshape(*u.shape, 3))
    colour = {
        "bronze": linear((214, 160, 88)),
        "leather": linear(blend(ink, (116, 62, 34), 0.55)),
        "plaster": linear(ground),
        "paper": linear(ground),
    }[body]
    mottled = 0.97 + 0.08 * (octaves(seed=3, u=u * 9, v=v * 9, count=4) - 0.5)
    return np.asarray(colour * mottled[..., None])


def _inlay_colour(inlay: str, ink: Rgb, ground: Rgb) -> Floats:
    return {
        "glaze": linear(ink),
        "cream": linear(ground),
        "foil": linear(ink),
        "bronze": linear(ink),
    }[inlay]


def _light(high: Floats, albedo: Floats, shine: Floats, *, metal: bool, scale: float) -> Floats:
    """Linear light (H, W, 3) of the relief under one lamp at the upper left."""
    high = high.astype(np.float32)
    dy, dx = np.gradient(high, axis=0), np.gradient(high, axis=1)
    length = np.sqrt(dx * dx + dy * dy + 1)
    nx, ny, nz = -dx / length, -dy / length, 1 / length
    lamp = np.array([-0.52, -0.62, 0.59], dtype=np.float32)
    cos = np.clip(nx * lamp[0] + ny * lamp[1] + nz * lamp[2], 0, 1)
    shadow = _shadow(high, lamp, scale)
    cavity = np.clip(1 + 0.09 * (high - blur(high, radius=7 * scale)) / scale, 0.6, 1.15)
    rx, ry, rz = 2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1
    facing = np.clip(rx * lamp[0] + ry * lamp[1] + rz * lamp[2], 0, 1)
    if metal:
        room = 0.5 + 0.5 * np.sin(3.1 * (rx * 0.6 - ry) + 0.6) * rz
        down = np.linspace(-1, 1, high.shape[0], dtype=np.float32)[:, None]
        sheen = (0.25 + 0.75 * room + 0.12 * down) * cavity
        bright = 0.5 * cos * shadow + 0.75 * sheen + 1.1 * facing**18 * shadow
        return np.asarray(albedo * bright[..., None], dtype=np.float32)
    gloss = (facing**30 * 0.5 + facing**6 * 0.06) * shine * shadow
    warm = np.array([1.02, 1.0, 0.95], dtype=np.float32)
    diffuse = (1.28 * cos * shadow + 0.34 * cavity)[..., None] * warm
    return np.asarray(albedo * diffuse + gloss[..., None], dtype=np.float32)


def _develop(lit: Floats, backdrop: Floats, plate: Floats) -> Floats:
    """Set the plate on its ground and apply a gentle tone curve."""
    shown = np.clip(lit * plate[..., None] + backdrop * (1 - plate[..., None]), 0, 1.6)
    curve = (shown / (1 + 0.18 * shown * shown)) ** (1 / 2.2)
    return finish(np.clip(curve, 0, 1), glow=0.06, vignette=0.1, grain=0.006)


def _shadow(high: Floats, lamp: Floats, scale: float) -> Floats:
    lit = np.ones_like(high)
    step = np.hypot(lamp[0], lamp[1])
    for k in range(1, 9):
        reach = 2.6 * k * scale
        sx, sy = round(lamp[0] / step * reach), round(lamp[1] / step * reach)
        ahead = np.roll(high, (-sy, -sx), axis=(0, 1))
        over = ahead - high - np.hypot(sx, sy) * lamp[2] / step
        lit = np.minimum(lit, 1 - 0.62 * smooth_step(-0.5, 2.5, over / max(scale, 0.25)))
    return blur(lit, radius=1.4 * scale)


def _backdrop(plan: Plan, plate: Floats, scale: float, take: int) -> Floats:
    """A light table cloth or wall with the plate's soft shadow."""
    height, width = plate.shape
    u, v = grid(width=width, height=height)
    _, ground, _ = choose_inks(plan)
    tone = linear(blend(ground, (255, 255, 255), 0.25 - 0.08 * (take % 3)))
    weave = np.sin(u * 1500) * 0.5 + np.sin(v * 1500) * 0.5
    cloth = 0.95 + 0.018 * weave + 0.07 * (octaves(seed=14, u=u * 6, v=v * 6, count=4) - 0.5)
    far = np.roll(blur(plate, radius=26 * scale), (round(26 * scale), round(20 * scale)), (0, 1))
    near = np.roll(blur(plate, radius=8 * scale), (round(8 * scale), round(6 * scale)), (0, 1))
    dim = (1 - 0.42 * far) * (1 - 0.35 * near)
    slope = 1.05 - 0.16 * u - 0.1 * v
    return np.asarray(tone * (cloth * dim * slope)[..., None], dtype=np.float32)
