"""What an error answer in the OpenAI Images dialect means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from arena.providers.failures import (
    Complaint,
    build_error,
    charge_by_status,
    outcome_of_status,
    read_complaint,
    read_delay_words,
)
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

# The oldest spelling of a refusal has no code at all, only these words.
_REFUSING = re.compile(
    r"safety system|content[ _-]polic|safety (?:filter|polic)"
    r"|(?:blocked|flagged) by .{0,20}moderation",
    re.I,
)
_REFUSING_STATUSES = (200, 400, 403, 422)


def name_failure(answer: Answer, *, key: str) -> ProviderError:
    """Name what went wrong in an answer that is no success, or a success with an error inside."""
    content_type = answer.headers.get("content-type", "")
    complaint = read_complaint(answer.body, content_type=content_type, key=key)
    outcome = choose_outcome(answer.status, complaint)
    words = complaint.words if complaint else ""
    return build_error(
        answer,
        outcome,
        words=words,
        billed=charge_by_status(answer.status, spoken=complaint is not None),
        wait=read_delay_words(words) if outcome is Outcome.RATE_LIMITED else None,
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
    return outcome_of_status(status)
