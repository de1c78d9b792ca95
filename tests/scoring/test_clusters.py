import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from arena.scoring import clusters
from arena.scoring.bradley_terry import ONE_TIE, fit, laplacian, win_probabilities
from arena.scoring.clusters import (
    VoterCounts,
    count_by_voter,
    estimate_clustered_covariance,
    student_point,
    sum_over_clusters,
)
from arena.scoring.intervals import estimate_covariance, sandwich, weigh_information
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_strengths, draw_votes

MODELS = 5

votes = st.lists(
    st.tuples(
        st.integers(0, 6), st.integers(0, MODELS - 1), st.integers(1, MODELS - 1), st.integers(0, 3)
    ).map(lambda v: (v[0], v[1], (v[1] + v[2]) % MODELS, v[3])),
    max_size=50,
)


def count(rows, **more):
    names = ("voter", "left", "right", "verdict")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return count_by_voter(**columns, models=MODELS, **more)


def draw_crowd(*, seed, models=6, votes=3000, voters=150, spread=0.5):
    rng = np.random.default_rng(seed)
    strengths = draw_strengths(rng, models=models, spread=spread)
    return {
        "voter": rng.integers(0, voters, votes),
        **draw_votes(rng, strengths=strengths, votes=votes),
    }


def rate_crowd(rows, *, models=6, prior=None):
    voters = count_by_voter(**rows, models=models)
    fitted = fit(voters.total().wins(), prior=prior)
    return fitted, voters, estimate_clustered_covariance(fit=fitted, voters=voters)


def test_counts_are_sorted_and_sparse():
    counted = count([(9, 1, 0, 2), (3, 0, 1, 0), (9, 0, 1, 0), (3, 0, 1, 0)])
    assert counted.voter.tolist() == [3, 9, 9]
    assert counted.left.tolist() == [0, 0, 1]
    assert counted.right.tolist() == [1, 1, 0]
    assert counted.verdict.tolist() == [0, 0, 2]
    assert counted.count.tolist() == [2, 1, 1]


@given(rows=votes)
def test_counts_of_all_voters_are_the_tallies(rows):
    _, left, right, verdict = zip(*rows, strict=True) if rows else ([], [], [], [])
    whole = tally_votes(left=left, right=right, verdict=verdict, models=MODELS)
    assert count(rows).total() == whole


@given(rows=votes, data=st.data())
def test_order_of_votes_changes_no_count(rows, data):
    assert count(rows) == count(data.draw(st.permutations(rows)))


@given(rows=votes, cut=st.integers(0, 50))
def test_splitting_votes_changes_no_count(rows, cut):
    assert count(rows[:cut]).add(count(rows[cut:])) == count(rows)
    assert count(rows).subtract(count(rows[:cut])) == count(rows[cut:])


@given(rows=votes)
def test_undone_votes_vanish(rows):
    signed = count(rows + rows, weight=np.array([1] * len(rows) + [-1] * len(rows), dtype=int))
    assert signed == count([])


def test_subtracting_votes_that_were_not_counted_is_refused():
    with pytest.raises(ScoringError, match="below zero"):
        count([(1, 0, 1, 0)]).subtract(count([(2, 0, 1, 0)]))


def test_huge_ids_are_kept():
    counted = count([(2**62, 0, 1, 0), (5, 0, 1, 0), (2**62, 0, 1, 0)])
    assert counted.voter.tolist() == [5, 2**62]
    assert counted.count.tolist() == [1, 2]


def test_taking_models_keeps_their_votes_and_numbers_them_anew():
    taken = count([(1, 0, 2, 0), (1, 2, 4, 1), (2, 4, 2, 3)]).take(np.array([2, 4]))
    assert taken == count_by_voter(
        voter=[1, 2], left=[0, 1], right=[1, 0], verdict=[1, 3], models=2
    )
    with pytest.raises(ScoringError, match="ascending"):
        count([]).take(np.array([4, 2]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"voter": [-1]}, "'voter' must lie within"),
        ({"voter": [0.5]}, "'voter' must hold integers"),
        ({"voter": [1, 1]}, "as long as 'voter'"),
        ({"left": [3]}, "'left' must lie within 0 to 2"),
        ({"right": [0]}, "Model 0 cannot battle itself"),
        ({"verdict": [4]}, "'verdict' must lie within 0 to 3"),
        ({"weight": [1, 1]}, "as many integers"),
        ({"weight": [0.5]}, "as many integers"),
    ],
)
def test_bad_columns_are_refused(columns, message):
    good = {"voter": [0], "left": [0], "right": [1], "verdict": [0], "models": 3}
    with pytest.raises(ScoringError, match=message):
        count_by_voter(**(good | columns))


def test_columns_of_another_type_are_refused():
    one = np.ones(1, dtype=np.int64)
    with pytest.raises(ScoringError, match="int64"):
        VoterCounts(3, one, one, one, one, one.astype(np.int32))
    with pytest.raises(ScoringError, match="equally long"):
        VoterCounts(3, one, one, one, one, np.ones(2, dtype=np.int64))


def test_unsorted_voters_and_empty_rows_are_refused():
    two = np.array([0, 0])
    for voter, count in (([2, 1], [1, 1]), ([1, 2], [1, 0])):
        with pytest.raises(ScoringError, match="sorted by voter and count one or more"):
            VoterCounts(3, np.array(voter), two, two + 1, two, np.array(count))


def test_huge_counts_stay_exact_enough():
    rows = {"voter": [1, 2, 3, 4, 5, 6], "left": [0] * 6, "right": [1] * 6}
    large = count_by_voter(**rows, verdict=[0, 1] * 3, weight=[2**31] * 6, models=2)
    fitted = fit(large.total().wins())
    found = estimate_clustered_covariance(fit=fitted, voters=large)
    assert found.effective == pytest.approx([6.0, 6.0])
    assert found.covariance[0, 0] > 0


def test_meat_is_the_sum_of_outer_products_of_voters(monkeypatch):
    # Small blocks, so that the voters fall into many.
    monkeypatch.setattr(clusters, "BLOCK_CELLS", 40)
    rows = draw_crowd(seed=1)
    # Forty of them cast one vote each.
    rows["voter"][:40] = np.arange(150, 190)
    fitted, voters, _ = rate_crowd(rows)
    points = np.array([1.0, 0.0, 0.5, 0.5])[rows["verdict"]]
    residual = points - win_probabilities(fitted.theta)[rows["left"], rows["right"]]
    pulls, seen = np.zeros((190, 6)), np.zeros((190, 6))
    np.add.at(pulls, (rows["voter"], rows["left"]), residual)
    np.add.at(pulls, (rows["voter"], rows["right"]), -residual)
    np.add.at(seen, (rows["voter"], rows["left"]), 1)
    np.add.at(seen, (rows["voter"], rows["right"]), 1)
    meat, effective = sum_over_clusters(fit=fitted, voters=voters)
    assert meat == pytest.approx(pulls.T @ pulls, abs=1e-9)
    assert effective == pytest.approx(seen.sum(axis=0) ** 2 / (seen**2).sum(axis=0))


def test_voters_of_one_vote_each_give_the_plain_covariance():
    rows = draw_crowd(seed=2, votes=20_000) | {"voter": np.arange(20_000)}
    fitted, voters, found = rate_crowd(rows)
    plain = estimate_covariance(fit=fitted, tallies=voters.total())
    assert found.clusters == 20_000
    assert found.clustered
    assert found.covariance == pytest.approx(plain, rel=1e-3, abs=1e-8)
    assert found.inflation == pytest.approx(np.ones(6), abs=1e-3)
    assert found.effective == pytest.approx(voters.total().battles_of_models())


def test_votes_cast_five_times_count_once():
    rows = draw_crowd(seed=3, votes=5000) | {"voter": np.arange(5000)}
    once = rate_crowd(rows)[2]
    copied = rate_crowd({name: np.repeat(column, 5) for name, column in rows.items()})[2]
    assert copied.covariance == pytest.approx(once.covariance, rel=1e-3, abs=1e-6)
    assert copied.inflation == pytest.approx(np.full(6, np.sqrt(5)), rel=0.01)


@given(seed=st.integers(0, 10_000), order=st.permutations(range(6)), swap=st.booleans())
def test_names_and_sides_and_ids_change_no_covariance(seed, order, swap):
    rows = draw_crowd(seed=seed, votes=200, voters=20)
    order = np.array(order)
    moved = rows | {"left": order[rows["left"]], "right": order[rows["right"]]}
    moved["voter"] = 1000 - 7 * rows["voter"]
    if swap:
        moved["left"], moved["right"] = moved["right"], moved["left"]
        moved["verdict"] = np.array([1, 0, 2, 3])[rows["verdict"]]
    plain = rate_crowd(rows, prior=ONE_TIE)[2]
    other = rate_crowd(moved, prior=ONE_TIE)[2]
    assert other.covariance[np.ix_(order, order)] == pytest.approx(plain.covariance, abs=1e-8)
    assert other.effective[order] == pytest.approx(plain.effective)


def test_few_voters_fall_back_to_plain_intervals_and_say_so():
    rows = draw_crowd(seed=4, voters=4)
    fitted, voters, found = rate_crowd(rows)
    assert (found.clusters, found.clustered) == (4, False)
    assert np.array_equal(found.covariance, estimate_covariance(fit=fitted, tallies=voters.total()))
    assert found.inflation.tolist() == [1.0] * 6


def test_a_model_seen_by_one_voter_is_not_certain():
    # Residuals of a model sum to zero: alone, its one voter's come to nothing at all.
    rows = draw_crowd(seed=5, models=5)
    mine = {"voter": [999] * 40, "left": [5] * 40, "right": list(range(5)) * 8}
    mine["verdict"] = [0, 1] * 20
    rows = {name: np.concatenate([rows[name], mine[name]]) for name in rows}
    fitted, voters, found = rate_crowd(rows)
    bare = sandwich(
        bread=laplacian(weigh_information(fitted)),
        meat=sum_over_clusters(fit=fitted, voters=voters)[0],
    )
    plain = estimate_covariance(fit=fitted, tallies=voters.total())
    assert found.effective[5] == pytest.approx(1.0)
    assert bare[5, 5] < 0.1 * plain[5, 5]
    assert found.covariance[5, 5] > plain[5, 5]


def test_regularised_models_keep_their_expected_variance():
    rows = draw_crowd(seed=6, models=5)
    perfect = {"voter": [1, 2, 3], "left": [5, 5, 5], "right": [0, 1, 2], "verdict": [0, 0, 0]}
    rows = {name: np.concatenate([rows[name], perfect[name]]) for name in rows}
    fitted, voters, found = rate_crowd(rows, prior=ONE_TIE)
    assert fitted.regularised.tolist() == [False] * 5 + [True]
    plain = estimate_covariance(fit=fitted, tallies=voters.total())
    assert found.covariance[5, 5] >= plain[5, 5]


def test_other_votes_than_those_of_the_fit_are_refused():
    rows = draw_crowd(seed=7)
    fitted, voters, _ = rate_crowd(rows)
    fewer = voters.subtract(
        count_by_voter(**{name: column[:1] for name, column in rows.items()}, models=6)
    )
    with pytest.raises(ScoringError, match="not of the votes"):
        estimate_clustered_covariance(fit=fitted, voters=fewer)
    with pytest.raises(ScoringError, match="fit has 6 models"):
        estimate_clustered_covariance(fit=fitted, voters=voters.take(np.arange(5)))


def test_student_points_are_those_of_scipy():
    freedom = np.array([4.0, 8.0, 12.5, 100.0])
    exact = student.ppf(0.975, freedom)
    assert (np.abs(student_point(freedom) - exact) < [0.01, 0.001, 1e-4, 1e-6]).all()
