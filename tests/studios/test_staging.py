"""Where staged things stand, and that the camera sees all of them."""

from __future__ import annotations

import numpy as np
import pytest

from arena.studios.plan import read_prompt
from arena.studios.ray.scene import LOOKS, aim_camera
from arena.studios.staging import Placed, stage
from tests.studios import prompts


def staged(prompt: str, take: int = 0) -> dict[str, Placed]:
    plan = read_prompt(prompt=prompt, has_reference=False)
    placed = stage(things=plan.things, relations=plan.relations, seed=take)
    return {p.thing.noun: p for p in placed}


def test_geometric_scene_stands_as_said() -> None:
    at = staged(prompts.GEOMETRY)
    cube, sphere, book, plant = at["cube"], at["sphere"], at["book"], at["plant"]
    assert abs(sphere.x - cube.x) + sphere.half < cube.half
    assert cube.y < sphere.y
    assert sphere.y + sphere.height < cube.y + cube.height
    assert book.y == pytest.approx(cube.y + cube.height)
    assert book.half <= cube.half
    assert plant.z - plant.half >= cube.z + cube.half - 0.05
    assert cube.holds


def test_left_and_right_are_kept_without_overlap() -> None:
    at = staged(prompts.UNSEEN)
    sphere, cube, book = at["sphere"], at["cube"], at["book"]
    assert cube.x + cube.half < sphere.x - sphere.half
    assert book.x - book.half > sphere.x + sphere.half


def test_things_on_a_stack_of_books_stand_on_the_top_one() -> None:
    at = staged("A cup on top of two books")
    assert at["cup"].y == pytest.approx(2 * at["book"].height)


@pytest.mark.parametrize("take", range(len(LOOKS)))
@pytest.mark.parametrize("prompt", [prompts.GEOMETRY, prompts.UNSEEN, "A tall tree beside a house"])
def test_every_corner_of_every_thing_is_in_the_frame(prompt: str, take: int) -> None:
    placed = tuple(staged(prompt, take).values())
    turn, rise, lens, *_ = LOOKS[take]
    camera = aim_camera(placed, turn, rise, lens, 1.0)
    corners = np.array(
        [
            (p.x + i * p.half, p.y + j * p.height, p.z + k * p.half)
            for p in placed
            for i in (-1, 1)
            for j in (0, 1)
            for k in (-1, 1)
        ]
    ).T
    view = camera.axes @ (corners - camera.eye[:, None])
    assert (view[2] > 0).all()
    spread = np.abs(view[:2] / (view[2] * camera.lens))
    assert spread.max() < 0.95
    assert spread.max() > 0.35
