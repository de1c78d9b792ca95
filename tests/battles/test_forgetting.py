"""Forgetting a person: identity goes, votes stay."""

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import RequestFactory

from arena.battles.forgetting import forget_voter
from arena.battles.models import Battle, Vote
from arena.battles.verdicts import VerdictError, record_skip, record_verdict
from arena.battles.voters import read_voter, set_voter
from tests.factories import cast, create_arena, create_voter, issue

pytestmark = pytest.mark.django_db


def test_forgetting_clears_the_network_and_notes_when():
    voter = create_voter(network="abc")
    assert forget_voter(voter)
    voter.refresh_from_db()
    assert voter.network == ""
    assert voter.forgotten_at is not None


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
