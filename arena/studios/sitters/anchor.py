"""An invented television presenter at her desk, drawn for the caricature challenge."""

from __future__ import annotations

import numpy as np

from arena.studios.fonts import OSWALD, line
from arena.studios.sitters.face import Face, draw_head, draw_neck, face_paints
from arena.studios.sitters.ink import blob, blurs, fade, path, radial, soft, stroke

SIDE = 900
HEAD = "translate(0 34) scale(0.84)"

PRESENTER = Face(
    skin="#e2ac88",
    light="#fad7b8",
    shade="#c48a66",
    deep="#8a4e3a",
    blush="#e07a68",
    lip="#b8434a",
    iris="#4d6f86",
    brow="#5a3420",
    turn=0.12,
    jaw=0.86,
    lashes=1.0,
    brow_width=8,
    lips=0.95,
)
HAIR = (("#c27a45", 0.0), ("#8a4a28", 0.5), ("#5a2c18", 1.0))


def draw_anchor() -> str:
    """The presenter in a navy blazer behind a news desk, screens and city lights behind her."""
    defs = (
        blurs()
        + face_paints(PRESENTER)
        + fade("bob", HAIR)
        + fade("wall", (("#0d2244", 0.0), ("#1b4f86", 0.55), ("#0e2a50", 1.0)))
        + fade("screen", (("#1c2f6e", 0.0), ("#7a4f9a", 0.45), ("#f0926a", 0.8), ("#f6c88a", 1.0)))
        + fade("desk", (("#f7fafc", 0.0), ("#b9c8d6", 0.06), ("#5a7690", 0.09), ("#1d3350", 1.0)))
        + fade("navy", (("#33476b", 0.0), ("#1f2f50", 0.5), ("#111c36", 1.0)))
        + radial("lamp", (("#ffffff", 0.0), ("#bfe2ff", 0.3), ("#5fa8e8", 1.0)))
    )
    chest = path("M-70 240 L70 240 L0 372 Z", PRESENTER.shade)
    behind = f'<g transform="{HEAD}">{_bob_behind()}</g>'
    front = f'<g transform="{HEAD}">{draw_head(PRESENTER)}{_fringe()}</g>'
    figure = behind + chest + draw_neck(PRESENTER, wide=54) + _blouse() + _blazer() + front
    body = _studio() + f'<g transform="translate(450 320) scale(1.1)">{figure}</g>' + _desk()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" width="{SIDE}" '
        f'height="{SIDE}"><defs>{defs}</defs>{body}</svg>'
    )


def _studio() -> str:
    rng = np.random.default_rng(8)
    towers, windows = "", ""
    x = 500.0
    while x < 880:
        wide, tall = rng.uniform(26, 54), rng.uniform(50, 190)
        towers += path(
            f"M{x:.0f} 470 V{470 - tall:.0f} H{x + wide:.0f} V470 Z", "#241a44", 'opacity="0.9"'
        )
        for _ in range(int(tall / 7)):
            wx, wy = x + 4 + rng.uniform(0, wide - 10), 466 - rng.uniform(4, tall - 6)
            windows += path(f"M{wx:.0f} {wy:.0f} h5 v6 h-5 Z", "#ffd98a", 'opacity="0.8"')
        x += wide + 2
    city = (
        '<clipPath id="pane"><rect x="556" y="110" width="312" height="360" rx="10"/></clipPath>'
        f'<g clip-path="url(#pane)"><rect x="500" y="90" width="400" height="400" fill="url(#screen)"/>'
        f"{towers}{windows}</g>"
        '<rect x="556" y="110" width="312" height="360" rx="10" fill="none" stroke="#9fd0ff" '
        'stroke-width="5"/>'
    )
    globe = (
        blob(150, 250, 122, 122, "#123a72")
        + "".join(
            f'<ellipse cx="150" cy="250" rx="{rx}" ry="122" fill="none" '
            'stroke="#7cc0ff" stroke-width="2.5" opacity="0.7"/>'
            for rx in (40, 84, 122)
        )
        + stroke(
            "M28 250 H272 M44 190 H256 M44 310 H256 M82 148 H218 M82 352 H218",
            "#7cc0ff",
            2.5,
            more='opacity="0.7"',
        )
    )
    band = path("M34 396 H256 L242 462 H20 Z", "#d0243c") + line(
        "NEWS", OSWALD, x=140, y=449, size=54, fill="#ffffff", spacing=0.1
    )
    beams = "".join(
        stroke(f"M{x} -20 L{x + 30} 640", "#7cc0ff", 5, more=f'{soft(4)} opacity="0.35"')
        for x in (20, 380, 520, 880)
    )
    glow = blob(450, 330, 300, 300, "#5fb0ff", more=f'{soft(50)} opacity="0.35"')
    lamps = "".join(
        blob(x, 34, 46, 9, "url(#lamp)", more=f"{soft(2)}") for x in (130, 340, 560, 770)
    )
    return f'<rect width="{SIDE}" height="{SIDE}" fill="url(#wall)"/>{beams}{globe}{city}{band}{glow}{lamps}'


def _bob_behind() -> str:
    shape = (
        "M0 -226 C108 -230 172 -158 170 -56 C170 20 184 96 168 158 C156 196 112 204 84 190 L-84 190 "
        "C-116 204 -158 194 -168 156 C-182 96 -170 20 -170 -56 C-172 -158 -108 -230 0 -226 Z"
    )
    return path(shape, "#5a2c18") + path(
        "M-80 60 H80 V196 H-80 Z", "#32170c", f'{soft(14)} opacity="0.8"'
    )


def _fringe() -> str:
    """The bob's front: a side parting with two falling curtains."""
    shape = (
        "M-44 -222 C-120 -216 -172 -156 -172 -60 C-172 20 -186 96 -170 150 C-158 196 -116 202 -96 184 "
        "C-112 130 -128 70 -128 10 C-128 -50 -96 -110 -44 -168 C6 -128 88 -110 116 -56 C132 -18 130 60 112 128 "
        "C106 154 98 172 92 186 C122 202 160 190 170 152 C184 96 172 20 172 -60 C170 -164 96 -240 -44 -222 Z"
    )
    rng = np.random.default_rng(5)
    left, right = [], []
    for t in rng.uniform(0, 1, 60):
        left.append(
            f"M{-46 - 16 * t:.0f} {-206 + 18 * t:.0f} C{-120 - 40 * t:.0f} {-160:.0f} {-134 - 34 * t:.0f} -20 "
            f"{-136 - 30 * t:.0f} 40 C{-138 - 36 * t:.0f} 90 "
            f"{-134 - 32 * t:.0f} 140 {-106 - 50 * t:.0f} {184 - 20 * t:.0f}"
        )
        right.append(
            f"M{-40 + 20 * t:.0f} {-176 - 40 * t:.0f} C{30 + 40 * t:.0f} "
            f"{-140 - 70 * t:.0f} {118 + 50 * t:.0f} -90 "
            f"{126 + 42 * t:.0f} 0 C{132 + 46 * t:.0f} 70 "
            f"{124 + 48 * t:.0f} 130 {104 + 54 * t:.0f} {184 - 24 * t:.0f}"
        )
    strands = left + right
    shine = stroke(
        "M-160 -70 C-150 -140 -110 -186 -60 -196 M30 -176 C90 -160 132 -120 142 -60",
        "#f2b27a",
        16,
        more=f'{soft(9)} opacity="0.75"',
    )
    low = stroke(
        "M-156 90 C-160 130 -150 160 -130 174 M154 90 C158 130 150 158 130 172",
        "#e29a62",
        10,
        more=f'{soft(6)} opacity="0.5"',
    )
    cast = path(
        "M-120 20 C-118 -50 -90 -100 -44 -150 C6 -116 84 -100 110 -50 L118 -20 C90 -80 10 -100 -42 -128 "
        "C-84 -80 -104 -20 -108 60 Z",
        "#6b3220",
        f'{soft(8)} opacity="0.5"',
    )
    clip = f'<clipPath id="curtain"><path d="{shape}"/></clipPath>'
    return (
        f'<g clip-path="url(#fhead)">{cast}</g>'
        + clip
        + path(shape, "url(#bob)")
        + f'<g clip-path="url(#curtain)">{shine}{low}'
        + stroke(" ".join(strands), "#42200f", 2, more='opacity="0.4"')
        + stroke(" ".join(strands[::3]), "#f0b683", 1.6, more='opacity="0.5"')
        + "</g>"
        + blob(-120, 92, 6, 6, "#f6efe2")
        + blob(118, 92, 6, 6, "#f6efe2")
    )


def _blouse() -> str:
    return path("M-66 250 L0 352 L70 250 L96 430 L-96 430 Z", "#fbf7f2") + path(
        "M-64 254 L0 352 L66 254 L70 268 L2 378 L-68 268 Z", "#d8cfc8"
    )


def _blazer() -> str:
    shape = (
        "M-74 226 C-116 258 -190 268 -228 296 C-266 326 -284 380 "
        "-292 460 L0 460 L-20 400 C-48 350 -66 290 -74 226 Z "
        "M76 226 C116 258 190 268 228 296 C266 326 284 380 292 460 L0 460 L22 400 C50 350 68 290 76 226 Z"
    )
    lapels = path(
        "M-74 226 C-98 250 -116 268 -122 290 L-92 312 L-112 330 L-6 440 C-40 370 -64 300 -74 226 Z",
        "#415a86",
    ) + path(
        "M76 226 C98 250 118 268 124 290 L94 312 L114 330 L6 440 C42 370 66 300 76 226 Z", "#2c4068"
    )
    light = path(
        "M-90 244 C-140 268 -200 276 -230 300 C-180 300 -140 296 -110 290 Z",
        "#86a6d6",
        f'{soft(8)} opacity="0.7"',
    )
    rim = stroke(
        "M-228 298 C-264 328 -280 380 -290 460", "#8fc4ff", 7, more=f'{soft(4)} opacity="0.7"'
    )
    rim += stroke(
        "M230 298 C266 328 282 380 290 460", "#ffb489", 7, more=f'{soft(4)} opacity="0.7"'
    )
    folds = stroke(
        "M-196 320 C-180 360 -178 400 -184 450 M196 320 C180 360 178 400 184 450",
        "#0a1226",
        8,
        more=f'{soft(5)} opacity="0.7"',
    )
    clip = f'<clipPath id="coat"><path d="{shape}"/></clipPath>'
    pin = blob(-134, 352, 7, 7, "#ffd166")
    return (
        clip
        + path(shape, "url(#navy)")
        + f'<g clip-path="url(#coat)">{light}{folds}{rim}</g>'
        + lapels
        + pin
    )


def _desk() -> str:
    top = path("M-20 752 C220 730 680 730 920 752 L920 920 L-20 920 Z", "url(#desk)")
    edge = stroke("M-20 780 C220 758 680 758 920 780", "#59c2ff", 7, more=f"{soft(2)}")
    edge += stroke("M-20 780 C220 758 680 758 920 780", "#d6f1ff", 2.5)
    sleeves = path(
        "M170 722 C210 676 320 672 404 706 C430 716 430 746 404 752 L190 758 Z", "#1f2f50"
    ) + path("M730 722 C690 676 580 672 496 706 C470 716 470 746 496 752 L710 758 Z", "#182644")
    cuffs = path(
        "M396 702 C412 708 418 742 402 752 L388 752 C400 736 396 716 386 702 Z", "#f7f3ee"
    ) + path("M504 702 C488 708 482 742 498 752 L512 752 C500 736 504 716 514 702 Z", "#e4dfdb")
    hands = (
        path(
            "M402 712 C430 700 470 704 486 718 C498 732 486 752 462 754 L404 752 C412 738 412 724 402 712 Z",
            "#e2ac88",
        )
        + path(
            "M498 712 C474 700 440 706 424 722 C416 736 424 752 446 756 L498 752 C490 738 490 724 498 712 Z",
            "#f0c3a0",
        )
        + stroke(
            "M436 722 C450 716 466 716 478 722 M432 733 C450 727 "
            "466 727 482 733 M436 744 C450 740 468 740 482 744",
            "#a8694e",
            2.6,
            more='opacity="0.7"',
        )
    )
    paper = path("M596 742 L760 734 L806 768 L620 778 Z", "#ffffff") + stroke(
        "M632 752 L752 746 M640 760 L766 754 M648 768 L740 764", "#9aa8b6", 2.4
    )
    mug = (
        '<g transform="translate(-58 6)">'
        + path("M120 676 H196 L190 766 C176 774 140 774 126 766 Z", "#f4f6f8")
        + path("M172 676 H196 L190 766 C184 770 178 771 172 772 Z", "#9fb2c4", 'opacity="0.7"')
        + blob(158, 676, 38, 8, "#d7e0e8")
        + blob(158, 677, 31, 5.5, "#4a2c1c")
        + stroke("M120 694 C94 694 94 740 124 742", "#e3e9ee", 9)
        + "</g>"
    )
    mirror = blob(450, 800, 250, 22, "#0c1930", more=f'{soft(14)} opacity="0.5"')
    return top + mirror + edge + paper + mug + sleeves + cuffs + hands
