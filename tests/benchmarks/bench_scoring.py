"""What keeping tallies saves: a board from counts against a board from the votes themselves.

Run from the checkout: python -m tests.benchmarks.bench_scoring
"""

import statistics
import sys
import time
from collections.abc import Callable

import choix
import numpy as np

from arena.scoring.elo import Tallies, rate, tally_votes

MODELS = 50
VOTES = 100_000
ROUNDS = 15


def main() -> None:
    columns = draw_columns()
    tallies = tally_columns(columns)
    timed = time_side_by_side(
        {
            "refresh": lambda: rate(tallies),
            "refit": lambda: rate(tally_columns(columns)),
            "tally": lambda: tally_columns(columns),
            "ilsr": lambda: choix.ilsr_pairwise_dense(tallies.wins()),
        }
    )
    refresh = timed["refresh"]
    print_line(f"refresh from tallies, {MODELS} models (ratings, intervals, rank ranges)", refresh)
    print_line(f"refit from {VOTES:,} vote rows (rows, tallies, board)", timed["refit"], refresh)
    print_line(f"  of which rows to tallies, {VOTES:,} rows", timed["tally"], refresh)
    print_line("choix dense ILSR from the same counts (ratings only)", timed["ilsr"], refresh)


def draw_columns() -> dict[str, np.ndarray]:
    """Votes of fixed seed over a field of usual spread, in the integer widths a reader has."""
    rng = np.random.default_rng(20)
    strengths = rng.normal(0, 0.6, MODELS)
    left = rng.integers(0, MODELS, VOTES)
    right = (left + rng.integers(1, MODELS, VOTES)) % MODELS
    p = 1 / (1 + np.exp(strengths[right] - strengths[left]))
    draw = rng.random(VOTES)
    verdict = np.select([draw < 0.15, draw < 0.2, draw < 0.2 + 0.8 * p], [2, 3, 0], default=1)
    return {"left": left, "right": right, "verdict": verdict}


def tally_columns(columns: dict[str, np.ndarray]) -> Tallies:
    return tally_votes(**columns, models=MODELS)


def time_side_by_side(tasks: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median seconds of each task, interleaved so that a busy machine slows all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def print_line(what: str, seconds: float, unit: float | None = None) -> None:
    ratio = "" if unit is None else f"   {seconds / unit:6.2f} x refresh"
    sys.stdout.write(f"{what:<75} {seconds * 1e3:8.3f} ms{ratio}\n")


if __name__ == "__main__":
    main()
