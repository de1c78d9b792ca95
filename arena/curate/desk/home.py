"""The desk's first page, what needs me, and its history."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from arena.challenges.models import HistoryLine
from arena.curate.access import curators_only, who

from .needs import list_needs
from .undoing import take_back

LATEST = 8
PAGE = 50


@require_safe
@curators_only
def home(request: HttpRequest) -> HttpResponse:
    lines = HistoryLine.objects.select_related("challenge", "undone_by")[:LATEST]
    return render(request, "curate/desk/home.html", {"needs": list_needs(), "lines": lines})


@require_safe
@curators_only
def history(request: HttpRequest) -> HttpResponse:
    lines = HistoryLine.objects.select_related("challenge", "undone_by")
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    return render(request, "curate/desk/history.html", {"lines": page})


@require_POST
@curators_only
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(HistoryLine, pk=pk)
    try:
        line = take_back(pk, who=who(request))
    except ValidationError as refused:
        messages.error(request, f"Not taken back. {' '.join(refused.messages)}")
    else:
        messages.success(request, line.said)
    return redirect(_back_to(request))


def _back_to(request: HttpRequest) -> str:
    """Go back to the page of our own that the button was on."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") else "desk:history"
