"""The queue of reported pictures, and one picture with all that was decided about it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from arena.battles.decisions import (
    count_standing_votes,
    dismiss_reports,
    hide_picture,
    retire_picture,
    rotate_picture,
    show_picture,
)
from arena.battles.models import Decision, Report
from arena.battles.reports import open_reports, read_queue
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import can_replace, is_retired

from .access import curators_only, read_reason, who

MOST = 50
DECIDED = 30


@dataclass(frozen=True)
class Case:
    """A picture before the curators: who made it, what was said, what its votes are, what can be done."""

    candidate: Candidate
    picture: PublicPicture | None
    reports: tuple[Report, ...]
    votes: int
    hidden: bool
    retired: bool
    replaceable: bool
    voidable: bool


@require_safe
@curators_only
def reports(request: HttpRequest) -> HttpResponse:
    queue = read_queue(most=MOST)
    pictures = _pictures_of([row.candidate.pk for row in queue])
    cases = [
        _show_case(row.candidate, picture=pictures.get(row.candidate.pk), reports=row.reports)
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
    decide = ACTIONS.get(request.POST.get("decision", ""))
    if decide is None:
        messages.error(request, _("Nothing was decided: the form did not say what to do."))
        return _picture_page(request, candidate, status=422)
    messages.success(request, decide(request, candidate))
    return redirect("moderation:reports" if "queue" in request.POST else request.path)


def _picture_page(request: HttpRequest, candidate: Candidate, *, status: int) -> HttpResponse:
    picture = _pictures_of([candidate.pk]).get(candidate.pk)
    waiting = tuple(candidate.reports.filter(decision=None))
    context = {
        "case": _show_case(candidate, picture=picture, reports=waiting),
        "decided": candidate.decisions.select_related(
            "decided_by", "candidate__slot__prompt__challenge", "candidate__slot__model"
        ),
        "alone": True,
    }
    return render(request, "curate/reports/picture.html", context, status=status)


def _show_case(
    candidate: Candidate, *, picture: PublicPicture | None, reports: tuple[Report, ...]
) -> Case:
    votes = count_standing_votes(candidate)
    hidden = candidate.status == Candidate.Status.HIDDEN
    retired = is_retired(candidate)
    return Case(
        candidate=candidate,
        picture=None if hidden else picture,
        reports=reports,
        votes=votes,
        hidden=hidden,
        retired=retired,
        replaceable=not retired and can_replace(candidate),
        voidable=hidden and votes > 0,
    )


def _pictures_of(candidates: list[int]) -> dict[int, PublicPicture]:
    found = PublicPicture.objects.filter(candidate__in=candidates, kind="thumb")
    return {picture.candidate_id: picture for picture in found}


# What a press does, and what it says when it is done --------------------------------------------


def _dismiss(request: HttpRequest, candidate: Candidate) -> str:
    decision = dismiss_reports(candidate, by=who(request), reason=read_reason(request))
    n = decision.reports.count()
    return ngettext("%(n)s report dismissed.", "%(n)s reports dismissed.", n) % {"n": n}


def _hide_keep(request: HttpRequest, candidate: Candidate) -> str:
    hide_picture(candidate, void=False, reason=read_reason(request), by=who(request))
    return _("Hidden. Its votes are kept; they can still be voided on the picture’s page.")


def _hide_void(request: HttpRequest, candidate: Candidate) -> str:
    decision = hide_picture(candidate, void=True, reason=read_reason(request), by=who(request))
    n = decision.voided or 0
    return ngettext(
        "Hidden, and %(n)s vote voided. Boards follow within a second.",
        "Hidden, and %(n)s votes voided. Boards follow within a second.",
        n,
    ) % {"n": n}


def _show(request: HttpRequest, candidate: Candidate) -> str:
    decision, plays = show_picture(candidate, by=who(request))
    if decision is None:
        return _("It was shown before; nothing was decided.")
    return (
        _("Shown again, and in play.")
        if plays
        else _("Shown again. It is retired, so it does not play.")
    )


def _retire(request: HttpRequest, candidate: Candidate) -> str:
    decision = retire_picture(candidate, by=who(request))
    return _("Retired: it never comes back.") if decision else _("It was retired before.")


def _rotate(request: HttpRequest, candidate: Candidate) -> str:
    decision, slot = rotate_picture(candidate, by=who(request))
    if decision is None:
        return _("It was retired before; nothing was ordered.")
    if slot is None:
        return _("Retired. No new take could compete, so none was ordered.")
    return _("Retired, and take %(take)s ordered.") % {"take": slot.take + 1}


ACTIONS: dict[str, Any] = {
    "dismiss": _dismiss,
    "hide-keep": _hide_keep,
    "hide-void": _hide_void,
    "show": _show,
    "retire": _retire,
    "rotate": _rotate,
}
