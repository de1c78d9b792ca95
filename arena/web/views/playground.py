"""The playground: a prompt, two to four models, their pictures side by side; nothing of it counts."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arena.catalog.models import Population
from arena.challenges.models import Challenge
from arena.generation.expiring import KEEP_TRIALS
from arena.generation.hints import hint_dispatch
from arena.generation.models import Trial
from arena.generation.quotas import OverQuota
from arena.generation.storing import picture_path
from arena.generation.trials import (
    LEAST_MODELS,
    LONGEST_PROMPT,
    MOST_MODELS,
    SHAPES,
    TooManyWaiting,
    TrialRefused,
    choose_best,
    choose_models,
    picture_of,
    pictures_left,
    playground_challenges,
    playground_models,
    quota_of,
    start_trial,
)
from arena.web.errors import show_problem
from arena.web.playground import (
    KINDS,
    ShownTrial,
    read_visitor,
    set_visitor,
    show_trial,
)

from .pictures import ORIGINALS, TYPES

GONE = 410


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def playground(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _start(request)
    challenge = _find_challenge(request.GET.get("challenge", ""))
    filled = {
        "prompt": _prompt_of(challenge, place=request.GET.get("prompt", "")) if challenge else "",
        "challenge": challenge,
        "models": request.GET.getlist("model"),
        "shape": "square",
        "surprise": LEAST_MODELS,
    }
    return _show_form(request, filled=filled)


def _start(request: HttpRequest) -> HttpResponse:
    asked = request.POST
    challenge = _find_challenge(asked.get("challenge", ""))
    surprise = "surprise" in asked
    number = asked.get("number", "")
    filled: dict[str, Any] = {
        "prompt": asked.get("prompt", ""),
        "challenge": challenge,
        "models": asked.getlist("model"),
        "shape": asked.get("shape", "square"),
        "surprise": int(number) if number in ("2", "3", "4") else LEAST_MODELS,
    }
    visitor = read_visitor(request)
    try:
        trial = start_trial(
            prompt=filled["prompt"],
            models=choose_models(
                filled["models"], surprise=filled["surprise"] if surprise else None
            ),
            size=_size(filled["shape"], challenge=challenge),
            visitor=visitor,
            blind=surprise,
            challenge=challenge,
        )
    except TrialRefused as refused:
        error = {"field": refused.field, "text": refused.sentence}
        return _show_form(request, filled=filled, error=error, status=400)
    except (OverQuota, TooManyWaiting) as refused:
        until = timezone.now() + timedelta(seconds=refused.retry_after)
        told: dict[str, Any] = {
            "field": "all",
            "text": refused.sentence,
            "until": until if isinstance(refused, OverQuota) else None,
        }
        response = _show_form(request, filled=filled, error=told, status=429)
        response["Retry-After"] = str(refused.retry_after)
        return response
    hint_dispatch()
    response = redirect("web:playground_trial", token=trial.token)
    set_visitor(response, visitor=visitor, secure=settings.SESSION_COOKIE_SECURE)
    return response


def _size(shape: str, *, challenge: Challenge | None) -> tuple[int, int]:
    if challenge and shape == "challenge":
        return challenge.canvas_width, challenge.canvas_height
    if shape not in SHAPES:
        raise TrialRefused("shape", _("Choose a shape from the list."))
    return SHAPES[shape]


def _find_challenge(slug: str) -> Challenge | None:
    return next((found for found in playground_challenges() if found.slug == slug), None)


def _prompt_of(challenge: Challenge, *, place: str) -> str:
    """Return the prompt at a place of a challenge (counted from 1), else its first one."""
    prompts = list(challenge.prompts.filter(is_current=True).order_by("position"))
    wanted = [prompt for prompt in prompts if str(prompt.position) == place]
    return (wanted or prompts)[0].text if prompts else ""


def _show_form(
    request: HttpRequest,
    *,
    filled: dict[str, Any],
    error: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    models = playground_models()
    visitor = read_visitor(request)
    context = {
        "filled": filled,
        "error": error,
        "demo_models": [model for model in models if model.is_demo],
        "real_models": [model for model in models if not model.is_demo],
        "challenges": playground_challenges(),
        "shapes": list(SHAPES),
        "numbers": range(LEAST_MODELS, MOST_MODELS + 1),
        "longest": LONGEST_PROMPT,
        "keep_days": KEEP_TRIALS.days,
        "quotas": [
            {
                "is_demo": population == Population.DEMO,
                "left": pictures_left(visitor, population=population),
                "quota": quota_of(population),
            }
            for population in dict.fromkeys(model.population for model in models)
        ],
    }
    return render(request, "web/playground/page.html", context, status=status)


def _find(token: str) -> Trial:
    trial = Trial.objects.filter(token=token).select_related("challenge").first()
    if trial is None:
        raise Http404("There is no such comparison.")
    return trial


def _read(request: HttpRequest, trial: Trial) -> ShownTrial:
    return show_trial(trial, visitor=read_visitor(request))


def _gone(request: HttpRequest) -> HttpResponse:
    text = _("Comparisons are kept for %(days)d days; this one is over, and its pictures are gone.")
    return show_problem(
        request,
        status=GONE,
        title=_("This comparison has expired"),
        text=text % {"days": KEEP_TRIALS.days},
    )


@require_safe
@never_cache
def trial(request: HttpRequest, token: str) -> HttpResponse:
    found = _find(token)
    if found.expired_at:
        return _gone(request)
    context = {
        "shown": _read(request, found),
        "link": request.build_absolute_uri(),
        "keep_days": KEEP_TRIALS.days,
    }
    return render(request, "web/playground/trial.html", context)


@require_safe
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """The state alone, and out of band each picture that the page has not got in the end."""
    found = _find(token)
    if found.expired_at:
        raise Http404("There is no such comparison.")
    shown = _read(request, found)
    have = request.GET.get("have", "").split(",")
    # Where fewer than two pictures came, the names of the others follow at the end.
    named = found.blind and shown.is_done and not shown.judgeable
    news = [p for p in shown.pictures if named or str(p.place) not in have]
    return render(request, "web/playground/_news.html", {"shown": shown, "news": news})


@require_POST
def verdict(request: HttpRequest, token: str) -> HttpResponse:
    found = _find(token)
    if found.expired_at:
        return _gone(request)
    if found.visitor != read_visitor(request).key:
        return show_problem(
            request,
            status=403,
            title=_("Not your comparison"),
            text=_(
                "Only who asked for the pictures can judge them. Start a comparison of your own."
            ),
        )
    try:
        recorded = choose_best(found, choice=request.POST.get("choice", ""))
    except ValueError:
        text = _("Choose one of the pictures, a tie, or none, once all of them are here.")
        return show_problem(request, status=400, title=_("That is no verdict"), text=text)
    if not recorded:
        text = _("You gave another verdict before. It stays as it is.")
        return show_problem(request, status=409, title=_("Already judged"), text=text)
    return redirect("web:playground_trial", token=token)


@require_safe
def picture(request: HttpRequest, token: str, place: int, name: str) -> FileResponse:
    shown = _show_one(request, token, place)
    if shown is None or name not in KINDS:
        raise Http404("There is no such picture.")
    file = picture_path(shown.parameters["pictures"][KINDS[name]])
    response = _open(file, content_type=TYPES[file.suffix[1:]])
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, max-age=3600"
    return response


@require_safe
@never_cache
def download(request: HttpRequest, token: str, place: int) -> FileResponse:
    """A provider's bytes as they came, as a file; of a blind trial after its verdict, since they may name it."""
    shown = _show_one(request, token, place, with_name=True)
    if shown is None:
        raise Http404("There is no such picture.")
    path = Path(settings.MEDIA_ROOT) / shown.parameters["original"]
    response = _open(path, content_type="application/octet-stream")
    with path.open("rb") as file:
        head = file.read(16)
    ending = next((end for mark, end, _kind in ORIGINALS if head.startswith(mark)), "bin")
    name = f"{shown.slot.model.slug}-{token[:8]}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _show_one(request: HttpRequest, token: str, place: int, *, with_name: bool = False) -> Any:
    """Find the call that made a picture, if the page shows it now; `with_name`: also with its name."""
    found = _find(token)
    if found.expired_at:
        return None
    shown = _read(request, found)
    picture = next((p for p in shown.pictures if p.place == place), None)
    if picture is None or picture.state != "ready" or (with_name and not picture.download):
        return None
    return picture_of(found.slots.select_related("model").get(take=place))


def _open(path: Path, *, content_type: str) -> FileResponse:
    try:
        response = FileResponse(path.open("rb"), content_type=content_type)
    except FileNotFoundError as error:
        raise Http404("The file of this picture is missing on the server.") from error
    response["X-Robots-Tag"] = "noindex"
    response["X-Content-Type-Options"] = "nosniff"
    return response
