"""What young animals look like: coats, ears, muzzles and markings, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from arena.studios.gouache.fur import Coat, Colour
from arena.studios.noise import Floats


@dataclass(frozen=True)
class Species:
    """Build of an animal; colours 0..1.

    `ear` is flop, point, long, round or leaf; `tail` plume, thin, puff, brush or stub; `marks`
    are drawn into the coat; `muzzle` is the half width and height of the snout.
    """

    name: str
    main: Colour
    pale: Colour
    dark: Colour
    ear: str
    tail: str
    eye: Colour = (0.36, 0.20, 0.10)
    nose: Colour = (0.16, 0.11, 0.11)
    muzzle: tuple[float, float] = (44, 34)
    marks: str = ""
    fluff: float = 1.0
    head: tuple[float, float] = (100, 88)
    tongue: bool = False
    whiskers: bool = False


SPECIES: dict[str, Species] = {
    "dog": Species(
        "dog", (0.93, 0.72, 0.42), (1.0, 0.90, 0.72), (0.74, 0.48, 0.22), "flop", "plume",
        muzzle=(50, 40), tongue=True, head=(96, 92), eye=(0.30, 0.16, 0.07),
    ),
    "cat": Species(
        "cat", (0.70, 0.60, 0.52), (0.97, 0.92, 0.85), (0.27, 0.21, 0.19), "point", "thin",
        eye=(0.42, 0.62, 0.28), nose=(0.90, 0.52, 0.50), muzzle=(36, 24), marks="tabby",
        whiskers=True, head=(102, 84),
    ),
    "rabbit": Species(
        "rabbit", (0.93, 0.89, 0.85), (1.0, 0.98, 0.95), (0.70, 0.60, 0.56), "long", "puff",
        eye=(0.26, 0.15, 0.10), nose=(0.88, 0.56, 0.55), muzzle=(34, 26), whiskers=True,
        head=(90, 84), marks="belly",
    ),
    "fox": Species(
        "fox", (0.95, 0.48, 0.18), (1.0, 0.97, 0.92), (0.30, 0.17, 0.13), "point", "brush",
        eye=(0.66, 0.40, 0.10), muzzle=(36, 30), marks="fox", fluff=1.35, head=(100, 82),
    ),
    "bear": Species(
        "bear", (0.55, 0.36, 0.22), (0.84, 0.66, 0.46), (0.30, 0.19, 0.12), "round", "stub",
        muzzle=(46, 36), head=(100, 92),
    ),
    "deer": Species(
        "deer", (0.80, 0.55, 0.33), (0.99, 0.94, 0.85), (0.50, 0.31, 0.18), "leaf", "stub",
        muzzle=(38, 38), marks="fawn", head=(80, 90), eye=(0.20, 0.11, 0.07),
    ),
    "bird": Species(
        "bird", (0.42, 0.62, 0.80), (0.98, 0.80, 0.62), (0.22, 0.36, 0.54), "none", "wing",
        nose=(0.95, 0.66, 0.20), marks="breast", head=(80, 76), muzzle=(0, 0),
    ),
    "owl": Species(
        "owl", (0.66, 0.50, 0.36), (0.96, 0.90, 0.80), (0.36, 0.25, 0.17), "tuft", "wing",
        eye=(0.95, 0.70, 0.16), nose=(0.86, 0.64, 0.30), marks="owl", head=(104, 92),
        muzzle=(0, 0),
    ),
}  # fmt: skip
_WILD: dict[str, tuple[str, dict[str, Any]]] = {
    "wolf": ("fox", {"main": (0.58, 0.58, 0.60), "dark": (0.26, 0.26, 0.30)}),
    "squirrel": ("fox", {"main": (0.72, 0.40, 0.22), "head": (88.0, 80.0)}),
    "tiger": ("cat", {"main": (0.96, 0.62, 0.25), "dark": (0.16, 0.11, 0.10), "ear": "round"}),
    "lion": ("cat", {"main": (0.92, 0.72, 0.42), "marks": "", "ear": "round", "fluff": 1.5}),
    "panda": ("bear", {"main": (0.97, 0.96, 0.93), "dark": (0.13, 0.12, 0.14), "marks": "panda"}),
    "chicken": ("bird", {"main": (0.99, 0.85, 0.40), "pale": (1.0, 0.93, 0.62),
                         "dark": (0.90, 0.66, 0.22), "nose": (0.93, 0.50, 0.18)}),
    "duck": ("bird", {"main": (0.98, 0.86, 0.46), "pale": (1.0, 0.95, 0.72),
                      "dark": (0.66, 0.50, 0.26), "nose": (0.95, 0.58, 0.20)}),
    "mouse": ("bear", {"main": (0.72, 0.68, 0.66), "pale": (0.96, 0.90, 0.87),
                       "nose": (0.90, 0.55, 0.55), "muzzle": (30.0, 22.0), "whiskers": True,
                       "tail": "thin"}),
}  # fmt: skip
for _name, (_like, _other) in _WILD.items():
    SPECIES[_name] = replace(SPECIES[_like], name=_name, **_other)

COATS: dict[str, tuple[Colour, Colour]] = {
    "golden": ((0.93, 0.72, 0.42), (0.74, 0.48, 0.22)),
    "red": ((0.95, 0.48, 0.18), (0.30, 0.17, 0.13)),
    "orange": ((0.96, 0.60, 0.28), (0.68, 0.34, 0.12)),
    "ginger": ((0.95, 0.60, 0.30), (0.70, 0.34, 0.14)),
    "white": ((0.97, 0.95, 0.92), (0.76, 0.72, 0.72)),
    "cream": ((0.97, 0.88, 0.72), (0.80, 0.64, 0.46)),
    "black": ((0.24, 0.22, 0.25), (0.10, 0.09, 0.11)),
    "grey": ((0.62, 0.62, 0.66), (0.34, 0.34, 0.38)),
    "gray": ((0.62, 0.62, 0.66), (0.34, 0.34, 0.38)),
    "polar": ((0.97, 0.95, 0.92), (0.76, 0.72, 0.72)),
    "arctic": ((0.97, 0.95, 0.94), (0.74, 0.74, 0.80)),
    "silver": ((0.74, 0.76, 0.80), (0.42, 0.44, 0.50)),
    "brown": ((0.58, 0.39, 0.25), (0.32, 0.20, 0.13)),
    "blue": ((0.42, 0.62, 0.80), (0.22, 0.36, 0.54)),
    "yellow": ((0.98, 0.84, 0.36), (0.80, 0.58, 0.20)),
}


def find_species(species: str, coat: str) -> Species | None:
    """The build for a species and a coat word, or None when it is not known."""
    found = SPECIES.get(species)
    if found is None or coat not in COATS:
        return found
    main, dark = COATS[coat]
    return replace(found, main=main, dark=dark if coat != "red" or found.name == "fox" else (
        0.62, 0.26, 0.10))  # fmt: skip


def head_coat(kind: Species) -> Coat:
    """The colour of head hair at (x, y) in -1..1 about the middle of the head."""
    main, pale, dark = (np.array(c) for c in (kind.main, kind.pale, kind.dark))

    def coat(x: Floats, y: Floats) -> Floats:
        pale_share = _pale_face(kind, x, y)
        colour = _mix(np.broadcast_to(main, (x.size, 3)), pale, pale_share)
        return _mix(colour, dark, _dark_face(kind, x, y))

    return coat


def body_coat(kind: Species) -> Coat:
    """The colour of body hair at (x, y) in -1..1 about the middle of a part."""
    main, pale, dark = (np.array(c) for c in (kind.main, kind.pale, kind.dark))

    def coat(x: Floats, y: Floats) -> Floats:
        colour = np.broadcast_to(main, (x.size, 3)).copy()
        if kind.marks == "tabby":
            wave = np.sin(y * 11 + 2.2 * np.abs(x) + 0.6 * np.sin(x * 5))
            return _mix(colour, dark, 0.75 * np.clip(wave * 2.2 - 0.8, 0, 1))
        if kind.marks == "fawn":
            spot = np.sin(x * 9 + 1) * np.sin(y * 8 + x * 3)
            return _mix(colour, pale, np.clip(spot * 5 - 3.1, 0, 1) * (y < 0.3))
        if kind.marks in {"breast", "owl"}:
            share = np.clip(1.5 - 2.2 * np.hypot(x * 1.1, y - 0.25), 0, 1)
            colour = _mix(colour, pale, share)
            fleck = np.clip(np.sin(x * 16) * np.sin(y * 13) * 4 - 2.2, 0, 1)
            return _mix(colour, dark, fleck * (0.8 if kind.marks == "owl" else 0.0))
        return _mix(colour, pale, 0.25 * np.clip(y, 0, 1))

    return coat


def _mix(base: Floats, other: Floats, share: Floats) -> Floats:
    return np.asarray(base * (1 - share[:, None]) + other * share[:, None])


def _step(x: Floats, soft: float = 0.12) -> Floats:
    return np.clip(x / soft + 0.5, 0, 1)


def _pale_face(kind: Species, x: Floats, y: Floats) -> Floats:
    if kind.marks == "fox":
        # White cheeks that climb at the sides and leave an orange wedge down to the nose.
        return _step(y - 0.16 + 0.50 * np.clip(np.abs(x) - 0.1, 0, 1) * -1 + 0.10) * _step(
            np.abs(x) - 0.16 + 0.5 * (y - 0.35), 0.2
        )
    if kind.marks == "tabby":
        brow = np.hypot((np.abs(x) - 0.42) / 0.30, (y - 0.02) / 0.34)
        return 0.75 * np.maximum(_step(y - 0.42 + 0.1 * np.abs(x), 0.3), _step(1 - brow, 0.4) * 0.6)
    if kind.marks == "owl":
        disc = np.hypot((np.abs(x) - 0.40) / 0.44, (y + 0.02) / 0.52)
        return _step(1 - disc, 0.2)
    if kind.marks == "breast":
        return _step(y - 0.45, 0.3)
    if kind.marks == "panda":
        return np.zeros_like(x)
    face = np.hypot(x / 0.24, (y + 0.35) / 0.6)
    return 0.65 * np.maximum(_step(y - 0.5, 0.4), 0.5 * _step(1 - face, 0.6))


def _dark_face(kind: Species, x: Floats, y: Floats) -> Floats:
    if kind.marks == "tabby":
        # The M on the brow and two lines from the outer eye.
        crown = np.clip(np.cos(x * 15.5) * 1.6 - 0.35, 0, 1) * _step(-y - 0.30, 0.25)
        crown = crown * _step(0.62 - np.abs(x), 0.2)
        cheek = np.clip(np.sin((y - 0.25 * np.abs(x)) * 17 + 1.0) * 2 - 0.9, 0, 1)
        return np.asarray(0.85 * np.maximum(crown, cheek * _step(np.abs(x) - 0.68, 0.1)))
    if kind.marks == "panda":
        return _step(1 - np.hypot((np.abs(x) - 0.42) / 0.27, (y - 0.06) / 0.32), 0.25)
    if kind.marks == "fox":
        return 0.0 * x
    return 0.25 * _step(-y - 0.55, 0.5)
