"""What curators do to a challenge: prompts, reference pictures, opening and closing.

Every function locks the challenge's row first, so that two curators never work on it at once.
"""

import io
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from PIL import Image

from arena.catalog.models import Discipline
from arena.pictures.intake import PictureError, read_picture

from .models import Challenge, Prompt, ReferencePicture

LONGEST_SIDE = 1536
JPEG_QUALITY = 92

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _with_locked_challenge(
    change: Callable[Concatenate[Challenge, Given], Result],
) -> Callable[Concatenate[Challenge, Given], Result]:
    """Run `change` in a transaction that holds the challenge's row, read afresh."""

    @wraps(change)
    def locked(challenge: Challenge, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        with transaction.atomic():
            challenge.refresh_from_db(from_queryset=Challenge.objects.select_for_update())
            return change(challenge, *args, **kwargs)

    return locked


def revise_prompt(prompt: Prompt, *, text: str) -> Prompt:
    """Return the current prompt of this place with this text, as a new version where it differs.

    The old version stays, since pictures belong to the version they answer. Raises ValidationError
    for a blank text, and where `prompt` itself has been replaced by another text meanwhile.
    """
    words = _clean_text(text)
    with transaction.atomic():
        Challenge.objects.select_for_update().get(pk=prompt.challenge_id)
        place = Prompt.objects.filter(challenge=prompt.challenge_id, position=prompt.position)
        current = place.filter(is_current=True).first()
        if current is not None and current.text == words:
            return current
        if current is not None and current.pk != prompt.pk:
            raise ValidationError(
                f"Somebody changed this prompt meanwhile; look at version {current.version} first."
            )
        place.filter(is_current=True).update(is_current=False)
        newest = place.aggregate(newest=Max("version"))["newest"]
        return place.create(
            challenge_id=prompt.challenge_id,
            position=prompt.position,
            version=(newest or 0) + 1,
            text=words,
        )


@_with_locked_challenge
def add_prompt(challenge: Challenge, *, text: str) -> Prompt:
    """Return the challenge's current prompt with this text, added after the last where it is new.

    Raises ValidationError for a blank text.
    """
    words = _clean_text(text)
    known = challenge.prompts.filter(is_current=True, text=words).first()
    if known is not None:
        return known
    last = challenge.prompts.aggregate(last=Max("position"))["last"]
    return Prompt.objects.create(challenge=challenge, position=(last or 0) + 1, text=words)


@_with_locked_challenge
def attach_reference(
    challenge: Challenge,
    *,
    data: bytes,
    alt: str,
    credit: str,
    licence: str,
    source: str = "",
    position: int | None = None,
) -> ReferencePicture:
    """Keep a picture that editing starts from, rebuilt from its pixels without any metadata.

    The longest side becomes at most 1536 pixels. The same picture again returns the row that is
    there. `position` None means after the last. Raises ValidationError with the reason for bytes
    that are no safe picture, an empty alt, credit or licence, or a position that is taken.
    """
    encoded, extension, (width, height) = _rebuild(data)
    kept = list(challenge.references.all())
    for reference in kept:
        if _holds(reference, encoded):
            return reference
    public_name = secrets.token_urlsafe(16)
    reference = ReferencePicture(
        challenge=challenge,
        position=max((other.position for other in kept), default=0) + 1
        if position is None
        else position,
        public_name=public_name,
        width=width,
        height=height,
        alt=alt.strip(),
        credit=credit.strip(),
        licence=licence.strip(),
        source=source.strip(),
    )
    if any(other.position == reference.position for other in kept):
        raise ValidationError({"position": f"Position {reference.position} has a picture already."})
    reference.full_clean(exclude=["file"])
    reference.file.save(f"{public_name}.{extension}", ContentFile(encoded), save=False)
    try:
        reference.save()
    except BaseException:
        reference.file.delete(save=False)  # nobody would ever find it again
        raise
    return reference


@_with_locked_challenge
def open_challenge(challenge: Challenge) -> Challenge:
    """Open a challenge for votes; an open one stays as it is, a closed one opens again.

    `opened_at` keeps the first opening. Raises ValidationError where there is no current prompt, or
    no reference picture to edit.
    """
    if challenge.is_open:
        return challenge
    if not challenge.prompts.filter(is_current=True).exists():
        raise ValidationError("A challenge needs at least one prompt before it opens.")
    editing = challenge.discipline == Discipline.IMAGE_EDITING
    if editing and not challenge.references.exists():
        raise ValidationError("An editing challenge needs at least one reference picture.")
    challenge.status = Challenge.Status.OPEN
    challenge.opened_at = challenge.opened_at or timezone.now()
    challenge.closed_at = None
    challenge.save(update_fields=["status", "opened_at", "closed_at"])
    return challenge


@_with_locked_challenge
def close_challenge(challenge: Challenge) -> Challenge:
    """Close an open challenge; a closed one stays as it is. Raises ValidationError for a draft."""
    if challenge.status == Challenge.Status.CLOSED:
        return challenge
    if not challenge.is_open:
        raise ValidationError("This challenge is a draft: it was never open.")
    challenge.status = Challenge.Status.CLOSED
    challenge.closed_at = timezone.now()
    challenge.save(update_fields=["status", "closed_at"])
    return challenge


def _clean_text(text: str) -> str:
    """Browsers send line ends as CRLF; the same words must be the same text."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise ValidationError("A prompt must not be blank.")
    if "\0" in words:
        raise ValidationError("A prompt must not hold null characters.")
    return words


def _rebuild(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """Return new bytes, file ending and size: a PNG where it is no larger than a JPEG."""
    try:
        picture = read_picture(data)
    except PictureError as error:
        raise ValidationError(str(error)) from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    jpeg, png = io.BytesIO(), io.BytesIO()
    # Without `optimize`: Pillow's buffer for it is too small for a very noisy picture.
    picture.save(jpeg, format="JPEG", quality=JPEG_QUALITY, subsampling="4:4:4")
    picture.save(png, format="PNG")
    if len(png.getvalue()) <= len(jpeg.getvalue()):
        return png.getvalue(), "png", picture.size
    return jpeg.getvalue(), "jpg", picture.size


def _holds(reference: ReferencePicture, data: bytes) -> bool:
    storage, name = reference.file.storage, str(reference.file.name)
    if not storage.exists(name) or storage.size(name) != len(data):
        return False
    with storage.open(name) as file:
        return bool(file.read() == data)
