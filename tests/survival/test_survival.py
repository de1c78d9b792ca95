"""Parts die while people vote; what was acknowledged is there, once, and the rest catches up."""

import re
import signal
from collections import Counter
from collections.abc import Callable

import httpx
import pytest

from arena.generation.pulse import QUEUES

from .site import Site, wait_for
from .voters import find_difference, let_each_vote, voting

pytestmark = pytest.mark.processes

COUNTED = "select count(*) from battles_vote where counted"
ON_BOARDS = "select coalesce(sum(votes), 0) from ratings_ratingrun where challenge_id is null"
ALIVE = "select count(*) from generation_pulse where beat_at <= now()"
WORKERS = ("the picture workers", "the ratings worker")


def test_redis_frozen_and_killed_costs_no_vote_and_ratings_catch_up(site: Site) -> None:
    # Until a worker's first own sign of life a starting site counts it as alive.
    wait_for(lambda: site.value(ALIVE) == len(QUEUES), seconds=60, pause=0.5)
    with voting(site.base, number=2) as voters:
        let_each_vote(voters, more=3)
        site.kill("valkey", signal.SIGSTOP)
        wait_for(lambda: all(name in banner(site) for name in WORKERS), seconds=35, pause=0.5)
        before = site.value(ON_BOARDS)
        let_each_vote(voters, more=3)
        assert site.value(COUNTED) > before == site.value(ON_BOARDS)
        site.kill("valkey", signal.SIGCONT)
        wait_for(lambda: site.value(ON_BOARDS) > before, seconds=40)
        killed = site.kill("valkey", signal.SIGKILL)
        let_each_vote(voters, more=3)
        site.wait_for_another("valkey", than=killed)
        let_each_vote(voters, more=3)
    assert sum((voter.answers for voter in voters), Counter()).keys() == {"200"}
    assert max(voter.slowest for voter in voters) < 5
    assert not find_difference(site, voters)
    wait_for(lambda: site.value(ON_BOARDS) == site.value(COUNTED), seconds=40)
    wait_for(lambda: not banner(site), seconds=40, pause=0.5)
    assert httpx.get(f"{site.base}/readyz").status_code == 200


def test_worker_killed_in_a_call_makes_each_picture_once(start_site: Callable[..., Site]) -> None:
    site = start_site()
    site.close_shipped_challenges(but="geometric-composition")
    sent = "select id from generation_generation where state = 'submitting'"
    wait_for(lambda: site.rows(sent), seconds=40, pause=0.02, what=site.output)
    killed = site.kill("worker", signal.SIGKILL)
    lost = [row[0] for row in site.rows(sent)]
    assert lost
    # The pictures from now on may be small: the test is about who makes them, not about drawing.
    site.execute("update challenges_challenge set canvas_width = 256, canvas_height = 256")
    site.wait_for_another("worker", than=killed)
    wait_for(
        lambda: not site.value("select count(*) from generation_slot where finished_at is null"),
        seconds=180,
        pause=0.5,
        what=site.output,
    )
    assert site.rows(
        "select state, outcome from generation_generation where id = any(%s)", lost
    ) == [("failed", "worker_lost")] * len(lost)
    made = site.rows(
        "select count(candidate.id), count(generation.id) from generation_slot slot "
        "left join generation_generation generation on generation.slot_id = slot.id "
        "and generation.state = 'stored' "
        "left join generation_candidate candidate on candidate.generation_id = generation.id "
        "group by slot.id"
    )
    assert made == [(1, 1)] * site.value("select count(*) from generation_slot")
    assert len(made) >= 8
    originals = [row[0] for row in site.rows("select original from generation_candidate")]
    assert all((site.state / "media" / name).is_file() for name in originals)


def banner(site: Site) -> str:
    """Return what a page says of parts that are away, in lower case; nothing when all are there."""
    answer = httpx.get(f"{site.base}/about/voting/", timeout=10)
    assert answer.status_code == 200
    found = re.search(r'class="banner away">(.*?)</p>', answer.text, re.DOTALL)
    return found[1].lower() if found else ""
