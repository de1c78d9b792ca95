"""Studio Nocturne: night that keeps the land, water that answers, painted flats, five takes."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from arena.studios.nocturne import studio as nocturne
from arena.studios.nocturne.cel import flatten
from arena.studios.nocturne.lamps import find_building
from arena.studios.nocturne.light import relight_night
from arena.studios.nocturne.water import find_water
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.sky import find_sky

SIZE = 176


@pytest.fixture(scope="module")
def lake(references: Path) -> Floats:
    return load(references / "mountain-lake.jpg")


@pytest.fixture(scope="module")
def temple(references: Path) -> Floats:
    return load(references / "temple.jpg")


def load(path: Path) -> Floats:
    with Image.open(path) as opened:
        opened.thumbnail((SIZE, SIZE))
        return np.asarray(opened.convert("RGB"), dtype=np.float32) / 255


def edit(kind: str, picture: Floats, take: int) -> Floats:
    plan = Plan(kind=kind, prompt="")
    return nocturne.KINDS[kind](plan=plan, picture=picture, take=take)


def gap(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).mean())


@pytest.mark.parametrize("kind", ["night", "painterly"])
def test_takes_repeat_exactly_and_differ_from_each_other(kind: str, lake: Floats) -> None:
    takes = [edit(kind, lake, take) for take in range(6)]
    assert (edit(kind, lake, 2) == takes[2]).all()
    for number, one in enumerate(takes[:5]):
        assert one.shape == lake.shape
        assert one.min() >= 0
        assert one.max() <= 1
        for other in takes[:number]:
            assert gap(one, other) > 0.02
    assert gap(takes[0], takes[5]) > 0.0005


@pytest.mark.parametrize("take", range(5))
def test_night_darkens_sky_and_land(lake: Floats, take: int) -> None:
    after = edit("night", lake, take)
    rows = lake.shape[0] // 6
    assert after[:rows].mean() < 0.55 * lake[:rows].mean()
    assert after[rows * 3 :].mean() < 0.7 * lake[rows * 3 :].mean()


def test_night_puts_stars_above_the_mountain_and_none_on_the_land(lake: Floats) -> None:
    light = edit("night", lake, 0).mean(axis=2)
    fine = light - (np.roll(light, 2, axis=0) + np.roll(light, -2, axis=0)) / 2
    height = light.shape[0]
    assert (fine[4 : height // 6, 4:-4] > 0.12).sum() > 5
    assert (fine[int(height * 0.62) : int(height * 0.72)] > 0.12).sum() == 0


def test_aurora_is_green_and_moon_leaves_a_path_on_the_water(lake: Floats) -> None:
    aurora = edit("night", lake, 1)
    high = aurora[: lake.shape[0] // 3]
    assert (high[..., 1] - high[..., 0]).max() > 0.25
    dark, moon = (edit("night", lake, take) for take in (0, 2))
    water = slice(int(lake.shape[0] * 0.62), int(lake.shape[0] * 0.78))
    assert moon[water].max() > dark[water].max() + 0.15


def test_a_mirroring_lake_is_found_and_dry_land_is_not(lake: Floats, temple: Floats) -> None:
    water = find_water(lake, sky=find_sky(lake))
    assert water is not None
    assert water.mirrors
    assert 0.54 < water.shore / lake.shape[0] < 0.66
    open_water = find_water(temple, sky=find_sky(temple))
    assert open_water is not None
    assert not open_water.mirrors
    rng = np.random.default_rng(3)
    desert = np.array([0.8, 0.6, 0.3], dtype=np.float32) * rng.random((160, 200, 1), np.float32)
    desert[:60] = (0.4, 0.6, 0.95)
    assert find_water(desert, sky=find_sky(desert)) is None


def test_lamps_burn_in_the_temple_and_not_in_the_mountains(lake: Floats, temple: Floats) -> None:
    assert find_building(temple, sky=find_sky(temple)).max() > 0.9
    assert not find_building(lake, sky=find_sky(lake)).any()
    night, starlit = edit("night", temple, 4), edit("night", temple, 0)
    warm = night[..., 0] - night[..., 2]
    tower = (slice(int(SIZE * 0.25), int(SIZE * 0.55)), slice(int(SIZE * 0.15), int(SIZE * 0.5)))
    assert (warm[tower] > 0.35).mean() > 0.02
    assert ((starlit[..., 0] - starlit[..., 2])[tower] > 0.35).mean() < 0.01


def test_night_without_any_sky_is_declined_but_relighting_is_not() -> None:
    noise = np.random.default_rng(5).random((96, 128, 3)).astype(np.float32)
    with pytest.raises(DeclinedError, match="sky"):
        edit("night", noise, 0)
    after = relight_night(noise, take=0)
    assert after.shape == noise.shape
    assert after.mean() < 0.7 * noise.mean()


def test_relighting_darkens_a_day_in_five_different_ways(temple: Floats) -> None:
    takes = [relight_night(temple, take=take) for take in range(5)]
    for number, one in enumerate(takes):
        assert one.mean() < 0.6 * temple.mean()
        for other in takes[:number]:
            assert gap(one, other) > 0.01


def test_painting_has_flatter_areas_and_keeps_the_edges(temple: Floats) -> None:
    flat = flatten(temple, radius=3)
    steps = [np.abs(np.diff(picture.mean(axis=2), axis=1)) for picture in (temple, flat)]
    assert np.median(steps[1]) < 0.5 * np.median(steps[0])
    assert np.percentile(steps[1], 99.5) > 0.6 * np.percentile(steps[0], 99.5)


def test_painting_has_clouds_in_the_sky_and_more_colour_below(temple: Floats) -> None:
    after = edit("painterly", temple, 0)
    rows = int(temple.shape[0] * 0.4)
    sky = after[:rows, int(SIZE * 0.55) :]
    assert sky.mean(axis=2).std() > 1.8 * temple[:rows, int(SIZE * 0.55) :].mean(axis=2).std()
    assert (sky.min(axis=2) > 0.9).mean() > 0.05
    low = slice(int(temple.shape[0] * 0.6), None)
    assert np.ptp(after[low], axis=2).mean() > 1.3 * np.ptp(temple[low], axis=2).mean()


def test_painting_works_without_sky_and_in_odd_sizes() -> None:
    y, x = np.mgrid[0:50, 0:90].astype(np.float32)
    wall = np.stack([0.5 + 0.3 * np.sin(x / 5), 0.4 + y / 200, 0.3 + 0 * x], axis=-1)
    for take in range(5):
        assert edit("painterly", wall, take).shape == wall.shape


def test_every_refusal_is_a_sentence_and_nothing_is_both_done_and_refused() -> None:
    assert {"print", "caricature", "hair", "change"} <= set(nocturne.REFUSALS)
    assert not set(nocturne.REFUSALS) & set(nocturne.KINDS)
    assert all(text.endswith(".") and len(text) > 30 for text in nocturne.REFUSALS.values())


def test_jpeg_edges_do_not_break_the_sky(day_scene: bytes) -> None:
    with Image.open(io.BytesIO(day_scene)) as opened:
        picture = np.asarray(opened.convert("RGB"), dtype=np.float32) / 255
    after = edit("painterly", picture, 0)
    assert after[:20].mean() > 0.3
