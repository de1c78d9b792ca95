"""The queue of reported pictures, and one picture with all that was decided about it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from arena.battles.decisions import (
    carry_out,
    count_standing_votes,
    decide_to_hide,
    dismiss_reports,
    hide_picture,
    retire_picture,
    rotate_picture,
    show_picture,
    was_hidden_before,
)
from arena.battles.models import Decision, Report
from arena.battles.reports import open_reports, read_queue
from arena.challenges.history import note_action
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import can_replace, is_retired

from .access import curators_only, read_reason, who

MOST = 50
DECIDED = 30
FOR_GOOD = "Cannot be taken back: a retired picture never comes back into play."
HIDDEN_BEFORE = "Cannot be taken back: it was hidden before, too. Put it back into play by hand."
CLOSED = "Cannot be taken back: who sees the picture may report it again."


@dataclass(frozen=True)
class Case:
    """A picture before the curators: who made it, what was said, what its votes are, what can be done."""

    candidate: Candidate
    picture: PublicPicture | None
    reports: tuple[Report, ...]
    votes: int
    hidden: bool
    retired: bool
    voidable: bool


def name_picture(candidate: Candidate) -> str:
    """Name a picture in a line of the history."""
    slot = candidate.slot
    return f"picture {candidate.pk} ({slot.model.name}, take {slot.take + 1})"


def tell_hiding(
    candidate: Candidate, decision: Decision
) -> tuple[str, dict[str, object] | None, str]:
    """Say what a decision to hide did, how it is undone, and the way back."""
    name, void = name_picture(candidate), decision.votes == Decision.Votes.VOIDED
    if was_hidden_before(decision):
        did = f"Voided the votes of {name}, which was hidden" if void else f"Kept {name} hidden"
        return f"{did}: {decision.reason}", None, HIDDEN_BEFORE
    return (
        f"Hid {name}{' and voided its votes' if void else ''}: {decision.reason}",
        {"do": "unhide", "decision": decision.pk},
        "Shows it again, and puts it back into play"
        + ("; its voided votes stay voided." if void else "."),
    )


def undo_of_showing(decision: Decision, *, plays: bool, reason: str) -> dict[str, object]:
    """Say how a picture that a decision showed again is hidden again, with the reason it had."""
    return {
        "do": "hide",
        "candidate": decision.candidate_id,
        "decision": decision.pk,
        "plays": plays,
        "reason": reason,
    }


@require_safe
@curators_only
def reports(request: HttpRequest) -> HttpResponse:
    queue = read_queue(most=MOST)
    pictures = _pictures_of([row.candidate.pk for row in queue])
    votes = count_standing_votes([row.candidate for row in queue])
    cases = [
        _show_case(
            row.candidate,
            picture=pictures.get(row.candidate.pk),
            reports=row.reports,
            votes=votes[row.candidate.pk],
        )
        for row in queue
    ]
    waiting = (
        open_reports()
        .order_by()
        .aggregate(reports=Count("pk"), pictures=Count("candidate", distinct=True))
    )
    decided = Decision.objects.select_related(
        "decided_by", "candidate__slot__prompt__challenge", "candidate__slot__model"
    )[:DECIDED]
    context = {"cases": cases, "waiting": waiting, "decided": decided}
    return render(request, "curate/reports/page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def reported_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """See one picture and its history, or decide about it: one press, one decision."""
    candidate = get_object_or_404(
        Candidate.objects.select_related("slot__prompt__challenge", "slot__model__lab").filter(
            slot__prompt__isnull=False
        ),
        pk=pk,
    )
    if request.method != "POST":
        return _picture_page(request, candidate, status=200)
    wanted = request.POST.get("decision", "")
    if wanted not in ACTIONS:
        messages.error(request, _("Nothing was decided: the form did not say what to do."))
        return _picture_page(request, candidate, status=422)
    messages.success(request, _decide(request, candidate, wanted=wanted))
    return redirect("moderation:reports" if "queue" in request.POST else request.path)


def _picture_page(request: HttpRequest, candidate: Candidate, *, status: int) -> HttpResponse:
    picture = _pictures_of([candidate.pk]).get(candidate.pk)
    waiting = tuple(candidate.reports.filter(decision=None))
    context = {
        "case": _show_case(
            candidate,
            picture=picture,
            reports=waiting,
            votes=count_standing_votes([candidate])[candidate.pk],
        ),
        "replaceable": not is_retired(candidate) and can_replace(candidate),
        "decided": candidate.decisions.select_related(
            "decided_by", "candidate__slot__prompt__challenge", "candidate__slot__model"
        ),
        "alone": True,
    }
    return render(request, "curate/reports/picture.html", context, status=status)


def _show_case(
    candidate: Candidate,
    *,
    picture: PublicPicture | None,
    reports: tuple[Report, ...],
    votes: int,
) -> Case:
    hidden = candidate.status == Candidate.Status.HIDDEN
    return Case(
        candidate=candidate,
        picture=None if hidden else picture,
        reports=reports,
        votes=votes,
        hidden=hidden,
        retired=is_retired(candidate),
        voidable=hidden and votes > 0,
    )


def _pictures_of(candidates: list[int]) -> dict[int, PublicPicture]:
    found = PublicPicture.objects.filter(candidate__in=candidates, kind="thumb")
    return {picture.candidate_id: picture for picture in found}


# What a press does, and what it says when it is done --------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a press did: the message and the history's line with its way back; no line where nothing changed.

    `void`: a decision whose votes are voided once all this is committed.
    """

    message: str
    line: str = ""
    undo: dict[str, object] | None = None
    way_back: str = ""
    void: Decision | None = None


def _decide(request: HttpRequest, candidate: Candidate, *, wanted: str) -> str:
    """Do what a press says and note it, in one transaction; return the message."""
    with transaction.atomic():
        told = ACTIONS[wanted](request, candidate)
        if told.line:
            note_action(
                challenge=candidate.slot.competing_prompt.challenge,
                who=who(request),
                said=told.line,
                undo=told.undo,
                way_back=told.way_back,
            )
    if told.void is None:
        return told.message
    n = carry_out(told.void)
    return ngettext(
        "Hidden, and %(n)s vote voided. Boards follow within a second.",
        "Hidden, and %(n)s votes voided. Boards follow within a second.",
        n,
    ) % {"n": n}


def _dismiss(request: HttpRequest, candidate: Candidate) -> Told:
    decision = dismiss_reports(candidate, by=who(request), reason=read_reason(request))
    n = decision.reports.count()
    message = ngettext("%(n)s report dismissed.", "%(n)s reports dismissed.", n) % {"n": n}
    if not n:
        return Told(message)
    line = f"Dismissed {n} {'report' if n == 1 else 'reports'} of {name_picture(candidate)}."
    return Told(message, line, way_back=CLOSED)


def _hide_keep(request: HttpRequest, candidate: Candidate) -> Told:
    decision = hide_picture(candidate, void=False, reason=read_reason(request), by=who(request))
    message = _("Hidden. Its votes are kept; they can still be voided on the picture’s page.")
    return Told(message, *tell_hiding(candidate, decision))


def _hide_void(request: HttpRequest, candidate: Candidate) -> Told:
    decision = decide_to_hide(candidate, void=True, reason=read_reason(request), by=who(request))
    return Told("", *tell_hiding(candidate, decision), void=decision)


def _show(request: HttpRequest, candidate: Candidate) -> Told:
    decision, plays = show_picture(candidate, by=who(request))
    if decision is None:
        return Told(_("It was shown before; nothing was decided."))
    name, back = name_picture(candidate), "Hides it again."
    undo = undo_of_showing(decision, plays=plays, reason=candidate.hidden_reason)
    if plays:
        return Told(_("Shown again, and in play."), f"Put {name} back into play.", undo, back)
    message = _("Shown again. It is retired, so it does not play.")
    return Told(message, f"Showed {name} again; it stays retired.", undo, back)


def _retire(request: HttpRequest, candidate: Candidate) -> Told:
    if not retire_picture(candidate, by=who(request)):
        return Told(_("It was retired before."))
    line = f"Retired {name_picture(candidate)}."
    return Told(_("Retired: it never comes back."), line, way_back=FOR_GOOD)


def _rotate(request: HttpRequest, candidate: Candidate) -> Told:
    decision, slot = rotate_picture(candidate, by=who(request))
    if decision is None:
        return Told(_("It was retired before; nothing was ordered."))
    name = name_picture(candidate)
    if slot is None:
        message = _("Retired. No new take could compete, so none was ordered.")
        return Told(message, f"Retired {name}; nothing new could be ordered.", way_back=FOR_GOOD)
    message = _("Retired, and take %(take)s ordered.") % {"take": slot.take + 1}
    line = f"Retired {name}; ordered take {slot.take + 1}."
    return Told(message, line, way_back=FOR_GOOD)


ACTIONS: dict[str, Callable[[HttpRequest, Candidate], Told]] = {
    "dismiss": _dismiss,
    "hide-keep": _hide_keep,
    "hide-void": _hide_void,
    "show": _show,
    "retire": _retire,
    "rotate": _rotate,
}
