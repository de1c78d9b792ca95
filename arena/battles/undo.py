"""Takes a verdict back: for some seconds, once, by appending a row that subtracts it."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from .models import FoldEntry, Undo, Vote, Voter
from .verdicts import VerdictError, lock_battle, recorded_vote, refuse_too_often

UNDO_FOR = timedelta(seconds=10)


class NotJudged(VerdictError):
    """There is no verdict on this battle to take back."""

    status = 409


class TooLate(VerdictError):
    """The seconds in which a verdict can be taken back are over."""

    status = 409


def can_undo(vote: Vote) -> bool:
    """Tell whether a vote can still be taken back by its voter."""
    return Vote.objects.filter(
        pk=vote.pk, undo__isnull=True, created_at__gt=Now() - UNDO_FOR
    ).exists()


def undo_verdict(*, token: str, voter: Voter | None) -> Vote:
    """Take the verdict on a battle back; doing it again changes nothing. Return the vote.

    The vote itself stays as it is and its battle stays closed, since the names have been shown; boards
    subtract it. Raises UnknownBattle (404), NotJudged or TooLate (409), or TooOften (429).
    """
    with transaction.atomic():
        battle = lock_battle(token=token, voter=voter)
        vote = recorded_vote(battle)
        if vote is None:
            raise NotJudged(
                "Nothing to take back",
                "There is no verdict on this pair. Judge it, or skip it.",
            )
        if Undo.objects.filter(vote=vote).exists():
            return vote
        if not can_undo(vote):
            raise TooLate(
                "The verdict stands",
                f"A verdict can be taken back for {UNDO_FOR.seconds} seconds, and these are over. "
                "One verdict decides little: just go on with the next pair.",
            )
        refuse_too_often(battle)
        Undo.objects.create(vote=vote, created_at=Now())
        if vote.counted:
            FoldEntry.objects.create(vote=vote, sign=-1)
        return vote
