"""Studio Stickers: what is pasted, where it lies, in which colour, and what is declined."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from arena.studios.creatures import Creature
from arena.studios.noise import Floats
from arena.studios.phrases import read_scene
from arena.studios.plan import DeclinedError, Plan
from arena.studios.stickers.animals import compose_animals
from arena.studios.stickers.board import PAGE, Board, open_board
from arena.studios.stickers.carte import CARTE, dishes_for
from arena.studios.stickers.collage import compose_anything
from arena.studios.stickers.cut import cut_sticker, sticker_margin
from arena.studios.stickers.diorama import compose_diorama
from arena.studios.stickers.emblem import compose_emblem, find_device
from arena.studios.stickers.emoji import MORE, draw_emoji, names, tint_picture
from arena.studios.stickers.letters import letter
from arena.studios.stickers.menu import compose_menu
from arena.studios.stickers.night import NIGHTS, compose_night
from arena.studios.stickers.people import compose_people, find_person
from arena.studios.stickers.places import place_pieces
from arena.studios.stickers.poster import compose_poster
from arena.studios.stickers.scene import compose_scene
from arena.studios.stickers.steps import read_steps
from arena.studios.stickers.studio import KINDS, REFUSALS
from arena.studios.stickers.words import NOUNS, emoji_for, read_emoji, read_tints

GEOMETRY = (
    "A glass cube on a wooden table. Inside the cube is a small blue sphere. On top of the cube "
    "sits a red book. A green plant is behind the cube."
)
BIKE = "An old man riding a red bicycle in the rain on a wet street with cars."


def scene(text: str) -> Plan:
    things, relations, _ = read_scene(text)
    return Plan(kind="scene", prompt=text, things=things, relations=relations)


PLANS: dict[str, Plan] = {
    "emblem": Plan(
        kind="emblem",
        prompt='Logo for "Caffè Florian", cloche with steam',
        lettering=("Caffè Florian", "Est. 1720"),
        motif="cloche",
        steam=True,
    ),
    "menu": Plan(kind="menu", prompt="A menu", sections=("Appetizers", "Pizza", "Mains")),
    "poster": Plan(
        kind="poster",
        prompt="Poster about Apollo 11. 1. Launch (rocket) 2. Moon walk 3. Splashdown",
        lettering=("Apollo 11", "One small step", "Armstrong", "Aldrin"),
        steps=("Launch", "Moon walk", "Splashdown"),
    ),
    "diorama": Plan(
        kind="diorama", prompt="sushi", dish="sushi", flag="japan", lettering=("JAPAN", "SUSHI")
    ),
    "scene": scene(GEOMETRY),
    "animals": Plan(
        kind="animals",
        prompt="puppy, kitten, fox and butterflies",
        creatures=(
            Creature("dog", "golden", young=True),
            Creature("cat", "tabby", young=True),
            Creature("fox", "red", young=True),
            Creature("butterfly", many=True),
        ),
        setting="meadow",
        hour="sunrise",
    ),
    "people": Plan(kind="people", prompt=BIKE),
    "nothing": Plan(kind="nothing", prompt="A dragon with a guitar", lettering=("Rock",)),
}
COMPOSERS = {
    "emblem": compose_emblem,
    "menu": compose_menu,
    "poster": compose_poster,
    "diorama": compose_diorama,
    "scene": compose_scene,
    "animals": compose_animals,
    "people": compose_people,
    "nothing": compose_anything,
}


def day() -> Floats:
    """A light sky over a busy ground."""
    grain = np.random.default_rng(3).random((96, 160, 3), dtype=np.float32)
    picture = np.full((96, 160, 3), (0.55, 0.75, 0.95), dtype=np.float32)
    picture[60:] = grain[60:] * 0.5
    return picture


def blob() -> Floats:
    art = np.zeros((20, 30, 4), dtype=np.float32)
    art[4:16, 6:24] = (1.0, 0.0, 0.0, 1.0)
    return art


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_takes_differ_from_one_another_and_the_same_take_repeats(kind: str) -> None:
    draw, plan = KINDS[kind], PLANS[kind]
    pictures = [draw(plan=plan, take=take, width=72, height=72) for take in range(6)]
    again = draw(plan=plan, take=2, width=72, height=72)
    assert np.array_equal(again, pictures[2])
    for picture in pictures:
        assert picture.shape == (72, 72, 3)
        assert 0.0 <= float(picture.min()) <= float(picture.max()) <= 1.0
    gaps = [
        float(np.abs(pictures[a] - pictures[b]).mean()) for a in range(5) for b in range(a + 1, 5)
    ]
    assert min(gaps) > 0.06
    # A sixth take has the first one's layout, but is not the same picture.
    assert not np.array_equal(pictures[0], pictures[5])


@pytest.mark.parametrize("kind", sorted(COMPOSERS))
def test_nothing_is_cut_off_by_the_edge(kind: str) -> None:
    for take in range(5):
        size = ((120, 80), (72, 108))[take % 2]
        board = COMPOSERS[kind](plan=PLANS[kind], take=take, width=size[0], height=size[1])
        assert board.boxes
        for box in board.boxes:
            assert box.x - box.width / 2 >= -0.5
            assert box.x + box.width / 2 <= PAGE + 0.5
            assert box.y - box.height / 2 >= -0.5
            assert box.y + box.height / 2 <= board.tall + 0.5


def test_cut_sticker_adds_a_white_rim_and_a_dark_shadow_outside_it() -> None:
    cut = cut_sticker(blob(), outline=4.0, shadow=True)
    margin = sticker_margin(outline=4.0)
    assert cut.shape == (20 + 2 * margin, 30 + 2 * margin, 4)
    middle = cut[cut.shape[0] // 2, cut.shape[1] // 2]
    assert np.allclose(middle, (1, 0, 0, 1), atol=0.02)
    rim = cut[margin + 10, margin + 24 + 2]
    assert np.allclose(rim, (1, 1, 1, 1), atol=0.05)
    under = cut[margin + 16 + 6, cut.shape[1] // 2]
    assert under[3] > 0.08
    assert under[:3].max() < 0.9
    assert float(cut[0, 0, 3]) < 0.02


def test_cut_sticker_without_shadow_is_clear_outside_the_rim() -> None:
    cut = cut_sticker(blob(), outline=3.0, shadow=False)
    margin = sticker_margin(outline=3.0)
    assert float(cut[margin + 16 + 6 :, :, 3].max()) == 0.0


def test_every_noun_and_dish_has_a_bundled_emoji() -> None:
    dishes = {item[0] for _, items in CARTE for item in items}
    assert set(NOUNS.values()) | set(MORE) | dishes <= names()
    assert len(NOUNS) >= 250


def test_plurals_and_hyphens_find_their_emoji() -> None:
    assert emoji_for("butterflies") == "butterfly"
    assert emoji_for("Wolves") == "wolf"
    assert emoji_for("tomatoes") == "tomato"
    assert emoji_for("foxes") == "fox"
    assert emoji_for("blorp") == ""
    assert read_emoji("Two dogs, a dog and a moon-rocket") == ("dog-face", "full-moon", "rocket")


def test_colours_belong_to_the_noun_they_stand_before() -> None:
    tints = read_tints("a red bicycle, a small blue glass ball and a car")
    assert set(tints) == {"bicycle", "blue-circle"}
    assert tints["bicycle"][0] > 150 > tints["bicycle"][2]


def test_tint_turns_the_main_colour_and_keeps_the_outline() -> None:
    book = draw_emoji(name="closed-book", size=64)
    green = tint_picture(rgba=book, colour=(40, 170, 70))
    inked = book[..., 3] > 0.9
    before, after = book[inked][:, :3].mean(axis=0), green[inked][:, :3].mean(axis=0)
    assert before[0] > before[1] + 0.2
    assert after[1] > after[0] + 0.2
    assert np.array_equal(book[..., 3], green[..., 3])


def test_lettering_is_never_wider_than_asked() -> None:
    board = open_board(ground="", width=200, height=200)
    for text in ("A", "Caffè Florian", "Gyöngyös & Ørsted Donaudampfschifffahrt"):
        box = letter(board, text, x=500, y=500, width=600, most=150, fills=("#000000",))
        assert box.width <= 600 + 2 * 10
    assert board.boxes[0].width < 250


def test_emblem_prefers_the_named_device_and_else_a_noun_of_the_name() -> None:
    assert find_device(PLANS["emblem"]) == "bellhop-bell"
    shop = Plan(kind="emblem", prompt='Logo for "The Sleepy Fox"', lettering=("The Sleepy Fox",))
    assert find_device(shop) == "fox"
    assert (
        find_device(Plan(kind="emblem", prompt='"Zzyzx"', lettering=("Zzyzx",))) == "glowing-star"
    )


def test_emblem_uses_the_colours_of_the_prompt() -> None:
    brown = Plan(
        kind="emblem", prompt="logo", lettering=("Bo",), palette=((112, 68, 38), (246, 234, 208))
    )
    picture = KINDS["emblem"](plan=brown, take=4, width=64, height=64)
    assert np.allclose(picture[2, 32] * 255, (112, 68, 38), atol=30)


def test_menu_sections_get_fitting_dishes_and_unknown_ones_their_own_noun() -> None:
    rng = np.random.default_rng(0)
    assert {item[0] for item in dishes_for("Pizza", rng)} <= {
        "pizza",
        "flatbread",
        "stuffed-flatbread",
    }
    assert dishes_for("Tacos and such", rng)[0][0]
    assert {item[0] for item in dishes_for("Crabs", rng)} == {"crab"}


def test_poster_steps_take_the_emoji_of_their_own_words() -> None:
    steps = read_steps(PLANS["poster"])
    assert [step.number for step in steps] == [1, 2, 3]
    assert [step.emoji for step in steps] == ["rocket", "full-moon", "parachute"]


def test_scene_puts_things_where_the_prompt_says() -> None:
    plan = PLANS["scene"]
    for side in (-1, 1):
        pieces = place_pieces(plan, side=side, top=40, floor=780, bottom=960)
        by = {(plan.things[p.index].shape, p.part): p for p in pieces}
        order = [(plan.things[p.index].shape, p.part) for p in pieces]
        cube, ball = by[("cube", "back")], by[("sphere", "whole")]
        book, plant = by[("book", "whole")], by[("plant", "whole")]
        assert order.index(("plant", "whole")) < order.index(("cube", "back"))
        assert order.index(("cube", "back")) < order.index(("sphere", "whole"))
        assert order.index(("sphere", "whole")) < order.index(("cube", "front"))
        assert abs(ball.x - cube.x) + ball.width / 2 < cube.width / 2
        assert cube.bottom - cube.height < ball.bottom - ball.height < ball.bottom < cube.bottom
        assert book.bottom < cube.bottom - cube.height * 0.8
        assert plant.bottom < cube.bottom
        assert (plant.x - cube.x) * side > 0


def test_scene_keeps_left_and_right_apart() -> None:
    plan = scene(
        "A red sphere. A green cube is left of the sphere. A blue book is right of the sphere."
    )
    pieces = sorted(place_pieces(plan, side=1, top=40, floor=780, bottom=960), key=lambda p: p.x)
    assert [plan.things[p.index].shape for p in pieces] == ["cube", "sphere", "book"]
    for one, other in itertools.pairwise(pieces):
        assert one.x + one.width / 2 <= other.x - other.width / 2


def test_scene_shows_the_colours_asked_for() -> None:
    picture = KINDS["scene"](plan=PLANS["scene"], take=0, width=160, height=160)
    red, green, blue = (picture[..., k] for k in range(3))
    assert float(((red > 0.75) & (green < 0.4) & (blue < 0.4)).mean()) > 0.03
    assert float(((blue > 0.6) & (red < 0.4) & (green < 0.6)).mean()) > 0.01


def test_animals_stand_in_the_lower_part_and_do_not_hide_each_other() -> None:
    for take in range(5):
        alone = compose_animals(
            plan=Plan(kind="animals", prompt="x", creatures=(Creature("cow"), Creature("pig"))),
            take=take,
            width=100,
            height=100,
        )
        big = [box for box in alone.boxes[1:] if box.width > 180]
        assert len(big) == 2
        assert all(box.y > 350 for box in big)
        assert abs(big[0].x - big[1].x) + abs(big[0].y - big[1].y) > big[0].width * 0.5


def test_people_are_told_apart_by_age_and_sex() -> None:
    assert find_person({"old", "man"}) == "old-man"
    assert find_person({"elderly", "woman"}) == "old-woman"
    assert find_person({"woman"}) == "woman"
    assert find_person({"boy"}) == "boy"


def test_rain_mirrors_the_street_in_the_road() -> None:
    dry = Plan(kind="people", prompt=BIKE.replace("rain", "sun").replace("wet ", ""))
    wet = compose_people(plan=PLANS["people"], take=0, width=128, height=128).floats()
    other = compose_people(plan=dry, take=0, width=128, height=128).floats()
    low = slice(110, 126)
    assert float(np.abs(wet[low] - other[low]).mean()) > 0.03


def test_night_darkens_the_picture_and_pastes_only_on_its_upper_part() -> None:
    plan, picture = Plan(kind="night", prompt="night"), day()
    results = [KINDS["night"](plan=plan, picture=picture, take=take) for take in range(6)]
    for take, result in enumerate(results):
        assert result.shape == picture.shape
        assert float(result[64:].mean()) < 0.5 * float(picture[64:].mean())
        board: Board = compose_night(plan=plan, picture=picture, take=take)
        assert len(board.boxes) > 4
        assert all(box.y + box.height / 2 < board.tall * 0.72 for box in board.boxes)
    assert len({result.tobytes() for result in results}) == 6
    assert len(NIGHTS) == 5


def test_prompts_without_known_nouns_are_declined_with_a_reason() -> None:
    with pytest.raises(DeclinedError, match="emoji"):
        KINDS["nothing"](plan=Plan(kind="nothing", prompt="Blorp zig"), take=0, width=64, height=64)


def test_refusals_are_sentences_and_no_kind_is_both_taken_and_refused() -> None:
    assert set(REFUSALS) == {"portrait", "caricature", "hair", "change", "painterly", "print"}
    assert not set(REFUSALS) & set(KINDS)
    assert all(reason.endswith(".") and len(reason) > 30 for reason in REFUSALS.values())
