"""How voting works: what counts, what does not, and why."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from arena.battles.verdicts import REASONS
from arena.web.constants import read_rules


@require_safe
@gzip_page
def how(request: HttpRequest) -> HttpResponse:
    context = {"constants": read_rules(), "reasons": REASONS.values()}
    return render(request, "web/how/page.html", context)
