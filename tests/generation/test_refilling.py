"""Room that ended calls leave is filled by one thread, whoever asks meanwhile is not forgotten."""

import threading

import pytest

from arena.generation.dispatch import LOOK_AT_FEW
from arena.generation.refilling import Refill


def test_many_that_ask_at_once_have_one_thread_look_again():
    inside, go = threading.Event(), threading.Event()
    planned: list[list[int]] = []
    looks, sizes = [], []

    def plan(most: int) -> list[int]:
        looks.append(threading.current_thread().name)
        sizes.append(most)
        if len(looks) == 1:
            inside.set()
            assert go.wait(10)
        return [len(looks)]

    refill = Refill(plan=plan, tell=planned.append)
    first = threading.Thread(target=refill, name="first")
    first.start()
    assert inside.wait(10)
    others = [threading.Thread(target=refill) for _ in range(20)]
    for thread in others:
        thread.start()
    for thread in others:
        thread.join(10)
    assert looks == ["first"]  # they asked, and went on with their own work
    go.set()
    first.join(10)
    assert (looks, planned) == (["first", "first"], [[1], [2]])
    assert sizes == [LOOK_AT_FEW, 20]
    refill()
    assert planned[-1] == [3]


def test_it_goes_on_while_all_that_it_looks_at_is_planned():
    answers = [list(range(LOOK_AT_FEW)), list(range(LOOK_AT_FEW)), [1], [2]]
    told: list[list[int]] = []
    refill = Refill(plan=lambda most: answers.pop(0), tell=told.append)
    refill()
    assert (len(told), answers) == (3, [[2]])


def test_an_error_is_heard_and_the_next_one_plans_again():
    answers: list[list[int] | Exception] = [OSError("PostgreSQL is away"), [7]]
    told: list[list[int]] = []

    def plan(most: int) -> list[int]:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    refill = Refill(plan=plan, tell=told.append)
    with pytest.raises(OSError, match="away"):
        refill()
    refill()
    assert told == [[7]]
