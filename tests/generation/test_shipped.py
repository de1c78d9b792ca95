"""Originals that ship with the demo take the way of every picture, without a call and before the studios."""

from io import BytesIO
from pathlib import Path

import pytest
from django.db.models.functions import Now
from PIL import Image

from arena.catalog.models import Population
from arena.challenges.editing import revise_prompt
from arena.challenges.models import Challenge
from arena.generation.dispatch import plan_due
from arena.generation.models import Candidate, Generation, Slot
from arena.generation.shipped import collect_shipped, plan_shipped
from arena.generation.slots import order_demo_pictures
from arena.generation.sweeping import HINT_AGAIN, sweep_expired
from tests.factories import create_challenge, create_model, create_offering

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two takes of two studios for one challenge."""
    for slug in ("studio-a", "studio-b"):
        create_offering(model=create_model(slug=slug, takes=2))
        for take in (0, 1):
            ship(tmp_path / "cafe" / f"{slug}.{take}.webp", colour=(60 * take, 90, 120))
    create_challenge(slug="cafe")
    return tmp_path


def ship(path: Path, *, colour: tuple[int, int, int] = (1, 2, 3)) -> None:
    path.parent.mkdir(exist_ok=True)
    out = BytesIO()
    Image.new("RGB", (256, 256), colour).save(out, "WEBP")
    path.write_bytes(out.getvalue())


def test_shipped_originals_become_candidates_by_the_normal_intake(folder):
    planned = plan_shipped(folder)
    assert len(planned) == 4
    for generation_id in planned:
        collect_shipped(generation_id)
    assert Candidate.objects.filter(status="in-play").count() == 4
    for generation in Generation.objects.all():
        assert (generation.state, generation.origin) == ("stored", "shipped")
        assert generation.total_ms is None
        assert generation.parameters["seed"] == generation.slot.take
    kinds = set(Candidate.objects.values_list("pictures__kind", flat=True))
    assert kinds == {"avif_1024", "avif_768", "jpeg_1024", "thumb"}
    assert not Slot.objects.filter(finished_at=None).exists()


def test_both_studios_of_a_first_take_come_before_any_second_take(folder):
    takes = [Generation.objects.get(pk=pk).slot.take for pk in plan_shipped(folder)]
    assert takes == [0, 0, 1, 1]


def test_planning_twice_plans_once_and_ordered_slots_are_left_alone(folder):
    assert len(plan_shipped(folder)) == 4
    assert plan_shipped(folder) == []
    assert order_demo_pictures() == 0


def test_a_slot_that_was_ordered_is_drawn_and_not_shipped(folder):
    assert order_demo_pictures() == 4
    assert plan_shipped(folder) == []


def test_shipped_originals_wait_in_no_providers_line(folder):
    plan_shipped(folder)
    create_challenge(slug="other")
    order_demo_pictures()
    # The provider takes four at once, and the four shipped ones are no calls of its.
    assert len(plan_due()) == 4


def test_a_worker_collects_what_nobody_has_taken_in(folder):
    planned = plan_shipped(folder)
    Generation.objects.update(hinted_at=Now() - HINT_AGAIN)
    swept = sweep_expired()
    assert (sorted(swept.collect), swept.make, swept.ended) == (sorted(planned), [], 0)


def test_what_ships_for_another_prompt_challenge_or_model_is_left_alone(folder):
    revise_prompt(Challenge.objects.get().prompts.get(), text="Another prompt.")
    create_challenge(slug="draft", status=Challenge.Status.DRAFT)
    create_challenge(slug="open")
    create_model(slug="real", population=Population.REAL)
    ship(folder / "draft" / "studio-a.0.webp")
    ship(folder / "open" / "real.0.webp")
    ship(folder / "open" / "nobody.0.webp")
    ship(folder / "open" / "studio-a.webp")
    ship(folder / "nowhere" / "studio-a.0.webp")
    assert plan_shipped(folder) == []


def test_a_broken_original_is_a_named_failure(folder):
    (folder / "cafe" / "studio-a.0.webp").write_bytes(b"no picture")
    for generation_id in plan_shipped(folder):
        collect_shipped(generation_id)
    failed = Generation.objects.exclude(state="stored").get()
    assert (failed.state, failed.outcome) == ("failed", "bad_picture")
    assert Candidate.objects.count() == 3
