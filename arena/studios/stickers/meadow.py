"""Drawn landscapes for animal stickers: sky, hills and ground by hour, setting and take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.stickers.grounds import cloud, fade, grass, hills, rays, stars


@dataclass(frozen=True)
class Land:
    """Colours of a landscape, and whether and where a sun or moon stands (x, share of height)."""

    sky: tuple[str, ...]
    far: str
    middle: str
    near: str
    blades: tuple[str, ...]
    ray: str
    lamp: str
    lamp_at: tuple[float, float]
    horizon: float


DAY: tuple[Land, ...] = (
    Land(("#5bc4f5", "#bfeaff", "#f4fbff"), "#8fd6a4", "#6cc46a", "#4caf50",
         ("#3c9a45", "#6fcf5f", "#9be27f"), "#ffffff", "sun-with-face", (850, 0.16), 0.50),
    Land(("#8fd3ff", "#e6f7ff", "#fff7d6"), "#b9e3a1", "#8ed26b", "#62bb4f",
         ("#4ba33f", "#7fd262", "#b6ea8d"), "#ffffff", "sun-with-face", (150, 0.18), 0.42),
    Land(("#a3b8ff", "#e6dcff", "#ffeaf3"), "#a8d5c8", "#7cc9a0", "#52b57f",
         ("#3f9f6c", "#72d09a", "#a8e8bf"), "#ffffff", "sun-with-face", (500, 0.17), 0.50),
    Land(("#69d2e7", "#d8f6f1", "#f8ffe8"), "#c7e59b", "#9fd356", "#74bf3f",
         ("#5aa431", "#93d850", "#c8ee88"), "#ffffff", "sun-with-face", (870, 0.14), 0.36),
    Land(("#6ec6ff", "#d4efff", "#fffbe8"), "#9adcb0", "#77cf7a", "#57b85e",
         ("#429f4c", "#78d270", "#b2ea9c"), "#ffffff", "sun-with-face", (140, 0.15), 0.46),
)  # fmt: skip
LOW_SUN: tuple[Land, ...] = (
    Land(("#ffb14a", "#ffd98a", "#fff3c9"), "#d9cf74", "#a3c455", "#6fae45",
         ("#558f36", "#8cc152", "#c8dd74"), "#fff0b0", "sun-with-face", (500, 0.36), 0.50),
    Land(("#79c7f2", "#ffe2b0", "#ffc98f"), "#c6cf86", "#8fc06a", "#5ca653",
         ("#478a44", "#7cc168", "#bddc84"), "#fff6d0", "sun-with-face", (170, 0.30), 0.44),
    Land(("#ff8fa3", "#ffc2a1", "#ffe9b8"), "#c79bb8", "#86b07a", "#4f9a62",
         ("#3c7f50", "#6cb87a", "#a9d694"), "#ffe3c9", "sun-with-face", (800, 0.34), 0.48),
    Land(("#ffcf5c", "#ffe7a0", "#fffbe0"), "#cfe07e", "#a6d04f", "#78b83a",
         ("#5c9a2d", "#97cf49", "#cfe97c"), "#ffffff", "sun-with-face", (500, 0.20), 0.33),
    Land(("#b79cf0", "#ffb8c9", "#ffe0b3"), "#a9a7d6", "#7fb58f", "#4ea067",
         ("#3d8455", "#6dbd80", "#a5db9d"), "#fff1d8", "sun-with-face", (220, 0.32), 0.46),
)  # fmt: skip
NIGHT: tuple[Land, ...] = tuple(
    Land(sky, far, middle, near, ("#1f5a4f", "#2f7a5f", "#3f9270"), "#5a69c8", "full-moon",
         (at, 0.18), horizon)
    for sky, far, middle, near, at, horizon in (
        (("#0d1440", "#27327e", "#5a58b0"), "#2b3f78", "#235a5c", "#1a4a44", 820, 0.50),
        (("#13123a", "#41307c", "#8a5aa8"), "#3a3370", "#2b5566", "#1f4650", 180, 0.44),
        (("#06243a", "#0f4a66", "#2c7f8c"), "#1c5064", "#1c5a50", "#164840", 500, 0.48),
        (("#1b0f3a", "#3b1f66", "#7a3f86"), "#40306e", "#2c4a5e", "#223f4c", 840, 0.36),
        (("#0a1c2e", "#1f3f66", "#4c6fa8"), "#28486e", "#22545a", "#1b4648", 160, 0.46),
    )
)  # fmt: skip
_SNOW = ("#dbeaf7", "#eaf4fc", "#ffffff")
_SAND = ("#8fd8e8", "#f7e2ae", "#f2d28b")


def land_for(*, hour: str, style: int) -> Land:
    """The land of an hour: `sunrise`, `sunset`, `night`, or day for anything else."""
    table = {"sunrise": LOW_SUN, "sunset": LOW_SUN, "night": NIGHT}.get(hour, DAY)
    return table[(style + (2 if hour == "sunset" else 0)) % 5]


def draw_land(
    land: Land, *, setting: str, style: int, tall: float, rng: np.random.Generator
) -> str:
    """The landscape without its animals, flowers, sun or moon."""
    line = land.horizon * tall
    body = fade(tall=tall, colours=land.sky, name="sky")
    x, y = land.lamp_at[0], land.lamp_at[1] * tall
    beams = rays(tall=tall, fill="none", ray=land.ray, x=x, y=y, count=(20, 14, 24, 16, 18)[style])
    body += f'<g opacity="{0.10 if land.lamp == "full-moon" else 0.34}">{beams}</g>'
    if land.lamp == "full-moon":
        body += stars(tall=line, rng=rng, count=110)
    else:
        spots = ((160, 0.12, 200), (760, 0.24, 170), (420, 0.07, 150), (900, 0.09, 180))
        body += "".join(
            cloud(x=(at + 190 * style) % 1000, y=part * tall, size=size, cover=0.8)
            for at, part, size in spots[: 2 + style % 3]
        )
    far, middle, near = {"snow": _SNOW, "beach": _SAND}.get(
        setting, (land.far, land.middle, land.near)
    )
    layers = ((line, far), (line + tall * 0.07, middle), (line + tall * 0.20, near))
    body += hills(tall=tall, layers=layers, shift=1.3 * style, swell=(30, 18, 40, 14, 26)[style])
    if setting in {"", "meadow", "forest"}:
        body += grass(
            top=line + tall * 0.10, bottom=tall + 10, rng=rng, count=110, fills=land.blades
        )
    return body
