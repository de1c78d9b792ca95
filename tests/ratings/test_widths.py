"""Half-widths clustered by voter: exact when read, carried forward in between, never the points."""

import random

import numpy as np
import pytest

from arena.battles.issuing import Scope as VoteScope
from arena.battles.models import PairWeight
from arena.battles.weights import forget_weights, read_weights
from arena.catalog.models import Population
from arena.challenges.models import Category
from arena.ratings import publishing, widths
from arena.ratings.boards import read_board
from arena.ratings.datasets import Scope, read_dataset
from arena.ratings.models import RatingRun, RatingSnapshot
from arena.ratings.pairs import refresh_pairs
from arena.ratings.publishing import refresh_boards, refresh_widths
from arena.ratings.snapshots import take_snapshots
from arena.ratings.streams import read_tallies, stream_votes
from arena.scoring.elo import rate
from tests.boards import create_field, publish_board
from tests.factories import (
    cast,
    create_arena,
    create_candidate,
    create_model,
    create_voter,
    issue,
    judge,
)

pytestmark = pytest.mark.django_db

TEXT = Scope("demo", "text-to-image")


def cast_stubborn(*, voters: int, votes: int, seed: int = 1) -> None:
    """Votes of a few voters, each of whom likes one side of the catalogue: not independent."""
    dice = random.Random(seed)
    for _ in range(voters):
        voter, likes_low = create_voter(), dice.random() < 0.5
        for _ in range(votes):
            vote = cast_liking(voter, likes_low=likes_low, dice=dice)
            if not vote.counted:
                break


def cast_liking(voter, *, likes_low: bool, dice: random.Random):
    battle = issue(voter=voter)
    left_lower = battle.left.slot.model_id < battle.right.slot.model_id
    verdict = "left" if left_lower == likes_low else "right"
    if dice.random() < 0.15:
        verdict = dice.choice(["left", "right", "tie"])
    return judge(battle, verdict=verdict)


def test_published_half_widths_know_that_votes_of_one_voter_hang_together():
    create_arena(challenges=3, models=3, takes=3)
    cast_stubborn(voters=10, votes=8)
    refresh_boards()
    board = read_board(TEXT)
    plain = rate(read_dataset(TEXT).tallies)
    assert board.clustered
    assert (board.voters, board.widths_votes) == (10, board.votes)
    by_model = {row.model.pk: row for row in board.rows}
    for index, model in enumerate(read_dataset(TEXT).models):
        assert by_model[model].rating == plain.rating[index]
        # The voters' likings pull the first and the last model apart; the middle one stands between.
        if index != 1:
            assert by_model[model].half_width > 1.15 * plain.half_width[index]


def test_beyond_the_limit_points_come_at_once_and_widths_with_the_next_reading(monkeypatch):
    monkeypatch.setattr(publishing, "READ_AT_ONCE", 20)
    create_arena(challenges=3, models=3, takes=3)
    cast_stubborn(voters=3, votes=6)
    refresh_boards()
    first = read_board(TEXT)
    cast_stubborn(voters=8, votes=8, seed=2)
    assert refresh_boards() > 0
    second = read_board(TEXT)
    fresh = rate(read_dataset(TEXT).tallies)
    assert second.votes > first.votes
    assert second.widths_votes == first.votes
    assert sorted(row.rating for row in second.rows) == sorted(fresh.rating.tolist())
    assert refresh_widths() > 0
    third = read_board(TEXT)
    assert (third.widths_votes, third.voters) == (third.votes, 11)
    assert [row.rating for row in third.rows] == [row.rating for row in second.rows]
    assert refresh_widths() == 0


def test_between_two_readings_the_last_factors_stand_in(monkeypatch):
    create_arena(challenges=3, models=3, takes=3)
    cast_stubborn(voters=10, votes=8)
    refresh_boards()
    monkeypatch.setattr(publishing, "READ_AT_ONCE", 0)
    cast_stubborn(voters=1, votes=1, seed=3)
    refresh_boards()
    plain = rate(read_dataset(TEXT).tallies)
    run = RatingRun.objects.get(category=None, challenge=None)
    for index, model in enumerate(run.arrays["models"]):
        expected = plain.half_width[index] * run.inflation[str(model)]
        assert run.arrays["half_width"][index] == pytest.approx(expected, abs=0.2)


def test_a_category_has_a_board_that_sums_its_challenges():
    first, second, third = create_arena(challenges=3, models=3)
    logos = Category.objects.create(slug="logo", name="Logos")
    for challenge in (first, second):
        challenge.categories.add(logos)
    for _ in range(24):
        cast()
    refresh_boards()
    parts = [
        read_board(Scope(TEXT.population, TEXT.discipline, c.pk)).votes
        for c in (first, second, third)
    ]
    board = read_board(Scope(TEXT.population, TEXT.discipline, None, logos.pk))
    assert board.votes == parts[0] + parts[1]
    assert read_board(TEXT).votes == sum(parts)


def test_a_challenges_board_leans_on_the_whole_while_votes_are_few():
    challenges = create_arena(challenges=4, models=3, takes=2)
    scope = VoteScope(challenge=challenges[0].slug)
    low, _, high = sorted({c.slot.model_id for c in _candidates(challenges[0])})
    for challenge in challenges[1:]:
        for _ in range(25):
            _cast_by_id(VoteScope(challenge=challenge.slug), lower_wins=True)
    for _ in range(4):
        _cast_by_id(scope, lower_wins=False)
    refresh_boards()
    board = read_board(Scope(TEXT.population, TEXT.discipline, challenges[0].pk))
    ratings = {row.model.pk: row for row in board.rows}
    # Four votes the other way do not turn over what seventy-five said elsewhere.
    assert ratings[low].rating > ratings[high].rating
    assert all(0 < row.own < 0.6 for row in board.rows)
    assert sum(row.battles for row in board.rows) == 8


def _candidates(challenge):
    from arena.generation.models import Candidate

    return Candidate.objects.filter(slot__prompt__challenge=challenge)


def _cast_by_id(scope: VoteScope, *, lower_wins: bool) -> None:
    battle = issue(scope=scope)
    left_lower = battle.left.slot.model_id < battle.right.slot.model_id
    verdict = "left" if left_lower == lower_wins else "right"
    judge(battle, verdict=verdict)


def test_streamed_votes_are_the_votes(monkeypatch):
    monkeypatch.setattr("arena.ratings.streams.CHUNK_ROWS", 7)
    create_arena(models=3, takes=2)
    create_arena(models=2, population=Population.REAL)
    votes = [cast(verdict=random.choice(["left", "tie", "both_bad"])) for _ in range(30)]
    chunks = list(stream_votes())
    assert [len(chunk["voter"]) for chunk in chunks] == [7, 7, 7, 7, 2]
    words = ("left", "right", "tie", "both_bad")
    streamed = sorted(
        row
        for chunk in chunks
        for row in zip(
            *(chunk[c].tolist() for c in ("voter", "is_real", "left", "right", "verdict")),
            strict=True,
        )
    )
    assert streamed == sorted(
        (
            vote.voter_id,
            int(vote.battle.population == "real"),
            vote.battle.left.slot.model_id,
            vote.battle.right.slot.model_id,
            words.index(vote.verdict),
        )
        for vote in votes
    )
    assert all(column.size == 0 for column in _empty_columns().values())


def _empty_columns():
    return read_tallies(population="real", discipline="image-editing")


def test_pair_weights_are_rows_that_battles_read():
    create_arena(models=4, takes=2)
    for _ in range(30):
        cast()
    refresh_boards()
    newcomer = create_model()
    challenge = _candidates_challenge()
    create_candidate(challenge=challenge, model=newcomer)
    assert refresh_pairs() == 1
    assert refresh_pairs() == 0
    forget_weights()
    weights = read_weights(population="demo")["text-to-image"]
    assert len(weights) == 10 == PairWeight.objects.count()
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) > 0
    new = [weight for pair, weight in weights.items() if newcomer.pk in pair]
    assert np.mean(new) > np.mean([w for pair, w in weights.items() if newcomer.pk not in pair])


def _candidates_challenge():
    from arena.challenges.models import Challenge

    return Challenge.objects.get()


def test_snapshots_are_taken_once_an_hour_and_a_day():
    create_arena(models=3)
    for _ in range(12):
        cast()
    refresh_boards()
    boards = RatingRun.objects.count()
    assert take_snapshots() == 2 * boards
    assert take_snapshots() == 0
    kept = RatingSnapshot.objects.get(kind="daily", challenge=None)
    assert kept.arrays["rating"] == RatingRun.objects.get(challenge=None).arrays["rating"]


def test_widths_of_other_votes_do_not_speak_of_a_board():
    create_arena(models=3)
    for _ in range(12):
        cast()
    refresh_boards()
    found = widths.measure_widths(population="demo", discipline="text-to-image")[TEXT]
    assert found.speaks_of(read_dataset(TEXT))
    cast()
    refresh_boards()
    assert not found.speaks_of(read_dataset(TEXT))


def test_a_board_that_tests_publish_as_rows_is_not_fitted_anew():
    run = publish_board(create_field(3, population="real"))
    assert refresh_widths() == 0
    RatingRun.objects.update(widths_votes=run.votes - 1)
    assert refresh_widths() == 1
