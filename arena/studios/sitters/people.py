"""Three invented people drawn for the editing challenges: a driver, a presenter, a bald man."""

from __future__ import annotations

import numpy as np

from arena.studios.sitters.face import (
    Face,
    draw_ear,
    draw_head,
    draw_neck,
    face_paints,
)
from arena.studios.sitters.ink import blob, blurs, fade, path, radial, soft, stroke

SIDE = 900

DRIVER = Face(
    skin="#d99e76",
    light="#f4c9a2",
    shade="#b87850",
    deep="#7d4530",
    blush="#d4694f",
    lip="#b8604f",
    iris="#5f7f5a",
    brow="#3a241a",
    turn=0.8,
    jaw=0.95,
    brow_width=13,
    beard="#3a241a",
    beard_cover=0.26,
)
BALD = Face(
    skin="#c98d64",
    light="#efc39a",
    shade="#a16644",
    deep="#663623",
    blush="#c05f45",
    lip="#a85a4a",
    iris="#6a4526",
    brow="#3d2f2a",
    turn=-0.25,
    jaw=0.98,
    brow_width=14,
    beard="#4a3a33",
)


def _page(defs: str, body: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        f'height="{SIDE}"><defs>{blurs()}{defs}</defs>{body}</svg>'
    )


def _at(x: float, y: float, size: float, body: str) -> str:
    return f'<g transform="translate({x} {y}) scale({size})">{body}</g>'


def draw_driver() -> str:
    """A man in a denim shirt with sunglasses pushed into his hair, turned to the right."""
    defs = (
        face_paints(DRIVER)
        + fade("denim", (("#4f7396", 0.0), ("#34536f", 0.6), ("#223b53", 1.0)))
        + fade("hair", (("#6a4630", 0.0), ("#3a241a", 0.6), ("#22140e", 1.0)))
        + fade("lens", (("#4a3b38", 0.0), ("#151214", 0.7), ("#3c3230", 1.0)))
    )
    body = (
        draw_neck(DRIVER, wide=72)
        + _tee()
        + _shirt()
        + _collar()
        + draw_ear(DRIVER, side=-1)
        + draw_head(DRIVER)
        + _short_hair()
        + _glasses_up()
    )
    return _page(
        defs, f'<rect width="{SIDE}" height="{SIDE}" fill="#d3e5e8"/>' + _at(440, 386, 1.3, body)
    )


def _shirt() -> str:
    shape = (
        "M-86 222 C-140 262 -226 284 -268 314 C-306 346 -322 380 -330 420 L-40 420 C-62 350 -78 300 -86 222 Z "
        "M88 220 C140 260 220 284 262 314 C300 340 322 376 330 420 L46 420 C66 350 80 300 88 220 Z"
    )
    folds = stroke(
        "M-220 300 C-196 340 -190 380 -196 420 M224 302 C204 340 196 380 204 420 "
        "M-150 330 C-140 360 -134 390 -134 420 M150 326 C144 360 138 390 140 420",
        "#1a2f44",
        9,
        more=f'{soft(6)} opacity="0.6"',
    )
    light = path(
        "M-90 244 C-140 272 -220 288 -262 318 C-230 312 -150 300 -96 276 Z",
        "#8fb2cf",
        f'{soft(8)} opacity="0.75"',
    )
    dark = path(
        "M150 272 C210 290 280 310 320 420 L180 420 C200 360 180 310 150 272 Z",
        "#132436",
        f'{soft(18)} opacity="0.55"',
    )
    seams = stroke(
        "M-236 304 C-222 340 -216 380 -218 420 M232 302 C220 340 214 380 216 420",
        "#93b1cb",
        2,
        more='opacity="0.5" stroke-dasharray="7 5"',
    )
    clip = f'<clipPath id="shirt"><path d="{shape}"/></clipPath>'
    return (
        clip
        + path(shape, "url(#denim)")
        + f'<g clip-path="url(#shirt)">{light}{dark}{folds}{seams}</g>'
    )


def _tee() -> str:
    return (
        path("M-72 262 C-40 312 50 312 80 260 L96 420 L-90 420 Z", "#f3f0ea")
        + path("M-72 262 C-40 312 50 312 80 260 L84 276 C50 326 -42 326 -76 278 Z", "#cfc9c0")
        + path("M30 300 L96 270 L100 420 L40 420 Z", "#a9a6a6", f'{soft(12)} opacity="0.6"')
    )


def _collar() -> str:
    left = "M-82 220 C-96 244 -104 262 -100 286 C-92 330 -70 360 -46 384 C-52 340 -64 300 -74 262 Z"
    right = "M84 218 C98 242 108 262 104 286 C96 330 76 360 52 384 C58 340 68 300 78 260 Z"
    front = path("M-100 286 C-92 330 -70 360 -46 384 L-40 420 L-120 420 Z", "#3f617f") + path(
        "M104 286 C96 330 76 360 52 384 L46 420 L124 420 Z", "#2b4762"
    )
    lines = stroke(
        "M-93 268 C-86 316 -70 344 -54 366",
        "#a9c4da",
        2,
        more='opacity="0.7" stroke-dasharray="7 5"',
    )
    seam = stroke(
        "M97 268 C90 316 76 344 60 366", "#86a5bf", 2, more='opacity="0.6" stroke-dasharray="7 5"'
    )
    return front + path(left, "#5f86a8") + path(right, "#44688a") + lines + seam


def _short_hair() -> str:
    """Short sides and a full top swept back from the forehead."""
    shape = (
        "M-137 -14 C-152 -70 -158 -140 -128 -182 C-118 -206 -96 -224 "
        "-72 -234 C-40 -258 8 -262 40 -254 C66 -256 96 -242 112 -220 "
        "C132 -206 144 -184 146 -156 "
        "C150 -120 146 -80 139 -40 C134 -66 130 -92 121 -114 C112 -146 84 -164 "
        "40 -158 C-6 -152 -46 -172 -72 -160 C-92 -150 -102 -130 -106 -104 "
        "C-112 -84 -113 -60 -116 -34 C-118 -16 -124 -4 -130 4 C-134 0 -136 -6 -137 -14 Z"
    )
    rng = np.random.default_rng(17)
    sweep = []
    for _ in range(150):
        x = rng.uniform(-120, 128)
        y = -132 - 20 * (1 - (x / 130) ** 2) + rng.uniform(-4, 26)
        rise = rng.uniform(40, 92)
        sweep.append(
            f"M{x:.0f} {y:.0f} q{-14 + x * 0.02:.0f} {-rise * 0.7:.0f} {12 - x * 0.22:.0f} {-rise:.0f}"
        )
    sides = [
        f"M{x:.0f} {y:.0f} l{lean:.1f} 13"
        for x, y, lean in zip(
            rng.uniform(-150, -112, 90),
            rng.uniform(-130, -8, 90),
            rng.uniform(-3, 1, 90),
            strict=True,
        )
    ]
    clip = f'<clipPath id="mop"><path d="{shape}"/></clipPath>'
    shine = path(
        "M-104 -176 C-60 -232 30 -236 92 -206 C50 -212 -30 -206 -76 -166 Z",
        "#b98a5c",
        f'{soft(12)} opacity="0.65"',
    )
    under = path(
        "M-112 -60 C-112 -130 -96 -160 -72 -164 C-46 -176 -6 -156 40 -162 C84 -168 112 -150 124 -100 "
        "C104 -134 84 -146 40 -142 C0 -138 -50 -150 -74 -138 C-92 -128 -102 -100 -104 -50 Z",
        "#6b3a26",
        f'{soft(6)} opacity="0.55"',
    )
    return (
        f'<g clip-path="url(#fhead)">{under}</g>'
        + clip
        + path(shape, "url(#hair)")
        + f'<g clip-path="url(#mop)">{shine}'
        + stroke(" ".join(sweep), "#1d110b", 2.2, more='opacity="0.4"')
        + stroke(" ".join(sweep[::3]), "#a8794f", 1.8, more='opacity="0.5"')
        + stroke(" ".join(sides), "#1d110b", 1.6, more='opacity="0.5"')
        + "</g>"
    )


def _glasses_up() -> str:
    lens = "M{a} -192 C{b} -204 {c} -204 {d} -192 C{e} -166 {f} -146 {g} -146 C{h} -146 {i} -164 {a} -192 Z"
    left = lens.format(a=-84, b=-64, c=-22, d=4, e=4, f=-12, g=-36, h=-64, i=-82)
    right = lens.format(a=24, b=46, c=88, d=110, e=110, f=96, g=74, h=46, i=26)
    shine = path(
        "M-72 -188 C-56 -196 -40 -196 -30 -194 L-56 -158 C-66 -166 -72 -176 -72 -188 Z",
        "#ffffff",
        'opacity="0.3"',
    ) + path(
        "M36 -188 C50 -196 66 -196 76 -194 L52 -158 C42 -166 36 -176 36 -188 Z",
        "#ffffff",
        'opacity="0.3"',
    )
    frame = "".join(
        path(shape, "url(#lens)") + stroke(shape, "#b98a45", 5) + stroke(shape, "#f2d79a", 1.6)
        for shape in (left, right)
    )
    bridge = stroke("M2 -184 C8 -192 18 -192 25 -184", "#b98a45", 5)
    arms = stroke("M-84 -186 C-108 -172 -128 -140 -140 -96", "#8d6631", 6) + stroke(
        "M110 -188 C124 -176 134 -160 140 -140", "#8d6631", 5
    )
    return f'<g transform="translate(2 -14) rotate(-2)">{arms}{frame}{bridge}{shine}</g>'


def draw_bald_man() -> str:
    """A friendly bald man with a short beard and a knitted jumper, in soft studio light."""
    defs = (
        face_paints(BALD)
        + radial(
            "room", (("#c9cfd2", 0.0), ("#9aa6ac", 0.6), ("#6d7b83", 1.0)), at=(0.36, 0.34, 0.85)
        )
        + fade("wool", (("#54707a", 0.0), ("#365058", 0.5), ("#20343b", 1.0)))
    )
    body = (
        draw_neck(BALD, wide=80)
        + _jumper()
        + _roll()
        + draw_ear(BALD, side=-1)
        + draw_ear(BALD, side=1)
        + draw_head(BALD)
        + _scalp()
    )
    return _page(
        defs, f'<rect width="{SIDE}" height="{SIDE}" fill="url(#room)"/>' + _at(450, 388, 1.3, body)
    )


def _jumper() -> str:
    shape = (
        "M-104 228 C-160 264 -240 280 -284 316 C-316 346 -332 384 -340 420 L340 420 "
        "C332 384 314 344 280 314 C236 280 160 264 104 228 C80 300 -80 300 -104 228 Z"
    )
    ribs = "".join(
        stroke(
            f"M{x} {250 + abs(x) * 0.16:.0f} C{x * 1.05:.0f} 320 {x * 1.08:.0f} 370 {x * 1.1:.0f} 420",
            "#1b2c32",
            3,
            more='opacity="0.35"',
        )
        for x in range(-300, 301, 20)
    )
    light = path(
        "M-84 240 C-150 268 -236 284 -278 318 C-240 316 -150 310 -90 286 Z",
        "#a9c3c9",
        f'{soft(9)} opacity="0.65"',
    )
    dark = path(
        "M110 258 C220 280 300 320 340 420 L170 420 C190 350 150 300 110 258 Z",
        "#0d181c",
        f'{soft(18)} opacity="0.55"',
    )
    clip = f'<clipPath id="knit"><path d="{shape}"/></clipPath>'
    return clip + path(shape, "url(#wool)") + f'<g clip-path="url(#knit)">{ribs}{light}{dark}</g>'


def _roll() -> str:
    ring = (
        "M-104 232 C-70 284 70 284 104 232 C114 248 116 266 112 282 "
        "C70 330 -70 330 -112 282 C-116 266 -114 248 -104 232 Z"
    )
    ribs = "".join(
        stroke(
            f"M{x} {274 - x * x * 0.0036:.0f} L{x * 1.06:.0f} {314 - x * x * 0.0028:.0f}",
            "#1b2c32",
            3,
            more='opacity="0.4"',
        )
        for x in range(-96, 97, 12)
    )
    return (
        f'<clipPath id="ring"><path d="{ring}"/></clipPath>'
        + path(ring, "#46616a")
        + f'<g clip-path="url(#ring)">{ribs}</g>'
        + stroke("M-104 234 C-70 286 70 286 104 234", "#8fabb3", 3, more='opacity="0.8"')
    )


def _scalp() -> str:
    return (
        '<g clip-path="url(#fhead)">'
        + blob(
            -46,
            -146,
            46,
            24,
            "#fff3e2",
            more=f'{soft(12)} opacity="0.8" transform="rotate(-16 -46 -146)"',
        )
        + blob(
            -56,
            -156,
            18,
            8,
            "#ffffff",
            more=f'{soft(4)} opacity="0.75" transform="rotate(-22 -56 -156)"',
        )
        + stroke(
            "M-60 -92 C-30 -100 20 -100 54 -92 M-46 -110 C-20 -116 16 -116 42 -110",
            "#663623",
            3,
            more=f'{soft(3)} opacity="0.3"',
        )
        + path(
            "M120 -170 C146 -110 146 0 128 60 L160 60 L160 -170 Z",
            "#cfe3ee",
            f'{soft(8)} opacity="0.5"',
        )
        + "</g>"
    )
