"""The catalogue and a first model page: what is known, what it costs, how it fares."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.catalog.models import Discipline, ImageModel, Population, PriceRule
from arena.catalog.prices import cheapest_picture, rules_on
from arena.challenges.models import Challenge
from arena.generation.models import Generation
from arena.ratings.boards import PublishedBoard, Row, read_board, read_matchups
from arena.ratings.datasets import Scope
from arena.ratings.models import RatingRun
from arena.web.tables import list_matchups

# Below this many finished calls a median says nothing.
FEWEST_CALLS = 20


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    boards = {
        (population, discipline): read_board(Scope(population, discipline))
        for population in Population.values
        for discipline in Discipline.values
    }
    catalogue = _catalogue()
    groups = [
        {
            "label": population.label,
            "models": [
                _card(model, boards) for model in catalogue if model.population == population
            ],
        }
        for population in Population
    ]
    return render(request, "web/models/page.html", {"groups": [g for g in groups if g["models"]]})


def _catalogue() -> QuerySet[ImageModel]:
    return ImageModel.objects.select_related("lab").prefetch_related(
        "offerings__provider", "offerings__price_rules"
    )


def _card(model: ImageModel, boards: dict[tuple[str, str], PublishedBoard]) -> dict[str, Any]:
    offerings = list(model.offerings.all())
    cheapest = cheapest_picture(offerings, day=_today())
    return {
        "name": model.name,
        "slug": model.slug,
        "lab": model.lab.name,
        "is_demo": model.is_demo,
        "status_label": model.get_status_display(),
        "disciplines": [Discipline(discipline).label for discipline in model.disciplines],
        "from_price": cheapest[0] if cheapest else None,
        "providers": len(offerings),
        "boards": [
            {
                "discipline_label": Discipline(discipline).label,
                "rank": row.rank,
                "rating": row.rating,
                "half_width": row.half_width,
            }
            for discipline in model.disciplines
            if (row := _row(boards[(model.population, discipline)], model))
        ],
    }


@require_safe
def model(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(_catalogue(), slug=slug)
    context = {
        "model": found,
        "discipline_labels": [Discipline(discipline).label for discipline in found.disciplines],
        "standings": [s for discipline in found.disciplines if (s := _standing(found, discipline))],
        "offerings": [_offering(offering) for offering in found.offerings.all()],
        "from_price": _from_price(found),
        "matchups": [
            {"discipline_label": Discipline(discipline).label, **matchup}
            for discipline in found.disciplines
            for matchup in list_matchups(
                read_matchups(Scope(found.population, discipline)), model_id=found.pk
            )
        ],
        "by_challenge": _by_challenge(found),
        "calls": _calls(found),
    }
    return render(request, "web/model/page.html", context)


def _standing(found: ImageModel, discipline: str) -> dict[str, Any] | None:
    row = _row(read_board(Scope(found.population, discipline)), found)
    if row is None:
        return None
    return {
        "discipline_label": Discipline(discipline).label,
        "url": reverse("web:board", args=[discipline]),
        "rank": row.rank,
        "rank_low": row.rank_low,
        "rank_high": row.rank_high,
        "rating": row.rating,
        "half_width": row.half_width,
        "battles": row.battles,
        "win_percent": 100 * row.win_rate,
        "preliminary": row.preliminary,
    }


def _offering(offering: Any) -> dict[str, Any]:
    rules = rules_on(_today(), rules=offering.price_rules.all())
    return {
        "route": f"{offering.provider.slug}/{offering.model.api_id}",
        "provider": offering.provider.name,
        "is_demo": offering.provider.population == Population.DEMO,
        "inputs": [rule for rule in rules if rule.direction == PriceRule.Direction.INPUT],
        "outputs": [rule for rule in rules if rule.direction == PriceRule.Direction.OUTPUT],
        "notes": [rule.note for rule in rules if rule.note],
    }


def _from_price(found: ImageModel) -> dict[str, Decimal | str | date] | None:
    cheapest = cheapest_picture(found.offerings.all(), day=_today())
    if cheapest is None:
        return None
    return {"amount": cheapest[0], "provider": cheapest[1].provider.name, "as_of": _today()}


def _by_challenge(found: ImageModel) -> list[dict[str, Any]]:
    runs = RatingRun.objects.filter(
        population=found.population, challenge__isnull=False, arrays__models__contains=found.pk
    ).exclude(challenge__status=Challenge.Status.DRAFT)
    places = []
    for run in runs.select_related("challenge"):
        published = read_board(Scope(run.population, run.discipline, run.challenge_id))
        row = _row(published, found)
        if row and run.challenge:
            places.append(
                {
                    "title": run.challenge.title,
                    "slug": run.challenge.slug,
                    "rank": row.rank,
                    "of": len(published.rows),
                    "rating": row.rating,
                    "half_width": row.half_width,
                    "n": row.battles,
                }
            )
    return sorted(places, key=lambda place: place["title"])


def _calls(found: ImageModel) -> dict[str, Any] | None:
    """Count this model's finished calls; None below FEWEST_CALLS, where a median says nothing."""
    ended = Generation.objects.filter(
        offering__model=found, ended_at__isnull=False, origin=Generation.Origin.ORDERED
    )
    counts: dict[str, Any] = ended.aggregate(
        n=Count("pk"),
        ok=Count("pk", filter=Q(state=Generation.State.STORED)),
        declined=Count("pk", filter=Q(state=Generation.State.REFUSED)),
    )
    if counts["n"] < FEWEST_CALLS:
        return None
    stored = ended.filter(state=Generation.State.STORED).values_list("total_ms", flat=True)
    times = sorted(ms for ms in stored if ms is not None)
    return {
        **counts,
        "failed": counts["n"] - counts["ok"] - counts["declined"],
        "p50_ms": times[len(times) // 2] if times else None,
    }


def _row(board: PublishedBoard, found: ImageModel) -> Row | None:
    return next((row for row in board.rows if row.model.pk == found.pk), None)


def _today() -> date:
    return timezone.now().date()
