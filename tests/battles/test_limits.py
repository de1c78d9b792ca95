"""What a voter is told before the press agrees with what the verdict's transaction decides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from arena.battles import limits, recording
from arena.battles.limits import find_limit
from arena.battles.models import Vote, Voter
from arena.battles.undo import undo_verdict
from tests.factories import cast, create_arena, create_voter

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_a_day(monkeypatch) -> None:
    for module in (limits, recording):
        monkeypatch.setattr(module, "COUNTED_PER_DAY", 2)


def told(voter: Voter, *, is_curator: bool = False) -> str:
    limit = find_limit(voter, is_curator=is_curator, given=Vote.objects.filter(voter=voter).count())
    return limit.reason.code if limit else ""


@pytest.mark.usefixtures("two_a_day")
def test_the_daily_cap_is_told_exactly_when_the_next_verdict_will_not_count():
    create_arena(challenges=8)
    voter = create_voter()
    foretold, decided = [], []
    for number in range(5):
        foretold.append(told(voter))
        vote = cast(voter=voter)
        if number == 0:
            undo_verdict(token=vote.battle.token, voter=voter)  # it stays one of the day's
        decided.append(vote.reason)
    assert foretold == decided == ["", "", "daily-cap", "daily-cap", "daily-cap"]


@pytest.mark.usefixtures("two_a_day")
def test_yesterdays_verdicts_do_not_fill_todays_cap():
    create_arena(challenges=3)
    voter = create_voter()
    for _ in range(2):
        cast(voter=voter)
    assert told(voter) == "daily-cap"
    Vote.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert told(voter) == ""


@pytest.mark.usefixtures("two_a_day")
def test_who_has_given_few_verdicts_costs_no_query(django_assert_num_queries):
    voter = create_voter()
    with django_assert_num_queries(0):
        assert find_limit(voter, is_curator=False, given=1) is None
    with django_assert_num_queries(1):
        assert find_limit(voter, is_curator=False, given=2) is None


def test_a_limit_ends_at_midnight_or_with_the_login():
    create_arena()
    crowded = find_limit(create_voter(crowded=True), is_curator=False, given=0)
    curator = find_limit(create_voter(), is_curator=True, given=0)
    assert crowded and curator
    assert crowded.reason.code == "crowded-network"
    assert crowded.until and timedelta() < crowded.until - timezone.now() <= timedelta(days=1)
    assert (crowded.until.hour, crowded.until.minute) == (0, 0)
    assert (curator.reason.code, curator.until) == ("curator", None)


def test_a_voter_of_yesterdays_crowd_counts_today():
    create_arena()
    voter = create_voter(crowded=True)
    assert told(voter) == cast(voter=voter).reason == "crowded-network"
    Voter.objects.update(created_at=timezone.now() - timedelta(days=1))
    voter.refresh_from_db()
    assert told(voter) == ""


def test_simulated_voters_have_no_limit():
    voter = create_voter(simulated=True, crowded=True)
    assert find_limit(voter, is_curator=False, given=10_000) is None
