"""Keeps what boards said, for trend lines: each hour for a week, each day for good."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .models import RatingRun, RatingSnapshot

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
