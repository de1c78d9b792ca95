"""The queue of suggested prompts: each is made a draft by one press, or declined with a reason."""

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from arena.battles.models import Suggestion
from arena.battles.suggestions import decline_suggestion, suggestions_in, take_suggestion
from arena.challenges.history import note_action
from arena.challenges.models import Challenge

from .access import curators_only, read_reason, who

A_PAGE = 20
State = Suggestion.State


@require_safe
@curators_only
def suggestions(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("state", "")
    state = State(asked) if asked in State.values else State.WAITING
    counts = dict(Suggestion.objects.order_by().values_list("state").annotate(n=Count("pk")))
    context = {
        "page": Paginator(suggestions_in(state), A_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": [(value, label, counts.get(value, 0)) for value, label in State.choices],
        "kept": "" if state == State.WAITING else f"state={state}&",
    }
    return render(request, "curate/suggestions/page.html", context)


@require_POST
@curators_only
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a suggestion as a draft and go to its page, or decline it and go on in the queue."""
    get_object_or_404(Suggestion, pk=pk)
    try:
        if request.POST.get("decision") == "take":
            made = _take(pk, by=who(request))
            messages.success(request, _("Taken as a draft. Nobody sees it before you open it."))
            return redirect("desk:challenge", pk=made.pk)
        if request.POST.get("decision") == "decline":
            _decline(pk, reason=read_reason(request), by=who(request))
            messages.success(request, _("Declined; its voter can read why."))
        else:
            messages.error(request, _("Nothing was decided: the form did not say what to do."))
    except ValidationError as refused:
        messages.error(request, f"{_('Nothing was decided.')} {' '.join(refused.messages)}")
    except Suggestion.DoesNotExist:
        messages.error(request, _("Its voter asked to be forgotten just now, so it is gone."))
    return redirect(reverse("moderation:suggestions"))


@transaction.atomic
def _take(pk: int, *, by: User) -> Challenge:
    made = take_suggestion(pk, by=by)
    note_action(
        challenge=made,
        who=by,
        said=f"Took suggestion {pk} as the draft “{made.title}”.",
        undo={"do": "return", "suggestion": pk},
        way_back="Archives the draft and puts the suggestion back into the queue.",
    )
    return made


@transaction.atomic
def _decline(pk: int, *, reason: str, by: User) -> None:
    decline_suggestion(pk, reason=reason, by=by)
    # Without its voter's words, which go when the voter asks for it: lines of the history stay.
    note_action(
        who=by,
        said=f"Declined suggestion {pk}: {reason}",
        undo={"do": "return", "suggestion": pk},
        way_back="Puts it back into the queue.",
    )
