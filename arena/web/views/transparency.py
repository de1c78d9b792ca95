"""What is done with verdicts, in numbers: how many do not count and why, how people vote, the caps."""

from typing import Any

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from arena.battles.caps import (
    COUNTED_PER_DAY,
    NEW_VOTERS_PER_HOUR,
    SHORTEST_LOOK,
    TAKEN_BACK_PER_HOUR,
)
from arena.battles.models import STANDING, Battle, Undo, Verdict, Vote
from arena.battles.networks import PREFIX
from arena.battles.undo import UNDO_FOR
from arena.battles.verdicts import REASONS
from arena.catalog.models import Population
from arena.ratings.examination import share_not_counted


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    constants = {
        "counted_per_day": COUNTED_PER_DAY,
        "taken_back_per_hour": TAKEN_BACK_PER_HOUR,
        "new_voters_per_hour": NEW_VOTERS_PER_HOUR,
        "shortest_look_ms": round(1000 * SHORTEST_LOOK.total_seconds()),
        "undo_seconds": round(UNDO_FOR.total_seconds()),
        "battle_minutes": round(settings.BATTLE_LIFETIME.total_seconds() / 60),
        "ipv4_prefix": PREFIX[4],
        "ipv6_prefix": PREFIX[6],
    }
    populations = [_count(Population(population)) for population in Population.values]
    return render(
        request,
        "web/transparency/page.html",
        {"constants": constants, "populations": populations},
    )


def _count(population: Population) -> dict[str, Any]:
    """Count one population's verdicts; shares are percentages, None without any verdict."""
    reasons = dict(share_not_counted(population=population))
    total = sum(reasons.values())
    counted = reasons.get("", 0)
    standing = Vote.objects.filter(STANDING, battle__population=population)
    said = dict(standing.order_by().values_list("verdict").annotate(n=Count("pk")))
    stands = sum(said.values())
    return {
        "label": population.label,
        "verdicts": total,
        "counted": counted,
        "not_counted": total - counted,
        "not_counted_percent": _percent(total - counted, total),
        "reasons": [
            {
                "code": code,
                "sentence": reason.sentence,
                "n": reasons.get(code, 0),
                "percent": _percent(reasons.get(code, 0), total),
            }
            for code, reason in REASONS.items()
        ],
        "shares": [
            {
                "label": verdict.label,
                "n": said.get(verdict.value, 0),
                "percent": _percent(said.get(verdict.value, 0), stands),
            }
            for verdict in Verdict
        ],
        "skips": Battle.objects.filter(population=population, skipped_at__isnull=False).count(),
        "undos": Undo.objects.filter(vote__battle__population=population).count(),
    }


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
