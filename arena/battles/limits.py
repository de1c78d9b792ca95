"""Tells a voter before the press that the next verdict cannot count, where that is known beforehand.

What decides is the verdict's own transaction (`verdicts`); this reads the same facts a moment earlier.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from .caps import COUNTED_PER_DAY
from .models import Vote, Voter
from .recording import Recorded
from .verdicts import CROWDED_NETWORK, CURATOR, DAILY_CAP, REASONS, Reason


@dataclass(frozen=True)
class Limit:
    """Why verdicts are for fun just now, in a few words too, and until when; None: as long as it is so."""

    reason: Reason
    short: str
    until: datetime | None


SHORT = {
    CURATOR.code: "You are logged in as a curator.",
    CROWDED_NETWORK.code: "Your network brought many new voters.",
    DAILY_CAP.code: f"{COUNTED_PER_DAY} of your verdicts count today, thank you!",
}


def find_limit(voter: Voter, *, is_curator: bool, given: int) -> Limit | None:
    """Return why the next verdict of a voter cannot count, or None where it may.

    `given` is how many verdicts the voter has ever given: only who has given as many as the day's cap
    is worth a question to the database.
    """
    if is_curator:
        return _limit(CURATOR)
    if voter.simulated:
        return None
    if voter.crowded and voter.created_at >= _today():
        return _limit(CROWDED_NETWORK)
    return _daily_cap(voter.pk, given=given)


def tells_limit(recorded: Recorded) -> bool:
    """Tell whether a verdict says if the next one may count; one with a name known says nothing of it."""
    return recorded.counted or recorded.reason in SHORT


def limit_after(recorded: Recorded, *, voter_id: int | None) -> Limit | None:
    """Return what `find_limit` would after a verdict that tells it, without a look at the voter."""
    if recorded.reason in SHORT:
        return _limit(REASONS[recorded.reason])
    if recorded.counted and voter_id is not None:
        return _daily_cap(voter_id, given=recorded.total)
    return None


def _daily_cap(voter_id: int, *, given: int) -> Limit | None:
    if given < COUNTED_PER_DAY:
        return None
    counted = Vote.objects.filter(voter=voter_id, counted=True, created_at__gte=_today())
    return _limit(DAILY_CAP) if counted[:COUNTED_PER_DAY].count() >= COUNTED_PER_DAY else None


def _limit(reason: Reason) -> Limit:
    until = None if reason is CURATOR else _today() + timedelta(days=1)
    return Limit(reason, short=SHORT[reason.code], until=until)


def _today() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
