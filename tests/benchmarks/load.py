"""A crowd of voters on keep-alive lines: one thread, raw sockets, each answer read to its last byte."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlencode

VERDICTS = ("left", "right", "tie", "both_bad")
# Any thirty-two letters will do: the cookie and the header only have to be equal.
CSRF = "b" * 32
PATIENCE = 30.0
MARK = b'data-token="'


@dataclass
class Loaded:
    """What a round of load saw: verdicts acknowledged (token to verdict), seconds per answer, failures."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    took: float = 0.0


@dataclass
class Visitor:
    """A voter's cookie, and the open battles that the voter's page holds."""

    cookie: str
    tokens: list[str]


async def vote(*, port: int, lines: list[list[Visitor]], verdicts: int) -> Loaded:
    """Send so many verdicts, shared by the lines; each line's visitors take turns.

    A verdict counts only if its voter's last one was long enough ago: have visitors enough.
    """
    loaded = Loaded()
    left = iter(range(verdicts))
    begun = time.perf_counter()
    await asyncio.gather(*(_vote_on(port, visitors, left, loaded) for visitors in lines))
    loaded.took = time.perf_counter() - begun
    return loaded


async def _vote_on(port: int, visitors: list[Visitor], left: object, loaded: Loaded) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for number in left:  # type: ignore[attr-defined]
            visitor = visitors[0]
            visitors.append(visitors.pop(0))
            token, verdict = visitor.tokens.pop(0), VERDICTS[number % len(VERDICTS)]
            begun = time.perf_counter()
            writer.write(_request(visitor, token=token, verdict=verdict))
            status, body, closing = await asyncio.wait_for(_read(reader), PATIENCE)
            loaded.seconds.append(time.perf_counter() - begun)
            if status != 200:
                loaded.errors[str(status)] += 1
            else:
                loaded.acknowledged[token] = verdict
            visitor.tokens += _tokens_in(body, held=visitor.tokens)
            if closing:
                loaded.errors["line closed by the server"] += 1
                writer.close()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        loaded.errors[type(error).__name__] += 1
    finally:
        writer.close()


def _request(visitor: Visitor, *, token: str, verdict: str) -> bytes:
    held = ",".join([token, *visitor.tokens])
    body = urlencode({"verdict": verdict, "viewing_ms": 900, "holding": held}).encode()
    return (
        f"POST /battles/{token}/verdict/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: paragone_voter={visitor.cookie}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n"
        "HX-Request: true\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Return the status, the whole body, and whether the server closes the line after it."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head.split(b" ", 2)[1])
    _, named, length = head.partition(b"content-length:")
    assert named, head
    body = await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
    return status, body, b"connection: close" in head


def _tokens_in(body: bytes, *, held: list[str]) -> list[str]:
    found = [part.split(b'"', 1)[0].decode() for part in body.split(MARK)[1:]]
    return [token for token in dict.fromkeys(found) if token not in held]
