"""What a failure of Replicate means: HTTP errors, and jobs that failed with free text."""

from __future__ import annotations

import re
from typing import Final

from arena.providers.failures import (
    build_error,
    charge_by_status,
    outcome_of_status,
    quote,
    read_complaint,
    read_delay_words,
)
from arena.providers.http import Answer
from arena.providers.types import Outcome, ProviderError, Usage

# Models run other people's code: whatever it raised last is the whole message.
_REFUSING: Final = re.compile(
    r"\bnsfw\b|flagged as sensitive|\(E005\)|content[ _-]polic|content moderation"
    r"|safety (?:system|filter|guideline|polic)|moderation_blocked|prohibited[_ ]content"
    r"|image_safety|violat\w+ .{0,40}(?:polic|guideline)",
    re.I,
)
_INVALID: Final = re.compile(
    r"validationerror|invalid input|input validation|is not a valid|must be one of"
    r"|\b(?:width|height|aspect_ratio|prompt)\b.{0,40}(?:must|required|invalid)",
    re.I,
)
_BUSY: Final = re.compile(r"rate limit|too many requests|throttled|high demand|\(E003\)", re.I)


def name_failure(answer: Answer, *, key: str) -> ProviderError:
    """Name what went wrong in an answer that is no success; its body is {title, detail, status}."""
    content_type = answer.headers.get("content-type", "")
    complaint = read_complaint(answer.body, content_type=content_type, key=key)
    words = complaint.words if complaint else ""
    outcome = outcome_of_status(answer.status)
    if answer.status == 422 and "version" in words.lower() and "not permitted" in words.lower():
        outcome = Outcome.NOT_FOUND
    return build_error(
        answer,
        outcome,
        words=words,
        billed=charge_by_status(answer.status, spoken=complaint is not None),
        wait=read_delay_words(words),
    )


def name_failed_job(
    answer: Answer, words: str, *, usage: Usage, key: str, begun: bool
) -> ProviderError:
    """Name why a job failed, by its free text; `usage` says which seconds were charged.

    Billed True with seconds known, None if the model ran for a time that nobody told, and False
    if it never began.
    """
    outcome = Outcome.SERVER_ERROR
    if _REFUSING.search(words):
        outcome = Outcome.REFUSED
    elif _INVALID.search(words):
        outcome = Outcome.BAD_REQUEST
    elif _BUSY.search(words):
        outcome = Outcome.RATE_LIMITED
    billed = (True if usage.seconds else None) if begun else False
    return build_error(
        answer,
        outcome,
        words=quote(words, key=key),
        billed=billed,
        retryable=outcome in (Outcome.SERVER_ERROR, Outcome.RATE_LIMITED),
        usage=usage,
    )
