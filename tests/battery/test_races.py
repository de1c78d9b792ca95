"""Two at once: workers at one row, dispatchers, cancelling and claiming, a decision and a late answer."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now

from arena.generation import calls, dispatch
from arena.generation.calls import run_generation
from arena.generation.cancelling import cancel_slots
from arena.generation.dispatch import plan_due
from arena.generation.leases import take
from arena.generation.models import Candidate, Generation, LedgerEntry, Slot
from arena.generation.moderation import settle_uncertain
from arena.generation.sweeping import sweep_expired
from tests.factories import create_challenge, create_offering, create_slot
from tests.fake_providers import FakeProviders

from .jobs import PRICE, money_of

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 6


@pytest.fixture
def fake(settings: Any) -> Any:
    with FakeProviders() as server:
        settings.STUDIOS_URL = server.origin
        yield server


def at_once(*does: Callable[[], Any]) -> list[Any]:
    """Let these begin at the same moment, each in a thread of its own; give what they return."""
    gate = threading.Barrier(len(does), timeout=30)

    def run(do: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(does)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, do) for do in does]]


def order(number: int = 1) -> list[Slot]:
    offering = create_offering(resend_safe=False)
    offering.provider.max_in_flight = 100
    offering.provider.save()
    challenge = create_challenge(canvas_width=128, canvas_height=128)
    return [
        create_slot(challenge=challenge, model=offering.model, take=take) for take in range(number)
    ]


def give_up() -> None:
    """What the sweeper does once a worker has not renewed its lease; ours renews now and then, so insist."""
    for _ in range(20):
        Generation.objects.filter(lease_until__isnull=False).update(
            lease_until=Now() - timedelta(seconds=1)
        )
        sweep_expired()
        if not Generation.objects.filter(lease_until__isnull=False).exists():
            return


def test_of_many_claims_of_one_row_one_succeeds(fake: FakeProviders) -> None:
    order(TIMES)
    for generation_id in plan_due():

        def claim(generation_id: int = generation_id) -> Any:
            return take(generation_id, states=("reserved", "submitted"))

        claims = [claimed for claimed in at_once(*[claim] * 6) if claimed]
        assert [claimed.fence for claimed in claims] == [1]


def test_two_workers_at_one_row_buy_one_picture(fake: FakeProviders) -> None:
    order(TIMES)
    for generation_id in plan_due():

        def work(generation_id: int = generation_id) -> None:
            run_generation(generation_id)

        at_once(*[work] * 3)
    assert Counter(post.fields["seed"] for post in fake.posts) == dict.fromkeys(range(TIMES), 1)
    assert Candidate.objects.count() == fake.bill == TIMES
    assert money_of() == (TIMES * PRICE, 0)


def test_dispatchers_at_once_plan_each_slot_once(fake: FakeProviders) -> None:
    order(20)
    planned: Sequence[list[int]] = at_once(*[plan_due] * 6)
    assert sorted(pk for ids in planned for pk in ids) == sorted(
        Generation.objects.values_list("pk", flat=True)
    )
    per_slot = Generation.objects.values("slot").annotate(n=Count("pk"))
    assert [row["n"] for row in per_slot] == [1] * 20
    assert LedgerEntry.objects.count() == 20


def test_cancelling_meets_a_claim_and_one_of_them_wins(fake: FakeProviders) -> None:
    slots = order(TIMES)
    ends = Counter()
    for generation_id, slot in zip(plan_due(), slots, strict=True):

        def work(generation_id: int = generation_id) -> None:
            run_generation(generation_id)

        def cancel(slot: Slot = slot) -> None:
            cancel_slots([slot.pk])

        at_once(work, cancel)
        call = Generation.objects.get(pk=generation_id)
        posts = [post for post in fake.posts if post.fields["seed"] == slot.take]
        settled, held = money_of(generation=call)
        assert (settled, held) == (PRICE * len(posts), 0)
        assert (call.state, len(posts)) in (("cancelled", 0), ("stored", 1))
        assert Slot.objects.get(pk=slot.pk).finished_at is not None
        ends[call.state] += 1
    assert fake.bill == ends["stored"]


def test_an_overtaken_worker_writes_nothing_where_another_goes_on(
    fake: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease of a queued job's worker runs out, another takes it over, then the first one wakes."""
    offering = create_offering(resend_safe=False, dialect="fal_queue")
    offering.remote_id = "lab/model"
    offering.save()
    create_slot(challenge=create_challenge(), model=offering.model)
    (generation_id,) = plan_due()
    monkeypatch.setattr(calls, "POLL_SLOWEST", 0.02)
    keep, told = calls.keep_answer, []

    def keep_late(claim: Any, *answer: Any) -> bool:
        if not told:
            told.append(claim)
            give_up()
            run_generation(generation_id)
            assert Generation.objects.get().state == "stored"
        return keep(claim, *answer)

    monkeypatch.setattr(calls, "keep_answer", keep_late)
    before = Candidate.objects.count()
    run_generation(generation_id)
    assert (before, Candidate.objects.count(), fake.bill) == (0, 1, 1)
    assert Generation.objects.get().state == "stored"
    assert money_of() == (PRICE, 0)
    assert LedgerEntry.objects.count() == 3


def test_what_is_cancelled_while_it_is_planned_is_not_bought(
    fake: FakeProviders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planner has read the slot; whoever cancels it then waits, and gives the money back."""
    (slot,) = order()
    plan = dispatch._plan_if_possible
    with ThreadPoolExecutor(1) as pool:
        asked: list[Future[int]] = []

        def cancel() -> int:
            try:
                return cancel_slots([slot.pk])
            finally:
                connection.close()

        def plan_late(*told: Any) -> Any:
            asked.append(pool.submit(cancel))
            with pytest.raises(TimeoutError):
                asked[0].result(timeout=0.5)
            return plan(*told)

        monkeypatch.setattr(dispatch, "_plan_if_possible", plan_late)
        (generation_id,) = plan_due()
        assert asked[0].result(timeout=30) == 1
    run_generation(generation_id)
    assert (Generation.objects.get().state, fake.bill, money_of()) == ("cancelled", 0, (0, 0))
    slot.refresh_from_db()
    assert slot.finished_at is not None


@pytest.mark.parametrize("charged", [True, False])
def test_a_decision_meets_a_late_answer(
    fake: FakeProviders,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    charged: bool,
) -> None:
    """Either the picture is brought in and there is nothing to decide, or the decision stands and it is told."""
    order(TIMES)
    keep = calls.keep_answer
    decided = []

    def keep_while_deciding(claim: Any, *answer: Any) -> bool:
        give_up()
        call = Generation.objects.get(pk=claim.generation_id)
        assert call.state == "uncertain"
        kept, won = at_once(
            lambda: keep_or_lose(claim, *answer),
            lambda: bool(settle_uncertain(call, charged=charged, send_again=False)),
        )
        decided.append(won)
        assert kept is not won
        return kept

    def keep_or_lose(claim: Any, *answer: Any) -> bool:
        try:
            return keep(claim, *answer)
        except calls.LeaseLost:
            return False

    monkeypatch.setattr(calls, "keep_answer", keep_while_deciding)
    for generation_id in plan_due():
        run_generation(generation_id)
    ends = Counter(Generation.objects.values_list("state", flat=True))
    assert ends == Counter(failed=sum(decided), stored=TIMES - sum(decided))
    assert Candidate.objects.count() == ends["stored"]
    settled, held = money_of()
    assert held == 0
    assert settled == PRICE * (ends["stored"] + charged * ends["failed"])
    for call in Generation.objects.filter(state="failed"):
        assert "came after" in call.message, "the late picture is told of"
