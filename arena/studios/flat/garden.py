"""Things from gardens drawn as flat vector: potted plant, cactus, tree, mushroom, snowman."""

from __future__ import annotations

from arena.studios.flat.drawing import View, ball, ellipse, lathe, leaves, polygon, shade
from arena.studios.staging import Placed
from arena.studios.vocabulary import Rgb

CLAY: Rgb = (190, 106, 72)


def draw_plant(view: View, q: Placed, name: str, light: str) -> str:
    """A leafy plant in a clay pot."""
    pot, r = q.height * 0.3, q.half * 0.55
    body = leaves(
        view,
        x=q.x,
        y=q.y + pot * 0.9,
        z=q.z,
        height=q.height * 0.72,
        half=q.half,
        colour=q.thing.colour,
    )
    clay = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=CLAY,
        light=light,
        name=f"{name}p",
        profile=((0, r * 0.7), (pot * 0.82, r)),
        inside=(64, 46, 36),
    )
    lip = lathe(
        view,
        x=q.x,
        y=q.y + pot * 0.76,
        z=q.z,
        colour=CLAY,
        light=light,
        name=f"{name}q",
        profile=((0, r * 1.12), (pot * 0.24, r * 1.12)),
        inside=(64, 46, 36),
    )
    return clay + lip + body


def draw_cactus(view: View, q: Placed, name: str, light: str) -> str:
    """A cactus with two arms in a clay pot."""
    pot, r, h = q.height * 0.3, q.half, q.height
    out = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=CLAY,
        light=light,
        name=f"{name}p",
        profile=((0, r * 0.5), (pot, r * 0.7)),
        inside=(64, 46, 36),
    )
    x, y = view.at(q.x, q.y + pot, q.z)
    s, green = view.scale, q.thing.colour
    for dx, up, tall, wide in (
        (0, 0, h * 0.66, 0.5),
        (-r * 0.62, h * 0.2, h * 0.26, 0.3),
        (r * 0.62, h * 0.28, h * 0.26, 0.3),
    ):
        w = r * wide * s
        if dx:
            out += (
                f'<path d="M{x:.1f} {y - up * s:.1f} H{x + dx * s:.1f} v{-w:.1f}" fill="none" '
                f'stroke="{shade(green, -0.15)}" stroke-width="{w:.1f}" stroke-linejoin="round"/>'
            )
        left, top = x + dx * s - w / 2, y - (up + tall) * s
        out += (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{w:.1f}" height="{tall * s:.1f}" '
            f'rx="{w / 2:.1f}" fill="{shade(green, 0)}"/><rect x="{left + w * 0.2:.1f}" '
            f'y="{top + w * 0.4:.1f}" width="{w * 0.12:.1f}" height="{tall * s - w * 0.7:.1f}" '
            f'rx="2" fill="{shade(green, 0.4)}"/>'
        )
    return out


def draw_tree(view: View, q: Placed, name: str, light: str) -> str:
    """A fir of three cones."""
    h, r = q.height, q.half
    out = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=(116, 80, 52),
        light=light,
        name=f"{name}t",
        profile=((0, r * 0.16), (h * 0.22, r * 0.15)),
    )
    for k, (low, wide) in enumerate(((0.16, 1.0), (0.40, 0.78), (0.62, 0.54))):
        out += lathe(
            view,
            x=q.x,
            y=q.y + h * low,
            z=q.z,
            colour=q.thing.colour,
            light=light,
            name=f"{name}{k}",
            profile=((0, r * wide), (h * 0.38, 0.005)),
        )
    return out


def draw_mushroom(view: View, q: Placed, name: str, light: str) -> str:
    """A mushroom with a spotted cap."""
    h, r = q.height, q.half
    out = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=(240, 230, 210),
        light=light,
        name=f"{name}s",
        profile=((0, r * 0.42), (h * 0.55, r * 0.3)),
    )
    out += lathe(
        view,
        x=q.x,
        y=q.y + h * 0.5,
        z=q.z,
        colour=q.thing.colour,
        light=light,
        name=name,
        profile=(
            (0, r),
            (h * 0.16, r * 0.95),
            (h * 0.32, r * 0.72),
            (h * 0.44, r * 0.4),
            (h * 0.5, 0.01),
        ),
    )
    x, y = view.at(q.x, q.y + h * 0.66, q.z)
    s = view.scale * r
    for dx, dy, size in (
        (-0.45, 0.02, 0.14),
        (0.1, -0.22, 0.17),
        (0.5, 0.06, 0.11),
        (-0.1, 0.16, 0.1),
    ):
        out += ellipse(x + dx * s, y + dy * s, size * s, size * s * 0.8, "#fff7ec")
    return out


def draw_snowman(view: View, q: Placed, name: str, light: str) -> str:
    """A snowman of three balls."""
    r, y, out = q.half, q.y, ""
    for k, part in enumerate((1.0, 0.72, 0.5)):
        out += ball(
            view,
            x=q.x,
            y=y,
            z=q.z,
            r=r * part,
            colour=(236, 242, 248),
            light=light,
            name=f"{name}{k}",
        )
        y += r * part * 1.45
    x, top = view.at(q.x, y - r * 0.36, q.z)
    s = view.scale * r
    return (
        out
        + "".join(ellipse(x + dx * s, top, s * 0.06, s * 0.06, "#222") for dx in (-0.16, 0.16))
        + polygon(
            [(x, top + s * 0.1), (x + s * 0.36, top + s * 0.17), (x, top + s * 0.22)], "#ee7f2d"
        )
    )
