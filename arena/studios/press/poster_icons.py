"""Icons of infographic posters, about (0, 0) within a radius of 90."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from arena.studios.flat.drawing import ellipse
from arena.studios.flat.motifs import draw_motif, star_path
from arena.studios.vocabulary import MOTIFS

# Words of everyday steps and the line drawing that tells them.
TRADES = {
    "pick": "leaf", "plant": "leaf", "grow": "leaf", "harvest": "leaf", "sow": "leaf",
    "roast": "sun", "bake": "sun", "heat": "sun", "dry": "sun", "summer": "sun",
    "brew": "coffee", "pour": "coffee", "drink": "coffee", "serve": "cloche", "cook": "cloche",
    "read": "book", "learn": "book", "study": "book", "write": "book",
    "climb": "mountain", "hike": "mountain", "summit": "mountain", "flour": "wheat", "grind": "wheat",
}  # fmt: skip


@dataclass(frozen=True)
class PosterInks:
    """SVG colours of a poster: page, text, accent, a quiet grey, and the blue of seas."""

    ground: str
    ink: str
    accent: str
    grey: str
    sea: str


def draw_icon(step: str, *, inks: PosterInks) -> str:
    """A picture for a step, chosen by its words; a star when no word is known."""
    word = step.lower()
    known: tuple[tuple[tuple[str, ...], Callable[[PosterInks], str]], ...] = (
        (("launch", "rocket", "lift", "start"), _rocket),
        (("lunar orbit", "moon orbit"), _moon_orbit),
        (("orbit",), _earth_orbit),
        (("trans", "travel", "cruise", "coast", "journey"), _trajectory),
        (("descent", "descend"), _descent),
        (("landing", "touchdown", "arriv"), _landing),
        (("return", "splash", "home"), _splash),
    )
    for words, draw in known:
        if any(part in word for part in words):
            return draw(inks)
    motif = next((name for part, name in TRADES.items() if part in word), "")
    motif = motif or next((MOTIFS[w] for w in re.findall(r"\w+", word) if w in MOTIFS), "")
    if motif:
        drawing = draw_motif(motif, ink=inks.ink, ground=inks.ground, steam=motif == "coffee")
        return f'<g transform="scale(0.52) translate(0 10)">{drawing}</g>'
    points = 5 + len(word) % 4
    return (
        f'<path d="{star_path(66, 66 * (0.36 + 0.05 * points), points=points)}" '
        f'fill="{inks.accent}"/>'
    )


def draw_earth(r: float, inks: PosterInks) -> str:
    """A globe of radius `r` about (0, 0)."""
    land = (
        '<path d="M-62 -44 C-30 -84 10 -78 14 -56 C18 -34 -8 -34 -12 -14 C-16 6 -36 -2 '
        "-46 -16 C-54 -24 -66 -30 "
        "-62 -44 Z M22 -20 C44 -40 76 -34 88 -10 C84 20 60 26 48 44 C34 60 20 44 24 24 "
        "C26 8 10 -4 22 -20 Z "
        f'M-46 40 C-28 24 -4 34 -2 54 C-6 72 -30 78 -40 66 Z" fill="{inks.grey}"/>'
    )
    return (
        f'<g transform="scale({r / 100:.3f})"><clipPath id="globe"><circle r="100"/></clipPath>'
        f'<circle r="100" fill="{inks.sea}"/><g clip-path="url(#globe)">{land}'
        '<circle cx="38" cy="30" r="118" fill="none" stroke="#04102c" '
        'stroke-opacity="0.22" stroke-width="52"/>'
        "</g></g>"
    )


def draw_moon(r: float, inks: PosterInks) -> str:
    """A moon of radius `r` about (0, 0) with craters and a shadow side."""
    craters = "".join(
        ellipse(x, y, size, size * 0.94, "#0b1634", more='fill-opacity="0.13"')
        + ellipse(x + size * 0.12, y + size * 0.14, size * 0.8, size * 0.72, "#ffffff", more='fill-opacity="0.25"')
        for x, y, size in ((-38, -40, 21), (18, -58, 11), (42, -16, 17), (-12, 8, 12), (-52, 22, 13),
                           (16, 44, 22), (-22, 60, 10), (62, 30, 9), (-70, -10, 8), (6, -20, 7))
    )  # fmt: skip
    return (
        f'<g transform="scale({r / 100:.3f})"><clipPath id="moon"><circle r="100"/></clipPath>'
        f'<circle r="100" fill="#d9dce2"/><g clip-path="url(#moon)">{craters}'
        '<circle cx="40" cy="34" r="124" fill="none" stroke="#0b1634" '
        'stroke-opacity="0.20" stroke-width="58"/>'
        "</g></g>"
    )


def draw_lander(inks: PosterInks) -> str:
    """A lunar module about (0, 0), 110 units wide."""
    return (
        '<g stroke-linejoin="round"><path d="M-22 -40 L-12 -54 H14 L26 -38 V-12 H-22 Z" '
        f'fill="{inks.grey}" '
        f'stroke="{inks.ink}" stroke-width="4"/><path d="M-10 -36 L4 -36 L-2 -22 H-14 Z" '
        f'fill="{inks.sea}"/>'
        f'<path d="M-34 -10 H34 L38 14 H-38 Z" fill="{inks.accent}"/>'
        '<path d="M-32 14 L-52 44 M32 14 L52 44 M-14 14 L-18 44 M14 14 L18 44 M-62 45 '
        "H-42 M42 45 H62 M-24 45 H-12 "
        f'M12 45 H24 M0 -54 V-70 M-8 -70 H8" stroke="{inks.ink}" stroke-width="5" fill="none" '
        f'stroke-linecap="round"/><path d="M-11 15 L-16 30 H16 L11 15 Z" fill="{inks.ink}"/></g>'
    )


def draw_person(inks: PosterInks, *, in_space: bool) -> str:
    """A bust in silhouette about (0, 0), 90 units wide; a helmet for people in space."""
    body = f'<path d="M-46 52 C-46 16 -26 8 0 8 C26 8 46 16 46 52 Z" fill="{inks.ink}"/>'
    if not in_space:
        return body + f'<circle cy="-20" r="24" fill="{inks.ink}"/>'
    return (
        body + f'<circle cy="-20" r="33" fill="{inks.ink}"/><rect x="-23" y="-36" width="46" '
        'height="32" rx="15" '
        f'fill="{inks.sea}"/><path d="M-14 -28 Q-8 -33 2 -32" stroke="#ffffff" '
        'stroke-width="4" fill="none" '
        'stroke-linecap="round"/><rect x="-17" y="26" width="34" height="18" rx="4" '
        f'fill="{inks.accent}"/>'
    )


def draw_pin(inks: PosterInks) -> str:
    """A map pin whose tip is at (0, 0), 60 units high."""
    return (
        '<path d="M0 0 C-8 -18 -24 -28 -24 -44 A24 24 0 0 1 24 -44 C24 -28 8 -18 0 0 Z" '
        f'fill="{inks.accent}" '
        'stroke="#ffffff" stroke-width="4"/><circle cy="-44" r="9" fill="#ffffff"/>'
    )


def _rocket(inks: PosterInks) -> str:
    return (
        f'<path d="M-16 62 Q-30 80 -8 92 Q0 98 8 92 Q30 80 16 62 Z" fill="{inks.accent}" '
        'opacity="0.85"/>'
        '<path d="M-8 62 Q-12 76 0 84 Q12 76 8 62 Z" fill="#ffd98a"/>'
        '<path d="M-2 -90 H2 V-66 H-2 Z M-8 -64 L0 -76 L8 -64 L12 -44 H-12 Z M-12 -42 '
        "H12 L17 -16 H-17 Z "
        f'M-17 -14 H17 V60 H-17 Z" fill="{inks.ink}"/>'
        '<path d="M-17 36 L-34 62 H-17 Z M17 36 L34 62 H17 Z M-12 -42 H12 V-35 H-12 Z" '
        f'fill="{inks.accent}"/>'
        f'<path d="M-17 -6 H0 V14 H-17 Z M0 14 H17 V34 H0 Z" fill="{inks.sea}"/>'
    )


def _ring(inks: PosterInks, turn: float, front: bool) -> str:
    sweep = 0 if front else 1
    dot = f'<circle cx="-52" cy="16" r="9" fill="{inks.accent}"/>' if front else ""
    return (
        f'<g transform="rotate({turn})"><path d="M-84 0 A84 27 0 0 {sweep} 84 0" fill="none" '
        f'stroke="{inks.accent}" stroke-width="7" stroke-linecap="round"/>{dot}</g>'
    )


def _earth_orbit(inks: PosterInks) -> str:
    return _ring(inks, -18, False) + draw_earth(50, inks) + _ring(inks, -18, True)


def _moon_orbit(inks: PosterInks) -> str:
    return _ring(inks, 16, False) + draw_moon(50, inks) + _ring(inks, 16, True)


def _trajectory(inks: PosterInks) -> str:
    return (
        f'<path d="M-40 34 C-60 -44 30 -84 52 -30" fill="none" stroke="{inks.accent}" '
        'stroke-width="7" '
        'stroke-dasharray="2 13" stroke-linecap="round"/>'
        f'<g transform="translate(-42 40)">{draw_earth(34, inks)}</g>'
        f'<g transform="translate(56 -20)">{draw_moon(24, inks)}</g>'
        f'<path d="M-6 -62 l22 6 l-18 14 Z" fill="{inks.ink}"/>'
    )


def _descent(inks: PosterInks) -> str:
    return (
        f'<g transform="translate(4 -14) rotate(-9) scale(0.94)">{draw_lander(inks)}</g>'
        f'<path d="M-20 42 L-28 74 M0 44 V82 M20 42 L28 74" stroke="{inks.accent}" '
        'stroke-width="6" '
        'stroke-linecap="round" stroke-dasharray="9 11"/>'
    )


def _landing(inks: PosterInks) -> str:
    return (
        '<clipPath id="ground"><circle r="90"/></clipPath><g clip-path="url(#ground)">'
        '<path d="M-100 44 Q-60 32 -20 40 T60 36 T110 44 V100 H-100 Z" fill="#d9dce2"/>'
        + ellipse(-44, 62, 17, 6, "#0b1634", more='fill-opacity="0.2"')
        + ellipse(34, 70, 22, 7, "#0b1634", more='fill-opacity="0.2"')
        + f'</g><g transform="translate(0 -4) scale(0.96)">{draw_lander(inks)}</g>'
        f'<path d="M66 42 V-8" stroke="{inks.ink}" stroke-width="4"/><path d="M66 -8 H90 '
        f'V10 H66 Z" fill="{inks.accent}"/>'
    )


def _splash(inks: PosterInks) -> str:
    return (
        f'<path d="M-70 -30 A70 56 0 0 1 70 -30 Z" fill="{inks.accent}"/><path d="M-70 '
        "-30 L0 30 L70 -30 M-24 -30 L0 30 "
        f'L24 -30" fill="none" stroke="{inks.ink}" stroke-width="4"/><path d="M-22 58 '
        f'L-12 26 H12 L22 58 Z" fill="{inks.grey}"/>'
        '<path d="M-80 62 q20 -14 40 0 t40 0 t40 0 t40 0" fill="none" '
        f'stroke="{inks.sea}" stroke-width="8" stroke-linecap="round"/>'
    )
