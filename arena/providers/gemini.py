"""The Gemini dialect: `generateContent` of the Gemini API and of Vertex AI; pictures as parts.

Flags in `endpoint.options`, beside those of `parameters`:
  vertex       true: Vertex AI, with an OAuth token in place of an API key. The endpoint's key is
               then an access token, or the path of a service account's JSON file
  project      Vertex AI: the project; by default that of the service account
  location     Vertex AI: "global" by default; a region wants its own host in `base_url`
  modalities   what the answer may hold; ["IMAGE"] by default, some models want ["TEXT", "IMAGE"]
Fields of `parameters` named in `IMAGE_FIELDS` go into `imageConfig`, `seed` into
`generationConfig`; options of the request and `extra_body` stand beside `contents`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote as quote_path

from arena.providers.failures import bad_answer, load_object
from arena.providers.gemini_errors import name_failure, name_missing_picture
from arena.providers.google_tokens import find_access
from arena.providers.http import Answer, Client, call, open_client
from arena.providers.parameters import (
    check_request,
    finish_body,
    map_parameters,
    misconfigured,
    read_capabilities,
    read_features,
    read_flags,
)
from arena.providers.payloads import (
    read_count,
    read_list,
    read_object,
    read_text,
    tell_type,
    unpack_picture,
)
from arena.providers.types import (
    Capabilities,
    Done,
    Endpoint,
    Mode,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Timing,
    Usage,
)

MAX_REFERENCES = 14
IMAGE_FIELDS: Final = ("aspectRatio", "imageSize")
DEFAULTS: Final[Mapping[str, Any]] = {
    "size_mode": "aspect",
    "aspect_field": "aspectRatio",
    "aspects": ["1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9"],
    "tier_field": "imageSize",
    "modalities": ["IMAGE"],
    "location": "global",
}


class Gemini:
    """The Gemini API, and Vertex AI, which differs in address and key alone."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked; from the flags alone, nothing is called."""
        return read_capabilities(
            endpoint, defaults=DEFAULTS, max_references=MAX_REFERENCES, queued=False
        )

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done:
        """Ask for one picture and wait for it; raises ProviderError."""
        check_request(request, self.capabilities(endpoint))
        flags = read_flags(endpoint, discipline=request.discipline, defaults=DEFAULTS)
        body, modes = build_body(request, flags)
        with open_client() if client is None else nullcontext(client) as http:
            secret, answer = _ask(http, request, endpoint, body=body, flags=flags)
        if answer.status != 200:
            raise name_failure(answer, key=secret)
        parsed = load_object(answer)
        if parsed.get("error"):
            raise name_failure(answer, key=secret)
        usage, pictures = read_usage(parsed), _list_pictures(parsed, answer)
        usage = replace(
            usage, images=len(pictures), features=_features(request, body, parsed, flags)
        )
        if not pictures:
            raise name_missing_picture(answer, parsed, usage=usage, key=secret)
        data, declared = _unpack(pictures[0], answer, usage=usage)
        return Done(
            data=data,
            content_type=tell_type(data, declared),
            revised_prompt=None,  # the texts beside the picture are remarks, not a prompt
            seed=request.seed if "seed" in modes else None,
            usage=usage,
            http_status=answer.status,
            timing=Timing(ttfb_ms=answer.timing.ttfb_ms, total_ms=answer.timing.total_ms),
            remote_id=read_text(parsed.get("responseId")),
            modes=modes,
        )

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Always raises ProviderError: this dialect answers at once."""
        raise ProviderError(
            Outcome.BAD_REQUEST, "This provider keeps no jobs to ask after.", billed=False
        )

    def cancel(self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None) -> bool:
        """Always False: this dialect keeps no jobs that could be called off."""
        return False

    def classify(self, answer: Answer, endpoint: Endpoint) -> ProviderError:
        """Name what went wrong in an answer that brings no picture."""
        if answer.status != 200:
            return name_failure(answer, key=endpoint.key)
        parsed = load_object(answer)
        if parsed.get("error"):
            return name_failure(answer, key=endpoint.key)
        usage = replace(read_usage(parsed), images=0)
        return name_missing_picture(answer, parsed, usage=usage, key=endpoint.key)


def build_body(
    request: PictureRequest, flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Mode]]:
    """Build the body, reference pictures as parts of the prompt, and its parameters' modes."""
    mapped = map_parameters(request, flags)
    parts: list[dict[str, Any]] = [{"text": mapped.prompt}]
    for picture in request.references:
        packed = base64.b64encode(picture.data).decode()
        parts.append({"inlineData": {"mimeType": picture.content_type, "data": packed}})
    body = finish_body({}, mapped=mapped, request=request, flags=flags)
    modes = mapped.modes(body)
    told = {name: body.pop(name) for name in mapped.fields() if name in body}
    image = {name: told.pop(name) for name in IMAGE_FIELDS if name in told}
    generation = {"responseModalities": list(flags["modalities"]), **told}
    if image:
        generation["imageConfig"] = image
    body = {
        "contents": [{"role": "user", "parts": parts}],
        "generationConfig": generation,
        **body,
    }
    return body, modes


def _ask(
    client: Client,
    request: PictureRequest,
    endpoint: Endpoint,
    *,
    body: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> tuple[str, Answer]:
    """Make the call; gives the secret that was sent, so that it can be kept out of messages."""
    base = endpoint.base_url.rstrip("/")
    model = quote_path(request.remote_id, safe="/:@")
    if not flags.get("vertex"):
        credentials = {"x-goog-api-key": endpoint.key} if endpoint.key else None
        url = f"{base}/models/{model}:generateContent"
        secret = endpoint.key
    else:
        access = find_access(client, endpoint)
        project = flags.get("project") or access.project
        if not project:
            raise misconfigured('Vertex AI needs a "project" beside an access token')
        place = f"projects/{project}/locations/{flags['location']}"
        url = f"{base}/{place}/publishers/google/models/{model}:generateContent"
        secret = access.token
        credentials = {"Authorization": f"Bearer {secret}"} if secret else None
    answer = call(client, "POST", url, endpoint=endpoint, json=body, credentials=credentials)
    return secret, answer


def _list_pictures(parsed: Mapping[str, Any], answer: Answer) -> list[Mapping[str, Any]]:
    """Give the `inlineData` of the first candidate; sketches among its thoughts do not count."""
    candidates = parsed.get("candidates")
    if candidates is not None and not isinstance(candidates, list):
        raise bad_answer('The answer\'s "candidates" is no list.', answer, billed=None)
    first = read_object(candidates[0]) if candidates else {}
    parts = read_list(read_object(first.get("content")).get("parts"))
    shown = [read_object(part) for part in parts if not read_object(part).get("thought")]
    packed = [read_object(part.get("inlineData") or part.get("inline_data")) for part in shown]
    return [one for one in packed if read_text(one.get("data"))]


def _unpack(packed: Mapping[str, Any], answer: Answer, *, usage: Usage) -> tuple[bytes, str]:
    try:
        data, _declared = unpack_picture(packed["data"])
    except ValueError as error:
        message = "The picture is no valid base64."
        raise bad_answer(message, answer, billed=True, usage=usage) from error
    if not data:
        raise bad_answer("The picture has no bytes.", answer, billed=True, usage=usage)
    return data, read_text(packed.get("mimeType") or packed.get("mime_type")) or ""


def read_usage(parsed: Mapping[str, Any]) -> Usage:
    """Read `usageMetadata`; thoughts are charged like output."""
    told = read_object(parsed.get("usageMetadata"))
    made = [read_count(told.get(name)) for name in ("candidatesTokenCount", "thoughtsTokenCount")]
    known = [count for count in made if count is not None]
    return Usage(
        input_tokens=read_count(told.get("promptTokenCount")),
        output_tokens=sum(known) if known else None,
        text_input_tokens=_count_modality(told, "TEXT"),
        image_input_tokens=_count_modality(told, "IMAGE"),
        raw=told,
    )


def _count_modality(told: Mapping[str, Any], modality: str) -> int | None:
    details = [read_object(detail) for detail in read_list(told.get("promptTokensDetails"))]
    counts = [read_count(d.get("tokenCount")) for d in details if d.get("modality") == modality]
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _features(
    request: PictureRequest,
    body: Mapping[str, Any],
    parsed: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> tuple[str, ...]:
    used = read_features(request, body, flags)
    candidates = read_list(parsed.get("candidates"))
    searched = candidates and read_object(candidates[0]).get("groundingMetadata")
    return tuple(dict.fromkeys((*used, "web-search"))) if searched else used
