"""Votes as files: what boards are made of, nobody's name in it, in constant memory, and in nobody's way."""

import csv
import gzip
import io
import json
import re
import tracemalloc
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.db.models import F
from django.test import RequestFactory

from arena.api import exports
from arena.battles.exporting import BLOCK_BYTES, COLUMNS, stream_votes_as
from arena.battles.models import STANDING, Vote
from arena.battles.undo import undo_verdict
from arena.challenges.models import Challenge
from tests.benchmarks.votes import fill_votes
from tests.factories import cast, create_arena, create_voter

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/exports/votes"
NAMES = [name for name, _, _ in COLUMNS]


def read(client: Any, ending: str = "csv", **query: str) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}.{ending}", query)
    assert answer.status_code == 200
    data = answer.getvalue()
    text = (gzip.decompress(data) if ending.endswith(".gz") else data).decode()
    if "csv" in ending:
        return list(csv.DictReader(io.StringIO(text)))
    return [json.loads(line) for line in text.splitlines()]


def told(vote: Vote) -> tuple[Any, ...]:
    battle = vote.battle
    return (
        battle.prompt.challenge.slug,
        battle.left.slot.model.slug,
        battle.right.slot.model.slug,
        vote.verdict,
    )


def test_every_format_holds_the_votes_that_stand_and_no_other(client, arena):
    voter = create_voter()
    back = cast(voter=voter)
    undo_verdict(token=back.battle.token, voter=voter)
    Vote.objects.filter(pk=back.pk).update(created_at=F("created_at") - timedelta(hours=2))
    standing = Vote.objects.filter(STANDING).select_related("battle")
    assert 0 < standing.count() < Vote.objects.count()
    expected = Counter(told(vote) for vote in standing)
    for ending in ("csv", "csv.gz", "jsonl", "jsonl.gz"):
        rows = read(client, ending)
        keys = ("challenge", "left", "right", "verdict")
        assert Counter(tuple(row[key] for key in keys) for row in rows) == expected
        assert all(list(row) == NAMES for row in rows)
        by_voter = Counter(Counter(row["voter"] for row in rows).values())
        assert by_voter == Counter(Counter(standing.values_list("voter", flat=True)).values())


def test_csv_and_jsonl_say_the_same(client, arena):
    def plain(row: dict[str, Any]) -> tuple[str, ...]:
        values = {**row, "weight": float(row["weight"]), "simulated": str(row["simulated"]).lower()}
        return tuple(str(value) for name, value in values.items() if name != "voter")

    assert sorted(map(plain, read(client, "csv"))) == sorted(map(plain, read(client, "jsonl")))


def test_no_person_and_no_picture_is_in_a_file(client, arena):
    first, second = client.get(f"{ROOT}.csv").getvalue(), client.get(f"{ROOT}.csv").getvalue()
    rows = list(csv.DictReader(io.StringIO(first.decode())))
    again = list(csv.DictReader(io.StringIO(second.decode())))
    assert {row["voter"] for row in rows}.isdisjoint(row["voter"] for row in again)
    assert all(re.fullmatch(r"[0-9a-f]{16}", row["voter"]) for row in rows)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", row["hour"]) for row in rows)
    moments = {vote.created_at.strftime("%Y-%m-%dT%H:00:00Z") for vote in arena.votes}
    assert {row["hour"] for row in rows} <= moments
    text = first.decode()
    for vote in arena.votes:
        assert vote.battle.token not in text
        for side in (vote.battle.left, vote.battle.right):
            assert not any(picture.name in text for picture in side.pictures.all())
    simulated = Vote.objects.filter(STANDING, voter__simulated=True).count()
    assert sum(row["simulated"] == "true" for row in rows) == simulated > 0


def test_filters_leave_out(client, arena):
    everything = len(read(client))
    assert read(client, population="real") == []
    assert len(read(client, population="demo")) == everything
    assert read(client, discipline="image-editing") == []
    today = datetime.now(UTC).date()
    assert len(read(client, since=str(today - timedelta(days=1)))) == everything
    assert read(client, "jsonl", since=str(today + timedelta(days=2))) == []
    old = Vote.objects.filter(STANDING).first()
    Vote.objects.filter(pk=old.pk).update(created_at="2026-01-02T23:59:59Z")
    assert len(read(client, since="2026-01-03")) == everything - 1
    Vote.objects.filter(pk=old.pk).update(created_at="2026-01-03T00:00:00Z")
    assert len(read(client, since="2026-01-03")) == everything
    Challenge.objects.update(status="draft")
    assert read(client) == []


def test_the_running_hour_is_left_out(client, arena):
    before = len(read(client))
    vote = Vote.objects.filter(STANDING).first()
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        (now,) = cursor.fetchone()
    begun = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    # 30 minutes off UTC: an hour of the export is an hour of UTC, wherever the database thinks it is.
    for zone in ("UTC", "Asia/Kolkata"):
        with connection.cursor() as cursor:
            cursor.execute("select set_config('timezone', %s, true)", [zone])
        for moment, told_of in ((begun, 0), (begun - timedelta(microseconds=1), 1)):
            Vote.objects.filter(pk=vote.pk).update(created_at=moment)
            for ending in ("csv", "jsonl"):
                assert len(read(client, ending)) == before - 1 + told_of


def test_memory_does_not_grow_with_the_votes():
    create_arena(challenges=4, models=8)
    peaks, sizes = [], []
    for votes, mark in ((2_000, "a"), (100_000, "b")):
        fill_votes(votes=votes, voters=votes // 10, mark=mark, hours_ago=2)
        tracemalloc.start()
        try:
            sizes.append(sum(len(block) for block in stream_votes_as("csv")))
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert sizes[1] > 30 * sizes[0]
    assert sizes[1] > 20 * peaks[1]
    assert peaks[1] < 10 * BLOCK_BYTES


def open_file(path: str) -> Any:
    """Ask as a server does: the answer is read and closed by whoever asked."""
    statuses: list[str] = []
    environ = RequestFactory().get(path).environ
    answer: Any = get_wsgi_application()(environ, lambda status, headers: statuses.append(status))
    answer.said = int(statuses[0].split()[0])
    return answer


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("ending", ["csv", "jsonl.gz"])
def test_a_reader_who_goes_makes_room_and_gives_the_connection_back(ending):
    create_arena(challenges=4, models=8)
    fill_votes(votes=20_000, voters=2_000, mark="c", hours_ago=2)
    unread, begun = (open_file(f"{ROOT}.{ending}") for _ in range(exports.AT_ONCE))
    assert (unread.said, begun.said) == (200, 200)
    assert len(next(iter(begun))) > 0
    busy = open_file(f"{ROOT}.csv")
    assert (busy.said, busy["Content-Type"]) == (503, "application/problem+json")
    assert int(busy["Retry-After"]) == exports.RETRY_AFTER
    for answer in (begun, unread, busy):
        answer.close()
        answer.close()
    assert Vote.objects.count() > 15_000
    for _ in range(exports.AT_ONCE + 1):
        last = open_file(f"{ROOT}.csv")
        lines = b"".join(last).count(b"\n")
        last.close()
    assert lines == Vote.objects.count() + 1


@pytest.mark.django_db(transaction=True)
def test_a_reader_who_goes_leaves_no_copy_behind_in_the_pool():
    """Django closes the connection when the answer is closed; one in the middle of a COPY would never close."""
    create_arena(challenges=4, models=8)
    fill_votes(votes=8_000, voters=800, mark="d", hours_ago=2)
    for _ in range(exports.AT_ONCE + 1):
        answer = open_file(f"{ROOT}.jsonl.gz")
        assert answer.said == 200
        assert len(next(iter(answer))) > 0
        answer.close()
        assert connection.connection is None
    assert Vote.objects.count() > 5_000


def test_head_tells_the_kind_and_reads_nothing(client, arena, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.head(f"{ROOT}.csv.gz")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/gzip"
    assert "paragone-votes-" in answer["Content-Disposition"]
    assert answer.getvalue() == b""
