"""Scenes on a table by the ray studio."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from arena.studios.camera import Camera, frame_bounds
from arena.studios.darkroom import expose, finish
from arena.studios.noise import Floats, octaves
from arena.studios.phrases import Relation
from arena.studios.plan import Plan
from arena.studios.ray.lighting import Glass, make_lights
from arena.studios.ray.materials import linear, marble_flat, wood_planks
from arena.studios.ray.models import Workshop, build_thing
from arena.studios.ray.soundstage import FloorPaint, Ground, Stage
from arena.studios.staging import Placed, stage
from arena.studios.vocabulary import Rgb


class Look(NamedTuple):
    """How a take sees a scene: camera, light and room.

    Turn and rise in radians; `pattern` is the window's shadow, `lift` and `power` are the lamp's
    height and strength, `spread` its softness.
    """

    turn: float
    rise: float
    lens: float
    wood: Rgb
    wall: Rgb
    pattern: float
    warmth: float
    spread: float = 1.5
    lift: float = 1.0
    power: float = 1.0
    exposure: float = 0.92
    shine: float = 0.05


# Morning window, north light, evening sun, seen from above, a dark studio.
LOOKS: tuple[Look, ...] = (
    Look(0.16, 0.30, 0.36, (150, 92, 50), (214, 204, 190), 0.85, 0.9),
    Look(-0.34, 0.40, 0.32, (206, 166, 118), (150, 178, 190), 0.0, 0.1, spread=2.4, exposure=1.02),
    Look(
        0.42,
        0.19,
        0.42,
        (112, 58, 30),
        (196, 128, 88),
        1.1,
        1.7,
        spread=0.9,
        lift=0.62,
        power=1.15,
        exposure=0.86,
    ),
    Look(-0.14, 0.74, 0.30, (158, 146, 128), (150, 168, 140), 0.6, 0.5),
    Look(
        -0.05,
        0.17,
        0.34,
        (62, 42, 34),
        (44, 56, 78),
        0.0,
        0.6,
        spread=1.1,
        lift=1.1,
        power=1.5,
        exposure=0.82,
        shine=0.09,
    ),
)


def render_scene(*, plan: Plan, take: int, width: int, height: int, draft: bool = False) -> Floats:
    """A traced picture (H, W, 3) in 0..1 of the plan's things."""
    look = LOOKS[take % len(LOOKS)]
    placed = line_up(
        stage(things=plan.things, relations=plan.relations, seed=take), plan.relations, look.turn
    )
    shop = Workshop(seed=take + 11)
    glasses = []
    for thing in placed:
        if thing.thing.material == "glass" and thing.thing.shape in {"cube", "sphere"}:
            glasses.append(make_glass(thing, yaw=0.42 - look.turn * 0.5))
        else:
            build_thing(shop, thing)
    colour = plan.surface_colour
    ground_colour = linear(_ground_tone(plan.surface, colour, look.wood))
    reach = max(3.4, 2.2 + max(abs(p.x) + p.half for p in placed))
    back = max(p.z + p.half for p in placed) + 1.5
    ground = Ground(
        paint=floor_paint(plan.surface, ground_colour, seed=take * 7 + 3),
        shine=look.shine,
        back=back,
        wall_at=back + 1.4,
        wall=linear(plan.background or look.wall),
    )
    lights = make_lights(
        direction=plan.light,
        warmth=look.warmth,
        pattern=look.pattern,
        spread=look.spread,
        lift=look.lift,
        power=look.power,
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
        draft=draft,
    )
    camera = aim_camera(placed, look.turn, look.rise, look.lens, width / height)
    picture = expose(
        shader=set_.see,
        camera=camera,
        width=width,
        height=height,
        exposure=look.exposure,
        smooth=not draft,
    )
    return finish(picture)


def line_up(
    placed: tuple[Placed, ...], relations: tuple[Relation, ...], turn: float
) -> tuple[Placed, ...]:
    """Move what stands behind something along with the camera's turn, so that it stays behind."""
    out = list(placed)
    for relation in relations:
        if relation.how == "behind":
            thing, anchor = out[relation.subject], out[relation.anchor]
            slide = float(np.tan(turn)) * (thing.z - anchor.z) * 0.85
            out[relation.subject] = replace(thing, x=thing.x + slide)
    return tuple(out)


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
    tint = 0.25 * linear(placed.thing.colour) + 0.75 * np.array([0.70, 0.96, 0.92])
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
