"""Workers die at named points, servers are emptied, frozen and killed, while pictures are made.

After each: nothing is lost or stuck, no job of a queue is bought twice, a synchronous call in flight
leaves at most one `uncertain`, and the ledger equals the provider's bill. By default some that
BATTERY_SEED (0) chooses; BATTERY_KILLS=all: all of them.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator

import pytest
import redis

from arena.generation.points import POINTS
from tests.fake_providers import FakeProviders

from .cases import SEED
from .plant import DIALECTS, QUEUES, SYNCHRONOUS, Auditor, Order, Plant, wait_until

pytestmark = pytest.mark.processes

OF_QUEUES = ("remote-id", "submitted")
# Where the money is spent and the answer is nowhere but in the dead process.
UNKNOWABLE = {SYNCHRONOUS: ("taken", "answered", "original"), "queue": ("taken", "remote-id")}
PICTURES = 7  # of each of three dialects
ALL_KILLS = [
    f"{point} / {dialect}"
    for point in POINTS
    for dialect in DIALECTS
    if point not in OF_QUEUES or dialect in QUEUES
]
ACCIDENTS = ["redis emptied", "redis frozen", "postgres killed", "worker paused"]


def choose() -> tuple[list[str], list[str]]:
    if os.environ.get("BATTERY_KILLS") == "all":
        return ALL_KILLS, ACCIDENTS
    dice = random.Random(SEED)
    return dice.sample(ALL_KILLS, 2), dice.sample(ACCIDENTS, 1)


KILLS, CHOSEN_ACCIDENTS = choose()


@pytest.fixture(scope="module")
def plant() -> Iterator[Plant]:
    with FakeProviders() as fake:
        fake.latency_seconds = 0.4
        fake.polls_before_done = 1
        plant = Plant(fake)
        try:
            yield plant
        finally:
            plant.end()


@pytest.mark.parametrize("kill", KILLS)
def test_worker_dies_at(kill: str, plant: Plant) -> None:
    point, dialect = kill.split(" / ")
    plant.arm(point)
    with Auditor(plant):
        order = plant.order({dialect: PICTURES})
        wait_until(lambda: not plant.is_armed(point))
        at_risk = order.in_flight()
        order.wait_until_over()
    states = order.states()
    kind = SYNCHRONOUS if dialect == SYNCHRONOUS else "queue"
    if point in UNKNOWABLE[kind]:
        assert states["uncertain"] >= 1, "the one that died there cannot be known"
    order.check(most_uncertain={dialect: at_risk})


def empty_redis(plant: Plant, order: Order) -> int:
    with redis.Redis(unix_socket_path=str(plant.socket)) as client:
        client.flushall()
    return 0


def freeze_redis(plant: Plant, order: Order) -> int:
    plant.send("valkey", signal.SIGSTOP)
    time.sleep(12)
    plant.send("valkey", signal.SIGCONT)
    return 0


def kill_postgres(plant: Plant, order: Order) -> int:
    """Workers wait for it with paid answers in their hands; only a claim may be committed unheard."""
    at_risk = 1
    killed = plant.send("postgres", signal.SIGKILL)
    plant.wait_for_another("postgres", than=killed)
    return at_risk


def pause_worker(plant: Plant, order: Order) -> int:
    """Longer than a lease: others take over what they can, and its own late answers are brought in."""
    plant.send("worker", signal.SIGSTOP)
    time.sleep(30)
    plant.send("worker", signal.SIGCONT)
    return 0


@pytest.mark.parametrize("accident", CHOSEN_ACCIDENTS)
def test_accident(accident: str, plant: Plant) -> None:
    does: dict[str, Callable[[Plant, Order], int]] = {
        "redis emptied": empty_redis,
        "redis frozen": freeze_redis,
        "postgres killed": kill_postgres,
        "worker paused": pause_worker,
    }
    with Auditor(plant):
        order = plant.order(dict.fromkeys(DIALECTS, PICTURES))
        wait_until(lambda: order.in_flight() >= 3)
        at_risk = does[accident](plant, order)
        order.wait_until_over()
        if accident == "worker paused":
            # A late answer brings a picture, or the number of a job that is followed from then on.
            wait_until(lambda: set(order.states()) == {"stored"}, what=order.describe_uncertain)
    order.check(most_uncertain=dict.fromkeys(DIALECTS, at_risk))
    plant.wait_for_pulses()


def test_the_books_of_all_that_are_right(plant: Plant) -> None:
    assert "The ledger is right" in plant.run_command("ledger", "--check")
