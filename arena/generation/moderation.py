"""Decisions of people about pictures and calls."""

from django.db import transaction
from django.db.models.functions import Now

from .models import Candidate, Generation, Slot


def hide_candidate(candidate: Candidate, *, reason: str) -> None:
    """Take a picture out of the arena at once: it is served no more and no verdict on it counts."""
    Candidate.objects.filter(pk=candidate.pk).update(
        status=Candidate.Status.HIDDEN, hidden_reason=reason[:200]
    )


def unhide_candidate(candidate: Candidate) -> None:
    """Put a hidden picture back into play."""
    Candidate.objects.filter(pk=candidate.pk, status=Candidate.Status.HIDDEN).update(
        status=Candidate.Status.IN_PLAY, hidden_reason=""
    )


@transaction.atomic
def settle_uncertain(generation: Generation, *, send_again: bool) -> bool:
    """Decide about a call that was possibly charged: send it again, or give the slot up.

    Returns False when it is not uncertain (any more), so that two curators decide once.
    """
    decided = Generation.objects.filter(pk=generation.pk, state=Generation.State.UNCERTAIN).update(
        state=Generation.State.FAILED, ended_at=Now()
    )
    if not decided:
        return False
    slot = Slot.objects.filter(pk=generation.slot_id)
    if send_again:
        slot.update(next_attempt_at=Now())
    else:
        slot.update(finished_at=Now())
    return True
