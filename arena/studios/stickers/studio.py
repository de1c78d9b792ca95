"""Studio Stickers: die-cut emoji on drawn grounds, with bold lettering."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.noise import Floats
from arena.studios.stickers.animals import stick_animals
from arena.studios.stickers.collage import stick_anything
from arena.studios.stickers.diorama import stick_diorama
from arena.studios.stickers.drive import drive_stickers
from arena.studios.stickers.emblem import stick_emblem
from arena.studios.stickers.menu import stick_menu
from arena.studios.stickers.night import stick_night
from arena.studios.stickers.people import stick_people
from arena.studios.stickers.poster import stick_poster
from arena.studios.stickers.scene import stick_scene

KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": stick_emblem,
    "menu": stick_menu,
    "poster": stick_poster,
    "diorama": stick_diorama,
    "scene": stick_scene,
    "animals": stick_animals,
    "people": stick_people,
    "nothing": stick_anything,
    "night": stick_night,
    "drive": drive_stickers,
}
REFUSALS: dict[str, str] = {
    "portrait": "A close portrait needs a face of its own, and stickers only have emoji faces.",
    "caricature": "A caricature has to look like somebody, and no sticker does.",
    "hair": "Hair has to be changed in the photo itself; this studio only pastes on top of it.",
    "change": "This studio pastes stickers on pictures; it cannot change what is in them.",
    "painterly": "Stickers have no brush: this studio cannot repaint a picture.",
    "print": "Stickers come printed already: this studio cannot turn a picture into a print.",
}
