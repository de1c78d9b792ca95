"""The catalogue and the page of a model."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.web.filters import show_filtered
from arena.web.model_list import list_models
from arena.web.model_page import describe_model, find_models


@require_safe
@gzip_page
def models(request: HttpRequest) -> HttpResponse:
    return show_filtered(
        request,
        here=reverse("web:models"),
        page="web/models/page.html",
        fragment="web/models/_list.html",
        describe=lambda query: list_models(query, day=timezone.now().date()),
    )


@require_safe
@gzip_page
def model(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(find_models(), slug=slug)
    origin = request.build_absolute_uri("/").rstrip("/")
    context = describe_model(found, origin=origin, day=timezone.now().date())
    return render(request, "web/model/page.html", context)
