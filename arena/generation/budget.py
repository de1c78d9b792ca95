"""No cap is ever exceeded: what is settled, what is held and what is asked for are summed under one lock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from arena.catalog.models import Offering, Provider
from arena.challenges.models import Challenge
from arena.clients.models import ApiKey

from . import ledger
from .models import Generation, Slot, SpendingCap

# Whoever puts money aside waits for the others: so the sums below hold until the transaction is committed.
BUDGET_LOCK = 7_302
Scope = SpendingCap.Scope


@dataclass(frozen=True)
class Room:
    """One cap and what it still allows, in dollars; `per_day` caps start anew at midnight UTC."""

    scope: str
    label: str
    cap: Decimal
    used: Decimal
    per_day: bool

    @property
    def left(self) -> Decimal:
        return max(self.cap - self.used, Decimal(0))

    @property
    def sentence(self) -> str:
        """Say it as people read it: "$3.20 of $12.00 today (the whole site)"."""
        when = " today" if self.per_day else ""
        return f"${self.left:.2f} of ${self.cap:.2f}{when} ({self.label})"


class OverBudget(Exception):
    """A cap leaves no room for a call. `until`: when it starts anew, None if only a curator can change that."""

    def __init__(self, sentence: str, cap: Room, *, until: datetime | None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.cap = cap
        self.until = until


def reserve_within_caps(*, generation: Generation, amount: Decimal) -> None:
    """Put money aside for one call if every cap has room for it; raises OverBudget and writes nothing if not.

    `amount` is the ceiling of the estimate, in dollars; it is raised to the offering's `least_reserve` if
    that is more. Nothing is put aside at a free offering. Call it inside a transaction and commit before the
    provider is called; until the commit every other reserve waits. Raises LedgerError and ValueError as
    `ledger.reserve` does.
    """
    ledger.check_amount(amount)
    offering = generation.offering
    if offering.resend_safe:
        ledger.reserve(generation=generation, amount=amount)
        return
    lock_budget()
    wanted = max(amount, _least_reserve(generation))
    slot = generation.slot
    day = ledger.utc_day()
    rooms = _rooms(
        day=day,
        provider=offering.provider,
        challenge=slot.prompt.challenge if slot.prompt else None,
        api_key=slot.api_key,
    )
    if slot.trial_id:
        rooms.append(playground_room(day=day))
    for room in rooms:
        if room.used + wanted > room.cap:
            raise _over(room, wanted=wanted, day=day)
    ledger.reserve(generation=generation, amount=wanted)


def room_left(
    *,
    provider: Provider | None = None,
    challenge: Challenge | None = None,
    api_key: ApiKey | None = None,
) -> list[Room]:
    """Tell what each cap that would hold for such a call still allows today; the site's own comes first."""
    return _rooms(day=ledger.utc_day(), provider=provider, challenge=challenge, api_key=api_key)


def rooms_for_batch(*, challenge: Challenge, offerings: Iterable[Offering]) -> list[Room]:
    """Tell what each cap allows that a batch of a challenge would meet; none where nothing is paid."""
    paid = {o.provider_id: o.provider for o in offerings if not o.resend_safe}
    rooms = [
        room
        for provider in paid.values()
        for room in room_left(provider=provider, challenge=challenge)
    ]
    return list(dict.fromkeys(rooms))


def playground_room(*, day: date | None = None) -> Room:
    """Tell what the visitors of the playground may still spend together on a UTC day (default: today)."""
    used = ledger.held_and_settled(day=day or ledger.utc_day(), origin=Generation.Origin.PLAYGROUND)
    return _room("playground", "the playground", settings.PLAYGROUND_DOLLARS, used)


def lock_budget() -> None:
    """Hold every other reserve back until the current transaction ends."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Money is put aside inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [BUDGET_LOCK])


@transaction.atomic
def set_cap(
    *,
    dollars: Decimal,
    provider: Provider | None = None,
    challenge: Challenge | None = None,
) -> SpendingCap:
    """Set the cap of a provider's day, of a challenge, or (neither given) of the whole site's day.

    Slots that wait for money become due again. What is spent already stays spent: a lower cap stops the next
    call. Raises ValueError when both are given or the sum is none.
    """
    ledger.check_amount(dollars)
    if provider and challenge:
        raise ValueError("a cap is for a provider or for a challenge, not for both")
    scope = Scope.PROVIDER if provider else Scope.CHALLENGE if challenge else Scope.DAY
    lock_budget()
    cap, _ = SpendingCap.objects.update_or_create(
        scope=scope, provider=provider, challenge=challenge, defaults={"dollars": dollars}
    )
    wake_waiting()
    return cap


@transaction.atomic
def remove_cap(cap: SpendingCap) -> None:
    """Remove a cap; the site's day falls back to the setting. Slots that wait for money become due again."""
    lock_budget()
    cap.delete()
    wake_waiting()


def wake_waiting() -> int:
    """Make the slots due whose last call found no room in a cap; return how many."""
    last = Generation.objects.filter(slot=OuterRef("pk")).order_by("-attempt").values("state")[:1]
    return (
        Slot.objects.filter(finished_at=None, cancelled_at=None)
        .annotate(last_state=Subquery(last))
        .filter(last_state=Generation.State.OVER_BUDGET)
        .update(next_attempt_at=Now())
    )


def _rooms(
    *,
    day: date,
    provider: Provider | None,
    challenge: Challenge | None,
    api_key: ApiKey | None,
) -> list[Room]:
    caps = {
        (cap.scope, cap.provider_id or cap.challenge_id): cap.dollars
        for cap in SpendingCap.objects.all()
    }
    site = caps.get((Scope.DAY, None), settings.DAILY_SPENDING_CAP)
    rooms = [_room(Scope.DAY, "the whole site", site, ledger.held_and_settled(day=day))]
    if provider and (cap := caps.get((Scope.PROVIDER, provider.pk))) is not None:
        used = ledger.held_and_settled(day=day, provider=provider)
        rooms.append(_room(Scope.PROVIDER, provider.name, cap, used))
    if challenge and (cap := caps.get((Scope.CHALLENGE, challenge.pk))) is not None:
        used = ledger.held_and_settled(challenge=challenge)
        rooms.append(_room(Scope.CHALLENGE, f"“{challenge.title}”", cap, used))
    if api_key and api_key.dollars_per_day is not None:
        used = ledger.held_and_settled(day=day, api_key=api_key)
        rooms.append(_room("api-key", f"the key {api_key}", api_key.dollars_per_day, used))
    return rooms


def _room(scope: str, label: str, cap: Decimal, used: ledger.Balance) -> Room:
    return Room(
        scope=str(scope), label=label, cap=cap, used=used.total, per_day=scope != Scope.CHALLENGE
    )


def _over(room: Room, *, wanted: Decimal, day: date) -> OverBudget:
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
    return OverBudget(
        f"It may cost ${wanted.normalize():f}, but the spending cap leaves {room.sentence}.",
        room,
        until=midnight if room.per_day else None,
    )


def _least_reserve(generation: Generation) -> Decimal:
    """Read it anew: another call of the offering may have come to more than its list allows meanwhile."""
    learned = Offering.objects.values_list("least_reserve", flat=True)
    return learned.get(pk=generation.offering_id) or Decimal(0)
