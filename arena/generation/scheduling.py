"""Challenges that open and close by themselves, at the moment that a curator has set."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from arena.challenges.editing import close_challenge
from arena.challenges.history import note_action, read_status, undo_of_status
from arena.challenges.models import Challenge

from .releasing import open_for_votes, wait_after_closing


def move_scheduled() -> int:
    """Open and close the challenges whose moment has come; return how many were moved.

    One that cannot open loses its moment, and its history says why. Safe to run twice and side by side.
    """
    due = Q(opens_at__lte=Now()) | Q(closes_at__lte=Now())
    ids = list(Challenge.objects.filter(due).values_list("pk", flat=True))
    return sum(_move_one(pk) for pk in ids)


@transaction.atomic
def _move_one(pk: int) -> bool:
    due = Challenge.objects.select_for_update(no_key=True).filter(pk=pk)
    opening = due.filter(opens_at__lte=Now()).first()
    if opening is not None:
        return _open(opening)
    closing = due.filter(closes_at__lte=Now(), status=Challenge.Status.OPEN).first()
    if closing is None:
        return False
    former = read_status(closing)
    close_challenge(closing)
    note_action(
        challenge=closing,
        who=None,
        said="Closed at its time.",
        undo=undo_of_status(closing, former=former),
        way_back="Opens it again, without an end; pictures that were shown with names meanwhile are retired.",
    )
    return True


def _open(challenge: Challenge) -> bool:
    former = read_status(challenge)
    try:
        # A savepoint: what is refused leaves nothing behind, and the line that says so stays.
        with transaction.atomic():
            open_for_votes(challenge)
    except ValidationError as refused:
        Challenge.objects.filter(pk=challenge.pk).update(opens_at=None, closes_at=None)
        note_action(
            challenge=challenge,
            who=None,
            said=f"Not opened at its time: {' '.join(refused.messages)}",
            way_back="Nothing was done.",
        )
        return False
    note_action(
        challenge=challenge,
        who=None,
        said="Opened at its time.",
        undo=undo_of_status(challenge, former=former),
        way_back=say_way_back(former),
    )
    return True


def say_way_back(former: Mapping[str, str | None]) -> str:
    """Say what undoing an opening does to a challenge that stood as `former`."""
    minutes = round(wait_after_closing().total_seconds() / 60)
    if former["status"] == Challenge.Status.DRAFT:
        return (
            "Makes it a draft again while no pair of it was handed out. After that it is closed, in "
            f"{minutes} minutes its pictures are shown with names, and opening it again retires them."
        )
    into = " and puts it back into the archive" if former["archived_at"] else ""
    return f"Closes it again{into}; pictures that were retired stay so."
