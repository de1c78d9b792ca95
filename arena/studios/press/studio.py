"""Studio Press: vector drawing printed on paper."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.noise import Floats
from arena.studios.press.animals import print_animals
from arena.studios.press.diorama import print_diorama
from arena.studios.press.drive import drive_press
from arena.studios.press.emblem import print_emblem
from arena.studios.press.menu import print_menu
from arena.studios.press.poster import print_poster_page
from arena.studios.press.prints import print_night, print_painterly, print_poster
from arena.studios.press.scene import print_scene

KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": print_emblem,
    "menu": print_menu,
    "poster": print_poster_page,
    "diorama": print_diorama,
    "scene": print_scene,
    "animals": print_animals,
    "night": print_night,
    "painterly": print_painterly,
    "print": print_poster,
    "drive": drive_press,
}
REFUSALS: dict[str, str] = {
    "people": "Studio Press cuts animals and things from paper; it has no patterns for people.",
    "portrait": "A portrait needs a face, and Studio Press cannot draw human faces well.",
    "caricature": "A caricature must know a face, and Studio Press only sees areas of colour.",
    "hair": "Studio Press can print a photo in other inks but cannot give anyone other hair.",
    "change": (
        "Studio Press prints photos as nights, pastels and posters; it cannot change "
        "what is in them."
    ),
    "nothing": "Studio Press found nothing in the prompt that it has a drawing for.",
}
