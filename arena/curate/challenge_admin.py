"""Challenges in the admin: write, attach, see the cost, order pictures, watch, open and close."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from arena.challenges.editing import (
    add_prompt,
    attach_reference,
    change_settings,
    close_challenge,
    revise_prompt,
)
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.generation.budget import rooms_for_batch
from arena.generation.models import Slot
from arena.generation.releasing import open_for_votes, wait_after_closing
from arena.generation.slots import (
    Cost,
    expected_costs,
    has_pictures,
    measure_progress,
    order_pictures,
)
from arena.pictures.intake import PictureError
from arena.pictures.workshop import WorkshopError, open_workshop

from .ordering import OrderForm, orderable_models
from .raw import SeenAdmin, save_changed
from .seen import SeenForm


class ChallengeForm(SeenForm):
    # What was refused while everything on the page was being saved.
    refused: ClassVar[Sequence[str]] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for reason in self.refused:
            self.add_error(None, reason)
        return cleaned


class PromptForm(forms.ModelForm):
    showcase = forms.BooleanField(
        required=False,
        help_text="Never voted on: its pictures are shown at once on the challenge's page, with names. "
        "A changed tick is a new version too, which starts without pictures.",
    )

    class Meta:
        model = Prompt
        fields = ("text",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["showcase"].initial = self.instance.purpose == Prompt.Purpose.SHOWCASE

    @property
    def wanted(self) -> dict[str, str]:
        """What the curator asks for, in the words of `challenges.editing`."""
        showcase = self.cleaned_data["showcase"]
        purpose = Prompt.Purpose.SHOWCASE if showcase else Prompt.Purpose.BATTLE
        return {"text": self.cleaned_data["text"], "purpose": purpose}


class PromptFormSet(forms.BaseInlineFormSet):
    def clean(self) -> None:
        """Refuse the same text for two purposes beside its field: the showcase would show what battles hide."""
        super().clean()
        purposes: dict[str, str] = {}
        for form in cast(list[PromptForm], self.forms):
            if not form.cleaned_data.get("text"):
                continue
            words = form.wanted["text"].replace("\r\n", "\n").strip()
            if purposes.setdefault(words, form.wanted["purpose"]) != form.wanted["purpose"]:
                form.add_error("text", "This prompt is there already, for the other purpose.")


class PromptInline(admin.StackedInline):
    model = Prompt
    form = PromptForm
    formset = PromptFormSet
    fields = ("text", "showcase")
    extra = 0
    min_num = 1
    can_delete = False
    verbose_name_plural = "prompts: a changed text becomes a new version"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(is_current=True)


# Where a request keeps what was refused while saving.
REFUSED = "_refused_while_saving"
WORDS = ("alt", "credit", "licence", "source", "shows_people", "consent")


class ReferenceForm(SeenForm):
    upload = forms.FileField(
        required=False, help_text="PNG, JPEG or WebP; it is checked and rebuilt from its pixels."
    )

    class Meta:
        model = ReferencePicture
        fields = WORDS

    def clean_upload(self) -> Any:
        """Refuse what is no picture beside its field, before anything is saved."""
        upload = self.cleaned_data["upload"]
        if upload:
            upload.seek(0)
            try:
                open_workshop().measure(upload.read())
            except (PictureError, WorkshopError) as error:
                raise ValidationError(f"{upload.name}: {error}") from error
            upload.seek(0)
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_new = self.instance.pk is None and self.has_changed()
        if is_new and "upload" not in self.errors and not cleaned.get("upload"):
            self.add_error("upload", "Choose the picture's file.")
        return cleaned


class ReferenceInline(admin.StackedInline):
    model = ReferencePicture
    form = ReferenceForm
    fields = ("upload", *WORDS, "seen")
    extra = 0
    can_delete = False  # removed at the desk, which knows whether it is in use


@admin.register(Challenge)
class ChallengeAdmin(SeenAdmin):
    form = ChallengeForm
    list_display = ("title", "discipline", "status", "pictures")
    list_filter = ("status", "discipline", "categories")
    search_fields = ("title", "prompts__text")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("categories",)
    readonly_fields = ("status", "opened_at", "closed_at")
    fields = (
        "title",
        "slug",
        "discipline",
        "what_to_judge",
        "categories",
        ("canvas_width", "canvas_height"),
        "position",
        "allow_fallback",
        ("status", "opened_at", "closed_at"),
        "seen",
    )
    inlines = (PromptInline, ReferenceInline)

    @admin.display(description="pictures")
    def pictures(self, challenge: Challenge) -> str:
        return measure_progress(current_slots(challenge)).label

    def get_readonly_fields(self, request: HttpRequest, obj: Challenge | None = None) -> Any:
        """Once pictures exist the discipline and canvas are facts about them."""
        fixed = super().get_readonly_fields(request, obj)
        if obj and has_pictures(obj):
            return (*fixed, "discipline", "canvas_width", "canvas_height")
        return fixed

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is refused while saving on the form; nothing is saved then, and what was typed stays."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as refused:
            setattr(request, REFUSED, refused.messages)
            return super().changeform_view(request, *args, **kwargs)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"refused": getattr(request, REFUSED, ())})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Write what was changed and nothing else; pictures may have been ordered meanwhile."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        names = [name for name in form.changed_data if name != "categories"]
        values = {name: form.cleaned_data[name] for name in names}
        change_settings(Challenge.objects.get(pk=obj.pk), has_pictures=has_pictures, **values)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is Prompt:
            self._save_prompts(form.instance, formset)
        elif formset.model is ReferencePicture:
            self._save_references(form.instance, formset)
        else:
            super().save_formset(request, form, formset, change)

    def _save_prompts(self, challenge: Challenge, formset: Any) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for form in formset.forms:
            if not form.has_changed():
                continue
            if form.instance.pk:
                prompt = Prompt.objects.get(pk=form.instance.pk)
                revised = revise_prompt(prompt, **form.wanted)
                formset.changed_objects.append((revised, form.changed_data))
            else:
                formset.new_objects.append(add_prompt(challenge, **form.wanted))

    def _save_references(self, challenge: Challenge, formset: Any) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for form in formset.forms:
            if not form.has_changed():
                continue
            if form.instance.pk:
                save_changed(form.instance, form=form, change=True)
                formset.changed_objects.append((form.instance, form.changed_data))
                continue
            words = {name: form.cleaned_data[name] for name in WORDS}
            data = form.cleaned_data["upload"].read()
            formset.new_objects.append(attach_reference(challenge, data=data, **words))

    # The curator's own pages and buttons --------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/pictures/", wrap(self.order_view), name="challenge_pictures"),
            path(
                "<int:pk>/pictures/progress/",
                wrap(self.progress_view),
                name="challenge_picture_progress",
            ),
            path("<int:pk>/open/", wrap(require_POST(self.open_view)), name="challenge_open"),
            path("<int:pk>/close/", wrap(require_POST(self.close_view)), name="challenge_close"),
        ]
        return own + super().get_urls()

    def order_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """See what pictures would cost, order them, watch them come."""
        challenge = self._changeable(request, pk)
        form = OrderForm(request.POST or None, challenge=challenge)
        if request.method == "POST" and form.is_valid() and "order" in request.POST:
            new = order_pictures(
                challenge,
                models=form.cleaned_data["models"],
                takes=form.cleaned_data["takes"],
                ordered_by=cast(User, request.user),
            )
            if new:
                self.log_change(request, challenge, f"{new} new pictures ordered.")
            messages.success(
                request, f"{new} new pictures ordered." if new else "Nothing new to order."
            )
            return redirect("admin:challenge_pictures", pk=pk)
        takes = form.cleaned_data.get("takes") if form.is_bound and form.is_valid() else None
        chosen = (
            form.cleaned_data["models"]
            if form.is_bound and form.is_valid()
            else orderable_models(challenge)
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"Pictures for {challenge.title}",
            "opts": self.opts,
            "challenge": challenge,
            "form": form,
            **summarise_costs(challenge, models=chosen, takes=takes, day=timezone.now().date()),
            **self._progress(challenge),
        }
        return render(request, "admin/challenges/challenge/pictures.html", context)

    def progress_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return render(
            request, "web/challenges/_progress.html", self._progress(self._changeable(request, pk))
        )

    def open_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        def open_one(challenge: Challenge) -> str:
            retired = open_for_votes(challenge)
            if not retired:
                return "is open for votes now"
            return (
                f"is open for votes now. While it was closed {retired} of its pictures were shown with "
                "names, so they are retired; order new takes"
            )

        return self._move(request, pk, change=open_one)

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        def close_one(challenge: Challenge) -> str:
            close_challenge(challenge)
            minutes = round(wait_after_closing().total_seconds() / 60)
            return (
                f"is closed now. In {minutes} minutes, when no pair of it can be out any more, its page "
                "shows its pictures with names; opened again after that, it needs new ones"
            )

        return self._move(request, pk, change=close_one)

    def _move(
        self, request: HttpRequest, pk: int, *, change: Callable[[Challenge], str]
    ) -> HttpResponse:
        challenge = self._changeable(request, pk)
        try:
            said = f"“{challenge.title}” {change(challenge)}."
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.log_change(request, challenge, said)
            messages.success(request, said)
        return redirect("admin:challenges_challenge_change", pk)

    def _changeable(self, request: HttpRequest, pk: int) -> Challenge:
        challenge = get_object_or_404(Challenge, pk=pk)
        if not self.has_change_permission(request, challenge):
            raise PermissionDenied
        return challenge

    def _progress(self, challenge: Challenge) -> dict[str, Any]:
        return {
            "progress": measure_progress(current_slots(challenge)),
            "poll_url": reverse("admin:challenge_picture_progress", args=[challenge.pk]),
        }


def current_slots(challenge: Challenge) -> Any:
    """Select the slots of a challenge's current prompts."""
    return Slot.objects.filter(prompt__challenge=challenge, prompt__is_current=True)


def summarise_costs(
    challenge: Challenge, *, models: Any, takes: int | None, day: date
) -> dict[str, Any]:
    """Estimate a batch per model and in all, and say what the spending caps allow.

    Models whose price nobody states are counted apart; what demo studios cost is shown and charged by nobody.
    """
    costs: list[Cost] = expected_costs(challenge, models=models, takes=takes, day=day)
    possible = [cost for cost in costs if not cost.missing]
    paid = [cost for cost in possible if not cost.is_free]
    at_most = sum_dollars(cost.total_at_most for cost in paid)
    rooms = rooms_for_batch(
        challenge=challenge, offerings=[cost.offering for cost in paid if cost.offering]
    )
    return {
        "costs": costs,
        "total": sum_dollars(cost.total for cost in possible),
        "charged": sum_dollars(cost.total for cost in paid),
        "at_most": at_most,
        "unpriced": sum(cost.each is None for cost in possible),
        "rooms": rooms,
        "too_much": any(at_most > room.left for room in rooms),
    }


def sum_dollars(amounts: Iterable[Decimal | None]) -> Decimal:
    """Sum what is known."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
