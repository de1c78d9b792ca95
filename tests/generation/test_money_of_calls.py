"""What calls do to the ledger, held against the bill of the provider behind the socket."""

from decimal import Decimal

import pytest
from django.db import OperationalError
from django.db.models import Sum

from arena.generation import calls, leases
from arena.generation.calls import run_generation
from arena.generation.cancelling import cancel_slots, pause_batch, resume_batch
from arena.generation.dispatch import plan_due
from arena.generation.models import Batch, Candidate, Generation, LedgerEntry, Slot
from arena.generation.moderation import settle_uncertain
from arena.generation.sweeping import sweep_expired
from tests.factories import create_challenge, create_model, create_offering, create_slot

from .test_calls import expire_leases

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = Decimal("0.04")


def order(*, takes: int = 1, **values) -> list[int]:
    offering = create_offering(resend_safe=False, **values)
    challenge = create_challenge()
    for take in range(takes):
        create_slot(challenge=challenge, model=offering.model, take=take)
    return plan_due()


def total(kind: str) -> Decimal:
    found = LedgerEntry.objects.filter(kind=kind).aggregate(sum=Sum("amount"))["sum"]
    return found or Decimal(0)


def sums() -> tuple[Decimal, Decimal]:
    """What is settled and what is held, in pictures of 4 cents."""
    settled = total("settle")
    return settled / PRICE, (total("reserve") - total("release")) / PRICE


def test_money_is_put_aside_before_the_call_and_settled_after_it(fake):
    (generation_id,) = order()
    assert sums() == (0, 1)
    run_generation(generation_id)
    assert sums() == (1, 0)
    assert fake.bill == 1
    assert Generation.objects.get().cost == PRICE


@pytest.mark.parametrize(
    ("fault", "settled", "held"),
    [
        ("policy", 0, 0),
        ("auth", 0, 0),
        ("server_503", 0, 0),
        ("empty_data", 0, 1),  # nor here: some charge for the thinking
        ("pixel", 1, 0),  # a picture came, though no acceptable one
        ("html_base64", 1, 0),
        ("reset_mid_body", 0, 1),  # nobody knows
    ],
)
def test_each_failure_leaves_the_ledger_at_least_at_the_bill(fake, fault, settled, held):
    fake.script([fault])
    (generation_id,) = order()
    run_generation(generation_id)
    assert sums() == (settled, held)
    assert settled + held >= fake.bill
    if not held:
        assert settled == fake.bill


@pytest.mark.parametrize("charged", [True, False])
def test_a_curators_decision_settles_what_was_uncertain(fake, charged):
    fake.script([{"fault": "reset_mid_body", "charged": charged}])
    (generation_id,) = order()
    run_generation(generation_id)
    uncertain = Generation.objects.get()
    assert settle_uncertain(uncertain, charged=charged, send_again=True)
    assert not settle_uncertain(uncertain, charged=not charged, send_again=True)
    assert sums() == (int(charged), 0)
    (again,) = plan_due()
    run_generation(again)
    assert sums() == (fake.bill, 0)


def test_an_uncertain_call_is_settled_at_the_sum_of_the_bill(fake):
    fake.script(["reset_mid_body"])
    (generation_id,) = order()
    run_generation(generation_id)
    uncertain = Generation.objects.get(pk=generation_id)
    for wrong in ("-0.01", "0.0000001", "NaN"):
        with pytest.raises(ValueError, match="no sum of dollars"):
            settle_uncertain(uncertain, charged=True, send_again=False, amount=Decimal(wrong))
    assert Generation.objects.get().state == "uncertain"
    assert settle_uncertain(uncertain, charged=True, send_again=False, amount=PRICE / 2)
    assert sums() == (Decimal("0.5"), 0)


def test_a_picture_that_comes_after_its_worker_was_given_up_is_brought_in(fake, monkeypatch):
    """The sweeper calls it uncertain while the answer is on its way; then the answer comes."""
    (generation_id,) = order()
    keep = calls.keep_original

    def keep_after_takeover(*args, **values):
        expire_leases()
        assert sweep_expired().ended == 1
        assert Generation.objects.get().state == "uncertain"
        return keep(*args, **values)

    monkeypatch.setattr(calls, "keep_original", keep_after_takeover)
    run_generation(generation_id)
    assert Generation.objects.get().state == "stored"
    assert sums() == (1, 0)
    assert Candidate.objects.count() == fake.bill == 1


@pytest.mark.parametrize("committed", [False, True])
def test_a_paid_answer_waits_for_postgresql(fake, monkeypatch, committed):
    """It goes away when the answer is written down, before the commit or after it."""
    write_down, tries = calls._write_down, []

    def write_down_in_trouble(*args, **values):
        tries.append(args)
        if len(tries) == 1:
            if committed:
                write_down(*args, **values)
            raise OperationalError("the server closed the connection unexpectedly")
        write_down(*args, **values)

    monkeypatch.setattr(calls, "_write_down", write_down_in_trouble)
    monkeypatch.setattr(leases, "TRY_AGAIN", 0.01)
    (generation_id,) = order()
    run_generation(generation_id)
    assert (Generation.objects.get().state, len(tries)) == ("stored", 2)
    assert sums() == (fake.bill, 0) == (1, 0)


def test_a_picture_that_cannot_be_written_is_paid_and_says_why(fake, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(calls, "keep_original", full)
    (generation_id,) = order()
    run_generation(generation_id)
    generation = Generation.objects.get()
    assert (generation.state, generation.outcome) == ("failed", "not_kept")
    assert "No space left on device" in generation.message
    assert sums() == (fake.bill, 0) == (1, 0)


def test_what_no_worker_has_taken_is_cancelled_and_its_money_given_back(fake):
    (generation_id,) = order()
    assert cancel_slots([Slot.objects.get().pk]) == 1
    assert Generation.objects.get().state == "cancelled"
    assert sums() == (0, 0)
    run_generation(generation_id)
    assert fake.posts == []
    assert plan_due() == []


def test_a_call_under_way_ends_by_itself_after_cancelling(fake):
    (generation_id,) = order()
    fake.script(["server_503"])
    Slot.objects.update(cancelled_at="2026-11-28T00:00Z")
    run_generation(generation_id)
    assert Slot.objects.get().finished_at is not None
    assert plan_due() == []


def test_a_paused_batch_asks_for_nothing_until_it_goes_on():
    offering = create_offering(model=create_model())
    slot = create_slot(challenge=create_challenge(), model=offering.model)
    pause_batch(Batch.objects.get(pk=slot.batch_id))
    assert plan_due() == []
    resume_batch(Batch.objects.get(pk=slot.batch_id))
    assert len(plan_due()) == 1


def test_without_a_price_nothing_paid_is_asked_for(fake):
    create_offering(resend_safe=False).price_rules.all().delete()
    slot = create_slot(challenge=create_challenge(), model=create_model(name="Unpriced"))
    offering = create_offering(model=slot.model, resend_safe=False)
    offering.price_rules.all().delete()
    assert plan_due() == []
    refused = Generation.objects.get()
    assert (refused.state, LedgerEntry.objects.count()) == ("over-budget", 0)
    assert "add a price rule" in refused.message
    assert plan_due() == []  # it waits for the next day, and leaves one row a day
    assert Generation.objects.count() == 1


def test_free_offerings_leave_no_entries(fake):
    slot = create_slot(challenge=create_challenge(), model=create_model())
    create_offering(model=slot.model)
    (generation_id,) = plan_due()
    run_generation(generation_id)
    assert Candidate.objects.count() == 1
    assert not LedgerEntry.objects.exists()
