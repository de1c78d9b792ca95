"""What curators type at the desk, read and checked; rules live in the nouns."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from arena.challenges.models import Category, Challenge, Prompt, ReferencePicture
from arena.curate.seen import SeenForm, SeenValues
from arena.pictures.intake import PictureError
from arena.pictures.workshop import WorkshopError, open_workshop

MOST_BYTES = 30 * 1024 * 1024


class Marked(forms.Form):
    """Fields that tell assistive techniques what is wrong with them."""

    error_css_class = "wrong"


class SettingsForm(SeenForm):
    class Meta:
        model = Challenge
        fields = (
            "title",
            "slug",
            "discipline",
            "what_to_judge",
            "categories",
            "canvas_width",
            "canvas_height",
            "position",
            "allow_fallback",
        )
        widgets = {
            "categories": forms.CheckboxSelectMultiple,
            "what_to_judge": forms.Textarea(attrs={"rows": 2}),
        }
        labels = {
            "slug": "Address",
            "what_to_judge": "What to judge",
            "canvas_width": "Canvas width",
            "canvas_height": "Canvas height",
            "allow_fallback": "Another provider may step in",
        }
        help_texts = {
            "slug": "Its page is /challenges/<address>/.",
            "canvas_width": "Pixels, 256 to 1536.",
            "canvas_height": "Pixels, 256 to 1536.",
            "position": "Challenges are listed by this number.",
        }

    def __init__(self, *args: Any, has_pictures: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = self.fields["categories"]
        assert isinstance(categories, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows
        categories.queryset = Category.objects.all()
        for name in ("discipline", "canvas_width", "canvas_height") if has_pictures else ():
            self.fields[name].disabled = True
            self.fields[name].help_text = "Fixed: there are pictures of it already."

    @property
    def wanted(self) -> dict[str, Any]:
        """The values in the words of `challenges.editing.change_settings`."""
        ids = sorted(category.pk for category in self.cleaned_data["categories"])
        return self.cleaned_data | {"categories": ids}


class PromptForm(Marked):
    """One prompt: its words, and whether it is voted on."""

    prompt = forms.ModelChoiceField(
        queryset=Prompt.objects.none(), required=False, widget=forms.HiddenInput
    )
    text = forms.CharField(
        max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), label="Prompt"
    )
    showcase = forms.BooleanField(
        required=False,
        label="Showcase",
        help_text="Never voted on: its pictures are shown at once, with names.",
    )

    def __init__(self, *args: Any, challenge: Challenge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["prompt"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - narrows the type
        field.queryset = challenge.prompts.all()

    @property
    def wanted(self) -> dict[str, str]:
        showcase = self.cleaned_data["showcase"]
        purpose = Prompt.Purpose.SHOWCASE if showcase else Prompt.Purpose.BATTLE
        return {"text": self.cleaned_data["text"], "purpose": purpose}


class ReferenceForm(forms.ModelForm):
    upload = forms.FileField(
        label="Picture", help_text="PNG, JPEG or WebP; it is checked and rebuilt from its pixels."
    )

    class Meta:
        model = ReferencePicture
        fields = ("upload", "alt", "credit", "licence", "source", "shows_people", "consent")
        labels = {
            "alt": "What it shows",
            "credit": "Credit",
            "licence": "Rights note",
            "shows_people": "It shows people",
            "consent": "Their consent",
        }
        help_texts = {
            "licence": "The licence or permission by which it may be shown, e.g. CC0.",
            "consent": "Needed where it shows people: how and when they agreed.",
        }

    field_order = Meta.fields

    def clean_upload(self) -> Any:
        """Refuse what is no picture beside its field, before anything is saved."""
        upload = self.cleaned_data["upload"]
        if upload.size > MOST_BYTES:
            raise ValidationError(f"{upload.name} is larger than 30 MB.")
        try:
            open_workshop().measure(upload.read())
        except (PictureError, WorkshopError) as error:
            raise ValidationError(f"{upload.name}: {error}") from error
        upload.seek(0)
        return upload


class CapForm(Marked, SeenValues):
    dollars = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=6,
        label="Cap of this challenge, in dollars",
        help_text="Paid and put aside together never exceed it. Empty: only the other caps hold.",
    )


class ScheduleForm(Marked, SeenValues):
    opens_at = forms.DateTimeField(
        required=False,
        label="Opens at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="UTC. Empty: only by hand.",
    )
    closes_at = forms.DateTimeField(
        required=False,
        label="Closes at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="UTC. Empty: only by hand.",
    )


class SettleForm(Marked):
    """What a curator decides about an uncertain call."""

    charged = forms.ChoiceField(
        label="Did the provider charge it?",
        choices=[("yes", "It was charged"), ("no", "It was not charged")],
        widget=forms.RadioSelect,
    )
    amount = forms.DecimalField(
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=6,
        label="Dollars on the bill",
        help_text="Empty: what was put aside is paid.",
    )
    then = forms.ChoiceField(
        label="And the picture?",
        choices=[("again", "Send again"), ("give-up", "Give up on it")],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, wanted: bool, **more: Any) -> None:
        """`wanted`: somebody still waits for the picture, so that it can be asked for again."""
        super().__init__(*args, **more)
        if not wanted:
            then = self.fields["then"]
            assert isinstance(then, forms.ChoiceField)  # noqa: S101 - narrows the type
            then.choices = [("give-up", "Give up on it: nobody waits for it any more")]
            then.initial = "give-up"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("charged") == "no" and cleaned.get("amount"):
            self.add_error("amount", "What was not charged has no sum: leave this empty.")
        return cleaned
