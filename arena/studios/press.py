"""Studio Press: vector drawing printed on paper."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.noise import Floats
from arena.studios.press_diorama import print_diorama
from arena.studios.press_emblem import print_emblem
from arena.studios.press_menu import print_menu
from arena.studios.press_poster import print_poster_page
from arena.studios.press_scene import print_scene
from arena.studios.prints import print_night, print_pastel, print_poster

KINDS: dict[str, Callable[..., Floats]] = {
    "emblem": print_emblem,
    "menu": print_menu,
    "poster": print_poster_page,
    "diorama": print_diorama,
    "scene": print_scene,
    "night": print_night,
    "painterly": print_pastel,
    "print": print_poster,
}
REFUSALS: dict[str, str] = {}
