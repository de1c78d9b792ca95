"""Decisions of people about pictures and calls."""

from decimal import Decimal
from enum import StrEnum

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge, Prompt

from .ledger import release, reserved_amount, settle
from .models import Batch, Candidate, Generation, Slot


class Settled(StrEnum):
    """What a decision about an uncertain call came to; the empty one is false."""

    BY_SOMEBODY_ELSE = ""
    SENT_AGAIN = "sent again"
    GIVEN_UP = "given up"


# Begins the reason of a hidden picture that is retired as well: shown again, it does not compete.
RETIRED_TOO = "Retired. "


def hide_candidate(candidate: Candidate, *, reason: str) -> None:
    """Take a picture out of the arena at once: it is served no more and no verdict on it counts."""
    with transaction.atomic():
        found = _lock(candidate)
        # Words that only look like the mark must not retire a picture.
        mark = RETIRED_TOO if is_retired(found) else ""
        words = f"“{reason}”" if reason.startswith(RETIRED_TOO) and not mark else reason
        _set(found, Candidate.Status.HIDDEN, reason=(mark + words)[:200])


def unhide_candidate(candidate: Candidate) -> bool:
    """Serve a hidden picture again, and put it back into play unless it is retired; tell whether it plays."""
    with transaction.atomic():
        found = _lock(candidate)
        if found.status != Candidate.Status.HIDDEN:
            return found.status == Candidate.Status.IN_PLAY
        status = Candidate.Status.RETIRED if is_retired(found) else Candidate.Status.IN_PLAY
        _set(found, status)
        return status == Candidate.Status.IN_PLAY


def is_retired(candidate: Candidate) -> bool:
    """Tell whether a picture has left the pool for good, be it hidden as well or not."""
    return candidate.status == Candidate.Status.RETIRED or (
        candidate.status == Candidate.Status.HIDDEN
        and candidate.hidden_reason.startswith(RETIRED_TOO)
    )


def retire_candidate(candidate: Candidate) -> bool:
    """End a picture's play: no voter gets it any more, its votes stay, and it never comes back.

    Verdicts on battles that hold it are stored and not counted from now on. A hidden picture stays
    hidden. Returns False when it was retired before, so that two curators retire once.
    """
    with transaction.atomic():
        found = _lock(candidate)
        if is_retired(found):
            return False
        if found.status == Candidate.Status.HIDDEN:
            _set(found, found.status, reason=(RETIRED_TOO + found.hidden_reason)[:200])
        else:
            _set(found, Candidate.Status.RETIRED)
        return True


@transaction.atomic
def rotate_candidate(candidate: Candidate, *, ordered_by: User | None) -> Slot | None:
    """Retire a picture and order a new take of its model and prompt; return the new slot.

    Nothing is ordered (None) when it was retired before, or when a new take could not compete: the
    prompt has a newer version, the challenge is closed, or the model is retired.
    """
    if not retire_candidate(candidate) or not can_replace(candidate):
        return None
    slot = Slot.objects.select_related("prompt", "model").get(candidate=candidate)
    return _order_next_take(prompt=slot.competing_prompt, model=slot.model, ordered_by=ordered_by)


def can_replace(candidate: Candidate) -> bool:
    """Tell whether a new take of a picture's model and prompt could compete."""
    return (
        Slot.objects.filter(candidate=candidate, prompt__is_current=True)
        .exclude(prompt__challenge__status=Challenge.Status.CLOSED)
        .exclude(model__status=ImageModel.Status.RETIRED)
        .exists()
    )


def _order_next_take(*, prompt: Prompt, model: ImageModel, ordered_by: User | None) -> Slot:
    """Order one picture under the lowest take number above all that were ever ordered."""
    Prompt.objects.select_for_update(no_key=True).get(pk=prompt.pk)
    taken = Slot.objects.filter(prompt=prompt, model=model).aggregate(last=Max("take"))["last"]
    batch = Batch.objects.create(challenge_id=prompt.challenge_id, ordered_by=ordered_by)
    # An order of the whole challenge may take the same number meanwhile: then that picture is the new take.
    slot, _ = Slot.objects.get_or_create(
        prompt=prompt,
        model=model,
        take=0 if taken is None else taken + 1,
        defaults={"batch": batch},
    )
    return slot


def _lock(candidate: Candidate) -> Candidate:
    return Candidate.objects.select_for_update().get(pk=candidate.pk)


def _set(candidate: Candidate, status: str, *, reason: str = "") -> None:
    Candidate.objects.filter(pk=candidate.pk).update(status=status, hidden_reason=reason)


def can_send_again(slot: Slot) -> bool:
    """Tell whether a slot's picture may be asked for once more by a decision about its call.

    Only for a challenge, and while it is wanted: whoever asked at the gateway or the playground is gone.
    """
    return slot.prompt_id is not None and slot.cancelled_at is None


@transaction.atomic
def settle_uncertain(
    generation: Generation, *, charged: bool, send_again: bool, amount: Decimal | None = None
) -> Settled:
    """Decide about a call whose bill nobody knew: was it charged, and is the picture asked for again.

    `amount`: dollars on the provider's bill; without it, what was put aside is paid. Raises ValueError for
    a sum that is negative or finer than six places. What was not charged is given back. Where nobody wants
    the picture any more (`can_send_again`) it is given up. Nothing is done to a call that is not uncertain
    (any more), so that two curators decide once.
    """
    found = (
        Generation.objects.select_for_update(of=("self",))
        .select_related("offering", "slot")
        .filter(pk=generation.pk, state=Generation.State.UNCERTAIN)
        .first()
    )
    if found is None:
        return Settled.BY_SOMEBODY_ELSE
    Generation.objects.filter(pk=found.pk).update(state=Generation.State.FAILED, ended_at=Now())
    if charged:
        settle(
            generation=found,
            amount=reserved_amount(generation=found) if amount is None else amount,
            note="decided by a curator",
        )
    else:
        release(generation=found, note="decided by a curator")
    slot = Slot.objects.filter(pk=found.slot_id)
    wanted = slot.filter(prompt__isnull=False, cancelled_at=None)
    # Asked of the row as it is now: who cancels it at this moment is waited for.
    if send_again and wanted.update(next_attempt_at=Now()):
        return Settled.SENT_AGAIN
    slot.update(finished_at=Now())
    return Settled.GIVEN_UP
