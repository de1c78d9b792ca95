"""A flat coast in few inks, as SVG: the ground of the poster and of the stickers."""

from __future__ import annotations

from dataclasses import dataclass

from arena.studios.fonts import rasterise
from arena.studios.noise import Floats
from arena.studios.sitters.ink import blob, path, stroke


@dataclass(frozen=True)
class Scheme:
    """Inks of one print: three of sky, three of sea, three of land, sun, road, line, ink."""

    sky: tuple[str, str, str]
    sea: tuple[str, str, str]
    land: tuple[str, str, str]
    sun: str
    road: str
    line: str
    ink: str
    paper: str
    layout: int


SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        ("#6fc3c9", "#a9dccf", "#f4e8c8"),
        ("#176b87", "#2a8fa3", "#7fc7c0"),
        ("#2f5d50", "#5f8f5a", "#d9b36a"),
        "#f2a541",
        "#4a4f5a",
        "#f4e8c8",
        "#1d3140",
        "#f7efdc",
        0,
    ),
    Scheme(
        ("#d1495b", "#ee8a5a", "#f9c784"),
        ("#5b2a5e", "#8c3b6b", "#f2a07a"),
        ("#3b1c45", "#6a2f5b", "#a8485f"),
        "#fff1cf",
        "#2e1a3b",
        "#f9c784",
        "#24122f",
        "#f8ead2",
        1,
    ),
    Scheme(
        ("#f3ead3", "#e4e1c4", "#cfd9bd"),
        ("#3d6b66", "#5f8f84", "#a9c4ad"),
        ("#2c4a47", "#6b8e6e", "#b7b98a"),
        "#e2725b",
        "#53564f",
        "#f3ead3",
        "#1f302f",
        "#faf5e6",
        2,
    ),
    Scheme(
        ("#22304f", "#3f4f7a", "#8d8fb5"),
        ("#16213c", "#2b3f66", "#7c8fb8"),
        ("#101830", "#38466e", "#5d6c96"),
        "#f6e7b2",
        "#0e1529",
        "#f2b84b",
        "#0a1020",
        "#efe8d6",
        3,
    ),
    Scheme(
        ("#2f7fc1", "#69aee0", "#cfe8f2"),
        ("#0f4c81", "#1f74ad", "#6fc0d8"),
        ("#8a5a2b", "#d39a3d", "#f0c667"),
        "#fffaf0",
        "#5b5f66",
        "#ffe08a",
        "#16304a",
        "#fbf6ea",
        4,
    ),
)
WIDE = 1000.0


def scheme_of(*, take: int) -> Scheme:
    """The inks and layout of a take."""
    return SCHEMES[take % len(SCHEMES)]


def flat_coast(
    *, scheme: Scheme, shift: float, width: int, height: int, road: bool = True
) -> Floats:
    """The coast (H, W, 3) in 0..1; `shift` -0.5..0.5 moves sun and land for takes that wrap."""
    tall = WIDE * height / width
    body = _sky(scheme, tall, shift) + _sea(scheme, tall) + _land(scheme, tall, shift)
    if road:
        body += _road(scheme, tall)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE:g} {tall:.1f}" '
        f'width="{WIDE:g}" height="{tall:.1f}">{body}</svg>'
    )
    return rasterise(svg, width=width, height=height)[..., :3]


def palm(*, x: float, y: float, size: float, lean: float, trunk: str, leaf: str, lit: str) -> str:
    """A palm that stands at (x, y) and is `size` tall."""
    tx, ty = x + lean * size, y - size
    stem = path(
        f"M{x - 0.035 * size:.1f} {y:.1f} Q{x + 0.10 * lean * size:.1f} {y - 0.55 * size:.1f} "
        f"{tx - 0.012 * size:.1f} {ty:.1f} L{tx + 0.014 * size:.1f} {ty:.1f} "
        f"Q{x + 0.05 * size + 0.12 * lean * size:.1f} {y - 0.5 * size:.1f} {x + 0.035 * size:.1f} {y:.1f} Z",
        trunk,
    )
    fronds = ""
    fan = (
        (-0.46, 0.16),
        (-0.42, -0.06),
        (-0.26, -0.20),
        (0.10, -0.25),
        (0.28, -0.20),
        (0.43, -0.04),
        (0.45, 0.18),
    )
    for number, (dx, dy) in enumerate(fan):
        ex, ey = tx + dx * size, ty + dy * size
        mx, my = tx + dx * 0.52 * size, ty + (dy - 0.15) * size
        fronds += path(
            f"M{tx:.1f} {ty:.1f} Q{mx:.1f} {my:.1f} {ex:.1f} {ey:.1f} "
            f"Q{mx:.1f} {my + 0.13 * size:.1f} {tx:.1f} {ty:.1f} Z",
            lit if number % 2 else leaf,
        )
    return stem + fronds + blob(tx, ty + 0.01 * size, 0.03 * size, 0.03 * size, trunk)


def _sky(s: Scheme, tall: float, shift: float) -> str:
    low = 0.50 * tall
    out = f'<rect width="{WIDE:g}" height="{tall:.0f}" fill="{s.sky[0]}"/>'
    out += path(
        f"M0 {low * 0.42:.0f} C260 {low * 0.34:.0f} 520 {low * 0.54:.0f} 1000 {low * 0.40:.0f} V{tall:.0f} H0 Z",
        s.sky[1],
    )
    out += path(
        f"M0 {low * 0.74:.0f} C300 {low * 0.66:.0f} 640 {low * 0.84:.0f} 1000 {low * 0.70:.0f} V{tall:.0f} H0 Z",
        s.sky[2],
    )
    spots = ((690, 0.34, 84), (500, 0.46, 170), (760, 0.20, 56), (240, 0.22, 62), (150, 0.20, 60))
    x, y, r = (float(part) for part in spots[s.layout])
    x += 500 * shift
    if s.layout == 1:
        out += "".join(
            f'<path d="M{x:.0f} {y * tall:.0f} L{x + 1500:.0f} {y * tall - 95:.0f} V{y * tall + 25:.0f} Z" '
            f'fill="{s.sky[2]}" opacity="0.55" transform="rotate({a} {x:.0f} {y * tall:.0f})"/>'
            for a in range(-170, 0, 20)
        )
    out += blob(x, y * tall, r, r, s.sun)
    if s.layout == 3:
        out += blob(x + 24, y * tall - 8, r * 0.88, r * 0.88, s.sky[0])
        out += "".join(
            blob(
                (k * 379 + 130) % 1000,
                ((k * 197) % 300 + 20) * tall / 1000,
                1.6 + k % 3,
                1.6 + k % 3,
                s.sun,
            )
            for k in range(46)
        )
    if s.layout in {0, 2, 4}:
        out += _clouds(s, tall, shift)
    return out


def _clouds(s: Scheme, tall: float, shift: float) -> str:
    spots = {
        0: ((180, 0.16, 0.8), (470, 0.26, 0.55)),
        2: ((360, 0.24, 0.7),),
        4: ((610, 0.24, 1.9), (250, 0.36, 0.9), (930, 0.40, 1.0)),
    }[s.layout]
    fill = "#fffdf6" if s.layout != 2 else "#fbf7ea"
    out = ""
    for x, y, k in spots:
        cx, cy = x - 300 * shift, y * tall
        out += path(
            f"M{cx - 130 * k:.0f} {cy:.0f} C{cx - 134 * k:.0f} "
            f"{cy - 34 * k:.0f} {cx - 92 * k:.0f} {cy - 48 * k:.0f} "
            f"{cx - 70 * k:.0f} {cy - 34 * k:.0f} C{cx - 58 * k:.0f} "
            f"{cy - 84 * k:.0f} {cx + 16 * k:.0f} {cy - 90 * k:.0f} "
            f"{cx + 30 * k:.0f} {cy - 46 * k:.0f} C{cx + 62 * k:.0f} "
            f"{cy - 64 * k:.0f} {cx + 96 * k:.0f} {cy - 40 * k:.0f} "
            f"{cx + 92 * k:.0f} {cy - 24 * k:.0f} C{cx + 126 * k:.0f} "
            f"{cy - 26 * k:.0f} {cx + 136 * k:.0f} {cy - 4 * k:.0f} "
            f"{cx + 130 * k:.0f} {cy:.0f} Z",
            fill,
        )
        out += path(
            f"M{cx - 130 * k:.0f} {cy:.0f} H{cx + 130 * k:.0f} C{cx + 90 * k:.0f} {cy - 18 * k:.0f} "
            f"{cx - 60 * k:.0f} {cy - 20 * k:.0f} {cx - 130 * k:.0f} {cy:.0f} Z",
            s.sky[2],
        )
    return out


def _sea(s: Scheme, tall: float) -> str:
    top, low = 0.50 * tall, 0.76 * tall
    out = path(f"M0 {top:.0f} H1000 V{tall:.0f} H0 Z", s.sea[1])
    out += path(
        f"M0 {top + 0.5 * (low - top):.0f} C260 {top + 0.42 * (low - top):.0f} 620 {top + 0.60 * (low - top):.0f} "
        f"1000 {top + 0.46 * (low - top):.0f} V{tall:.0f} H0 Z",
        s.sea[0],
    )
    for k in range(38):
        y = top + (low - top) * ((k * 0.618) % 1) ** 1.2 + 5
        x, wide = (k * 263) % 1040 - 20, 18 + 74 * ((y - top) / (low - top))
        out += stroke(
            f"M{x} {y:.0f} q{wide / 2:.0f} {-4 - wide * 0.05:.0f} {wide:.0f} 0", s.sea[2], 2.6
        )
    spots = (690, 500, 760, 240, 150)
    if s.layout in {0, 1, 3}:
        for k in range(9):
            y = top + 7 + k * k * 2.4
            half = 66.0 * (1 - k / 11) * (1 if k % 2 else 0.7)
            out += stroke(f"M{spots[s.layout] - half:.0f} {y:.0f} h{2 * half:.0f}", s.sun, 3.6)
    return out


def _land(s: Scheme, tall: float, shift: float) -> str:
    if s.layout == 3:
        return (
            _bridge(s, tall)
            + _cliff(s, tall, right=True, size=0.7)
            + _cliff(s, tall, right=False, size=0.5)
        )
    if s.layout == 1:
        return _cliff(s, tall, right=False, size=0.95) + "".join(
            palm(
                x=x,
                y=0.765 * tall,
                size=tall * t,
                lean=0.10,
                trunk=s.ink,
                leaf=s.ink,
                lit=s.land[0],
            )
            for x, t in ((850, 0.50), (935, 0.40))
        )
    if s.layout == 4:
        return _cliff(s, tall, right=True, size=0.9) + _cliff(s, tall, right=False, size=0.6)
    out = _cliff(s, tall, right=s.layout == 0, size=1.0)
    side, lean = (90, 0.10) if s.layout == 0 else (905, -0.10)
    return out + "".join(
        palm(
            x=side + k * (70 if s.layout == 0 else -70),
            y=0.765 * tall,
            size=tall * (0.46 - 0.11 * k),
            lean=lean,
            trunk=s.ink,
            leaf=s.land[0],
            lit=s.land[1],
        )
        for k in range(2)
    )


def _cliff(s: Scheme, tall: float, *, right: bool, size: float) -> str:
    """Three capes behind each other, in three inks, lit on the seaward side."""
    out = ""
    for reach, rise, tone in (
        (430, 0.10, s.land[2]),
        (330, 0.17, s.land[1]),
        (210, 0.25, s.land[0]),
    ):
        r, h, foot = reach * size, rise * size * tall, (0.50 + 0.95 * (rise - 0.08)) * tall
        out += path(
            f"M0 {foot - h:.0f} C{0.24 * r:.0f} {foot - 1.22 * h:.0f} "
            f"{0.40 * r:.0f} {foot - 0.86 * h:.0f} {0.56 * r:.0f} "
            f"{foot - 0.80 * h:.0f} C{0.70 * r:.0f} {foot - 0.74 * h:.0f} "
            f"{0.74 * r:.0f} {foot - 0.44 * h:.0f} {0.84 * r:.0f} "
            f"{foot - 0.36 * h:.0f} L{0.90 * r:.0f} {foot - 0.10 * h:.0f} "
            f"L{r:.0f} {foot:.0f} L0 {foot + 0.12 * tall:.0f} Z",
            tone,
        )
        out += path(
            f"M{0.84 * r:.0f} {foot - 0.36 * h:.0f} L{0.90 * r:.0f} {foot - 0.10 * h:.0f} L{r:.0f} {foot:.0f} "
            f"L{0.66 * r:.0f} {foot + 4:.0f} L{0.72 * r:.0f} {foot - 0.30 * h:.0f} Z",
            s.sky[2],
            'opacity="0.5"',
        )
        out += stroke(
            f"M{0.5 * r:.0f} {foot + 5:.0f} Q{0.8 * r:.0f} {foot - 1:.0f} {1.1 * r:.0f} {foot + 5:.0f}",
            "#fdf8ea",
            3.5,
        )
    return f'<g transform="translate({WIDE:g} 0) scale(-1 1)">{out}</g>' if right else out


def _bridge(s: Scheme, tall: float) -> str:
    deck, foot = 0.475 * tall, 0.66 * tall
    posts = "".join(
        path(f"M{x - 5} {deck:.0f} h10 V{foot:.0f} h-10 Z", s.land[2]) for x in range(210, 830, 52)
    )
    arch = stroke(f"M300 {foot:.0f} Q520 {deck - 0.10 * tall:.0f} 740 {foot:.0f}", s.land[2], 17)
    veil = path(
        f"M312 {foot + 8:.0f} Q520 {deck - 0.075 * tall:.0f} 728 {foot + 8:.0f} Z", s.sea[1]
    )
    water = path(f"M200 {foot - 2:.0f} H840 V{foot + 22:.0f} H200 Z", s.sea[1])
    return (
        posts
        + veil
        + arch
        + water
        + path(f"M150 {deck - 9:.0f} H880 V{deck + 7:.0f} H150 Z", s.land[1])
    )


def _road(s: Scheme, tall: float) -> str:
    top = 0.755 * tall
    verge = path(
        f"M0 {top - 12:.0f} C200 {top - 26:.0f} 380 {top - 6:.0f} 560 {top - 18:.0f} S860 {top - 28:.0f} "
        f"1000 {top - 10:.0f} V{top + 30:.0f} H0 Z",
        s.land[1],
    )
    posts = "".join(path(f"M{x} {top - 34:.0f} h9 v40 h-9 Z", s.ink) for x in range(20, 1000, 96))
    rail = path(f"M0 {top - 34:.0f} H1000 V{top - 20:.0f} H0 Z", s.paper) + path(
        f"M0 {top - 27:.0f} H1000 V{top - 20:.0f} H0 Z", s.sky[1]
    )
    lane = path(f"M0 {top + 6:.0f} H1000 V{tall:.0f} H0 Z", s.road)
    edge = path(f"M0 {top + 16:.0f} H1000 v4 H0 Z", s.line)
    dashes = "".join(
        path(f"M{x} {0.945 * tall:.0f} h96 l-8 {0.014 * tall:.0f} h-96 Z", s.line)
        for x in range(-40, 1040, 176)
    )
    return verge + posts + rail + lane + edge + dashes
