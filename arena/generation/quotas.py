"""What a caller of the gateway has used today, and whether that leaves room for another picture.

Nothing is counted aside: calls are rows of generations and dollars rows of the ledger. Plans of one
key wait for one another on the key's own row, so that two of them never share the last call.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, F, Sum, When
from django.utils import timezone

from arena.catalog.models import ImageModel, Offering
from arena.clients.keys import refuse_ended
from arena.clients.models import ApiKey

from .models import Generation, LedgerEntry
from .on_demand import plan_on_demand


@dataclass(frozen=True)
class Use:
    """What a key has used of a UTC day: pictures asked for, and dollars settled or put aside."""

    calls: int = 0
    dollars: Decimal = Decimal(0)


class OverQuota(Exception):
    """A key's quota of calls leaves no room; `retry_after` is the seconds until the next UTC day."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = seconds_of_day_left()


def measure_use(keys: Iterable[ApiKey], *, day: date | None = None) -> dict[int, Use]:
    """Measure what each of some keys has used on a UTC day (default: today), by the key's id.

    Retries and other providers of the same picture are no calls of their own, but cost what they cost.
    """
    day = day or timezone.now().date()
    ids = [key.pk for key in keys]
    starts = datetime.combine(day, time(), tzinfo=UTC)
    firsts = Generation.objects.filter(
        slot__api_key__in=ids,
        attempt=1,
        created_at__gte=starts,
        created_at__lt=starts + timedelta(days=1),
    )
    calls = dict(firsts.order_by().values_list("slot__api_key").annotate(n=Count("pk")))
    # Held is reserved minus released; a settled call has its reserve released.
    sign = Case(When(kind=LedgerEntry.Kind.RELEASE, then=-F("amount")), default=F("amount"))
    entries = LedgerEntry.objects.filter(api_key__in=ids, day=day)
    dollars = dict(entries.order_by().values_list("api_key").annotate(dollars=Sum(sign)))
    return {pk: Use(calls.get(pk, 0), dollars.get(pk, Decimal(0))) for pk in ids}


def check_calls(key: ApiKey, *, pictures: int = 1) -> None:
    """Raise OverQuota where a key has fewer calls left today than pictures are wanted."""
    if key.calls_per_day is None:
        return
    left = max(key.calls_per_day - measure_use([key])[key.pk].calls, 0)
    if pictures > left:
        raise OverQuota(
            f"This key may ask for {key.calls_per_day} pictures a day (UTC); "
            f"{left} are left today and {pictures} are wanted."
        )


def plan_within_quota(
    *,
    model: ImageModel,
    asked: Mapping[str, Any],
    api_key: ApiKey,
    offering: Offering | None = None,
    references: int = 0,
) -> Generation:
    """Plan one picture if the key's quota of calls leaves room for it; its quota of money is a cap as others are.

    Raises OverQuota, KeyRefused (revoked meanwhile), and what `plan_on_demand` raises; nothing is planned
    or put aside then.
    """
    with transaction.atomic():
        # Not the full lock: rows that point to the key are written meanwhile.
        key = ApiKey.objects.select_for_update(no_key=True).get(pk=api_key.pk)
        refuse_ended(key)
        check_calls(key)
        return plan_on_demand(
            model=model, asked=asked, api_key=key, offering=offering, references=references
        )


def seconds_of_day_left() -> int:
    """Count the seconds until quotas begin anew, at least 1."""
    now = timezone.now()
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC)
    return max(int((midnight - now).total_seconds()), 1)
