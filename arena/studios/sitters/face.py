"""A drawn head in layered SVG: skin with soft modelling, eyes, brows, nose and mouth.

The head stands about (0, 0) with the crown near y = -190 and the chin near y = 178; `turn` moves
the features towards the right for a three-quarter view.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from arena.studios.sitters.ink import blob, fade, path, radial, soft, stroke

INK = "#2a1712"


@dataclass(frozen=True)
class Face:
    """Colours and proportions of one invented person."""

    skin: str
    light: str
    shade: str
    deep: str
    blush: str
    lip: str
    iris: str
    brow: str
    turn: float = 0.0
    jaw: float = 1.0
    lashes: float = 0.0
    brow_width: float = 15.0
    beard: str = ""
    beard_cover: float = 0.85
    lips: float = 0.8


def outline(face: Face) -> str:
    """The head's contour without ears and hair."""
    j, s = face.jaw, face.turn
    return (
        f"M{4 * s} -192 C{88 + 4 * s} -192 {136 + 2 * s} -134 {134 + 2 * s} -46 "
        f"C{134 + 2 * s} -6 {130 - 6 * s} 38 {118 * j + 2 * s} 84 "
        f"C{108 * j + 10 * s} 124 {64 * j + 20 * s} 176 {20 * s} 178 "
        f"C{-66 * j + 20 * s} 176 {-112 * j + 6 * s} 124 {-122 * j} 84 "
        f"C-132 38 -136 -6 -135 -46 C-136 -134 {-86 + 4 * s} -192 {4 * s} -192 Z"
    )


def face_paints(face: Face) -> str:
    """Gradients and the clip of the head; ids start with `f`."""
    skin = ((face.light, 0.0), (face.skin, 0.55), (face.shade, 1.0))
    return (
        radial("fskin", skin, at=(0.36, 0.34, 0.78))
        + fade("fneck", ((face.deep, 0.0), (face.shade, 0.45), (face.skin, 1.0)))
        + radial("firis", ((face.iris, 0.35), (INK, 1.0)), at=(0.5, 0.62, 0.62))
        + f'<clipPath id="fhead"><path d="{outline(face)}"/></clipPath>'
    )


def draw_neck(face: Face, *, wide: float = 70) -> str:
    """Neck with the chin's shadow, down to the collar at about y = 300."""
    s = 6 * face.turn
    shape = (
        f"M{-wide + s} 70 C{-wide + s} 190 {-wide - 4} 220 {-wide - 60} 262 L{-wide - 60} 330 "
        f"L{wide + 60} 330 L{wide + 60} 262 C{wide + 4} 220 {wide + s} 190 {wide + s} 70 Z"
    )
    clip = f'<clipPath id="fthroat"><path d="{shape}"/></clipPath>'
    shadow = blob(18 + 14 * face.turn, 148, 116, 76, face.deep, more=f'{soft(14)} opacity="0.85"')
    cords = stroke(
        "M-34 214 C-28 246 -18 268 -6 286 M40 214 C34 246 26 268 16 286",
        face.deep,
        6,
        more=f'{soft(4)} opacity="0.35"',
    )
    side = path(
        f"M{wide - 22} 80 L{wide + 70} 80 L{wide + 70} 330 L{wide - 4} 330 Z",
        face.deep,
        f'{soft(12)} opacity="0.45"',
    )
    return clip + path(shape, face.skin) + f'<g clip-path="url(#fthroat)">{side}{shadow}{cords}</g>'


def draw_ear(face: Face, *, side: int) -> str:
    """One ear; side is -1 for the left of the picture, 1 for the right."""
    x = 136 * side + (5 * face.turn if side > 0 else 8 * face.turn)
    tone = face.skin if side < 0 else face.shade
    lobe = path(
        f"M{x - 4 * side} -46 C{x + 20 * side} -66 {x + 36 * side} -46 {x + 32 * side} -14 "
        f"C{x + 30 * side} 12 {x + 22 * side} 44 {x + 4 * side} 46 C{x - 10 * side} 44 "
        f"{x - 14 * side} 20 {x - 14 * side} 0 Z",
        tone,
    )
    fold = stroke(
        f"M{x + 4 * side} -36 C{x + 20 * side} -46 {x + 26 * side} -30 {x + 22 * side} -8 "
        f"C{x + 20 * side} 6 {x + 14 * side} 18 {x + 8 * side} 24 M{x + 6 * side} -16 "
        f"C{x + 14 * side} -14 {x + 12 * side} 4 {x + 4 * side} 8",
        face.deep,
        4.5,
        more=f'{soft(2)} opacity="0.7"',
    )
    return lobe + fold


def draw_head(face: Face) -> str:
    """Skin with modelling and features, without ears and hair."""
    t = face.turn
    shade = (
        path(
            f"M{96 + 6 * t} -180 C{64 + 20 * t} -70 {84 + 14 * t} 20 {58 + 22 * t} 190 L190 190 L190 -180 Z",
            face.deep,
            f'{soft(24)} opacity="0.42"',
        )
        + path(
            "M-150 60 C-110 130 -60 168 -10 182 L-150 190 Z", face.deep, f'{soft(18)} opacity="0.3"'
        )
        + blob(-24 + 20 * t, -118, 74, 40, face.light, more=f'{soft(24)} opacity="0.75"')
        + blob(-72 + 16 * t, 44, 36, 24, face.blush, more=f'{soft(14)} opacity="0.42"')
        + blob(72 + 22 * t, 44, 30, 24, face.blush, more=f'{soft(14)} opacity="0.4"')
        + blob(-66 + 16 * t, 26, 30, 12, face.light, more=f'{soft(9)} opacity="0.5"')
        + blob(20 * t, 150, 34, 14, face.light, more=f'{soft(9)} opacity="0.35"')
    )
    beard = _beard(face) if face.beard else ""
    features = (
        f'<g transform="translate({24 * t} 0)">{_sockets(face)}{_eye(face, -1)}{_eye(face, 1)}'
        f"{_nose(face)}{_mouth(face)}</g>"
    )
    rim = path(
        "M-150 -190 L-60 -200 C-120 -150 -134 -40 -122 70 L-150 90 Z",
        face.light,
        f'{soft(9)} opacity="0.5"',
    )
    return (
        path(outline(face), "url(#fskin)")
        + f'<g clip-path="url(#fhead)">{shade}{rim}{beard}{features}</g>'
    )


def _beard(face: Face) -> str:
    """A short beard: a soft mass with single hairs over it."""
    m = 24 * face.turn
    mask = (
        f"M-150 -6 C-128 20 -120 56 -104 74 C-88 92 -66 84 {-46 + m} 76 C{-20 + m} 66 {20 + m} 66 "
        f"{46 + m} 76 C66 84 88 92 104 74 C120 56 128 20 150 -6 L156 200 L-156 200 Z"
    )
    rng = np.random.default_rng(41)
    hairs, long = [], 0.35 + 0.65 * face.beard_cover
    for _ in range(420):
        x, y = rng.uniform(-132, 132), rng.uniform(64, 176)
        if abs(x - m) < 36 and 88 < y < 124:
            continue
        lean = (x - m) * 0.05 + rng.uniform(-2.5, 2.5)
        hairs.append(f"M{x:.0f} {y:.0f} l{lean:.1f} {rng.uniform(5, 10) * long:.1f}")
    body = path(mask, face.beard, f'{soft(8)} opacity="{face.beard_cover}"')
    cover = min(1.0, 0.25 + face.beard_cover * 0.5)
    tufts = stroke(" ".join(hairs), "#1d120d", 1.5, more=f'opacity="{cover * 0.5:.2f}"')
    light = stroke(" ".join(hairs[::3]), face.light, 1.2, more=f'opacity="{cover * 0.28:.2f}"')
    lip = blob(m, 104, 40, 15, face.shade, more=f'{soft(6)} opacity="{face.beard_cover}"')
    return body + tufts + light + lip


def _sockets(face: Face) -> str:
    return "".join(
        blob(x, -30, 40, 22, face.deep, more=f'{soft(12)} opacity="0.42"')
        + stroke(
            f"M{x - 30} 6 C{x - 14} 16 {x + 14} 16 {x + 30} 6",
            face.deep,
            5,
            more=f'{soft(4)} opacity="0.4"',
        )
        for x in (-54, 54)
    )


def _eye(face: Face, side: int) -> str:
    """One eye with its brow, drawn for the right side and mirrored for the left."""
    far = 1 - 0.1 * face.turn if side > 0 else 1.0
    lid = "M-32 4 C-22 -12 -6 -17 6 -16 C19 -14 29 -6 33 3"
    eye = lid + " C24 11 12 14 0 14 C-13 14 -25 10 -32 4 Z"
    name = f"feye{side + 1}"
    x = side * (1 + 5 * face.turn)
    ball = (
        path(eye, "#f1e9e3")
        + f'<g clip-path="url(#{name})">'
        + blob(x, -2, 15, 15, "url(#firis)")
        + blob(x, -2, 6.5, 6.5, "#120a08")
        + blob(x - 5 * side, -7, 3.6, 3.6, "#ffffff", more='opacity="0.95"')
        + blob(x + 5 * side, 4, 2, 2, "#ffffff", more='opacity="0.5"')
        + stroke(lid, "#3a2018", 12, more=f'{soft(4)} opacity="0.5"')
        + "</g>"
    )
    lids = (
        stroke("M-30 6 C-22 12 -12 15 0 15 C14 14 24 11 32 5", face.deep, 2, more='opacity="0.6"')
        + stroke(lid, INK, 3.6 + face.lashes * 1.8)
        + stroke(
            "M-28 -12 C-18 -24 -6 -28 6 -27 C20 -25 30 -18 35 -9",
            face.deep,
            2.6,
            more=f'{soft(2)} opacity="0.7"',
        )
    )
    if face.lashes:
        lids += stroke("M31 1 C36 -2 40 -6 43 -11 M25 -6 C31 -9 35 -14 37 -19", INK, 3)
    return (
        f'<g transform="translate({54 * side * far} -18) scale({side * far} 1)">'
        f'<clipPath id="{name}"><path d="{eye}"/></clipPath>{ball}{lids}{_brow(face)}</g>'
    )


def _brow(face: Face) -> str:
    w = face.brow_width
    hairs = "".join(
        stroke(
            f"M{-36 + 9 * k} {-40 - 7 * bend - w * 0.1:.1f} L{-28 + 9.6 * k} {-46 - 8 * bend - w * 0.32:.1f}",
            face.brow,
            1.6,
            more='opacity="0.45"',
        )
        for k in range(8)
        for bend in (math.sin(math.pi * (k + 1) / 9),)
    )
    shape = (
        f"M-38 {-42 - w * 0.3} C-12 {-54 - w * 0.5} 18 {-56 - w * 0.36} 46 -42 "
        f"C22 {-50 - w * 0.1} -6 {-48 + w * 0.1} -36 {-42 + w * 0.26} C-41 -42 -41 -44 -38 {-42 - w * 0.3} Z"
    )
    return (
        path(shape, face.brow, f'{soft(2)} opacity="0.7"')
        + path(shape, face.brow, 'opacity="0.6"')
        + hairs
    )


def _nose(face: Face) -> str:
    t = face.turn
    tip = 12 * t
    return (
        path(
            f"M10 -46 C{22 + tip} -10 {30 + tip} 26 {34 + tip} 52 C{24 + tip} 66 {10 + tip} 66 {2 + tip} 62 "
            f"C{14 + tip} 30 4 -14 10 -46 Z",
            face.deep,
            f'{soft(6)} opacity="0.42"',
        )
        + blob(-4 + tip * 0.6, 10, 8, 40, face.light, more=f'{soft(6)} opacity="0.6"')
        + blob(tip, 48, 26, 17, face.blush, more=f'{soft(9)} opacity="0.3"')
        + blob(-5 + tip, 42, 10, 8, face.light, more=f'{soft(4)} opacity="0.8"')
        + stroke(
            f"M{-30 + tip * 0.4} 46 C{-36 + tip * 0.4} 56 {-28 + tip * 0.4} 66 {-18 + tip * 0.6} 63 "
            f"C{-8 + tip} 72 {8 + tip} 72 {18 + tip} 63 C{28 + tip} 66 {36 + tip} 56 {30 + tip} 46",
            face.deep,
            4.5,
            more=f'{soft(2)} opacity="0.75"',
        )
        + blob(-15 + tip * 0.8, 63, 7, 3.6, "#43201a", more=f'{soft(2)} opacity="0.75"')
        + blob(15 + tip, 63, 7, 3.6, "#43201a", more=f'{soft(2)} opacity="0.75"')
    )


def _mouth(face: Face) -> str:
    upper = "M-46 100 C-30 97 -16 91 -6 92 C-2 94 2 94 6 92 C16 91 32 97 46 99 C28 110 -28 111 -46 100 Z"
    lower = "M-44 101 C-26 112 26 111 45 100 C36 126 18 132 0 132 C-18 132 -36 126 -44 101 Z"
    teeth = "M-36 103 C-22 109 22 108 36 102 C28 114 14 117 0 117 C-14 117 -28 114 -36 103 Z"
    lift = 5 * face.turn
    return (
        f'<g transform="translate({lift} {101 - 97 * face.lips:.1f}) scale(1 {face.lips})">'
        + (
            path(lower, face.lip)
            + path(
                "M-20 122 C-8 119 10 119 20 121 C14 128 -14 128 -20 122 Z",
                "#ffffff",
                f'{soft(3)} opacity="0.4"',
            )
            + path(upper, face.lip)
            + path(upper, face.deep, 'opacity="0.28"')
            + path(teeth, "#fbf6f1")
            + path(
                "M-36 103 C-22 109 22 108 36 102 C22 113 -22 114 -36 103 Z",
                "#8a5a52",
                f'{soft(2)} opacity="0.5"',
            )
            + stroke("M-50 98 C-30 106 30 105 50 97", "#6b2c28", 2.6, more='opacity="0.75"')
            + stroke(
                "M-54 92 C-56 98 -54 104 -50 107 M54 91 C57 97 55 103 51 106",
                face.deep,
                4,
                more=f'{soft(2)} opacity="0.6"',
            )
            + blob(0, 143, 26, 7, face.deep, more=f'{soft(5)} opacity="0.4"')
            + stroke(
                "M-40 62 C-56 72 -64 84 -66 98 M44 62 C60 72 66 84 67 96",
                face.deep,
                4,
                more=f'{soft(4)} opacity="0.34"',
            )
        )
        + "</g>"
    )
