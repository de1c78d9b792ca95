"""Models: the catalogue, one model with prices and performance, and its opponents."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from arena.catalog.models import Discipline, ImageModel, Offering
from arena.catalog.prices import cheapest_picture, offered, rules_on
from arena.catalog.siblings import find_siblings
from arena.generation.performance import DAYS, Line, Ranking, measure_performance
from arena.ratings.records import read_records, sum_over_challenges
from arena.ratings.standings import Standing, read_overall, read_standings

from .paging import cut, read_only_known
from .problems import missing
from .shapes import (
    DisciplineName,
    ModelDetail,
    ModelList,
    ModelSummary,
    OpponentList,
    OpponentRecord,
    Page,
    PopulationName,
    Slug,
)
from .telling import tell_model, tell_record, tell_standing

router = Router(tags=["Models"])


class ModelsOf(Page):
    population: PopulationName | None = None
    discipline: DisciplineName | None = None
    lab: Slug | None = None
    open_weights: bool | None = None


class OpponentsOf(Page):
    discipline: DisciplineName = "text-to-image"


@router.get("/models", response=ModelList, url_name="models")
@read_only_known
def list_models(request: HttpRequest, filters: Query[ModelsOf]) -> ModelList:
    """The catalogue, by name, with the lowest price of a picture and the places on whole boards."""
    found = _catalogue().order_by("name", "pk")
    if filters.population:
        found = found.filter(population=filters.population)
    if filters.discipline:
        found = found.filter(disciplines__contains=[filters.discipline])
    if filters.lab:
        found = found.filter(lab__slug=filters.lab)
    if filters.open_weights is not None:
        found = found.filter(open_weights=filters.open_weights)
    models, told = cut(request, found, filters)
    overall = read_overall() if models else {}
    items = []
    for model in models:
        places = [(model.pk, discipline) for discipline in Discipline.values]
        standings = [overall[place] for place in places if place in overall]
        items.append(ModelSummary(**_summary(request, model, standings)))
    return ModelList(items=items, **told)


@router.get("/models/{slug}", response=ModelDetail, url_name="model")
@read_only_known
def read_model(request: HttpRequest, slug: Path[Slug]) -> ModelDetail:
    """One model: what it can, where it is sold for how much, how its providers perform, where it stands."""
    model = find_model(slug, among=_catalogue())
    values: dict[str, Any] = {
        **_summary(request, model, read_standings(model)),
        "long_name": model.long_name,
        "api_id": model.api_id,
        "aliases": model.aliases,
        "family": model.family,
        "description": model.description,
        "capabilities": model.capabilities,
        "input_kinds": model.input_kinds,
        "output_kinds": model.output_kinds,
        "siblings": [tell_model(request, sibling) for sibling in find_siblings(model)],
        "offers": [_offer(offering) for offering in model.offerings.all() if offering.enabled],
        "performance": [_performance(ranking) for ranking in measure_performance(model=model)],
    }
    return ModelDetail(**values)


@router.get("/models/{slug}/matchups", response=OpponentList, url_name="opponents")
@read_only_known
def list_opponents(
    request: HttpRequest, slug: Path[Slug], filters: Query[OpponentsOf]
) -> OpponentList:
    """A model's record against everyone it met in a discipline, most battles first."""
    model = find_model(slug)
    records = sum_over_challenges(read_records(model))
    met = [record for record in records if record.discipline == filters.discipline]
    page, told = cut(request, met, filters)
    models = ImageModel.objects.select_related("lab").in_bulk(
        [record.opponent_id for record in page]
    )
    items = []
    for record in page:
        opponent: Any = tell_model(request, models[record.opponent_id])
        items.append(OpponentRecord(**tell_record(record), opponent=opponent))
    return OpponentList(discipline=filters.discipline, items=items, **told)


def find_model(slug: str, *, among: QuerySet[ImageModel] | None = None) -> ImageModel:
    """Find a model by its slug, with its lab; raises Problem 404."""
    models = ImageModel.objects.select_related("lab") if among is None else among
    model = models.filter(slug=slug).first()
    if model is None:
        raise missing("model", slug)
    return model


def _catalogue() -> QuerySet[ImageModel]:
    return ImageModel.objects.select_related("lab").prefetch_related(
        "offerings__provider", "offerings__price_rules"
    )


def _today() -> date:
    return timezone.now().date()


def _summary(request: HttpRequest, model: ImageModel, standings: list[Standing]) -> dict[str, Any]:
    return {
        **tell_model(request, model),
        "status": model.status,
        "disciplines": model.disciplines,
        "open_weights": model.open_weights,
        "licence": model.licence,
        "released_on": model.released_on,
        "from_price": _from_price(model),
        "standings": [tell_standing(standing) for standing in standings],
    }


def _from_price(model: ImageModel) -> dict[str, Any] | None:
    cheapest = cheapest_picture(offered(model.offerings.all()), day=_today())
    if cheapest is None:
        return None
    amount, offering = cheapest
    return {"amount": amount, "provider": _provider(offering), "on": _today()}


def _provider(offering: Offering) -> dict[str, str]:
    return {"slug": offering.provider.slug, "name": offering.provider.name}


def _offer(offering: Offering) -> dict[str, Any]:
    return {
        "provider": _provider(offering),
        "remote_id": offering.remote_id,
        "disciplines": offering.disciplines,
        "markup": offering.provider.markup,
        "prices": [
            {
                "direction": rule.direction,
                "unit": rule.unit,
                "amount": rule.amount,
                "size": rule.size,
                "quality": rule.quality,
                "feature": rule.feature,
                "note": rule.note,
                "valid_from": rule.valid_from,
                "source": rule.source,
            }
            for rule in rules_on(_today(), rules=offering.price_rules.all())
        ],
    }


def _performance(ranking: Ranking) -> dict[str, Any]:
    ranked, waiting = list(ranking.ranked), list(ranking.waiting)
    return {
        "discipline": Discipline(ranking.discipline).value,
        "population": ranking.population,
        "days": DAYS,
        "providers": [_figures(line) for line in ranked + waiting],
    }


def _figures(line: Line) -> dict[str, Any]:
    return {
        "provider": {"slug": line.slug, "name": line.name},
        "ranked": line.is_enough,
        "calls": line.calls,
        "stored": line.stored,
        "failed": line.failed,
        "refused": line.refused,
        "declined": line.declined,
        "success": line.success if line.calls else None,
        "p50_ms": line.p50_ms,
        "p95_ms": line.p95_ms,
        "ttfb_ms": line.ttfb_ms,
    }
