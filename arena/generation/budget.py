"""No cap is ever exceeded: what is settled, what is held and what is asked for are summed under one lock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Now

from arena.catalog.models import Offering, Provider
from arena.challenges.models import Challenge
from arena.clients.models import ApiKey

from . import ledger
from .models import Generation, Slot, SpendingCap
from .rooms import wait_for_planning_lock

# Whoever puts money aside waits for the others: so the sums below hold until the transaction is committed.
BUDGET_LOCK = 7_302
Scope = SpendingCap.Scope
# Caps that are no rows: a key's own, and the setting of the playground.
API_KEY, PLAYGROUND = "api-key", "playground"


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


class Caps:
    """Every cap with what is used of it: the caps are read at once, each sum when it is first asked for."""

    def __init__(self) -> None:
        self.day: date = ledger.utc_day()
        self._caps = {
            (cap.scope, cap.provider_id or cap.challenge_id): cap.dollars
            for cap in SpendingCap.objects.all()
        }
        self._rooms: dict[tuple[str, int | None], Room] = {}

    def rooms(
        self,
        *,
        provider: Provider | None = None,
        challenge: Challenge | None = None,
        api_key: ApiKey | None = None,
        playground: bool = False,
    ) -> list[Room]:
        """List what each cap that holds for such a call still allows; the site's own comes first."""
        held = self._held(provider, challenge, api_key, playground=playground)
        return [self._rooms[key] for key in held]

    def _held(
        self,
        provider: Provider | None,
        challenge: Challenge | None,
        api_key: ApiKey | None,
        *,
        playground: bool,
    ) -> list[tuple[str, int | None]]:
        """Sum what is not summed yet; return the caps that hold, by scope and number."""
        site = self._caps.get((Scope.DAY, None), settings.DAILY_SPENDING_CAP)
        held = [self._sum(Scope.DAY, None, "the whole site", site)]
        if provider and (cap := self._caps.get((Scope.PROVIDER, provider.pk))) is not None:
            held.append(
                self._sum(Scope.PROVIDER, provider.pk, provider.name, cap, provider=provider)
            )
        if challenge and (cap := self._caps.get((Scope.CHALLENGE, challenge.pk))) is not None:
            label = f"“{challenge.title}”"
            held.append(self._sum(Scope.CHALLENGE, challenge.pk, label, cap, challenge=challenge))
        if api_key and (cap := api_key.dollars_per_day) is not None:
            label = f"the key {api_key}"
            held.append(self._sum(API_KEY, api_key.pk, label, cap, api_key=api_key))
        if playground:
            cap, origin = settings.PLAYGROUND_DOLLARS, Generation.Origin.PLAYGROUND
            held.append(self._sum(PLAYGROUND, None, "the playground", cap, origin=origin))
        return held

    def _sum(
        self, scope: str, number: int | None, label: str, cap: Decimal, **part: Any
    ) -> tuple[str, int | None]:
        key = (str(scope), number)
        if key not in self._rooms:
            per_day = scope != Scope.CHALLENGE
            used = ledger.held_and_settled(day=self.day if per_day else None, **part)
            self._rooms[key] = Room(str(scope), label, cap, used.total, per_day)
        return key


class Purse(Caps):
    """The money of one transaction that plans calls: it sums once and counts what it gives.

    Everybody else who puts money aside waits until the transaction ends. What is settled or given back
    meanwhile only makes room; a bill above its reserve is the one thing that no cap holds.
    """

    def __init__(self) -> None:
        lock_budget()
        super().__init__()
        self._least: dict[int, Decimal] = {}

    def take(self, generation: Generation, *, amount: Decimal) -> Decimal:
        """Count a call's money and return what is to be put aside; raises OverBudget and counts nothing if not.

        `amount` is the ceiling of the estimate, in dollars; it is raised to the offering's `least_reserve`
        if that is more. Raises ValueError for a sum that is negative or finer than six places.
        """
        ledger.check_amount(amount)
        slot, offering = generation.slot, generation.offering
        wanted = max(amount, self._least_reserve(offering.pk))
        held = self._held(
            offering.provider,
            slot.prompt.challenge if slot.prompt else None,
            slot.api_key,
            playground=bool(slot.trial_id),
        )
        for key in held:
            room = self._rooms[key]
            if room.used + wanted > room.cap:
                raise _over(room, wanted=wanted, day=self.day)
        for key in held:
            self._rooms[key] = replace(self._rooms[key], used=self._rooms[key].used + wanted)
        return wanted

    def _least_reserve(self, offering: int) -> Decimal:
        """Read it anew: another call of the offering may have come to more than its list allows meanwhile."""
        if offering not in self._least:
            learned = Offering.objects.values_list("least_reserve", flat=True).get(pk=offering)
            self._least[offering] = learned or Decimal(0)
        return self._least[offering]


def reserve_within_caps(*, generation: Generation, amount: Decimal) -> None:
    """Put money aside for one call if every cap has room for it; raises OverBudget and writes nothing if not.

    `amount` as for `Purse.take`. Nothing is put aside for a free call. Call it inside a transaction and
    commit before the provider is called; until the commit every other reserve waits. Raises LedgerError and
    ValueError as `ledger.reserve` does.
    """
    if not generation.free:
        amount = Purse().take(generation, amount=amount)
    ledger.reserve(generation=generation, amount=amount)


def room_left(
    *,
    provider: Provider | None = None,
    challenge: Challenge | None = None,
    api_key: ApiKey | None = None,
) -> list[Room]:
    """Tell what each cap that would hold for such a call still allows today; the site's own comes first."""
    return Caps().rooms(provider=provider, challenge=challenge, api_key=api_key)


def rooms_for_batch(*, challenge: Challenge, offerings: Iterable[Offering]) -> list[Room]:
    """Tell what each cap allows that a batch of a challenge would meet; none where nothing is paid."""
    paid = {o.provider_id: o.provider for o in offerings if not o.resend_safe}
    caps = Caps()
    rooms = [
        room
        for provider in paid.values()
        for room in caps.rooms(provider=provider, challenge=challenge)
    ]
    return list(dict.fromkeys(rooms))


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
    _lock_for_waking()
    cap, _ = SpendingCap.objects.update_or_create(
        scope=scope, provider=provider, challenge=challenge, defaults={"dollars": dollars}
    )
    wake_waiting()
    return cap


@transaction.atomic
def remove_cap(cap: SpendingCap) -> None:
    """Remove a cap; the site's day falls back to the setting. Slots that wait for money become due again."""
    _lock_for_waking()
    cap.delete()
    wake_waiting()


def _lock_for_waking() -> None:
    """Take both locks in the planners' order, since the slots that are woken may be in a planner's hands."""
    wait_for_planning_lock()
    lock_budget()


def wake_waiting() -> int:
    """Make the slots due whose last call found no room in a cap; return how many."""
    last = Generation.objects.filter(slot=OuterRef("pk")).order_by("-attempt").values("state")[:1]
    return (
        Slot.objects.filter(finished_at=None, cancelled_at=None)
        .annotate(last_state=Subquery(last))
        .filter(last_state=Generation.State.OVER_BUDGET)
        .update(next_attempt_at=Now())
    )


def _over(room: Room, *, wanted: Decimal, day: date) -> OverBudget:
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
    return OverBudget(
        f"It may cost ${wanted.normalize():f}, but the spending cap leaves {room.sentence}.",
        room,
        until=midnight if room.per_day else None,
    )
