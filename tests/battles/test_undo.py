"""Undo: a row that subtracts, for ten seconds, once; everything else stays as it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from arena.battles.issuing import Scope, open_battles
from arena.battles.models import STANDING, Exposure, FoldEntry, Undo, Vote
from arena.battles.simulation import remove_simulated
from arena.battles.undo import UNDO_FOR, NotJudged, TooLate, can_undo, undo_verdict
from arena.battles.verdicts import AlreadyJudged, UnknownBattle, record_skip, record_verdict
from tests.factories import cast, create_arena, create_voter, issue, look

pytestmark = pytest.mark.django_db


def test_undo_verdict_appends_a_row_and_a_subtraction_and_changes_nothing_else():
    create_arena()
    vote = cast()
    before = Vote.objects.values().get()
    assert can_undo(vote)
    assert undo_verdict(token=vote.battle.token, voter=vote.voter).pk == vote.pk
    assert Vote.objects.values().get() == before
    assert Undo.objects.get().vote_id == vote.pk
    assert list(FoldEntry.objects.order_by("pk").values_list("vote", "sign")) == [
        (vote.pk, 1),
        (vote.pk, -1),
    ]
    assert Exposure.objects.count() == 2
    assert open_battles(vote.voter, scope=Scope()) == []
    assert not Vote.objects.filter(STANDING).exists()
    assert not can_undo(vote)


def test_undo_verdict_again_does_nothing_even_when_it_is_late():
    create_arena()
    vote = cast()
    undo_verdict(token=vote.battle.token, voter=vote.voter)
    look(voter=vote.voter, seconds=60)
    assert undo_verdict(token=vote.battle.token, voter=vote.voter).pk == vote.pk
    assert (Undo.objects.count(), FoldEntry.objects.count()) == (1, 2)


def test_an_undone_pair_takes_no_other_verdict_and_no_skip():
    create_arena()
    vote = cast()
    undo_verdict(token=vote.battle.token, voter=vote.voter)
    again = record_verdict(token=vote.battle.token, voter=vote.voter, verdict="left")
    assert (again.pk, again.counted) == (vote.pk, True)
    with pytest.raises(AlreadyJudged):
        record_verdict(token=vote.battle.token, voter=vote.voter, verdict="right")
    with pytest.raises(AlreadyJudged):
        record_skip(token=vote.battle.token, voter=vote.voter)
    assert cast(voter=vote.voter).reason == "name-known"


@pytest.mark.parametrize(("seconds", "late"), [(9, False), (10.1, True)])
def test_undo_verdict_is_refused_after_ten_seconds(seconds, late):
    assert timedelta(seconds=10) == UNDO_FOR
    create_arena()
    vote = cast()
    look(voter=vote.voter, seconds=seconds)
    if late:
        with pytest.raises(TooLate, match="10 seconds"):
            undo_verdict(token=vote.battle.token, voter=vote.voter)
    else:
        undo_verdict(token=vote.battle.token, voter=vote.voter)
    assert Undo.objects.exists() != late


def test_undoing_a_verdict_that_did_not_count_subtracts_nothing():
    create_arena()
    first = cast()
    second = cast(voter=first.voter)
    assert not second.counted
    undo_verdict(token=second.battle.token, voter=first.voter)
    assert FoldEntry.objects.get().vote_id == first.pk


def test_undo_verdict_refuses_foreign_unknown_unjudged_and_skipped_battles():
    create_arena(challenges=3)
    vote, waiting, skipped = cast(), issue(), issue()
    record_skip(token=skipped.token, voter=skipped.voter)
    for token, voter, error in [
        (vote.battle.token, create_voter(), UnknownBattle),
        (vote.battle.token, None, UnknownBattle),
        ("nonsense", vote.voter, UnknownBattle),
        (waiting.token, waiting.voter, NotJudged),
        (skipped.token, skipped.voter, NotJudged),
    ]:
        with pytest.raises(error):
            undo_verdict(token=token, voter=voter)
    assert not Undo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_undos_at_the_same_time_subtract_once():
    create_arena()
    vote = cast()

    def undo(_: int) -> int:
        try:
            return undo_verdict(token=vote.battle.token, voter=vote.voter).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(undo, range(24))) == {vote.pk}
    assert Undo.objects.count() == 1
    assert FoldEntry.objects.filter(sign=-1).count() == 1


def test_removing_simulated_voters_takes_their_undos_along():
    create_arena()
    vote = cast(voter=create_voter(simulated=True))
    undo_verdict(token=vote.battle.token, voter=vote.voter)
    assert remove_simulated() == 1
    assert not Undo.objects.exists()
