"""Surface colours for the ray studio: plain, wood, marble, stone, food; linear light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from arena.studios.noise import Floats, look_up, make_tile, octaves, smooth_step
from arena.studios.vocabulary import Rgb

Paint = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Material:
    """How a surface answers light. `paint` takes local points and base colour (3, 1)."""

    colour: Floats
    shine: float = 0.04
    rough: float = 0.35
    metal: bool = False
    soft: float = 0.0
    paint: Paint | None = None


def linear(colour: Rgb | tuple[float, float, float]) -> Floats:
    """sRGB 0..255 to linear light, shape (3,)."""
    c = np.array(colour, dtype=np.float32) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4).astype(np.float32)


def make_material(*, colour: Rgb, kind: str = "", paint: Paint | None = None) -> Material:
    """A material by kind word: metal, glossy, matte, wood, marble, stone or plain."""
    base = linear(colour)
    if kind == "metal":
        return Material(base, shine=0.9, rough=0.12, metal=True)
    if kind == "wood":
        return Material(base, shine=0.04, rough=0.4, paint=paint or wood_solid)
    if kind == "marble":
        return Material(base, shine=0.06, rough=0.2, paint=paint or marble_solid)
    if kind == "stone":
        return Material(base, shine=0.02, rough=0.8, paint=paint or stone_solid)
    if kind == "matte":
        return Material(base, shine=0.015, rough=0.7, paint=paint)
    if kind == "glossy":
        return Material(base, shine=0.07, rough=0.12, paint=paint)
    return Material(base, shine=0.045, rough=0.25, paint=paint)


def wood_planks(
    *, x: Floats, z: Floats, base: Floats, seed: int, board: float, contrast: float
) -> Floats:
    """Boards along x with growth rings, fibres, seams and a tone each; linear (3, N)."""
    row = np.floor(z / board)
    tone = look_up(make_tile(seed=seed + 1), u=row * 7.31, v=row * 3.7)
    along, across = x + 13.7 * row, z - row * board
    bend = octaves(seed=seed, u=along * 0.55, v=across * 1.4 + row * 5, count=3)
    rings = across * 7.5 + bend * 7.0
    fraction = rings - np.floor(rings)
    ring = np.minimum(fraction / 0.82, (1 - fraction) / 0.18)
    fibre = octaves(seed=seed + 2, u=along * 3.2, v=z * 85, count=2)
    pore = smooth_step(0.62, 0.8, octaves(seed=seed + 3, u=along * 5, v=z * 120, count=2))
    level = (
        0.72 + contrast * (0.30 * ring + 0.26 * (fibre - 0.5) - 0.22 * pore) + 0.3 * (tone - 0.5)
    )
    seam = np.minimum(across, board - across)
    level = level * (0.35 + 0.65 * smooth_step(0.0, 0.014, seam))
    # Darker wood is redder: scale the channels at different powers.
    power = np.array([0.8, 1.05, 1.3], dtype=np.float32)[:, None]
    return np.asarray(base[:, None] * np.maximum(level, 0.08) ** power * 1.15)


def wood_solid(p: Floats, base: Floats) -> Floats:
    """Turned or cut wood: rings about the y axis."""
    bend = octaves(seed=5, u=p[0] * 1.3 + 3, v=p[1] * 0.8, count=2)
    rings = np.sqrt((p[0] + 0.4) ** 2 + p[2] ** 2) * 11 + bend * 2.5
    ring = rings - np.floor(rings)
    fibre = look_up(make_tile(seed=6), u=p[0] * 60 + p[2] * 60, v=p[1] * 4)
    return np.asarray(base * (0.72 + 0.35 * ring + 0.18 * (fibre - 0.5)))


def marble_flat(*, x: Floats, z: Floats, base: Floats, seed: int) -> Floats:
    """White stone with two generations of grey veins; linear (3, N)."""
    warp = octaves(seed=seed, u=x * 0.9, v=z * 0.9, count=4)
    warp2 = octaves(seed=seed + 9, u=x * 2.1 + 7, v=z * 2.1, count=3)
    vein = np.abs(np.sin((x * 0.7 + z * 1.1) * 1.5 + warp * 9))
    thin = np.abs(np.sin((x * 1.3 - z * 0.6) * 2.6 + warp2 * 8))
    mark = 1 - 0.42 * (1 - smooth_step(0.0, 0.16, vein)) - 0.2 * (1 - smooth_step(0.0, 0.06, thin))
    cloud = 0.92 + 0.12 * warp2
    tint = np.array([0.98, 1.0, 1.03], dtype=np.float32)[:, None]
    return np.asarray(base[:, None] * (mark * cloud) ** tint)


def marble_solid(p: Floats, base: Floats) -> Floats:
    """Marble through the body of a thing."""
    return marble_flat(x=p[0] * 2 + p[1], z=p[2] * 2 + p[1] * 0.7, base=base[:, 0], seed=21)


def stone_solid(p: Floats, base: Floats) -> Floats:
    """Speckled grey stone."""
    speck = octaves(seed=31, u=p[0] * 22 + p[1] * 9, v=p[2] * 22 + p[1] * 14, count=3)
    return np.asarray(base * (0.75 + 0.5 * speck))


def fish(p: Floats, base: Floats) -> Floats:
    """Salmon or tuna: curved pale fat lines across the slice."""
    wave = octaves(seed=41, u=p[0] * 3 + 5, v=p[2] * 3, count=2)
    line = np.sin(p[0] * 34 + np.abs(p[2]) * 26 + wave * 3.4)
    fat = smooth_step(0.45, 0.98, line)
    pale = np.array([[0.98], [0.66], [0.5]], dtype=np.float32)
    return np.asarray(base * (0.92 + 0.2 * (wave - 0.5)) * (1 - 0.62 * fat) + pale * 0.62 * fat)


def egg_block(p: Floats, base: Floats) -> Floats:
    """Rolled omelette: thin browned layers."""
    layer = np.sin(p[1] * 90 + 2 * np.sin(p[0] * 5))
    return np.asarray(base * (0.9 + 0.12 * smooth_step(-0.2, 0.9, layer)))


def roe(p: Floats, base: Floats) -> Floats:
    """Salmon eggs: pale cores."""
    k = np.float32(60)
    bead = np.sin(p[0] * k) * np.sin(p[2] * k)
    return np.asarray(base * (0.8 + 0.5 * smooth_step(-0.2, 0.9, bead)))


def maki(radius: float, filling: Floats) -> Paint:
    """The cut face of a roll: filling, rice, seaweed; dark outside."""
    nori = np.array([[0.012], [0.022], [0.016]], dtype=np.float32)
    rice = np.array([[0.86], [0.84], [0.78]], dtype=np.float32)
    green = np.array([[0.28], [0.46], [0.1]], dtype=np.float32)

    def paint(p: Floats, base: Floats) -> Floats:
        r = np.sqrt(p[0] ** 2 + p[2] ** 2) / radius
        grain = 0.86 + 0.22 * look_up(make_tile(seed=47), u=p[0] * 70, v=p[2] * 70)
        out = np.where(r > 0.87, nori, rice * grain)
        core = r < 0.46
        half = np.where(p[0] + 0.3 * p[2] > 0.06 * radius, green, filling[:, None])
        return np.asarray(np.where(core, half * (0.8 + 0.3 * grain), out))

    return paint


def rice(p: Floats, base: Floats) -> Floats:
    """Warm white grains with darker gaps."""
    grain = look_up(make_tile(seed=51), u=p[0] * 42 + p[1] * 11, v=p[2] * 42 + p[1] * 31)
    return np.asarray(base * (0.8 + 0.26 * grain))


def leaf_veins(p: Floats, base: Floats) -> Floats:
    """A lighter midrib and faint side veins."""
    rib = np.exp(-((p[2] / 0.012) ** 2))
    side = 0.5 + 0.5 * np.sin(p[1] * 70 - np.abs(p[2]) * 60)
    tone = 0.8 + 0.5 * (p[1] + 0.4)
    light = np.array([[0.75], [0.9], [0.45]], dtype=np.float32)
    return np.asarray(base * tone * (0.92 + 0.1 * side) * (1 - 0.3 * rib) + light * 0.12 * rib)
