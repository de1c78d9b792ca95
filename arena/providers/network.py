"""Connections that go only where they may, and never wait past one total deadline.

httpx's read timeout is per read: an answer dripped byte by byte outlives it for ever. Here every
wait, for a handshake, a header or a body, is cut to what is left of the whole call's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpcore

from arena.providers.addresses import is_public_address
from arena.providers.types import Timing

Resolver = Callable[[str, int], Sequence[str]]
MAX_ADDRESSES = 4


class ForbiddenAddress(Exception):
    """The host resolves to an address that this endpoint may not reach."""


WIRE_ERRORS: Final[tuple[type[Exception], ...]] = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ForbiddenAddress,
)


@dataclass
class Passage:
    """How far one call has come, and how far it may go."""

    clock: Callable[[], float]
    resolve: Resolver
    private_allowed: bool
    ends_at: float
    started_at: float
    sent: bool = False
    first_byte_at: float | None = None

    def remaining(self) -> float:
        return self.ends_at - self.clock()

    def note(self, event: str, _info: Mapping[str, Any]) -> None:
        if event == "http11.send_request_headers.started":
            self.sent = True
        elif event == "http11.receive_response_headers.complete":
            self.first_byte_at = self.clock()

    def timing(self) -> Timing:
        first = self.first_byte_at
        return Timing(
            ttfb_ms=None if first is None else round((first - self.started_at) * 1000),
            total_ms=round((self.clock() - self.started_at) * 1000),
        )


class CheckedNetwork(httpcore.NetworkBackend):
    """Resolves once, checks every address, connects to what was checked.

    TLS still names and verifies the host: httpcore takes that from the URL, not from the address.
    """

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = tuple(self._passage.resolve(host.strip("[]"), port))[:MAX_ADDRESSES]
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the name does not resolve") from error
        if not self._passage.private_allowed and not all(map(is_public_address, addresses)):
            raise ForbiddenAddress
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            patience = _shorter(timeout, self._passage, httpcore.ConnectTimeout)
            try:
                stream = self._plain.connect_tcp(address, port, patience, local_address, ())
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._passage)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A stream whose every wait is cut to what is left of the total deadline."""

    def __init__(self, stream: httpcore.NetworkStream, passage: Passage) -> None:
        self._stream = stream
        self._passage = passage

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        patience = _shorter(timeout, self._passage, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, patience)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _shorter(timeout, self._passage, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        patience = _shorter(timeout, self._passage, httpcore.ConnectTimeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, patience)
        return _DeadlineStream(secured, self._passage)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _shorter(timeout: float | None, passage: Passage, error: type[Exception]) -> float:
    remaining = passage.remaining()
    if remaining <= 0:
        raise error("the total deadline has passed")
    return remaining if timeout is None else min(timeout, remaining)
