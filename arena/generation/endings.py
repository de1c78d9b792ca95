"""How a call ends: its state, its money, its breaker and what becomes of its slot, in one transaction."""

import logging
import random
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from arena.catalog.models import Offering
from arena.catalog.price_lists import MOST_DOLLARS
from arena.catalog.prices import price_of_usage
from arena.providers.types import Outcome, ProviderError, Timing, Usage

from .breakers import note_outcome
from .leases import Claim, write
from .ledger import release, reserved_amount, settle
from .models import Generation, Slot
from .retries import (
    ATTEMPTS_BEFORE_FALLBACK,
    MAX_ATTEMPTS,
    NEVER_SENT,
    NOT_PLANNED,
    backoff_seconds,
)
from .routing import usable_offerings
from .wanted import describe_wanted

log = logging.getLogger(__name__)

STATE_OF_OUTCOME: Mapping[str, str] = {
    Outcome.DECLINED: Generation.State.REFUSED,
    Outcome.REFUSED: Generation.State.REFUSED,
    Outcome.EMPTY: Generation.State.EMPTY,
    Outcome.TIMEOUT: Generation.State.TIMED_OUT,
    "cancelled": Generation.State.CANCELLED,
}
# Outcomes that are ours, not the provider's.
WORKER_LOST = "worker_lost"
NOT_KEPT = "not_kept"
KEY_HELD_BACK = "key_held_back"
WRONG_SETUP = "wrong_setup"
CANCELLED = "cancelled"
# Whose messages are for curators and the operator alone: they tell of accounts, variables and rows.
OF_THE_SITE = (Outcome.AUTH, Outcome.QUOTA, KEY_HELD_BACK, WRONG_SETUP, NOT_PLANNED)


def load_call(generation_id: int) -> Generation:
    """Read a generation with all that its making needs."""
    return Generation.objects.select_related(
        "slot__prompt__challenge", "slot__model", "slot__api_key", "offering__provider"
    ).get(pk=generation_id)


def end_badly(
    claim: Claim, error: ProviderError, *, outcome: str | None = None, ours: bool = False
) -> str:
    """Record a failure under its name and settle its money; return what follows for the slot.

    "uncertain": it waits for a curator's decision; "retry": the same offering is asked again later;
    "fallback": another one is; "end": nobody is asked any more. `outcome` names failures that no provider
    layer knows; `ours`: the fault says nothing about the provider.
    """
    with transaction.atomic():
        generation = load_call(claim.generation_id)
        name = outcome or error.outcome
        # Nobody knows whether it was charged: the outcome says why, the state that somebody must decide.
        lost = error.billed is None and not may_be_resent(generation)
        ended = STATE_OF_OUTCOME.get(name, Generation.State.FAILED)
        then = "uncertain" if lost else _what_follows(generation, error)
        write(
            claim,
            state=Generation.State.UNCERTAIN if lost else ended,
            outcome=name,
            message=error.message,
            http_status=error.http_status,
            ended_at=Now(),
            lease_until=None,
            route={**generation.route, "then": then},
            **_measured(error.timing, kept=generation),
        )
        settle_failure(generation, billed=error.billed, usage=error.usage)
        if not ours:
            note_outcome(generation, outcome=name, message=error.message)
        _move_slot(generation, then=then, wait=error.retry_after_seconds)
    return then


def _what_follows(generation: Generation, error: ProviderError) -> str:
    if generation.origin == Generation.Origin.BROUGHT:
        return "end"  # nobody was asked, and nobody shall be
    others = _may_fall_back(generation.slot) and has_others(generation)
    again = error.retryable or (error.billed is None and may_be_resent(generation))
    calls = _calls_of_slot(generation)
    if len(calls) >= MAX_ATTEMPTS:
        return "end"
    here = calls.count(generation.offering_id)
    if again and not (others and here >= ATTEMPTS_BEFORE_FALLBACK):
        return "retry"
    return "fallback" if others and (again or error.fallback) else "end"


def may_be_resent(generation: Generation) -> bool:
    """Tell whether a call that nobody knows the end of may be sent again: it was free, and it would be now."""
    return generation.free and generation.offering.resend_safe


def _may_fall_back(slot: Slot) -> bool:
    if slot.prompt is None:
        return (slot.asked or {}).get("forced") is None
    return slot.prompt.challenge.allow_fallback


def has_others(generation: Generation) -> bool:
    """Tell whether another offering of the model is set up that was not given up for this slot."""
    wanted = describe_wanted(generation.slot)
    usable, _ = usable_offerings(
        generation.slot.model.offerings.select_related("provider"), discipline=wanted.discipline
    )
    given_up = set(
        generation.slot.generations.filter(route__then__in=["fallback", "end"]).values_list(
            "offering", flat=True
        )
    )
    return any(o.pk != generation.offering_id and o.pk not in given_up for o in usable)


def _calls_of_slot(generation: Generation) -> list[int]:
    """List the offerings of all calls for this slot so far; what was never sent is no call."""
    calls = generation.slot.generations.exclude(NEVER_SENT)
    return list(calls.values_list("offering", flat=True))


def _measured(timing: Timing | None, *, kept: Generation) -> dict[str, Any]:
    """A call whose answer came keeps its times, also where the picture turned out to be none."""
    if timing is None:
        return {"ttfb_ms": kept.ttfb_ms, "total_ms": kept.total_ms}
    return {"ttfb_ms": timing.ttfb_ms, "total_ms": timing.total_ms}


def _move_slot(generation: Generation, *, then: str, wait: float | None) -> None:
    slot = Slot.objects.filter(pk=generation.slot_id, finished_at=None)
    if then == "retry":
        dice = random.Random()  # noqa: S311 - spreads load, keeps no secret
        seconds = backoff_seconds(generation.attempt, asked_to_wait=wait, dice=dice)
        slot.update(next_attempt_at=Now() + timedelta(seconds=seconds))
    elif then == "fallback":
        slot.update(next_attempt_at=Now())
    elif then == "end":
        slot.update(finished_at=Now())
    if then != "uncertain":
        slot.filter(cancelled_at__isnull=False).update(finished_at=Now())


# Money ------------------------------------------------------------------------------------------


def settle_failure(generation: Generation, *, billed: bool | None, usage: Usage | None) -> None:
    """Give back what was put aside, or pay what a failed call cost; an unknown bill stays put aside."""
    if generation.free or generation.cost is not None or billed is None:
        return
    if billed:
        settle(generation=generation, amount=cost_of(generation, usage=usage))
    else:
        release(generation=generation)


def settle_success(generation: Generation, *, usage: Usage) -> None:
    """Pay what an answered call cost, by what the provider counted."""
    if not generation.free:
        settle(generation=generation, amount=cost_of(generation, usage=usage))


def cost_of(generation: Generation, *, usage: Usage | None) -> Decimal:
    """Return a call's dollars by the price list and its usage; without either what was put aside for it.

    So it is where the list comes to a sum that no call costs: the picture is kept, and the log tells.
    """
    offering: Offering = generation.offering
    wanted = describe_wanted(generation.slot)
    price = None
    if usage is not None:
        price = price_of_usage(
            offering,
            usage=usage,
            width=wanted.width,
            height=wanted.height,
            quality=wanted.quality,
            references=int(generation.parameters.get("references", 0)),
            day=generation.created_at.date(),
            features=wanted.features,
        )
    if price is not None and price > MOST_DOLLARS:
        log.error("Generation %s would cost $%s by its price list.", generation.pk, price)
        price = None
    if price is None:
        price = reserved_amount(generation=generation)
    return price


def usage_as_json(usage: Usage) -> dict[str, Any]:
    """Give what a provider counted as a JSON object, without what it did not tell."""
    told = asdict(usage) | {"raw": dict(usage.raw), "features": list(usage.features)}
    return {name: value for name, value in told.items() if value not in (None, [], {})}
