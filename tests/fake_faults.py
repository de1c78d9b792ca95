"""Faults that every dialect of the fake provider knows: the wire, statuses, files.

A fault is called with the answer it spoils as a function, `good`. Calling that makes the picture
or the job, and charges it; a fault that strikes earlier does not call it.
"""

from __future__ import annotations

import email.utils
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders

Step = Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer before it is sent."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Good = Callable[[], Reply]
Fault = Callable[["FakeProviders", "Call", Step, Good], None]


def play(fake: FakeProviders, call: Call, step: Step, *, good: Good, dialect: ModuleType) -> None:
    """Answer a call as its step says; faults of the dialect come before those of all."""
    fake.stopping.wait(fake.latency_seconds + step.get("latency", 0.0))
    name = step["fault"]
    if name == "status":
        _status(fake, call, step, dialect)
    elif name in dialect.FAULTS:
        dialect.FAULTS[name](fake, call, step, good)
    else:
        WIRE_FAULTS[name](fake, call, step, good)


def send(call: Call, reply: Reply, **changes: Any) -> None:
    """Send a reply; `changes` are those of `Call.send`."""
    how = {"content_type": reply.content_type, "headers": reply.headers}
    call.send(reply.status, reply.body, **(how | changes))


def says(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    """A fault that is an orderly answer with a JSON value; free of charge."""

    def answer(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
        fake.charge(step, usually=False)
        sent = dict(headers or {}) | step.get("headers", {})
        call.send_json(status, step.get("body", value), headers=sent)

    return answer


def _status(fake: FakeProviders, call: Call, step: Step, dialect: ModuleType) -> None:
    fake.charge(step, usually=False)
    status, headers = step["status"], dict(step.get("headers", {}))
    if step.get("date") is not None:
        headers["Retry-After"] = email.utils.formatdate(time.time() + step["date"], usegmt=True)
    if step.get("html"):
        page = b"<html><head><title>Bad Gateway</title></head><body>nginx</body></html>"
        call.send(status, page, content_type="text/html", headers=headers)
    else:
        call.send_json(status, step.get("body", dialect.complain(status)), headers=headers)


def _ok(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    send(call, good())


def _reset(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()
    call.reset()


def _reset_mid_body(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    half = Reply(reply.body[: len(reply.body) // 2], reply.status)
    send(call, half, length=len(reply.body))
    call.handler.wfile.flush()
    fake.stopping.wait(0.05)  # let the half arrive: a RST throws away what was not yet read
    call.reset()


def _close(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()


def _hang(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()
    fake.stopping.wait(step.get("seconds", 20))


def _half_open(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    """Half an answer, then silence: the other end is gone and nobody told."""
    reply = good()
    half = Reply(reply.body[: len(reply.body) // 2], reply.status)
    send(call, half, length=len(reply.body))
    fake.stopping.wait(step.get("seconds", 20))


def _drip(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    call.start(200, content_type="application/json", headers=None, length=len(reply.body))
    _dribble(fake, call, reply.body, step)


def _drip_headers(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()
    _dribble(fake, call, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 2000, step)


def _dribble(fake: FakeProviders, call: Call, body: bytes, step: Step) -> None:
    for position in range(min(len(body), 400)):
        call.handler.wfile.write(body[position : position + 1])
        if fake.stopping.wait(step.get("seconds", 0.05)):
            return


def _truncated(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    send(call, reply, length=len(reply.body) + 1000)


def _short_length(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    """A Content-Length that is less than what is sent."""
    reply = good()
    send(call, reply, length=len(reply.body) // 2)


def _broken_chunks(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    chunked = {"Transfer-Encoding": "chunked"}
    call.start(200, content_type="application/json", headers=chunked, length=None)
    call.handler.wfile.write(b"10\r\n" + reply.body[:16] + b"\r\nzz\r\nnot a size\r\n")


def _bad_json(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    cut = min(40, len(reply.body) // 2)
    send(call, Reply(reply.body[:-cut], headers=reply.headers))


def _deep_json(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()
    send(call, Reply(b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}"))


def _wrong_type(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    send(call, good(), content_type="text/html; charset=utf-8")


def _huge(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    """Without a length, so that only counting stops it."""
    good()
    call.start(200, content_type="application/json", headers=None, length=None)
    call.handler.wfile.write(b'{"data":[{"b64_json":"')
    for _block in range(step.get("bytes", 40 * 1024 * 1024) // 65536):
        call.handler.wfile.write(b"A" * 65536)


def _endless(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    """Spaces for ever, which no parser needs and no reader should wait for."""
    good()
    call.start(200, content_type="application/json", headers=None, length=None)
    while not fake.stopping.wait(0.002):
        call.handler.wfile.write(b" " * 65536)


def _gzip_bomb(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    good()
    bomb = _pack_bomb(step.get("bytes", 32 * 1024 * 1024))
    call.send(200, bomb, headers={"Content-Encoding": "gzip"})


@cache
def _pack_bomb(size: int) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b"A" * 65536
    return b"".join([packer.compress(block) for _ in range(size // 65536)]) + packer.flush()


def _gzip(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    reply = good()
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = packer.compress(reply.body) + packer.flush()
    call.send(200, packed[: step.get("keep", len(packed))], headers={"Content-Encoding": "gzip"})


def _api_redirect(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    to = step.get("to", "https://elsewhere.example/v1")
    call.send(307, b"", headers={"Location": call.request.path if to == "itself" else to})


def _many_headers(fake: FakeProviders, call: Call, step: Step, good: Good) -> None:
    extra = {f"X-Filler-{number}": "a" * step.get("width", 4) for number in range(1000)}
    reply = good()
    send(call, reply, headers={**reply.headers, **extra})


WIRE_FAULTS: dict[str, Fault] = {
    "ok": _ok,
    "reset": _reset,
    "reset_mid_body": _reset_mid_body,
    "close": _close,
    "hang": _hang,
    "half_open": _half_open,
    "drip": _drip,
    "drip_headers": _drip_headers,
    "truncated": _truncated,
    "short_length": _short_length,
    "broken_chunks": _broken_chunks,
    "bad_json": _bad_json,
    "deep_json": _deep_json,
    "wrong_type": _wrong_type,
    "huge": _huge,
    "endless": _endless,
    "gzip_bomb": _gzip_bomb,
    "gzip": _gzip,
    "api_redirect": _api_redirect,
    "many_headers": _many_headers,
}


def keep_file(fake: FakeProviders, step: Step, data: bytes) -> str:
    """Put a picture where the provider keeps files, as the step's "file" says; gives the URL.

    File faults: expired, gone, failing, looping, private (the address itself), to_private (by a
    redirect), relative.
    """
    fault = step.get("file", "")
    if fault == "private":
        return step.get("to", "https://169.254.169.254/latest/meta-data")
    if fault == "relative":
        return fake.keep_file(data)
    if fault in _FILE_ANSWERS:
        status, headers = _FILE_ANSWERS[fault]
        path = fake.keep_file(b"<Error/>", status=status, headers=headers)
        if fault == "looping":
            fake.files[path][3]["Location"] = path
        return fake.origin + path
    return fake.origin + fake.keep_file(data)


_FILE_ANSWERS: Mapping[str, tuple[int, dict[str, str]]] = {
    "expired": (403, {}),
    "gone": (404, {}),
    "failing": (503, {}),
    "looping": (302, {"Location": ""}),
    "to_private": (302, {"Location": "https://127.0.0.1:1/latest/meta-data"}),
}
