"""What is done with verdicts, in numbers: how many do not count and why, how people vote, the caps."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.battles.models import STANDING, Battle, Undo, Verdict, Vote
from arena.battles.verdicts import REASONS
from arena.catalog.models import Population
from arena.ratings.examination import FEWEST_VOTES, share_not_counted
from arena.web.constants import read_rules
from arena.web.sampling import list_retired, show_sampling


@require_safe
@gzip_page
def transparency(request: HttpRequest) -> HttpResponse:
    populations = [_count(Population(population)) for population in Population.values]
    return render(
        request,
        "web/transparency/page.html",
        {"constants": read_rules(), "populations": populations, "fewest_votes": FEWEST_VOTES},
    )


def _count(population: Population) -> dict[str, Any]:
    """Count one population's verdicts, people's and simulated ones apart; shares are percentages."""
    voters = [
        _count_voters(label, population=population, simulated=simulated)
        for label, simulated in (("People", False), ("Simulated voters", True))
    ]
    voters = [kind for kind in voters if kind["verdicts"]]
    standing = Vote.objects.filter(STANDING, battle__population=population)
    said = dict(standing.order_by().values_list("verdict").annotate(n=Count("pk")))
    stands = sum(said.values())
    undos = Undo.objects.filter(vote__battle__population=population)
    return {
        "label": population.label,
        "voters": voters,
        "reasons": [
            {
                "code": code,
                "sentence": reason.sentence,
                "cells": [kind["reasons"][code] for kind in voters],
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
        "sampling": show_sampling(population=population),
        "retired": list_retired(population=population),
        "undos": undos.filter(decision=None).count(),
        "voided": undos.exclude(decision=None).count(),
    }


def _count_voters(label: str, *, population: Population, simulated: bool) -> dict[str, Any]:
    found = dict(share_not_counted(population=population, simulated=simulated))
    total = sum(found.values())
    not_counted = total - found.get("", 0)
    return {
        "label": label,
        "verdicts": total,
        "not_counted": not_counted,
        "not_counted_percent": _percent(not_counted, total),
        "reasons": {
            code: {"n": found.get(code, 0), "percent": _percent(found.get(code, 0), total)}
            for code in REASONS
        },
    }


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
