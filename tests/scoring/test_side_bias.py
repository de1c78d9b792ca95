import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring import side_bias as side_bias_module
from arena.scoring.bradley_terry import NoFiniteOptimum, NotConverged, fit
from arena.scoring.side_bias import estimate_side_bias
from arena.scoring.tallies import ScoringError, Tallies, tally_votes
from tests.scoring.simulate import draw_strengths, draw_tallies


def draw_biased(*, seed, bias, models=8, votes=20_000):
    rng = np.random.default_rng(seed)
    strengths = draw_strengths(rng, models=models, spread=0.5)
    left = rng.integers(0, models, votes)
    right = (left + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(strengths[right] - strengths[left] - bias))
    tied = 0.8 * p * (1 - p)
    draw = rng.random(votes)
    verdict = np.select([draw < tied, draw < tied / 2 + p], [2, 0], default=1)
    return strengths, tally_votes(left=left, right=right, verdict=verdict, models=models)


def swap_sides(tallies):
    return Tallies(counts=tallies.counts.transpose(1, 0, 2)[:, :, [1, 0, 2, 3]].copy())


def test_bias_and_strengths_are_recovered():
    strengths, tallies = draw_biased(seed=1, bias=0.3)
    found = estimate_side_bias(tallies)
    assert found.bias == pytest.approx(0.3, abs=3 * found.standard_error)
    assert np.abs((found.theta - strengths) / found.theta_error).max() < 4
    assert found.z == found.bias / found.standard_error
    assert found.p_value < 1e-10


def test_no_bias_is_seldom_found_where_none_is():
    found = [estimate_side_bias(draw_biased(seed=s, bias=0.0, votes=800)[1]) for s in range(300)]
    rejected = sum(one.p_value < 0.05 for one in found)
    # 5 % of 300 are 15, three standard errors either way.
    assert 4 <= rejected <= 26


def test_two_models_have_the_log_odds_of_their_sides():
    # 60 of 80 for model 0 on the left, 20 of 40 on the right: bias is half the sum of log odds.
    tallies = tally_votes(
        left=[0, 0, 1, 1],
        right=[1, 1, 0, 0],
        verdict=[0, 1, 0, 1],
        weight=[60, 20, 20, 20],
        models=2,
    )
    found = estimate_side_bias(tallies)
    assert found.bias == pytest.approx(np.log(3) / 2, abs=1e-9)
    assert found.theta[0] - found.theta[1] == pytest.approx(np.log(3) / 2, abs=1e-9)
    # Inverse information of either log odds: 1 / (n p q), halved and squared into each.
    assert found.standard_error == pytest.approx(np.sqrt(1 / 15 + 1 / 10) / 2, rel=1e-6)


@given(seed=st.integers(0, 10_000))
def test_swapping_the_sides_flips_the_bias_only(seed):
    _, tallies = draw_biased(seed=seed, bias=0.2, models=5, votes=300)
    found, swapped = estimate_side_bias(tallies), estimate_side_bias(swap_sides(tallies))
    assert swapped.bias == pytest.approx(-found.bias, abs=1e-9)
    assert swapped.theta == pytest.approx(found.theta, abs=1e-9)
    assert swapped.standard_error == pytest.approx(found.standard_error, rel=1e-6)
    assert swapped.p_value == pytest.approx(found.p_value, rel=1e-6, abs=1e-12)


def test_a_model_shown_mostly_on_the_left_is_freed_of_its_luck():
    rng = np.random.default_rng(3)
    votes = 30_000
    left = np.where(rng.random(votes) < 0.8, 0, rng.integers(1, 4, votes))
    right = np.where(left == 0, rng.integers(1, 4, votes), 0)
    verdict = (rng.random(votes) >= 1 / (1 + np.exp(-0.5))).astype(int)
    tallies = tally_votes(left=left, right=right, verdict=verdict, models=4)
    found = estimate_side_bias(tallies)
    plain = fit(tallies.wins()).theta
    assert plain[0] - plain[1:].mean() > 0.25
    assert np.abs(found.theta / found.theta_error).max() < 4
    assert found.bias == pytest.approx(0.5, abs=4 * found.standard_error)


def test_a_side_that_always_wins_has_no_finite_bias():
    tallies = tally_votes(left=[0, 1, 2, 1], right=[1, 2, 0, 0], verdict=[0] * 4, models=3)
    with pytest.raises(NoFiniteOptimum, match="one side wins nearly always"):
        estimate_side_bias(tallies)


def test_disconnected_models_have_no_bias():
    tallies = tally_votes(left=[0, 1, 2, 3], right=[1, 0, 3, 2], verdict=[0] * 4, models=4)
    with pytest.raises(NoFiniteOptimum, match="fall into 2 groups"):
        estimate_side_bias(tallies)


def test_side_bias_refuses_what_did_not_settle(monkeypatch):
    monkeypatch.setattr(side_bias_module, "MAX_STEPS", 1)
    with pytest.raises(NotConverged, match="did not settle in 1"):
        estimate_side_bias(draw_biased(seed=4, bias=0.5)[1])


def test_only_ties_cannot_tell_a_bias():
    tallies = tally_votes(left=[0, 1], right=[1, 0], verdict=[2, 2], models=2)
    with pytest.raises(ScoringError, match="Too few votes"):
        estimate_side_bias(tallies)


def test_strengths_without_bias_stay_those_of_the_board():
    tallies = draw_tallies(seed=5, models=8, votes=20_000)
    found = estimate_side_bias(tallies)
    assert found.theta == pytest.approx(fit(tallies.wins()).theta, abs=0.01)
