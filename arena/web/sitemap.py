"""Every page that search engines shall know, with its last change where the rows tell it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max
from django.urls import reverse

from arena.catalog.models import Discipline, ImageModel
from arena.challenges.models import Challenge
from arena.ratings.models import RatingRun

PAGES = ("home", "models", "challenges", "gallery", "how", "ranking", "transparency")
# The format allows no more addresses in one file; an arena of so many models would need several.
MOST = 50_000


def list_addresses() -> list[tuple[str, datetime | None]]:
    """List the paths of all public pages with the time of their last change; three queries."""
    found = [*_pages(), *_boards(), *_models(), *_challenges()]
    return found[:MOST]


def _pages() -> Iterator[tuple[str, None]]:
    for name in PAGES:
        yield reverse(f"web:{name}"), None


def _boards() -> Iterator[tuple[str, datetime | None]]:
    runs = RatingRun.objects.filter(category=None, challenge=None).order_by()
    published = dict(runs.values_list("discipline").annotate(Max("published_at")))
    for discipline in Discipline.values:
        yield reverse("web:board", args=[discipline]), published.get(discipline)


def _models() -> Iterator[tuple[str, None]]:
    for slug in ImageModel.objects.order_by("slug").values_list("slug", flat=True):
        yield reverse("web:model", args=[slug]), None


def _challenges() -> Iterator[tuple[str, None]]:
    known = Challenge.objects.exclude(status=Challenge.Status.DRAFT).order_by("slug")
    for slug in known.values_list("slug", flat=True):
        yield reverse("web:challenge", args=[slug]), None
