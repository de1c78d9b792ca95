import choix
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring import bradley_terry
from arena.scoring.bradley_terry import (
    ONE_TIE,
    NoFiniteOptimum,
    NotConverged,
    find_strong_groups,
    fit,
    win_probabilities,
)
from arena.scoring.tallies import ScoringError
from tests.scoring.simulate import draw_tallies


def table(models, *wins):
    """Wins from (winner, loser, how many)."""
    wins_table = np.zeros((models, models))
    for winner, loser, count in wins:
        wins_table[winner, loser] += count
    return wins_table


@pytest.mark.parametrize(
    ("models", "votes", "spread"), [(3, 60, 0.5), (10, 2000, 0.6), (40, 20_000, 1.0)]
)
def test_fit_agrees_with_choix_on_half_wins(models, votes, spread):
    wins = draw_tallies(seed=models, models=models, votes=votes, spread=spread).wins()
    oracle = choix.ilsr_pairwise_dense(wins, tol=1e-12, max_iter=1000)
    assert fit(wins).theta == pytest.approx(oracle - oracle.mean(), abs=1e-9)


def test_fit_agrees_with_choix_newton_on_single_comparisons():
    wins = draw_tallies(seed=5, models=5, votes=300, ties=0.0).wins()
    pairs = [(int(i), int(j)) for i, j in np.argwhere(wins) for _ in range(int(wins[i, j]))]
    oracle = choix.opt_pairwise(5, pairs, tol=1e-10)
    assert fit(wins).theta == pytest.approx(oracle - oracle.mean(), abs=1e-6)


def test_two_models_have_the_log_odds_of_their_record():
    theta = fit(table(2, (0, 1, 30), (1, 0, 10))).theta
    assert theta == pytest.approx([np.log(3) / 2, -np.log(3) / 2], abs=1e-12)


def test_expected_points_equal_the_points_won():
    wins = draw_tallies(seed=8, models=12, votes=3000).wins()
    fitted = fit(wins)
    expected = (fitted.battles * win_probabilities(fitted.theta)).sum(axis=1)
    assert expected == pytest.approx(wins.sum(axis=1), abs=1e-8)
    assert fitted.theta.sum() == pytest.approx(0, abs=1e-12)


@given(
    seed=st.integers(0, 10_000),
    order=st.permutations(range(7)),
    spread=st.floats(0, 2),
)
def test_relabelling_models_relabels_the_fit(seed, order, spread):
    wins = draw_tallies(seed=seed, models=7, votes=80, spread=spread).wins()
    order = np.array(order)
    plain, moved = fit(wins, prior=ONE_TIE), fit(wins[np.ix_(order, order)], prior=ONE_TIE)
    assert moved.theta == pytest.approx(plain.theta[order], abs=1e-8)
    assert moved.regularised.tolist() == plain.regularised[order].tolist()


def test_fit_settles_over_extreme_records_and_long_chains():
    near_perfect = table(2, (0, 1, 10**9), (1, 0, 1))
    assert np.ptp(fit(near_perfect).theta) == pytest.approx(np.log(1e9), abs=1e-6)
    chain = table(300, *((i, i + 1, 10_000) for i in range(299)))
    chain += table(300, *((i + 1, i, 1) for i in range(299)))
    assert np.diff(fit(chain).theta) == pytest.approx(-np.log(1e4), abs=1e-6)


def test_fit_settles_where_full_newton_steps_fly_off():
    wins = table(4, (0, 1, 10**5), (0, 2, 10), (1, 0, 1), (2, 0, 1), (2, 3, 10**5), (3, 1, 10**4))
    fitted = fit(wins)
    expected = (fitted.battles * win_probabilities(fitted.theta)).sum(axis=1)
    assert expected == pytest.approx(wins.sum(axis=1), abs=1e-6)


def test_disconnected_models_are_named():
    wins = table(5, (0, 1, 3), (1, 0, 2), (2, 4, 5), (4, 2, 5))
    with pytest.raises(NoFiniteOptimum, match=r"never met.*\{0, 1\}, \{2, 4\}, \{3\}") as error:
        fit(wins)
    assert error.value.groups == ((0, 1), (2, 4), (3,))


def test_perfect_records_are_named():
    wins = table(3, (0, 1, 3), (1, 0, 2), (2, 0, 4), (2, 1, 1))
    with pytest.raises(NoFiniteOptimum, match=r"same side: \{0, 1\}, \{2\}") as error:
        fit(wins)
    assert error.value.groups == ((0, 1), (2,))


def test_many_groups_are_named_in_short():
    with pytest.raises(NoFiniteOptimum, match=r"\{11\} and 8 more"):
        fit(np.zeros((20, 20)))


def test_a_tie_connects_both_ways():
    fitted = fit(table(3, (0, 1, 3), (1, 0, 2), (2, 0, 4.5), (0, 2, 0.5)))
    assert np.isfinite(fitted.theta).all()
    assert not fitted.regularised.any()


def test_prior_changes_nothing_where_a_finite_optimum_exists():
    wins = draw_tallies(seed=2, models=9, votes=900).wins()
    strict, lenient = fit(wins), fit(wins, prior=ONE_TIE)
    assert np.array_equal(strict.theta, lenient.theta)
    assert not lenient.regularised.any()


def test_prior_rates_a_perfect_newcomer_without_moving_the_others():
    old = draw_tallies(seed=2, models=10, votes=3000).wins()
    wins = np.zeros((11, 11))
    wins[:10, :10] = old
    wins[10, :5] = 4
    fitted = fit(wins, prior=ONE_TIE)
    assert fitted.regularised.tolist() == [False] * 10 + [True]
    assert fitted.theta[10] == fitted.theta.max()
    before = fit(old).theta
    after = fitted.theta[:10] - fitted.theta[:10].mean()
    # 1 Elo point: a tenth of the half-width of these models and less.
    assert after == pytest.approx(before, abs=1 / 173.7)


@pytest.mark.parametrize(("won", "expected"), [(1, 0.75), (10, 10.5 / 11)])
def test_prior_of_one_tie_is_jeffreys_for_two_models(won, expected):
    fitted = fit(table(2, (0, 1, won)), prior=ONE_TIE)
    assert win_probabilities(fitted.theta)[0, 1] == pytest.approx(expected, abs=1e-9)
    assert fitted.regularised.all()


def test_prior_holds_disconnected_models_at_the_average_of_the_field():
    wins = table(5, (0, 1, 30), (1, 0, 20), (2, 0, 20), (0, 2, 20), (3, 4, 1), (4, 3, 1))
    fitted = fit(wins, prior=ONE_TIE)
    assert fitted.regularised.tolist() == [False, False, False, True, True]
    assert fitted.theta[3] == pytest.approx(fitted.theta[4], abs=1e-9)
    assert abs(fitted.theta[3]) < 0.02


def test_prior_marks_everyone_where_no_group_holds_the_majority():
    wins = table(4, (0, 1, 9), (1, 0, 9), (2, 3, 9), (3, 2, 9))
    fitted = fit(wins, prior=ONE_TIE)
    assert fitted.regularised.all()
    assert fitted.theta == pytest.approx(np.zeros(4), abs=1e-9)


def test_each_regularised_model_gets_the_prior_once():
    spread = bradley_terry.spread_prior(np.array([True, True, False, False]), prior=0.9)
    assert spread.sum(axis=1)[:2] == pytest.approx([0.9, 0.9])
    assert spread[2, 3] == 0
    assert np.array_equal(spread, spread.T)
    assert not spread.diagonal().any()


@given(seed=st.integers(0, 10_000), scale=st.floats(-3, 3))
def test_any_start_leads_to_the_same_optimum(seed, scale):
    wins = draw_tallies(seed=seed, models=6, votes=200).wins()
    start = np.random.default_rng(seed).normal(0, 1, 6) * scale
    assert fit(wins, start=start, prior=ONE_TIE).theta == pytest.approx(
        fit(wins, prior=ONE_TIE).theta, abs=1e-8
    )


def test_a_start_at_the_optimum_settles_at_once():
    wins = draw_tallies(seed=3, models=30, votes=20_000).wins()
    cold = fit(wins)
    warm = fit(wins, start=cold.theta + 7.0)
    assert warm.steps == 1 < cold.steps
    assert warm.theta == pytest.approx(cold.theta, abs=1e-9)


@pytest.mark.parametrize("start", [[0.0, 1.0, 2.0], [np.nan, 0.0], [[0.0, 0.0]]])
def test_fit_refuses_a_start_of_another_shape(start):
    with pytest.raises(ScoringError, match="start must be 2 finite strengths"):
        fit(table(2, (0, 1, 3), (1, 0, 2)), start=np.array(start))


@pytest.mark.parametrize("spread", [0.5, 2.0])
def test_steps_by_conjugate_gradients_are_the_dense_ones(monkeypatch, spread):
    wins = draw_tallies(seed=4, models=40, votes=20_000, spread=spread).wins()
    quick = fit(wins, prior=ONE_TIE)
    monkeypatch.setattr(bradley_terry, "MAX_ROUNDS", 0)
    dense = fit(wins, prior=ONE_TIE)
    assert quick.theta == pytest.approx(dense.theta, abs=1e-10)
    assert quick.steps == dense.steps


def test_probabilities_are_the_same_near_and_beyond_the_range_of_floats():
    near = win_probabilities(np.array([200.0, 0.0, -1.0, -250.0]))
    far = win_probabilities(np.array([200.0, 0.0, -1.0, -900.0]))
    assert near[:3, :3] == pytest.approx(far[:3, :3], rel=1e-14)
    assert (far[3].tolist(), far[:, 3].tolist()) == ([0, 0, 0, 0.5], [1, 1, 1, 0.5])
    assert near[3, 0] == pytest.approx(np.exp(-450.0), rel=1e-12)


def test_fit_refuses_to_return_what_did_not_settle(monkeypatch):
    monkeypatch.setattr(bradley_terry, "MAX_STEPS", 2)
    with pytest.raises(NotConverged, match="did not settle in 2"):
        fit(table(2, (0, 1, 10_000), (1, 0, 1)))


@pytest.mark.parametrize(
    ("wins", "message"),
    [
        (np.zeros((2, 3)), "square"),
        (np.zeros(4), "square"),
        (np.zeros((1, 1)), "two models or more"),
        (np.array([[0, 1], [1, 0]]), "finite floats"),
        (np.array([[0, -1.0], [1, 0]]), "zero or more"),
        (np.array([[0, np.nan], [1, 0]]), "finite floats"),
        (np.array([[1.0, 1.0], [1, 0]]), "Model 0 cannot battle itself"),
    ],
)
def test_fit_refuses_a_malformed_table(wins, message):
    with pytest.raises(ScoringError, match=message):
        fit(wins)


@pytest.mark.parametrize("prior", [0, -1.0, np.nan, np.inf])
def test_fit_refuses_a_meaningless_prior(prior):
    with pytest.raises(ScoringError, match="prior must be a positive number"):
        fit(table(2, (0, 1, 1)), prior=prior)


@given(seed=st.integers(0, 10_000), density=st.floats(0, 0.4))
def test_strong_groups_are_mutual_reachability(seed, density):
    edges = np.random.default_rng(seed).random((8, 8)) < density
    reach = np.linalg.matrix_power(edges.astype(float) + np.eye(8), 8) > 0
    expected = {tuple(np.flatnonzero(reach[i] & reach[:, i]).tolist()) for i in range(8)}
    groups = find_strong_groups(edges)
    assert set(groups) == expected
    assert groups == tuple(sorted(groups))


def test_no_models_make_no_groups():
    assert find_strong_groups(np.zeros((0, 0), dtype=bool)) == ()
