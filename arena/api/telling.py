"""Rows in the words of the API: what several answers say alike."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from arena.catalog.models import ImageModel
from arena.challenges.models import Category, Challenge, Prompt
from arena.ratings.boards import Row
from arena.ratings.records import Record
from arena.ratings.standings import Standing

from . import shapes

FIGURES = tuple(shapes.Rated.model_fields)
COUNTS = ("battles", "wins", "losses", "ties", "both_bad")


def address(request: HttpRequest, name: str, *args: Any) -> str:
    """Return the whole address of one of our answers."""
    return request.build_absolute_uri(reverse(f"api:{name}", args=args))


def tell_model(request: HttpRequest, model: ImageModel) -> dict[str, Any]:
    """Name a model (with its lab at hand)."""
    return {
        "slug": model.slug,
        "name": model.name,
        "lab": model.lab.name,
        "population": model.population,
        "url": address(request, "model", model.slug),
    }


def tell_figures(row: Row | Standing) -> dict[str, Any]:
    """Tell a model's figures on a board."""
    return {name: getattr(row, name) for name in FIGURES}


def tell_row(request: HttpRequest, row: Row) -> dict[str, Any]:
    """Tell a board's row."""
    return {**tell_figures(row), "model": tell_model(request, row.model)}


def tell_standing(standing: Standing) -> dict[str, Any]:
    """Tell a model's place on one board."""
    return {
        **tell_figures(standing),
        "discipline": standing.discipline,
        "category": _name(standing.category_slug, standing.category),
        "challenge": _name(standing.challenge_slug, standing.challenge),
        "of": standing.rated,
        "as_of": standing.as_of,
    }


def tell_category(category: Category | None) -> dict[str, str] | None:
    """Name a category."""
    return _name(category.slug, category.name) if category else None


def tell_challenge(challenge: Challenge | None) -> dict[str, str] | None:
    """Name a challenge."""
    return _name(challenge.slug, challenge.title) if challenge else None


def tell_prompt(prompt: Prompt) -> dict[str, Any]:
    """Tell a prompt as it is asked."""
    return {
        "position": prompt.position,
        "version": prompt.version,
        "text": prompt.text,
        "purpose": prompt.purpose,
    }


def tell_record(record: Record) -> dict[str, Any]:
    """Tell how one model fared against another."""
    lower, upper = record.bounds
    counts = {name: getattr(record, name) for name in COUNTS}
    return {**counts, "win_rate": record.win_rate, "lower": lower, "upper": upper}


def _name(slug: str, name: str) -> dict[str, str] | None:
    return {"slug": slug, "name": name} if slug else None
