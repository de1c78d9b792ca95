"""Finds due slots in rows and plans their next generation; Celery messages only hurry things up."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.db.models.functions import Now, TruncDay

from arena.catalog.models import Offering
from arena.challenges.models import ReferencePicture

from . import breakers
from .budget import Purse
from .models import Breaker, Generation, Slot
from .planning import Draft, draft_call, write_down
from .points import reach
from .retries import MAX_ATTEMPTS, NEVER_SENT, NOT_PLANNED
from .rooms import Rooms, read_rooms, try_planning_lock, wait_for_planning_lock
from .routing import Route, Tried, choose_route, why_not
from .wanted import Wanted, describe_wanted

log = logging.getLogger(__name__)

LOOK_AT = 500
# Whoever waits for a provider of his own holds up nobody behind him: so many times it is looked further. After
# the end of one call only once, and only if nothing at all was planned; `dispatch` follows within seconds.
MOST_LOOKS, MOST_LOOKS_FOR_FEW = 10, 2
# The end of one call makes room for another one; whatever cannot be planned then, `dispatch` sees.
LOOK_AT_FEW = 12
ONE_DAY = timedelta(days=1)
# What broke while it was planned is planned again after this: a curator may have mended it by then.
BROKEN_PAUSE = timedelta(minutes=15)


@dataclass
class Outlook:
    """What planning needs to know, read once for all slots that are looked at."""

    now: datetime
    rooms: Rooms
    offerings: dict[int, list[Offering]]
    health: dict[int, Breaker]
    tried: dict[int, dict[int, Tried]]
    last_attempt: dict[int, int]
    broken: dict[int, int]
    pinned: dict[tuple[int, int], int]
    references: dict[int, int]
    purse: Purse | None = None

    def choose(self, slot: Slot, *, only: Sequence[Offering] | None = None, **how: Any) -> Route:
        """Choose whom to ask for a slot, among `only` or all of its model's; `how` as for `choose_route`."""
        return choose_route(
            self.offerings[slot.model_id] if only is None else only,
            tried=self.tried.get(slot.pk, {}),
            health=self.health,
            room=self.rooms.why_none(is_retry=self.is_retry(slot)),
            now=self.now,
            **how,
        )

    def is_retry(self, slot: Slot) -> bool:
        return bool(self.tried.get(slot.pk))

    def next_attempt(self, slot: Slot) -> int:
        return self.last_attempt.get(slot.pk, 0) + 1


@dataclass
class PassedOver:
    """What cannot be planned now and is not looked at again: pairs of batch and model, and single slots."""

    pairs: set[tuple[int, int]] = field(default_factory=set)
    slots: set[int] = field(default_factory=set)

    def add(self, slot: Slot, *, is_retry: bool) -> None:
        """Pass a slot over; where it is a first call, with all of its batch and model: they are asked alike."""
        if slot.batch_id and not is_retry:
            self.pairs.add((slot.batch_id, slot.model_id))
        else:
            self.slots.add(slot.pk)

    def holds(self, slot: Slot) -> bool:
        """Tell whether a slot's batch and model were passed over; retries find nobody where first calls do not."""
        return (slot.batch_id, slot.model_id) in self.pairs

    def condition(self) -> Q:
        """Return the condition that tells what was passed over."""
        found = Q(pk__in=self.slots)
        for batch, model in self.pairs:
            found |= Q(batch=batch, model=model)
        return found


def plan_due(*, look_at: int = LOOK_AT, wait: bool = False) -> list[int]:
    """Plan a generation for each due slot that a provider has room for; return the ids of those to make.

    `look_at`: how many slots, in their order, of models that some provider with room offers; where fewer
    than that are planned, it is looked further. `wait` for another planner to finish; else nothing is planned
    while there is one.

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
        planned: list[Generation] = []
        passed, most = PassedOver(), look_at
        is_few = look_at < LOOK_AT
        for _ in range(MOST_LOOKS_FOR_FEW if is_few else MOST_LOOKS):
            models = _askable_models(rooms) if rooms.roomy else set()
            slots = _due_slots(models, most=most, but=passed) if models else []
            planned += _plan_slots(slots, rooms, passed)
            if len(slots) < most or len(planned) >= (1 if is_few else look_at):
                break
            most = LOOK_AT
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


def _plan_slots(slots: list[Slot], rooms: Rooms, passed: PassedOver) -> list[Generation]:
    if not slots:
        return []
    outlook = read_outlook(slots, rooms=rooms)
    if any(not offering.resend_safe for found in outlook.offerings.values() for offering in found):
        # Before any savepoint: whoever goes back to one would give the purse's lock away.
        outlook.purse = Purse()
    drafts = []
    for slot in slots:
        if not passed.holds(slot) and (draft := _plan_if_possible(slot, outlook, passed)):
            drafts.append(draft)
    return _write_down_safely(drafts, outlook) if drafts else []


def _due_slots(models: Collection[int], *, most: int, but: PassedOver) -> list[Slot]:
    """Read due slots of these models (ids) and lock them: whoever cancels one waits, and sees its new call.

    What somebody cancels at this moment is left out, and so is what was passed over before (`but`).
    """
    blocking = Generation.objects.filter(
        slot=OuterRef("pk"), state__in=[*Generation.RUNNING, Generation.State.UNCERTAIN]
    )
    return list(
        Slot.objects.filter(
            ~Exists(blocking),
            ~but.condition(),
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
    tried, last_attempt, broken = _what_was_tried(slots)
    return Outlook(
        now=breakers.database_now(),
        rooms=rooms or read_rooms(),
        offerings=offerings,
        health=breakers.read_breakers(o.pk for found in offerings.values() for o in found),
        tried=tried,
        last_attempt=last_attempt,
        broken=broken,
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


def _what_was_tried(
    slots: list[Slot],
) -> tuple[dict[int, dict[int, Tried]], dict[int, int], dict[int, int]]:
    """Return by slot: what each offering was asked, the last attempt's number, how often planning broke."""
    tried: dict[int, dict[int, Tried]] = defaultdict(dict)
    last: dict[int, int] = {}
    broken: Counter[int] = Counter()
    rows = Generation.objects.filter(slot__in=slots).order_by("attempt")
    for slot, offering, attempt, state, outcome, route in rows.values_list(
        "slot", "offering", "attempt", "state", "outcome", "route"
    ):
        last[slot] = attempt
        if outcome == NOT_PLANNED:
            broken[slot] += 1
        elif state not in (Generation.State.OVER_BUDGET, Generation.State.CANCELLED):
            before = tried[slot].get(offering, Tried())
            final = before.final or route.get("then") in ("fallback", "end")
            tried[slot][offering] = Tried(before.attempts + 1, final)
    return tried, last, broken


def _pinned(slots: list[Slot]) -> dict[tuple[int, int], int]:
    """Name the offering of the first call that was made for each (batch, model): it makes the others too."""
    firsts = (
        Generation.objects.filter(
            slot__batch__in={slot.batch_id for slot in slots}, origin=Generation.Origin.ORDERED
        )
        .exclude(NEVER_SENT)
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


def _plan_if_possible(slot: Slot, outlook: Outlook, passed: PassedOver) -> Draft | None:
    """Decide a slot's next call if somebody can be asked; what breaks is told of this slot and stops no other."""
    route = Route(None)
    try:
        wanted, route = _choose_whom(slot, outlook)
        if route.offering is None:
            passed.add(slot, is_retry=outlook.is_retry(slot))
            return None
        return _draft(slot, outlook, wanted=wanted, route=route)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        _note_broken(slot, outlook, offering=route.offering, told=route.as_json(), error=error)
        return None


def _write_down_safely(drafts: list[Draft], outlook: Outlook) -> list[Generation]:
    """Write what was decided, all at once; where that breaks one by one, so that only the culprit is left out."""
    try:
        with transaction.atomic():
            write_down(drafts, purse=outlook.purse)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(drafts) > 1:
            return [made for draft in drafts for made in _write_down_safely([draft], outlook)]
        for generation in (draft.generation for draft in drafts):
            told = {"offering": generation.offering, "told": generation.route}
            _note_broken(generation.slot, outlook, error=error, **told)
        return []
    for draft in drafts:
        if draft.generation.state == Generation.State.OVER_BUDGET:
            _wait_for_money(draft.generation.slot)
    return [draft.generation for draft in drafts]


def _note_broken(
    slot: Slot,
    outlook: Outlook,
    *,
    offering: Offering | None,
    told: Mapping[str, Any],
    error: Exception,
) -> None:
    """Say of a slot that its planning broke; it is planned again later, and given up like what fails.

    `told`: the route as far as it was chosen, as JSON.
    """
    log.error("Slot %s could not be planned.", slot.pk, exc_info=error)
    attempt = outlook.next_attempt(slot)
    ends = bool(slot.trial_id) or outlook.broken.get(slot.pk, 0) + 1 >= MAX_ATTEMPTS
    offering = offering or next(iter(outlook.offerings[slot.model_id]), None)
    if offering is not None:
        Generation.objects.create(
            slot=slot,
            offering=offering,
            attempt=attempt,
            origin=_origin(slot),
            state=Generation.State.FAILED,
            outcome=NOT_PLANNED,
            message=f"It could not be planned ({type(error).__name__}), and nothing was sent. Look at its "
            "model in the catalogue for what does not add up; the server's log has the details.",
            route={**told, "then": "end" if ends else "retry"},
            ended_at=Now(),
        )
    moved = {"finished_at": Now()} if ends else {"next_attempt_at": Now() + BROKEN_PAUSE}
    Slot.objects.filter(pk=slot.pk).update(**moved)


def _origin(slot: Slot) -> str:
    return Generation.Origin.PLAYGROUND if slot.trial_id else Generation.Origin.ORDERED


def _choose_whom(slot: Slot, outlook: Outlook) -> tuple[Wanted, Route]:
    wanted = describe_wanted(slot)
    challenge = slot.prompt.challenge if slot.prompt else None
    route = outlook.choose(
        slot,
        discipline=wanted.discipline,
        turn=challenge.pk if challenge else slot.pk,
        pinned=outlook.pinned.get((slot.batch_id, slot.model_id)) if slot.batch_id else None,
        fallback=challenge is None or challenge.allow_fallback,
    )
    return wanted, route


def _draft(slot: Slot, outlook: Outlook, *, wanted: Wanted, route: Route) -> Draft:
    """Decide the call and count it, so that the next slot is decided as if this one were written."""
    draft = draft_call(
        slot,
        wanted=wanted,
        route=route,
        attempt=outlook.next_attempt(slot),
        now=outlook.now,
        origin=_origin(slot),
        references=outlook.references.get(wanted.challenge.pk) if wanted.challenge else None,
        purse=outlook.purse,
    )
    offering = draft.generation.offering
    if draft.generation.state == Generation.State.RESERVED:
        outlook.rooms.take(offering.provider_id, is_retry=outlook.is_retry(slot))
        if slot.batch_id:
            outlook.pinned.setdefault((slot.batch_id, slot.model_id), offering.pk)
        if draft.as_probe:
            outlook.health[offering.pk].probing = draft.generation
    return draft


def _wait_for_money(slot: Slot) -> None:
    """Daily caps have room again at midnight UTC; whoever raises a cap makes its slots due at once.

    A visitor of the playground does not wait that long.
    """
    if slot.trial_id:
        Slot.objects.filter(pk=slot.pk).update(finished_at=Now())
        return
    Slot.objects.filter(pk=slot.pk).update(next_attempt_at=TruncDay(Now() + ONE_DAY))
