"""The front door, and the small pages around it."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from arena.battles.models import STANDING, Vote
from arena.battles.pool import Scope as Everything
from arena.battles.pool import candidates_in_play
from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.generation.models import Slot
from arena.generation.slots import measure_progress
from arena.ratings.boards import read_board, shown_population
from arena.ratings.datasets import Scope
from arena.web.tables import lay_out

from .challenges import challenge_cards

LEADERS = 5
CHALLENGES = 8
ROBOTS = """User-agent: *
Disallow: /vote/
Disallow: /battles/
Disallow: /staff/
"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    population = shown_population()
    votes = Vote.objects.filter(STANDING, battle__population=population)
    context = {
        "boards": [
            board for discipline in Discipline if (board := _leaders(population, discipline))
        ],
        **_progress(),
        "challenges": challenge_cards(most=CHALLENGES),
        "totals": {
            "votes": votes.count(),
            "voters": votes.values("voter").distinct().count(),
            "models": ImageModel.objects.filter(population=population).count(),
            "pictures": candidates_in_play(Everything(), population=population).count(),
        },
    }
    return render(request, "web/home/page.html", context)


def _leaders(population: str, discipline: Discipline) -> dict[str, Any] | None:
    """Describe the head of a discipline's board; None while it is empty."""
    published = read_board(Scope(population, discipline))
    if not published.rows:
        return None
    rows, ticks = lay_out(replace(published, rows=published.rows[:LEADERS]))
    return {
        "label": discipline.label,
        "url": reverse("web:board", args=[discipline]),
        "leaders": rows,
        "ticks": ticks,
        "models": len(published.rows),
        "votes": published.votes,
        "as_of": published.as_of,
    }


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    return render(request, "web/challenges/_progress.html", _progress())


def _progress() -> dict[str, Any]:
    slots = Slot.objects.filter(
        prompt__challenge__status=Challenge.Status.OPEN, prompt__is_current=True
    )
    return {"progress": measure_progress(slots), "poll_url": reverse("web:progress")}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("web:sitemap"))
    return HttpResponse(f"{ROBOTS}\nSitemap: {sitemap}\n", content_type="text/plain")
