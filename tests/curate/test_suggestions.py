"""The queue of suggested prompts: made drafts by one press, declined with a reason, all of it undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from arena.battles.forgetting import forget_voter
from arena.battles.models import Suggestion
from arena.battles.suggestions import decline_suggestion, suggest_prompt, take_suggestion
from arena.challenges.editing import close_challenge, open_challenge, schedule_challenge
from arena.challenges.models import Category, Challenge, HistoryLine
from arena.curate.desk.needs import waiting_suggestions
from arena.curate.desk.undoing import take_back
from tests.factories import create_challenge, create_voter

pytestmark = pytest.mark.django_db
QUEUE = "/curate/suggestions/"


def suggest(title: str, **values: Any) -> Suggestion:
    fields = {"text": f"{title} and {Suggestion.objects.count()} others.", "voter": create_voter()}
    return suggest_prompt(
        **{"title": title, "discipline": "text-to-image", "network": "", **fields, **values}
    )


def decide(client: Client, suggestion: Suggestion, decision: str, **typed: str) -> Any:
    path = reverse("moderation:decide_suggestion", args=[suggestion.pk])
    return client.post(path, {"decision": decision, **typed}, follow=True)


def said(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def state_of(suggestion: Suggestion) -> str:
    suggestion.refresh_from_db()
    return suggestion.state


def test_the_queue_begins_with_the_newest_and_is_filtered_and_paged(
    client, curator, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("arena.curate.suggestions.A_PAGE", 2)
    first = suggest("First")
    decline_suggestion(first.pk, reason="Too hard to judge.", by=curator)
    waiting = [suggest(f"No. {number}", remark="Please!") for number in range(3)]
    client.get(QUEUE)
    with django_assert_num_queries(7):
        page = client.get(QUEUE)
    assert list(page.context["page"]) == waiting[:0:-1]
    text = page.content.decode()
    assert "Waiting (3)" in text
    assert "Declined (1)" in text
    assert "<q>Please!</q>" in text
    assert list(client.get(QUEUE, {"page": "2"}).context["page"]) == waiting[:1]
    declined = client.get(QUEUE, {"state": "declined"}).content.decode()
    assert "Too hard to judge." in declined
    assert "carla" in declined
    decline_suggestion(waiting[0].pk, reason="No.", by=curator)
    decline_suggestion(waiting[1].pk, reason="No.", by=curator)
    kept = client.get(QUEUE, {"state": "declined"}).content.decode()
    assert "?state=declined&amp;page=2" in kept
    for query in ({"state": "x"}, {"page": "x"}, {"state": "taken"}):
        assert client.get(QUEUE, query).status_code == 200


def test_one_press_makes_a_draft_and_undo_puts_it_back(client, curator):
    category = Category.objects.create(slug="animals", name="Animals")
    suggestion = suggest("Owl at Work", category=category, discipline="image-editing")
    page = decide(client, suggestion, "take")
    made = Challenge.objects.get()
    assert page.redirect_chain == [(reverse("desk:challenge", args=[made.pk]), 302)]
    assert (made.title, made.slug, made.discipline, made.status) == (
        "Owl at Work", "owl-at-work", "image-editing", "draft"
    )  # fmt: skip
    assert list(made.categories.all()) == [category]
    assert made.prompts.get().text == suggestion.text
    assert state_of(suggestion) == "taken"
    assert (suggestion.challenge, suggestion.decided_by) == (made, curator)
    assert "carla has taken it already" in said(decide(client, suggestion, "decline", reason="No."))
    line = made.history.get()
    assert line.said.startswith(f"Took suggestion {suggestion.pk} as the draft")
    take_back(line.pk, who=curator)
    made.refresh_from_db()
    assert made.archived_at is not None
    assert state_of(suggestion) == "waiting"
    assert suggestion.challenge is None
    decide(client, suggestion, "take")
    assert Challenge.objects.filter(archived_at=None).get().slug == "owl-at-work-2"


def test_a_draft_that_was_opened_is_not_taken_back(client, curator):
    suggestion = suggest("Owl")
    decide(client, suggestion, "take")
    made = Challenge.objects.get()
    open_challenge(made)
    close_challenge(made)
    line = made.history.get()
    with pytest.raises(ValidationError, match="opened since"):
        take_back(line.pk, who=curator)
    made.refresh_from_db()
    assert (made.archived_at, state_of(suggestion)) == (None, "taken")


def test_a_draft_that_was_scheduled_is_not_taken_back(client, curator):
    suggestion = suggest("Owl")
    decide(client, suggestion, "take")
    made = Challenge.objects.get()
    opens_at = timezone.now() + timedelta(hours=1)
    schedule_challenge(made, opens_at=opens_at, closes_at=None)
    with pytest.raises(ValidationError, match="scheduled since"):
        take_back(made.history.get().pk, who=curator)
    made.refresh_from_db()
    assert (made.archived_at, made.opens_at, state_of(suggestion)) == (None, opens_at, "taken")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Red Cube", "red-cube-2"),
        ("red__cube -- ?", "red-cube-2"),
        ("Ein Würfel", "ein-wurfel"),
        ("x" * 80, "x" * 78 + "-2"),
        ("猫", "suggestion-{pk}"),
        ("🙂 _-_", "suggestion-{pk}"),
    ],
)
def test_every_title_gives_an_address_of_its_own(curator, title, slug):
    create_challenge(slug="red-cube")
    create_challenge(slug="x" * 80)
    suggestion = suggest(title)
    made = take_suggestion(suggestion.pk, by=curator)
    assert made.slug == slug.format(pk=suggestion.pk)
    made.full_clean()


def test_declining_needs_a_reason_and_leaves_no_word_of_the_voter(client, curator):
    suggestion = suggest("Owl at Work")
    for blank in ("", " \0 "):
        page = decide(client, suggestion, "decline", reason=blank)
        assert "Nothing was decided. Say why" in said(page)
    assert "did not say what to do" in said(decide(client, suggestion, "shred"))
    assert state_of(suggestion) == "waiting"
    page = decide(client, suggestion, "decline", reason="Hard to\0 judge.")
    assert page.redirect_chain == [(QUEUE, 302)]
    assert (state_of(suggestion), suggestion.reason) == ("declined", "Hard to judge.")
    assert "carla has declined it already" in said(decide(client, suggestion, "take"))
    line = HistoryLine.objects.get()
    assert line.said == f"Declined suggestion {suggestion.pk}: Hard to judge."
    take_back(line.pk, who=curator)
    assert (state_of(suggestion), suggestion.reason, suggestion.decided_by) == ("waiting", "", None)
    assert client.get(reverse("desk:history")).status_code == 200


def test_what_its_voter_took_away_is_gone_for_the_desk(client, curator):
    suggestion = suggest("Owl")
    decide(client, suggestion, "decline", reason="No.")
    forget_voter(suggestion.voter)
    with pytest.raises(ValidationError, match="exists no more"):
        take_back(HistoryLine.objects.get().pk, who=curator)
    path = reverse("moderation:decide_suggestion", args=[suggestion.pk])
    assert client.post(path, {"decision": "take"}).status_code == 404


def test_the_first_page_of_the_desk_tells_of_it(client, curator):
    assert [need.count for need in waiting_suggestions()] == [0]
    made = [suggest(f"No. {number}") for number in range(6)]
    (need,) = waiting_suggestions()
    assert (need.count, need.rest) == (6, 1)
    text = client.get(reverse("desk:home")).content.decode()
    assert f'<a href="{QUEUE}#suggestion-{made[-1].pk}">No. 5</a>' in text
    assert f'id="suggestion-{made[-1].pk}"' in client.get(QUEUE).content.decode()
