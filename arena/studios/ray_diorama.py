"""Isometric miniatures by the ray studio: a raised base, a dish or things, lettering above."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from arena.studios import shapes as s
from arena.studios.camera import frame_bounds
from arena.studios.darkroom import expose, finish, tone
from arena.studios.dishes import build_dish
from arena.studios.lettering import set_title
from arena.studios.lighting import make_lights
from arena.studios.materials import linear
from arena.studios.models import Workshop, build_thing
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.soundstage import Ground, Stage
from arena.studios.staging import stage
from arena.studios.tracer import make_body
from arena.studios.vocabulary import Rgb

SKY: Rgb = (188, 220, 240)
# Base colour, plate colour, plate outline, camera turn in degrees.
LOOKS: tuple[tuple[Rgb, Rgb, str, float], ...] = (
    ((172, 122, 78), (58, 62, 70), "square", 45.0),
    ((236, 228, 214), (226, 232, 236), "round", 38.0),
    ((108, 70, 46), (196, 164, 122), "square", 45.0),
)


def render_diorama(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A traced miniature under a title, (H, W, 3) in 0..1."""
    base, plate, outline, turn = LOOKS[take % len(LOOKS)]
    shop = Workshop(seed=take + 5)
    top = _build_base(shop, base, plate if plan.dish else (132, 178, 104), outline)
    if plan.dish:
        build_dish(shop, plan.dish, take=take, floor=top)
    else:
        _build_things(shop, plan, take, top)
    sky = plan.background or SKY
    ground = Ground(
        paint=lambda x, z: np.ones((3, x.size), dtype=np.float32),
        shine=0.0,
        back=60.0,
        wall_at=61.0,
        wall=linear(sky),
        flat_colour=_before_tone(sky),
    )
    lights = make_lights(
        direction="left",
        warmth=0.4,
        pattern=0.0,
        spread=2.4,
        bounce=linear(sky) * 0.35,
        room=np.array([0.75, 0.8, 0.85], dtype=np.float32),
    )
    set_ = Stage(
        clusters=tuple(shop.clusters),
        materials=shop.materials,
        glasses=(),
        lights=lights,
        ground=ground,
        reach=4.6,
    )
    r = 1.66
    corners = np.array(
        [(x, y, z) for x in (-r, r) for y in (0, 1.25) for z in (-r, r)], dtype=np.float32
    ).T
    camera = frame_bounds(
        corners=corners,
        azimuth=np.radians(turn),
        elevation=np.radians(42),
        lens=1.0,
        aspect=width / height,
        fill=0.78,
        lift=-0.17 if plan.lettering else 0.0,
        flat=True,
    )
    picture = expose(shader=set_.see, camera=camera, width=width, height=height, exposure=0.95)
    picture = finish(picture, glow=0.0, vignette=0.0, grain=0.004)
    return set_title(picture=picture, lines=plan.lettering, flag=plan.flag, style=take, ground=sky)


def _before_tone(colour: Rgb) -> Floats:
    """Light that the tone curve turns into exactly this colour (by table)."""
    light = np.linspace(0, 6, 4096).astype(np.float32)
    wanted = np.array(colour, dtype=np.float32) / 255
    return (np.interp(wanted, tone(light), light) / 0.95).astype(np.float32)


def _build_base(shop: Workshop, base: Rgb, plate: Rgb, outline: str) -> float:
    foot = shop.material(base, "wood" if base[0] - base[2] > 40 else "matte")
    rim = shop.material(tuple(round(c * 0.82) for c in base), "matte")  # type: ignore[arg-type]
    slab = shop.material(plate, "")
    shop.add([make_body(shape=s.box(1.62, 0.16, 1.62, edge=0.1), at=(0, 0.16, 0), material=foot)])
    shop.add([make_body(shape=s.box(1.66, 0.05, 1.66, edge=0.05), at=(0, 0.06, 0), material=rim)])
    shape = (
        s.cylinder(1.46, 0.05, edge=0.045)
        if outline == "round"
        else s.box(1.42, 0.05, 1.42, edge=0.045)
    )
    shop.add([make_body(shape=shape, at=(0, 0.36, 0), material=slab)])
    return 0.41


def _build_things(shop: Workshop, plan: Plan, take: int, top: float) -> None:
    placed = stage(things=plan.things, relations=plan.relations, seed=take)
    wide = max(*(abs(p.x) + p.half for p in placed), *(abs(p.z) + p.half for p in placed))
    tall = max(p.y + p.height for p in placed)
    scale = min(1.25 / wide, 1.5 / tall, 1.1)
    middle = sum(p.x for p in placed) / len(placed)
    for p in placed:
        build_thing(
            shop,
            replace(
                p,
                x=(p.x - middle) * scale,
                y=p.y * scale + top,
                z=p.z * scale,
                height=p.height * scale,
                half=p.half * scale,
            ),
        )
