"""Each known thing drawn as flat vector at its staged place."""

from __future__ import annotations

from arena.studios.flat.drawing import View, ball, box, ellipse, glass_box, lathe, polygon, shade
from arena.studios.flat.garden import (
    draw_cactus,
    draw_mushroom,
    draw_plant,
    draw_snowman,
    draw_tree,
)
from arena.studios.staging import Placed
from arena.studios.vocabulary import Rgb

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
        "plant": draw_plant,
        "pyramid": _pyramid,
        "torus": _torus,
        "cup": _cup,
        "tree": draw_tree,
        "house": _house,
        "mushroom": draw_mushroom,
        "snowman": draw_snowman,
        "candle": _candle,
        "cactus": draw_cactus,
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
