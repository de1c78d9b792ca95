"""Studio Press: five takes of each kind, inks asked for, labels that do not touch, flat prints."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from arena.studios.flat.emblem import LAYOUTS as EMBLEMS
from arena.studios.flat.emblem import Inks, draw_emblem
from arena.studios.fonts import JOSEFIN, OSWALD, measure
from arena.studios.plan import DeclinedError, Plan, read_prompt
from arena.studios.press.menu import TEXT_SIZE
from arena.studios.press.poster import LAYOUTS as POSTERS
from arena.studios.press.poster_icons import PosterInks
from arena.studios.press.poster_parts import Sheet
from arena.studios.press.prints import FLATS, print_flat
from arena.studios.press.studio import KINDS
from tests.studios import prompts

POSTER = (
    "Infographic poster about the Apollo 11 mission in navy, white, red and light gray. Steps: "
    "1. Launch (rocket) 2. Earth Orbit (ring) 3. Translunar (arc) 4. Lunar Orbit (ring) "
    "5. Descent (module) 6. Landing (module). Crew strip with last names: Armstrong, Aldrin, Collins. "
    'Moon pin labeled "Tranquility" only.'
)
PAGES = (prompts.LOGO, prompts.MENU, POSTER, prompts.DIORAMA, prompts.GEOMETRY)
STEPS = ("Launch", "Earth Orbit", "Translunar", "Lunar Orbit", "Descent", "Landing")


def read(prompt: str) -> Plan:
    return read_prompt(prompt=prompt, has_reference=False)


def draw(prompt: str, take: int, side: int = 128) -> np.ndarray:
    plan = read(prompt)
    return np.asarray(KINDS[plan.kind](plan=plan, take=take, width=side, height=side))


def landscape(side: int = 128) -> np.ndarray:
    """A blue sky over a brown hill with a red patch."""
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    grain = np.random.default_rng(3).random((side, side, 1), dtype=np.float32) * 0.12
    sky = np.stack([0.45 + 0.2 * y, 0.62 + 0.2 * y, 0.9 + 0 * y], axis=-1)
    land = np.array([0.3, 0.24, 0.12], dtype=np.float32) + grain
    out = np.where((y > 0.58 + 0.1 * np.sin(x * 7))[..., None], land, sky)
    out[90:110, 30:60] = (0.85, 0.15, 0.1)
    return np.asarray(out, dtype=np.float32)


def differ(pictures: list[np.ndarray], least: float) -> bool:
    return all(np.abs(a - b).mean() > least for a, b in itertools.combinations(pictures, 2))


@pytest.mark.parametrize("prompt", PAGES)
def test_five_takes_of_a_page_differ_and_repeat_exactly(prompt: str) -> None:
    pictures = [draw(prompt, take) for take in range(5)]
    assert differ(pictures, 0.02)
    assert np.array_equal(pictures[3], draw(prompt, 3))
    assert np.abs(draw(prompt, 5) - pictures[0]).max() > 0.005


@pytest.mark.parametrize("kind", ["night", "painterly", "print"])
def test_five_takes_of_an_edit_differ_keep_the_shape_and_repeat(kind: str) -> None:
    picture = landscape()[:112]
    plan = Plan(kind=kind, prompt="")
    takes = [np.asarray(KINDS[kind](plan=plan, picture=picture, take=take)) for take in range(5)]
    assert all(take.shape == picture.shape for take in takes)
    assert differ(takes, 0.02)
    assert np.array_equal(takes[4], KINDS[kind](plan=plan, picture=picture, take=4))


def test_night_without_sky_is_declined() -> None:
    noise = np.random.default_rng(1).random((96, 96, 3)).astype(np.float32) * 0.5
    with pytest.raises(DeclinedError, match="sky"):
        KINDS["night"](plan=Plan(kind="night", prompt=""), picture=noise, take=3)


@pytest.mark.parametrize("index", range(len(FLATS)))
def test_flat_print_uses_its_inks_and_needs_no_sky(index: int) -> None:
    picture = landscape()
    out = print_flat(picture=picture, palette_index=index, take=1)
    assert out.shape == picture.shape
    inside = out[12:-12, 12:-12].reshape(-1, 1, 3)
    inks = np.array(FLATS[index], dtype=np.float32) / 255
    assert (np.abs(inside - inks).max(axis=2).min(axis=1) < 0.12).mean() > 0.8
    closed = print_flat(picture=picture[70:], palette_index=index, take=1)
    assert closed.std() > 0.05


def test_flat_print_keeps_warm_things_warmer_than_the_sky() -> None:
    out = print_flat(picture=landscape(), palette_index=0, take=0)
    patch, sky = out[94:106, 36:54].mean(axis=(0, 1)), out[20:40, 40:90].mean(axis=(0, 1))
    assert patch[0] - patch[2] > sky[0] - sky[2] + 0.3


def test_print_wraps_and_still_differs() -> None:
    picture = landscape()
    first, sixth = (print_flat(picture=picture, palette_index=t, take=t) for t in (0, 5))
    assert np.abs(first - sixth).max() > 0.01


@pytest.mark.parametrize("layout", range(EMBLEMS))
def test_emblems_say_every_word_once(layout: int) -> None:
    svg = draw_emblem(plan=read(prompts.LOGO), layout=layout, inks=Inks("#111", "#eee", "#777"))
    said = " ".join(re.findall(r">([^<>]+)</text", svg.replace("</textPath>", ""))).lower()
    assert said.count("caffè") == 1
    assert said.count("florian") == 1
    assert said.count("est. 1720") == 1


@pytest.mark.parametrize("take", range(5))
def test_emblem_ground_stays_light_and_warm(take: int) -> None:
    corner = draw(prompts.LOGO, take)[2:10, 2:10].mean(axis=(0, 1))
    assert corner.min() > 0.6
    assert corner[0] > corner[2]


def page(names: tuple[str, ...] = ("Armstrong", "Aldrin", "Collins")) -> Sheet:
    inks = PosterInks("#fff", "#000", "#c00", "#999", "#36c")
    return Sheet(1000, 1000, "APOLLO 11", STEPS, names, "Tranquility", inks, True)


def boxes(svg: str) -> list[tuple[str, float, float, float, float]]:
    """Text boxes of an unturned SVG: words, left, top, right, bottom."""
    found = []
    pattern = (
        r'<text x="([\d.-]+)" y="([\d.-]+)" font-family="([\w ]+)".*?font-size="([\d.]+)" '
        r'letter-spacing="([\d.-]+)" text-anchor="(\w+)"[^>]*>([^<]+)</text>'
    )
    for x, y, family, size, gap, anchor, words in re.findall(pattern, svg):
        face = JOSEFIN if family.startswith("Josefin") else OSWALD
        wide = measure(words, face, float(size), float(gap))
        left = float(x) - {"middle": wide / 2, "end": wide, "start": 0.0}[anchor]
        found.append((words, left, float(y) - 0.72 * float(size), left + wide, float(y)))
    return found


@pytest.mark.parametrize("number", range(len(POSTERS)))
def test_poster_words_are_large_complete_and_never_touch(number: int) -> None:
    layout, _ = POSTERS[number]
    found = boxes(layout(page()))
    words = [box[0] for box in found]
    for step in STEPS:
        assert words.count(step.upper()) == 1
    for name in ("Armstrong", "Aldrin", "Collins", "Tranquility", "APOLLO 11"):
        assert words.count(name) == 1
    for _, left, top, right, low in found:
        assert left > 0
        assert right < 1000
        assert top > 0
        assert low < 1000
    for a, b in itertools.combinations(found, 2):
        apart = a[3] < b[1] or b[3] < a[1] or a[4] < b[2] or b[4] < a[2]
        assert apart, (a, b)
    assert min(low - top for text, _, top, _, low in found if text != "Tranquility") > 20


@pytest.mark.parametrize("take", range(5))
@pytest.mark.parametrize("steps", [(), ("Only",), STEPS[:3], (*STEPS, "Return", "Splash")])
def test_poster_takes_any_number_of_steps(take: int, steps: tuple[str, ...]) -> None:
    plan = Plan(kind="poster", prompt="", lettering=("Coffee",), steps=steps)
    picture = KINDS["poster"](plan=plan, take=take, width=96, height=64)
    assert picture.shape == (64, 96, 3)
    assert picture.std() > 0.05


def test_menu_captions_are_readable_at_half_size() -> None:
    assert TEXT_SIZE * 512 / 1000 > 16


@pytest.mark.parametrize("take", range(5))
def test_menu_stays_white_and_shows_vivid_colours(take: int) -> None:
    picture = draw(prompts.MENU, take, 192)
    assert (picture.min(axis=2) > 0.9).mean() > 0.3
    assert (np.ptp(picture, axis=2) > 0.45).mean() > 0.02
