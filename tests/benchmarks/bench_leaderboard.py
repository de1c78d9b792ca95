"""What the largest board costs: 300 models with prices, a month of trend and all their battles."""

import gzip
import statistics
import sys
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.boards import add_tallies, create_field, publish_board
from tests.factories import create_challenge

pytestmark = pytest.mark.django_db

MODELS = 300
ROUNDS = 5
PATH = "/leaderboard/text-to-image/"


def bench_the_largest_leaderboard() -> None:
    models = create_field(MODELS)
    publish_board(models, days=30)
    add_tallies(models, challenge=create_challenge())
    small = measure(Client(), path=f"{PATH}?max_price=0")
    first = measure(Client(), path=PATH)
    whole = measure(Client(), path=f"{PATH}?all=1")
    with CaptureQueriesContext(connection) as queries:
        page = Client().get(PATH)
    assert len(page.context["lines"]) + page.context["more"] == MODELS
    sys.stdout.write(
        f"\nboard of {MODELS} models: {whole * 1e3:.0f} ms of CPU for all rows, "
        f"{first * 1e3:.0f} ms for the first, {small * 1e3:.0f} ms with every "
        f"row hidden; {len(queries)} queries, {len(page.content) / 1e3:.0f} kB, "
        f"{len(gzip.compress(page.content, 6)) / 1e3:.1f} kB compressed\n"
    )


def measure(client: Client, *, path: str) -> float:
    """Return the median CPU seconds of a page in this process; PostgreSQL's are not in it."""
    spent = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        assert client.get(path).status_code == 200
        spent.append(time.process_time() - begun)
    return statistics.median(spent)
