"""Suggest a prompt: a form for everybody, and below it what became of one's own suggestions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from arena.battles.models import Suggestion, Voter
from arena.battles.networks import hash_network
from arena.battles.suggestions import (
    LONGEST_REMARK,
    LONGEST_TITLE,
    PER_DAY,
    SuggestionRefused,
    suggest_prompt,
    suggestions_of,
)
from arena.battles.voters import create_voter, read_voter, set_voter
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge
from arena.generation.quotas import OverQuota
from arena.generation.trials import LONGEST_PROMPT

A_PAGE = 20
WHAT = {
    Discipline.TEXT_TO_IMAGE: gettext_lazy("Make a picture from words"),
    Discipline.IMAGE_EDITING: gettext_lazy("Edit a picture"),
}


def _list_categories() -> list[tuple[str, str]]:
    return [("", _("None of these")), *Category.objects.values_list("slug", "name")]


class SuggestionForm(forms.Form):
    """What a browser sends; what may be taken is decided by `suggest_prompt`."""

    title = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"maxlength": LONGEST_TITLE, "required": True}),
    )
    text = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_PROMPT, "required": True}),
    )
    discipline = forms.ChoiceField(
        choices=list(WHAT.items()),
        widget=forms.RadioSelect,
        initial=Discipline.TEXT_TO_IMAGE,
        error_messages={"required": gettext_lazy("Choose what the models are to do.")},
    )
    category = forms.ChoiceField(choices=_list_categories, required=False)
    remark = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"maxlength": LONGEST_REMARK})
    )

    def clean_category(self) -> Category | None:
        # Not a ModelChoiceField: it hands null characters to PostgreSQL, which refuses the statement.
        slug = self.cleaned_data["category"]
        return Category.objects.filter(slug=slug).first() if slug else None


@dataclass(frozen=True)
class OwnSuggestion:
    """A voter's own suggestion and what became of it; `url` leads to its challenge once that is public."""

    title: str
    text: str
    at: datetime
    state: str
    told: str
    reason: str = ""
    challenge: str = ""
    url: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def suggest(request: HttpRequest) -> HttpResponse:
    voter = read_voter(request)
    form = SuggestionForm(request.POST or None)
    if request.method != "POST":
        return _page(request, form, voter=voter, status=200)
    if not form.is_valid():
        return _page(request, form, voter=voter, status=422)
    try:
        # What is refused leaves no voter behind either.
        with transaction.atomic():
            sender = voter or create_voter(request)
            suggest_prompt(**form.cleaned_data, voter=sender, network=hash_network(request))
    except SuggestionRefused as refused:
        form.add_error(refused.field, refused.sentence)
        return _page(request, form, voter=voter, status=422)
    except OverQuota as refused:
        until = timezone.now() + timedelta(seconds=refused.retry_after)
        over = {"text": refused.sentence, "until": until}
        response = _page(request, form, voter=voter, status=429, over=over)
        response["Retry-After"] = str(refused.retry_after)
        return response
    response = redirect(reverse("web:suggest") + "?sent=1")
    if voter is None:
        set_voter(response, voter=sender)
    return response


def _page(
    request: HttpRequest,
    form: SuggestionForm,
    *,
    voter: Voter | None,
    status: int,
    over: dict[str, Any] | None = None,
) -> HttpResponse:
    page = _read_own(voter, page=request.GET.get("page", "")) if voter else None
    own = [_show(suggestion) for suggestion in page.object_list] if page else []
    context = {
        "form": form,
        "over": over,
        "own": own,
        "page": page,
        "sent": bool(own) and "sent" in request.GET and not form.is_bound,
        "per_day": PER_DAY,
    }
    return render(request, "web/suggest/page.html", context, status=status)


def _read_own(voter: Voter, *, page: str) -> Page[Suggestion]:
    return Paginator(suggestions_of(voter), A_PAGE).get_page(page)


def _show(suggestion: Suggestion) -> OwnSuggestion:
    """Tell its voter what became of it; a draft is told of, but neither its title nor its address."""
    common: dict[str, Any] = {
        "title": suggestion.title,
        "text": suggestion.text,
        "at": suggestion.created_at,
        "state": suggestion.state,
    }
    if suggestion.state == Suggestion.State.WAITING:
        return OwnSuggestion(**common, told=_("Waiting: no curator has decided about it yet."))
    if suggestion.state == Suggestion.State.DECLINED:
        return OwnSuggestion(**common, told=_("Declined:"), reason=suggestion.reason)
    made = suggestion.challenge
    if made is None or (made.status == Challenge.Status.DRAFT and made.archived_at):
        return OwnSuggestion(**common, told=_("Taken, and put aside for the time being."))
    if made.status == Challenge.Status.DRAFT:
        return OwnSuggestion(**common, told=_("Taken: a curator makes a challenge of it."))
    return OwnSuggestion(
        **common,
        told=_("Taken as the challenge"),
        challenge=made.title,
        url=reverse("web:challenge", args=[made.slug]),
    )
