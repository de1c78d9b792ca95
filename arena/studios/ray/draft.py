"""Studio Ray Draft: a small, flat-lit trace of the ray studio's subjects, enlarged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.ray.diorama import render_diorama
from arena.studios.ray.medallion import carve_emblem
from arena.studios.ray.scene import render_scene

SIDE = 224
NO_EDITS = "A draft only draws new pictures; it does not change pictures it is given."


def _draft(renderer: Callable[..., Floats]) -> Callable[..., Floats]:
    def draw(*, plan: Plan, take: int, width: int, height: int) -> Floats:
        """A draft of the renderer's picture, (H, W, 3) in 0..1."""
        # Not the same view as the finished studio's take of that number.
        take = take + 3
        share = min(1.0, SIDE / max(width, height))
        small = max(16, round(width * share)), max(16, round(height * share))
        rough = {} if renderer is carve_emblem else {"draft": True}
        picture = renderer(plan=plan, take=take, width=small[0], height=small[1], **rough)
        # Flat light: shadows lifted and highlights pulled down, as in a preview.
        flat = 0.07 + 0.86 * np.clip(picture, 0, 1) ** 0.94
        pixels = Image.fromarray((flat * 255 + 0.5).astype(np.uint8), "RGB")
        large = pixels.resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(large, dtype=np.float32) / np.float32(255)

    return draw


KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": _draft(carve_emblem),
    "diorama": _draft(render_diorama),
    "scene": _draft(render_scene),
}
REFUSALS: dict[str, str] = {
    "menu": "A menu page is flat layout, and a draft only models solid things.",
    "poster": "A poster is flat layout, and a draft only models solid things.",
    "animals": "A draft models things from solids; fur and faces are beyond it.",
    "people": "A draft models things from solids and cannot draw people.",
    "portrait": "A draft models things from solids and cannot draw portraits.",
    "night": NO_EDITS,
    "painterly": NO_EDITS,
    "print": NO_EDITS,
    "drive": NO_EDITS,
    "caricature": NO_EDITS,
    "hair": NO_EDITS,
    "change": NO_EDITS,
}
