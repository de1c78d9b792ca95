"""Isometric miniatures by the ray studio: a raised base, a dish or things, lettering above."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.camera import frame_bounds
from arena.studios.darkroom import expose, finish, tone
from arena.studios.flat.lettering import set_title
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.ray import shapes as s
from arena.studios.ray.dishes import build_dish
from arena.studios.ray.lighting import make_lights
from arena.studios.ray.materials import linear
from arena.studios.ray.models import Workshop, build_thing
from arena.studios.ray.soundstage import Ground, Stage
from arena.studios.ray.tracer import make_body
from arena.studios.staging import stage
from arena.studios.vocabulary import Rgb

SKY: Rgb = (188, 220, 240)


@dataclass(frozen=True)
class Look:
    """A take's base and plate (colour and outline), camera turn in degrees, and light."""

    base: Rgb
    plate: Rgb
    block: str
    outline: str
    turn: float
    light: str = "left"
    warmth: float = 0.4
    meadow: Rgb = (132, 178, 104)


# Oak board with slate, white marble round, walnut steps, teal octagon, sand-coloured drum.
LOOKS: tuple[Look, ...] = (
    Look((172, 122, 78), (58, 62, 70), "square", "square", 45.0),
    Look((238, 236, 232), (208, 222, 230), "round", "round", 38.0, "front", 0.1, (160, 196, 150)),
    Look((108, 70, 46), (206, 176, 132), "steps", "square", 45.0, "left", 0.9, (122, 160, 84)),
    Look((46, 108, 112), (240, 234, 220), "octagon", "octagon", 52.0, "right", 0.3),
    Look((222, 176, 140), (176, 62, 54), "drum", "round", 30.0, "behind", 0.7, (142, 184, 120)),
)


def render_diorama(
    *, plan: Plan, take: int, width: int, height: int, draft: bool = False
) -> Floats:
    """A traced miniature under a title, (H, W, 3) in 0..1."""
    look = LOOKS[take % len(LOOKS)]
    shop = Workshop(seed=take + 5)
    top = _build_base(shop, look, look.plate if plan.dish else look.meadow)
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
        direction=look.light,
        warmth=look.warmth,
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
        draft=draft,
    )
    r = 1.66
    corners = np.array(
        [(x, y, z) for x in (-r, r) for y in (0, 1.25) for z in (-r, r)], dtype=np.float32
    ).T
    camera = frame_bounds(
        corners=corners,
        azimuth=np.radians(look.turn),
        elevation=np.radians(42),
        lens=1.0,
        aspect=width / height,
        fill=0.86,
        lift=-0.15 if plan.lettering else 0.0,
        flat=True,
    )
    picture = expose(
        shader=set_.see, camera=camera, width=width, height=height, exposure=0.95, smooth=not draft
    )
    picture = finish(picture, glow=0.0, vignette=0.0, grain=0.004)
    return set_title(picture=picture, lines=plan.lettering, flag=plan.flag, style=take, ground=sky)


def _before_tone(colour: Rgb) -> Floats:
    """Light that the tone curve turns into exactly this colour (by table)."""
    light = np.linspace(0, 6, 4096).astype(np.float32)
    wanted = np.array(colour, dtype=np.float32) / 255
    return (np.interp(wanted, tone(light), light) / 0.95).astype(np.float32)


def _build_base(shop: Workshop, look: Look, plate: Rgb) -> float:
    """Base and plate; returns the height of the plate's top."""
    base = look.base
    kind = "marble" if min(base) > 225 else ("wood" if base[0] - base[2] > 40 else "matte")
    foot = shop.material(base, "matte" if look.block == "drum" else kind)
    rim = shop.material(tuple(round(c * 0.82) for c in base), "matte")  # type: ignore[arg-type]
    slab = shop.material(plate, "")
    for shape, up, wide in _block(look.block):
        shop.add([make_body(shape=shape, at=(0, up, 0), material=rim if wide else foot)])
    flat = {
        "round": lambda: s.cylinder(1.46, 0.05, edge=0.045),
        "octagon": lambda: s.prism(1.42, 0.05, sides=8, edge=0.04),
        "square": lambda: s.box(1.42, 0.05, 1.42, edge=0.045),
    }[look.outline]()
    shop.add([make_body(shape=flat, at=(0, 0.36, 0), material=slab)])
    return 0.41


def _block(block: str) -> list[tuple[s.Shape, float, bool]]:
    """Solids of a base under 0.32, each with its height and whether it is the darker rim."""
    if block == "round":
        return [
            (s.cylinder(1.64, 0.16, edge=0.08), 0.16, False),
            (s.cylinder(1.7, 0.05, edge=0.04), 0.06, True),
        ]
    if block == "drum":
        rings = [(s.cylinder(1.66, 0.025, edge=0.02), up, True) for up in (0.03, 0.29)]
        return [(s.cylinder(1.6, 0.16, edge=0.03), 0.16, False), *rings]
    if block == "octagon":
        return [
            (s.prism(1.58, 0.16, sides=8, edge=0.06), 0.16, False),
            (s.prism(1.64, 0.05, sides=8, edge=0.04), 0.06, True),
        ]
    if block == "steps":
        return [
            (s.box(1.5, 0.16, 1.5, edge=0.03), 0.16, False),
            (s.box(1.6, 0.1, 1.6, edge=0.03), 0.1, False),
            (s.box(1.7, 0.045, 1.7, edge=0.03), 0.045, True),
        ]
    return [
        (s.box(1.62, 0.16, 1.62, edge=0.1), 0.16, False),
        (s.box(1.66, 0.05, 1.66, edge=0.05), 0.06, True),
    ]


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
