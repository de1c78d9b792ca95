"""Makes public pictures anew from their kept originals when the recipe has changed.

A whole prompt at a time and in one transaction, so that the pictures which meet in battles are of one
recipe but for the seconds that pages keep their copies. Under new names, since a name's bytes never
change: browsers and proxies keep them for a year.
"""

import logging
import threading
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from arena.challenges.models import Prompt
from arena.pictures.derivatives import RECIPE
from arena.pictures.intake import PictureError

from .models import Candidate, FormerPicture, Slot
from .storing import (
    Rendering,
    discard_pictures,
    load_original,
    picture_path,
    render_pictures,
    replace_pictures,
)

log = logging.getLogger(__name__)

# Longer than a page with pictures ahead stays open, as a rule.
KEEP_FORMER = timedelta(hours=1)
# Prompts that this process could not make anew, each with its reason: told once, tried after a restart.
_left_alone: dict[int, str] = {}


_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Rerendered:
    """What a call did: pictures made anew, prompts that still wait, and those left alone, with reasons."""

    pictures: int
    waiting: int
    left_alone: dict[str, str]


def rerender_prompt() -> Rerendered:
    """Make the pictures of one prompt anew whose recipe is an older one; nothing while another call does.

    A prompt of which an original is missing, or is refused by now, stays as it is, all of it, so that
    its pictures still look alike.
    """
    made = 0
    if _one_at_a_time.acquire(blocking=False):
        try:
            prompt = _outdated().exclude(pk__in=_left_alone).first()
            if prompt is not None:
                made = _try_to_rerender(prompt)
        finally:
            _one_at_a_time.release()
    outdated = list(_outdated())
    left = {str(prompt): _left_alone[prompt.pk] for prompt in outdated if prompt.pk in _left_alone}
    return Rerendered(pictures=made, waiting=len(outdated) - len(left), left_alone=left)


def clear_former_pictures() -> int:
    """Remove at most 1,000 of the files and names that were replaced an hour ago; return how many."""
    old = list(FormerPicture.objects.filter(replaced_at__lt=Now() - KEEP_FORMER)[:1000])
    for former in old:
        # The file first: a name without a file is found again, a file without a name never.
        picture_path(f"{former.name}.{former.extension}").unlink(missing_ok=True)
    FormerPicture.objects.filter(pk__in=[former.pk for former in old]).delete()
    return len(old)


def _outdated() -> QuerySet[Prompt]:
    """Return prompts with a picture of an older recipe, hidden ones apart: nobody is served those."""
    with_old = Slot.objects.filter(candidate__in=_old_candidates()).values("prompt")
    return Prompt.objects.filter(pk__in=with_old).select_related("challenge").order_by("pk")


def _old_candidates() -> QuerySet[Candidate]:
    return Candidate.objects.filter(recipe__lt=RECIPE).exclude(status=Candidate.Status.HIDDEN)


def _try_to_rerender(prompt: Prompt) -> int:
    try:
        return _rerender(prompt)
    except (PictureError, FileNotFoundError) as error:
        _left_alone[prompt.pk] = str(error)
        log.warning("The pictures of %s stay as they are. %s", prompt, error)
        return 0


def _rerender(prompt: Prompt) -> int:
    candidates = list(
        _old_candidates().filter(slot__prompt=prompt).select_related("slot__model").order_by("pk")
    )
    for candidate in candidates:
        if not (Path(settings.MEDIA_ROOT) / candidate.original).is_file():
            raise FileNotFoundError(f"The original of picture {candidate.pk} is missing.")
    rendered: dict[int, Rendering] = {}
    used: set[int] = set()
    try:
        for candidate in candidates:
            rendered[candidate.pk] = _render(candidate, prompt=prompt)
        with transaction.atomic():
            # Another process may have been faster, and a picture may have been hidden meanwhile.
            still_old = _old_candidates().filter(pk__in=rendered).select_for_update(of=("self",))
            for candidate in still_old.order_by("pk"):
                replace_pictures(candidate, pictures=rendered[candidate.pk])
                used.add(candidate.pk)
    except BaseException:
        used.clear()
        raise
    finally:
        for pk, pictures in rendered.items():
            if pk not in used:
                discard_pictures(pictures)
    return len(used)


def _render(candidate: Candidate, *, prompt: Prompt) -> Rendering:
    pictures = render_pictures(
        load_original(candidate.original),
        width=prompt.challenge.canvas_width,
        height=prompt.challenge.canvas_height,
        population=candidate.slot.model.population,
    )
    # A prompt may have hundreds of pictures; their bytes are on disk by now.
    files = tuple(
        replace(file, derivative=replace(file.derivative, data=b"")) for file in pictures.files
    )
    return replace(pictures, files=files)
