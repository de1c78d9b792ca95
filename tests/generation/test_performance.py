"""How fast and how reliable providers are: exact figures from rows, and which rows count."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from arena.catalog.models import ImageModel, Offering, Population, Provider
from arena.clients.models import ApiKey
from arena.generation.models import Batch, Generation, Slot
from arena.generation.performance import (
    FEWEST_CALLS,
    Line,
    Ranking,
    measure_performance,
)
from tests.factories import create_challenge, create_model, create_offering

pytestmark = pytest.mark.django_db

State = Generation.State


def offer(model: ImageModel, *, slug: str, population: str = Population.REAL) -> Offering:
    provider = Provider.objects.create(
        slug=slug, name=slug, dialect="openai_images", population=population
    )
    assert provider.slug == slug
    return create_offering(model=model, provider_slug=slug)


def call(
    offering: Offering,
    *,
    times: int = 1,
    timings: Sequence[tuple[int, int]] = (),
    days_ago: float = 1,
    **values: Any,
) -> None:
    """So many ended calls, each for a slot of its own; a stored call in 1,000 ms unless told otherwise."""
    discipline = values.pop("discipline", "text-to-image")
    ended: dict[str, Any] = {
        "state": State.STORED,
        "outcome": "ok",
        "total_ms": 1000,
        "ttfb_ms": 900,
        "ended_at": Now() - timedelta(days=days_ago),
        **values,
    }
    challenge = create_challenge(discipline=discipline)
    batch = Batch.objects.create(challenge=challenge)
    slots = Slot.objects.bulk_create(
        Slot(batch=batch, prompt=challenge.prompts.get(), model=offering.model, take=take)
        for take in range(len(timings) or times)
    )
    times_of_each = timings or [(ended["total_ms"], ended["ttfb_ms"])] * times
    Generation.objects.bulk_create(
        Generation(slot=slot, offering=offering, **{**ended, "total_ms": total, "ttfb_ms": first})
        for slot, (total, first) in zip(slots, times_of_each, strict=True)
    )


def store(offering: Offering, *, totals: Sequence[int], firsts: Sequence[int]) -> None:
    call(offering, timings=list(zip(totals, firsts, strict=True)))


def only(rankings: list[Ranking]) -> Ranking:
    (ranking,) = [r for r in rankings if r.discipline == "text-to-image"]
    return ranking


def line_of(offering: Offering) -> Line:
    ranking = only(measure_performance(model=offering.model))
    (line,) = (*ranking.ranked, *ranking.waiting)
    return line


@pytest.fixture
def model() -> ImageModel:
    return create_model(name="Nano Banana 2", population=Population.REAL)


@pytest.fixture
def offering(model: ImageModel) -> Offering:
    return offer(model, slug="gemini")


def fill_sample(model: ImageModel) -> None:
    """The two lines of the sample page, at providers of their own."""
    fill_calls(gemini=offer(model, slug="gemini"), vertex=offer(model, slug="vertex"))


def fill_calls(*, gemini: Offering, vertex: Offering) -> None:
    """The calls behind the sample page: 229 of 250 and 23 of 30 brought a picture."""
    # Between the 217th and the 218th of 229, six tenths of the way: 24,650 + 0.6 x 10.
    slow = [24_650, 24_660, *[40_000] * 11]
    store(
        gemini,
        totals=[*[9_000] * 114, 13_298, *[14_000] * 101, *slow],
        firsts=[*[8_000] * 114, 13_167, *[13_900] * 114],
    )
    call(gemini, times=12, state=State.TIMED_OUT, outcome="timeout", total_ms=300_000)
    call(gemini, times=6, state=State.FAILED, outcome="rate_limited", total_ms=50)
    call(gemini, times=3, state=State.EMPTY, outcome="empty", total_ms=9_000)
    # Between the 21st and the 22nd of 23, nine tenths of the way: 59,301 + 0.9 x 100.
    store(
        vertex,
        totals=[*[20_000] * 11, 29_915, *[40_000] * 8, 59_301, 59_401, 90_000],
        firsts=[*[19_000] * 11, 29_412, *[39_000] * 11],
    )
    call(vertex, times=7, state=State.FAILED, outcome="server_error", total_ms=700)


def test_the_sample_page_is_reproduced_from_rows(model):
    fill_sample(model)
    ranking = only(measure_performance(model=model))
    found = [
        (
            line.slug,
            round(line.p50_ms),
            round(line.p95_ms),
            round(100 * line.success, 1),
            round(line.ttfb_ms),
            line.calls,
        )
        for line in ranking.ranked
    ]
    assert found == [
        ("gemini", 13_298, 24_656, 91.6, 13_167, 250),
        ("vertex", 29_915, 59_391, 76.7, 29_412, 30),
    ]
    assert ranking.fastest == ranking.ranked[0]
    assert ranking.waiting == ()
    # What statsmodels' proportion_confint(method="wilson") says of 229 / 250 and of 23 / 30.
    assert ranking.ranked[0].success_bounds == pytest.approx((0.87501, 0.94440), abs=1e-5)
    assert ranking.ranked[1].success_bounds == pytest.approx((0.59072, 0.88208), abs=1e-5)
    assert ranking.ranked[0].faults == {"timeout": 12, "rate_limited": 6, "empty": 3}
    assert ranking.ranked[0].empty_rate == 3 / 250


@pytest.mark.parametrize(
    ("state", "outcome", "kind"),
    [
        (State.STORED, "ok", "stored"),
        (State.FAILED, "server_error", "failed"),
        (State.FAILED, "connection", "failed"),
        (State.FAILED, "rate_limited", "failed"),
        (State.FAILED, "bad_answer", "failed"),
        (State.FAILED, "bad_picture", "failed"),
        (State.FAILED, "too_large", "failed"),
        (State.TIMED_OUT, "timeout", "failed"),
        (State.UNCERTAIN, "connection", "failed"),
        (State.EMPTY, "empty", "failed"),
        (State.REFUSED, "refused", "refused"),
        (State.REFUSED, "declined", "declined"),
        (State.FAILED, "auth", "ours"),
        (State.FAILED, "quota", "ours"),
        (State.FAILED, "bad_request", "ours"),
        (State.FAILED, "not_found", "ours"),
        (State.FAILED, "not_kept", "ours"),
        (State.UNCERTAIN, "worker_lost", "ours"),
    ],
)
def test_every_end_of_a_call_counts_under_one_name(offering, state, outcome, kind):
    call(offering, times=2, state=state, outcome=outcome)
    line = line_of(offering)
    counts = {
        name: getattr(line, name) for name in ("stored", "failed", "refused", "declined", "ours")
    }
    assert counts == dict.fromkeys(counts, 0) | {kind: 2}
    assert line.asked == 2
    assert line.faults == ({outcome: 2} if kind in ("failed", "ours") else {})
    assert line.empty == (2 if outcome == "empty" else 0)


@pytest.mark.parametrize(
    "state",
    [
        State.PLANNED,
        State.RESERVED,
        State.SUBMITTING,
        State.SUBMITTED,
        State.COLLECTING,
        State.OVER_BUDGET,
        State.CANCELLED,
    ],
)
def test_what_runs_or_was_never_asked_is_no_call(offering, state):
    call(offering, state=state, outcome="")
    assert line_of(offering).asked == 0


def test_every_state_either_counts_or_is_tested_not_to():
    counted = {"stored", "refused", "empty", "failed", "timed-out", "uncertain"}
    running = {"planned", "reserved", "submitting", "submitted", "collecting"}
    assert set(State.values) == counted | running | {"over-budget", "cancelled"}


def test_only_stored_calls_have_times(offering):
    call(offering, times=20, total_ms=2_000, ttfb_ms=1_500)
    call(offering, times=30, state=State.FAILED, outcome="server_error", total_ms=10, ttfb_ms=5)
    call(offering, times=30, state=State.REFUSED, outcome="refused", total_ms=20, ttfb_ms=6)
    line = line_of(offering)
    assert (line.p50_ms, line.p95_ms, line.ttfb_ms) == (2_000, 2_000, 1_500)
    assert (line.calls, line.success, line.refusal_rate) == (50, 0.4, 30 / 80)


def test_refusals_and_faults_of_ours_leave_the_success_rate_alone(offering):
    call(offering, times=19)
    call(offering, state=State.FAILED, outcome="server_error")
    before = line_of(offering)
    call(offering, times=5, state=State.REFUSED, outcome="declined")
    call(offering, times=15, state=State.FAILED, outcome="auth")
    after = line_of(offering)
    assert before.success == after.success == 0.95
    assert before.success_bounds == after.success_bounds
    assert after.decline_rate == 5 / 40


def test_fewer_than_twenty_calls_are_not_ranked(offering):
    call(offering, times=FEWEST_CALLS - 1)
    # A model that refuses gives no measure of the provider, however often it is asked.
    call(offering, times=40, state=State.REFUSED, outcome="refused")
    ranking = only(measure_performance(model=offering.model))
    assert (ranking.ranked, ranking.fastest) == ((), None)
    assert [(line.slug, line.calls) for line in ranking.waiting] == [("gemini", 19)]
    call(offering, state=State.FAILED, outcome="timeout")
    ranking = only(measure_performance(model=offering.model))
    assert [line.calls for line in ranking.ranked] == [20]
    assert ranking.waiting == ()


def test_a_provider_that_was_never_asked_waits_with_no_calls(offering):
    assert [line.calls for line in only(measure_performance(model=offering.model)).waiting] == [0]
    Offering.objects.update(enabled=False)
    assert measure_performance(model=offering.model) == []


def test_a_provider_without_any_picture_is_last_and_never_the_fastest(model, offering):
    call(offering, times=20, state=State.FAILED, outcome="server_error")
    line = line_of(offering)
    assert (line.p50_ms, line.p95_ms, line.ttfb_ms, line.success) == (None, None, None, 0.0)
    assert line.success_bounds[0] == 0.0
    assert only(measure_performance(model=model)).fastest is None
    call(offer(model, slug="slow"), times=20, total_ms=90_000)
    assert [line.slug for line in only(measure_performance(model=model)).ranked] == [
        "slow",
        "gemini",
    ]


def test_calls_count_for_thirty_days(offering):
    call(offering, times=3, days_ago=29.99)
    call(offering, times=4, days_ago=30.01)
    assert line_of(offering).calls == 3


def test_shipped_pictures_never_count_and_calls_of_the_gateway_do(offering):
    call(offering, times=5, origin=Generation.Origin.SHIPPED)
    assert line_of(offering).asked == 0
    key = ApiKey.objects.create(name="Somebody", scopes=["generate"])
    for discipline in ("text-to-image", "text-to-image", "image-editing"):
        slot = Slot.objects.create(
            model=offering.model, api_key=key, asked={"discipline": discipline, "prompt": "A cup."}
        )
        Generation.objects.create(
            slot=slot,
            offering=offering,
            origin=Generation.Origin.GATEWAY,
            state=State.STORED,
            outcome="ok",
            total_ms=5,
            ended_at=Now(),
        )
    assert line_of(offering).stored == 2


def test_disciplines_are_measured_apart(offering):
    call(offering, times=2)
    call(offering, times=3, discipline="image-editing")
    found = {r.discipline: r.waiting[0].calls for r in measure_performance(model=offering.model)}
    assert found == {"text-to-image": 2, "image-editing": 3}


def test_models_are_measured_apart(offering):
    call(offering, times=2)
    other = create_offering(model=create_model(), provider_slug="gemini")
    call(other, times=3)
    assert (line_of(offering).calls, line_of(other).calls) == (2, 3)


def test_demo_and_real_never_share_a_ranking(model, offering):
    """A demo provider that sells a real model stands in a ranking of its own, however fast it is."""
    call(offering, times=20, total_ms=9_000)
    call(offer(model, slug="shop", population=Population.DEMO), times=20, total_ms=1)
    found = [
        (ranking.population, [line.slug for line in ranking.ranked])
        for ranking in measure_performance(model=model)
        if ranking.discipline == "text-to-image"
    ]
    assert found == [("real", ["gemini"]), ("demo", ["shop"])]


def test_nothing_of_a_demo_model_is_real(offering):
    studio = create_model(population=Population.DEMO)
    call(create_offering(model=studio, provider_slug="gemini"), times=20)
    assert {ranking.population for ranking in measure_performance(model=studio)} == {"demo"}


@pytest.mark.parametrize("providers", [1, 3])
def test_a_model_costs_one_statement(model, django_assert_num_queries, providers):
    for number in range(providers):
        call(offer(model, slug=f"provider-{number}"), times=20)
    with django_assert_num_queries(1):
        assert len(only(measure_performance(model=model)).ranked) == providers
