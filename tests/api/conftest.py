"""An arena with votes, boards, prices and pictures that have left the blind vote, for every answer to tell of."""

import random
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.db.models import F
from django.utils import timezone

from arena.api import exports
from arena.api.describe import describe_api
from arena.battles.models import Vote
from arena.catalog.models import ImageModel, Population
from arena.challenges.models import Category, Challenge
from arena.generation.models import Candidate
from arena.generation.moderation import retire_candidate
from arena.ratings.publishing import refresh_boards
from tests.factories import (
    cast,
    create_arena,
    create_candidate,
    create_model,
    create_offering,
    create_voter,
)


@pytest.fixture
def arena(db: None) -> SimpleNamespace:
    """Two challenges, three models, a category, 30 votes of six voters two hours ago, one retired picture."""
    first, second = create_arena(challenges=2, models=3)
    category = Category.objects.create(slug="logos", name="Logos")
    first.categories.add(category)
    models = list(ImageModel.objects.order_by("pk"))
    Challenge.objects.update(opened_at=timezone.now() - timedelta(days=2))
    dice = random.Random(3)
    voters = [create_voter(simulated=number < 2) for number in range(6)]
    for number in range(30):
        cast(voter=voters[number % 6], verdict=dice.choice(["left", "right", "tie", "both_bad"]))
    # Files of votes leave the running hour out.
    Vote.objects.update(created_at=F("created_at") - timedelta(hours=2))
    refresh_boards()
    retired = create_candidate(challenge=first, model=models[0], take=7)
    retire_candidate(retired)
    create_offering(model=create_model(name="Real One", population=Population.REAL), price="0.04")
    return SimpleNamespace(
        first=first,
        second=second,
        category=category,
        models=models,
        voters=voters,
        votes=list(Vote.objects.order_by("pk")),
        retired=Candidate.objects.get(pk=retired.pk),
        paths=list(describe_api()["paths"]),
    )


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's transaction over requests that a real server would end with a closed connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def room_for_files() -> Iterator[None]:
    """Every file that a test asked for has made room again."""
    yield
    taken = [exports._room.acquire(blocking=False) for _ in range(exports.AT_ONCE)]
    for _ in filter(None, taken):
        exports._room.release()
    assert all(taken)
