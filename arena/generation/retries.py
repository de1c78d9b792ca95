"""When a picture that failed is asked for again, and how much of that a provider is asked to bear."""

import random
from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now

from .models import Generation

MAX_ATTEMPTS = 5
# Where another provider of the model may be asked, the first is tried again once.
ATTEMPTS_BEFORE_FALLBACK = 2
# Full jitter (M. Brooker, "Exponential Backoff and Jitter", 2015): a random share of 2, 4, 8 ... s.
BACKOFF_FIRST, BACKOFF_MOST = 2.0, 60.0
# A retry budget: of the calls to a provider within ten minutes at most a fifth may be retries, or ten.
BUDGET_WINDOW = timedelta(minutes=10)
BUDGET_SHARE, BUDGET_LEAST = 0.2, 10
# The outcome of a call whose planning broke off: a row that tells it, though nobody was asked.
NOT_PLANNED = "not_planned"
# What takes a number among the attempts for a slot and was never sent: no limit, retry or route counts it.
NEVER_SENT = Q(state__in=[Generation.State.OVER_BUDGET, Generation.State.CANCELLED]) | Q(
    outcome=NOT_PLANNED
)


def backoff_seconds(attempt: int, *, asked_to_wait: float | None, dice: random.Random) -> float:
    """Return how long to wait after the attempt of this number, in seconds; at least what was asked for."""
    ceiling = min(BACKOFF_FIRST * 2 ** (attempt - 1), BACKOFF_MOST)
    return max(asked_to_wait or 0.0, dice.uniform(0, ceiling))


def retry_room() -> dict[int, int]:
    """Return how many retries each provider (id) that was called lately may still be asked to bear."""
    # An attempt that was never sent takes a number, but what follows it is no retry.
    sent_before = Generation.objects.filter(
        slot=OuterRef("slot"), attempt__lt=OuterRef("attempt")
    ).exclude(NEVER_SENT)
    is_retry = Q(attempt__gt=1) & Q(Exists(sent_before))
    lately = (
        Generation.objects.filter(created_at__gt=Now() - BUDGET_WINDOW)
        .exclude(NEVER_SENT)
        .values("offering__provider")
        .annotate(calls=Count("pk"), again=Count("pk", filter=is_retry))
    )
    return {
        row["offering__provider"]: max(
            BUDGET_LEAST, int(BUDGET_SHARE * (row["calls"] - row["again"]))
        )
        - row["again"]
        for row in lately
    }
