import numpy as np
import pytest

from arena.scoring.bradley_terry import NoFiniteOptimum, fit
from arena.scoring.intervals import estimate_covariance
from arena.scoring.reweighting import (
    LARGEST_RATIO,
    WEIGHT_UNIT,
    fit_reweighted,
    quantise_weights,
    tally_weighted,
)
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_strengths, draw_votes

MODELS = 6


def draw_rows(*, seed, votes=3000):
    rng = np.random.default_rng(seed)
    strengths = draw_strengths(rng, models=MODELS, spread=0.5)
    return draw_votes(rng, strengths=strengths, votes=votes)


def draw_chances():
    """Chances that no strengths explain: a ladder of models, each beaten by the one two below."""
    ladder = np.linspace(1.0, -1.0, MODELS)
    logit = ladder[:, None] - ladder[None, :]
    upper = np.arange(MODELS - 2)
    logit[upper, upper + 2] -= 1.5
    logit[upper + 2, upper] += 1.5
    return 1 / (1 + np.exp(-logit))


def draw_adaptively(rng, *, chances, votes):
    """Pairs two apart are shown ten times as often, as a pairing that likes close calls would."""
    first, second = np.triu_indices(MODELS, k=1)
    issued = np.where(second - first == 2, 10.0, 1.0)
    issued /= issued.sum()
    pair = rng.choice(len(first), size=votes, p=issued)
    swap = rng.random(votes) < 0.5
    left = np.where(swap, second[pair], first[pair])
    right = np.where(swap, first[pair], second[pair])
    verdict = (rng.random(votes) >= chances[left, right]).astype(int)
    return {"left": left, "right": right, "verdict": verdict}, issued[pair]


def weigh(issued):
    return quantise_weights(issued=issued, wanted=1 / (MODELS * (MODELS - 1) / 2))


def test_reweighting_removes_the_pull_of_adaptive_pairs():
    chances = draw_chances()
    even = chances.copy()
    np.fill_diagonal(even, 0.0)
    target = fit(even).theta
    rows, issued = draw_adaptively(np.random.default_rng(1), chances=chances, votes=40_000)
    tallies = tally_votes(**rows, models=MODELS)
    plain = fit(tallies.wins())
    plain_error = np.sqrt(estimate_covariance(fit=plain, tallies=tallies).diagonal())
    found = fit_reweighted(tally_weighted(**rows, weight=weigh(issued), models=MODELS))
    error = np.sqrt(found.covariance.diagonal())
    assert np.abs((plain.theta - target) / plain_error).max() > 10
    assert np.abs((found.theta - target) / error).max() < 3
    # Nine tenths of the distance, and more, were the pairing's doing.
    assert np.abs(found.theta - target).max() < 0.1 * np.abs(plain.theta - target).max()


def test_reweighted_intervals_cover_the_evenly_paired_truth():
    chances = draw_chances()
    even = chances.copy()
    np.fill_diagonal(even, 0.0)
    target = fit(even).theta
    rng = np.random.default_rng(2)
    covered = []
    for _ in range(300):
        rows, issued = draw_adaptively(rng, chances=chances, votes=3000)
        found = fit_reweighted(tally_weighted(**rows, weight=weigh(issued), models=MODELS))
        half = 1.96 * np.sqrt(found.covariance.diagonal())
        covered.append(np.abs(found.theta - target) <= half)
    # 1,800 intervals, six to a board: the standard error of the mean is about 0.6 %.
    assert 0.93 <= np.mean(covered) <= 0.97


def test_equal_weights_change_nothing():
    rows = draw_rows(seed=3)
    tallies = tally_votes(**rows, models=MODELS)
    plain = fit(tallies.wins())
    weight = np.full(3000, 3 * WEIGHT_UNIT)
    found = fit_reweighted(tally_weighted(**rows, weight=weight, models=MODELS))
    assert found.theta == pytest.approx(plain.theta, abs=1e-9)
    covariance = estimate_covariance(fit=plain, tallies=tallies)
    assert found.covariance == pytest.approx(covariance, abs=1e-10)
    assert found.effective == pytest.approx(tallies.battles_of_models())


def test_splitting_weighted_votes_changes_no_digit():
    rows = draw_rows(seed=4)
    weight = np.random.default_rng(5).integers(1, 1000, 3000)
    whole = tally_weighted(**rows, weight=weight, models=MODELS)
    parts = [
        tally_weighted(
            **{name: column[part] for name, column in rows.items()},
            weight=weight[part],
            models=MODELS,
        )
        for part in (slice(0, 700), slice(700, None))
    ]
    folded = parts[0].add(parts[1])
    assert folded == whole
    assert np.array_equal(fit_reweighted(folded).theta, fit_reweighted(whole).theta)


def test_weights_are_whole_and_trimmed():
    weights = quantise_weights(issued=[0.1, 0.05, 1.0, 1e-9], wanted=0.1)
    assert weights.tolist() == [
        WEIGHT_UNIT,
        2 * WEIGHT_UNIT,
        round(WEIGHT_UNIT / 10),
        WEIGHT_UNIT * LARGEST_RATIO,
    ]


@pytest.mark.parametrize("issued", [[0.0], [1.5], [-0.1], [np.nan]])
def test_impossible_probabilities_are_refused(issued):
    with pytest.raises(ScoringError, match="'issued' must lie above 0"):
        quantise_weights(issued=issued, wanted=0.1)


@pytest.mark.parametrize("weight", [[0], [-3], [1.0]])
def test_weights_that_are_not_counts_are_refused(weight):
    with pytest.raises(ScoringError, match="integers of one or more"):
        tally_weighted(left=[0], right=[1], verdict=[0], weight=weight, models=2)


def test_reweighted_fit_needs_a_finite_optimum():
    with pytest.raises(NoFiniteOptimum, match="No finite rating"):
        fit_reweighted(tally_weighted(left=[0], right=[1], verdict=[0], weight=[5], models=2))
