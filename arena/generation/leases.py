"""A lease says that a worker is alive; it is short and renewed, so that a dead worker is noticed soon.

A row whose lease is null is free to take. Taking raises the fence, and every later write names the fence
it was taken with, so that an overtaken worker can write nothing. The clock is PostgreSQL's.
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from .models import Generation

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
RENEW_EVERY = 5.0
# How long a worker waits for PostgreSQL with a paid answer in its hands, and how often it looks.
PATIENCE, TRY_AGAIN = 120.0, 1.0
T = TypeVar("T")

TAKE = """
update generation_generation
set state = case when state = 'reserved' then 'submitting' else state end,
    fence = fence + 1,
    lease_until = now() + make_interval(secs => %(lease)s),
    started_at = coalesce(started_at, now())
where id = %(id)s and state = any(%(states)s) and (lease_until is null or lease_until < now())
returning fence, state
"""
RENEW = """
update generation_generation generation
set lease_until = now() + make_interval(secs => %s)
from unnest(%s::bigint[], %s::bigint[]) as held (id, fence)
where generation.id = held.id and generation.fence = held.fence and generation.lease_until is not null
"""


class LeaseLost(Exception):
    """Another worker took this generation over; whatever this one found must not be written."""


@dataclass(frozen=True)
class Claim:
    """The right to write to a generation while the fence stands; `state` is what it was taken in."""

    generation_id: int
    fence: int
    state: str


def take(generation_id: int, *, states: tuple[str, ...]) -> Claim | None:
    """Take a free generation in one of these states; None when it is somebody's or over.

    A reserved one is `submitting` from now on: from here nobody can tell whether the provider was asked.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE, {"id": generation_id, "states": list(states), "lease": LEASE.total_seconds()}
        )
        row = cursor.fetchone()
    return Claim(generation_id, *row) if row else None


def write(claim: Claim, **values: Any) -> None:
    """Write to a taken generation; raises LeaseLost when another worker holds it by now, or it has ended."""
    written = Generation.objects.filter(
        pk=claim.generation_id, fence=claim.fence, state__in=Generation.RUNNING
    ).update(**values)
    if not written:
        raise LeaseLost


def insist(do: Callable[[], T]) -> T:
    """Do something that must be read or written now, again and again while PostgreSQL is away.

    For what is paid and known nowhere but in this process. Raises what `do` raises, also when PostgreSQL
    was away for PATIENCE seconds. `do` must be safe to repeat, since a commit may have been made unheard.
    """
    ends_at = time.monotonic() + PATIENCE
    while True:
        try:
            return do()
        except (OperationalError, InterfaceError):
            connection.close()
            if time.monotonic() > ends_at:
                raise
            log.warning("PostgreSQL is away; trying again.")
            time.sleep(TRY_AGAIN)


class _Renewer:
    """Renews all leases that a process holds, by one statement of one thread."""

    def __init__(self) -> None:
        self._held: set[Claim] = set()
        self._changed = threading.Lock()
        self._pid = 0

    def add(self, claim: Claim) -> None:
        with self._changed:
            if self._pid != os.getpid():  # the first time, and again in a forked child
                self._pid = os.getpid()
                self._held = set()
                threading.Thread(target=self._run, name="leases", daemon=True).start()
            self._held.add(claim)

    def remove(self, claim: Claim) -> None:
        with self._changed:
            self._held.discard(claim)

    def _run(self) -> None:
        pause = threading.Event()
        while not pause.wait(RENEW_EVERY):
            with self._changed:
                held = list(self._held)
            if held:
                renew_leases(held)


_renewer = _Renewer()


@contextmanager
def hold(claim: Claim) -> Iterator[None]:
    """Keep a claim's lease renewed until the block ends."""
    _renewer.add(claim)
    try:
        yield
    finally:
        _renewer.remove(claim)


def renew_leases(claims: list[Claim]) -> None:
    """Prolong these leases; a database that is away is a warning, since the fence protects the rows."""
    try:
        with connection.cursor() as cursor:
            ids = [claim.generation_id for claim in claims]
            cursor.execute(RENEW, [LEASE.total_seconds(), ids, [claim.fence for claim in claims]])
    except DatabaseError as error:
        log.warning("Could not renew %s leases: %s", len(claims), error)
    finally:
        connection.close()
