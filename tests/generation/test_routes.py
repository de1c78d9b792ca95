"""Whom a slot's call goes to: priority, health, room, what was tried, and fairness within a batch."""

from datetime import UTC, datetime, timedelta

import pytest

from arena.generation.dispatch import plan_due
from arena.generation.models import Breaker, Generation, Slot
from arena.generation.retries import backoff_seconds, retry_room
from arena.generation.routing import Tried, choose_route
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def two():
    """A model at two providers; the first has the lower priority number."""
    model = create_model()
    first = create_offering(model=model, provider_slug="one", priority=10)
    second = create_offering(model=model, provider_slug="two", priority=20)
    return first, second


def route(offerings, **values):
    return choose_route(
        offerings,
        **{
            "discipline": "text-to-image",
            "turn": 0,
            "pinned": None,
            "fallback": False,
            "tried": {},
            "health": {},
            "room": {},
            "now": NOW,
            **values,
        },
    )


def broken(offering, *, seconds: float = 30):
    return {
        offering.pk: Breaker(
            offering=offering, open_until=NOW + timedelta(seconds=seconds), reason="timeout: slow"
        )
    }


def test_priority_decides_while_all_are_well(two):
    chosen = route(two)
    assert (chosen.offering, chosen.why, chosen.passed_over) == (two[0], "priority", {})


def test_a_batch_begins_at_a_healthy_provider(two):
    assert route(two, health=broken(two[0])).offering == two[1]


def test_a_pinned_provider_is_waited_for(two):
    waiting = route(two, pinned=two[0].pk, health=broken(two[0]))
    assert waiting.offering is None
    assert waiting.missing == f"{two[0]}: left alone for another 30 s: timeout: slow"


def test_where_fallback_is_allowed_the_other_takes_over(two):
    chosen = route(two, pinned=two[0].pk, health=broken(two[0]), fallback=True)
    assert (chosen.offering, chosen.why) == (two[1], "fallback")
    assert list(chosen.passed_over) == [str(two[0])]


@pytest.mark.parametrize("tried", [Tried(2), Tried(1, final=True)])
def test_an_offering_that_was_tried_is_passed_over_only_where_others_follow(two, tried):
    assert route(two, tried={two[0].pk: tried}, fallback=True).offering == two[1]
    assert route(two, tried={two[0].pk: tried}).offering == two[0]


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (
            Tried(2, final=True),
            Tried(2),
            1,
        ),  # the other is the last that is left, however often tried
        (Tried(2), Tried(2), 0),
        (Tried(1, final=True), Tried(3, final=True), 0),  # a curator wants it once more
    ],
)
def test_a_slot_that_is_due_always_has_somebody_to_be_asked(two, first, second, asked):
    tried = {two[0].pk: first, two[1].pk: second}
    assert route(two, tried=tried, fallback=True).offering == two[asked]


def test_slots_that_nobody_can_be_asked_for_keep_no_others_waiting(two):
    """More of them than are looked at after a call: first for want of health, then by their batch's pin."""
    challenge = create_challenge()
    dead = [create_slot(challenge=challenge, model=two[0].model, take=take) for take in range(4)]
    for offering in two:
        Breaker.objects.create(offering=offering, open_until=NOW + timedelta(days=9000))
    alive = create_offering(model=create_model(), provider_slug="three")
    other = create_slot(challenge=challenge, model=alive.model, take=9)
    assert len(plan_due(look_at=3)) == 1
    assert Generation.objects.get().slot == other
    Slot.objects.filter(pk__in=[slot.pk for slot in dead]).update(batch=dead[0].batch)
    Generation.objects.create(slot=dead[0], offering=two[0], state="stored")  # pins its batch
    Breaker.objects.filter(offering=two[1]).delete()
    last = create_slot(challenge=challenge, model=alive.model, take=10)
    assert len(plan_due(look_at=3)) == 1
    assert Generation.objects.latest("pk").slot == last


def test_a_call_after_one_that_was_never_sent_is_no_retry():
    offering = create_offering()
    challenge = create_challenge()
    for take in range(12):
        slot = create_slot(challenge=challenge, model=offering.model, take=take)
        Generation.objects.create(slot=slot, offering=offering, state="over-budget")
        Generation.objects.create(slot=slot, offering=offering, state="stored", attempt=2)
    assert retry_room() == {offering.provider_id: 10}
    Generation.objects.create(slot=slot, offering=offering, state="failed", attempt=3)
    assert retry_room() == {offering.provider_id: 9}


def test_a_provider_without_room_waits_or_is_passed_over(two):
    room = {two[0].provider_id: "no room"}
    assert route(two, room=room).offering is None
    assert route(two, room=room, fallback=True).offering == two[1]


def test_a_breaker_whose_time_is_over_lets_a_probe_through(two):
    chosen = route(two, pinned=two[0].pk, health=broken(two[0], seconds=-1))
    assert (chosen.offering, chosen.as_probe) == (two[0], True)


def test_one_call_probes_and_the_others_wait(two):
    challenge = create_challenge()
    for take in range(3):
        create_slot(challenge=challenge, model=two[0].model, take=take)
    for offering in two:
        Breaker.objects.create(offering=offering, open_until=NOW - timedelta(days=9))
    assert len(plan_due()) == 2  # one probe each: three batches, so nothing pins them
    assert plan_due() == []
    assert Breaker.objects.filter(probing__isnull=False).count() == 2


def test_all_pictures_of_a_model_in_a_batch_come_from_one_provider(two):
    challenge = create_challenge()
    slots = [create_slot(challenge=challenge, model=two[0].model, take=take) for take in range(3)]
    Slot.objects.update(batch=slots[0].batch)
    Slot.objects.filter(pk__in=[slots[1].pk, slots[2].pk]).update(
        next_attempt_at="2099-01-01T00:00Z"
    )
    plan_due()
    two[0].priority = 99  # a curator changes the priorities in the middle of the batch
    two[0].save()
    Slot.objects.update(next_attempt_at="2026-01-01T00:00Z")
    assert len(plan_due()) == 2
    assert set(Generation.objects.values_list("offering", flat=True)) == {two[0].pk}
    assert set(Generation.objects.values_list("route__why", flat=True)) == {"priority", "pinned"}


def test_a_limit_per_minute_holds_across_rounds_of_planning():
    offering = create_offering()
    offering.provider.max_per_minute = 3
    offering.provider.max_in_flight = 100
    offering.provider.save()
    challenge = create_challenge()
    for take in range(5):
        create_slot(challenge=challenge, model=offering.model, take=take)
    assert len(plan_due()) == 3
    Generation.objects.update(state=Generation.State.STORED)
    Slot.objects.filter(generations__isnull=False).update(finished_at=NOW)
    assert plan_due() == []
    Generation.objects.update(created_at="2026-01-01T00:00Z")
    assert len(plan_due()) == 2


def test_retries_are_held_back_once_their_budget_is_used_up():
    offering = create_offering()
    offering.provider.max_in_flight = 100
    offering.provider.save()
    challenge = create_challenge()
    for take in range(15):
        slot = create_slot(challenge=challenge, model=offering.model, take=take)
        Generation.objects.create(
            slot=slot, offering=offering, state="failed", outcome="timeout", started_at=NOW
        )
    assert len(plan_due()) == 10
    assert plan_due() == []


def test_backoff_is_a_random_share_and_never_less_than_was_asked_for():
    class Dice:
        def uniform(self, low, high):
            return high

    spans = [backoff_seconds(attempt, asked_to_wait=None, dice=Dice()) for attempt in range(1, 8)]
    assert spans == [2, 4, 8, 16, 32, 60, 60]
    assert backoff_seconds(1, asked_to_wait=90, dice=Dice()) == 90
