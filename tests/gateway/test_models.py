"""The list of what can be asked now."""

import pytest
from django.test import Client

from arena.catalog.models import Provider
from tests.factories import create_model, create_offering

from .conftest import MODELS, headers, read_error


@pytest.fixture
def ask(client: Client, secret: str):
    return lambda address=MODELS: client.get(address, headers=headers(secret))


def test_the_list_has_openais_shape_and_what_is_more(ask, model):
    body = ask().json()
    assert body["object"] == "list"
    (told,) = body["data"]
    assert told["id"] == "harbour-1.0"
    assert told["object"] == "model"
    assert isinstance(told["created"], int)
    assert told["owned_by"] == "test-lab"
    assert told["disciplines"] == ["text-to-image", "image-editing"]
    assert told["providers"] == ["local"]
    assert told["population"] == "demo"


def test_only_what_can_be_asked_now_is_listed(ask, model, monkeypatch, settings):
    settings.KEY_HOSTS = {"PAID_KEY": ()}
    create_model(slug="nobody-offers-it")
    create_offering(model=create_model(slug="off"), enabled=False)
    create_offering(model=create_model(slug="gone", status="retired"))
    create_offering(model=create_model(slug="keyless"), provider_slug="paid")
    Provider.objects.filter(slug="paid").update(key_variable="PAID_KEY")
    assert {told["slug"] for told in ask().json()["data"]} == {"harbour-1"}
    monkeypatch.setenv("PAID_KEY", "k")
    assert {told["slug"] for told in ask().json()["data"]} == {"harbour-1", "keyless"}


def test_disciplines_are_those_that_can_be_asked(ask, model):
    model.offerings.update(disciplines=["image-editing"])
    assert ask().json()["data"][0]["disciplines"] == ["image-editing"]


def test_one_model_by_each_of_its_names(ask, model):
    for name in ("harbour-1", "harbour-1.0", "harbour", "local/harbour-1"):
        assert ask(f"{MODELS}/{name}").json()["slug"] == "harbour-1"
    for name in ("nobody", "%00", "local/nobody"):
        answer = ask(f"{MODELS}/{name}")
        assert (answer.status_code, read_error(answer)["code"]) == (404, "model_not_found")


@pytest.mark.parametrize("models", [1, 3])
def test_the_list_asks_as_often_for_many_as_for_one(
    ask, secret, transactional_db, django_assert_num_queries, models
):
    for _ in range(models):
        create_offering(model=create_model())
    ask()  # notes the key's use
    with django_assert_num_queries(3):
        assert len(ask().json()["data"]) == models
