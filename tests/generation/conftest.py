from collections.abc import Iterator
from typing import Any

import pytest

from tests.fake_providers import FakeProviders


@pytest.fixture
def fake(settings: Any) -> Iterator[FakeProviders]:
    """A provider behind a real socket, at the address where local offerings are asked."""
    with FakeProviders() as server:
        settings.STUDIOS_URL = server.origin
        yield server
