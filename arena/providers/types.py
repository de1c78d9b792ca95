"""What is asked of a provider and what comes back, in words that fit every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
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

    `quality` is a word of the model's own ("low", "hd" ...). `options` are further fields of the
    model, passed through as they are (background ...).
    """

    discipline: Discipline
    remote_id: str
    prompt: str
    width: int
    height: int
    references: tuple[Reference, ...] = ()
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    quality: str | None = None


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
class Usage:
    """What a call used up, in the units that price lists are written in; None: not told.

    `images` counts pictures that were made. `input_tokens` is the whole input, of which
    `text_input_tokens` and `image_input_tokens` are parts. `megapixels` is of all pictures made.
    `seconds`: billed compute. `features`: what surcharges depend on ("web-search"). `raw`: what
    the provider said, untouched.
    """

    images: int = 1
    input_tokens: int | None = None
    output_tokens: int | None = None
    text_input_tokens: int | None = None
    image_input_tokens: int | None = None
    megapixels: float | None = None
    seconds: float | None = None
    features: tuple[str, ...] = ()
    raw: Mapping[str, Any] = field(default_factory=dict)


Mode = Literal["passthrough", "renamed", "converted", "emulated"]


@dataclass(frozen=True)
class Done:
    """A picture as the provider delivered it: original bytes, not yet looked into.

    `modes`: how each of size, aspect, quality, seed and format was told to the provider; what is
    missing there was not told. `seed`: the one that was used, if known. `timing`: of a queued job
    it runs from the start of its submit, and its first byte is that of the answer with the result.
    """

    data: bytes = field(repr=False)
    content_type: str
    revised_prompt: str | None
    seed: int | None
    usage: Usage
    http_status: int
    timing: Timing
    remote_id: str | None
    modes: Mapping[str, Mode] = field(default_factory=dict)


@dataclass(frozen=True)
class Pending:
    """A job that a queue has accepted; ask again with `poll`, from any process.

    `result_url` and `cancel_url` are "" where the dialect has none. `wait_seconds`: when to ask
    again, if the provider or the dialect has an opinion. `started_at`: seconds since 1970 at the
    start of the submit. `first_byte_ms`: of the answer that accepted the job. `timing`: of the
    last request. The rest is remembered for the `Done` at the end.
    """

    remote_id: str
    poll_url: str
    timing: Timing
    result_url: str = ""
    cancel_url: str = ""
    wait_seconds: float | None = None
    started_at: float | None = None
    first_byte_ms: int | None = None
    seed: int | None = None
    modes: Mapping[str, Mode] = field(default_factory=dict)
    features: tuple[str, ...] = ()


def pending_as_json(pending: Pending) -> dict[str, Any]:
    """Give a pending job as a JSON object, for a row."""
    return asdict(pending) | {"features": list(pending.features)}


def pending_from_json(told: Mapping[str, Any]) -> Pending:
    """Read back what `pending_as_json` gave; unknown fields are left out.

    Raises KeyError without a remote id, poll URL or timing.
    """
    known = {f.name: told[f.name] for f in fields(Pending) if f.name in told}
    for name in ("remote_id", "poll_url", "timing"):
        known[name] = told[name]
    rebuilt = {"timing": Timing(**told["timing"]), "features": tuple(told.get("features", ()))}
    return Pending(**known | rebuilt)


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
    advised to be bought again. `billed`: False where surely nothing is charged, True where
    something is, None if the answer was lost after the request had been sent, or leaves it open:
    then `retryable` alone never justifies sending it again. `usage`: what was used up although no
    picture came (`images` 0 where none was made, but tokens or seconds are charged).
    `still_pending`: only from `poll`: asking failed, the job goes on; ask again, buy nothing.
    `message` is one sentence for people and never contains a key.
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
        usage: Usage | None = None,
        still_pending: bool = False,
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
        self.usage = usage
        self.still_pending = still_pending

    def __repr__(self) -> str:
        return f"ProviderError({self.outcome.value!r}, {self.message!r}, billed={self.billed})"
