"""The same numbers from other people's software, and from a printed example."""

import warnings

import choix
import evalica
import numpy as np
import pytest

from arena.scoring.bradley_terry import fit
from arena.scoring.clusters import count_by_voter, estimate_clustered_covariance
from arena.scoring.fit_quality import measure_goodness_of_fit
from arena.scoring.intervals import estimate_covariance, measure_half_widths
from arena.scoring.side_bias import estimate_side_bias
from arena.scoring.tallies import tally_votes
from tests.scoring.simulate import draw_strengths, draw_tallies, draw_votes

with warnings.catch_warnings():
    # statsmodels 0.14 uses what pandas 3 calls deprecated, while it is being imported.
    warnings.simplefilter("ignore", DeprecationWarning)
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

WINNERS = {
    0: evalica.Winner.X,
    1: evalica.Winner.Y,
    2: evalica.Winner.Draw,
    3: evalica.Winner.Draw,
}


def draw_rows(*, seed, models, votes, ties=0.2):
    rng = np.random.default_rng(seed)
    strengths = draw_strengths(rng, models=models, spread=0.5)
    return draw_votes(rng, strengths=strengths, votes=votes, ties=ties)


def fit_logit(rows, *, models, side=False, **robust):
    """A logistic regression of points on differences from the last model, one row per vote.

    With `side`, a last column of ones for the advantage of the left.
    """
    votes = len(rows["left"])
    design = np.zeros((votes, models))
    design[np.arange(votes), rows["left"]] = 1
    design[np.arange(votes), rows["right"]] = -1
    # The last model is the reference; its column is free for the side.
    design[:, -1] = 1.0
    columns = models if side else models - 1
    points = np.array([1.0, 0.0, 0.5, 0.5])[rows["verdict"]]
    return GLM(points, design[:, :columns], family=Binomial()).fit(tol=1e-12, **robust)


def centre_covariance(covariance):
    """From strengths relative to the last model to strengths that sum to zero."""
    models = len(covariance) + 1
    carry = np.vstack([np.eye(models - 1), np.zeros(models - 1)]) - 1 / models
    return carry @ covariance @ carry.T


@pytest.mark.parametrize(("models", "votes"), [(4, 300), (15, 4000), (60, 30_000)])
def test_optimum_agrees_with_evalica(models, votes):
    rows = draw_rows(seed=models, models=models, votes=votes)
    names = [f"model-{index}" for index in range(models)]
    scores = evalica.bradley_terry(
        [names[index] for index in rows["left"]],
        [names[index] for index in rows["right"]],
        [WINNERS[int(verdict)] for verdict in rows["verdict"]],
        tolerance=1e-14,
        limit=20_000,
    ).scores
    oracle = np.log([scores[name] for name in names])
    theta = fit(tally_votes(**rows, models=models).wins()).theta
    assert theta == pytest.approx(oracle - oracle.mean(), abs=1e-5)


@pytest.mark.parametrize("ties", [0.0, 0.5])
def test_optimum_agrees_with_choix_on_ordered_pairs(ties):
    # Each tie given to choix as one win either way, each win twice: half wins in whole numbers.
    tallies = draw_tallies(seed=9, models=6, votes=500, ties=ties)
    doubled = (2 * tallies.wins()).astype(int)
    pairs = [(i, j) for i in range(6) for j in range(6) for _ in range(doubled[i, j])]
    oracle = choix.mm_pairwise(6, pairs, tol=1e-13, max_iter=100_000)
    assert fit(tallies.wins()).theta == pytest.approx(oracle - oracle.mean(), abs=1e-6)


@pytest.mark.parametrize("ties", [0.0, 0.4])
def test_robust_covariance_agrees_with_statsmodels(ties):
    rows = draw_rows(seed=2, models=6, votes=5000, ties=ties)
    tallies = tally_votes(**rows, models=6)
    fitted = fit(tallies.wins())
    logit = fit_logit(rows, models=6, cov_type="HC0")
    assert fitted.theta - fitted.theta[-1] == pytest.approx(np.append(logit.params, 0), abs=1e-7)
    oracle = np.sqrt(centre_covariance(logit.cov_params()).diagonal())
    found = measure_half_widths(estimate_covariance(fit=fitted, tallies=tallies)) / 1.959964
    # One battle more per model, of some 1,700, is the library's own small-sample allowance.
    assert found == pytest.approx(oracle, rel=2e-3)
    assert (found > oracle).all()


@pytest.mark.parametrize("voters", [40, 800])
def test_clustered_covariance_agrees_with_statsmodels(voters):
    rows = draw_rows(seed=3, models=5, votes=8000)
    voter = np.random.default_rng(4).integers(0, voters, 8000)
    fitted = fit(tally_votes(**rows, models=5).wins())
    logit = fit_logit(
        rows,
        models=5,
        cov_type="cluster",
        cov_kwds={"groups": voter, "use_correction": False},
    )
    oracle = centre_covariance(logit.cov_params())
    by_voter = count_by_voter(voter=voter, **rows, models=5)
    found = estimate_clustered_covariance(fit=fitted, voters=by_voter).covariance
    # G / (G - 1), Student's point and one cluster more per model: 10 % of 40, 0.5 % of 800.
    ratio = np.sqrt(found.diagonal() / oracle.diagonal())
    assert (ratio > 1).all()
    assert (ratio < 1 + 4 / voters).all()


def test_side_bias_agrees_with_statsmodels():
    rows = draw_rows(seed=7, models=5, votes=6000)
    # Every tenth win of the right side is given to the left.
    flipped = (rows["verdict"] == 1) & (np.arange(6000) % 10 == 0)
    rows["verdict"] = np.where(flipped, 0, rows["verdict"])
    logit = fit_logit(rows, models=5, side=True, cov_type="HC0")
    found = estimate_side_bias(tally_votes(**rows, models=5))
    assert found.bias == pytest.approx(logit.params[-1], abs=1e-6)
    assert found.standard_error == pytest.approx(logit.bse[-1], rel=1e-4)
    assert found.p_value == pytest.approx(logit.pvalues[-1], rel=1e-2)
    assert found.theta - found.theta[-1] == pytest.approx(np.append(logit.params[:-1], 0), abs=1e-6)


def test_overdispersion_is_that_of_a_quasi_binomial_regression():
    rows = draw_rows(seed=5, models=6, votes=4000, ties=0.4)
    tallies = tally_votes(**rows, models=6)
    found = measure_goodness_of_fit(fit=fit(tallies.wins()), tallies=tallies)
    mean = fit_logit(rows, models=6).fittedvalues
    points = np.array([1.0, 0.0, 0.5, 0.5])[rows["verdict"]]
    oracle = ((points - mean) ** 2).sum() / (mean * (1 - mean)).sum()
    assert found.dispersion == pytest.approx(oracle, rel=1e-6)


# Citations between four journals of statistics, 1987-89 (Stigler 1994; Agresti, Categorical Data
# Analysis, 2nd ed. 2002, table 10.11). A citation is a win for the cited journal.
JOURNALS = ("Biometrika", "Communications in Statistics", "JASA", "JRSS-B")
CITED = {
    (0, 1): (730, 33),
    (0, 2): (498, 320),
    (0, 3): (221, 284),
    (1, 2): (68, 813),
    (1, 3): (17, 276),
    (2, 3): (142, 325),
}


@pytest.fixture
def citations():
    first, second = zip(*CITED, strict=True)
    won, lost = zip(*CITED.values(), strict=True)
    return tally_votes(
        left=first + second, right=second + first, verdict=[0] * 12, weight=won + lost, models=4
    )


def test_journals_have_the_printed_strengths(citations):
    theta = fit(citations.wins()).theta
    assert theta - theta[0] == pytest.approx([0, -2.94907, -0.47957, 0.26895], abs=1e-5)


def test_journals_have_the_printed_deviance(citations):
    found = measure_goodness_of_fit(fit=fit(citations.wins()), tallies=citations)
    assert found.degrees == 3
    # Printed for a dispersion of one; without ties ours is one but for chance.
    assert found.deviance * found.dispersion == pytest.approx(4.2934, abs=1e-4)
    assert found.dispersion == pytest.approx(1, abs=0.02)


def test_journals_have_the_printed_standard_errors(citations):
    fitted = fit(citations.wins())
    covariance = estimate_covariance(fit=fitted, tallies=citations)
    error = [np.sqrt(covariance[j, j] + covariance[0, 0] - 2 * covariance[0, j]) for j in (1, 2, 3)]
    # Printed from the model alone; the robust ones agree where the model holds.
    assert error == pytest.approx([0.10255, 0.06059, 0.07083], rel=0.05)
