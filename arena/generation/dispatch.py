"""Finds due slots in rows and plans their next generation; Celery messages only hurry things up."""

import logging
from collections import Counter

from celery import current_app
from django.db import connection, transaction
from django.db.models import Count, Exists, Max, OuterRef
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from arena.catalog.models import Offering, Provider
from arena.catalog.prices import picture_price

from .leases import LEASE
from .models import Generation, Slot
from .routing import choose_offering

log = logging.getLogger(__name__)

# One dispatcher at a time: the caps per provider are counted across all workers.
DISPATCH_LOCK = 7_301
LOOK_AT = 500
MAKE_PICTURE = "arena.generation.tasks.make_picture"


def plan_due() -> list[int]:
    """Plan a generation for each due slot that its provider has room for; return the new ids.

    Slots of models that no offering can make (no key, dialect not spoken) stay due and are skipped.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_xact_lock(%s)", [DISPATCH_LOCK])
            (locked,) = cursor.fetchone()
        if not locked:
            return []
        room = _room_per_provider()
        planned = []
        for slot in _due_slots():
            challenge = slot.prompt.challenge
            offering = choose_offering(
                slot.model, discipline=challenge.discipline, turn=challenge.pk
            ).offering
            if offering is None or room[offering.provider_id] <= 0:
                continue
            room[offering.provider_id] -= 1
            planned.append(_plan(slot, offering))
        return planned


def _due_slots() -> list[Slot]:
    blocking = Generation.objects.filter(
        slot=OuterRef("pk"), state__in=[*Generation.RUNNING, Generation.State.UNCERTAIN]
    )
    return list(
        Slot.objects.filter(~Exists(blocking), finished_at=None, next_attempt_at__lte=Now())
        .select_related("model", "prompt__challenge")
        # Every prompt gets its first takes before any gets its last, so that battles start early.
        .order_by("take", "pk")[:LOOK_AT]
    )


def _room_per_provider() -> Counter[int]:
    room: Counter[int] = Counter(dict(Provider.objects.values_list("pk", "max_in_flight")))
    busy = (
        Generation.objects.filter(state__in=Generation.RUNNING, origin=Generation.Origin.ORDERED)
        .values_list("offering__provider")
        .annotate(n=Count("pk"))
    )
    room.subtract(dict(busy))
    return room


def _plan(slot: Slot, offering: Offering) -> int:
    last = slot.generations.aggregate(last=Max("attempt"))["last"] or 0
    challenge = slot.prompt.challenge
    generation = Generation.objects.create(
        slot=slot,
        offering=offering,
        attempt=last + 1,
        lease_until=Now() + LEASE,
        expected_cost=picture_price(
            offering,
            width=challenge.canvas_width,
            height=challenge.canvas_height,
            day=timezone.now().date(),
            features=(challenge.discipline,),
        ),
        parameters=asked_parameters(slot),
    )
    return generation.pk


def asked_parameters(slot: Slot) -> dict[str, int]:
    """List what a provider is asked for besides the prompt: size in pixels, and the take as seed."""
    challenge = slot.prompt.challenge
    return {
        "width": challenge.canvas_width,
        "height": challenge.canvas_height,
        "seed": slot.take,
    }


def send(generation_ids: list[int]) -> None:
    """Tell the workers; a broker that is away is a delay, since the sweeper sends again what was not taken."""
    for generation_id in generation_ids:
        try:
            current_app.send_task(MAKE_PICTURE, args=[generation_id])
        except OperationalError as error:
            log.warning(
                "The broker is away, generation %s waits for the sweeper: %s", generation_id, error
            )
            return
