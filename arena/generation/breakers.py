"""When an offering is left alone for a while: a circuit breaker per offering, in PostgreSQL.

Three failures within a minute open it for 30 s, doubling to 10 min with each probe that fails; a call that
the provider will refuse until somebody pays or mends the key opens it for 10 min at once. After that one
call is let through as a probe. The arithmetic is pure; rows and their locks are at the end.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q

from arena.providers.types import Outcome

from .models import Breaker, Generation

WITHIN = timedelta(seconds=60)
FAILURES = 3
FIRST_SECONDS, MOST_SECONDS = 30, 600
JITTER = 0.1

# Faults of the provider. Refusals, bad requests and what we did ourselves say nothing about its health.
COUNTED = frozenset(
    {
        Outcome.TIMEOUT,
        Outcome.CONNECTION,
        Outcome.SERVER_ERROR,
        Outcome.RATE_LIMITED,
        Outcome.EMPTY,
        Outcome.BAD_ANSWER,
        Outcome.BAD_PICTURE,
        Outcome.TOO_LARGE,
    }
)
AT_ONCE = frozenset({Outcome.AUTH, Outcome.QUOTA})
# The provider spoke with us: whatever it said, it is there.
ALIVE = frozenset({Outcome.OK, Outcome.REFUSED, Outcome.DECLINED})

CLEAN = Q(failures=[], open_until=None, open_seconds=0, probing=None)


@dataclass(frozen=True)
class State:
    """A breaker's state: closed while `open_until` is None."""

    failures: tuple[datetime, ...] = ()
    open_until: datetime | None = None
    open_seconds: int = 0


def after_failure(
    state: State, *, now: datetime, is_probe: bool, at_once: bool, dice: random.Random
) -> State:
    """Return the state after a counted failure; failures of calls that began before it opened change nothing."""
    if at_once:
        return _open(state, seconds=MOST_SECONDS, now=now, dice=dice)
    if is_probe:
        doubled = min(max(2 * state.open_seconds, FIRST_SECONDS), MOST_SECONDS)
        return _open(state, seconds=doubled, now=now, dice=dice)
    if state.open_until is not None:
        return state
    failures = (*(at for at in state.failures if at > now - WITHIN), now)[-FAILURES:]
    if len(failures) < FAILURES:
        return replace(state, failures=failures)
    return _open(state, seconds=FIRST_SECONDS, now=now, dice=dice)


def after_success(state: State, *, is_probe: bool) -> State:
    """Return the state after a sign of life: closed, unless it is open and this was not its probe."""
    return State() if is_probe or state.open_until is None else state


def _open(state: State, *, seconds: int, now: datetime, dice: random.Random) -> State:
    wait = seconds * (1 + dice.uniform(0, JITTER))
    return State(open_until=now + timedelta(seconds=wait), open_seconds=seconds)


@dataclass(frozen=True)
class Verdict:
    """Whether an offering may be asked now: freely, as the one probe, or not (`why_not` says why)."""

    why_not: str = ""
    as_probe: bool = False


def judge(breaker: Breaker | None, *, now: datetime) -> Verdict:
    """Judge one offering's breaker; None (no row) is closed."""
    if breaker is None or breaker.open_until is None:
        return Verdict()
    if breaker.open_until > now:
        seconds = round((breaker.open_until - now).total_seconds())
        return Verdict(why_not=f"left alone for another {seconds} s: {breaker.reason}")
    probe = breaker.probing
    if probe is not None and probe.state in Generation.RUNNING:
        return Verdict(why_not=f"one call is trying whether it is back: {breaker.reason}")
    return Verdict(as_probe=True)


def read_breakers(offerings: Iterable[int]) -> dict[int, Breaker]:
    """Read the breakers of these offerings' ids that have a row."""
    return Breaker.objects.select_related("probing").in_bulk(list(offerings))


def note_outcome(generation: Generation, *, outcome: str, message: str = "") -> None:
    """Let a call's end move its offering's breaker; runs in the transaction that ends the call."""
    failed = outcome in COUNTED or outcome in AT_ONCE
    if not failed and outcome not in ALIVE:
        return
    mine = Breaker.objects.filter(offering_id=generation.offering_id)
    if not failed and not mine.exclude(CLEAN).exists():
        return  # the usual case writes nothing, and the calls of an offering do not wait for each other
    # Two first failures at once: a conflict is left to PostgreSQL, which else would log an error.
    Breaker.objects.bulk_create(
        [Breaker(offering_id=generation.offering_id)], ignore_conflicts=True
    )
    breaker = mine.select_for_update().get()
    before = State(tuple(breaker.failures), breaker.open_until, breaker.open_seconds)
    is_probe = breaker.probing_id == generation.pk
    if failed:
        after = after_failure(
            before,
            now=database_now(),
            is_probe=is_probe,
            at_once=outcome in AT_ONCE,
            dice=random.Random(),  # noqa: S311 - spreads load, keeps no secret
        )
    else:
        after = after_success(before, is_probe=is_probe)
    breaker.failures, breaker.open_until = list(after.failures), after.open_until
    breaker.open_seconds = after.open_seconds
    if is_probe:
        breaker.probing = None
    if failed:
        breaker.reason = f"{outcome}: {message}"[:200]
    breaker.save()


def close_breaker(breaker: Breaker) -> None:
    """Let an offering be asked again before its time, as a curator who mended something wants it."""
    Breaker.objects.filter(pk=breaker.pk).update(
        failures=[], open_until=None, open_seconds=0, probing=None
    )


def database_now() -> datetime:
    """Read PostgreSQL's clock, the only one that breakers and leases go by."""
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
