"""What each species is cut from: shapes of its parts and the colours of its coats."""

from __future__ import annotations

from dataclasses import dataclass, replace

from arena.studios.creatures import Creature
from arena.studios.flat.inks import blend
from arena.studios.plan import DeclinedError
from arena.studios.vocabulary import COLOURS, Rgb

WHITE: Rgb = (252, 248, 240)
PINK: Rgb = (244, 168, 164)
DARK: Rgb = (52, 40, 40)


@dataclass(frozen=True)
class Beast:
    """The pattern of a four-legged animal, by names of its parts, and its colours.

    `base` is the coat, `light` chest, muzzle and tail tip, `marking` stripes or patches.
    """

    skull: str
    ears: str
    muzzle: str
    tail: str
    base: Rgb
    light: Rgb = WHITE
    marks: str = ""
    marking: Rgb = DARK
    inner: Rgb = PINK
    paw: Rgb | None = None
    nose: Rgb = DARK
    iris: Rgb = (112, 66, 36)


BEASTS: dict[str, Beast] = {
    "dog": Beast("dog", "floppy", "dog", "plume", (226, 164, 86), (252, 226, 176)),
    "cat": Beast("cat", "pointed", "cat", "curl", (196, 160, 120), (250, 238, 218), nose=PINK,
                 iris=(120, 168, 80)),
    "rabbit": Beast("rabbit", "long", "rabbit", "puff", (206, 172, 140), (252, 242, 230),
                    nose=(222, 128, 130), iris=(94, 58, 44)),
    "fox": Beast("fox", "fox", "fox", "brush", (224, 106, 46), paw=(74, 44, 40), marks="fox",
                 inner=(82, 48, 42), iris=(196, 128, 40)),
    "bear": Beast("round", "round", "bear", "stub", (150, 98, 62), (226, 184, 138)),
    "panda": Beast("round", "round", "bear", "stub", WHITE, WHITE, "panda", (56, 52, 56),
                   inner=(56, 52, 56), paw=(56, 52, 56)),
    "deer": Beast("deer", "leaf", "deer", "stub", (198, 134, 82), (250, 232, 204), "dots",
                  (250, 232, 204)),
    "wolf": Beast("fox", "fox", "fox", "brush", (134, 140, 152), (240, 242, 244), "fox",
                  inner=(84, 88, 100), iris=(222, 174, 64)),
    "lion": Beast("round", "round", "cat", "tassel", (234, 178, 92), (252, 228, 180), "mane",
                  (176, 98, 44), iris=(150, 98, 40)),
    "tiger": Beast("cat", "round", "cat", "curl", (240, 146, 56), marks="stripes", nose=PINK,
                   iris=(150, 160, 60)),
    "mouse": Beast("round", "saucer", "rabbit", "string", (176, 170, 172), (240, 234, 232),
                   nose=(230, 140, 144)),
    "squirrel": Beast("rabbit", "pointed", "rabbit", "tower", (188, 96, 52), (252, 230, 204)),
    "pig": Beast("round", "leaf", "pig", "twist", (246, 180, 176), (252, 208, 202),
                 inner=(232, 142, 144)),
    "cow": Beast("deer", "leaf", "cow", "tassel", WHITE, (250, 240, 232), "patches",
                 (70, 58, 56)),
    "sheep": Beast("deer", "leaf", "sheep", "puff", (250, 244, 232), (250, 244, 232), "wool",
                   (250, 244, 232)),
}  # fmt: skip
COATS: dict[str, Rgb] = {
    "golden": (228, 166, 86), "red": (218, 96, 44), "tabby": (192, 156, 118),
    "ginger": (234, 146, 66), "orange": (236, 142, 58), "black": (66, 62, 70), "white": WHITE,
    "brown": (142, 92, 60), "grey": (150, 152, 160), "gray": (150, 152, 160),
    "silver": (190, 194, 202), "calico": (250, 240, 226), "spotted": (248, 240, 228),
    "polar": (246, 244, 238), "arctic": (244, 246, 248),
    "blue": COLOURS["blue"], "yellow": (248, 206, 76), "green": COLOURS["green"],
}  # fmt: skip
# Names of species that are cut in their own way in press_animals_wings.
WINGED = frozenset({"owl", "bird", "duck", "chicken", "penguin", "hedgehog"})
FLYING = frozenset({"butterfly", "bee"})


def choose_beast(creature: Creature) -> Beast:
    """The pattern and colours of a four-legged creature, with its coat word applied."""
    beast = BEASTS[creature.species]
    if creature.species == "deer" and not creature.young:
        beast = replace(beast, marks="antlers", marking=(150, 104, 70))
    base = COATS.get(creature.coat)
    if base is None:
        return beast
    pale = sum(base) > 640
    light = blend(base, WHITE, 0.72) if not pale else WHITE
    beast = replace(beast, base=base, light=light)
    if creature.species == "cat" and creature.coat in {"tabby", "ginger", "orange", "grey"}:
        return replace(beast, marks="stripes", marking=blend(base, DARK, 0.52))
    if creature.coat in {"spotted", "calico"}:
        patch: Rgb = (206, 120, 60) if creature.coat == "calico" else (96, 70, 56)
        return replace(beast, marks="patches", marking=patch)
    if creature.species == "fox" and creature.coat == "red":
        return replace(beast, light=WHITE)
    if creature.coat == "black":
        return replace(beast, light=(128, 122, 132), iris=(214, 170, 60), nose=(36, 32, 36))
    return beast


def check_known(creatures: tuple[Creature, ...]) -> None:
    """Raise DeclinedError naming the species that this studio has no pattern for."""
    known = set(BEASTS) | WINGED | FLYING
    unknown = [c.species for c in creatures if c.species not in known]
    if unknown:
        names = " and ".join(dict.fromkeys(unknown))
        raise DeclinedError(f"Studio Press has no cutting pattern for this animal: {names}.")
