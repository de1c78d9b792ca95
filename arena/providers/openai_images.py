"""The OpenAI Images dialect: generations as JSON, edits as multipart, always one picture.

Flags in `endpoint.options`, each meaning "unlike the default":
  b64_only         answers are base64 whatever one asks; `response_format` is never sent
  response_format  "url" or "b64_json": sent as it is; not sent at all when absent
  edit_field       "image" or "image[]"; by default "image" for one reference, else "image[]"
  size_mode        "wxh" (default), "closest" (of `sizes`), or "aspect" (`aspect_ratio` instead)
  sizes            the sizes "closest" chooses from, as "1024x1536"
  seed             true: the host takes a `seed`
  extra_body       further fields; they win over everything else
  drop             names of fields that are left out in the end
  disciplines, max_references   what this host can do, where it is less than the dialect can
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote_to_bytes, urljoin

from arena.providers.failures import load_json
from arena.providers.http import Answer, Client, call, fetch, open_client
from arena.providers.openai_errors import name_failure
from arena.providers.types import (
    Capabilities,
    Done,
    Endpoint,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Timing,
)

MAX_REFERENCES = 16
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


class OpenAIImages:
    """OpenAI, Lumenfall, LocalAI, vLLM-Omni, SGLang, sd-server, LiteLLM proxies, our studios."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked; from the flags alone, nothing is called."""
        options = endpoint.options
        return Capabilities(
            disciplines=tuple(options.get("disciplines", ("text-to-image", "image-editing"))),
            max_references=options.get("max_references", MAX_REFERENCES),
            seeds=bool(options.get("seed")),
            sizes=_read_sizes(options) if options.get("size_mode") == "closest" else (),
        )

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done:
        """Ask for one picture and wait for it; the endpoint's deadline covers the download too.

        Raises ProviderError.
        """
        self._check(request, endpoint)
        with open_client() if client is None else nullcontext(client) as http:
            started = http.clock()
            answer = _ask(http, request, endpoint)
            parsed, entry = _read_entry(answer, endpoint)
            left = endpoint.deadline_seconds - (http.clock() - started)
            data, declared = _take_picture(http, entry, answer, endpoint=endpoint, seconds=left)
            total_ms = round((http.clock() - started) * 1000)
        return Done(
            data=data,
            content_type=_tell_type(data, declared),
            revised_prompt=_text(entry.get("revised_prompt")),
            seed=_read_seed(entry, parsed, request=request, endpoint=endpoint),
            usage=parsed["usage"] if isinstance(parsed.get("usage"), Mapping) else None,
            http_status=answer.status,
            timing=Timing(ttfb_ms=answer.timing.ttfb_ms, total_ms=total_ms),
            remote_id=_text(answer.headers.get("x-request-id")) or _text(parsed.get("id")),
        )

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Always raises ProviderError: this dialect answers at once."""
        raise ProviderError(
            Outcome.BAD_REQUEST, "This provider keeps no jobs to ask after.", billed=False
        )

    def _check(self, request: PictureRequest, endpoint: Endpoint) -> None:
        able = self.capabilities(endpoint)
        wrong = ""
        if request.discipline not in able.disciplines:
            wrong = f"This provider is not set up for {request.discipline}."
        elif request.discipline == "image-editing" and not request.references:
            wrong = "An edit needs at least one reference picture."
        elif len(request.references) > able.max_references:
            wrong = f"This provider takes at most {able.max_references} reference pictures."
        if wrong:
            raise ProviderError(Outcome.BAD_REQUEST, wrong, billed=False, retryable=False)


def _ask(client: Client, request: PictureRequest, endpoint: Endpoint) -> Answer:
    base = endpoint.base_url.rstrip("/")
    credentials = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else None
    fields = build_fields(request, endpoint)
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
    name = endpoint.options.get("edit_field", default)
    return call(
        client,
        "POST",
        f"{base}/images/edits",
        endpoint=endpoint,
        data={key: _form_text(value) for key, value in fields.items()},
        files=[(name, (r.name, r.data, r.content_type)) for r in request.references],
        credentials=credentials,
    )


def build_fields(request: PictureRequest, endpoint: Endpoint) -> dict[str, Any]:
    """Build the fields of the body, reference pictures aside; keys and values as JSON has them."""
    flags = endpoint.options
    fields: dict[str, Any] = {"model": request.remote_id, "prompt": request.prompt, "n": 1}
    fields |= _size_fields(request, flags)
    if flags.get("response_format") and not flags.get("b64_only"):
        fields["response_format"] = flags["response_format"]
    if flags.get("seed") and request.seed is not None:
        fields["seed"] = request.seed
    fields |= request.options
    fields |= flags.get("extra_body", {})
    dropped = set(flags.get("drop", ()))
    return {name: value for name, value in fields.items() if name not in dropped}


def _size_fields(request: PictureRequest, flags: Mapping[str, Any]) -> dict[str, str]:
    width, height = request.width, request.height
    mode = flags.get("size_mode", "wxh")
    if mode == "aspect":
        common = math.gcd(width, height)
        return {"aspect_ratio": f"{width // common}:{height // common}"}
    if mode == "closest":
        width, height = closest_size(_read_sizes(flags), width=width, height=height)
    return {"size": f"{width}x{height}"}


def closest_size(sizes: tuple[tuple[int, int], ...], *, width: int, height: int) -> tuple[int, int]:
    """Choose the size nearest in shape, then in area, of the (width, height) pairs allowed."""

    def distance(size: tuple[int, int]) -> tuple[float, float]:
        shape = abs(math.log((size[0] * height) / (size[1] * width)))
        area = abs(math.log((size[0] * size[1]) / (width * height)))
        return round(shape, 6), area

    return min(sizes, key=distance)


def _read_sizes(flags: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    try:
        pairs = [str(size).lower().split("x") for size in flags["sizes"]]
        sizes = tuple((int(width), int(height)) for width, height in pairs)
    except (KeyError, TypeError, ValueError) as error:
        raise _misconfigured('"sizes" must be a list such as ["1024x1024"]') from error
    if not sizes or min(min(size) for size in sizes) < 1:
        raise _misconfigured('"sizes" must name at least one size')
    return sizes


def _misconfigured(what: str) -> ProviderError:
    return ProviderError(
        Outcome.BAD_REQUEST,
        f"The options of this provider are wrong: {what}.",
        retryable=False,
        billed=False,
    )


def _form_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_entry(answer: Answer, endpoint: Endpoint) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Give the whole parsed answer and its first entry of `data`; further pictures are dropped."""
    if answer.status != 200:
        raise name_failure(answer, key=endpoint.key)
    try:
        parsed = load_json(answer.body)
    except ValueError as error:
        raise _bad_answer("The answer is no JSON.", answer, billed=None) from error
    if not isinstance(parsed, Mapping):
        raise _bad_answer("The answer is no JSON object.", answer, billed=None)
    if parsed.get("error"):
        raise name_failure(answer, key=endpoint.key)
    entries = parsed.get("data")
    if entries is not None and not isinstance(entries, list):
        raise _bad_answer('The answer\'s "data" is no list.', answer, billed=None)
    if not entries or not entries[0]:
        raise _empty(answer)
    if not isinstance(entries[0], Mapping):
        raise _bad_answer("The answer's first picture is no object.", answer, billed=None)
    return parsed, entries[0]


def _take_picture(
    client: Client,
    entry: Mapping[str, Any],
    answer: Answer,
    *,
    endpoint: Endpoint,
    seconds: float,
) -> tuple[bytes, str]:
    """Give the picture's bytes and the media type it was declared to have ("" if none)."""
    packed, url = entry.get("b64_json"), entry.get("url")
    if isinstance(packed, str) and packed:
        return _unpack(packed, answer)
    if not isinstance(url, str) or not url:
        raise _empty(answer)
    if url.startswith("data:"):
        return _unpack(url, answer)
    # Some self-hosted servers answer with a path of their own.
    absolute = urljoin(endpoint.base_url.rstrip("/") + "/", url)
    file = fetch(client, absolute, endpoint=endpoint, seconds=seconds)
    return file.body, file.headers.get("content-type", "")


def _unpack(packed: str, answer: Answer) -> tuple[bytes, str]:
    """Decode base64, bare or as a data URI; what the bytes are is for the intake to find out."""
    declared = ""
    if packed.startswith("data:"):
        head, _comma, packed = packed.partition(",")
        declared = head.removeprefix("data:").partition(";")[0]
        if not head.endswith(";base64"):
            return unquote_to_bytes(packed), declared
    try:
        data = base64.b64decode("".join(packed.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad_answer("The picture is no valid base64.", answer, billed=True) from error
    if not data:
        raise _empty(answer)
    return data, declared


def _bad_answer(message: str, answer: Answer, *, billed: bool | None) -> ProviderError:
    return ProviderError(
        Outcome.BAD_ANSWER,
        message,
        http_status=answer.status,
        billed=billed,
        timing=answer.timing,
    )


def _empty(answer: Answer) -> ProviderError:
    # Prices are per picture: no picture, nothing to pay.
    return ProviderError(
        Outcome.EMPTY,
        "The provider answered well but without a picture.",
        http_status=answer.status,
        billed=False,
        timing=answer.timing,
    )


def _tell_type(data: bytes, declared: str) -> str:
    for signature, content_type in _SIGNATURES:
        if data.startswith(signature):
            return content_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return declared.partition(";")[0].strip().lower() or "application/octet-stream"


def _read_seed(
    entry: Mapping[str, Any],
    parsed: Mapping[str, Any],
    *,
    request: PictureRequest,
    endpoint: Endpoint,
) -> int | None:
    for told in (entry.get("seed"), parsed.get("seed")):
        if isinstance(told, int) and not isinstance(told, bool):
            return told
    return request.seed if endpoint.options.get("seed") else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
