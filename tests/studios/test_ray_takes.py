"""Studio Ray and its draft: five different takes of each kind, and glass that can be seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from arena.studios.noise import Floats
from arena.studios.phrases import Relation, Thing
from arena.studios.plan import Plan, read_prompt
from arena.studios.ray import draft as ray_draft
from arena.studios.ray import studio as ray
from arena.studios.ray.diorama import render_diorama
from arena.studios.ray.scene import LOOKS, line_up
from arena.studios.staging import stage

TAKES = range(5)
SCENE = "A glass cube on a wooden table. A green plant is behind the cube."


def scene_plan(text: str) -> Plan:
    things, relations = parts(text)
    return Plan(kind="scene", prompt=text, things=things, relations=relations)


def parts(text: str) -> tuple[tuple[Thing, ...], tuple[Relation, ...]]:
    plan = read_prompt(prompt=text, has_reference=False)
    return plan.things, plan.relations


LOGO = Plan(kind="emblem", prompt="", lettering=("Nørd Ås", "Est. 1931"), motif="star")
SUSHI = Plan(
    kind="diorama", prompt="", dish="sushi", lettering=("OSAKA",), background=(200, 226, 200)
)


def draw(plan: Plan, take: int, size: int = 96) -> Floats:
    return ray.KINDS[plan.kind](plan=plan, take=take, width=size, height=size)


def gap(one: Floats, other: Floats) -> float:
    return float(np.abs(one - other).mean())


def all_differ(takes: list[Floats], least: float) -> bool:
    return all(gap(a, b) > least for n, a in enumerate(takes) for b in takes[:n])


def test_emblems_have_five_finishes() -> None:
    assert all_differ([draw(LOGO, take) for take in TAKES], 0.03)
    assert (draw(LOGO, 4) == draw(LOGO, 4)).all()
    assert gap(draw(LOGO, 0), draw(LOGO, 5)) > 0


def test_dioramas_have_five_bases_on_the_colour_asked_for() -> None:
    takes = [render_diorama(plan=SUSHI, take=t, width=72, height=72, draft=True) for t in TAKES]
    assert all_differ(takes, 0.02)
    for picture in takes:
        corners = picture[[2, 2, -3, -3], [2, -3, 2, -3]] * 255
        assert np.abs(corners - np.array(SUSHI.background)).max() < 16


@pytest.mark.parametrize("take", TAKES)
def test_dioramas_are_not_cut_by_the_frame(take: int) -> None:
    plan = Plan(kind="diorama", prompt="", dish="cake", background=(200, 226, 200))
    picture = render_diorama(plan=plan, take=take, width=72, height=72, draft=True)
    for strip in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        # A soft shadow may leave the frame, which dims all channels alike; a thing may not.
        dim = strip / (np.array(plan.background) / 255)
        assert np.ptp(dim, axis=1).max() < 0.12


def test_scenes_have_five_looks() -> None:
    plan = scene_plan("A red apple on a table")
    takes = [draw(plan, take, 72) for take in TAKES]
    assert all_differ(takes, 0.05)
    for picture in takes:
        red = (picture[..., 0] > 0.3) & (picture[..., 1] < 0.5 * picture[..., 0] - 0.02)
        assert red.mean() > 0.005


@pytest.mark.parametrize("look", LOOKS)
def test_a_plant_behind_glass_is_seen_past_its_middle(look) -> None:
    things, relations = parts(SCENE)
    placed = line_up(stage(things=things, relations=relations, seed=1), relations, look.turn)
    cube, plant = (next(p for p in placed if p.thing.noun == noun) for noun in ("cube", "plant"))
    # In view coordinates the plant's middle stays within the cube's width.
    aside = (plant.x - cube.x) * np.cos(look.turn) - (plant.z - cube.z) * np.sin(look.turn)
    assert abs(aside) < cube.half
    assert plant.z > cube.z + cube.half


def test_glass_shows_against_the_same_scene_without_it() -> None:
    glass = draw(scene_plan("A glass cube on a wooden table"), 0)
    middle = glass[30:66, 30:66].mean(axis=2)
    # Sheen, tint and edges make the inside of the cube busier than bare wood and wall.
    assert middle.std() > 0.04


def test_draft_is_softer_than_the_finished_picture() -> None:
    plan = scene_plan("A red apple on a table")
    draft = ray_draft.KINDS["scene"](plan=plan, take=0, width=512, height=384)
    assert draft.shape == (384, 512, 3)
    step = np.abs(np.diff(draft.mean(axis=2), axis=1))
    assert step.max() < 0.3
    assert draft.min() > 0.04


def test_drafts_differ_by_take_and_repeat() -> None:
    takes = [
        ray_draft.KINDS["emblem"](plan=LOGO, take=take, width=128, height=128) for take in TAKES
    ]
    assert all_differ(takes, 0.02)
    again = ray_draft.KINDS["emblem"](plan=LOGO, take=3, width=128, height=128)
    assert (again == takes[3]).all()


def test_ray_nights_differ(references: Path) -> None:
    with Image.open(references / "mountain-lake.jpg") as opened:
        opened.thumbnail((200, 200))
        picture = np.asarray(opened.convert("RGB"), dtype=np.float32) / 255
    plan = Plan(kind="night", prompt="")
    takes = [ray.KINDS["night"](plan=plan, picture=picture, take=take) for take in TAKES]
    assert all_differ(takes, 0.008)


@pytest.mark.parametrize("studio", [ray, ray_draft])
def test_refusals_are_sentences_and_never_for_a_kind_that_is_taken(studio) -> None:
    assert not set(studio.REFUSALS) & set(studio.KINDS)
    assert all(text.endswith(".") for text in studio.REFUSALS.values())
    wanted = {"menu", "poster", "animals", "people", "portrait", "painterly", "print"}
    assert wanted | {"caricature", "hair", "change"} <= set(studio.REFUSALS)


@pytest.mark.parametrize("kind", ["night", "painterly", "print", "drive", "hair", "change"])
def test_draft_declines_every_edit(kind: str) -> None:
    assert "only draws new pictures" in ray_draft.REFUSALS[kind]
