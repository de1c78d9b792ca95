"""The vote: one GET that hands out battles, and the verdicts on them."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from arena.battles.issuing import Scope, counted_pairs_left, fill_window
from arena.battles.models import Vote, Voter
from arena.battles.undo import undo_verdict
from arena.battles.verdicts import TooOften, VerdictError, record_skip, record_verdict
from arena.battles.voters import create_voter, read_voter, set_voter
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge
from arena.web.showing import (
    Reveal,
    ShownBattle,
    category_links,
    progress_in_set,
    scope_links,
    show_battles,
    show_reveal,
)


@require_safe
@never_cache
@ensure_csrf_cookie
def vote(request: HttpRequest) -> HttpResponseBase:
    return _vote_page(request, Scope())


@require_safe
@never_cache
@ensure_csrf_cookie
def vote_discipline(request: HttpRequest, discipline: str) -> HttpResponseBase:
    if discipline not in Discipline.values:
        raise Http404(
            f"There is no discipline “{discipline}”; there are {', '.join(Discipline.values)}."
        )
    return _vote_page(request, Scope(discipline=discipline))


@require_safe
@never_cache
@ensure_csrf_cookie
def vote_challenge(request: HttpRequest, slug: str) -> HttpResponseBase:
    get_object_or_404(Challenge.objects.exclude(status=Challenge.Status.DRAFT), slug=slug)
    return _vote_page(request, Scope(challenge=slug))


@require_safe
@never_cache
@ensure_csrf_cookie
def vote_category(request: HttpRequest, slug: str) -> HttpResponseBase:
    get_object_or_404(Category, slug=slug)
    return _vote_page(request, Scope(category=slug))


def _vote_page(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    voter = read_voter(request)
    known = voter is not None
    voter = voter or create_voter(request)
    shown = show_battles(fill_window(voter, scope=scope), voter=voter, scope=scope)
    context = {
        "battle": shown[0] if shown else None,
        "upcoming": shown[1:],
        "reveal": _last_duel(request, voter),
        "scopes": scope_links(scope),
        "categories": category_links(scope),
        "scope": next((link for link in scope_links(scope) if link["current"]), None),
        "progress_in_set": progress_in_set(voter),
        "empty": None if shown else _empty(scope),
        "exhausted": bool(shown)
        and not shown[0].counts
        and not counted_pairs_left(voter, scope=scope),
    }
    response = render(request, "web/vote/page.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    if not known:
        set_voter(response, voter=voter)
    return response


def _last_duel(request: HttpRequest, voter: Voter) -> Reveal | None:
    """Without JavaScript the page after a verdict reveals it: ?after= names the voter's own battle."""
    token = request.GET.get("after", "")
    judged = Vote.objects.filter(battle__token=token, voter=voter).first() if token else None
    return show_reveal(judged) if judged else None


def _empty(scope: Scope) -> dict[str, Any]:
    links = [{"label": "See the challenges", "url": reverse("web:challenges")}]
    if scope != Scope():
        links.insert(0, {"label": "Vote on everything", "url": reverse("web:vote")})
    text = "A battle needs two pictures of different models for the same prompt. "
    if scope.challenge:
        address = reverse("web:challenge", args=[scope.challenge])
        links.insert(0, {"label": "How far its pictures are", "url": address})
        text += (
            "This challenge does not have them yet, or its models declined: its page says which."
        )
    else:
        text += "They are made in the background; look again in a moment."
    return {"title": "No pair is ready here yet", "text": text, "links": links}


@require_POST
@never_cache
def verdict(request: HttpRequest, token: str) -> HttpResponse:
    voter = read_voter(request)
    try:
        recorded = record_verdict(
            token=token,
            voter=voter,
            verdict=request.POST.get("verdict", ""),
            viewing_ms=_viewing_ms(request),
            is_curator=request.user.is_staff,
        )
    except VerdictError as problem:
        return _problem(request, problem, voter=voter)
    scope = _scope_of(request)
    if not request.htmx:  # type: ignore[attr-defined]
        return _see_reveal(request, token)
    context = {"reveal": show_reveal(recorded), **_onward(request, voter, scope=scope)}
    return render(request, "web/vote/_answer.html", context)


@require_POST
@never_cache
def skip(request: HttpRequest, token: str) -> HttpResponse:
    voter = read_voter(request)
    try:
        record_skip(token=token, voter=voter)
    except VerdictError as problem:
        return _problem(request, problem, voter=voter)
    scope = _scope_of(request)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_vote_address(scope))
    return render(request, "web/vote/_skipped.html", _onward(request, voter, scope=scope))


@require_POST
@never_cache
def undo(request: HttpRequest, token: str) -> HttpResponse:
    voter = read_voter(request)
    try:
        undone = undo_verdict(token=token, voter=voter)
    except VerdictError as problem:
        return _problem(request, problem, voter=voter)
    if not request.htmx:  # type: ignore[attr-defined]
        return _see_reveal(request, token)
    context = {
        "reveal": show_reveal(undone),
        "battles": [],
        "progress_in_set": progress_in_set(voter),
    }
    return render(request, "web/vote/_undone.html", context)


def _see_reveal(request: HttpRequest, token: str) -> HttpResponse:
    address = f"{_vote_address(_scope_of(request))}?{urlencode({'after': token})}"
    return HttpResponse(status=303, headers={"Location": address})


def _onward(request: HttpRequest, voter: Voter | None, *, scope: Scope) -> dict[str, Any]:
    return {
        "battles": _next_battles(request, voter, scope=scope),
        "progress_in_set": progress_in_set(voter),
    }


def _next_battles(request: HttpRequest, voter: Voter | None, *, scope: Scope) -> list[ShownBattle]:
    """Give the page the battles of the window that it does not hold yet; it says which ones it holds."""
    if voter is None:
        return []
    held = set(request.POST.get("holding", "").split(","))
    lacking = [battle for battle in fill_window(voter, scope=scope) if battle.token not in held]
    return show_battles(lacking, voter=voter, scope=scope)


def _viewing_ms(request: HttpRequest) -> int | None:
    """What the page reports of the time both pictures were on screen; nonsense is no report."""
    text = request.POST.get("viewing_ms", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _scope_of(request: HttpRequest) -> Scope:
    discipline = request.GET.get("discipline", "")
    challenge = request.GET.get("challenge", "")
    category = request.GET.get("category", "")
    return Scope(
        discipline=discipline if discipline in Discipline.values else "",
        challenge=challenge
        if challenge and Challenge.objects.filter(slug=challenge).exists()
        else "",
        category=category if category and Category.objects.filter(slug=category).exists() else "",
    )


def _vote_address(scope: Scope) -> str:
    if scope.challenge:
        return reverse("web:vote_challenge", args=[scope.challenge])
    if scope.category:
        return reverse("web:vote_category", args=[scope.category])
    if scope.discipline:
        return reverse("web:vote_discipline", args=[scope.discipline])
    return reverse("web:vote")


def _problem(request: HttpRequest, problem: VerdictError, *, voter: Voter | None) -> HttpResponse:
    scope = _scope_of(request)
    links = [{"label": "Take the next pair", "url": _vote_address(scope)}]
    context: dict[str, Any] = {
        "problem": {
            "status": problem.status,
            "title": problem.title,
            "text": problem.text,
            "links": links,
        }
    }
    if request.htmx:  # type: ignore[attr-defined]
        context["battles"] = _next_battles(request, voter, scope=scope)
    template = "web/vote/_problem.html" if "battles" in context else "web/problem/page.html"
    response = render(request, template, context, status=problem.status)
    if isinstance(problem, TooOften):
        response["Retry-After"] = str(problem.retry_after)
    return response
