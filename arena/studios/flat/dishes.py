"""Dishes seen from above, as round vector illustrations of radius 100 about (0, 0)."""

from __future__ import annotations

import math

from arena.studios.flat.drawing import ellipse, ring_points

Item = tuple[str, str, str]

# Section words a menu may name, and dishes of the house for each: drawing, name, price.
CARTE: dict[str, tuple[Item, ...]] = {
    "starter": (
        ("salad", "Garden Salad", "8"),
        ("bruschetta", "Bruschetta", "7"),
        ("soup", "Tomato Soup", "6"),
    ),
    "pizza": (
        ("margherita", "Margherita", "11"),
        ("pepperoni", "Pepperoni", "13"),
        ("verde", "Verde", "12"),
    ),
    "main": (
        ("pasta", "Spaghetti Pomodoro", "14"),
        ("steak", "Grilled Steak", "21"),
        ("salmon", "Roast Salmon", "19"),
    ),
    "dessert": (
        ("cake", "Berry Tart", "7"),
        ("icecream", "Gelato", "6"),
        ("coffee", "Espresso", "3"),
    ),
    "drink": (
        ("coffee", "Espresso", "3"),
        ("tea", "Green Tea", "4"),
        ("juice", "Orange Juice", "5"),
    ),
}
ALIASES = {
    "appetizer": "starter",
    "starter": "starter",
    "antipasti": "starter",
    "salad": "starter",
    "pizza": "pizza",
    "main": "main",
    "entree": "main",
    "pasta": "main",
    "grill": "main",
    "dessert": "dessert",
    "sweet": "dessert",
    "drink": "drink",
    "beverage": "drink",
    "coffee": "drink",
    "breakfast": "starter",
    "side": "starter",
}


def dishes_for(section: str) -> tuple[Item, ...]:
    """The dishes listed under a section heading."""
    word = section.lower().rstrip("s")
    return CARTE[next((kind for key, kind in ALIASES.items() if key in word), "main")]


def draw_plate(name: str) -> str:
    """A dish on its plate."""
    soft = ellipse(4, 8, 104, 102, "#101020", more='fill-opacity="0.13"')
    plate = ellipse(0, 0, 100, 100, "#ffffff", more='stroke="#dcdfe4" stroke-width="2.5"')
    rim = ellipse(0, 0, 76, 76, "#f4f5f7", more='stroke="#e4e7ec" stroke-width="2"')
    if name in {"margherita", "pepperoni", "verde"}:
        return soft + plate + _pizza(name)
    makers = {
        "salad": _salad,
        "bruschetta": _bruschetta,
        "soup": _soup,
        "pasta": _pasta,
        "steak": _steak,
        "salmon": _salmon,
        "cake": _tart,
        "icecream": _icecream,
        "coffee": _coffee,
        "tea": _tea,
        "juice": _juice,
    }
    return soft + plate + rim + makers[name]()


def _leaf(x: float, y: float, size: float, turn: float, fill: str) -> str:
    return (
        f'<g transform="translate({x:.1f} {y:.1f}) rotate({turn:.0f}) scale({size})">'
        f'<path d="M0 14 C-14 4 -10 -14 0 -20 C10 -14 14 4 0 14 Z" fill="{fill}"/>'
        f'<path d="M0 14 V-14" stroke="#ffffff" stroke-opacity="0.35" stroke-width="1.6"/></g>'
    )


def _pizza(name: str) -> str:
    cheese = {"margherita": "#f9d77a", "pepperoni": "#f7cb62", "verde": "#eee3a0"}[name]
    out = ellipse(0, 0, 90, 90, "#d79a55") + ellipse(0, 0, 84, 84, "#e8b26a")
    out += ellipse(0, 0, 76, 76, "#cf4a2e") + ellipse(0, 0, 72, 72, cheese)
    spots = [*ring_points(0, 0, 26, 4, 0.4), *ring_points(0, 0, 54, 8, 0.1)]
    for k, (x, y) in enumerate(spots):
        if name == "pepperoni":
            out += ellipse(x, y, 12.5, 12.5, "#b93628") + ellipse(
                x - 1.5, y - 1.5, 9.5, 9.5, "#d0533c"
            )
        elif name == "margherita":
            out += (
                _leaf(x, y, 0.72, 50 * k, "#3f9148")
                if k % 2
                else ellipse(x, y, 13, 12, "#fff8e6") + ellipse(x, y, 8, 7, "#fffdf6")
            )
        else:
            out += (
                _leaf(x, y, 0.75, 47 * k, "#5c9a3e")
                if k % 3
                else ellipse(x, y, 8, 8, "none", more='stroke="#3d4a34" stroke-width="5"')
            )
    for k in range(4):
        a = math.pi * k / 4
        out += (
            f'<path d="M{-86 * math.cos(a):.1f} {-86 * math.sin(a):.1f} L{86 * math.cos(a):.1f} '
            f'{86 * math.sin(a):.1f}" stroke="#8a4a20" stroke-opacity="0.28" stroke-width="1.6"/>'
        )
    return out


def _salad() -> str:
    out = ellipse(0, 0, 70, 70, "#5d9a44")
    greens = ("#7fbf4d", "#5fa348", "#98cf5e", "#4c8a3c")
    for k, (x, y) in enumerate(
        [*ring_points(0, 0, 48, 12), *ring_points(0, 0, 26, 7, 0.5), (0.0, 0.0)]
    ):
        out += _leaf(x, y, 1.25, 77 * k, greens[k % 4])
    for x, y in ring_points(0, 0, 36, 5, 0.7):
        out += ellipse(x, y, 12, 12, "#d8392e") + ellipse(x - 3, y - 4, 4, 3, "#f6a59b")
    for x, y in ring_points(4, 2, 20, 3, 0.2):
        out += ellipse(x, y, 11, 11, "#dff0c2", more='stroke="#7db356" stroke-width="2.5"')
    return out


def _bruschetta() -> str:
    out = ""
    for turn, dx in ((-18, -36), (6, 0), (26, 36)):
        bits = "".join(
            f'<rect x="{-13 + 9 * (k % 3)}" y="{-34 + 12 * (k // 3)}" width="9" height="9" rx="2.5" '
            f'fill="{"#d8392e" if k % 4 else "#f2e6c6"}" transform="rotate({23 * k} '
            f'{-9 + 9 * (k % 3)} {-30 + 12 * (k // 3)})"/>'
            for k in range(15)
        )
        out += (
            f'<g transform="translate({dx} 4) rotate({turn})"><rect x="-22" y="-50" width="44" height="94" '
            f'rx="20" fill="#b97b3e"/><rect x="-18" y="-46" width="36" height="86" rx="16" fill="#ebc588"/>'
            f"{bits}{_leaf(0, 16, 0.6, 40, '#3f9148')}</g>"
        )
    return out


def _soup() -> str:
    out = ellipse(0, 0, 68, 68, "#e9ebef", more='stroke="#d3d8df" stroke-width="3"') + ellipse(
        0, 0, 60, 60, "#dc5a32"
    )
    out += (
        '<path d="M-36 4 C-30 -34 34 -34 34 2 C34 26 -12 24 -12 4 C-12 -8 '
        '12 -8 12 4" fill="none" stroke="#fff3e2" stroke-width="6" stroke-linecap="round"/>'
    )
    return out + _leaf(-4, 30, 0.9, 30, "#3f9148") + _leaf(10, 34, 0.8, 80, "#57a455")


def _pasta() -> str:
    out = ellipse(0, 0, 62, 60, "#eebf58")
    for k in range(26):
        a, r = 2.4 * k, 10 + 1.8 * k
        x, y = r * 0.55 * math.cos(a), r * 0.55 * math.sin(a)
        tone = ("#f7d987", "#e9b950", "#f3cb6b")[k % 3]
        out += (
            f'<path d="M{x - 26:.1f} {y:.1f} q26 {-20 if k % 2 else 20} 52 0" fill="none" stroke="{tone}" '
            f'stroke-width="4.5" stroke-linecap="round" transform="rotate({37 * k} {x:.1f} {y:.1f})"/>'
        )
    out += '<path d="M-30 -8 C-34 -34 24 -38 32 -10 C38 16 10 30 -12 24 C-30 20 -28 4 -30 -8 Z" fill="#c93a28"/>'
    out += (
        '<path d="M-18 -10 C-14 -24 16 -24 20 -8" fill="none" stroke="#e8705a" '
        'stroke-width="6" stroke-linecap="round"/>'
    )
    return out + _leaf(0, 2, 1.0, 20, "#3f9148") + _leaf(12, 6, 0.8, 80, "#57a455")


def _steak() -> str:
    out = '<path d="M-54 8 C-58 -34 -8 -52 28 -40 C62 -28 58 16 26 26 C0 34 -50 42 -54 8 Z" fill="#6d3a28"/>'
    out += '<path d="M-46 6 C-48 -26 -6 -42 26 -32 C52 -22 48 10 22 18 C-2 26 -44 32 -46 6 Z" fill="#8c4c34"/>'
    for k in range(5):
        out += (
            f'<path d="M{-36 + 17 * k} {-26 + 2 * k} l-10 38" stroke="#4b2418" '
            'stroke-width="5" stroke-linecap="round"/>'
        )
    for k in range(6):
        out += (
            f'<rect x="{-42 + 15 * k}" y="{36 + (k % 2) * 7}" width="34" height="9" rx="3" fill="#f3c65c" '
            f'transform="rotate({-24 + 12 * k} {-30 + 15 * k} 42)"/>'
        )
    return out + _leaf(50, -42, 0.9, 60, "#4f9a49") + _leaf(58, -30, 0.8, 110, "#65ae55")


def _salmon() -> str:
    out = '<path d="M-56 -4 C-46 -38 34 -44 58 -14 C52 18 -40 28 -56 -4 Z" fill="#f08a5a"/>'
    for k in range(6):
        out += (
            f'<path d="M{-40 + 16 * k} {-22 - 2 * (k % 2)} q10 16 2 34" stroke="#fbc3a0" '
            'stroke-width="3.6" fill="none" stroke-linecap="round"/>'
        )
    for k in range(5):
        out += (
            f'<path d="M{-50 + 14 * k} 50 q16 -22 40 -20" stroke="{("#5b9d45", "#79b957")[k % 2]}" '
            'stroke-width="7" fill="none" stroke-linecap="round"/>'
        )
    return (
        out
        + ellipse(44, 32, 19, 19, "#f7dd62", more='stroke="#eabf2e" stroke-width="4"')
        + (
            '<path d="M44 16 V48 M28 32 H60 M33 21 L55 43 M55 21 L33 43" stroke="#fff6c9" stroke-width="2.5"/>'
        )
    )


def _tart() -> str:
    out = ellipse(0, 0, 58, 58, "#d9a05c") + ellipse(0, 0, 50, 50, "#fbeed0")
    for k, (x, y) in enumerate([*ring_points(0, 0, 34, 9), *ring_points(0, 0, 14, 4, 0.5)]):
        fill = ("#c92a44", "#3d3f86", "#de4a5e")[k % 3]
        out += ellipse(x, y, 11, 11, fill) + ellipse(
            x - 3, y - 4, 3.2, 2.6, "#ffffff", more='fill-opacity="0.7"'
        )
    return out + _leaf(2, -2, 0.8, 40, "#5aa552")


def _icecream() -> str:
    out = ellipse(0, 0, 60, 60, "#dff0f2")
    for x, y, fill, light in (
        (-22, -12, "#f3a7b8", "#fbd0da"),
        (24, -10, "#f6e3b0", "#fdf4d6"),
        (0, 22, "#8b5a3c", "#b07d5b"),
    ):
        out += ellipse(x, y, 30, 30, fill) + ellipse(x - 8, y - 9, 13, 10, light)
    return (
        out
        + _leaf(2, -34, 0.8, 10, "#5aa552")
        + '<rect x="30" y="-60" width="11" height="52" rx="4" fill="#d99a52" transform="rotate(28 36 -34)"/>'
    )


def _cup(liquid: str) -> str:
    return (
        '<rect x="44" y="-10" width="42" height="20" rx="10" fill="#e7eaef" stroke="#d0d6de" stroke-width="3"/>'
        + ellipse(0, 0, 54, 54, "#ffffff", more='stroke="#d6dbe2" stroke-width="4"')
        + ellipse(0, 0, 45, 45, liquid)
    )


def _coffee() -> str:
    return (
        _cup("#5a3724")
        + ellipse(0, 0, 39, 39, "#8a5a38")
        + (
            '<path d="M0 30 C-30 8 -26 -20 -8 -20 C-2 -20 0 -14 0 -12 C0 -14 '
            '2 -20 8 -20 C26 -20 30 8 0 30 Z" fill="#f3e2c8"/>'
        )
    )


def _tea() -> str:
    return _cup("#a9c06a") + _leaf(-4, 4, 1.1, 30, "#5c9a3e") + _leaf(10, -2, 0.9, 80, "#4d8a3a")


def _juice() -> str:
    return (
        _cup("#f6a336")
        + ellipse(0, 0, 26, 26, "#fbc15e", more='stroke="#fff3d6" stroke-width="4"')
        + (
            '<path d="M0 -24 V24 M-24 0 H24 M-17 -17 L17 17 M17 -17 L-17 17" stroke="#fff3d6" stroke-width="3"/>'
        )
    )
