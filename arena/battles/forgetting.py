"""Forgets a person: the votes stay, but nothing leads from the browser to them any more."""

from django.db import transaction
from django.db.models.functions import Now

from .models import Battle, Report, Suggestion, Voter


@transaction.atomic
def forget_voter(voter: Voter) -> bool:
    """Erase what ties a voter to a person, for good; False when that was done before.

    Every copy of the cookie is void from now on, and pairs that still wait for a verdict expire. Votes,
    skips and the names shown stay under the number of the row, which no cookie opens any more: boards
    that others rely on do not change. Suggested prompts go, but for those that are challenges by now,
    which keep nothing of their voter. The network hash goes at midnight (UTC) as everybody's: until then
    the caps of a network count it, or who forgets himself again and again would have none.
    """
    # The voter before the battles, the order in which verdicts lock them.
    forgotten = Voter.objects.filter(pk=voter.pk, forgotten_at=None).update(forgotten_at=Now())
    Battle.objects.filter(
        voter=voter, vote__isnull=True, skipped_at__isnull=True, expires_at__gt=Now()
    ).update(expires_at=Now())
    Report.objects.filter(voter=voter).update(voter=None)
    own = Suggestion.objects.filter(voter=voter)
    own.exclude(state=Suggestion.State.TAKEN, challenge__isnull=False).delete()
    own.update(voter=None, network="", remark="")
    return bool(forgotten)
