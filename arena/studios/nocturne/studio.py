"""Studio Nocturne: the lighting specialist, for edits only: night, and painted film backgrounds."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.nocturne.anime import paint_background
from arena.studios.nocturne.drive import drive_night
from arena.studios.nocturne.light import relight_night
from arena.studios.nocturne.night import bring_night
from arena.studios.noise import Floats

KINDS: dict[str, Callable[..., Floats]] = {
    "night": bring_night,
    "painterly": paint_background,
    "drive": drive_night,
}
REFUSALS: dict[str, str] = {
    "print": "Printing is for the press; this studio changes the light in a picture.",
    "caricature": (
        "This studio changes light and sky and leaves faces as they are, "
        "so it draws no caricatures."
    ),
    "hair": "This studio changes light and sky; it cannot change hair or anything else on a person.",
    "change": (
        "This studio can turn a picture to night or into a painted film background; "
        "it makes no other changes."
    ),
}

__all__ = ["KINDS", "REFUSALS", "relight_night"]
