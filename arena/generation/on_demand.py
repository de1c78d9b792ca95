"""Pictures that somebody waits for: planned, made and handed back within one request.

The same rows, limits, money and failures as for challenges; only nobody else is told of the work. A caller
who goes away leaves a call that ends by itself and is paid as it came out.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from arena.catalog.models import ImageModel, Offering
from arena.clients.models import ApiKey
from arena.providers.types import Outcome, Reference

from .budget import Purse
from .calls import ask_provider
from .collecting import collect_picture
from .dispatch import read_outlook
from .endings import load_call
from .models import Generation, Slot
from .planning import draft_call, expected_cost, write_down
from .rooms import wait_for_planning_lock
from .routing import Route, usable_offerings
from .storing import load_original
from .wanted import describe_wanted

log = logging.getLogger(__name__)

# A caller is not kept waiting longer than this before the same provider is asked once more.
LONGEST_PAUSE = 4.0
BUSY_SECONDS = 5


class NoRoute(Exception):
    """Nobody can be asked for this picture, as things are set up; the text says what is missing."""


class TooBusy(Exception):
    """Whoever could be asked has no room or is left alone for now; `retry_after` is in seconds."""

    def __init__(self, sentence: str, *, retry_after: int = BUSY_SECONDS) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class NoMoney(Exception):
    """A spending cap or the key's quota leaves no room for this picture, or its price is not known."""


class NotMade(Exception):
    """No picture came in the end; `outcome` names the last failure, `attempts` counts the calls.

    `uncertain`: nobody knows whether it was charged, and a curator has to decide.
    """

    def __init__(
        self,
        sentence: str,
        *,
        outcome: str,
        attempts: int,
        http_status: int | None = None,
        uncertain: bool = False,
    ) -> None:
        super().__init__(sentence)
        self.uncertain = uncertain
        self.outcome = outcome
        self.attempts = attempts
        self.http_status = http_status


@dataclass(frozen=True)
class Made:
    """A picture as its provider delivered it; size in pixels, cost in dollars (None: nobody says)."""

    generation: Generation
    data: bytes
    width: int
    height: int
    attempts: int
    cost: Decimal | None
    revised_prompt: str
    provider_slug: str


def plan_on_demand(
    *,
    model: ImageModel,
    asked: Mapping[str, Any],
    api_key: ApiKey,
    offering: Offering | None = None,
    references: int = 0,
) -> Generation:
    """Plan the first call for a caller's picture, its money put aside.

    `asked`: discipline, prompt, width, height, and quality, seed, options where given. `offering` forces
    the route: no other is asked. Raises NoRoute, TooBusy or NoMoney, and then leaves no row behind.
    """
    told = {**asked, "forced": offering.pk if offering else None, "references": references}
    with transaction.atomic():
        wait_for_planning_lock()
        slot = Slot.objects.create(model=model, asked=told, api_key=api_key)
        return _plan_next(slot)


def _plan_next(slot: Slot) -> Generation:
    outlook = read_outlook([slot])
    wanted = describe_wanted(slot)
    asked = slot.asked or {}
    route = outlook.choose(
        slot,
        only=[o for o in outlook.offerings[slot.model_id] if asked["forced"] in (None, o.pk)],
        discipline=wanted.discipline,
        turn=slot.pk,
        pinned=None,
        fallback=True,
    )
    if route.offering is None:
        raise _nobody(slot, route)
    purse = None if route.offering.resend_safe else Purse()
    try:
        draft = draft_call(
            slot,
            wanted=wanted,
            route=route,
            attempt=outlook.next_attempt(slot),
            now=outlook.now,
            origin=Generation.Origin.GATEWAY,
            references=asked["references"],
            purse=purse,
        )
    except ValueError as error:  # no sum of dollars: rows from before the rules of price lists
        log.exception("A picture of %s could not be priced.", route.offering)
        said = f"The price list of {route.offering} does not add up: a curator has to correct it."
        raise NoMoney(said) from error
    if draft.generation.state == Generation.State.OVER_BUDGET:
        raise NoMoney(draft.generation.message)
    write_down([draft], purse=purse)
    return draft.generation


def _nobody(slot: Slot, route: Route) -> Exception:
    wanted, forced = describe_wanted(slot), (slot.asked or {})["forced"]
    offerings = slot.model.offerings.select_related("provider")
    if forced:
        offerings = offerings.filter(pk=forced)
    usable, _ = usable_offerings(offerings, discipline=wanted.discipline)
    return TooBusy(route.missing) if usable else NoRoute(route.missing)


def make_on_demand(*, generation: Generation, references: tuple[Reference, ...] = ()) -> Made:
    """Make a planned picture: call, try again, fall back to other offerings, within the calls' deadline.

    Raises NotMade with the last failure. The database connection is given back while a provider works.
    """
    ends_at = time.monotonic() + settings.CALL_DEADLINE.total_seconds()
    while True:
        if ask_provider(generation.pk, references=references):
            collect_picture(generation.pk)
        ended = load_call(generation.pk)
        if ended.state == Generation.State.STORED:
            return _hand_over(ended)
        if not _goes_on(ended, ends_at=ends_at):
            raise _not_made(ended)
        try:
            with transaction.atomic():
                wait_for_planning_lock()
                generation = _plan_next(ended.slot)
        except (NoRoute, TooBusy, NoMoney):
            Slot.objects.filter(pk=ended.slot_id).update(finished_at=Now())
            raise _not_made(ended) from None


def _goes_on(ended: Generation, *, ends_at: float) -> bool:
    """Wait for the next attempt, if there is one and the time allows it; long pauses become a fallback."""
    then = ended.route.get("then")
    if then not in ("retry", "fallback"):
        return False
    pause = (ended.slot.next_attempt_at - (ended.ended_at or ended.created_at)).total_seconds()
    if then == "retry" and pause > LONGEST_PAUSE:
        Generation.objects.filter(pk=ended.pk).update(route={**ended.route, "then": "fallback"})
        pause = 0.0
    if time.monotonic() + pause >= ends_at:
        return False
    connection.close()
    time.sleep(max(pause, 0.0))
    return True


def _hand_over(generation: Generation) -> Made:
    told = generation.parameters
    cost = generation.expected_cost if generation.cost is None else generation.cost
    return Made(
        generation=generation,
        data=load_made(generation),
        width=told["made_width"],
        height=told["made_height"],
        attempts=generation.attempt,
        cost=cost,
        revised_prompt=generation.revised_prompt,
        provider_slug=generation.offering.provider.slug,
    )


def _not_made(ended: Generation) -> NotMade:
    Slot.objects.filter(pk=ended.slot_id, finished_at=None).exclude(
        generations__state=Generation.State.UNCERTAIN
    ).update(finished_at=Now())
    return NotMade(
        ended.message or "The call was taken over and has not ended yet.",
        outcome=ended.outcome or Outcome.UNCERTAIN,
        attempts=ended.attempt,
        http_status=ended.http_status,
        uncertain=ended.state == Generation.State.UNCERTAIN,
    )


def load_made(generation: Generation) -> bytes:
    """Read the bytes of a caller's picture; raises FileNotFoundError once they have expired."""
    return load_original(generation.parameters["original"])


def estimate_on_demand(
    *,
    model: ImageModel,
    asked: Mapping[str, Any],
    references: int = 0,
    offering: Offering | None = None,
) -> tuple[Offering, Decimal | None, Decimal | None]:
    """Say who would be asked first and what that is expected to cost, and at most, in dollars; nothing is sent.

    Raises NoRoute.
    """
    slot = Slot(model=model, asked={**asked, "references": references})
    wanted = describe_wanted(slot)
    offerings = model.offerings.select_related("provider").prefetch_related("price_rules")
    if offering is not None:
        offerings = offerings.filter(pk=offering.pk)
    usable, reasons = usable_offerings(offerings, discipline=wanted.discipline)
    if not usable:
        raise NoRoute("; ".join(reasons) or f"{model.name} is offered by no provider")
    with connection.cursor() as cursor:
        cursor.execute("select statement_timestamp()")
        now = cursor.fetchone()[0]
    return usable[0], *expected_cost(usable[0], wanted=wanted, now=now, references=references)
