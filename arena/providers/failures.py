"""What failure answers have in common: words, delays, what a status alone means."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from arena.providers.http import Answer
from arena.providers.types import Outcome, ProviderError, Usage

QUOTED_CHARACTERS = 500
LONGEST_WAIT_SECONDS = 120.0

_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|key|rk)-[\w*.-]{4,}|\b(?:Bearer|Key)\s+[\w*.~+/=:-]{8,}"
    r"|\bAIza[\w-]{10,}|\bya29\.[\w.-]{8,}|\br8_\w{8,}",
    re.I,
)

STATUSES: Final[Mapping[int, Outcome]] = {
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

# Said by somebody between us and the provider, who does not know whether the picture was made:
# a proxy that stopped waiting (408 is what LiteLLM says), or whose connection broke.
_CHARGE_UNKNOWN: Final = (408, 504, 520, 522, 524)

SENTENCES: Final[Mapping[Outcome, str]] = {
    Outcome.DECLINED: "The model says it cannot do this prompt",
    Outcome.REFUSED: "The provider refused the prompt or picture under its content policy",
    Outcome.EMPTY: "The provider answered well but without a picture",
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

_DELAY_WORDS = re.compile(
    r"(?:resets?|retry|try again|available)\s+(?:again\s+)?(?:in|after)\s+~?(\d+(?:\.\d+)?)\s*"
    r"(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hours?)\b",
    re.I,
)


@dataclass(frozen=True)
class Complaint:
    """What an error body says: a code, a type (both lower case, "" if absent) and the words."""

    code: str
    kind: str
    words: str


# Where escapes or bytes of surrogates may stand; a large body of base64 has neither.
_ODD_SIGNS = (b"\\u", b"\xed")
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def load_json(body: bytes) -> Any:
    """Parse JSON from a stranger, without what PostgreSQL cannot keep: the picture may be paid.

    NUL and halves of surrogate pairs are left out of texts, numbers that are none or infinite are null.
    Raises ValueError, also for absurd depth or integers.
    """
    try:
        parsed = json.loads(body, parse_float=_read_number, parse_constant=lambda name: None)
        return _keepable(parsed) if any(sign in body for sign in _ODD_SIGNS) else parsed
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _read_number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _keepable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNKEEPABLE.sub("", value)
    if isinstance(value, dict):
        return {_keepable(name): _keepable(kept) for name, kept in value.items()}
    if isinstance(value, list):
        return [_keepable(kept) for kept in value]
    return value


def read_complaint(body: bytes, *, content_type: str, key: str) -> Complaint | None:
    """Find the complaint in an error body of any usual shape; None if it is no JSON object.

    Shapes: {"error": {...}}, {"error": "..."}, {"detail": "..."}, {"detail": [{...}]},
    {"code", "message"}. The words are cleaned by `quote`.
    """
    if "html" in content_type.lower():
        return None
    try:
        parsed = load_json(body)
    except ValueError:
        return None
    if not isinstance(parsed, Mapping):
        return None
    found = parsed.get("error") or parsed.get("detail") or parsed
    if isinstance(found, list) and found:
        found = found[0]
    if isinstance(found, str):
        found = {"message": found, "code": parsed.get("code"), "type": parsed.get("type")}
    if not isinstance(found, Mapping):
        return Complaint(code="", kind="", words="")
    words = found.get("message") or found.get("msg") or found.get("title") or ""
    return Complaint(
        code=_lower(found.get("code")),
        kind=_lower(found.get("type")),
        words=quote(words, key=key) if isinstance(words, str) else "",
    )


def quote(words: str, *, key: str) -> str:
    """Make a stranger's words fit to print: one line, at most 500 characters, no key."""
    if key:
        words = words.replace(key, "[key]")
    words = _KEY_LIKE.sub("[key]", words)
    words = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    if len(words) <= QUOTED_CHARACTERS:
        return words
    return words[: QUOTED_CHARACTERS - 1].rstrip() + "…"


def outcome_of_status(status: int) -> Outcome:
    """Tell what an HTTP status means that came without words one could go by."""
    if status in STATUSES:
        return STATUSES[status]
    if 300 <= status < 400:
        return Outcome.BAD_ANSWER
    if 400 <= status < 500:
        return Outcome.BAD_REQUEST
    return Outcome.SERVER_ERROR


def charge_by_status(status: int, *, spoken: bool) -> bool | None:
    """Tell whether a failure answer may have been charged: False (surely not) or None.

    `spoken`: the body is the provider's own words. A 502 page of a proxy between us and it tells
    of a broken connection, after which the picture may have been made.
    """
    unknown = status in _CHARGE_UNKNOWN or (status == 502 and not spoken)
    return None if unknown else False


def build_error(
    answer: Answer,
    outcome: Outcome,
    *,
    words: str = "",
    billed: bool | None,
    wait: float | None = None,
    retryable: bool | None = None,
    usage: Usage | None = None,
) -> ProviderError:
    """Put a named failure together; `words` must have been cleaned by `quote`."""
    sentence = f"{SENTENCES[outcome]} (HTTP {answer.status})"
    if outcome is Outcome.DECLINED and words:
        # An honest reason is shown to readers as it was said.
        sentence, words = words, ""
    if outcome is Outcome.BAD_ANSWER and retryable is None:
        retryable = False
    return ProviderError(
        outcome,
        f"{sentence}: {words}" if words else f"{sentence.rstrip('.')}.",
        http_status=answer.status,
        retryable=retryable,
        billed=billed,
        retry_after_seconds=longest(read_retry_after(answer.headers), wait),
        timing=answer.timing,
        usage=usage,
    )


def bad_answer(
    message: str, answer: Answer, *, billed: bool | None, usage: Usage | None = None
) -> ProviderError:
    """Build the error for a success that is unparsable or of the wrong shape."""
    return ProviderError(
        Outcome.BAD_ANSWER,
        message,
        http_status=answer.status,
        billed=billed,
        timing=answer.timing,
        usage=usage,
    )


def load_object(answer: Answer) -> Mapping[str, Any]:
    """Parse a success that must be a JSON object; raises ProviderError (bad_answer)."""
    try:
        parsed = load_json(answer.body)
    except ValueError as error:
        raise bad_answer("The answer is no JSON.", answer, billed=None) from error
    if not isinstance(parsed, Mapping):
        raise bad_answer("The answer is no JSON object.", answer, billed=None)
    return parsed


def read_delay_words(words: str) -> float | None:
    """Read "resets in ~30s", "try again in 2 minutes" and the like: seconds, at most 120."""
    found = _DELAY_WORDS.search(words)
    if found is None:
        return None
    unit = found[2].lower()
    factors = {"ms": 0.001, "milli": 0.001, "m": 60, "h": 3600, "s": 1}
    factor = next(factors[start] for start in factors if unit.startswith(start))
    return bounded_wait(float(found[1]) * factor)


def longest(*waits: float | None) -> float | None:
    """Give the longest of the waits that are known; None if none is."""
    return max((wait for wait in waits if wait is not None), default=None)


def read_retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Read how many seconds to wait from `retry-after-ms` or `Retry-After` (seconds or HTTP date).

    At most 120; garbage, negative or absent values give None. Header names in lower case.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return bounded_wait(milliseconds / 1000)
    text = headers.get("retry-after", "").strip()
    seconds = _number(text)
    if seconds is None:
        try:
            when = email.utils.parsedate_to_datetime(text)
        except ValueError:
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=UTC)
        seconds = (when - (now or datetime.now(UTC))).total_seconds()
    return bounded_wait(seconds)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def bounded_wait(seconds: float) -> float | None:
    """Give a wait of 0 to 120 seconds; None for what is negative or no number."""
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT_SECONDS)


def _lower(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
