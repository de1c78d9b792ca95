"""Challenges, prompts, categories and reference pictures as they stand in files.

What is written goes through `challenges.editing`, so that versions hold and pictures fix what they depend on.
Pictures are no rows: references are told in an export and passed over by an import.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max

from arena.challenges.editing import add_prompt, change_settings, revise_prompt
from arena.challenges.models import Category, Challenge, Prompt, ReferencePicture
from arena.generation.slots import has_pictures

from .cells import Named, NamedMany, Text
from .sheets import Sheet, link

LONGEST_PROMPT = 4000


class Stripped(Text):
    """A prompt is kept without space around it."""

    def clean(self, value: Any, row: Any = None, **rest: Any) -> Any:
        return super().clean(value, row, **rest).strip()


class CategorySheet(Sheet):
    title = "Categories"

    class Meta:
        model = Category
        fields = ("slug", "name")
        import_id_fields = ("slug",)


class ChallengeSheet(Sheet):
    title = "Challenges"
    told_only = frozenset({"status"})
    categories = link("categories", NamedMany(Category))
    status = link("status", Text(), readonly=True)

    class Meta:
        model = Challenge
        fields = (
            *("slug", "title", "discipline", "what_to_judge", "categories", "canvas_width"),
            *("canvas_height", "position", "allow_fallback", "status"),
        )
        import_id_fields = ("slug",)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """A new challenge is a draft; of one with pictures, discipline and canvas stay."""
        if is_create:
            instance.save(force_insert=True)
            return
        names = [name for name in self.columns() if name not in ("slug", "categories", "status")]
        change_settings(
            Challenge.objects.get(pk=instance.pk),
            has_pictures=has_pictures,
            **{name: getattr(instance, name) for name in names},
        )


class PromptSheet(Sheet):
    title = "Prompts"
    told_only = frozenset({"version"})
    challenge = link("challenge", Named(Challenge))
    text = link("text", Stripped())
    version = link("version", Text(), readonly=True)

    class Meta:
        model = Prompt
        fields = ("challenge", "position", "text", "purpose", "version")
        import_id_fields = ("challenge", "position")

    def get_queryset(self) -> Any:
        """Only what is asked today: former and withdrawn versions stay as they are."""
        current = Prompt.objects.filter(is_current=True).select_related("challenge")
        return current.order_by("challenge__slug", "position")

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        if len(instance.text or "") > LONGEST_PROMPT:
            raise ValidationError({"text": f"At most {LONGEST_PROMPT} characters."})
        super().validate_instance(instance, *args, **kwargs)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        words, purpose = instance.text, instance.purpose
        if not is_create:
            revise_prompt(Prompt.objects.get(pk=instance.pk), text=words, purpose=purpose)
            return
        last = instance.challenge.prompts.aggregate(last=Max("position"))["last"] or 0
        if instance.position != last + 1:
            raise ValidationError({"position": f"The next prompt there is number {last + 1}."})
        made = add_prompt(instance.challenge, text=words, purpose=purpose)
        if made.position != instance.position:
            raise ValidationError({"text": f"It is there already, as prompt {made.position}."})
        instance.pk = made.pk


class ReferenceSheet(Sheet):
    """What is known of the reference pictures; for reading only."""

    title = "Reference pictures"
    challenge = link("challenge", Named(Challenge))

    class Meta:
        model = ReferencePicture
        fields = (
            *("challenge", "position", "alt", "credit", "licence", "source"),
            *("shows_people", "consent", "width", "height"),
        )
        import_id_fields = ("challenge", "position")
