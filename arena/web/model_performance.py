"""How fast and reliable a model's providers are, as the rows that the page draws."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from arena.catalog.models import Discipline, ImageModel, Population
from arena.generation.performance import OURS, Line, Ranking, measure_performance
from arena.providers.types import Outcome
from arena.web.plots.bars import Amount, draw_bars


def describe_performance(model: ImageModel) -> list[dict[str, Any]]:
    """Describe the rankings of a model's providers, one for each discipline."""
    return [_describe_ranking(ranking) for ranking in measure_performance(model=model)]


def _describe_ranking(ranking: Ranking) -> dict[str, Any]:
    return {
        "discipline": ranking.discipline,
        "discipline_label": Discipline(ranking.discipline).label,
        "is_demo": ranking.population == Population.DEMO,
        "fastest": ranking.fastest and _describe_line(ranking.fastest),
        "compared": len(ranking.ranked) > 1,
        "charts": _draw_charts(ranking.ranked),
        "ranked": [_describe_line(line) for line in ranking.ranked],
        "waiting": ranking.waiting,
    }


def _describe_line(line: Line) -> dict[str, Any]:
    low, high = line.success_bounds
    by_number = sorted(line.faults.items(), key=lambda fault: (-fault[1], fault[0]))
    return {
        "line": line,
        "success": 100 * line.success,
        "success_low": 100 * low,
        "success_high": 100 * high,
        "refused": 100 * line.refusal_rate,
        "declined": 100 * line.decline_rate,
        "empty": 100 * line.empty_rate,
        "failures": [
            {"name": name.replace("_", " "), "percent": 100 * n / line.calls}
            for name, n in by_number
            if name not in (*OURS, Outcome.EMPTY)
        ],
        "ours": [{"name": name.replace("_", " "), "n": n} for name, n in by_number if name in OURS],
    }


def _draw_charts(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Draw generation time, success rate and time to first byte; what was not measured is left out."""
    whole = [
        Amount(
            line.slug,
            line.slug,
            100 * line.success,
            low=100 * line.success_bounds[0],
            high=100 * line.success_bounds[1],
        )
        for line in lines
    ]
    taken = [
        Amount(line.slug, line.slug, line.p50_ms, high=line.p95_ms)
        for line in lines
        if line.p50_ms is not None
    ]
    first = [
        Amount(line.slug, line.slug, line.ttfb_ms) for line in lines if line.ttfb_ms is not None
    ]
    charts = (
        (gettext("Generation time"), " ms", "p95", taken, None),
        (gettext("Success rate"), " %", "95 %", whole, 100.0),
        (gettext("Time to first byte"), " ms", "", first, None),
    )
    return [
        {
            "title": title,
            "unit": unit,
            "places": "1u" if unit == " %" else "0u",
            "whisker": whisker,
            "bars": draw_bars(amounts, high=high),
        }
        for title, unit, whisker, amounts, high in charts
        if amounts
    ]
