"""Boards: the list of what is published, and one board with its rows."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import Path, Query, Router

from arena.challenges.models import Category, Challenge
from arena.ratings.boards import read_board, shown_population
from arena.ratings.datasets import Scope
from arena.ratings.models import RatingRun

from .paging import cut, read_only_known
from .problems import Problem, missing
from .shapes import (
    BoardEntry,
    BoardList,
    DisciplineName,
    Leaderboard,
    Page,
    PopulationName,
    Slug,
)
from .telling import tell_category, tell_challenge, tell_row

router = Router(tags=["Leaderboards"])


class BoardsOf(Page):
    population: PopulationName | None = None
    discipline: DisciplineName | None = None


class BoardPart(Page):
    population: PopulationName | None = None
    category: Slug | None = None
    challenge: Slug | None = None


@router.get("/leaderboards", response=BoardList, url_name="leaderboards")
@read_only_known
def list_leaderboards(request: HttpRequest, filters: Query[BoardsOf]) -> BoardList:
    """Every published board.

    One for each discipline, category and challenge, by population: `real` models, and the `demo` studios
    where people and simulated voters vote. The two never mix.
    """
    runs = RatingRun.objects.exclude(challenge__status=Challenge.Status.DRAFT).select_related(
        "category", "challenge"
    )
    if filters.population:
        runs = runs.filter(population=filters.population)
    if filters.discipline:
        runs = runs.filter(discipline=filters.discipline)
    runs = runs.defer("arrays", "inflation").order_by(
        "-population", "-discipline", "category__slug", "challenge__slug", "pk"
    )
    rows, told = cut(request, runs, filters)
    return BoardList(items=[_entry(request, run) for run in rows], **told)


@router.get("/leaderboards/{discipline}", response=Leaderboard, url_name="leaderboard")
@read_only_known
def read_leaderboard(
    request: HttpRequest, discipline: Path[DisciplineName], filters: Query[BoardPart]
) -> Leaderboard:
    """One board, best first.

    Of the whole discipline, or of one `category` or one `challenge` of it. Without `population`: the one
    that the site shows (real models once they have counted votes in this discipline, the demo before).
    """
    if filters.category and filters.challenge:
        raise Problem(404, "There is no board of both: choose a category or a challenge.")
    category = _category(filters.category)
    challenge = _challenge(filters.challenge, discipline=discipline)
    population = filters.population or shown_population(discipline=discipline)
    board = read_board(
        Scope(
            population,
            discipline,
            challenge.pk if challenge else None,
            category.pk if category else None,
        )
    )
    rows, told = cut(request, board.rows, filters)
    values: dict[str, Any] = {
        "population": population,
        "discipline": discipline,
        "category": tell_category(category),
        "challenge": tell_challenge(challenge),
        "votes": board.votes,
        "voters": board.voters,
        "as_of": board.as_of,
        "clustered": board.clustered,
        "rows": [tell_row(request, row) for row in rows],
    }
    return Leaderboard(**values, **told)


def _category(slug: str | None) -> Category | None:
    if slug is None:
        return None
    category = Category.objects.filter(slug=slug).first()
    if category is None:
        raise missing("category", slug)
    return category


def _challenge(slug: str | None, *, discipline: str) -> Challenge | None:
    if slug is None:
        return None
    public = Challenge.objects.exclude(status=Challenge.Status.DRAFT)
    challenge = public.filter(slug=slug, discipline=discipline).first()
    if challenge is None:
        raise missing(f"challenge of {discipline}", slug)
    return challenge


def _entry(request: HttpRequest, run: RatingRun) -> BoardEntry:
    query = {"population": run.population}
    if run.category:
        query["category"] = run.category.slug
    if run.challenge:
        query["challenge"] = run.challenge.slug
    values: dict[str, Any] = {
        "population": run.population,
        "discipline": run.discipline,
        "category": tell_category(run.category),
        "challenge": tell_challenge(run.challenge),
        "votes": run.votes,
        "voters": run.voters,
        "as_of": run.published_at,
        "url": request.build_absolute_uri(
            reverse("api:leaderboard", args=[run.discipline], query=query)
        ),
    }
    return BoardEntry(**values)
