"""Addresses of version 1 and the feeds, all behind one door."""

from collections.abc import Iterable

from django.urls import URLPattern, URLResolver, include, path

from . import describe, feeds
from .door import open_to_all
from .v1 import api


def _open(patterns: Iterable[URLPattern | URLResolver]) -> list[URLPattern]:
    """Put the door before ninja's addresses, without its root: our page is there."""
    return [
        URLPattern(found.pattern, open_to_all(found.callback), found.default_args, found.name)
        for found in patterns
        if isinstance(found, URLPattern) and found.name != "api-root"
    ]


version_1 = [
    path("", open_to_all(describe.about), name="about"),
    path("openapi.json", open_to_all(describe.openapi), name="openapi"),
    *_open(api.urls[0]),
    path("<path:rest>", open_to_all(describe.unknown)),
]

app_name = "api"
urlpatterns = [
    path("api/v1/", include(version_1)),
    path("feeds/models.atom", open_to_all(feeds.models), name="feed_models"),
    path("feeds/challenges.atom", open_to_all(feeds.challenges), name="feed_challenges"),
]
