import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.scoring.matchups import bound_rate, head_to_head
from arena.scoring.tallies import ScoringError, tally_votes
from tests.scoring.simulate import draw_tallies


def test_record_counts_both_orientations():
    tallies = tally_votes(
        left=[0, 0, 1, 1, 0, 1, 1],
        right=[1, 1, 0, 0, 1, 0, 0],
        verdict=[0, 0, 1, 0, 2, 3, 3],
        models=3,
    )
    record = head_to_head(tallies)
    assert record.battles[0, 1] == record.battles[1, 0] == 7
    assert (record.wins[0, 1], record.losses[0, 1]) == (3, 1)
    assert (record.wins[1, 0], record.losses[1, 0]) == (1, 3)
    assert record.ties[0, 1] == record.ties[1, 0] == 1
    assert record.both_bad[0, 1] == record.both_bad[1, 0] == 2
    assert record.win_rate[0, 1] == 4.5 / 7
    assert record.win_rate[1, 0] == 2.5 / 7


def test_pairs_that_never_met_have_no_rate():
    record = head_to_head(tally_votes(left=[0], right=[1], verdict=[0], models=3))
    for values in (record.win_rate, record.lower, record.upper):
        assert np.isnan(values[0, 2])
        assert np.isnan(values[1, 1])
        assert np.isfinite(values[0, 1])
    assert record.battles[0, 2] == 0


def test_records_of_a_pair_mirror_each_other():
    record = head_to_head(draw_tallies(seed=3, models=8, votes=2000))
    off = ~np.eye(8, dtype=bool)
    assert np.array_equal(record.wins, record.losses.T)
    assert np.array_equal(
        record.battles, record.wins + record.losses + record.ties + record.both_bad
    )
    assert record.win_rate[off] == pytest.approx((1 - record.win_rate.T)[off], abs=1e-12)
    assert record.lower[off] == pytest.approx((1 - record.upper.T)[off], abs=1e-12)


@pytest.mark.parametrize(
    ("points", "battles", "lower", "upper"),
    [
        # Computed by scipy 1.17.1: binomtest(k, n).proportion_ci(method="wilson").
        (81, 263, 0.25528851987827, 0.3662095769828),
        (15, 148, 0.06238639953074, 0.16048724172331),
        (0, 20, 0.0, 0.16112515805282),
        (29, 29, 0.88303020150026, 1.0),
    ],
)
def test_bounds_are_wilsons(points, battles, lower, upper):
    low, high = bound_rate(points=points, battles=battles)
    assert float(low) == pytest.approx(lower, abs=1e-12)
    assert float(high) == pytest.approx(upper, abs=1e-12)


@given(battles=st.integers(1, 10**9), share=st.integers(0, 2000))
def test_bounds_hold_the_rate_and_stay_in_range(battles, share):
    points = round(battles * share / 1000) / 2
    low, high = bound_rate(points=points, battles=battles)
    assert 0 <= low <= points / battles <= high <= 1


@pytest.mark.parametrize("points", [-0.5, 3.5])
def test_bounds_refuse_impossible_points(points):
    with pytest.raises(ScoringError, match="between zero and the number of battles"):
        bound_rate(points=points, battles=3)
