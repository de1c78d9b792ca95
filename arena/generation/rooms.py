"""How many calls a provider may be sent now, counted in PostgreSQL across all workers and the gateway."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Now

from arena.catalog.models import Provider

from .models import Generation
from .retries import NEVER_SENT, retry_room

# Whoever plans calls holds this lock, so that what was counted stays true until the plans are committed.
PLANNING_LOCK = 7_301
MINUTE = timedelta(seconds=60)


def try_planning_lock() -> bool:
    """Take the planners' lock until the transaction ends, or return False at once when another has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [PLANNING_LOCK])
        return bool(cursor.fetchone()[0])


def wait_for_planning_lock() -> None:
    """Take the planners' lock until the transaction ends; planning is short, so waiting is."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PLANNING_LOCK])


@dataclass
class Rooms:
    """What is left of each provider's limits; planning a call takes from it."""

    in_flight: Counter[int]
    in_minute: Counter[int]
    limited: frozenset[int]
    retries: dict[int, int]
    retries_unknown: int = field(default=10)

    @property
    def roomy(self) -> list[int]:
        """The providers that may be sent a first call now."""
        full = self.why_none(is_retry=False)
        return [provider for provider in self.in_flight if provider not in full]

    def why_none(self, *, is_retry: bool) -> dict[int, str]:
        """Say for each provider without room what is used up; providers with room are absent."""
        reasons = {}
        for provider, free in self.in_flight.items():
            if free <= 0:
                reasons[provider] = "as many calls under way as it may be sent at once"
            elif provider in self.limited and self.in_minute[provider] <= 0:
                reasons[provider] = "as many calls as it may be sent in a minute"
            elif is_retry and self.retries.get(provider, self.retries_unknown) <= 0:
                reasons[provider] = "its budget of retries is used up for the moment"
        return reasons

    def take(self, provider: int, *, is_retry: bool) -> None:
        """Count one more call to a provider."""
        self.in_flight[provider] -= 1
        self.in_minute[provider] -= 1
        if is_retry:
            self.retries[provider] = self.retries.get(provider, self.retries_unknown) - 1


def read_rooms() -> Rooms:
    """Count what each provider's limits leave; hold the planners' lock."""
    providers = list(Provider.objects.values_list("pk", "max_in_flight", "max_per_minute"))
    in_flight = Counter({pk: most for pk, most, _ in providers})
    in_minute = Counter({pk: most for pk, _, most in providers if most is not None})
    asked = Generation.objects.exclude(origin__in=Generation.NOT_ASKED)
    busy = asked.filter(state__in=Generation.AT_PROVIDER)
    started = asked.filter(created_at__gt=Now() - MINUTE).exclude(NEVER_SENT)
    for counts, rows in ((in_flight, busy), (in_minute, started)):
        counts.subtract(dict(rows.values_list("offering__provider").annotate(n=Count("pk"))))
    return Rooms(
        in_flight=in_flight,
        in_minute=in_minute,
        limited=frozenset(pk for pk, _, most in providers if most is not None),
        retries=retry_room(),
    )
