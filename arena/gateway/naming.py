"""Which model a caller means, and what can be asked of it now."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When

from arena.catalog.models import ImageModel, Offering
from arena.generation.routing import why_not

from .errors import invalid, unknown_model

MOST_NAME = 200


@dataclass(frozen=True)
class Route:
    """The model that is asked for, and the offering that alone may be asked (None: the site chooses)."""

    model: ImageModel
    offering: Offering | None = None


def find_route(name: object, *, discipline: str | None) -> Route:
    """Find what `model` names: a slug, the vendor's id or an alias; with a provider's slug before it, one route.

    With a discipline it must be askable for that now, else for anything. Raises GatewayError.
    """
    if not isinstance(name, str) or not name:
        raise invalid("model must be a name from the list of models.", param="model")
    if not name.isprintable() or len(name) > MOST_NAME:
        raise unknown_model("The model does not exist here.")
    model = _models_named(name).first()
    if model is not None:
        offerings = list(model.offerings.all())
        _check(name, offerings, model=model, discipline=discipline)
        return Route(model)
    provider, _, rest = name.partition("/")
    for model in _models_named(rest, remote=True) if rest else ():
        forced = [o for o in model.offerings.all() if o.provider.slug == provider]
        if forced:
            _check(name, forced, model=model, discipline=discipline)
            return Route(model, forced[0])
    raise unknown_model(f"The model '{name}' does not exist here.")


def _models_named(name: str, *, remote: bool = False) -> QuerySet[ImageModel]:
    """Select models by name, the surest kind of name first."""
    named = Q(slug=name) | Q(api_id=name) | Q(aliases__contains=[name])
    if remote:
        named |= Q(pk__in=Offering.objects.filter(remote_id=name).values("model"))
    rank = Case(
        When(slug=name, then=Value(0)),
        When(api_id=name, then=Value(1)),
        When(aliases__contains=[name], then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    return _with_offerings(ImageModel.objects.filter(named)).order_by(rank, "pk")


def _with_offerings(models: QuerySet[ImageModel]) -> QuerySet[ImageModel]:
    offerings = Offering.objects.select_related("provider").order_by("priority", "pk")
    return models.select_related("lab").prefetch_related(Prefetch("offerings", offerings))


def _check(
    name: str, offerings: Iterable[Offering], *, model: ImageModel, discipline: str | None
) -> None:
    able = askable_disciplines(model, offerings=offerings)
    if not able:
        raise unknown_model(f"The model '{name}' cannot be asked here at the moment.")
    if discipline is not None and discipline not in able:
        raise invalid(
            f"The model '{name}' can only be asked for {' and '.join(able)} here.",
            param="model",
            code="unsupported_discipline",
        )


def askable_disciplines(model: ImageModel, *, offerings: Iterable[Offering]) -> list[str]:
    """List the disciplines for which one of the offerings can be asked now; a retired model has none."""
    if model.status == ImageModel.Status.RETIRED:
        return []
    offerings = list(offerings)
    return [
        discipline
        for discipline in model.disciplines
        if any(not why_not(offering, discipline=discipline) for offering in offerings)
    ]


def list_models() -> list[dict[str, Any]]:
    """Describe every model that can be asked now, by name."""
    models = _with_offerings(ImageModel.objects.exclude(status=ImageModel.Status.RETIRED))
    told = [describe_model(model) for model in models.order_by("name", "pk")]
    return [model for model in told if model["disciplines"]]


def describe_model(model: ImageModel) -> dict[str, Any]:
    """Describe a model in OpenAI's shape; what is more than that: name, disciplines, providers, demo or real."""
    offerings = list(model.offerings.all())
    day = model.released_on
    return {
        "id": model.api_id or model.slug,
        "object": "model",
        "created": calendar.timegm(day.timetuple()) if day else 0,
        "owned_by": model.lab.slug,
        "name": model.name,
        "slug": model.slug,
        "population": model.population,
        "disciplines": askable_disciplines(model, offerings=offerings),
        "providers": [
            offering.provider.slug
            for offering in offerings
            if askable_disciplines(model, offerings=[offering])
        ],
    }
