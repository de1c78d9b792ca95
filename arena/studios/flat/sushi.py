"""Sushi and other dishes as flat vector on an isometric board."""

from __future__ import annotations

from arena.studios.flat.drawing import View, ball, box, ellipse, lathe, polygon, ring_points, shade
from arena.studios.flat.inks import blend
from arena.studios.vocabulary import Rgb

RICE: Rgb = (250, 247, 240)
NORI: Rgb = (38, 56, 48)
TOPS: dict[str, Rgb] = {"salmon": (250, 138, 92), "tuna": (214, 62, 74), "egg": (252, 208, 84)}

ARRANGEMENTS: tuple[tuple[tuple[float, float, str], ...], ...] = (
    (
        (-0.85, 0.75, "roll"),
        (-0.1, 0.8, "roll"),
        (0.62, 0.82, "roll"),
        (-0.85, 0.0, "salmon"),
        (-0.1, 0.0, "tuna"),
        (0.65, 0.0, "egg"),
    ),
    (
        (-0.75, 0.72, "salmon"),
        (0.0, 0.72, "salmon"),
        (0.72, 0.8, "tuna"),
        (-0.75, 0.0, "gunkan"),
        (-0.05, 0.0, "gunkan"),
        (0.6, 0.05, "roll"),
    ),
    (
        (-0.8, 0.7, "egg"),
        (0.0, 0.7, "salmon"),
        (0.82, 0.7, "gunkan"),
        (-0.75, -0.1, "tuna"),
        (0.1, -0.05, "roll"),
        (0.8, -0.05, "roll"),
    ),
    (
        (-0.78, 0.62, "gunkan"),
        (-0.08, 0.72, "roll"),
        (0.62, 0.72, "roll"),
        (-0.72, -0.12, "egg"),
        (0.06, -0.02, "tuna"),
        (0.82, 0.0, "salmon"),
    ),
    (
        (-0.8, 0.8, "tuna"),
        (0.0, 0.8, "tuna"),
        (0.8, 0.76, "roll"),
        (-0.8, 0.04, "salmon"),
        (-0.02, 0.04, "roll"),
        (0.72, 0.04, "gunkan"),
    ),
)


def draw_dish(view: View, dish: str, *, take: int, floor: float) -> str:
    """SVG of a dish standing at height `floor` about the origin."""
    makers = {"sushi": _sushi, "pizza": _pizza, "burger": _burger, "cake": _cake}
    return makers[dish](view, take, floor)


def _sushi(view: View, take: int, y: float) -> str:
    pieces = sorted(ARRANGEMENTS[take % len(ARRANGEMENTS)], key=lambda piece: piece[0] - piece[1])
    out = _sauce(view, 1.12, y, 0.22 if take % 3 == 1 else -0.72)
    for number, (x, z, what) in enumerate(pieces):
        if what == "roll":
            out += _roll(view, x, y, z, number)
        elif what == "gunkan":
            out += _gunkan(view, x, y, z, number)
        else:
            out += _nigiri(view, x, y, z=z, what=what, number=number)
    return out + _garnish(view, y, take) + _sticks(view, y, take)


def _drop(view: View, x: float, y: float, *, z: float, rx: float, rz: float) -> str:
    cx, cy = view.at(x + 0.08, y, z + 0.0)
    return ellipse(cx, cy, rx * view.scale, rz * view.scale, "#10182c", more='fill-opacity="0.22"')


def _roll(view: View, x: float, y: float, z: float, number: int) -> str:
    out = _drop(view, x, y, z=z, rx=0.33, rz=0.2)
    out += lathe(
        view, x=x, y=y, z=z, colour=NORI, name=f"r{number}", profile=((0, 0.27), (0.4, 0.27))
    )
    cx, cy = view.at(x, y + 0.4, z)
    s, k = view.scale * 0.27, view.squash
    out += ellipse(cx, cy, s, s * k, shade(NORI, 0.1)) + ellipse(
        cx, cy, s * 0.88, s * k * 0.88, shade(RICE, 0)
    )
    for a, b in ring_points(0, 0, 0.66, 11, number):
        out += ellipse(cx + a * s, cy + b * s * k, s * 0.1, s * 0.05, "#e2dccb")
    out += ellipse(cx, cy, s * 0.48, s * k * 0.48, "#8fbf4d")
    return out + ellipse(
        cx - s * 0.09,
        cy - s * k * 0.04,
        s * 0.33,
        s * k * 0.36,
        shade(TOPS["salmon" if number % 2 else "tuna"], 0),
    )


def _nigiri(view: View, x: float, y: float, *, z: float, what: str, number: int) -> str:
    """A rice pillow with its slice, drawn along the z axis of the view."""
    s = view.scale
    cx, cy = view.at(x, y, z)
    colour = TOPS[what]
    turn = -31.0 if view.kind == "isometric" else 0.0
    dots = "".join(
        ellipse(
            -0.36 * s + 0.09 * s * k,
            -0.08 * s + 0.05 * s * ((k * 7) % 3 - 1),
            0.035 * s,
            0.02 * s,
            "#ddd5c2",
        )
        for k in range(9)
    )
    body = (
        f'<rect x="{-0.42 * s:.1f}" y="{-0.30 * s:.1f}" width="{0.84 * s:.1f}" '
        f'height="{0.42 * s:.1f}" '
        f'rx="{0.19 * s:.1f}" fill="#e6dfcd"/><rect x="{-0.42 * s:.1f}" y="{-0.30 * s:.1f}" '
        f'width="{0.84 * s:.1f}" height="{0.36 * s:.1f}" rx="{0.18 * s:.1f}" '
        f'fill="{shade(RICE, 0)}"/>{dots}'
    )
    slab = (
        f"M{-0.47 * s:.1f} {-0.12 * s:.1f} C{-0.50 * s:.1f} {-0.44 * s:.1f} "
        f"{-0.30 * s:.1f} {-0.52 * s:.1f} "
        f"0 {-0.52 * s:.1f} C{0.30 * s:.1f} {-0.52 * s:.1f} {0.50 * s:.1f} "
        f"{-0.44 * s:.1f} {0.47 * s:.1f} "
        f"{-0.12 * s:.1f} C{0.2 * s:.1f} {-0.22 * s:.1f} {-0.2 * s:.1f} {-0.22 * s:.1f} "
        f"{-0.47 * s:.1f} {-0.12 * s:.1f} Z"
    )
    name = f"n{number}"
    marks = ""
    if what == "egg":
        marks = (
            f'<rect x="{-0.09 * s:.1f}" y="{-0.56 * s:.1f}" width="{0.18 * s:.1f}" '
            f'height="{0.7 * s:.1f}" fill="{shade(NORI, 0)}"/>'
        )
    else:
        for k in range(-3, 4):
            a = k * 0.15 * s
            marks += (
                f'<path d="M{a - 0.08 * s:.1f} {-0.1 * s:.1f} q{0.02 * s:.1f} {-0.24 * s:.1f} '
                f'{0.16 * s:.1f} {-0.44 * s:.1f}" stroke="{shade(colour, 0.52)}" '
                f'stroke-width="{0.028 * s:.1f}" fill="none"/>'
            )
    low = (
        f'<path d="M{-0.5 * s:.1f} {-0.06 * s:.1f} C{-0.3 * s:.1f} {-0.32 * s:.1f} {0.3 * s:.1f} '
        f'{-0.32 * s:.1f} {0.5 * s:.1f} {-0.06 * s:.1f} Z" fill="{shade(colour, -0.22)}" '
        f'fill-opacity="0.7"/>'
    )
    shine = (
        f'<path d="M{-0.34 * s:.1f} {-0.40 * s:.1f} Q{-0.1 * s:.1f} {-0.48 * s:.1f} {0.12 * s:.1f} '
        f'{-0.47 * s:.1f}" stroke="#ffffff" stroke-opacity="0.75" stroke-width="{0.035 * s:.1f}" '
        f'stroke-linecap="round" fill="none"/>'
    )
    return _drop(view, x, y, z=z, rx=0.47, rz=0.26) + (
        f'<g transform="translate({cx:.1f} {cy:.1f}) rotate({turn * 0.35:.1f})">{body}'
        f'<clipPath id="{name}"><path d="{slab}"/></clipPath><path d="{slab}" '
        f'fill="{shade(colour, 0)}"/>'
        f'<g clip-path="url(#{name})">{marks}{low}</g>{shine}</g>'
    )


def _gunkan(view: View, x: float, y: float, z: float, number: int) -> str:
    out = _drop(view, x, y, z=z, rx=0.36, rz=0.22)
    out += lathe(
        view,
        x=x,
        y=y,
        z=z,
        colour=NORI,
        name=f"g{number}",
        profile=((0, 0.29), (0.32, 0.3)),
        inside=RICE,
    )
    cx, cy = view.at(x, y + 0.36, z)
    s = view.scale
    beads = [(0.0, 0.0), *ring_points(0, 0, 0.10, 5), *ring_points(0, 0, 0.19, 10, 0.3)]
    for a, b in sorted(beads, key=lambda p: p[1]):
        px, py = cx + a * s, cy + b * s * view.squash
        out += ellipse(px, py, 0.058 * s, 0.058 * s, "#f26a2a") + ellipse(
            px - 0.018 * s, py - 0.02 * s, 0.018 * s, 0.018 * s, "#ffd0a6"
        )
    return out


def _sauce(view: View, x: float, y: float, z: float) -> str:
    return lathe(
        view,
        x=x,
        y=y,
        z=z,
        colour=(240, 240, 236),
        name="soy",
        profile=((0, 0.16), (0.06, 0.24), (0.15, 0.29)),
        inside=(52, 30, 24),
    )


def _garnish(view: View, y: float, take: int) -> str:
    x, z = ((-1.05, -0.72), (0.86, -0.62), (-1.1, -0.7))[take % 3]
    s = view.scale
    cx, cy = view.at(x, y, z)
    leaf = "".join(
        f'<g transform="translate({cx:.1f} {cy:.1f}) rotate({a})"><path d="M0 0 C{-0.09 * s:.1f} '
        f"{-0.16 * s:.1f} {-0.07 * s:.1f} {-0.36 * s:.1f} 0 {-0.46 * s:.1f} "
        f"C{0.07 * s:.1f} {-0.36 * s:.1f} "
        f'{0.09 * s:.1f} {-0.16 * s:.1f} 0 0 Z" fill="{fill}"/></g>'
        for a, fill in ((-62, "#4f9a55"), (-20, "#65b066"))
    )
    wasabi = ball(
        view, x=x + 0.08, y=y, z=z - 0.1, r=0.13, colour=(150, 192, 78), name="was", tall=0.8
    )
    gx, gy = view.at(x + 0.36, y, z + 0.06)
    ginger = "".join(
        f'<path d="M{gx + dx * s:.1f} {gy + dy * s:.1f} q{0.12 * s:.1f} {-0.16 * s:.1f} '
        f"{0.24 * s:.1f} 0 "
        f'q{-0.12 * s:.1f} {0.06 * s:.1f} {-0.24 * s:.1f} 0 Z" fill="{fill}"/>'
        for dx, dy, fill in (
            (-0.12, 0.02, "#f4b3ab"),
            (0.0, 0.05, "#f9ccc4"),
            (-0.06, -0.05, "#f7bfb6"),
        )
    )
    return leaf + wasabi + ginger


def _sticks(view: View, y: float, take: int) -> str:
    colour = ("#8c3b2e", "#3f2c26", "#b07a44")[take % 3]
    out = ""
    for k in (0, 1):
        a, b = view.at(-1.0, y + 0.1, -1.08 - 0.13 * k), view.at(1.15, y + 0.1, -1.02 - 0.17 * k)
        out += (
            f'<path d="M{a[0]:.1f} {a[1] + 9:.1f} L{b[0]:.1f} {b[1] + 9:.1f}" stroke="#10182c" '
            f'stroke-opacity="0.2" stroke-width="9" stroke-linecap="round"/>'
            f'<path d="M{a[0]:.1f} {a[1]:.1f} L{b[0]:.1f} {b[1]:.1f}" stroke="{colour}" '
            f'stroke-width="9" stroke-linecap="round"/>'
        )
    return out


def _pizza(view: View, take: int, y: float) -> str:
    out = lathe(
        view, x=0, y=y, z=0, colour=(222, 164, 92), name="pz", profile=((0, 1.2), (0.12, 1.25))
    )
    cx, cy = view.at(0, y + 0.13, 0)
    s, k = view.scale, view.squash
    out += ellipse(cx, cy, 1.08 * s, 1.08 * s * k, "#c7402c") + ellipse(cx, cy, s, s * k, "#f8ce68")
    for number, (a, b) in enumerate(
        [(0, 0), *ring_points(0, 0, 0.42, 5), *ring_points(0, 0, 0.78, 9)]
    ):
        px, py = cx + a * s, cy + b * s * k
        if (number + take) % 3:
            out += ellipse(px, py, 0.15 * s, 0.15 * s * k, "#b5332c") + ellipse(
                px - 0.02 * s, py - 0.02 * s, 0.11 * s, 0.1 * s * k, "#cf4a3c"
            )
        else:
            out += ellipse(
                px,
                py,
                0.13 * s,
                0.055 * s,
                "#4e9650",
                more=f'transform="rotate({40 * number} {px:.0f} {py:.0f})"',
            )
    return out


def _burger(view: View, take: int, y: float) -> str:
    out, up = "", y
    for number, (colour, r, h) in enumerate(
        (
            ((222, 152, 78), 0.85, 0.24),
            ((122, 180, 70), 0.95, 0.1),
            ((104, 60, 42), 0.9, 0.26),
            ((252, 196, 70), 0.94, 0.07),
            ((214, 64, 50), 0.86, 0.1),
            ((122, 180, 70), 0.93, 0.09),
        )
    ):
        out += lathe(
            view, x=0, y=up, z=0, colour=colour, name=f"bg{number}", profile=((0, r), (h, r))
        )
        up += h
    out += lathe(
        view,
        x=0,
        y=up,
        z=0,
        colour=(226, 158, 84),
        name="bun",
        profile=((0, 0.9), (0.16, 0.88), (0.3, 0.76), (0.42, 0.54), (0.5, 0.28), (0.52, 0.01)),
    )
    cx, cy = view.at(0, up + 0.3, 0)
    for a, b in [*ring_points(0, 0, 0.2, 4, 0.4), *ring_points(0, 0, 0.48, 8)]:
        out += ellipse(cx + a * view.scale, cy + b * view.scale * 0.42, 8, 4.5, "#fff1cf")
    return out


def _cake(view: View, take: int, y: float) -> str:
    sponge: Rgb = ((246, 190, 200), (250, 232, 200), (140, 92, 66))[take % 3]
    out = lathe(
        view,
        x=0,
        y=y,
        z=0,
        colour=sponge,
        name="c1",
        profile=((0, 0.95), (0.5, 0.95)),
        inside=(255, 248, 240),
    )
    out += lathe(
        view,
        x=0,
        y=y + 0.5,
        z=0,
        colour=sponge,
        name="c2",
        profile=((0, 0.6), (0.45, 0.6)),
        inside=(255, 248, 240),
    )
    for number, (a, b) in enumerate(ring_points(0, 0, 0.42, 7)):
        out += ball(view, x=a, y=y + 0.95, z=b, r=0.1, colour=(214, 44, 58), name=f"k{number}")
    return out


def draw_base(
    view: View, *, wood: Rgb, plate: Rgb, round_plate: bool, round_base: bool = False
) -> tuple[str, float]:
    """The raised base and plate; returns SVG and the height of the plate's top."""
    out = _drum(view, wood) if round_base else _block(view, wood)
    return out + _tray(view, plate, round_plate), 0.48


def _drum(view: View, wood: Rgb) -> str:
    cx, cy = view.at(0, 0, 0)
    s, k = view.scale, view.squash
    out = "".join(
        ellipse(
            cx + 0.16 * s,
            cy + 0.1 * s,
            (2.02 + grow) * s,
            (2.02 + grow) * s * k,
            "#10283c",
            more='fill-opacity="0.06"',
        )
        for grow in (0.0, 0.1, 0.2)
    )
    out += lathe(
        view,
        x=0,
        y=0,
        z=0,
        name="d1",
        profile=((0, 2.02), (0.14, 2.02)),
        colour=blend(wood, (0, 0, 0), 0.14),
    )
    return out + lathe(
        view, x=0, y=0.14, z=0, colour=wood, name="d2", profile=((0, 1.93), (0.26, 1.93))
    )


def _block(view: View, wood: Rgb) -> str:
    s = view.scale
    out = ""
    for grow, cover in ((0.0, 0.10), (0.10, 0.06), (0.20, 0.04)):
        spots = [
            view.at(i * (1.72 + grow) + 0.22, 0, k * (1.72 + grow) + 0.1)
            for i, k in ((-1, -1), (1, -1), (1, 1), (-1, 1))
        ]
        out += polygon(
            spots,
            "#10283c",
            f'fill-opacity="{cover}" stroke="#10283c" '
            f'stroke-opacity="{cover}" stroke-width="{s * 0.12:.0f}"',
        )
    out += box(view, x=0, y=0, z=0, half=1.72, height=0.14, colour=blend(wood, (0, 0, 0), 0.14))
    return out + box(view, x=0, y=0.14, z=0, half=1.64, height=0.26, colour=wood)


def _tray(view: View, plate: Rgb, round_plate: bool) -> str:
    s = view.scale
    out = ""
    if round_plate:
        out += lathe(
            view, x=0, y=0.40, z=0, colour=plate, name="pl", profile=((0, 1.35), (0.08, 1.55))
        )
        px, py = view.at(0, 0.48, 0)
        out += ellipse(px, py, 1.36 * s, 1.36 * s * view.squash, shade(plate, -0.05))
    else:
        out += box(view, x=0, y=0.40, z=0, half=1.46, height=0.08, colour=plate)
        rim = [view.at(i * 1.34, 0.48, k * 1.34) for i, k in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
        out += polygon(rim, "none", f'stroke="{shade(plate, 0.42)}" stroke-width="3"')
    return out
