"""What is done among the raw rows stands in the history of the desk."""

import pytest
from django.urls import reverse

from arena.challenges.models import Category, Challenge, HistoryLine
from arena.generation.models import Batch, Candidate, SpendingCap
from tests.factories import create_arena, create_challenge, create_offering

pytestmark = pytest.mark.django_db


def said() -> list[tuple[str, str, int | None]]:
    found = HistoryLine.objects.order_by("pk")
    return list(found.values_list("who_name", "said", "challenge"))


def test_actions_and_saves_among_raw_rows_leave_lines_of_who_and_what(client, curator):
    (challenge,) = create_arena(models=2)
    first = Candidate.objects.order_by("pk")[0]
    pictures = reverse("admin:generation_candidate_changelist")
    client.post(pictures, {"action": "hide", "_selected_action": [first.pk]})
    client.post(reverse("admin:challenge_close", args=[challenge.pk]))
    batch = Batch.objects.order_by("pk")[0]
    batches = reverse("admin:generation_batch_changelist")
    client.post(batches, {"action": "pause", "_selected_action": [batch.pk]})
    caps = reverse("admin:generation_spendingcap_add")
    assert client.post(caps, {"challenge": challenge.pk, "dollars": "3"}).status_code == 302
    lines = said()
    assert {(who, about) for who, _, about in lines} == {("carla", challenge.pk)}
    told = [words for _, words, _ in lines]
    assert told[0] == f"Raw rows, candidate \u201c{first}\u201d: Hidden."
    assert "is closed now" in told[1]
    assert told[2].endswith(": Paused.")
    assert told[3] == f"Raw rows, spending cap \u201c{SpendingCap.objects.get()}\u201d: Added."
    page = client.get(reverse("desk:history")).content.decode()
    assert page.count("Done among the raw rows") == 4


def test_an_order_among_raw_rows_leaves_a_line_and_one_of_nothing_new_leaves_none(client, curator):
    model = create_offering().model
    challenge = create_challenge()
    at = reverse("admin:challenge_pictures", args=[challenge.pk])
    order = {"models": [model.pk], "takes": "2", "order": "1"}
    for _ in range(2):
        assert client.post(at, order).status_code == 302
    told = f"Raw rows, challenge \u201c{challenge}\u201d: 2 new pictures ordered."
    assert said() == [("carla", told, challenge.pk)]


def test_a_raw_save_says_what_it_changed_and_one_without_a_change_says_nothing(client, curator):
    category = Category.objects.create(slug="one", name="One")
    at = reverse("admin:challenges_category_change", args=[category.pk])
    client.post(at, {"slug": "one", "name": "One"})
    assert said() == []
    client.post(at, {"slug": "one", "name": "Two"})
    assert said() == [("carla", "Raw rows, category \u201cTwo\u201d: Changed Name.", None)]


def test_what_is_deleted_there_leaves_a_line(admin_client):
    category = Category.objects.create(slug="one", name="One")
    at = reverse("admin:challenges_category_delete", args=[category.pk])
    assert admin_client.post(at, {"post": "yes"}).status_code == 302
    assert not Category.objects.exists()
    assert [words for _, words, _ in said()] == ["Raw rows, category \u201cOne\u201d: Deleted."]
    assert "cannot be taken back" in HistoryLine.objects.get().way_back
    assert not Challenge.objects.exists()
