"""The ledger: put aside, paid or given back, each once, and never changed."""

import logging
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from arena.generation import ledger
from arena.generation.ledger import (
    Balance,
    LedgerError,
    held_and_settled,
    release,
    reserve,
    reserved_amount,
    settle,
    utc_day,
)
from arena.generation.models import Generation, LedgerEntry
from tests.factories import create_challenge, create_offering
from tests.generation.money import create_key, dollars, paid_offering, plan_call

pytestmark = pytest.mark.django_db


def kinds(generation: Generation) -> list[tuple[str, Decimal]]:
    return list(LedgerEntry.objects.filter(generation=generation).values_list("kind", "amount"))


def test_a_settled_call_is_paid_and_its_reserve_given_back():
    generation = plan_call()
    assert reserve(generation=generation, amount=dollars("0.095"))
    assert held_and_settled() == Balance(dollars("0.095"), Decimal(0), Decimal(0))
    assert held_and_settled().held == held_and_settled().total == dollars("0.095")
    assert reserved_amount(generation=generation) == dollars("0.095")
    assert settle(generation=generation, amount=dollars("0.08"), note="by usage")
    assert kinds(generation) == [
        ("reserve", dollars("0.095")),
        ("settle", dollars("0.08")),
        ("release", dollars("0.095")),
    ]
    balance = held_and_settled()
    assert (balance.held, balance.settled, balance.total) == (0, dollars("0.08"), dollars("0.08"))
    generation.refresh_from_db()
    assert generation.cost == dollars("0.08")


def test_a_released_call_costs_nothing():
    generation = plan_call()
    reserve(generation=generation, amount=dollars("0.1"))
    assert release(generation=generation, note="refused")
    assert held_and_settled().total == 0
    generation.refresh_from_db()
    assert generation.cost == 0


def test_an_entry_says_what_the_call_was_for():
    challenge, key = create_challenge(), create_key()
    for_challenge, for_key = plan_call(challenge=challenge), plan_call(api_key=key)
    for generation in (for_challenge, for_key):
        reserve(generation=generation, amount=dollars("0.1"))
        settle(generation=generation, amount=dollars("0.04"))
    for entry in LedgerEntry.objects.filter(generation=for_challenge):
        assert (entry.challenge, entry.api_key) == (challenge, None)
        assert entry.provider == for_challenge.offering.provider
        assert entry.day == timezone.now().date()
    for entry in LedgerEntry.objects.filter(generation=for_key):
        assert (entry.challenge, entry.api_key) == (None, key)


def test_each_booking_happens_once_and_a_second_one_changes_nothing():
    generation = plan_call()
    with pytest.raises(LedgerError, match="no money was put aside"):
        settle(generation=generation, amount=dollars("0.1"))
    with pytest.raises(LedgerError, match="no money was put aside"):
        release(generation=generation)
    reserve(generation=generation, amount=dollars("0.1"))
    with pytest.raises(LedgerError, match="already"):
        reserve(generation=generation, amount=dollars("0.1"))
    settle(generation=generation, amount=dollars("0.05"))
    with pytest.raises(LedgerError, match="settled already"):
        settle(generation=generation, amount=dollars("0.05"))
    with pytest.raises(LedgerError, match="settled already"):
        release(generation=generation)
    assert len(kinds(generation)) == 3
    released = plan_call()
    reserve(generation=released, amount=dollars("0.1"))
    release(generation=released)
    with pytest.raises(LedgerError, match="given back already"):
        settle(generation=released, amount=dollars("0.05"))
    with pytest.raises(LedgerError, match="given back already"):
        release(generation=released)
    assert len(kinds(released)) == 2


def test_a_free_offering_leaves_no_entries():
    generation = plan_call(offering=create_offering(resend_safe=True))
    assert not reserve(generation=generation, amount=dollars("0.04"))
    assert not settle(generation=generation, amount=dollars("0.04"))
    assert not release(generation=generation)
    assert not LedgerEntry.objects.exists()
    generation.refresh_from_db()
    assert generation.cost is None


def test_an_offering_that_becomes_free_meanwhile_is_still_settled():
    generation = plan_call()
    reserve(generation=generation, amount=dollars("0.1"))
    generation.offering.resend_safe = True
    generation.offering.save()
    assert settle(generation=generation, amount=dollars("0.1"))
    assert held_and_settled().held == 0


@pytest.mark.parametrize("amount", ["-0.01", "0.0000001", "NaN", "Infinity"])
def test_sums_that_the_ledger_cannot_hold_are_refused(amount):
    generation = plan_call()
    with pytest.raises(ValueError, match="no sum of dollars"):
        reserve(generation=generation, amount=Decimal(amount))
    reserve(generation=generation, amount=dollars("1"))
    with pytest.raises(ValueError, match="no sum of dollars"):
        settle(generation=generation, amount=Decimal(amount))
    assert held_and_settled().total == 1


def test_more_than_was_put_aside_is_booked_and_told_loudly(caplog):
    offering = paid_offering()
    generation = plan_call(offering=offering)
    reserve(generation=generation, amount=dollars("0.067"))
    with caplog.at_level(logging.ERROR):
        settle(generation=generation, amount=dollars("0.0672"))
    assert held_and_settled().total == dollars("0.0672")
    assert "came to $0.0672, but the price list allows at most $0.067" in caplog.text
    offering.refresh_from_db()
    assert offering.least_reserve == dollars("0.0672")
    cheaper = plan_call(offering=offering)
    reserve(generation=cheaper, amount=dollars("0.01"))
    settle(generation=cheaper, amount=dollars("0.02"))
    offering.refresh_from_db()
    assert offering.least_reserve == dollars("0.0672"), "it only ever grows by itself"


def test_sums_are_of_the_part_that_is_asked_for():
    challenge, key = create_challenge(), create_key()
    other = paid_offering(provider_slug="other")
    calls = [
        plan_call(challenge=challenge),
        plan_call(challenge=challenge, offering=other),
        plan_call(api_key=key),
    ]
    for number, generation in enumerate(calls, start=1):
        reserve(generation=generation, amount=Decimal(number))
    assert held_and_settled().total == 6
    assert held_and_settled(challenge=challenge).total == 3
    assert held_and_settled(challenge=challenge, provider=other.provider).total == 2
    assert held_and_settled(api_key=key).total == 3
    assert held_and_settled(day=utc_day()).total == 6
    assert held_and_settled(day=utc_day() - timedelta(days=1)).total == 0


def test_settling_counts_against_the_day_of_the_reserve(monkeypatch):
    generation = plan_call()
    yesterday = utc_day() - timedelta(days=1)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "utc_day", lambda: yesterday)
        reserve(generation=generation, amount=dollars("1"))
    settle(generation=generation, amount=dollars("0.4"))
    assert set(LedgerEntry.objects.values_list("day", flat=True)) == {yesterday}
    assert held_and_settled(day=yesterday).total == dollars("0.4")


@pytest.mark.parametrize("change", ["update", "save", "delete", "raw"])
def test_postgresql_refuses_to_change_the_ledger(change):
    generation = plan_call()
    reserve(generation=generation, amount=dollars("1"))
    entry = LedgerEntry.objects.get()
    entry.amount = Decimal(0)
    with (
        pytest.raises(IntegrityError, match="appended to and never changed"),
        transaction.atomic(),
    ):
        if change == "update":
            LedgerEntry.objects.update(amount=0)
        elif change == "save":
            entry.save()
        elif change == "delete":
            entry.delete()
        else:
            with connection.cursor() as cursor:
                cursor.execute("delete from generation_ledgerentry")
    assert held_and_settled().total == 1


@pytest.mark.django_db(transaction=True)
def test_bookings_need_a_transaction():
    generation = plan_call()
    for book in (
        lambda: reserve(generation=generation, amount=dollars("1")),
        lambda: settle(generation=generation, amount=dollars("1")),
        lambda: release(generation=generation),
    ):
        with pytest.raises(transaction.TransactionManagementError):
            book()
    assert not LedgerEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_that_settle_at_once_one_does():
    generation = plan_call()
    with transaction.atomic():
        reserve(generation=generation, amount=dollars("1"))
    start, ends = threading.Barrier(8), []

    def book(number: int) -> None:
        start.wait(timeout=10)
        try:
            with transaction.atomic():
                if number % 2:
                    settle(generation=generation, amount=dollars("0.5"))
                else:
                    release(generation=generation)
            ends.append("booked")
        except LedgerError:
            ends.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=book, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(ends) == ["booked"] + ["refused"] * 7
    assert held_and_settled().held == 0


@pytest.mark.django_db(transaction=True)
def test_emptying_a_whole_database_is_still_possible():
    with transaction.atomic():
        reserve(generation=plan_call(), amount=dollars("1"))
    call_command("flush", interactive=False, verbosity=0)
    assert not LedgerEntry.objects.exists()
