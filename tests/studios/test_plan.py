"""What the prompt reader takes from prompts."""

from __future__ import annotations

import pytest

from arena.studios.creatures import Creature
from arena.studios.plan import MAX_PROMPT, BadPromptError, DeclinedError, Plan, quoted, read_prompt
from arena.studios.vocabulary import COLOURS
from tests.studios import prompts


def read(prompt: str) -> Plan:
    return read_prompt(prompt=prompt, has_reference=False)


def relations(plan: Plan) -> set[tuple[str, str, str]]:
    return {
        (plan.things[r.subject].noun, r.how, plan.things[r.anchor].noun) for r in plan.relations
    }


def test_logo_prompt_gives_lettering_with_accents_palette_and_motif() -> None:
    plan = read(prompts.LOGO)
    assert plan.kind == "emblem"
    assert plan.lettering == ("Caffè Florian", "Est. 1720")
    assert plan.palette == (COLOURS["brown"], COLOURS["cream"])
    assert plan.motif == "cloche"
    assert plan.steam
    assert not plan.dark_ground


def test_geometric_prompt_gives_all_seven_facts() -> None:
    plan = read(prompts.GEOMETRY)
    assert plan.kind == "scene"
    assert [t.noun for t in plan.things] == ["cube", "sphere", "book", "plant"]
    cube, sphere, book, plant = plan.things
    assert cube.material == "glass"
    assert (sphere.colour, book.colour, plant.colour) == (
        COLOURS["blue"],
        COLOURS["red"],
        COLOURS["green"],
    )
    assert sphere.size < 1
    assert relations(plan) == {
        ("sphere", "inside", "cube"),
        ("book", "on", "cube"),
        ("plant", "behind", "cube"),
    }
    assert plan.surface == "wood"
    assert plan.light == "left"


def test_diorama_prompt_gives_dish_flag_title_and_background() -> None:
    plan = read(prompts.DIORAMA)
    assert (plan.kind, plan.dish, plan.flag) == ("diorama", "sushi", "japan")
    assert plan.lettering == ("JAPAN", "SUSHI")
    assert plan.background is not None
    red, _, blue = plan.background
    assert blue > red > 150


def test_menu_prompt_gives_its_three_sections() -> None:
    plan = read(prompts.MENU)
    assert plan.kind == "menu"
    assert plan.sections == ("Appetizers", "Pizza", "Mains")


@pytest.mark.parametrize(
    ("prompt", "kind"), [(prompts.NIGHT, "night"), (prompts.GHIBLI, "painterly")]
)
def test_edit_prompt_gives_the_kind_of_edit(prompt: str, kind: str) -> None:
    assert read_prompt(prompt=prompt, has_reference=True).kind == kind


def test_unseen_scene_gives_relations_to_it_and_light_from_the_right() -> None:
    plan = read(prompts.UNSEEN)
    assert relations(plan) == {("cube", "left", "sphere"), ("book", "right", "sphere")}
    assert plan.light == "right"
    assert plan.things[0].size > 1 > plan.things[1].size


def test_unseen_material_words_name_the_table_not_the_thing() -> None:
    plan = read("A yellow cone on a marble table")
    assert [t.noun for t in plan.things] == ["cone"]
    assert plan.things[0].colour == COLOURS["yellow"]
    assert plan.surface == "marble"


def test_unseen_logo_gives_name_and_colours() -> None:
    plan = read('Logo for "Bread & Co" in green and cream')
    assert plan.lettering == ("Bread & Co",)
    assert plan.palette == (COLOURS["green"], COLOURS["cream"])
    assert plan.motif == "wheat"


def test_numbers_make_that_many_things_in_the_bowl() -> None:
    plan = read("Three oranges in a white bowl on a dark wooden table")
    assert [t.noun for t in plan.things] == ["orange"] * 3 + ["bowl"]
    assert all(r.how == "inside" and r.anchor == 3 for r in plan.relations)
    assert len(plan.relations) == 3


def test_mutual_relations_do_not_make_a_cycle() -> None:
    plan = read("A cube is on a sphere. The sphere is on the cube.")
    assert relations(plan) == {("cube", "on", "sphere")}


def test_apostrophes_are_not_quotation_marks() -> None:
    assert quoted("Japan's dish for 'MOM' and \"Caffè\"") == ("MOM", "Caffè")


def test_a_poster_prompt_gives_title_and_steps() -> None:
    plan = read("Infographic poster about the Apollo 11 mission. 1. Launch (rocket) 2. Landing")
    assert plan.lettering[0] == "Apollo 11"
    assert plan.steps == ("Launch", "Landing")


def test_animals_keep_their_coats_ages_and_surroundings() -> None:
    plan = read(
        "Fluffy baby animals: a golden retriever puppy, tabby kitten, baby bunny, and red fox kit "
        "chase butterflies in a wildflower meadow at sunrise, shallow depth of field."
    )
    assert plan.kind == "animals"
    assert plan.creatures == (
        Creature("dog", "golden", young=True),
        Creature("cat", "tabby", young=True),
        Creature("rabbit", young=True),
        Creature("fox", "red", young=True),
        Creature("butterfly", many=True),
    )
    assert (plan.setting, plan.hour) == ("meadow", "sunrise")


@pytest.mark.parametrize(
    ("prompt", "reference", "kind"),
    [
        ("Close portrait of a battle-worn paladin in plate armor", False, "portrait"),
        ("A street photo of an elderly man repairing a bicycle", False, "people"),
        ("Two grown bears in the snow", False, "animals"),
        ('A badge with a fox for "Reynard"', False, "emblem"),
        ("Create a caricature of me and my job", False, "caricature"),
        ("A feeling of joy", False, "nothing"),
        ("An isometric diorama of justice", False, "nothing"),
        ("Create a caricature of me and my love for dogs", True, "caricature"),
        ("Give the person a full, thick head of natural hair", True, "hair"),
        ("Make a photo of the man driving the car", True, "drive"),
        ("Add a dog to the picture at night", True, "change"),
        ("Remove the tree on the left", True, "change"),
    ],
)
def test_prompts_are_sorted_by_what_they_ask_for(prompt: str, reference: bool, kind: str) -> None:
    assert read_prompt(prompt=prompt, has_reference=reference).kind == kind


def test_a_logo_without_a_name_is_declined_with_a_reason() -> None:
    with pytest.raises(DeclinedError, match=r"needs a name.*\.$"):
        read("A minimalist logo, green")


@pytest.mark.parametrize("prompt", ["", "   \n ", "a cube " * MAX_PROMPT])
def test_empty_or_overlong_prompts_are_bad(prompt: str) -> None:
    with pytest.raises(BadPromptError):
        read(prompt)
