"""Atom feeds: what is new, newest first."""

import html
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge
from tests.factories import create_arena, create_candidate, create_challenge, create_model

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, name: str) -> list[str]:
    answer = client.get(f"/feeds/{name}.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    assert feed.find(f"{ATOM}updated") is not None
    found = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    for address in found:
        assert client.get(address).status_code == 200
    return [address.rstrip("/").rpartition("/")[2] for address in found]


def test_challenges_come_newest_first_without_drafts(client):
    old, new, draft = create_arena(challenges=3)
    now = timezone.now()
    Challenge.objects.filter(pk=old.pk).update(opened_at=now - timedelta(days=3))
    Challenge.objects.filter(pk=new.pk).update(opened_at=now)
    Challenge.objects.filter(pk=draft.pk).update(opened_at=now, status="draft")
    assert entries(client, "challenges") == [new.slug, old.slug]


def test_models_come_with_their_first_picture(client):
    create_arena(models=2)
    create_model(name="Without a picture")
    drafted = create_model(name="Only in a draft")
    draft = create_challenge(status=Challenge.Status.DRAFT)
    create_candidate(challenge=draft, model=drafted)
    found = entries(client, "models")
    assert len(found) == 2
    told = client.get("/feeds/models.atom").content
    assert b"Without a picture" not in told
    assert b"Only in a draft" not in told
    for status in (Challenge.Status.OPEN, Challenge.Status.CLOSED):
        Challenge.objects.filter(pk=draft.pk).update(status=status)
        assert entries(client, "models") == [drafted.slug, *found]


def test_words_in_feeds_are_words_to_whoever_reads_them_as_html(client):
    [challenge] = create_arena()
    words = "<script>alert(1)</script> a < b & c"
    Challenge.objects.filter(pk=challenge.pk).update(what_to_judge=words)
    ImageModel.objects.update(description=words)
    for name in ("challenges", "models"):
        feed = ElementTree.fromstring(client.get(f"/feeds/{name}.atom").content)
        for summary in feed.iter(f"{ATOM}summary"):
            assert summary.get("type") == "html"
            assert "<" not in summary.text
            assert html.unescape(summary.text) == words


def test_an_empty_feed_is_a_feed_and_stays_the_same(client):
    assert entries(client, "models") == []
    first, second = (client.get("/feeds/models.atom")["ETag"] for _ in range(2))
    assert first == second
