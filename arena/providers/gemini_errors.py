"""What a failure in the Gemini dialect means: error bodies, and successes that hold no picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from arena.providers.failures import (
    bounded_wait,
    build_error,
    charge_by_status,
    load_json,
    longest,
    outcome_of_status,
    quote,
    read_delay_words,
)
from arena.providers.http import Answer
from arena.providers.payloads import read_list, read_object, read_text
from arena.providers.types import Outcome, ProviderError, Usage

_REASONS: Final[Mapping[str, Outcome]] = {
    "API_KEY_INVALID": Outcome.AUTH,  # comes with HTTP 400
    "API_KEY_SERVICE_BLOCKED": Outcome.AUTH,
    "SERVICE_DISABLED": Outcome.AUTH,
    "ACCESS_TOKEN_EXPIRED": Outcome.AUTH,
    "BILLING_DISABLED": Outcome.QUOTA,
}

_STATUSES: Final[Mapping[str, Outcome]] = {
    "UNAUTHENTICATED": Outcome.AUTH,
    "PERMISSION_DENIED": Outcome.AUTH,
    "FAILED_PRECONDITION": Outcome.AUTH,  # no free tier in this country, or billing is off
    "NOT_FOUND": Outcome.NOT_FOUND,
    "RESOURCE_EXHAUSTED": Outcome.RATE_LIMITED,
    "INTERNAL": Outcome.SERVER_ERROR,
    "UNAVAILABLE": Outcome.SERVER_ERROR,
    "DEADLINE_EXCEEDED": Outcome.SERVER_ERROR,
    "INVALID_ARGUMENT": Outcome.BAD_REQUEST,
}

REFUSING_ENDS: Final = frozenset(
    {
        "SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT",
        "RECITATION", "IMAGE_RECITATION", "BLOCKLIST", "SPII",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Complaint:
    """Google's error object: its status word, the reasons and delay in its details."""

    status: str
    words: str
    reasons: tuple[str, ...]
    quotas: tuple[str, ...]
    wait: float | None


def name_failure(answer: Answer, *, key: str) -> ProviderError:
    """Name what went wrong in an answer that is no success, or a success with an error inside."""
    complaint = _read(answer, key=key)
    outcome = outcome_of_status(answer.status)
    if complaint is None:
        billed = charge_by_status(answer.status, spoken=False)
        return build_error(answer, outcome, billed=billed)
    outcome = _STATUSES.get(complaint.status, outcome)
    for reason in complaint.reasons:
        outcome = _REASONS.get(reason, outcome)
    # A day's allowance comes back tomorrow, a minute's allowance in a minute.
    if outcome is Outcome.RATE_LIMITED and any("perday" in q.lower() for q in complaint.quotas):
        outcome = Outcome.QUOTA
    return build_error(
        answer,
        outcome,
        words=complaint.words,
        billed=charge_by_status(answer.status, spoken=True),
        wait=longest(complaint.wait, read_delay_words(complaint.words)),
    )


def name_missing_picture(
    answer: Answer, parsed: Mapping[str, Any], *, usage: Usage, key: str
) -> ProviderError:
    """Name why a success holds no picture: the prompt was blocked, the picture was, or neither.

    What was read and thought is charged by the token, though no picture was made.
    """
    feedback = read_object(parsed.get("promptFeedback"))
    blocked = read_text(feedback.get("blockReason"))
    candidates = read_list(parsed.get("candidates"))
    candidate = read_object(candidates[0]) if candidates else {}
    end = read_text(candidate.get("finishReason")) or ""
    refused = blocked is not None or end in REFUSING_ENDS
    told = read_text(feedback.get("blockReasonMessage")) or read_text(
        candidate.get("finishMessage")
    )
    words = ": ".join(part for part in (blocked or end, told) if part)
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    return build_error(
        answer,
        Outcome.REFUSED if refused else Outcome.EMPTY,
        words=quote(words, key=key),
        billed=True if tokens else None,
        retryable=not refused,
        usage=usage,
    )


def _read(answer: Answer, *, key: str) -> Complaint | None:
    try:
        parsed = load_json(answer.body)
    except ValueError:
        return None
    # Streamed endpoints wrap the error in a list.
    if isinstance(parsed, list) and parsed:
        parsed = parsed[0]
    error = read_object(read_object(parsed).get("error"))
    if not error:
        return None
    details = [read_object(detail) for detail in read_list(error.get("details"))]
    return Complaint(
        status=read_text(error.get("status")) or "",
        words=quote(read_text(error.get("message")) or "", key=key),
        reasons=tuple(reason for d in details if (reason := read_text(d.get("reason")))),
        quotas=tuple(_quota_ids(details)),
        wait=longest(*(_read_delay(d.get("retryDelay")) for d in details)),
    )


def _quota_ids(details: list[Mapping[str, Any]]) -> Iterator[str]:
    for detail in details:
        for violation in read_list(detail.get("violations")):
            found = read_text(read_object(violation).get("quotaId"))
            if found:
                yield found


def _read_delay(told: Any) -> float | None:
    """Read a protobuf duration: "3.5s", or {"seconds": 3}; at most 120."""
    if isinstance(told, Mapping):
        told = f"{told.get('seconds')}s"
    if not isinstance(told, str) or not told.endswith("s"):
        return None
    try:
        return bounded_wait(float(told[:-1]))
    except ValueError:
        return None
