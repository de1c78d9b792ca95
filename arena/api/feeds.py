"""Atom feeds: what is new in the arena."""

from datetime import UTC, datetime

from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge, Prompt

MOST = 30
PUBLIC = [status for status in Challenge.Status if status != Challenge.Status.DRAFT]
MAX_AGE = "public, max-age=300"
# An Atom feed needs a date even before its first entry.
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Feed(Atom1Feed):
    """Entries' descriptions are HTML to whoever reads them, so plain words are escaped.

    An empty feed is as old as its site, not as new as the question: answers stay the same, and so do ETags.
    """

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=NEVER)


def challenges(request: HttpRequest) -> HttpResponse:
    """Challenges, newest first, by the day they were opened."""
    found = Challenge.objects.exclude(status=Challenge.Status.DRAFT).exclude(opened_at=None)
    feed = _feed(request, gettext("Paragone: new challenges"), "web:challenges")
    for challenge in found.order_by("-opened_at", "pk")[:MOST]:
        if challenge.opened_at is None:
            continue
        link = request.build_absolute_uri(reverse("web:challenge", args=[challenge.slug]))
        feed.add_item(
            title=challenge.title,
            link=link,
            description=escape(challenge.what_to_judge),
            unique_id=link,
            pubdate=challenge.opened_at,
            updateddate=challenge.closed_at or challenge.opened_at,
            categories=[challenge.get_discipline_display(), challenge.get_status_display()],
        )
    return _answer(feed)


def models(request: HttpRequest) -> HttpResponse:
    """Models, newest first, by the day of their first picture of a challenge that is no draft."""
    ours = Q(
        slots__prompt__purpose=Prompt.Purpose.BATTLE,
        slots__prompt__challenge__status__in=PUBLIC,
    )
    entered = Min("slots__candidate__created_at", filter=ours)
    found = ImageModel.objects.annotate(entered=entered).exclude(entered=None)
    feed = _feed(request, gettext("Paragone: new models"), "web:models")
    for model in found.select_related("lab").order_by("-entered", "pk")[:MOST]:
        link = request.build_absolute_uri(reverse("web:model", args=[model.slug]))
        feed.add_item(
            title=gettext("%(model)s by %(lab)s") % {"model": model.name, "lab": model.lab.name},
            link=link,
            description=escape(model.description),
            unique_id=link,
            pubdate=model.entered,
            updateddate=model.entered,
            categories=[model.get_population_display()],
        )
    return _answer(feed)


def _feed(request: HttpRequest, title: str, page: str) -> Feed:
    return Feed(
        title=title,
        link=request.build_absolute_uri(reverse(page)),
        description="",
        feed_url=request.build_absolute_uri(request.path),
        language="en",
    )


def _answer(feed: Feed) -> HttpResponse:
    return HttpResponse(
        feed.writeString("utf-8"),
        content_type=feed.content_type,
        headers={"Cache-Control": MAX_AGE},
    )
