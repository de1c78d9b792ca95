"""Queued jobs are followed by any worker, through anything, and bought once."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from arena.generation import calls
from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.models import Candidate, Generation, LedgerEntry, Slot
from arena.generation.sweeping import sweep_expired
from tests.factories import create_challenge, create_offering, create_slot

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """As if the worker had been killed."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(calls, "POLL_EVERY", 0.02)
    monkeypatch.setattr(calls, "POLL_SLOWEST", 0.02)


@pytest.fixture(params=["fal_queue", "replicate"])
def planned(request) -> int:
    offering = create_offering(dialect=request.param, resend_safe=False)
    offering.remote_id = "lab/model"
    offering.save()
    create_slot(challenge=create_challenge(), model=offering.model)
    (generation_id,) = plan_due()
    return generation_id


def purchases(fake) -> int:
    """Jobs that were bought, not questions about them."""
    return len([post for post in fake.posts if not post.path.endswith("/cancel")])


def test_a_queued_picture_is_followed_until_it_is_there(fake, planned):
    fake.polls_before_done = 3
    run_generation(planned)
    generation = Generation.objects.get()
    assert (generation.state, generation.outcome) == ("stored", "ok")
    assert generation.remote_id in fake.jobs
    assert generation.total_ms >= generation.ttfb_ms
    assert purchases(fake) == fake.bill == 1


@pytest.mark.parametrize("point", ["remote-id", "submitted", "answered", "original", "collecting"])
def test_a_worker_that_dies_leaves_a_job_that_another_follows(fake, planned, monkeypatch, point):
    fake.polls_before_done = 1

    def die(reached: str) -> None:
        if reached == point:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(calls, "reach", die)
        with pytest.raises(Killed):
            run_generation(planned)
    Generation.objects.filter(lease_until__isnull=False).update(
        lease_until=Now() - timedelta(seconds=1)
    )
    Generation.objects.update(hinted_at=Now() - timedelta(minutes=5))
    swept = sweep_expired()
    if point == "remote-id":  # the one moment at which the job's number is nowhere but in memory
        assert Generation.objects.get().state == "uncertain"
        assert plan_due() == []
        return
    assert (swept.make or swept.collect) == [planned]
    run_generation(planned)
    calls.collect_picture(planned)
    assert Generation.objects.get().state == "stored"
    assert Candidate.objects.count() == purchases(fake) == fake.bill == 1


def test_a_job_whose_number_comes_after_its_worker_was_given_up_is_followed(
    fake, planned, monkeypatch
):
    """The sweeper calls it uncertain while the queue's receipt is on its way; then the receipt comes."""

    def be_overtaken(point: str) -> None:
        if point == "remote-id":
            Generation.objects.update(lease_until=Now() - timedelta(seconds=1))
            sweep_expired()
            assert Generation.objects.get().state == "uncertain"

    with monkeypatch.context() as patch:
        patch.setattr(calls, "reach", be_overtaken)
        run_generation(planned)
    late = Generation.objects.get()
    assert (late.state, late.lease_until, late.outcome) == ("submitted", None, "")
    assert late.remote_id in fake.jobs
    assert sweep_expired().make == [planned]
    run_generation(planned)
    assert Generation.objects.get().state == "stored"
    assert Candidate.objects.count() == purchases(fake) == fake.bill == 1


def test_questions_that_fail_are_asked_again(fake, planned):
    fake.polls_before_done = 2
    fake.script(
        [{"fault": "status", "status": 503, "at": "status"}, {"fault": "reset", "at": "status"}]
    )
    run_generation(planned)
    assert Generation.objects.get().state == "stored"
    assert purchases(fake) == 1


def test_a_job_that_never_ends_is_given_up_and_its_money_held_unless_it_was_called_off(
    fake, planned, monkeypatch
):
    monkeypatch.setattr(calls, "QUEUE_DEADLINE", 0.2)
    fake.script([{"fault": "ok", "never": True}])
    fake.polls_before_done = 99
    run_generation(planned)
    generation = Generation.objects.get()
    kinds = set(LedgerEntry.objects.values_list("kind", flat=True))
    if generation.state == "uncertain":
        assert kinds == {"reserve"}
    else:
        assert (generation.state, kinds) == ("timed-out", {"reserve", "release"})
        assert fake.bill == 0
    assert plan_due() == [] or generation.state == "timed-out"


def test_a_cancelled_picture_is_cancelled_at_the_provider(fake, planned):
    fake.polls_before_done = 99
    Slot.objects.update(cancelled_at=Now())
    run_generation(planned)
    generation = Generation.objects.get()
    assert generation.state == "cancelled"
    assert fake.bill == 0
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == {"reserve", "release"}
    assert Slot.objects.get().finished_at is not None
