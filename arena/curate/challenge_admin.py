"""Challenges in the admin: write, attach, see the cost, order pictures, watch, open and close."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from arena.challenges.editing import (
    add_prompt,
    attach_reference,
    close_challenge,
    open_challenge,
    revise_prompt,
)
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.generation.models import Slot
from arena.generation.slots import Cost, expected_costs, measure_progress, order_pictures
from arena.pictures.intake import PictureError, read_picture

from .ordering import OrderForm, orderable_models


class PromptInline(admin.StackedInline):
    model = Prompt
    fields = ("text",)
    extra = 0
    min_num = 1
    can_delete = False
    verbose_name_plural = "prompts: a changed text becomes a new version"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(is_current=True)


class ReferenceForm(forms.ModelForm):
    upload = forms.FileField(
        required=False, help_text="PNG, JPEG or WebP; it is checked and rebuilt from its pixels."
    )

    class Meta:
        model = ReferencePicture
        fields = ("alt", "credit", "licence", "source")

    def clean_upload(self) -> Any:
        """Refuse what is no picture beside its field, before anything is saved."""
        upload = self.cleaned_data["upload"]
        if upload:
            try:
                read_picture(upload.read())
            except PictureError as error:
                raise ValidationError(f"{upload.name}: {error}") from error
            upload.seek(0)
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_new = self.instance.pk is None and self.has_changed()
        if is_new and "upload" not in self.errors and not cleaned.get("upload"):
            self.add_error("upload", "Choose the picture's file.")
        return cleaned


class ReferenceInline(admin.StackedInline):
    model = ReferencePicture
    form = ReferenceForm
    fields = ("upload", "alt", "credit", "licence", "source")
    extra = 0


@admin.register(Challenge)
class ChallengeAdmin(admin.ModelAdmin):
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
        ("status", "opened_at", "closed_at"),
    )
    inlines = (PromptInline, ReferenceInline)

    @admin.display(description="pictures")
    def pictures(self, challenge: Challenge) -> str:
        return measure_progress(current_slots(challenge)).label

    def get_readonly_fields(self, request: HttpRequest, obj: Challenge | None = None) -> Any:
        """Once pictures exist the discipline and canvas are facts about them."""
        fixed = super().get_readonly_fields(request, obj)
        if obj and Slot.objects.filter(prompt__challenge=obj).exists():
            return (*fixed, "discipline", "canvas_width", "canvas_height")
        return fixed

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
                formset.changed_objects.append(
                    (revise_prompt(prompt, text=form.cleaned_data["text"]), ["text"])
                )
            else:
                formset.new_objects.append(add_prompt(challenge, text=form.cleaned_data["text"]))

    def _save_references(self, challenge: Challenge, formset: Any) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for form in formset.deleted_forms:
            form.instance.delete()
            formset.deleted_objects.append(form.instance)
        for form in formset.forms:
            if form in formset.deleted_forms or not form.has_changed():
                continue
            if form.instance.pk:
                form.instance.save(update_fields=["alt", "credit", "licence", "source"])
                formset.changed_objects.append((form.instance, form.changed_data))
                continue
            words = {
                name: form.cleaned_data[name] for name in ("alt", "credit", "licence", "source")
            }
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
        return self._move(request, pk, change=open_challenge, said="is open for votes now")

    def close_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._move(request, pk, change=close_challenge, said="is closed now")

    def _move(
        self, request: HttpRequest, pk: int, *, change: Callable[[Challenge], Challenge], said: str
    ) -> HttpResponse:
        challenge = self._changeable(request, pk)
        try:
            change(challenge)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            self.log_change(request, challenge, f"“{challenge.title}” {said}.")
            messages.success(request, f"“{challenge.title}” {said}.")
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
    """Estimate a batch per model and in all; models whose price nobody states are counted apart."""
    costs: list[Cost] = expected_costs(challenge, models=models, takes=takes, day=day)
    possible = [cost for cost in costs if not cost.missing]
    return {
        "costs": costs,
        "total": sum((cost.total for cost in possible if cost.total is not None), Decimal(0)),
        "unpriced": sum(cost.each is None for cost in possible),
    }
