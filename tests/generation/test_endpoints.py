"""What the provider layer is told about an offering's address, and which hosts its key is sent to."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from arena import settings as settings_module
from arena.catalog.load import load_catalog
from arena.catalog.models import Offering, Provider
from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.endpoints import NothingSent, open_endpoint
from arena.generation.models import Breaker, Generation
from tests.factories import create_challenge, create_offering, create_slot
from tests.fake_providers import FakeProviders

pytestmark = pytest.mark.django_db


def test_only_the_studios_and_what_the_operator_names_may_be_private(settings):
    settings.STUDIOS_URL = "http://127.0.0.1:9"
    offering = create_offering()
    assert open_endpoint(offering).private_hosts == ("127.0.0.1:9",)
    offering.provider.is_local, offering.provider.base_url = False, "http://gpu.lan:8080/v1"
    assert open_endpoint(offering).private_hosts == ()
    settings.PRIVATE_HOSTS = ("gpu.lan:8080",)
    assert open_endpoint(offering).private_hosts == ("gpu.lan:8080",)


KEY = "value-of-a-secret"
EVIL = "https://evil.example/v1"


def keyed(**values: Any) -> Offering:
    """An offering whose provider is reached with the key of OPENAI_API_KEY, spoilt by some values."""
    offering = create_offering(resend_safe=False)
    Provider.objects.update(
        **{
            "is_local": False,
            "base_url": "https://api.openai.com/v1",
            "key_variable": "OPENAI_API_KEY",
            **values,
        }
    )
    return Offering.objects.select_related("provider").get(pk=offering.pk)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"base_url": EVIL}, "OPENAI_API_KEY may not be sent to evil.example: .* KEY_HOSTS"),
        ({"base_url": "https://api.openai.com:8443"}, "may not be sent to api.openai.com:8443"),
        ({"base_url": "https://x@api.openai.com/v1"}, "is sent nowhere"),
        ({"base_url": "http://api.openai.com/v1"}, "by https alone"),
        ({"key_variable": "SECRET_KEY"}, "SECRET_KEY is sent to nobody"),
        ({"options": {"key_hosts": ["evil.example"]}}, "may not be sent to evil.example"),
        ({"is_local": True, "base_url": "@evil.example/v1"}, "a path that begins with /"),
        ({"is_local": True, "base_url": "/v1", "key_variable": "SECRET_KEY"}, "is sent to nobody"),
    ],
)
def test_stored_rows_send_no_key_beyond_what_the_operator_released(monkeypatch, values, sentence):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("SECRET_KEY", KEY)
    assert open_endpoint(keyed()).key == KEY
    offering = keyed(**values)
    with pytest.raises(NothingSent, match=sentence):
        open_endpoint(offering)
    create_slot(challenge=create_challenge(), model=offering.model)
    assert plan_due() == []


def test_the_operator_releases_keys_and_the_studios_may_have_them(monkeypatch, settings):
    settings.KEY_HOSTS = {"OPENAI_API_KEY": ("proxy.example.org:8443", "127.0.0.1")}
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for values in (
        {"base_url": "https://proxy.example.org:8443/v1"},
        {"base_url": "http://127.0.0.1:4000/v1"},
        {"is_local": True, "base_url": "/v1"},
    ):
        assert open_endpoint(keyed(**values)).key == KEY
    settings.STUDIOS_URL = "http://studios.lan"
    with pytest.raises(NothingSent, match="by https alone"):
        open_endpoint(keyed(is_local=True, base_url="/v1"))


def test_every_shipped_provider_may_have_its_key(settings):
    text = (Path(settings.FIXTURES) / "catalog.json").read_text(encoding="utf-8")
    load_catalog(json.loads(text))
    for offering in Offering.objects.select_related("provider"):
        open_endpoint(offering)
    for base, released in (
        ("https://europe-west4-aiplatform.googleapis.com/v1", True),
        ("https://aiplatform.googleapis.com.evil.example/v1", False),
        ("https://evil-aiplatform.example/v1", False),
    ):
        Provider.objects.filter(slug="vertex").update(base_url=base)
        offering = Offering.objects.filter(provider__slug="vertex").select_related("provider")[0]
        if released:
            open_endpoint(offering)
        else:
            with pytest.raises(NothingSent):
                open_endpoint(offering)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["reserved", "submitted"])
def test_a_call_whose_key_is_held_back_ends_by_name_and_sends_nothing(
    fake, monkeypatch, settings, state
):
    """Also where it was planned before the row or the setting changed; what a queue has may be charged."""
    settings.KEY_HOSTS = {"OPENAI_API_KEY": ("127.0.0.1",)}
    settings.PRIVATE_HOSTS = ("127.0.0.1",)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    offering = keyed(base_url=f"{fake.origin}/v1")
    create_slot(challenge=create_challenge(), model=offering.model)
    (planned,) = plan_due()
    with FakeProviders() as stranger:
        Provider.objects.update(base_url=stranger.origin.replace("127.0.0.1", "localhost"))
        Generation.objects.update(state=state)
        run_generation(planned)
        assert not [*stranger.requests, *fake.requests]
    ended = Generation.objects.get()
    assert ended.outcome == "key_held_back"
    assert "Nothing was sent. The key OPENAI_API_KEY may not be sent to localhost" in ended.message
    wanted = ("failed", 0) if state == "reserved" else ("uncertain", None)
    assert (ended.state, ended.cost) == wanted
    assert not Breaker.objects.exists()


def test_the_setting_adds_to_what_is_shipped(monkeypatch):
    shipped = {"FAL_KEY": ("*.fal.run",)}
    monkeypatch.delenv("KEY_HOSTS", raising=False)
    assert settings_module.key_hosts("KEY_HOSTS", shipped) == shipped
    told = "MY_KEY=Images.example.org, cdn.example.org:8443 ; FAL_KEY=proxy.example.org,[::1]:9;"
    monkeypatch.setenv("KEY_HOSTS", told)
    assert settings_module.key_hosts("KEY_HOSTS", shipped) == {
        "FAL_KEY": ("*.fal.run", "proxy.example.org", "[::1]:9"),
        "MY_KEY": ("images.example.org", "cdn.example.org:8443"),
    }


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("A_KEY=a.example;sk-proj-0123", "entry 2 must name a variable and its hosts"),
        ("a_key=a.example", "entry 1 must name"),
        ("A_KEY=", "A_KEY needs hosts"),
        ("A_KEY=https://a.example/v1", "A_KEY needs hosts .* without https://"),
        ("A_KEY=*", "A_KEY needs hosts"),
        ("A_KEY=*.org", "A_KEY needs hosts"),
        ("A_KEY=*-api.org", "A_KEY needs hosts"),
        ("A_KEY=*api.example.org", "A_KEY needs hosts"),
        ("SECRET_KEY=a.example", "SECRET_KEY is never sent to anybody"),
    ],
)
def test_the_setting_is_refused_where_it_cannot_be_read(monkeypatch, told, sentence):
    monkeypatch.setenv("KEY_HOSTS", told)
    with pytest.raises(ImproperlyConfigured, match=sentence) as refused:
        settings_module.key_hosts("KEY_HOSTS", {})
    assert "sk-proj" not in str(refused.value)
