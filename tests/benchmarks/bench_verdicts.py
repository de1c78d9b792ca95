"""Verdicts per second through the real view, against bare single-row INSERT commits on the same server.

`make bench` runs it on a durable PostgreSQL. Both sides use the same number of threads in one process
and are measured in turns in one run; only their ratio means something.
"""

import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as project
from django.core import signing
from django.db import connection
from django.test import Client

from arena.battles.issuing import WINDOW, Scope, fill_window
from arena.battles.models import FoldEntry, Vote, Voter
from arena.battles.voters import SALT
from arena.catalog.models import Discipline, Population
from arena.ratings.datasets import Scope as BoardScope
from arena.ratings.datasets import read_dataset
from arena.ratings.publishing import refresh_boards
from arena.ratings.recompute import rebuild
from arena.scoring.elo import VERDICTS, rate, tally_votes
from tests.benchmarks.votes import fill_votes
from tests.factories import create_arena

# Fewer than the pool of connections holds, since the main thread keeps one.
THREADS = 6
ROUNDS = 5
PER_ROUND = 240
MODELS = 50
VOTES = 100_000

pytestmark = pytest.mark.django_db(transaction=True)


def bench_verdicts_through_the_view(settings: Any) -> None:
    create_arena(challenges=6, models=4, takes=4)
    with connection.cursor() as cursor:
        cursor.execute(
            "create table bare (id bigserial primary key, voter bigint, verdict text, at timestamptz)"
        )
    try:
        ratios, view, bare = [], [], []
        for _ in range(ROUNDS):
            tokens = issue_battles(PER_ROUND)
            view.append(per_second(cast, tokens))
            bare.append(per_second(insert, tokens))
            ratios.append(view[-1] / bare[-1])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("drop table bare")
    assert Vote.objects.count() == FoldEntry.objects.count() == ROUNDS * PER_ROUND
    say(
        f"verdicts through the view      {statistics.median(view):9.0f} /s\n"
        f"bare INSERT commits            {statistics.median(bare):9.0f} /s   ({THREADS} threads, one process)\n"
        f"verdicts / bare INSERT commits {100 * statistics.median(ratios):9.1f} %   "
        f"({100 * min(ratios):.1f} to {100 * max(ratios):.1f} % over {ROUNDS} rounds)"
    )


def bench_refresh_against_refit() -> None:
    create_arena(models=MODELS)
    fill_votes(votes=VOTES, voters=VOTES, mark="bench-")
    rebuild()
    scope = BoardScope(Population.DEMO, Discipline.TEXT_TO_IMAGE)
    assert read_dataset(scope).tallies == read_rows()
    refresh, refit, ratios = [], [], []
    for _ in range(ROUNDS):
        refresh.append(seconds(lambda: rate(read_dataset(scope).tallies)))
        refit.append(seconds(lambda: rate(read_rows())))
        ratios.append(refit[-1] / refresh[-1])
    refresh_boards()
    say(
        f"board of {MODELS} models from tallies    {1e3 * statistics.median(refresh):9.1f} ms (read and fitted)\n"
        f"board from {VOTES:,} vote rows    {1e3 * statistics.median(refit):9.1f} ms (read, tallied and fitted)\n"
        f"refit / refresh                 {statistics.median(ratios):9.1f} x"
    )


def issue_battles(count: int) -> list[tuple[str, str]]:
    """(cookie, token) of as many voters as needed, each with a full window, as in the middle of a visit."""
    issued = []
    for _ in range(count // WINDOW):
        # Simulated voters know no daily cap and no shortest look, and cost the same statements.
        voter = Voter.objects.create(simulated=True)
        cookie = signing.dumps(voter.pk, salt=SALT)
        issued += [(cookie, battle.token) for battle in fill_window(voter, scope=Scope())]
    assert len(issued) == count
    return issued


def per_second(work: Callable[[tuple[str, str]], None], jobs: list[tuple[str, str]]) -> float:
    """Each thread takes its share over a connection of its own and gives that back at the end."""

    def take_share(number: int) -> None:
        try:
            for job in jobs[number::THREADS]:
                work(job)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        start = time.perf_counter()
        list(pool.map(take_share, range(THREADS)))
        return len(jobs) / (time.perf_counter() - start)


def cast(job: tuple[str, str]) -> None:
    cookie, token = job
    client = Client()
    client.cookies[project.VOTER_COOKIE] = cookie
    answer = client.post(
        f"/battles/{token}/verdict/", {"verdict": "left"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200


def insert(job: tuple[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into bare (voter, verdict, at) values (1, 'left', now()) returning id"
        )


def read_rows() -> Any:
    """Every counted vote as a row, read by the tuple and tallied."""
    rows = list(
        Vote.objects.filter(counted=True).values_list(
            "battle__left__slot__model_id", "battle__right__slot__model_id", "verdict"
        )
    )
    models = sorted({row[0] for row in rows} | {row[1] for row in rows})
    index = {model: position for position, model in enumerate(models)}
    words = {verdict: position for position, verdict in enumerate(VERDICTS)}
    return tally_votes(
        left=[index[row[0]] for row in rows],
        right=[index[row[1]] for row in rows],
        verdict=[words[row[2]] for row in rows],
        models=len(models),
    )


def seconds(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def say(text: str) -> None:
    sys.stdout.write(f"\n{text}\n")
