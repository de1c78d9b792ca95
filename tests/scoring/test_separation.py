import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from arena.scoring.bradley_terry import fit, win_probabilities
from arena.scoring.elo import POINTS_PER_LOG_ODDS
from arena.scoring.intervals import estimate_covariance
from arena.scoring.separation import (
    chance_better,
    compare_with_fit,
    measure_neighbours,
    measure_pair,
    measure_surprise,
)
from arena.scoring.tallies import ScoringError
from tests.scoring.simulate import draw_tallies


def rate_raw(**drawn):
    tallies = draw_tallies(**drawn)
    fitted = fit(tallies.wins())
    return tallies, fitted.theta, estimate_covariance(fit=fitted, tallies=tallies)


def test_chance_better_is_the_normal_tail_of_the_difference():
    _, theta, covariance = rate_raw(seed=1, models=7, votes=2000, spread=0.2)
    chance = chance_better(theta=theta, covariance=covariance)
    for i in range(7):
        for j in range(7):
            sd = np.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
            expected = norm.cdf((theta[i] - theta[j]) / sd) if i != j else 0.5
            assert chance[i, j] == pytest.approx(expected, abs=1e-12)


@given(seed=st.integers(0, 10_000), shift=st.floats(-5, 5))
def test_chance_better_mirrors_and_knows_differences_only(seed, shift):
    _, theta, covariance = rate_raw(seed=seed, models=5, votes=400)
    chance = chance_better(theta=theta, covariance=covariance)
    assert chance + chance.T == pytest.approx(np.ones((5, 5)), abs=1e-12)
    moved = chance_better(theta=theta + shift, covariance=covariance + shift**2)
    assert moved == pytest.approx(chance, abs=1e-6)


def test_chance_better_of_certain_differences():
    chance = chance_better(theta=np.array([1.0, 0.0, 0.0]), covariance=np.zeros((3, 3)))
    assert chance.tolist() == [[0.5, 1.0, 1.0], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]]


def test_neighbours_need_the_votes_of_the_root_law():
    # Half-width 681 / sqrt(n): ten points apart take about 9,300 appearances each.
    gap = 10 / POINTS_PER_LOG_ODDS
    each = (680.97 / POINTS_PER_LOG_ODDS / 1.96) ** 2 / 1000
    found = measure_neighbours(
        theta=np.array([0.0, gap]), covariance=np.eye(2) * each, battles=np.array([1000, 1000])
    )
    assert (found.upper.tolist(), found.lower.tolist()) == ([1], [0])
    assert found.gap[0] == pytest.approx(gap)
    assert found.votes_needed[0] == pytest.approx(2 * (9275 - 1000), rel=2e-3)


def test_neighbours_told_apart_need_no_votes_and_equals_need_all():
    found = measure_neighbours(
        theta=np.array([0.0, 2.0, 0.0]), covariance=np.eye(3) * 0.01, battles=np.array([50] * 3)
    )
    assert found.upper.tolist() == [1, 0]
    assert found.votes_needed.tolist() == [0.0, np.inf]
    assert found.z[0] == pytest.approx(2 / np.sqrt(0.02))


def test_a_pair_is_measured_wherever_it_stands_and_from_both_sides():
    tallies, theta, covariance = rate_raw(seed=5, models=6, votes=4000, spread=0.12)
    battles = tallies.battles_of_models()
    chance = chance_better(theta=theta, covariance=covariance)
    near = measure_neighbours(theta=theta, covariance=covariance, battles=battles)
    for first in range(6):
        for second in {*range(6)} - {first}:
            found = measure_pair(
                theta=theta, covariance=covariance, battles=battles, first=first, second=second
            )
            turned = measure_pair(
                theta=theta, covariance=covariance, battles=battles, first=second, second=first
            )
            assert found.gap == theta[first] - theta[second] == -turned.gap
            assert found.chance == pytest.approx(chance[first, second])
            assert found.chance == pytest.approx(1 - turned.chance)
            assert found.votes_needed == turned.votes_needed
            assert found.standard_error == turned.standard_error
            for upper, lower, z, needed in zip(
                near.upper, near.lower, near.z, near.votes_needed, strict=True
            ):
                if (upper, lower) == (first, second):
                    assert found.votes_needed == needed
                    assert found.gap / found.standard_error == pytest.approx(z)


def test_a_model_is_not_separated_from_itself():
    with pytest.raises(ScoringError, match="not separated from itself"):
        measure_pair(
            theta=np.zeros(2), covariance=np.eye(2), battles=np.ones(2, int), first=1, second=1
        )


def test_surprise_of_a_rate_is_counted_in_standard_errors():
    found = measure_surprise(
        win_rate=np.array([0.6, 0.4, np.nan]),
        expected=np.array([0.5, 0.5, 0.5]),
        battles=np.array([100, 400, 0]),
    )
    assert found[:2].tolist() == pytest.approx([2.0, -4.0])
    assert np.isnan(found[2])


def test_votes_needed_are_enough_in_half_of_the_repetitions():
    tallies, theta, covariance = rate_raw(seed=5, models=6, votes=4000, spread=0.12)
    battles = tallies.battles_of_models()
    found = measure_neighbours(theta=theta, covariance=covariance, battles=battles)
    open_pairs = np.flatnonzero(np.isfinite(found.votes_needed) & (found.votes_needed > 0))
    assert open_pairs.size
    for pair in open_pairs:
        so_far = battles[found.upper[pair]] + battles[found.lower[pair]]
        growth = 1 + found.votes_needed[pair] / so_far
        assert found.z[pair] * np.sqrt(growth) == pytest.approx(1.96, rel=1e-2)


def test_expected_win_rates_stand_beside_the_records():
    tallies, theta, _ = rate_raw(seed=6, models=6, votes=6000, ties=0.0)
    found = compare_with_fit(theta=theta, tallies=tallies)
    assert found.expected == pytest.approx(win_probabilities(theta))
    off = ~np.eye(6, dtype=bool)
    n, p = found.records.battles[off], found.expected[off]
    z = (found.records.win_rate[off] - p) / np.sqrt(p * (1 - p) / n)
    assert found.surprise[off] == pytest.approx(z)
    assert np.isnan(found.surprise.diagonal()).all()
    # Votes drawn from the model surprise as often as chance does.
    assert 0.5 < np.std(z) < 1.3


@pytest.mark.parametrize(
    ("theta", "covariance", "message"),
    [
        (np.zeros(3), np.eye(2), "do not fit"),
        (np.array([0, np.nan]), np.eye(2), "must be finite"),
        (np.zeros(2), np.full((2, 2), np.inf), "must be finite"),
    ],
)
def test_separation_refuses_doubtful_input(theta, covariance, message):
    with pytest.raises(ScoringError, match=message):
        chance_better(theta=theta, covariance=covariance)


def test_neighbours_refuse_impossible_battles():
    with pytest.raises(ScoringError, match="one count of zero or more"):
        measure_neighbours(theta=np.zeros(2), covariance=np.eye(2), battles=np.array([1]))


def test_comparison_refuses_other_models():
    with pytest.raises(ScoringError, match="4 strengths do not fit 3 models"):
        compare_with_fit(theta=np.zeros(4), tallies=draw_tallies(seed=1, models=3, votes=50))
