"""Pictures: size, determinism, that takes differ, and that what was asked for is visible."""

from __future__ import annotations

import numpy as np
import pytest

from arena.studios.examples import read_examples, studios_for
from arena.studios.plan import DeclinedError
from arena.studios.studio import BadPictureError, draw_picture, work_size
from tests.studios import prompts
from tests.studios.wire import open_png

FLAT = (
    ("studio-press", prompts.LOGO),
    ("studio-press", prompts.GEOMETRY),
    ("studio-press", prompts.DIORAMA),
    ("studio-press", prompts.MENU),
    ("studio-press", "Poster about the Moon. 1. Launch 2. Landing"),
    ("studio-ray", prompts.LOGO),
)


def draw(studio: str, prompt: str, take: int = 0, reference: bytes | None = None) -> bytes:
    return draw_picture(
        studio=studio,
        prompt=prompt,
        take=take,
        width=256,
        height=256,
        references=() if reference is None else (reference,),
    ).png


def share(pixels: np.ndarray, test: np.ndarray) -> float:
    return float(test.mean())


@pytest.mark.parametrize(("studio", "prompt"), FLAT)
def test_same_take_same_bytes_and_other_take_other_bytes(studio: str, prompt: str) -> None:
    first, again, other = (draw(studio, prompt, take) for take in (0, 0, 1))
    assert first == again
    assert first != other
    pixels = open_png(first)
    assert pixels.shape == (256, 256, 3)
    assert pixels.std() > 12


@pytest.mark.parametrize(
    ("studio", "prompt"),
    [
        ("studio-ray", prompts.NIGHT),
        ("studio-press", prompts.NIGHT),
        ("studio-press", prompts.GHIBLI),
        ("studio-gouache", prompts.GHIBLI),
        ("studio-nocturne", prompts.GHIBLI),
    ],
)
def test_edits_are_deterministic_and_depend_on_the_reference(
    studio: str, prompt: str, day_scene: bytes, references
) -> None:
    first, again = draw(studio, prompt, 0, day_scene), draw(studio, prompt, 0, day_scene)
    assert first == again
    assert draw(studio, prompt, 1, day_scene) != first
    other = (references / "mountain-lake.jpg").read_bytes()
    assert draw(studio, prompt, 0, other) != first
    assert open_png(first).shape == (192, 256, 3)


def test_traced_scene_shows_its_colours_and_repeats_exactly() -> None:
    first = draw("studio-ray", prompts.UNSEEN)
    assert first == draw("studio-ray", prompts.UNSEEN)
    red, green, blue = open_png(first).astype(int).transpose(2, 0, 1)
    assert share(first, (red > 110) & (green < 60) & (blue < 60)) > 0.01
    assert share(first, (green > red + 25) & (green > blue + 15)) > 0.002
    assert share(first, (blue > red + 40) & (blue > green + 20)) > 0.004


def test_traced_scene_keeps_left_and_right() -> None:
    pixels = open_png(draw("studio-ray", prompts.UNSEEN)).astype(int)
    red, green, blue = pixels.transpose(2, 0, 1)
    columns = np.arange(256)
    ball = columns[((red > 110) & (green < 60) & (blue < 60)).sum(axis=0) > 0].mean()
    cube = columns[((green > red + 25) & (green > blue + 15)).sum(axis=0) > 0].mean()
    book = columns[((blue > red + 40) & (blue > green + 20)).sum(axis=0) > 0].mean()
    assert cube < ball < book


def test_traced_diorama_has_a_solid_light_blue_ground_and_dark_letters() -> None:
    pixels = open_png(draw("studio-ray", prompts.DIORAMA)).astype(int)
    corners = pixels[[4, 4, 250, 250], [4, 250, 4, 250]]
    assert np.ptp(corners, axis=0).max() < 14
    assert (corners[:, 2] > corners[:, 0]).all()
    assert corners.min() > 150
    assert (pixels[10:60, 60:190].sum(axis=2) < 300).mean() > 0.03


def test_traced_takes_differ() -> None:
    assert draw("studio-ray", "A yellow cone on a marble table", 0) != draw(
        "studio-ray", "A yellow cone on a marble table", 1
    )


@pytest.mark.parametrize("studio", ["studio-ray", "studio-press"])
def test_night_darkens_the_sky_but_leaves_points_of_light(studio: str, day_scene: bytes) -> None:
    before = open_png(day_scene).astype(float)[20:80, 20:-20]
    after = open_png(draw(studio, prompts.NIGHT, 0, day_scene)).astype(float)[20:80, 20:-20]
    assert after.mean() < 0.45 * before.mean()
    assert after.max() > np.median(after) + 60


def test_night_leaves_a_lake_without_stars(references) -> None:
    picture = (references / "mountain-lake.jpg").read_bytes()
    after = open_png(
        draw_picture(
            studio="studio-ray", prompt=prompts.NIGHT, width=512, height=512, references=(picture,)
        ).png
    ).astype(float)
    gray = after.mean(axis=2)
    rows = gray.shape[0]
    lake = gray[int(rows * 0.62) : int(rows * 0.72)]
    neighbours = (np.roll(lake, 1, 0) + np.roll(lake, -1, 0) + np.roll(lake, 1, 1)) / 3
    sky = gray[2 : int(rows * 0.2)]
    assert ((lake - neighbours)[1:-1, 1:-1] > 45).sum() == 0
    assert (sky > np.median(sky) + 40).sum() > 5


def test_night_without_sky_is_declined() -> None:
    from tests.studios.test_server import noise_png

    with pytest.raises(DeclinedError, match="sky"):
        draw("studio-ray", prompts.NIGHT, 0, noise_png())


@pytest.mark.parametrize("prompt", [prompts.MENU, "Poster about the Moon. 1. Launch 2. Landing"])
def test_ray_declines_flat_layout(prompt: str) -> None:
    with pytest.raises(DeclinedError, match="flat layout"):
        draw("studio-ray", prompt)


def test_wide_and_tall_sizes_are_kept() -> None:
    for width, height in ((384, 256), (256, 384)):
        drawing = draw_picture(
            studio="studio-press", prompt=prompts.MENU, width=width, height=height
        )
        assert open_png(drawing.png).shape == (height, width, 3)
        assert (drawing.width, drawing.height) == (width, height)


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
def test_bad_uploads_are_refused(data: bytes) -> None:
    with pytest.raises(BadPictureError):
        draw("studio-press", prompts.GHIBLI, 0, data)


def test_large_traced_pictures_are_rendered_smaller_and_enlarged() -> None:
    assert work_size((1536, 1536))[0] < 1100
    assert work_size((1024, 1024)) == (1024, 1024)
    drawing = draw_picture(studio="studio-ray", prompt=prompts.LOGO, width=1536, height=256)
    assert open_png(drawing.png).shape == (256, 1536, 3)


def test_every_challenge_and_studio_is_drawn_or_declined_with_a_sentence() -> None:
    drawn: dict[str, int] = {}
    for example in read_examples():
        drawn[example.slug] = 0
        for studio in studios_for(example):
            try:
                drawing = draw_picture(
                    studio=studio,
                    prompt=example.prompt,
                    width=example.width // 16,
                    height=example.height // 16,
                    references=example.references,
                )
            except DeclinedError as reason:
                assert str(reason).endswith(".")
                assert len(str(reason)) > 25
            else:
                drawn[example.slug] += 1
                assert drawing.note
    nobody = {"fantasy-warrior", "over-the-top-cartoon-caricature", "bald-man-challenge"}
    assert {slug for slug, number in drawn.items() if number == 0} == nobody
    text = {example.slug for example in read_examples() if example.discipline == "text-to-image"}
    assert sum(number >= 3 for slug, number in drawn.items() if slug in text) >= 6
    assert sum(number >= 3 for slug, number in drawn.items() if slug not in text) >= 3
