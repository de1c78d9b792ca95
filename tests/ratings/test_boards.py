"""Folding exactly once, publishing, rebuilding (I5, I8)."""

import random
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from arena.battles.models import FoldEntry, Vote
from arena.battles.undo import undo_verdict
from arena.catalog.models import Discipline, Population
from arena.ratings.boards import read_board, read_matchups, shown_population
from arena.ratings.datasets import Scope
from arena.ratings.folding import fold_entries
from arena.ratings.models import RatingRun, Tally
from arena.ratings.publishing import refresh_boards
from arena.ratings.recompute import count_votes, find_differences, rebuild
from arena.scoring.elo import count_by_voter, rate_clustered
from tests.factories import cast, create_arena

pytestmark = pytest.mark.django_db

TEXT = Scope(Population.DEMO, Discipline.TEXT_TO_IMAGE)


def cast_many(count: int, *, seed: int = 1) -> list[Vote]:
    dice = random.Random(seed)
    return [cast(verdict=dice.choice(["left", "right", "tie", "both_bad"])) for _ in range(count)]


def test_refresh_boards_publishes_what_scoring_says_of_the_votes():
    create_arena(challenges=2, models=3)
    votes = cast_many(40)
    assert refresh_boards() == 3  # two challenges and their discipline
    assert refresh_boards() == 0
    models = sorted({side.slot.model_id for v in votes for side in (v.battle.left, v.battle.right)})
    words = ["left", "right", "tie", "both_bad"]
    expected = rate_clustered(
        count_by_voter(
            voter=[v.voter_id for v in votes],
            left=[models.index(v.battle.left.slot.model_id) for v in votes],
            right=[models.index(v.battle.right.slot.model_id) for v in votes],
            verdict=[words.index(v.verdict) for v in votes],
            models=3,
        )
    ).board
    board = read_board(TEXT)
    assert board.clustered
    assert (board.votes, board.voters, len(board.rows)) == (40, 40, 3)
    published = {row.model.pk: (row.rating, row.half_width, row.battles) for row in board.rows}
    for index, model in enumerate(models):
        assert published[model] == (
            expected.rating[index],
            expected.half_width[index],
            expected.battles[index],
        )


def test_refresh_boards_folds_each_vote_once():
    create_arena()
    cast_many(5)
    refresh_boards()
    assert not FoldEntry.objects.exists()
    assert sum(t.count for t in Tally.objects.all()) == 5
    number = read_board(TEXT).number
    assert refresh_boards() == 0
    assert read_board(TEXT).number == number


def test_votes_that_do_not_count_reach_no_board():
    create_arena()
    vote = cast()
    cast(voter=vote.voter)
    refresh_boards()
    assert read_board(TEXT).votes == 1


def test_one_board_per_challenge_sums_to_the_disciplines():
    first, second = create_arena(challenges=2)
    cast_many(20)
    refresh_boards()
    parts = [
        read_board(Scope(TEXT.population, TEXT.discipline, c.pk)).votes for c in (first, second)
    ]
    assert sum(parts) == read_board(TEXT).votes == 20


def test_populations_never_mix():
    create_arena(models=2)
    cast_many(3)
    create_arena(models=2, population=Population.REAL)
    cast_many(4, seed=2)
    refresh_boards()
    demo, real = read_board(TEXT), read_board(Scope(Population.REAL, Discipline.TEXT_TO_IMAGE))
    assert (demo.votes, real.votes) == (3, 4)
    assert {row.model.population for row in demo.rows} == {Population.DEMO}
    assert {row.model.population for row in real.rows} == {Population.REAL}
    assert shown_population() == Population.REAL


def test_shown_population_is_demo_before_the_first_real_vote():
    assert shown_population() == Population.DEMO


def test_read_matchups_counts_both_orientations():
    create_arena()
    votes = cast_many(12)
    refresh_boards()
    matchups = read_matchups(TEXT)
    assert matchups.records.battles[0, 1] == matchups.records.battles[1, 0] == len(votes)


def test_read_board_without_votes_is_empty():
    board = read_board(TEXT)
    assert (board.rows, board.votes, board.as_of) == ((), 0, None)


@pytest.mark.django_db(transaction=True)
def test_rebuild_prints_the_same_digits_as_folding():
    create_arena(challenges=2, models=3, takes=2)
    cast_many(30)
    refresh_boards()
    cast_many(10, seed=2)
    refresh_boards()
    before = {(r.discipline, r.challenge_id): r.arrays for r in RatingRun.objects.all()}
    assert find_differences() == []
    rebuild()
    assert {(r.discipline, r.challenge_id): r.arrays for r in RatingRun.objects.all()} == before


def test_rebuild_takes_unfolded_votes_along_once():
    create_arena()
    cast_many(4)
    rebuild()
    refresh_boards()
    assert read_board(TEXT).votes == 4


@pytest.mark.django_db(transaction=True)
def test_recompute_check_finds_a_changed_tally(capsys):
    create_arena()
    cast_many(6)
    refresh_boards()
    call_command("recompute", "--check")
    Tally.objects.filter(pk=Tally.objects.first().pk).update(count=99)
    with pytest.raises(CommandError, match="2 tallies or boards differ"):
        call_command("recompute", "--check")
    call_command("recompute")
    call_command("recompute", "--check")


@pytest.mark.django_db(transaction=True)
def test_a_slow_verdict_with_a_lower_id_is_folded_when_it_commits():
    create_arena(takes=2)
    entered, leave = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                cast()
                entered.set()
                leave.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert entered.wait(10)
    cast()
    refresh_boards()
    assert read_board(TEXT).votes == 1
    leave.set()
    thread.join(10)
    refresh_boards()
    assert read_board(TEXT).votes == 2
    assert find_differences() == []


@pytest.mark.django_db(transaction=True)
def test_two_folders_at_once_fold_each_entry_once():
    create_arena(takes=2)
    cast_many(20)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                fold_entries()
                inside.set()
                leave.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(10)
    assert refresh_boards() == 0
    leave.set()
    thread.join(10)
    assert sum(t.count for t in Tally.objects.all()) == 20


@pytest.mark.django_db(transaction=True)
def test_a_folder_that_dies_loses_and_doubles_nothing():
    create_arena()
    cast_many(7)

    class Died(Exception):
        pass

    with pytest.raises(Died), transaction.atomic():
        fold_entries()
        raise Died
    assert FoldEntry.objects.count() == 7
    refresh_boards()
    assert read_board(TEXT).votes == 7


def undo(vote: Vote) -> None:
    undo_verdict(token=vote.battle.token, voter=vote.voter)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("folded_before", [False, True])
@pytest.mark.parametrize("folded_after", [False, True])
def test_undone_votes_leave_tallies_boards_and_rebuild_alike(folded_before, folded_after):
    create_arena(challenges=2, models=3)
    votes = cast_many(20)
    if folded_before:
        refresh_boards()
    for vote in votes[::3]:
        undo(vote)
    if folded_after:
        refresh_boards()
    assert find_differences() == []
    assert sum(count_votes().values()) == 13
    refresh_boards()
    assert find_differences() == []
    assert sum(t.count for t in Tally.objects.all()) == 13
    board = read_board(TEXT)
    assert (board.votes, board.voters) == (13, 13)
    before = {(r.discipline, r.challenge_id): r.arrays for r in RatingRun.objects.all()}
    rebuild()
    assert not FoldEntry.objects.exists()
    assert {(r.discipline, r.challenge_id): r.arrays for r in RatingRun.objects.all()} == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("folded_before", [False, True])
def test_a_board_whose_only_vote_is_undone_is_empty(folded_before):
    create_arena()
    vote = cast()
    if folded_before:
        refresh_boards()
    undo(vote)
    refresh_boards()
    assert read_board(TEXT).votes == 0
    assert find_differences() == []
    assert read_board(TEXT).rows == ()


@pytest.mark.django_db(transaction=True)
def test_an_undo_that_commits_while_a_fold_runs_is_folded_next():
    create_arena()
    vote = cast()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                fold_entries()
                inside.set()
                leave.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(10)
    undo(vote)
    assert find_differences() == []
    leave.set()
    thread.join(10)
    assert find_differences() == []
    assert sum(t.count for t in Tally.objects.all()) == 1
    refresh_boards()
    assert sum(t.count for t in Tally.objects.all()) == 0
    assert find_differences() == []
