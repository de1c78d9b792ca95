import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from arena.scoring.bradley_terry import ONE_TIE, fit, laplacian, win_probabilities
from arena.scoring.intervals import estimate_covariance
from arena.scoring.pairing import EVEN_SHARE, choose_weights, pair_probabilities, restrict
from arena.scoring.tallies import ScoringError
from tests.benchmarks.simulator import (
    bring_in,
    choose_adaptively,
    choose_evenly,
    cover,
    race,
)
from tests.scoring.simulate import draw_tallies


@st.composite
def boards(draw):
    """A fitted board, a few models without any battle, and pairs that may not be shown."""
    models = draw(st.integers(3, 9))
    fresh = draw(st.integers(0, 2))
    votes = draw(st.sampled_from([20, 400, 20_000, 1_000_000]))
    spread = draw(st.sampled_from([0.0, 0.3, 2.0]))
    board = rate(seed=draw(st.integers(0, 99)), models=models, votes=votes, spread=spread)
    size = models + fresh
    theta = np.full(size, np.nan)
    covariance = np.full((size, size), np.nan)
    battles = np.zeros((size, size))
    theta[:models] = board["theta"]
    covariance[:models, :models] = board["covariance"]
    battles[:models, :models] = board["battles"]
    upper = np.triu(draw(arrays(bool, (size, size))), k=1)
    upper[0, 1] = True
    return {
        "theta": theta,
        "covariance": covariance,
        "battles": battles,
        "allowed": upper | upper.T,
    }


def rate(*, seed, models, votes, spread=0.6):
    tallies = draw_tallies(seed=seed, models=models, votes=votes, spread=spread)
    fitted = fit(tallies.wins(), prior=ONE_TIE)
    covariance = estimate_covariance(fit=fitted, tallies=tallies)
    battles = tallies.battles_of_pairs().astype(float)
    return {"theta": fitted.theta, "covariance": covariance, "battles": battles}


def add_fresh(board):
    """The same board with one more model that nobody has voted on."""
    return {
        "theta": np.append(board["theta"], np.nan),
        "covariance": np.pad(board["covariance"], (0, 1), constant_values=np.nan),
        "battles": np.pad(board["battles"], (0, 1)),
    }


def find_gap_variance(board, *, table, votes):
    """Variance of the gap between models 0 and 1, once `votes` more were drawn from a table."""
    p = win_probabilities(board["theta"])
    inverse = np.linalg.pinv(laplacian((board["battles"] + votes * table) * p * p.T))
    return inverse[0, 0] + inverse[1, 1] - 2 * inverse[0, 1]


@settings(max_examples=30)
@given(boards())
def test_table_is_a_symmetric_distribution_over_allowed_pairs(board):
    table = pair_probabilities(**board).table
    assert np.isfinite(table).all()
    assert (table >= 0).all()
    assert np.array_equal(table, table.T)
    assert not table[~board["allowed"]].any()
    assert np.triu(table).sum() == pytest.approx(1)


@settings(max_examples=30)
@given(boards(), st.floats(0, 1))
def test_even_floor_reaches_every_model_and_pair(board, floor):
    result = pair_probabilities(**board, floor=floor)
    opponents = board["allowed"].sum(axis=1)
    showable = opponents > 0
    # A model drawn evenly, then an opponent evenly: its own turn alone gives it the floor.
    least = floor / showable.sum()
    assert (result.table.sum(axis=1)[showable] >= least * (1 - 1e-9)).all()
    most_met = opponents.max()
    pairs = result.table[board["allowed"]]
    assert (pairs >= 2 * least / most_met * (1 - 1e-9)).all()
    assert floor <= result.even <= 1


@settings(max_examples=30)
@given(boards(), st.randoms(use_true_random=False))
def test_relabelling_models_relabels_the_table(board, random):
    order = list(range(len(board["theta"])))
    random.shuffle(order)
    square = np.ix_(order, order)
    moved = pair_probabilities(
        theta=board["theta"][order],
        covariance=board["covariance"][square],
        battles=board["battles"][square],
        allowed=board["allowed"][square],
    )
    original = pair_probabilities(**board)
    assert moved.table == pytest.approx(original.table[square], rel=1e-6, abs=1e-9)
    assert moved.newness == pytest.approx(original.newness[order])


def test_board_without_votes_is_drawn_evenly():
    models = 5
    nothing = np.full((models, models), np.nan)
    battles = np.zeros((models, models))
    table = pair_probabilities(theta=nothing[0], covariance=nothing, battles=battles).table
    assert table == pytest.approx((1 - np.eye(models)) / 10)


def test_strengths_beyond_floats_still_give_a_table():
    theta = np.array([0.0, 2000.0, -2000.0])
    battles = 1000 * (1 - np.eye(3))
    table = pair_probabilities(theta=theta, covariance=np.eye(3), battles=battles).table
    assert np.triu(table).sum() == pytest.approx(1)


def test_settled_board_is_even_down_to_the_floor():
    board = rate(seed=1, models=8, votes=1_000_000)
    result = pair_probabilities(**board)
    assert result.even == EVEN_SHARE
    assert result.new == 0
    assert not result.newness.any()


def test_new_model_meets_opponents_of_its_strength_most():
    board = rate(seed=2, models=12, votes=60_000, spread=1.0)
    result = pair_probabilities(**add_fresh(board))
    assert result.newness[-1] == 1
    assert not result.newness[:-1].any()
    assert result.table[-1].sum() > 0.7
    opponents = result.table[-1, :-1]
    middle = np.argmin(np.abs(board["theta"] - np.median(board["theta"])))
    extreme = np.argmax(np.abs(board["theta"] - np.median(board["theta"])))
    assert opponents[middle] > 1.5 * opponents[extreme]


def test_two_new_models_share_the_boost():
    board = add_fresh(add_fresh(rate(seed=3, models=12, votes=60_000)))
    shares = pair_probabilities(**board).table.sum(axis=1)
    assert shares[-1] == pytest.approx(shares[-2])
    assert shares[-1] > 3 * np.median(shares[:-2])


def test_boost_ends_once_a_model_is_as_sure_as_the_field():
    board = rate(seed=4, models=10, votes=60_000)
    few = board["battles"].copy()
    few[0] = few[:, 0] = 0
    few[0, 1] = few[1, 0] = 29
    assert pair_probabilities(**board | {"battles": few}).newness[0] == 1
    assert pair_probabilities(**board | {"battles": few}, new_below=29).newness[0] == 0
    unsure = board["covariance"].copy()
    unsure[0, 0] = 0.1**2
    assert pair_probabilities(**board | {"covariance": unsure}).newness[0] == 1


def test_only_unsolved_gap_is_measured_as_well_as_can_be():
    theta = np.array([1.5, 1.45, 0.5, 0.0, -0.7, -1.2])
    p = win_probabilities(theta)
    battles = np.where(np.eye(6, dtype=bool), 0.0, 2000.0)
    covariance = np.linalg.pinv(laplacian(battles * p * p.T))
    board = {"theta": theta, "covariance": covariance, "battles": battles}
    result = pair_probabilities(**board)
    assert np.unravel_index(result.table.argmax(), (6, 6)) == (0, 1)
    even = (1 - np.eye(6)) / 15
    design = (result.table - result.even * even) / (1 - result.even)
    direct = np.zeros((6, 6))
    direct[0, 1] = direct[1, 0] = 1
    reached = [find_gap_variance(board, table=t, votes=30_000) for t in (design, direct, even)]
    assert reached[0] < 1.02 * reached[1] < 0.5 * reached[2]


def test_groups_that_never_met_and_may_not_meet_still_get_a_table():
    board = rate(seed=6, models=6, votes=3_000)
    apart = np.zeros((6, 6), dtype=bool)
    apart[:3, :3] = apart[3:, 3:] = True
    result = pair_probabilities(
        theta=board["theta"],
        covariance=board["covariance"],
        battles=np.where(apart, board["battles"], 0),
        allowed=apart,
    )
    assert not result.table[:3, 3:].any()
    assert (result.table.sum(axis=1) > 0.02).all()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"theta": np.zeros(1)}, "two or more"),
        ({"theta": np.array([0.0, np.inf, 0.0])}, "finite or NaN"),
        ({"covariance": np.zeros((2, 2))}, "The covariance must be a table of 3 by 3"),
        ({"covariance": np.full((3, 3), np.nan)}, "covariance of fitted models must be finite"),
        ({"battles": -np.ones((3, 3))}, "zero or more"),
        ({"battles": np.triu(np.ones((3, 3)))}, "symmetric"),
        ({"allowed": np.eye(3, dtype=bool)}, "No pair"),
        ({"allowed": np.triu(np.ones((3, 3), dtype=bool))}, "symmetric"),
        ({"floor": 1.5}, "even share"),
    ],
)
def test_malformed_input_is_refused(wrong, sentence):
    right = {
        "theta": np.zeros(3),
        "covariance": np.eye(3),
        "battles": np.ones((3, 3)) - np.eye(3),
    }
    with pytest.raises(ScoringError, match=sentence):
        pair_probabilities(**right | wrong)


@settings(max_examples=30)
@given(boards(), st.data())
def test_restricting_keeps_the_ratios_of_what_is_left(board, data):
    table = pair_probabilities(**board).table
    upper = np.triu(data.draw(arrays(bool, table.shape)), k=1)
    upper[0, 1] = True
    some = upper | upper.T
    left = restrict(probabilities=table, allowed=some)
    assert np.triu(left).sum() == pytest.approx(1)
    assert not left[~some].any()
    assert left * np.triu(np.where(some, table, 0)).sum() == pytest.approx(np.where(some, table, 0))


def test_restricting_to_pairs_without_weight_is_even():
    table = np.zeros((4, 4))
    table[0, 1] = table[1, 0] = 1
    some = np.ones((4, 4), dtype=bool)
    some[0, 1] = some[1, 0] = False
    assert restrict(probabilities=table, allowed=some)[2, 3] == pytest.approx(1 / 5)
    with pytest.raises(ScoringError, match="No pair"):
        restrict(probabilities=table, allowed=np.eye(4, dtype=bool))


def test_pairs_of_one_voter_are_weighed_in_either_order():
    weights = {(1, 2): 0.3, (2, 3): 0.1, (1, 3): 0.6}
    assert choose_weights(weights=weights, pairs=[(2, 1), (3, 2)]) == pytest.approx([0.75, 0.25])


def test_unknown_pair_weighs_as_much_as_the_heaviest():
    chances = choose_weights(weights={(1, 2): 0.2, (1, 3): 0.1}, pairs=[(1, 2), (1, 3), (1, 9)])
    assert chances == pytest.approx([0.4, 0.2, 0.4])


def test_pairs_without_any_weight_are_even():
    assert choose_weights(weights={(1, 2): 0.0}, pairs=[(1, 2), (5, 6)]) == [0.5, 0.5]
    assert choose_weights(weights={}, pairs=[]) == []
    with pytest.raises(ScoringError, match="finite"):
        choose_weights(weights={(1, 2): -1.0}, pairs=[(1, 2)])


def test_choosing_separates_neighbours_with_far_fewer_votes():
    needed = {
        choose: [
            race(models=20, spread="quant", seed=seed, choose=choose, cap=400_000).votes[
                "neighbours"
            ]
            for seed in range(4)
        ]
        for choose in (choose_evenly, choose_adaptively)
    }
    # About 0.33 in the long run.
    assert np.median(needed[choose_adaptively]) < 0.5 * np.median(needed[choose_evenly])


def test_choosing_brings_in_a_new_model_with_far_fewer_votes():
    needed = {
        choose: [
            bring_in(models=20, seed=seed, choose=choose, field_votes=100_000) for seed in range(3)
        ]
        for choose in (choose_evenly, choose_adaptively)
    }
    # About 0.13 in the long run.
    assert np.median(needed[choose_adaptively]) < 0.2 * np.median(needed[choose_evenly])


def test_intervals_cover_when_pairs_are_chosen_from_what_they_say():
    shares = [
        cover(models=20, spread="normal", seed=seed, choose=choose_adaptively, votes=4_000)
        for seed in range(40)
    ]
    # 94.7 % in the long run; one standard error of 40 boards is about 0.8 %.
    assert np.mean([share.ratings for share in shares]) > 0.92
    assert np.mean([share.neighbours for share in shares]) > 0.92
