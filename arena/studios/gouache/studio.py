"""Studio Gouache: a painter with bristle brushes, washes and patience for fur."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.gouache.animals import paint_animals
from arena.studios.gouache.drive import drive_gouache
from arena.studios.gouache.emblem import paint_emblem
from arena.studios.gouache.menu import paint_menu
from arena.studios.gouache.night import paint_night
from arena.studios.gouache.painterly import paint_softly
from arena.studios.gouache.poster import paint_poster
from arena.studios.gouache.scene import paint_diorama, paint_scene
from arena.studios.noise import Floats

KINDS: dict[str, Callable[..., Floats]] = {
    "animals": paint_animals,
    "diorama": paint_diorama,
    "emblem": paint_emblem,
    "menu": paint_menu,
    "night": paint_night,
    "painterly": paint_softly,
    "poster": paint_poster,
    "scene": paint_scene,
    "drive": drive_gouache,
}
REFUSALS: dict[str, str] = {
    "people": "This painter paints animals and things; for people in a street it has no hand.",
    "portrait": "A close portrait needs a likeness, and this painter cannot paint faces of people.",
    "caricature": "A caricature needs a person's features, which this painter cannot read.",
    "hair": "This painter repaints whole pictures and cannot give a person new hair.",
    "change": (
        "This painter can turn a picture into a painting or into a painted night, "
        "but it cannot change what is in it."
    ),
    "print": "Prints are made with blocks and screens; this painter only has brushes.",
    "nothing": "This painter found nothing in the prompt that it knows how to paint.",
}
