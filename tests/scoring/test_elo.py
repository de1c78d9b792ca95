from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring.bradley_terry import NoFiniteOptimum
from arena.scoring.elo import (
    Board,
    ScoringError,
    Tallies,
    count_by_voter,
    rate,
    rate_clustered,
    tally_votes,
)
from tests.scoring.simulate import draw_tallies


def board_of(*votes, models):
    left, right, verdict = (list(column) for column in zip(*votes, strict=True))
    return rate(tally_votes(left=left, right=right, verdict=verdict, models=models))


def reorder(tallies, order):
    return Tallies(counts=tallies.counts[np.ix_(order, order)].copy())


def same(one: Board, other: Board):
    return all(
        np.array_equal(
            getattr(one, field.name),
            getattr(other, field.name),
            equal_nan=getattr(one, field.name).dtype.kind == "f",
        )
        for field in fields(Board)
    )


def test_ratings_lie_on_the_elo_scale_around_the_anchor():
    # 10 wins to 1 are 400 points.
    tallies = tally_votes(left=[0, 1], right=[1, 0], verdict=[0, 0], weight=[100, 10], models=2)
    assert rate(tallies).rating.tolist() == [1200.0, 800.0]
    assert rate(tallies, anchor=1500).rating.tolist() == [1700.0, 1300.0]


def test_records_are_counted_over_both_sides():
    board = board_of((0, 1, 0), (1, 0, 1), (1, 0, 0), (2, 0, 2), (1, 2, 3), models=3)
    assert board.battles.tolist() == [4, 4, 2]
    assert board.wins.tolist() == [2, 1, 0]
    assert board.losses.tolist() == [1, 2, 0]
    assert board.ties.tolist() == [1, 0, 1]
    assert board.both_bad.tolist() == [0, 1, 1]
    assert board.win_rate.tolist() == [2.5 / 4, 1.5 / 4, 0.5]


def test_bounds_are_the_printed_rating_and_half_width():
    board = rate(draw_tallies(seed=1, models=12, votes=4000))
    assert board.lower == pytest.approx(board.rating - board.half_width, abs=1e-9)
    assert board.upper == pytest.approx(board.rating + board.half_width, abs=1e-9)
    for values in (board.rating, board.half_width, board.lower, board.upper):
        assert np.array_equal(values, np.round(values, 1))
    assert board.rating.mean() == pytest.approx(1000, abs=0.05)


def test_ranks_follow_the_ratings_inside_their_ranges():
    board = rate(draw_tallies(seed=1, models=12, votes=4000))
    assert sorted(board.rank.tolist()) == list(range(1, 13))
    assert (np.diff(board.rating[np.argsort(board.rank)]) <= 0).all()
    assert (board.rank_low <= board.rank).all()
    assert (board.rank <= board.rank_high).all()
    assert (board.rank_low < board.rank_high).any()


def test_no_votes_are_a_board_with_nobody_rated():
    board = rate(tally_votes(left=[], right=[], verdict=[], models=3))
    assert np.isnan(board.rating).all()
    assert np.isnan(board.win_rate).all()
    assert board.rank.tolist() == board.rank_low.tolist() == board.rank_high.tolist() == [0] * 3
    assert not board.regularised.any()
    assert rate(tally_votes(left=[], right=[], verdict=[], models=0)).rating.shape == (0,)


def test_models_without_battles_are_left_out_of_fit_and_mean():
    tallies = draw_tallies(seed=5, models=4, votes=600)
    counts = np.zeros((6, 6, 4), dtype=np.int64)
    among = [0, 2, 3, 5]
    counts[np.ix_(among, among)] = tallies.counts
    wide, narrow = rate(Tallies(counts=counts)), rate(tallies)
    assert wide.rating[among].tolist() == narrow.rating.tolist()
    assert wide.half_width[among].tolist() == narrow.half_width.tolist()
    assert wide.rank[among].tolist() == narrow.rank.tolist()
    assert wide.rank_high[among].tolist() == narrow.rank_high.tolist()
    assert np.isnan(wide.rating[[1, 4]]).all()
    assert np.isnan(wide.upper[[1, 4]]).all()
    assert wide.rank[[1, 4]].tolist() == [0, 0]


def test_equal_models_are_ranked_in_their_order():
    board = board_of((0, 1, 2), (1, 2, 2), (2, 0, 3), models=3)
    assert board.rating.tolist() == [1000.0, 1000.0, 1000.0]
    assert board.rank.tolist() == [1, 2, 3]
    assert board.rank_low.tolist() == [1, 1, 1]
    assert board.rank_high.tolist() == [3, 3, 3]


def test_first_vote_is_rated_openly_regularised():
    board = board_of((0, 1, 1), models=2)
    # One of one counts as three of four: 400 x log10(3).
    assert board.rating.tolist() == [904.6, 1095.4]
    assert board.regularised.tolist() == [True, True]
    assert board.rank.tolist() == [2, 1]
    assert board.rank_low.tolist() == [1, 1]
    # Half of 1.96 standard errors of the difference, from two battles at three to one.
    assert board.half_width.tolist() == [278.0, 278.0]


def test_without_prior_a_perfect_record_raises():
    tallies = tally_votes(left=[0], right=[1], verdict=[0], models=2)
    with pytest.raises(NoFiniteOptimum, match="No finite rating exists"):
        rate(tallies, prior=None)


@pytest.mark.parametrize("anchor", [np.nan, np.inf])
def test_anchor_must_be_finite(anchor):
    with pytest.raises(ScoringError, match="anchor must be a finite rating"):
        rate(draw_tallies(seed=1, models=3, votes=60), anchor=anchor)


@given(seed=st.integers(0, 10_000), cut=st.integers(0, 200))
def test_history_of_tallies_changes_no_digit(seed, cut):
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 5, 200)
    right = (left + rng.integers(1, 5, 200)) % 5
    verdict = rng.integers(0, 4, 200)

    def tally(rows):
        return tally_votes(left=left[rows], right=right[rows], verdict=verdict[rows], models=5)

    order = rng.permutation(200)
    undone = tally(order[: cut // 2])
    whole = rate(tally(np.arange(200)))
    folded = rate(tally(order[:cut]).add(tally(order[cut:])).add(undone).subtract(undone))
    assert same(whole, folded)


@given(seed=st.integers(0, 10_000), order=st.permutations(range(6)))
def test_relabelling_models_relabels_the_board(seed, order):
    tallies = draw_tallies(seed=seed, models=6, votes=120, spread=1.0)
    order = list(order)
    plain, moved = rate(tallies), rate(reorder(tallies, order))
    assert moved.rating == pytest.approx(plain.rating[order], abs=0.101)
    assert moved.half_width == pytest.approx(plain.half_width[order], abs=0.101)
    assert moved.rank_low.tolist() == plain.rank_low[order].tolist()
    assert moved.rank_high.tolist() == plain.rank_high[order].tolist()
    assert moved.wins.tolist() == plain.wins[order].tolist()


@given(seed=st.integers(0, 10_000))
def test_swapping_the_sides_changes_no_digit(seed):
    tallies = draw_tallies(seed=seed, models=6, votes=200)
    swapped = Tallies(counts=tallies.counts.transpose(1, 0, 2)[:, :, [1, 0, 2, 3]].copy())
    assert same(rate(tallies), rate(swapped))


POINTS = ("rating", "rank", "battles", "wins", "losses", "ties", "both_bad", "win_rate")


def draw_voters(*, seed, models=8, votes=4000, voters=80, taste=1.0):
    """Few voters with much taste of their own."""
    rng = np.random.default_rng(seed)
    strengths = rng.normal(0, 0.5, models)
    own = strengths + rng.normal(0, taste, (voters, models))
    voter = rng.integers(0, voters, votes)
    left = rng.integers(0, models, votes)
    right = (left + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(own[voter, right] - own[voter, left]))
    verdict = (rng.random(votes) >= p).astype(int)
    return count_by_voter(voter=voter, left=left, right=right, verdict=verdict, models=models)


def test_clustering_widens_intervals_and_changes_no_point():
    voters = draw_voters(seed=1)
    plain, found = rate(voters.total()), rate_clustered(voters)
    assert (found.clusters, found.clustered) == (80, True)
    for name in POINTS:
        assert np.array_equal(getattr(found.board, name), getattr(plain, name))
    assert (found.board.half_width > plain.half_width).all()
    assert (found.board.rank_high - found.board.rank_low >= plain.rank_high - plain.rank_low).all()
    assert found.board.half_width == pytest.approx(plain.half_width * found.inflation, abs=0.2)
    assert (found.effective > 50).all()
    assert (found.effective < 80).all()


@given(seed=st.integers(0, 10_000), cut=st.integers(0, 300))
def test_history_of_voter_counts_changes_no_digit(seed, cut):
    rng = np.random.default_rng(seed)
    rows = {
        "voter": rng.integers(0, 30, 300),
        "left": rng.integers(0, 5, 300),
        "verdict": rng.integers(0, 4, 300),
    }
    rows["right"] = (rows["left"] + rng.integers(1, 5, 300)) % 5

    def count(part):
        return count_by_voter(**{name: rows[name][part] for name in rows}, models=5)

    order = rng.permutation(300)
    folded = (
        count(order[:cut]).add(count(order[cut:])).add(count(order[:9])).subtract(count(order[:9]))
    )
    assert same(rate_clustered(count(slice(None))).board, rate_clustered(folded).board)


def test_factors_of_the_last_clustered_run_widen_a_fresh_board():
    voters = draw_voters(seed=2)
    clustered = rate_clustered(voters)
    fresh = rate(voters.total(), inflation=clustered.inflation)
    assert fresh.half_width == pytest.approx(clustered.board.half_width, abs=0.101)
    assert fresh.rating.tolist() == clustered.board.rating.tolist()
    assert (fresh.rank_high - fresh.rank_low).sum() > 0
    partly = clustered.inflation.copy()
    partly[3] = np.nan
    median = np.nanmedian(partly)
    plain = rate(voters.total())
    assert rate(voters.total(), inflation=partly).half_width[3] == pytest.approx(
        plain.half_width[3] * median, abs=0.2
    )


@pytest.mark.parametrize("factors", [[1.0], [1.0, 0.0, 1.0], [1.0, -1.0, 1.0], [1.0, np.inf, 1.0]])
def test_factors_must_be_positive(factors):
    with pytest.raises(ScoringError, match="must be 3 positive factors"):
        rate(draw_tallies(seed=1, models=3, votes=60), inflation=np.array(factors))


def test_clustered_board_leaves_out_models_without_battles():
    narrow = draw_voters(seed=3, models=4)
    place = np.array([0, 2, 3, 5])
    wide = count_by_voter(
        voter=narrow.voter,
        left=place[narrow.left],
        right=place[narrow.right],
        verdict=narrow.verdict,
        weight=narrow.count,
        models=6,
    )
    found, expected = rate_clustered(wide), rate_clustered(narrow)
    assert found.board.half_width[place].tolist() == expected.board.half_width.tolist()
    assert np.isnan(found.board.rating[[1, 4]]).all()
    assert np.isnan(found.inflation[[1, 4]]).all()
    assert np.isnan(found.effective[[1, 4]]).all()


def test_no_voters_are_a_board_with_nobody_rated():
    found = rate_clustered(count_by_voter(voter=[], left=[], right=[], verdict=[], models=3))
    assert (found.clusters, found.clustered) == (0, False)
    assert np.isnan(found.board.rating).all()


def test_one_voter_has_plain_intervals_and_the_board_says_so():
    rows = draw_voters(seed=4, voters=1)
    found = rate_clustered(rows)
    assert (found.clusters, found.clustered) == (1, False)
    assert same(found.board, rate(rows.total()))


def test_a_named_anchor_holds_its_rating_and_is_certain():
    tallies = draw_tallies(seed=3, models=6, votes=2000)
    free, held = rate(tallies), rate(tallies, anchor=1200, anchor_model=2)
    assert held.rating[2] == 1200.0
    assert held.half_width[2] == 0.0
    assert held.rating - 1200 == pytest.approx(free.rating - free.rating[2], abs=0.101)
    for name in ("rank", "rank_low", "rank_high"):
        assert getattr(held, name).tolist() == getattr(free, name).tolist()
    # A difference to one model is less sure than that to the mean of all.
    others = [0, 1, 3, 4, 5]
    assert (held.half_width[others] > free.half_width[others]).all()


@pytest.mark.parametrize("anchor_model", [3, -1, 7])
def test_a_model_without_battles_cannot_be_the_anchor(anchor_model):
    tallies = tally_votes(left=[0, 1, 2], right=[1, 2, 0], verdict=[0, 0, 0], models=4)
    with pytest.raises(ScoringError, match="cannot be the anchor"):
        rate(tallies, anchor_model=anchor_model)


def test_rating_leaves_the_tallies_untouched():
    tallies = draw_tallies(seed=7, models=5, votes=300)
    before = tallies.counts.copy()
    rate(tallies)
    assert np.array_equal(tallies.counts, before)
