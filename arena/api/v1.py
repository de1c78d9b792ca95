"""Version 1: all routers under one roof, and how their mistakes are told."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from . import catalogue, challenges, exports, leaderboards, matchups
from .problems import Problem, answer_problem, bad_parameters, read_errors

# The OpenAPI document and the page about it are our own (`describe.py`): ninja's page comes from a CDN.
api = NinjaAPI(
    title="Paragone",
    version="1",
    description="Leaderboards, models, matchups and challenges of this arena, and all its votes. "
    "For reading, without a key, from any site.",
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
for module in (leaderboards, catalogue, matchups, challenges, exports):
    api.add_router("", module.router)


@api.exception_handler(Problem)
def tell_problem(request: HttpRequest, problem: Any) -> HttpResponse:
    return answer_problem(problem)


@api.exception_handler(ValidationError)
def tell_bad_parameters(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(bad_parameters(read_errors(error.errors)))


@api.exception_handler(Http404)
def tell_missing(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(Problem(404, "Nothing lives at this address."))


@api.exception_handler(HttpError)
def tell_refusal(request: HttpRequest, error: Any) -> HttpResponse:
    return answer_problem(Problem(error.status_code, error.message))
