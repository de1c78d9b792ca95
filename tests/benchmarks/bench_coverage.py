"""How often 95 % intervals and rank ranges hold the truth, plain and clustered by voter.

Run from the checkout: python -m tests.benchmarks.bench_coverage --replications 1000
"""

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.scoring import bradley_terry, intervals
from arena.scoring.clusters import count_by_voter, estimate_clustered_covariance

POINTS_PER_LOG_ODDS = 400 / np.log(10)


@dataclass(frozen=True)
class Voters:
    """A crowd: how many votes each casts, and how far (Elo, sd) each one's taste strays.

    With `busy` activity is unequal instead: 300 voters with Pareto weights of that shape.
    """

    votes_each: int
    taste: float
    busy: float | None = None

    @property
    def name(self) -> str:
        each = f"{self.votes_each:>4} votes each"
        crowd = each if self.busy is None else f"300 voters, Pareto {self.busy}"
        return f"{crowd}, taste sd {self.taste:.0f} Elo"


CROWDS = (
    Voters(1, 0),
    Voters(5, 69),
    Voters(20, 69),
    Voters(50, 69),
    Voters(20, 139),
    Voters(50, 139),
    Voters(0, 139, busy=2.0),
    Voters(0, 139, busy=1.1),
)
FEW_VOTERS = tuple(Voters(each, 139) for each in (100, 250, 500, 800, 1000, 1250, 2000))


@dataclass(frozen=True)
class Coverage:
    """Shares of 0 to 1: of per-model intervals that hold the truth, of boards whose rank ranges
    all hold; mean half-widths in Elo; `plain` without and `clustered` with voters as clusters."""

    plain: float
    clustered: float
    plain_ranks: float
    clustered_ranks: float
    plain_width: float
    clustered_width: float


def measure_coverage(
    *, seed: int, replications: int, crowd: Voters, models: int = 20, votes: int = 10_000
) -> Coverage:
    """Simulate boards of one fixed field and count what their intervals and ranks hold."""
    rng = np.random.default_rng(seed)
    strengths = np.sort(rng.normal(0, 0.6, models))[::-1]
    target = find_pseudo_true(strengths, taste=crowd.taste / POINTS_PER_LOG_ODDS)
    true_rank = np.arange(1, models + 1)
    found = []
    for _ in range(replications):
        rows = draw_by_voters(rng, strengths=strengths, votes=votes, crowd=crowd)
        voters = count_by_voter(**rows, models=models)
        tallies = voters.total()
        fit = bradley_terry.fit(tallies.wins(), prior=bradley_terry.ONE_TIE)
        plain = intervals.estimate_covariance(fit=fit, tallies=tallies)
        clustered = estimate_clustered_covariance(fit=fit, voters=voters).covariance
        line = []
        for covariance in (plain, clustered):
            half = intervals.measure_half_widths(covariance)
            better = intervals.find_differences(theta=fit.theta, covariance=covariance)
            low, high = intervals.bound_ranks(better)
            line += [
                (np.abs(fit.theta - target) <= half).mean(),
                ((low <= true_rank) & (true_rank <= high)).all(),
                half.mean() * POINTS_PER_LOG_ODDS,
            ]
        found.append(line)
    plain, plain_ranks, plain_width, clustered, ranks, width = np.mean(found, axis=0).tolist()
    return Coverage(plain, clustered, plain_ranks, ranks, plain_width, width)


def draw_by_voters(
    rng: np.random.Generator, *, strengths: NDArray[np.float64], votes: int, crowd: Voters
) -> dict[str, NDArray[np.int64]]:
    """Votes on uniform pairs; a fifth of even battles is tied, equally from both sides."""
    models = len(strengths)
    if crowd.busy is None:
        voters = -(-votes // crowd.votes_each)
        voter = np.repeat(np.arange(voters), crowd.votes_each)[:votes]
    else:
        voters = 300
        activity = rng.pareto(crowd.busy, voters) + 0.05
        voter = rng.choice(voters, size=votes, p=activity / activity.sum())
    own = strengths + rng.normal(0, 1, (voters, models)) * (crowd.taste / POINTS_PER_LOG_ODDS)
    left = rng.integers(0, models, votes)
    right = (left + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(own[voter, right] - own[voter, left]))
    tied = 0.8 * p * (1 - p)
    draw = rng.random(votes)
    verdict = np.select([draw < tied, draw < tied / 2 + p], [2, 0], default=1)
    return {"voter": voter, "left": left, "right": right, "verdict": verdict}


def find_pseudo_true(strengths: NDArray[np.float64], *, taste: float) -> NDArray[np.float64]:
    """Return what Bradley-Terry tends to with ever more voters: the fit of mean win chances.

    Chances averaged over tastes (a normal of sd taste x root 2 in each difference, by Gauss and
    Hermite's rule) are no longer exactly Bradley-Terry, and closer to even.
    """
    points, weights = np.polynomial.hermite_e.hermegauss(41)
    gaps = strengths[:, None] - strengths[None, :]
    chances = 1 / (1 + np.exp(-(gaps[:, :, None] + taste * np.sqrt(2) * points)))
    wins = chances @ weights / weights.sum()
    np.fill_diagonal(wins, 0.0)
    return bradley_terry.fit(wins).theta


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--few", action="store_true", help="also 5 to 100 voters in all")
    options = parser.parse_args()
    sys.stdout.write(
        f"{options.replications} replications, 20 models, 10,000 votes; intervals / all ranks / "
        "half-width (Elo)\n"
    )
    for crowd in CROWDS + (FEW_VOTERS if options.few else ()):
        begun = time.process_time()
        c = measure_coverage(seed=7, replications=options.replications, crowd=crowd)
        sys.stdout.write(
            f"{crowd.name:<40} plain {c.plain:.1%} / {c.plain_ranks:.1%} / {c.plain_width:.1f}   "
            f"clustered {c.clustered:.1%} / {c.clustered_ranks:.1%} / {c.clustered_width:.1f}   "
            f"({time.process_time() - begun:.1f} s CPU)\n"
        )


if __name__ == "__main__":
    main()
