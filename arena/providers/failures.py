"""Words and delays in a provider's failure answers, shared by every dialect."""

from __future__ import annotations

import email.utils
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

QUOTED_CHARACTERS = 500
LONGEST_WAIT_SECONDS = 120.0

_KEY_LIKE = re.compile(r"\b(?:sk|pk|key|rk)-[\w*.-]{4,}|\b(?:Bearer|Key)\s+[\w*.~+/=-]{8,}", re.I)


@dataclass(frozen=True)
class Complaint:
    """What an error body says: a code, a type (both lower case, "" if absent) and the words."""

    code: str
    kind: str
    words: str


def load_json(body: bytes) -> Any:
    """Parse JSON from a stranger; raises ValueError, also for absurd depth or numbers."""
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


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


def read_retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Read how many seconds to wait from `retry-after-ms` or `Retry-After` (seconds or HTTP date).

    At most 120; garbage, negative or absent values give None. Header names in lower case.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return _bounded(milliseconds / 1000)
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
    return _bounded(seconds)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _bounded(seconds: float) -> float | None:
    if not math.isfinite(seconds) or seconds < 0:
        return None
    return min(seconds, LONGEST_WAIT_SECONDS)


def _lower(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""
