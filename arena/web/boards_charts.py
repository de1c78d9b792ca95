"""What stands under a leaderboard: plots, recommendations, rivalries. Each says what is missing where data is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from arena.catalog.models import ImageModel
from arena.ratings.models import Diagnosis
from arena.ratings.snapshots import Kept
from arena.scoring.elo import ANCHOR

from .boards_rows import Line
from .plots.lines import Lines, Moment, Series, draw_lines
from .plots.scatter import Scatter, Spot, draw_scatter
from .tables import matchup_address

HISTORY_MOST = 5
RIVALRIES_MOST = 5
# A plot of one dot compares nothing.
FEWEST_DOTS = 2


@dataclass(frozen=True)
class Plot:
    """A scatter plot, or None with fewer than two dots, and the names of models that lack a figure for it."""

    chart: Scatter | None
    missing: tuple[str, ...]


def plot_price(lines: list[Line]) -> Plot:
    """Draw rating against dollars a picture, with the Pareto front."""
    return _plot([(line, line.facts.price, line.facts.dollars) for line in lines])


def plot_speed(lines: list[Line]) -> Plot:
    """Draw rating against the median of seconds a picture takes, with the Pareto front."""
    return _plot(
        [
            (line, seconds, "" if seconds is None else gettext("%(n).1f s") % {"n": seconds})
            for line in lines
            for seconds in (line.facts.seconds,)
        ]
    )


def _plot(found: list[tuple[Line, Any, str]]) -> Plot:
    spots = [
        Spot(
            key=line.row.slug,
            name=line.row.name,
            x=float(value),
            said=said,
            y=line.row.rating,
            low=line.row.lower,
            high=line.row.upper,
            is_faint=line.row.preliminary,
        )
        for line, value, said in found
        if value is not None
    ]
    missing = tuple(line.row.name for line, value, _ in found if value is None)
    return Plot(draw_scatter(spots) if len(spots) >= FEWEST_DOTS else None, missing)


def draw_history(
    lines: list[Line], *, trend: list[Kept], ids: dict[str, int], today: date
) -> Lines | None:
    """Draw the ratings of the first HISTORY_MOST lines over the days of a trend and today.

    `ids` maps slugs to model ids. None where no earlier day is kept.
    """
    earlier = [kept for kept in trend if kept.day < today]
    if not earlier:
        return None
    series = []
    for line in lines[:HISTORY_MOST]:
        model = ids[line.row.slug]
        moments = [
            _moment(kept.day, *kept.ratings[model]) for kept in earlier if model in kept.ratings
        ]
        moments.append(_moment(today, line.row.rating, line.row.half_width))
        series.append(Series(line.row.slug, line.row.name, tuple(moments)))
    return draw_lines(series) if series else None


def _moment(day: date, rating: float, half_width: float) -> Moment:
    return Moment(day, rating, rating - half_width, rating + half_width)


def find_best_value(lines: list[Line]) -> Line | None:
    """Return the cheapest model that may be the best: whose rank range begins at 1; None without prices."""
    able = [
        line
        for line in lines
        if line.row.rank_low == 1 and not line.row.preliminary and line.facts.price is not None
    ]
    return min(able, key=lambda line: (line.facts.price, line.row.rank), default=None)


def find_fastest_good(lines: list[Line]) -> Line | None:
    """Return the fastest model whose whole interval lies above the field's mean; None without times."""
    able = [
        line
        for line in lines
        if line.row.lower > ANCHOR and not line.row.preliminary and line.facts.seconds is not None
    ]
    return min(able, key=lambda line: (line.facts.seconds, line.row.rank), default=None)


@dataclass(frozen=True)
class Rivalry:
    """Two neighbours of a board: Elo points between them, how likely the upper one is the better, votes needed.

    `chance` is a percentage; `votes_needed` is None where the two are equal as far as the votes say.
    """

    upper: ImageModel
    lower: ImageModel
    gap: float
    chance: float
    votes_needed: int | None
    url: str


def list_rivalries(diagnosis: Diagnosis | None) -> list[Rivalry]:
    """List the closest neighbours of a discipline's last examination that votes do not separate yet."""
    if diagnosis is None:
        return []
    report = diagnosis.report
    gaps = [gap for gap in report["neighbours"] if gap["votes_needed"] != 0]
    gaps.sort(key=lambda gap: gap["chance"])
    gaps = gaps[:RIVALRIES_MOST]
    wanted = {report["models"][gap[side]] for gap in gaps for side in ("upper", "lower")}
    models = ImageModel.objects.in_bulk(wanted) if wanted else {}
    return [
        Rivalry(
            upper=upper,
            lower=lower,
            gap=gap["gap"],
            chance=100 * gap["chance"],
            votes_needed=gap["votes_needed"],
            url=matchup_address(upper.slug, lower.slug),
        )
        for gap in gaps
        if (upper := models.get(report["models"][gap["upper"]]))
        and (lower := models.get(report["models"][gap["lower"]]))
    ]
