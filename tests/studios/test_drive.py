"""The drive edit: cutting out, seating, five hands, and honest refusals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from arena.studios.coast.cockpit import find_cockpit, find_neck, find_wheels
from arena.studios.coast.collage import cut_out, flood, seat_driver, sort_subjects
from arena.studios.gouache.drive import drive_gouache
from arena.studios.nocturne.drive import drive_night
from arena.studios.noise import Floats
from arena.studios.plan import DeclinedError, Plan
from arena.studios.press.drive import drive_press
from arena.studios.ray.drive import drive_photo
from arena.studios.stickers.drive import drive_stickers

PLAN = Plan(kind="drive", prompt="Make a photo of the man driving the car down the coastline")
HANDS: tuple[Callable[..., Floats], ...] = (
    drive_photo,
    drive_press,
    drive_gouache,
    drive_night,
    drive_stickers,
)
SIZE = {"width": 128, "height": 96}


def _load(path: Path, side: int) -> Floats:
    with Image.open(path) as opened:
        opened.thumbnail((side, side), Image.Resampling.LANCZOS)
        return np.asarray(opened.convert("RGB"), dtype=np.float32) / np.float32(255)


@pytest.fixture(scope="module")
def man(references: Path) -> Floats:
    return _load(references / "driver.jpg", 240)


@pytest.fixture(scope="module")
def car(references: Path) -> Floats:
    return _load(references / "car.jpg", 360)


def test_cut_out_keeps_the_subject_and_drops_ground_and_shadow(car: Floats) -> None:
    cut = cut_out(picture=car)
    # The car spans 86 per cent of the width, and its tyres end at 81 per cent of the height.
    assert cut.shape[1] / car.shape[1] == pytest.approx(1028 / 1200, abs=0.02)
    assert cut.shape[0] / car.shape[0] == pytest.approx(322 / 700, abs=0.03)
    body = cut[int(cut.shape[0] * 0.64), int(cut.shape[1] * 0.4)]
    assert body[3] == 1.0
    assert body[0] > 0.4 > body[1]
    assert cut[-3:, : cut.shape[1] // 8, 3].max() < 0.1, "the shadow beside the wheel is gone"


def test_cut_out_declines_a_busy_ground(man: Floats) -> None:
    noise = np.random.default_rng(3).random((120, 160, 3), dtype=np.float32)
    with pytest.raises(DeclinedError, match="plain"):
        cut_out(picture=noise)


def test_cut_out_declines_a_room(references: Path) -> None:
    with pytest.raises(DeclinedError, match="plain"):
        cut_out(picture=_load(references / "anchor.jpg", 240))


def test_cut_out_follows_a_soft_vignette(references: Path) -> None:
    cut = cut_out(picture=_load(references / "bald-man.jpg", 300))
    # The head is 348 of 868 units wide at its widest, well below the crown.
    row = cut[int(cut.shape[0] * 0.2), :, 3]
    assert (row > 0.5).mean() == pytest.approx(348 / 868, abs=0.05)


def test_cut_out_declines_an_empty_page() -> None:
    with pytest.raises(DeclinedError, match="stand clear"):
        cut_out(picture=np.full((90, 120, 3), 0.8, dtype=np.float32))


def test_flood_stops_at_walls() -> None:
    room = np.ones((7, 9), dtype=bool)
    room[:, 4] = False
    seeds = np.zeros_like(room)
    seeds[3, 0] = True
    reached = flood(room, seeds)
    assert reached[:, :4].all()
    assert not reached[:, 4:].any()


def test_person_and_car_are_told_apart_in_either_order(man: Floats, car: Floats) -> None:
    one = sort_subjects(pictures=(man, car))
    other = sort_subjects(pictures=(car, man))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert one[0].shape[0] > 0.8 * one[0].shape[1]
    assert one[1].shape[1] > 2 * one[1].shape[0]


@pytest.mark.parametrize("hand", HANDS)
def test_one_reference_is_declined_with_a_reason(hand: Callable[..., Floats], car: Floats) -> None:
    with pytest.raises(DeclinedError, match="two pictures: a person and a car"):
        hand(plan=PLAN, pictures=(car,), take=0, **SIZE)


def test_two_people_are_declined(man: Floats) -> None:
    with pytest.raises(DeclinedError, match="a person and a car"):
        drive_photo(plan=PLAN, pictures=(man, man), take=0, **SIZE)


def test_cockpit_lies_between_seat_and_windscreen(car: Floats) -> None:
    cut = cut_out(picture=car)
    cockpit = find_cockpit(alpha=cut[..., 3], light=cut[..., :3].mean(axis=2))
    unit = cut.shape[1] / 1028
    # In the drawing the car begins at x = 92; the seat ends near 515, the screen begins near 655.
    assert cockpit.left / unit == pytest.approx(515 - 92, abs=30)
    assert cockpit.right / unit == pytest.approx(655 - 92, abs=40)
    assert not cockpit.faces_left
    assert cockpit.rim is not None
    assert cockpit.left < cockpit.rim[0] < cockpit.right


def test_closed_car_is_declined() -> None:
    alpha = np.zeros((100, 300), dtype=np.float32)
    alpha[50:, 10:290] = 1
    alpha[5:, 90:210] = 1
    with pytest.raises(DeclinedError, match="open car"):
        find_cockpit(alpha=alpha, light=alpha)


def test_wheels_are_found_where_they_are_drawn(car: Floats) -> None:
    cut = cut_out(picture=car)
    unit = cut.shape[1] / 1028
    wheels = find_wheels(alpha=cut[..., 3])
    assert [round(x / unit) for x, _, _ in wheels] == pytest.approx([300 - 92, 906 - 92], abs=8)
    assert [r / unit for _, _, r in wheels] == pytest.approx([77, 77], abs=10)


def test_neck_lies_below_the_chin(man: Floats) -> None:
    cut = cut_out(picture=man)
    # The chin is drawn 566 of 850 units below the crown.
    assert find_neck(alpha=cut[..., 3]) / cut.shape[0] == pytest.approx(566 / 850, abs=0.06)


def test_driver_sits_above_the_door_and_not_below(man: Floats, car: Floats) -> None:
    seated = seat_driver(pictures=(man, car), length=300)
    x, y, tall = seated.head
    face = seated.rgba[int(y - 0.1 * tall) : int(y + 0.1 * tall), int(x - 4) : int(x + 4)]
    red, green, blue, cover = face.reshape(-1, 4).mean(axis=0)
    assert cover > 0.98
    assert red > green > blue, "skin, not sky and not seat leather only"
    assert green > 0.4
    door = seated.rgba[int(seated.ground * 0.62), int(x) - 5 : int(x) + 5, :3].mean(axis=0)
    assert door[0] > 2 * door[2], "the door covers him"


def test_car_that_faces_left_is_turned(man: Floats, car: Floats) -> None:
    mirrored = seat_driver(pictures=(man, car[:, ::-1]), length=240)
    straight = seat_driver(pictures=(man, car), length=240)
    assert mirrored.head == pytest.approx(straight.head, abs=3)


@pytest.mark.parametrize("hand", HANDS)
def test_takes_are_drives_of_their_own(
    hand: Callable[..., Floats], man: Floats, car: Floats
) -> None:
    shots = [hand(plan=PLAN, pictures=(man, car), take=take, **SIZE) for take in range(5)]
    for shot in shots:
        assert shot.shape == (96, 128, 3)
        assert shot.min() >= 0
        assert shot.max() <= 1
        red = (shot[..., 0] > 1.6 * shot[..., 1]) & (shot[..., 0] > 1.6 * shot[..., 2])
        assert red[48:].mean() > 0.03, "the red car is in the picture"
    for a in range(5):
        for b in range(a):
            assert np.abs(shots[a] - shots[b]).mean() > 0.03, (a, b)


@pytest.mark.parametrize("hand", [drive_press, drive_stickers, drive_photo])
def test_take_numbers_that_wrap_give_another_picture(
    hand: Callable[..., Floats], man: Floats, car: Floats
) -> None:
    first = hand(plan=PLAN, pictures=(man, car), take=0, **SIZE)
    sixth = hand(plan=PLAN, pictures=(man, car), take=5, **SIZE)
    assert np.abs(first - sixth).mean() > 0.02


def test_same_take_gives_the_same_pixels(man: Floats, car: Floats) -> None:
    first, second = (drive_night(plan=PLAN, pictures=(man, car), take=7, **SIZE) for _ in range(2))
    assert np.array_equal(first, second)


def test_night_is_darker_than_noon(man: Floats, car: Floats) -> None:
    noon = drive_photo(plan=PLAN, pictures=(man, car), take=0, **SIZE)
    night = drive_night(plan=PLAN, pictures=(man, car), take=0, **SIZE)
    assert night.mean() < 0.55 * noon.mean()
