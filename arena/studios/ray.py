"""Studio Ray: solid things, light and relief, traced in NumPy."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.medallion import carve_emblem
from arena.studios.night import turn_to_night
from arena.studios.noise import Floats
from arena.studios.painterly import paint_softly
from arena.studios.ray_diorama import render_diorama
from arena.studios.ray_scene import render_scene

KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": carve_emblem,
    "diorama": render_diorama,
    "scene": render_scene,
    "night": turn_to_night,
    "painterly": paint_softly,
}
REFUSALS: dict[str, str] = {
    "menu": (
        "A menu page is flat layout and this studio models solid things in light, "
        "so it leaves menus to others."
    ),
    "poster": (
        "An infographic poster is flat layout and this studio models solid things in light, "
        "so it leaves posters to others."
    ),
    "print": "Printing is for the press; this studio repaints pictures or turns them to night.",
}
