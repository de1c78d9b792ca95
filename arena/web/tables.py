"""Published boards as the rows and cells that templates draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from arena.ratings.boards import FEW_BATTLES, ModelMatchups, PublishedBoard, Row

from .plots.forest import Forest, forest_scale, place_interval
from .plots.heat import heat_level
from .plots.scales import Scale, Tick

HEATMAP_MOST = 20


@dataclass(frozen=True)
class BoardRow:
    """One row of a board; ranks, ratings and counts as published, the interval placed on the track."""

    rank: int
    rank_low: int
    rank_high: int
    name: str
    slug: str
    lab: str
    is_demo: bool
    rating: float
    half_width: float
    lower: float
    upper: float
    battles: int
    win_percent: float
    wins: int
    losses: int
    ties: int
    both_bad: int
    preliminary: bool
    regularised: bool
    forest: Forest


@dataclass(frozen=True)
class Cell:
    empty: bool
    percent: int | None
    n: int
    few: bool
    level: int
    label: str
    url: str = ""


@dataclass(frozen=True)
class HeatmapRow:
    name: str
    slug: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Heatmap:
    """Head-to-head win rates, row against column; cells of fewer than `few` battles are marked."""

    models: tuple[dict[str, str], ...]
    rows: tuple[HeatmapRow, ...]
    few: int


def lay_out(board: PublishedBoard) -> tuple[list[BoardRow], tuple[Tick, ...]]:
    """Place a board's rows on one common axis; return the rows and the axis' ticks."""
    scale = forest_scale(
        lowers=[row.lower for row in board.rows], uppers=[row.upper for row in board.rows]
    )
    return [_lay_out_row(row, scale=scale) for row in board.rows], scale.ticks if board.rows else ()


def _lay_out_row(row: Row, *, scale: Scale) -> BoardRow:
    return BoardRow(
        rank=row.rank,
        rank_low=row.rank_low,
        rank_high=row.rank_high,
        name=row.model.name,
        slug=row.model.slug,
        lab=row.model.lab.name,
        is_demo=row.model.is_demo,
        rating=row.rating,
        half_width=row.half_width,
        lower=row.lower,
        upper=row.upper,
        battles=row.battles,
        win_percent=100 * row.win_rate,
        wins=row.wins,
        losses=row.losses,
        ties=row.ties,
        both_bad=row.both_bad,
        preliminary=row.preliminary,
        regularised=row.regularised,
        forest=place_interval(scale, lower=row.lower, rating=row.rating, upper=row.upper),
    )


def draw_heatmap(matchups: ModelMatchups, *, order: Sequence[Row]) -> Heatmap | None:
    """Draw head-to-head win rates of the first HEATMAP_MOST models of a board, row against column."""
    index = {model.pk: position for position, model in enumerate(matchups.models)}
    shown = [row.model for row in order if row.model.pk in index][:HEATMAP_MOST]
    if len(shown) < 2:
        return None
    rows = tuple(
        HeatmapRow(
            model.name,
            model.slug,
            tuple(
                _cell(
                    matchups,
                    index[model.pk],
                    index[other.pk],
                    f"{model.name} against {other.name}",
                    matchup_address(model.slug, other.slug),
                )
                for other in shown
            ),
        )
        for model in shown
    )
    models = tuple({"name": model.name, "slug": model.slug} for model in shown)
    return Heatmap(models, rows, few=FEW_BATTLES)


def matchup_address(first: str, second: str) -> str:
    """Return the address of the page of two models (slugs), in the order that pages have."""
    return reverse("web:matchup", args=sorted((first, second)))


def board_address(discipline: str, *, population: str, category: str = "") -> str:
    """Return the address of a population's board: without it a board is of whom most people look for."""
    query = {"category": category} if category else {}
    return reverse("web:board", args=[discipline], query={**query, "population": population})


def _cell(matchups: ModelMatchups, row: int, column: int, who: str, url: str) -> Cell:
    n = int(matchups.records.battles[row, column])
    if row == column or not n:
        label = "" if row == column else f"{who}: no battle yet"
        return Cell(empty=True, percent=None, n=n, few=False, level=0, label=label)
    percent = float(matchups.records.win_rate[row, column]) * 100
    return Cell(
        empty=False,
        percent=round(percent),
        n=n,
        few=n < FEW_BATTLES,
        level=heat_level(percent),
        label=f"{who}: {percent:.0f} % of {n} {'battle' if n == 1 else 'battles'}",
        url=url,
    )
