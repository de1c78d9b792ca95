"""Scenes on a table by the ray studio."""

from __future__ import annotations

import numpy as np

from arena.studios.camera import Camera, frame_bounds
from arena.studios.darkroom import expose, finish
from arena.studios.lighting import Glass, make_lights
from arena.studios.materials import linear, marble_flat, wood_planks
from arena.studios.models import Workshop, build_thing
from arena.studios.noise import Floats, octaves
from arena.studios.plan import Plan
from arena.studios.soundstage import FloorPaint, Ground, Stage
from arena.studios.staging import Placed, stage
from arena.studios.vocabulary import Rgb

# One row a take: camera turn and height (radians), lens, window pattern, warmth, wood, wall.
LOOKS: tuple[tuple[float, float, float, float, float, Rgb, Rgb], ...] = (
    (0.16, 0.30, 0.36, 0.85, 0.9, (150, 92, 50), (214, 204, 190)),
    (-0.34, 0.42, 0.32, 0.0, 0.35, (196, 150, 100), (176, 190, 192)),
    (0.44, 0.22, 0.42, 0.6, 1.4, (104, 60, 34), (168, 146, 124)),
    (-0.12, 0.52, 0.3, 0.4, 0.6, (172, 120, 74), (206, 196, 178)),
)


def render_scene(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A traced picture (H, W, 3) in 0..1 of the plan's things."""
    turn, rise, lens, pattern, warmth, wood, wall = LOOKS[take % len(LOOKS)]
    placed = stage(things=plan.things, relations=plan.relations, seed=take)
    shop = Workshop(seed=take + 11)
    glasses = []
    for thing in placed:
        if thing.thing.material == "glass" and thing.thing.shape in {"cube", "sphere"}:
            glasses.append(make_glass(thing, yaw=0.42 - turn * 0.5))
        else:
            build_thing(shop, thing)
    colour = plan.surface_colour
    ground_colour = linear(_ground_tone(plan.surface, colour, wood))
    reach = max(3.4, 2.2 + max(abs(p.x) + p.half for p in placed))
    back = max(p.z + p.half for p in placed) + 1.5
    ground = Ground(
        paint=floor_paint(plan.surface, ground_colour, seed=take * 7 + 3),
        shine=0.05,
        back=back,
        wall_at=back + 1.4,
        wall=linear(plan.background or wall),
    )
    lights = make_lights(
        direction=plan.light,
        warmth=warmth,
        pattern=pattern,
        spread=1.5,
        bounce=ground_colour * 0.4,
        room=ground.wall * 0.7,
    )
    set_ = Stage(
        clusters=tuple(shop.clusters),
        materials=shop.materials,
        glasses=tuple(glasses),
        lights=lights,
        ground=ground,
        reach=reach,
    )
    camera = aim_camera(placed, turn, rise, lens, width / height)
    return finish(expose(shader=set_.see, camera=camera, width=width, height=height, exposure=0.92))


def aim_camera(
    placed: tuple[Placed, ...], turn: float, rise: float, lens: float, aspect: float
) -> Camera:
    """Frame the bounds of everything that was placed."""
    corners = np.array(
        [
            (p.x + sx * p.half, p.y + sy * p.height, p.z + sz * p.half)
            for p in placed
            for sx in (-1, 1)
            for sy in (0, 1)
            for sz in (-1, 1)
        ],
        dtype=np.float32,
    ).T
    return frame_bounds(
        corners=corners,
        azimuth=turn,
        elevation=rise,
        lens=lens,
        aspect=aspect,
        fill=0.68,
        lift=-0.03,
    )


def make_glass(placed: Placed, *, yaw: float) -> Glass:
    """A glass cube is always hollow; a ball is hollow only when something is inside."""
    half = placed.half
    c, s = np.cos(yaw), np.sin(yaw)
    turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]], dtype=np.float32)
    cube = placed.thing.shape == "cube"
    at = np.array([placed.x, placed.y + half + 0.006, placed.z], dtype=np.float32)
    tint = 0.25 * linear(placed.thing.colour) + 0.75 * np.array([0.8, 0.97, 0.93])
    return Glass(
        shape="box" if cube else "sphere",
        at=at,
        half=np.full(3, half, dtype=np.float32),
        turn=turn,
        wall=0.055 * half * 2 if cube or placed.holds else 0.0,
        tint=tint.astype(np.float32),
    )


def floor_paint(surface: str, base: Floats, *, seed: int) -> FloorPaint:
    """The table's colour as a function of x and z."""
    if surface == "marble":
        return lambda x, z: marble_flat(x=x, z=z, base=base, seed=seed)
    if surface == "wood":
        board = 0.8 + 0.25 * (seed % 3)
        return lambda x, z: wood_planks(
            x=x, z=z + 30, base=base, seed=seed, board=board, contrast=1.0
        )
    depth = 0.5 if surface == "stone" else 0.08
    return lambda x, z: np.asarray(
        base[:, None] * (1 - depth / 2 + depth * octaves(seed=seed, u=x * 14, v=z * 14, count=4))
    )


def _ground_tone(surface: str, colour: Rgb | None, wood: Rgb) -> Rgb:
    if surface == "wood" and colour is not None:
        return tuple(round((a + b) / 2) for a, b in zip(colour, wood, strict=True))  # type: ignore[return-value]
    usual: dict[str, Rgb] = {
        "wood": wood,
        "marble": (232, 230, 226),
        "stone": (140, 138, 132),
        "metal": (150, 154, 160),
    }
    return colour or usual.get(surface, (200, 190, 176))
