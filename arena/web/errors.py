"""Pages for what went wrong: what, where, what to do; never a stack trace."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from psycopg_pool import PoolTimeout

AWAY = (OperationalError, InterfaceError, PoolTimeout)

log = logging.getLogger(__name__)


def show_problem(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    """Render the page of a problem with its status and a way on."""
    links = [
        {"label": "Vote", "url": reverse("web:vote")},
        {"label": "Home", "url": reverse("web:home")},
    ]
    problem = {"status": status, "title": title, "text": text, "links": links}
    return render(request, "web/problem/page.html", {"problem": problem}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = "The server could not read this request. Go back, reload the page and try again."
    return show_problem(request, status=400, title="That request makes no sense", text=text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = "You need other rights for this page. Curators log in at /staff/."
    return show_problem(request, status=403, title="Not for this account", text=text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    said = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    text = said if said.startswith("There is no") else "Nothing lives at this address."
    return show_problem(request, status=404, title="Not here", text=text)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django calls this while it handles the exception; a database that is away is no fault of the code."""
    if isinstance(sys.exc_info()[1], AWAY):
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = "2"
        return response
    return HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    log.info("CSRF check failed for %s: %s", request.path, reason)
    text = (
        "The form was too old, or cookies are switched off. Nothing was recorded. "
        "Allow cookies for this site, reload the page and try again."
    )
    return show_problem(request, status=403, title="This form can no longer be used", text=text)
