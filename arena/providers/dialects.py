"""What a dialect is, and every dialect we speak, by the name that the catalog stores."""

from __future__ import annotations

from typing import Final, Protocol

from arena.providers.fal_queue import FalQueue
from arena.providers.gemini import Gemini
from arena.providers.http import Answer, Client
from arena.providers.openai_images import OpenAIImages
from arena.providers.replicate import Replicate
from arena.providers.types import (
    Capabilities,
    Done,
    Endpoint,
    Pending,
    PictureRequest,
    ProviderError,
)


class Adapter(Protocol):
    """One dialect. `client` may be left out; the call then opens and closes its own."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked of this endpoint, without calling it."""

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Ask for one picture; raises ProviderError.

        Once the provider has named a job, the answer is Pending, whatever goes wrong afterwards.
        """

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Look after a queued job; raises ProviderError (`still_pending`: ask again later)."""

    def cancel(self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None) -> bool:
        """Call a job off; True: surely before work on it began, so nothing is charged.

        False in every other case, also where the provider could not be asked.
        """

    def classify(self, answer: Answer, endpoint: Endpoint) -> ProviderError:
        """Name what went wrong in an answer that brings no picture."""


DIALECTS: Final[dict[str, Adapter]] = {
    "openai_images": OpenAIImages(),
    "gemini": Gemini(),
    "fal_queue": FalQueue(),
    "replicate": Replicate(),
}
