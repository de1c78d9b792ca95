"""The history of the desk: every action leaves a line that says who, when, and whether there is a way back."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from .models import Challenge, HistoryLine

SCHEDULE = "the schedule"


def note_action(
    *,
    said: str,
    who: User | None,
    challenge: Challenge | None = None,
    undo: Mapping[str, Any] | None = None,
    way_back: str,
    undoes: HistoryLine | None = None,
) -> HistoryLine:
    """Append one line; call it in the transaction of what it tells of.

    `who` None is the schedule. `undo`: what the desk does to take it back, as JSON; without it `way_back`
    is the sentence that says why it cannot be taken back.
    """
    return HistoryLine.objects.create(
        challenge=challenge,
        who=who,
        who_name=who.get_username() if who else SCHEDULE,
        said=said[:500],
        undo=dict(undo) if undo else None,
        way_back=way_back[:300],
        undoes=undoes,
    )


def read_status(challenge: Challenge) -> dict[str, str | None]:
    """Return, as JSON, all that opening, closing, archiving and scheduling change of a challenge."""
    moments = {name: getattr(challenge, name) for name in ("archived_at", "opens_at", "closes_at")}
    return {
        "status": challenge.status,
        **{name: at and at.astimezone(UTC).isoformat() for name, at in moments.items()},
    }


def undo_of_status(challenge: Challenge, *, former: Mapping[str, str | None]) -> dict[str, Any]:
    """Say how to take back what changed a challenge's status from `former`; both were read under its lock."""
    return {"do": "status", "former": dict(former), "now": read_status(challenge)}


def claim_undo(line_id: int) -> HistoryLine:
    """Lock a line that can be taken back; raises ValidationError where it cannot, or has been already.

    Call it inside a transaction: two curators then take it back once.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An action is taken back in a transaction.")
    line = HistoryLine.objects.select_for_update(of=("self",)).get(pk=line_id)
    taken_back = HistoryLine.objects.filter(undoes=line).first()
    if taken_back is not None:
        raise ValidationError(f"{taken_back.who_name} has taken this back already.")
    if line.undo is None:
        raise ValidationError(line.way_back)
    return line
