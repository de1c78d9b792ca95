from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from arena.providers.http import Client, open_client
from arena.providers.types import Done, Endpoint, PictureRequest, ProviderError
from tests.fake_providers import FakeProviders

KEY = "sk-canary-5f1c0ffee"


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    with FakeProviders(key=KEY) as running:
        yield running


@pytest.fixture(scope="session")
def client() -> Iterator[Client]:
    with open_client() as opened:
        yield opened


@pytest.fixture
def endpoint(fake: FakeProviders) -> Callable[..., Endpoint]:
    """Make an endpoint of the fake; keyword arguments override."""

    def make(**changes: Any) -> Endpoint:
        usual: dict[str, Any] = {
            "base_url": fake.base_url,
            "key": KEY,
            "private_hosts": (fake.host,),
            "deadline_seconds": 5.0,
            "connect_seconds": 1.0,
        }
        return Endpoint(**(usual | changes))

    return make


def ask_for(**changes: Any) -> PictureRequest:
    usual: dict[str, Any] = {
        "discipline": "text-to-image",
        "remote_id": "gpt-image-2",
        "prompt": "A vintage café logo",
        "width": 128,
        "height": 128,
    }
    return PictureRequest(**(usual | changes))


@pytest.fixture
def submit(client: Client) -> Callable[..., Done]:
    from arena.providers.openai_images import OpenAIImages

    def run(request: PictureRequest, endpoint: Endpoint) -> Done:
        return OpenAIImages().submit(request, endpoint, client=client)

    return run


@pytest.fixture
def failure(submit: Callable[..., Done]) -> Callable[..., ProviderError]:
    """Submit and give the error; fails if there is none, or if the key is anywhere in it."""

    def run(endpoint: Endpoint, **changes: Any) -> ProviderError:
        with pytest.raises(ProviderError) as caught:
            submit(ask_for(**changes), endpoint)
        assert KEY not in str(caught.value)
        assert KEY not in repr(caught.value)
        assert KEY not in repr(endpoint)
        return caught.value

    return run
