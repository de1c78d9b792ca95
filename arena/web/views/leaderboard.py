"""Boards: per population, discipline, one category of it, or one challenge."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Category, Challenge
from arena.generation.performance import DAYS, FEWEST_CALLS
from arena.ratings.boards import PublishedBoard, list_populations, read_board, read_matchups
from arena.ratings.datasets import Scope
from arena.ratings.examination import FEWEST_VOTES
from arena.ratings.models import Diagnosis
from arena.ratings.snapshots import TREND, Kept, read_trend
from arena.scoring.elo import ANCHOR
from arena.web import boards_charts
from arena.web.boards_filters import (
    MOST_ROWS,
    Asked,
    BadFilter,
    choose_lines,
    list_columns,
    read_filters,
)
from arena.web.boards_rows import Line, join_facts, read_means
from arena.web.constants import print_value
from arena.web.errors import show_problem
from arena.web.structured import describe_votes, write_graph
from arena.web.tables import HEATMAP_MOST, draw_heatmap, lay_out


@require_safe
def leaderboard(request: HttpRequest) -> HttpResponse:
    return redirect("web:board", discipline=Discipline.TEXT_TO_IMAGE.value)


# Nothing on this page is secret or personal, so compressing it tells nobody anything.
@gzip_page
@require_safe
def board(request: HttpRequest, discipline: str) -> HttpResponse:
    if discipline not in Discipline.values:
        raise Http404(
            f"There is no discipline “{discipline}”; there are {', '.join(Discipline.values)}."
        )
    try:
        asked = read_filters(request.GET)
    except BadFilter as bad:
        title = _("This board cannot be shown like that")
        return show_problem(request, status=400, title=title, text=str(bad))
    htmx = request.htmx  # type: ignore[attr-defined]
    part = "_charts.html" if asked.charts else "_board.html"
    template = f"web/leaderboard/{part if htmx else 'page.html'}"
    context = _describe(discipline, asked)
    if not htmx:
        context["structured"] = write_graph(
            describe_votes(
                discipline,
                population=context["population"],
                origin=request.build_absolute_uri("/").rstrip("/"),
            )
        )
    response = render(request, template, context)
    # The page and its fragment share an address: caches and the Back button must not mix them up.
    patch_vary_headers(response, ["HX-Request"])
    return response


def _describe(discipline: str, asked: Asked) -> dict[str, Any]:
    here = reverse("web:board", args=[discipline])
    populations = list_populations(discipline=discipline)
    population = _choose_population(asked, populations)
    challenges = list(
        Challenge.objects.filter(discipline=discipline).exclude(status=Challenge.Status.DRAFT)
    )
    categories = list(Category.objects.filter(challenges__in=challenges).distinct())
    challenge = _find(challenges, asked.challenge, what="challenge")
    category = _find(categories, asked.category, what="category")
    scope = Scope(
        population,
        discipline,
        challenge.pk if challenge else None,
        category.pk if category else None,
    )
    published = read_board(scope)
    data_url = (
        f"/api/v1/leaderboards/{discipline}"
        + Asked(population, category=asked.category, challenge=asked.challenge).query()
    )
    return {
        "discipline": discipline,
        "discipline_label": Discipline(discipline).label,
        "disciplines": [
            {
                "label": d.label,
                "url": reverse("web:board", args=[d.value])
                + Asked(population=asked.population).query(),
                "current": d.value == discipline,
            }
            for d in Discipline
        ],
        "populations": [
            {
                "label": Population(found).label,
                "url": f"{here}{asked.query(population=found, lab='')}",
                "current": found == population,
            }
            for found in populations
        ],
        "challenge": challenge,
        "category": category,
        "categories": _choices(categories, category, asked=asked, here=here, by="category"),
        "challenges": _choices(challenges, challenge, asked=asked, here=here, by="challenge"),
        "population": population,
        "as_of": published.as_of,
        "votes": published.votes,
        "voters": published.voters,
        "clustered": published.clustered,
        "data_url": data_url,
        **_describe_lines(published, asked=asked, here=here),
        "unrated": _unrated(published),
    }


def _describe_lines(published: PublishedBoard, *, asked: Asked, here: str) -> dict[str, Any]:
    """The table, and what is drawn of it: all of the shown lines alone; ranks are the full board's."""
    scope = published.scope
    rows, ticks = lay_out(published)
    means = read_means(population=scope.population, discipline=scope.discipline)
    trend = read_trend(scope)
    lines = join_facts(rows, board=published, means=means, trend=trend)
    labs = sorted({(row.model.lab.name, row.model.lab.slug) for row in published.rows})
    if asked.lab and asked.lab not in {slug for _name, slug in labs}:
        raise Http404(f"There is no lab “{asked.lab[:80]}” on this board.")
    shown = choose_lines(lines, asked)
    most = len(shown) if asked.all else MOST_ROWS
    is_deferred = len(shown) > most and not asked.charts
    return {
        "asked": asked,
        "here": here,
        "plain_url": f"{here}{asked.query(lab='', open=False, max_price=None)}",
        "labs": labs,
        "columns": list_columns(asked, here=here),
        "rows": rows,
        "lines": shown[:most],
        "more": max(0, len(shown) - most),
        "all_url": f"{here}{asked.query(all=True)}",
        "hidden": len(lines) - len(shown),
        "priceless": sum(line.facts.price is None for line in lines),
        "ticks": ticks,
        "grid": render_to_string("web/plots/grid.html", {"ticks": ticks}),
        "performance_days": DAYS,
        "fewest_calls": FEWEST_CALLS,
        "fewest_votes": FEWEST_VOTES,
        "charts_url": f"{here}{asked.query(charts=True)}" if is_deferred else "",
        **({} if is_deferred else _describe_charts(published, shown=shown, trend=trend)),
    }


def _describe_charts(
    published: PublishedBoard, *, shown: Sequence[Line], trend: list[Kept]
) -> dict[str, Any]:
    """What is drawn of the shown lines alone, in the order of their ranks."""
    by_rank = sorted(shown, key=lambda line: line.row.rank)
    ids = {row.model.slug: row.model.pk for row in published.rows}
    today = timezone.now().date()
    return {
        "heatmap": _heatmap(published, by_rank),
        "heatmap_most": HEATMAP_MOST,
        "by_price": boards_charts.plot_price(by_rank),
        "by_speed": boards_charts.plot_speed(by_rank),
        "history": boards_charts.draw_history(by_rank, trend=trend, ids=ids, today=today),
        "history_most": boards_charts.HISTORY_MOST,
        "trend_days": TREND.days,
        "best_value": boards_charts.find_best_value(by_rank),
        "anchor": print_value(ANCHOR),
        "fastest_good": boards_charts.find_fastest_good(by_rank),
        **_rivalries(published.scope),
    }


def _heatmap(published: PublishedBoard, by_rank: Sequence[Line]) -> Any:
    wanted = {line.row.slug for line in by_rank[:HEATMAP_MOST]}
    top = [row for row in published.rows if row.model.slug in wanted]
    return draw_heatmap(read_matchups(published.scope, among=[row.model for row in top]), order=top)


def _rivalries(scope: Scope) -> dict[str, Any]:
    diagnosis = Diagnosis.objects.filter(
        population=scope.population, discipline=scope.discipline
    ).first()
    return {
        "rivalries": boards_charts.list_rivalries(diagnosis),
        "examined_at": diagnosis.made_at if diagnosis else None,
    }


def _unrated(published: PublishedBoard) -> list[ImageModel]:
    waiting = ImageModel.objects.filter(
        population=published.scope.population,
        disciplines__contains=[published.scope.discipline],
    )
    rated = [row.model.pk for row in published.rows]
    return list(waiting.exclude(pk__in=rated).select_related("lab"))


def _choose_population(asked: Asked, populations: list[str]) -> str:
    """The population asked for; else real models once they have counted votes, else the demo (I8)."""
    if asked.population and asked.population not in Population.values:
        known = ", ".join(Population.values)
        raise Http404(f"There is no population “{asked.population[:80]}”; there are {known}.")
    return asked.population or (populations[0] if populations else Population.DEMO)


def _find(found: Sequence[Any], slug: str, *, what: str) -> Any:
    if not slug:
        return None
    for one in found:
        if one.slug == slug:
            return one
    raise Http404(f"There is no {what} “{slug[:80]}” on this board.")


def _choices(
    found: Sequence[Any], chosen: Any, *, asked: Asked, here: str, by: str
) -> list[dict[str, Any]]:
    """Links of a menu that keep the other filters; everything first."""
    words = {"category": _("All categories"), "challenge": _("All challenges")}
    clear = {"category": "", "challenge": "", "lab": ""}
    return [
        {"label": words[by], "url": f"{here}{asked.query(**clear)}", "current": chosen is None},
        *(
            {
                "label": str(one),
                "url": f"{here}{asked.query(**{**clear, by: one.slug})}",
                "current": one == chosen,
            }
            for one in found
        ),
    ]
