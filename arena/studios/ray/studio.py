"""Studio Ray: solid things, light and relief, traced in NumPy."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.noise import Floats
from arena.studios.ray.diorama import render_diorama
from arena.studios.ray.drive import drive_photo
from arena.studios.ray.medallion import carve_emblem
from arena.studios.ray.night import turn_to_night
from arena.studios.ray.scene import render_scene

KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": carve_emblem,
    "diorama": render_diorama,
    "scene": render_scene,
    "night": turn_to_night,
    "drive": drive_photo,
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
    "animals": "Fur and faces need more than solid geometry, so this studio models no animals.",
    "people": "This studio models things from solids and cannot draw people or faces.",
    "portrait": "This studio models things from solids, and a portrait needs a living face.",
    "print": "Printing is for the press; this studio traces light, and turns pictures to night.",
    "painterly": "This studio traces light and does not paint; it leaves painting to others.",
    "caricature": "This studio traces light in solid things and cannot make caricatures.",
    "hair": "This studio cannot change people, so it leaves hair as it is.",
    "change": "The only edit this studio makes is turning a picture to night.",
}
