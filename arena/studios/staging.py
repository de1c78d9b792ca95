"""Where things stand: turns relations into positions on a table, for both studios."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.phrases import Relation, Thing
from arena.studios.vocabulary import BASE_SIZE

GAP = 0.28


@dataclass(frozen=True)
class Placed:
    """A thing with its place: x right, y up (bottom), z away; height and half width in units."""

    thing: Thing
    x: float
    y: float
    z: float
    height: float
    half: float
    holds: bool = False
    inside: int = -1
    yaw: float = 0.0


def stage(
    *, things: tuple[Thing, ...], relations: tuple[Relation, ...], seed: int
) -> tuple[Placed, ...]:
    """Positions for every thing, honouring each relation; free things stand in a row."""
    rng = np.random.default_rng(seed)
    by_subject = {relation.subject: relation for relation in relations}
    placed: dict[int, Placed] = {}
    order = [i for i in range(len(things)) if i not in by_subject]
    order += [i for i in range(len(things)) if i in by_subject]
    waiting = list(order)
    for _ in range(len(things) + 1):
        for number in list(waiting):
            relation = by_subject.get(number)
            if relation is not None and relation.anchor not in placed:
                continue
            yaw = float(rng.uniform(-0.35, 0.35))
            placed[number] = _place(number, things, relation, placed, yaw)
            waiting.remove(number)
    for number in waiting:
        placed[number] = _place(number, things, None, placed, 0.0)
    holders = {r.anchor for r in relations if r.how == "inside"}
    return tuple(replace(placed[i], holds=i in holders) for i in range(len(things)))


def measure(thing: Thing) -> tuple[float, float]:
    """Height and half width of a thing in table units."""
    height, half = BASE_SIZE[thing.shape]
    return height * thing.size, half * thing.size


def _place(
    number: int,
    things: tuple[Thing, ...],
    relation: Relation | None,
    placed: dict[int, Placed],
    yaw: float,
) -> Placed:
    thing = things[number]
    height, half = measure(thing)
    if relation is None:
        return _stand_free(thing, height, half, placed, yaw)
    anchor = placed[relation.anchor]
    same = [p for p in placed.values() if p.inside == relation.anchor]
    if relation.how == "inside":
        return _put_inside(
            thing, relation.anchor, anchor, height=height, half=half, already=len(same)
        )
    if relation.how == "on":
        return _put_on_top(thing, anchor, height, half=half, yaw=yaw, placed=placed)
    spot = Placed(thing, anchor.x, anchor.y, anchor.z, height, half, yaw=yaw)
    gap = GAP + anchor.half + half
    if relation.how == "beside":
        relation_how = "right" if _free(anchor.x + gap, anchor.z, half, placed) else "left"
    else:
        relation_how = relation.how
    shift = {
        "left": (-gap, 0.05),
        "right": (gap, 0.05),
        # To one side, so that a thing behind glass shows past what stands in front.
        "behind": (0.3 if yaw >= 0 else -0.3, gap * 0.9),
        "front": (-0.1, -gap * 0.95),
    }[relation_how]
    if relation_how == "behind" and height < 1.3 * (anchor.y + anchor.height):
        # What is lower than its anchor would vanish behind it.
        shift = (1.1 * (anchor.half + half), shift[1])
    x, z = anchor.x + shift[0], anchor.z + shift[1]
    for _ in range(6):
        if _free(x, z, half, placed):
            break
        x, z = x + shift[0] * 0.35, z + shift[1] * 0.35
    floor = 0.0 if anchor.inside < 0 else anchor.y
    return replace(spot, x=x, z=z, y=floor)


def _stand_free(
    thing: Thing, height: float, half: float, placed: dict[int, Placed], yaw: float
) -> Placed:
    stack = [p for p in placed.values() if p.thing.shape == thing.shape == "book" and p.inside < 0]
    if stack:
        top = stack[-1]
        return Placed(thing, top.x, top.y + top.height, top.z, height, half, yaw=yaw)
    if not placed:
        return Placed(thing, 0.0, 0.0, 0.0, height, half, yaw=yaw)
    right = max(p.x + p.half for p in placed.values())
    left = min(p.x - p.half for p in placed.values())
    x = right + GAP + half if right + left <= 0.2 else left - GAP - half
    z = 0.25 if len(placed) % 2 else -0.2
    return Placed(thing, x, 0.0, z, height, half, yaw=yaw)


def _put_inside(
    thing: Thing, number: int, anchor: Placed, *, height: float, half: float, already: int
) -> Placed:
    room = anchor.half * (0.5 if anchor.thing.shape == "bowl" else 0.56)
    scale = min(1.0, room / half, anchor.height * 0.62 / height)
    if anchor.thing.shape in {"bowl", "plate", "cup"}:
        scale = min(1.0, room / half)
    angle = 2.1 * already + 0.4
    spread = 0.0 if already == 0 and anchor.thing.shape not in {"bowl", "plate"} else 1.0
    away = spread * anchor.half * 0.42
    x, z = anchor.x + away * np.cos(angle), anchor.z + away * np.sin(angle)
    lift = 0.04 * anchor.height if anchor.thing.shape == "cube" else 0.2 * anchor.height
    return Placed(
        thing, float(x), anchor.y + lift, float(z), height * scale, half * scale, inside=number
    )


def _put_on_top(
    thing: Thing,
    anchor: Placed,
    height: float,
    *,
    half: float,
    yaw: float,
    placed: dict[int, Placed],
) -> Placed:
    column = [
        p
        for p in placed.values()
        if abs(p.x - anchor.x) < 0.05 and abs(p.z - anchor.z) < 0.05 and p.inside < 0
    ]
    top = max(p.y + p.height for p in column) if column else anchor.y + anchor.height
    # What lies on something may reach its edges, not float beyond them.
    scale = min(1.0, anchor.half * 0.98 / half) if thing.shape == "book" else 1.0
    return Placed(thing, anchor.x, top, anchor.z, height * scale, half * scale, yaw=yaw)


def _free(x: float, z: float, half: float, placed: dict[int, Placed]) -> bool:
    return all(
        np.hypot(x - p.x, z - p.z) > (half + p.half) * 0.92 or p.y > 0 for p in placed.values()
    )
