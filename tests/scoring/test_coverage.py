"""A short, seeded profile of the coverage study in `tests/benchmarks/bench_coverage.py`."""

import pytest

from tests.benchmarks.bench_coverage import Voters, measure_coverage

REPLICATIONS = 500


@pytest.mark.parametrize(
    "crowd", [Voters(1, 0), Voters(50, 69), Voters(50, 139), Voters(0, 139, busy=1.1)]
)
def test_clustered_intervals_cover_the_truth(crowd):
    found = measure_coverage(seed=11, replications=REPLICATIONS, crowd=crowd)
    # 10,000 intervals, 20 to a board and alike there: the standard error of the mean is 0.3 %.
    assert 0.94 <= found.clustered <= 0.965
    # At most 5 % of boards may miss a rank: 25 of 500, and three standard errors more.
    assert found.clustered_ranks >= 0.92


def test_plain_intervals_fall_short_where_few_vote_much():
    found = measure_coverage(seed=11, replications=100, crowd=Voters(50, 139))
    assert found.plain < 0.90
    assert found.clustered > 0.93
