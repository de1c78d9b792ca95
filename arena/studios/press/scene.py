"""Scenes as flat-vector prints by the press studio."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.flat.drawing import View, box, ellipse, polygon, shade, shadow
from arena.studios.flat.inks import blend, svg_colour
from arena.studios.flat.paper import paper_grain
from arena.studios.flat.things import OPEN, draw_thing
from arena.studios.fonts import rasterise, sheet
from arena.studios.noise import Floats
from arena.studios.plan import Plan
from arena.studios.staging import Placed, stage
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Look:
    """A take: wall, table and window colours, camera, window, and how much the things fill."""

    wall: Rgb
    table: Rgb
    pane: Rgb
    kind: str = "oblique"
    slant: tuple[float, float] = (0.30, 0.40)
    window: str = "panes"
    share: float = 0.66


LOOKS: tuple[Look, ...] = (
    Look((238, 222, 196), (196, 132, 80), (255, 244, 214)),
    Look((190, 210, 208), (162, 104, 66), (222, 238, 236), "isometric", share=0.56),
    Look((232, 178, 150), (120, 72, 50), (255, 226, 190), slant=(0.42, 0.24), window="blinds", share=0.80),
    Look((206, 214, 232), (206, 164, 120), (150, 200, 236), slant=(0.16, 0.56), window="sash", share=0.58),
    Look((44, 84, 92), (214, 170, 118), (250, 222, 160), "isometric", window="round", share=0.66),
)  # fmt: skip
SURFACES: dict[str, Rgb] = {
    "marble": (232, 230, 226),
    "stone": (164, 162, 156),
    "metal": (176, 182, 190),
    "glass": (198, 222, 222),
    "matte": (206, 196, 182),
}


def print_scene(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A flat-vector picture of the plan's things on a table, (H, W, 3) in 0..1."""
    look = LOOKS[take % len(LOOKS)]
    placed = stage(things=plan.things, relations=plan.relations, seed=take)
    wide = 1000 * width / min(width, height)
    tall = 1000 * height / min(width, height)
    view = _fit(placed, wide, tall, look)
    look = replace(
        look,
        wall=plan.background or look.wall,
        table=plan.surface_colour or SURFACES.get(plan.surface, look.table),
    )
    if look.kind == "isometric":
        body = _slab(view, look, plan=plan, placed=placed, wide=wide, tall=tall)
    else:
        back = max(p.z + p.half for p in placed) + 0.7
        body = _room(view, look, plan=plan, back=back, wide=wide, tall=tall, take=take)
    for p in placed:
        if p.y == 0 and p.thing.material != "glass":
            body += shadow(view, x=p.x, z=p.z, half=p.half, height=p.height, light=plan.light)
    body += _things(view, placed, plan.light)
    art = rasterise(sheet(body, width=wide, height=tall), width=width, height=height)[..., :3]
    grain = paper_grain(width=width, height=height, seed=200 + take, strength=0.7)
    return np.clip(art * grain[..., None], 0, 1).astype(np.float32)


def _fit(placed: tuple[Placed, ...], wide: float, tall: float, look: Look) -> View:
    probe = View(0, 0, 1, look.kind, look.slant)
    spots = [
        probe.at(p.x + i * p.half, p.y + j * p.height, p.z + k * p.half)
        for p in placed
        for i in (-1, 1)
        for j in (0, 1)
        for k in (-1, 1)
    ]
    xs, ys = [s[0] for s in spots], [s[1] for s in spots]
    share = look.share
    scale = min(wide * share / (max(xs) - min(xs)), tall * share / (max(ys) - min(ys)), 420)
    x = wide / 2 - scale * (max(xs) + min(xs)) / 2
    y = tall * (0.49 + share * 0.06) - scale * (max(ys) + min(ys)) / 2
    return View(x, y, scale, look.kind, look.slant)


def _room(
    view: View, look: Look, *, plan: Plan, back: float, wide: float, tall: float, take: int
) -> str:
    table = look.table
    edge = min(max(view.at(0, 0, back)[1], tall * 0.3), tall * 0.8)
    out = f'<rect width="{wide}" height="{tall}" fill="{svg_colour(look.wall)}"/>'
    windows = {"blinds": _blinds, "sash": _sash}
    out += windows.get(look.window, _panes)(look, plan.light, wide, edge)
    out += (
        f'<rect y="{edge:.1f}" width="{wide}" height="{tall - edge:.1f}" '
        f'fill="{svg_colour(table)}"/>'
    )
    out += f'<rect y="{edge:.1f}" width="{wide}" height="9" fill="{shade(table, 0.3)}"/>'
    if plan.surface == "wood":
        out += _grain(table, edge, wide, tall, take)
    elif plan.surface == "marble":
        out += _veins(table, edge, wide, tall, take)
    return out


def _lean(light: str) -> float:
    return {"left": 0.32, "right": -0.32}.get(light, 0.15)


def _panes(look: Look, light: str, wide: float, edge: float) -> str:
    """Four slanting panes of light on the wall."""
    lean, out = _lean(light), ""
    x0 = wide * (0.2 if lean > 0 else 0.52)
    for row in range(2):
        for column in range(2):
            w, h = wide * 0.14, edge * 0.30
            x, y = x0 + column * (w + 16) + row * h * lean, edge * 0.12 + row * (h + 16)
            out += polygon(
                [(x, y), (x + w, y), (x + w + h * lean, y + h), (x + h * lean, y + h)],
                svg_colour(blend(look.pane, look.wall, 0.25)),
                'fill-opacity="0.75"',
            )
    return out


def _blinds(look: Look, light: str, wide: float, edge: float) -> str:
    """Bars of light through a blind, wide across the wall."""
    lean, out = _lean(light), ""
    left = wide * (0.06 if lean > 0 else 0.34)
    for k in range(8):
        y = edge * (0.06 + 0.115 * k)
        x, w, h = left + y * lean, wide * 0.58, edge * 0.062
        spots = [
            (x, y),
            (x + w, y - w * 0.10),
            (x + w + h * lean, y + h - w * 0.10),
            (x + h * lean, y + h),
        ]
        out += polygon(spots, svg_colour(look.pane), 'fill-opacity="0.62"')
    return out


def _sash(look: Look, light: str, wide: float, edge: float) -> str:
    """A real window in the wall on the side the light comes from, with sky and a hill."""
    w, h = wide * 0.26, edge * 0.74
    x = {"right": wide * 0.68}.get(light, wide * 0.06)
    y = edge * 0.12
    frame = 'fill="none" stroke="#fbf8f2" stroke-width="14"'
    out = (
        f'<clipPath id="sash"><rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" '
        f'height="{h:.0f}"/></clipPath>'
    )
    out += (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" '
        f'fill="{svg_colour(look.pane)}"/>'
    )
    out += (
        f'<g clip-path="url(#sash)"><circle cx="{x + w * 0.3:.0f}" '
        f'cy="{y + h * 0.3:.0f}" r="{w * 0.15:.0f}" fill="#fff3cf"/>'
        f'<ellipse cx="{x + w * 0.2:.0f}" cy="{y + h * 1.06:.0f}" rx="{w * 0.7:.0f}" '
        f'ry="{h * 0.34:.0f}" fill="#8fb98a"/>'
        f'<ellipse cx="{x + w * 0.95:.0f}" cy="{y + h * 1.1:.0f}" rx="{w * 0.7:.0f}" '
        f'ry="{h * 0.3:.0f}" fill="#6fa07c"/></g>'
    )
    out += f'<rect x="{x:.0f}" y="{y:.0f}" width="{w:.0f}" height="{h:.0f}" {frame}/>'
    out += (
        f'<path d="M{x + w / 2:.0f} {y:.0f} v{h:.0f} M{x:.0f} {y + h * 0.45:.0f} '
        f'h{w:.0f}" {frame}/>'
    )
    return out + (
        f'<rect x="{x - 22:.0f}" y="{y + h:.0f}" width="{w + 44:.0f}" height="16" fill="#fbf8f2"/>'
    )


def _slab(
    view: View, look: Look, *, plan: Plan, placed: tuple[Placed, ...], wide: float, tall: float
) -> str:
    """A table top seen from above on a plain ground, for the isometric takes."""
    wall, table = look.wall, look.table
    out = f'<rect width="{wide}" height="{tall}" fill="{svg_colour(wall)}"/>'
    low_x, high_x = min(p.x - p.half for p in placed), max(p.x + p.half for p in placed)
    low_z, high_z = min(p.z - p.half for p in placed), max(p.z + p.half for p in placed)
    x, z = (low_x + high_x) / 2, (low_z + high_z) / 2
    half = max(high_x - low_x, high_z - low_z) / 2 + 0.35
    if look.window == "round":
        return out + _round_top(view, look, x=x, z=z, r=half * 1.22)
    drop = [
        view.at(x + i * half + 0.3, -0.45, z + k * half)
        for i, k in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    out += polygon(drop, shade(wall, -0.22), 'fill-opacity="0.7"')
    out += box(view, x=x, y=-0.18, z=z, half=half, height=0.18, colour=table, light=plan.light)
    if plan.surface == "wood":
        for k in range(1, 6):
            a, b = (view.at(x + s * half, 0, z - half + 2 * half * k / 6) for s in (-1, 1))
            out += (
                f'<path d="M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" '
                f'stroke="{shade(table, -0.12)}" '
                f'stroke-width="3"/>'
            )
    for row in range(2):
        for column in range(2):
            x0, z0 = x - half * 0.86 + column * half * 0.5, z - half * 0.86 + row * half * 0.5
            w = half * 0.44
            pane = [
                view.at(x0 + i * w + k * w * 0.25, 0, z0 + k * w)
                for i, k in ((0, 0), (1, 0), (1, 1), (0, 1))
            ]
            out += polygon(pane, "#fff6da", 'fill-opacity="0.22"')
    return out


def _round_top(view: View, look: Look, *, x: float, z: float, r: float) -> str:
    """A round table top with growth rings, its shadow, and a round of light behind it."""
    cx, cy = view.at(x, 0, z)
    s, k = view.scale, view.squash
    out = (
        f'<circle cx="{cx:.0f}" cy="{cy - s * 0.5:.0f}" r="{r * s * 1.16:.0f}" '
        f'fill="{svg_colour(blend(look.pane, look.wall, 0.72))}"/>'
    )
    out += ellipse(
        cx + 0.2 * s, cy + 0.42 * s, r * s, r * s * k, "#0c1420", more='fill-opacity="0.28"'
    )
    out += ellipse(cx, cy + 0.16 * s, r * s, r * s * k, shade(look.table, -0.34))
    out += ellipse(cx, cy, r * s, r * s * k, shade(look.table, 0.0))
    for share in (0.9, 0.72, 0.52, 0.3):
        ring = f'stroke="{shade(look.table, -0.14)}" stroke-width="3" stroke-opacity="0.8"'
        out += ellipse(cx, cy, r * s * share, r * s * k * share, "none", more=ring)
    return out


def _grain(table: Rgb, edge: float, wide: float, tall: float, take: int) -> str:
    rng = np.random.default_rng(take + 4)
    out, y, step = "", edge + 9, 34.0
    while y < tall:
        tone = float(rng.uniform(-0.10, 0.06))
        out += f'<rect y="{y:.1f}" width="{wide}" height="{step:.1f}" fill="{shade(table, tone)}"/>'
        for _ in range(3):
            gy = y + step * rng.uniform(0.15, 0.85)
            gx, length = rng.uniform(-0.1, 0.8) * wide, rng.uniform(0.2, 0.5) * wide
            out += (
                f'<path d="M{gx:.0f} {gy:.1f} q{length / 2:.0f} {rng.uniform(-7, 7):.1f} '
                f'{length:.0f} 0" '
                f'stroke="{shade(table, -0.2)}" stroke-width="2.4" fill="none" '
                'stroke-opacity="0.55" '
                f'stroke-linecap="round"/>'
            )
        y += step
        out += (
            f'<path d="M0 {y:.1f} H{wide}" stroke="{shade(table, -0.34)}" stroke-width="2.5" '
            f'stroke-opacity="0.7"/>'
        )
        step *= 1.22
    return out


def _veins(table: Rgb, edge: float, wide: float, tall: float, take: int) -> str:
    rng = np.random.default_rng(take + 8)
    out = ""
    for number in range(11):
        x, y = rng.uniform(-0.2, 0.9) * wide, rng.uniform(edge + 10, tall)
        path = f"M{x:.0f} {y:.0f}"
        for _ in range(5):
            path += (
                f" q{rng.uniform(20, 60):.0f} {rng.uniform(-26, 14):.0f} "
                f"{rng.uniform(60, 110):.0f} "
                f"{rng.uniform(-20, 30):.0f}"
            )
        out += (
            f'<path d="{path}" fill="none" stroke="{shade(table, -0.22)}" '
            f'stroke-opacity="{0.55 if number % 3 else 0.8}" '
            f'stroke-width="{1.6 + 2.2 * (number % 3 == 0):.1f}"/>'
        )
    return (
        f'<clipPath id="mt"><rect y="{edge + 9:.0f}" width="{wide}" height="{tall}"/></clipPath><g '
        f'clip-path="url(#mt)">{out}</g>'
    )


def _things(view: View, placed: tuple[Placed, ...], light: str) -> str:
    """Far to near; what stands inside is drawn between the halves of its glass."""
    out = ""
    order = sorted(
        range(len(placed)),
        key=lambda i: (placed[i].y, placed[i].x * (view.kind == "isometric") - placed[i].z),
    )
    inner: dict[int, list[int]] = {}
    for i, p in enumerate(placed):
        if p.inside >= 0:
            inner.setdefault(p.inside, []).append(i)
    for i in order:
        p = placed[i]
        if p.inside >= 0:
            continue
        if p.thing.shape in {"cube", "sphere"}:
            out += draw_thing(view, p, name=f"t{i}", light=light, part="back")
        else:
            out += draw_thing(view, p, name=f"t{i}", light=light)
        for j in sorted(inner.get(i, []), key=lambda j: -placed[j].z):
            out += draw_thing(view, placed[j], name=f"t{j}", light=light)
        if p.thing.shape in {"cube", "sphere"}:
            out += draw_thing(view, p, name=f"t{i}", light=light, part="front")
        elif i in inner and p.thing.shape in OPEN:
            out += draw_thing(view, p, name=f"f{i}", light=light, part="front")
    return out
