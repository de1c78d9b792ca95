"""Bodies of the paper animals in four poses, feet on y = 0, and the head put on each."""

from __future__ import annotations

from collections.abc import Callable

from arena.studios.creatures import Creature
from arena.studios.flat.drawing import Point, ellipse, shade
from arena.studios.flat.inks import blend, svg_colour
from arena.studios.press.animals_coats import Beast, choose_beast
from arena.studios.press.animals_heads import draw_head, mirror_path
from arena.studios.vocabulary import Rgb

POSES = ("sit", "leap", "pounce", "tumble")
SITTING: tuple[Point, ...] = (
    (0, -176), (44, -176), (58, -146), (62, -106), (66, -66), (96, -60), (94, -24), (92, 2),
    (60, 4), (0, 4),
)  # fmt: skip


def draw_beast(creature: Creature, *, pose: str, name: str, look: float, happy: bool) -> str:
    """SVG of a four-legged creature in one of POSES, some 300 units high."""
    beast = choose_beast(creature)
    makers: dict[str, Callable[[Beast, str], str]] = {
        "sit": _sit,
        "leap": _leap,
        "pounce": _pounce,
        "tumble": _tumble,
    }
    size = 1.0 if creature.young else 0.80
    x, y, turn = {
        "sit": (0, -142 - 76 * size, 0.0),
        "leap": (104, -178, -5.0),
        "pounce": (92, -108, 5.0),
        "tumble": (-112, -92, -34.0),
    }[pose]
    head = draw_head(beast, name=f"{name}h", young=creature.young, look=look, happy=happy)
    return (
        makers[pose](beast, name)
        + f'<g transform="translate({x} {y}) rotate({turn}) scale({size})">{head}</g>'
    )


def limb(*spots: Point, width: float, fill: str) -> str:
    """A leg as a thick rounded line."""
    path = " L".join(f"{x} {y}" for x, y in spots)
    return (
        f'<path d="M{path}" fill="none" stroke="{fill}" stroke-width="{width}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _paw(beast: Beast) -> Rgb:
    return beast.paw or blend(beast.base, beast.light, 0.55)


def _foot(beast: Beast, x: float, y: float, rx: float, ry: float) -> str:
    toes = "".join(
        f'<path d="M{x + k * rx * 0.34:.1f} {y + ry * 0.15:.1f} v{ry * 0.7:.1f}" '
        f'stroke="{shade(_paw(beast), -0.3)}" '
        'stroke-width="3.4" stroke-linecap="round"/>'
        for k in (-1, 1)
    )
    return ellipse(x, y, rx, ry, shade(_paw(beast), 0)) + toes


def _clipped(shape: str, name: str, inside: str) -> str:
    return f'<clipPath id="{name}">{shape}</clipPath><g clip-path="url(#{name})">{inside}</g>'


def _coat_marks(beast: Beast, *, x: float, y: float, wide: float, tall: float) -> str:
    """Stripes, patches or dots over a body about (x, y)."""
    ink = svg_colour(beast.marking)
    if beast.marks == "stripes":
        return "".join(
            f'<path d="M{x + side * wide} {y + tall * k:.0f} q{-side * wide * 0.4:.0f} '
            f"{tall * 0.08:.0f} "
            f'{-side * wide * 0.62:.0f} {tall * 0.02:.0f}" fill="none" stroke="{ink}" '
            'stroke-width="11" '
            'stroke-linecap="round"/>'
            for side in (-1, 1)
            for k in (-0.5, -0.15, 0.2, 0.55)
        )
    if beast.marks == "patches":
        return ellipse(x - wide * 0.6, y - tall * 0.2, wide * 0.5, tall * 0.42, ink) + ellipse(
            x + wide * 0.7, y + tall * 0.35, wide * 0.4, tall * 0.4, ink
        )
    if beast.marks == "dots":
        return "".join(
            ellipse(x + wide * a, y + tall * b, 8, 8, ink, more='opacity="0.9"')
            for a, b in ((-0.6, -0.3), (-0.75, 0.1), (-0.5, 0.4), (0.6, -0.3), (0.78, 0.1),
                         (0.5, 0.42), (-0.25, -0.55), (0.25, -0.55))
        )  # fmt: skip
    if beast.marks == "wool":
        return "".join(
            f'<path d="M{x + wide * a:.0f} {y + tall * b:.0f} q14 18 28 0" fill="none" '
            f'stroke="{shade(beast.base, -0.16)}" stroke-width="6" stroke-linecap="round"/>'
            for a in (-0.8, -0.4, 0.1, 0.5)
            for b in (-0.5, -0.1, 0.3)
        )
    if beast.marks == "panda":
        return ellipse(x, y - tall * 0.62, wide * 1.3, tall * 0.42, ink)
    return ""


def _chest(beast: Beast, x: float, y: float, wide: float, tall: float) -> str:
    """A bib with a cut fringe."""
    teeth = ""
    count = 5
    for k in range(count):
        step = 2 * wide / count
        left = x + wide - step * k
        drop = tall * (0.78 if abs(k - 2) == 2 else 0.92 if abs(k - 2) == 1 else 1.0)
        teeth += f" L{left - step / 2:.1f} {y + drop:.1f} L{left - step:.1f} {y + drop * 0.72:.1f}"
    return (
        f'<path d="M{x - wide} {y} Q{x} {y - 26} {x + wide} {y} L{x + wide} '
        f'{y + tall * 0.5:.1f}{teeth} Z" '
        f'fill="{svg_colour(beast.light)}" stroke="{svg_colour(beast.light)}" stroke-width="6" '
        'stroke-linejoin="round"/>'
    )


def _sit(beast: Beast, name: str) -> str:
    base, dark = shade(beast.base, 0), shade(beast.base, -0.16)
    body = f'<path d="{mirror_path(SITTING)}"'
    slim = beast.skull == "deer"
    out = _tail(beast, 78, -26, 1.0)
    out += f'{body} fill="{base}"/>' + _clipped(
        f"{body}/>",
        f"{name}b",
        _coat_marks(beast, x=0, y=-84, wide=84, tall=86)
        + ellipse(-92, -60, 60, 120, dark, more='opacity="0.5"'),
    )
    out += ellipse(-66, -32, 36, 38, dark) + ellipse(66, -32, 36, 38, base)
    out += _foot(beast, -74, -8, 32, 16) + _foot(beast, 74, -8, 32, 16)
    wide = 28 if slim else 38
    leg = shade(beast.marking if beast.marks == "panda" else beast.base, 0.06)
    for side in (-1, 1):
        out += limb((side * 26, -96), (side * 27, -18), width=wide + 6, fill=dark)
    for side in (-1, 1):
        out += limb((side * 26, -96), (side * 27, -18), width=wide, fill=leg)
        out += _foot(beast, side * 27, -9, 24, 14)
    return out + _chest(beast, 0, -150, 42, 78)


def _leap(beast: Beast, name: str) -> str:
    base, dark = shade(beast.base, 0), shade(beast.base, -0.2)
    paw, w = shade(_paw(beast), 0), 27 if beast.skull == "deer" else 36
    shape = (
        '<path d="M-112 -86 C-128 -150 -60 -186 10 -186 C84 -188 128 -176 122 -132 C116 '
        '-92 50 -96 4 -78 C-40 -62 -100 -40 -112 -86 Z"'
    )
    out = _tail(beast, -106, -108, -1.0)
    out += limb((-70, -90), (-122, -52), (-160, -44), width=w, fill=dark)
    out += limb((92, -130), (140, -92), (166, -90), width=w * 0.92, fill=dark)
    out += f'{shape} fill="{base}"/>' + _clipped(
        f"{shape}/>",
        f"{name}b",
        _coat_marks(beast, x=-10, y=-128, wide=110, tall=70)
        + ellipse(20, -66, 110, 36, svg_colour(beast.light)),
    )
    out += limb((-84, -104), (-118, -72), (-152, -20), width=w + 4, fill=base)
    out += ellipse(-76, -112, 46, 44, base)
    out += limb((76, -118), (122, -64), (154, -52), width=w, fill=base)
    out += ellipse(-156, -18, 24, 17, paw) + ellipse(160, -50, 23, 17, paw)
    return out + ellipse(170, -90, 19, 15, paw) + _chest(beast, 92, -134, 34, 62)


def _pounce(beast: Beast, name: str) -> str:
    base, dark = shade(beast.base, 0), shade(beast.base, -0.2)
    w = 27 if beast.skull == "deer" else 38
    shape = (
        '<path d="M-128 -96 C-134 -160 -70 -176 -24 -146 C20 -118 70 -112 96 -84 C112 '
        '-40 60 -20 6 -40 C-40 -52 -122 -30 -128 -96 Z"'
    )
    out = _tail(beast, -112, -138, -0.9)
    out += limb((-60, -80), (-52, -14), width=w, fill=dark) + _foot(beast, -46, -9, 25, 14)
    out += limb((40, -50), (118, -22), width=w * 0.9, fill=dark)
    out += f'{shape} fill="{base}"/>' + _clipped(
        f"{shape}/>", f"{name}b", _coat_marks(beast, x=-40, y=-100, wide=84, tall=70)
    )
    out += ellipse(-84, -92, 50, 54, base)
    out += limb((-92, -74), (-104, -16), width=w + 4, fill=base) + _foot(beast, -98, -9, 30, 15)
    out += limb((48, -44), (140, -16), width=w, fill=base)
    return out + _foot(beast, 152, -12, 27, 15) + _foot(beast, 128, -26, 22, 13)


def _tumble(beast: Beast, name: str) -> str:
    base, dark = shade(beast.base, 0), shade(beast.base, -0.2)
    w = 28 if beast.skull == "deer" else 37
    shape = (
        '<path d="M-118 -58 C-116 -112 -50 -128 12 -122 C80 -118 122 -92 116 -48 C110 0 '
        '50 6 0 6 C-60 6 -116 0 -118 -58 Z"'
    )
    out = _tail(beast, 104, -30, 1.0)
    out += limb((-34, -96), (-26, -160), width=w, fill=dark)
    out += limb((78, -92), (104, -150), width=w, fill=dark)
    out += f'{shape} fill="{base}"/>' + _clipped(
        f"{shape}/>",
        f"{name}b",
        _coat_marks(beast, x=0, y=-40, wide=108, tall=80)
        + ellipse(4, -92, 84, 50, svg_colour(beast.light)),
    )
    out += limb((-66, -86), (-72, -148), width=w, fill=base)
    out += limb((44, -88), (62, -142), (52, -152), width=w + 2, fill=base)
    for x, y, tone in ((-26, -166, -0.12), (-72, -156, 0), (108, -156, -0.12), (54, -158, 0)):
        out += ellipse(x, y, 24, 22, shade(_paw(beast), tone))
        out += ellipse(x, y + 3, 10, 8, shade(beast.inner, 0))
        for dx in (-11, 0, 11):
            out += ellipse(x + dx, y - 11 + abs(dx) * 0.3, 4.6, 5, shade(beast.inner, 0))
    return out


def _tail(beast: Beast, x: float, y: float, way: float) -> str:
    """A tail that starts at (x, y) and goes to the right, or to the left for a negative `way`."""
    base, dark, tip = shade(beast.base, -0.08), shade(beast.base, -0.2), svg_colour(beast.light)
    shapes = {
        "plume": '<path d="M-8 10 C40 14 84 -14 92 -78 C96 -104 78 -112 66 -90 C56 -62 30 -40 '
        f'-10 -30 Z" fill="{base}"/>'
        '<path d="M92 -78 C96 -104 78 -112 66 -90 C60 -74 54 -64 44 -56 L58 -58 L54 -44 '
        f'L72 -52 L70 -36 C84 -48 90 -62 92 -78 Z" fill="{tip}"/>',
        "brush": '<path d="M-12 12 C50 30 124 -6 128 -78 C130 -120 112 -142 100 -148 C98 -104 72 '
        f'-70 -10 -42 Z" fill="{base}"/>'
        '<path d="M128 -78 C130 -120 112 -142 100 -148 C99 -124 92 -106 80 -90 L98 -96 '
        f'L96 -78 L112 -86 L112 -66 Z" fill="{tip}"/>',
        "curl": '<path d="M-10 -4 C60 16 96 -26 84 -72 C78 -96 92 -112 106 -104" fill="none" '
        f'stroke="{base}" '
        'stroke-width="25" stroke-linecap="round"/>'
        f'<path d="M84 -72 C78 -96 92 -112 106 -104" fill="none" stroke="{dark}" '
        'stroke-width="25" stroke-linecap="round"/>',
        "tower": '<path d="M-10 10 C70 20 60 -60 64 -120 C68 -180 120 -184 126 -146 C130 -124 '
        f'106 -120 104 -130 C150 -100 130 20 30 16 Z" fill="{base}"/>'
        f'<path d="M70 -40 C80 -80 74 -140 100 -150" fill="none" stroke="{tip}" '
        'stroke-width="14" stroke-linecap="round" opacity="0.8"/>',
        "puff": ellipse(10, -8, 32, 30, tip) + ellipse(24, -18, 18, 17, "#ffffff"),
        "stub": ellipse(6, -10, 24, 20, base),
        "tassel": f'<path d="M-6 -4 C40 0 70 -30 74 -76" fill="none" stroke="{base}" '
        'stroke-width="13" stroke-linecap="round"/>'
        '<path d="M74 -120 C96 -96 92 -70 74 -62 C58 -70 54 -98 74 -120 Z" '
        f'fill="{shade(beast.marking, 0)}"/>',
        "string": (
            '<path d="M-6 -2 C50 14 70 -30 110 -20 C132 -14 130 -50 118 -60" fill="none" '
            'stroke="#e8a6a4" stroke-width="9" stroke-linecap="round"/>'
        ),
        "twist": (
            '<path d="M-4 -6 C30 -6 46 -30 30 -40 C14 -48 10 -18 40 -18 C60 -18 62 -40 56 '
            f'-50" fill="none" stroke="{dark}" stroke-width="10" stroke-linecap="round"/>'
        ),
    }
    return f'<g transform="translate({x} {y}) scale({way} {abs(way)})">{shapes[beast.tail]}</g>'
