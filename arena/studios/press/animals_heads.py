"""Heads of the paper animals, about (0, 0) with a radius near 100, facing the viewer."""

from __future__ import annotations

from arena.studios.flat.drawing import Point, ellipse, shade
from arena.studios.flat.inks import blend, svg_colour
from arena.studios.press.animals_coats import Beast
from arena.studios.vocabulary import Rgb

# Right halves of skulls, top to chin: a start, then cubic segments.
SKULLS: dict[str, tuple[Point, ...]] = {
    "round": ((0, -94), (62, -94), (104, -56), (104, 0), (104, 56), (62, 84), (0, 84)),
    "cat": ((0, -88), (62, -90), (102, -54), (104, 0), (106, 22), (118, 30), (124, 44),
            (102, 46), (92, 62), (72, 68), (50, 78), (26, 82), (0, 82)),
    "dog": ((0, -92), (60, -94), (92, -60), (94, -6), (96, 50), (64, 92), (0, 92)),
    "fox": ((0, -84), (48, -88), (84, -64), (94, -22), (100, 0), (118, 20), (138, 34),
            (108, 44), (94, 54), (74, 64), (50, 76), (24, 94), (0, 98)),
    "rabbit": ((0, -84), (50, -86), (84, -52), (88, 0), (92, 54), (50, 82), (0, 82)),
    "deer": ((0, -88), (46, -90), (78, -60), (78, -14), (78, 34), (52, 92), (0, 94)),
}  # fmt: skip
EAR: dict[str, tuple[str, str]] = {
    "pointed": (
        "M22 -74 C40 -112 66 -138 82 -140 C94 -138 104 -92 98 -34 Z",
        "M42 -74 C54 -100 68 -116 78 -118 C84 -112 88 -86 86 -54 Z",
    ),
    "fox": (
        "M20 -70 C36 -120 66 -160 84 -162 C98 -158 112 -92 100 -28 Z",
        "M42 -72 C54 -108 70 -132 80 -134 C88 -124 94 -88 88 -52 Z",
    ),
    "long": (
        "M14 -70 C-4 -140 8 -232 44 -240 C82 -238 84 -150 66 -58 Z",
        "M28 -84 C16 -144 24 -206 44 -212 C66 -208 66 -148 54 -80 Z",
    ),
    "leaf": (
        "M56 -44 C84 -96 142 -98 168 -74 C152 -34 104 -18 66 -20 Z",
        "M74 -44 C94 -76 132 -82 150 -70 C138 -46 104 -34 74 -34 Z",
    ),
    "floppy": (
        "M44 -84 C84 -106 126 -70 128 -8 C130 40 116 70 98 70 C78 70 72 18 62 -24 Z",
        "M92 -58 C112 -40 118 0 112 46 C102 30 98 -10 84 -40 Z",
    ),
}


def mirror_path(half: tuple[Point, ...]) -> str:
    """A closed outline from its right half, which starts and ends on x = 0."""
    there = [f"{x:.1f} {y:.1f}" for x, y in half]
    back = [f"{-x:.1f} {y:.1f}" for x, y in reversed(half)]
    return f"M{there[0]} C{' '.join(there[1:])} C{' '.join(back[1:])} Z"


def draw_head(beast: Beast, *, name: str, young: bool, look: float, happy: bool) -> str:
    """SVG of a head; `look` -1..1 turns the eyes, `happy` closes them in a smile."""
    skull = mirror_path(SKULLS[beast.skull])
    base = shade(beast.base, 0)
    out = _behind(beast)
    out += f'<clipPath id="{name}"><path d="{skull}"/></clipPath>'
    out += f'<path d="{skull}" fill="{base}"/><g clip-path="url(#{name})">'
    out += _marks(beast) + ellipse(
        -104, 34, 74, 120, svg_colour(blend(beast.base, (96, 40, 60), 0.5)), more='opacity="0.20"'
    )
    if beast.marks != "fox":
        out += ellipse(58, -84, 62, 34, "#fff4d8", more='opacity="0.28"')
    out += "</g>"
    if beast.ears == "floppy":
        out += _pair(EAR["floppy"][0], shade(beast.base, -0.22))
        out += _pair(EAR["floppy"][1], shade(beast.base, -0.10))
    out += _muzzle(beast)
    radius = 27.0 if young else 20.0
    apart = {"deer": 50, "fox": 47, "dog": 42}.get(beast.skull, 46)
    lift = -2 if beast.skull == "deer" else (-4 if young else -10)
    for side in (-1, 1):
        out += _eye(side * apart, lift, radius, beast.iris, look=look, happy=happy)
        out += ellipse(side * 66, 38, 17, 11, "#f0807a", more='opacity="0.38"')
    return out


def _pair(path: str, fill: str, more: str = "") -> str:
    right = f'<path d="{path}" fill="{fill}" stroke-linejoin="round" {more}/>'
    return right + f'<g transform="scale(-1 1)">{right}</g>'


def _behind(beast: Beast) -> str:
    """Ears, mane, wool and antlers: what stands behind the skull."""
    base, inner = shade(beast.base, -0.06), shade(beast.inner, 0)
    out = ""
    if beast.marks == "mane":
        out += _mane(beast.marking)
    if beast.marks == "antlers":
        horn = (
            "M30 -78 C40 -130 84 -140 92 -190 M54 -128 C60 -150 52 -170 46 -182 M80 -150 "
            "C100 -156 112 -170 116 -186"
        )
        for side in (1, -1):
            out += (
                f'<path d="{horn}" transform="scale({side} 1)" fill="none" stroke-width="13" '
                f'stroke="{svg_colour(beast.marking)}" stroke-linecap="round"/>'
            )
    if beast.ears in {"round", "saucer"}:
        far, big = (74, 38.0) if beast.ears == "round" else (84, 62.0)
        ear = beast.marking if beast.marks == "panda" else beast.base
        for side in (-1, 1):
            out += ellipse(side * far, -70, big, big, shade(ear, -0.06))
            out += ellipse(side * far, -66, big * 0.6, big * 0.6, inner)
    elif beast.ears == "long":
        for side, turn in ((1, 8), (-1, 10)):
            out += f'<g transform="scale({side} 1) rotate({turn})">'
            out += f'<path d="{EAR["long"][0]}" fill="{base}"/>'
            out += f'<path d="{EAR["long"][1]}" fill="{inner}"/></g>'
    elif beast.ears != "floppy":
        rim = f'stroke="{base}" stroke-width="10"'
        out += _pair(EAR[beast.ears][0], base, rim) + _pair(EAR[beast.ears][1], inner)
    return out


def _mane(colour: Rgb) -> str:
    out = ""
    for count, radius, tone in ((18, 132, -0.12), (16, 116, 0.08)):
        for k in range(count):
            turn = 360 * k / count + (10 if count == 16 else 0)
            out += (
                f'<path d="M-30 -70 Q0 {-radius - 34} 30 -70 Z" fill="{shade(colour, tone)}" '
                f'transform="rotate({turn:.0f})"/>'
            )
    return out + ellipse(0, 0, 104, 98, shade(colour, 0.08))


def _marks(beast: Beast) -> str:
    ink, light = svg_colour(beast.marking), svg_colour(beast.light)
    if beast.marks == "fox":
        return (
            f'<path d="M-150 26 C-104 14 -70 -2 -40 26 C-22 44 -8 46 0 46 C8 46 22 44 40 26 '
            f'C70 -2 104 14 150 26 V130 H-150 Z" fill="{light}"/>'
        )
    if beast.marks == "stripes":
        bars = (
            "M0 -96 V-50 M-26 -94 Q-24 -70 -20 -54 M26 -94 Q24 -70 20 -54 M-120 -6 Q-96 -2 -82 6 "
        )
        bars += "M-124 26 Q-98 24 -82 28 M120 -6 Q96 -2 82 6 M124 26 Q98 24 82 28"
        return (
            f'<path d="{bars}" fill="none" stroke="{ink}" stroke-width="11" '
            'stroke-linecap="round"/>'
        )
    if beast.marks == "panda":
        return "".join(
            ellipse(s * 48, 4, 35, 42, ink, more=f'transform="rotate({s * 24} {s * 48} 4)"')
            for s in (-1, 1)
        )
    if beast.marks == "patches":
        return ellipse(62, -34, 56, 64, ink)
    if beast.marks == "wool":
        return ellipse(0, 40, 74, 92, svg_colour((92, 78, 80)))
    if beast.skull == "dog":
        return (
            '<path d="M0 -100 C26 -60 20 -20 46 30 H-46 C-20 -20 -26 -60 0 -100 Z" '
            f'fill="{light}" opacity="0.55"/>'
        )
    return ""


def _eye(x: float, y: float, r: float, iris: Rgb, *, look: float, happy: bool) -> str:
    if happy:
        return (
            f'<path d="M{x - r * 0.8:.1f} {y + r * 0.3:.1f} Q{x:.1f} {y - r * 0.9:.1f} '
            f'{x + r * 0.8:.1f} {y + r * 0.3:.1f}" fill="none" stroke="#33262a" stroke-width="8" '
            'stroke-linecap="round"/>'
        )
    dx = look * r * 0.12
    out = ellipse(x, y, r * 1.10, r * 1.22, "#fffaf2") + ellipse(x + dx, y, r, r * 1.14, "#2b1f26")
    out += ellipse(x + dx, y + r * 0.22, r * 0.78, r * 0.82, svg_colour(iris))
    out += ellipse(x + dx, y + r * 0.02, r * 0.56, r * 0.66, "#1d151b")
    out += ellipse(x + dx, y + r * 0.66, r * 0.48, r * 0.26, "#fff2c8", more='opacity="0.45"')
    out += ellipse(x + dx - r * 0.34, y - r * 0.42, r * 0.34, r * 0.38, "#ffffff")
    return out + ellipse(x + dx + r * 0.36, y + r * 0.34, r * 0.15, r * 0.15, "#ffffff")


def _muzzle(beast: Beast) -> str:
    light, nose = svg_colour(beast.light), shade(beast.nose, 0)
    makers = {"dog": _dog, "cat": _cat, "rabbit": _rabbit, "fox": _fox, "bear": _bear}
    if beast.muzzle in makers:
        return makers[beast.muzzle](light, nose)
    if beast.muzzle in {"pig", "cow"}:
        fill = "#ee9a9c" if beast.muzzle == "pig" else "#f4b8b0"
        wide = 42 if beast.muzzle == "pig" else 58
        holes = "".join(ellipse(s * 16, 42, 6, 10, "#a85560") for s in (-1, 1))
        return ellipse(0, 44, wide, 30, fill) + holes + _smile(66, "#a85560")
    if beast.muzzle == "sheep":
        wool = "".join(
            ellipse(x, y, 32, 30, light) for x, y in ((-48, -74), (0, -92), (48, -74), (0, -62))
        )
        return wool + _nose(0, 56, 17, nose) + _smile(66, "#33262a")
    return ellipse(0, 62, 42, 33, light) + _nose(0, 50, 21, nose) + _smile(66, "#33262a")


def _nose(x: float, y: float, size: float, fill: str) -> str:
    s = size
    return (
        f'<path d="M{x - s} {y - s * 0.4:.1f} C{x - s * 0.8:.1f} {y - s} {x + s * 0.8:.1f} {y - s} '
        f"{x + s} {y - s * 0.4:.1f} C{x + s} {y + s * 0.3:.1f} {x + s * 0.3:.1f} {y + s * 0.7:.1f} "
        f"{x} {y + s * 0.7:.1f} C{x - s * 0.3:.1f} {y + s * 0.7:.1f} {x - s} {y + s * 0.3:.1f} "
        f'{x - s} {y - s * 0.4:.1f} Z" fill="{fill}"/>'
        + ellipse(x - s * 0.25, y - s * 0.42, s * 0.34, s * 0.18, "#ffffff", more='opacity="0.55"')
    )


def _smile(y: float, ink: str, wide: float = 22) -> str:
    return (
        f'<path d="M0 {y - 8} V{y} M{-wide} {y - 2} Q{-wide / 2} {y + 12} 0 {y} '
        f"Q{wide / 2} {y + 12} "
        f'{wide} {y - 2}" fill="none" stroke="{ink}" stroke-width="5" stroke-linecap="round"/>'
    )


def _dog(light: str, nose: str) -> str:
    mouth = (
        '<path d="M-26 58 Q0 66 26 58 Q24 94 0 94 Q-24 94 -26 58 Z" fill="#8c3038"/>'
        '<path d="M-14 78 Q0 66 14 78 Q14 106 0 106 Q-14 106 -14 78 Z" fill="#f28a8e"/>'
    )
    return (
        mouth
        + ellipse(-21, 44, 30, 25, light)
        + ellipse(21, 44, 30, 25, light)
        + _nose(0, 27, 20, nose)
    )


def _whiskers(ink: str) -> str:
    lines = "M52 40 L112 30 M54 50 L112 54"
    return "".join(
        f'<path d="{lines}" transform="scale({s} 1)" stroke="{ink}" stroke-width="2.6" '
        'stroke-opacity="0.7" stroke-linecap="round"/>'
        for s in (1, -1)
    )


def _cat(light: str, nose: str) -> str:
    pads = "".join(ellipse(s * 20, 46, 27, 21, light) for s in (-1, 1)) + ellipse(
        0, 62, 20, 15, light
    )
    return pads + _whiskers("#fffaf0") + _nose(0, 31, 11, nose) + _smile(48, "#33262a", 18)


def _rabbit(light: str, nose: str) -> str:
    pads = "".join(ellipse(s * 19, 46, 27, 23, light) for s in (-1, 1))
    teeth = (
        '<path d="M-9 56 H9 V70 Q0 74 -9 70 Z M0 56 V72" fill="#ffffff" '
        'stroke="#d8c8b8" stroke-width="2"/>'
    )
    return teeth + pads + _nose(0, 31, 12, nose) + _smile(49, "#33262a", 16)


def _fox(light: str, nose: str) -> str:
    return _nose(0, 62, 17, nose) + _smile(82, "#33262a", 20)


def _bear(light: str, nose: str) -> str:
    return ellipse(0, 42, 46, 36, light) + _nose(0, 27, 20, nose) + _smile(54, "#33262a")
