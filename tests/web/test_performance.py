"""What a model's page says of its providers: the sentence, the table, what is missing and what counts."""

import re

import pytest
from django.urls import reverse

from arena.catalog.models import Population
from tests.factories import create_model
from tests.generation.test_performance import State, call, fill_sample, offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def model():
    return create_model(
        name="Nano Banana 2", population=Population.REAL, disciplines=["text-to-image"]
    )


def section(client, model) -> str:
    """The section's text, one space between words."""
    page = client.get(reverse("web:model", args=[model.slug])).content.decode()
    found = re.search(r'<section id="performance".*?</section>', page, re.DOTALL)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_section_says_what_the_sample_page_says(client, model):
    fill_sample(model)
    text = section(client, model)
    assert (
        "Fastest generation through gemini at 13,298ms median latency with 91.6% success rate."
        in text
    )
    gemini, vertex = text.index("1 gemini"), text.index("2 vertex")
    for line, figures in (
        (
            text[gemini:vertex],
            ["13,298 ms", "24,656 ms", "91.6 %", "87.5–94.4 %", "13,167 ms", "250"],
        ),
        (text[vertex:], ["29,915 ms", "59,391 ms", "76.7 %", "59.1–88.2 %", "29,412 ms", "30"]),
    ):
        places = [line.index(figure) for figure in figures]
        assert places == sorted(places)
    assert "1.2 % empty Other failures: timeout 4.8 %, rate limited 2.4 %" in text
    assert "Failures: server error 23.3 %" in text
    assert "Faults of ours:" not in text


def test_refusals_and_declines_are_stated_apart(client, model):
    gemini = offer(model, slug="gemini")
    call(gemini, times=30)
    call(gemini, times=6, state=State.REFUSED, outcome="refused")
    call(gemini, times=4, state=State.REFUSED, outcome="declined")
    text = section(client, model)
    assert "15.0 % refused · 10.0 % declined" in text
    assert "100.0 %" in text
    assert "Refusals and declines tell of the model, not of the provider" in text


def test_faults_of_ours_are_named_and_count_for_nobody(client, model):
    gemini = offer(model, slug="gemini")
    call(gemini, times=20)
    call(gemini, times=5, state=State.FAILED, outcome="bad_request")
    text = section(client, model)
    assert "Faults of ours: bad request 5" in text
    assert "Failures:" not in text
    assert "with 100.0% success rate" in text


def test_one_ranked_provider_is_not_called_the_fastest(client, model):
    call(offer(model, slug="gemini"), times=20)
    text = section(client, model)
    assert "Generation through gemini at 1,000ms median latency with 100.0% success rate." in text
    assert "Fastest" not in text


def test_too_few_calls_are_counted_and_give_no_figure(client, model):
    gemini = offer(model, slug="gemini")
    call(gemini, times=12, total_ms=4_321)
    call(gemini, times=3, state=State.REFUSED, outcome="refused")
    text = section(client, model)
    assert "Not enough data yet: gemini 12 of 20 calls (and 3 refused or declined)." in text
    assert "4,321" not in text
    assert "Success rate" not in text


def test_a_provider_without_a_picture_has_no_times(client, model):
    call(offer(model, slug="gemini"), times=20, state=State.FAILED, outcome="server_error")
    text = section(client, model)
    assert "median latency" not in text
    assert text.count("no picture") >= 2
    assert "0.0 %" in text
    assert "0.0–16.1 %" in text


def test_a_demo_provider_of_a_real_model_stands_apart_and_labelled(client, model):
    call(offer(model, slug="gemini"), times=20, total_ms=9_000)
    call(offer(model, slug="shop", population=Population.DEMO), times=20, total_ms=1)
    text = section(client, model)
    real, demo = text.split("Text to image demo")
    assert "1 gemini" in real
    assert "shop" not in real
    assert "1 shop" in demo
    assert "gemini" not in demo
    assert "Fastest" not in text


def test_a_model_that_nobody_offers_says_so(client, model):
    assert "No provider offers this model." in section(client, model)


@pytest.mark.parametrize("providers", [1, 3])
def test_the_page_costs_the_same_queries_for_1_and_3_providers(
    client, model, django_assert_num_queries, providers
):
    for number in range(providers):
        call(offer(model, slug=f"provider-{number}"), times=20)
    client.get("/about/voting/")
    with django_assert_num_queries(14):
        client.get(reverse("web:model", args=[model.slug]))
