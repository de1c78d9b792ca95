"""A board of more models than one page has: its charts come when a reader does; what search engines are told."""

import gzip
import json
import re

import pytest
from django.urls import reverse

from arena.web.boards_filters import MOST_ROWS
from tests.boards import add_tallies, create_field, publish_board
from tests.factories import create_challenge

pytestmark = pytest.mark.django_db

BOARD = reverse("web:board", args=["text-to-image"])
# With styles and scripts, 23.5 kB, a page stays under 35 kB.
PAGE_BYTES = 11_500


@pytest.fixture
def long_board() -> None:
    models = create_field(MOST_ROWS + 5)
    publish_board(models, days=3)
    add_tallies(models[:6], challenge=create_challenge())


def read_graph(page) -> list[dict]:
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page.content.decode(), re.S
    )
    return json.loads(text)["@graph"]


def test_charts_of_a_long_board_come_when_a_reader_comes_to_them(client, long_board):
    page = client.get(BOARD)
    text = page.content.decode()
    assert len(page.context["lines"]) == MOST_ROWS
    assert f'hx-get="{BOARD}?charts=1"' in text
    assert f'href="{BOARD}?charts=1#heatmap"' in text
    assert 'class="heat"' not in text
    assert len(gzip.compress(page.content, 6)) < PAGE_BYTES
    charts = client.get(f"{BOARD}?charts=1", headers={"HX-Request": "true"})
    assert 'class="heat"' in charts.content.decode()
    # The answer takes the place of a link below the table, so it must not bring the table again.
    assert 'id="sort-rank"' in text
    assert 'id="sort-rank"' not in charts.content.decode()
    assert charts["Vary"].count("HX-Request")


@pytest.mark.parametrize("query", ["?charts=1", "?all=1"])
def test_without_scripts_a_link_leads_to_a_page_with_the_charts(client, long_board, query):
    text = client.get(BOARD + query).content.decode()
    assert 'class="heat"' in text
    assert "revealed" not in text


def test_no_link_of_a_page_with_charts_asks_for_the_charts_alone(client, long_board):
    """By htmx it would get them in place of the whole board."""
    text = client.get(f"{BOARD}?charts=1&sort=-win").content.decode()
    links = re.findall(r'(?:href|hx-get)="([^"]*/leaderboard/[^"]*)"', text)
    assert any("sort=" in link for link in links)
    assert not [link for link in links if "charts" in link]


def test_a_short_board_has_its_charts_at_once(client):
    publish_board(create_field(3))
    assert "revealed" not in client.get(BOARD).content.decode()


def test_search_engines_are_told_where_the_votes_are(client):
    publish_board(create_field(2))
    (data,) = read_graph(client.get(BOARD))
    assert data["@type"] == "Dataset"
    addresses = [file["contentUrl"] for file in data["distribution"]]
    for address in addresses:
        answer = client.get(address.removeprefix("http://testserver"))
        assert answer.status_code == 200
        b"".join(answer.streaming_content)
    assert len(addresses) == 2


def test_search_engines_are_told_the_questions_that_the_page_answers(client):
    models = create_field(2)
    models[0].name = 'A </script><b>"&'
    models[0].save()
    publish_board(models)
    page = client.get(reverse("web:model", args=[models[0].slug]))
    trail, questions = read_graph(page)
    assert [step["name"] for step in trail["itemListElement"]] == ["Models", models[0].name]
    asked = [item.question for item in page.context["questions"]]
    assert [item["name"] for item in questions["mainEntity"]] == asked
    assert "</script><b>" not in page.content.decode()
