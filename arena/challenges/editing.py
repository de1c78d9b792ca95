"""What curators do to a challenge: prompts, reference pictures, opening and closing.

Every function locks the challenge's row first, so that two curators never work on it at once.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.catalog.models import Discipline
from arena.pictures.intake import PictureError
from arena.pictures.workshop import WorkshopError, open_workshop

from .models import Category, Challenge, Prompt, ReferencePicture

Given = ParamSpec("Given")
Result = TypeVar("Result")


def lock_challenge(challenge: Challenge) -> None:
    """Hold the challenge's row until the transaction ends, and read it afresh."""
    challenge.refresh_from_db(from_queryset=Challenge.objects.select_for_update(no_key=True))


def _with_locked_challenge(
    change: Callable[Concatenate[Challenge, Given], Result],
) -> Callable[Concatenate[Challenge, Given], Result]:
    """Run `change` in a transaction that holds the challenge's row, read afresh."""

    @wraps(change)
    def locked(challenge: Challenge, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        with transaction.atomic():
            lock_challenge(challenge)
            return change(challenge, *args, **kwargs)

    return locked


def revise_prompt(prompt: Prompt, *, text: str, purpose: str | None = None) -> Prompt:
    """Return the current prompt of this place with this text and purpose, as a new version where it differs.

    `purpose` None keeps the purpose. The old version stays, since pictures belong to the version they
    answer: one that was made for battles stays sealed when its prompt becomes a showcase. Raises
    ValidationError for a blank text, for one that is there for the other purpose, where an open challenge
    would be left without a prompt to vote on, and where `prompt` itself has been replaced by another or
    withdrawn meanwhile.
    """
    words = _clean_text(text)
    purpose = Prompt.Purpose(purpose or prompt.purpose)
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update(no_key=True).get(pk=prompt.challenge_id)
        place = challenge.prompts.filter(position=prompt.position)
        current = place.filter(is_current=True).first()
        if current is None:
            raise ValidationError(
                _("Somebody withdrew this prompt meanwhile: add it anew, or take that back first.")
            )
        if (current.text, current.purpose) == (words, purpose):
            return current
        if current.pk != prompt.pk:
            raise ValidationError(
                f"Somebody changed this prompt meanwhile; look at version {current.version} first."
            )
        _refuse_other_purpose(challenge, text=words, purpose=purpose, besides=prompt.position)
        if current.purpose == Prompt.Purpose.BATTLE and purpose != current.purpose:
            _refuse_nothing_to_vote_on(challenge, without=current)
        place.filter(is_current=True).update(is_current=False)
        newest = place.aggregate(newest=Max("version"))["newest"]
        return place.create(
            challenge=challenge,
            position=prompt.position,
            version=(newest or 0) + 1,
            text=words,
            purpose=purpose,
        )


@_with_locked_challenge
def add_prompt(challenge: Challenge, *, text: str, purpose: str = Prompt.Purpose.BATTLE) -> Prompt:
    """Return the challenge's current prompt with this text, added after the last where it is new.

    Raises ValidationError for a blank text, and for one that is there for the other purpose: the
    showcase would tell what the pictures of the battles look like.
    """
    words = _clean_text(text)
    _refuse_other_purpose(challenge, text=words, purpose=purpose)
    known = challenge.prompts.filter(is_current=True, text=words).first()
    if known is not None:
        return known
    last = challenge.prompts.aggregate(last=Max("position"))["last"]
    return Prompt.objects.create(
        challenge=challenge, position=(last or 0) + 1, text=words, purpose=Prompt.Purpose(purpose)
    )


@_with_locked_challenge
def attach_reference(
    challenge: Challenge,
    *,
    data: bytes,
    alt: str,
    credit: str,
    licence: str,
    source: str = "",
    shows_people: bool = False,
    consent: str = "",
    position: int | None = None,
) -> ReferencePicture:
    """Keep a picture that editing starts from, rebuilt from its pixels without any metadata.

    The longest side becomes at most 1536 pixels. The same picture again returns the row that is
    there. `position` None means after the last. Raises ValidationError with the reason for bytes
    that are no safe picture, an empty alt, credit or licence, people without a note of their consent, or a
    position that is taken.
    """
    public_name = secrets.token_urlsafe(16)
    reference = ReferencePicture(
        challenge=challenge,
        public_name=public_name,
        alt=alt.strip(),
        credit=credit.strip(),
        licence=licence.strip(),
        source=source.strip(),
        shows_people=shows_people,
        consent=consent.strip(),
    )
    reference.clean()
    encoded, extension, (reference.width, reference.height) = _rebuild(data)
    kept = list(challenge.references.all())
    for other in kept:
        if _holds(other, encoded):
            return other
    last = max((other.position for other in kept), default=0)
    reference.position = last + 1 if position is None else position
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

    `opened_at` keeps the first opening. Raises ValidationError where there is no current prompt for
    battles, or no reference picture to edit.
    """
    if challenge.is_open:
        return challenge
    if not challenge.prompts.filter(is_current=True, purpose=Prompt.Purpose.BATTLE).exists():
        raise ValidationError("A challenge needs at least one prompt to vote on before it opens.")
    editing = challenge.discipline == Discipline.IMAGE_EDITING
    if editing and not challenge.references.exists():
        raise ValidationError("An editing challenge needs at least one reference picture.")
    challenge.status = Challenge.Status.OPEN
    challenge.opened_at = challenge.opened_at or timezone.now()
    challenge.closed_at = challenge.opens_at = challenge.archived_at = None
    challenge.save(update_fields=["status", "opened_at", "closed_at", "opens_at", "archived_at"])
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
    challenge.closes_at = None
    challenge.save(update_fields=["status", "closed_at", "closes_at"])
    return challenge


@_with_locked_challenge
def change_settings(
    challenge: Challenge,
    *,
    has_pictures: Callable[[Challenge], bool],
    expected: Mapping[str, Any] | None = None,
    **values: Any,
) -> dict[str, Any]:
    """Change what a challenge is like; return the former values of what really changed.

    `values` are its fields and `categories` (ids); `has_pictures` is asked under the lock. Raises
    ValidationError, and changes nothing, where they are not valid, where there are pictures that a new
    discipline or canvas would belie, and where the challenge is not (any more) as `expected` says.
    """
    for name, value in (expected or {}).items():
        if _setting(challenge, name) != value:
            raise ValidationError(
                _("“%(setting)s” has been changed since: set it by hand."),
                params={"setting": name.replace("_", " ")},
            )
    categories = values.pop("categories", None)
    former = {
        name: getattr(challenge, name)
        for name, value in values.items()
        if getattr(challenge, name) != value
    }
    fixed = sorted(set(former) & {"discipline", "canvas_width", "canvas_height"})
    if fixed and has_pictures(challenge):
        reason = "There are pictures of it already: this stays as it is."
        raise ValidationError(dict.fromkeys(fixed, reason))
    for name in former:
        setattr(challenge, name, values[name])
    challenge.full_clean()
    challenge.save(update_fields=list(former))
    if categories is not None:
        before = _setting(challenge, "categories")
        if before != sorted(categories):
            challenge.categories.set(_hold_categories(categories))
            former["categories"] = before
    return former


def _setting(challenge: Challenge, name: str) -> Any:
    if name == "categories":
        return sorted(challenge.categories.values_list("pk", flat=True))
    return getattr(challenge, name)


def _hold_categories(ids: Collection[int]) -> list[Category]:
    """Return the categories, which stay until the transaction ends; raises ValidationError where one is gone."""
    found = list(Category.objects.select_for_update(no_key=True).filter(pk__in=ids))
    if len(found) < len(set(ids)):
        reason = _("A category of these was deleted meanwhile: choose among those that are there.")
        raise ValidationError({"categories": reason})
    return found


def withdraw_prompt(prompt: Prompt) -> None:
    """Ask a prompt no more; its versions and their pictures stay, sealed. `restore_prompt` is the way back.

    Raises ValidationError where it is asked no more already, or where an open challenge would be left
    without a prompt to vote on.
    """
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update(no_key=True).get(pk=prompt.challenge_id)
        asked = challenge.prompts.filter(is_current=True)
        if not asked.filter(pk=prompt.pk).exists():
            raise ValidationError("This version is asked no more already.")
        _refuse_nothing_to_vote_on(challenge, without=prompt)
        asked.filter(pk=prompt.pk).update(is_current=False)


def restore_prompt(prompt: Prompt) -> None:
    """Ask a withdrawn prompt again, with its pictures.

    Raises ValidationError where a version replaced it, and where its text is there for the other purpose.
    """
    with transaction.atomic():
        challenge = Challenge.objects.select_for_update(no_key=True).get(pk=prompt.challenge_id)
        place = challenge.prompts.filter(position=prompt.position)
        if place.filter(version__gt=prompt.version).exists():
            raise ValidationError("A newer version has taken its place.")
        _refuse_other_purpose(
            challenge, text=prompt.text, purpose=prompt.purpose, besides=prompt.position
        )
        place.filter(pk=prompt.pk).update(is_current=True)


@_with_locked_challenge
def detach_reference(
    challenge: Challenge,
    *,
    reference: ReferencePicture,
    has_pictures: Callable[[Challenge], bool],
) -> None:
    """Remove a reference picture for good; raises ValidationError while pictures were or may be made from it.

    `has_pictures` is asked under the lock.
    """
    if has_pictures(challenge):
        raise ValidationError("Pictures were made or ordered from it: it stays with the challenge.")
    if challenge.is_open and challenge.discipline == Discipline.IMAGE_EDITING:
        raise ValidationError("Close the challenge first: voters look at this picture.")
    challenge.references.filter(pk=reference.pk).delete()


@_with_locked_challenge
def schedule_challenge(
    challenge: Challenge, *, opens_at: datetime | None, closes_at: datetime | None
) -> None:
    """Say when a challenge opens and closes by itself; None: only by hand. Raises ValidationError otherwise."""
    now = timezone.now()
    if opens_at and challenge.is_open:
        raise ValidationError({"opens_at": "It is open already."})
    if opens_at and opens_at <= now:
        raise ValidationError({"opens_at": "This moment is over."})
    if closes_at and closes_at <= max(opens_at or now, now):
        raise ValidationError(
            {"closes_at": "It can close only after now, and after it has opened."}
        )
    if closes_at and not (opens_at or challenge.is_open):
        raise ValidationError({"closes_at": "It is not open: say when it opens, or open it first."})
    challenge.opens_at, challenge.closes_at = opens_at, closes_at
    challenge.save(update_fields=["opens_at", "closes_at"])


@_with_locked_challenge
def archive_challenge(challenge: Challenge) -> None:
    """Put a challenge aside; raises ValidationError while it is open."""
    if challenge.is_open:
        raise ValidationError("Close the challenge before you archive it.")
    challenge.archived_at = challenge.archived_at or timezone.now()
    challenge.opens_at = challenge.closes_at = None
    challenge.save(update_fields=["archived_at", "opens_at", "closes_at"])


@_with_locked_challenge
def unarchive_challenge(challenge: Challenge) -> None:
    """Take a challenge out of the archive."""
    challenge.archived_at = None
    challenge.save(update_fields=["archived_at"])


@_with_locked_challenge
def return_to_draft(challenge: Challenge) -> None:
    """Make a challenge a draft again, as if never opened; the caller knows that no pair was handed out."""
    challenge.status = Challenge.Status.DRAFT
    challenge.opened_at = challenge.closed_at = None
    challenge.save(update_fields=["status", "opened_at", "closed_at"])


@_with_locked_challenge
def set_moments(
    challenge: Challenge,
    *,
    archived_at: datetime | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> bool:
    """Set the moments of a challenge as they were; those that are over are left out, and False says so."""
    now = timezone.now()
    opens = opens_at if opens_at and opens_at > now and not challenge.is_open else None
    lasting = closes_at and closes_at > now and (opens or challenge.is_open)
    closes = closes_at if lasting else None
    challenge.archived_at, challenge.opens_at, challenge.closes_at = archived_at, opens, closes
    challenge.save(update_fields=["archived_at", "opens_at", "closes_at"])
    return (opens, closes) == (opens_at, closes_at)


def _clean_text(text: str) -> str:
    """Browsers send line ends as CRLF; the same words must be the same text."""
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise ValidationError("A prompt must not be blank.")
    if "\0" in words:
        raise ValidationError("A prompt must not hold null characters.")
    return words


def _refuse_other_purpose(
    challenge: Challenge, *, text: str, purpose: str, besides: int = 0
) -> None:
    """Keep one text from both purposes: the showcase would tell what the pictures of the battles look like.

    `besides` is the position that the text is for.
    """
    asked = challenge.prompts.filter(is_current=True, text=text).exclude(position=besides)
    other = asked.exclude(purpose=purpose).first()
    if other is not None:
        raise ValidationError(
            _(
                "This prompt is there already, for the other purpose, as prompt %(position)s: "
                "choose other words, or change that one first."
            ),
            params={"position": other.position},
        )


def _refuse_nothing_to_vote_on(challenge: Challenge, *, without: Prompt) -> None:
    others = challenge.prompts.filter(is_current=True, purpose=Prompt.Purpose.BATTLE)
    if challenge.is_open and not others.exclude(pk=without.pk).exists():
        raise ValidationError(_("An open challenge needs at least one prompt to vote on."))


def _rebuild(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """Return new bytes, file ending and size; a child process looks at what a stranger may have made."""
    try:
        made = open_workshop().rebuild(data)
    except PictureError as error:
        raise ValidationError(str(error)) from error
    except WorkshopError as error:
        raise ValidationError(
            _("The picture could not be looked at just now. Try again.")
        ) from error
    (file,) = made.files
    return file.data, file.extension, (file.width, file.height)


def _holds(reference: ReferencePicture, data: bytes) -> bool:
    storage, name = reference.file.storage, str(reference.file.name)
    if not storage.exists(name) or storage.size(name) != len(data):
        return False
    with storage.open(name) as file:
        return bool(file.read() == data)
