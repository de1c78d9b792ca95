"""Prints of a picture by the press studio: limited inks, stars, key-line and paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arena.studios.gouache.painterly import kuwahara
from arena.studios.noise import Floats, smooth_step
from arena.studios.plan import Plan
from arena.studios.press.handprint import cut_wood, fold_paper, print_two_colours
from arena.studios.press.inks import (
    choose_by_tone_and_warmth,
    key_line,
    lay_on_paper,
    limit_inks,
    mix_inks,
    steps,
    tones,
)
from arena.studios.press.skies import banded_sky, flat_sky
from arena.studios.ray.night import need_sky
from arena.studios.sky import clean_edges, find_sky
from arena.studios.vocabulary import Rgb


@dataclass(frozen=True)
class NightInks:
    """Inks of a night print, dark to light; sky bands from top to horizon; stars; what shines."""

    inks: tuple[Rgb, ...]
    bands: tuple[Rgb, ...]
    stars: Rgb
    moon: str


NIGHTS: tuple[NightInks, ...] = (
    NightInks(
        ((14, 22, 44), (30, 48, 84), (58, 86, 128), (112, 144, 178), (206, 218, 220)),
        ((18, 26, 58), (24, 38, 78), (34, 54, 100), (48, 74, 124)),
        (248, 240, 214),
        "",
    ),
    NightInks(
        ((20, 18, 34), (52, 36, 62), (104, 60, 76), (176, 106, 86), (238, 196, 140)),
        ((26, 22, 52), (42, 30, 72), (66, 42, 92), (104, 58, 104)),
        (252, 222, 160),
        "crescent",
    ),
    NightInks(
        ((10, 30, 38), (18, 62, 70), (42, 102, 104), (112, 158, 142), (232, 226, 190)),
        ((10, 34, 50), (14, 48, 66), (22, 66, 84), (36, 90, 104)),
        (250, 236, 190),
        "full",
    ),
    NightInks(
        ((16, 14, 18), (46, 42, 48), (92, 84, 84), (158, 146, 136), (236, 226, 206)),
        ((20, 18, 22), (34, 31, 36), (54, 49, 53), (84, 75, 74)),
        (246, 214, 122),
        "rising",
    ),
    NightInks(
        ((22, 14, 52), (54, 34, 108), (104, 68, 160), (172, 132, 206), (240, 216, 236)),
        ((24, 12, 60), (40, 22, 92), (66, 38, 128), (112, 62, 156)),
        (255, 236, 214),
        "trail",
    ),
)
# Number of inks, warmth, key-line strength, sky inks of the pastel prints.
PASTELS: tuple[tuple[int, float, float, Rgb, Rgb], ...] = (
    (22, 0.5, 0.62, (150, 204, 226), (236, 240, 226)),
    (16, 1.0, 0.85, (244, 190, 160), (250, 232, 204)),
)
# Five sets of inks for flat prints, each with cool and warm ones from dark to light.
FLATS: tuple[tuple[Rgb, ...], ...] = (
    (
        (22, 38, 62),
        (30, 92, 116),
        (98, 166, 176),
        (196, 74, 52),
        (236, 164, 84),
        (250, 238, 210),
    ),
    (
        (40, 24, 58),
        (98, 48, 96),
        (196, 72, 92),
        (242, 138, 96),
        (250, 204, 140),
        (252, 240, 216),
    ),
    (
        (18, 52, 50),
        (46, 110, 88),
        (136, 178, 130),
        (206, 130, 70),
        (238, 208, 138),
        (248, 244, 226),
    ),
    ((34, 32, 36), (88, 94, 104), (164, 172, 178), (214, 58, 48), (232, 226, 212), (250, 246, 238)),
    (
        (28, 30, 92),
        (62, 86, 176),
        (122, 176, 222),
        (236, 96, 140),
        (250, 190, 176),
        (255, 242, 226),
    ),
)


def print_flat(*, picture: Floats, palette_index: int, take: int) -> Floats:
    """Any picture (H, W, 3) in 0..1 as a print in six flat inks, sky or none; the same shape.

    `palette_index` chooses the inks of FLATS and wraps; `take` changes how strong the outlines
    are, how far the paper shows, and its grain.
    """
    scale = max(picture.shape) / 1024
    smooth = kuwahara(picture, radius=(3.2, 4.4, 2.4)[take % 3] * scale)
    out = choose_by_tone_and_warmth(smooth, FLATS[palette_index % len(FLATS)])
    key = key_line(smooth, scale) * (0.7, 0.35, 0.9)[take % 3]
    dark = np.array(FLATS[palette_index % len(FLATS)][0], dtype=np.float32) / 255
    out = out * (1 - key[..., None]) + dark * key[..., None]
    return lay_on_paper(out, margin=(0.045, 0.03, 0.06)[take % 3], seed=90 + take)


def print_night(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """A night lithograph of the picture in a few inks, (H, W, 3) in 0..1.

    Raises DeclinedError when the picture has no sky.
    """
    look = NIGHTS[take % len(NIGHTS)]
    mask = find_sky(picture)
    need_sky(mask)
    scale = max(mask.shape) / 1024
    land = kuwahara(clean_edges(picture, mask), radius=3.4 * scale)
    tone = tones(land @ np.array([0.3, 0.55, 0.15], dtype=np.float32), mask)
    flat = mix_inks(steps(tone, (0.17, 0.36, 0.58, 0.80), softness=0.012), look.inks)
    sky = banded_sky(mask, look.bands, look.stars, take=take, moon=look.moon)
    crisp = smooth_step(0.38, 0.62, mask)[..., None]
    out = flat * (1 - crisp) + sky * crisp
    key = key_line(land, scale) * (1 - crisp[..., 0]) * 0.55
    dark = np.array(look.inks[0], dtype=np.float32) / 255
    out = out * (1 - key[..., None]) + dark * key[..., None]
    return lay_on_paper(out, margin=0.045, seed=60 + take)


def print_painterly(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """The picture as a soft print by hand, (H, W, 3) in 0..1.

    Takes: pastel screen print, woodblock, two-colour stencil, evening pastel, folded paper.
    """
    makers = (_pastel_day, cut_wood, print_two_colours, _pastel_evening, fold_paper)
    return makers[take % len(makers)](picture=picture, take=take)


def print_poster(*, plan: Plan, picture: Floats, take: int) -> Floats:
    """A few-ink poster of the picture, (H, W, 3) in 0..1, in the prompt's colours at take 0."""
    said = sorted(plan.palette, key=sum)[:4]
    if len(said) < 3 or take % 5:
        return print_flat(picture=picture, palette_index=take, take=take)
    scale = max(picture.shape) / 1024
    smooth = kuwahara(picture, radius=4.0 * scale)
    tone = tones(smooth.mean(axis=2), np.zeros(smooth.shape[:2], dtype=np.float32))
    cuts = tuple((k + 1) / len(said) for k in range(len(said) - 1))
    return lay_on_paper(
        mix_inks(steps(tone, cuts, softness=0.012), tuple(said)), margin=0.05, seed=80 + take
    )


def _pastel_day(*, picture: Floats, take: int) -> Floats:
    return _print_pastel(picture, 0, take)


def _pastel_evening(*, picture: Floats, take: int) -> Floats:
    return _print_pastel(picture, 1, take)


def _print_pastel(picture: Floats, look: int, take: int) -> Floats:
    count, warmth, line, top, low = PASTELS[look]
    mask = find_sky(picture)
    scale = max(mask.shape) / 1024
    has_sky = mask.mean() > 0.04
    smooth = kuwahara(clean_edges(picture, mask) if has_sky else picture, radius=4.5 * scale)
    out = limit_inks(_pastel(smooth, warmth), count)
    key_mask = np.ones_like(mask)
    if has_sky:
        crisp = smooth_step(0.38, 0.62, mask)
        out = out * (1 - crisp[..., None]) + flat_sky(mask, top, low, take) * crisp[..., None]
        key_mask = 1 - crisp
    key = (key_line(smooth, scale) * key_mask * line)[..., None]
    ink = np.array([0.24, 0.20, 0.24], dtype=np.float32)
    return lay_on_paper(out * (1 - key) + ink * key, margin=0.045, seed=70 + take)


def _pastel(picture: Floats, warmth: float) -> Floats:
    light = picture.mean(axis=2, keepdims=True)
    vivid = light + (picture - light) * 1.55
    soft = 0.20 + 0.78 * np.clip(vivid, 0, 1) ** 0.72
    tint = np.array([0.03, 0.012, -0.03]) * (0.4 + warmth)
    shade = np.array([0.05, 0.035, 0.11]) * (1 - light) ** 2
    return np.asarray(np.clip(soft + tint + shade, 0, 1), dtype=np.float32)
