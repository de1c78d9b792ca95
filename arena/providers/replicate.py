"""The dialect of Replicate: predictions of a model or of one version, asked after by id.

Every model has fields of its own, hence almost everything is a flag. Flags in `endpoint.options`,
beside those of `parameters`:
  prompt_field  "prompt" by default
  prefer_wait   seconds (1 to 60) that the first answer may wait for the result. Not set by
                default: while it waits nobody knows the job's id, and a lost answer loses the job
Remote ids: "owner/name" (an official model), "owner/name:version", or a bare version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote as quote_path

from arena.providers.failures import SENTENCES, bad_answer, load_json, load_object
from arena.providers.http import Answer, Client, call, open_client
from arena.providers.jobs import (
    ask_after,
    choose_url,
    finish_job,
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
    misconfigured,
    read_capabilities,
    read_features,
    read_flags,
    reference_fields,
)
from arena.providers.payloads import read_object, read_seconds, read_text
from arena.providers.replicate_errors import name_failed_job, name_failure
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

KEY_HOSTS = ("api.replicate.com",)
MAX_REFERENCES = 10
WAIT_SECONDS = 1.5
DEFAULTS: Final[Mapping[str, Any]] = {
    "size_mode": "aspect",
    "reference_field": "image_input",
    "prompt_field": "prompt",
}
_VERSION = re.compile(r"[0-9a-f]{64}")
_GOING = ("starting", "processing", "queued")
_ENDED = ("succeeded", "failed", "canceled", "cancelled", "aborted")


class Replicate:
    """Replicate: jobs that are made, asked after and called off under one id."""

    def capabilities(self, endpoint: Endpoint) -> Capabilities:
        """Tell what may be asked; from the flags alone, nothing is called."""
        return read_capabilities(
            endpoint, defaults=DEFAULTS, max_references=MAX_REFERENCES, queued=True
        )

    def submit(
        self, request: PictureRequest, endpoint: Endpoint, *, client: Client | None = None
    ) -> Pending:
        """Make a prediction, even if it is done at once: `poll` collects it; raises ProviderError."""
        check_request(request, self.capabilities(endpoint))
        flags = read_flags(endpoint, discipline=request.discipline, defaults=DEFAULTS)
        fields, modes = build_input(request, flags)
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        path, body = _address(request.remote_id)
        with open_client() if client is None else nullcontext(client) as http:
            started_at = http.calendar()
            answer = call(
                http,
                "POST",
                endpoint.base_url.rstrip("/") + path,
                endpoint=endpoint,
                json={**body, "input": fields},
                headers=_preference(flags),
                credentials=_credentials(endpoint),
            )
        return replace(
            _read_receipt(answer, endpoint),
            started_at=started_at,
            seed=request.seed if "seed" in modes else None,
            modes=modes,
            features=read_features(request, fields, flags),
        )

    def poll(
        self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None
    ) -> Done | Pending:
        """Ask after a prediction, and fetch its picture once there is one; raises ProviderError."""
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        with open_client() if client is None else nullcontext(client) as http:
            answer = ask_after(
                http, pending.poll_url, endpoint=endpoint, credentials=_credentials(endpoint)
            )
            told = _read_prediction(answer, endpoint)
            if told["status"] in _GOING:
                return replace(pending, timing=answer.timing, wait_seconds=WAIT_SECONDS)
            timing, usage = time_result(http, pending, answer), _read_usage(told)
            urls = _list_urls(told.get("output"))
            if told["status"] != "succeeded":
                raise _name_end(answer, told, usage=usage, key=endpoint.key)
            if not urls:
                raise _empty(answer, usage)
            usage = replace(usage, images=len(urls))
            picture = take_file(http, urls[0], endpoint=endpoint, answer=answer, usage=usage)
            return finish_job(
                http,
                pending,
                picture=picture,
                result=answer,
                timing=timing,
                usage=usage,
                seed=None,
                revised_prompt=None,
            )

    def cancel(self, pending: Pending, endpoint: Endpoint, *, client: Client | None = None) -> bool:
        """Call a prediction off; True only if it ended without ever having started."""
        if not pending.cancel_url:
            return False
        endpoint = with_key_hosts(endpoint, *KEY_HOSTS)
        try:
            with open_client() if client is None else nullcontext(client) as http:
                answer = call(
                    http,
                    "POST",
                    pending.cancel_url,
                    endpoint=endpoint,
                    credentials=_credentials(endpoint),
                )
            told = read_object(load_json(answer.body))
        except (ProviderError, ValueError):
            return False
        ended = told.get("status") in ("canceled", "cancelled", "aborted")
        return answer.status in (200, 201, 202) and ended and not _has_begun(told)

    def classify(self, answer: Answer, endpoint: Endpoint) -> ProviderError:
        """Name what went wrong in an answer that brings no picture."""
        return name_failure(answer, key=endpoint.key)


def build_input(
    request: PictureRequest, flags: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Mode]]:
    """Build the model's input and the modes of its parameters."""
    mapped = map_parameters(request, flags)
    fields = {flags["prompt_field"]: mapped.prompt, **reference_fields(request, flags)}
    body = finish_body(fields, mapped=mapped, request=request, flags=flags)
    return body, mapped.modes(body)


def _address(remote_id: str) -> tuple[str, dict[str, Any]]:
    """Give the path of a model's or a version's predictions, and what the body must say of it."""
    name, _colon, version = remote_id.rpartition(":")
    if _VERSION.fullmatch(version):
        return "/predictions", {"version": version}
    if name or remote_id.count("/") != 1:
        raise misconfigured(f'"{remote_id}" is neither owner/name nor a version')
    return f"/models/{quote_path(remote_id)}/predictions", {}


def _preference(flags: Mapping[str, Any]) -> dict[str, str]:
    seconds = flags.get("prefer_wait")
    return {"Prefer": f"wait={min(max(int(seconds), 1), 60)}"} if seconds else {}


def _credentials(endpoint: Endpoint) -> dict[str, str] | None:
    return {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else None


def _read_receipt(answer: Answer, endpoint: Endpoint) -> Pending:
    if answer.status not in (200, 201, 202):
        raise name_failure(answer, key=endpoint.key)
    told = load_object(answer)
    job = read_text(told.get("id"))
    if job is None:
        if told.get("error") or told.get("detail"):
            raise name_failure(answer, key=endpoint.key)
        raise bad_answer("The answer names no prediction.", answer, billed=None)
    urls = read_object(told.get("urls"))
    built = f"{endpoint.base_url.rstrip('/')}/predictions/{quote_path(job, safe='')}"
    return Pending(
        remote_id=job,
        poll_url=choose_url(endpoint, urls.get("get"), built=built),
        cancel_url=choose_url(endpoint, urls.get("cancel"), built=f"{built}/cancel"),
        wait_seconds=0.0 if told.get("status") in _ENDED else WAIT_SECONDS,
        first_byte_ms=answer.timing.ttfb_ms,
        timing=answer.timing,
    )


def _read_prediction(answer: Answer, endpoint: Endpoint) -> Mapping[str, Any]:
    if answer.status != 200:
        error = name_failure(answer, key=endpoint.key)
        raise name_question_failure(answer, error=error)
    try:
        told = read_object(load_json(answer.body))
    except ValueError:
        raise unreadable(answer) from None
    if told.get("status") not in (*_GOING, *_ENDED):
        raise unreadable(answer)
    return told


def _read_usage(told: Mapping[str, Any]) -> Usage:
    metrics = read_object(told.get("metrics"))
    return Usage(images=0, seconds=read_seconds(metrics.get("predict_time")), raw=metrics)


def _has_begun(told: Mapping[str, Any]) -> bool:
    metrics = read_object(told.get("metrics"))
    return bool(told.get("started_at") or metrics.get("predict_time") or told.get("output"))


def _name_end(answer: Answer, told: Mapping[str, Any], *, usage: Usage, key: str) -> ProviderError:
    status = told["status"]
    begun = status != "aborted" and (status == "failed" or _has_begun(told))
    words = read_text(told.get("error")) or f"the prediction's status is {status}"
    return name_failed_job(answer, words, usage=usage, key=key, begun=begun)


def _list_urls(output: Any) -> list[str]:
    """Find the addresses in an output: a text, a list, or objects with a "url" or "image"."""
    entries = output if isinstance(output, list) else [output]
    found = []
    for entry in entries:
        told = read_object(entry)
        url = entry if isinstance(entry, str) else told.get("url") or told.get("image")
        if isinstance(url, str) and url:
            found.append(url)
    return found


def _empty(answer: Answer, usage: Usage) -> ProviderError:
    return ProviderError(
        Outcome.EMPTY,
        f"{SENTENCES[Outcome.EMPTY]}.",
        http_status=answer.status,
        billed=True if usage.seconds else None,
        retryable=True,
        timing=answer.timing,
        usage=usage,
    )
