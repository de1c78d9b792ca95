"""Facts out of PostgreSQL as NumPy columns, by binary COPY: no row ever becomes a Python object."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from arena.scoring.elo import VERDICTS

# A binary COPY row of fixed-size columns: the number of fields, then length and value of each.
_INT8 = [("size", ">i4"), ("value", ">i8")]
CHUNK_ROWS = 65_536
_HEADER = 11 + 4 + 4  # signature, flags, length of the extension

VOTES = """
select vote.voter_id, case battle.population when 'real' then 1 else 0 end::bigint,
       prompt.challenge_id, left_slot.model_id, right_slot.model_id,
       array_position(array['left', 'right', 'tie', 'both_bad'], vote.verdict::text)::bigint - 1,
       least(greatest(round(256 * battle.even_ratio), 8), 8192)::bigint
from battles_vote vote
join battles_battle battle on battle.id = vote.battle_id
join challenges_prompt prompt on prompt.id = battle.prompt_id
join challenges_challenge challenge on challenge.id = prompt.challenge_id
join generation_candidate left_candidate on left_candidate.id = battle.left_id
join generation_slot left_slot on left_slot.id = left_candidate.slot_id
join generation_candidate right_candidate on right_candidate.id = battle.right_id
join generation_slot right_slot on right_slot.id = right_candidate.slot_id
where vote.counted and not exists (select from battles_undo undo where undo.vote_id = vote.id)
"""
VOTE_COLUMNS = ("voter", "is_real", "challenge", "left", "right", "verdict", "weight")

TALLIES = """
select tally.challenge_id, tally.left_id, tally.right_id,
       array_position(array['left', 'right', 'tie', 'both_bad'], tally.verdict::text)::bigint - 1,
       tally.count
from ratings_tally tally
join challenges_challenge challenge on challenge.id = tally.challenge_id
where tally.count > 0
"""
TALLY_COLUMNS = ("challenge", "left", "right", "verdict", "count")

# All integers; how wide they are depends on the reader.
Columns = dict[str, NDArray[Any]]

# Kept in one piece, columns are as narrow as they can be: 10 million votes are 190 MB.
_NARROW: dict[str, type[np.signedinteger[Any]]] = {
    "verdict": np.int8,
    "is_real": np.int8,
    "weight": np.int16,
    "count": np.int64,
}

if VERDICTS != ("left", "right", "tie", "both_bad"):  # pragma: no cover - guards the SQL above
    raise RuntimeError("The statements above number the verdicts in another order.")


def stream_votes(
    *, population: str | None = None, discipline: str | None = None
) -> Iterator[Columns]:
    """Yield counted votes that nobody took back, in chunks of columns (rows,) int64, named as VOTE_COLUMNS.

    `verdict` indexes `VERDICTS`, `is_real` is 1 for the population of real models, `weight` is the
    inverse issue probability as `scoring.reweighting` quantises and trims it; the other columns are
    database ids. No order is promised. Memory is one chunk, however many votes there are.
    """
    yield from _stream(VOTES, VOTE_COLUMNS, population=population, discipline=discipline)


def read_votes(*, population: str, discipline: str) -> Columns:
    """Return the votes that `stream_votes` yields of a population and discipline in one piece, oldest first.

    Columns as `stream_votes` names them, of narrower integer types; ids beyond 32 bits raise.
    """
    chunks = _stream(
        VOTES, VOTE_COLUMNS, population=population, discipline=discipline, order="vote.id"
    )
    return _join(chunks, VOTE_COLUMNS)


def read_tallies(*, population: str, discipline: str) -> Columns:
    """Return the tallies of a population and discipline as columns (cells,), named as TALLY_COLUMNS."""
    chunks = _stream(
        TALLIES, TALLY_COLUMNS, population=population, discipline=discipline, table="tally"
    )
    return _join(chunks, TALLY_COLUMNS)


def _stream(
    query: str,
    names: tuple[str, ...],
    *,
    population: str | None,
    discipline: str | None,
    table: str = "battle",
    order: str = "",
) -> Iterator[Columns]:
    conditions = {f"{table}.population": population, "challenge.discipline": discipline}
    given = {column: value for column, value in conditions.items() if value is not None}
    where = "".join(f" and {column} = %s" for column in given)
    row = np.dtype([("fields", ">i2"), *((name, _INT8) for name in names)])
    with connection.cursor() as cursor:
        ordered = f" order by {order}" if order else ""
        statement = f"copy ({query}{where}{ordered}) to stdout (format binary)"
        with cursor.copy(statement, list(given.values())) as copy:
            for block in _blocks(copy, size=row.itemsize):
                rows = np.frombuffer(block, dtype=row)
                yield {name: rows[name]["value"].astype(np.int64) for name in names}


def _blocks(copy: Any, *, size: int) -> Iterator[bytes]:
    """Gather messages into whole rows, CHUNK_ROWS at a time, without header and trailer."""
    waiting = bytearray()
    skipped = 0
    for message in copy:
        waiting += message
        if not skipped and len(waiting) >= _HEADER:
            del waiting[:_HEADER]
            skipped = _HEADER
        if skipped and len(waiting) >= size * CHUNK_ROWS:
            whole = size * CHUNK_ROWS
            yield bytes(waiting[:whole])
            del waiting[:whole]
    # The trailer is the two bytes of -1 where the next row's number of fields would be.
    if len(waiting) % size != 2 or waiting[-2:] != b"\xff\xff":
        raise RuntimeError("PostgreSQL's binary COPY ended in the middle of a row.")
    if len(waiting) > 2:
        yield bytes(waiting[:-2])


def _join(chunks: Iterator[Columns], names: tuple[str, ...]) -> Columns:
    parts: dict[str, list[NDArray[np.integer]]] = {name: [] for name in names}
    for chunk in chunks:
        for name in names:
            kind = _NARROW.get(name, np.int32)
            if chunk[name].max(initial=0) > np.iinfo(kind).max:
                raise OverflowError(f"A value of column {name} does not fit into {kind.__name__}.")
            parts[name].append(chunk[name].astype(kind))
    return {
        name: np.concatenate(found) if found else np.empty(0, _NARROW.get(name, np.int32))
        for name, found in parts.items()
    }
