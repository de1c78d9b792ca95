"""Colour schemes of the sticker studio, cheerful by default, from the prompt when it names any."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

from arena.studios.vocabulary import Rgb

WHITE: Rgb = (255, 255, 255)


@dataclass(frozen=True)
class Scheme:
    """Ground and its pattern, badge, ink on the badge, two accents: SVG colours."""

    ground: str
    pattern: str
    badge: str
    ink: str
    accent: str
    second: str


SCHEMES: tuple[Scheme, ...] = (
    Scheme("#ffd84d", "#ffe27a", "#ffffff", "#e5383b", "#1d7fd1", "#17a673"),
    Scheme("#5bc8e8", "#74d4ef", "#fff6dc", "#22346b", "#ff5d73", "#ffb627"),
    Scheme("#ff8fa8", "#ff9fb5", "#ffffff", "#5b2a86", "#00a6a6", "#ffd23f"),
    Scheme("#7bd389", "#8bdd98", "#14423a", "#fff3c4", "#ff7a3d", "#ffd23f"),
    Scheme("#8d7ae6", "#9a89ec", "#ffffff", "#3a1d8a", "#ff6f91", "#ffc75f"),
)


def svg(colour: Rgb) -> str:
    """A colour as #rrggbb."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def mix(colour: Rgb, other: Rgb, share: float) -> Rgb:
    """A colour moved towards another by a share in 0..1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return (red, green, blue)


def luma(colour: Rgb) -> float:
    """Perceived lightness, 0..255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def pastel(colour: Rgb, *, light: float = 0.86, strength: float = 0.75) -> Rgb:
    """A light and clean relative of a colour."""
    hue, _, had = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    parts = colorsys.hls_to_rgb(hue, light, strength if had > 0.1 else had)
    red, green, blue = (round(part * 255) for part in parts)
    return (red, green, blue)


def scheme_for(*, palette: tuple[Rgb, ...], take: int, dark: bool = False) -> Scheme:
    """The scheme of a take; colours of the prompt replace its own, light and dark by need."""
    base = SCHEMES[take % len(SCHEMES)]
    if not palette:
        return Scheme("#20264d", "#2a3160", *_rest(base)) if dark else base
    ranked = sorted(palette, key=luma)
    deep = ranked[0] if luma(ranked[0]) < 130 else mix(ranked[0], (20, 16, 30), 0.68)
    pale = ranked[-1] if luma(ranked[-1]) > 175 else mix(ranked[-1], WHITE, 0.86)
    warm = ranked[len(ranked) // 2] if len(ranked) > 2 else mix(deep, pale, 0.38)
    accent = max(ranked, key=_vivid) if len(ranked) > 2 else mix(deep, (255, 140, 40), 0.4)
    if dark:
        return Scheme(
            svg(mix(deep, (0, 0, 0), 0.25)), svg(deep), svg(pale), svg(deep), svg(accent), svg(warm)
        )
    grounds = (
        (pale, mix(pale, warm, 0.16), WHITE, deep),
        (warm, mix(warm, pale, 0.16), pale, deep),
        (mix(pale, WHITE, 0.35), mix(pale, warm, 0.10), pale, deep),
        (mix(pale, warm, 0.35), mix(pale, warm, 0.45), deep, pale),
        (deep, mix(deep, pale, 0.09), WHITE, deep),
    )
    ground, pattern, badge, ink = grounds[take % 5]
    return Scheme(svg(ground), svg(pattern), svg(badge), svg(ink), svg(accent), svg(warm))


def _rest(base: Scheme) -> tuple[str, str, str, str]:
    return base.badge, base.ink, base.accent, base.second


def _vivid(colour: Rgb) -> int:
    return max(colour) - min(colour)
