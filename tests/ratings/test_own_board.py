"""A voter's own board: from the first vote on, leaning on the crowd; agreement with the others."""

import pytest
from django.db import connection
from django.db.models.functions import Now

from arena.battles.models import Battle, FoldEntry, Undo, Verdict, Vote, Voter
from arena.battles.verdicts import record_verdict
from arena.catalog.models import Discipline, ImageModel, Population
from arena.ratings.boards import read_board
from arena.ratings.datasets import Scope
from arena.ratings.own_board import AGREEMENT_FROM, OwnStanding, read_own_standing
from arena.ratings.publishing import refresh_boards
from tests.factories import cast as cast_vote
from tests.factories import create_arena, create_model, create_voter, issue

pytestmark = pytest.mark.django_db

TEXT = Scope(Population.DEMO, Discipline.TEXT_TO_IMAGE)


def sit_down() -> Voter:
    """A voter whom no cap holds: tests vote faster than people."""
    return create_voter(simulated=True)


def cast(*, voter: Voter | None = None, verdict: str = "left") -> Vote:
    return cast_vote(voter=voter or sit_down(), verdict=verdict)


def prefer(model: ImageModel, *, voter: Voter | None = None) -> Vote:
    """Let a voter meet a pair and take the given model's side where it is in the pair."""
    battle = issue(voter=voter or sit_down())
    chosen = Verdict.LEFT if battle.left.slot.model_id == model.pk else Verdict.RIGHT
    return record_verdict(token=battle.token, voter=battle.voter, verdict=chosen)


def take_back(vote: Vote) -> None:
    Undo.objects.create(vote=vote, created_at=Now())
    FoldEntry.objects.create(vote=vote, sign=-1)


def test_without_votes_there_is_no_board():
    create_arena()
    cast()
    standing = read_own_standing(sit_down())
    assert standing.boards == ()
    assert (standing.agreement.compared, standing.agreement.share) == (0, None)


def test_one_vote_moves_two_models_from_the_crowds_ratings():
    create_arena(models=2, challenges=2)
    first, second = ImageModel.objects.order_by("pk")
    for _ in range(12):
        prefer(first)
    voter = sit_down()
    prefer(second, voter=voter)
    refresh_boards()
    (board,) = read_own_standing(voter).boards
    published = {row.model.pk: row for row in read_board(TEXT).rows}
    assert (board.scope, board.votes, board.unmet) == (TEXT, 1, ())
    by_model = {row.model_id: row for row in board.rows}
    assert by_model[second.pk].rating > published[second.pk].rating
    assert by_model[first.pk].rating < published[first.pk].rating
    for row in board.rows:
        assert row.crowd_rating == pytest.approx(published[row.model_id].rating, abs=0.11)
        assert row.crowd_rank == published[row.model_id].rank
        assert row.battles == 1
        assert 0 < row.own < 0.2
        assert row.lower < row.rating < row.upper


def test_many_votes_turn_the_own_board_over_but_not_the_crowds():
    create_arena(models=2, challenges=14, takes=1)
    first, second = ImageModel.objects.order_by("pk")
    for _ in range(40):
        prefer(first)
    voter = sit_down()
    for _ in range(14):
        prefer(second, voter=voter)
    refresh_boards()
    (board,) = read_own_standing(voter).boards
    assert [row.model_id for row in board.rows] == [second.pk, first.pk]
    assert [(row.rank, row.crowd_rank) for row in board.rows] == [(1, 2), (2, 1)]
    assert all(row.own > 0.5 for row in board.rows)


def test_models_never_met_are_named_apart_and_ranks_are_among_the_met():
    challenges = create_arena(models=4)
    for _ in range(60):
        cast(verdict="left")
    refresh_boards()
    voter = sit_down()
    vote = cast(voter=voter)
    (board,) = read_own_standing(voter).boards
    met = {vote.battle.left.slot.model_id, vote.battle.right.slot.model_id}
    assert {row.model_id for row in board.rows} == met
    assert sorted(row.rank for row in board.rows) == [1, 2]
    assert sorted(row.crowd_rank for row in board.rows) == [1, 2]
    assert set(board.unmet) == set(ImageModel.objects.values_list("pk", flat=True)) - met
    assert len(challenges) == 1


def test_a_first_vote_that_the_tallies_do_not_hold_yet_makes_a_board():
    create_arena()
    voter = sit_down()
    vote = cast(voter=voter, verdict="left")
    (board,) = read_own_standing(voter).boards
    assert board.rows[0].model_id == vote.battle.left.slot.model_id
    assert board.rows[0].rating > 1000 > board.rows[1].rating
    assert board.rows[0].crowd_rating == 1000


def test_votes_taken_back_or_not_counted_make_no_board():
    create_arena(challenges=2)
    voter = sit_down()
    take_back(cast(voter=voter))
    Vote.objects.filter(pk=cast(voter=voter).pk).update(counted=False, reason="withdrawn")
    assert read_own_standing(voter).boards == ()


def test_the_populations_and_disciplines_have_boards_of_their_own():
    create_arena()
    voter = sit_down()
    cast(voter=voter)
    Battle.objects.update(population=Population.REAL)
    create_arena(discipline=Discipline.IMAGE_EDITING)
    while not Vote.objects.filter(
        voter=voter, battle__prompt__challenge__discipline=Discipline.IMAGE_EDITING
    ):
        cast(voter=voter)
    scopes = [board.scope for board in read_own_standing(voter).boards]
    assert scopes == [
        Scope(Population.REAL, Discipline.TEXT_TO_IMAGE),
        Scope(Population.DEMO, Discipline.IMAGE_EDITING),
    ]


def agree(*, votes: int, against: int) -> OwnStanding:
    """Others prefer the first model seven times in eight; a voter takes its side except `against` times."""
    create_arena(models=2, challenges=votes)
    first, second = ImageModel.objects.order_by("pk")
    for _ in range(7):
        prefer(first)
    prefer(second)
    voter = sit_down()
    for number in range(votes):
        prefer(second if number < against else first, voter=voter)
    refresh_boards()
    return read_own_standing(voter)


def test_agreement_is_the_share_of_votes_on_the_side_of_most_others():
    agreement = agree(votes=AGREEMENT_FROM, against=3).agreement
    assert (agreement.agreed, agreement.compared, agreement.share) == (7, 10, 0.7)
    # Wilson's interval of 7 of 10.
    assert agreement.lower == pytest.approx(0.3968, abs=1e-4)
    assert agreement.upper == pytest.approx(0.8922, abs=1e-4)


def test_agreement_below_ten_votes_gives_no_share():
    agreement = agree(votes=AGREEMENT_FROM - 1, against=0).agreement
    assert (agreement.compared, agreement.share, agreement.contrarian) == (9, None, None)


def test_the_contrarian_duel_counts_others_without_the_voter():
    agreement = agree(votes=4, against=1).agreement
    first, second = ImageModel.objects.order_by("pk")
    odd = agreement.contrarian
    assert odd is not None
    assert (odd.winner, odd.loser, odd.others, odd.against) == (second.pk, first.pk, 8, 7)
    own = Vote.objects.get(battle__token=odd.token)
    assert own.pk == Vote.objects.filter(voter=own.voter).order_by("pk")[0].pk


def test_ties_and_pairs_nobody_else_judged_are_not_compared():
    create_arena(challenges=3)
    voter = sit_down()
    cast(voter=voter, verdict="left")
    refresh_boards()
    assert read_own_standing(voter).agreement.compared == 0
    cast(verdict="left")
    cast(voter=voter, verdict="tie")
    refresh_boards()
    assert read_own_standing(voter).agreement.compared == 1


def test_the_number_of_queries_does_not_grow_with_the_votes(django_assert_num_queries):
    create_arena(challenges=4)
    create_model()
    voter = sit_down()
    for _ in range(2):
        cast(voter=voter)
        cast(voter=voter)
        refresh_boards()
        with django_assert_num_queries(2, connection=connection):
            read_own_standing(voter)
