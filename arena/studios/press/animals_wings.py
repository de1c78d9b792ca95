"""Owls, birds, ducklings, penguins and hedgehogs; butterflies and bees in the air."""

from __future__ import annotations

from dataclasses import dataclass

from arena.studios.creatures import Creature
from arena.studios.flat.drawing import ellipse, shade
from arena.studios.press.animals_coats import COATS
from arena.studios.press.animals_heads import mirror_path
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class Feathers:
    """Colours of an egg-shaped bird: body, belly, wings, beak and feet."""

    body: Rgb
    belly: Rgb
    wing: Rgb
    beak: Rgb


BIRDS: dict[str, Feathers] = {
    "owl": Feathers((158, 112, 78), (244, 222, 184), (120, 82, 58), (240, 168, 60)),
    "bird": Feathers((112, 146, 176), (240, 148, 92), (78, 110, 142), (244, 180, 70)),
    "duck": Feathers((250, 212, 92), (254, 236, 160), (240, 190, 60), (240, 138, 54)),
    "chicken": Feathers((250, 220, 104), (254, 240, 176), (242, 198, 70), (240, 138, 54)),
    "penguin": Feathers((70, 84, 104), (250, 248, 244), (56, 68, 88), (244, 168, 60)),
}
EGG = ((0, -214), (70, -214), (104, -150), (104, -88), (104, -24), (60, 0), (0, 0))
WINGS: tuple[tuple[Rgb, Rgb, Rgb], ...] = (
    ((240, 124, 60), (252, 206, 110), (70, 42, 46)),
    ((92, 148, 206), (196, 226, 244), (40, 50, 92)),
    ((250, 214, 90), (255, 244, 196), (120, 84, 40)),
    ((226, 106, 138), (252, 206, 212), (96, 40, 70)),
    ((252, 250, 242), (236, 222, 200), (110, 100, 104)),
)


def draw_winged(creature: Creature, *, name: str, look: float) -> str:
    """SVG of a bird or hedgehog on y = 0, some 220 to 260 units high."""
    if creature.species == "hedgehog":
        return _hedgehog(look)
    feathers = BIRDS[creature.species]
    coat = COATS.get(creature.coat)
    if coat:
        feathers = Feathers(coat, feathers.belly, _darker(coat), feathers.beak)
    out = _bird(feathers, creature, name, look)
    return out if creature.young else f'<g transform="scale(1.08)">{out}</g>'


def _darker(colour: Rgb) -> Rgb:
    red, green, blue = (round(part * 0.76) for part in colour)
    return (red, green, blue)


def _bird(f: Feathers, creature: Creature, name: str, look: float) -> str:
    owl = creature.species == "owl"
    egg = mirror_path(EGG)
    feet = "".join(
        f'<path d="M{s * 34} -6 v10 M{s * 34} 2 l-18 10 M{s * 34} 2 v14 M{s * 34} 2 l18 '
        '10" fill="none" '
        f'stroke="{shade(f.beak, -0.1)}" stroke-width="8" stroke-linecap="round"/>'
        for s in (-1, 1)
    )
    crest = _ear_tufts(f) if owl else _crest(f, creature.species)
    out = feet + crest + f'<path d="{egg}" fill="{shade(f.body, 0)}"/>'
    out += f'<clipPath id="{name}e"><path d="{egg}"/></clipPath><g clip-path="url(#{name}e)">'
    out += ellipse(0, -44, 72, 84, shade(f.belly, 0))
    if owl:
        out += "".join(
            f'<path d="M{x} {y} q9 13 18 0" fill="none" stroke="{shade(f.wing, 0.1)}" '
            'stroke-width="5" '
            'stroke-linecap="round"/>'
            for y, row in ((-88, (-30, -9, 12)), (-66, (-42, -20, 2, 24)), (-44, (-30, -9, 12)))
            for x in row
        )
    if creature.species == "penguin":
        out += "".join(ellipse(s * 34, -140, 44, 50, shade(f.belly, 0)) for s in (-1, 1))
    out += ellipse(-104, -80, 50, 140, shade(f.wing, -0.1), more='opacity="0.35"') + "</g>"
    for s in (-1, 1):
        out += (
            f'<path d="M{s * 88} -132 C{s * 134} -110 {s * 132} -56 {s * 98} -30 C{s * 78} '
            f"-60 {s * 74} -100 "
            f'{s * 88} -132 Z" fill="{shade(f.wing, 0.04 * s)}"/>'
        )
    return out + _face(f, creature, look)


def _ear_tufts(f: Feathers) -> str:
    return "".join(
        f'<path d="M{s * 30} -200 Q{s * 70} -226 {s * 84} -252 Q{s * 100} -210 {s * 86} -160 Z" '
        f'fill="{shade(f.wing, 0)}"/>'
        for s in (-1, 1)
    )


def _crest(f: Feathers, species: str) -> str:
    if species == "penguin":
        return ""
    return "".join(
        f'<path d="M0 -206 q{dx} -22 {dx * 2} -36" fill="none" stroke="{shade(f.wing, 0)}" '
        'stroke-width="8" stroke-linecap="round"/>'
        for dx in (-9, 1, 11)
    )


def _face(f: Feathers, creature: Creature, look: float) -> str:
    owl, r = creature.species == "owl", 22.0 if creature.young else 17.0
    out = ""
    if owl:
        r *= 1.5
        out += "".join(ellipse(s * 41, -146, 50, 50, shade(f.belly, 0.1)) for s in (-1, 1))
    for s in (-1, 1):
        x, y, dx = s * 41, -146.0, look * r * 0.12
        ring = "#f4b942" if owl else "#fffaf2"
        out += ellipse(x, y, r * 1.14, r * 1.2, ring) + ellipse(
            x + dx, y, r * 0.86, r * 0.96, "#241a20"
        )
        out += ellipse(x + dx - r * 0.28, y - r * 0.34, r * 0.32, r * 0.34, "#ffffff")
        out += ellipse(x + dx + r * 0.3, y + r * 0.34, r * 0.14, r * 0.14, "#ffffff")
        out += ellipse(s * 66, -112, 14, 9, "#f0807a", more='opacity="0.45"')
    if creature.species == "duck":
        return (
            out
            + ellipse(0, -118, 30, 13, shade(f.beak, 0))
            + ellipse(0, -112, 24, 6, shade(f.beak, -0.2))
        )
    return out + (
        '<path d="M-14 -132 Q0 -140 14 -132 Q8 -112 0 -104 Q-8 -112 -14 -132 Z" '
        f'fill="{shade(f.beak, 0)}"/>'
        '<path d="M-14 -132 Q0 -124 14 -132 Q8 -112 0 -104 Q-8 -112 -14 -132 Z" '
        f'fill="{shade(f.beak, -0.14)}"/>'
    )


def _hedgehog(look: float) -> str:
    out = ""
    for count, radius, fill in ((19, 132, "#5e4436"), (17, 116, "#7c5a44"), (15, 98, "#98725a")):
        for k in range(count):
            turn = -112 + 224 * k / (count - 1)
            out += (
                f'<path d="M-18 0 L0 {-radius} L18 0 Z" transform="translate(0 -84) '
                f'rotate({turn:.0f})" '
                f'fill="{fill}" stroke="{fill}" stroke-width="6" stroke-linejoin="round"/>'
            )
    out += ellipse(0, -74, 92, 76, "#98725a")
    out += (
        '<path d="M0 -136 C52 -150 84 -104 82 -62 C80 -18 44 0 0 0 C-44 0 -80 -18 -82 '
        '-62 C-84 -104 -52 -150 0 -136 Z" fill="#f6dfbf"/>'
    )
    out += "".join(ellipse(s * 62, -122, 19, 19, "#c99a7c") for s in (-1, 1))
    for s in (-1, 1):
        x = s * 34
        out += ellipse(x, -82, 19, 21, "#241a20") + ellipse(
            x - 6 + 2 * look, -90, 7, 7.5, "#ffffff"
        )
        out += ellipse(x + 7, -74, 3, 3, "#ffffff") + ellipse(
            s * 56, -52, 15, 9, "#f0807a", more='opacity="0.5"'
        )
        out += ellipse(s * 36, -2, 24, 12, "#e2bb94")
    return (
        out
        + ellipse(0, -62, 13, 10, "#3a2a2c")
        + ellipse(-4, -65, 4, 3, "#ffffff")
        + (
            '<path d="M0 -52 v8 M-16 -46 Q-8 -34 0 -44 Q8 -34 16 -46" fill="none" stroke="#3a2a2c" '
            'stroke-width="4.5" stroke-linecap="round"/>'
        )
    )


def draw_butterfly(number: int, *, turn: float) -> str:
    """SVG of a butterfly some 120 units wide about (0, 0), in one of five colourings."""
    wing, spot, body = WINGS[number % len(WINGS)]
    half = (
        f'<path d="M0 -4 C14 -58 66 -70 72 -40 C76 -14 40 6 0 6 Z" fill="{shade(wing, 0)}"/>'
        f'<path d="M0 2 C40 4 62 22 52 46 C42 64 12 40 0 8 Z" fill="{shade(wing, -0.12)}"/>'
        f'<path d="M14 -14 C24 -44 54 -52 58 -36 C58 -22 36 -8 14 -8 Z" fill="{shade(spot, 0)}"/>'
        + ellipse(36, 30, 9, 9, shade(spot, 0))
        + ellipse(66, -38, 5, 9, shade(body, 0))
    )
    near = 0.62 if number % 2 else 0.86
    return (
        f'<g transform="rotate({turn})"><g transform="scale({-near} 1)">{half}</g>{half}'
        f'<path d="M0 -22 V30" stroke="{shade(body, 0)}" stroke-width="9" stroke-linecap="round"/>'
        '<path d="M0 -22 q-6 -18 -16 -22 M0 -22 q6 -18 16 -22" fill="none" '
        f'stroke="{shade(body, 0)}" '
        'stroke-width="3" stroke-linecap="round"/></g>'
    )


def draw_bee(*, turn: float) -> str:
    """SVG of a bee some 90 units wide about (0, 0)."""
    return (
        f'<g transform="rotate({turn})">'
        + ellipse(-8, -26, 17, 26, "#f2fbff", more='opacity="0.9"')
        + ellipse(14, -24, 15, 23, "#ffffff", more='opacity="0.9"')
        + ellipse(0, 0, 40, 26, "#f8c63e")
        + (
            '<path d="M-12 -24 Q-18 0 -12 24 M10 -25 Q4 0 10 25" fill="none" '
            'stroke="#3a2a2c" stroke-width="11"/>'
        )
        + ellipse(28, -5, 5, 6, "#241a20")
        + "</g>"
    )
