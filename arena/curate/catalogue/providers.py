"""One page a provider, and a small one a lab."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from arena.catalog.models import Lab, Provider
from arena.curate.access import curators_only
from arena.generation.models import Breaker

from .acting import act, change_as_typed, show_new, switch, switchable
from .forms import LabForm, ProviderForm
from .lists import describe_key

ONCE_THERE = (
    "Cannot be taken back: an empty lab stands among the raw rows, where it can be deleted."
)


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def create(request: HttpRequest) -> HttpResponse:
    form = ProviderForm(request.POST or None)
    return show_new(request, form, kind="provider", off=switchable)


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a provider, switch it on or off (`do`), or change its fields."""
    found = get_object_or_404(Provider, slug=slug)
    if switch(request, found):
        return redirect("catalogue:provider", slug)
    typed = request.method == "POST"
    form = ProviderForm(
        request.POST if typed else None, instance=get_object_or_404(Provider, slug=slug)
    )
    if typed and form.is_valid() and act(request, form=form, do=change_as_typed(found, form)):
        return redirect("catalogue:provider", slug)
    breakers = Breaker.objects.filter(offering__provider=found, open_until__isnull=False)
    context = {
        "provider": found,
        "form": form,
        "key": describe_key(found),
        "offerings": found.offerings.select_related("model", "provider"),
        "breakers": breakers.select_related("offering__model", "offering__provider"),
        "now": timezone.now(),
    }
    status = 422 if form.errors else 200
    return render(request, "curate/catalogue/provider.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def create_lab(request: HttpRequest) -> HttpResponse:
    form = LabForm(request.POST or None)
    return show_new(request, form, kind="lab", off=lambda made: ({}, ONCE_THERE))


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def lab(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Lab, slug=slug)
    form = LabForm(request.POST or None, instance=get_object_or_404(Lab, slug=slug))
    if (
        request.method == "POST"
        and form.is_valid()
        and act(request, form=form, do=change_as_typed(found, form))
    ):
        return redirect("catalogue:lab", slug)
    context = {"lab": found, "form": form, "models": found.models.all()}
    status = 422 if form.errors else 200
    return render(request, "curate/catalogue/lab.html", context, status=status)
