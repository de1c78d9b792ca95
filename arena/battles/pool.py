"""What may be shown: the candidates in play of a scope, and in which population they are voted on."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, QuerySet

from arena.catalog.models import ImageModel, Population
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate

from .memory import Memory
from .pairing import Field, InPlay, arrange


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
    real = candidates_in_play(scope, population=Population.REAL)
    prompts = (
        real.values("slot__prompt")
        .annotate(models=Count("slot__model", distinct=True))
        .filter(models__gte=2)
    )
    return Population.REAL if prompts.exists() else Population.DEMO


def _read(scope: Scope, *, simulated: bool) -> Pool:
    population = population_for(scope, simulated=simulated)
    rows = candidates_in_play(scope, population=population)
    columns = ("pk", "slot__prompt_id", "slot__model_id", "slot__prompt__challenge__discipline")
    field = arrange(InPlay(*row) for row in rows.values_list(*columns))
    return Pool(population, field, frozenset(field.places))
