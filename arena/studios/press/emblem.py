"""Logos printed by the press studio."""

from __future__ import annotations

import numpy as np

from arena.studios.flat.emblem import Inks, draw_emblem
from arena.studios.flat.inks import choose_inks, svg_colour
from arena.studios.flat.paper import paper_grain, print_ink
from arena.studios.fonts import rasterise
from arena.studios.noise import Floats
from arena.studios.plan import Plan


def print_emblem(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A logo on textured paper, (H, W, 3) in 0..1; each take is another layout."""
    ink, ground, accent = choose_inks(plan)
    inks = Inks(svg_colour(ink), svg_colour(ground), svg_colour(accent))
    side = min(width, height)
    art = np.zeros((height, width, 4), dtype=np.float32)
    top, left = (height - side) // 2, (width - side) // 2
    art[top : top + side, left : left + side] = rasterise(
        draw_emblem(plan=plan, layout=take, inks=inks), width=side, height=side
    )
    grain = paper_grain(width=width, height=height, seed=100 + take)
    paper = np.array(ground, dtype=np.float32) / 255 * grain[..., None]
    return np.clip(print_ink(art=art, ground=paper, seed=take * 3, wear=0.5), 0, 1)
