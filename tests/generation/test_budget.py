"""Caps: no sum of what is settled and held ever exceeds one."""

import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.utils import timezone

from arena import settings as settings_module
from arena.generation import ledger
from arena.generation.budget import (
    OverBudget,
    remove_cap,
    reserve_within_caps,
    room_left,
    set_cap,
)
from arena.generation.ledger import held_and_settled, release, settle
from arena.generation.models import Generation, LedgerEntry, Slot, SpendingCap
from tests.factories import create_challenge, create_offering
from tests.generation.money import create_key, dollars, paid_offering, plan_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site_cap(settings):
    settings.DAILY_SPENDING_CAP = dollars("1")


def ask(amount: str, **values) -> Generation:
    generation = plan_call(**values)
    reserve_within_caps(generation=generation, amount=dollars(amount))
    return generation


def test_the_sites_daily_cap_holds_to_the_last_millionth():
    ask("0.4")
    ask("0.6")
    with pytest.raises(OverBudget) as told:
        ask("0.000001")
    assert told.value.sentence == (
        "It may cost $0.000001, but the spending cap leaves $0.00 of $1.00 today (the whole site)."
    )
    assert told.value.cap.left == 0
    assert told.value.until == datetime.combine(
        timezone.now().date() + timedelta(days=1), datetime.min.time(), tzinfo=UTC
    )
    assert held_and_settled().total == 1
    assert LedgerEntry.objects.count() == 2, "a refusal writes nothing"


def test_what_is_given_back_or_cheaper_makes_room():
    first, second = ask("0.5"), ask("0.5")
    release(generation=first)
    settle(generation=second, amount=dollars("0.1"))
    ask("0.9")
    with pytest.raises(OverBudget):
        ask("0.01")


def test_a_refusal_leaves_the_transaction_usable():
    with transaction.atomic():
        with pytest.raises(OverBudget):
            ask("2")
        Generation.objects.update(state=Generation.State.OVER_BUDGET)
    assert Generation.objects.get().state == "over-budget"


@pytest.mark.parametrize("scope", ["provider", "challenge", "api-key"])
def test_each_cap_holds_for_what_it_names_and_for_nothing_else(scope):
    challenge, offering = create_challenge(), paid_offering()
    key = create_key(dollars_per_day=dollars("0.3"))
    if scope == "provider":
        set_cap(provider=offering.provider, dollars=dollars("0.3"))
        inside = {"offering": offering}
    elif scope == "challenge":
        set_cap(challenge=challenge, dollars=dollars("0.3"))
        inside = {"challenge": challenge}
    else:
        inside = {"api_key": key}
    ask("0.2", **inside)
    with pytest.raises(OverBudget) as told:
        ask("0.11", **inside)
    assert told.value.cap.scope == scope
    assert told.value.cap.left == dollars("0.1")
    assert (told.value.until is None) == (scope == "challenge")
    ask("0.11", offering=paid_offering(provider_slug="another"))
    ask("0.1", **inside)


def test_a_cap_of_a_day_counts_that_day_and_a_challenges_cap_every_day(monkeypatch):
    challenge = create_challenge()
    set_cap(challenge=challenge, dollars=dollars("1.5"))
    yesterday = ledger.utc_day() - timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "utc_day", lambda: yesterday)
        ask("1", challenge=challenge)
    ask("0.5", challenge=challenge)
    with pytest.raises(OverBudget) as told:
        ask("0.1", challenge=challenge)
    assert told.value.cap.scope == "challenge"
    ask("0.5")


def test_a_cap_set_for_the_day_wins_over_the_setting_and_falls_back_to_it():
    cap = set_cap(dollars=dollars("0.1"))
    assert set_cap(dollars=dollars("0.2")) == cap
    with pytest.raises(OverBudget):
        ask("0.3")
    remove_cap(cap)
    ask("0.3")
    set_cap(dollars=Decimal(0))
    with pytest.raises(OverBudget):
        ask("0.01")


def test_a_free_offering_needs_no_room():
    set_cap(dollars=Decimal(0))
    ask("0.04", offering=create_offering(resend_safe=True))
    assert not LedgerEntry.objects.exists()


def test_after_an_overrun_at_least_that_much_is_put_aside():
    offering = paid_offering()
    settle(generation=ask("0.067", offering=offering), amount=dollars("0.5"))
    ask("0.067", offering=offering)
    assert held_and_settled().held == dollars("0.5")
    with pytest.raises(OverBudget, match=r"It may cost \$0.5,"):
        ask("0.067", offering=offering)


def test_room_left_names_every_cap_that_holds():
    challenge, offering = create_challenge(), paid_offering()
    key = create_key(dollars_per_day=dollars("3"))
    set_cap(provider=offering.provider, dollars=dollars("0.75"))
    set_cap(challenge=challenge, dollars=dollars("12"))
    ask("0.25", challenge=challenge, offering=offering)
    rooms = room_left(provider=offering.provider, challenge=challenge, api_key=key)
    assert [room.sentence for room in rooms] == [
        "$0.75 of $1.00 today (the whole site)",
        "$0.50 of $0.75 today (Local)",
        f"$11.75 of $12.00 (“{challenge.title}”)",
        f"$3.00 of $3.00 today (the key {key})",
    ]
    assert [room.scope for room in room_left()] == ["day"]


def test_a_changed_cap_wakes_the_slots_that_wait_for_money_and_no_others():
    later = timezone.now() + timedelta(hours=5)
    waiting = plan_call(state=Generation.State.OVER_BUDGET)
    failed = plan_call(state=Generation.State.FAILED)
    tried = plan_call(state=Generation.State.OVER_BUDGET)
    Generation.objects.create(
        slot=tried.slot, offering=tried.offering, attempt=2, state=Generation.State.FAILED
    )
    given_up = plan_call(state=Generation.State.OVER_BUDGET)
    Slot.objects.update(next_attempt_at=later)
    Slot.objects.filter(pk=given_up.slot_id).update(finished_at=timezone.now())
    cap = set_cap(dollars=dollars("5"))
    due = Slot.objects.exclude(next_attempt_at=later)
    assert list(due) == [waiting.slot]
    Slot.objects.update(next_attempt_at=later)
    remove_cap(cap)
    assert list(due.all()) == [waiting.slot]
    assert failed.slot not in due


def test_a_cap_is_for_one_thing():
    offering, challenge = paid_offering(), create_challenge()
    with pytest.raises(ValueError, match="not for both"):
        set_cap(provider=offering.provider, challenge=challenge, dollars=dollars("1"))
    assert not SpendingCap.objects.exists()


@pytest.mark.parametrize("value", ["-1", "much", "NaN", "0.0000001"])
def test_the_setting_must_be_a_sum_of_dollars(monkeypatch, value):
    monkeypatch.setenv("DAILY_SPENDING_CAP", value)
    with pytest.raises(ImproperlyConfigured, match="DAILY_SPENDING_CAP must be a sum of dollars"):
        settings_module.dollars("DAILY_SPENDING_CAP", "25")


@pytest.mark.django_db(transaction=True)
def test_sixteen_that_race_for_the_last_cent_never_exceed_a_cap(settings):
    """Each of 16 threads asks three times for 0.07 of 0.99: 14 calls fit, not one more."""
    settings.DAILY_SPENDING_CAP = dollars("25")
    offering, challenge = paid_offering(), create_challenge()
    set_cap(provider=offering.provider, dollars=dollars("0.99"))
    calls = [
        [plan_call(offering=offering, challenge=challenge) for _ in range(3)] for _ in range(16)
    ]
    last = plan_call(offering=offering, challenge=challenge)
    start, refused, got = threading.Barrier(16), [], []

    def race(mine: list[Generation]) -> None:
        start.wait(timeout=20)
        try:
            for generation in mine:
                try:
                    with transaction.atomic():
                        reserve_within_caps(generation=generation, amount=dollars("0.07"))
                    got.append(generation.pk)
                except OverBudget as error:
                    refused.append(error.cap.scope)
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=(mine,)) for mine in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert (len(got), len(refused)) == (14, 34)
    assert set(refused) == {"provider"}
    assert held_and_settled().total == dollars("0.98")
    with transaction.atomic():
        reserve_within_caps(generation=last, amount=dollars("0.01"))
    assert held_and_settled().total == dollars("0.99"), "somebody gets the last cent"
