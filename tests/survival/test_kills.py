"""kill -9 during many votes, and the proof that whoever looks for losses here can see one.

`make survival` votes 20,000 times; SURVIVAL_VOTES says how often otherwise.
"""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from .conftest import NO_STUDIOS, SEED
from .site import Site, wait_for
from .voters import (
    count_acknowledged,
    find_difference,
    let_all_vote,
    let_each_vote,
    voting,
)

pytestmark = pytest.mark.processes

VOTES = int(os.environ.get("SURVIVAL_VOTES", "240"))
VOTES_PER_KILL = 2_500
# So many that each stays below the day's cap of counted verdicts and finds pictures it has not seen.
VOTES_PER_BROWSER = 150
VOTERS = 8
BROWSERS = max(4, VOTES // (VOTERS * VOTES_PER_BROWSER))
FIELD = (
    "from tests.benchmarks.field import fill_field; "
    f"fill_field(challenges={2 + VOTES // 1_500}, models=8, takes=4)"
)
# The supervisor gives a part up that crashes more often than this without a quiet minute between.
MOST_KILLS_OF_A_PART = 4
SLOWEST_RATE = 10  # votes per second, below which the site is stuck rather than slow
NO_REDIS = {"REDIS_URL": "redis://127.0.0.1:1/0"}
LOSING = 3  # attempts to lose something
# WAL buffers stay in the memory of PostgreSQL for so long: kill -9 forgets them.
FORGETFUL = (
    "alter database paragone set synchronous_commit = off",
    "alter system set wal_writer_delay = '10s'",
    "alter system set wal_writer_flush_after = '1GB'",
    "select pg_reload_conf()",
    "select pg_terminate_backend(pid) from pg_stat_activity "
    "where datname = 'paragone' and pid <> pg_backend_pid()",
)


def test_web_and_postgres_killed_lose_and_double_no_acknowledged_vote(site: Site) -> None:
    rounds = max(1, min(VOTES // (2 * VOTES_PER_KILL), MOST_KILLS_OF_A_PART))
    killing = ["postgres", "web"] * rounds
    site.run_python(FIELD)
    begun = time.monotonic()
    with voting(site.base, number=VOTERS, browsers=BROWSERS) as voters:
        for number, part in enumerate(killing, start=1):
            let_all_vote(
                voters,
                until=VOTES * number // (len(killing) + 1),
                seconds=60 + VOTES / SLOWEST_RATE,
            )
            killed = site.kill(part, signal.SIGKILL)
            site.wait_for_another(part, than=killed)
            let_each_vote(voters, more=1)
        troubled = sum((voter.answers for voter in voters), Counter())
        let_all_vote(voters, until=VOTES, seconds=60 + VOTES / SLOWEST_RATE)
        let_each_vote(voters, more=2)
    later = sum((voter.answers for voter in voters), Counter()) - troubled
    assert set(later) == {"200"}, later
    assert set(troubled) > {"200"}, "nobody noticed a kill, so it came between the votes"
    seconds = time.monotonic() - begun
    difference = find_difference(site, voters)
    sys.stdout.write(
        f"\n{count_acknowledged(voters):,} verdicts acknowledged in {seconds:.0f} s with "
        f"{len(killing)} kills ({', '.join(f'{n} {what}' for what, n in troubled.items())}): "
        f"{len(difference.lost)} lost, {len(difference.twice)} doubled\n"
    )
    assert not difference
    assert counted(site) > 0.8 * VOTES
    wait_for(lambda: tallied(site) == counted(site), seconds=40 + VOTES / 1_000)


def test_loss_is_seen_when_durability_is_switched_off(site: Site) -> None:
    for statement in FORGETFUL:
        site.execute_alone(statement)
    for _ in range(LOSING):
        with voting(site.base, number=2) as voters:
            let_each_vote(voters, more=4)
        assert not find_difference(site, voters).lost, "nothing has been killed yet"
        killed = site.kill("postgres", signal.SIGKILL)
        site.wait_for_another("postgres", than=killed)
        wait_for(lambda: ready(site), seconds=30)
        lost = find_difference(site, voters).lost
        # The writer of WAL may have come by between the last verdict and the kill, once in ten seconds.
        if lost:
            break
    assert lost, f"{LOSING} kills without durability lost nothing, or the loss is not seen"


def test_redis_gone_for_the_whole_run_is_not_noticed(start_site: Callable[..., Site]) -> None:
    site = start_site(**NO_STUDIOS, **NO_REDIS)
    site.close_shipped_challenges()
    site.run_python(SEED)
    with voting(site.base, number=4, browsers=2) as voters:
        let_all_vote(voters, until=min(VOTES, 2_000), seconds=60 + VOTES / SLOWEST_RATE)
    assert sum((voter.answers for voter in voters), Counter()).keys() == {"200"}
    assert (
        max(voter.slowest for voter in voters) < 15
    )  # nobody waits for Redis; the machine may be busy
    assert not find_difference(site, voters)
    assert "valkey" not in site.pids()
    for path in ("/", "/leaderboard/text-to-image/", "/livez"):
        assert httpx.get(f"{site.base}{path}", timeout=10).status_code == 200


def counted(site: Site) -> int:
    return site.value("select count(*) from battles_vote where counted")


def tallied(site: Site) -> int:
    """Count the votes on the boards of the whole arena."""
    return site.value(
        "select coalesce(sum(votes), 0) from ratings_ratingrun where challenge_id is null"
    )


def ready(site: Site) -> bool:
    try:
        return httpx.get(f"{site.base}/readyz", timeout=10).status_code == 200
    except httpx.TransportError:
        return False
