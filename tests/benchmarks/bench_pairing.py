"""What choosing pairs saves: votes needed, as a share of what even draws need in the same run.

Run from the checkout: python -m tests.benchmarks.bench_pairing [--reps N] [--models 20|100]
"""

import argparse
import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial

# One thread per process, set before NumPy is loaded: small matrices lose by sharing cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from arena.scoring.pairing import pair_probabilities
from tests.benchmarks.simulator import (
    GOALS,
    SPREADS,
    Arena,
    Coverage,
    Race,
    Table,
    bring_in,
    choose_adaptively,
    choose_evenly,
    cover,
    draw_truth,
    race,
)

METHODS: dict[str, Table] = {"even": choose_evenly, "chosen": choose_adaptively}
CAPS = {20: 2_000_000, 100: 40_000_000}
RACES = {20: SPREADS, 100: ("quant",)}
FIELD_VOTES = {20: 100_000, 100: 1_000_000}
STOPS = ("neighbours", "top ten")
SHORT_RACES = {20: 8, 100: 2}
COVERED = {20: (3_000, 10_000, 30_000), 100: (50_000,)}
# Shares of even draws' votes that must not be exceeded.
WANTED = {
    (20, "neighbours"): 0.4,
    (100, "neighbours"): 0.3,
    (100, "top ten"): 0.65,
    (20, "cold start"): 0.15,
    (100, "cold start"): 0.04,
}
NEVER_ABOVE = 1.15


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--reps", type=int, default=30, help="races per method and spread")
    options.add_argument("--models", type=int, choices=(20, 100), action="append")
    options.add_argument("--coverage", type=int, default=500, help="boards per coverage figure")
    options.add_argument("--workers", type=int, default=os.cpu_count())
    asked = options.parse_args()
    with ProcessPoolExecutor(asked.workers) as pool:
        for models in asked.models or (20, 100):
            for spread in RACES[models]:
                print_races(pool, models=models, spread=spread, reps=asked.reps)
            print_cold_start(pool, models=models, reps=max(asked.reps // 3, 3))
            for votes in COVERED[models]:
                boards = asked.coverage * 20 // models
                print_coverage(pool, models=models, votes=votes, reps=boards)
    for models in asked.models or (20, 100):
        print_cost(models)


def run(method: str, seed: int, *, models: int, spread: str, goals: tuple[str, ...]) -> Race:
    choose, cap = METHODS[method], CAPS[models]
    return race(models=models, spread=spread, seed=seed, choose=choose, cap=cap, goals=goals)


def print_races(pool: ProcessPoolExecutor, *, models: int, spread: str, reps: int) -> None:
    # Votes to a good order differ tenfold between draws of strengths, so these races are many.
    many = reps * SHORT_RACES[models]
    say(f"\n{models} models, spread {spread}, {reps} races ({many} for tau): median votes")
    for goals, races in ((("tau",), many), (GOALS[1:], reps)):
        task = partial(run, models=models, spread=spread, goals=goals)
        even, chosen = (list(pool.map(task, [name] * races, range(races))) for name in METHODS)
        for goal in goals:
            medians = [
                statistics.median(one.votes.get(goal, CAPS[models] + 1) for one in method)
                for method in (even, chosen)
            ]
            wrong = sum(goal in one.wrong for one in chosen) / races
            note = f"wrong order at stop {wrong:.2f}" if goal in STOPS else ""
            print_ratio(goal, *medians, models=models, spread=spread, note=note)


def print_ratio(
    goal: str, even: float, chosen: float, *, models: int, spread: str, note: str = ""
) -> None:
    cap = CAPS[models]
    bound = "<" if even > cap else " "
    ratio = "   -  " if chosen > cap else f"{bound}{chosen / min(even, cap):5.3f}"
    wanted = WANTED.get((models, goal)) if spread in ("quant", "cold") else None
    limit = NEVER_ABOVE if wanted is None else wanted
    kept = chosen <= limit * even
    say(
        f"  {goal:<11} even {name_votes(even, cap)}  chosen {name_votes(chosen, cap)}  x even {ratio}"
        f"  goal <= {limit:4.2f} {'reached' if kept else 'MISSED '}  {note}"
    )


def name_votes(votes: float, cap: int) -> str:
    return "not reached" if votes > cap else f"{votes:>11,.0f}"


def settle(method: str, seed: int, *, models: int) -> int:
    field = FIELD_VOTES[models]
    return bring_in(models=models, seed=seed, choose=METHODS[method], field_votes=field)


def print_cold_start(pool: ProcessPoolExecutor, *, models: int, reps: int) -> None:
    task = partial(settle, models=models)
    medians = [statistics.median(pool.map(task, [name] * reps, range(reps))) for name in METHODS]
    say(
        f"\n{models} models, one new model to a standard error of 10 Elo, {reps} runs: median votes"
    )
    print_ratio("cold start", *medians, models=models, spread="cold")


def check(method: str, seed: int, *, models: int, spread: str, votes: int) -> Coverage:
    return cover(models=models, spread=spread, seed=seed, choose=METHODS[method], votes=votes)


def print_coverage(pool: ProcessPoolExecutor, *, models: int, votes: int, reps: int) -> None:
    say(f"\n{models} models, {votes:,} votes, {reps} boards: coverage of 95 % intervals in %")
    for name in METHODS:
        task = partial(check, models=models, spread="normal", votes=votes)
        boards = list(pool.map(task, [name] * reps, range(reps), chunksize=8))
        line = [f"  {name:<7}"]
        for kind in ("ratings", "neighbours", "pairs"):
            shares = np.array([getattr(board, kind) for board in boards])
            error = shares.std(ddof=1) / len(shares) ** 0.5
            line.append(f"{kind} {100 * shares.mean():5.2f} (+-{100 * error:.2f})")
        say("  ".join(line))


def print_cost(models: int) -> None:
    rng = np.random.default_rng(0)
    arena = Arena(draw_truth(rng, models=models, spread="quant"), rng)
    even = choose_evenly(arena.theta, arena.covariance, arena.battles())
    arena.vote(even, votes=500 * models)
    arena.rate()
    battles, seconds = arena.battles(), []
    for _ in range(30):
        start = time.process_time()
        pair_probabilities(theta=arena.theta, covariance=arena.covariance, battles=battles)
        seconds.append(time.process_time() - start)
    say(f"\none table, {models} models: {1e3 * statistics.median(seconds):.2f} ms CPU (goal < 5)")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
