"""Boards: per discipline, one category of it, or one challenge."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Category, Challenge
from arena.ratings.boards import read_board, read_matchups, shown_population
from arena.ratings.datasets import Scope
from arena.web.tables import draw_heatmap, lay_out


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    return redirect("web:board", discipline=Discipline.TEXT_TO_IMAGE.value)


@require_safe
def board(request: HttpRequest, discipline: str) -> HttpResponse:
    if discipline not in Discipline.values:
        raise Http404(
            f"There is no discipline “{discipline}”; there are {', '.join(Discipline.values)}."
        )
    challenges = list(
        Challenge.objects.filter(discipline=discipline).exclude(status=Challenge.Status.DRAFT)
    )
    chosen = _chosen(request, challenges)
    categories = list(Category.objects.filter(challenges__in=challenges).distinct())
    category = None if chosen else _chosen_category(request, categories)
    population = shown_population()
    published = read_board(
        Scope(
            population,
            discipline,
            chosen.pk if chosen else None,
            category.pk if category else None,
        )
    )
    rows, ticks = lay_out(published)
    rated = {row.model.pk for row in published.rows}
    here = reverse("web:board", args=[discipline])
    context = {
        "discipline": discipline,
        "discipline_label": Discipline(discipline).label,
        "disciplines": [
            {
                "label": d.label,
                "url": reverse("web:board", args=[d.value]),
                "current": d.value == discipline,
            }
            for d in Discipline
        ],
        "challenge": {"title": chosen.title, "slug": chosen.slug} if chosen else None,
        "challenges": [
            {"label": "All challenges", "url": here, "current": chosen is None},
            *(
                {"label": c.title, "url": f"{here}?challenge={c.slug}", "current": c == chosen}
                for c in challenges
            ),
        ],
        "category": {"name": category.name, "slug": category.slug} if category else None,
        "categories": [
            {"label": "All categories", "url": here, "current": category is None},
            *(
                {"label": c.name, "url": f"{here}?category={c.slug}", "current": c == category}
                for c in categories
            ),
        ],
        "clustered": published.clustered,
        "rows": rows,
        "ticks": ticks,
        "heatmap": draw_heatmap(read_matchups(published.scope), order=published.rows),
        "as_of": published.as_of,
        "votes": published.votes,
        "voters": published.voters,
        "unrated": [
            {
                "name": model.name,
                "slug": model.slug,
                "lab": model.lab.name,
                "is_demo": model.is_demo,
            }
            for model in ImageModel.objects.filter(
                population=population, disciplines__contains=[discipline]
            )
            .exclude(pk__in=rated)
            .select_related("lab")
        ],
        "population": population,
    }
    template = "web/leaderboard/_board.html" if request.htmx else "web/leaderboard/page.html"  # type: ignore[attr-defined]
    response = render(request, template, context)
    # The page and its fragment share an address: caches and the Back button must not mix them up.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _chosen(request: HttpRequest, challenges: list[Challenge]) -> Challenge | None:
    slug = request.GET.get("challenge", "")
    if not slug:
        return None
    for challenge in challenges:
        if challenge.slug == slug:
            return challenge
    raise Http404(f"There is no challenge “{slug[:80]}” on this board.")


def _chosen_category(request: HttpRequest, categories: list[Category]) -> Category | None:
    slug = request.GET.get("category", "")
    if not slug:
        return None
    for category in categories:
        if category.slug == slug:
            return category
    raise Http404(f"There is no category “{slug[:80]}” on this board.")
