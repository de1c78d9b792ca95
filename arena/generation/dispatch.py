"""Finds due slots in rows and plans their next generation; Celery messages only hurry things up."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now, TruncDay

from arena.catalog.models import Offering
from arena.catalog.price_lists import MOST_DOLLARS
from arena.catalog.prices import estimate
from arena.challenges.models import ReferencePicture

from . import breakers
from .budget import OverBudget, Purse
from .endings import NOT_PLANNED
from .ledger import reserve_new
from .models import Breaker, Generation, Slot
from .points import reach
from .retries import MAX_ATTEMPTS
from .rooms import Rooms, read_rooms, try_planning_lock, wait_for_planning_lock
from .routing import Route, Tried, choose_route, why_not
from .wanted import Wanted, describe_wanted

log = logging.getLogger(__name__)

LOOK_AT = 500
# The end of one call makes room for another one; whatever cannot be planned then, `dispatch` sees.
LOOK_AT_FEW = 12
ONE_DAY = timedelta(days=1)
# What broke while it was planned is planned again after this: a curator may have mended it by then.
BROKEN_PAUSE = timedelta(minutes=15)
UNPRICED = "No price is known for this picture, so no money could be put aside: add a price rule."
TOO_DEAR = (
    f"By the price list this picture may cost more than ${MOST_DOLLARS:,}, so it was not asked for: "
    "correct the list."
)


class NoPrice(Exception):
    """Nobody says what a call may cost at most, or what is said is beyond reason; in a sentence."""


@dataclass
class Outlook:
    """What planning needs to know, read once for all slots that are looked at."""

    now: datetime
    rooms: Rooms
    offerings: dict[int, list[Offering]]
    health: dict[int, Breaker]
    tried: dict[int, dict[int, Tried]]
    last_attempt: dict[int, int]
    pinned: dict[tuple[int, int], int]
    references: dict[int, int]
    purse: Purse | None = None


def plan_due(*, look_at: int = LOOK_AT, wait: bool = False) -> list[int]:
    """Plan a generation for each due slot that a provider has room for; return the ids of those to make.

    `look_at`: how many slots, in their order, of models that some provider with room offers. `wait` for
    another planner to finish; else nothing is planned while there is one.

    The money is put aside in the same transaction; a slot that no cap has room for gets a generation that
    is `over-budget` and waits for the next day. Slots of models that nobody can be asked for (no key, a
    breaker open, no room) stay due and are looked at again.
    """
    with transaction.atomic():
        if wait:
            wait_for_planning_lock()
        elif not try_planning_lock():
            return []
        rooms = read_rooms()
        models = _askable_models(rooms)
        planned = _plan_slots(_due_slots(models, most=look_at), rooms)
        if not planned and look_at < LOOK_AT:
            # Those at the head may all wait for a provider of their own; others shall not wait behind them.
            planned = _plan_slots(_due_slots(models, most=LOOK_AT), rooms)
        reach("planned")
    return [g.pk for g in planned if g.state == Generation.State.RESERVED]


def _askable_models(rooms: Rooms) -> set[int]:
    """Name the models (ids) for which some provider that is set up, well and has room may be asked now."""
    offerings = list(Offering.objects.filter(provider__in=rooms.roomy).select_related("provider"))
    health = breakers.read_breakers(offering.pk for offering in offerings)
    now = breakers.database_now()
    return {
        offering.model_id
        for offering in offerings
        if any(not why_not(offering, discipline=name) for name in offering.disciplines)
        and not breakers.judge(health.get(offering.pk), now=now).why_not
    }


def _plan_slots(slots: list[Slot], rooms: Rooms) -> list[Generation]:
    if not slots:
        return []
    outlook = read_outlook(slots, rooms=rooms)
    if any(not offering.resend_safe for found in outlook.offerings.values() for offering in found):
        # Before any savepoint: whoever goes back to one would give the purse's lock away.
        outlook.purse = Purse()
    return [generation for slot in slots if (generation := _plan_if_possible(slot, outlook))]


def _due_slots(models: Collection[int], *, most: int) -> list[Slot]:
    """Read due slots of these models (ids) and lock them: whoever cancels one waits, and sees its new call.

    What somebody cancels at this moment is passed over.
    """
    blocking = Generation.objects.filter(
        slot=OuterRef("pk"), state__in=[*Generation.RUNNING, Generation.State.UNCERTAIN]
    )
    return list(
        Slot.objects.filter(
            ~Exists(blocking),
            Q(prompt__isnull=False) | Q(trial__isnull=False),
            finished_at=None,
            cancelled_at=None,
            batch__paused_at=None,
            next_attempt_at__lte=Now(),
            model__in=models,
        )
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .select_related("model", "prompt__challenge", "api_key")
        # Somebody waits for a trial's pictures. Every prompt gets its first takes before any gets its last,
        # so that battles start early.
        .order_by(F("trial").asc(nulls_last=True), "take", "pk")[:most]
    )


def read_outlook(slots: Iterable[Slot], *, rooms: Rooms | None = None) -> Outlook:
    """Read limits, breakers, offerings and what was tried for these slots; hold the planners' lock."""
    slots = list(slots)
    offerings: dict[int, list[Offering]] = defaultdict(list)
    models = {slot.model_id for slot in slots}
    for offering in (
        Offering.objects.filter(model__in=models)
        .select_related("provider")
        .prefetch_related("price_rules")
    ):
        offerings[offering.model_id].append(offering)
    tried, last_attempt = _what_was_tried(slots)
    return Outlook(
        now=breakers.database_now(),
        rooms=rooms or read_rooms(),
        offerings=offerings,
        health=breakers.read_breakers(o.pk for found in offerings.values() for o in found),
        tried=tried,
        last_attempt=last_attempt,
        pinned=_pinned(slots),
        references=_count_references(slots),
    )


def _count_references(slots: list[Slot]) -> dict[int, int]:
    """Count the pictures to edit of each challenge (id) that these slots are for."""
    challenges = {slot.prompt.challenge_id for slot in slots if slot.prompt}
    if not challenges:
        return {}
    counts = ReferencePicture.objects.filter(challenge__in=challenges).values_list("challenge")
    return dict.fromkeys(challenges, 0) | dict(counts.annotate(n=Count("pk")))


def _what_was_tried(slots: list[Slot]) -> tuple[dict[int, dict[int, Tried]], dict[int, int]]:
    tried: dict[int, dict[int, Tried]] = defaultdict(dict)
    last: dict[int, int] = {}
    rows = Generation.objects.filter(slot__in=slots).order_by("attempt")
    for slot, offering, attempt, state, route in rows.values_list(
        "slot", "offering", "attempt", "state", "route"
    ):
        last[slot] = attempt
        if state not in (Generation.State.OVER_BUDGET, Generation.State.CANCELLED):
            before = tried[slot].get(offering, Tried())
            final = before.final or route.get("then") in ("fallback", "end")
            tried[slot][offering] = Tried(before.attempts + 1, final)
    return tried, last


def _pinned(slots: list[Slot]) -> dict[tuple[int, int], int]:
    """Name the offering of the first call for each (batch, model): it makes the others too."""
    firsts = (
        Generation.objects.filter(
            slot__batch__in={slot.batch_id for slot in slots}, origin=Generation.Origin.ORDERED
        )
        .values("slot__batch", "slot__model")
        .annotate(first=Min("pk"))
        .values_list("first", flat=True)
    )
    return {
        (batch, model): offering
        for batch, model, offering in Generation.objects.filter(pk__in=list(firsts)).values_list(
            "slot__batch", "slot__model", "offering"
        )
    }


def _plan_if_possible(slot: Slot, outlook: Outlook) -> Generation | None:
    """Plan a slot if somebody can be asked; what breaks there is told of this slot and stops no other one."""
    route = Route(None)
    try:
        wanted, route = _choose_whom(slot, outlook)
        if route.offering is None:
            return None
        with transaction.atomic():
            return _plan(slot, outlook, wanted=wanted, route=route)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("Slot %s could not be planned.", slot.pk)
        return _note_broken(slot, outlook, route=route, error=error)


def _note_broken(
    slot: Slot, outlook: Outlook, *, route: Route, error: Exception
) -> Generation | None:
    """Say of a slot that its planning broke; it is planned again later, and given up like what fails."""
    attempt = outlook.last_attempt.get(slot.pk, 0) + 1
    ends = bool(slot.trial_id) or attempt >= MAX_ATTEMPTS
    offering = route.offering or next(iter(outlook.offerings[slot.model_id]), None)
    generation = offering and Generation.objects.create(
        slot=slot,
        offering=offering,
        attempt=attempt,
        origin=_origin(slot),
        state=Generation.State.FAILED,
        outcome=NOT_PLANNED,
        message=f"It could not be planned ({type(error).__name__}), and nothing was sent. Look at its model "
        "in the catalogue for what does not add up; the server's log has the details.",
        route={**route.as_json(), "then": "end" if ends else "retry"},
        ended_at=Now(),
    )
    moved = {"finished_at": Now()} if ends else {"next_attempt_at": Now() + BROKEN_PAUSE}
    Slot.objects.filter(pk=slot.pk).update(**moved)
    return generation or None


def _origin(slot: Slot) -> str:
    return Generation.Origin.PLAYGROUND if slot.trial_id else Generation.Origin.ORDERED


def _choose_whom(slot: Slot, outlook: Outlook) -> tuple[Wanted, Route]:
    wanted = describe_wanted(slot)
    challenge = slot.prompt.challenge if slot.prompt else None
    is_retry = bool(outlook.tried.get(slot.pk))
    route = choose_route(
        outlook.offerings[slot.model_id],
        discipline=wanted.discipline,
        turn=challenge.pk if challenge else slot.pk,
        pinned=outlook.pinned.get((slot.batch_id, slot.model_id)) if slot.batch_id else None,
        fallback=challenge is None or challenge.allow_fallback,
        tried=outlook.tried.get(slot.pk, {}),
        health=outlook.health,
        room=outlook.rooms.why_none(is_retry=is_retry),
        now=outlook.now,
    )
    return wanted, route


def _plan(slot: Slot, outlook: Outlook, *, wanted: Wanted, route: Route) -> Generation:
    offering = route.offering
    assert offering is not None  # noqa: S101 - narrows the type; the caller has looked
    generation = plan_generation(
        slot,
        wanted=wanted,
        route=route,
        attempt=outlook.last_attempt.get(slot.pk, 0) + 1,
        now=outlook.now,
        origin=_origin(slot),
        references=outlook.references.get(wanted.challenge.pk) if wanted.challenge else None,
        purse=outlook.purse,
    )
    if generation.state == Generation.State.RESERVED:
        outlook.rooms.take(offering.provider_id, is_retry=bool(outlook.tried.get(slot.pk)))
        if slot.batch_id:
            outlook.pinned.setdefault((slot.batch_id, slot.model_id), offering.pk)
        if route.as_probe:
            outlook.health[offering.pk].probing = generation
    else:
        _wait_for_money(slot)
    return generation


def plan_generation(
    slot: Slot,
    *,
    wanted: Wanted,
    route: Route,
    attempt: int,
    now: datetime,
    origin: str = Generation.Origin.ORDERED,
    references: int | None = None,
    purse: Purse | None = None,
) -> Generation:
    """Create a slot's next generation and put its money aside; it is `reserved` or `over-budget` then.

    Runs in a transaction that holds the planners' lock. `references` counts the pictures to edit; None: ask
    the slot's challenge. `purse` is that of the transaction; None: no other call is planned in it.
    """
    offering = route.offering
    assert offering is not None  # noqa: S101 - narrows the type; callers have checked
    expected, ceiling = expected_cost(offering, wanted=wanted, now=now, references=references)
    too_dear = ceiling is not None and ceiling > MOST_DOLLARS
    generation = Generation(
        slot=slot,
        offering=offering,
        attempt=attempt,
        origin=origin,
        state=Generation.State.RESERVED,
        expected_cost=None if too_dear else expected,
        parameters=asked_parameters(wanted),
        route=route.as_json(),
    )
    if offering.resend_safe:
        generation.save(force_insert=True)
    else:
        _save_with_money(generation, ceiling=ceiling, purse=purse or Purse(), now=now)
    if route.as_probe and generation.state == Generation.State.RESERVED:
        Breaker.objects.filter(offering=offering).update(probing=generation)
    return generation


def _save_with_money(
    generation: Generation, *, ceiling: Decimal | None, purse: Purse, now: datetime
) -> None:
    """Save a new call with its money put aside, or as one that no cap has room for."""
    try:
        if ceiling is None:
            raise NoPrice(UNPRICED)
        if ceiling > MOST_DOLLARS:
            raise NoPrice(TOO_DEAR)
        amount = purse.take(generation, amount=ceiling)
    except (NoPrice, OverBudget) as refused:
        generation.state, generation.message = Generation.State.OVER_BUDGET, str(refused)
        generation.ended_at = now
        generation.save(force_insert=True)
        return
    generation.save(force_insert=True)
    reserve_new(generation=generation, amount=amount, day=purse.day)


def expected_cost(
    offering: Offering, *, wanted: Wanted, now: datetime, references: int | None = None
) -> tuple[Decimal | None, Decimal | None]:
    """Return what a picture is expected to cost and what it may cost at most, in dollars; None: nobody says."""
    if references is None:
        references = wanted.challenge.references.count() if wanted.challenge else 0
    found = estimate(
        offering,
        width=wanted.width,
        height=wanted.height,
        quality=wanted.quality,
        references=references,
        day=now.date(),
        features=wanted.features,
        prompt=wanted.prompt,
    )
    return (found.expected, found.ceiling) if found else (None, None)


def _wait_for_money(slot: Slot) -> None:
    """Daily caps have room again at midnight UTC; whoever raises a cap makes its slots due at once.

    A visitor of the playground does not wait that long.
    """
    if slot.trial_id:
        Slot.objects.filter(pk=slot.pk).update(finished_at=Now())
        return
    Slot.objects.filter(pk=slot.pk).update(next_attempt_at=TruncDay(Now() + ONE_DAY))


def asked_parameters(wanted: Wanted) -> dict[str, Any]:
    """List what a provider is asked for besides the prompt: size in pixels, seed, quality, options."""
    told: dict[str, Any] = {"width": wanted.width, "height": wanted.height, "seed": wanted.seed}
    if wanted.quality:
        told["quality"] = wanted.quality
    if wanted.options:
        told["options"] = dict(wanted.options)
    return told
