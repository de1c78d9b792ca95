"""Five drawn places to set things down: boards, cloth, night desk, cutting mat, bright studio."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.plan import Plan
from arena.studios.stickers.grounds import cloud, dots, fade, flat, gingham, mat, planks, rays
from arena.studios.stickers.inks import WHITE, mix, pastel, svg
from arena.studios.vocabulary import Rgb

_SURFACES: dict[str, Rgb] = {
    "wood": (196, 134, 78), "marble": (226, 228, 234), "stone": (168, 170, 178),
    "metal": (176, 188, 204), "glass": (180, 222, 232), "matte": (240, 196, 140),
}  # fmt: skip
_WALLS: tuple[Rgb, ...] = (
    (255, 236, 205), (176, 224, 245), (40, 40, 92), (255, 214, 226), (198, 236, 214),
)  # fmt: skip


def _colours(plan: Plan, style: int) -> tuple[Rgb, Rgb]:
    """Wall and table: from the prompt where it names them."""
    table = plan.surface_colour or _SURFACES.get(plan.surface, _SURFACES["wood"])
    return plan.background or _WALLS[style], table


def _table(plan: Plan, table: Rgb, *, top: float, tall: float) -> str:
    if plan.surface == "wood":
        return planks(
            tall=tall,
            top=top,
            fill=svg(table),
            seam=svg(mix(table, (60, 25, 0), 0.28)),
            light=svg(mix(table, WHITE, 0.35)),
        )
    veins = "".join(
        f'<path d="M{k * 170 - 60} {top + 20 + (k % 3) * 90:.0f} q70 40 150 12 t160 60" fill="none" '
        f'stroke="{svg(mix(table, (60, 60, 80), 0.3))}" stroke-opacity="0.4" stroke-width="4"/>'
        for k in range(7)
    )
    return (
        f'<rect y="{top:.1f}" width="1000" height="{tall - top:.1f}" fill="{svg(table)}"/>'
        + (veins if plan.surface == "marble" else "")
        + f'<rect y="{top:.1f}" width="1000" height="9" fill="{svg(mix(table, WHITE, 0.5))}"/>'
    )


def _beam(plan: Plan, tall: float, *, fill: str, cover: float) -> str:
    """Window light falling across the wall from the side the prompt says."""
    left, right = 40, 960
    if plan.light not in {"left", "right"}:
        return (
            f'<path d="M380 0 H620 L860 {tall:.0f} H140 Z" fill="{fill}" fill-opacity="{cover}"/>'
        )
    x, way = (left, 1) if plan.light == "left" else (right, -1)
    return "".join(
        f'<path d="M{x + way * near} {tall * 0.02:.0f} L{x + way * (near + 120)} {tall * 0.02:.0f} '
        f'L{x + way * (near + 420)} {tall * 0.62:.0f} L{x + way * (near + 280)} {tall * 0.62:.0f} Z" '
        f'fill="{fill}" fill-opacity="{cover}"/>'
        for near in (20, 165)
    )


def _parlour(plan: Plan, tall: float) -> tuple[str, float]:
    wall, table = _colours(plan, 0)
    top = tall * 0.62
    body = dots(
        tall=tall, fill=svg(wall), dot=svg(mix(wall, (230, 150, 90), 0.16)), step=90, size=9
    )
    body += _beam(plan, tall, fill="#ffffff", cover=0.5)
    return body + _table(plan, table, top=top, tall=tall), tall * 0.80


def _picnic(plan: Plan, tall: float) -> tuple[str, float]:
    """A big window with sky, a chequered runner on the table."""
    wall, table = _colours(plan, 1)
    top = tall * 0.66
    x = 90 if plan.light != "right" else 470
    sky = svg(mix((120, 205, 250), WHITE, 0.25))
    body = flat(tall=tall, fill=svg(mix(wall, WHITE, 0.35)))
    body += f'<rect x="{x}" y="{tall * 0.05:.0f}" width="440" height="{tall * 0.47:.0f}" rx="14" fill="{sky}"/>'
    body += cloud(x=x + 150, y=tall * 0.20, size=190) + cloud(x=x + 320, y=tall * 0.37, size=150)
    line = 'fill="none" stroke="#ffffff" stroke-width="18"'
    body += (
        f'<rect x="{x}" y="{tall * 0.05:.0f}" width="440" height="{tall * 0.47:.0f}" rx="14" '
        f'{line}/><path d="M{x + 220} {tall * 0.05:.0f} v{tall * 0.47:.0f}" {line}/>'
    )
    body += _table(plan, table, top=top, tall=tall)
    cloth = gingham(tall=tall * 0.4, fill="#ffffff", band="#e5383b", step=64)
    runner = (
        f'<svg x="90" y="{tall * 0.72:.0f}" width="820" height="{tall * 0.2:.0f}" '
        f'viewBox="0 0 820 {tall * 0.2:.0f}">{cloth}</svg>'
    )
    return body + f'<g opacity="0.92">{runner}</g>', tall * 0.82


def _night_desk(plan: Plan, tall: float) -> tuple[str, float]:
    wall, table = _colours(plan, 2)
    dark = mix(table, (20, 12, 50), 0.45)
    cx = {"left": 180, "right": 820}.get(plan.light, 500)
    body = fade(tall=tall, colours=(svg(mix(wall, (10, 8, 40), 0.35)), svg(wall)))
    body += (
        f'<radialGradient id="g" cx="{cx / 1000}" cy="0.12" r="0.85"><stop offset="0" '
        'stop-color="#ffe9a8" stop-opacity="0.85"/><stop offset="1" stop-color="#ffe9a8" '
        'stop-opacity="0"/></radialGradient>'
    )
    body += _table(plan, dark, top=tall * 0.64, tall=tall)
    body += f'<rect width="1000" height="{tall:.0f}" fill="url(#g)"/>'
    return body, tall * 0.82


def _cutting(plan: Plan, tall: float) -> tuple[str, float]:
    wall, table = _colours(plan, 3)
    body = (
        planks(
            tall=tall,
            top=-10,
            fill=svg(table),
            seam=svg(mix(table, (60, 25, 0), 0.28)),
            light=svg(table),
        )
        if plan.surface == "wood"
        else flat(tall=tall, fill=svg(table))
    )
    grid = mat(tall=tall - 120, fill=svg(pastel(wall, light=0.86)), line="#ffffff")
    body += (
        f'<svg x="60" y="60" width="880" height="{tall - 120:.0f}" viewBox="0 0 880 '
        f'{tall - 120:.0f}">{grid}</svg>'
    )
    frame = f'x="60" y="60" width="880" height="{tall - 120:.0f}" rx="22" fill="none"'
    body += f'<rect {frame} stroke="#ffffff" stroke-width="14"/>'
    return body, tall * 0.78


def _studio(plan: Plan, tall: float) -> tuple[str, float]:
    wall, table = _colours(plan, 4)
    body = rays(tall=tall, fill=svg(wall), ray=svg(mix(wall, WHITE, 0.35)), y=tall * 0.6, count=20)
    edge, y = mix(table, (50, 20, 20), 0.35), tall * 0.80
    body += (
        f'<ellipse cx="500" cy="{y + 46:.0f}" rx="470" ry="{tall * 0.135:.0f}" fill="{svg(edge)}"/>'
    )
    body += f'<ellipse cx="500" cy="{y:.0f}" rx="470" ry="{tall * 0.135:.0f}" fill="{svg(table)}"/>'
    body += (
        f'<ellipse cx="500" cy="{y:.0f}" rx="400" ry="{tall * 0.105:.0f}" fill="none" '
        f'stroke="{svg(mix(table, WHITE, 0.3))}" stroke-width="6"/>'
    )
    return body, tall * 0.80


BACKDROPS: tuple[Callable[[Plan, float], tuple[str, float]], ...] = (
    _parlour, _picnic, _night_desk, _cutting, _studio,
)  # fmt: skip
