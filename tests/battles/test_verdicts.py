"""Verdicts: once, of the right voter, counted for a reason (I1, I3)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from arena.battles.issuing import Scope, fill_window, issue_battle, open_battles
from arena.battles.models import Battle, Exposure, FoldEntry, Vote
from arena.battles.verdicts import (
    AlreadyJudged,
    BadVerdict,
    BattleExpired,
    UnknownBattle,
    record_skip,
    record_verdict,
)
from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation.models import Candidate
from arena.generation.moderation import hide_candidate
from tests.factories import cast, create_arena, create_model, create_voter, issue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verdict", ["left", "right", "tie", "both_bad"])
def test_record_verdict_appends_one_counted_vote(verdict):
    create_arena()
    battle = issue()
    vote = record_verdict(token=battle.token, voter=battle.voter, verdict=verdict, viewing_ms=900)
    assert (vote.verdict, vote.counted, vote.reason) == (verdict, True, "")
    assert {vote.first_id, vote.second_id} == {battle.left_id, battle.right_id}
    assert vote.first_id < vote.second_id
    assert FoldEntry.objects.get().vote_id == vote.pk
    assert set(Exposure.objects.values_list("candidate_id", flat=True)) == {
        battle.left_id,
        battle.right_id,
    }


def test_record_verdict_gives_the_same_answer_to_the_same_verdict():
    create_arena()
    battle = issue()
    first = record_verdict(token=battle.token, voter=battle.voter, verdict="left", viewing_ms=900)
    again = record_verdict(token=battle.token, voter=battle.voter, verdict="left", viewing_ms=900)
    assert again.pk == first.pk
    assert again.counted
    assert Vote.objects.count() == FoldEntry.objects.count() == 1


def test_record_verdict_refuses_another_verdict_and_names_the_recorded_one():
    create_arena()
    battle = issue()
    record_verdict(token=battle.token, voter=battle.voter, verdict="left")
    with pytest.raises(AlreadyJudged, match="Left is better"):
        record_verdict(token=battle.token, voter=battle.voter, verdict="right")
    assert Vote.objects.get().verdict == "left"


def test_record_verdict_refuses_a_foreign_unknown_or_cookieless_battle():
    create_arena()
    battle = issue()
    for token, voter in [
        (battle.token, create_voter()),
        ("nonsense", battle.voter),
        (battle.token, None),
    ]:
        with pytest.raises(UnknownBattle):
            record_verdict(token=token, voter=voter, verdict="left")
    assert not Vote.objects.exists()


def test_record_verdict_refuses_words_outside_the_list():
    create_arena()
    battle = issue()
    with pytest.raises(BadVerdict, match="left, right, tie, both_bad"):
        record_verdict(token=battle.token, voter=battle.voter, verdict="up")


def test_record_verdict_refuses_an_expired_battle():
    create_arena()
    battle = issue()
    Battle.objects.update(expires_at=Now() - timedelta(seconds=1))
    with pytest.raises(BattleExpired):
        record_verdict(token=battle.token, voter=battle.voter, verdict="left")
    assert not Exposure.objects.exists()


def test_a_recorded_verdict_is_answered_after_the_battle_expired_too():
    create_arena()
    battle = issue()
    record_verdict(token=battle.token, voter=battle.voter, verdict="tie", viewing_ms=900)
    Battle.objects.update(expires_at=Now() - timedelta(seconds=1))
    assert record_verdict(token=battle.token, voter=battle.voter, verdict="tie").counted


def test_a_verdict_on_a_picture_whose_name_is_known_is_kept_but_not_counted():
    create_arena(models=2, takes=1)
    voter = create_voter()
    assert cast(voter=voter).counted
    second = cast(voter=voter)
    assert (second.counted, second.reason) == (False, "name-known")
    assert FoldEntry.objects.count() == 1


def test_a_verdict_on_a_picture_hidden_meanwhile_is_not_counted():
    create_arena()
    battle = issue()
    hide_candidate(battle.left, reason="test")
    vote = record_verdict(token=battle.token, voter=battle.voter, verdict="left")
    assert (vote.counted, vote.reason) == (False, "withdrawn")


def test_a_curators_verdict_never_counts():
    create_arena()
    battle = issue()
    vote = record_verdict(token=battle.token, voter=battle.voter, verdict="left", is_curator=True)
    assert (vote.counted, vote.reason) == (False, "curator")


def test_record_skip_exposes_nothing_and_closes_the_battle():
    create_arena()
    battle = issue()
    record_skip(token=battle.token, voter=battle.voter)
    record_skip(token=battle.token, voter=battle.voter)
    assert not Exposure.objects.exists()
    with pytest.raises(AlreadyJudged, match="skipped"):
        record_verdict(token=battle.token, voter=battle.voter, verdict="left")


def test_record_skip_refuses_a_judged_battle():
    create_arena()
    vote = cast()
    with pytest.raises(AlreadyJudged):
        record_skip(token=vote.battle.token, voter=vote.voter)


@pytest.mark.django_db(transaction=True)
def test_64_parallel_posts_of_one_verdict_give_one_vote_and_equal_answers():
    create_arena()
    battle = issue()

    def post(_: int) -> tuple[int, bool]:
        try:
            vote = record_verdict(
                token=battle.token, voter=battle.voter, verdict="left", viewing_ms=900
            )
        finally:
            connection.close()
        return vote.pk, vote.counted

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(post, range(64)))
    assert len(answers) == 1
    assert Vote.objects.count() == FoldEntry.objects.count() == 1


def test_battles_of_a_window_share_no_candidate():
    create_arena(challenges=2, models=3, takes=2)
    battles = fill_window(create_voter(), scope=Scope())
    shown = [c for battle in battles for c in (battle.left_id, battle.right_id)]
    assert len(battles) == 3
    assert len(set(shown)) == 6


@pytest.mark.django_db(transaction=True)
def test_battles_issued_at_the_same_time_share_no_candidate():
    create_arena(challenges=2, models=3, takes=2)
    voter = create_voter()

    def take(_: int) -> tuple[int, int] | None:
        try:
            battle = issue_battle(voter, scope=Scope())
            return (battle.left_id, battle.right_id) if battle else None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        pairs = [pair for pair in pool.map(take, range(6)) if pair]
    shown = [candidate for pair in pairs for candidate in pair]
    assert len(pairs) >= 2
    assert len(shown) == len(set(shown))


def test_fill_window_hands_out_the_waiting_battles_again():
    create_arena(challenges=3)
    voter = create_voter()
    first = [battle.token for battle in fill_window(voter, scope=Scope())]
    assert [battle.token for battle in fill_window(voter, scope=Scope())] == first
    assert Battle.objects.count() == 3


def test_issue_battle_prefers_pairs_whose_names_are_new():
    create_arena(models=2, takes=3)
    voter = create_voter()
    votes = [cast(voter=voter) for _ in range(3)]
    assert all(vote.counted for vote in votes)
    assert not cast(voter=voter).counted


def test_issue_battle_finds_nothing_in_closed_challenges_or_with_one_model():
    (challenge,) = create_arena()
    Challenge.objects.update(status=Challenge.Status.CLOSED)
    assert issue_battle(create_voter(), scope=Scope()) is None
    Challenge.objects.update(status=Challenge.Status.OPEN)
    Candidate.objects.first().delete()
    assert issue_battle(create_voter(), scope=Scope()) is None
    assert challenge.prompts.count() == 1


def test_open_battles_forget_hidden_pictures():
    create_arena()
    battle = issue()
    hide_candidate(battle.right, reason="test")
    assert open_battles(battle.voter, scope=Scope()) == []


def test_a_battle_never_mixes_populations():
    (challenge,) = create_arena(models=1)
    real = create_model(population=Population.REAL)
    from tests.factories import create_candidate

    create_candidate(challenge=challenge, model=real)
    assert issue_battle(create_voter(), scope=Scope()) is None
    other = create_model(population=Population.REAL)
    create_candidate(challenge=challenge, model=other)
    battle = issue()
    assert battle.population == Population.REAL
    assert {battle.left.slot.model, battle.right.slot.model} == {real, other}


def test_scope_keeps_to_its_challenge_and_discipline():
    first, _ = create_arena(challenges=2)
    for _ in range(5):
        battle = issue(scope=Scope(challenge=first.slug))
        assert battle.prompt.challenge == first
    assert issue_battle(create_voter(), scope=Scope(discipline="image-editing")) is None
