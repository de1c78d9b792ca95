"""What an error answer in the OpenAI Images dialect means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from arena.providers.failures import Complaint, read_complaint, read_retry_after
from arena.providers.http import Answer
from arena.providers.types import Outcome, ProviderError

_CODES: Final[Mapping[str, Outcome]] = {
    "declined": Outcome.DECLINED,
    "moderation_blocked": Outcome.REFUSED,
    "content_policy_violation": Outcome.REFUSED,
    "content_filter": Outcome.REFUSED,
    "insufficient_quota": Outcome.QUOTA,
    "insufficient_balance": Outcome.QUOTA,
    "billing_hard_limit_reached": Outcome.QUOTA,
    "invalid_api_key": Outcome.AUTH,
    "authentication_failed": Outcome.AUTH,
    "authentication_error": Outcome.AUTH,
    "model_not_found": Outcome.NOT_FOUND,
    "rate_limit_exceeded": Outcome.RATE_LIMITED,
    "rate_limit_error": Outcome.RATE_LIMITED,
    "server_error": Outcome.SERVER_ERROR,
    "all_providers_exhausted": Outcome.SERVER_ERROR,
}

_STATUSES: Final[Mapping[int, Outcome]] = {
    401: Outcome.AUTH,
    402: Outcome.QUOTA,
    403: Outcome.AUTH,
    404: Outcome.NOT_FOUND,
    408: Outcome.TIMEOUT,
    409: Outcome.SERVER_ERROR,  # a lock held elsewhere; OpenAI's own client sends it again
    410: Outcome.NOT_FOUND,
    413: Outcome.TOO_LARGE,
    429: Outcome.RATE_LIMITED,
}

# The oldest spelling of a refusal has no code at all, only these words.
_REFUSING = re.compile(
    r"safety system|content[ _-]polic|safety (?:filter|polic)"
    r"|(?:blocked|flagged) by .{0,20}moderation",
    re.I,
)
_REFUSING_STATUSES = (200, 400, 403, 422)

# A proxy that gave up waiting does not know whether the picture was made and charged.
_UNKNOWN_CHARGE = (504, 520, 524)

_SENTENCES: Final[Mapping[Outcome, str]] = {
    Outcome.DECLINED: "The model says it cannot do this prompt",
    Outcome.REFUSED: "The provider refused the prompt or picture under its content policy",
    Outcome.QUOTA: "The account with the provider has no allowance left",
    Outcome.AUTH: "The provider did not accept the key",
    Outcome.NOT_FOUND: "The provider does not know this model or address",
    Outcome.RATE_LIMITED: "The provider asks for fewer calls",
    Outcome.TOO_LARGE: "The provider finds the request too large",
    Outcome.TIMEOUT: "The provider stopped waiting for the request",
    Outcome.BAD_REQUEST: "The provider did not understand the request",
    Outcome.SERVER_ERROR: "The provider failed",
    Outcome.BAD_ANSWER: "The provider answered with a redirect, which is not followed with a key",
}


def name_failure(answer: Answer, *, key: str) -> ProviderError:
    """Name what went wrong in an answer that is no success, or a success with an error inside."""
    content_type = answer.headers.get("content-type", "")
    complaint = read_complaint(answer.body, content_type=content_type, key=key)
    outcome = choose_outcome(answer.status, complaint)
    sentence = f"{_SENTENCES[outcome]} (HTTP {answer.status})"
    words = complaint.words if complaint else ""
    if outcome is Outcome.DECLINED and words:
        # An honest reason is shown to readers as it was said.
        sentence, words = words, ""
    return ProviderError(
        outcome,
        f"{sentence}: {words}" if words else f"{sentence.rstrip('.')}.",
        http_status=answer.status,
        retryable=None if outcome is not Outcome.BAD_ANSWER else False,
        billed=None if answer.status in _UNKNOWN_CHARGE else False,
        retry_after_seconds=read_retry_after(answer.headers),
        timing=answer.timing,
    )


def choose_outcome(status: int, complaint: Complaint | None) -> Outcome:
    """Choose by code, then type, then the words of an old refusal, then the status."""
    if complaint is not None:
        for name in (complaint.code, complaint.kind):
            if name in _CODES:
                return _CODES[name]
        # Only without a code: "unknown parameter: safety_policy" is a mistake of ours, no refusal.
        uncoded = not complaint.code and status in _REFUSING_STATUSES
        if uncoded and _REFUSING.search(complaint.words):
            return Outcome.REFUSED
    if status in _STATUSES:
        return _STATUSES[status]
    if 300 <= status < 400:
        return Outcome.BAD_ANSWER
    if 400 <= status < 500:
        return Outcome.BAD_REQUEST
    return Outcome.SERVER_ERROR
