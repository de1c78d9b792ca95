"""How ratings are made, in plain words, with what the last examination of each board found."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.catalog.models import Discipline, ImageModel
from arena.ratings.boards import FEW_BATTLES, PRELIMINARY_BELOW, shown_population
from arena.ratings.examination import FEWEST_VOTES, REPLAYED_VOTES
from arena.ratings.models import Diagnosis
from arena.ratings.widths import READ_AT_ONCE
from arena.scoring.bradley_terry import ONE_TIE
from arena.scoring.clusters import FEWEST_CLUSTERS
from arena.scoring.elo import ANCHOR, POINTS_PER_LOG_ODDS
from arena.scoring.intervals import CONFIDENCE
from arena.scoring.matchups import Z_95
from arena.scoring.online_elo import K_FACTOR, POINTS_PER_TENFOLD_ODDS
from arena.scoring.pairing import EVEN_SHARE
from arena.scoring.shrinkage import ASSUMED_SPREAD
from arena.web.constants import list_constants, print_value
from arena.web.examinations import describe_examination


@require_safe
@gzip_page
def ranking(request: HttpRequest) -> HttpResponse:
    population = shown_population()
    constants = {
        "preliminary_below": PRELIMINARY_BELOW,
        "few_battles": FEW_BATTLES,
        "fewest_votes": FEWEST_VOTES,
        "fewest_clusters": FEWEST_CLUSTERS,
        "read_at_once": READ_AT_ONCE,
        "replayed_votes": REPLAYED_VOTES,
        "even_percent": round(100 * EVEN_SHARE),
        "k": K_FACTOR,
    }
    reports = [
        _show(diagnosis)
        for diagnosis in Diagnosis.objects.filter(population=population).order_by("-discipline")
    ]
    return render(
        request,
        "web/ranking/page.html",
        {
            "constants": constants,
            "all_constants": list_constants(),
            "formula": _formula(),
            "reports": reports,
            "population": population,
        },
    )


def _formula() -> dict[str, str]:
    """Return the numbers that stand inside formulas, as printed."""
    return {
        "anchor": print_value(ANCHOR),
        "points": f"{POINTS_PER_LOG_ODDS:.2f}",
        "tenfold": print_value(POINTS_PER_TENFOLD_ODDS),
        "z": f"{Z_95:.2f}",
        "confidence": print_value(100 * CONFIDENCE),
        "prior": print_value(ONE_TIE),
        "spread": print_value(ASSUMED_SPREAD),
    }


def _show(diagnosis: Diagnosis) -> dict[str, Any]:
    """Lay a report out by model, best first, with names in place of ids and indices."""
    report = diagnosis.report
    found = ImageModel.objects.in_bulk(report["models"])
    known = {pk: model.name for pk, model in found.items()}
    names = [known.get(pk, "?") for pk in report["models"]]
    reweighted = report["reweighted"] or {}
    columns = {
        "name": names,
        "rating": report["rating"],
        "plain": report["plain"],
        "by_voter": report["by_voter"],
        "by_challenge": report["by_challenge"],
        "online": report["online"]["rating"],
        "lowest": report["online"]["lowest"],
        "highest": report["online"]["highest"],
        "reweighted": reweighted.get("rating"),
        "both_bad": [
            None if share is None else round(100 * share, 1)
            for share in report["verdicts"]["both_bad_rate"]
        ],
    }
    rows = [
        {key: values[index] if values else None for key, values in columns.items()}
        for index in range(len(names))
    ]
    neighbours = [
        {
            **gap,
            "upper": names[gap["upper"]],
            "lower": names[gap["lower"]],
            "percent": round(100 * gap["chance"], 1),
        }
        for gap in report["neighbours"]
    ]
    return {
        **describe_examination(diagnosis, names=known),
        "discipline": Discipline(diagnosis.discipline).label,
        "rows": sorted(rows, key=lambda row: -row["rating"]),
        "neighbours": neighbours,
        **{key: report[key] for key in ("fit", "connectivity", "online", "voters", "challenges")},
    }
