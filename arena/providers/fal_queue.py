"""The queue dialect of fal: submit, status, result and cancel under addresses that it tells.

Flags in `endpoint.options`, beside those of `parameters`:
  path_suffix   what follows the model's id in the address, e.g. "/edit" under `editing`
  count_field   the field that asks for one picture; "num_images" by default, "" for none
  safety_field  the field of the result that marks unsafe pictures, which come out black;
                "has_nsfw_concepts" by default
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote as quote_path

from arena.providers.failures import SENTENCES, bad_answer, load_json, load_object
from arena.providers.fal_errors import name_failure, read_detail, says_not_yet
from arena.providers.http import Answer, Client, call, open_client
from arena.providers.jobs import (
    ask_after,
    choose_url,
    finish_job,
    first_text,
    lost_job,
    name_question_failure,
    take_file,
    time_result,
    unreadable,
    with_key_hosts,
)
from arena.providers.parameters import (
    check_request,
    finish_body,
    map_parameters,
    read_capabilities,
    read_features,
    read_flags,
    reference_fields,
)
from arena.providers.payloads import read_list, read_object, read_seconds, read_text
from arena.providers.types import (
    Capabilities,
    Done,
    Endpoint,
    Mode,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Usage,
)

KEY_HOSTS = (".fal.run",)
MAX_REFERENCES = 10
WAIT_IN_QUEUE, WAIT_AT_WORK = 3.0, 1.0
DEFAULTS: Final[Mapping[str, Any]] = {
    "size_mode": "object",
    "size_field": "image_size",
    "seed": True,
    "reference_field": "image_urls",
    "path_suffix": "",
    "count_field": "num_images",
    "safety_field": "has_nsfw_concepts",
}


class FalQueue:
    """fal.ai: a durable queue in front of many hosted models, each with fields of its own."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked; from the flags alone, nothing is called."""
        return read_capabilities(
            endpoint, defaults=DEFAULTS, max_references=MAX_REFERENCES, queued=True
        )

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Pending:
        """Put a job into the queue; raises ProviderError."""
        check_request(request, self.capabilities(endpoint))
        flags = read_flags(endpoint, discipline=request.discipline, defaults=DEFAULTS)
        body, modes = build_body(request, flags)
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        base = endpoint.base_url.rstrip("/")
        path = quote_path(request.remote_id.strip("/") + flags["path_suffix"], safe="/")
        with open_client() if client is None else nullcontext(client) as http:
            started_at = http.calendar()
            answer = call(
                http,
                "POST",
                f"{base}/{path}",
                endpoint=endpoint,
                json=body,
                credentials=_credentials(endpoint),
            )
        return replace(
            _read_receipt(answer, endpoint, app=_app_path(request.remote_id)),
            started_at=started_at,
            seed=request.seed if "seed" in modes else None,
            modes=modes,
            features=read_features(request, body, flags),
        )

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Ask for the status, and fetch the result once there is one; raises ProviderError."""
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        with open_client() if client is None else nullcontext(client) as http:
            key = _credentials(endpoint)
            answer = ask_after(http, pending.poll_url, endpoint=endpoint, credentials=key)
            status, seconds = _read_status(answer, endpoint)
            if status == "IN_QUEUE":
                return replace(pending, timing=answer.timing, wait_seconds=WAIT_IN_QUEUE)
            if status == "IN_PROGRESS":
                return replace(pending, timing=answer.timing, wait_seconds=WAIT_AT_WORK)
            result = ask_after(http, pending.result_url, endpoint=endpoint, credentials=key)
            if says_not_yet(result, key=endpoint.key):
                return replace(pending, timing=result.timing, wait_seconds=WAIT_AT_WORK)
            return _collect(http, pending, result, endpoint=endpoint, seconds=seconds)

    def cancel(self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None) -> bool:
        """Call a job off; True only if fal says that it was still in the queue."""
        if not pending.cancel_url:
            return False
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        try:
            with open_client() if client is None else nullcontext(client) as http:
                answer = call(
                    http,
                    "PUT",
                    pending.cancel_url,
                    endpoint=endpoint,
                    credentials=_credentials(endpoint),
                )
            told = read_object(load_json(answer.body))
        except (ProviderError, ValueError):
            return False
        # 202 CANCELLATION_REQUESTED is a signal to a runner that has begun.
        return answer.status == 200 and told.get("status") == "OK"

    def classify(self, answer: Answer, endpoint: Endpoint) -> ProviderError:
        """Name what went wrong in an answer that brings no picture."""
        return name_failure(answer, key=endpoint.key, worked=False)


def build_body(
    request: PictureRequest, flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Mode]]:
    """Build the model's input and the modes of its parameters."""
    mapped = map_parameters(request, flags)
    fields: dict[str, Any] = {"prompt": mapped.prompt}
    if flags["count_field"]:
        fields[flags["count_field"]] = 1
    fields |= reference_fields(request, flags)
    body = finish_body(fields, mapped=mapped, request=request, flags=flags)
    return body, mapped.modes(body)


def _credentials(endpoint: Endpoint) -> dict[str, str] | None:
    return {"Authorization": f"Key {endpoint.key}"} if endpoint.key else None


def _app_path(remote_id: str) -> str:
    """Jobs live under owner and app alone, whatever path of the app made them."""
    return "/".join(remote_id.strip("/").split("/")[:2])


def _read_receipt(answer: Answer, endpoint: Endpoint, *, app: str) -> Pending:
    if answer.status not in (200, 201, 202):
        raise name_failure(answer, key=endpoint.key, worked=False)
    try:
        told = load_object(answer)
    except ProviderError:
        told = {}
    # The header names the job even where the body is spoilt.
    job = read_text(told.get("request_id")) or answer.headers.get("x-fal-request-id", "")
    if not job:
        raise bad_answer("The queue named no job.", answer, billed=None)
    built = f"{endpoint.base_url.rstrip('/')}/{app}/requests/{quote_path(job, safe='')}"
    return Pending(
        remote_id=job,
        poll_url=choose_url(endpoint, told.get("status_url"), built=f"{built}/status"),
        result_url=choose_url(endpoint, told.get("response_url"), built=built),
        cancel_url=choose_url(endpoint, told.get("cancel_url"), built=f"{built}/cancel"),
        wait_seconds=WAIT_AT_WORK,
        first_byte_ms=answer.timing.ttfb_ms,
        timing=answer.timing,
    )


def _read_status(answer: Answer, endpoint: Endpoint) -> tuple[str, float | None]:
    """Give the job's status and the seconds of compute, if told."""
    if answer.status not in (200, 202):
        error = name_failure(answer, key=endpoint.key, worked=True)
        raise name_question_failure(answer, error=error)
    try:
        told = read_object(load_json(answer.body))
    except ValueError:
        raise unreadable(answer) from None
    status = read_text(told.get("status")) or ""
    if status not in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"):
        if status in ("FAILED", "CANCELED", "CANCELLED", "CANCELLATION_REQUESTED"):
            raise lost_job(answer, words=f"the job's status is {status}")
        raise unreadable(answer)
    return status, read_seconds(read_object(told.get("metrics")).get("inference_time"))


def _collect(
    client: Client,
    pending: Pending,
    result: Answer,
    *,
    endpoint: Endpoint,
    seconds: float | None,
) -> Done:
    if result.status != 200:
        error = name_failure(result, key=endpoint.key, worked=True)
        # Only fal's own words are a verdict on the job; a proxy's page is none.
        if read_detail(result, key=endpoint.key) is None or result.status in (401, 403, 404, 429):
            raise name_question_failure(result, error=error)
        raise error
    try:
        told = read_object(load_json(result.body))
    except ValueError:
        raise unreadable(result) from None
    timing = time_result(client, pending, result)
    pictures = _list_pictures(told)
    if not pictures and told.get("error"):
        raise name_failure(result, key=endpoint.key, worked=True)
    usage = _read_usage(told, pictures, seconds=seconds)
    _require_safe(told, result, endpoint=endpoint, usage=usage)
    if not pictures:
        raise _empty(result, usage)
    picture = take_file(client, pictures[0]["url"], endpoint=endpoint, answer=result, usage=usage)
    seed = told.get("seed")
    return finish_job(
        client,
        pending,
        picture=(picture[0], picture[1] or read_text(pictures[0].get("content_type")) or ""),
        result=result,
        timing=timing,
        usage=usage,
        seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
        revised_prompt=first_text(told, ("revised_prompt", "actual_prompt", "expanded_prompt")),
    )


def _list_pictures(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = read_list(told.get("images")) or [told.get("image")]
    files = [{"url": entry} if isinstance(entry, str) else read_object(entry) for entry in entries]
    return [file for file in files if read_text(file.get("url"))]


def _read_usage(
    told: Mapping[str, Any], pictures: list[Mapping[str, Any]], *, seconds: float | None
) -> Usage:
    sides = [(file.get("width"), file.get("height")) for file in pictures]
    areas = [w * h for w, h in sides if isinstance(w, int) and isinstance(h, int)]
    if seconds is None:
        seconds = read_seconds(read_object(told.get("timings")).get("inference"))
    return Usage(
        images=len(pictures),
        megapixels=sum(areas) / 1e6 if areas and len(areas) == len(pictures) else None,
        seconds=seconds,
        raw={name: told[name] for name in ("timings", "usage") if name in told},
    )


def _require_safe(
    told: Mapping[str, Any], result: Answer, *, endpoint: Endpoint, usage: Usage
) -> None:
    flags = endpoint.options.get("safety_field", DEFAULTS["safety_field"])
    marks = told.get(flags)
    if marks is True or (isinstance(marks, list) and marks and marks[0] is True):
        raise ProviderError(
            Outcome.REFUSED,
            f"{SENTENCES[Outcome.REFUSED]}: the picture was blackened.",
            http_status=result.status,
            billed=True if usage.images else None,
            timing=result.timing,
            usage=usage,
        )


def _empty(result: Answer, usage: Usage) -> ProviderError:
    return ProviderError(
        Outcome.EMPTY,
        f"{SENTENCES[Outcome.EMPTY]}.",
        http_status=result.status,
        billed=None,  # "successful requests are charged", and nobody says what this one is
        timing=result.timing,
        usage=usage,
    )
