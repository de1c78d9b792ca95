"""Rebuilds every derived row from the facts, or proves that there is no need to (I5)."""

from collections import Counter
from dataclasses import dataclass

from django.db import connection, transaction

from arena.battles.models import FoldEntry

from .folding import Touched, wait_for_fold_lock
from .models import RatingRun, Tally
from .publishing import publish_runs, touched_scopes

FROM_VOTES = """
select battle.population, prompt.challenge_id, left_slot.model_id, right_slot.model_id, vote.verdict, count(*)
from battles_vote vote
join battles_battle battle on battle.id = vote.battle_id
join challenges_prompt prompt on prompt.id = battle.prompt_id
join generation_candidate left_candidate on left_candidate.id = battle.left_id
join generation_slot left_slot on left_slot.id = left_candidate.slot_id
join generation_candidate right_candidate on right_candidate.id = battle.right_id
join generation_slot right_slot on right_slot.id = right_candidate.slot_id
where vote.counted
group by 1, 2, 3, 4, 5
"""

Cell = tuple[str, int, int, int, str]


@dataclass(frozen=True)
class Difference:
    """A cell whose kept count is not the counted one."""

    cell: Cell
    kept: int
    counted: int


def find_differences() -> list[Difference]:
    """Compare tallies plus unfolded entries with a fresh count of the votes; an empty list is the promise.

    Runs on one snapshot, so that verdicts that arrive meanwhile are in both counts or in neither.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
        counted = count_votes()
        kept = Counter(
            {
                (t.population, t.challenge_id, t.left_id, t.right_id, t.verdict): t.count
                for t in Tally.objects.all()
            }
        )
        for cell, change in _waiting().items():
            kept[cell] += change
    return [
        Difference(cell, kept[cell], counted[cell])
        for cell in sorted(kept.keys() | counted.keys())
        if kept[cell] != counted[cell]
    ]


@transaction.atomic
def rebuild() -> int:
    """Throw the derived rows away and make them again from the votes; return the number of boards."""
    wait_for_fold_lock()
    with connection.cursor() as cursor:
        # Verdicts wait for a moment: each is then either counted below or folded later, never both.
        cursor.execute("lock table battles_vote, battles_foldentry in share row exclusive mode")
    counted = count_votes()
    FoldEntry.objects.all().delete()
    Tally.objects.all().delete()
    RatingRun.objects.all().delete()
    Tally.objects.bulk_create(
        [
            Tally(
                population=cell[0],
                challenge_id=cell[1],
                left_id=cell[2],
                right_id=cell[3],
                verdict=cell[4],
                count=n,
            )
            for cell, n in counted.items()
        ],
        batch_size=2_000,
    )
    return publish_runs(touched_scopes({Touched(cell[0], cell[1]) for cell in counted}))


def count_votes() -> Counter[Cell]:
    """Count the counted votes by (population, challenge, left model, right model, verdict)."""
    with connection.cursor() as cursor:
        cursor.execute(FROM_VOTES)
        return Counter({tuple(row[:5]): row[5] for row in cursor.fetchall()})


def _waiting() -> Counter[Cell]:
    waiting: Counter[Cell] = Counter()
    entries = FoldEntry.objects.values_list(
        "vote__battle__population",
        "vote__battle__prompt__challenge_id",
        "vote__battle__left__slot__model_id",
        "vote__battle__right__slot__model_id",
        "vote__verdict",
        "sign",
    )
    for *cell, sign in entries:
        waiting[tuple(cell)] += sign  # type: ignore[index]
    return waiting
