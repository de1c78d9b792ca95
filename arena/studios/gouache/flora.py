"""Wild flowers, grass and butterflies as loose brush shapes in SVG."""

from __future__ import annotations

import numpy as np

from arena.studios.gouache.fur import Colour, hex_colour

# Petal colour, heart colour, petals, petal length over width.
FLOWERS: dict[str, tuple[Colour, Colour, int, float]] = {
    "poppy": ((0.90, 0.25, 0.17), (0.20, 0.10, 0.14), 5, 1.0),
    "daisy": ((0.99, 0.97, 0.92), (0.98, 0.76, 0.20), 11, 2.6),
    "cornflower": ((0.34, 0.46, 0.90), (0.30, 0.22, 0.56), 9, 1.7),
    "buttercup": ((0.99, 0.83, 0.22), (0.86, 0.58, 0.12), 5, 1.1),
    "cosmos": ((0.96, 0.60, 0.74), (0.98, 0.82, 0.34), 8, 1.4),
    "aster": ((0.72, 0.52, 0.88), (0.97, 0.80, 0.30), 12, 2.4),
}


def blade(x: float, y: float, *, length: float, lean: float, wide: float, colour: Colour) -> str:
    """A blade of grass from (x, y) upwards."""
    dx = lean * length
    return (
        f'<path d="M{x - wide:.1f} {y:.1f}q{dx * 0.2:.1f} {-length * 0.6:.1f} {dx + wide:.1f} {-length:.1f}'
        f'q{-dx * 0.5 + wide:.1f} {length * 0.5:.1f} {-dx + wide:.1f} {length:.1f}Z" '
        f'fill="{hex_colour(colour)}"/>'
    )


def grass(
    *, count: int, width: float, top: float, bottom: float, tones: tuple[Colour, Colour],
    tall: float, rng: np.random.Generator,
) -> str:  # fmt: skip
    """Blades over a band of ground, further ones first and shorter."""
    dark, light = np.array(tones[0]), np.array(tones[1])
    ys = np.sort(rng.uniform(top, bottom, count))
    out = []
    for y in ys.tolist():
        near = (y - top) / max(bottom - top, 1)
        share = float(np.clip(rng.normal(0.45, 0.28), 0, 1))
        colour = dark * (1 - share) + light * share
        out.append(
            blade(rng.uniform(-20, width + 20), y, length=tall * (0.45 + 0.75 * near)
                  * rng.uniform(0.6, 1.3), lean=float(rng.normal(0.05, 0.24)),
                  wide=tall * 0.035 * (0.6 + near), colour=tuple(colour.tolist()))
        )  # fmt: skip
    return "".join(out)


def flower(
    name: str, x: float, y: float, *, size: float, stem: float, green: Colour, light: float,
    rng: np.random.Generator,
) -> str:  # fmt: skip
    """A flower whose stem stands on (x, y); `light` multiplies the petals' colour."""
    petal, heart, count, slim = FLOWERS[name]
    lean = float(rng.normal(0, 0.18)) * stem
    tilt = rng.uniform(0.55, 0.9)
    start = rng.uniform(0, 360)
    out = (
        f'<path d="M{x:.1f} {y:.1f} q{-lean * 0.2:.1f} {-stem * 0.5:.1f} {lean:.1f} {-stem:.1f}" fill="none" '
        f'stroke="{hex_colour(green)}" stroke-width="{max(1.2, size * 0.13):.1f}"/>'
    )
    petals = []
    for k in range(count):
        tone = light * rng.uniform(0.84, 1.1)
        shape = hex_colour(tuple(part * tone for part in petal))  # type: ignore[arg-type]
        petals.append(
            f'<ellipse cx="0" cy="{-size * 0.56:.1f}" rx="{size * 0.62 / slim:.1f}" '
            f'ry="{size * 0.58:.1f}" transform="rotate({start + 360 * k / count:.0f})" fill="{shape}"/>'
        )
    core = hex_colour(tuple(part * light for part in heart))  # type: ignore[arg-type]
    shine = hex_colour(tuple(min(1, part * light * 1.25 + 0.06) for part in heart))  # type: ignore[arg-type]
    return out + (
        f'<g transform="translate({x + lean:.1f} {y - stem:.1f}) scale(1 {tilt:.2f})">{"".join(petals)}'
        f'<circle r="{size * 0.27:.1f}" fill="{core}"/>'
        f'<circle cx="{-size * 0.07:.1f}" cy="{-size * 0.08:.1f}" r="{size * 0.13:.1f}" fill="{shine}"/></g>'
    )


def flowers(
    *, names: tuple[str, ...], count: int, width: float, top: float, bottom: float, size: float,
    green: Colour, light: float, rng: np.random.Generator,
) -> str:  # fmt: skip
    """Flowers over a band of ground in drifts of one kind."""
    ys = np.sort(rng.uniform(top, bottom, count))
    out = []
    for y in ys.tolist():
        x = rng.uniform(-10, width + 10)
        drift = int(x / width * 5 + y / 90 + rng.normal(0, 0.7)) % len(names)
        near = 0.5 + 0.7 * (y - top) / max(bottom - top, 1)
        grown = size * near * rng.uniform(0.7, 1.25)
        out.append(flower(names[drift], x, y, size=grown, stem=grown * rng.uniform(1.6, 3.4),
                          green=green, light=light, rng=rng))  # fmt: skip
    return "".join(out)


def butterfly(x: float, y: float, *, size: float, turn: float, colour: Colour, fold: float) -> str:
    """A butterfly with its wings half open; `fold` 0..1 narrows the far pair."""
    dark = hex_colour(tuple(part * 0.34 for part in colour))  # type: ignore[arg-type]
    fill, pale = hex_colour(colour), hex_colour(tuple(min(1, p * 0.5 + 0.52) for p in colour))  # type: ignore[arg-type]
    wing = (
        f'<path d="M0 0 C10 -46 54 -66 66 -44 C74 -22 40 2 0 4 Z" fill="{fill}" stroke="{dark}" '
        'stroke-width="5" stroke-linejoin="round"/>'
        f'<path d="M0 2 C34 4 54 22 42 42 C30 56 6 34 0 6 Z" fill="{fill}" stroke="{dark}" '
        'stroke-width="5" stroke-linejoin="round"/>'
        f'<path d="M12 -12 C22 -34 42 -46 52 -38 C54 -26 34 -12 12 -8 Z" fill="{pale}" fill-opacity="0.8"/>'
        f'<ellipse cx="28" cy="24" rx="9" ry="8" fill="{pale}" fill-opacity="0.85"/>'
        '<circle cx="60" cy="-38" r="3" fill="#fff8ea"/>'
    )
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f}) scale({size / 70:.3f})">'
        f'<g transform="scale({-(1 - 0.55 * fold):.2f} 1)">{wing}</g>{wing}'
        '<path d="M0 -20 C5 -10 5 20 0 34 C-5 20 -5 -10 0 -20 Z" fill="#2b1a18"/>'
        '<path d="M-1 -18 q-6 -18 -16 -24 M1 -18 q6 -18 16 -24" stroke="#2b1a18" stroke-width="2.4" '
        'fill="none" stroke-linecap="round"/></g>'
    )
