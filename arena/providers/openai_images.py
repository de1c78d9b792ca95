"""The OpenAI Images dialect: generations as JSON, edits as multipart, always one picture.

Flags in `endpoint.options`, beside those of `parameters`:
  b64_only         answers are base64 whatever one asks; `response_format` is never sent
  response_format  "url" or "b64_json": sent as it is; not sent at all when absent
  edit_field       "image" or "image[]"; by default "image" for one reference, else "image[]"
Ready sets of flags for OpenAI and its relatives are in docs/adding-a-provider.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urljoin

from arena.providers.failures import SENTENCES, bad_answer, load_object
from arena.providers.http import Answer, Client, call, fetch, open_client
from arena.providers.openai_errors import name_failure
from arena.providers.parameters import (
    check_request,
    finish_body,
    map_parameters,
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

MAX_REFERENCES = 16
DEFAULTS: Final[Mapping[str, Any]] = {"size_mode": "wxh", "quality": True, "format": True}


class OpenAIImages:
    """OpenAI, Lumenfall, LocalAI, vLLM-Omni, SGLang, sd-server, LiteLLM proxies, our studios."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked; from the flags alone, nothing is called."""
        return read_capabilities(
            endpoint, defaults=DEFAULTS, max_references=MAX_REFERENCES, queued=False
        )

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done:
        """Ask for one picture and wait for it; the endpoint's deadline covers the download too.

        Raises ProviderError.
        """
        check_request(request, self.capabilities(endpoint))
        flags = read_flags(endpoint, discipline=request.discipline, defaults=DEFAULTS)
        fields, modes = build_fields(request, flags)
        with open_client() if client is None else nullcontext(client) as http:
            started = http.clock()
            answer = _ask(http, request, endpoint, fields=fields, flags=flags)
            parsed, entry, usage = _read_entry(answer, endpoint)
            left = endpoint.deadline_seconds - (http.clock() - started)
            data, declared = _take_picture(
                http, entry, answer, endpoint=endpoint, seconds=left, usage=usage
            )
            total_ms = round((http.clock() - started) * 1000)
        return Done(
            data=data,
            content_type=tell_type(data, declared),
            revised_prompt=read_text(entry.get("revised_prompt")),
            seed=_read_seed(entry, parsed, sent=request.seed if "seed" in modes else None),
            usage=replace(usage, features=read_features(request, fields, flags)),
            http_status=answer.status,
            timing=Timing(ttfb_ms=answer.timing.ttfb_ms, total_ms=total_ms),
            remote_id=read_text(answer.headers.get("x-request-id")) or read_text(parsed.get("id")),
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
        return name_failure(answer, key=endpoint.key)


def build_fields(
    request: PictureRequest, flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Mode]]:
    """Build the fields of the body, reference pictures aside, and the modes of its parameters."""
    mapped = map_parameters(request, flags)
    fields: dict[str, Any] = {"model": request.remote_id, "prompt": mapped.prompt, "n": 1}
    if flags.get("response_format") and not flags.get("b64_only"):
        fields["response_format"] = flags["response_format"]
    body = finish_body(fields, mapped=mapped, request=request, flags=flags)
    return body, mapped.modes(body)


def _ask(
    client: Client,
    request: PictureRequest,
    endpoint: Endpoint,
    *,
    fields: Mapping[str, Any],
    flags: Mapping[str, Any],
) -> Answer:
    base = endpoint.base_url.rstrip("/")
    credentials = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else None
    if request.discipline == "text-to-image":
        return call(
            client,
            "POST",
            f"{base}/images/generations",
            endpoint=endpoint,
            json=fields,
            credentials=credentials,
        )
    default = "image" if len(request.references) == 1 else "image[]"
    name = flags.get("edit_field", default)
    return call(
        client,
        "POST",
        f"{base}/images/edits",
        endpoint=endpoint,
        data={key: _form_text(value) for key, value in fields.items()},
        files=[(name, (r.name, r.data, r.content_type)) for r in request.references],
        credentials=credentials,
    )


def _form_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_entry(
    answer: Answer, endpoint: Endpoint
) -> tuple[Mapping[str, Any], Mapping[str, Any], Usage]:
    """Give the whole parsed answer, its first entry of `data`, and the usage of all entries."""
    if answer.status != 200:
        raise name_failure(answer, key=endpoint.key)
    parsed = load_object(answer)
    if parsed.get("error"):
        raise name_failure(answer, key=endpoint.key)
    entries = parsed.get("data")
    if entries is not None and not isinstance(entries, list):
        raise bad_answer('The answer\'s "data" is no list.', answer, billed=None)
    usage = read_usage(parsed.get("usage"), images=len(read_list(entries)))
    if not entries or not entries[0]:
        raise _empty(answer, usage)
    if not isinstance(entries[0], Mapping):
        raise bad_answer("The answer's first picture is no object.", answer, billed=None)
    return parsed, entries[0], usage


def _take_picture(
    client: Client,
    entry: Mapping[str, Any],
    answer: Answer,
    *,
    endpoint: Endpoint,
    seconds: float,
    usage: Usage,
) -> tuple[bytes, str]:
    """Give the picture's bytes and the media type it was declared to have ("" if none)."""
    packed, url = read_text(entry.get("b64_json")), read_text(entry.get("url"))
    if packed is None and url is not None and url.startswith("data:"):
        packed = url
    if packed is not None:
        try:
            data, declared = unpack_picture(packed)
        except ValueError as error:
            message = "The picture is no valid base64."
            raise bad_answer(message, answer, billed=True, usage=usage) from error
        if not data:
            raise _empty(answer, usage)
        return data, declared
    if url is None:
        raise _empty(answer, usage)
    # Some self-hosted servers answer with a path of their own.
    absolute = urljoin(endpoint.base_url.rstrip("/") + "/", url)
    try:
        file = fetch(client, absolute, endpoint=endpoint, seconds=seconds)
    except ProviderError as error:
        error.usage = usage
        raise
    return file.body, file.headers.get("content-type", "")


def read_usage(told: Any, *, images: int) -> Usage:
    """Read the `usage` object of the GPT image models; other hosts send none."""
    usage = read_object(told)
    parts = read_object(usage.get("input_tokens_details"))
    return Usage(
        images=images,
        input_tokens=read_count(usage.get("input_tokens")),
        output_tokens=read_count(usage.get("output_tokens")),
        text_input_tokens=read_count(parts.get("text_tokens")),
        image_input_tokens=read_count(parts.get("image_tokens")),
        raw=usage,
    )


def _empty(answer: Answer, usage: Usage) -> ProviderError:
    # Tokens tell what is charged; without them nobody says whether a success was free.
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    return ProviderError(
        Outcome.EMPTY,
        f"{SENTENCES[Outcome.EMPTY]}.",
        http_status=answer.status,
        billed=True if tokens else None,
        retryable=True,
        timing=answer.timing,
        usage=replace(usage, images=0),
    )


def _read_seed(
    entry: Mapping[str, Any], parsed: Mapping[str, Any], *, sent: int | None
) -> int | None:
    for told in (entry.get("seed"), parsed.get("seed")):
        if isinstance(told, int) and not isinstance(told, bool):
            return told
    return sent
