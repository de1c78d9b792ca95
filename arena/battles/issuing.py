"""Hands battles to voters: at most a small window of open ones, which share no candidate."""

import random
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now

from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation.models import Candidate

from .models import Battle, Exposure, Vote, Voter
from .pairing import InPlay, Pair, choose_pair

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


def population_for(scope: Scope) -> str:
    """Choose the population that a scope is voted on in: real models once two of them can meet, else the demo."""
    real = candidates_in_play(scope, population=Population.REAL)
    prompts = (
        real.values("slot__prompt")
        .annotate(models=Count("slot__model", distinct=True))
        .filter(models__gte=2)
    )
    return Population.REAL if prompts.exists() else Population.DEMO


def open_battles(voter: Voter, *, scope: Scope) -> list[Battle]:
    """List the voter's battles that still wait for a verdict, oldest first, in a scope."""
    battles = _waiting(voter).filter(**_battle_filter(scope))
    return list(
        battles.filter(
            left__status=Candidate.Status.IN_PLAY,
            right__status=Candidate.Status.IN_PLAY,
            prompt__challenge__status=Challenge.Status.OPEN,
        ).order_by("pk")
    )


def issue_battle(voter: Voter, *, scope: Scope, dice: random.Random | None = None) -> Battle | None:
    """Issue one more battle to a voter; None when no pair is left to show.

    Pairs whose names this voter does not know come first; when they are used up, seen pictures are
    shown again, and the verdict is stored but not counted. The voter's row is locked, so that two
    requests at once cannot hand out the same picture twice.
    """
    dice = dice or random.SystemRandom()
    population = population_for(scope)
    with transaction.atomic():
        Voter.objects.select_for_update().get(pk=voter.pk)
        pair = _choose(voter, scope=scope, population=population, dice=dice)
        if pair is None:
            return None
        return Battle.objects.create(
            token=secrets.token_urlsafe(18),
            voter=voter,
            population=population,
            prompt_id=pair.prompt,
            left_id=pair.left,
            right_id=pair.right,
            probability=pair.probability,
            issued_at=Now(),
            expires_at=Now() + settings.BATTLE_LIFETIME,
        )


def fill_window(voter: Voter, *, scope: Scope, size: int = WINDOW) -> list[Battle]:
    """Return the voter's open battles in a scope, topped up to `size` where pairs are left."""
    battles = open_battles(voter, scope=scope)[:size]
    while len(battles) < size:
        battle = issue_battle(voter, scope=scope)
        if battle is None:
            break
        battles.append(battle)
    return battles


def counted_pairs_left(voter: Voter, *, scope: Scope) -> bool:
    """Tell whether a pair is left whose verdict by this voter would count."""
    population = population_for(scope)
    field = _field(scope, population=population)
    return choose_pair(field, barred=_known(voter), dice=random.Random(0)) is not None  # noqa: S311


def _choose(voter: Voter, *, scope: Scope, population: str, dice: random.Random) -> Pair | None:
    field = _field(scope, population=population)
    waiting = {c for pair in _waiting(voter).values_list("left", "right") for c in pair}
    fresh = choose_pair(field, barred=waiting | _known(voter), dice=dice)
    if fresh:
        return fresh
    return choose_pair(field, barred=waiting, dice=dice, allow_seen=_times_seen(voter))


def _field(scope: Scope, *, population: str) -> list[InPlay]:
    rows = candidates_in_play(scope, population=population)
    return [InPlay(*row) for row in rows.values_list("pk", "slot__prompt_id", "slot__model_id")]


def _known(voter: Voter) -> set[int]:
    return set(Exposure.objects.filter(voter=voter).values_list("candidate_id", flat=True))


def _times_seen(voter: Voter) -> dict[int, int]:
    seen: dict[int, int] = {}
    for pair in Vote.objects.filter(voter=voter).values_list("first_id", "second_id"):
        for candidate in pair:
            seen[candidate] = seen.get(candidate, 0) + 1
    return seen


def _waiting(voter: Voter) -> QuerySet[Battle]:
    return Battle.objects.filter(
        voter=voter, vote__isnull=True, skipped_at__isnull=True, expires_at__gt=Now()
    )


def _battle_filter(scope: Scope) -> dict[str, str]:
    chosen = {}
    if scope.discipline:
        chosen["prompt__challenge__discipline"] = scope.discipline
    if scope.challenge:
        chosen["prompt__challenge__slug"] = scope.challenge
    return chosen
