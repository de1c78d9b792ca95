"""Young animals at play, painted hair by hair in a brushed meadow: the gouache studio's own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.fonts import rasterise, sheet
from arena.studios.gouache.body import draw_animal
from arena.studios.gouache.brush import bleed, brush_for, enlarge, paint_over, surface
from arena.studios.gouache.flora import butterfly, flowers, grass
from arena.studios.gouache.fur import Colour, hex_colour
from arena.studios.gouache.meadow import Mood, add_light, mood_for, paint_ground
from arena.studios.gouache.species import SPECIES, Species, find_species
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan

MOST = 7
FLIERS = frozenset({"butterfly", "butterflies", "moth"})
WINGS: tuple[Colour, ...] = (
    (0.98, 0.60, 0.16), (0.40, 0.62, 0.94), (0.99, 0.86, 0.36), (0.94, 0.52, 0.66),
    (0.70, 0.52, 0.90),
)  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """Where an animal is: page units (1000 on the shorter side), size, pose, gaze, mirrored."""

    x: float
    y: float
    size: float
    pose: str
    look: float
    flip: bool = False


def paint_animals(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A painting of the plan's creatures, (H, W, 3) in 0..1; takes differ in play and light.

    Raises DeclinedError that names a species this painter does not know.
    """
    cast, fliers = cast_of(plan)
    rng = np.random.default_rng(1000 + take)
    mood = mood_for(hour=plan.hour, setting=plan.setting, take=take)
    brush = brush_for(take)
    ground = enlarge(
        # Half the size is plenty for what the brush goes over.
        paint_ground(mood=mood, take=take, width=-(-width // 2), height=-(-height // 2)),
        width=width,
        height=height,
    )
    painted: Floats = surface(paint_over(ground, brush=brush, take=take), brush=brush, take=take)
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    order = rng.permutation(len(cast)) if take else np.arange(len(cast))
    spots = place(len(cast), take=take, wide=wide, tall=tall)
    back = sheet(_back(mood, wide, tall, rng), width=wide, height=tall)
    picture, _ = _laid(painted, back, take)
    body = ""
    pairs = sorted(zip(order.tolist(), spots, strict=True), key=lambda pair: pair[1].y)
    for number, spot in pairs:
        body += _animal(cast[number], spot, mood, rng)
    body += _front(mood, wide, tall, rng, low=max(s.y for s in spots))
    body += _butterflies(fliers, spots, wide, tall, rng)
    picture, cover = _laid(picture, sheet(body, width=wide, height=tall), take)
    picture = add_light(picture, mood=mood, take=take, cover=cover)
    return surface(picture, brush=brush, take=take + 1)


def _laid(picture: Floats, svg: str, take: int) -> tuple[Floats, Floats]:
    """A drawing laid on a picture with a hand's wobble, and what it covers (H, W)."""
    height, width, _ = picture.shape
    art = bleed(rasterise(svg, width=width, height=height), seed=30 + take % 20, reach=0.0012)
    alpha = art[..., 3:]
    return np.asarray(picture * (1 - alpha) + art[..., :3] * alpha), art[..., 3]


def cast_of(plan: Plan) -> tuple[list[Species], int]:
    """The builds of a plan's creatures and the number of butterflies among them."""
    cast: list[Species] = []
    fliers = 0
    for creature in plan.creatures:
        if creature.species in FLIERS:
            fliers = 6 if creature.many else 2
            continue
        kind = find_species(creature.species, creature.coat)
        if kind is None:
            raise DeclinedError(
                f"This painter has never painted a {creature.species} from life; it knows "
                f"{', '.join(list(SPECIES)[:-1])} and {list(SPECIES)[-1]}."
            )
        cast += [kind] * (3 if creature.many and len(plan.creatures) < 4 else 1)
    if not cast:
        raise DeclinedError(
            "This painter found no animal in the prompt that it knows how to paint."
        )
    return cast[:MOST], fliers


def place(count: int, *, take: int, wide: float, tall: float) -> list[Spot]:
    """Spots for so many animals: a family, a romp, faces in the grass, a nap, a leap."""
    layouts = (_family, _romp, _faces, _nap, _leap)
    nudge = np.random.default_rng(77 + take).normal(0, 0.012, (count, 2))
    fit = min(1.0, tall / 1000 + 0.1) * (1.0 if count > 2 else 1.2)
    spots = layouts[take % len(layouts)](count)
    return [
        Spot((s.x + dx) * wide, (s.y + dy) * tall, s.size * fit * _crowd(count), s.pose, s.look,
             s.flip)
        for s, (dx, dy) in zip(spots, nudge.tolist(), strict=True)
    ]  # fmt: skip


def _crowd(count: int) -> float:
    return 1.0 if count <= 4 else 0.84


def _along(count: int, low: float, high: float) -> list[float]:
    if count == 1:
        return [(low + high) / 2]
    return [low + (high - low) * k / (count - 1) for k in range(count)]


def _family(count: int) -> list[Spot]:
    poses = ("sit", "sit", "lie", "sit")
    return [
        Spot(x, 0.84 + (0.05 if k % 2 else -0.03), 1.0 if poses[k % 4] == "sit" else 0.95,
             poses[k % 4], (0.3, 0.5, -0.5, -0.4)[k % 4], k % 4 == 2)
        for k, x in enumerate(_along(count, *((0.15, 0.85) if count > 3 else (0.26, 0.74))))
    ]  # fmt: skip


def _romp(count: int) -> list[Spot]:
    rows = (
        Spot(0.73, 0.64, 0.84, "leap", 0), Spot(0.30, 0.90, 1.02, "roll", 0),
        Spot(0.24, 0.66, 0.80, "sit", 0.8), Spot(0.76, 0.93, 1.0, "lie", -0.7, True),
        Spot(0.50, 0.70, 0.62, "sit", 0.2), Spot(0.12, 0.80, 0.6, "lie", 0.6),
        Spot(0.92, 0.75, 0.6, "sit", -0.6),
    )  # fmt: skip
    return list(rows[:count]) if count > 1 else [Spot(0.52, 0.82, 1.15, "leap", 0)]


def _faces(count: int) -> list[Spot]:
    front = (count + 1) // 2
    back = [Spot(x, 0.82, 0.98, "sit", 0.3 if x < 0.5 else -0.4) for x in _along(
        count - front, 0.45, 0.87)] if count > front else []  # fmt: skip
    return [
        Spot(x, 0.99, 1.32 if count > 1 else 1.8, "peek", 0.5 if x < 0.5 else -0.3)
        for x in _along(front, 0.20, 0.66)
    ] + back


def _nap(count: int) -> list[Spot]:
    rows = (
        Spot(0.42, 0.93, 1.5, "lie", 0.4), Spot(0.87, 0.70, 0.66, "sit", -0.5),
        Spot(0.68, 0.62, 0.56, "leap", 0), Spot(0.11, 0.63, 0.58, "sit", 0.5),
        Spot(0.85, 0.92, 0.62, "lie", -0.5, True), Spot(0.40, 0.56, 0.46, "roll", 0),
        Spot(0.25, 0.54, 0.42, "sit", 0.4),
    )  # fmt: skip
    return list(rows[:count])


def _leap(count: int) -> list[Spot]:
    rows = (
        Spot(0.66, 0.76, 0.86, "leap", 0), Spot(0.32, 0.80, 0.86, "leap", 0, True),
        Spot(0.50, 0.94, 0.9, "roll", 0), Spot(0.86, 0.92, 0.84, "sit", -0.7),
        Spot(0.12, 0.93, 0.8, "sit", 0.7), Spot(0.24, 0.66, 0.5, "lie", 0.2),
        Spot(0.76, 0.66, 0.5, "sit", -0.2),
    )  # fmt: skip
    return list(rows[:count])


def _animal(kind: Species, spot: Spot, mood: Mood, rng: np.random.Generator) -> str:
    lift = 0.0 if spot.pose != "leap" else 34.0
    wide = {"sit": 112, "lie": 170, "roll": 160, "leap": 130, "peek": 110}[spot.pose]
    dark = hex_colour(tuple(part * 0.45 for part in mood.near))  # type: ignore[arg-type]
    shade = "".join(
        f'<ellipse cx="0" cy="{lift:.0f}" rx="{wide * (1 - 0.16 * k):.0f}" ry="{26 - 4 * k}" fill="{dark}" '
        'fill-opacity="0.22"/>'
        for k in range(4)
    )
    animal = draw_animal(kind, pose=spot.pose, light=mood.light, rng=rng, look=spot.look)
    way = -spot.size if spot.flip else spot.size
    return (
        f'<g transform="translate({spot.x:.1f} {spot.y:.1f}) scale({way:.3f} {spot.size:.3f})">'
        f"{shade}{animal}</g>"
    )


def _greens(mood: Mood) -> tuple[Colour, Colour]:
    dark = tuple(part * 0.62 for part in mood.near)
    pale = tuple(0.35 * a + 0.75 * b for a, b in zip(mood.near, mood.far, strict=True))
    return dark, pale  # type: ignore[return-value]


def _back(mood: Mood, wide: float, tall: float, rng: np.random.Generator) -> str:
    """Grass and flowers behind the animals."""
    top = mood.horizon * tall + 24
    count = int(230 * wide / 1000)
    out = grass(count=count, width=wide, top=top, bottom=tall * 0.95, tones=_greens(mood), tall=44,
                rng=rng)  # fmt: skip
    if not mood.flowers:
        return out if mood.far[1] > mood.far[0] else ""
    return out + flowers(names=mood.flowers, count=int(120 * wide / 1000), width=wide, top=top,
                         bottom=tall * 0.93, size=15, green=_greens(mood)[0],
                         light=mood.petals, rng=rng)  # fmt: skip


def _front(mood: Mood, wide: float, tall: float, rng: np.random.Generator, *, low: float) -> str:
    """Grass and large flowers before the animals' feet, never up to their faces."""
    if not mood.flowers:
        return ""
    top = max(low - 4, tall * 0.86)
    out = grass(count=int(190 * wide / 1000), width=wide, top=top, bottom=tall + 50,
                tones=_greens(mood), tall=92, rng=rng)  # fmt: skip
    return out + flowers(names=mood.flowers, count=int(30 * wide / 1000), width=wide, top=top + 20,
                         bottom=tall + 70, size=25, green=_greens(mood)[0],
                         light=mood.petals, rng=rng)  # fmt: skip


def _face_gap(at: tuple[float, float], spot: Spot) -> float:
    """Distance of a point from an animal's face, in head radii, at most 2."""
    lift = {"sit": 226, "lie": 134, "roll": 92, "leap": 220, "peek": 118}[spot.pose]
    aside = {"roll": -118, "leap": -86}.get(spot.pose, 0) * (-1 if spot.flip else 1)
    dx, dy = at[0] - spot.x - aside * spot.size, at[1] - spot.y + lift * spot.size
    return float(min(2.0, np.hypot(dx, dy) / (120 * spot.size)))


def _butterflies(
    count: int, spots: list[Spot], wide: float, tall: float, rng: np.random.Generator
) -> str:
    out = ""
    for k in range(count):
        spot = spots[k % len(spots)]
        places = [
            (
                float(np.clip(spot.x + rng.normal(0, 150), 50, wide - 50)),
                float(np.clip(spot.y - spot.size * (360 + 120 * rng.random()), 50, tall * 0.6)),
            )
            for _ in range(6)
        ]
        # Of a few places the one that hides no face.
        x, y = max(places, key=lambda at: min(_face_gap(at, s) for s in spots))
        out += butterfly(x, y, size=rng.uniform(24, 44), turn=float(rng.normal(0, 30)),
                         colour=WINGS[k % len(WINGS)], fold=rng.random())  # fmt: skip
    return out
