"""Forgetting a person: identity goes, votes stay."""

from datetime import timedelta

import pytest
from django.conf import settings as project
from django.db.models import F
from django.http import HttpResponse
from django.test import RequestFactory

from arena.battles.caps import NEW_VOTERS_PER_HOUR
from arena.battles.forgetting import forget_voter
from arena.battles.models import Battle, Vote, Voter
from arena.battles.networks import forget_networks
from arena.battles.verdicts import VerdictError, record_skip, record_verdict
from arena.battles.voters import create_voter as open_voter
from arena.battles.voters import read_voter, set_voter
from tests.factories import cast, create_arena, create_voter, issue

pytestmark = pytest.mark.django_db


def test_forgetting_notes_when_and_the_network_goes_at_midnight():
    voter = create_voter(network="abc")
    assert forget_voter(voter)
    voter.refresh_from_db()
    assert voter.forgotten_at is not None
    Voter.objects.update(created_at=F("created_at") - timedelta(days=1))
    forget_networks()
    voter.refresh_from_db()
    assert voter.network == ""


def test_who_forgets_himself_again_and_again_is_counted_all_the_same():
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    for _ in range(NEW_VOTERS_PER_HOUR):
        forget_voter(new := open_voter(request))
        assert not new.crowded
    assert open_voter(request).crowded


def test_forgetting_again_changes_nothing():
    voter = create_voter()
    forget_voter(voter)
    voter.refresh_from_db()
    noted = voter.forgotten_at
    assert not forget_voter(voter)
    voter.refresh_from_db()
    assert voter.forgotten_at == noted


def test_votes_stay_as_they_are():
    create_arena(challenges=2)
    vote = cast()
    before = Vote.objects.filter(pk=vote.pk).values().get()
    forget_voter(vote.voter)
    assert Vote.objects.filter(pk=vote.pk).values().get() == before


@pytest.mark.django_db(transaction=True)
def test_only_battles_that_wait_expire():
    create_arena(challenges=4)
    voter, other = create_voter(), create_voter()
    judged = cast(voter=voter).battle
    skipped = issue(voter=voter)
    record_skip(token=skipped.token, voter=voter)
    waiting, foreign = issue(voter=voter), issue(voter=other)
    before = dict(Battle.objects.values_list("pk", "expires_at"))
    forget_voter(voter)
    after = dict(Battle.objects.values_list("pk", "expires_at"))
    changed = {pk for pk in before if before[pk] != after[pk]}
    assert changed == {waiting.pk}
    assert after[waiting.pk] < before[waiting.pk]
    assert {judged.pk, skipped.pk, foreign.pk}.isdisjoint(changed)
    with pytest.raises(VerdictError):
        record_verdict(token=waiting.token, voter=voter, verdict="left")


def test_a_copy_of_the_cookie_is_void():
    voter = create_voter()
    response = HttpResponse()
    set_voter(response, voter=voter)
    request = RequestFactory().get("/")
    request.COOKIES[project.VOTER_COOKIE] = response.cookies[project.VOTER_COOKIE].value
    assert read_voter(request) == voter
    forget_voter(voter)
    assert read_voter(request) is None
