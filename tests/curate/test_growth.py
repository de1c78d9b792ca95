"""Pages and files of the desk cost the same queries for few rows and for many."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from arena.battles.reports import report_picture
from arena.challenges.models import Challenge
from arena.curate.exchange.files import write_json
from arena.curate.exchange.kinds import EXPORTED
from arena.generation.models import Candidate
from tests.factories import create_arena, create_model, create_offering, create_voter

pytestmark = pytest.mark.django_db


def count(do: Any) -> int:
    do()  # to fill what is kept between requests
    with CaptureQueriesContext(connection) as asked:
        do()
    return len(asked)


def test_the_desk_asks_no_more_for_more_rows(client, curator):
    def look(name: str, *args: int) -> None:
        assert client.get(reverse(name, args=args)).status_code == 200

    create_arena(challenges=1, models=2)
    create_offering(model=create_model(), price="0.04", resend_safe=False)
    first = Challenge.objects.get()
    pages = {
        "home": lambda: look("desk:home"),
        "challenge": lambda: look("desk:challenge", first.pk),
        "reports": lambda: look("moderation:reports"),
        "export": lambda: write_json(EXPORTED),
    }
    report_all()
    few = {name: count(do) for name, do in pages.items()}
    create_arena(challenges=3, models=3)
    for _ in range(3):
        create_offering(model=create_model(), price="0.04", resend_safe=False)
    report_all()
    many = {name: count(do) for name, do in pages.items()}
    assert many == few


def report_all() -> None:
    for candidate in Candidate.objects.filter(reports=None):
        report_picture(candidate, voter=create_voter(), reason="person", network="")
