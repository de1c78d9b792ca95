"""Takes a kept original in: checks it, makes the pictures that voters see, stores the candidate."""

import logging
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from arena.pictures.intake import PictureError
from arena.pictures.workshop import WorkshopError
from arena.providers.types import Outcome, ProviderError

from .breakers import note_outcome
from .endings import end_badly, load_call
from .leases import Claim, LeaseLost, hold, take, write
from .models import Generation, Slot
from .points import reach
from .storing import (
    discard_pictures,
    load_original,
    measure_picture,
    render_pictures,
    store_candidate,
)

log = logging.getLogger(__name__)

# An original whose intake was begun this often and never ended is one that kills whoever looks at it.
MOST_INTAKES = 4


def collect_picture(generation_id: int) -> None:
    """Turn a kept original into a candidate; a file that is no acceptable picture is a named failure."""
    claim = take(generation_id, states=(Generation.State.COLLECTING,))
    if claim is None:
        return
    try:
        with hold(claim):
            _collect(claim)
    except LeaseLost:
        log.warning("The intake of generation %s was taken over.", generation_id)


def _collect(claim: Claim) -> None:
    generation = load_call(claim.generation_id)
    slot = generation.slot
    take_in = (
        _take_in_candidate
        if slot.prompt
        else _take_in_for_visitor
        if slot.trial_id
        else _take_in_for_caller
    )
    before = generation.parameters
    begun = int(before.get("intakes", 0))
    try:
        if begun >= MOST_INTAKES:
            raise PictureError(f"Its intake never came to an end in {MOST_INTAKES} tries.")
        generation.parameters = {**before, "intakes": begun + 1}
        write(claim, parameters=generation.parameters)
        take_in(claim, generation, load_original(before["original"]))
    except (OSError, WorkshopError) as error:
        # A fault of ours, which says nothing about a picture that is paid: the sweeper has it tried again.
        # A file that is gone will not come back, so that counts.
        counted = generation.parameters if isinstance(error, FileNotFoundError) else before
        write(claim, parameters=counted, lease_until=None, hinted_at=Now())
        raise
    except PictureError as error:
        # It was paid when the answer came; another call may bring a better file.
        failure = ProviderError(
            Outcome.BAD_PICTURE, str(error), billed=True, http_status=generation.http_status
        )
        end_badly(claim, failure)


def _take_in_candidate(claim: Claim, generation: Generation, data: bytes) -> None:
    challenge = generation.slot.competing_prompt.challenge
    connection.close()
    pictures = render_pictures(
        data,
        width=challenge.canvas_width,
        height=challenge.canvas_height,
        population=generation.slot.model.population,
    )
    reach("rendered")
    try:
        with transaction.atomic():
            _store(claim, generation)
            store_candidate(generation, pictures=pictures)
    except BaseException:
        discard_pictures(pictures)
        raise
    reach("stored")


def _take_in_for_visitor(claim: Claim, generation: Generation, data: bytes) -> None:
    """A visitor of the playground sees what voters would see, but it is no candidate: no row competes."""
    asked = generation.parameters
    connection.close()
    pictures = render_pictures(
        data,
        width=asked["width"],
        height=asked["height"],
        population=generation.slot.model.population,
    )
    told = {
        "looks": pictures.looks,
        "pictures": {f.derivative.kind: f.path.name for f in pictures.files},
    }
    try:
        _store(claim, generation, parameters={**asked, **told})
    except BaseException:
        discard_pictures(pictures)
        raise


def _take_in_for_caller(claim: Claim, generation: Generation, data: bytes) -> None:
    """A caller of the gateway gets the original itself; it is only made sure that it is a picture."""
    connection.close()
    width, height = measure_picture(data)
    size = {"made_width": width, "made_height": height}
    _store(claim, generation, parameters={**generation.parameters, **size})


def _store(claim: Claim, generation: Generation, **values: Any) -> None:
    with transaction.atomic():
        write(
            claim,
            state=Generation.State.STORED,
            outcome=Outcome.OK,
            ended_at=Now(),
            lease_until=None,
            **values,
        )
        Slot.objects.filter(pk=generation.slot_id).update(finished_at=Now())
        if generation.origin not in Generation.NOT_ASKED:
            # Not before: a provider whose files are broken answers well, and is not well.
            note_outcome(generation, outcome=Outcome.OK)
