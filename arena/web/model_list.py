"""The catalogue as cards, narrowed by what stands in the address."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from arena.catalog.models import Discipline, ImageModel, Lab, Population
from arena.catalog.prices import offered
from arena.ratings.standings import Standing, read_overall
from arena.web.filters import Filter, read_filter
from arena.web.model_prices import find_from_price

WEIGHTS = {"yes": True, "no": False}
WHERE = "among the models"


def list_models(query: Mapping[str, str], *, day: date) -> dict[str, Any]:
    """List the models that an address asks for, by population, best rated first, with the filters.

    `query` may have `discipline`, `lab` and `open` (open weights: yes or no). Raises Http404 with a
    sentence for a value that is not on offer.
    """
    filters = _read_filters(query)
    chosen = {found.name: found.chosen for found in filters if found.chosen}
    overall = read_overall()
    cards = sorted((_card(model, overall, day=day) for model in _find(chosen)), key=_best_first)
    groups = [
        {
            "label": population.label,
            "models": [card for card in cards if card["population"] == population],
        }
        for population in Population
    ]
    return {
        "groups": [group for group in groups if group["models"]],
        "shown": len(cards),
        "in_all": ImageModel.objects.count(),
        "filters": filters,
        "chosen": chosen,
    }


def _read_filters(query: Mapping[str, str]) -> tuple[Filter, ...]:
    labs = Lab.objects.filter(models__isnull=False).distinct()
    return (
        read_filter(
            "discipline",
            gettext("Discipline"),
            gettext("All disciplines"),
            values=[(discipline.value, str(discipline.label)) for discipline in Discipline],
            query=query,
            where=WHERE,
        ),
        read_filter(
            "lab",
            gettext("Lab"),
            gettext("All labs"),
            values=[(lab.slug, lab.name) for lab in labs],
            query=query,
            where=WHERE,
        ),
        read_filter(
            "open",
            gettext("Open weights"),
            gettext("Open or not"),
            values=[("yes", gettext("Open")), ("no", gettext("Not open"))],
            query=query,
            where=WHERE,
            what="kind of weights",
        ),
    )


def _find(chosen: Mapping[str, str]) -> QuerySet[ImageModel]:
    models = ImageModel.objects.select_related("lab").prefetch_related(
        "offerings__provider", "offerings__price_rules"
    )
    if "discipline" in chosen:
        models = models.filter(disciplines__contains=[chosen["discipline"]])
    if "lab" in chosen:
        models = models.filter(lab__slug=chosen["lab"])
    if "open" in chosen:
        models = models.filter(open_weights=WEIGHTS[chosen["open"]])
    return models


def _card(
    model: ImageModel, overall: Mapping[tuple[int, str], Standing], *, day: date
) -> dict[str, Any]:
    offerings = offered(model.offerings.all())
    return {
        "name": model.name,
        "slug": model.slug,
        "lab": model.lab.name,
        "population": model.population,
        "is_demo": model.is_demo,
        "status_label": model.get_status_display(),
        "is_open": model.open_weights,
        "disciplines": [Discipline(discipline).label for discipline in model.disciplines],
        "from_price": find_from_price(offerings, day=day),
        "providers": len(offerings),
        "boards": [
            {"label": Discipline(discipline).label, "standing": standing}
            for discipline in model.disciplines
            if (standing := overall.get((model.pk, discipline)))
        ],
    }


def _best_first(card: dict[str, Any]) -> tuple[int, str]:
    ranks = [board["standing"].rank for board in card["boards"]]
    return min(ranks, default=10**6), card["name"].casefold()
