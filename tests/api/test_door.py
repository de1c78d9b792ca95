"""Who may read, with which methods, and what is not sent twice."""

import pytest
from django.db import OperationalError

from arena.api import describe
from arena.api.door import METHODS
from arena.ratings.publishing import refresh_boards
from tests.factories import cast, create_arena

pytestmark = pytest.mark.django_db
BOARD = "/api/v1/leaderboards/text-to-image"
ADDRESSES = (BOARD, "/api/v1/", "/api/v1/openapi.json", "/feeds/models.atom")


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_has_not_changed_is_not_sent_again(client, address):
    create_arena()
    first = client.get(address)
    assert first.status_code == 200
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Access-Control-Allow-Origin"] == "*"
    assert again["Cache-Control"] == first["Cache-Control"]
    assert first["Cache-Control"].startswith("public, max-age=")


def test_a_new_vote_changes_the_etag(client):
    create_arena()
    before = client.get(BOARD)["ETag"]
    cast()
    refresh_boards()
    after = client.get(BOARD, headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after["ETag"] != before


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_is_get_without_a_body(client, address):
    create_arena()
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Length", "Content-Type", "ETag", "Access-Control-Allow-Origin"):
        assert head[name] == got[name]
    assert int(head["Content-Length"]) == len(got.content)


@pytest.mark.parametrize("address", (*ADDRESSES, "/api/v1/exports/votes.csv", "/api/v1/nowhere"))
def test_any_site_may_read_and_nobody_may_write(client, address):
    preflight = client.options(
        address,
        headers={"Origin": "https://other.example", "Access-Control-Request-Method": "GET"},
    )
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight["Access-Control-Allow-Methods"] == METHODS
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in preflight
    for method in (client.post, client.put, client.patch, client.delete):
        refused = method(address)
        assert refused.status_code == 405
        assert refused["Allow"] == METHODS
        assert refused["Content-Type"] == "application/problem+json"


def test_answers_set_no_cookie_and_are_the_same_for_everybody(client):
    create_arena()
    for address in ADDRESSES:
        answer = client.get(address)
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("address", (BOARD, "/api/v1/exports/votes.csv"))
def test_more_parameters_than_anybody_reads_are_refused(client, address):
    answer = client.get(f"{address}?{'a&' * 1001}a")
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_a_database_that_is_away_is_told_as_a_problem(client, monkeypatch):
    def fail(*args: object, **values: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(describe, "describe_api", fail)
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Retry-After"] == "2"
