import numpy as np
import pytest

from arena.scoring.bootstrap import resample_fit
from arena.scoring.bradley_terry import NoFiniteOptimum, fit
from arena.scoring.intervals import estimate_covariance, measure_half_widths
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_tallies


@pytest.mark.parametrize("ties", [0.0, 0.5])
def test_bootstrap_agrees_with_the_sandwich(ties):
    tallies = draw_tallies(seed=1, models=8, votes=20_000, ties=ties)
    fitted = fit(tallies.wins())
    closed = estimate_covariance(fit=fitted, tallies=tallies)
    found = resample_fit(tallies, rng=np.random.default_rng(2), replicates=2000)
    ratio = np.sqrt(found.covariance().diagonal() / closed.diagonal())
    # A standard deviation from 2,000 draws is known to 1.6 %.
    assert ratio == pytest.approx(np.ones(8), abs=0.06)
    correlation = np.corrcoef(found.theta, rowvar=False)
    scale = np.sqrt(np.outer(closed.diagonal(), closed.diagonal()))
    assert correlation == pytest.approx(closed / scale, abs=0.1)
    lower, upper = found.bounds()
    half = measure_half_widths(closed)
    assert lower == pytest.approx(fitted.theta - half, abs=0.25 * half.max())
    assert upper == pytest.approx(fitted.theta + half, abs=0.25 * half.max())
    assert not found.regularised.any()


def test_bootstrap_is_its_generators():
    tallies = draw_tallies(seed=3, models=5, votes=500)
    one, same, other = (
        resample_fit(tallies, rng=np.random.default_rng(seed), replicates=5).theta
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert one.sum(axis=1) == pytest.approx(np.zeros(5), abs=1e-9)


def test_replicates_without_a_finite_optimum_are_marked_or_refused():
    # Each lost one battle only: a third of the replicates lose all trace of it.
    tallies = tally_votes(left=[0, 1], right=[1, 0], verdict=[0, 0], weight=[20, 1], models=2)
    found = resample_fit(tallies, rng=np.random.default_rng(1), replicates=200)
    assert 0.25 < found.regularised.mean() < 0.5
    assert np.isfinite(found.theta).all()
    with pytest.raises(NoFiniteOptimum, match="No finite rating"):
        resample_fit(tallies, rng=np.random.default_rng(1), replicates=200, prior=None)


def test_bootstrap_needs_replicates():
    with pytest.raises(ScoringError, match="two replicates or more"):
        resample_fit(
            draw_tallies(seed=1, models=3, votes=50), rng=np.random.default_rng(1), replicates=1
        )
