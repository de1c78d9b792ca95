"""The leaderboard page: every column from rows, filters that hide, orders that turn, and what is missing said."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape, strip_tags

from arena.catalog.models import Discipline, ImageModel, Lab, Population
from arena.challenges.models import Category
from arena.ratings.models import Diagnosis
from arena.web import tables
from arena.web.boards_filters import Asked
from arena.web.views import leaderboard
from tests.boards import add_calls, add_tallies, create_field, publish_board
from tests.factories import create_challenge, create_model, create_offering

pytestmark = pytest.mark.django_db


def board_of(discipline: str = "text-to-image", **query: object) -> str:
    return reverse("web:board", args=[discipline], query=query)


def shown(page) -> list[str]:
    return [line.row.name for line in page.context["lines"]]


def words(page) -> str:
    return " ".join(strip_tags(page.content.decode().replace("<", " <")).split())


@pytest.fixture
def three() -> list[ImageModel]:
    """Three models on a board: a dear and slow leader, a cheap second, and a third that is not sold."""
    other = Lab.objects.create(slug="other-lab", name="Other Lab")
    models = [
        create_model(name="Alpha", released_on=date(2026, 3, 1), licence="Apache-2.0"),
        create_model(name="Beta", lab=other, open_weights=True, released_on=date(2025, 5, 1)),
        create_model(name="Gamma"),
    ]
    create_offering(model=models[0], price="0.134")
    create_offering(model=models[1], price="0.005")
    publish_board(models, days=3)
    return models


def test_a_line_says_what_is_known_of_its_model(client, three):
    add_calls(three[0], stored=20, total_ms=13_298, refused=5)
    page = client.get(board_of())
    line = page.context["lines"][0]
    assert (line.facts.price, line.facts.seconds) == (Decimal("0.134"), 13.298)
    assert (line.facts.refusal_percent, line.facts.change) == (20, 3)
    text = words(page)
    assert "Alpha Test Lab · demo · Apache-2.0" in text
    assert "1300 ±15 1285 – 1315" in text
    assert "90 % 100 +3 $0.134 13.3 s 20.0 % Mar 2026" in text


def test_what_is_not_known_is_said(client, three):
    text = words(client.get(board_of()))
    assert "37 % 98 +3 – not known – not enough data yet – not enough data yet – not known" in text
    assert "fewer than two of these models have 20 pictures timed in the last 30 days" in text
    assert "neighbours are examined from 50 counted votes on" in text


def test_few_calls_make_no_median(client, three):
    add_calls(three[0], stored=19, total_ms=5_000)
    assert client.get(board_of()).context["lines"][0].facts.seconds is None


def test_calls_of_another_discipline_do_not_count(client, three):
    add_calls(three[0], stored=20, total_ms=5_000)
    publish_board(three, discipline=Discipline.IMAGE_EDITING)
    page = client.get(board_of("image-editing"))
    assert page.context["lines"][0].facts.seconds is None


@pytest.mark.parametrize(
    ("query", "names", "hidden"),
    [
        ({"lab": "other-lab"}, ["Beta"], 2),
        ({"open": "1"}, ["Beta"], 2),
        ({"max_price": "0.134"}, ["Alpha", "Beta"], 1),
        ({"max_price": "0.1"}, ["Beta"], 2),
        ({"max_price": "0"}, [], 3),
        ({"lab": "test-lab", "max_price": "1"}, ["Alpha"], 2),
        ({"lab": "", "open": "", "max_price": "", "sort": ""}, ["Alpha", "Beta", "Gamma"], 0),
    ],
)
def test_filters_hide_rows_and_keep_ranks(client, three, query, names, hidden):
    page = client.get(board_of(**query))
    assert (shown(page), page.context["hidden"]) == (names, hidden)
    ranks = {"Alpha": 1, "Beta": 2, "Gamma": 3}
    assert [line.row.rank for line in page.context["lines"]] == [ranks[name] for name in names]


def test_links_keep_a_price_cap_of_nothing():
    assert Asked(max_price=Decimal(0)).query(sort="-price") == "?max_price=0&sort=-price"
    assert Asked(open=True, all=True).query() == "?open=1&all=1"
    assert Asked().query() == ""


def test_a_price_cap_says_how_many_have_no_price(client, three):
    text = words(client.get(board_of(max_price="0.01")))
    assert "2 models are hidden; ranks are those of the whole board." in text
    assert "1 without a known price is among the hidden." in text


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("rank", ["Alpha", "Beta", "Gamma"]),
        ("-rank", ["Gamma", "Beta", "Alpha"]),
        ("price", ["Beta", "Alpha", "Gamma"]),
        ("-price", ["Alpha", "Beta", "Gamma"]),
        ("battles", ["Alpha", "Beta", "Gamma"]),
        ("-battles", ["Gamma", "Beta", "Alpha"]),
        ("released", ["Alpha", "Beta", "Gamma"]),
        ("-released", ["Beta", "Alpha", "Gamma"]),
    ],
)
def test_orders_turn_and_what_is_unknown_stays_last(client, three, sort, names):
    assert shown(client.get(board_of(sort=sort))) == names


def test_a_column_head_says_its_order_and_links_to_the_other(client, three):
    html = client.get(board_of(sort="price", lab="test-lab")).content.decode()
    heads = re.findall(r'<th[^>]*aria-sort="(\w+)"><a id="sort-(\w+)" href="([^"]*)"', html)
    address = board_of(lab="test-lab", sort="-price").replace("&", "&amp;")
    assert heads == [("ascending", "price", address)]
    turned = client.get(board_of(sort="-price")).content.decode()
    assert 'aria-sort="descending"' in turned


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ({"max_price": "abc"}, 400, "not “abc”"),
        ({"max_price": "-1"}, 400, "dollars per image"),
        ({"max_price": "nan"}, 400, "dollars per image"),
        ({"max_price": "1e999999"}, 400, "dollars per image"),
        ({"max_price": "1e-999999"}, 400, "dollars per image"),
        ({"max_price": "\x00"}, 400, "dollars per image"),
        ({"sort": "beauty"}, 400, "cannot be sorted by “beauty”"),
        ({"sort": "--price"}, 400, "cannot be sorted"),
        ({"open": "maybe"}, 400, "open weights only"),
        ({"category": "a", "challenge": "b"}, 400, "not of both"),
        ({"lab": "nobody"}, 404, "There is no lab “nobody”"),
        ({"category": "\x00"}, 404, "There is no category"),
        ({"challenge": "nothing"}, 404, "There is no challenge “nothing”"),
        ({"population": "martian"}, 404, "There is no population “martian”; there are real, demo"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_with_a_reason(client, three, query, status, said):
    page = client.get(board_of(**query))
    assert page.status_code == status
    assert said in words(page)


def test_both_populations_can_be_looked_at_and_never_mix(client, three):
    real = create_field(2, population=Population.REAL)
    publish_board(real)
    assert shown(client.get(board_of())) == [model.name for model in real]
    page = client.get(board_of(population="demo"))
    assert shown(page) == ["Alpha", "Beta", "Gamma"]
    assert "they are not AI models" in words(page)
    assert [choice["current"] for choice in page.context["populations"]] == [False, True]


def test_links_keep_what_else_was_asked(client, three):
    category = Category.objects.create(slug="logos", name="Logos")
    create_challenge(slug="a-logo").categories.add(category)
    page = client.get(board_of(sort="price", open="1"))
    (link,) = [c["url"] for c in page.context["categories"] if not c["current"]]
    assert link == board_of(category="logos", open="1", sort="price")


def test_a_cell_of_the_heatmap_leads_to_the_matchup(client, three):
    add_tallies(three, challenge=create_challenge())
    page = client.get(board_of())
    cell = page.context["heatmap"].rows[0].cells[1]
    assert (cell.percent, cell.n, cell.few) == (100, 12, False)
    assert cell.url == f"/models/{three[0].slug}/vs/{three[1].slug}/"
    assert f'href="{cell.url}" aria-label="Alpha against Beta: 100 % of 12 battles"' in (
        page.content.decode()
    )


def test_the_heatmap_holds_the_first_twenty_of_the_models_shown(client):
    models = create_field(23)
    publish_board(models)
    add_tallies(models, challenge=create_challenge())
    ImageModel.objects.filter(pk__in=[m.pk for m in models[::2]]).update(open_weights=True)
    page = client.get(board_of())
    assert [m["name"] for m in page.context["heatmap"].models] == [m.name for m in models[:20]]
    page = client.get(board_of(open="1", sort="-rank"))
    assert [m["name"] for m in page.context["heatmap"].models] == [m.name for m in models[::2]]


def test_picks_are_the_cheapest_that_may_be_best_and_the_fastest_above_the_mean(client, three):
    page = client.get(board_of())
    # Beta's rank range begins at 1, Gamma's at 2.
    assert page.context["best_value"].row.name == "Beta"
    assert page.context["fastest_good"] is None
    add_calls(three[0], stored=20, total_ms=9_000)
    add_calls(three[1], stored=20, total_ms=2_000)
    page = client.get(board_of())
    assert page.context["fastest_good"].row.name == "Beta"
    assert {dot.spot.name for dot in page.context["by_speed"].chart.dots} == {"Alpha", "Beta"}


def test_prices_are_written_to_the_last_digit_wherever_they_stand(client):
    models = create_field(3)
    for model, price in zip(models, ("10", "0.0004", "0.02"), strict=True):
        model.offerings.all().delete()
        create_offering(model=model, price=price)
    add_calls(models[1], stored=20, total_ms=2_000)
    publish_board(models)
    html = client.get(board_of()).content.decode()
    assert re.findall(r'c-price" data-label="Price">([^<]+)<', html) == ["$10", "$0.0004", "$0.02"]
    text = words(client.get(board_of()))
    names = [model.name for model in models]
    assert f"Best value {names[1]} $0.0004 per image" in text
    for name, dollars in zip(names, ("$10", "$0.0004", "$0.02"), strict=True):
        assert re.search(rf"{name} {re.escape(dollars)} 1[0-9]{{3}} 1", text), name
    assert "$0.000 " not in text
    assert "E+" not in text


def test_the_pages_words_follow_the_constants(client, three, monkeypatch):
    add_tallies(three, challenge=create_challenge())
    text = words(client.get(board_of()))
    assert "no model past preliminary whose whole interval lies above 1000 has" in text
    assert "fewer than 10 battles" in text
    monkeypatch.setattr(leaderboard, "ANCHOR", 1100.0)
    monkeypatch.setattr(tables, "FEW_BATTLES", 13)
    text = words(client.get(board_of()))
    assert "whole interval lies above 1100 has" in text
    assert "fewer than 13 battles" in text


def test_a_preliminary_model_is_no_pick(client):
    models = create_field(2)
    publish_board(models, battles=10)
    page = client.get(board_of())
    assert (page.context["best_value"], page.context["fastest_good"]) == (None, None)


def test_the_price_plot_leaves_out_what_has_no_price_and_says_so(client, three):
    page = client.get(board_of())
    chart = page.context["by_price"].chart
    assert {dot.spot.name: dot.on_front for dot in chart.dots} == {"Alpha": True, "Beta": True}
    assert "Without a known price: Gamma." in words(page)


def test_a_history_needs_a_day_before_today(client):
    models = create_field(2)
    publish_board(models)
    page = client.get(board_of())
    assert page.context["history"] is None
    assert "a history begins on the second day" in words(page)


def test_the_history_leads_from_the_kept_days_to_now(client, three):
    lines = client.get(board_of()).context["history"].lines
    values = [[moment.value for moment in line.series.moments] for line in lines]
    assert values[0] == [1297, 1298, 1299, 1300]


def test_rivalries_come_from_the_last_examination(client, three):
    Diagnosis.objects.create(
        population=Population.DEMO,
        discipline=Discipline.TEXT_TO_IMAGE,
        votes=150,
        made_at=timezone.now(),
        report={
            "models": [model.pk for model in three],
            "neighbours": [
                {"upper": 0, "lower": 1, "gap": 20.0, "chance": 0.93, "votes_needed": 110},
                {"upper": 1, "lower": 2, "gap": 2.0, "chance": 0.61, "votes_needed": None},
            ],
        },
    )
    page = client.get(board_of())
    found = [(r.upper.name, r.lower.name) for r in page.context["rivalries"]]
    assert found == [("Beta", "Gamma"), ("Alpha", "Beta")]
    text = words(page)
    assert "2 Elo apart · 61 % that Beta is better Equal so far" in text
    assert "About 110 more votes would separate them" in text


def test_the_board_links_to_method_and_data(client, three):
    rivals = [create_model(population=Population.REAL) for _ in range(2)]
    publish_board(rivals)
    # Without a population both show real models; a demo board's links lead to demo boards.
    for query, models in (({}, rivals), ({"population": "demo"}, three)):
        page = client.get(board_of(**query))
        assert 'href="/about/ranking/"' in page.content.decode()
        assert f'href="{escape(page.context["data_url"])}"' in page.content.decode()
        rows = client.get(page.context["data_url"]).json()["rows"]
        assert {row["model"]["slug"] for row in rows} == {model.slug for model in models}
    assert 'href="/api/v1/leaderboards/text-to-image?population=demo"' in page.content.decode()
    assert f'href="{board_of("image-editing", population="demo")}"' in page.content.decode()


def test_the_fragment_alone_answers_htmx(client, three):
    answer = client.get(board_of(sort="price"), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize("count", [1, 3, 25])
def test_a_board_costs_the_same_queries_however_long_it_is(
    client, django_assert_num_queries, count
):
    models = create_field(count)
    publish_board(models, days=2)
    add_tallies(models, challenge=create_challenge())
    client.get("/about/voting/")  # what every page asks is kept for two seconds
    with django_assert_num_queries(12):
        assert len(client.get(board_of()).context["lines"]) == count


def test_the_board_travels_compressed(client, three):
    answer = client.get(board_of(), headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"


def test_the_front_door_shows_the_leaders_of_each_discipline(client, three):
    publish_board(three[::-1], discipline=Discipline.IMAGE_EDITING)
    boards = client.get("/").context["boards"]
    assert [(b["label"], [row.name for row in b["leaders"]]) for b in boards] == [
        ("Text to image", ["Alpha", "Beta", "Gamma"]),
        ("Image editing", ["Gamma", "Beta", "Alpha"]),
    ]


def test_a_long_board_shows_its_first_hundred_until_all_are_asked_for(client):
    publish_board([create_model() for _ in range(102)])
    page = client.get(board_of(sort="-rank"))
    assert (len(page.context["lines"]), page.context["more"]) == (100, 2)
    assert page.context["lines"][0].row.rank == 102
    assert "Show 2 more models" in words(page)
    page = client.get(page.context["all_url"])
    assert (len(page.context["lines"]), page.context["more"]) == (102, 0)
