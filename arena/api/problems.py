"""What went wrong, in the shape of RFC 9457: for programs, with a sentence for people."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

PROBLEM_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer that is none: status, sentence, and for bad parameters which ones and why."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[dict[str, str]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}


def missing(what: str, slug: str) -> Problem:
    """Say that there is no such thing here."""
    return Problem(404, f"There is no {what} “{slug[:80]}”.")


def bad_parameters(errors: Sequence[dict[str, str]]) -> Problem:
    """Say which parameters cannot be used, and why."""
    told = "; ".join(f"{error['parameter']}: {error['message']}" for error in errors)
    return Problem(422, f"These parameters cannot be used. {told}", errors=errors)


def read_errors(found: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Turn pydantic's findings into parameters and sentences."""
    return [
        {"parameter": str(error["loc"][-1]), "message": str(error["msg"])[:300]} for error in found
    ]


def answer_problem(problem: Problem) -> HttpResponse:
    """Answer a problem; nobody on the way keeps it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return HttpResponse(
        json.dumps(body, ensure_ascii=False),
        status=problem.status,
        content_type=PROBLEM_TYPE,
        headers={"Cache-Control": "no-store", **problem.headers},
    )
