"""The statements of a vote, each one round trip: what is open for a voter, and a verdict with what follows.

`battles_record_verdict`, a function inside PostgreSQL (see the migrations), does a verdict's whole
transaction: locks the voter, judges whether it counts, appends vote, exposures and fold entry, and
stores the battles that were drawn to follow, if the voter's window is still the one they were drawn for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.db import connection

from .caps import COUNTED_PER_DAY, SHORTEST_LOOK
from .models import Vote
from .pairing import Pair

# The votes are read as a list of their own and never joined: a kept plan that reads all votes was good
# when there were few. The ten minutes are for a server whose clock is set back.
OPEN = """
with me as materialized (
    select id, simulated, array(select candidate_id from battles_exposure where voter_id = %(voter)s) as known
    from battles_voter where id = %(voter)s and forgotten_at is null
), handed_out as materialized (
    select id, token, population, prompt_id, left_id, right_id, issued_at from battles_battle
    where voter_id = %(voter)s and expires_at > now() and skipped_at is null
), judged as (
    select battle_id from battles_vote
    where voter_id = %(voter)s
      and created_at >= (select min(issued_at) - interval '10 minutes' from handed_out)
)
select me.simulated, me.known, battle.id, battle.token, battle.population, battle.prompt_id,
       battle.left_id, battle.right_id
from me left join handed_out battle on battle.id not in (select battle_id from judged)
order by battle.id
"""
RECORD = """
select * from battles_record_verdict(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class OpenBattle(NamedTuple):
    """A battle that waits for its verdict; `names_known` as on `Battle`."""

    pk: int
    token: str
    population: str
    prompt_id: int
    left_id: int
    right_id: int
    names_known: bool = False


@dataclass(frozen=True)
class OpenWindow:
    """What a voter holds, oldest first, and the candidates whose names the voter has been told."""

    simulated: bool
    known: frozenset[int]
    waiting: tuple[OpenBattle, ...]


@dataclass(frozen=True)
class Drawn:
    """Battles to store behind a verdict, drawn for a voter whose other open battles are `waiting` (ids)."""

    population: str
    waiting: Sequence[int]
    tokens: Sequence[str] = ()
    pairs: Sequence[Pair] = ()


NOTHING_DRAWN = Drawn(population="", waiting=())


@dataclass(frozen=True)
class Recorded:
    """A battle after a verdict on it. Without a vote (`vote_id` None) it was skipped or had expired.

    `crowd_*`: counted votes of others on the same two pictures, as seen from this battle's sides;
    `total`: the voter's verdicts; `next_ids`: of the drawn battles, None where they were not stored.
    """

    battle_id: int
    token: str
    population: str
    prompt_id: int
    left_id: int
    right_id: int
    skipped: bool
    expired: bool
    vote_id: int | None
    verdict: str
    counted: bool
    reason: str
    undone: bool
    age: timedelta
    crowd_left: int
    crowd_right: int
    crowd_tie: int
    crowd_both_bad: int
    total: int
    waiting_now: list[int] | None
    next_ids: list[int] | None


def read_window(voter_id: int) -> OpenWindow | None:
    """Read a voter's open battles and known names; None where there is no such voter, or no more."""
    rows = _fetch(OPEN, {"voter": str(voter_id)})
    if not rows:
        return None
    waiting = tuple(OpenBattle(*row[2:]) for row in rows if row[2] is not None)
    return OpenWindow(rows[0][0], frozenset(rows[0][1]), waiting)


def call_record(
    *,
    voter_id: int,
    token: str,
    verdict: str,
    viewing_ms: int | None,
    is_curator: bool,
    drawn: Drawn,
) -> Recorded | None:
    """Record a verdict, or find the one recorded before; None where the voter has no such battle."""
    pairs = drawn.pairs
    rows = _fetch(
        RECORD,
        (
            str(voter_id),
            token,
            verdict,
            None if viewing_ms is None else str(viewing_ms),
            is_curator,
            f"{SHORTEST_LOOK.total_seconds()} s",
            str(COUNTED_PER_DAY),
            _array(drawn.waiting),
            drawn.population,
            f"{settings.BATTLE_LIFETIME.total_seconds()} s",
            _array(drawn.tokens),
            _array(pair.prompt for pair in pairs),
            _array(pair.left for pair in pairs),
            _array(pair.right for pair in pairs),
            _array(pair.probability for pair in pairs),
            _array(pair.even_ratio for pair in pairs),
        ),
    )
    return Recorded(*rows[0]) if rows else None


def recall(vote: Vote) -> Recorded:
    """Tell of a vote what its voter was told: the same verdict again gets the same answer (I1)."""
    recorded = call_record(
        voter_id=vote.voter_id,
        token=vote.battle.token,
        verdict=vote.verdict,
        viewing_ms=None,
        is_curator=False,
        drawn=NOTHING_DRAWN,
    )
    if recorded is None:
        raise Vote.DoesNotExist(f"Vote {vote.pk} belongs to nobody any more.")
    return recorded


def _array(values: Any) -> str:
    """Spell numbers, or tokens, which hold no quotes, as PostgreSQL's array: one type whatever their size."""
    return f"{{{','.join(map(str, values))}}}"


def _fetch(statement: str, values: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    """Fetch rows by a statement that PostgreSQL parses and plans once per connection.

    Django's cursors write values into the text, so that each vote would be parsed and planned anew.
    Numbers are sent as text: psycopg gives small and large ones different types, hence other plans.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()
