"""What the API says about itself: the OpenAPI document, and a plain page for people made from it."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from arena.battles.exporting import COLUMNS

from .problems import PROBLEM_TYPE, Problem
from .shapes import ProblemShape
from .v1 import api

ROOT = "/api/v1"
PROBLEM = {"content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemShape"}}}}
SHARED = {
    "304": {"description": "Not changed since the answer with this ETag (If-None-Match)."},
    "404": {"description": "There is no such thing.", **PROBLEM},
    "422": {"description": "A parameter cannot be used; `errors` says which and why.", **PROBLEM},
}
MAX_AGE = "public, max-age=300"


@cache
def describe_api() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document: ninja's, with the answers that every address may give."""
    document: dict[str, Any] = json.loads(
        json.dumps(api.get_openapi_schema(path_prefix=ROOT + "/"))
    )
    shapes = document["components"]["schemas"]
    shapes["ProblemShape"] = ProblemShape.model_json_schema()
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, answer in SHARED.items():
                operation["responses"].setdefault(status, answer)
    return document


def openapi(request: HttpRequest) -> HttpResponse:
    text = json.dumps(describe_api(), ensure_ascii=False)
    return HttpResponse(text, content_type="application/json", headers={"Cache-Control": MAX_AGE})


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    raise Problem(404, f"Nothing lives at this address; {reverse('api:about')} lists what does.")


def about(request: HttpRequest) -> HttpResponse:
    document = describe_api()
    context = {
        "root": ROOT,
        "groups": _groups(document),
        "columns": [{"name": name, "meaning": meaning} for name, _, meaning in COLUMNS],
    }
    return render(request, "api/page.html", context)


def _groups(document: dict[str, Any]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        operation = operations["get"]
        told = {
            "path": path,
            # Files are for programs: a link would lead every crawler to them.
            "is_linked": "{" not in path and "/exports/" not in path,
            "text": operation["description"].split("\n\n") if "description" in operation else [],
            "parameters": [_parameter(p) for p in operation["parameters"]],
        }
        groups.setdefault(operation["tags"][0], []).append(told)
    return [{"label": label, "operations": found} for label, found in groups.items()]


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = parameter["schema"]
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]
    values = [str(v) for choice in choices for v in choice.get("enum", [])]
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "values": values,
        "default": schema.get("default"),
        "text": parameter.get("description", ""),
    }
