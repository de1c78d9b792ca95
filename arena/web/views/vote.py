"""The vote: one GET that hands out battles, and the verdicts on them."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.validators import slug_re
from django.db.models import Manager
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_POST, require_safe

from arena.battles.issuing import Scope, counted_pairs_left, fill_window
from arena.battles.limits import find_limit, limit_after, tells_limit
from arena.battles.models import Battle, Vote, Voter
from arena.battles.onward import judge
from arena.battles.recording import OpenBattle, recall
from arena.battles.undo import undo_verdict
from arena.battles.verdicts import TooOften, VerdictError, record_skip
from arena.battles.voters import create_voter, read_voter, read_voter_id, set_voter
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge
from arena.web.answers import render_answer
from arena.web.showing import (
    Reveal,
    ShownBattle,
    category_links,
    count_verdicts,
    progress_in_set,
    scope_links,
    show_battles,
    show_reveal,
)


@require_safe
@never_cache
@gzip_page
@ensure_csrf_cookie
def vote(request: HttpRequest) -> HttpResponseBase:
    return _vote_page(request, Scope())


@require_safe
@never_cache
@gzip_page
@ensure_csrf_cookie
def vote_discipline(request: HttpRequest, discipline: str) -> HttpResponseBase:
    if discipline not in Discipline.values:
        raise Http404(
            f"There is no discipline “{discipline}”; there are {', '.join(Discipline.values)}."
        )
    return _vote_page(request, Scope(discipline=discipline))


@require_safe
@never_cache
@gzip_page
@ensure_csrf_cookie
def vote_challenge(request: HttpRequest, slug: str) -> HttpResponseBase:
    get_object_or_404(Challenge.objects.exclude(status=Challenge.Status.DRAFT), slug=slug)
    return _vote_page(request, Scope(challenge=slug))


@require_safe
@never_cache
@gzip_page
@ensure_csrf_cookie
def vote_category(request: HttpRequest, slug: str) -> HttpResponseBase:
    get_object_or_404(Category, slug=slug)
    return _vote_page(request, Scope(category=slug))


def _vote_page(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    voter = read_voter(request)
    known = voter is not None
    voter = voter or create_voter(request)
    shown = show_battles(fill_window(voter, scope=scope), scope=scope)
    given = count_verdicts(voter)
    context = {
        "battle": shown[0] if shown else None,
        "upcoming": shown[1:],
        "reveal": _last_duel(request, voter),
        "scopes": scope_links(scope),
        "categories": category_links(scope),
        "scope": next((link for link in scope_links(scope) if link["current"]), None),
        "progress_in_set": progress_in_set(given),
        "limit": find_limit(voter, is_curator=request.user.is_staff, given=given),
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
    # Other text names no battle, and PostgreSQL would refuse some of it.
    asked = slug_re.match(token)
    judged = Vote.objects.filter(battle__token=token, voter=voter).first() if asked else None
    return show_reveal(recall(judged)) if judged else None


def _empty(scope: Scope) -> dict[str, Any]:
    links = [
        {"label": "See the challenges", "url": reverse("web:challenges")},
        {"label": "Suggest a prompt", "url": reverse("web:suggest")},
    ]
    if scope != Scope():
        links.insert(0, {"label": "Vote on everything", "url": reverse("web:vote")})
    text = "A battle needs two pictures of different models for the same prompt. "
    if scope.challenge:
        address = reverse("web:challenge", args=[scope.challenge])
        if Challenge.objects.get(slug=scope.challenge).status == Challenge.Status.CLOSED:
            links.insert(0, {"label": "Its standings and pictures", "url": address})
            text = "Nobody votes on it any more. What was said of it stands on its page and the boards."
            return {"title": "This challenge is closed", "text": text, "links": links}
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
    scope, voter_id = _scope_of(request), read_voter_id(request)
    try:
        onward = judge(
            token=token,
            voter_id=voter_id,
            verdict=request.POST.get("verdict", ""),
            viewing_ms=_viewing_ms(request),
            is_curator=_is_curator(request),
            scope=scope,
        )
    except VerdictError as problem:
        return _problem(request, problem, voter=read_voter(request))
    if not request.htmx:  # type: ignore[attr-defined]
        return _see_reveal(request, token)
    answer = render_answer(
        battles=show_battles(_not_held(request, onward.battles), scope=scope),
        reveal=show_reveal(onward.recorded),
        progress=progress_in_set(onward.recorded.total),
        csrf_token=_token_of_page(request),
        limit=limit_after(onward.recorded, voter_id=voter_id),
        tells_limit=tells_limit(onward.recorded),
    )
    return HttpResponse(answer)


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
    context = {
        "battles": _next_battles(request, voter, scope=scope),
        "progress_in_set": progress_in_set(count_verdicts(voter)),
    }
    return render(request, "web/vote/_skipped.html", context)


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
        "reveal": show_reveal(recall(undone)),
        "battles": [],
        "progress_in_set": progress_in_set(count_verdicts(voter)),
    }
    return render(request, "web/vote/_undone.html", context)


def _is_curator(request: HttpRequest) -> bool:
    """Without a session's cookie nobody is logged in, and there is no session to look for."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_staff


def _token_of_page(request: HttpRequest) -> str:
    """The token that the CSRF check has just accepted will do for the next pair too.

    A new one is a salt drawn letter by letter and the cookie sent again.
    """
    sent = request.POST.get("csrfmiddlewaretoken") or request.headers.get("X-CSRFToken")
    return sent or get_token(request)


def _see_reveal(request: HttpRequest, token: str) -> HttpResponse:
    address = f"{_vote_address(_scope_of(request))}?{urlencode({'after': token})}"
    return HttpResponse(status=303, headers={"Location": address})


def _next_battles(request: HttpRequest, voter: Voter | None, *, scope: Scope) -> list[ShownBattle]:
    if voter is None:
        return []
    return show_battles(_not_held(request, fill_window(voter, scope=scope)), scope=scope)


def _not_held(
    request: HttpRequest, window: Sequence[Battle | OpenBattle]
) -> list[Battle | OpenBattle]:
    """Pick the battles that the page does not hold yet; it says which ones it holds."""
    held = set(request.POST.get("holding", "").split(","))
    return [battle for battle in window if battle.token not in held]


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
        challenge=challenge if _is_slug_of(Challenge.objects, challenge) else "",
        category=category if _is_slug_of(Category.objects, category) else "",
    )


def _is_slug_of(rows: Manager[Any], text: str) -> bool:
    """Tell whether a row has this slug; what is no slug at all, as a NUL, PostgreSQL is not asked for."""
    return bool(slug_re.match(text)) and rows.filter(slug=text).exists()


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
    onward = "Back to the pair" if isinstance(problem, TooOften) else "Take the next pair"
    links = [{"label": onward, "url": _vote_address(scope)}]
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
