"""What a failure of fal means: two shapes of body, and what each says of money.

`detail` as a list of typed objects is the model speaking, `detail` as a text with `error_type` the
platform. By fal's FAQ server errors are never charged, and a 422 is where a runner had begun.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from arena.providers.failures import (
    build_error,
    charge_by_status,
    load_json,
    outcome_of_status,
    quote,
    read_delay_words,
)
from arena.providers.http import Answer
from arena.providers.payloads import read_object, read_text
from arena.providers.types import Outcome, ProviderError

_TYPES: Final[Mapping[str, Outcome]] = {
    "content_policy_violation": Outcome.REFUSED,
    "no_media_generated": Outcome.EMPTY,
    "internal_server_error": Outcome.SERVER_ERROR,
    "internal_error": Outcome.SERVER_ERROR,
    "generation_timeout": Outcome.SERVER_ERROR,
    "request_timeout": Outcome.SERVER_ERROR,
    "startup_timeout": Outcome.SERVER_ERROR,
    "downstream_service_error": Outcome.SERVER_ERROR,
    "downstream_service_unavailable": Outcome.SERVER_ERROR,
    "file_too_large": Outcome.TOO_LARGE,
    "image_too_large": Outcome.TOO_LARGE,
}
_BROKE = re.compile(r"exhausted balance|insufficient (?:balance|credits|funds)", re.I)
_NOT_YET = re.compile(r"still in (?:progress|queue)|not (?:yet )?(?:completed|ready)", re.I)


@dataclass(frozen=True)
class Complaint:
    """fal's words; `kind` is the type of the first error, "" if there is none."""

    kind: str
    words: str


def read_detail(answer: Answer, *, key: str) -> Complaint | None:
    """Read either shape of body; None if it is neither, so that somebody else is speaking."""
    try:
        parsed = read_object(load_json(answer.body))
    except ValueError:
        return None
    header = answer.headers.get("x-fal-error-type", "")
    detail = parsed.get("detail")
    if isinstance(detail, list) and detail:
        first = read_object(detail[0])
        kind, words = read_text(first.get("type")), read_text(first.get("msg"))
    elif isinstance(detail, str):
        kind, words = read_text(parsed.get("error_type")), detail
    elif read_text(parsed.get("error")):
        kind, words = read_text(parsed.get("error_type")), read_text(parsed.get("error"))
    else:
        return None
    return Complaint(kind=(kind or header).lower(), words=quote(words or "", key=key))


def says_not_yet(answer: Answer, *, key: str) -> bool:
    """Tell whether the result was asked for too early, which fal answers with HTTP 400."""
    complaint = read_detail(answer, key=key)
    return answer.status == 400 and complaint is not None and bool(_NOT_YET.search(complaint.words))


def name_failure(answer: Answer, *, key: str, worked: bool) -> ProviderError:
    """Name what went wrong; `worked`: the job had begun, so that a 4xx may have been charged."""
    complaint = read_detail(answer, key=key)
    outcome = outcome_of_status(answer.status)
    billed = charge_by_status(answer.status, spoken=complaint is not None)
    if complaint is None:
        return build_error(answer, outcome, billed=billed)
    outcome = _TYPES.get(complaint.kind, outcome)
    if complaint.kind.startswith("runner_"):
        outcome = Outcome.SERVER_ERROR
    if outcome is Outcome.AUTH and _BROKE.search(complaint.words):
        outcome = Outcome.QUOTA  # "User is locked. Reason: Exhausted balance" comes with a 403
    if answer.status >= 500:
        billed = False
    elif worked:
        billed = None
    error = build_error(
        answer,
        outcome,
        words=complaint.words,
        billed=billed,
        wait=read_delay_words(complaint.words),
    )
    verdict = answer.headers.get("x-fal-retryable", "").lower()
    # It may withdraw our advice to try again. It may not advise to buy a refusal anew.
    if verdict == "false":
        error.retryable = False
    return error
