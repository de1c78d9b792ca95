"""Hands battles to voters: at most a small window of open ones, which share no candidate."""

import random
import secrets
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.models.functions import Now

from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation.models import Candidate

from .models import Battle, Exposure, Vote, Voter
from .pairing import InPlay, Pair, choose_pair
from .weights import read_weights

# One battle on the screen and two ready behind it.
WINDOW = 3


@dataclass(frozen=True)
class Scope:
    """What a voter chose to vote on; empty fields mean everything."""

    discipline: str = ""
    challenge: str = ""


def candidates_in_play(scope: Scope, *, population: str) -> QuerySet[Candidate]:
    """Select what may be shown: in play, current prompt, open challenge, model not retired."""
    candidates = Candidate.objects.filter(
        status=Candidate.Status.IN_PLAY,
        slot__prompt__is_current=True,
        slot__prompt__challenge__status=Challenge.Status.OPEN,
        slot__model__population=population,
    )
    if scope.discipline:
        candidates = candidates.filter(slot__prompt__challenge__discipline=scope.discipline)
    if scope.challenge:
        candidates = candidates.filter(slot__prompt__challenge__slug=scope.challenge)
    return candidates


def population_for(scope: Scope, *, simulated: bool = False) -> str:
    """Choose the population that a scope is voted on in: real models once two of them can meet, else the demo.

    Simulated voters never meet a real model (I8).
    """
    if simulated:
        return Population.DEMO
    real = candidates_in_play(scope, population=Population.REAL)
    prompts = (
        real.values("slot__prompt")
        .annotate(models=Count("slot__model", distinct=True))
        .filter(models__gte=2)
    )
    return Population.REAL if prompts.exists() else Population.DEMO


def open_battles(voter: Voter, *, scope: Scope) -> list[Battle]:
    """List the voter's battles in a scope that still wait for a verdict and can be shown, oldest first."""
    return [battle for battle in _waiting(voter) if _is_showable(battle, scope=scope)]


def issue_battle(voter: Voter, *, scope: Scope, dice: random.Random | None = None) -> Battle | None:
    """Issue one more battle to a voter; None when no pair is left to show."""
    with transaction.atomic():
        _lock(voter)
        issued = _issue(voter, scope=scope, waiting=list(_waiting(voter)), count=1, dice=dice)
    return issued[0] if issued else None


def fill_window(
    voter: Voter, *, scope: Scope, size: int = WINDOW, dice: random.Random | None = None
) -> list[Battle]:
    """Return the voter's open battles in a scope, topped up to `size` where pairs are left."""
    with transaction.atomic():
        _lock(voter)
        waiting = list(_waiting(voter))
        battles = [battle for battle in waiting if _is_showable(battle, scope=scope)][:size]
        lacking = size - len(battles)
        return battles + _issue(voter, scope=scope, waiting=waiting, count=lacking, dice=dice)


def counted_pairs_left(voter: Voter, *, scope: Scope) -> bool:
    """Tell whether a pair is left whose verdict by this voter would count."""
    population = population_for(scope, simulated=voter.simulated)
    field = _field(scope, population=population)
    return choose_pair(field, barred=_known(voter), dice=random.Random(0)) is not None  # noqa: S311


def _lock(voter: Voter) -> None:
    """Two requests of one voter at once must not hand out the same picture twice."""
    Voter.objects.select_for_update().filter(pk=voter.pk).values_list("pk").get()


def _issue(
    voter: Voter,
    *,
    scope: Scope,
    waiting: list[Battle],
    count: int,
    dice: random.Random | None = None,
) -> list[Battle]:
    """Draw and store up to `count` battles that share no candidate with each other or the waiting ones.

    Pairs whose names this voter does not know come first; when they are used up, seen pictures are
    shown again, and the verdict is stored but not counted.
    """
    if count <= 0:
        return []
    dice = dice or random.SystemRandom()
    population = population_for(scope, simulated=voter.simulated)
    field, known = _field(scope, population=population), _known(voter)
    taken = {candidate for battle in waiting for candidate in (battle.left_id, battle.right_id)}
    weights = read_weights(population=population)
    seen: dict[int, int] | None = None
    drawn: list[Pair] = []
    while len(drawn) < count:
        pair = choose_pair(field, barred=taken | known, dice=dice, weights=weights)
        if pair is None:
            seen = _times_seen(voter) if seen is None else seen
            pair = choose_pair(field, barred=taken, dice=dice, allow_seen=seen, weights=weights)
        if pair is None:
            break
        taken |= {pair.left, pair.right}
        drawn.append(pair)
    return Battle.objects.bulk_create(
        [_battle(pair, voter=voter, population=population) for pair in drawn]
    )


def _battle(pair: Pair, *, voter: Voter, population: str) -> Battle:
    return Battle(
        token=secrets.token_urlsafe(18),
        voter=voter,
        population=population,
        prompt_id=pair.prompt,
        left_id=pair.left,
        right_id=pair.right,
        probability=pair.probability,
        even_ratio=pair.even_ratio,
        issued_at=Now(),
        expires_at=Now() + settings.BATTLE_LIFETIME,
    )


def _field(scope: Scope, *, population: str) -> list[InPlay]:
    rows = candidates_in_play(scope, population=population)
    columns = ("pk", "slot__prompt_id", "slot__model_id", "slot__prompt__challenge__discipline")
    return [InPlay(*row) for row in rows.values_list(*columns)]


def _known(voter: Voter) -> set[int]:
    return set(Exposure.objects.filter(voter=voter).values_list("candidate_id", flat=True))


def _times_seen(voter: Voter) -> dict[int, int]:
    seen: dict[int, int] = {}
    for pair in Vote.objects.filter(voter=voter).values_list("first_id", "second_id"):
        for candidate in pair:
            seen[candidate] = seen.get(candidate, 0) + 1
    return seen


def _waiting(voter: Voter) -> QuerySet[Battle]:
    """Select battles without a verdict, with what decides whether they can be shown."""
    return (
        Battle.objects.filter(
            voter=voter, vote__isnull=True, skipped_at__isnull=True, expires_at__gt=Now()
        )
        .annotate(
            left_status=F("left__status"),
            right_status=F("right__status"),
            challenge_status=F("prompt__challenge__status"),
            challenge_slug=F("prompt__challenge__slug"),
            discipline=F("prompt__challenge__discipline"),
        )
        .order_by("pk")
    )


def _is_showable(battle: Any, *, scope: Scope) -> bool:
    return bool(
        battle.left_status == battle.right_status == Candidate.Status.IN_PLAY
        and battle.challenge_status == Challenge.Status.OPEN
        and scope.discipline in ("", battle.discipline)
        and scope.challenge in ("", battle.challenge_slug)
    )
