"""How a model fares: its boards, what it is best for, and every challenge with its place or what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext, ngettext

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate, Generation, Slot
from arena.ratings.standings import Standing
from arena.web.exhibits import Exhibit
from arena.web.tables import board_address


def describe_boards(model: ImageModel, *, standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """Describe the boards of whole disciplines, in the order of the disciplines."""
    overall = {standing.discipline: standing for standing in standings if standing.is_overall}
    return [
        {
            "discipline_label": discipline.label,
            "url": board_address(discipline, population=model.population),
            "standing": overall[discipline],
            "win_percent": 100 * overall[discipline].win_rate,
        }
        for discipline in Discipline
        if discipline in overall
    ]


def describe_categories(
    model: ImageModel, *, standings: Iterable[Standing]
) -> list[dict[str, Any]]:
    """Describe the boards of categories, those whose interval lies highest first."""
    found = sorted(
        (standing for standing in standings if standing.category_slug),
        key=lambda standing: (-standing.lower, standing.category),
    )
    return [
        {
            "name": standing.category,
            "discipline_label": Discipline(standing.discipline).label,
            "url": board_address(
                standing.discipline,
                population=model.population,
                category=standing.category_slug,
            ),
            "standing": standing,
            "best": standing.above_the_field,
        }
        for standing in found
    ]


def list_challenges(model: ImageModel) -> list[Challenge]:
    """List the challenges of a model's disciplines that are no drafts, with their current prompts."""
    current = Prompt.objects.filter(is_current=True).order_by("position")
    return list(
        Challenge.objects.exclude(status=Challenge.Status.DRAFT)
        .filter(discipline__in=model.disciplines)
        .prefetch_related(Prefetch("prompts", current))
    )


def describe_results(
    model: ImageModel,
    *,
    challenges: Iterable[Challenge],
    standings: Iterable[Standing],
    pictures: Sequence[Exhibit],
) -> list[dict[str, Any]]:
    """Describe each challenge: the place with its interval, the prompts, a picture that may be shown.

    Challenges with a place come first, the best place first; the others say what is missing.
    """
    places = {standing.challenge_id: standing for standing in standings if standing.challenge_id}
    made = _count_pictures(model)
    shown = {exhibit.challenge_slug: exhibit for exhibit in reversed(pictures)}
    results = [
        {
            "title": challenge.title,
            "slug": challenge.slug,
            "discipline_label": Discipline(challenge.discipline).label,
            "prompts": [prompt.text for prompt in challenge.prompts.all()],
            "standing": places.get(challenge.pk),
            "missing": "" if challenge.pk in places else _missing(made.get(challenge.pk)),
            "picture": shown.get(challenge.slug),
        }
        for challenge in challenges
    ]

    def place(result: dict[str, Any]) -> tuple[bool, int]:
        return result["standing"] is None, result["standing"].rank if result["standing"] else 0

    return sorted(results, key=place)


def _count_pictures(model: ImageModel) -> dict[int, Mapping[str, int]]:
    """Count, by challenge, how the pictures that are to be voted on stand: what became of each slot."""
    ended = Q(finished_at__isnull=False, candidate__isnull=True)
    kinds = {
        "made": Q(candidate__isnull=False) & ~Q(candidate__status=Candidate.Status.HIDDEN),
        "waiting": Q(finished_at=None, cancelled_at=None, candidate__isnull=True),
        "refused": ended & Q(generations__state=Generation.State.REFUSED),
        "hidden": Q(candidate__status=Candidate.Status.HIDDEN),
        "cancelled": Q(cancelled_at__isnull=False, candidate__isnull=True),
        "failed": ended & Q(cancelled_at=None),
    }
    counted: Any = (
        Slot.objects.filter(
            model=model, prompt__is_current=True, prompt__purpose=Prompt.Purpose.BATTLE
        )
        .values("prompt__challenge")
        .annotate(
            **{kind: Count("pk", filter=found, distinct=True) for kind, found in kinds.items()}
        )
        .order_by()
    )
    return {row["prompt__challenge"]: {kind: row[kind] for kind in kinds} for row in counted}


def _missing(counted: Mapping[str, int] | None) -> str:
    """Say why a model has no place on a challenge's board."""
    if counted is None:
        return gettext("not enough data yet: no picture of this model has been ordered")
    if counted["made"]:
        return ngettext(
            "not enough data yet: %(n)s picture is there, but no counted battle",
            "not enough data yet: %(n)s pictures are there, but no counted battle",
            counted["made"],
        ) % {"n": counted["made"]}
    if counted["waiting"]:
        return gettext("not enough data yet: its pictures are on their way")
    if counted["refused"]:
        return gettext("no picture: the model refused or declined this prompt")
    if counted["hidden"]:
        return gettext("no picture: a curator took out what was made")
    if counted["failed"]:
        return gettext("no picture: every call failed")
    return gettext("no picture: the order was called off")
