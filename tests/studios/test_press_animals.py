"""Paper animals: the species and coats asked for are there, takes differ, unknown ones are named."""

from __future__ import annotations

import numpy as np
import pytest

from arena.studios.creatures import Creature
from arena.studios.plan import DeclinedError, Plan
from arena.studios.press.animals import print_animals
from arena.studios.press.animals_coats import BEASTS, WINGED, choose_beast
from arena.studios.press.animals_places import SCENES
from arena.studios.press.studio import KINDS, REFUSALS

PUPPY = Creature("dog", "golden", True)
KIT = Creature("fox", "red", True)


def plan(*creatures: Creature, hour: str = "sunrise", setting: str = "meadow") -> Plan:
    return Plan(kind="animals", prompt="", creatures=creatures, setting=setting, hour=hour)


def draw(chosen: Plan, take: int = 0, width: int = 160, height: int = 160) -> np.ndarray:
    return np.asarray(print_animals(plan=chosen, take=take, width=width, height=height))


def near(picture: np.ndarray, colour: tuple[int, int, int], reach: float = 0.09) -> float:
    """The share of pixels whose colour is close to `colour`."""
    return float((np.abs(picture - np.array(colour) / 255).max(axis=2) < reach).mean())


def test_press_takes_animals_and_says_why_not_people() -> None:
    assert KINDS["animals"] is print_animals
    for kind in ("people", "portrait", "caricature", "hair", "change", "nothing"):
        assert REFUSALS[kind].endswith(".")
        assert kind not in KINDS


def test_same_take_same_picture() -> None:
    chosen = plan(PUPPY, KIT)
    assert np.array_equal(draw(chosen), draw(chosen))


@pytest.mark.parametrize("hour", ["sunrise", "night", ""])
def test_five_takes_differ_much_and_a_sixth_still_differs(hour: str) -> None:
    chosen = plan(PUPPY, KIT, Creature("butterfly", many=True), hour=hour)
    takes = [draw(chosen, take, 96, 96) for take in range(6)]
    for first in range(5):
        for other in range(first):
            assert np.abs(takes[first] - takes[other]).mean() > 0.05
    assert np.abs(takes[5] - takes[0]).mean() > 0.005


def test_a_red_fox_is_red_with_a_white_chest_and_a_grey_one_is_not() -> None:
    red = draw(plan(KIT), 2)
    grey = draw(plan(Creature("fox", "grey", True)), 2)
    assert near(red, (218, 96, 44)) > 0.03 > near(grey, (218, 96, 44))
    assert choose_beast(KIT).light[0] > 245


def test_coats_reach_the_pattern() -> None:
    assert choose_beast(Creature("cat", "tabby")).marks == "stripes"
    assert choose_beast(Creature("dog", "spotted")).marks == "patches"
    assert sum(choose_beast(Creature("bear", "polar")).base) > 700
    assert sum(choose_beast(Creature("cat", "black")).base) < 250


def test_young_heads_are_larger() -> None:
    grey = Creature("mouse", "grey")
    colour = (150, 152, 160)
    young = near(draw(plan(Creature("mouse", "grey", True)), 0), colour)
    assert young > near(draw(plan(grey), 0), colour) * 1.1


@pytest.mark.parametrize("species", sorted({*BEASTS, *WINGED}))
def test_every_species_leaves_a_mark_on_the_meadow(species: str) -> None:
    empty = draw(plan(), 0, 96, 96)
    assert (
        np.abs(draw(plan(Creature(species)), 0, 96, 96) - empty).max(axis=2) > 0.1
    ).mean() > 0.04


@pytest.mark.parametrize("take", range(len(SCENES)))
@pytest.mark.parametrize("count", [1, 2, 4, 7])
def test_places_stay_on_the_page_and_give_one_to_each(take: int, count: int) -> None:
    places = SCENES[take].place(count)
    assert len(places) == count
    for place in places:
        assert 0 <= place.x <= 1
        assert 0.45 < place.y <= 1.0
        assert 0.3 < place.size < 1.8
    assert len({(round(p.x, 3), round(p.y, 3)) for p in places}) == count


def test_night_is_darker_than_sunrise_and_snow_is_paler_than_meadow() -> None:
    assert draw(plan(PUPPY, hour="night")).mean() < draw(plan(PUPPY)).mean() - 0.1
    low = (slice(100, 120), slice(0, 30))
    assert (
        draw(plan(PUPPY, hour="", setting="snow"))[low].mean()
        > draw(plan(PUPPY, hour=""))[low].mean()
    )


def test_unknown_species_is_declined_by_name() -> None:
    with pytest.raises(DeclinedError, match="dragon"):
        draw(plan(PUPPY, Creature("dragon")))


def test_wide_and_tall_pages_are_filled() -> None:
    for width, height in ((192, 128), (128, 192)):
        picture = draw(plan(PUPPY, KIT), 1, width, height)
        assert picture.shape == (height, width, 3)
        assert picture.min() >= 0
        assert picture.max() <= 1
        assert picture[:, -8:].std() > 0.02
