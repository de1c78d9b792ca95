"""Forms that know what their reader saw: nobody sets back, unseen, what somebody else has changed meanwhile."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import ImageModel, Lab, ModelText, Offering, PriceClaim, Provider
from arena.challenges.models import Category, Challenge, HistoryLine, ReferencePicture
from arena.curate.catalogue import acting, words
from arena.curate.desk import challenge as desk
from tests.curate.pressing import at, read_form
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


def raw_rows() -> list[tuple[Any, str, Any, str, Any]]:
    """All that raw pages change: the page's row, what is typed there, and what others do to which row."""
    offering = create_offering(price="0.04", resend_safe=False)
    model, provider, lab = offering.model, offering.provider, offering.model.lab
    of = {"model": model}
    text = ModelText.objects.create(
        **of, section="overview", text="Old.\nYes.", sources="A", written_on="2026-01-01"
    )
    claim = PriceClaim.objects.create(**of, kind="from", amount="0.04", words="Four", source="A")
    category = Category.objects.create(slug="posters", name="Posters")
    challenge = create_challenge(discipline="image-editing")
    picture = ReferencePicture.objects.create(
        challenge=challenge, alt="A", credit="B", licence="C", width=9, height=9
    )
    return [
        (provider, "website", provider, "enabled", False),
        (offering, "remote_id", offering, "priority", 9),
        (model, "family", model, "status", "preview"),
        (model, "family", text, "text", "Theirs."),
        (model, "family", offering, "enabled", False),
        (model, "family", claim, "words", "Theirs"),
        (lab, "website", lab, "name", "Theirs"),
        (category, "slug", category, "name", "Theirs"),
        (challenge, "what_to_judge", challenge, "title", "Theirs"),
        (challenge, "what_to_judge", picture, "credit", "Theirs"),
    ]


def test_a_raw_form_that_lay_open_sets_nothing_back_unseen(admin_client):
    for row, typed, theirs, name, value in raw_rows():
        kind = row._meta
        page = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[row.pk])
        html = admin_client.get(page).content.decode()
        stale = read_form(html, f"{kind.model_name}_form")
        wanted = "https://example.org/" if typed == "website" else "mine"
        stale[typed] = [wanted]
        former = getattr(theirs, name)
        type(theirs).objects.filter(pk=theirs.pk).update(**{name: value})
        refused = admin_client.post(page, stale)
        assert refused.status_code == 200, page
        html = refused.content.decode()
        assert html.count("Somebody changed this while you had it open") == 1, (page, name)
        assert type(theirs).objects.filter(pk=theirs.pk, **{name: value}).exists()
        again = read_form(html, f"{kind.model_name}_form")
        assert again[typed] == [wanted]
        assert admin_client.post(page, again).status_code == 302
        row.refresh_from_db()
        theirs.refresh_from_db()
        assert (getattr(row, typed), getattr(theirs, name)) == (wanted, former), (page, name)


def test_a_raw_form_that_nobody_touched_changes_nothing(admin_client):
    rows = {row: None for row, *_ in raw_rows()}
    for row in rows:
        kind = row._meta
        page = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[row.pk])
        data = read_form(admin_client.get(page).content.decode(), f"{kind.model_name}_form")
        assert data["seen"] != [""]
        before = type(row).objects.filter(pk=row.pk).values().get()
        assert admin_client.post(page, data).status_code == 302
        assert type(row).objects.filter(pk=row.pk).values().get() == before
    assert {entry.get_change_message() for entry in LogEntry.objects.all()} == {
        "No fields changed."
    }


def test_new_raw_rows_are_added_by_the_forms_that_pages_show(admin_client):
    lab = create_model().lab
    for kind, values in (
        ("lab", {"name": "New", "slug": "new"}),
        (
            "imagemodel",
            {"name": "New", "slug": "new", "lab": lab.pk, "disciplines": "text-to-image"},
        ),
        (
            "provider",
            {"name": "New", "slug": "new", "dialect": "fal_queue", "base_url": "https://a.example"},
        ),
    ):
        page = reverse(f"admin:catalog_{kind}_add")
        data = read_form(admin_client.get(page).content.decode(), f"{kind}_form")
        answer = admin_client.post(page, data | values)
        assert answer.status_code == 302, answer.content.decode()


def test_raw_rows_are_shown_to_whoever_may_only_look(client):
    looker = User.objects.create_user("looker", is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(looker)
    for row in {row: None for row, *_ in raw_rows()}:
        kind = row._meta
        page = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[row.pk])
        assert client.get(page).status_code == 200
