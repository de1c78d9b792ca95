"""Still lifes and miniatures from the painter's easel.

The relations of things, light and glass come from the tracer as a small underdrawing; palette,
framing, brushwork and paper are the painter's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from arena.studios.flat.lettering import draw_flag
from arena.studios.fonts import JOSEFIN, OSWALD, PLAYFAIR, Face, fit, line, measure, sheet
from arena.studios.gouache.brush import brush_for, enlarge, paint_over, reduce, surface, warm
from arena.studios.gouache.wash import letter, watercolour
from arena.studios.noise import Floats, blur, grid, octaves
from arena.studios.plan import Plan
from arena.studios.ray.diorama import render_diorama
from arena.studios.ray.scene import render_scene
from arena.studios.vocabulary import Rgb

UNDER = 416


@dataclass(frozen=True)
class Easel:
    """Wall and wood colours, warmth, framing (crop, shift) and the tracer's take to draw after."""

    wall: Rgb
    wood: Rgb
    warmth: float
    crop: float
    shift: tuple[float, float]
    after: int
    gamma: float


EASELS = (
    Easel((196, 150, 96), (150, 82, 40), 0.9, 0.86, (0.02, 0.02), 1, 0.92),
    Easel((150, 186, 214), (206, 158, 108), 0.1, 0.80, (-0.02, 0.03), 3, 0.85),
    Easel((240, 222, 196), (214, 178, 138), 0.4, 0.94, (0.0, 0.0), 0, 0.72),
    Easel((70, 130, 138), (204, 126, 44), 0.5, 0.82, (0.03, 0.02), 2, 0.9),
    Easel((88, 70, 76), (112, 66, 44), 1.2, 0.84, (-0.03, 0.01), 4, 1.0),
)


def paint_scene(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A still life (H, W, 3) in 0..1; five easels by take."""
    easel = EASELS[take % len(EASELS)]
    share = UNDER / max(width, height)
    small = min(1.0, share)
    asked = replace(
        plan,
        background=plan.background or easel.wall,
        surface_colour=plan.surface_colour or (easel.wood if plan.surface == "wood" else None),
    )
    under = render_scene(
        plan=asked, take=easel.after + 5 * (take // 5), width=round(width * small),
        height=round(height * small),
    )  # fmt: skip
    picture = enlarge(_cropped(under, easel), width=width, height=height)
    picture = _backdrop(picture ** np.float32(easel.gamma), take)
    return _finish(warm(picture, easel.warmth), take)


def _cropped(under: Floats, easel: Easel) -> Floats:
    height, width, _ = under.shape
    tall, wide = round(height * easel.crop), round(width * easel.crop)
    top = int(np.clip((height - tall) / 2 + easel.shift[1] * height, 0, height - tall))
    left = int(np.clip((width - wide) / 2 + easel.shift[0] * width, 0, width - wide))
    return under[top : top + tall, left : left + wide]


def _backdrop(picture: Floats, take: int, *, amount: float = 0.16) -> Floats:
    """Slow changes of tone that the brush turns into visible strokes on plain walls."""
    height, width, _ = picture.shape
    u, v = grid(width=width, height=height)
    tint = np.stack(
        [octaves(seed=120 + take % 40 + k, u=u * 5, v=v * 5, count=3) for k in range(3)]
    )
    drift = (np.moveaxis(tint, 0, -1) - 0.5) * np.float32(amount)
    return np.asarray(np.clip(picture * (1 + drift), 0, 1), dtype=np.float32)


def _finish(picture: Floats, take: int, *, flat: bool = False) -> Floats:
    brush = brush_for(take)
    fine = focus_of(picture)
    painted = paint_over(picture, brush=brush, take=take, focus=fine)
    # The drawing shows through the last layer, as pencil does under gouache.
    side = max(picture.shape)
    detail = np.clip(picture - blur(picture, radius=side / 220), -0.16, 0.16)
    painted[..., :3] += 0.38 * detail * fine[..., None]
    out = surface(painted, brush=brush, take=take)
    if brush.tooth == "paper" and not flat:
        out = watercolour(out, tone=(0.975, 0.955, 0.91), seed=140 + take % 40, margin=0.045)
    return out


def focus_of(picture: Floats) -> Floats:
    """Where the eye goes (H, W) in 0..1: edges and strong colour."""
    height, width, _ = picture.shape
    # A quarter of the size tells where to look.
    part = max(1, max(height, width) // 256)
    small = reduce(picture, part=part)
    side = max(small.shape)
    light = np.asarray(small.mean(axis=2))
    edge = np.abs(light - blur(light, radius=max(1.0, side / 160)))
    strong = small.max(axis=2) - small.min(axis=2)
    strong = np.clip(strong - 1.3 * float(np.median(strong)), 0, 1)
    where = blur(edge, radius=side / 200) * 14 + blur(strong, radius=side / 60)
    grown = np.repeat(np.repeat(np.clip(where, 0, 1), part, axis=0), part, axis=1)
    return np.asarray(grown[:height, :width])


SKIES: tuple[Rgb, ...] = (
    (176, 208, 214), (240, 206, 170), (236, 226, 206), (120, 160, 168), (214, 190, 206),
)  # fmt: skip
TITLES: tuple[tuple[Face, str, float], ...] = (
    (PLAYFAIR, "#5a2c1c", 0.08), (JOSEFIN, "#274a63", 0.06), (PLAYFAIR, "#3c3a52", 0.12),
    (OSWALD, "#7c1f1f", 0.05), (PLAYFAIR, "#2c4a3a", 0.04),
)  # fmt: skip


def paint_diorama(*, plan: Plan, take: int, width: int, height: int) -> Floats:
    """A painted miniature under hand-lettered words, (H, W, 3) in 0..1."""
    sky = plan.background or SKIES[take % len(SKIES)]
    small = min(1.0, UNDER / max(width, height))
    bare = replace(plan, lettering=(), flag="", background=sky)
    under = render_diorama(
        plan=bare, take=(take + 2) % 3 + 3 * (take // 3), width=round(width * small),
        height=round(height * small),
    )  # fmt: skip
    grown = (1.0, 0.92, 0.95, 1.0, 0.88)[take % 5]
    under = _cropped(under, replace(EASELS[0], crop=grown, shift=(0, 0)))
    picture = enlarge(under, width=width, height=height)
    if plan.lettering:
        picture = _lowered(picture, rows=round(height * 0.085))
    picture = _backdrop(picture, take, amount=0.07)
    picture = warm(picture, 0.12 if plan.background else EASELS[take % 5].warmth * 0.4)
    painted = _finish(picture, take, flat=bool(plan.background))
    return letter(painted, svg=title_sheet(plan, take, width / height), seed=take, dry=0.6)


def _lowered(picture: Floats, *, rows: int) -> Floats:
    top = np.repeat(picture[:1], rows, axis=0)
    return np.concatenate([top, picture[:-rows]], axis=0) if rows else picture


def title_sheet(plan: Plan, take: int, aspect: float) -> str:
    """The words of a diorama at the top of a page 1000 high, with the flag and a brush line."""
    wide = 1000 * aspect
    face, ink, spacing = TITLES[take % len(TITLES)]
    out, y = "", 46.0
    for number, text in enumerate(plan.lettering[:3]):
        most = 112.0 if number == 0 else 56.0
        gap = spacing if number == 0 else spacing + 0.08
        size = fit(text, face, width=wide * 0.72, most=most, spacing=gap)
        y += size * 0.98
        out += line(text, face, x=wide / 2, y=y, size=size, fill=ink, spacing=gap)
        if number == 0 and plan.flag:
            half = measure(text, face, size, size * gap) / 2
            out += draw_flag(plan.flag, x=wide / 2 + half + 28, y=y - size * 0.58, width=60)
        y += 10
    return sheet(out, width=wide, height=1000)
