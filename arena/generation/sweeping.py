"""Looks after generations whose worker is gone, and tells again what nobody has taken."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.db.models.functions import Now

from arena.providers.types import Outcome, ProviderError

from .cancelling import cancel_slots
from .endings import WORKER_LOST, end_badly
from .leases import Claim
from .models import Generation, Slot

log = logging.getLogger(__name__)

# A free row is told to the workers again after this time, so nothing rests longer when the broker forgets.
HINT_AGAIN = timedelta(seconds=30)
AT_MOST = 500
# A visitor of the playground does not wait longer than this for a picture.
PATIENCE = timedelta(minutes=10)
State = Generation.State


@dataclass
class Swept:
    """Ids to tell the picture workers and the intake again, and how many calls were ended."""

    make: list[int] = field(default_factory=list)
    collect: list[int] = field(default_factory=list)
    ended: int = 0


def sweep_expired() -> Swept:
    """Free what a dead worker held, end what nobody can know, and list what the workers should be told again.

    A queued job is free to be followed by another worker, and a kept original to be taken in. A call that
    was in flight is `uncertain`: never sent again by itself (I6), unless the offering is free of charge.
    """
    swept = Swept()
    expired = Generation.objects.filter(state__in=Generation.RUNNING, lease_until__lt=Now())
    for pk in list(expired.values_list("pk", flat=True)[:AT_MOST]):
        swept.ended += _without_stopping(_free_or_end, pk)
    free = Generation.objects.filter(
        state__in=Generation.RUNNING, lease_until=None, hinted_at__lt=Now() - HINT_AGAIN
    )
    # Whoever asked for these at the gateway is gone, and nobody else waits for them.
    left = free.filter(origin=Generation.Origin.GATEWAY, state=State.RESERVED)
    late = Slot.objects.filter(
        trial__created_at__lt=Now() - PATIENCE, finished_at=None, cancelled_at=None
    )
    for slots in (left.values_list("slot", flat=True), late.values_list("pk", flat=True)):
        for slot in list(slots[:AT_MOST]):
            _without_stopping(_cancel, slot)
    with transaction.atomic():
        rows = list(free.select_for_update(skip_locked=True).values_list("pk", "state")[:AT_MOST])
        Generation.objects.filter(pk__in=[pk for pk, _ in rows]).update(hinted_at=Now())
    for pk, state in rows:
        (swept.collect if state == State.COLLECTING else swept.make).append(pk)
    return swept


def _without_stopping(look_after: Callable[[int], int], pk: int) -> int:
    """Look after one row; what breaks there is told, tried again at the next sweep, and stops no other."""
    try:
        with transaction.atomic():
            return look_after(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("%s %s could not be swept.", look_after.__name__, pk)
        return 0


def _free_or_end(pk: int) -> int:
    """Free a call that its dead worker held, or end it; return how many were ended."""
    expired = Generation.objects.filter(state__in=Generation.RUNNING, lease_until__lt=Now())
    generation = expired.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if generation is None:
        return 0
    if generation.state != State.SUBMITTING:
        _set_free(generation)
        return 0
    _end_lost_call(generation)
    return 1


def _cancel(slot: int) -> int:
    return cancel_slots([slot])


def _set_free(generation: Generation) -> None:
    Generation.objects.filter(pk=generation.pk).update(
        lease_until=None, fence=F("fence") + 1, hinted_at=Now() - 2 * HINT_AGAIN
    )


def _end_lost_call(generation: Generation) -> None:
    """Nobody can know whether the provider got it; the fence keeps its late worker from writing."""
    Generation.objects.filter(pk=generation.pk).update(fence=F("fence") + 1)
    claim = Claim(generation.pk, generation.fence + 1, generation.state)
    error = ProviderError(
        Outcome.CONNECTION, "The worker died while it waited for the answer.", billed=None
    )
    end_badly(claim, error, outcome=WORKER_LOST, ours=True)


def sweep_and_tell(
    *, make: Callable[[list[int]], None], collect: Callable[[list[int]], None]
) -> None:
    """Sweep, then tell the workers through these two functions."""
    swept = sweep_expired()
    make(swept.make)
    collect(swept.collect)
