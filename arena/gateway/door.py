"""The way in and out of every call: who calls, may they, is there room; and never an answer but JSON."""

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout

from arena.clients.keys import KeyRefused, find_key
from arena.clients.models import ApiKey

from .errors import SERVER, GatewayError, too_many
from .permits import Hold

log = logging.getLogger(__name__)

ROOT = "/openai/"
FULL_RETRY_AFTER = 2
AWAY_RETRY_AFTER = 2
STATUS_SENTENCES = {
    400: "The server could not read this request.",
    403: "This is not allowed.",
    404: "Unknown address: the gateway has /openai/v1/images/generations, /images/edits and /models.",
}


@dataclass
class Caller:
    """Who calls: the key, the id of the request, and the room that the request takes."""

    key: ApiKey
    request_id: str
    hold: Hold = field(default_factory=Hold)


class Answer(HttpResponse):
    """JSON or bytes; gives its permits back when the last byte was sent, however slowly it is read."""

    hold: Hold | None = None

    def close(self) -> None:
        try:
            super().close()
        finally:
            if self.hold is not None:
                self.hold.release()


def answer_json(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Answer an object as JSON, kept by nobody on the way."""
    # All in ASCII: a caller's field name may hold half a surrogate pair, which no encoding can send.
    text = json.dumps(body)
    return Answer(
        text,
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


View = Callable[..., HttpResponse]


def open_door(
    *methods: str, scope: ApiKey.Scope | None, slow: bool = False
) -> Callable[[View], View]:
    """Let callers in with a key that has the scope; None: no key is asked for, `caller` is left out.

    A slow view is let in by a permit before a byte of its body is read, and holds it to the end of the answer.
    The view gets `caller=Caller`. Whatever happens, the answer has OpenAI's shape.
    """

    def wrap(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def enter(request: HttpRequest, **values: Any) -> HttpResponse:
            request_id = f"req_{secrets.token_hex(12)}"
            hold = Hold()
            try:
                _check_method(request, methods)
                if scope is not None:
                    key = _identify(request, scope)
                    values["caller"] = Caller(key, request_id, hold)
                if slow and not hold.take(1):
                    raise full()
                answer = view(request, **values)
            except Exception as error:
                hold.release()
                answer = _tell(error, request=request, request_id=request_id)
            if isinstance(answer, Answer):
                answer.hold = hold
            answer["X-Request-Id"] = request_id
            return answer

        return enter

    return wrap


def full() -> GatewayError:
    """Say that the gateway's share of this process is taken."""
    return too_many(
        "The gateway is busy with other calls; send this one again shortly.",
        retry_after=FULL_RETRY_AFTER,
    )


def _check_method(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if request.method not in methods:
        raise GatewayError(
            405,
            f"Use {' or '.join(methods)} here, not {request.method}.",
            code="method_not_allowed",
            headers={"Allow": ", ".join(methods)},
        )


def _identify(request: HttpRequest, scope: ApiKey.Scope) -> ApiKey:
    """Find the caller's key; the database connection is given back before a body is read."""
    words = request.headers.get("Authorization", "").split()
    if len(words) != 2 or words[0].lower() != "bearer":
        raise _no_key("Send your key as the header `Authorization: Bearer pg_...`.")
    try:
        key = find_key(words[1])
    except KeyRefused as refusal:
        raise _no_key(refusal.sentence) from refusal
    finally:
        connection.close()
    if scope not in key.scopes:
        raise GatewayError(
            403,
            f"This key lacks the scope {scope.value} ({scope.label.lower()}).",
            kind="insufficient_permissions",
            code="missing_scope",
        )
    return key


def _no_key(message: str) -> GatewayError:
    return GatewayError(
        401, message, code="invalid_api_key", headers={"WWW-Authenticate": "Bearer"}
    )


def _tell(error: Exception, *, request: HttpRequest, request_id: str) -> Answer:
    """Turn whatever went wrong into an error answer; a fault of our own is in the log under the request's id."""
    if isinstance(error, GatewayError):
        told = error
    elif isinstance(error, (DatabaseError, InterfaceError, PoolTimeout)):
        log.warning("%s: the database did not answer: %s", request_id, error)
        told = GatewayError(
            503,
            "The site's database is away; try again shortly.",
            kind=SERVER,
            code="unavailable",
            retry_after=AWAY_RETRY_AFTER,
        )
    else:
        log.exception("%s: %s %s failed", request_id, request.method, request.path)
        told = GatewayError(
            503,
            f"The gateway failed on this request. Tell its curators the id {request_id}.",
            kind=SERVER,
            code="internal_error",
            again=False,
        )
    return answer_json(told.body, status=told.status, headers=told.headers)


def speak_json(get_response: Callable[[HttpRequest], HttpResponse]) -> View:
    """Middleware: under /openai/ no page for browsers leaves the site, whoever answered, and no cookie."""

    def middleware(request: HttpRequest) -> HttpResponse:
        answer = get_response(request)
        if not request.path_info.startswith(ROOT):
            return answer
        if answer.get("Content-Type", "").startswith("text/html"):
            status = 503 if answer.status_code >= 500 else answer.status_code
            said = STATUS_SENTENCES.get(status, "The site could not answer this request.")
            told = GatewayError(
                status, said, kind=SERVER if status >= 500 else "invalid_request_error"
            )
            answer.close()
            answer = answer_json(told.body, status=status)
        answer.cookies.clear()
        return answer

    return middleware
