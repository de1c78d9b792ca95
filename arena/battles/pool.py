"""What may be shown: the candidates in play of a scope, and in which population they are voted on."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from arena.catalog.models import ImageModel, Population
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate

from .memory import Memory
from .pairing import Field, InPlay, arrange

CHALLENGE = "slot__prompt__challenge"


@dataclass(frozen=True)
class Scope:
    """What a voter chose to vote on; empty fields mean everything."""

    discipline: str = ""
    challenge: str = ""
    category: str = ""


@dataclass(frozen=True)
class Pool:
    """The candidates in play of a scope and one population, ready for drawing and as a set of ids."""

    population: str
    field: Field
    candidates: frozenset[int]


# A picture that is hidden leaves the vote within this time; a verdict on it is not counted at once.
_pools: Memory[tuple[Scope, bool], Pool] = Memory(seconds=lambda: settings.POOL_SECONDS, most=500)


def read_pool(scope: Scope, *, simulated: bool = False) -> Pool:
    """Return the pool of a scope, at most settings.POOL_SECONDS old; simulated voters have the demo's."""
    return _pools.get((scope, simulated), read=lambda: _read(scope, simulated=simulated))


def forget_pools() -> None:
    """Read every pool again; for tests."""
    _pools.forget()


def candidates_in_play(scope: Scope, *, population: str) -> QuerySet[Candidate]:
    """Select what may be shown: in play, current prompt for battles, open challenge, model not retired."""
    candidates = Candidate.objects.filter(
        status=Candidate.Status.IN_PLAY,
        slot__prompt__is_current=True,
        slot__prompt__purpose=Prompt.Purpose.BATTLE,
        slot__prompt__challenge__status=Challenge.Status.OPEN,
        slot__model__population=population,
    ).exclude(slot__model__status=ImageModel.Status.RETIRED)
    if scope.discipline:
        candidates = candidates.filter(slot__prompt__challenge__discipline=scope.discipline)
    if scope.challenge:
        candidates = candidates.filter(slot__prompt__challenge__slug=scope.challenge)
    if scope.category:
        candidates = candidates.filter(slot__prompt__challenge__categories__slug=scope.category)
    return candidates


def population_for(scope: Scope, *, simulated: bool = False) -> str:
    """Choose the population that a scope is voted on in: real models once two of them can meet, else the demo.

    Simulated voters never meet a real model (I8).
    """
    if simulated:
        return Population.DEMO
    real = _prompts_that_meet(scope, population=Population.REAL)
    return Population.REAL if real.exists() else Population.DEMO


def count_votable_prompts() -> Counter[int]:
    """Count by challenge (id) the prompts on which two models can meet, in the population it is voted on."""
    real, demo = (
        Counter(_prompts_that_meet(Scope(), population=one).values_list(CHALLENGE, flat=True))
        for one in (Population.REAL, Population.DEMO)
    )
    return Counter({**demo, **real})


def _prompts_that_meet(scope: Scope, *, population: str) -> QuerySet[Candidate, dict[str, int]]:
    """Select the prompts of a scope on which two models of a population can meet."""
    return (
        candidates_in_play(scope, population=population)
        .values("slot__prompt", CHALLENGE)
        .annotate(models=Count("slot__model", distinct=True))
        .filter(models__gte=2)
    )


def _read(scope: Scope, *, simulated: bool) -> Pool:
    population = population_for(scope, simulated=simulated)
    rows = candidates_in_play(scope, population=population)
    columns = ("pk", "slot__prompt_id", "slot__model_id", "slot__prompt__challenge__discipline")
    field = arrange(InPlay(*row) for row in rows.values_list(*columns))
    return Pool(population, field, frozenset(field.places))
