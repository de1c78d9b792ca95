"""A verdict with the next battles behind it: one transaction, and never drawn from what is no longer true."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from arena.battles import onward
from arena.battles.issuing import WINDOW, Scope, fill_window, issue_battle, open_battles
from arena.battles.models import Battle, Exposure, Vote, Voter
from arena.battles.onward import judge
from arena.battles.pool import forget_pools
from arena.battles.recording import read_window, recall
from arena.battles.undo import undo_verdict
from arena.battles.verdicts import (
    AlreadyJudged,
    BattleExpired,
    UnknownBattle,
    record_skip,
    record_verdict,
)
from tests.factories import cast, create_arena, create_candidate, create_model, create_voter

pytestmark = pytest.mark.django_db

EVERYTHING = Scope()


def say(voter: Voter, battle: Battle, verdict: str = "left", scope: Scope = EVERYTHING):
    return judge(
        token=battle.token,
        voter_id=voter.pk,
        verdict=verdict,
        viewing_ms=3000,
        is_curator=False,
        scope=scope,
    )


def test_judge_brings_the_window_that_filling_it_would_find():
    create_arena(challenges=6)
    voter = create_voter()
    first, *others = fill_window(voter, scope=Scope())
    answer = say(voter, first)
    assert [battle.pk for battle in answer.battles[:2]] == [battle.pk for battle in others]
    assert len(answer.battles) == WINDOW
    later = fill_window(voter, scope=Scope())
    assert [(b.pk, b.token, b.left_id, b.right_id, b.names_known) for b in later] == [
        (b.pk, b.token, b.left_id, b.right_id, b.names_known) for b in answer.battles
    ]
    assert Battle.objects.count() == WINDOW + 1


def test_judge_stores_the_next_battle_with_its_probability():
    create_arena(challenges=6)
    voter = create_voter()
    first, *_ = fill_window(voter, scope=Scope())
    new = Battle.objects.get(pk=say(voter, first).battles[-1].pk)
    # Each challenge has one pair: two are in the window and one is judged, so three were left.
    assert new.probability == pytest.approx(1 / 3)
    assert (new.even_ratio, new.population, new.voter) == (1, "demo", voter)
    assert new.expires_at - new.issued_at == settings.BATTLE_LIFETIME
    assert new.left.slot.prompt_id == new.right.slot.prompt_id == new.prompt_id


def test_judge_asks_nothing_beside_its_two_statements(monkeypatch):
    monkeypatch.setattr(settings, "POOL_SECONDS", 60)
    forget_pools()
    create_arena(challenges=6)
    voter = create_voter()
    first, second, _ = fill_window(voter, scope=Scope())
    say(voter, first)
    with CaptureQueriesContext(connection) as queries:  # sees what goes through Django's cursors
        answer = say(voter, second)
    forget_pools()
    assert [query["sql"] for query in queries] == []
    assert len(answer.battles) == WINDOW


def test_both_statements_are_planned_once_per_connection():
    """Where Django's settings are silent psycopg prepares nothing: each vote would be planned anew."""
    create_arena(challenges=6)
    voter = create_voter()
    battles = fill_window(voter, scope=Scope())
    for battle in battles:
        say(voter, battle)
    with connection.cursor() as cursor:
        cursor.execute("select statement, generic_plans + custom_plans from pg_prepared_statements")
        used = {
            name: number
            for statement, number in cursor.fetchall()
            for name in ("handed_out", "battles_record_verdict")
            if name in statement
        }
    assert min(used["handed_out"], used["battles_record_verdict"]) >= len(battles)


def test_names_of_the_judged_battle_are_known_to_the_draw():
    create_arena(models=2, takes=2)  # two pairs without a candidate in common
    voter = create_voter()
    first, _ = fill_window(voter, scope=Scope())
    answer = say(voter, first)
    shown = {c for battle in answer.battles for c in (battle.left_id, battle.right_id)}
    assert Exposure.objects.count() == 2
    known = set(Exposure.objects.values_list("candidate_id", flat=True))
    for battle in answer.battles:
        assert battle.names_known == bool({battle.left_id, battle.right_id} & known)
    assert len(shown) == 2 * len(answer.battles)


def test_when_all_names_are_known_the_pair_just_judged_is_not_the_least_seen():
    create_arena(challenges=2)  # one pair each
    for _ in range(8):
        voter = create_voter()
        for _ in range(2):
            cast(voter=voter)
        (again, *_) = fill_window(voter, scope=Scope(), size=1)
        (following, *_) = say(voter, again).battles
        assert following.prompt_id != again.prompt_id


def test_a_draw_for_a_window_that_has_changed_is_not_stored(monkeypatch):
    create_arena(challenges=8)
    voter = create_voter()
    first, _ = fill_window(voter, scope=Scope(), size=2)

    def read_and_be_overtaken(voter_id: int):
        window = read_window(voter_id)
        assert issue_battle(voter, scope=Scope())  # another tab
        return window

    monkeypatch.setattr(onward, "read_window", read_and_be_overtaken)
    answer = say(voter, first)
    assert answer.recorded.next_ids is None
    shown = [c for battle in answer.battles for c in (battle.left_id, battle.right_id)]
    assert len(answer.battles) == WINDOW == len(open_battles(voter, scope=Scope()))
    assert len(shown) == len(set(shown))


@pytest.mark.parametrize("overtake", ["judge", "skip"])
def test_a_battle_closed_meanwhile_makes_the_draw_stale(monkeypatch, overtake):
    create_arena(challenges=8)
    voter = create_voter()
    first, second, _ = fill_window(voter, scope=Scope())

    def read_and_be_overtaken(voter_id: int):
        window = read_window(voter_id)
        if overtake == "judge":
            cast_on(second)
        else:
            record_skip(token=second.token, voter=voter)
        return window

    monkeypatch.setattr(onward, "read_window", read_and_be_overtaken)
    answer = say(voter, first)
    assert answer.recorded.next_ids is None
    assert second.pk not in {battle.pk for battle in answer.battles}
    assert len(answer.battles) == WINDOW


def cast_on(battle: Battle) -> None:
    record_verdict(token=battle.token, voter=battle.voter, verdict="tie", viewing_ms=3000)


def test_a_refused_verdict_hands_out_nothing():
    create_arena(challenges=6)
    voter = create_voter()
    first, second, _ = fill_window(voter, scope=Scope())
    Battle.objects.filter(pk=first.pk).update(expires_at=Now(), issued_at=F("issued_at"))
    with pytest.raises(BattleExpired):
        say(voter, first)
    record_skip(token=second.token, voter=voter)
    with pytest.raises(AlreadyJudged):
        say(voter, second)
    with pytest.raises(UnknownBattle):
        say(create_voter(), second)
    assert not Vote.objects.exists()
    assert Battle.objects.count() == WINDOW


def test_a_forgotten_voter_judges_nothing():
    create_arena()
    voter = create_voter()
    (battle,) = fill_window(voter, scope=Scope())
    Voter.objects.update(forgotten_at=Now())
    with pytest.raises(UnknownBattle):
        say(voter, battle)
    assert read_window(voter.pk) is None


def test_the_crowd_is_seen_from_the_voters_own_sides():
    (challenge,) = create_arena(models=2)
    votes = [cast(verdict="left") for _ in range(6)]
    undo_verdict(token=votes[0].battle.token, voter=votes[0].voter)
    mine = votes[-1]
    same = [vote for vote in votes[1:-1] if vote.battle.left_id == mine.battle.left_id]
    told = recall(mine)
    assert (told.crowd_left, told.crowd_right) == (len(same), 4 - len(same))
    assert (told.crowd_tie, told.crowd_both_bad, told.total) == (0, 0, 1)
    assert challenge.prompts.get().pk == told.prompt_id


def test_pictures_of_another_scope_are_kept_but_not_shown():
    first, second = create_arena(challenges=2, models=4)
    create_candidate(challenge=first, model=create_model())
    voter = create_voter()
    (battle, *_) = fill_window(voter, scope=Scope(challenge=first.slug))
    fill_window(voter, scope=Scope(challenge=second.slug))
    answer = say(voter, battle, scope=Scope(challenge=second.slug))
    assert {b.prompt_id for b in answer.battles} == {second.prompts.get().pk}


@pytest.mark.django_db(transaction=True)
def test_verdicts_at_once_hand_out_windows_without_a_shared_candidate():
    create_arena(challenges=10, models=3)
    voter = create_voter()
    battles = fill_window(voter, scope=Scope())

    def post(battle: Battle) -> int:
        try:
            return len(say(voter, battle).battles)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(post, battles))
    waiting = open_battles(voter, scope=Scope())
    shown = [c for battle in waiting for c in (battle.left_id, battle.right_id)]
    assert Vote.objects.count() == 3
    assert len(shown) == len(set(shown))
    assert len(waiting) <= WINDOW
