"""A challenge's pictures with their models' names, and what is decided about each."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from arena.battles.decisions import hide_picture, retire_picture, rotate_picture, show_picture
from arena.challenges.history import note_action
from arena.challenges.models import Challenge
from arena.curate.access import curators_only, read_reason, who
from arena.curate.reports import FOR_GOOD, name_picture, tell_hiding, undo_of_showing
from arena.generation.models import Candidate
from arena.generation.moderation import can_replace, is_retired

PAGE = 48


@dataclass(frozen=True)
class Shown:
    candidate: Candidate
    thumb: str
    large: str
    height: int
    retired: bool
    replaceable: bool


@require_safe
@curators_only
def pictures(request: HttpRequest, pk: int) -> HttpResponse:
    challenge = get_object_or_404(Challenge, pk=pk)
    rows = (
        Candidate.objects.filter(slot__prompt__challenge=challenge)
        .select_related("slot__model", "slot__prompt", "generation__offering__provider")
        .prefetch_related("pictures")
        .order_by("slot__prompt__position", "-slot__prompt__version", "slot__model__name", "pk")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {"challenge": challenge, "page": page, "shown": [_show(one) for one in page]}
    return render(request, "curate/desk/pictures.html", context)


def _show(candidate: Candidate) -> Shown:
    kinds = {picture.kind: picture for picture in candidate.pictures.all()}
    address = {
        kind: reverse("web:picture", args=[found.name, found.extension])
        for kind, found in kinds.items()
        if candidate.status != Candidate.Status.HIDDEN
    }
    retired = is_retired(candidate)
    return Shown(
        candidate=candidate,
        thumb=address.get("thumb", ""),
        large=address.get("jpeg_1024", ""),
        height=round(240 * candidate.height / candidate.width),
        retired=retired,
        replaceable=not retired and can_replace(candidate),
    )


@require_POST
@curators_only
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Hide a picture, show it again, retire it, or retire it and order another take."""
    found = get_object_or_404(
        Candidate.objects.select_related("slot__prompt__challenge", "slot__model"), pk=pk
    )
    if found.slot.prompt is None:
        raise Http404("This picture is for a caller, not for a challenge.")
    challenge = found.slot.prompt.challenge
    with transaction.atomic():
        said, undo, way_back = _do(request, found)
        if way_back:
            note_action(
                challenge=challenge, who=who(request), said=said, undo=undo, way_back=way_back
            )
    messages.success(request, said)
    return redirect("desk:pictures", pk=challenge.pk)


def _do(request: HttpRequest, found: Candidate) -> tuple[str, dict[str, object] | None, str]:
    """Decide; return what to say, how it is undone, and the way back: empty where nothing was changed."""
    name, by = name_picture(found), who(request)
    wanted = request.POST.get("do")
    if wanted == "hide":
        decision = hide_picture(found, void=False, reason=read_reason(request), by=by)
        return tell_hiding(found, decision)
    if wanted == "unhide":
        shown, plays = show_picture(found, by=by)
        if shown is None:
            return f"Found {name} shown before.", None, ""
        undo = undo_of_showing(shown, plays=plays, reason=found.hidden_reason)
        said = f"Put {name} back into play." if plays else f"Showed {name} again; it stays retired."
        return said, undo, "Hides it again."
    if wanted == "retire":
        done = retire_picture(found, by=by)
        return (f"Retired {name}.", None, FOR_GOOD) if done else (_found(name), None, "")
    if wanted == "rotate":
        done, slot = rotate_picture(found, by=by)
        if done is None:
            return _found(name), None, ""
        then = f"ordered take {slot.take + 1}" if slot else "nothing new could be ordered"
        return f"Retired {name}; {then}.", None, FOR_GOOD
    raise Http404("A picture is hidden, shown again, retired or rotated.")


def _found(name: str) -> str:
    return f"Found {name} retired before; nothing was changed."
