"""Folds votes into tallies exactly once: adding the entries and deleting them is one statement.

There is no watermark on ids: a lower id may commit later, so an entry is folded when it is seen, and
is gone when it was folded.
"""

from dataclasses import dataclass

from django.db import connection, transaction

# Folding and rebuilding never overlap; verdicts are not held up by either.
FOLD_LOCK = 7_302
AT_ONCE = 20_000

# Updated first, since "on conflict" would show the constraint on counts a bare -1. The lock lets nobody
# add a cell in between.
FOLD = """
with taken as (
    delete from battles_foldentry
    where id in (select id from battles_foldentry order by id limit %s for update skip locked)
    returning vote_id, sign
), cells as (
    select battle.population, prompt.challenge_id, left_slot.model_id as left_id,
           right_slot.model_id as right_id, vote.verdict, sum(taken.sign) as change
    from taken
    join battles_vote vote on vote.id = taken.vote_id
    join battles_battle battle on battle.id = vote.battle_id
    join challenges_prompt prompt on prompt.id = battle.prompt_id
    join generation_candidate left_candidate on left_candidate.id = battle.left_id
    join generation_slot left_slot on left_slot.id = left_candidate.slot_id
    join generation_candidate right_candidate on right_candidate.id = battle.right_id
    join generation_slot right_slot on right_slot.id = right_candidate.slot_id
    group by 1, 2, 3, 4, 5
), changed as (
    update ratings_tally tally set count = tally.count + cells.change from cells
    where tally.population = cells.population and tally.challenge_id = cells.challenge_id
      and tally.left_id = cells.left_id and tally.right_id = cells.right_id
      and tally.verdict = cells.verdict
    returning tally.population, tally.challenge_id, tally.left_id, tally.right_id, tally.verdict
), added as (
    insert into ratings_tally (population, challenge_id, left_id, right_id, verdict, count)
    select population, challenge_id, left_id, right_id, verdict, change from cells
    where change <> 0 and (population, challenge_id, left_id, right_id, verdict)
          not in (select population, challenge_id, left_id, right_id, verdict from changed)
)
select distinct population, challenge_id from cells
"""


@dataclass(frozen=True, order=True)
class Touched:
    """A population and challenge whose tallies changed."""

    population: str
    challenge_id: int


def fold_entries() -> list[Touched]:
    """Move up to AT_ONCE fold entries into the tallies; return what changed, nothing when another folds.

    Must run inside the transaction that also publishes, so that boards and tallies never part.
    """
    with connection.cursor() as cursor:
        if not try_fold_lock():
            return []
        cursor.execute(FOLD, [AT_ONCE])
        return sorted(Touched(*row) for row in cursor.fetchall())


def try_fold_lock() -> bool:
    """Take the right to change tallies until the transaction ends; False when somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [FOLD_LOCK])
        (locked,) = cursor.fetchone()
    return bool(locked)


def wait_for_fold_lock() -> None:
    """Take the right to change tallies, after whoever has it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("The lock ends with a transaction, so there must be one.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [FOLD_LOCK])
