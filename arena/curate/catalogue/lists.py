"""Lists of what is in the catalogue."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from arena.catalog.keys import find_key_faults, is_variable_name
from arena.catalog.models import ImageModel, Lab, Provider
from arena.catalog.prices import cheapest_picture, offered
from arena.curate.access import curators_only
from arena.curate.exchange.cells import KeyName
from arena.generation.breakers import database_now
from arena.generation.models import Breaker
from arena.generation.routing import provider_key

from .forms import ModelFilter
from .price_sheets import write_number


@require_safe
@curators_only
def models(request: HttpRequest) -> HttpResponse:
    """List models by filters, with what they cost today."""
    form = ModelFilter(request.GET)
    form.is_valid()
    found = _narrow(ImageModel.objects.select_related("lab"), form.cleaned_data)
    today = timezone.now().date()
    rows = []
    for model in found.prefetch_related("offerings__provider", "offerings__price_rules"):
        open_ones = offered(model.offerings.all())
        cheapest = cheapest_picture(open_ones, day=today)
        rows.append(
            {
                "model": model,
                "providers": [offering.provider for offering in open_ones],
                "off": len(model.offerings.all()) - len(open_ones),
                "price": write_number(cheapest[0]) if cheapest else "",
            }
        )
    return render(request, "curate/catalogue/models.html", {"rows": rows, "form": form})


def _narrow(found: QuerySet[ImageModel], chosen: dict[str, Any]) -> QuerySet[ImageModel]:
    if words := chosen.get("q", "").replace("\0", "").strip():
        found = found.filter(
            Q(name__icontains=words) | Q(slug__icontains=words) | Q(api_id__icontains=words)
        )
    for name in ("population", "status", "lab"):
        if chosen.get(name):
            found = found.filter(**{name: chosen[name]})
    if chosen.get("discipline"):
        found = found.filter(disciplines__contains=[chosen["discipline"]])
    if chosen.get("provider"):
        found = found.filter(offerings__provider=chosen["provider"])
    return found


@require_safe
@curators_only
def providers(request: HttpRequest) -> HttpResponse:
    """List providers, with what they lack, and labs."""
    now = database_now()
    waiting = set(
        Breaker.objects.filter(open_until__gt=now).values_list("offering__provider_id", flat=True)
    )
    rows = [
        {"provider": one, "key": describe_key(one), "waits": one.pk in waiting}
        for one in Provider.objects.annotate(models=Count("offerings"))
    ]
    labs = Lab.objects.annotate(number=Count("models"))
    return render(request, "curate/catalogue/providers.html", {"rows": rows, "labs": labs})


def describe_key(provider: Provider) -> dict[str, str]:
    """Tell how a provider's key stands ("set", "missing", "held" back or "none") and its variable.

    Nobody is told the key.
    """
    variable = str(KeyName().render(provider.key_variable))
    if not provider.key_variable:
        return {"state": "none", "variable": ""}
    held = next((why for _, why in find_key_faults(provider)), "")
    if held and is_variable_name(provider.key_variable):
        return {"state": "held", "variable": variable, "why": held}
    state = "missing" if provider_key(provider) is None else "set"
    return {"state": state, "variable": variable}
