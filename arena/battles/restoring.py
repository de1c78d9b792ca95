"""The way back to how a challenge stood: draft, open or closed, in the archive or not, with its moments."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from arena.challenges.editing import (
    close_challenge,
    lock_challenge,
    return_to_draft,
    set_moments,
)
from arena.challenges.history import read_status
from arena.challenges.models import Challenge
from arena.generation.releasing import open_for_votes, wait_after_closing

from .models import Battle

Status = Challenge.Status


@transaction.atomic
def restore_status(
    challenge: Challenge, *, former: Mapping[str, str | None], expected: Mapping[str, str | None]
) -> str:
    """Let a challenge stand as `former` (`read_status`) says; return what could not be taken back, or "".

    It becomes a draft again only while no pair of it was handed out, since a closed challenge's pictures are
    shown with names after a while and a draft's must not have been. Raises ValidationError where it does not
    stand as `expected` any more.
    """
    lock_challenge(challenge)
    if read_status(challenge) != expected:
        raise ValidationError(
            _("Its state or its moments have been changed since: set them by hand.")
        )
    said = []
    if former["status"] != challenge.status:
        said.append(_move(challenge, to=former["status"]))
    archived_at, opens_at, closes_at = (
        parse_datetime(former[name] or "") for name in ("archived_at", "opens_at", "closes_at")
    )
    if not set_moments(challenge, archived_at=archived_at, opens_at=opens_at, closes_at=closes_at):
        said.append(_("A moment that is over was not set again."))
    return " ".join(filter(None, said))


def _move(challenge: Challenge, *, to: str | None) -> str:
    if to == Status.OPEN:
        retired = open_for_votes(challenge)
        told = ngettext(
            "%(n)s picture was shown with names, so it is retired: order a new take.",
            "%(n)s pictures were shown with names, so they are retired: order new takes.",
            retired,
        )
        return told % {"n": retired} if retired else ""
    if to == Status.DRAFT and not Battle.objects.filter(prompt__challenge=challenge).exists():
        return_to_draft(challenge)
        return ""
    close_challenge(challenge)
    if to == Status.CLOSED:
        return ""
    minutes = round(wait_after_closing().total_seconds() / 60)
    return _(
        "It is closed and no draft again, since pairs of it were handed out: in %(minutes)s minutes its page "
        "shows its pictures with names, and opening it after that retires them."
    ) % {"minutes": minutes}
