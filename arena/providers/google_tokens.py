"""Access to Vertex AI: a token as it is, or one bought with a service account's file.

Signing and expiry are the google-auth library's work; its requests travel through our own `http`,
so that they have our deadlines, address checks and nothing else.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.auth import exceptions, transport
from google.oauth2 import service_account

from arena.providers.addresses import is_listed, is_loopback, split_origin
from arena.providers.http import Answer, Client, call
from arena.providers.types import Endpoint, Outcome, ProviderError

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TOKEN_HOSTS = (".googleapis.com",)
TOKEN_SECONDS = 20.0

_known: dict[tuple[str, int], tuple[service_account.Credentials, str]] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Access:
    """What a call to Vertex AI needs: the token, and the project if the file names one."""

    token: str = field(repr=False)
    project: str = ""


def find_access(client: Client, endpoint: Endpoint) -> Access:
    """Give a token for an endpoint whose key is one, or is the path of a service account's file.

    Tokens are kept until shortly before they expire, per file and its date. Raises ProviderError
    (auth, connection, timeout), never billed.
    """
    if not _is_path(endpoint.key):
        return Access(token=endpoint.key)
    with _lock:
        credentials = _load(Path(endpoint.key).expanduser(), endpoint)
        if not credentials.valid:
            _refresh(credentials, client, endpoint)
        return Access(token=str(credentials.token), project=credentials.project_id or "")


def _is_path(key: str) -> bool:
    return key.startswith(("/", "~", "./", "../")) or key.endswith(".json")


def _load(path: Path, endpoint: Endpoint) -> service_account.Credentials:
    try:
        known = (str(path), path.stat().st_mtime_ns)
        if known not in _known:
            told = dict(json.loads(path.read_bytes()))
            credentials = service_account.Credentials.from_service_account_info(
                told, scopes=[SCOPE]
            )
            _known[known] = credentials, str(told["token_uri"])
    except (OSError, ValueError, TypeError, KeyError, exceptions.GoogleAuthError):
        # Without its words: they may quote the file.
        raise _no_access("The service account's file cannot be read.") from None
    credentials, token_url = _known[known]
    _require_token_host(token_url, endpoint)
    return credentials


def _require_token_host(token_url: str, endpoint: Endpoint) -> None:
    # The file says where its signature is sent; a doctored one could say anything.
    try:
        scheme, host, port = split_origin(token_url)
    except ValueError:
        raise _no_access("The service account's file names no token address.") from None
    if scheme != "https" and not is_loopback(host):
        raise _no_access("The service account's file names a token address without https.")
    allowed = (*TOKEN_HOSTS, *endpoint.key_hosts, *endpoint.private_hosts)
    if not is_listed(allowed, host=host, port=port):
        raise _no_access("The service account's file names a token address that is not Google's.")


def _refresh(credentials: Any, client: Client, endpoint: Endpoint) -> None:
    try:
        credentials.refresh(_Transport(client, endpoint))
    except exceptions.TransportError as error:
        cause = error.__cause__
        if isinstance(cause, ProviderError):
            cause.billed, cause.retryable = False, True
            raise cause from None
        raise _no_access("Google's token service cannot be asked.") from None
    except exceptions.GoogleAuthError as error:
        raise ProviderError(
            Outcome.AUTH,
            "Google did not accept the service account.",
            billed=False,
            retryable=bool(getattr(error, "retryable", False)),
        ) from None


def _no_access(message: str) -> ProviderError:
    return ProviderError(Outcome.AUTH, message, billed=False)


class _Transport(transport.Request):
    """google-auth's idea of an HTTP client, on top of ours."""

    def __init__(self, client: Client, endpoint: Endpoint) -> None:
        self._client = client
        self._endpoint = endpoint

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_ignored: Any,
    ) -> _Response:
        try:
            answer = call(
                self._client,
                method,
                url,
                endpoint=self._endpoint,
                headers=headers,
                content=body.encode() if isinstance(body, str) else body,
                seconds=min(TOKEN_SECONDS, self._endpoint.deadline_seconds),
            )
        except ProviderError as error:
            raise exceptions.TransportError(error.message) from error
        return _Response(answer)


class _Response(transport.Response):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.body
