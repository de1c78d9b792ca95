"""The only module that imports httpx: one call, bounded in time, bytes and reach.

A pool would let one endpoint reuse a connection that only another was allowed to open, hence one
connection per call. A handshake more is nothing beside the seconds a picture takes.
"""

from __future__ import annotations

import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin

import httpcore
import httpx

from arena.providers.addresses import (
    is_listed,
    may_have_key,
    resolve_addresses,
    split_origin,
)
from arena.providers.network import (
    WIRE_ERRORS,
    CheckedNetwork,
    ForbiddenAddress,
    Passage,
    Resolver,
)
from arena.providers.types import Endpoint, Outcome, ProviderError, Timing

MAX_REDIRECTS = 3
DOWNLOAD_ATTEMPTS = 3  # the picture is paid for by then, and reading it again is free
ERROR_BODY_BYTES = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BODY_ERRORS: tuple[type[Exception], ...] = (*WIRE_ERRORS, zlib.error)
_CALL_ERRORS: tuple[type[Exception], ...] = (*WIRE_ERRORS, httpx.HTTPError, httpx.InvalidURL)

Fields = Mapping[str, str]
Files = Sequence[tuple[str, tuple[str, bytes, str]]]


@dataclass(frozen=True)
class Answer:
    """What came back: header names in lower case, the body decoded."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    timing: Timing


class Client:
    """What adapters are handed; safe to share between threads and calls."""

    def __init__(
        self, *, resolve: Resolver, clock: Callable[[], float], calendar: Callable[[], float]
    ) -> None:
        self.clock = clock
        self.calendar = calendar
        self.resolve = resolve
        self.transport = _OneCallTransport()
        self.http = httpx.Client(
            transport=self.transport,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": "paragone", "Accept-Encoding": "identity"},
        )

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def open_client(
    *,
    resolve: Resolver = resolve_addresses,
    clock: Callable[[], float] = time.monotonic,
    calendar: Callable[[], float] = time.time,
) -> Client:
    """Open a client; close it, or use it as a context manager.

    `resolve(host, port)` gives IP literals, `clock()` seconds that only go forward, `calendar()`
    seconds since 1970, for jobs that are looked after by several processes.
    """
    return Client(resolve=resolve, clock=clock, calendar=calendar)


def call(
    client: Client,
    method: str,
    url: str,
    *,
    endpoint: Endpoint,
    json: Any = None,
    data: Fields | None = None,
    files: Files | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    credentials: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Answer:
    """Make one API call and read the whole answer, whatever its status; redirects are answers.

    `credentials` are headers that only the endpoint's own hosts are sent; for any other host the
    call is refused before it starts. `seconds` overrides the endpoint's total deadline. Raises
    ProviderError (timeout, connection, too_large, bad_answer, auth, bad_request); `billed` is
    False where nothing was sent, None where the answer was lost.
    """
    sent_headers = dict(headers or {})
    if credentials:
        _require_key_host(endpoint, url)
        _require_plain_values(credentials)
        sent_headers |= credentials
    body = {"json": json, "data": data, "files": files, "content": content}
    return _exchange(
        client, method, url, endpoint=endpoint, headers=sent_headers, seconds=seconds, **body
    )


def fetch(
    client: Client,
    url: str,
    *,
    endpoint: Endpoint,
    headers: Mapping[str, str] | None = None,
    seconds: float | None = None,
    kept: bool = False,
) -> Answer:
    """Download a picture a provider has pointed to: no credentials, https, public addresses only.

    Up to 3 redirects are followed by hand, each checked like the first. Lost downloads are tried
    again within the same deadline. Raises ProviderError with `billed` True, not retryable: whoever
    hands out the address of a picture has made it, and asking anew would buy another. `kept`: the
    provider keeps a job that tells the address again, so a passing fault leaves it `still_pending`.
    """
    ends_at = client.clock() + (endpoint.deadline_seconds if seconds is None else seconds)
    for attempt in range(1, DOWNLOAD_ATTEMPTS + 1):
        try:
            return _download(client, url, endpoint=endpoint, headers=headers, ends_at=ends_at)
        except ProviderError as error:
            last = attempt == DOWNLOAD_ATTEMPTS or client.clock() >= ends_at
            if last or not error.retryable:
                error.still_pending = kept and error.retryable
                error.billed, error.retryable = True, False
                raise
    raise AssertionError("the loop above returns or raises")


def _download(
    client: Client,
    url: str,
    *,
    endpoint: Endpoint,
    headers: Mapping[str, str] | None,
    ends_at: float,
) -> Answer:
    for _hop in range(MAX_REDIRECTS + 1):
        answer = _exchange(
            client,
            "GET",
            url,
            endpoint=endpoint,
            headers=dict(headers or {}),
            seconds=ends_at - client.clock(),
        )
        if answer.status not in _REDIRECTS:
            break
        url = urljoin(url, answer.headers.get("location", ""))
    if answer.status == httpx.codes.OK:
        return answer
    reason = (
        f"more than {MAX_REDIRECTS} redirects"
        if answer.status in _REDIRECTS
        else f"HTTP {answer.status}"
    )
    raise ProviderError(
        Outcome.BAD_ANSWER,
        f"The picture could not be downloaded from the address the provider gave ({reason}).",
        http_status=answer.status,
        retryable=answer.status >= httpx.codes.INTERNAL_SERVER_ERROR,
        timing=answer.timing,
    )


def _require_key_host(endpoint: Endpoint, url: str) -> None:
    try:
        allowed = may_have_key(endpoint, url)
    except ValueError as error:
        raise _refused_before_start(str(error)) from None
    if not allowed:
        raise _refused_before_start("the key may not be sent to this host")


def _require_plain_values(credentials: Mapping[str, str]) -> None:
    # Said here in our own words: the library's error would quote the header, key and all.
    for value in credentials.values():
        if not value.isascii() or not value.isprintable():
            raise ProviderError(
                Outcome.AUTH,
                "The key of this provider contains characters that no key can contain.",
                billed=False,
            )


def _refused_before_start(reason: str) -> ProviderError:
    return ProviderError(
        Outcome.CONNECTION,
        f"The call was not made: {reason}.",
        retryable=False,
        billed=False,
    )


def _exchange(
    client: Client,
    method: str,
    url: str,
    *,
    endpoint: Endpoint,
    headers: dict[str, str],
    seconds: float | None,
    **content: Any,
) -> Answer:
    passage = _open_passage(client, url, endpoint=endpoint, seconds=seconds)
    longest = endpoint.deadline_seconds if seconds is None else seconds
    silence = longest if endpoint.read_seconds is None else endpoint.read_seconds
    try:
        request = client.http.build_request(
            method,
            url,
            headers=headers,
            timeout=httpx.Timeout(silence, connect=endpoint.connect_seconds),
            extensions={"trace": passage.note, "passage": passage},
            **content,
        )
        _require_same_reading(request.url, url)
        response = client.http.send(request, stream=True)
        try:
            body = _read_body(response, cap=endpoint.max_bytes)
        finally:
            response.close()
    except _CALL_ERRORS as error:
        raise _name_wire_error(error, passage) from error
    except ProviderError as error:
        error.timing = error.timing or passage.timing()
        raise
    lowered = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status=response.status_code, headers=lowered, body=body, timing=passage.timing())


def _open_passage(
    client: Client, url: str, *, endpoint: Endpoint, seconds: float | None
) -> Passage:
    try:
        scheme, host, port = split_origin(url)
    except ValueError as error:
        raise _refused_before_start(str(error)) from None
    private_allowed = is_listed(endpoint.private_hosts, host=host, port=port)
    if scheme != "https" and not private_allowed:
        raise _refused_before_start("plain http is only for hosts listed as private")
    now = client.clock()
    return Passage(
        clock=client.clock,
        resolve=client.resolve,
        private_allowed=private_allowed,
        ends_at=now + (endpoint.deadline_seconds if seconds is None else seconds),
        started_at=now,
    )


def _require_same_reading(built: httpx.URL, url: str) -> None:
    # Permissions were judged on the standard library's reading of the URL, the connection goes by
    # httpx's. Where the two disagree somebody is being clever.
    scheme, host, port = split_origin(url)
    built_port = built.port or {"http": 80, "https": 443}.get(built.scheme)
    if (built.scheme, built.raw_host.decode("ascii").lower(), built_port) != (scheme, host, port):
        raise _refused_before_start("the address can be read in two ways")


def _read_body(response: httpx.Response, *, cap: int) -> bytes:
    """Collect the decoded body, never holding more than `cap` bytes of it.

    An error's body is read as far as it comes: the status has already said what matters.
    """
    failed = response.status_code >= httpx.codes.BAD_REQUEST
    room = ERROR_BODY_BYTES if failed else cap
    decode = _choose_decoder(response.headers.get("content-encoding", ""))
    body = bytearray()
    received = 0
    try:
        for chunk in response.iter_raw():
            received += len(chunk)
            body += decode(chunk, room - len(body) + 1)
            if max(received, len(body)) > room:
                if failed:
                    return bytes(body[:room])
                raise _too_large(cap, status=response.status_code)
        decode(b"", 0)
    except _BODY_ERRORS as error:
        if failed:
            return bytes(body)
        if isinstance(error, zlib.error):
            raise _broken_coding(response.status_code) from error
        raise
    return bytes(body)


def _choose_decoder(coding: str) -> Callable[[bytes, int], bytes]:
    # Only identity is asked for. Some servers send gzip all the same; nothing else is undone.
    if coding.strip().lower() in ("", "identity"):
        return lambda chunk, _room: chunk
    if coding.strip().lower() not in ("gzip", "x-gzip", "deflate"):
        raise ProviderError(
            Outcome.BAD_ANSWER, "The answer is packed in a way that was not asked for."
        )
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def decode(chunk: bytes, room: int) -> bytes:
        if not chunk:
            if not inflater.eof:
                raise zlib.error("the packed body ends early")
            return b""
        # A bomb is never unpacked further than one byte past the cap.
        return inflater.decompress(chunk, max(room, 1))

    return decode


def _too_large(cap: int, *, status: int) -> ProviderError:
    return ProviderError(
        Outcome.TOO_LARGE, f"The answer is larger than {cap} bytes.", http_status=status
    )


def _broken_coding(status: int) -> ProviderError:
    return ProviderError(
        Outcome.BAD_ANSWER, "The packed answer cannot be unpacked.", http_status=status
    )


def _name_wire_error(error: Exception, passage: Passage) -> ProviderError:
    """Turn a transport exception into an outcome; nothing sent means nothing billed."""
    billed = None if passage.sent else False
    late = passage.remaining() <= 0
    if isinstance(error, ForbiddenAddress):
        refusal = _refused_before_start("the host has an address that is not public")
        refusal.timing = passage.timing()
        return refusal
    if isinstance(error, (httpx.InvalidURL, httpx.LocalProtocolError, httpcore.LocalProtocolError)):
        outcome, text = Outcome.BAD_REQUEST, "The request could not be written as HTTP."
        billed = False
    elif not passage.sent and not late:
        outcome, text = Outcome.CONNECTION, "The provider could not be reached."
    elif late or isinstance(error, httpcore.TimeoutException):
        outcome, text = Outcome.TIMEOUT, "The provider did not answer in time."
    else:
        outcome, text = Outcome.CONNECTION, "The connection broke before the answer was complete."
    return ProviderError(outcome, text, billed=billed, timing=passage.timing())


@cache
def _load_certificates() -> ssl.SSLContext:
    # Reading them takes longer than asking after a job, and adapters open a client for each question.
    return httpx.create_ssl_context(trust_env=False)


class _OneCallTransport(httpx.BaseTransport):
    """A connection per request, so that no permission outlives the call it was given for."""

    def __init__(self) -> None:
        self._tls = _load_certificates()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        connection = httpcore.HTTPConnection(
            origin=url.origin,
            ssl_context=self._tls,
            network_backend=CheckedNetwork(request.extensions["passage"]),
        )
        try:
            answer = connection.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=url,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException:
            connection.close()
            raise
        stream = _ClosingStream(answer.iter_stream(), connection)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)


class _ClosingStream(httpx.SyncByteStream):
    def __init__(self, chunks: Iterable[bytes], connection: httpcore.HTTPConnection) -> None:
        self._chunks = chunks
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        self._connection.close()
