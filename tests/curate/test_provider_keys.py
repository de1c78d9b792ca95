"""Keys of providers at the desk: named, told of, never shown, and sent to released hosts alone."""

import hashlib
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.catalog.models import Provider
from arena.generation.models import Breaker
from tests.curate.pressing import address, filled, read_form
from tests.factories import create_offering

pytestmark = pytest.mark.django_db


def test_a_provider_tells_of_its_key_and_never_the_key(client, curator, monkeypatch, settings):
    settings.KEY_HOSTS = {"LOCAL_TEST_KEY": ()}
    offering = create_offering()
    Breaker.objects.create(
        offering=offering,
        open_until=timezone.now() + timedelta(minutes=5),
        reason="auth: no such key",
    )
    page = address("provider", "local")
    assert b"no key needed" in client.get(page).content
    Provider.objects.update(key_variable="LOCAL_TEST_KEY")
    assert b"LOCAL_TEST_KEY is not set" in client.get(page).content
    monkeypatch.setenv("LOCAL_TEST_KEY", "value-of-the-key")
    for shown in (client.get(page), client.get(address("providers"))):
        assert b"set in the environment as LOCAL_TEST_KEY" in shown.content
        assert b"value-of-the-key" not in shown.content
    assert b"auth: no such key" in client.get(page).content
    form = filled(client.get(page).context["form"], key_variable="sk-proj-0123456789abcdef")
    refused = client.post(page, form)
    assert refused.status_code == 422
    assert "Keys are never kept here" in str(refused.context["form"].errors)
    # A key that came in among the raw rows is shown nowhere.
    Provider.objects.update(key_variable="sk-proj-0123456789abcdef")
    for shown in (client.get(page), client.get(address("providers"))):
        assert b"sk-proj" not in shown.content
    client.post(page, {"do": "off"})
    assert not Provider.objects.get().enabled


def test_a_key_that_was_pasted_is_concealed_and_stays_until_it_is_replaced(client, curator):
    create_offering()
    key, page = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0", address("provider", "local")
    Provider.objects.update(key_variable=key)
    shown = client.get(page)
    mark = hashlib.sha256(key.encode()).hexdigest()
    assert b"not shown" in shown.content
    assert mark[:8] not in shown.content.decode()
    form = shown.context["form"]
    assert client.post(page, filled(form, website="https://example.org/")).status_code == 302
    stored = Provider.objects.get()
    assert (stored.website, stored.key_variable) == ("https://example.org/", key)
    form = client.get(page).context["form"]
    client.post(page, filled(form, key_variable=""))
    assert Provider.objects.get().key_variable == ""


def test_a_key_that_was_pasted_is_concealed_among_the_raw_rows(admin_client):
    provider = create_offering().provider
    key = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0"
    Provider.objects.update(key_variable=key)
    page = reverse("admin:catalog_provider_change", args=[provider.pk])
    for at in (page, reverse("admin:catalog_provider_changelist")):
        shown = admin_client.get(at).content.decode()
        assert "not shown" in shown
        assert key not in shown
    data = read_form(admin_client.get(page).content.decode(), "provider_form")
    data["website"] = ["https://example.org/"]
    assert admin_client.post(page, data).status_code == 302
    stored = Provider.objects.get()
    assert (stored.website, stored.key_variable) == ("https://example.org/", key)


EVIL = "https://evil.example/v1"


TAKEN = [
    ({"base_url": EVIL}, "The key OPENAI_API_KEY may not be sent to evil.example"),
    ({"base_url": "http://api.openai.com/v1"}, "is sent to api.openai.com by https alone"),
    ({"base_url": "https://api.openai.com.evil.example"}, "sent to api.openai.com.evil.example"),
    ({"base_url": "https://[/"}, "The key OPENAI_API_KEY is sent nowhere"),
    ({"key_variable": "SECRET_KEY"}, "The variable SECRET_KEY is sent to nobody"),
    ({"key_variable": "DATABASE_URL"}, "The variable DATABASE_URL is sent to nobody"),
    ({"key_variable": "FAL_KEY"}, "The key FAL_KEY may not be sent to api.openai.com"),
    ({"options": '{"key_hosts": ["evil.example"]}'}, "may not be sent to evil.example"),
    ({"options": '{"key_hosts": [".com"]}'}, "may not be sent to .com"),
    ({"is_local": "on", "base_url": ".evil.example/v1"}, "a path that begins with /"),
]


@pytest.mark.parametrize(("values", "sentence"), TAKEN)
def test_no_key_is_sent_to_a_host_that_the_operator_did_not_name(admin_client, values, sentence):
    provider = create_offering().provider
    Provider.objects.update(
        is_local=False, base_url="https://api.openai.com/v1", key_variable="OPENAI_API_KEY"
    )
    raw = reverse("admin:catalog_provider_change", args=[provider.pk])
    for page, form in (
        (
            address("provider", "local"),
            admin_client.get(address("provider", "local")).context["form"],
        ),
        (raw, admin_client.get(raw).context["adminform"].form),
    ):
        answer = admin_client.post(page, filled(form, **{"options": "{}", **values}))
        assert sentence in answer.content.decode()
    stored = Provider.objects.get()
    assert (stored.base_url, stored.key_variable) == ("https://api.openai.com/v1", "OPENAI_API_KEY")
    # One that was stored before is told of, and can be switched off.
    Provider.objects.update(base_url=EVIL)
    for page in (address("provider", "local"), address("providers")):
        assert b"may not be sent to evil.example" in admin_client.get(page).content
    admin_client.post(address("provider", "local"), {"do": "off"})
    assert not Provider.objects.get().enabled


def test_an_offering_adds_no_host_that_may_have_the_key(client, curator):
    offering = create_offering()
    Provider.objects.update(
        is_local=False, base_url="https://queue.fal.run", key_variable="FAL_KEY"
    )
    form = client.get(address("model", offering.model.slug)).context["offerings"][0]["form"]
    page = address("offering", offering.pk)
    refused = client.post(page, filled(form, options='{"key_hosts": ["evil.example"]}'))
    assert b"The key FAL_KEY may not be sent to evil.example" in refused.content
    hosts = '{"key_hosts": ["rest.fal.run", ".fal.run"]}'
    assert client.post(page, filled(form, options=hosts)).status_code == 302


def test_raw_rows_take_no_key_in_place_of_its_variable(admin_client):
    provider = create_offering().provider
    at = reverse("admin:catalog_provider_change", args=[provider.pk])
    form = admin_client.get(at).context["adminform"].form
    key = "sk-proj-4f9aB7xQ2LmN8vR1tY6uZ0"
    answer = admin_client.post(at, filled(form, key_variable=key, options="{}"))
    assert "looks like a key" in answer.content.decode()
    provider.refresh_from_db()
    assert provider.key_variable == ""
    assert (
        admin_client.post(at, filled(form, key_variable="FAL_KEY", options="{}")).status_code == 302
    )
