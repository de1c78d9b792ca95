"""Hands battles to voters: at most a small window of open ones, which share no candidate.

The statements are written by hand: this is the half of every vote that the next pair waits for.
"""

import random
import secrets
from collections import Counter
from collections.abc import Collection, Sequence

from django.conf import settings
from django.db import connection, transaction

from .models import Battle, Vote, Voter
from .pairing import Pair, choose_pair
from .pool import Pool, Scope, candidates_in_play, population_for, read_pool
from .weights import read_weights

__all__ = [
    "WINDOW",
    "Scope",
    "candidates_in_play",
    "counted_pairs_left",
    "fill_window",
    "issue_battle",
    "open_battles",
    "population_for",
]

# One battle on the screen and two ready behind it.
WINDOW = 3

FIELDS = ("id", "token", "voter_id", "population", "prompt_id", "left_id", "right_id")
WAITING = """
select id, token, voter_id, population, prompt_id, left_id, right_id
from battles_battle battle
where voter_id = %s and skipped_at is null and expires_at > now()
      and not exists (select from battles_vote vote where vote.battle_id = battle.id)
order by id
"""
ISSUE = """
insert into battles_battle (voter_id, population, token, prompt_id, left_id, right_id, probability,
                            even_ratio, issued_at, expires_at)
select %s, %s, drawn.token, drawn.prompt, drawn.one, drawn.other, drawn.probability,
       drawn.even_ratio, clock_timestamp(), clock_timestamp() + make_interval(secs => %s)
from unnest(%s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::float[], %s::float[])
     with ordinality as drawn (token, prompt, one, other, probability, even_ratio, place)
order by drawn.place
returning id, token, voter_id, population, prompt_id, left_id, right_id
"""


def open_battles(voter: Voter, *, scope: Scope) -> list[Battle]:
    """List the voter's battles in a scope that still wait for a verdict and can be shown, oldest first."""
    pool = read_pool(scope, simulated=voter.simulated)
    return [battle for battle in _waiting(voter) if _is_showable(battle, pool=pool)]


def issue_battle(voter: Voter, *, scope: Scope, dice: random.Random | None = None) -> Battle | None:
    """Issue one more battle to a voter; None when no pair is left to show."""
    pool = read_pool(scope, simulated=voter.simulated)
    with transaction.atomic():
        _lock(voter)
        waiting, known = _waiting(voter), _known(voter)
        issued = _issue(voter, pool=pool, waiting=waiting, known=known, count=1, dice=dice)
    return issued[0] if issued else None


def fill_window(
    voter: Voter, *, scope: Scope, size: int = WINDOW, dice: random.Random | None = None
) -> list[Battle]:
    """Return the voter's open battles in a scope, topped up to `size` where pairs are left.

    Each battle says in `names_known` whether this voter has been told a name of it before.
    """
    pool = read_pool(scope, simulated=voter.simulated)
    with transaction.atomic():
        _lock(voter)
        waiting, known = _waiting(voter), _known(voter)
        battles = [battle for battle in waiting if _is_showable(battle, pool=pool)][:size]
        battles += _issue(
            voter,
            pool=pool,
            waiting=waiting,
            known=known,
            count=size - len(battles),
            dice=dice,
        )
    for battle in battles:
        battle.names_known = not known.isdisjoint((battle.left_id, battle.right_id))
    return battles


def counted_pairs_left(voter: Voter, *, scope: Scope) -> bool:
    """Tell whether a pair is left whose verdict by this voter would count."""
    pool = read_pool(scope, simulated=voter.simulated)
    return choose_pair(pool.field, barred=_known(voter), dice=random.Random(0)) is not None  # noqa: S311


def _lock(voter: Voter) -> None:
    """Two requests of one voter at once must not hand out the same picture twice."""
    with connection.cursor() as cursor:
        cursor.execute("select id from battles_voter where id = %s for update", [voter.pk])


def _issue(
    voter: Voter,
    *,
    pool: Pool,
    waiting: Sequence[Battle],
    known: set[int],
    count: int,
    dice: random.Random | None = None,
) -> list[Battle]:
    taken = {candidate for battle in waiting for candidate in (battle.left_id, battle.right_id)}
    drawn = draw_pairs(voter.pk, pool=pool, taken=taken, known=known, count=count, dice=dice)
    return _store(drawn, voter=voter, population=pool.population)


def draw_pairs(
    voter_id: int,
    *,
    pool: Pool,
    taken: set[int],
    known: Collection[int],
    count: int,
    just_seen: Collection[int] = (),
    dice: random.Random | None = None,
) -> list[Pair]:
    """Draw up to `count` pairs that share no candidate with each other or the `taken` ones.

    Pairs whose names this voter does not know come first; when they are used up, the pictures seen least
    are shown again, and the verdict is stored but not counted. `just_seen`: candidates of a verdict that
    is not stored yet.
    """
    if count <= 0:
        return []
    dice = dice or random.SystemRandom()
    taken = set(taken)
    weights = read_weights(population=pool.population)
    seen: Counter[int] | None = None
    drawn: list[Pair] = []
    while len(drawn) < count:
        pair = choose_pair(pool.field, barred=taken.union(known), dice=dice, weights=weights)
        if pair is None:
            seen = _times_seen(voter_id, besides=just_seen) if seen is None else seen
            pair = choose_pair(
                pool.field, barred=taken, dice=dice, allow_seen=seen, weights=weights
            )
        if pair is None:
            break
        taken |= {pair.left, pair.right}
        drawn.append(pair)
    return drawn


def new_token() -> str:
    """Return an address for a battle that nobody can guess."""
    return secrets.token_urlsafe(18)


def _store(drawn: Sequence[Pair], *, voter: Voter, population: str) -> list[Battle]:
    if not drawn:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            ISSUE,
            [
                voter.pk,
                population,
                settings.BATTLE_LIFETIME.total_seconds(),
                [new_token() for _ in drawn],
                [pair.prompt for pair in drawn],
                [pair.left for pair in drawn],
                [pair.right for pair in drawn],
                [pair.probability for pair in drawn],
                [pair.even_ratio for pair in drawn],
            ],
        )
        return [_battle(row) for row in cursor.fetchall()]


def _battle(row: Sequence[object]) -> Battle:
    """A battle of which only FIELDS are loaded; the others are read when somebody asks."""
    return Battle.from_db("default", list(FIELDS), list(row))


def _waiting(voter: Voter) -> list[Battle]:
    """Read the voter's battles without a verdict, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [voter.pk])
        return [_battle(row) for row in cursor.fetchall()]


def _is_showable(battle: Battle, *, pool: Pool) -> bool:
    return battle.left_id in pool.candidates and battle.right_id in pool.candidates


def _known(voter: Voter) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("select candidate_id from battles_exposure where voter_id = %s", [voter.pk])
        return {row[0] for row in cursor.fetchall()}


def _times_seen(voter_id: int, *, besides: Collection[int]) -> Counter[int]:
    seen = Counter(besides)
    for pair in Vote.objects.filter(voter=voter_id).values_list("first_id", "second_id"):
        seen.update(pair)
    return seen
