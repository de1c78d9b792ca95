"""The OpenAPI document is true: no answer breaks it and none is a failure, whatever is asked.

Seeded and short in the default run; `make schema` asks longer and with other dice (CASES=, SEED=).
"""

import os
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as openapi_checks

CASES = int(os.environ.get("SCHEMA_CASES", "6"))
SEED = int(os.environ.get("SCHEMA_SEED", "7"))
CHECKS = [
    not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
STRICT = {
    GenerationMode.POSITIVE: [*CHECKS, openapi_checks.positive_data_acceptance],
    GenerationMode.NEGATIVE: [*CHECKS, openapi_checks.negative_data_rejection],
}


def known_paths(arena: Any) -> dict[str, Any]:
    """Names that exist, since dice do not find them."""
    a, b, *_ = (model.slug for model in arena.models)
    return {
        "/api/v1/models/{slug}": {"slug": a},
        "/api/v1/models/{slug}/matchups": {"slug": a},
        "/api/v1/matchups/{a}/{b}": {"a": a, "b": b},
        "/api/v1/challenges/{slug}": {"slug": arena.first.slug},
        "/api/v1/challenges/{slug}/pictures": {"slug": arena.first.slug},
    }


def close_after(application: Any) -> Any:
    """Read and close every answer, as servers do and werkzeug's client does not."""

    def serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        answer = application(environ, start_response)
        try:
            return [b"".join(answer)]
        finally:
            answer.close()

    return serve


def ask(operation: Any, *, mode: GenerationMode, statuses: list[int], **given_values: Any) -> None:
    @seed(SEED)
    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, **given_values))
    def examine(case: Any) -> None:
        response = case.call_and_validate(checks=STRICT[mode])
        statuses.append(response.status_code)

    examine()


@pytest.mark.usefixtures("one_connection")
def test_no_answer_breaks_the_document(arena):
    document = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", close_after(get_wsgi_application())
    )
    known = known_paths(arena)
    statuses: list[int] = []
    operations = [found.ok() for found in document.get_all_operations()]
    for operation in operations:
        there = {"path_parameters": known.get(operation.path)} if operation.path in known else {}
        ask(operation, mode=GenerationMode.POSITIVE, statuses=statuses, **there)
        if operation.query or operation.path_parameters:
            ask(operation, mode=GenerationMode.NEGATIVE, statuses=statuses)
    assert {operation.path for operation in operations} == set(arena.paths)
    # The dice found both what is answered and what is refused, and nothing else.
    assert statuses.count(200) > len(operations)
    assert statuses.count(422) > len(operations)
    assert set(statuses) <= {200, 404, 422}
