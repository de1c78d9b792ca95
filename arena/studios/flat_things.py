"""Each known thing drawn as flat vector at its staged place."""

from __future__ import annotations

from arena.studios.flat import View, ball, box, ellipse, glass_box, lathe, leaves, polygon, shade
from arena.studios.staging import Placed
from arena.studios.vocabulary import Rgb

CLAY: Rgb = (190, 106, 72)
# Open things whose near wall hides the foot of what lies in them.
OPEN = frozenset({"bowl", "vase", "plate"})


def draw_thing(view: View, placed: Placed, *, name: str, light: str, part: str = "whole") -> str:
    """SVG of one thing; a hollow glass cube is drawn in two parts, `back` and `front`."""
    q, shape = placed, placed.thing.shape
    here = {"x": q.x, "y": q.y, "z": q.z}
    glass = q.thing.material == "glass"
    if shape == "cube" and glass:
        parts = ("back", "front") if part == "whole" else (part,)
        return "".join(
            glass_box(view, **here, half=q.half, height=q.height, colour=q.thing.colour, part=p)
            for p in parts
        )
    if part == "back":
        return ""
    if shape in {"sphere", "egg", "fruit", "apple", "lemon"}:
        return _round(view, q, name, light, glass)
    if shape == "cube":
        return box(view, **here, half=q.half, height=q.height, colour=q.thing.colour, light=light)
    special = {
        "book": _book,
        "plant": _plant,
        "pyramid": _pyramid,
        "torus": _torus,
        "cup": _cup,
        "tree": _tree,
        "house": _house,
        "mushroom": _mushroom,
        "snowman": _snowman,
        "candle": _candle,
        "cactus": _cactus,
    }
    if shape in special:
        return special[shape](view, q, name, light)
    return lathe(
        view,
        **here,
        profile=_profile(q),
        colour=q.thing.colour,
        light=light,
        name=name,
        inside=(214, 206, 190) if shape in OPEN else None,
        front=part == "front",
    )


def _profile(q: Placed) -> tuple[tuple[float, float], ...]:
    h, r = q.height, q.half
    known = {
        "cone": ((0, r), (h, 0.005)),
        "cylinder": ((0, r), (h, r)),
        "bowl": (
            (0, r * 0.45),
            (h * 0.12, r * 0.6),
            (h * 0.4, r * 0.85),
            (h * 0.7, r * 0.96),
            (h, r),
        ),
        "plate": ((0, r * 0.62), (h, r)),
        "vase": (
            (0, r * 0.55),
            (h * 0.15, r * 0.8),
            (h * 0.35, r),
            (h * 0.55, r * 0.82),
            (h * 0.75, r * 0.45),
            (h * 0.88, r * 0.4),
            (h, r * 0.58),
        ),
        "bottle": (
            (0, r),
            (h * 0.55, r),
            (h * 0.66, r * 0.82),
            (h * 0.74, r * 0.45),
            (h * 0.8, r * 0.36),
            (h, r * 0.36),
        ),
    }
    return known[q.thing.shape]


def _round(view: View, q: Placed, name: str, light: str, glass: bool) -> str:
    tall = q.height / (2 * q.half)
    out = ball(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        r=q.half,
        colour=q.thing.colour,
        light=light,
        name=name,
        glass=glass,
        tall=tall,
    )
    if q.thing.shape == "apple":
        x, y = view.at(q.x, q.y + q.height, q.z)
        s = view.scale * q.half
        out += (
            f'<path d="M{x:.1f} {y + s * 0.2:.1f} q{s * 0.06:.1f} {-s * 0.3:.1f} {s * 0.16:.1f} '
            f'{-s * 0.4:.1f}" stroke="#5a3d22" stroke-width="{s * 0.1:.1f}" fill="none"/>'
            f'<path d="M{x + s * 0.1:.1f} {y - s * 0.02:.1f} q{s * 0.4:.1f} {-s * 0.4:.1f} '
            f"{s * 0.66:.1f} {-s * 0.06:.1f} q{-s * 0.4:.1f} {s * 0.2:.1f} {-s * 0.66:.1f} "
            f'{s * 0.06:.1f} Z" fill="#5d9a46"/>'
        )
    return out


def _book(view: View, q: Placed, name: str, light: str) -> str:
    w, d, h = q.half, q.half * 0.72, q.height
    t = h * 0.2
    cover, page = q.thing.colour, (244, 236, 216)
    out = box(view, x=q.x, y=q.y, z=q.z, half=w, deep=d, height=t, colour=cover, light=light)
    out += box(
        view,
        x=q.x - w * 0.02,
        y=q.y + t,
        z=q.z,
        half=w * 0.96,
        deep=d * 0.95,
        height=h - 2 * t,
        colour=page,
        light=light,
    )
    for k in (1, 2, 3):
        y = q.y + t + (h - 2 * t) * k / 4
        a, b = (
            view.at(q.x - w * 0.96, y, q.z - d * 0.95),
            view.at(q.x + w * 0.94, y, q.z - d * 0.95),
        )
        out += (
            f'<path d="M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" stroke="#c9b890" '
            f'stroke-width="1.6"/>'
        )
    out += box(
        view, x=q.x, y=q.y + h - t, z=q.z, half=w, deep=d, height=t, colour=cover, light=light
    )
    rim = [
        view.at(q.x + i * w * 0.84, q.y + h, q.z + k * d * 0.8)
        for i, k in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    return out + polygon(rim, "none", f'stroke="{shade(cover, 0.5)}" stroke-width="3"')


def _plant(view: View, q: Placed, name: str, light: str) -> str:
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


def _cactus(view: View, q: Placed, name: str, light: str) -> str:
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


def _pyramid(view: View, q: Placed, name: str, light: str) -> str:
    tip = view.at(q.x, q.y + q.height, q.z)
    a, b, c = (
        view.at(q.x + i * q.half, q.y, q.z + k * q.half) for i, k in ((-1, -1), (1, -1), (1, 1))
    )
    front, side = (0.1, -0.3) if light != "right" else (-0.25, 0.12)
    return polygon([a, b, tip], shade(q.thing.colour, front)) + polygon(
        [b, c, tip], shade(q.thing.colour, side)
    )


def _torus(view: View, q: Placed, name: str, light: str) -> str:
    x, y = view.at(q.x, q.y + q.height / 2, q.z)
    s, k = view.scale, view.squash
    ring, tube = (q.half - q.height / 2) * s, q.height * s
    out = ""
    for step, wide, dy in ((-0.3, 1.0, 0.0), (0.0, 0.8, -0.08), (0.4, 0.16, -0.28)):
        out += ellipse(
            x,
            y + dy * tube,
            ring,
            ring * k,
            "none",
            more=f'stroke="{shade(q.thing.colour, step)}" stroke-width="{tube * wide:.1f}"',
        )
    return out


def _cup(view: View, q: Placed, name: str, light: str) -> str:
    r, h = q.half * 0.8, q.height
    x, y = view.at(q.x + r, q.y + h * 0.52, q.z)
    s = view.scale
    handle = ellipse(
        x,
        y,
        h * 0.24 * s,
        h * 0.28 * s,
        "none",
        more=f'stroke="{shade(q.thing.colour, -0.3)}" stroke-width="{h * 0.12 * s:.1f}"',
    )
    body = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=q.thing.colour,
        light=light,
        name=name,
        profile=((0, r * 0.66), (h * 0.2, r * 0.9), (h, r)),
        inside=(92, 58, 38),
    )
    return handle + body


def _candle(view: View, q: Placed, name: str, light: str) -> str:
    h = q.height * 0.74
    body = lathe(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        colour=q.thing.colour,
        light=light,
        name=name,
        profile=((0, q.half), (h, q.half)),
    )
    x, y = view.at(q.x, q.y + h, q.z)
    s = view.scale
    return body + (
        f'<circle cx="{x:.1f}" cy="{y - 0.16 * s:.1f}" r="{0.34 * s:.1f}" fill="#ffd98a" '
        f'fill-opacity="0.3"/><path d="M{x:.1f} {y:.1f} v{-0.06 * s:.1f}" stroke="#333" '
        f'stroke-width="3"/><path d="M{x:.1f} {y - 0.32 * s:.1f} C{x + 0.12 * s:.1f} '
        f"{y - 0.14 * s:.1f} {x + 0.07 * s:.1f} {y - 0.04 * s:.1f} {x:.1f} {y - 0.04 * s:.1f} "
        f"C{x - 0.07 * s:.1f} {y - 0.04 * s:.1f} {x - 0.12 * s:.1f} {y - 0.14 * s:.1f} {x:.1f} "
        f'{y - 0.32 * s:.1f} Z" fill="#ff9d2e"/>'
    )


def _tree(view: View, q: Placed, name: str, light: str) -> str:
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


def _house(view: View, q: Placed, name: str, light: str) -> str:
    h, r = q.height, q.half
    d = r * 0.85
    out = box(
        view,
        x=q.x,
        y=q.y,
        z=q.z,
        half=r * 0.9,
        deep=d,
        height=h * 0.55,
        colour=q.thing.colour,
        light=light,
    )
    ridge_a, ridge_b = view.at(q.x, q.y + h, q.z - d * 1.06), view.at(q.x, q.y + h, q.z + d * 1.06)
    left = view.at(q.x - r, q.y + h * 0.5, q.z - d * 1.06)
    right = [view.at(q.x + r, q.y + h * 0.5, q.z + k * d * 1.06) for k in (-1, 1)]
    gable = [view.at(q.x + i * r * 0.9, q.y + h * 0.55, q.z - d) for i in (-1, 1)]
    roof: Rgb = (184, 78, 58)
    out += polygon([*gable, view.at(q.x, q.y + h * 0.96, q.z - d)], shade(q.thing.colour, 0.0))
    out += polygon([right[0], right[1], ridge_b, ridge_a], shade(roof, -0.12))
    eave = view.scale * 0.06
    out += (
        f'<path d="M{left[0]:.1f} {left[1]:.1f} L{ridge_a[0]:.1f} {ridge_a[1]:.1f} '
        f'L{right[0][0]:.1f} {right[0][1]:.1f}" fill="none" stroke="{shade(roof, 0.12)}" '
        f'stroke-width="{eave:.1f}" stroke-linejoin="round" stroke-linecap="round"/>'
    )
    for x0, x1, y0, y1, fill in (
        (-0.15, 0.15, 0, 0.34, "#6b4630"),
        (-0.66, -0.32, 0.2, 0.4, "#8fc1da"),
        (0.32, 0.66, 0.2, 0.4, "#8fc1da"),
    ):
        spots = [
            view.at(q.x + a * r, q.y + b * h, q.z - d)
            for a, b in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
        ]
        out += polygon(spots, fill, 'stroke="#ffffff" stroke-width="3"')
    return out


def _mushroom(view: View, q: Placed, name: str, light: str) -> str:
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


def _snowman(view: View, q: Placed, name: str, light: str) -> str:
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
