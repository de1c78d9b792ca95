"""The hourly examination: what it says of votes that were planted, and that it is kept."""

import numpy as np
import pytest

from arena.ratings.examination import examine_boards, examine_votes
from arena.ratings.models import Diagnosis
from arena.ratings.publishing import refresh_boards
from tests.factories import cast, create_arena


def votes_of(
    *, number: int, left_bonus: float = 0.0, seed: int = 1, taste: float = 0.0
) -> dict[str, np.ndarray]:
    """Votes among models 11 to 14 with strengths 1.2, 0.6, 0, -0.6 by 40 voters on 6 challenges."""
    dice = np.random.default_rng(seed)
    theta = np.array([1.2, 0.6, 0.0, -0.6])
    left = dice.integers(0, 4, number)
    right = (left + dice.integers(1, 4, number)) % 4
    voter = dice.integers(0, 40, number)
    tastes = dice.normal(0, taste, (40, 4))
    edge = theta[left] - theta[right] + tastes[voter, left] - tastes[voter, right] + left_bonus
    verdict = np.where(dice.random(number) < 1 / (1 + np.exp(-edge)), 0, 1)
    level = dice.random(number) < 0.15
    verdict[level] = dice.integers(2, 4, level.sum())
    return {
        "voter": voter,
        "is_real": np.zeros(number, dtype=np.int64),
        "challenge": dice.integers(0, 6, number),
        "left": left + 11,
        "right": right + 11,
        "verdict": verdict,
        "weight": np.full(number, 256),
    }


def test_a_sound_board_is_reported_as_sound():
    report = examine_votes(votes_of(number=3000))
    assert report["models"] == [11, 12, 13, 14]
    assert report["rating"] == sorted(report["rating"], reverse=True)
    assert report["fit"]["cycles"] == 0
    assert report["fit"]["p_value"] > 0.01
    assert abs(report["side_bias"]["points"]) < 2 * report["side_bias"]["half_width"]
    assert report["connectivity"]["components"] == 1
    assert report["flip"]["better"] == 0
    assert report["flip"]["votes"] > 50
    assert (report["voters"], report["challenges"]) == (40, 6)
    # Evenly drawn votes: reweighting changes nothing.
    assert report["reweighted"]["rating"] == report["rating"]
    assert report["online"]["widest"] > 20


def test_a_shared_first_place_has_nothing_to_flip():
    votes = votes_of(number=300)
    pairs = np.arange(300) % 6
    left, right = np.array([(1, 2), (2, 1), (1, 3), (3, 1), (2, 3), (3, 2)])[pairs].T
    level = {"left": left, "right": right, "verdict": np.zeros(300, dtype=np.int64)}
    report = examine_votes({**votes, **level})  # each wins on the left and loses on the right
    assert report["flip"] is None
    assert report["rating"] == [1000, 1000, 1000]


def test_an_advantage_of_the_left_side_is_found():
    report = examine_votes(votes_of(number=3000, left_bonus=0.5))
    found = report["side_bias"]
    assert found["points"] > 2 * found["half_width"]
    assert found["p_value"] < 0.001
    assert report["verdicts"]["left_lower"] > 0.5


def test_voters_with_tastes_of_their_own_widen_the_intervals():
    report = examine_votes(votes_of(number=3000, taste=1.0))
    assert np.mean(report["by_voter"]) > 1.5 * np.mean(report["plain"])


@pytest.mark.django_db
def test_boards_are_examined_once_there_is_enough_and_then_hourly():
    create_arena(models=3, takes=2)
    for _ in range(20):
        cast()
    refresh_boards()
    assert examine_boards() == 0
    for verdict in ("left", "right", "tie") * 12:
        cast(verdict=verdict)
    refresh_boards()
    assert examine_boards() == 1
    assert examine_boards() == 0
    kept = Diagnosis.objects.get()
    assert kept.votes == 56
    assert kept.report["connectivity"]["pairs_met"] == 3
