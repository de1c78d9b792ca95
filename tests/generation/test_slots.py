"""What is wanted, what it costs, how far it is, and who is asked."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse

from arena.catalog.models import ImageModel, Offering, Population, PriceRule, Provider
from arena.challenges.editing import change_settings, detach_reference, revise_prompt
from arena.challenges.models import Challenge, ReferencePicture
from arena.generation.audit import check_ledger
from arena.generation.bringing import plan_brought
from arena.generation.dispatch import plan_due
from arena.generation.models import Generation, Pulse, Slot
from arena.generation.pulse import STARTING, away_queues, expect_pulses, record_pulse
from arena.generation.retries import MAX_ATTEMPTS
from arena.generation.routing import choose_offering
from arena.generation.slots import (
    expected_costs,
    has_pictures,
    measure_progress,
    order_demo_pictures,
    order_pictures,
)
from tests.factories import (
    WRONG_FLAGS,
    create_candidate,
    create_challenge,
    create_model,
    create_offering,
    create_slot,
)

pytestmark = pytest.mark.django_db


def test_order_pictures_twice_orders_once():
    challenge = create_challenge(prompts=("One.", "Two."))
    models = [create_model(), create_model(takes=3)]
    assert order_pictures(challenge, models=models) == 2 + 6
    assert order_pictures(challenge, models=models) == 0
    assert order_pictures(challenge, models=models, takes=4) == 4 * 4 - 8


def test_order_pictures_leaves_models_of_another_discipline_out():
    challenge = create_challenge()
    editor = create_model(disciplines=["image-editing"])
    assert order_pictures(challenge, models=[editor]) == 0


def wait_for_waiting(works: list[Future[Any]]) -> None:
    """Return once all that run on other connections wait for locks, or have ended without."""
    waiting = (
        "select count(*) from pg_stat_activity "
        "where datname = current_database() and wait_event_type = 'Lock'"
    )
    ends = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < ends:
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= sum(not work.done() for work in works):
                return
            time.sleep(0.01)


def elsewhere(do: Callable[[], Any]) -> Any:
    try:
        return do()
    finally:
        connection.close()


def bring(challenge: Challenge, model: ImageModel) -> None:
    place = (challenge.prompts.get().pk, model.pk, 0)
    plan_brought(place, b"some picture", batches={}, by=None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("do", ["order", "bring"])
def test_a_challenge_is_not_changed_while_its_pictures_are_being_ordered(do):
    challenge = create_challenge(discipline="image-editing", status="draft")
    reference = ReferencePicture.objects.create(
        challenge=challenge, public_name="one", width=300, height=200, alt="A", credit="B"
    )
    stale = [Challenge.objects.get() for _ in range(2)]
    changes = [
        lambda: change_settings(stale[0], has_pictures=has_pictures, canvas_width=512),
        lambda: detach_reference(stale[1], reference=reference, has_pictures=has_pictures),
    ]
    model = create_model()
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            if do == "order":
                assert order_pictures(challenge, models=[model], takes=1) == 1
            else:
                bring(challenge, model)
            changing = [pool.submit(elsewhere, change) for change in changes]
            wait_for_waiting(changing)
        for change in changing:
            with pytest.raises(ValidationError, match=r"[Pp]ictures"):
                change.result(timeout=20)
    assert Challenge.objects.get().canvas_width == 256
    assert ReferencePicture.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_order_waits_for_who_changes_the_challenge_and_goes_by_the_change():
    challenge, model = create_challenge(), create_model(disciplines=["text-to-image"])
    stale = Challenge.objects.get()
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            change_settings(challenge, has_pictures=has_pictures, discipline="image-editing")
            order = pool.submit(elsewhere, lambda: order_pictures(stale, models=[model]))
            wait_for_waiting([order])
        assert order.result(timeout=20) == 0
    assert not Slot.objects.exists()


def test_demo_studios_start_themselves_on_open_challenges_only():
    studio = create_model(takes=2)
    create_model(population=Population.REAL)
    create_challenge()
    create_challenge(status=Challenge.Status.DRAFT)
    assert order_demo_pictures() == 2
    assert order_demo_pictures() == 0
    assert set(Slot.objects.values_list("model", flat=True)) == {studio.pk}


def test_a_studio_with_one_take_of_its_number_makes_the_others():
    studio = create_model(takes=3)
    challenge = create_challenge()
    create_slot(challenge=challenge, model=studio, take=0)
    assert order_demo_pictures() == 2
    assert sorted(Slot.objects.values_list("take", flat=True)) == [0, 1, 2]


def test_offerings_of_equal_priority_take_turns_by_challenge():
    model = create_model()
    first = create_offering(model=model, provider_slug="one", priority=10)
    second = create_offering(model=model, provider_slug="two", priority=10)
    create_offering(model=model, provider_slug="last", priority=20)
    asked = [
        choose_offering(model, discipline="text-to-image", turn=turn).offering for turn in range(4)
    ]
    assert asked == [first, second, first, second]


def test_all_takes_of_a_challenge_are_asked_of_one_provider():
    model = create_model(takes=3)
    for slug in ("one", "two"):
        create_offering(model=model, provider_slug=slug, priority=10)
    for _ in range(2):
        create_challenge()
    order_demo_pictures()
    plan_due()
    routes: dict[int, set[int]] = {}
    for generation in Generation.objects.select_related("slot__prompt"):
        challenge_id = generation.slot.prompt.challenge_id
        routes.setdefault(challenge_id, set()).add(generation.offering.provider_id)
    assert [len(providers) for providers in routes.values()] == [1, 1]
    assert len(set.union(*routes.values())) == 2


def test_a_revised_prompt_gets_pictures_of_its_own():
    create_model()
    challenge = create_challenge()
    assert order_demo_pictures() == 1
    revise_prompt(challenge.prompts.get(), text="A blue cube.")
    assert order_demo_pictures() == 1
    assert {slot.prompt.text for slot in Slot.objects.all()} == {"A red cube.", "A blue cube."}


def test_a_new_studio_joins_old_challenges():
    create_model()
    create_challenge()
    order_demo_pictures()
    create_model(takes=2)
    assert order_demo_pictures() == 2


def test_measure_progress_counts_every_end():
    challenge = create_challenge()
    model, other = create_model(), create_model()
    create_candidate(challenge=challenge, model=model)
    offering = create_offering(model=other)
    for take, state in enumerate(["refused", "failed", "submitting"]):
        slot = create_slot(challenge=challenge, model=other, take=take)
        Generation.objects.create(slot=slot, offering=offering, state=state)
        if state != "submitting":
            Slot.objects.filter(pk=slot.pk).update(finished_at="2026-01-01T00:00Z")
    progress = measure_progress(Slot.objects.all())
    assert (progress.ready, progress.planned, progress.running) == (1, 2, 1)
    assert (progress.declined, progress.failed) == (1, 1)
    assert progress.label == "1 of 2 pictures ready"
    assert (progress.percent, progress.done) == (50, False)


def test_expected_costs_multiplies_price_prompts_and_takes():
    challenge = create_challenge(prompts=("One.", "Two."), canvas_width=1024, canvas_height=1024)
    model = create_model(takes=3)
    offering = create_offering(model=model)
    PriceRule.objects.create(
        offering=offering, amount=Decimal("0.067"), size="1K", valid_from=date(2026, 1, 1)
    )
    (cost,) = expected_costs(challenge, models=[model], takes=None, day=date(2026, 11, 22))
    assert (cost.pictures, cost.each, cost.total) == (6, Decimal("0.067"), Decimal("0.402"))
    (later,) = expected_costs(challenge, models=[model], takes=1, day=date(2025, 1, 1))
    assert (later.pictures, later.each, later.total) == (2, None, None)


def test_expected_costs_counts_only_new_pictures():
    challenge = create_challenge()
    model = create_model(takes=2)
    create_offering(model=model)
    order_pictures(challenge, models=[model], takes=1)
    (cost,) = expected_costs(challenge, models=[model], takes=None, day=date(2026, 11, 22))
    assert cost.pictures == 1


def test_choose_offering_names_the_missing_key(monkeypatch, settings):
    settings.KEY_HOSTS = {"TEST_KEY": ()}
    model = create_model(population=Population.REAL)
    create_offering(model=model)
    Provider.objects.update(key_variable="TEST_KEY")
    monkeypatch.delenv("TEST_KEY", raising=False)
    choice = choose_offering(model, discipline="text-to-image")
    assert choice.offering is None
    assert "TEST_KEY" in choice.missing
    monkeypatch.setenv("TEST_KEY", "k")
    assert choose_offering(model, discipline="text-to-image").offering is not None


def test_choose_offering_takes_the_lowest_priority_that_can_be_asked():
    model = create_model()
    create_offering(model=model, priority=1, enabled=False)
    second = create_offering(model=model, priority=2, provider_slug="second")
    create_offering(model=model, priority=3, provider_slug="third")
    assert choose_offering(model, discipline="text-to-image").offering == second


def test_offerings_without_a_key_are_skipped_and_wait(monkeypatch, settings):
    settings.KEY_HOSTS = {"TEST_KEY": ()}
    monkeypatch.delenv("TEST_KEY", raising=False)
    model = create_model()
    create_offering(model=model)
    Provider.objects.update(key_variable="TEST_KEY")
    create_slot(challenge=create_challenge(), model=model)
    assert plan_due() == []
    assert Slot.objects.get().finished_at is None
    monkeypatch.setenv("TEST_KEY", "k")
    assert len(plan_due()) == 1


def test_plan_due_keeps_to_the_providers_room():
    model = create_model()
    create_offering(model=model)
    Provider.objects.update(max_in_flight=2)
    challenge = create_challenge()
    for take in range(5):
        create_slot(challenge=challenge, model=model, take=take)
    assert len(plan_due()) == 2
    assert plan_due() == []
    Generation.objects.update(state="failed")
    assert len(plan_due()) == 2


def test_plan_due_looks_at_few_slots_past_those_of_a_provider_without_room(monkeypatch):
    """What waits for a full provider does not stand in the way of what another one can make."""
    challenge, (full, free) = create_challenge(), (create_model(), create_model())
    create_offering(model=full, provider_slug="full")
    create_offering(model=free, provider_slug="free")
    Provider.objects.filter(slug="full").update(max_in_flight=1)
    for take in range(4):
        create_slot(challenge=challenge, model=full, take=take)
    assert len(plan_due(look_at=2)) == 1
    for take in range(4):
        create_slot(challenge=challenge, model=free, take=take)
    planned = Generation.objects.in_bulk(plan_due(look_at=2)).values()
    assert [generation.slot.model for generation in planned] == [free, free]
    Provider.objects.update(max_in_flight=0)
    assert plan_due() == []


def test_plan_due_notes_what_the_price_list_of_the_day_says():
    model = create_model()
    offering = create_offering(model=model)
    PriceRule.objects.create(
        offering=offering, amount=Decimal("0.045"), size="0.5K", valid_from=date(2026, 1, 1)
    )
    create_slot(challenge=create_challenge(), model=model)
    plan_due()
    assert Generation.objects.get().expected_cost == Decimal("0.045")


def test_plan_due_plans_each_slot_once():
    create_offering(model=(model := create_model()))
    create_slot(challenge=create_challenge(), model=model)
    assert len(plan_due()) == 1
    assert plan_due() == []


def test_away_queues_names_workers_without_a_sign_of_life():
    assert away_queues() == ["generate", "intake", "ratings"]
    record_pulse("generate")
    record_pulse("generate")
    assert away_queues() == ["intake", "ratings"]
    Pulse.objects.update(beat_at="2026-01-01T00:00Z")
    expect_pulses()
    assert away_queues() == []  # they are being started
    record_pulse("generate")
    just_over = timedelta(seconds=21)
    Pulse.objects.update(beat_at=F("beat_at") - just_over)
    assert away_queues() == ["generate"]  # whoever has spoken once has no grace any more
    Pulse.objects.update(beat_at=F("beat_at") - STARTING)
    assert away_queues() == ["generate", "intake", "ratings"]


def test_retired_studios_start_nothing():
    create_model(status=ImageModel.Status.RETIRED)
    create_challenge()
    assert order_demo_pictures() == 0


def two_slots() -> tuple[Slot, Slot]:
    """A slot that a test spoils, and one of another model behind it that is well."""
    challenge = create_challenge()
    spoilt, well = (create_offering(price="0.04", resend_safe=False) for _ in range(2))
    return (
        create_slot(challenge=challenge, model=spoilt.model),
        create_slot(challenge=challenge, model=well.model),
    )


@pytest.mark.parametrize("options", WRONG_FLAGS)
def test_an_offering_with_wrong_flags_is_not_asked_and_stops_nobody(options):
    spoilt, well = two_slots()
    Offering.objects.filter(model=spoilt.model).update(options=options)
    (planned,) = plan_due()
    assert Generation.objects.get(pk=planned).slot == well
    (cost,) = expected_costs(
        spoilt.competing_prompt.challenge, models=[spoilt.model], takes=None, day=date(2026, 11, 22)
    )
    assert cost.offering is None
    assert "are wrong: " in cost.missing
    Offering.objects.update(options={})
    assert len(plan_due()) == 1


def test_a_picture_that_would_cost_a_fortune_is_not_asked_for_and_stops_nobody():
    spoilt, well = two_slots()
    rules = PriceRule.objects.filter(offering__model=spoilt.model)
    rules.update(amount=Decimal("999999.999999"), most_units=Decimal("99999999.9999"))
    Provider.objects.update(markup=Decimal("99.9999"))
    (planned,) = plan_due()
    assert Generation.objects.get(pk=planned).slot == well
    told = Generation.objects.get(slot=spoilt)
    assert (told.state, told.expected_cost) == ("over-budget", None)
    assert "may cost more than $10,000" in told.message
    assert not list(check_ledger())


def test_a_slot_whose_planning_breaks_is_told_of_and_stops_nobody(client, curator, caplog):
    spoilt, well = two_slots()
    # A negative price: the ledger refuses it, whatever rules there are before it.
    PriceRule.objects.filter(offering__model=spoilt.model).update(amount=Decimal("-0.04"))
    (planned,) = plan_due()
    assert Generation.objects.get(pk=planned).slot == well
    told = Generation.objects.get(slot=spoilt)
    assert (told.state, told.outcome) == ("failed", "not_planned")
    assert "could not be planned (ValueError), and nothing was sent" in told.message
    assert f"Slot {spoilt.pk} could not be planned." in caplog.text
    assert not list(check_ledger())
    page = client.get(reverse("desk:challenge", args=[spoilt.competing_prompt.challenge.pk]))
    assert b"could not be planned (ValueError)" in page.content
    # It is left alone for a while, planned again once somebody has mended it, and given up in the end.
    assert plan_due() == []
    for _ in range(MAX_ATTEMPTS):
        Slot.objects.filter(pk=spoilt.pk, finished_at=None).update(next_attempt_at=Now())
        plan_due()
    assert Generation.objects.filter(slot=spoilt).count() == MAX_ATTEMPTS
    spoilt.refresh_from_db()
    assert spoilt.finished_at is not None


def test_a_slot_whose_planning_broke_is_planned_once_it_is_mended():
    spoilt, _ = two_slots()
    PriceRule.objects.filter(offering__model=spoilt.model).update(amount=Decimal("-0.04"))
    plan_due()
    PriceRule.objects.update(amount=Decimal("0.04"))
    Slot.objects.filter(pk=spoilt.pk).update(next_attempt_at=Now())
    (planned,) = plan_due()
    assert Generation.objects.get(pk=planned).slot == spoilt
