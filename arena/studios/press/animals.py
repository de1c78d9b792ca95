"""Animals cut from paper by the press studio: five compositions in a layered land."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from arena.studios.creatures import Creature
from arena.studios.flat.drawing import ellipse
from arena.studios.flat.inks import svg_colour
from arena.studios.flat.lettering import set_title
from arena.studios.flat.paper import paper_grain
from arena.studios.fonts import rasterise, sheet
from arena.studios.noise import Floats, grid, octaves
from arena.studios.plan import Plan
from arena.studios.press.animals_bodies import draw_beast
from arena.studios.press.animals_coats import FLYING, WINGED, check_known
from arena.studios.press.animals_land import (
    Mood,
    choose_mood,
    draw_beams,
    draw_flower,
    draw_hill,
    draw_meadow,
    draw_sky,
    draw_sparkles,
    draw_trees,
    hill_paint,
    land_colours,
    ridge,
    soft_edge,
)
from arena.studios.press.animals_places import SCENES, Place, Scene
from arena.studios.press.animals_wings import draw_bee, draw_butterfly, draw_winged

FILTERS = (
    '<filter id="high" x="-20%" y="-20%" width="140%" height="140%"><feDropShadow dx="3" dy="7" '
    'stdDeviation="7" flood-color="#2a1626" flood-opacity="0.30"/></filter>'
    '<filter id="glow" x="-80%" y="-80%" width="260%" height="260%"><feDropShadow dx="0" dy="0" '
    'stdDeviation="26" flood-color="#fff6d0" flood-opacity="0.9"/></filter>'
)
MOST = 7


def print_animals(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """Paper-cut animals in their land, (H, W, 3) in 0..1; each take another composition.

    Raises DeclinedError naming the species that this studio has no pattern for.
    """
    check_known(plan.creatures)
    wide, tall = (1000 * side / min(width, height) for side in (width, height))
    scene, mood = SCENES[take % len(SCENES)], choose_mood(hour=plan.hour, take=take)
    rng = np.random.default_rng(700 + take)
    walking = _herd(tuple(c for c in plan.creatures if c.species not in FLYING))
    body = _land(plan, scene, mood, wide=wide, tall=tall, rng=rng, take=take)
    body += _animals(walking, scene, wide=wide, tall=tall, take=take)
    body += _front(plan, scene, mood, wide=wide, tall=tall, rng=rng)
    if scene.frame:
        body += _frames(mood, wide, tall)
        if plan.setting not in {"snow", "beach"}:
            body += _corner_flowers(mood, wide=wide, tall=tall, rng=rng)
    flying = tuple(c for c in plan.creatures if c.species in FLYING)
    body += _flyers(flying, wide=wide, tall=tall, take=take, alone=not walking)
    art = rasterise(sheet(FILTERS + body, width=wide, height=tall), width=width, height=height)
    picture = _grain(art[..., :3], take, night=mood.stars)
    return set_title(picture=picture, lines=plan.lettering, flag="", style=take, ground=mood.sky[2])


def _grain(art: Floats, take: int, *, night: bool) -> Floats:
    """Paper fibre and the stipple of a screen print."""
    height, width, _ = art.shape
    u, v = grid(width=width, height=height)
    stipple = octaves(seed=320 + take, u=u * 420, v=v * 420, count=2) - 0.5
    grain = paper_grain(width=width, height=height, seed=310 + take, strength=0.55)
    middle = 1 - np.abs(art.mean(axis=2) * 2 - 1)
    out = art * (grain + 0.10 * stipple * (0.35 + middle))[..., None]
    if night:
        out = out * np.array([0.86, 0.90, 1.06], dtype=np.float32)
    return np.asarray(np.clip(out, 0, 1), dtype=np.float32)


def _herd(creatures: tuple[Creature, ...]) -> tuple[Creature, ...]:
    """Every creature once, then a second and third of those there are many of, up to MOST."""
    herd = list(creatures)
    for _ in range(2):
        herd += [c for c in creatures if c.many]
    return tuple(herd[:MOST])


def _land(
    plan: Plan,
    scene: Scene,
    mood: Mood,
    *,
    wide: float,
    tall: float,
    rng: np.random.Generator,
    take: int,
) -> str:
    x, y, disc = scene.sun
    out = draw_sky(mood, wide=wide, tall=tall, x=x * wide, y=y * tall, disc=disc)
    colours = land_colours(mood, plan.setting)
    for number, ((level, swing), colour) in enumerate(zip(scene.ridges, colours, strict=True)):
        steep = swing < 0
        waves = 0.5 if steep else 0.9 + 0.35 * number
        phase = 0.0 if steep else take * 1.3 + number * 2.1
        points = ridge(wide=wide, level=level * tall, swing=swing, phase=phase, waves=waves)
        trees = ""
        if number in {1, 2} and plan.setting != "beach":
            count = 16 if plan.setting == "forest" else 7
            trees = draw_trees(
                points,
                colour=mood.hills[number],
                rng=rng,
                count=count,
                size=60 + 40 * number,
                setting=plan.setting,
            )
        out += hill_paint(colour, f"hill{number}")
        out += draw_hill(points, tall=tall, colour=colour, name=f"hill{number}", trees=trees)
        if number == 3 and plan.setting not in {"snow", "beach"}:
            low = (level + (0.02 if not steep else 0.05)) * tall
            out += draw_meadow(
                mood,
                wide=wide,
                low=low,
                high=low + 0.12 * tall,
                rng=rng,
                count=34,
                size=0.42 * scene.flowers,
            )
    return out


def _animals(
    herd: tuple[Creature, ...], scene: Scene, *, wide: float, tall: float, take: int
) -> str:
    if not herd:
        return ""
    turned = herd[take % len(herd) :] + herd[: take % len(herd)]
    pairs = sorted(zip(scene.place(len(herd)), turned, strict=True), key=lambda pair: pair[0].y)
    out = ""
    for number, (place, creature) in enumerate(pairs):
        size = place.size
        margin = (110 if place.pose == "sit" else 172) * size
        x, y = min(max(place.x * wide, margin), wide - margin), place.y * tall
        lift = 0.075 * tall if place.pose == "leap" else 0.0
        out += ellipse(x, y + lift, 135 * size, 20 * size, "#1c2a20", more='fill-opacity="0.25"')
        look = -0.8 if place.left else 0.8
        happy = (number + take) % 4 == 3
        flip = -1 if place.left else 1
        figure = _figure(creature, place, f"a{number}", look * flip, happy)
        out += (
            f'<g filter="url(#high)"><g transform="translate({x:.1f} {y:.1f}) '
            f"rotate({place.turn:.1f}) "
            f'scale({flip * size:.3f} {size:.3f})">{figure}</g></g>'
        )
    return out


def _figure(creature: Creature, place: Place, name: str, look: float, happy: bool) -> str:
    if creature.species in WINGED:
        return draw_winged(creature, name=name, look=look)
    return draw_beast(creature, pose=place.pose, name=name, look=look, happy=happy)


def _front(
    plan: Plan, scene: Scene, mood: Mood, *, wide: float, tall: float, rng: np.random.Generator
) -> str:
    x, y, _ = scene.sun
    out = draw_beams(mood, x=x * wide, y=y * tall, wide=wide, tall=tall)
    if plan.setting == "beach":
        return out
    if plan.setting == "snow":
        return out + "".join(
            ellipse(
                rng.uniform(0, wide), rng.uniform(0, tall), r, r, "#ffffff", more='opacity="0.9"'
            )
            for r in rng.uniform(2, 8, size=110)
        )
    dark = replace(mood, hills=(*mood.hills[:3], mood.hills[4], mood.hills[4]))
    for low, count, size in ((0.985, 16, 0.8), (1.05, 20, 1.12)):
        row = draw_meadow(
            dark,
            wide=wide,
            low=low * tall,
            high=(low + 0.02) * tall,
            rng=rng,
            count=count,
            size=size * scene.flowers,
        )
        out += row
    return out + draw_sparkles(wide=wide, low=0.72 * tall, high=0.98 * tall, rng=rng, count=16)


def _flyers(
    flying: tuple[Creature, ...], *, wide: float, tall: float, take: int, alone: bool
) -> str:
    spots = (
        (0.14, 0.27),
        (0.84, 0.26),
        (0.36, 0.16),
        (0.63, 0.14),
        (0.90, 0.12),
        (0.10, 0.13),
        (0.5, 0.07),
    )
    rng = np.random.default_rng(740 + take)
    out = ""
    for kind, creature in enumerate(flying):
        count = (7 if alone else 5) if creature.many else 1
        for k in range(count):
            x, y = spots[(k + 3 * kind + take) % len(spots)]
            size = float(rng.uniform(0.55, 1.0)) * (2.2 if alone else 1.0)
            turn = float(rng.uniform(-32, 32))
            x, y = x * wide + float(rng.uniform(-30, 30)), (y + (0.14 if alone else 0)) * tall
            figure = (
                draw_bee(turn=turn)
                if creature.species == "bee"
                else draw_butterfly(k + take, turn=turn)
            )
            out += (
                f'<g filter="url(#high)" transform="translate({x:.0f} {y:.0f}) '
                f'scale({size:.2f})">{figure}</g>'
            )
    return out


def _frames(mood: Mood, wide: float, tall: float) -> str:
    """Round openings in sheets of paper, one before the other, like a shadow box."""
    out = ""
    x, y, r = wide / 2, tall / 2, min(wide, tall) / 2
    for share, bump, colour in (
        (0.86, 12, mood.sky[2]),
        (0.925, 9, mood.sky[3]),
        (0.985, 11, mood.sky[4]),
    ):
        spots = []
        for k in range(200):
            a = 2 * math.pi * k / 200
            d = r * share * (1 + 0.016 * math.sin(a * bump + bump))
            spots.append(f"{x + d * math.cos(a):.1f} {y + d * math.sin(a):.1f}")
        hole = "M" + " L".join(spots) + " Z"
        out += soft_edge(hole, 8) + (
            f'<path d="M-60 -60 H{wide + 60:.0f} V{tall + 60:.0f} H-60 Z {hole}" '
            'fill-rule="evenodd" '
            f'fill="{svg_colour(colour)}"/>'
        )
    return out


def _corner_flowers(mood: Mood, *, wide: float, tall: float, rng: np.random.Generator) -> str:
    """Bunches that grow over the frame from both lower corners."""
    out = ""
    for number in range(18):
        side, far = number % 2, (number // 2) * 0.026
        x = wide * (far if side == 0 else 1 - far) + float(rng.uniform(-8, 8))
        size = 2.0 - far * 5.5 + float(rng.uniform(-0.15, 0.15))
        out += draw_flower(
            number,
            x=x,
            y=tall + 26,
            size=size,
            colour=mood.flowers[number // 2 % len(mood.flowers)],
            stem=mood.hills[3],
            lean=0.5 - side,
        )
    return out
