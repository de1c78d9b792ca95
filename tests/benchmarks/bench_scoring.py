"""The rating engine against its goals, and against the quickest peers on the same votes.

Run from the checkout: python -m tests.benchmarks.bench_scoring [--quick]
Milliseconds are CPU time on one thread; ratios come from one run, medians of interleaved rounds.
"""

import argparse
import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable

import choix
import numpy as np

from arena.scoring.bootstrap import resample_fit
from arena.scoring.bradley_terry import fit
from arena.scoring.clusters import count_by_voter, estimate_clustered_covariance
from arena.scoring.elo import Tallies, rate, tally_votes
from arena.scoring.intervals import estimate_covariance

VOTES = 1_000_000
ARENA_RANK_SECONDS = 1.83  # its sandwich from 1 M votes of 100 models, as recorded
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

Columns = dict[str, np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, a tenth of the votes")
    options = parser.parse_args()
    if any(name not in os.environ for name in ONE_THREAD):
        # Threads are set when NumPy is loaded: begin again with one.
        arguments = [sys.executable, "-m", "tests.benchmarks.bench_scoring", *sys.argv[1:]]
        os.execve(sys.executable, arguments, os.environ | ONE_THREAD)
    votes, rounds = (VOTES // 10, 3) if options.quick else (VOTES, 7)
    compare_with_peers(votes=votes, rounds=rounds)
    time_boards(votes=votes, rounds=3 * rounds)
    time_bootstrap(votes=votes, rounds=rounds)
    time_clusters(votes=votes, rounds=rounds)
    time_tallies(votes=10 * votes, rounds=rounds)
    measure_memory(votes=10 * votes)


def compare_with_peers(*, votes: int, rounds: int) -> None:
    from evalica import _brzo

    columns = narrow(draw_columns(models=100, votes=votes), "i2")
    tallies = tally_columns(columns, models=100)
    wins = tallies.wins()
    lists = [columns[name].tolist() for name in ("left", "right")]
    winners = np.array([1, 2, 0, 0])[columns["verdict"]].tolist()
    weights = [1.0] * votes
    timed = time_side_by_side(
        {
            "rows to board": lambda: rate(tally_columns(columns, models=100)),
            "evalica": lambda: _brzo.bradley_terry(
                *lists, winners, weights, 100, 1.0, 0.5, 1e-6, 100
            ),
        },
        rounds=rounds,
    )
    rows = timed["rows to board"]
    say(f"{votes:,} votes, 100 models")
    say_line("rows to ratings, 95 % intervals, ranks", rows)
    say_line("evalica's core fit, no intervals", timed["evalica"], timed["evalica"] / rows, ">= 15")
    if votes == VOTES:
        recorded = ARENA_RANK_SECONDS
        say_line("arena-rank with intervals, as recorded", recorded, recorded / rows, ">= 500")
    timed = time_side_by_side(
        {
            "ratings": lambda: fit(wins),
            "intervals": lambda: estimate_covariance(fit=fit(wins), tallies=tallies),
            "choix": lambda: choix.ilsr_pairwise_dense(wins),
        },
        rounds=5 * rounds,
    )
    ours, peer = timed["ratings"], timed["choix"]
    say_line("counts to ratings and intervals", timed["intervals"])
    say_line("counts to ratings alone", ours)
    say_line("choix's dense ILSR, ratings alone", peer, peer / ours, ">= 2")


def time_boards(*, votes: int, rounds: int) -> None:
    say("tallies to board: ratings, intervals, closed-form rank ranges")
    for models, goal in ((20, None), (100, 1), (300, 6)):
        counts = tally_columns(draw_columns(models=models, votes=votes), models=models).counts
        # A new object each time: sums that tallies keep must be made anew.
        fresh = [Tallies(counts=counts) for _ in range(2 * rounds)]
        seconds = time_alone(lambda fresh=fresh: rate(fresh.pop()), rounds=rounds)
        say_line(f"{models} models", seconds, goal=goal and f"<= {goal} ms")


def time_bootstrap(*, votes: int, rounds: int) -> None:
    from evalica import _brzo

    columns = draw_columns(models=100, votes=votes)
    tallies = tally_columns(columns, models=100)
    rng = np.random.default_rng(1)
    lists = [columns[name].tolist() for name in ("left", "right")]
    winners = np.array([1, 2, 0, 0])[columns["verdict"]].tolist()
    weights = [1.0] * votes
    timed = time_side_by_side(
        {
            "ours": lambda: resample_fit(tallies, rng=rng, replicates=100),
            "evalica": lambda: _brzo.bradley_terry(
                *lists, winners, weights, 100, 1.0, 0.5, 1e-6, 100
            ),
        },
        rounds=rounds,
    )
    repeated = 100 * timed["evalica"]
    say(f"100 bootstrap refits, {votes:,} votes, 100 models")
    say_line("from tallies", timed["ours"], goal="<= 120 ms")
    say_line("evalica's core fit, 100 times", repeated, repeated / timed["ours"], ">= 40")


def time_clusters(*, votes: int, rounds: int) -> None:
    say(f"covariance clustered by voter, {votes:,} votes, 100 models")
    rows = draw_columns(models=100, votes=votes)
    fitted = fit(tally_columns(rows, models=100).wins())
    for voters in (100, 10_000, 100_000):
        voter = np.random.default_rng(2).integers(0, voters, votes)
        counted = count_by_voter(voter=voter, **rows, models=100)
        say_line(
            f"{voters:,} voters, from counts by voter",
            time_alone(
                lambda counted=counted: estimate_clustered_covariance(fit=fitted, voters=counted),
                rounds=rounds,
            ),
        )
        say_line(
            "  counting by voter, from rows",
            time_alone(
                lambda voter=voter: count_by_voter(voter=voter, **rows, models=100), rounds=rounds
            ),
        )


def time_tallies(*, votes: int, rounds: int) -> None:
    say(f"rows to tallies, {votes:,} votes, 100 models")
    block = np.arange(32_000_000, dtype=np.int64)
    drawn = draw_columns(models=100, votes=votes)
    for kind in ("u1", "i2", "i4", "i8"):
        columns = narrow(drawn, kind)
        size = sum(column.nbytes for column in columns.values())
        timed = time_side_by_side(
            {
                "read": block.max,
                "tally": lambda columns=columns: tally_columns(columns, models=100),
            },
            rounds=rounds,
        )
        share = (size / timed["tally"]) / (block.nbytes / timed["read"])
        say(
            f"  {kind} columns: {votes / timed['tally'] / 1e6:.0f} M votes/s, {share:.1%} of the "
            f"memory-read rate of {block.nbytes / timed['read'] / 1e9:.0f} GB/s (goal >= 12 %)"
        )


def measure_memory(*, votes: int) -> None:
    columns = narrow(draw_columns(models=100, votes=votes), "i2")
    tracemalloc.start()
    rate(tally_columns(columns, models=100))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    say(f"memory, {votes:,} votes, 100 models")
    say(f"  peak beyond the input, rows to board: {peak / 2**20:.1f} MB (goal <= 50)")


def draw_columns(*, models: int, votes: int) -> Columns:
    """Votes of fixed seed over a field of usual spread, in the integer widths a reader has."""
    rng = np.random.default_rng(20)
    strengths = rng.normal(0, 0.6, models)
    left = rng.integers(0, models, votes)
    right = (left + rng.integers(1, models, votes)) % models
    p = 1 / (1 + np.exp(strengths[right] - strengths[left]))
    draw = rng.random(votes)
    verdict = np.select([draw < 0.15, draw < 0.2, draw < 0.2 + 0.8 * p], [2, 3, 0], default=1)
    return {"left": left, "right": right, "verdict": verdict}


def narrow(columns: Columns, kind: str) -> Columns:
    return {name: column.astype(kind) for name, column in columns.items()}


def tally_columns(columns: Columns, *, models: int) -> Tallies:
    return tally_votes(**columns, models=models)


def time_side_by_side(tasks: dict[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Median CPU seconds of each task, interleaved so that a busy machine slows all alike.

    Each runs twice a round and counts once, so that none pays for the caches another emptied.
    """
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            task()
            start = time.process_time()
            task()
            seconds[name].append(time.process_time() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def time_alone(task: Callable[[], object], *, rounds: int) -> float:
    """Median CPU seconds of one task."""
    return time_side_by_side({"it": task}, rounds=rounds)["it"]


def say_line(
    what: str, seconds: float, ratio: float | None = None, goal: str | None = None
) -> None:
    times = "" if ratio is None else f"   {ratio:8.1f} x ours"
    say(f"  {what:<44} {seconds * 1e3:10.3f} ms{times}{f'   (goal {goal})' if goal else ''}")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
