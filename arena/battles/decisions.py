"""What curators decide about pictures: each decision is a row that closes the reports and says what votes became.

Voiding appends an undo for each vote of the picture, which the next folding subtracts, so that boards stay a
function of the votes. Hiding and voiding are two transactions: a verdict that began before the picture was
hidden may still count, so voiding first waits for the voters who hold a pair of it.
"""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Now

from arena.generation.models import Candidate, Slot
from arena.generation.moderation import (
    hide_candidate,
    is_retired,
    retire_candidate,
    rotate_candidate,
    unhide_candidate,
)

from .models import STANDING, Battle, Decision, Report, Vote, Voter

# A verdict is in time by its own clock, and its transaction may wait for a moment.
GRACE = timedelta(minutes=1)

VOID = """
with gone as (
    insert into battles_undo (vote_id, decision_id, created_at)
    select vote.id, %(decision)s, now() from battles_vote vote
    where (vote.first_id = %(candidate)s or vote.second_id = %(candidate)s) and vote.counted
      and not exists (select from battles_undo known where known.vote_id = vote.id)
    on conflict do nothing
    returning vote_id
)
insert into battles_foldentry (vote_id, sign) select vote_id, -1 from gone
"""


def hide_picture(candidate: Candidate, *, void: bool, reason: str, by: User | None) -> Decision:
    """Hide a picture at once and keep or void its votes; its open reports are closed.

    A hidden picture whose votes were kept may be decided about again, so that they are voided after
    all. Voided votes stay voided, also when the picture is shown again.
    """
    decision = decide_to_hide(candidate, void=void, reason=reason, by=by)
    if void:
        carry_out(decision)
    return decision


@transaction.atomic
def decide_to_hide(candidate: Candidate, *, void: bool, reason: str, by: User | None) -> Decision:
    """Hide a picture at once; voiding its votes is decided and left to `carry_out`, after the commit."""
    said = reason or (f"Hidden by {by}" if by else "Hidden")
    hide_candidate(candidate, reason=said)
    return _decide(candidate, Decision.Action.HIDDEN, by=by, reason=said, void=void)


def show_picture(candidate: Candidate, *, by: User | None) -> tuple[Decision | None, bool]:
    """Show a hidden picture again; return the decision and whether the picture is in play.

    None where it is not hidden: reports that came since the first press stay open. A voiding that was
    interrupted is finished first, so that it takes no vote that is cast from now on.
    """
    for waiting in candidate.decisions.filter(voided=None):
        carry_out(waiting)
    with transaction.atomic():
        found = Candidate.objects.select_for_update().get(pk=candidate.pk)
        if found.status != Candidate.Status.HIDDEN:
            return None, found.status == Candidate.Status.IN_PLAY
        plays = unhide_candidate(candidate)
        return _decide(candidate, Decision.Action.SHOWN, by=by), plays


def was_hidden_before(decision: Decision) -> bool:
    """Tell whether a decision found its picture hidden already."""
    turns = Decision.objects.filter(
        candidate=decision.candidate_id,
        pk__lt=decision.pk,
        action__in=[Decision.Action.HIDDEN, Decision.Action.SHOWN],
    )
    before = turns.order_by("-pk").first()
    return before is not None and before.action == Decision.Action.HIDDEN


def dismiss_reports(candidate: Candidate, *, by: User | None, reason: str = "") -> Decision:
    """Close a picture's open reports and leave the picture as it is."""
    with transaction.atomic():
        return _decide(candidate, Decision.Action.DISMISSED, by=by, reason=reason)


def retire_picture(candidate: Candidate, *, by: User | None) -> Decision | None:
    """End a picture's play for good, its votes stay; None when it was retired before."""
    with transaction.atomic():
        if not retire_candidate(candidate):
            return None
        return _decide(candidate, Decision.Action.RETIRED, by=by)


def rotate_picture(candidate: Candidate, *, by: User | None) -> tuple[Decision | None, Slot | None]:
    """Retire a picture and order a new take; the slot is None where no new take could compete."""
    with transaction.atomic():
        if is_retired(Candidate.objects.select_for_update().get(pk=candidate.pk)):
            return None, None
        slot = rotate_candidate(candidate, ordered_by=by)
        action = Decision.Action.RETIRED if slot is None else Decision.Action.ROTATED
        return _decide(candidate, action, by=by), slot


def carry_out(decision: Decision) -> int:
    """Subtract the votes that a decision voids; return how many it voids. Doing it again changes nothing."""
    with transaction.atomic():
        found = Decision.objects.select_for_update().get(pk=decision.pk)
        if found.voided is not None:
            return found.voided
        _wait_for_verdicts(found.candidate_id)
        with connection.cursor() as cursor:
            cursor.execute(VOID, {"decision": found.pk, "candidate": found.candidate_id})
            voided = int(cursor.rowcount)
        Decision.objects.filter(pk=found.pk).update(voided=voided)
    decision.voided = voided
    return voided


def carry_out_waiting() -> int:
    """Carry out the decisions whose process ended before it could; return how many."""
    waiting = list(Decision.objects.filter(voided=None).order_by("pk"))
    for decision in waiting:
        carry_out(decision)
    return len(waiting)


def count_standing_votes(candidates: Collection[Candidate]) -> Counter[int]:
    """Count, by picture (id), the votes that boards are made of: what voiding would subtract."""
    found: Counter[int] = Counter()
    for side in ("first", "second"):
        on_it = Vote.objects.filter(STANDING, **{f"{side}__in": candidates})
        found.update(dict(on_it.values_list(side).annotate(n=Count("pk"))))
    return found


def _decide(
    candidate: Candidate, action: str, *, by: User | None, reason: str = "", void: bool = False
) -> Decision:
    decision = Decision.objects.create(
        candidate=candidate,
        action=action,
        votes=Decision.Votes.VOIDED if void else Decision.Votes.KEPT,
        voided=None if void else 0,
        reason=reason[:200],
        decided_by=by,
    )
    Report.objects.filter(candidate=candidate, decision=None).update(decision=decision)
    return decision


def _wait_for_verdicts(candidate_id: int) -> None:
    """Lock the voters who may be judging a pair of this picture, as a verdict does first of all.

    Whoever began before the picture was hidden has then committed, and whoever comes later sees it hidden.
    """
    held = Battle.objects.filter(
        Q(left=candidate_id) | Q(right=candidate_id),
        voter=OuterRef("pk"),
        expires_at__gt=Now() - GRACE,
    )
    voters = Voter.objects.filter(Exists(held)).order_by("pk").select_for_update(no_key=True)
    list(voters.values_list("pk", flat=True))
