"""How far each picture of a challenge is: per model, prompt and take, in the provider's own words."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from arena.challenges.models import Challenge
from arena.generation.models import Batch, Candidate, Generation, PublicPicture, Slot
from arena.generation.slots import Progress, measure_progress

State = Generation.State
SAID = 200


@dataclass(frozen=True)
class Cell:
    """One picture that was ordered; `kind` is ready, running, waiting, uncertain, refused, failed or cancelled."""

    kind: str
    label: str
    said: str = ""
    thumb: str = ""
    call_url: str = ""


@dataclass(frozen=True)
class Row:
    """One model's pictures of one prompt, in the order of their takes."""

    model: str
    is_demo: bool
    prompt: int
    cells: tuple[Cell, ...]


def show_progress(challenge: Challenge) -> dict[str, Any]:
    """Describe every slot of a challenge's current prompts, and the batches that are not done."""
    slots = Slot.objects.filter(prompt__challenge=challenge, prompt__is_current=True)
    progress: Progress = measure_progress(slots)
    open_batches = Batch.objects.filter(challenge=challenge, slots__finished_at=None).distinct()
    return {
        "challenge": challenge,
        "progress": progress,
        "rows": _rows(slots),
        "batches": list(open_batches.select_related("ordered_by")),
        "polls": slots.filter(finished_at=None).exists(),
    }


def _rows(slots: Any) -> list[Row]:
    found = list(
        slots.select_related("model", "prompt", "batch", "candidate").order_by(
            "prompt__position", "model__name", "take"
        )
    )
    calls: dict[int, Generation] = {}
    for call in Generation.objects.filter(slot__in=found).order_by("attempt"):
        calls[call.slot_id] = call
    thumbs = {
        picture.candidate_id: reverse("web:picture", args=[picture.name, picture.extension])
        for picture in PublicPicture.objects.filter(candidate__slot__in=found, kind="thumb")
    }
    together: dict[tuple[int, int], list[Slot]] = {}
    for slot in found:
        together.setdefault((slot.prompt.position, slot.model_id), []).append(slot)
    return [
        Row(
            model=own[0].model.name,
            is_demo=own[0].model.is_demo,
            prompt=position,
            cells=tuple(_cell(slot, calls.get(slot.pk), thumbs) for slot in own),
        )
        for (position, _), own in together.items()
    ]


def _cell(slot: Slot, call: Generation | None, thumbs: dict[int, str]) -> Cell:
    candidate = getattr(slot, "candidate", None)
    if candidate is not None:
        hidden = candidate.status == Candidate.Status.HIDDEN
        thumb = "" if hidden else thumbs.get(candidate.pk, "")
        playing = candidate.status == Candidate.Status.IN_PLAY
        return Cell("ready", "Ready" if playing else candidate.get_status_display(), thumb=thumb)
    if call is not None and call.state == State.UNCERTAIN:
        url = reverse("desk:call", args=[call.pk])
        return Cell("uncertain", "Uncertain", said=call.message[:SAID], call_url=url)
    if call is not None and call.state in Generation.RUNNING:
        return Cell("running", call.get_state_display())
    if slot.finished_at is not None:
        return _ended(call)
    return _waiting(slot, call)


def _ended(call: Generation | None) -> Cell:
    if call is None or call.state == State.CANCELLED:
        return Cell("cancelled", "Cancelled")
    if call.state == State.REFUSED:
        return Cell("refused", "Refused", said=call.message[:SAID])
    return Cell("failed", f"{call.get_state_display()} {call.outcome}", said=call.message[:SAID])


def _waiting(slot: Slot, call: Generation | None) -> Cell:
    if slot.batch is not None and slot.batch.paused_at is not None:
        return Cell("waiting", "Paused")
    if call is None:
        return Cell("waiting", "Waiting for its turn")
    if call.state == State.OVER_BUDGET:
        return Cell("waiting", "Waiting for money", said=call.message[:SAID])
    return Cell("waiting", f"Tried {call.attempt} times, waiting", said=call.message[:SAID])
