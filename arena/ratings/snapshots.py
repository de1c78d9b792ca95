"""Keeps what boards said, for trend lines: each hour for a week, each day for good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .datasets import Scope
from .models import RatingRun, RatingSnapshot

TREND = timedelta(days=30)
HOURLY_FOR = timedelta(days=7)
KEPT = ("models", "rating", "half_width", "rank", "battles")


@transaction.atomic
def take_snapshots() -> int:
    """Keep the boards of this hour and day that are not kept yet; return how many rows were written.

    Called often; the first call of an hour or day writes.
    """
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    times = {
        RatingSnapshot.Kind.HOURLY: hour,
        RatingSnapshot.Kind.DAILY: hour.replace(hour=0),
    }
    written = 0
    for kind, taken_at in times.items():
        if RatingSnapshot.objects.filter(kind=kind, taken_at=taken_at).exists():
            continue
        rows = RatingSnapshot.objects.bulk_create(
            [_keep(run, kind=kind, taken_at=taken_at) for run in RatingRun.objects.all()],
            ignore_conflicts=True,
        )
        written += len(rows)
    RatingSnapshot.objects.filter(
        kind=RatingSnapshot.Kind.HOURLY, taken_at__lt=hour - HOURLY_FOR
    ).delete()
    return written


@dataclass(frozen=True)
class Kept:
    """What a board said at the beginning of a day: rating and half-width in Elo points by model id."""

    day: date
    ratings: dict[int, tuple[float, float]]


def read_trend(scope: Scope) -> list[Kept]:
    """Read what a board said on each of the last TREND days, the oldest first; by one statement."""
    kept = (
        RatingSnapshot.objects.filter(
            **scope.columns(),
            kind=RatingSnapshot.Kind.DAILY,
            taken_at__gte=timezone.now() - TREND,
        )
        .order_by("taken_at")
        .values_list("taken_at", "arrays")
    )
    return [
        Kept(
            taken_at.date(),
            {
                model: (rating, half_width)
                for model, rating, half_width in zip(
                    arrays["models"], arrays["rating"], arrays["half_width"], strict=True
                )
                if rating is not None and half_width is not None
            },
        )
        for taken_at, arrays in kept
    ]


def _keep(run: RatingRun, *, kind: str, taken_at: datetime) -> RatingSnapshot:
    return RatingSnapshot(
        kind=kind,
        taken_at=taken_at,
        population=run.population,
        discipline=run.discipline,
        category_id=run.category_id,
        challenge_id=run.challenge_id,
        votes=run.votes,
        arrays={name: run.arrays[name] for name in KEPT},
    )
