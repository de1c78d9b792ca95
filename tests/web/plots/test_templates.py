"""What the templates of charts draw is what the geometry says, with the same figures in text."""

import re
from datetime import date

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from arena.web.plots.bars import Amount, draw_bars
from arena.web.plots.lines import Moment, Series, draw_lines
from arena.web.plots.scatter import Spot, draw_scatter


def words(html: str) -> str:
    return " ".join(strip_tags(html.replace("<", " <")).split())


def test_a_scatter_plot_says_its_figures_in_a_table() -> None:
    spots = [
        Spot("ray", "Ray <3", 0.02, "$0.02", 1100, 1080, 1120),
        Spot("press", "Press", 0, "free", 1000, 990, 1010, is_faint=True),
    ]
    html = render_to_string(
        "web/plots/scatter.html",
        {
            "chart": draw_scatter(spots),
            "title": "Price against quality",
            "x_title": "Price",
            "y_title": "Rating",
            "x_before": "$",
            "free": "free",
        },
    )
    assert html.count("<circle") == 2
    assert "Ray &lt;3" in html
    assert "style=" not in html
    assert 'aria-label="Price against quality"' in html
    assert "Ray &lt;3 $0.02 1100 1080 – 1120 yes" in words(html)
    assert "Press free 1000 990 – 1010 yes" in words(html)


def test_lines_say_their_figures_in_a_table() -> None:
    moments = tuple(Moment(date(2026, 1, day), 1000.0 + day, 990, 1020) for day in (1, 2, 3))
    html = render_to_string(
        "web/plots/lines.html",
        {
            "chart": draw_lines([Series("ray", "Ray", moments)]),
            "title": "History",
            "y_title": "Elo",
        },
    )
    assert "Ray 1001 (990 – 1020) 1002 (990 – 1020) 1003 (990 – 1020)" in words(html)
    assert len(re.findall(r"<path", html)) == 3  # line, band and the legend's sample


def test_bars_are_a_table_themselves() -> None:
    html = render_to_string(
        "web/plots/bars.html",
        {
            "chart": draw_bars([Amount("gemini", "gemini", 13_298.0, high=24_656.0)]),
            "title": "Generation time",
            "places": "0u",
            "unit": " ms",
            "whisker": "p95",
        },
    )
    assert "gemini 13,298 ms p95 24,656 ms" in words(html)
