"""What is made for callers and visitors is kept for a while, then its files are gone; rows and money stay."""

import logging
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from .models import Generation, Slot, Trial
from .storing import picture_path

log = logging.getLogger(__name__)

KEEP = timedelta(days=1)
KEEP_TRIALS = timedelta(days=7)
AT_MOST = 500


def remove_expired() -> int:
    """Remove the originals of callers' pictures that ended longer ago than KEEP; return how many."""
    expired = Generation.objects.filter(
        origin=Generation.Origin.GATEWAY,
        ended_at__lt=Now() - KEEP,
        parameters__has_key="original",
    ).exclude(parameters__has_key="removed")
    chosen = list(expired[:AT_MOST])
    for generation in chosen:
        _remove_files(generation)
    return len(chosen)


def expire_trials() -> int:
    """Forget trials of the playground older than KEEP_TRIALS: pictures, prompt, who it was; return how many.

    One whose bill nobody knows waits until a curator has decided.
    """
    old = Trial.objects.filter(expired_at=None, created_at__lt=Now() - KEEP_TRIALS).exclude(
        slots__generations__state__in=[*Generation.RUNNING, Generation.State.UNCERTAIN]
    )
    chosen = list(old.order_by("pk")[:AT_MOST])
    for trial in chosen:
        _expire(trial)
    return len(chosen)


def _expire(trial: Trial) -> None:
    for generation in Generation.objects.filter(slot__trial=trial):
        _remove_files(generation)
    with transaction.atomic():
        Generation.objects.filter(slot__trial=trial).update(revised_prompt="", message="")
        for slot in Slot.objects.filter(trial=trial):
            Slot.objects.filter(pk=slot.pk).update(asked={**(slot.asked or {}), "prompt": ""})
        Trial.objects.filter(pk=trial.pk).update(
            prompt="", visitor="", network="", expired_at=Now()
        )


def _remove_files(generation: Generation) -> None:
    told = generation.parameters
    names = [picture_path(name) for name in told.get("pictures", {}).values()]
    if "original" in told:
        names.append(Path(settings.MEDIA_ROOT) / told["original"])
    for path in names:
        path.unlink(missing_ok=True)
    if names:
        generation.parameters = {**told, "removed": True}
        generation.save(update_fields=["parameters"])
