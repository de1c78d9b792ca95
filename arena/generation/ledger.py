"""Money is written down here, appended only: put aside before a call, then paid or given back.

Settled plus held never falls below what providers bill: the most that a call can cost is put aside, and
committed, before the call is made. Calls that were free when they were planned (`Generation.free`) leave no
entries, whatever becomes of their offering.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Greatest

from arena.catalog.models import Offering, Provider
from arena.challenges.models import Challenge
from arena.clients.models import ApiKey

from .models import Generation, LedgerEntry

log = logging.getLogger(__name__)

ZERO = Decimal(0)
PLACES = Decimal("0.000001")
Kind = LedgerEntry.Kind


class LedgerError(Exception):
    """A booking that would contradict what the ledger holds; nothing was written."""


@dataclass(frozen=True)
class Balance:
    """Sums over a part of the ledger, in dollars."""

    reserved: Decimal
    settled: Decimal
    released: Decimal

    @property
    def held(self) -> Decimal:
        """What is put aside and neither paid nor given back yet."""
        return self.reserved - self.released

    @property
    def total(self) -> Decimal:
        """What counts against caps: paid and held together."""
        return self.settled + self.held


def reserve(*, generation: Generation, amount: Decimal) -> bool:
    """Put money aside for one call, before it is made; False where it is free and nothing is written.

    It counts against the caps of PostgreSQL's UTC day. Caps are not looked at: `budget.reserve_within_caps`
    does. Call it inside a transaction. Raises LedgerError when the call has entries already, ValueError for a
    sum that is negative or finer than six places.
    """
    check_amount(amount)
    _hold(generation)
    if _entries(generation):
        raise LedgerError(f"generation {generation.pk} has its money put aside already")
    if generation.free:
        return False
    reserve_new([(generation, amount)], day=utc_day())
    return True


def reserve_new(calls: Iterable[tuple[Generation, Decimal]], *, day: date) -> None:
    """Put money aside for paid calls whose rows were made in this very transaction, so that nobody sees them.

    `day`: as `utc_day` tells it. Raises ValueError as `reserve`.
    """
    LedgerEntry.objects.bulk_create([_reserve(*call, day=day) for call in calls])


def _reserve(generation: Generation, amount: Decimal, *, day: date) -> LedgerEntry:
    check_amount(amount)
    # Slots of challenges and of callers are told apart by constraint; a key's slot has no challenge.
    slot = generation.slot
    return LedgerEntry(
        generation=generation,
        kind=Kind.RESERVE,
        amount=amount,
        day=day,
        provider_id=generation.offering.provider_id,
        challenge_id=slot.prompt.challenge_id if slot.prompt else None,
        api_key_id=slot.api_key_id,
    )


def settle(*, generation: Generation, amount: Decimal, note: str = "") -> bool:
    """Book what a call came to and give its reserve back, both or neither; sets `Generation.cost`.

    False where the call is free and nothing was put aside. The provider's bill is the truth: a sum above
    the reserve is booked as it is, logged as an error, and from then on every call of the offering puts at
    least that much aside (`Offering.least_reserve`) until a curator has corrected the price list. Call it
    inside a transaction. Raises LedgerError when nothing was put aside, or the call is settled or released
    already; ValueError for a sum that is negative or finer than six places.
    """
    check_amount(amount)
    _hold(generation)
    held = _open_reserve(generation)
    if held is None:
        return False
    LedgerEntry.objects.bulk_create(
        [
            _beside(held, kind=Kind.SETTLE, amount=amount, note=note),
            _beside(held, kind=Kind.RELEASE, amount=held.amount, note="settled"),
        ]
    )
    Generation.objects.filter(pk=generation.pk).update(cost=amount)
    generation.cost = amount
    if amount > held.amount:
        _learn_from_overrun(generation, amount=amount, reserved=held.amount)
    return True


def release(*, generation: Generation, note: str = "") -> bool:
    """Give back what was put aside for a call that is surely not charged; sets `Generation.cost` to 0.

    False where the call is free and nothing was put aside. Call it inside a transaction. Raises
    LedgerError when nothing was put aside, or the call is settled or released already.
    """
    _hold(generation)
    held = _open_reserve(generation)
    if held is None:
        return False
    _beside(held, kind=Kind.RELEASE, amount=held.amount, note=note).save(force_insert=True)
    Generation.objects.filter(pk=generation.pk).update(cost=ZERO)
    generation.cost = ZERO
    return True


def reserved_amount(*, generation: Generation) -> Decimal:
    """Return what was put aside for a call, given back or not; 0 where nothing was."""
    found = LedgerEntry.objects.filter(generation=generation, kind=Kind.RESERVE).first()
    return found.amount if found else ZERO


def held_and_settled(
    *,
    day: date | None = None,
    provider: Provider | None = None,
    challenge: Challenge | None = None,
    api_key: ApiKey | None = None,
    origin: str | None = None,
) -> Balance:
    """Sum the ledger, or the part of it that a day (UTC, of the reserve), provider, challenge or key names.

    `origin`: only the calls of this origin.
    """
    wanted = {
        "day": day,
        "provider": provider,
        "challenge": challenge,
        "api_key": api_key,
        "generation__origin": origin,
    }
    entries = LedgerEntry.objects.filter(
        **{name: value for name, value in wanted.items() if value is not None}
    )
    sums = entries.aggregate(
        **{
            kind: Coalesce(Sum("amount", filter=Q(kind=kind)), ZERO)
            for kind in (Kind.RESERVE, Kind.SETTLE, Kind.RELEASE)
        }
    )
    return Balance(
        reserved=sums[Kind.RESERVE], settled=sums[Kind.SETTLE], released=sums[Kind.RELEASE]
    )


def utc_day() -> date:
    """Read the day that caps count by: PostgreSQL's, in UTC, at the start of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select (now() at time zone 'utc')::date")
        day: date = cursor.fetchone()[0]
    return day


def check_amount(amount: Decimal) -> None:
    """Refuse what the ledger could not hold to the last digit."""
    if not amount.is_finite() or amount < 0 or amount != amount.quantize(PLACES):
        raise ValueError(f"{amount} is no sum of dollars with at most six places")


def _hold(generation: Generation) -> None:
    """Lock a call's row until the transaction ends: its money is booked by one at a time."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "The ledger is written inside a transaction, together with the state it belongs to."
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from generation_generation where id = %s for no key update", [generation.pk]
        )
        if cursor.fetchone() is None:
            raise Generation.DoesNotExist(f"There is no generation {generation.pk}.")


def _entries(generation: Generation) -> dict[str, LedgerEntry]:
    return {entry.kind: entry for entry in LedgerEntry.objects.filter(generation=generation)}


def _open_reserve(generation: Generation) -> LedgerEntry | None:
    """Return the reserve that waits for its end; None for a free call."""
    entries = _entries(generation)
    if Kind.RESERVE not in entries:
        if generation.free:
            return None
        raise LedgerError(f"no money was put aside for generation {generation.pk}")
    if Kind.SETTLE in entries:
        raise LedgerError(f"generation {generation.pk} is settled already")
    if Kind.RELEASE in entries:
        raise LedgerError(f"generation {generation.pk} has its money given back already")
    return entries[Kind.RESERVE]


def _beside(held: LedgerEntry, *, kind: str, amount: Decimal, note: str) -> LedgerEntry:
    """Make an entry beside a reserve: of the same call, day, provider and so on."""
    return LedgerEntry(
        generation_id=held.generation_id,
        kind=kind,
        amount=amount,
        day=held.day,
        provider_id=held.provider_id,
        challenge_id=held.challenge_id,
        api_key_id=held.api_key_id,
        note=note[:200],
    )


def _learn_from_overrun(generation: Generation, *, amount: Decimal, reserved: Decimal) -> None:
    log.error(
        "Generation %s at %s came to $%s, but the price list allows at most $%s: correct the list. "
        "Until then at least $%s is put aside for each of its calls.",
        generation.pk,
        generation.offering_id,
        amount,
        reserved,
        amount,
    )
    Offering.objects.filter(pk=generation.offering_id).update(
        least_reserve=Greatest(Coalesce(F("least_reserve"), ZERO), amount)
    )
