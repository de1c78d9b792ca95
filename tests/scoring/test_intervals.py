import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from arena.scoring.bradley_terry import ONE_TIE, fit, laplacian, win_probabilities
from arena.scoring.elo import POINTS_PER_LOG_ODDS
from arena.scoring.intervals import (
    bound_ranks,
    estimate_covariance,
    find_differences,
    invert_information,
    measure_half_widths,
    refer_to,
    sandwich,
    weigh_information,
)
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_strengths, draw_tallies, draw_votes


def rate_raw(tallies, prior=None):
    fitted = fit(tallies.wins(), prior=prior)
    return fitted, estimate_covariance(fit=fitted, tallies=tallies)


def test_covariance_is_the_sandwich_of_single_votes():
    rng = np.random.default_rng(1)
    models, votes = 6, 30_000
    rows = draw_votes(rng, strengths=rng.normal(0, 0.5, models), votes=votes)
    fitted, covariance = rate_raw(tally_votes(**rows, models=models))
    score = np.select([rows["verdict"] == 0, rows["verdict"] == 1], [1.0, 0.0], default=0.5)
    residual = score - win_probabilities(fitted.theta)[rows["left"], rows["right"]]
    design = np.zeros((votes, models))
    design[np.arange(votes), rows["left"]] = 1
    design[np.arange(votes), rows["right"]] = -1
    bread = np.linalg.pinv(laplacian(weigh_information(fitted)))
    meat = (design * residual[:, None] ** 2).T @ design
    # The one extra battle per model is worth 1 / 10,000 here.
    assert covariance == pytest.approx(bread @ meat @ bread, rel=1e-3, abs=1e-8)
    assert covariance.sum(axis=0) == pytest.approx(np.zeros(models), abs=1e-12)
    assert np.array_equal(covariance, covariance.T)


def test_sandwich_of_equal_slices_is_the_pseudo_inverse():
    weights = draw_tallies(seed=2, models=7, votes=400).battles_of_pairs().astype(float)
    bread = laplacian(weights)
    assert sandwich(bread=bread, meat=bread) == pytest.approx(np.linalg.pinv(bread), abs=1e-12)


def test_half_width_follows_the_root_of_appearances():
    models, per_pair = 20, 100
    counts = np.zeros((models, models, 4), dtype=np.int64)
    counts[:, :, 0] = counts[:, :, 1] = per_pair // 4
    counts[np.arange(models), np.arange(models)] = 0
    left, right, verdict = np.nonzero(counts)
    tallies = tally_votes(
        left=left,
        right=right,
        verdict=verdict,
        weight=counts[left, right, verdict],
        models=models,
    )
    _, covariance = rate_raw(tallies)
    appearances = (models - 1) * per_pair
    half_width = POINTS_PER_LOG_ODDS * measure_half_widths(covariance)
    # 681 / sqrt(n), times the share of the mean that a model itself makes up.
    expected = 680.97 / np.sqrt(appearances) * (models - 1) / models
    assert half_width == pytest.approx(np.full(models, expected), rel=2e-3)


def test_many_ties_make_intervals_narrower():
    decided = rate_raw(draw_tallies(seed=4, models=8, votes=8000, spread=0.2, ties=0.0))[1]
    tied = rate_raw(draw_tallies(seed=4, models=8, votes=8000, spread=0.2, ties=0.5))[1]
    assert measure_half_widths(tied).mean() < 0.85 * measure_half_widths(decided).mean()


def test_ties_alone_are_not_certain():
    tallies = tally_votes(left=[0] * 4, right=[1] * 4, verdict=[2] * 4, models=2)
    _, covariance = rate_raw(tallies)
    assert (POINTS_PER_LOG_ODDS * measure_half_widths(covariance) > 80).all()


def test_perfect_records_are_not_certain():
    tallies = tally_votes(left=[0] * 10, right=[1] * 10, verdict=[0] * 10, models=2)
    fitted, covariance = rate_raw(tallies, prior=ONE_TIE)
    difference = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    # The information of ten battles and one tie at the fitted odds of 21 to 1.
    assert difference == pytest.approx(1 / (11 * 21 / 22**2), rel=1e-9)
    assert np.ptp(fitted.theta) == pytest.approx(np.log(21), abs=1e-9)


@pytest.mark.parametrize(("votes", "ties"), [(150, 0.0), (150, 0.4), (2000, 0.2)])
def test_intervals_cover_the_truth_as_often_as_they_say(votes, ties):
    rng = np.random.default_rng(votes)
    covered, gaps_covered, models = [], [], 10
    for _ in range(200):
        strengths = draw_strengths(rng, models=models, spread=0.4)
        rows = draw_votes(rng, strengths=strengths, votes=votes, ties=ties)
        fitted, covariance = rate_raw(tally_votes(**rows, models=models), prior=ONE_TIE)
        covered.append(np.abs(fitted.theta - strengths) <= measure_half_widths(covariance))
        gap = (fitted.theta[0] - fitted.theta[1]) - (strengths[0] - strengths[1])
        variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
        gaps_covered.append(abs(gap) <= 1.96 * np.sqrt(variance))
    # 2,000 correlated hits of 95 %: two percent either way is about four standard errors.
    assert 0.93 <= np.mean(covered) <= 0.975
    assert 0.90 <= np.mean(gaps_covered) <= 0.99


def test_rank_ranges_rarely_miss_any_rank():
    rng = np.random.default_rng(9)
    missed, models, runs = 0, 8, 200
    for _ in range(runs):
        strengths = draw_strengths(rng, models=models, spread=0.4)
        rows = draw_votes(rng, strengths=strengths, votes=2000)
        fitted, covariance = rate_raw(tally_votes(**rows, models=models))
        low, high = bound_ranks(find_differences(theta=fitted.theta, covariance=covariance))
        truth = 1 + (strengths[None, :] > strengths[:, None]).sum(axis=1)
        missed += bool(((truth < low) | (truth > high)).any())
    # At most 5 % are promised; 18 of 200 is 2.6 standard errors above that.
    assert missed <= 18


def test_differences_follow_holms_procedure():
    tallies = draw_tallies(seed=6, models=12, votes=3000, spread=0.35)
    fitted, covariance = rate_raw(tallies)
    better = find_differences(theta=fitted.theta, covariance=covariance)
    pairs = [(i, j) for i in range(12) for j in range(i + 1, 12)]
    p_value = {}
    for i, j in pairs:
        sd = np.sqrt(covariance[i, i] + covariance[j, j] - 2 * covariance[i, j])
        p_value[i, j] = 2 * norm.sf(abs(fitted.theta[i] - fitted.theta[j]) / sd)
    expected = np.zeros((12, 12), dtype=bool)
    for rank, (i, j) in enumerate(sorted(pairs, key=p_value.get)):
        if p_value[i, j] > 0.05 / (len(pairs) - rank):
            break
        first = (i, j) if fitted.theta[i] > fitted.theta[j] else (j, i)
        expected[first] = True
    assert 10 < expected.sum() < 60
    assert np.array_equal(better, expected)


def test_later_differences_are_held_to_the_lower_bar_of_holm():
    # Gaps of 8.3, 6 and 2.3 standard errors: 2.3 passes alone, not as one of three.
    theta = np.array([2.3, 0.0, -6.0])
    better = find_differences(theta=theta, covariance=np.eye(3) / 2)
    assert better.tolist() == [[False, True, True], [False, False, True], [False] * 3]
    close = find_differences(theta=np.array([2.3, 0.0, 1.15]), covariance=np.eye(3) / 2)
    assert not close.any()


def test_equal_models_are_never_told_apart():
    better = find_differences(theta=np.array([0.0, 1e-12]), covariance=np.zeros((2, 2)))
    assert not better.any()


def test_ranks_count_those_surely_better_and_surely_worse():
    better = np.zeros((4, 4), dtype=bool)
    better[0, [1, 2, 3]] = True
    better[1, 3] = True
    low, high = bound_ranks(better)
    assert low.tolist() == [1, 2, 2, 3]
    assert high.tolist() == [1, 3, 4, 4]


@pytest.mark.parametrize("models", [2, 3, 65, 200])
def test_inverse_by_halves_is_the_pseudo_inverse(models):
    weights = np.abs(np.random.default_rng(models).normal(size=(models, models)))
    weights = np.triu(weights, k=1) + np.triu(weights, k=1).T
    bread = laplacian(weights)
    inverse = invert_information(bread)
    assert inverse == pytest.approx(np.linalg.pinv(bread), abs=1e-11)
    meat = laplacian(weights**2)
    expected = np.linalg.pinv(bread) @ meat @ np.linalg.pinv(bread)
    covariance = sandwich(bread=bread, meat=meat)
    assert covariance == pytest.approx(expected, abs=1e-11)
    assert np.array_equal(covariance, covariance.T)


def test_strengths_referred_to_a_model_have_the_covariance_of_differences():
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 5))
    away = np.eye(5)
    away[:, 2] -= 1
    referred = refer_to(root @ root.T, model=2)
    assert referred == pytest.approx(away @ root @ root.T @ away.T, abs=1e-12)
    assert not referred[2].any()


@given(seed=st.integers(0, 10_000), votes=st.integers(20, 400))
def test_covariance_is_positive_on_any_board(seed, votes):
    tallies = draw_tallies(seed=seed, models=6, votes=votes, spread=1.0)
    if (tallies.battles_of_models() == 0).any():
        tallies = tallies.take(np.flatnonzero(tallies.battles_of_models()))
    _, covariance = rate_raw(tallies, prior=ONE_TIE)
    assert np.linalg.eigvalsh(covariance)[0] > -1e-9
    assert (covariance.diagonal() > 0).all()


def test_covariance_refuses_tallies_of_other_models():
    fitted = fit(draw_tallies(seed=1, models=4, votes=200).wins())
    with pytest.raises(ScoringError, match="fit has 4 models, the tallies 5"):
        estimate_covariance(fit=fitted, tallies=draw_tallies(seed=1, models=5, votes=200))
