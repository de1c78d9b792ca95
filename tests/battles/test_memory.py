"""Copies that a process keeps: how old they get, and that the vote does not depend on their age."""

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
