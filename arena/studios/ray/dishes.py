"""Miniature dishes as bodies for the ray studio: sushi, pizza, burger, cake."""

from __future__ import annotations

import numpy as np

from arena.studios.ray import materials as m
from arena.studios.ray import shapes as s
from arena.studios.ray.materials import linear
from arena.studios.ray.models import Workshop
from arena.studios.ray.tracer import Body, make_body

Spot = tuple[float, float, float]


def build_dish(shop: Workshop, dish: str, *, take: int, floor: float) -> None:
    """Put a dish on a board whose top is at height `floor`; takes arrange it differently."""
    {"sushi": _sushi, "pizza": _pizza, "burger": _burger, "cake": _cake}[dish](shop, take, floor)


def _sushi(shop: Workshop, take: int, floor: float) -> None:
    salmon, tuna = (
        shop.material((246, 124, 72), paint=m.fish),
        shop.material((206, 52, 62), paint=m.fish),
    )
    omelette = shop.material((248, 200, 72), "matte", paint=m.egg_block)
    grain = shop.material((250, 246, 236), "matte", paint=m.rice)
    nori = shop.material((26, 40, 32), "matte")
    rolls = (
        (
            (-0.95, 0.5, "roll"),
            (-0.38, 0.72, "roll"),
            (0.2, 0.5, "gunkan"),
            (-0.62, -0.42, "salmon"),
            (0.12, -0.48, "tuna"),
            (0.82, -0.34, "egg"),
        ),
        (
            (-0.92, -0.1, "salmon"),
            (-0.3, -0.1, "salmon"),
            (0.32, -0.1, "tuna"),
            (-0.7, 0.78, "roll"),
            (-0.12, 0.86, "roll"),
            (0.46, 0.78, "roll"),
        ),
        (
            (-0.8, 0.62, "gunkan"),
            (-0.16, 0.7, "gunkan"),
            (-0.84, -0.28, "tuna"),
            (-0.2, -0.34, "egg"),
            (0.44, -0.3, "salmon"),
            (0.5, 0.6, "roll"),
        ),
        (
            (-0.95, 0.6, "egg"),
            (-0.36, 0.66, "salmon"),
            (0.23, 0.6, "tuna"),
            (-0.62, -0.42, "gunkan"),
            (0.02, -0.46, "roll"),
            (0.62, -0.4, "roll"),
        ),
        (
            (-0.92, 0.72, "roll"),
            (-0.34, 0.78, "roll"),
            (0.3, 0.72, "gunkan"),
            (-0.92, -0.14, "tuna"),
            (-0.34, -0.18, "gunkan"),
            (0.3, -0.12, "salmon"),
        ),
    )[take % 5]
    tops = {"salmon": salmon, "tuna": tuna, "egg": omelette}
    for x, z, what in rolls:
        if what == "roll":
            _maki(shop, (x, floor, z), salmon_core=(x < 0) ^ (take % 2 == 0))
        elif what == "gunkan":
            _gunkan(shop, (x, floor, z), grain, nori)
        else:
            shop.add(_nigiri((x, floor, z), grain, tops[what], nori, what))
    _garnish(shop, take, floor)


def _nigiri(at: Spot, grain: int, top: int, nori: int, what: str) -> list[Body]:
    x, y, z = at
    yaw = np.pi / 2 + 0.12
    ball = s.bumpy(s.box(0.38, 0.16, 0.205, edge=0.13), size=0.085, depth=0.013)
    bodies = [make_body(shape=ball, at=(x, y + 0.16, z), material=grain, yaw=yaw)]
    if what == "egg":
        slab, lift = s.box(0.42, 0.075, 0.21, edge=0.03), 0.375
        bodies.append(
            make_body(
                shape=s.box(0.065, 0.24, 0.226, edge=0.015),
                material=nori,
                at=(x, y + 0.23, z),
                yaw=yaw,
            )
        )
    else:
        slab, lift = s.draped(a=0.43, b=0.215, thick=0.055, sag=0.085), 0.345
    return [*bodies, make_body(shape=slab, at=(x, y + lift, z), material=top, yaw=yaw)]


def _maki(shop: Workshop, at: Spot, *, salmon_core: bool) -> None:
    core = linear((244, 116, 70) if salmon_core else (220, 70, 66))
    face = shop.material((245, 245, 240), "matte", paint=m.maki(0.27, core))
    x, y, z = at
    shop.add(
        [
            make_body(
                shape=s.cylinder(0.27, 0.2, edge=0.025),
                at=(x, y + 0.2, z),
                material=face,
                yaw=float(shop.rng.uniform(0, 3)),
            )
        ]
    )


def _gunkan(shop: Workshop, at: Spot, grain: int, nori: int) -> None:
    x, y, z = at
    egg = shop.material((250, 110, 40), "glossy")
    bodies = [
        make_body(
            shape=s.box(0.31, 0.19, 0.2, edge=0.19),
            at=(x, y + 0.19, z),
            material=nori,
            yaw=np.pi / 2,
        ),
        make_body(
            shape=s.box(0.28, 0.1, 0.17, edge=0.1),
            at=(x, y + 0.32, z),
            material=grain,
            yaw=np.pi / 2,
        ),
    ]
    beads = s.bumpy(s.ellipsoid(0.15, 0.07, 0.26), size=0.13, depth=0.028)
    bodies.append(make_body(shape=beads, at=(x, y + 0.41, z), material=egg))
    shop.add(bodies)


def _garnish(shop: Workshop, take: int, floor: float) -> None:
    green = shop.material((126, 174, 62), "matte")
    pink = shop.material((246, 178, 172), "")
    dark = shop.material((28, 16, 12), "glossy")
    dish = shop.material(((244, 242, 236), (52, 72, 96), (236, 232, 222))[take % 3], "glossy")
    wood = shop.material(((128, 48, 40), (70, 44, 32), (150, 96, 56))[take % 3], "")
    leaf = shop.material((74, 146, 70), "", paint=m.leaf_veins)
    x, z = (0.98, 0.62) if take % 3 != 2 else (1.08, 0.28)
    bowl = s.turned(((0, 0.16), (0.05, 0.22), (0.17, 0.3)), hollow=0.03)
    shop.add(
        [
            make_body(shape=bowl, at=(x, floor + 0.085, z), material=dish),
            make_body(
                shape=s.cylinder(0.245, 0.008, edge=0.004), at=(x, floor + 0.12, z), material=dark
            ),
        ]
    )
    knob = s.bumpy(s.ellipsoid(0.15, 0.13, 0.15), size=0.2, depth=0.012)
    spot = ((1.12, -0.72), (1.0, -0.3), (-0.86, -1.0))[take % 3]
    shop.add([make_body(shape=knob, at=(spot[0], floor + 0.1, spot[1]), material=green)])
    ginger = []
    gx, gz = ((-1.18, -0.72), (1.06, 0.12), (1.08, -0.34))[take % 3]
    for k in range(5):
        a = 1.26 * k
        petal = s.draped(a=0.13, b=0.1, thick=0.014, sag=0.06)
        ginger.append(
            make_body(
                shape=petal,
                at=(gx + 0.07 * np.cos(a), floor + 0.05 + 0.028 * k, gz + 0.07 * np.sin(a)),
                material=pink,
                yaw=a,
                roll=0.3,
            )
        )
    shop.add(ginger)
    shop.add(
        [
            make_body(
                shape=s.leaf(length=0.55, width=0.1, bend=0.1),
                material=leaf,
                yaw=yaw,
                at=(gx + dx, floor + 0.06, gz + dz),
                roll=-1.25,
            )
            for yaw, dx, dz in ((0.6, -0.06, 0.16), (2.4, -0.12, -0.08))
        ]
    )
    sticks = []
    for k in (0, 1):
        sticks.append(
            make_body(
                shape=s.capsule(1.25, 0.034),
                material=wood,
                yaw=0.03 - 0.06 * k,
                at=(0.0, floor + 0.09, -1.0 - 0.13 * k),
            )
        )
    rest = shop.material((236, 236, 240), "glossy")
    sticks.append(
        make_body(
            shape=s.box(0.06, 0.03, 0.19, edge=0.025),
            material=rest,
            at=(-0.72, floor + 0.03, -1.06),
        )
    )
    shop.add(sticks)


def _pizza(shop: Workshop, take: int, floor: float) -> None:
    crust = shop.material((216, 156, 84), "matte")
    cheese = shop.material((250, 206, 96), "")
    sauce = shop.material((196, 52, 30), "")
    topping = shop.material((184, 44, 36), "glossy")
    basil = shop.material((64, 136, 54), "", paint=m.leaf_veins)
    olive = shop.material((40, 36, 44), "glossy")
    y = floor
    bodies = [
        make_body(shape=s.cylinder(1.15, 0.06, edge=0.05), at=(0, y + 0.06, 0), material=crust),
        make_body(
            shape=s.bumpy(s.torus(1.08, 0.11), size=0.5, depth=0.014),
            at=(0, y + 0.12, 0),
            material=crust,
        ),
        make_body(shape=s.cylinder(1.02, 0.03), at=(0, y + 0.12, 0), material=sauce),
        make_body(
            shape=s.bumpy(s.cylinder(0.97, 0.035), size=0.6, depth=0.014),
            at=(0, y + 0.145, 0),
            material=cheese,
        ),
    ]
    for k in range(9):
        a, r = 2.4 * k + take, 0.82 * np.sqrt((k + 0.6) / 9.6)
        x, z = float(r * np.cos(a)), float(r * np.sin(a))
        bodies.append(
            make_body(
                shape=s.cylinder(0.16, 0.02, edge=0.018), at=(x, y + 0.2, z), material=topping
            )
        )
        bx, bz = float(r * np.cos(a + 0.9)), float(r * np.sin(a + 0.9))
        if k % 2:
            bodies.append(
                make_body(
                    shape=s.leaf(length=0.26, width=0.07, bend=0.05),
                    at=(bx, y + 0.22, bz),
                    material=basil,
                    yaw=a,
                    roll=-1.4,
                )
            )
        else:
            bodies.append(
                make_body(shape=s.torus(0.06, 0.028), at=(bx, y + 0.21, bz), material=olive)
            )
    shop.add(bodies)


def _burger(shop: Workshop, take: int, floor: float) -> None:
    bun = shop.material((214, 142, 70), "")
    meat = shop.material((94, 54, 36), "matte")
    salad = shop.material((110, 176, 62), "")
    tomato = shop.material((206, 52, 40), "glossy")
    cheese = shop.material((250, 190, 60), "")
    y = floor
    layers = (
        (s.cylinder(0.86, 0.14, edge=0.12), 0.14, bun),
        (s.bumpy(s.cylinder(0.92, 0.05, edge=0.04), size=0.3, depth=0.03), 0.33, salad),
        (s.bumpy(s.cylinder(0.88, 0.13, edge=0.1), size=0.16, depth=0.02), 0.5, meat),
        (s.draped(a=0.86, b=0.86, thick=0.03, sag=0.12), 0.66, cheese),
        (s.cylinder(0.8, 0.05, edge=0.04), 0.74, tomato),
        (s.bumpy(s.cylinder(0.9, 0.04, edge=0.03), size=0.26, depth=0.03), 0.82, salad),
    )
    bodies = [
        make_body(shape=shape, at=(0, y + up, 0), material=mat, yaw=0.5 * take)
        for shape, up, mat in layers
    ]
    dome = s.ellipsoid(0.9, 0.5, 0.9)
    cut = s.Shape(lambda p: np.maximum(dome.distance(p), -p[1]), dome.half)
    bodies.append(make_body(shape=cut, at=(0, y + 0.88, 0), material=bun))
    seed = shop.material((250, 236, 200), "matte")
    for k in range(16):
        a, r = 2.4 * k, 0.6 * np.sqrt((k + 0.5) / 16)
        up = 0.5 * np.sqrt(1 - (r / 0.9) ** 2)
        bodies.append(
            make_body(
                shape=s.ellipsoid(0.045, 0.018, 0.028),
                material=seed,
                yaw=a,
                at=(float(r * np.cos(a)), y + 0.885 + float(up), float(r * np.sin(a))),
            )
        )
    shop.add(bodies)


def _cake(shop: Workshop, take: int, floor: float) -> None:
    sponge = shop.material(((244, 196, 204), (250, 240, 222), (120, 76, 52))[take % 3], "")
    icing = shop.material((252, 246, 240), "glossy")
    berry = shop.material((206, 34, 50), "glossy")
    y = floor
    bodies = [
        make_body(shape=s.cylinder(0.95, 0.26, edge=0.06), at=(0, y + 0.26, 0), material=sponge),
        make_body(shape=s.cylinder(0.97, 0.05, edge=0.045), at=(0, y + 0.5, 0), material=icing),
        make_body(shape=s.cylinder(0.6, 0.22, edge=0.06), at=(0, y + 0.75, 0), material=sponge),
        make_body(shape=s.cylinder(0.62, 0.05, edge=0.045), at=(0, y + 0.96, 0), material=icing),
    ]
    for k in range(12):
        a = np.pi * k / 6
        r = 0.78 if k % 2 else 0.42
        up = 0.64 if k % 2 else 1.08
        bodies.append(
            make_body(
                shape=s.ellipsoid(0.09, 0.11, 0.09),
                material=berry,
                at=(float(r * np.cos(a)), y + up, float(r * np.sin(a))),
            )
        )
    shop.add(bodies)
