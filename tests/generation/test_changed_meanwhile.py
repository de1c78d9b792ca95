"""Rows that change while calls are under way, and rows that are broken: money stays right, others go on."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now

from arena.catalog.editing import change_row
from arena.catalog.models import ImageModel, Provider
from arena.challenges.editing import lock_challenge
from arena.challenges.models import Challenge
from arena.gateway.making import name_error
from arena.generation import dispatch, sweeping
from arena.generation.audit import check_ledger
from arena.generation.budget import set_cap
from arena.generation.calls import ask_provider, run_generation
from arena.generation.dispatch import plan_due
from arena.generation.leases import take
from arena.generation.ledger import held_and_settled
from arena.generation.models import Batch, Generation, Slot
from arena.generation.moderation import Settled, settle_uncertain
from arena.generation.on_demand import NotMade, make_on_demand, plan_on_demand
from arena.generation.quotas import plan_within_quota
from arena.generation.rooms import read_rooms
from arena.generation.sweeping import sweep_expired
from tests.factories import create_challenge, create_model, create_offering, create_slot

from .money import create_key

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {"discipline": "text-to-image", "prompt": "A boat.", "width": 256, "height": 256}
LONG_AGO = "2020-01-01T00:00Z"


def order(model: ImageModel, *, challenge: Challenge, count: int) -> None:
    """Order one picture of each of the challenge's first prompts, in one batch."""
    batch = Batch.objects.create(challenge=challenge)
    prompts = challenge.prompts.order_by("position")[:count]
    Slot.objects.bulk_create(
        Slot(batch=batch, prompt=prompt, model=model, take=0) for prompt in prompts
    )


def planned_at(planned: list[int]) -> list[str]:
    found = Generation.objects.filter(pk__in=planned).order_by("pk")
    return list(found.values_list("offering__provider__slug", flat=True))


def let_worker_die(generation_id: int) -> None:
    """A worker took the call, sent it, and was never heard of again."""
    assert take(generation_id, states=("reserved",))
    Generation.objects.update(lease_until=LONG_AGO)


# Free and paid --------------------------------------------------------------------------------------


def test_a_paid_call_is_paid_though_its_offering_is_free_meanwhile(fake):
    offering = create_offering(resend_safe=False)
    create_slot(challenge=create_challenge(), model=offering.model)
    (generation_id,) = plan_due()
    change_row(offering, resend_safe=True)
    run_generation(generation_id)
    assert Generation.objects.get().state == "stored"
    balance = held_and_settled()
    assert (balance.held, balance.settled) == (0, Decimal("0.04"))
    assert not list(check_ledger())


def test_a_paid_call_that_was_lost_waits_for_a_decision_though_its_offering_is_free_meanwhile():
    offering = create_offering(resend_safe=False)
    create_slot(challenge=create_challenge(), model=offering.model)
    let_worker_die(plan_due()[0])
    change_row(offering, resend_safe=True)
    sweep_expired()
    assert Generation.objects.get().state == "uncertain"
    Slot.objects.update(next_attempt_at=Now())
    assert plan_due() == []
    settle_uncertain(Generation.objects.get(), charged=True, send_again=False)
    assert (held_and_settled().held, held_and_settled().settled) == (0, Decimal("0.04"))


@pytest.mark.parametrize("charged", [True, False])
def test_a_free_call_ends_without_money_though_its_offering_is_paid_meanwhile(fake, charged):
    offering = create_offering(resend_safe=True, price="0.04")
    for number in range(2):
        create_slot(challenge=create_challenge(), model=offering.model, take=number)
    first, second = plan_due()
    change_row(offering, resend_safe=False)
    run_generation(first)
    assert Generation.objects.get(pk=first).state == "stored"
    let_worker_die(second)
    sweep_expired()
    lost = Generation.objects.get(pk=second)
    assert lost.state == "uncertain"  # sent again it would cost something
    assert settle_uncertain(lost, charged=charged, send_again=False) == Settled.GIVEN_UP
    assert held_and_settled().total == 0
    assert not list(check_ledger())


def test_what_a_caller_left_is_cancelled_though_its_offering_is_paid_meanwhile():
    offering = create_offering(resend_safe=True, price="0.04")
    plan_on_demand(model=offering.model, asked=ASKED, api_key=create_key())
    Generation.objects.update(hinted_at=Now() - timedelta(minutes=2))
    change_row(offering, resend_safe=False)
    sweep_expired()
    assert Generation.objects.get().state == "cancelled"


def test_a_row_that_cannot_be_swept_stops_no_other(monkeypatch, caplog):
    offering = create_offering(resend_safe=False)
    for number in range(2):
        create_slot(challenge=create_challenge(), model=offering.model, take=number)
    first, second = plan_due()
    for generation_id in (first, second):
        let_worker_die(generation_id)
    real = sweeping.end_badly

    def end_one(claim: Any, *args: Any, **how: Any) -> str:
        if claim.generation_id == first:
            raise KeyError("a bad row")
        return real(claim, *args, **how)

    monkeypatch.setattr(sweeping, "end_badly", end_one)
    sweep_expired()
    states = dict(Generation.objects.values_list("pk", "state"))
    assert states == {first: "submitting", second: "uncertain"}
    assert f"{first} could not be swept" in caplog.text


# Nobody waits behind those who cannot be asked -------------------------------------------------------


def test_slots_that_only_an_offering_switched_off_could_make_hide_nobody():
    model = create_model(disciplines=["text-to-image", "image-editing"])
    create_offering(model=model, provider_slug="p1")
    off = create_offering(model=model, provider_slug="p2", dialect="openai_images")
    type(off).objects.filter(model=model, provider__slug="p1").update(disciplines=["text-to-image"])
    type(off).objects.filter(pk=off.pk).update(disciplines=["image-editing"], enabled=False)
    edits = create_challenge(discipline="image-editing", prompts=tuple(f"p{n}" for n in range(501)))
    order(model, challenge=edits, count=501)
    other = create_offering(model=create_model(), provider_slug="p3").model
    create_slot(challenge=create_challenge(), model=other)
    assert planned_at(plan_due()) == ["p3"]


def test_a_batch_that_one_busy_provider_must_make_hides_nobody():
    model = create_model()
    create_offering(model=model, provider_slug="p1", priority=1)
    create_offering(model=model, provider_slug="p2", priority=2)
    Provider.objects.filter(slug="p1").update(max_in_flight=1)
    other = create_offering(model=create_model(), provider_slug="p3").model
    challenge = create_challenge(prompts=tuple(f"p{n}" for n in range(505)), allow_fallback=False)
    order(model, challenge=challenge, count=505)
    create_slot(challenge=create_challenge(), model=other)
    assert sorted(planned_at(plan_due())) == ["p1", "p3"]
    create_slot(challenge=create_challenge(), model=other, take=1)
    assert planned_at(plan_due(look_at=12)) == ["p3"]


def test_one_place_at_a_busy_provider_leaves_no_other_idle():
    busy = create_offering(model=create_model(), provider_slug="p1").model
    idle = create_offering(model=create_model(), provider_slug="p3").model
    Provider.objects.filter(slug="p1").update(max_in_flight=1)
    challenge = create_challenge(prompts=tuple(f"p{n}" for n in range(505)))
    order(busy, challenge=challenge, count=505)
    for number in range(3):
        create_slot(challenge=create_challenge(), model=idle, take=number)
    # After the end of one call it is enough to fill its place; the dispatcher fills the others.
    assert planned_at(plan_due(look_at=12)) == ["p1"]
    assert planned_at(plan_due()) == ["p3", "p3", "p3"]


# Locks ------------------------------------------------------------------------------------------------


def in_thread(do: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@contextmanager
def challenge_held(challenge: Challenge) -> Iterator[None]:
    """Somebody holds the challenge's row, as a large order or a delivery does."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_challenge(challenge)
            held.set()
            done.wait(20)

    thread = in_thread(hold)
    assert held.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_cap_is_changed_while_slots_that_wait_for_money_are_planned(settings, monkeypatch):
    offering = create_offering(resend_safe=False)
    settings.DAILY_SPENDING_CAP = Decimal("0.01")
    challenge = create_challenge()
    for number in range(3):
        create_slot(challenge=challenge, model=offering.model, take=number)
    assert plan_due() == []
    set_cap(dollars=Decimal("0.02"))  # wakes them
    real, planning, go_on = dispatch.read_outlook, threading.Event(), threading.Event()

    def read_slowly(*args: Any, **how: Any) -> Any:
        found = real(*args, **how)
        planning.set()
        go_on.wait(10)
        return found

    monkeypatch.setattr(dispatch, "read_outlook", read_slowly)
    planner = in_thread(plan_due)
    assert planning.wait(10)
    timer = threading.Timer(0.3, go_on.set)
    timer.start()
    set_cap(dollars=Decimal(5))  # a deadlock would raise here or there
    planner.join()
    timer.join()
    assert len(plan_due()) == 3


def test_whoever_holds_a_challenge_holds_up_no_planning_and_no_money(fake):
    offering, challenge = create_offering(resend_safe=False), create_challenge()
    for number in range(3):
        create_slot(challenge=challenge, model=offering.model, take=number)
    other = create_offering(resend_safe=False, provider_slug="elsewhere").model
    with challenge_held(challenge):
        planned = plan_due()
        assert len(planned) == 3
        plan_within_quota(model=other, asked=ASKED, api_key=create_key())
        for generation_id in planned:
            assert ask_provider(generation_id)
        assert held_and_settled(challenge=challenge).settled == Decimal("0.12")


# What was never sent ----------------------------------------------------------------------------------


def break_planning(monkeypatch: Any, *, of: ImageModel) -> None:
    real = dispatch.draft_call

    def draft(slot: Slot, **how: Any) -> Any:
        if slot.model_id == of.pk:
            raise KeyError("a bad row")
        return real(slot, **how)

    monkeypatch.setattr(dispatch, "draft_call", draft)


def test_what_could_not_be_planned_uses_up_no_limit_of_its_provider(monkeypatch):
    bad, good = create_offering().model, create_offering().model
    Provider.objects.update(max_per_minute=5, max_in_flight=50)
    challenge = create_challenge()
    for number in range(12):
        create_slot(challenge=challenge, model=bad, take=number)
    break_planning(monkeypatch, of=bad)
    for _ in range(2):
        Slot.objects.update(next_attempt_at=Now())
        assert plan_due() == []
    assert Generation.objects.filter(outcome="not_planned").count() == 24
    assert read_rooms().why_none(is_retry=True) == {}
    create_slot(challenge=challenge, model=good)
    assert len(plan_due()) == 1


def test_one_picture_that_cannot_be_planned_holds_up_none_of_its_order(monkeypatch):
    model = create_offering().model
    challenge = create_challenge(prompts=("a", "b", "c"))
    order(model, challenge=challenge, count=3)
    real, bad = dispatch.draft_call, Slot.objects.order_by("pk")[0].pk

    def draft(slot: Slot, **how: Any) -> Any:
        if slot.pk == bad:
            raise KeyError("a bad row")
        return real(slot, **how)

    monkeypatch.setattr(dispatch, "draft_call", draft)
    assert len(plan_due()) == 2
    assert Generation.objects.get(outcome="not_planned").slot_id == bad


def test_what_could_not_be_planned_counts_against_nobody(monkeypatch):
    model = create_model()
    create_offering(model=model, provider_slug="p1", priority=1)
    create_offering(model=model, provider_slug="p2", priority=2)
    create_slot(challenge=create_challenge(allow_fallback=True), model=model)
    with monkeypatch.context() as broken:
        break_planning(broken, of=model)
        for _ in range(2):
            Slot.objects.update(next_attempt_at=Now())
            plan_due()
    Slot.objects.update(next_attempt_at=Now())
    assert planned_at(plan_due()) == ["p1"]


def test_days_without_money_are_no_tries_of_planning(settings, monkeypatch):
    offering = create_offering(resend_safe=False)
    settings.DAILY_SPENDING_CAP = Decimal(0)
    slot = create_slot(challenge=create_challenge(), model=offering.model)
    for _ in range(5):
        plan_due()
        Slot.objects.update(next_attempt_at=LONG_AGO)
    settings.DAILY_SPENDING_CAP = Decimal(5)
    break_planning(monkeypatch, of=offering.model)
    for ended in (False, False, False, False, True):
        Slot.objects.update(next_attempt_at=LONG_AGO)
        plan_due()
        slot.refresh_from_db()
        assert (slot.finished_at is not None) == ended


def test_calls_without_money_bind_no_batch_to_their_provider():
    model = create_model()
    first = create_offering(model=model, provider_slug="p1", priority=1, resend_safe=False)
    create_offering(model=model, provider_slug="p2", priority=2, resend_safe=False)
    set_cap(provider=first.provider, dollars=Decimal(0))
    challenge = create_challenge(allow_fallback=False, prompts=("a", "b", "c"))
    order(model, challenge=challenge, count=3)
    assert plan_due() == []
    change_row(first, priority=9)
    Slot.objects.update(next_attempt_at=Now())
    assert planned_at(plan_due()) == ["p2"] * 3


# Addresses, and what callers are told -----------------------------------------------------------------


def test_an_address_that_cannot_be_called_is_refused_and_never_uncertain(fake):
    offering = create_offering(resend_safe=False)
    create_slot(challenge=create_challenge(), model=offering.model)
    (generation_id,) = plan_due()
    wrong = {"is_local": False, "base_url": "https://[images.example/v1", "key_variable": ""}
    with pytest.raises(ValidationError, match="none that can be called"):
        change_row(offering.provider, **wrong)
    Provider.objects.update(**wrong)
    run_generation(generation_id)
    ended = Generation.objects.get()
    assert (ended.state, ended.outcome, ended.cost) == ("failed", "wrong_setup", 0)
    create_slot(challenge=create_challenge(), model=offering.model)
    assert plan_due() == []


def test_callers_are_not_told_which_variable_holds_which_key(fake, settings, monkeypatch):
    settings.KEY_HOSTS = {"SECRET_KEY_NAME": ("images.example",)}
    monkeypatch.setenv("SECRET_KEY_NAME", "abc")
    offering = create_offering()
    Provider.objects.update(
        is_local=False, base_url="https://images.example/v1", key_variable="SECRET_KEY_NAME"
    )
    planned = plan_on_demand(model=offering.model, asked=ASKED, api_key=create_key())
    Provider.objects.update(base_url="https://internal-proxy.example/v1")
    with pytest.raises(NotMade) as failed:
        make_on_demand(generation=planned)
    assert "SECRET_KEY_NAME" in str(failed.value)
    told = str(name_error(failed.value).body)
    assert "not set up to use its provider" in told
    assert "SECRET_KEY_NAME" not in told
    assert "internal-proxy" not in told
