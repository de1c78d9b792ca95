"""The life of one call against a provider behind a real socket."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from arena.catalog.models import Offering, PriceRule
from arena.generation import calls, collecting
from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.endings import cost_of, load_call
from arena.generation.models import Breaker, Candidate, Generation, PublicPicture, Slot
from arena.generation.moderation import settle_uncertain
from arena.generation.retries import MAX_ATTEMPTS
from arena.generation.storing import load_original, picture_path
from arena.generation.sweeping import HINT_AGAIN, Swept, sweep_expired
from arena.pictures.workshop import WorkshopError
from arena.providers.types import Usage
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db(transaction=True)


def plan(*, resend_safe: bool = True, slots: int = 1) -> list[int]:
    model = create_model()
    create_offering(model=model, resend_safe=resend_safe)
    challenge = create_challenge()
    for take in range(slots):
        create_slot(challenge=challenge, model=model, take=take)
    return plan_due()


def make(**values: bool) -> Generation:
    (generation_id,) = plan(**values)
    run_generation(generation_id)
    return Generation.objects.get(pk=generation_id)


def let_retry() -> list[int]:
    """Let the wait before the next attempt, and that of a breaker, pass, and plan it."""
    Slot.objects.update(next_attempt_at=Now())
    Breaker.objects.update(open_until=Now())
    return plan_due()


def expire_leases() -> None:
    Generation.objects.filter(lease_until__isnull=False).update(
        lease_until=Now() - timedelta(seconds=1)
    )


def test_a_picture_is_stored_with_its_original_and_derivatives(fake, settings):
    generation = make()
    assert (generation.state, generation.outcome) == ("stored", "ok")
    assert generation.ttfb_ms is not None
    assert generation.ttfb_ms <= generation.total_ms
    candidate = Candidate.objects.get()
    original = load_original(candidate.original)
    assert hashlib.sha256(original).hexdigest() == candidate.original_sha256
    assert original.startswith(b"\x89PNG")
    pictures = PublicPicture.objects.filter(candidate=candidate)
    assert {p.kind for p in pictures} == {"avif_1024", "avif_768", "jpeg_1024", "thumb"}
    for picture in pictures:
        assert picture_path(f"{picture.name}.{picture.extension}").stat().st_size > 0
        assert len(picture.name) >= 22
    assert Slot.objects.get().finished_at is not None
    assert fake.bill == 1


def test_the_take_is_the_seed_and_the_canvas_is_the_size(fake):
    for generation_id in plan(slots=2):
        run_generation(generation_id)
    asked = [post.fields for post in fake.posts]
    assert [fields["seed"] for fields in asked] == [0, 1]
    assert {fields["size"] for fields in asked} == {"256x256"}


def test_run_generation_twice_asks_once(fake):
    (generation_id,) = plan()
    run_generation(generation_id)
    run_generation(generation_id)
    assert len(fake.posts) == 1
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "state", "outcome"),
    [
        ("declined", "refused", "declined"),
        ("policy", "refused", "refused"),
        ("auth", "failed", "auth"),
        ("not_found", "failed", "not_found"),
        ("html_base64", "failed", "bad_picture"),
        ("pixel", "failed", "bad_picture"),
    ],
)
def test_a_final_failure_has_its_name_and_ends_the_slot(fake, fault, state, outcome):
    fake.script([fault])
    generation = make()
    assert (generation.state, generation.outcome) == (state, outcome)
    assert generation.message
    assert Slot.objects.get().finished_at is not None
    assert let_retry() == []
    assert not Candidate.objects.exists()


@pytest.mark.parametrize(
    ("fault", "state", "outcome"),
    [
        ("server_503", "failed", "server_error"),
        ("empty_data", "empty", "empty"),
        ("reset", "failed", "connection"),
        ("truncated", "failed", "connection"),
    ],
)
def test_a_passing_failure_is_tried_again_as_a_new_generation(fake, fault, state, outcome):
    fake.script([fault])
    first = make()
    assert (first.state, first.outcome) == (state, outcome)
    (second,) = let_retry()
    run_generation(second)
    assert Generation.objects.get(pk=second).attempt == 2
    assert Candidate.objects.get().generation_id == second


def test_a_provider_whose_files_are_broken_is_left_alone(fake):
    """Its answers come well and their files do not: each is paid, so three are enough."""
    fake.script(["pixel"] * 3)
    for generation_id in plan(slots=3):
        run_generation(generation_id)
    assert set(Generation.objects.values_list("outcome", flat=True)) == {"bad_picture"}
    assert Breaker.objects.get().open_until is not None


def test_retry_after_is_obeyed(fake):
    fake.script([{"fault": "rate", "retry_after": "7"}])
    before = timezone.now()
    generation = make()
    assert generation.outcome == "rate_limited"
    wait = Slot.objects.get().next_attempt_at - before
    assert timedelta(seconds=6) < wait < timedelta(seconds=65)
    assert plan_due() == []


def test_attempts_end_after_a_number_of_tries(fake):
    fake.script(["server_500"] * MAX_ATTEMPTS)
    make()
    for _ in range(MAX_ATTEMPTS - 1):
        (generation_id,) = let_retry()
        run_generation(generation_id)
    assert let_retry() == []
    assert Slot.objects.get().finished_at is not None
    assert Generation.objects.count() == MAX_ATTEMPTS


def test_a_lost_answer_of_a_paid_call_is_uncertain_and_never_resent(fake):
    fake.script(["reset_mid_body"])
    generation = make(resend_safe=False)
    assert (generation.state, generation.outcome) == ("uncertain", "connection")
    assert let_retry() == []
    expire_leases()
    assert sweep_expired() == Swept()
    assert len(fake.posts) == 1


def test_a_curator_decides_once_about_an_uncertain_call(fake):
    fake.script(["reset_mid_body"])
    generation = make(resend_safe=False)
    assert settle_uncertain(generation, charged=True, send_again=True)
    assert not settle_uncertain(generation, charged=True, send_again=True)
    (again,) = plan_due()
    run_generation(again)
    assert Candidate.objects.get().generation_id == again


def test_a_worker_lost_in_flight_is_made_again_where_that_is_free(fake):
    (generation_id,) = plan()
    Generation.objects.update(state="submitting", fence=1, lease_until=Now())
    expire_leases()
    assert sweep_expired().ended == 1
    lost = Generation.objects.get(pk=generation_id)
    assert (lost.state, lost.outcome) == ("failed", "worker_lost")
    (again,) = let_retry()
    run_generation(again)
    assert Candidate.objects.count() == 1


def test_a_worker_lost_in_a_paid_call_leaves_it_uncertain():
    (generation_id,) = plan(resend_safe=False)
    Generation.objects.update(state="submitting", fence=1, lease_until=Now())
    expire_leases()
    assert sweep_expired().ended == 1
    assert Generation.objects.get(pk=generation_id).state == "uncertain"
    assert let_retry() == []


def test_a_worker_that_was_taken_over_writes_nothing(fake, monkeypatch):
    """Its lease runs out while the answer is on its way; the sweeper ends it, then the answer comes."""
    (generation_id,) = plan()
    keep = calls.keep_original

    def keep_after_takeover(*args, **values):
        expire_leases()
        assert sweep_expired().ended == 1
        return keep(*args, **values)

    monkeypatch.setattr(calls, "keep_original", keep_after_takeover)
    run_generation(generation_id)
    assert Generation.objects.get(pk=generation_id).outcome == "worker_lost"
    assert not Candidate.objects.exists()


def test_a_worker_lost_while_collecting_is_resumed_from_the_kept_original(fake, monkeypatch):
    (generation_id,) = plan(resend_safe=False)

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "render_pictures", die)
        with pytest.raises(Killed):
            run_generation(generation_id)
    assert Generation.objects.get(pk=generation_id).state == "collecting"
    expire_leases()
    assert sweep_expired() == Swept(collect=[generation_id])
    collecting.collect_picture(generation_id)
    assert Generation.objects.get(pk=generation_id).state == "stored"
    assert len(fake.posts) == 1


@pytest.mark.parametrize("fault", [OSError(28, "No space left"), WorkshopError("does not start")])
def test_a_fault_of_ours_never_gives_a_paid_picture_up(fake, monkeypatch, fault):
    (generation_id,) = plan(resend_safe=False)
    assert calls.ask_provider(generation_id)

    def fail(*_: object, **__: object) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "render_pictures", fail)
        for _ in range(collecting.MOST_INTAKES + 2):
            with pytest.raises(type(fault)):
                collecting.collect_picture(generation_id)
    assert Generation.objects.get().state == "collecting"
    collecting.collect_picture(generation_id)
    assert (Generation.objects.get().state, fake.bill) == ("stored", 1)


def test_a_picture_that_kills_whoever_reads_it_is_given_up(fake, monkeypatch):
    (generation_id,) = plan(resend_safe=False)
    assert calls.ask_provider(generation_id)

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(collecting, "render_pictures", die)
    for _ in range(collecting.MOST_INTAKES):
        with pytest.raises(Killed):
            collecting.collect_picture(generation_id)
        expire_leases()
        assert sweep_expired() == Swept(collect=[generation_id])
    collecting.collect_picture(generation_id)
    generation = Generation.objects.get()
    assert (generation.state, generation.outcome) == ("failed", "bad_picture")
    assert "never came to an end" in generation.message


def test_a_reference_that_cannot_be_read_is_named_and_costs_nothing(fake, monkeypatch):
    (generation_id,) = plan(resend_safe=False)

    def miss(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(calls, "picture_request", miss)
    run_generation(generation_id)
    generation = Generation.objects.get()
    assert (generation.state, generation.outcome, generation.cost) == ("failed", "bad_request", 0)
    assert "cannot be read: No such file" in generation.message
    assert fake.posts == []


def test_flags_that_went_wrong_before_the_call_send_nothing(fake):
    (generation_id,) = plan(resend_safe=False)
    Offering.objects.update(options={"extra_body": "x"})
    run_generation(generation_id)
    generation = Generation.objects.get()
    assert (generation.state, generation.outcome, generation.cost) == ("failed", "wrong_setup", 0)
    assert 'The flag "extra_body" must be an object' in generation.message
    assert not fake.posts


def test_a_call_is_paid_as_put_aside_where_flags_and_prices_went_wrong_meanwhile():
    (generation_id,) = plan(resend_safe=False)
    wild = {"amount": Decimal("999999.999999"), "most_units": Decimal("99999999.9999")}
    for row, values in ((PriceRule, wild), (Offering, {"options": {"editing": 5}})):
        row.objects.update(**values)
        assert cost_of(load_call(generation_id), usage=Usage(images=1)) == Decimal("0.04")


def test_a_lost_message_is_sent_again():
    (generation_id,) = plan()
    assert sweep_expired() == Swept()
    Generation.objects.update(hinted_at=Now() - HINT_AGAIN)
    assert sweep_expired() == Swept(make=[generation_id])
    assert sweep_expired() == Swept()


def test_no_half_written_files_stay_behind(fake, settings):
    make()
    left = [p for p in Path(settings.MEDIA_ROOT).rglob("*") if p.name.endswith(".part")]
    assert left == []
