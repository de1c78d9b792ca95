"""Pausing and cancelling what was ordered."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from .ledger import release
from .models import Batch, Generation, Slot


def lock_batch(batch: Batch) -> None:
    """Hold the batch's row until the transaction ends, and read it afresh."""
    batch.refresh_from_db(from_queryset=Batch.objects.select_for_update(no_key=True))


def pause_batch(batch: Batch) -> bool:
    """Ask for no further picture of a batch; what is under way goes on. False where it was paused before."""
    changed = Batch.objects.filter(pk=batch.pk, paused_at=None).update(paused_at=Now())
    return bool(changed)


def resume_batch(batch: Batch) -> bool:
    """Go on with a paused batch; False where it was not paused."""
    changed = Batch.objects.filter(pk=batch.pk, paused_at__isnull=False).update(paused_at=None)
    return bool(changed)


@transaction.atomic
def restore_pause(batch: Batch, *, former: datetime | None, expected: datetime | None) -> None:
    """Let a batch be paused since `former`, or go on where that is None.

    Raises ValidationError where it is not paused as `expected` any more.
    """
    lock_batch(batch)
    if batch.paused_at != expected:
        raise ValidationError(_("This order has been paused or resumed since: decide by hand."))
    batch.paused_at = former
    batch.save(update_fields=["paused_at"])


def cancel_batch(batch: Batch) -> tuple[int, int]:
    """Cancel what a batch still waits for; return how many ended at once, and how many end by themselves."""
    wanted = Slot.objects.filter(batch=batch, finished_at=None)
    ended = cancel_slots(list(wanted.values_list("pk", flat=True)))
    return ended, wanted.count()


@transaction.atomic
def cancel_slots(slots: list[int]) -> int:
    """Want these slots no more; return how many ended at once.

    What no worker has taken yet is cancelled and its money given back. What waits in a provider's queue is
    cancelled there by its worker, if the provider lets it. A call in flight cannot be called back: it
    ends by itself, and its picture is kept.
    """
    wanted = Slot.objects.filter(pk__in=slots, finished_at=None, cancelled_at=None)
    chosen = list(wanted.select_for_update().values_list("pk", flat=True))
    Slot.objects.filter(pk__in=chosen).update(cancelled_at=Now())
    waiting = Generation.objects.filter(
        slot__in=chosen, state__in=[Generation.State.PLANNED, Generation.State.RESERVED]
    )
    for generation in waiting.select_for_update(of=("self",)):
        Generation.objects.filter(pk=generation.pk).update(
            state=Generation.State.CANCELLED,
            message="Cancelled before it was asked for.",
            ended_at=Now(),
        )
        release(generation=generation, note="cancelled")
    open_calls = Generation.objects.filter(
        slot=OuterRef("pk"), state__in=[*Generation.RUNNING, Generation.State.UNCERTAIN]
    )
    return Slot.objects.filter(~Exists(open_calls), pk__in=chosen).update(finished_at=Now())
