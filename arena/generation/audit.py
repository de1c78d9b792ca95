"""Examines the ledger: what was spent per day and provider, and whether every call's money ended as it must."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from .models import Generation, LedgerEntry
from .retries import NOT_PLANNED

ZERO = Decimal(0)
State = Generation.State
Kind = LedgerEntry.Kind

# Which entries a call has in each state, in the order they are written.
OPEN, PAID, GIVEN_BACK = ("reserve",), ("reserve", "settle", "release"), ("reserve", "release")
WANTED: dict[str, tuple[tuple[str, ...], ...]] = {
    State.PLANNED: ((),),
    State.OVER_BUDGET: ((),),
    State.RESERVED: (OPEN,),
    State.SUBMITTING: (OPEN,),
    State.SUBMITTED: (OPEN,),
    # Paid as soon as the answer is there; a worker may look before that.
    State.COLLECTING: (OPEN, PAID),
    State.UNCERTAIN: (OPEN,),
    State.STORED: (PAID,),
    **dict.fromkeys(
        (State.REFUSED, State.EMPTY, State.FAILED, State.TIMED_OUT, State.CANCELLED),
        (PAID, GIVEN_BACK),
    ),
}
WORDS = {
    (): "no entries",
    OPEN: "money put aside",
    PAID: "money put aside, paid and given back",
    GIVEN_BACK: "money put aside and given back",
}


@dataclass(frozen=True)
class Line:
    """What was spent at one provider on one UTC day, in dollars, and how many calls are uncertain."""

    day: date
    provider: str
    calls: int
    reserved: Decimal
    settled: Decimal
    released: Decimal
    uncertain: int

    @property
    def held(self) -> Decimal:
        return self.reserved - self.released


def report_spending(*, since: date | None = None) -> list[Line]:
    """Sum the ledger per day and provider, the newest day first."""
    entries = LedgerEntry.objects.order_by()
    if since:
        entries = entries.filter(day__gte=since)
    lines = entries.values("day", slug=F("provider__slug")).annotate(
        calls=Count("generation", distinct=True),
        reserved=_sum(Kind.RESERVE),
        settled=_sum(Kind.SETTLE),
        released=_sum(Kind.RELEASE),
        uncertain=Count("pk", filter=Q(kind=Kind.RESERVE, generation__state=State.UNCERTAIN)),
    )
    return [
        Line(
            day=line["day"],
            provider=line["slug"],
            calls=line["calls"],
            reserved=line["reserved"],
            settled=line["settled"],
            released=line["released"],
            uncertain=line["uncertain"],
        )
        for line in lines.order_by("-day", "provider__slug")
    ]


def check_ledger() -> Iterator[str]:
    """Say in a sentence each what contradicts the ledger's rules; nothing when all is well.

    Every call at an offering that is not free has exactly the entries that its state asks for, all of them
    of one day, provider, challenge and key; what is given back is what was put aside; what was paid is the
    call's cost and within what was put aside.
    """
    for call in _calls().iterator(chunk_size=2000):
        kinds = tuple(
            kind
            for kind, number in (
                ("reserve", call["reserves"]),
                ("settle", call["settles"]),
                ("release", call["releases"]),
            )
            if number
        )
        name = f"Generation {call['pk']} ({call['state']}, {call['provider']})"
        yield from _check_kinds(call, kinds, name=name)
        yield from _check_amounts(call, kinds, name=name)
        yield from _check_labels(call, kinds, name=name)


def _calls() -> QuerySet[Generation, Any]:
    """Select every call that has entries or must have some, with sums over its entries."""
    amount = {
        name: Sum("entries__amount", filter=Q(entries__kind=kind))
        for name, kind in (
            ("reserved", Kind.RESERVE),
            ("settled", Kind.SETTLE),
            ("released", Kind.RELEASE),
        )
    }
    number = {
        name: Count("entries", filter=Q(entries__kind=kind))
        for name, kind in (
            ("reserves", Kind.RESERVE),
            ("settles", Kind.SETTLE),
            ("releases", Kind.RELEASE),
        )
    }
    labels = {
        f"{label}_{end}": function(f"entries__{label}")
        for label in ("day", "provider", "challenge", "api_key")
        for end, function in (("least", Min), ("most", Max))
    }
    labelled = {
        f"{label}_entries": Count(f"entries__{label}") for label in ("challenge", "api_key")
    }
    return (
        Generation.objects.exclude(origin__in=Generation.NOT_ASKED)
        # No money was asked for yet when its planning broke off.
        .exclude(outcome=NOT_PLANNED, entries__isnull=True)
        .filter(Q(entries__isnull=False) | Q(free=False))
        .order_by("pk")
        .values(
            "pk",
            "state",
            "cost",
            "free",
            provider=F("offering__provider__slug"),
            provider_id=F("offering__provider"),
            wanted_challenge=F("slot__prompt__challenge"),
            wanted_key=F("slot__api_key"),
        )
        .annotate(**amount, **number, **labels, **labelled)
    )


def _check_kinds(call: dict[str, Any], kinds: tuple[str, ...], *, name: str) -> Iterator[str]:
    wanted = WANTED[call["state"]]
    if kinds not in wanted and not (call["free"] and not kinds):
        due = " or ".join(WORDS[way] for way in wanted)
        yield f"{name} has {WORDS.get(kinds, ' and '.join(kinds))}, where {due} belongs."


def _check_amounts(call: dict[str, Any], kinds: tuple[str, ...], *, name: str) -> Iterator[str]:
    reserved, settled, released = call["reserved"], call["settled"], call["released"]
    if "release" in kinds and "reserve" in kinds and reserved != released:
        yield f"{name}: ${released} were given back of ${reserved} put aside."
    if "settle" in kinds and call["cost"] != settled:
        yield f"{name}: ${settled} were paid, but its cost says {_dollars(call['cost'])}."
    if kinds == GIVEN_BACK and call["cost"] != 0:
        yield f"{name}: nothing was paid, but its cost says {_dollars(call['cost'])}."
    if kinds in ((), OPEN) and call["cost"] is not None:
        yield f"{name}: it is not settled, but its cost says {_dollars(call['cost'])}."
    if settled is not None and reserved is not None and settled > reserved:
        yield (
            f"{name}: ${settled} were paid of ${reserved} put aside: the price list allows too little."
        )


def _check_labels(call: dict[str, Any], kinds: tuple[str, ...], *, name: str) -> Iterator[str]:
    if not kinds:
        return
    if call["day_least"] != call["day_most"]:
        yield f"{name}: its entries are of different days."
    if {call["provider_least"], call["provider_most"]} != {call["provider_id"]}:
        yield f"{name}: its entries name another provider."
    for label, wanted in (("challenge", "wanted_challenge"), ("api_key", "wanted_key")):
        due = set() if call[wanted] is None else {call[wanted]}
        found = {call[f"{label}_least"], call[f"{label}_most"]} - {None}
        complete = call[f"{label}_entries"] == (len(kinds) if due else 0)
        if found != due or not complete:
            yield f"{name}: its entries do not name its {label.replace('_', ' ')}."


def _dollars(amount: Decimal | None) -> str:
    return "nothing" if amount is None else f"${amount}"


def _sum(kind: str) -> Coalesce:
    return Coalesce(Sum("amount", filter=Q(kind=kind)), ZERO)
