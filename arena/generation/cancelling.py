"""Pausing and cancelling what was ordered."""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from .ledger import release
from .models import Batch, Generation, Slot


def pause_batch(batch: Batch) -> None:
    """Ask for no further picture of a batch; what is under way goes on."""
    Batch.objects.filter(pk=batch.pk, paused_at=None).update(paused_at=Now())


def resume_batch(batch: Batch) -> None:
    """Go on with a paused batch."""
    Batch.objects.filter(pk=batch.pk).update(paused_at=None)


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
