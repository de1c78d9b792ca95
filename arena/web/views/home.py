"""The front door, and the small pages around it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from arena.battles.issuing import WINDOW
from arena.battles.models import STANDING, Vote
from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.generation.models import Candidate, Slot
from arena.generation.slots import measure_progress
from arena.ratings.boards import FEW_BATTLES, PRELIMINARY_BELOW, read_board, shown_population
from arena.ratings.datasets import Scope
from arena.web.showing import SET_SIZE
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
    published = read_board(Scope(population, Discipline.TEXT_TO_IMAGE))
    rows, _ = lay_out(published)
    votes = Vote.objects.filter(STANDING, battle__population=population)
    context = {
        "leaders": rows[:LEADERS],
        "leaders_discipline_label": Discipline.TEXT_TO_IMAGE.label,
        **_progress(),
        "challenges": challenge_cards(most=CHALLENGES),
        "totals": {
            "votes": votes.count(),
            "voters": votes.values("voter").distinct().count(),
            "models": ImageModel.objects.filter(population=population).count(),
            "pictures": Candidate.objects.filter(
                status=Candidate.Status.IN_PLAY, slot__model__population=population
            ).count(),
        },
    }
    return render(request, "web/home/page.html", context)


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    return render(request, "web/challenges/_progress.html", _progress())


def _progress() -> dict[str, Any]:
    slots = Slot.objects.filter(
        prompt__challenge__status=Challenge.Status.OPEN, prompt__is_current=True
    )
    return {"progress": measure_progress(slots), "poll_url": reverse("web:progress")}


@require_safe
def how(request: HttpRequest) -> HttpResponse:
    constants = {
        "battle_minutes": int(settings.BATTLE_LIFETIME.total_seconds() // 60),
        "preliminary_below": PRELIMINARY_BELOW,
        "few_battles": FEW_BATTLES,
        "set_size": SET_SIZE,
        "window": WINDOW,
    }
    return render(request, "web/how/page.html", {"constants": constants})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    return HttpResponse(ROBOTS, content_type="text/plain")
