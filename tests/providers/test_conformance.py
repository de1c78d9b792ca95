"""Every adapter passes the shared tests; a new one adds a class of twenty lines here."""

from __future__ import annotations

import base64
from typing import Any

from tests.fake_providers import LoggedRequest
from tests.providers.conformance import Conformance, QueueConformance


def open_data_uris(uris: list[str]) -> list[bytes]:
    return [base64.b64decode(uri.partition(",")[2]) for uri in uris]


class TestOpenAIImages(Conformance):
    dialect = "openai_images"

    def prompt_of(self, sent: LoggedRequest) -> str:
        return sent.fields["prompt"]

    def references_of(self, sent: LoggedRequest) -> list[bytes]:
        return [file.data for file in sent.files]

    def key_of(self, sent: LoggedRequest) -> str | None:
        return sent.headers.get("authorization", "").removeprefix("Bearer ") or None


class TestGemini(Conformance):
    dialect = "gemini"
    remote_id = "gemini-3.1-flash-image-preview"
    parameter = "aspect"
    mode = "converted"

    def parts_of(self, sent: LoggedRequest) -> list[dict[str, Any]]:
        return sent.fields["contents"][0]["parts"]

    def prompt_of(self, sent: LoggedRequest) -> str:
        return self.parts_of(sent)[0]["text"]

    def references_of(self, sent: LoggedRequest) -> list[bytes]:
        return [base64.b64decode(part["inlineData"]["data"]) for part in self.parts_of(sent)[1:]]

    def key_of(self, sent: LoggedRequest) -> str | None:
        return sent.headers.get("x-goog-api-key")


class TestVertex(TestGemini):
    options = {"vertex": True, "project": "studio-1"}

    def endpoint(self, **changes: Any) -> Any:
        return super().endpoint(**({"base_url": f"{self.fake.origin}/v1"} | changes))

    def key_of(self, sent: LoggedRequest) -> str | None:
        return sent.headers.get("authorization", "").removeprefix("Bearer ") or None


class TestFalQueue(QueueConformance):
    dialect = "fal_queue"
    remote_id = "fal-ai/model/dev"
    mode = "renamed"

    def prompt_of(self, sent: LoggedRequest) -> str:
        return sent.fields["prompt"]

    def references_of(self, sent: LoggedRequest) -> list[bytes]:
        return open_data_uris(sent.fields["image_urls"])

    def key_of(self, sent: LoggedRequest) -> str | None:
        return sent.headers.get("authorization", "").removeprefix("Key ") or None


class TestReplicate(QueueConformance):
    dialect = "replicate"
    parameter = "aspect"
    mode = "converted"

    def prompt_of(self, sent: LoggedRequest) -> str:
        return sent.fields["input"]["prompt"]

    def references_of(self, sent: LoggedRequest) -> list[bytes]:
        return open_data_uris(sent.fields["input"]["image_input"])

    def key_of(self, sent: LoggedRequest) -> str | None:
        return sent.headers.get("authorization", "").removeprefix("Bearer ") or None
