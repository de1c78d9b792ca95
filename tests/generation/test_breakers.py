"""When an offering is left alone: the arithmetic, then rows that several calls move."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from arena.generation.breakers import State, after_failure, after_success, judge, note_outcome
from arena.generation.models import Breaker, Generation
from tests.factories import create_generation

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def fail(state: State, *, seconds: float = 0.0, is_probe: bool = False, at_once: bool = False):
    return after_failure(
        state,
        now=NOON + timedelta(seconds=seconds),
        is_probe=is_probe,
        at_once=at_once,
        dice=random.Random(1),
    )


def open_for(state: State, *, since: float) -> float:
    return (state.open_until - NOON).total_seconds() - since


def test_three_failures_within_a_minute_open_it_for_thirty_seconds():
    state = fail(fail(State(), seconds=0), seconds=20)
    assert state.open_until is None
    state = fail(state, seconds=59)
    assert 30 <= open_for(state, since=59) <= 33


def test_failures_further_apart_than_a_minute_do_not_open_it():
    state = State()
    for at in (0, 31, 62, 93, 124):
        state = fail(state, seconds=at)
        assert state.open_until is None


def test_a_success_forgets_the_failures():
    state = after_success(fail(fail(State())), is_probe=False)
    assert state == State()


def test_each_probe_that_fails_doubles_the_time_up_to_ten_minutes():
    state, spans = fail(fail(fail(State()))), []
    for number in range(6):
        state = fail(state, seconds=1000 * (number + 1), is_probe=True)
        spans.append(open_for(state, since=1000 * (number + 1)))
    for span, wanted in zip(spans, (60, 120, 240, 480, 600, 600), strict=True):
        assert wanted <= span <= 1.1 * wanted


def test_calls_from_before_it_opened_change_nothing():
    state = fail(fail(fail(State())))
    assert fail(state, seconds=1) == state
    assert after_success(state, is_probe=False) == state
    assert after_success(state, is_probe=True) == State()


def test_a_wrong_key_opens_it_for_ten_minutes_at_once():
    assert 600 <= open_for(fail(State(), at_once=True), since=0) <= 660


def test_after_its_time_one_call_is_let_through():
    breaker = Breaker(open_until=NOON, reason="timeout: slow")
    before = judge(breaker, now=NOON - timedelta(seconds=7))
    assert before.why_not == "left alone for another 7 s: timeout: slow"
    assert judge(breaker, now=NOON + timedelta(seconds=1)).as_probe
    breaker.probing = Generation(pk=1, state=Generation.State.SUBMITTING)
    assert "trying whether it is back" in judge(breaker, now=NOON + timedelta(seconds=1)).why_not
    breaker.probing.state = Generation.State.CANCELLED
    assert judge(breaker, now=NOON + timedelta(seconds=1)).as_probe


@pytest.mark.django_db
def test_rows_open_and_close_with_the_ends_of_calls():
    generation = create_generation()
    for _ in range(3):
        with transaction.atomic():
            note_outcome(generation, outcome="server_error", message="out of order")
    breaker = Breaker.objects.get()
    assert breaker.open_until is not None
    assert breaker.reason == "server_error: out of order"
    Breaker.objects.update(probing=generation)
    with transaction.atomic():
        note_outcome(generation, outcome="refused")
    breaker.refresh_from_db()
    assert (breaker.open_until, breaker.failures, breaker.probing) == (None, [], None)


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["bad_request", "not_found", "worker_lost", "not_kept"])
def test_what_says_nothing_about_the_provider_leaves_no_trace(outcome):
    note_outcome(create_generation(), outcome=outcome)
    assert not Breaker.objects.exists()


@pytest.mark.django_db
def test_a_success_of_a_healthy_provider_writes_nothing(django_assert_num_queries):
    generation = create_generation()
    with django_assert_num_queries(1):
        note_outcome(generation, outcome="ok")
    assert not Breaker.objects.exists()
    note_outcome(generation, outcome="timeout")
    assert len(Breaker.objects.get().failures) == 1
    note_outcome(generation, outcome="ok")
    assert Breaker.objects.get().failures == []
    with django_assert_num_queries(1):
        note_outcome(generation, outcome="ok")
