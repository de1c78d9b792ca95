"""How fresh boards are while votes pour in, and what recomputing everything costs.

`make bench` runs it. BENCH_VOTES sets how many votes are recomputed (default 300,000; the goal speaks of
10 million, which takes minutes to insert).
"""

import os
import resource
import statistics
import sys
import threading
import time

import pytest
from django.db import connection

from arena.battles.models import FoldEntry, Vote
from arena.ratings.publishing import refresh_boards, refresh_widths
from arena.ratings.recompute import count_votes, find_differences, rebuild
from tests.benchmarks.votes import fill_votes
from tests.factories import create_arena

pytestmark = pytest.mark.django_db(transaction=True)

RATE = 100
SECONDS = 20
TICK = 0.5
STANDING = 50_000
VOTES = int(os.environ.get("BENCH_VOTES", "300000"))


def bench_freshness_at_a_hundred_verdicts_a_second() -> None:
    create_arena(challenges=13, models=20)
    fill_votes(votes=STANDING, voters=2_000, mark="standing-")
    rebuild()
    stop = threading.Event()
    pouring = threading.Thread(target=pour, args=(stop,))
    pouring.start()
    ages, busy = [], []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        oldest = FoldEntry.objects.order_by("pk").values_list("vote__created_at", flat=True).first()
        began = time.perf_counter()
        boards = refresh_boards()
        busy.append(time.perf_counter() - began)
        if boards and oldest is not None:
            ages.append(database_time() - oldest.timestamp())
        time.sleep(max(TICK - busy[-1], 0))
    stop.set()
    pouring.join(timeout=10)
    refresh_boards()
    began = time.perf_counter()
    refresh_boards()
    idle = time.perf_counter() - began
    began = time.perf_counter()
    refresh_widths()
    widths = time.perf_counter() - began
    say(
        f"oldest vote on the board after a refresh, at {RATE} verdicts/s and {STANDING:,} before: "
        f"median {statistics.median(ages):.2f} s, worst {max(ages):.2f} s\n"
        f"one refresh of 14 boards {1e3 * statistics.median(busy):.0f} ms; with nothing to do "
        f"{1e3 * idle:.1f} ms; clustered half-widths of all boards {widths:.1f} s"
    )
    assert find_differences() == []


def bench_recompute() -> None:
    create_arena(challenges=13, models=20)
    fill_votes(votes=VOTES, voters=max(VOTES // 40, 1), mark="many-")
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    kept = Vote.objects.count()
    before = peak_megabytes()
    began = time.perf_counter()
    counted = count_votes()
    counting = time.perf_counter() - began
    streamed = peak_megabytes()
    began = time.perf_counter()
    boards = rebuild()
    rebuilding = time.perf_counter() - began
    assert sum(counted.values()) == kept
    say(
        f"{kept:,} votes counted by binary COPY in {counting:.1f} s, {streamed - before:.0f} MB more\n"
        f"recompute with clustered intervals of {boards} boards {rebuilding:.1f} s, "
        f"{peak_megabytes() - before:.0f} MB more at the peak"
    )


def pour(stop: threading.Event) -> None:
    """Insert RATE verdicts a second, in tenths, until told to stop."""
    try:
        number = 0
        start = time.monotonic()
        while not stop.is_set():
            fill_votes(votes=RATE // 10, voters=5, mark=f"poured-{number}-", fold=True)
            number += 1
            time.sleep(max(start + number / 10 - time.monotonic(), 0))
    finally:
        connection.close()


def database_time() -> float:
    with connection.cursor() as cursor:
        cursor.execute("select extract(epoch from clock_timestamp())")
        return float(cursor.fetchone()[0])


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
