"""Faces of young animals: large eyes, ears by kind, soft cheeks; about (0, 0), 200 units wide."""

from __future__ import annotations

import numpy as np

from arena.studios.gouache.fur import Colour, Light, Tuft, grow, hex_colour, plain
from arena.studios.gouache.species import Species, head_coat


def draw_head(
    kind: Species, *, light: Light, rng: np.random.Generator, look: float = 0.0, glad: bool = True
) -> str:
    """SVG of a head; `look` -1..1 turns the eyes and the snout to the side."""
    rx, ry = kind.head
    coat = head_coat(kind)
    behind, before = _ears(kind, light, rng)
    shift = look * 9
    out = behind
    for side in (-1, 1):
        cheek = Tuft(side * rx * 0.60, ry * 0.36, rx * 0.46 * kind.fluff**0.5, ry * 0.46,
                     side * 24, 30 * kind.fluff, 1.0, (-side * 0.6, -0.5), 0.35)  # fmt: skip
        cheek_coat = kind.pale if kind.marks in {"fox", "tabby"} else kind.main
        out += grow(cheek, coat=plain(cheek_coat), light=light, rng=rng)
    out += grow(Tuft(0, 0, rx, ry, 0, 24, 0.9, (0, 0.2), 0.12), coat=coat, light=light, rng=rng)
    out += before
    if kind.muzzle[0]:
        out += _muzzle(kind, light, rng, shift, glad)
    else:
        out += _beak(kind, shift)
    gap = rx * (0.44 if kind.marks != "owl" else 0.42)
    big = 1.3 if kind.marks == "owl" else 1.0
    out += "".join(_eye(kind, side * gap + shift * 0.6, ry * 0.06, look, big) for side in (-1, 1))
    blush = "".join(
        f'<ellipse cx="{side * rx * 0.62 + shift:.1f}" cy="{ry * 0.42:.1f}" rx="19" ry="12" '
        f'fill="#f08a78" fill-opacity="0.24"/>'
        for side in (-1, 1)
    )
    return out + blush


def _eye(kind: Species, x: float, y: float, look: float, big: float) -> str:
    rim = "#1a100d"
    iris = np.array(kind.eye)
    px, py = look * 4, -1.0
    # A dark rim on pale fur would look like a mask.
    soft = 0.32 if sum(kind.main) > 2.4 else 0.55
    rx, ry = 20.0 * big, 23.0 * big
    return (
        f'<g transform="translate({x:.1f} {y:.1f})">'
        f'<ellipse cx="0" cy="1" rx="{rx + 4:.1f}" ry="{ry + 4:.1f}" fill="{rim}" fill-opacity="{soft}"/>'
        f'<ellipse rx="{rx:.1f}" ry="{ry:.1f}" fill="{rim}"/>'
        f'<ellipse cx="{px * 0.6:.1f}" cy="1" rx="{rx - 2.5:.1f}" ry="{ry - 2.5:.1f}" '
        f'fill="{hex_colour(iris * 0.8)}"/>'
        f'<ellipse cx="{px * 0.6:.1f}" cy="{ry * 0.36:.1f}" rx="{rx * 0.66:.1f}" ry="{ry * 0.48:.1f}" '
        f'fill="{hex_colour(np.clip(iris * 1.5 + 0.12, 0, 1))}" fill-opacity="0.75"/>'
        f'<ellipse cx="{px:.1f}" cy="{py:.1f}" rx="{rx * 0.60:.1f}" ry="{ry * 0.66:.1f}" fill="#0d0808"/>'
        f'<path d="M{-rx - 1:.1f} -3 Q{-rx * 0.5:.1f} {-ry - 4:.1f} 0 {-ry - 1:.1f} '
        f'Q{rx * 0.6:.1f} {-ry - 3:.1f} {rx + 1:.1f} -3" fill="none" stroke="{rim}" stroke-width="4.5" '
        'stroke-linecap="round"/>'
        f'<ellipse cx="{-6.5 * big:.1f}" cy="{-8.5 * big:.1f}" rx="{6.6 * big:.1f}" ry="{7.4 * big:.1f}" '
        'fill="#fffdf6"/>'
        f'<circle cx="{7 * big:.1f}" cy="{8 * big:.1f}" r="{3.2 * big:.1f}" fill="#fff6e6" fill-opacity="0.9"/>'
        f'<circle cx="{8 * big:.1f}" cy="{-3 * big:.1f}" r="{1.7 * big:.1f}" fill="#fff6e6" fill-opacity="0.8"/>'
        "</g>"
    )


def _muzzle(kind: Species, light: Light, rng: np.random.Generator, shift: float, glad: bool) -> str:
    wide, high = kind.muzzle
    y = kind.head[1] * 0.50
    nose_y = y - high * 0.42
    out = ""
    if kind.tongue and glad:
        out += (
            f'<path d="M{shift - 15:.1f} {y + high * 0.45:.1f} q15 -6 30 0 q3 34 -15 36 q-18 -2 -15 -36 Z" '
            f'fill="#e8737a" stroke="#6d2f30" stroke-width="2.5"/><path d="M{shift:.1f} '
            f'{y + high * 0.5:.1f} v20" stroke="#c4505c" stroke-width="2.5" stroke-linecap="round"/>'
        )
    pale = plain(kind.pale)
    if kind.marks == "fox":
        out += grow(Tuft(shift, y - 12, wide * 0.62, high * 1.0, 0, 15, 0.9, (0, -0.9), 0.5),
                    coat=plain(kind.main), light=light, rng=rng)  # fmt: skip
    for side in (-1, 1):
        pad = Tuft(shift + side * wide * 0.44, y + 2, wide * 0.60, high * 0.72, side * -8, 15, 0.9,
                   (-side * 0.7, -0.5), 0.3)  # fmt: skip
        out += grow(pad, coat=pale, light=light, rng=rng)
    smile = 9 if glad else 4
    line = 'fill="none" stroke="#4b2a24" stroke-width="4" stroke-linecap="round"'
    out += (
        f'<path d="M{shift:.1f} {nose_y + 14:.1f} v{high * 0.42:.1f} '
        f"q-9 {smile + 3} -{wide * 0.5:.1f} {smile * 0.3:.1f} M{shift:.1f} "
        f'{nose_y + 14 + high * 0.42:.1f} q9 {smile + 3} {wide * 0.5:.1f} {smile * 0.3:.1f}" {line}/>'
    )
    w = 17.0 if wide > 40 else 13.0
    out += (
        f'<path d="M{shift - w:.1f} {nose_y - w * 0.3:.1f} q{w:.1f} {-w * 0.75:.1f} {2 * w:.1f} 0 '
        f'q0 {w * 0.9:.1f} {-w:.1f} {w * 1.25:.1f} q{-w:.1f} {-w * 0.35:.1f} {-w:.1f} {-w * 1.25:.1f} Z" '
        f'fill="{hex_colour(kind.nose)}"/><ellipse cx="{shift - w * 0.3:.1f}" cy="{nose_y - w * 0.2:.1f}" '
        f'rx="{w * 0.36:.1f}" ry="{w * 0.18:.1f}" fill="#ffffff" fill-opacity="0.6"/>'
    )
    return out + (_whiskers(shift, y) if kind.whiskers else "")


def _whiskers(shift: float, y: float) -> str:
    lines = "".join(
        f"M{shift + side * 26:.1f} {y + 4 * k - 2:.1f} q{side * 34} {-10 + 6 * k} {side * 74} {-12 + 15 * k} "
        for side in (-1, 1)
        for k in range(3)
    )
    return (
        f'<path d="{lines}" fill="none" stroke="#fffaf0" stroke-opacity="0.85" stroke-width="1.8"/>'
    )


def _beak(kind: Species, shift: float) -> str:
    y = kind.head[1] * 0.16
    fill = hex_colour(kind.nose)
    return (
        f'<path d="M{shift - 16:.1f} {y:.1f} q16 -14 32 0 q-4 26 -16 36 q-12 -10 -16 -36 Z" fill="{fill}"/>'
        f'<path d="M{shift - 9:.1f} {y + 2:.1f} q7 -7 13 -1" stroke="#fff4d0" stroke-width="4" '
        'fill="none" stroke-linecap="round" stroke-opacity="0.8"/>'
    )


def _ears(kind: Species, light: Light, rng: np.random.Generator) -> tuple[str, str]:
    """Ears behind the head and ears before it."""
    rx, ry = kind.head
    main, dark = plain(kind.main), plain(kind.dark)
    pink: Colour = (0.96, 0.70, 0.64)
    behind = before = ""
    for side in (-1, 1):
        if kind.ear == "flop":
            ear = Tuft(side * rx * 0.93, ry * 0.06, 34, 68, side * -14, 30, 1.1, (0, -1.0), 1.2)
            mixed = tuple(0.6 * a + 0.4 * b for a, b in zip(kind.main, kind.dark, strict=True))
            before += grow(ear, coat=plain(mixed), light=light, rng=rng)  # type: ignore[arg-type]
        elif kind.ear == "point":
            behind += _point_ear(kind, side, light, rng)
        elif kind.ear == "long":
            turn = side * (11 + 5 * rng.random())
            for coat, wide, high, hair in (
                (main, 30, 94, 20),
                (plain((0.97, 0.80, 0.73)), 10, 62, 9),
            ):
                ear = Tuft(side * rx * 0.40, -ry * 1.70, wide, high, turn, hair, 1.0, (0, 1.0), 0.0)
                behind += grow(ear, coat=coat, light=light, rng=rng)
        elif kind.ear == "round":
            outer = dark if kind.marks == "panda" else main
            behind += grow(Tuft(side * rx * 0.72, -ry * 0.74, 36, 36, 0, 18, 1.0, (0, 0.6), 0.0),
                           coat=outer, light=light, rng=rng)  # fmt: skip
            inner = dark if kind.marks == "panda" else plain(pink)
            behind += grow(Tuft(side * rx * 0.70, -ry * 0.70, 20, 20, 0, 12, 1.0, (0, 0.6), 0.0),
                           coat=inner, light=light, rng=rng)  # fmt: skip
        elif kind.ear == "leaf":
            for coat, wide, high in ((main, 24, 58), (plain(pink), 12, 40)):
                ear = Tuft(
                    side * rx * 1.12, -ry * 0.62, wide, high, side * 58, 14, 1.0, (0, 1.0), 0
                )
                behind += grow(ear, coat=coat, light=light, rng=rng)
        elif kind.ear == "tuft":
            ear = Tuft(side * rx * 0.68, -ry * 0.86, 15, 36, side * 24, 30, 1.0, (0, 1.0), 0.0)
            behind += grow(ear, coat=dark, light=light, rng=rng)
    return behind, before


def _point_ear(kind: Species, side: int, light: Light, rng: np.random.Generator) -> str:
    rx, ry = kind.head
    tall = 1.22 if kind.marks == "fox" else 1.0
    out = ""
    # Three tufts of falling width make a triangle with a soft tip.
    rows = ((0.0, 40.0, 42.0), (26.0 * tall, 28.0, 36.0), (52.0 * tall, 15.0, 26.0))
    for number, (up, wide, high) in enumerate(rows):
        x, y = side * (rx * 0.60 + up * 0.30), -ry * 0.66 - up
        tip = number == 2 and kind.marks == "fox"
        out += grow(Tuft(x, y, wide, high, side * 17, 18, 1.0, (0, 1.0), 0.0),
                    coat=plain(kind.dark if tip else kind.main), light=light, rng=rng)  # fmt: skip
    inner: Colour = (0.98, 0.86, 0.78) if kind.marks == "fox" else (0.95, 0.71, 0.66)
    for up, wide, high in ((6.0, 22.0, 30.0), (28.0 * tall, 13.0, 25.0)):
        out += grow(Tuft(side * (rx * 0.60 + up * 0.30), -ry * 0.62 - up, wide, high, side * 17, 16,
                         0.9, (0, 1.0), 0.0), coat=plain(inner), light=light, rng=rng)  # fmt: skip
    return out
