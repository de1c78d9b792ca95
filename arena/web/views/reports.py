"""Reports of pictures: a small form for each picture, and a way to it from a pair that was shown."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from arena.battles.models import Battle, Report
from arena.battles.networks import hash_network
from arena.battles.reports import REPORTS_PER_HOUR, TooManyReports, report_picture
from arena.battles.voters import read_voter
from arena.generation.models import Candidate, FormerPicture, PublicPicture

REASONS = {
    Report.Reason.PERSON: _("It shows a real person who may not want it"),
    Report.Reason.OFFENSIVE: _("It is hateful, sexual or cruel"),
    Report.Reason.UNLAWFUL: _("It may be against the law"),
    Report.Reason.RIGHTS: _("It copies somebody’s work or brand"),
    Report.Reason.BLIND: _("It tells which model made it"),
    Report.Reason.BROKEN: _("The file is broken or no picture"),
    Report.Reason.OTHER: _("Something else"),
}


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        choices=list(REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the picture.")},
    )
    words = forms.CharField(
        max_length=500, required=False, strip=True, widget=forms.Textarea(attrs={"rows": 4})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def report(request: HttpRequest, name: str) -> HttpResponse:
    """Report one picture by any of its public names; the page never says who made it."""
    candidate = _find(name)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report_picture(
                candidate,
                reason=form.cleaned_data["reason"],
                words=form.cleaned_data["words"],
                voter=read_voter(request),
                network=hash_network(request),
            )
        except TooManyReports:
            form.add_error(
                None,
                _(
                    "%(n)s reports came from your network within the hour, and more are not taken. "
                    "Nothing was sent; please try again later."
                )
                % {"n": REPORTS_PER_HOUR},
            )
            return _page(request, candidate, name=name, form=form, status=429)
        return redirect(reverse("web:report", args=[name]) + "?sent=1")
    status = 422 if request.method == "POST" else 200
    return _page(request, candidate, name=name, form=form, status=status)


@require_safe
@never_cache
def report_duel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask which picture of a voter's own pair is meant."""
    voter = read_voter(request)
    battle = Battle.objects.filter(token=token, voter=voter).first() if voter else None
    if battle is None:
        raise Http404("There is no such pair of yours.")
    thumbs = {
        picture.candidate_id: picture
        for picture in PublicPicture.objects.filter(
            candidate__in=[battle.left_id, battle.right_id], kind="thumb"
        ).exclude(candidate__status=Candidate.Status.HIDDEN)
    }
    sides = [
        {"label": label, "picture": thumbs.get(candidate_id)}
        for label, candidate_id in ((_("Left"), battle.left_id), (_("Right"), battle.right_id))
    ]
    return _private(render(request, "web/report/duel.html", {"sides": sides}))


def _find(name: str) -> Candidate:
    """Find the candidate of a public picture, by a name it has or had; one that is hidden is gone."""
    for names in (PublicPicture.objects, FormerPicture.objects):
        found = names.filter(name=name).select_related("candidate__slot__prompt").first()
        if found and found.candidate.slot.prompt_id is not None:
            return found.candidate
    raise Http404("There is no such picture.")


def _page(
    request: HttpRequest, candidate: Candidate, *, name: str, form: ReportForm, status: int
) -> HttpResponse:
    hidden = candidate.status == Candidate.Status.HIDDEN
    context: dict[str, Any] = {
        "form": form,
        "name": name,
        "sent": "sent" in request.GET and not form.is_bound,
        "hidden": hidden,
        "picture": None if hidden else candidate.pictures.filter(kind="thumb").first(),
    }
    return _private(render(request, "web/report/page.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
