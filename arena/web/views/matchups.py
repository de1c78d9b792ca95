"""Two models against each other, at one address: the other order leads to it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.catalog.models import ImageModel
from arena.web.duels import show_duels
from arena.web.matchups import show_matchup


@require_safe
@gzip_page
def matchup(request: HttpRequest, first: str, second: str) -> HttpResponse:
    if first > second:
        address = reverse("web:matchup", args=[second, first], query=request.GET)
        return redirect(address, permanent=True)
    pair = _find_pair(first, second)
    context = {
        **show_matchup(*pair),
        **show_duels(*pair, page=request.GET.get("duels", "1")),
    }
    return render(request, "web/matchup/page.html", context)


def _find_pair(first: str, second: str) -> tuple[ImageModel, ImageModel]:
    if first == second:
        raise Http404("There is no matchup of a model with itself.")
    found = {
        model.slug: model
        for model in ImageModel.objects.filter(slug__in=[first, second]).select_related("lab")
    }
    for slug in (first, second):
        if slug not in found:
            raise Http404(f"There is no model “{slug[:80]}”.")
    if found[first].population != found[second].population:
        raise Http404("There is no matchup of a demo studio and a real model: the two never meet.")
    return found[first], found[second]
