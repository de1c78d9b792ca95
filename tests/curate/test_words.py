"""What curators say of a model at the desk: texts by section and claims about prices, with a way back."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import ImageModel, ModelText, PriceClaim
from arena.catalog.words import TEXT, set_text
from arena.challenges.models import HistoryLine
from tests.factories import create_model, create_offering

pytestmark = pytest.mark.django_db

WORDS = {
    "text": "Draws **letters** well.\r\n\r\n<script>alert(1)</script>",
    "sources": "Its own pictures\r\nhttps://example.com/paper",
    "written_on": "2026-03-01",
}
CLAIM = {"kind": "from", "through": "fal", "amount": "0.04", "words": "From 4 cents", "source": "A"}


def address(name: str, model: ImageModel, *args: str) -> str:
    return reverse(f"catalogue:{name}", args=[model.slug, *args])


def seen_in(page: Any, section: str) -> str:
    """What the page's form of a section says that its reader saw."""
    form = next(part["form"] for part in page.context["sections"] if part["section"] == section)
    return form["seen"].value()


def take_back(client: Any) -> str:
    line = HistoryLine.objects.first()
    assert line is not None
    page = client.post(reverse("desk:undo", args=[line.pk]), follow=True)
    return page.content.decode()


def test_a_text_is_written_changed_and_removed_each_with_a_way_back(client, curator):
    model = create_model(name="Foxglove")
    page, at = address("words", model), address("text", model, "strengths")
    assert client.get(page).content.count(b"Nobody has written this yet.") == 5
    assert client.post(at, WORDS).headers["Location"] == page + "#strengths"
    shown = client.get(page)
    assert b"<strong>letters</strong>" in shown.content
    assert b"<script>alert" not in shown.content
    assert (
        b"<strong>letters</strong>" in client.get(reverse("web:model", args=[model.slug])).content
    )
    seen = seen_in(shown, "strengths")
    client.post(at, {**WORDS, "seen": seen})
    assert HistoryLine.objects.count() == 1  # with CRLF the same words are the same text
    client.post(at, {**WORDS, "text": "Draws foxes.", "seen": seen})
    assert ModelText.objects.get().text == "Draws foxes."
    client.post(at, {"do": "remove", "seen": seen_in(client.get(page), "strengths")})
    assert not ModelText.objects.exists()
    for expected in ("Draws foxes.", WORDS["text"].replace("\r\n", "\n")):
        take_back_newest_standing(client)
        assert ModelText.objects.get().text == expected
    assert ModelText.objects.get().written_on.isoformat() == WORDS["written_on"]
    take_back_newest_standing(client)
    assert not ModelText.objects.exists()
    said = [line.said for line in HistoryLine.objects.order_by("pk")][:3]
    assert said == [
        f"image model \u201cFoxglove\u201d: {verb} its text \u201cStrengths\u201d."
        for verb in ("wrote", "changed", "removed")
    ]


def take_back_newest_standing(client: Any) -> None:
    """Take back the newest action that was neither taken back nor a taking back itself."""
    standing = HistoryLine.objects.filter(undone_by=None, undoes=None)
    line = standing.order_by("-pk").first()
    assert line is not None
    client.post(reverse("desk:undo", args=[line.pk]))


def test_a_preview_shows_the_words_and_saves_nothing(client, curator):
    model = create_model()
    at = address("text", model, "overview")
    page = client.post(at, {**WORDS, "text": "An *aside*.", "do": "preview"})
    assert page.status_code == 200
    assert b"<em>aside</em>" in page.content
    assert b"An *aside*." in page.content
    assert not ModelText.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"text": ""}, "This field is required."),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "x" * 20_001}, "at most 20000 characters"),
        ({"sources": " "}, "This field is required."),
        ({"written_on": "yesterday"}, "Enter a valid date."),
        (
            {"written_on": (timezone.now() + timedelta(days=3)).date().isoformat()},
            "This day is still to come",
        ),
    ],
)
def test_a_text_that_is_wrong_says_why_and_is_still_there(client, curator, wrong, sentence):
    model = create_model()
    page = client.post(address("text", model, "background"), {**WORDS, "sources": "Kept", **wrong})
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not ModelText.objects.exists()
    if "sources" not in wrong:
        assert b"Kept" in page.content


def test_nobody_changes_or_removes_unseen_what_somebody_else_has_written(client, curator):
    model = create_model()
    at = address("text", model, "overview")
    client.post(at, WORDS)
    seen = seen_in(client.get(address("words", model)), "overview")
    client.post(at, {**WORDS, "text": "Newer.", "seen": seen})
    for late in ({**WORDS, "text": "Late."}, {"do": "remove"}):
        page = client.post(at, {**late, "seen": seen})
        assert page.status_code == 422
        assert b"Somebody changed this while you had it open" in page.content
        assert ModelText.objects.get().text == "Newer."
    # What was written since the first action is not taken back with it.
    first = HistoryLine.objects.order_by("pk").first()
    assert first is not None
    page = client.post(reverse("desk:undo", args=[first.pk]), follow=True)
    assert b"this text has been changed since" in page.content
    assert ModelText.objects.get().text == "Newer."


def test_an_unknown_section_or_model_is_not_found(client, curator):
    model = create_model()
    assert client.post(address("text", model, "gossip"), WORDS).status_code == 404
    model.slug = "nobody"
    assert client.post(address("text", model, "overview"), WORDS).status_code == 404
    assert client.post(address("claims", model), CLAIM).status_code == 404


def test_claims_are_kept_and_removed_with_a_way_back(client, curator):
    model = create_model(name="Foxglove")
    create_offering(model=model, price="0.06", resend_safe=False)
    at = address("claims", model)
    both = client.post(at, {**CLAIM, "direction": "input"})
    assert both.status_code == 422
    assert b"only for them" in both.content
    assert not PriceClaim.objects.exists()
    client.post(at, CLAIM)
    assert HistoryLine.objects.get().said == (
        "image model \u201cFoxglove\u201d: kept the price claim \u201cFrom 4 cents\u201d."
    )
    findings = client.get(reverse("catalogue:model", args=[model.slug])).context["findings"]
    assert "is $0.06 (local)" in " ".join(str(finding) for finding in findings)
    claim = PriceClaim.objects.get()
    other = create_model()
    client.post(address("claims", other), {"remove": claim.pk})
    assert PriceClaim.objects.exists()  # it is about another model
    client.post(at, {"remove": claim.pk})
    client.post(at, {"remove": claim.pk})
    assert not PriceClaim.objects.exists()
    assert HistoryLine.objects.count() == 2
    take_back(client)
    back = PriceClaim.objects.get()
    assert (back.words, str(back.amount), back.model) == ("From 4 cents", "0.040000", model)
    take_back_newest_standing(client)
    assert not PriceClaim.objects.exists()


def test_two_writers_at_once_leave_one_text():
    model = create_model()
    values = {"text": "One.", "written_on": timezone.now().date(), "sources": "S"}
    assert set_text(model, "overview", values)[0] is None
    former, now = set_text(model, "overview", {**values, "text": "Two."})
    assert former is not None
    assert now is not None
    assert (former["text"], now["text"], tuple(now)) == ("One.", "Two.", TEXT)
    assert ModelText.objects.count() == 1
