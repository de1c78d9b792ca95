"""What the queued dialects share: asking after a job, and who may be asked with the key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin

from arena.providers.addresses import is_listed, may_have_key, split_origin
from arena.providers.failures import build_error
from arena.providers.http import Answer, Client, call, fetch
from arena.providers.payloads import tell_type, unpack_picture
from arena.providers.types import (
    Done,
    Endpoint,
    Outcome,
    Pending,
    ProviderError,
    Timing,
    Usage,
)

# An orderly "no" to the question itself: asking again brings the same.
_FINAL_STATUSES = (401, 402, 403, 404, 410)


def with_key_hosts(endpoint: Endpoint, *suffixes: str) -> Endpoint:
    """Let the provider's other hosts have the key too, where the endpoint is one of them.

    `options["key_hosts"]` are added in any case: the operator wrote them.
    """
    _scheme, host, port = split_origin(endpoint.base_url)
    hosts = (*endpoint.key_hosts, *endpoint.options.get("key_hosts", ()))
    if is_listed(suffixes, host=host, port=port):
        hosts += suffixes
    return replace(endpoint, key_hosts=hosts)


def choose_url(endpoint: Endpoint, told: Any, *, built: str) -> str:
    """Give the URL that the provider told, or ours where its host may not be sent the key.

    The job is reachable under its usual address even if an answer points somewhere else.
    """
    if isinstance(told, str) and told:
        absolute = urljoin(endpoint.base_url.rstrip("/") + "/", told)
        try:
            same_scheme = split_origin(absolute)[0] == split_origin(endpoint.base_url)[0]
            if same_scheme and may_have_key(endpoint, absolute):
                return absolute
        except ValueError:
            return built
    return built


def ask_after(
    client: Client, url: str, *, endpoint: Endpoint, credentials: Mapping[str, str] | None
) -> Answer:
    """GET a job's status or result; a lost answer raises ProviderError with `still_pending`."""
    try:
        return call(client, "GET", url, endpoint=endpoint, credentials=credentials)
    except ProviderError as error:
        # Nothing is bought by asking, so a question may be repeated; what is unknown is the job.
        error.still_pending = error.outcome is not Outcome.AUTH and error.retryable
        error.billed = None
        raise


def name_question_failure(answer: Answer, *, error: ProviderError) -> ProviderError:
    """Turn an answer that is no news of the job into an error; `error` is the dialect's reading.

    The job goes on unless the provider says that there is none, or that we may not ask.
    """
    error.still_pending = answer.status not in _FINAL_STATUSES
    error.billed = None
    error.retryable = error.still_pending
    return error


def lost_job(answer: Answer, *, words: str) -> ProviderError:
    """Build the error for a job that ended without saying how; it may have been charged."""
    return build_error(answer, Outcome.SERVER_ERROR, words=words, billed=None, retryable=True)


def unreadable(answer: Answer) -> ProviderError:
    """Build the error for a status that is garbled: ask again, the job goes on."""
    error = ProviderError(
        Outcome.BAD_ANSWER,
        "The provider's word on the job cannot be read.",
        http_status=answer.status,
        billed=None,
        timing=answer.timing,
    )
    error.still_pending = True
    return error


def take_file(
    client: Client, url: str, *, endpoint: Endpoint, answer: Answer, usage: Usage
) -> tuple[bytes, str]:
    """Give the bytes under a URL or in a data URI, and their declared media type.

    Raises ProviderError with `billed` True: the job is done. Passing faults of a download leave it
    `still_pending`, since the provider will tell the address again.
    """
    if url.startswith("data:"):
        try:
            data, declared = unpack_picture(url)
        except ValueError as error:
            raise _spoilt(answer, usage, "The picture is no valid base64.") from error
        if not data:
            raise _spoilt(answer, usage, "The picture has no bytes.")
        return data, declared
    absolute = urljoin(endpoint.base_url.rstrip("/") + "/", url)
    try:
        file = fetch(client, absolute, endpoint=endpoint, kept=True)
    except ProviderError as error:
        error.usage = usage
        raise
    return file.body, file.headers.get("content-type", "")


def _spoilt(answer: Answer, usage: Usage, message: str) -> ProviderError:
    return ProviderError(
        Outcome.BAD_ANSWER,
        message,
        http_status=answer.status,
        billed=True,
        timing=answer.timing,
        usage=usage,
    )


def time_result(client: Client, pending: Pending, result: Answer) -> Timing:
    """Time a job from the start of its submit to the answer that holds its result, just read."""
    if pending.started_at is None:
        return result.timing
    total_ms = round((client.calendar() - pending.started_at) * 1000)
    total_ms = max(total_ms, result.timing.total_ms)  # calendars of two machines may differ
    after_first = result.timing.total_ms - (result.timing.ttfb_ms or 0)
    return Timing(ttfb_ms=total_ms - after_first, total_ms=total_ms)


def finish_job(
    client: Client,
    pending: Pending,
    *,
    picture: tuple[bytes, str],
    result: Answer,
    timing: Timing,
    usage: Usage,
    seed: int | None,
    revised_prompt: str | None,
) -> Done:
    """Put a job's result together; `timing` is that of `time_result`, before the download."""
    data, declared = picture
    whole = time_result(client, pending, result)
    return Done(
        data=data,
        content_type=tell_type(data, declared),
        revised_prompt=revised_prompt,
        seed=seed if seed is not None else pending.seed,
        usage=replace(usage, features=pending.features),
        http_status=result.status,
        timing=Timing(ttfb_ms=timing.ttfb_ms, total_ms=max(whole.total_ms, timing.total_ms)),
        remote_id=pending.remote_id,
        modes=pending.modes,
    )


def first_text(told: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """Give the first text that is there under one of the names."""
    found = (told.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), None)
