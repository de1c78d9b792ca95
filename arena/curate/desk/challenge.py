"""A challenge from idea to archive on one page: each section of it posts to an address of its own."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from arena.challenges.editing import (
    add_prompt,
    archive_challenge,
    attach_reference,
    change_settings,
    close_challenge,
    detach_reference,
    lock_challenge,
    revise_prompt,
    schedule_challenge,
    unarchive_challenge,
    withdraw_prompt,
)
from arena.challenges.history import note_action, read_status, undo_of_status
from arena.challenges.models import Challenge, Prompt
from arena.curate.access import curators_only, who
from arena.curate.ordering import OrderForm
from arena.generation.budget import remove_cap, set_cap
from arena.generation.models import Batch, SpendingCap
from arena.generation.releasing import open_for_votes, wait_after_closing
from arena.generation.scheduling import say_way_back
from arena.generation.slots import has_pictures, measure_challenges, order_pictures

from .forms import CapForm, PromptForm, ReferenceForm, ScheduleForm, SettingsForm
from .progress import show_progress
from .sheet import lay_out_sheet, read_cap, show_cap, show_schedule


@require_safe
@curators_only
def challenges(request: HttpRequest) -> HttpResponse:
    """List what is not archived, or the archive."""
    archive = "archive" in request.GET
    found = Challenge.objects.filter(archived_at__isnull=not archive)
    measured = measure_challenges()
    rows = [{"challenge": challenge, "progress": measured.get(challenge.pk)} for challenge in found]
    return render(request, "curate/desk/challenges.html", {"challenges": rows, "archive": archive})


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def create(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            made = form.save()
            put_aside = read_status(made) | {"archived_at": timezone.now().isoformat()}
            note_action(
                challenge=made,
                who=who(request),
                said=f"Wrote the draft “{made.title}”.",
                undo=undo_of_status(made, former=put_aside),
                way_back="Puts the draft into the archive.",
            )
        messages.success(request, "The draft is kept. Now write its first prompt.")
        return redirect(reverse("desk:challenge", args=[made.pk]) + "#prompts")
    status = 422 if form.errors else 200
    return render(request, "curate/desk/new.html", {"form": form}, status=status)


@require_safe
@curators_only
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _show(request, get_object_or_404(Challenge, pk=pk))


@require_safe
@curators_only
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    context = show_progress(get_object_or_404(Challenge, pk=pk))
    return render(request, "curate/desk/_progress.html", context)


def _show(request: HttpRequest, challenge: Challenge, **given: Any) -> HttpResponse:
    """Show the page; `given`: forms with what was typed and what is wrong with it, or a preview."""
    wrong = any(isinstance(one, BaseForm) and one.errors for one in given.values())
    context = lay_out_sheet(challenge, **given)
    return render(request, "curate/desk/challenge.html", context, status=422 if wrong else 200)


def _act(
    request: HttpRequest,
    challenge: Challenge,
    *,
    form: BaseForm | None = None,
    given: str = "",
    anchor: str = "",
    act: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """Run one action with its line of history in one transaction; what is refused is said and nothing is lost.

    `act` returns what the line says (`note_action`). A refusal stands beside its field of `form`, which is
    shown again under the name `given`, or above the page where there is no form.
    """
    try:
        with transaction.atomic():
            done = act()
            if done["said"]:
                note_action(who=who(request), **{"challenge": challenge, **done})
    except ValidationError as refused:
        challenge.refresh_from_db()
        if form is not None:
            known = hasattr(refused, "error_dict") and set(refused.error_dict) <= set(form.fields)
            form.add_error(None, refused if known else refused.messages)
            return _show(request, challenge, **{given: form})
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, done["said"] or "Nothing was changed.")
    return redirect(reverse("desk:challenge", args=[challenge.pk]) + anchor)


@require_POST
@curators_only
def save_settings(request: HttpRequest, pk: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    form = SettingsForm(
        request.POST,
        instance=get_object_or_404(Challenge, pk=pk),
        has_pictures=has_pictures(challenge),
    )
    if not form.is_valid():
        return _show(request, challenge, settings=form)

    def act() -> dict[str, Any]:
        former = change_settings(
            challenge, has_pictures=has_pictures, expected=form.expected, **form.wanted
        )
        names = ", ".join(sorted(name.replace("_", " ") for name in former))
        return {
            "said": f"Changed {names}." if former else "",
            "undo": {
                "do": "settings",
                "values": former,
                "now": {name: form.wanted[name] for name in former},
            },
            "way_back": "Sets the former values again, unless somebody changes them.",
        }

    return _act(request, challenge, form=form, given="settings", anchor="#idea", act=act)


@require_POST
@curators_only
def save_prompt(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a prompt, change one (a new version), withdraw one, or only show it as voters would see it."""
    challenge = get_object_or_404(Challenge, pk=pk)
    form = PromptForm(request.POST, challenge=challenge)
    if not form.is_valid():
        return _show(request, challenge, prompt=form)
    if "preview" in request.POST:
        return _show(request, challenge, prompt=form, preview=form.cleaned_data["text"])
    prompt: Prompt | None = form.cleaned_data["prompt"]
    if prompt is None:
        act = lambda: _add(challenge, form)  # noqa: E731 - one of three, chosen here
    elif "withdraw" in request.POST:
        act = lambda: _withdraw(prompt)  # noqa: E731
    else:
        act = lambda: _revise(challenge, prompt, form)  # noqa: E731
    return _act(request, challenge, form=form, given="prompt", anchor="#prompts", act=act)


def _add(challenge: Challenge, form: PromptForm) -> dict[str, Any]:
    lock_challenge(challenge)
    known = set(challenge.prompts.values_list("pk", flat=True))
    made = add_prompt(challenge, **form.wanted)
    return {
        "said": "" if made.pk in known else f"Added prompt {made.position}.",
        "undo": {"do": "withdraw", "prompt": made.pk},
        "way_back": "Withdraws the prompt.",
    }


def _withdraw(prompt: Prompt) -> dict[str, Any]:
    withdraw_prompt(prompt)
    return {
        "said": f"Withdrew prompt {prompt.position}; it is asked no more.",
        "undo": {"do": "restore", "prompt": prompt.pk},
        "way_back": "Asks it again, with its pictures.",
    }


def _revise(challenge: Challenge, prompt: Prompt, form: PromptForm) -> dict[str, Any]:
    lock_challenge(challenge)
    known = set(challenge.prompts.values_list("pk", flat=True))
    made = revise_prompt(prompt, **form.wanted)
    changed = f"Changed prompt {made.position}: version {made.version}."
    return {
        "said": "" if made.pk in known else changed,
        "undo": {"do": "revise", "prompt": made.pk, "text": prompt.text, "purpose": prompt.purpose},
        "way_back": "Makes one more version, with the former words; it needs pictures of its own.",
    }


@require_POST
@curators_only
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    form = ReferenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, challenge, reference=form)

    def act() -> dict[str, Any]:
        words = dict(form.cleaned_data)
        lock_challenge(challenge)
        known = set(challenge.references.values_list("pk", flat=True))
        made = attach_reference(challenge, data=words.pop("upload").read(), **words)
        return {
            "said": "" if made.pk in known else f"Attached reference picture {made.position}.",
            "way_back": "Not by a press here: remove it in its section, until it is in use.",
        }

    return _act(request, challenge, form=form, given="reference", anchor="#references", act=act)


@require_POST
@curators_only
def detach(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    reference = get_object_or_404(challenge.references, pk=number)

    def act() -> dict[str, Any]:
        detach_reference(challenge, reference=reference, has_pictures=has_pictures)
        return {
            "said": f"Removed reference picture {reference.position}.",
            "way_back": "Cannot be taken back: upload it again.",
        }

    return _act(request, challenge, anchor="#references", act=act)


@require_POST
@curators_only
def order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what an order would cost, rehearse it call by call, or place it."""
    challenge = get_object_or_404(Challenge, pk=pk)
    form = OrderForm(request.POST, challenge=challenge)
    if not form.is_valid() or "launch" not in request.POST:
        return _show(request, challenge, order=form, dry_run="dry" in request.POST)

    def act() -> dict[str, Any]:
        new = order_pictures(challenge, **form.cleaned_data, ordered_by=who(request))
        batch = Batch.objects.filter(challenge=challenge).first() if new else None
        return {
            "said": f"Ordered {new} pictures." if new else "",
            "undo": {"do": "cancel", "batch": batch.pk} if batch else None,
            "way_back": "Cancels what is not made yet; what is paid stays paid.",
        }

    return _act(request, challenge, form=form, given="order", anchor="#progress", act=act)


@require_POST
@curators_only
def save_cap(request: HttpRequest, pk: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    form = CapForm(request.POST)
    if not form.is_valid():
        return _show(request, challenge, cap=form)
    dollars = form.cleaned_data["dollars"]

    def act() -> dict[str, Any]:
        lock_challenge(challenge)
        former = read_cap(challenge)
        if dollars == former:
            return {"said": ""}
        form.refuse_unseen(show_cap(former))
        if dollars is not None:
            set_cap(dollars=dollars, challenge=challenge)
        for cap in SpendingCap.objects.filter(challenge=challenge) if dollars is None else ():
            remove_cap(cap)
        now = read_cap(challenge)
        return {
            "said": "Removed its cap." if dollars is None else f"Set its cap to ${dollars:.2f}.",
            "undo": {
                "do": "cap",
                "dollars": None if former is None else str(former),
                "set": None if now is None else str(now),
            },
            "way_back": "Sets the former cap again.",
        }

    return _act(request, challenge, form=form, given="cap", anchor="#order", act=act)


@require_POST
@curators_only
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _show(request, challenge, schedule=form)

    def act() -> dict[str, Any]:
        lock_challenge(challenge)
        former, stands = read_status(challenge), show_schedule(challenge)
        wanted = {name: form.cleaned_data[name] for name in stands}
        if wanted == stands:
            return {"said": ""}
        form.refuse_unseen(stands)
        schedule_challenge(challenge, **wanted)
        moments = [
            f"{verb} at {moment:%Y-%m-%d %H:%M} UTC"
            for verb, moment in (("opens", challenge.opens_at), ("closes", challenge.closes_at))
            if moment
        ]
        return {
            "said": f"Scheduled: {' and '.join(moments) or 'by hand only'}.",
            "undo": undo_of_status(challenge, former=former),
            "way_back": "Sets the former moments again, if they are not over.",
        }

    return _act(request, challenge, form=form, given="schedule", anchor="#votes", act=act)


@require_POST
@curators_only
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Open, close or archive a challenge, or take it out of the archive."""
    challenge = get_object_or_404(Challenge, pk=pk)
    change = MOVES.get(request.POST.get("do", ""))
    if change is None:
        raise Http404("A challenge is opened, closed, archived or taken out of the archive.")

    def act() -> dict[str, Any]:
        lock_challenge(challenge)
        former = read_status(challenge)
        done = change(challenge)
        undo = undo_of_status(challenge, former=former)
        # A page that was stale: the challenge stood like that before, and there is nothing to undo.
        return {**done, "undo": undo} if undo["now"] != former else {**done, "said": ""}

    return _act(request, challenge, anchor="#votes", act=act)


def _open(challenge: Challenge) -> dict[str, Any]:
    way_back = say_way_back(read_status(challenge))
    retired = open_for_votes(challenge)
    told = f" {retired} pictures were shown with names, so they are retired: order new takes."
    return {"said": "Opened it for votes." + (told if retired else ""), "way_back": way_back}


def _close(challenge: Challenge) -> dict[str, Any]:
    end = ", with its end if that is not over" if challenge.closes_at else ""
    close_challenge(challenge)
    minutes = round(wait_after_closing().total_seconds() / 60)
    return {
        "said": f"Closed it. In {minutes} minutes its page shows its pictures with names.",
        "way_back": f"Opens it again{end}; after {minutes} minutes its pictures are retired by that.",
    }


def _archive(challenge: Challenge) -> dict[str, Any]:
    scheduled = challenge.opens_at or challenge.closes_at
    archive_challenge(challenge)
    return {
        "said": "Archived it." + (" It opens and closes by hand only." if scheduled else ""),
        "way_back": "Takes it out of the archive"
        + (", with its moments if they are not over." if scheduled else "."),
    }


def _unarchive(challenge: Challenge) -> dict[str, Any]:
    unarchive_challenge(challenge)
    return {"said": "Took it out of the archive.", "way_back": "Archives it again."}


MOVES: dict[str, Callable[[Challenge], dict[str, Any]]] = {
    "open": _open,
    "close": _close,
    "archive": _archive,
    "unarchive": _unarchive,
}
