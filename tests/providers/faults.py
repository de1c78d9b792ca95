"""The battery's table: 48 kinds of fault, what each adapter must make of it, and what is not met.

`TABLE[kind]` holds for each of the four adapters either `Cell`s (the first is the kind itself,
the others are variants of it) or a `NotMet` with the reason. A cell says what to script
(`FakeProviders.script(cell.steps)`), where the provider is (`open_place`), which flags the
endpoint needs, and what must come of it. `QUESTIONS` is the same for faults that strike later,
when a queue is asked after a job.

The table knows nothing of who runs it: the provider layer does in test_battery.py.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from arena.providers.types import Outcome
from tests.fake_providers import FakeProviders

ADAPTERS: Final = ("openai_images", "gemini", "fal_queue", "replicate")
QUEUES: Final = ("fal_queue", "replicate")
REMOTE_IDS: Final[Mapping[str, str]] = {
    "openai_images": "gpt-image-2",
    "gemini": "gemini-3.1-flash-image-preview",
    "fal_queue": "fal-ai/model",
    "replicate": "maker/model",
}


@dataclass(frozen=True)
class Expected:
    """What must come of a call.

    `billed` is the adapter's word, which the fake's bill is compared with. `wait`: the least and
    most of `retry_after_seconds`. `found_by`: "adapter"; "intake" (the adapter delivers bytes that
    are no acceptable picture); "caller" (the job never ends, so that the caller's patience does).
    `images`: pictures delivered, where the outcome is OK.
    """

    outcome: Outcome
    retryable: bool = False
    fallback: bool = False
    billed: bool | None = False
    wait: tuple[float, float] | None = None
    found_by: str = "adapter"
    images: int = 1


@dataclass(frozen=True)
class Cell:
    """One fault at one adapter. `timing_out`: the run needs a short deadline to see it."""

    steps: tuple[Mapping[str, Any], ...]
    expected: Expected
    place: str = "fake"
    options: Mapping[str, Any] = field(default_factory=dict)
    timing_out: bool = False


@dataclass(frozen=True)
class NotMet:
    """Why an adapter cannot meet a fault."""

    reason: str


Entry = tuple[Cell, ...] | NotMet
Row = Mapping[str, Entry]

WELL = Expected(Outcome.OK, billed=True)
LOST = Expected(Outcome.CONNECTION, True, True, None)
UNREACHED = Expected(Outcome.CONNECTION, True, True, False)
LATE = Expected(Outcome.TIMEOUT, True, True, None)
GARBLED = Expected(Outcome.BAD_ANSWER, True, True, None)
TOO_LARGE = Expected(Outcome.TOO_LARGE, False, True, None)
REDIRECTED = Expected(Outcome.BAD_ANSWER, False, True, False)
AUTH = Expected(Outcome.AUTH, False, True, False)
QUOTA = Expected(Outcome.QUOTA, False, True, False)
MISTAKE = Expected(Outcome.BAD_REQUEST, False, True, False)
GONE = Expected(Outcome.NOT_FOUND, False, True, False)
FAILED = Expected(Outcome.SERVER_ERROR, True, True, False)
FAILED_UNSURE = Expected(Outcome.SERVER_ERROR, True, True, None)
SPOILT = Expected(Outcome.BAD_ANSWER, False, True, True)  # paid for, and no use
FORBIDDEN_HOST = Expected(Outcome.CONNECTION, False, True, True)
NO_PICTURE = Expected(Outcome.BAD_PICTURE, False, True, True, found_by="intake")


def _limited(*wait: float) -> Expected:
    return Expected(Outcome.RATE_LIMITED, True, True, False, wait=wait or None)  # type: ignore[arg-type]


def _cell(fault: str, expected: Expected, **more: Any) -> Cell:
    """A fault by name; what `Cell` does not know belongs to the step."""
    own = {name: more.pop(name) for name in ("place", "options", "timing_out") if name in more}
    return Cell(steps=({"fault": fault, **more},), expected=expected, **own)


def _status(status: int, expected: Expected, **more: Any) -> Cell:
    return _cell("status", expected, status=status, **more)


def _all(*cells: Cell, **others: Entry) -> Row:
    """The same cells at every adapter, but for those named."""
    return {adapter: others.get(adapter, cells) for adapter in ADAPTERS}


_INLINE = NotMet("its pictures are inside the answer: there is no URL")
_SYNC = NotMet("it answers at once: there is no job whose status could change")

_BY_URL: Final = {"response_format": "url"}


def _files(file: str, expected: Expected) -> Row:
    """A fault of the file that the answer points to."""
    return {
        "openai_images": (_cell("ok", expected, file=file, options=_BY_URL),),
        "gemini": _INLINE,
        "fal_queue": (_cell("ok", expected, file=file),),
        "replicate": (_cell("ok", expected, file=file),),
    }


def _join(*rows: Row) -> Row:
    """Variants of one kind in one row."""
    joined: dict[str, Entry] = {}
    for adapter in ADAPTERS:
        entries = [row[adapter] for row in rows]
        cells = tuple(cell for entry in entries if isinstance(entry, tuple) for cell in entry)
        joined[adapter] = cells or entries[0]
    return joined


_HEADER_NAMES_JOB = (_cell("bad_json", WELL),)  # X-Fal-Request-Id survives a spoilt body

TABLE: Final[Mapping[str, Row]] = {
    # the wire
    "01 the name does not resolve": _all(_cell("ok", UNREACHED, place="no name")),
    "02 connection refused": _all(_cell("ok", UNREACHED, place="closed port")),
    "03 reset before headers": _all(_cell("reset", LOST)),
    "04 reset in mid-body": _all(_cell("reset_mid_body", LOST)),
    "05 connect time-out": _all(_cell("ok", UNREACHED, place="deaf port", timing_out=True)),
    "06 read time-out": _all(_cell("hang", LATE, timing_out=True)),
    "07 drip of single bytes": _all(
        _cell("drip", LATE, timing_out=True), _cell("drip_headers", LATE, timing_out=True)
    ),
    "08 body that never ends": _all(_cell("endless", TOO_LARGE), _cell("huge", TOO_LARGE)),
    "09 TLS error": _all(_cell("ok", UNREACHED, place="no TLS")),
    "10 half-open socket": _all(_cell("half_open", LATE, timing_out=True)),
    "11 close without an answer": _all(_cell("close", LOST)),
    "12 end before Content-Length": _all(_cell("truncated", LOST)),
    "13 wrong Content-Length": _all(
        _cell("short_length", GARBLED), fal_queue=(_cell("short_length", WELL),)
    ),
    "14 broken chunking": _all(_cell("broken_chunks", LOST)),
    "15 gzip bomb": _all(_cell("gzip_bomb", TOO_LARGE)),
    "16 redirect loop": _join(
        _all(_cell("api_redirect", REDIRECTED, to="itself")), _files("looping", SPOILT)
    ),
    "17 redirect to a private address": _join(
        _all(_cell("api_redirect", REDIRECTED, to="https://169.254.169.254/latest")),
        _files("to_private", FORBIDDEN_HOST),
    ),
    "18 a thousand headers": _all(
        _cell("many_headers", LOST, width=200), _cell("many_headers", WELL)
    ),
    # statuses
    "19 400": _all(_status(400, MISTAKE)),
    "20 401": _all(_status(401, AUTH), _cell("auth", AUTH)),
    "21 no credit": _all(_status(402, QUOTA), _cell("payment", QUOTA)),
    "22 403": _all(_status(403, AUTH)),
    "23 404": _all(_status(404, GONE)),
    "24 408": _all(_status(408, Expected(Outcome.TIMEOUT, True, True, None))),
    "25 409": _all(_status(409, FAILED)),
    "26 413": _all(_status(413, Expected(Outcome.TOO_LARGE, False, True, False))),
    "27 422": _all(_status(422, MISTAKE)),
    "28 429, Retry-After in seconds": _all(
        _status(429, _limited(7, 7), headers={"Retry-After": "7"}),
        _status(429, _limited(1.5, 1.5), headers={"retry-after-ms": "1500"}),
    ),
    "29 429, Retry-After as a date": _all(_status(429, _limited(25, 30), date=30)),
    "30 429, no Retry-After": {
        "openai_images": (_status(429, _limited()), _cell("rate_words", _limited(20, 20))),
        "gemini": (_status(429, _limited()), _cell("rate", _limited(3.5, 3.5))),
        "fal_queue": (_status(429, _limited()), _cell("rate_words", _limited(20, 20))),
        "replicate": (_status(429, _limited()), _cell("rate", _limited(30, 30))),
    },
    "31 429, huge, negative or garbled Retry-After": _all(
        _status(429, _limited(120, 120), headers={"Retry-After": "86400"}),
        _status(429, _limited(), headers={"Retry-After": "-5"}),
        _status(429, _limited(), headers={"Retry-After": "soon"}),
        _status(429, _limited(120, 120), date=900_000),
        _status(429, _limited(), date=-3600),
    ),
    "32 500": _all(_status(500, FAILED)),
    "33 502 with a page": _all(_status(502, FAILED_UNSURE, html=True), _status(502, FAILED)),
    "34 503": _all(_status(503, FAILED), _status(503, FAILED, html=True)),
    "35 504": _all(
        _status(504, FAILED_UNSURE),
        fal_queue=(_status(504, FAILED), _status(504, FAILED_UNSURE, html=True)),
    ),
    "36 520 to 529": _all(
        _status(520, FAILED_UNSURE, html=True),
        _status(521, FAILED, html=True),
        _status(522, FAILED_UNSURE, html=True),
        _status(523, FAILED, html=True),
        _status(524, FAILED_UNSURE, html=True),
        _status(525, FAILED, html=True),
        _status(526, FAILED, html=True),
        _status(527, FAILED, html=True),
        _status(528, FAILED, html=True),
        _status(529, FAILED, html=True),
    ),
    # what is inside
    "37 200 with an error in it": _all(
        _cell("error_in_200", FAILED), fal_queue=(_cell("error_in_200", FAILED_UNSURE),)
    ),
    "38 200 without a picture": {
        "openai_images": (_cell("empty_data", Expected(Outcome.EMPTY, True, True, None)),),
        "gemini": (  # tokens were read and thought: charged, though nothing was drawn
            _cell("empty_data", Expected(Outcome.EMPTY, True, True, True)),
            _cell("text_only", Expected(Outcome.EMPTY, True, True, True)),
        ),
        "fal_queue": (_cell("empty_data", Expected(Outcome.EMPTY, True, True, None)),),
        "replicate": (_cell("empty_data", Expected(Outcome.EMPTY, True, True, True)),),
    },
    "39 cut-off JSON": _all(_cell("bad_json", GARBLED), fal_queue=_HEADER_NAMES_JOB),
    "40 deep or huge JSON": _all(_cell("deep_json", GARBLED), _cell("huge", TOO_LARGE)),
    "41 broken base64": _all(_cell("bad_base64", SPOILT)),
    "42 base64 of a page": _all(_cell("html_base64", NO_PICTURE)),
    "43 wrong content type": _all(_cell("wrong_type", WELL)),
    "44 more pictures than asked": _all(
        _cell("ok", Expected(Outcome.OK, billed=True, images=3), images=3)
    ),
    "45 odd pictures": _all(
        _cell("pixel", NO_PICTURE),
        _cell("giant", NO_PICTURE),
        _cell("animated", NO_PICTURE),
        _cell("png_16_bit", WELL),
        _cell("cmyk_jpeg", WELL),
    ),
    "46 refusal": {
        "openai_images": (
            _cell("policy", Expected(Outcome.REFUSED)),
            _cell("policy_old", Expected(Outcome.REFUSED)),
            _cell("policy_words", Expected(Outcome.REFUSED)),
            _cell("policy_in_200", Expected(Outcome.REFUSED)),
        ),
        "gemini": (
            _cell("policy", Expected(Outcome.REFUSED, billed=True)),
            _cell("policy_prompt", Expected(Outcome.REFUSED, billed=None)),
        ),
        "fal_queue": (  # a 422 is charged if a runner had begun, which nobody tells
            _cell("policy", Expected(Outcome.REFUSED, billed=None)),
            _cell("black", Expected(Outcome.REFUSED, billed=True)),
        ),
        "replicate": (
            _cell("policy", Expected(Outcome.REFUSED, billed=True)),
            _cell("policy_e005", Expected(Outcome.REFUSED, billed=True)),
        ),
    },
    "47 the picture's URL is expired, gone or private": _join(
        _files("expired", SPOILT), _files("gone", SPOILT), _files("private", FORBIDDEN_HOST)
    ),
    "48 status goes back, or never on; webhooks": {
        "openai_images": _SYNC,
        "gemini": _SYNC,
        # Webhooks are not used, so that nobody can forge one; the rest is met by asking.
        "fal_queue": (
            _cell("ok", Expected(Outcome.TIMEOUT, True, True, None, found_by="caller"), never=True),
            Cell(({"fault": "status_regress", "at": "status"},), WELL),
            Cell(
                ({"fault": "reset", "at": "result"}, {"fault": "ok", "at": "status"},
                 {"fault": "status_regress", "at": "status"}),
                WELL,
            ),
        ),
        "replicate": (
            _cell("ok", Expected(Outcome.TIMEOUT, True, True, None, found_by="caller"), never=True),
            Cell(({"fault": "status_regress", "at": "status"},), WELL),
            _cell("aborted", FAILED),
            _cell("crashed", Expected(Outcome.SERVER_ERROR, True, True, True)),
            _cell("invalid", Expected(Outcome.BAD_REQUEST, False, True, True)),
        ),
    },
}  # fmt: skip


def _asked(fault: str, outcome: Outcome, **more: Any) -> tuple[Mapping[str, Any], Outcome]:
    return {"fault": fault, **more}, outcome


# Faults that strike a question about a job. The job goes on: the question fails under a name, is
# asked again, and the picture arrives, charged once.
QUESTIONS: Final[Mapping[str, tuple[Mapping[str, Any], Outcome]]] = {
    "reset": _asked("reset", Outcome.CONNECTION),
    "reset in mid-body": _asked("reset_mid_body", Outcome.CONNECTION),
    "silence": _asked("hang", Outcome.TIMEOUT),
    "drip": _asked("drip", Outcome.TIMEOUT),
    "close": _asked("close", Outcome.CONNECTION),
    "truncated": _asked("truncated", Outcome.CONNECTION),
    "wrong length": _asked("short_length", Outcome.BAD_ANSWER),
    "broken chunks": _asked("broken_chunks", Outcome.CONNECTION),
    "cut-off JSON": _asked("bad_json", Outcome.BAD_ANSWER),
    "deep JSON": _asked("deep_json", Outcome.BAD_ANSWER),
    "429": _asked("status", Outcome.RATE_LIMITED, status=429),
    "500 with a page": _asked("status", Outcome.SERVER_ERROR, status=500, html=True),
    "502 with a page": _asked("status", Outcome.SERVER_ERROR, status=502, html=True),
    "503 with a page": _asked("status", Outcome.SERVER_ERROR, status=503, html=True),
    "504 with a page": _asked("status", Outcome.SERVER_ERROR, status=504, html=True),
    "524 with a page": _asked("status", Outcome.SERVER_ERROR, status=524, html=True),
}
STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "fal_queue": ("status", "result"),
    "replicate": ("status",),
}


def list_cells() -> dict[str, tuple[str, Cell]]:
    """Give every cell that can be met: "kind / adapter [/ variant]" -> (adapter, cell)."""
    found = {}
    for kind, row in TABLE.items():
        for adapter, entry in row.items():
            if isinstance(entry, NotMet):
                continue
            for number, cell in enumerate(entry):
                variant = f" / {number + 1}" if number else ""
                found[f"{kind} / {adapter}{variant}"] = adapter, cell
    return found


@contextmanager
def open_place(place: str, fake: FakeProviders, *, adapter: str) -> Iterator[str]:
    """Give the base URL of a provider that is at the fake, or cannot be reached in some way."""
    base = fake.base_url_of(adapter)
    if place == "fake":
        yield base
    elif place == "no name":
        yield base.replace(fake.origin, "https://nowhere.invalid")
    elif place == "no TLS":
        yield base.replace("http://", "https://")
    elif place == "closed port":
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        yield base.replace(fake.origin, f"http://127.0.0.1:{port}")
    elif place == "deaf port":
        with _deafen() as port:
            yield base.replace(fake.origin, f"http://127.0.0.1:{port}")
    else:
        raise ValueError(f"no such place: {place}")


@contextmanager
def _deafen() -> Iterator[int]:
    """A port whose queue of connections is full, so that Linux drops every further greeting."""
    held = []
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        try:
            for _ in range(4):
                caller = socket.socket()
                caller.setblocking(False)
                caller.connect_ex(server.getsockname())
                held.append(caller)
            yield server.getsockname()[1]
        finally:
            for caller in held:
                caller.close()
