"""Builds the ray studio's bodies for each thing of a staged scene."""

from __future__ import annotations

import numpy as np

from arena.studios.ray import shapes as s
from arena.studios.ray.materials import Material, leaf_veins, make_material
from arena.studios.ray.tracer import Body, Cluster, make_body, make_cluster
from arena.studios.staging import Placed
from arena.studios.vocabulary import Rgb


class Workshop:
    """Collects materials and bodies while a scene is built."""

    def __init__(self, *, seed: int) -> None:
        self.materials: list[Material] = []
        self.clusters: list[Cluster] = []
        self.rng = np.random.default_rng(seed)

    def material(self, colour: Rgb, kind: str = "", **more: object) -> int:
        """Register a material; returns its number."""
        self.materials.append(make_material(colour=colour, kind=kind, **more))  # type: ignore[arg-type]
        return len(self.materials) - 1

    def add(self, bodies: list[Body]) -> None:
        """Add bodies that belong together."""
        self.clusters.append(make_cluster(bodies))


def build_thing(shop: Workshop, placed: Placed) -> None:
    """Model one opaque thing at its place."""
    makers = {
        "book": _book,
        "plant": _plant,
        "cactus": _cactus,
        "cup": _cup,
        "bowl": _turned,
        "plate": _turned,
        "vase": _turned,
        "bottle": _turned,
        "candle": _candle,
        "apple": _fruit,
        "fruit": _fruit,
        "lemon": _fruit,
        "tree": _tree,
        "house": _house,
        "mushroom": _mushroom,
        "snowman": _snowman,
    }
    maker = makers.get(placed.thing.shape, _solid)
    shop.add(maker(shop, placed))


def _solid(shop: Workshop, q: Placed) -> list[Body]:
    h, r = q.height, q.half
    shape = {
        "sphere": lambda: s.sphere(r),
        "cube": lambda: s.box(r, h / 2, r, edge=0.03 * r),
        "cone": lambda: s.frustum(r, 0.015, h / 2),
        "cylinder": lambda: s.cylinder(r, h / 2, edge=0.03),
        "pyramid": lambda: s.pyramid(r, h),
        "torus": lambda: s.torus(r - h / 2, h / 2),
        "egg": lambda: s.ellipsoid(r, h / 2, r),
    }[q.thing.shape]()
    mat = shop.material(q.thing.colour, q.thing.material)
    return [make_body(shape=shape, at=(q.x, q.y + h / 2, q.z), material=mat, yaw=q.yaw + 0.3)]


def _book(shop: Workshop, q: Placed) -> list[Body]:
    w, d, h = q.half, q.half * 0.72, q.height
    cover = shop.material(q.thing.colour, "matte")
    paper = shop.material((240, 232, 212), "matte", paint=_page_lines)
    thick = h * 0.09
    yaw = q.yaw * 0.8

    def at(x: float, y: float, z: float) -> tuple[float, float, float]:
        c, si = float(np.cos(yaw)), float(np.sin(yaw))
        return (q.x + c * x + si * z, q.y + y, q.z - si * x + c * z)

    parts = [
        (s.box(w, thick, d, edge=0.012), at(0, thick, 0), cover),
        (s.box(w, thick, d, edge=0.012), at(0, h - thick, 0), cover),
        (s.box(w * 0.95, h / 2 - thick, d * 0.93, edge=0.004), at(0, h / 2, 0), paper),
        (s.box(w, h / 2, thick, edge=0.012), at(0, h / 2, d - thick), cover),
    ]
    return [make_body(shape=shape, at=spot, material=mat, yaw=yaw) for shape, spot, mat in parts]


def _page_lines(p: np.ndarray, base: np.ndarray) -> np.ndarray:
    return np.asarray(base * (0.86 + 0.14 * np.sin(p[1] * 260)))


def _plant(shop: Workshop, q: Placed) -> list[Body]:
    pot_h, pot_r = q.height * 0.24, q.half * 0.52
    clay = shop.material((186, 104, 72), "matte")
    soil = shop.material((60, 42, 32), "matte")
    leaf = [shop.material(_vary(q.thing.colour, f), "", paint=leaf_veins) for f in (0.8, 1.0, 1.2)]
    bodies = [
        make_body(
            shape=s.frustum(pot_r * 0.72, pot_r, pot_h / 2),
            material=clay,
            at=(q.x, q.y + pot_h / 2, q.z),
        ),
        make_body(
            shape=s.cylinder(pot_r * 1.1, pot_h * 0.13),
            material=clay,
            at=(q.x, q.y + pot_h * 0.92, q.z),
        ),
        make_body(
            shape=s.cylinder(pot_r * 0.98, 0.02), material=soil, at=(q.x, q.y + pot_h * 1.05, q.z)
        ),
    ]
    count = 13
    for number in range(count):
        ring = number / (count - 1)
        length = q.height * (0.72 - 0.34 * ring) * float(shop.rng.uniform(0.9, 1.1))
        lean = 0.08 + 0.85 * ring
        turn = 2.4 * number + float(shop.rng.uniform(-0.2, 0.2))
        up = length / 2
        reach = float(np.sin(lean)) * up
        # roll leans the leaf's top towards +x before yaw turns it about the pot.
        spot = (
            q.x + reach * float(np.cos(turn)),
            q.y + pot_h * 0.95 + float(np.cos(lean)) * up,
            q.z - reach * float(np.sin(turn)),
        )
        shape = s.leaf(length=length, width=q.half * (0.19 + 0.09 * ring), bend=length * 0.22)
        bodies.append(
            make_body(shape=shape, at=spot, material=leaf[number % 3], yaw=turn, roll=-lean)
        )
    return bodies


def _cactus(shop: Workshop, q: Placed) -> list[Body]:
    clay = shop.material((196, 120, 84), "matte")
    skin = shop.material(q.thing.colour, "matte")
    pot, r = q.height * 0.3, q.half
    stem = s.capsule(q.height * 0.24, r * 0.36)
    arm = s.capsule(q.height * 0.1, r * 0.2)
    return [
        make_body(
            shape=s.frustum(r * 0.5, r * 0.68, pot / 2), material=clay, at=(q.x, q.y + pot / 2, q.z)
        ),
        make_body(shape=stem, at=(q.x, q.y + q.height * 0.6, q.z), material=skin, roll=np.pi / 2),
        make_body(
            shape=arm,
            at=(q.x + r * 0.62, q.y + q.height * 0.66, q.z),
            material=skin,
            roll=np.pi / 2 - 0.2,
        ),
        make_body(
            shape=arm,
            at=(q.x - r * 0.6, q.y + q.height * 0.58, q.z),
            material=skin,
            roll=np.pi / 2 + 0.2,
        ),
    ]


def _cup(shop: Workshop, q: Placed) -> list[Body]:
    r, h = q.half * 0.8, q.height
    glaze = shop.material(q.thing.colour, q.thing.material or "glossy")
    coffee = shop.material((62, 36, 22), "glossy")
    wall = s.turned(((0, r * 0.66), (h * 0.2, r * 0.9), (h, r)), hollow=r * 0.1)
    return [
        make_body(shape=wall, at=(q.x, q.y + h / 2, q.z), material=glaze),
        make_body(
            shape=s.cylinder(r * 0.9, 0.01, edge=0.004),
            material=coffee,
            at=(q.x, q.y + h * 0.82, q.z),
        ),
        make_body(
            shape=s.torus(h * 0.27, h * 0.065),
            material=glaze,
            at=(q.x + r * 1.08, q.y + h * 0.5, q.z),
            pitch=np.pi / 2,
        ),
    ]


def _turned(shop: Workshop, q: Placed) -> list[Body]:
    h, r = q.height, q.half
    glaze = shop.material(q.thing.colour, q.thing.material or "glossy")
    profile, wall = {
        "bowl": (((0, r * 0.45), (h * 0.12, r * 0.5), (h * 0.45, r * 0.86), (h, r)), r * 0.09),
        "plate": (((0, r * 0.6), (h * 0.4, r * 0.7), (h, r)), h * 0.3),
        "vase": (
            (
                (0, r * 0.55),
                (h * 0.35, r),
                (h * 0.75, r * 0.45),
                (h * 0.88, r * 0.4),
                (h, r * 0.58),
            ),
            r * 0.1,
        ),
        "bottle": (
            (
                (0, r * 0.95),
                (h * 0.55, r),
                (h * 0.68, r * 0.8),
                (h * 0.78, r * 0.36),
                (h, r * 0.34),
            ),
            0.0,
        ),
    }[q.thing.shape]
    shape = s.turned(profile, hollow=wall)
    return [make_body(shape=shape, at=(q.x, q.y + h / 2, q.z), material=glaze)]


def _candle(shop: Workshop, q: Placed) -> list[Body]:
    wax = shop.material(q.thing.colour, "matte")
    wick = shop.material((40, 34, 30), "matte")
    glow = shop.material((255, 214, 120), "matte")
    h = q.height * 0.74
    return [
        make_body(
            shape=s.cylinder(q.half, h / 2, edge=0.04), at=(q.x, q.y + h / 2, q.z), material=wax
        ),
        make_body(shape=s.cylinder(0.012, 0.05), at=(q.x, q.y + h + 0.03, q.z), material=wick),
        make_body(
            shape=s.ellipsoid(0.05, 0.12, 0.05), at=(q.x, q.y + h + 0.15, q.z), material=glow
        ),
    ]


def _fruit(shop: Workshop, q: Placed) -> list[Body]:
    r, h = q.half, q.height
    skin = shop.material(q.thing.colour, "glossy")
    if q.thing.shape == "lemon":
        return [
            make_body(
                shape=s.ellipsoid(r * 1.2, h / 2, r * 0.9),
                material=skin,
                at=(q.x, q.y + h / 2, q.z),
                yaw=q.yaw,
            )
        ]
    stem = shop.material((84, 62, 36), "matte")
    flat = 0.92 if q.thing.shape == "apple" else 0.97
    bodies = [
        make_body(shape=s.ellipsoid(r, r * flat, r), at=(q.x, q.y + r * flat, q.z), material=skin)
    ]
    if q.thing.noun != "orange":
        bodies.append(
            make_body(
                shape=s.cylinder(0.02, 0.09),
                material=stem,
                roll=0.25,
                at=(q.x, q.y + r * flat * 2 + 0.04, q.z),
            )
        )
    return bodies


def _tree(shop: Workshop, q: Placed) -> list[Body]:
    bark = shop.material((110, 76, 48), "matte")
    h, r = q.height, q.half
    bodies = [
        make_body(
            shape=s.cylinder(r * 0.16, h * 0.12), at=(q.x, q.y + h * 0.12, q.z), material=bark
        )
    ]
    for step, (low, wide) in enumerate(((0.18, 1.0), (0.42, 0.78), (0.64, 0.54))):
        green = shop.material(_vary(q.thing.colour, 0.85 + 0.15 * step), "matte")
        bodies.append(
            make_body(
                shape=s.frustum(r * wide, 0.03, h * 0.19, edge=0.03),
                at=(q.x, q.y + h * (low + 0.17), q.z),
                material=green,
            )
        )
    return bodies


def _house(shop: Workshop, q: Placed) -> list[Body]:
    h, r = q.height, q.half
    wall = shop.material(q.thing.colour, "matte")
    roof = shop.material((176, 74, 56), "matte")
    door = shop.material((96, 64, 44), "matte")
    pane = shop.material((120, 170, 200), "glossy")
    front = q.z - r * 0.8
    return [
        make_body(
            shape=s.box(r * 0.9, h * 0.29, r * 0.8), at=(q.x, q.y + h * 0.29, q.z), material=wall
        ),
        make_body(shape=s.pyramid(r * 1.05, h * 0.44), at=(q.x, q.y + h * 0.8, q.z), material=roof),
        make_body(
            shape=s.box(r * 0.16, h * 0.17, 0.03), at=(q.x, q.y + h * 0.17, front), material=door
        ),
        make_body(
            shape=s.box(r * 0.15, h * 0.09, 0.03),
            at=(q.x - r * 0.52, q.y + h * 0.33, front),
            material=pane,
        ),
        make_body(
            shape=s.box(r * 0.15, h * 0.09, 0.03),
            at=(q.x + r * 0.52, q.y + h * 0.33, front),
            material=pane,
        ),
        make_body(
            shape=s.box(r * 0.13, h * 0.15, r * 0.13),
            at=(q.x + r * 0.45, q.y + h * 0.86, q.z + r * 0.3),
            material=roof,
        ),
    ]


def _mushroom(shop: Workshop, q: Placed) -> list[Body]:
    stem = shop.material((240, 230, 210), "matte")
    cap = shop.material(q.thing.colour, "glossy")
    h, r = q.height, q.half
    dome = s.ellipsoid(r, h * 0.42, r)
    cut = s.Shape(lambda p: np.maximum(dome.distance(p), -p[1] - 0.02), dome.half)
    return [
        make_body(
            shape=s.frustum(r * 0.42, r * 0.3, h * 0.3), at=(q.x, q.y + h * 0.3, q.z), material=stem
        ),
        make_body(shape=cut, at=(q.x, q.y + h * 0.56, q.z), material=cap),
    ]


def _snowman(shop: Workshop, q: Placed) -> list[Body]:
    snow = shop.material(q.thing.colour, "matte")
    coal = shop.material((30, 30, 32), "matte")
    carrot = shop.material((236, 122, 40), "matte")
    h, r = q.height, q.half
    balls = ((r, r * 0.95), (r * 0.72, r * 2.4), (r * 0.5, r * 3.4))
    bodies = [
        make_body(shape=s.sphere(size), at=(q.x, q.y + up * h / (r * 3.9), q.z), material=snow)
        for size, up in balls
    ]
    top = q.y + balls[2][1] * h / (r * 3.9)
    bodies.append(
        make_body(
            shape=s.frustum(0.06, 0.005, 0.14),
            pitch=-np.pi / 2,
            material=carrot,
            at=(q.x, top, q.z - r * 0.6),
        )
    )
    for side in (-1, 1):
        bodies.append(
            make_body(
                shape=s.sphere(0.04),
                material=coal,
                at=(q.x + side * r * 0.18, top + 0.1, q.z - r * 0.44),
            )
        )
    return bodies


def _vary(colour: Rgb, factor: float) -> Rgb:
    red, green, blue = (min(255, round(c * factor)) for c in colour)
    return (red, green, blue)
