"""What machines read: llms.txt, the sitemap, cards for shared links."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.ratings.standings import read_overall, read_standings
from arena.web.model_page import describe_model, find_models
from arena.web.og import describe_card, digest_card, fetch_card
from arena.web.sitemap import list_addresses

TEXT = "text/plain; charset=utf-8"


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    overall = read_overall()
    models = [
        {
            "model": model,
            "boards": [
                {"label": Discipline(discipline).label, "standing": standing}
                for discipline in model.disciplines
                if (standing := overall.get((model.pk, discipline)))
            ],
        }
        for model in ImageModel.objects.select_related("lab")
    ]
    context = {
        "origin": _origin(request),
        "models": models,
        "disciplines": list(Discipline),
        "challenges": Challenge.objects.exclude(status=Challenge.Status.DRAFT),
    }
    return render(request, "web/llms/site.txt", context, content_type=TEXT)


@require_safe
def model_llms(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(find_models(), slug=slug)
    context = describe_model(found, origin=_origin(request), day=timezone.now().date())
    return render(request, "web/llms/model.txt", context, content_type=TEXT)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    context = {"origin": _origin(request), "addresses": list_addresses()}
    return render(request, "web/llms/sitemap.xml", context, content_type="application/xml")


@require_safe
def card(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(ImageModel.objects.select_related("lab"), slug=slug)
    said = describe_card(found, standings=read_standings(found))
    etag = f'"{digest_card(said)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(fetch_card(said, slug=found.slug), content_type="image/png")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=300"
    return response


def _origin(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
