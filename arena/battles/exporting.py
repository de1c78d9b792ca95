"""Votes as files that anybody may have: PostgreSQL writes them, and nothing leads back to a person.

A row says what was compared and which side won. It has no id, no token, no picture and no voter: the time
is the hour, and `voter` is a digest under a secret that is made for one file and thrown away with it, so
that the votes of one person can be counted together within a file, and no digest of one file stands in
another. The running hour is left out: two files a minute apart would tell the minute of what came between.
"""

import secrets
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from django.db import connection, transaction

from arena.catalog.models import Discipline, Population

Kind = Literal["csv", "jsonl"]

# Name, expression, and what it means: the documentation is written from these.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("population", "battle.population", "`real` or `demo`; the two never mix on a board"),
    ("discipline", "challenge.discipline", f"one of {', '.join(Discipline.values)}"),
    ("challenge", "challenge.slug", "slug of the challenge"),
    ("prompt", "prompt.position", "number of the prompt within its challenge"),
    ("prompt_version", "prompt.version", "which version of the prompt was answered"),
    ("left", "left_model.slug", "slug of the model on the left side"),
    ("right", "right_model.slug", "slug of the model on the right side"),
    ("verdict", "vote.verdict", "`left`, `right`, `tie` or `both_bad`"),
    (
        "hour",
        """to_char(vote.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')""",
        "beginning of the hour of the verdict, UTC",
    ),
    ("simulated", "voter.simulated", "cast by a simulated voter of the demo"),
    (
        "weight",
        "round(least(greatest(round(256 * battle.even_ratio), 8), 8192)::numeric / 256, 6)",
        "weight of inverse issue probability, as the examination of boards uses it",
    ),
    (
        "voter",
        "left(encode(sha256(%(secret)s || convert_to(vote.voter_id::text, 'UTF8')), 'hex'), 16)",
        "the same for all votes of a voter within this file, another one in every file",
    ),
)
# COPY as CSV writes true as t.
_IN_CSV = {"simulated": "case when voter.simulated then 'true' else 'false' end"}

QUERY = """
select {columns}
from battles_vote vote
join battles_voter voter on voter.id = vote.voter_id
join battles_battle battle on battle.id = vote.battle_id
join challenges_prompt prompt on prompt.id = battle.prompt_id
join challenges_challenge challenge on challenge.id = prompt.challenge_id
join generation_candidate left_candidate on left_candidate.id = battle.left_id
join generation_slot left_slot on left_slot.id = left_candidate.slot_id
join catalog_imagemodel left_model on left_model.id = left_slot.model_id
join generation_candidate right_candidate on right_candidate.id = battle.right_id
join generation_slot right_slot on right_slot.id = right_candidate.slot_id
join catalog_imagemodel right_model on right_model.id = right_slot.model_id
where vote.counted and not exists (select from battles_undo undo where undo.vote_id = vote.id)
  and challenge.status <> 'draft'
  and vote.created_at < date_trunc('hour', now(), 'UTC')
"""
FILTERS = {
    "population": "battle.population = %(population)s",
    "discipline": "challenge.discipline = %(discipline)s",
    "since": "vote.created_at >= %(since)s::date::timestamp at time zone 'UTC'",
}
# JSON holds no control characters, so CSV with these as quote and delimiter writes it as it is.
FORMATS = {
    "csv": "format csv, header",
    "jsonl": "format csv, quote e'\\x01', delimiter e'\\x02'",
}
BLOCK_BYTES = 64 * 1024
# A reader that is slower than this is left with half a file: old row versions are kept for its sake.
DEADLINE = "30min"
COMPRESSION = 5


def stream_votes_as(
    kind: Kind,
    *,
    population: Population | str | None = None,
    discipline: Discipline | str | None = None,
    since: date | None = None,
) -> Iterator[bytes]:
    """Yield all counted votes before the running hour that nobody took back, in blocks of some 64 kB.

    `since`: from this UTC day on. CSV has a line of names first; JSON Lines has an object a line. No
    order is promised. Memory is one block, however many votes there are; a database connection is held
    until the end or `close()`.
    """
    values: dict[str, object] = {
        "population": population,
        "discipline": discipline,
        "since": since,
    }
    given = {name: value for name, value in values.items() if value is not None}
    query = _select(kind) + "".join(f"  and {FILTERS[name]}\n" for name in given)
    statement = f"copy ({query}) to stdout ({FORMATS[kind]})"
    with transaction.atomic(), connection.cursor() as cursor:
        # Leaves the session as it was when the transaction ends.
        cursor.execute(
            # Every vote is read: joined one by one they would take hours where statistics are behind.
            "select set_config('statement_timeout', %s, true), set_config('enable_nestloop', 'off', true)",
            [DEADLINE],
        )
        with cursor.copy(statement, {**given, "secret": secrets.token_bytes(32)}) as copy:
            yield from _gather(copy)


def compress(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the blocks as one gzip file; memory stays one block."""
    squeeze = zlib.compressobj(COMPRESSION, wbits=31)
    for block in blocks:
        if ready := squeeze.compress(block):
            yield ready
    yield squeeze.flush()


def _select(kind: Kind) -> str:
    if kind == "csv":
        columns = ", ".join(f'{_IN_CSV.get(name, sql)} as "{name}"' for name, sql, _ in COLUMNS)
        return QUERY.format(columns=columns)
    pairs = ", ".join(f"'{name}', {sql}" for name, sql, _ in COLUMNS)
    return QUERY.format(columns=f"json_build_object({pairs})")


def _gather(rows: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    waiting = bytearray()
    for row in rows:
        waiting += row
        if len(waiting) >= BLOCK_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)
