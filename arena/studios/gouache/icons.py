"""Painted pictures for the steps of a poster, within radius 80 about (0, 0)."""

from __future__ import annotations

import re

from arena.studios.flat.motifs import draw_motif
from arena.studios.fonts import PLAYFAIR, line
from arena.studios.vocabulary import MOTIFS


def step_icon(step: str, number: int, *, ink: str, ground: str, accent: str) -> str:
    """A picture chosen by the words of a step; unknown steps get a large brushed numeral."""
    words = re.findall(r"\w+", step.lower())
    moon = bool({"lunar", "moon"} & set(words))
    if {"launch", "liftoff", "rocket", "start", "takeoff"} & set(words):
        return _rocket(ink, ground, accent)
    if "orbit" in words:
        return _globe(ink, ground, accent, moon=moon) + _orbit(accent)
    if any(word.startswith(("trans", "travel", "cruise", "journey")) for word in words):
        return _crossing(ink, ground, accent)
    if {"descent", "descend"} & set(words):
        return _lander(ink, ground, accent, y=-14) + _flame(accent, y=26)
    if {"landing", "land", "touchdown", "surface"} & set(words):
        return _surface(ink, ground) + _lander(ink, ground, accent, y=2)
    if {"splashdown", "recovery", "return"} & set(words):
        return _parachute(ink, accent)
    known = next((MOTIFS[word] for word in words if word in MOTIFS), "")
    if known:
        return f'<g scale="1" transform="scale(0.5)">{draw_motif(known, ink=ink, ground=ground, steam=False)}</g>'
    return line(str(number), PLAYFAIR, x=0, y=38, size=110, fill=accent)


def bust(*, x: float, y: float, size: float, fill: str, visor: str) -> str:
    """A head in a round helmet, or at a distance any head and shoulders."""
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) scale({size:.3f})">'
        f'<path d="M-42 52 C-42 18 -24 12 0 12 C24 12 42 18 42 52 Z" fill="{fill}"/>'
        f'<circle cy="-14" r="28" fill="{fill}"/><ellipse cy="-12" rx="18" ry="15" fill="{visor}"/>'
        f'<path d="M-11 -18 q6 -7 13 -6" stroke="{fill}" stroke-width="4" fill="none" '
        'stroke-linecap="round"/></g>'
    )


def _rocket(ink: str, ground: str, accent: str) -> str:
    return (
        f'<path d="M-6 34 C-22 52 -12 66 0 78 C12 66 22 52 6 34 Z" fill="{accent}"/>'
        f'<path d="M-14 12 C-36 22 -38 40 -36 50 L-12 34 Z M14 12 C36 22 38 40 36 50 L12 34 Z" '
        f'fill="{accent}"/>'
        f'<path d="M0 -76 C22 -50 24 -8 15 38 H-15 C-24 -8 -22 -50 0 -76 Z" fill="{ink}"/>'
        f'<circle cy="-26" r="9.5" fill="{ground}"/><path d="M-18 6 Q0 12 18 6" stroke="{ground}" '
        'stroke-width="5" fill="none"/>'
        f'<path d="M-60 66 q8 -16 22 -8 q10 -12 20 0 M60 66 q-8 -16 -22 -8 q-10 -12 -20 0" '
        f'stroke="{ink}" stroke-opacity="0.6" stroke-width="6" fill="none" stroke-linecap="round"/>'
    )


def _globe(
    ink: str, ground: str, accent: str, *, moon: bool, x: float = 0, y: float = 0, size: float = 1
) -> str:
    marks = (
        f'<circle cx="-13" cy="-11" r="9" fill="{ground}" fill-opacity="0.4"/><circle cx="14" cy="7" '
        f'r="7" fill="{ground}" fill-opacity="0.4"/><circle cx="-6" cy="18" r="5" fill="{ground}" '
        'fill-opacity="0.4"/><circle cx="16" cy="-16" r="4" fill="'
        + ground
        + '" fill-opacity="0.4"/>'
        if moon
        else f'<path d="M-32 -10 q10 -22 30 -22 q8 6 -2 14 q-2 12 -14 10 q-6 14 -14 -2 Z M6 2 q16 -10 '
        f'28 2 q-4 20 -20 26 q-12 -10 -8 -28 Z" fill="{accent}" fill-opacity="0.85"/>'
    )
    return (
        f'<g transform="translate({x} {y}) scale({size})"><circle r="38" fill="{ink}"/>{marks}'
        f'<path d="M10 -36 A38 38 0 0 1 10 36 A50 50 0 0 0 10 -36 Z" fill="{ground}" fill-opacity="0.28"/>'
        "</g>"
    )


def _orbit(accent: str) -> str:
    return (
        f'<path d="M-30 30 C-70 34 -84 20 -60 -2 M30 -30 C70 -36 86 -22 62 0 C44 16 6 30 -30 30" '
        f'fill="none" stroke="{accent}" stroke-width="7" stroke-linecap="round"/>'
        f'<circle cx="62" cy="-2" r="9" fill="{accent}"/>'
    )


def _crossing(ink: str, ground: str, accent: str) -> str:
    return (
        _globe(ink, ground, accent, moon=False, x=-44, y=32, size=0.72)
        + _globe(ink, ground, accent, moon=True, x=50, y=-40, size=0.5)
        + f'<path d="M-30 -4 C-20 -52 10 -64 28 -56" fill="none" stroke="{accent}" stroke-width="7" '
        'stroke-dasharray="13 11" stroke-linecap="round"/>'
    )


def _lander(ink: str, ground: str, accent: str, *, y: float) -> str:
    return (
        f'<g transform="translate(0 {y})"><path d="M-20 -40 Q0 -54 20 -40 L27 -14 H-27 Z" fill="{ink}"/>'
        f'<path d="M-30 -14 H30 L34 12 H-34 Z" fill="{accent}"/><circle cx="-8" cy="-28" r="6" '
        f'fill="{ground}"/><circle cx="10" cy="-28" r="5" fill="{ground}"/>'
        f'<path d="M-28 10 L-46 38 M28 10 L46 38 M-56 39 H-36 M36 39 H56 M0 12 V24" stroke="{ink}" '
        'stroke-width="6.5" stroke-linecap="round" fill="none"/></g>'
    )


def _flame(accent: str, *, y: float) -> str:
    return (
        f'<path d="M-13 {y - 14} C-10 {y + 20} 0 {y + 42} 0 {y + 48} C0 {y + 42} 10 {y + 20} 13 {y - 14} Z" '
        f'fill="{accent}" fill-opacity="0.85"/>'
    )


def _surface(ink: str, ground: str) -> str:
    return (
        f'<path d="M-84 48 Q-40 30 0 38 Q44 30 84 48 Q40 74 0 74 Q-44 74 -84 48 Z" fill="{ink}" '
        'fill-opacity="0.75"/>'
        f'<ellipse cx="-36" cy="56" rx="14" ry="5" fill="{ground}" fill-opacity="0.4"/>'
        f'<ellipse cx="30" cy="60" rx="18" ry="5" fill="{ground}" fill-opacity="0.4"/>'
    )


def _parachute(ink: str, accent: str) -> str:
    return (
        f'<path d="M-60 -20 A60 50 0 0 1 60 -20 Q40 -30 20 -20 Q0 -30 -20 -20 Q-40 -30 -60 -20 Z" '
        f'fill="{accent}"/><path d="M-56 -20 L-10 36 M56 -20 L10 36 M0 -24 V36" stroke="{ink}" '
        f'stroke-width="3.5"/><path d="M-20 36 H20 L12 62 H-12 Z" fill="{ink}"/>'
    )
