"""Isometric miniatures in flat vector by the press studio."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from arena.studios.flat.drawing import View, shadow
from arena.studios.flat.inks import svg_colour
from arena.studios.flat.lettering import set_title
from arena.studios.flat.paper import paper_grain
from arena.studios.flat.sushi import draw_base, draw_dish
from arena.studios.flat.things import draw_thing
from arena.studios.fonts import rasterise, sheet
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.staging import stage
from arena.studios.vocabulary import Rgb

SKY: Rgb = (188, 220, 240)
# Wood, plate, plate is round, base is round.
LOOKS: tuple[tuple[Rgb, Rgb, bool, bool], ...] = (
    ((198, 146, 94), (62, 76, 96), False, False),
    ((232, 220, 202), (246, 246, 244), True, False),
    ((136, 88, 62), (214, 184, 140), False, False),
    ((92, 104, 122), (238, 236, 230), True, True),
    ((214, 120, 104), (58, 62, 70), True, True),
)


def print_diorama(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A flat isometric miniature under a title, (H, W, 3) in 0..1."""
    wood, plate, rounded, drum = LOOKS[take % len(LOOKS)]
    sky = plan.background or SKY
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    middle = 0.63 if plan.lettering else 0.54
    view = View(wide / 2, tall * middle, 186, "isometric")
    if not plan.dish:
        plate, rounded = (142, 186, 112), drum
    body, top = draw_base(view, wood=wood, plate=plate, round_plate=rounded, round_base=drum)
    body += (
        draw_dish(view, plan.dish, take=take, floor=top)
        if plan.dish
        else _things(view, plan, take, top)
    )
    art = rasterise(
        sheet(body, width=wide, height=tall, ground=svg_colour(sky)), width=width, height=height
    )[..., :3]
    grain = paper_grain(width=width, height=height, seed=300 + take, strength=0.25)
    picture = np.clip(art * grain[..., None], 0, 1).astype(np.float32)
    return set_title(
        picture=picture, lines=plan.lettering, flag=plan.flag, style=take + 1, ground=sky
    )


def _things(view: View, plan: Plan, take: int, top: float) -> str:
    placed = stage(things=plan.things, relations=plan.relations, seed=take)
    reach = max(max(abs(p.x) + p.half, abs(p.z) + p.half) for p in placed)
    scale = min(1.3 / reach, 1.7 / max(p.y + p.height for p in placed), 1.2)
    middle = sum(p.x for p in placed) / len(placed)
    moved = [
        replace(
            p,
            x=(p.x - middle) * scale,
            y=p.y * scale + top,
            z=p.z * scale,
            height=p.height * scale,
            half=p.half * scale,
        )
        for p in placed
    ]
    lifted = View(view.x, view.y - top * view.rise * view.scale, view.scale, view.kind)
    out = "".join(
        shadow(lifted, x=p.x, z=p.z, half=p.half * 0.9, height=p.height, light="left")
        for p in moved
        if p.inside < 0 and p.y <= top + 1e-6
    )
    # Nearer in this view means further right (x) and less far away (z).
    for number, p in enumerate(sorted(moved, key=lambda p: (p.x - p.z, p.y))):
        out += draw_thing(view, p, name=f"d{number}", light="left")
    return out
