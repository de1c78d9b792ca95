import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import expon, norm

from arena.scoring import shrinkage
from arena.scoring.bradley_terry import ONE_TIE, fit
from arena.scoring.elo import rate
from arena.scoring.fit_quality import measure_dispersion
from arena.scoring.intervals import estimate_covariance, measure_half_widths
from arena.scoring.shrinkage import (
    ASSUMED_SPREAD,
    _temper,
    estimate_spread,
    rate_shrunk,
    shrink_strengths,
)
from arena.scoring.tallies import ScoringError, Tallies, merge_tallies, tally_votes
from tests.scoring.simulate import draw_strengths, draw_tallies, draw_votes


def draw_parts(rng, *, models, sizes, spread, ties=0.2):
    """Tallies of parts whose strengths differ by `spread`, and those strengths."""
    base = draw_strengths(rng, models=models, spread=0.5)
    parts, truths = [], []
    for votes in sizes:
        strengths = base + rng.normal(0, spread, models)
        strengths -= strengths.mean()
        rows = draw_votes(rng, strengths=strengths, votes=votes, ties=ties)
        parts.append(tally_votes(**rows, models=models))
        truths.append(strengths)
    return parts, truths


def shrink_all(parts):
    """Every part's shrunk strengths with the spread estimated from the parts themselves."""
    total = merge_tallies(parts, models=parts[0].models)
    overall = fit(total.wins(), prior=ONE_TIE)
    dispersion = measure_dispersion(fit=overall, tallies=total)
    spread = estimate_spread(parts, overall=overall.theta, dispersion=dispersion)
    return [
        shrink_strengths(
            tallies=part,
            overall=overall.theta,
            spread=spread.sd,
            dispersion=dispersion,
            overall_covariance=estimate_covariance(fit=overall, tallies=total),
        )
        for part in parts
    ]


def test_mode_agrees_with_a_general_optimiser():
    rng = np.random.default_rng(1)
    overall = draw_strengths(rng, models=5, spread=0.5)
    tallies = draw_tallies(seed=2, models=5, votes=60)
    wins = tallies.wins()

    def cost(theta):
        likelihood = (wins * -np.log1p(np.exp(theta[None, :] - theta[:, None]))).sum()
        return ((theta - overall) ** 2).sum() / (2 * 0.4**2) - likelihood

    found = shrink_strengths(tallies=tallies, overall=overall, spread=0.4)
    oracle = minimize(cost, np.zeros(5), method="BFGS", options={"gtol": 1e-9})
    assert found.theta == pytest.approx(oracle.x, abs=1e-5)
    assert found.theta.sum() == pytest.approx(overall.sum(), abs=1e-9)


def test_without_a_vote_the_overall_strengths_appear_marked():
    overall = np.array([0.6, 0.1, -0.7])
    empty = Tallies(np.zeros((3, 3, 4), dtype=np.int64))
    found = shrink_strengths(tallies=empty, overall=overall, spread=0.3)
    assert found.theta == pytest.approx(overall, abs=1e-12)
    assert found.borrowed.all()
    assert found.own == pytest.approx(np.zeros(3), abs=1e-12)
    # Known only as well as parts resemble one another: 0.3, within a fixed sum of three.
    assert found.covariance.diagonal() == pytest.approx(np.full(3, 0.09 * 2 / 3))


def test_a_model_without_votes_here_is_borrowed_and_the_others_are_not():
    tallies = tally_votes(left=[0, 1, 0], right=[1, 0, 1], verdict=[0, 1, 2], models=3)
    found = shrink_strengths(tallies=tallies, overall=np.array([0.2, 0.0, -0.2]), spread=0.5)
    assert found.borrowed.tolist() == [False, False, True]
    assert found.battles.tolist() == [3, 3, 0]
    assert found.theta[2] == pytest.approx(-0.2, abs=1e-9)
    assert found.own[2] == pytest.approx(0, abs=1e-12)
    assert (found.own[:2] > 0.1).all()


def test_thirty_votes_do_not_shout():
    rng = np.random.default_rng(5)
    overall = draw_strengths(rng, models=10, spread=0.5)
    rows = draw_votes(rng, strengths=overall, votes=30)
    tallies = tally_votes(**rows, models=10)
    raw = fit(tallies.wins(), prior=ONE_TIE).theta
    found = shrink_strengths(tallies=tallies, overall=overall, spread=0.3)
    assert np.abs(raw - overall).max() > 1.0
    assert np.abs(found.theta - overall).max() < 0.25
    assert found.own.max() < 0.3


def test_a_perfect_record_stays_finite():
    tallies = tally_votes(left=[0] * 50, right=[1] * 50, verdict=[0] * 50, models=3)
    found = shrink_strengths(tallies=tallies, overall=np.zeros(3), spread=0.3)
    assert 0.1 < found.theta[0] < 1.5
    more = tally_votes(left=[0], right=[1], verdict=[0], weight=[10**9], models=2)
    far = shrink_strengths(tallies=more, overall=np.zeros(2), spread=3.0)
    assert np.isfinite(far.theta).all()
    assert far.theta[0] > 3


@pytest.mark.parametrize("overall", [np.zeros(6), np.linspace(-2, 2, 6)])
def test_many_votes_speak_for_themselves(overall):
    tallies = draw_tallies(seed=3, models=6, votes=2000)
    many = Tallies(tallies.counts * 100_000)
    fitted = fit(many.wins())
    found = shrink_strengths(tallies=many, overall=overall - overall.mean(), spread=0.3)
    assert found.theta == pytest.approx(fitted.theta, abs=1e-4)
    assert found.own == pytest.approx(np.ones(6), abs=1e-4)
    model_based = np.linalg.pinv(
        np.diag((weights := slope(fitted)).sum(axis=1)) - weights, hermitian=True
    )
    assert found.covariance == pytest.approx(model_based, rel=1e-3, abs=1e-12)


def slope(fitted):
    p = 1 / (1 + np.exp(fitted.theta[None, :] - fitted.theta[:, None]))
    return fitted.battles * p * (1 - p)


def test_errors_fall_against_raw_fits_and_intervals_hold():
    rng = np.random.default_rng(7)
    raw_error, shrunk_error, covered = [], [], []
    for _ in range(25):
        parts, truths = draw_parts(rng, models=10, sizes=[30, 60, 100, 200, 400] * 2, spread=0.3)
        for part, truth, found in zip(parts, truths, shrink_all(parts), strict=True):
            raw_error.append((fit(part.wins(), prior=ONE_TIE).theta - truth) ** 2)
            shrunk_error.append((found.theta - truth) ** 2)
            covered.append(np.abs(found.theta - truth) <= measure_half_widths(found.covariance))
    # Below a third of the error, in each size of part no worse than raw.
    assert np.mean(shrunk_error) < np.mean(raw_error) / 3
    by_size = np.reshape(raw_error, (25, 2, 5, 10)).mean(axis=(0, 1, 3))
    shrunk_by_size = np.reshape(shrunk_error, (25, 2, 5, 10)).mean(axis=(0, 1, 3))
    assert (shrunk_by_size < by_size).all()
    assert 0.90 <= np.mean(covered) <= 0.98


@pytest.mark.parametrize("spread", [0.1, 0.3])
@pytest.mark.parametrize("ties", [0.0, 0.4])
def test_spread_between_parts_is_recovered(spread, ties):
    rng = np.random.default_rng(11)
    found = []
    for _ in range(12):
        parts, _ = draw_parts(rng, models=10, sizes=[2000] * 12, spread=spread, ties=ties)
        total = merge_tallies(parts, models=10)
        overall = fit(total.wins())
        dispersion = measure_dispersion(fit=overall, tallies=total)
        found.append(estimate_spread(parts, overall=overall.theta, dispersion=dispersion))
    assert np.mean([one.measured for one in found]) == pytest.approx(spread, rel=0.1)
    assert np.mean([one.sd for one in found]) == pytest.approx(spread, rel=0.1)
    assert found[0].parts == 12


@pytest.mark.parametrize(("ties", "spread"), [(0.6, 0.1), (0.0, 0.1), (0.6, 0.3)])
def test_the_estimate_varies_as_much_as_the_tempering_believes(monkeypatch, ties, spread):
    rng, seen = np.random.default_rng(1), []

    def keep(estimate, *, error):
        seen.append((estimate, error))
        return spread**2

    monkeypatch.setattr(shrinkage, "_temper", keep)
    for _ in range(60):
        parts, _ = draw_parts(rng, models=8, sizes=[400] * 8, spread=spread, ties=ties)
        total = merge_tallies(parts, models=8)
        overall = fit(total.wins())
        dispersion = measure_dispersion(fit=overall, tallies=total)
        estimate_spread(parts, overall=overall.theta, dispersion=dispersion)
    estimates, errors = np.array(seen).T
    assert estimates.std() == pytest.approx(errors.mean(), rel=0.25)
    assert estimates.mean() == pytest.approx(spread**2, rel=0.15)


def test_equal_parts_show_hardly_any_spread():
    rng = np.random.default_rng(2)
    parts, _ = draw_parts(rng, models=10, sizes=[3000] * 10, spread=0.0)
    overall = fit(merge_tallies(parts, models=10).wins())
    found = estimate_spread(parts, overall=overall.theta, dispersion=0.8)
    assert found.measured < 0.05
    assert 0 < found.sd < 0.08
    # Taken without ties, votes explain more of the differences by themselves.
    plain = estimate_spread(parts, overall=overall.theta)
    assert plain == estimate_spread(parts, overall=overall.theta, dispersion=1.0)
    assert plain.sd < found.sd


@pytest.mark.parametrize("parts", [[], [draw_tallies(seed=1, models=4, votes=300)]])
def test_one_part_teaches_nothing_and_the_assumption_stands(parts):
    overall = fit(draw_tallies(seed=1, models=4, votes=300).wins()).theta
    empty = Tallies(np.zeros((4, 4, 4), dtype=np.int64))
    found = estimate_spread([*parts, empty], overall=overall)
    assert (found.sd, found.measured, found.parts) == (ASSUMED_SPREAD, 0.0, len(parts))


@pytest.mark.parametrize(
    ("estimate", "error"), [(0.09, 0.001), (0.09, 0.1), (-0.05, 0.1), (0.0, 1.0), (3.0, 2.0)]
)
def test_tempered_variance_is_the_posterior_mean(estimate, error):
    grid = np.linspace(0, max(estimate, 0) + 8 * min(error, 1.0), 400_001)
    weight = norm.pdf(grid, estimate, error) * expon.pdf(grid, scale=ASSUMED_SPREAD**2)
    expected = (grid * weight).sum() / weight.sum()
    assert _temper(estimate, error=error) == pytest.approx(expected, rel=1e-3)


def test_an_estimate_without_any_knowledge_is_the_assumption():
    assert _temper(5.0, error=1e5) == pytest.approx(ASSUMED_SPREAD**2, rel=1e-3)


def test_a_voters_own_board_moves_from_the_first_vote_on():
    rng = np.random.default_rng(4)
    overall = draw_strengths(rng, models=6, spread=0.5)
    one_vote = tally_votes(left=[5], right=[2], verdict=[0], models=6)
    found = shrink_strengths(tallies=one_vote, overall=overall, spread=ASSUMED_SPREAD)
    moved = found.theta - overall
    assert 0 < moved[5] < ASSUMED_SPREAD**2
    assert moved[2] == pytest.approx(-moved[5], abs=1e-9)
    assert np.delete(moved, [2, 5]) == pytest.approx(np.zeros(4), abs=1e-9)


@given(seed=st.integers(0, 10_000), order=st.permutations(range(5)), spread=st.floats(0.05, 2))
def test_relabelling_models_relabels_the_board(seed, order, spread):
    tallies = draw_tallies(seed=seed, models=5, votes=50, spread=1.0)
    overall = draw_strengths(np.random.default_rng(seed), models=5, spread=1.0)
    order = np.array(order)
    plain = shrink_strengths(tallies=tallies, overall=overall, spread=spread)
    moved = shrink_strengths(tallies=tallies.take(order), overall=overall[order], spread=spread)
    assert moved.theta == pytest.approx(plain.theta[order], abs=1e-8)
    assert moved.own == pytest.approx(plain.own[order], abs=1e-8)
    assert moved.covariance == pytest.approx(plain.covariance[np.ix_(order, order)], abs=1e-8)


def test_with_many_votes_the_shrunk_board_is_the_board():
    tallies = Tallies(draw_tallies(seed=3, models=6, votes=2000, ties=0.0).counts * 10_000)
    shrunk = shrink_strengths(tallies=tallies, overall=np.zeros(6), spread=1.0)
    board, plain = rate_shrunk(shrunk), rate(tallies)
    assert board.rating == pytest.approx(plain.rating, abs=0.11)
    assert board.half_width == pytest.approx(plain.half_width, abs=0.11)
    assert board.rank.tolist() == plain.rank.tolist()
    assert board.rank_low.tolist() == plain.rank_low.tolist()
    assert board.lower == pytest.approx(board.rating - board.half_width)
    assert board.upper == pytest.approx(board.rating + board.half_width)


def test_with_few_votes_the_shrunk_board_claims_no_rank():
    tallies = draw_tallies(seed=3, models=6, votes=30)
    overall = np.array([0.1, 0.05, 0.0, 0.0, -0.05, -0.1])
    board = rate_shrunk(
        shrink_strengths(tallies=tallies, overall=overall, spread=0.3), anchor=1200.0
    )
    assert board.rating.mean() == pytest.approx(1200, abs=0.1)
    assert sorted(board.rank.tolist()) == [1, 2, 3, 4, 5, 6]
    assert board.rating[board.rank.argmin()] == board.rating.max()
    assert board.rank_low.tolist() == [1] * 6
    assert board.rank_high.tolist() == [6] * 6
    assert (board.half_width > 60).all()


def test_an_anchor_that_is_no_rating_is_refused():
    tallies = draw_tallies(seed=3, models=4, votes=30)
    shrunk = shrink_strengths(tallies=tallies, overall=np.zeros(4), spread=0.3)
    with pytest.raises(ScoringError, match="finite rating"):
        rate_shrunk(shrunk, anchor=np.nan)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overall": np.zeros(3)}, "as many overall strengths"),
        ({"overall": np.array([0.0, np.nan, 0.0, 0.0])}, "must be finite"),
        ({"spread": 0.0}, "spread must be a positive"),
        ({"spread": np.inf}, "spread must be a positive"),
        ({"dispersion": 0.0}, "dispersion must be a positive"),
        ({"overall_covariance": np.zeros((3, 3))}, "4 x 4"),
    ],
)
def test_malformed_input_is_refused(change, message):
    tallies = draw_tallies(seed=1, models=4, votes=100)
    case = {"tallies": tallies, "overall": np.zeros(4), "spread": 0.3} | change
    with pytest.raises(ScoringError, match=message):
        shrink_strengths(**case)


def test_parts_of_other_models_are_refused():
    with pytest.raises(ScoringError, match="as many overall strengths"):
        estimate_spread([draw_tallies(seed=1, models=4, votes=100)], overall=np.zeros(5))
    with pytest.raises(ScoringError, match="dispersion"):
        estimate_spread([], overall=np.zeros(5), dispersion=np.nan)
