"""One page a model: its fields, where it is offered, what that costs and cost."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from arena.catalog.checks import check_model
from arena.catalog.models import ImageModel, Offering
from arena.curate.access import curators_only
from arena.generation.models import Breaker
from arena.generation.routing import why_not

from .acting import Switch, act, add, change_as_typed, show_new, switch, switchable
from .forms import ModelForm, OfferingForm
from .price_sheets import lay_out_lists


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def create(request: HttpRequest) -> HttpResponse:
    def off(made: ImageModel) -> tuple[Switch, str]:
        return {"status": (ImageModel.Status.RETIRED.value, made.status)}, "Retires it."

    return show_new(request, ModelForm(request.POST or None), kind="model", off=off)


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def model(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a model, or change its own fields."""
    found = get_object_or_404(ImageModel, slug=slug)
    if request.method != "POST":
        return _show(request, found)
    form = ModelForm(request.POST, instance=get_object_or_404(ImageModel, slug=slug))
    done = form.is_valid() and act(request, form=form, do=change_as_typed(found, form))
    return redirect("catalogue:model", slug) if done else _show(request, found, form=form)


@require_POST
@curators_only
def add_offering(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(ImageModel, slug=slug)
    form = OfferingForm(request.POST, model=found, auto_id="new-%s")
    if form.is_valid():
        off, way_back = switchable(form.instance)
        if act(request, form=form, do=lambda: add(form.instance, off=off, way_back=way_back)):
            return redirect(reverse("catalogue:model", args=[slug]) + "#offerings")
    return _show(request, found, new_offering=form)


@require_POST
@curators_only
def offering(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch an offering on or off (`do`), or change what its form holds."""
    found = get_object_or_404(Offering.objects.select_related("model", "provider"), pk=pk)
    back = reverse("catalogue:model", args=[found.model.slug]) + f"#offering-{pk}"
    if switch(request, found):
        return redirect(back)
    form = OfferingForm(
        request.POST,
        model=found.model,
        instance=get_object_or_404(Offering, pk=pk),
        auto_id=f"offering-{pk}-%s",
    )
    done = form.is_valid() and act(request, form=form, do=change_as_typed(found, form))
    return redirect(back) if done else _show(request, found.model, offering_form=form)


def _show(
    request: HttpRequest,
    found: ImageModel,
    *,
    form: ModelForm | None = None,
    new_offering: OfferingForm | None = None,
    offering_form: OfferingForm | None = None,
) -> HttpResponse:
    """Show the page; forms are given with what was typed and what is wrong with it."""
    wrong = any(one is not None and one.errors for one in (form, new_offering, offering_form))
    found = ImageModel.objects.prefetch_related(
        "offerings__provider", "offerings__price_rules", "texts", "price_claims"
    ).get(pk=found.pk)
    today = timezone.now().date()
    context = {
        "model": found,
        "form": form or ModelForm(instance=found),
        "offerings": [_lay_out(one, found, offering_form, today) for one in found.offerings.all()],
        "new_offering": new_offering or OfferingForm(model=found, auto_id="new-%s"),
        "findings": check_model(found, day=today),
    }
    status = 422 if wrong else 200
    return render(request, "curate/catalogue/model.html", context, status=status)


def _lay_out(
    one: Offering, model: ImageModel, typed: OfferingForm | None, today: Any
) -> dict[str, Any]:
    one.model = model
    ours = typed is not None and typed.instance.pk == one.pk
    form = (
        typed if ours else OfferingForm(model=model, instance=one, auto_id=f"offering-{one.pk}-%s")
    )
    breaker = Breaker.objects.filter(offering=one, open_until__gt=timezone.now()).first()
    reasons = {discipline: why_not(one, discipline=discipline) for discipline in one.disciplines}
    return {
        "offering": one,
        "form": form,
        "open": ours,
        "breaker": breaker,
        "why_not": next(iter(reasons.values()), "") if all(reasons.values()) else "",
        "lists": lay_out_lists(one, day=today),
    }
