"""Copies that a process keeps: how old they get, and that the vote does not depend on their age."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from arena.battles.issuing import Scope, fill_window
from arena.battles.memory import Memory
from arena.battles.pool import forget_pools, read_pool
from arena.battles.verdicts import record_verdict
from arena.generation.models import Candidate
from tests.factories import create_arena, create_voter


def test_a_value_is_read_again_only_when_it_is_too_old(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("arena.battles.memory.time.monotonic", lambda: clock[0])
    memory: Memory[str, int] = Memory(seconds=lambda: 2.0)
    reads: list[int] = []

    def read() -> int:
        reads.append(len(reads))
        return len(reads)

    assert [memory.get("a", read=read) for _ in range(3)] == [1, 1, 1]
    assert memory.get("b", read=read) == 2
    clock[0] += 2.0
    assert memory.get("a", read=read) == 3
    memory.forget()
    assert memory.get("a", read=read) == 4


def test_one_thread_reads_while_the_others_take_the_old_value(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr("arena.battles.memory.time.monotonic", lambda: clock[0])
    memory: Memory[str, int] = Memory(seconds=lambda: 2.0)
    memory.put("a", 1)
    begun, go_on = threading.Event(), threading.Event()

    def read_slowly() -> int:
        begun.set()
        assert go_on.wait(10)
        return 2

    def fail() -> int:
        raise AssertionError("two threads read the same value")

    clock[0] += 2.5
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(memory.get, "a", read=read_slowly)
        assert begun.wait(10)
        assert memory.get("a", read=fail) == 1
        clock[0] += 2  # too old for that: whoever asks now waits for the reader
        late = threads.submit(memory.get, "a", read=fail)
        go_on.set()
        assert (first.result(10), late.result(10)) == (2, 2)


def test_nobody_waits_long_for_a_reader(monkeypatch):
    """It may wait for a connection that those hold who wait for it."""
    monkeypatch.setattr("arena.battles.memory.PATIENCE", 0.05)
    memory: Memory[str, int] = Memory(seconds=lambda: 60)
    begun, go_on = threading.Event(), threading.Event()

    def read_for_ever() -> int:
        begun.set()
        assert go_on.wait(10)
        return 1

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(memory.get, "a", read=read_for_ever)
        assert begun.wait(10)
        assert memory.get("a", read=lambda: 2) == 2
        go_on.set()
        assert first.result(10) == 1


def test_a_reader_that_fails_leaves_the_value_to_the_next(monkeypatch):
    memory: Memory[str, int] = Memory(seconds=lambda: 2.0)
    with pytest.raises(ZeroDivisionError):
        memory.get("a", read=lambda: 1 // 0)
    assert memory.get("a", read=lambda: 3) == 3


def test_no_more_than_so_many_values_are_kept():
    memory: Memory[int, int] = Memory(seconds=lambda: 60, most=10)
    for number in range(25):
        memory.put(number, number)
    assert sum(memory.peek(number) is not None for number in range(25)) <= 10


def test_zero_seconds_keep_nothing():
    memory: Memory[str, int] = Memory(seconds=lambda: 0)
    memory.put("a", 1)
    assert memory.peek("a") is None


@pytest.mark.django_db
def test_a_verdict_on_a_picture_hidden_meanwhile_is_not_counted_however_old_the_pool_is(settings):
    settings.POOL_SECONDS = 60
    forget_pools()
    create_arena(models=3, takes=3)
    voter = create_voter()
    battle = fill_window(voter, scope=Scope())[0]
    Candidate.objects.filter(pk=battle.left_id).update(status=Candidate.Status.HIDDEN)
    assert battle.left_id in read_pool(Scope()).candidates  # the copy does not know yet
    vote = record_verdict(token=battle.token, voter=voter, verdict="left", viewing_ms=3000)
    assert (vote.counted, vote.reason) == (False, "withdrawn")
    forget_pools()
    assert battle.left_id not in read_pool(Scope()).candidates


@pytest.mark.django_db
def test_battles_say_whether_the_voter_knows_a_name():
    create_arena(models=2, takes=1)
    voter = create_voter()
    (battle,) = fill_window(voter, scope=Scope())
    assert battle.names_known is False
    record_verdict(token=battle.token, voter=voter, verdict="tie", viewing_ms=3000)
    (again,) = fill_window(voter, scope=Scope())
    assert again.names_known is True
