"""Decisions about pictures: what becomes of votes is recorded, subtracted once, and boards follow."""

import threading
import time
from collections import Counter
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from arena.battles import decisions
from arena.battles.decisions import (
    carry_out,
    carry_out_waiting,
    count_standing_votes,
    dismiss_reports,
    hide_picture,
    retire_picture,
    rotate_picture,
    show_picture,
)
from arena.battles.models import STANDING, Decision, FoldEntry, Undo, Vote, Voter
from arena.battles.pool import Scope, candidates_in_play, forget_pools
from arena.battles.recording import NOTHING_DRAWN, call_record
from arena.battles.reports import open_reports, report_picture
from arena.battles.undo import undo_verdict
from arena.generation.models import Candidate, Slot
from arena.ratings.models import RatingRun, Tally
from arena.ratings.publishing import refresh_boards
from arena.ratings.recompute import count_votes, find_differences, rebuild
from tests.factories import cast, create_arena, create_candidate, create_model, create_voter, issue

pytestmark = pytest.mark.django_db


def tallied() -> Counter[Any]:
    """The kept tallies, as `count_votes` counts them anew."""
    cells = Tally.objects.values_list(
        "population", "challenge", "left", "right", "verdict", "count"
    )
    return Counter({tuple(cell[:5]): cell[5] for cell in cells if cell[5]})


def published() -> list[Any]:
    """Every board in points, with its votes."""
    runs = RatingRun.objects.order_by("discipline", "category", "challenge")
    return [(run.votes, run.arrays["models"], run.arrays["rating"]) for run in runs]


def test_hide_picture_with_votes_kept_changes_no_board():
    create_arena(models=3)
    for _ in range(6):
        cast()
    refresh_boards()
    before = published()
    decision = hide_picture(Candidate.objects.all()[0], void=False, reason="A face", by=None)
    refresh_boards()
    assert published() == before
    assert (decision.votes, decision.voided, decision.reason) == ("kept", 0, "A face")
    assert not Undo.objects.exists()
    assert tallied() == +count_votes()


def test_hide_picture_with_votes_voided_leaves_the_boards_of_the_other_votes():
    create_arena(models=3)
    votes = [cast(verdict=verdict) for verdict in ("left", "right", "tie", "left") * 4]
    refresh_boards()
    gone = Candidate.objects.all()[0]
    on_it = [vote for vote in votes if gone.pk in (vote.first_id, vote.second_id)]
    assert 0 < len(on_it) < len(votes)
    assert count_standing_votes([gone])[gone.pk] == len(on_it)

    decision = hide_picture(gone, void=True, reason="", by=None)
    assert decision.voided == len(on_it)
    assert set(decision.undos.values_list("vote", flat=True)) == {vote.pk for vote in on_it}
    refresh_boards()
    after = published()
    assert tallied() == +count_votes()
    assert sum(Tally.objects.values_list("count", flat=True)) == len(votes) - len(on_it)
    # The facts stay as they were, and a rebuild from them says the same (I5, I7).
    assert Vote.objects.filter(counted=True).count() == len(votes)
    rebuild()
    assert published() == after
    assert FoldEntry.objects.count() == 0


def test_a_hidden_picture_leaves_the_vote_within_a_second_and_its_open_pairs_do_not_count(settings):
    settings.POOL_SECONDS = 0.5
    forget_pools()
    create_arena()
    held = issue()
    hide_picture(Candidate.objects.all()[0], void=False, reason="", by=None)
    hidden_at = time.monotonic()
    assert not candidates_in_play(Scope(), population="demo").filter(status="hidden").exists()
    while decisions_pool_has_hidden() and time.monotonic() - hidden_at < 5:
        time.sleep(0.05)
    assert time.monotonic() - hidden_at < 1
    recorded = call_record(
        voter_id=held.voter_id,
        token=held.token,
        verdict="left",
        viewing_ms=3000,
        is_curator=False,
        drawn=NOTHING_DRAWN,
    )
    assert recorded is not None
    assert (recorded.counted, recorded.reason) == (False, "withdrawn")
    forget_pools()


def decisions_pool_has_hidden() -> bool:
    from arena.battles.pool import read_pool

    hidden = set(Candidate.objects.filter(status="hidden").values_list("pk", flat=True))
    return bool(hidden & read_pool(Scope()).candidates)


def test_votes_can_be_voided_after_they_were_kept_and_are_voided_once():
    create_arena()
    cast()
    gone = Candidate.objects.all()[0]
    hide_picture(gone, void=False, reason="", by=None)
    later = hide_picture(gone, void=True, reason="", by=None)
    again = hide_picture(gone, void=True, reason="", by=None)
    assert (later.voided, again.voided, carry_out(later)) == (1, 0, 1)
    assert FoldEntry.objects.filter(sign=-1).count() == 1
    refresh_boards()
    assert tallied() == +count_votes()


def test_a_vote_that_was_taken_back_is_not_subtracted_again():
    create_arena()
    vote = cast()
    undo_verdict(token=vote.battle.token, voter=vote.voter)
    assert hide_picture(Candidate.objects.all()[0], void=True, reason="", by=None).voided == 0
    refresh_boards()
    assert tallied() == +count_votes()
    # And the other way round: the voter takes back what is voided already.
    assert undo_verdict(token=vote.battle.token, voter=vote.voter).pk == vote.pk
    assert FoldEntry.objects.count() == 0


def test_shown_again_the_picture_plays_and_its_voided_votes_stay_voided():
    create_arena()
    cast()
    gone = Candidate.objects.all()[0]
    hide_picture(gone, void=True, reason="", by=None)
    decision, plays = show_picture(gone, by=None)
    assert (decision.action, plays) == ("shown", True)
    assert not Vote.objects.filter(STANDING).exists()
    assert cast().counted


def test_a_decision_that_was_interrupted_is_carried_out_later(monkeypatch):
    create_arena()
    cast()

    def die(decision: Decision) -> int:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(decisions, "carry_out", die)
        hide_picture(Candidate.objects.all()[0], void=True, reason="", by=None)
    assert Candidate.objects.filter(status="hidden").count() == 1
    assert Decision.objects.get().voided is None
    assert carry_out_waiting() == 1
    assert carry_out_waiting() == 0
    assert Decision.objects.get().voided == 1


def test_every_decision_closes_the_open_reports_and_says_who():
    create_arena(takes=4)
    by = User.objects.create_user("carla")
    first, second, third, fourth = Candidate.objects.all()[:4]
    for candidate in (first, second, third, fourth):
        report_picture(candidate, reason="other", voter=create_voter(), network="")
    made = [
        dismiss_reports(first, by=by),
        hide_picture(second, void=False, reason="", by=by),
        retire_picture(third, by=by),
        rotate_picture(fourth, by=by)[0],
    ]
    assert not open_reports().exists()
    assert [d.action for d in made if d] == ["dismissed", "hidden", "retired", "rotated"]
    assert all(d and d.decided_by == by and d.reports.count() == 1 for d in made)
    assert Slot.objects.filter(candidate=None).count() == 1
    assert retire_picture(third, by=by) is None
    assert rotate_picture(fourth, by=by) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_voiding_waits_for_a_verdict_that_began_before_the_picture_was_hidden():
    (challenge,) = create_arena()
    create_candidate(challenge=challenge, model=create_model())
    battle = issue()
    gone = Candidate.objects.get(pk=battle.left_id)
    made: list[Decision] = []

    def decide() -> None:
        made.append(hide_picture(gone, void=True, reason="", by=None))
        connection.close()

    with transaction.atomic():
        # The verdict has locked its voter and has seen the picture in play, but is not committed.
        Voter.objects.select_for_update(no_key=True).get(pk=battle.voter_id)
        recorded = call_record(
            voter_id=battle.voter_id,
            token=battle.token,
            verdict="left",
            viewing_ms=3000,
            is_curator=False,
            drawn=NOTHING_DRAWN,
        )
        assert recorded and recorded.counted
        thread = threading.Thread(target=decide)
        thread.start()
        thread.join(timeout=1)
        assert thread.is_alive()
    thread.join(timeout=20)
    assert [decision.voided for decision in made] == [1]
    refresh_boards()
    assert find_differences() == []
