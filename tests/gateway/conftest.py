"""A key, a model behind a real socket, and calls of the gateway in OpenAI's shape."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from arena.catalog.models import ImageModel, PriceRule
from arena.clients.keys import make_key
from arena.clients.models import ApiKey
from tests.factories import create_model, create_offering
from tests.fake_providers import FakeProviders

from .live import LiveSite

GENERATIONS, EDITS, MODELS = (
    "/openai/v1/images/generations",
    "/openai/v1/images/edits",
    "/openai/v1/models",
)


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeProviders]:
    """A provider behind a real socket, at the address where local offerings are asked."""
    with FakeProviders() as server:
        settings.STUDIOS_URL = server.origin
        yield server


@pytest.fixture
def model(transactional_db: None) -> ImageModel:
    """A model at one provider that charges for what it makes, free to send again after a lost answer."""
    model = create_model(slug="harbour-1", api_id="harbour-1.0", aliases=["harbour"])
    create_offering(model=model)
    return model


@pytest.fixture
def secret(transactional_db: None) -> str:
    """A key with every scope and no quota."""
    return make_key(name="Ann", scopes=ApiKey.Scope.values).secret


def set_price(model: ImageModel, amount: str = "0.04") -> None:
    """Let the model's offerings cost so much a picture, and charge it."""
    for offering in model.offerings.all():
        PriceRule.objects.create(
            offering=offering, amount=Decimal(amount), valid_from="2026-01-01", unit="image"
        )
    model.offerings.update(resend_safe=False)


def headers(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def generate(client: Client, model: ImageModel, secret: str) -> Callable[..., Any]:
    """Ask for a picture; keyword arguments are fields (None leaves one out), `query` the query string."""

    def ask(*, query: str = "", key: str = secret, **fields: Any) -> Any:
        usual = {"model": "harbour-1", "prompt": "A red boat.", "size": "256x256"}
        body = {name: value for name, value in (usual | fields).items() if value is not None}
        return client.post(
            GENERATIONS + query, body, content_type="application/json", headers=headers(key)
        )

    return ask


@pytest.fixture
def edit(client: Client, model: ImageModel, secret: str) -> Callable[..., Any]:
    """Send pictures and ask for an edit of them, as multipart."""

    def ask(*, pictures: list[bytes], name: str = "image", key: str = secret, **fields: Any) -> Any:
        usual = {"model": "harbour-1", "prompt": "Make it night.", name: uploads(pictures)}
        body = {field: value for field, value in (usual | fields).items() if value is not None}
        return client.post(EDITS, body, headers=headers(key))

    return ask


def uploads(pictures: list[bytes]) -> list[SimpleUploadedFile]:
    return [
        SimpleUploadedFile(f"../../my holiday {n}.png", data, content_type="text/plain")
        for n, data in enumerate(pictures)
    ]


def picture(
    size: tuple[int, int] = (120, 80),
    *,
    form: str = "PNG",
    mode: str = "RGB",
    colour: Any = (9, 90, 160),
) -> bytes:
    file = BytesIO()
    Image.new(mode, size, colour).save(file, form)
    return file.getvalue()


def read_error(answer: Any) -> dict[str, Any]:
    """Check that an answer is an error in OpenAI's shape, and nothing for a browser; give its object."""
    assert answer["Content-Type"] == "application/json"
    assert not answer.cookies
    assert answer["X-Request-Id"].startswith("req_")
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert body["error"]["message"]
    assert "Traceback" not in answer.content.decode()
    return body["error"]


@pytest.fixture(scope="package")
def live_site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveSite]:
    """The web server itself; stopped before the test database is dropped."""
    with LiveSite(folder=tmp_path_factory.mktemp("live")) as site:
        yield site


@pytest.fixture
def live(live_site: LiveSite, transactional_db: None) -> Iterator[LiveSite]:
    """The web server with a provider that has forgotten the test before."""
    live_site.forget()
    yield live_site
    assert "Traceback" not in live_site.log
