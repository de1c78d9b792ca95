"""The way in and out of every answer: anybody may read, from any site; what did not change is not sent again."""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from psycopg_pool import PoolTimeout

from .problems import Problem, answer_problem

METHODS = "GET, HEAD, OPTIONS"
AWAY = (DatabaseError, InterfaceError, PoolTimeout)
# Boards are published every half second; a reader who asks more often than this gains little.
MAX_AGE = 10
PREFLIGHT_SECONDS = 86_400
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After, Content-Disposition",
}

View = Callable[..., HttpResponseBase]

log = logging.getLogger(__name__)


def open_to_all(view: View) -> View:
    """Let anybody read a view from anywhere: GET, HEAD, OPTIONS, ETag and 304, a short life, JSON problems."""

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        method = request.method
        if method == "OPTIONS":
            answer: HttpResponseBase = _preflight()
        elif method not in {"GET", "HEAD"}:
            refusal = f"This address is only for reading: use GET, not {method}."
            answer = answer_problem(Problem(405, refusal, headers={"Allow": METHODS}))
        else:
            answer = _finish(request, _run(view, request, args, values))
        for name, value in CORS.items():
            answer[name] = value
        return answer

    return enter


def _preflight() -> HttpResponse:
    headers = {
        "Allow": METHODS,
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": "If-None-Match",
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }
    answer = HttpResponse(status=204, headers=headers)
    del answer["Content-Type"]
    return answer


def _run(view: View, request: HttpRequest, args: Any, values: dict[str, Any]) -> HttpResponseBase:
    """Run a view as GET: a HEAD is answered by the same code, and its body left out afterwards."""
    method, request.method = request.method, "GET"
    try:
        return view(request, *args, **values)
    except Problem as problem:
        return answer_problem(problem)
    except Http404 as error:
        return answer_problem(Problem(404, str(error) or "Nothing lives at this address."))
    except (BadRequest, SuspiciousOperation) as error:
        # More parameters than Django reads, for one; its sentences are for the log.
        log.info("%s: not read: %s", request.path, error)
        return answer_problem(Problem(400, "This request cannot be read."))
    except AWAY as error:
        log.warning("%s: the database did not answer: %s", request.path, error)
        away = "The site's database is away; try again shortly."
        return answer_problem(Problem(503, away, headers={"Retry-After": "2"}))
    except Exception:
        log.exception("%s failed", request.path)
        return answer_problem(Problem(500, "The site failed on this request; it is in its log."))
    finally:
        request.method = method


def _finish(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    if isinstance(answer, HttpResponse) and answer.status_code == 200:
        answer.headers.setdefault("Cache-Control", f"public, max-age={MAX_AGE}")
        etag = f'"{hashlib.sha256(answer.content).hexdigest()[:32]}"'
        answer["ETag"] = etag
        answer["Content-Length"] = str(len(answer.content))
        answer = get_conditional_response(request, etag=etag, response=answer) or answer
    if request.method == "HEAD" and isinstance(answer, HttpResponse):
        answer.headers.setdefault("Content-Length", str(len(answer.content)))
        answer.content = b""
    return answer
