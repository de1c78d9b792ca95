import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, kstest, norm

from arena.scoring.bradley_terry import ONE_TIE, fit
from arena.scoring.connectivity import measure_connectivity
from arena.scoring.fit_quality import (
    find_chi_square_tail,
    find_intransitive_triples,
    measure_dispersion,
    measure_goodness_of_fit,
    score_first_slot,
    summarise_verdicts,
)
from arena.scoring.matchups import bound_rate
from arena.scoring.tallies import ScoringError, Tallies, tally_votes
from tests.scoring.simulate import draw_tallies


def count_pairs(models, *results):
    """Tallies from (left, right, verdict, how many)."""
    left, right, verdict, weight = zip(*results, strict=True)
    return tally_votes(left=left, right=right, verdict=verdict, weight=weight, models=models)


def judge(tallies, prior=None):
    return measure_goodness_of_fit(fit=fit(tallies.wins(), prior=prior), tallies=tallies)


@pytest.mark.parametrize("degrees", [1, 2, 3, 8, 171, 4851, 44_551])
@pytest.mark.parametrize("quantile", [1e-6, 0.05, 0.5, 0.95, 1 - 1e-9])
def test_chi_square_tail_agrees_with_scipy(degrees, quantile):
    value = float(chi2.ppf(quantile, degrees))
    tail = find_chi_square_tail(value, degrees=degrees)
    assert tail == pytest.approx(chi2.sf(value, degrees), rel=1e-6)


def test_chi_square_tail_of_nothing_is_one_and_of_nonsense_is_refused():
    assert find_chi_square_tail(0.0, degrees=5) == 1.0
    assert find_chi_square_tail(7.0, degrees=0) == 1.0
    for value, degrees in [(-1.0, 3), (np.inf, 3), (np.nan, 3), (1.0, -1)]:
        with pytest.raises(ScoringError, match="No chi-square"):
            find_chi_square_tail(value, degrees=degrees)


def test_goodness_of_fit_is_pearsons_by_hand():
    tallies = count_pairs(
        3, (0, 1, 0, 30), (1, 0, 0, 10), (1, 2, 0, 20), (2, 1, 0, 20), (2, 0, 0, 25), (0, 2, 0, 15)
    )
    found = judge(tallies)
    theta = fit(tallies.wins()).theta
    rows = [(0, 1, 40, 30), (0, 2, 40, 15), (1, 2, 40, 20)]
    p = [1 / (1 + np.exp(theta[j] - theta[i])) for i, j, _, _ in rows]
    pearson = sum(
        (w - n * q) ** 2 / (n * q * (1 - q)) for (_, _, n, w), q in zip(rows, p, strict=True)
    )
    assert found.first.tolist() == [0, 0, 1]
    assert found.second.tolist() == [1, 2, 2]
    assert found.observed.tolist() == [30, 15, 20]
    assert found.expected == pytest.approx([40 * q for q in p])
    assert found.degrees == 1
    assert found.chi_square * found.dispersion == pytest.approx(pearson)
    assert found.dispersion == pytest.approx(
        measure_dispersion(fit=fit(tallies.wins()), tallies=tallies)
    )
    # One cycle and one degree of freedom: every residual carries the whole misfit.
    assert np.abs(found.residual) == pytest.approx(np.full(3, np.sqrt(found.chi_square)))
    assert found.p_value == pytest.approx(chi2.sf(found.chi_square, 1))
    assert found.p_value < 0.01


@pytest.mark.parametrize("ties", [0.0, 0.5])
def test_goodness_of_fit_is_calibrated_where_the_model_holds(ties):
    found = [judge(draw_tallies(seed=s, models=8, votes=1500, ties=ties)) for s in range(200)]
    p_values = [one.p_value for one in found]
    # Uniform chances: a wrong dispersion or wrong degrees would pile them up at an end.
    assert kstest(p_values, "uniform").pvalue > 0.005
    assert np.std(np.concatenate([one.residual for one in found])) == pytest.approx(1, abs=0.06)
    z = np.array([one.z for one in found])
    assert norm.sf(z) == pytest.approx(np.array(p_values), abs=0.01)
    assert [one.deviance for one in found] == pytest.approx(
        [one.chi_square for one in found], rel=0.15
    )


def test_a_pair_that_breaks_the_order_is_found():
    fair = draw_tallies(seed=5, models=6, votes=6000, spread=0.8)
    counts = fair.counts.copy()
    counts[2, 4, 0] += 150
    found = judge(Tallies(counts))
    worst = np.abs(found.residual).argmax()
    assert (found.first[worst], found.second[worst]) == (2, 4)
    assert found.residual[worst] > 5
    assert found.p_value < 1e-6
    assert judge(fair).p_value > 0.01


def test_pairs_fitted_by_force_have_no_residual_and_no_freedom():
    chain = count_pairs(3, (0, 1, 0, 9), (1, 0, 0, 3), (1, 2, 0, 8), (2, 1, 0, 5))
    found = judge(chain)
    assert found.degrees == 0
    assert found.residual.tolist() == [0, 0]
    assert (found.p_value, found.z) == (1.0, 0.0)
    assert (found.chi_square, found.deviance) == pytest.approx((0, 0), abs=1e-9)


def test_pairs_of_a_regularised_model_are_left_out():
    core = draw_tallies(seed=3, models=5, votes=800)
    counts = np.zeros((6, 6, 4), dtype=np.int64)
    counts[:5, :5] = core.counts
    counts[5, 0, 0] = 4
    found = judge(Tallies(counts), prior=ONE_TIE)
    assert 5 not in found.second
    assert found.degrees == 10 - 4


def test_thin_pairs_are_counted():
    tallies = count_pairs(
        3, (0, 1, 0, 4), (1, 0, 0, 4), (1, 2, 0, 50), (2, 1, 0, 50), (0, 2, 0, 50), (2, 0, 0, 50)
    )
    assert judge(tallies).thin == 1


def test_dispersion_is_one_without_ties_and_falls_with_them():
    plain = draw_tallies(seed=2, models=6, votes=8000, ties=0.0)
    tied = draw_tallies(seed=2, models=6, votes=8000, ties=0.4)
    assert measure_dispersion(fit=fit(plain.wins()), tallies=plain) == pytest.approx(1, abs=0.02)
    # The simulator takes `ties` of the variance: 4 p (1 - p) x a quarter of a point squared.
    assert measure_dispersion(fit=fit(tied.wins()), tallies=tied) == pytest.approx(0.6, abs=0.02)


def test_a_cycle_of_three_is_found_with_its_counts():
    tallies = count_pairs(
        4, (0, 1, 1, 30), (0, 1, 0, 10), (1, 2, 1, 28), (2, 1, 1, 9), (2, 0, 1, 26), (0, 2, 1, 8),
        (3, 0, 0, 5), (0, 3, 0, 6), (3, 1, 2, 4),
    )  # fmt: skip
    found = find_intransitive_triples(tallies=tallies, fit=fit(tallies.wins()))
    assert found.found == 1
    assert found.triples == 2
    # 1 beats 0, 0 beats 2 (26 wins), 2 beats 1: written from the smallest index.
    assert found.models.tolist() == [[0, 2, 1]]
    assert found.wins.tolist() == [[26, 28, 30]]
    assert found.losses.tolist() == [[8, 9, 10]]
    expected = np.prod(
        [norm.cdf((w - n) / np.sqrt(w + n)) for w, n in [(26, 8), (28, 9), (30, 10)]]
    )
    assert found.certainty == pytest.approx([expected])
    assert found.certainty[0] > 0.99
    assert found.expected < 0.5


def test_expected_cycles_are_the_chances_of_both_ways_round():
    tallies = draw_tallies(seed=3, models=3, votes=200, spread=0.7)
    fitted = fit(tallies.wins())
    dispersion = measure_dispersion(fit=fitted, tallies=tallies)
    chance = {}
    for i, j in itertools.permutations(range(3), 2):
        p = 1 / (1 + np.exp(fitted.theta[j] - fitted.theta[i]))
        battles = tallies.battles_of_pairs()[i, j]
        chance[i, j] = norm.cdf((p - 0.5) * np.sqrt(battles / (p * (1 - p) * dispersion)))
    expected = chance[0, 1] * chance[1, 2] * chance[2, 0]
    expected += chance[0, 2] * chance[2, 1] * chance[1, 0]
    found = find_intransitive_triples(tallies=tallies, fit=fitted)
    assert found.expected == pytest.approx(expected, rel=1e-9)


@given(seed=st.integers(0, 10_000), votes=st.integers(40, 500))
def test_cycles_agree_with_trying_all_triples(seed, votes):
    tallies = draw_tallies(seed=seed, models=7, votes=votes, spread=0.2)
    fitted = fit(tallies.wins(), prior=ONE_TIE)
    found = find_intransitive_triples(tallies=tallies, fit=fitted, most=100)
    ahead = tallies.decisive() > tallies.decisive().T
    expected = {
        (i, j, k)
        for i, j, k in itertools.permutations(range(7), 3)
        if i < min(j, k) and ahead[i, j] and ahead[j, k] and ahead[k, i]
    }
    assert {tuple(ring) for ring in found.models.tolist()} == expected
    assert found.found == len(expected)
    assert (np.diff(found.certainty) <= 0).all()
    listed = find_intransitive_triples(tallies=tallies, fit=fitted, most=1)
    assert (listed.found, len(listed.models)) == (len(expected), min(len(expected), 1))


def test_noise_alone_makes_about_as_many_cycles_as_expected():
    found, expected = [], []
    for seed in range(60):
        tallies = draw_tallies(seed=seed, models=10, votes=2000, spread=0.3)
        triples = find_intransitive_triples(tallies=tallies, fit=fit(tallies.wins()))
        found.append(triples.found)
        expected.append(triples.expected)
    assert np.mean(found) == pytest.approx(np.mean(expected), rel=0.25)
    assert np.mean(found) > 3


@given(seed=st.integers(0, 10_000), votes=st.integers(1, 60))
def test_weakest_cut_is_the_smallest_of_all_cuts(seed, votes):
    tallies = draw_tallies(seed=seed, models=6, votes=votes)
    battles = tallies.battles_of_pairs()
    cuts = {}
    for size in (1, 2, 3):
        for side in itertools.combinations(range(6), size):
            rest = sorted(set(range(6)) - set(side))
            cuts[side] = int(battles[np.ix_(side, rest)].sum())
    found = measure_connectivity(tallies)
    assert found.weakest_cut == min(cuts.values())
    side = found.cut_off
    rest = tuple(sorted(set(range(6)) - set(side)))
    assert cuts.get(side, cuts.get(rest)) == found.weakest_cut
    assert (found.weakest_cut == 0) == (len(found.components) > 1) == (found.algebraic == 0)


def test_an_even_board_has_evenness_one():
    counts = np.full((5, 5, 4), 3, dtype=np.int64)
    counts[np.arange(5), np.arange(5)] = 0
    found = measure_connectivity(Tallies(counts))
    # 24 battles a pair: all eigenvalues but the first are 5 x 24.
    assert found.algebraic == pytest.approx(120)
    assert found.evenness == pytest.approx(1)
    assert (found.pairs, found.pairs_met, found.weakest_cut) == (10, 10, 96)


def test_a_chain_is_half_as_firm_as_an_even_board():
    found = measure_connectivity(count_pairs(3, (0, 1, 0, 50), (1, 2, 0, 50)))
    # Eigenvalues 0, 50 and 150; 100 battles spread evenly would give 100 twice.
    assert found.algebraic == pytest.approx(50)
    assert found.evenness == pytest.approx(0.5)


def test_two_camps_and_a_bridge_are_named():
    tallies = count_pairs(6, (0, 1, 0, 9), (1, 2, 0, 9), (2, 0, 0, 9), (3, 4, 0, 9), (2, 3, 2, 2))
    found = measure_connectivity(tallies)
    assert found.components == ((0, 1, 2, 3, 4), (5,))
    assert (found.weakest_cut, found.cut_off, found.algebraic) == (0, (5,), 0.0)
    camps = measure_connectivity(tallies.take(np.arange(5)))
    assert (camps.weakest_cut, camps.cut_off) == (2, (3, 4))
    assert 0 < camps.evenness < 0.2
    assert camps.pairs_met == 5


def test_verdicts_are_shared_out_and_both_bad_is_told_apart():
    tallies = count_pairs(3, (0, 1, 0, 5), (1, 0, 1, 3), (1, 2, 2, 2), (2, 0, 3, 6), (0, 2, 3, 4))
    found = summarise_verdicts(tallies)
    assert found.counts.tolist() == [5, 3, 2, 10]
    assert found.share == pytest.approx([0.25, 0.15, 0.1, 0.5])
    assert found.both_bad.tolist() == [10, 0, 10]
    assert found.battles.tolist() == [18, 10, 12]
    assert found.both_bad_rate == pytest.approx([10 / 18, 0, 10 / 12])
    low, high = bound_rate(points=10, battles=18)
    assert (found.both_bad_lower[0], found.both_bad_upper[0]) == (low, high)
    low, high = bound_rate(points=10, battles=20)
    assert (found.lower[3], found.upper[3]) == (low, high)


def test_verdicts_of_an_empty_board_are_unknown():
    empty = Tallies(np.zeros((3, 3, 4), dtype=np.int64))
    assert np.isnan(summarise_verdicts(empty).share).all()
    assert np.isnan(summarise_verdicts(empty).both_bad_rate).all()
    first = score_first_slot(empty)
    assert (first.decisive, first.left_wins) == (0, 0)
    assert np.isnan([first.share, first.lower, first.upper]).all()


def test_first_slot_counts_decisive_votes_only():
    first = score_first_slot(
        count_pairs(2, (0, 1, 0, 30), (1, 0, 0, 30), (0, 1, 1, 40), (1, 0, 3, 99))
    )
    assert (first.decisive, first.left_wins, first.share) == (100, 60, 0.6)
    # Wilson (1927) for 60 of 100.
    assert (first.lower, first.upper) == pytest.approx((0.50200, 0.69059), abs=1e-4)


def test_first_slot_holds_one_half_when_sides_are_drawn_by_lot():
    hits = 0
    for seed in range(200):
        first = score_first_slot(draw_tallies(seed=seed, models=5, votes=400, spread=1.0))
        hits += first.lower <= 0.5 <= first.upper
    # 95 % of 200 less three standard errors.
    assert hits >= 180


def test_other_models_and_empty_graphs_are_refused():
    fitted = fit(draw_tallies(seed=1, models=4, votes=200).wins())
    other = draw_tallies(seed=1, models=5, votes=200)
    for measure in (measure_goodness_of_fit, measure_dispersion, find_intransitive_triples):
        with pytest.raises(ScoringError, match="fit has 4 models, the tallies 5"):
            measure(fit=fitted, tallies=other)
    with pytest.raises(ScoringError, match="two models"):
        measure_connectivity(Tallies(np.zeros((1, 1, 4), dtype=np.int64)))
    with pytest.raises(ScoringError, match="cannot hold -1"):
        find_intransitive_triples(tallies=other, fit=fit(other.wins()), most=-1)
