"""The one rule about which pictures may be shown with their model's name, and what keeps them out of play.

A picture is released when it is retired, when its prompt is a showcase, or when its challenge is closed.
It is shown only while no picture that is sealed equals it, by bytes or by looks: whoever had seen it with a
name would know the other one.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Now

from arena.catalog.models import ImageModel
from arena.challenges.editing import open_challenge
from arena.challenges.models import Challenge, Prompt

from .models import Candidate
from .moderation import RETIRED_TOO, retire_candidate

# Of 64 bits. Copies of other size and quality are within 10; the reserve keeps a copy of a copy within.
ALIKE = 12
# Processes may still hand out a pair from their copies of the pool, a moment after it ended.
GRACE = timedelta(minutes=1)


def shown_with_names() -> QuerySet[Candidate]:
    """Select the pictures that may be shown with their model's name now."""
    return _released().exclude(Exists(_twins_of_outer()))


def count_withheld(challenge: Challenge, *, population: str = "") -> int:
    """Count a challenge's released pictures that are not shown since their twin is or may come in play.

    Those of one population alone, or of both.
    """
    ours = _released().filter(slot__prompt__challenge=challenge)
    if population:
        ours = ours.filter(slot__model__population=population)
    return ours.filter(Exists(_twins_of_outer())).count()


def list_released_from() -> set[tuple[int, int]]:
    """Return the ids of model and challenge of all released pictures.

    Twins that are withheld count too: this is for offering filters, never for showing pictures.
    """
    found = _released().order_by().values_list("slot__model", "slot__prompt__challenge")
    return set(found.distinct())


def wait_after_closing() -> timedelta:
    """Return how long a closed challenge's pictures stay sealed: until the last pair handed out has expired."""
    return settings.BATTLE_LIFETIME + GRACE


@transaction.atomic
def open_for_votes(challenge: Challenge) -> int:
    """Open a challenge; return how many pictures are retired since they were shown with names meanwhile.

    Raises ValidationError where `open_challenge` does; nothing is retired then.
    """
    Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
    told = Candidate.objects.filter(_closed_for_good(), slot__prompt__challenge=challenge)
    retired = sum(retire_candidate(candidate) for candidate in told)
    open_challenge(challenge)
    return retired


def _closed_for_good() -> Q:
    return Q(
        slot__prompt__challenge__status=Challenge.Status.CLOSED,
        slot__prompt__challenge__closed_at__lt=Now() - wait_after_closing(),
    )


def _released() -> QuerySet[Candidate]:
    """Select by the picture's own state. Pictures whose looks nobody knows stay sealed."""
    showcase = Q(slot__prompt__purpose=Prompt.Purpose.SHOWCASE)
    return Candidate.objects.filter(
        Q(status=Candidate.Status.RETIRED)
        | Q(status=Candidate.Status.IN_PLAY) & (showcase | _closed_for_good()),
        looks__isnull=False,
        slot__prompt__isnull=False,
    ).exclude(slot__prompt__challenge__status=Challenge.Status.DRAFT)


def is_twin_in_play(*, model: ImageModel, looks: int, checksum: str) -> bool:
    """Tell whether a picture that does not compete equals one of its model that is or may come into play."""
    bits = Value(looks, output_field=BigIntegerField())
    return _twins_in_play(looks=bits, checksum=checksum).filter(slot__model=model).exists()


def _twins_of_outer() -> QuerySet[Candidate]:
    return _twins_in_play(looks=OuterRef("looks"), checksum=OuterRef("original_sha256"))


def _twins_in_play(*, looks: Any, checksum: Any) -> QuerySet[Candidate]:
    """Select the same picture among those that are or may come into play."""
    apart = Func(
        F("looks"),
        looks,
        template="bit_count((%(expressions)s)::bit(64))",
        arg_joiner=" # ",
        output_field=BigIntegerField(),
    )
    return (
        Candidate.objects.filter(slot__prompt__purpose=Prompt.Purpose.BATTLE)
        .exclude(status=Candidate.Status.RETIRED)
        .exclude(status=Candidate.Status.HIDDEN, hidden_reason__startswith=RETIRED_TOO)
        .exclude(_closed_for_good())
        .exclude(Exists(_replaced_for_good()))
        .annotate(apart=apart)
        .filter(Q(original_sha256=checksum) | Q(apart__lte=ALIKE))
    )


def _replaced_for_good() -> QuerySet[Prompt]:
    """Select, for an outer candidate, versions that replaced its prompt before the last pair expired."""
    return Prompt.objects.filter(
        challenge=OuterRef("slot__prompt__challenge"),
        position=OuterRef("slot__prompt__position"),
        version__gt=OuterRef("slot__prompt__version"),
        created_at__lt=Now() - wait_after_closing(),
    )
