"""What a dialect is, and every dialect we speak, by the name that the catalog stores."""

from __future__ import annotations

from typing import Final, Protocol

from arena.providers.http import Client
from arena.providers.openai_images import OpenAIImages
from arena.providers.types import Capabilities, Done, Endpoint, Pending, PictureRequest


class Adapter(Protocol):
    """One dialect. `client` may be left out; the call then opens and closes its own."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked of this endpoint, without calling it."""

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Ask for one picture; raises ProviderError."""

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Look after a queued job; raises ProviderError."""


DIALECTS: Final[dict[str, Adapter]] = {
    "openai_images": OpenAIImages(),
}
