"""What is asked of a provider and what comes back, in words that fit every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Literal

Discipline = Literal["text-to-image", "image-editing"]


class Outcome(StrEnum):
    """How one call ended; every failure has a name and is counted under it."""

    OK = "ok"
    DECLINED = "declined"  # the model says honestly that it cannot do this prompt
    REFUSED = "refused"  # content policy
    EMPTY = "empty"  # a good answer without a picture in it
    RATE_LIMITED = "rate_limited"
    QUOTA = "quota"  # the account has no money or allowance left
    AUTH = "auth"
    BAD_REQUEST = "bad_request"
    NOT_FOUND = "not_found"
    SERVER_ERROR = "server_error"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    BAD_ANSWER = "bad_answer"  # unparsable, or not the shape that was promised
    BAD_PICTURE = "bad_picture"  # set by callers: the bytes are no acceptable picture
    TOO_LARGE = "too_large"
    UNCERTAIN = "uncertain"  # set by callers: perhaps charged, the answer is unknown


# Outcome -> (retryable, fallback). Only a judgement of the fault itself: whether a retry may be
# *paid for* again is decided by `billed`, which is a separate question.
ADVICE: Final[Mapping[Outcome, tuple[bool, bool]]] = {
    Outcome.OK: (False, False),
    Outcome.DECLINED: (False, False),
    Outcome.REFUSED: (False, False),
    Outcome.EMPTY: (True, True),
    Outcome.RATE_LIMITED: (True, True),
    Outcome.QUOTA: (False, True),
    Outcome.AUTH: (False, True),
    Outcome.BAD_REQUEST: (False, True),
    Outcome.NOT_FOUND: (False, True),
    Outcome.SERVER_ERROR: (True, True),
    Outcome.TIMEOUT: (True, True),
    Outcome.CONNECTION: (True, True),
    Outcome.BAD_ANSWER: (True, True),
    Outcome.BAD_PICTURE: (True, True),
    Outcome.TOO_LARGE: (False, True),
    Outcome.UNCERTAIN: (False, False),
}


@dataclass(frozen=True)
class Reference:
    """A picture that is handed to the model to edit."""

    data: bytes = field(repr=False)
    content_type: str
    name: str


@dataclass(frozen=True)
class PictureRequest:
    """One picture to be made; width and height are pixels of the wished canvas.

    `options` are fields of the model, passed through as they are (quality, background ...).
    """

    discipline: Discipline
    remote_id: str
    prompt: str
    width: int
    height: int
    references: tuple[Reference, ...] = ()
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Endpoint:
    """Where a provider is reached and what one call may cost in time and bytes.

    `base_url` carries the version (".../v1"). `key_hosts`: further hosts that may be sent the key,
    as "host", "host:port" or ".suffix"; the origin of `base_url` always may. `private_hosts`:
    "host" or "host:port" that may resolve to non-public addresses and may be plain http.
    `options`: the dialect's flags. `deadline_seconds` is the total by the clock; `read_seconds`
    is the longest silence and is the whole deadline when None.
    """

    base_url: str
    key: str = field(default="", repr=False)
    key_hosts: tuple[str, ...] = ()
    private_hosts: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    deadline_seconds: float = 300.0
    connect_seconds: float = 10.0
    read_seconds: float | None = None
    max_bytes: int = 25 * 1024 * 1024


@dataclass(frozen=True)
class Timing:
    """Milliseconds from the start of the call; `ttfb_ms` is None if no answer began."""

    ttfb_ms: int | None
    total_ms: int


@dataclass(frozen=True)
class Done:
    """A picture as the provider delivered it: original bytes, not yet looked into."""

    data: bytes = field(repr=False)
    content_type: str
    revised_prompt: str | None
    seed: int | None
    usage: Mapping[str, Any] | None
    http_status: int
    timing: Timing
    remote_id: str | None


@dataclass(frozen=True)
class Pending:
    """A job that a queue has accepted; ask again with `poll`."""

    remote_id: str
    poll_url: str
    timing: Timing


@dataclass(frozen=True)
class Capabilities:
    """What an offering can be asked for, as far as its dialect and flags tell."""

    disciplines: tuple[Discipline, ...]
    max_references: int
    seeds: bool
    sizes: tuple[tuple[int, int], ...] = ()  # empty: any size
    queued: bool = False


class ProviderError(Exception):
    """A call that brought no picture.

    `retryable`: the same call may go well later. `fallback`: another provider of the same model
    may do it. Both default to what the outcome suggests, but what is surely paid for is never
    advised to be bought again. `billed`: True or False if known, None if the answer was lost after
    the request had been sent: then `retryable` alone never justifies sending it again. `message`
    is one sentence for people and never contains a key.
    """

    def __init__(
        self,
        outcome: Outcome,
        message: str,
        *,
        http_status: int | None = None,
        retryable: bool | None = None,
        fallback: bool | None = None,
        billed: bool | None = None,
        retry_after_seconds: float | None = None,
        timing: Timing | None = None,
    ) -> None:
        super().__init__(message)
        advised_retry, advised_fallback = ADVICE[outcome]
        self.outcome = outcome
        self.message = message
        self.http_status = http_status
        self.retryable = (advised_retry and billed is not True) if retryable is None else retryable
        self.fallback = advised_fallback if fallback is None else fallback
        self.billed = billed
        self.retry_after_seconds = retry_after_seconds
        self.timing = timing

    def __repr__(self) -> str:
        return f"ProviderError({self.outcome.value!r}, {self.message!r}, billed={self.billed})"
