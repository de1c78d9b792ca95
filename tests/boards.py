"""Boards for tests and benchmarks, published as rows: no vote has to be cast for them."""

import random
from datetime import timedelta
from typing import Any

from django.utils import timezone

from arena.battles.models import Verdict
from arena.catalog.models import Discipline, ImageModel, Population
from arena.challenges.models import Challenge
from arena.ratings.models import RatingRun, RatingSnapshot, Tally

from .factories import (
    create_challenge,
    create_generation,
    create_model,
    create_offering,
    create_slot,
)

TOP = 1300
STEP = 20
HALF_WIDTH = 15


def publish_board(
    models: list[ImageModel], *, battles: int = 100, days: int = 0, **scope: Any
) -> RatingRun:
    """Publish a text-to-image board with the models in their order, STEP Elo points apart.

    `days`: on so many days before today the board was kept, a point lower for each day back.
    Its half-widths cover all of its votes, so a worker of a running site does not fit it anew.
    """
    count = len(models)
    votes = battles * count // 2
    rating = [float(TOP - STEP * index) for index in range(count)]
    arrays = {
        "models": [model.pk for model in models],
        "rank": list(range(1, count + 1)),
        "rank_low": [max(1, index) for index in range(count)],
        "rank_high": [min(count, index + 2) for index in range(count)],
        "rating": rating,
        "half_width": [float(HALF_WIDTH)] * count,
        "lower": [value - HALF_WIDTH for value in rating],
        "upper": [value + HALF_WIDTH for value in rating],
        "battles": [battles - index for index in range(count)],
        "wins": [battles // 2] * count,
        "losses": [battles // 2 - index for index in range(count)],
        "ties": [0] * count,
        "both_bad": [0] * count,
        "win_rate": [0.9 - 0.8 * index / max(1, count) for index in range(count)],
        "regularised": [False] * count,
    }
    columns = {
        "population": models[0].population if models else Population.DEMO,
        "discipline": Discipline.TEXT_TO_IMAGE,
        **scope,
    }
    for back in range(1, days + 1):
        midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        kept = {name: arrays[name] for name in ("models", "half_width", "rank", "battles")}
        RatingSnapshot.objects.create(
            **columns,
            kind=RatingSnapshot.Kind.DAILY,
            taken_at=midnight - timedelta(days=back),
            votes=10,
            arrays={**kept, "rating": [value - back for value in rating]},
        )
    return RatingRun.objects.create(
        **columns,
        votes=votes,
        widths_votes=votes,
        voters=7,
        arrays=arrays,
        published_at=timezone.now(),
    )


def add_tallies(models: list[ImageModel], *, challenge: Challenge, count: int = 12) -> None:
    """Let every model have won `count` battles against each that follows it."""
    Tally.objects.bulk_create(
        Tally(
            population=left.population,
            challenge=challenge,
            left=left,
            right=right,
            verdict=Verdict.LEFT,
            count=count,
        )
        for index, left in enumerate(models)
        for right in models[index + 1 :]
    )


def create_field(count: int, *, seed: int = 1, **values: Any) -> list[ImageModel]:
    """Make models that are sold at prices of a few cents."""
    dice = random.Random(seed)
    models = [
        create_model(name=f"Contestant Number {index}", **values) for index in range(1, count + 1)
    ]
    for model in models:
        create_offering(model=model, price=f"{dice.randint(2, 200) / 1000:.3f}")
    return models


def add_calls(model: ImageModel, *, stored: int, total_ms: int, refused: int = 0) -> None:
    """Calls of the last hour for a model's first offering, on one challenge."""
    offering = model.offerings.get()
    challenge = create_challenge()
    for number in range(stored + refused):
        kept = number < stored
        create_generation(
            offering=offering,
            slot=create_slot(challenge=challenge, model=model, take=number),
            state="stored" if kept else "refused",
            outcome="ok" if kept else "refused",
            total_ms=total_ms,
            ended_at=timezone.now(),
        )
