"""Takes in the originals that ship with the demo, so that the first battle need not wait for a drawing.

They enter where a provider's answer would: as a call whose original is kept and whose picture is still to
be collected. From there on they take the same way as every picture.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from arena.catalog.models import ImageModel, Population
from arena.challenges.editing import lock_challenge
from arena.challenges.models import Challenge, Prompt

from .collecting import collect_picture
from .models import Batch, Generation, Slot
from .planning import asked_parameters
from .routing import choose_offering
from .storing import keep_original
from .wanted import describe_wanted

# <studio>.<take>.webp in a folder named for the challenge.
NAME = re.compile(r"(?P<studio>[a-z0-9-]+)\.(?P<take>\d+)\.webp")


def plan_shipped(folder: Path) -> list[int]:
    """Plan the intake of the originals under `folder` whose slot nobody has ordered; return the new ids.

    Files are laid out as <challenge>/<studio>.<take>.webp. They serve one-prompt challenges that are
    open; a file for anything else is left alone. Takes come first before second ones, so that pairs
    can meet early.
    """
    planned = []
    for challenge, studio, take, path in sorted(_files(folder), key=lambda file: file[2]):
        with transaction.atomic():
            slot = _free_slot(challenge, studio, take=take)
            if slot is not None:
                planned.append(_plan(slot, path))
    return planned


def collect_shipped(generation_id: int) -> None:
    """Take one planned original in, through the intake that every picture goes through."""
    collect_picture(generation_id)


def _files(folder: Path) -> Iterator[tuple[Challenge, ImageModel, int, Path]]:
    studios = {model.slug: model for model in ImageModel.objects.filter(population=Population.DEMO)}
    challenges = {
        challenge.slug: challenge
        for challenge in Challenge.objects.filter(status=Challenge.Status.OPEN)
    }
    for path in sorted(folder.glob("*/*.webp")):
        found = NAME.fullmatch(path.name)
        if found and path.parent.name in challenges and found["studio"] in studios:
            yield challenges[path.parent.name], studios[found["studio"]], int(found["take"]), path


def _free_slot(challenge: Challenge, studio: ImageModel, *, take: int) -> Slot | None:
    """Order this one take; None when it was ordered already or the prompt is not the only one."""
    lock_challenge(challenge)
    prompts = list(Prompt.objects.filter(challenge=challenge, is_current=True))
    if len(prompts) != 1 or Prompt.objects.filter(challenge=challenge).count() != 1:
        return None
    if Slot.objects.filter(prompt=prompts[0], model=studio, take=take).exists():
        return None
    batch = Batch.objects.create(challenge=challenge)
    slot = Slot(batch=batch, prompt=prompts[0], model=studio, take=take)
    slot.save()
    return slot


def _plan(slot: Slot, path: Path) -> int:
    """Keep the original and write the call that it stands for; nobody holds it, so anybody may collect it."""
    challenge = slot.competing_prompt.challenge
    choice = choose_offering(slot.model, discipline=challenge.discipline, turn=challenge.pk)
    generation = Generation.objects.create(
        slot=slot,
        offering=choice.offering or slot.model.offerings.order_by("priority", "pk")[0],
        origin=Generation.Origin.SHIPPED,
        free=True,
        state=Generation.State.COLLECTING,
    )
    name, checksum = keep_original(generation.pk, data=path.read_bytes())
    parameters = {**asked_parameters(describe_wanted(slot)), "original": name, "sha256": checksum}
    Generation.objects.filter(pk=generation.pk).update(parameters=parameters)
    return generation.pk
