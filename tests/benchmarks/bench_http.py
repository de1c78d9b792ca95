"""Verdicts per second over HTTP against the site's own processes, beside bare INSERT commits.

Run from the checkout: python -m tests.benchmarks.bench_http [--rounds 5] [--profile]

Both sides use 32 connections to the same durable PostgreSQL and take turns in one run. A verdict is
the whole way: POST on a keep-alive line, transaction, reveal and next pair, answer read to its end.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

from arena.ops import embedded
from tests.benchmarks.load import Loaded, Visitor, vote
from tests.survival.conftest import NO_STUDIOS
from tests.survival.site import Site

LINES = 32
# So many that none votes again within the floor of 250 ms, nor comes near a day's cap.
VISITORS_PER_LINE = 8
SERVER_PARTS = {"web": "web", "postgres": "PostgreSQL", "ratings": "ratings worker"}
RATIO_GOAL = 0.08
P99_GOAL_MS = 150
TICKS = os.sysconf("SC_CLK_TCK")

INSERT = "insert into bare (voter, verdict, at) values (1, 'left', now()) returning id;\n"
CREATE = "create table bare (id bigserial primary key, voter bigint, verdict text, at timestamptz)"
FILL = (
    "from tests.benchmarks.field import fill_field; fill_field(challenges={}, models={}, takes={})"
)
VISITORS = "from tests.benchmarks.field import print_visitors; print_visitors({})"
PROFILE = "from tests.benchmarks.field import profile_verdicts; profile_verdicts({})"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--verdicts", type=int, default=1_500, help="per round")
    options.add_argument("--seconds", type=int, default=4, help="of bare INSERTs per round")
    options.add_argument("--challenges", type=int, default=13)
    options.add_argument("--models", type=int, default=8)
    options.add_argument("--takes", type=int, default=2)
    options.add_argument("--profile", action="store_true", help="and where a verdict's time goes")
    asked = options.parse_args()
    site = Site(**NO_STUDIOS)
    try:
        site.wait_until_ready()
        site.close_shipped_challenges()
        site.run_python(FILL.format(asked.challenges, asked.models, asked.takes))
        # Absent studios would be asked again and again while voters are measured.
        site.execute("update catalog_provider set enabled = false")
        site.execute("update generation_slot set finished_at = now() where finished_at is null")
        site.execute(CREATE)
        compare(site, asked)
        if asked.profile:
            say(site.run_python(PROFILE.format(100)))
    finally:
        site.end()


def compare(site: Site, asked: argparse.Namespace) -> None:
    """Measure both sides in turns and print what came out."""
    port = urlsplit(site.base).port or 0
    made = json.loads(site.run_python(VISITORS.format(LINES * VISITORS_PER_LINE)))
    visitors = [Visitor(cookie, list(tokens)) for cookie, tokens in made]
    lines = [visitors[number::LINES] for number in range(LINES)]
    asyncio.run(vote(port=port, lines=lines, verdicts=asked.verdicts // 3))  # to warm up
    before = site.value("select count(*) from battles_vote")
    rounds: list[Loaded] = []
    bare: list[float] = []
    shares: Counter[str] = Counter()
    inserting = 0.0
    for _ in range(asked.rounds):
        started = measure_cpu(site)
        bare.append(insert_bare(site, seconds=asked.seconds))
        inserting -= started["PostgreSQL"]
        started = measure_cpu(site)
        inserting += started["PostgreSQL"]
        rounds.append(asyncio.run(vote(port=port, lines=lines, verdicts=asked.verdicts)))
        ended = measure_cpu(site)
        shares.update({part: ended[part] - started[part] for part in ended})
    acknowledged = sum(len(loaded.acknowledged) for loaded in rounds)
    recorded = site.value("select count(*) from battles_vote") - before
    reasons = site.rows("select reason, count(*) from battles_vote group by 1 order by 2 desc")
    report(rounds, bare=bare)
    seconds = sum(loaded.took for loaded in rounds)
    used = ", ".join(f"{part} {100 * spent / seconds:.0f} %" for part, spent in shares.items())
    kinds = ", ".join(f"{reason or 'counted'} {number}" for reason, number in reasons)
    say(
        f"CPU while voting, of 100 % per core and {os.cpu_count()} cores: {used}\n"
        f"CPU per verdict: web {1e3 * shares['web'] / acknowledged:.2f} ms, "
        f"PostgreSQL {1e3 * shares['PostgreSQL'] / acknowledged:.2f} ms; "
        f"per bare commit: PostgreSQL {1e3 * inserting / (sum(bare) * asked.seconds):.3f} ms\n"
        f"{acknowledged} acknowledged, {recorded} recorded; of all: {kinds}"
    )
    assert acknowledged == recorded, "a verdict was lost or doubled"


def report(rounds: list[Loaded], *, bare: list[float]) -> None:
    rates = [len(loaded.acknowledged) / loaded.took for loaded in rounds]
    ratios = [rate / plain for rate, plain in zip(rates, bare, strict=True)]
    ratio = statistics.median(ratios)
    middle = statistics.median(percentile(loaded.seconds, 50) for loaded in rounds)
    slow = statistics.median(percentile(loaded.seconds, 99) for loaded in rounds)
    errors = sum((loaded.errors for loaded in rounds), Counter())
    say(
        f"verdicts over HTTP, {LINES} lines   {statistics.median(rates):9.0f} /s\n"
        f"bare INSERT commits, {LINES} lines  {statistics.median(bare):9.0f} /s\n"
        f"verdicts / bare INSERT commits {100 * ratio:9.1f} %   {judge(ratio >= RATIO_GOAL)} "
        f"(goal >= {100 * RATIO_GOAL:.0f} %; {100 * min(ratios):.1f} to {100 * max(ratios):.1f} %)\n"
        f"answer p50 / p99             {1e3 * middle:5.0f} / {1e3 * slow:.0f} ms   "
        f"{judge(1e3 * slow <= P99_GOAL_MS)} (goal p99 <= {P99_GOAL_MS} ms)\n"
        f"errors                         {errors.total():9d}     {judge(not errors)} (goal 0) "
        f"{dict(errors) or ''}"
    )


def insert_bare(site: Site, *, seconds: int) -> float:
    """Return commits per second of PostgreSQL's own load program: single-row INSERTs, 32 connections."""
    data = site.state / "postgres" / "data"
    found = embedded.find_postgres(major=int((data / "PG_VERSION").read_text()))
    script = site.state / "bare.sql"
    script.write_text(INSERT)
    address = site.value("select current_setting('unix_socket_directories')")
    done = subprocess.run(
        [
            str(found.programs / "pgbench"),
            *("--no-vacuum", "--file", str(script), "--client", str(LINES), "--jobs", "2"),
            *("--time", str(seconds), "--host", unquote(address), "--username", "arena"),
            "paragone",
        ],
        capture_output=True,
        text=True,
        timeout=seconds + 30,
        check=False,
    )
    rate = re.search(r"tps = ([\d.]+)", done.stdout)
    assert rate, done.stderr
    return float(rate[1])


def measure_cpu(site: Site) -> dict[str, float]:
    """CPU seconds so far of the site's parts with their children, of this process, of the machine."""
    parents, used, of_ended_children = {}, {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
        pid = int(stat.parent.name)
        parents[pid] = int(words[1])
        used[pid] = (int(words[11]) + int(words[12])) / TICKS
        of_ended_children[pid] = (int(words[13]) + int(words[14])) / TICKS
    pids = site.pids()
    spent = {
        name: of_ended_children[pids[part]]
        + sum(
            seconds
            for pid, seconds in used.items()
            if pid == pids[part] or parents.get(pid) == pids[part]
        )
        for part, name in SERVER_PARTS.items()
    }
    times = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    busy = (sum(times) - times[3] - times[4]) / TICKS
    return {**spent, "this client": time.process_time(), "all the machine": busy}


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def judge(kept: bool) -> str:
    return "ok" if kept else "MISSED"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
