"""The examples of docs/api.md work, and what it lists is what there is."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from arena.api.describe import describe_api
from arena.battles.exporting import COLUMNS
from tests.factories import create_arena, create_model

pytestmark = pytest.mark.django_db
DOCS = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_every_example_is_answered(client):
    create_arena()
    for slug in ("studio-press", "studio-ray"):
        create_model(slug=slug)
    calls = re.findall(r'^curl -s "([^"]+)"$', DOCS, re.MULTILINE)
    assert len(calls) >= 6
    for call in calls:
        parts = urlsplit(call)
        answer = client.get(f"{parts.path}?{parts.query}")
        assert (call, answer.status_code) == (call, 200)
        answer.getvalue()


def test_the_example_of_a_board_has_the_shape_of_a_board(client, arena):
    example = json.loads(re.search(r"```json\n(.*?)```", DOCS, re.DOTALL).group(1))
    answer = client.get("/api/v1/leaderboards/text-to-image?limit=1").json()

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: shape(inner) for name, inner in value.items()}
        return [shape(inner) for inner in value] if isinstance(value, list) else None

    assert shape(example) == shape(answer)


def test_every_address_and_column_is_documented():
    for path in describe_api()["paths"]:
        assert f"`{path}`" in DOCS or path.startswith("/api/v1/exports/")
    for name, _, meaning in COLUMNS:
        assert f"| `{name}` | {meaning} |" in DOCS
