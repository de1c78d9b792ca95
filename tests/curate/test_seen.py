"""Forms that know what their reader saw: nobody sets back, unseen, what somebody else has changed meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from arena.catalog.models import ImageModel, Lab, ModelText, Offering, Provider
from arena.challenges.models import Challenge, HistoryLine
from arena.curate.catalogue import acting, words
from arena.curate.desk import challenge as desk
from tests.curate.pressing import at
from tests.curate.test_catalogue import address, filled
from tests.factories import create_challenge, create_model, create_offering

pytestmark = pytest.mark.django_db


def write_first(monkeypatch: Any, module: Any, name: str, write: Callable[[], Any]) -> None:
    """Let somebody else write just before a function of a module takes its lock."""
    locks = getattr(module, name)

    def late(*args: Any, **kwargs: Any) -> Any:
        write()
        return locks(*args, **kwargs)

    monkeypatch.setattr(module, name, late)


def test_settings_that_change_between_look_and_lock_are_not_set_back(client, curator, monkeypatch):
    challenge = create_challenge(title="Old", canvas_width=512, canvas_height=512)
    form = client.get(at("challenge", challenge.pk)).context["settings_form"]
    write_first(
        monkeypatch, desk, "change_settings", lambda: Challenge.objects.update(title="Somebody's")
    )
    data = filled(form, what_to_judge="Letters")
    answer = client.post(at("settings", challenge.pk), data)
    assert answer.status_code == 422
    assert b"has been changed since" in answer.content
    assert not HistoryLine.objects.exists()


def test_rows_that_change_between_look_and_lock_are_not_set_back(client, curator, monkeypatch):
    offering = create_offering()
    model, provider = offering.model, offering.provider
    shown = client.get(address("model", model.slug)).context
    pages = (
        (address("model", model.slug), shown["form"], ImageModel, {"family": "Theirs"}),
        (
            address("offering", offering.pk),
            shown["offerings"][0]["form"],
            Offering,
            {"priority": 9},
        ),
        (
            address("provider", provider.slug),
            client.get(address("provider", provider.slug)).context["form"],
            Provider,
            {"enabled": False},
        ),
        (
            address("lab", model.lab.slug),
            client.get(address("lab", model.lab.slug)).context["form"],
            Lab,
            {"name": "Theirs"},
        ),
    )
    for page, form, kind, values in pages:
        with monkeypatch.context() as patch:
            write_first(patch, acting, "change_row", lambda k=kind, v=values: k.objects.update(**v))
            answer = client.post(page, filled(form))
        assert answer.status_code == 422, page
        assert b"has been changed since" in answer.content
    assert not HistoryLine.objects.exists()


def test_a_text_that_is_written_between_look_and_lock_is_not_set_back(client, curator, monkeypatch):
    model = create_model()
    today = timezone.now().date()
    theirs = {"text": "Theirs.", "sources": "Theirs", "written_on": today}

    def write() -> None:
        ModelText.objects.update_or_create(model=model, section="overview", defaults=theirs)

    mine = {"text": "Mine.", "sources": "Mine", "written_on": str(today)}
    write_first(monkeypatch, words, "set_text", write)
    answer = client.post(address("text", model.slug, "overview"), mine)
    assert answer.status_code == 422
    assert b"Somebody has written this text just now" in answer.content
