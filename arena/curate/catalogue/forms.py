"""What curators type about the catalogue; rules live in `catalog.editing`."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory

from arena.catalog.editing import FIXED, find_faults, say_why_no_day
from arena.catalog.models import (
    Discipline,
    ImageModel,
    Lab,
    ModelText,
    Offering,
    PriceClaim,
    PriceRule,
    Provider,
)
from arena.catalog.words import CLAIM
from arena.curate.exchange.cells import Flags
from arena.curate.ruled import RuledForm
from arena.curate.seen import SeenField, SeenForm, see_anew
from arena.providers.dialects import DIALECTS

MOST_RULES = 60
MOST_LETTERS = 20_000


class LinesField(forms.CharField):
    """A list of words, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        return list(dict.fromkeys(line.strip() for line in words.splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class FlagsField(forms.CharField):
    """Flags of a dialect as an object of JSON; empty: none."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return Flags().render(value) if value else ""
        return value

    def clean(self, value: Any) -> Any:
        try:
            return Flags().clean(super().clean(value)) or {}
        except ValueError as fault:
            raise ValidationError(f"It {fault}") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


def disciplines_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=Discipline.choices, widget=forms.CheckboxSelectMultiple
    )


class RowForm(SeenForm):
    """A row of the catalogue. What stands in addresses, and the population, is fixed once it is there."""

    fixed: tuple[str, ...] = tuple(FIXED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "lab" in self.fields:
            self.fields["lab"].empty_label = None  # type: ignore[attr-defined]
        if self.instance.pk is None:
            return
        for name in self.fixed:
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = "Fixed."

    def clean(self) -> dict[str, Any]:
        """Browsers end lines with CRLF; the same words must be the same text."""
        return {
            name: value.replace("\r\n", "\n") if isinstance(value, str) else value
            for name, value in super().clean().items()
        }

    @property
    def wanted(self) -> dict[str, Any]:
        """The values by column, in the words of `catalog.editing.change_row`."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if name == "siblings":
                found[name] = [one.pk for one in value]
            elif hasattr(value, "pk"):
                found[f"{name}_id"] = value.pk
            else:
                found[name] = value
        return found


class LabForm(RowForm):
    class Meta:
        model = Lab
        fields = ("name", "slug", "website")
        labels = {"slug": "Address"}

    website = forms.URLField(required=False, assume_scheme="https")


class ModelForm(RowForm):
    disciplines = disciplines_field()
    aliases = LinesField(required=False, help_text="Other names, one a line.")
    capabilities = LinesField(required=False, help_text="One a line.")
    input_kinds = LinesField(required=False, label="Takes in", help_text="One a line: text, image.")
    output_kinds = LinesField(required=False, label="Puts out", help_text="One a line.")

    class Meta:
        model = ImageModel
        fields = (
            *("name", "slug", "long_name", "api_id", "lab", "population", "family", "status"),
            *("disciplines", "takes", "released_on", "licence", "open_weights", "description"),
            *("aliases", "capabilities", "input_kinds", "output_kinds", "siblings"),
        )
        labels = {"slug": "Address", "api_id": "The vendor's id", "open_weights": "Open weights"}
        help_texts = {
            "slug": "Its page is /models/<address>/; a dot becomes a hyphen.",
            "family": "Models of one family are shown as siblings.",
            "siblings": "Beside those of its family.",
        }
        widgets = {
            "released_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "description": forms.Textarea(attrs={"rows": 4}),
            "siblings": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["siblings"]
            return
        siblings = self.fields["siblings"]
        assert isinstance(siblings, forms.ModelMultipleChoiceField)  # noqa: S101 - narrows
        others = ImageModel.objects.filter(population=self.instance.population)
        siblings.queryset = others.exclude(pk=self.instance.pk)


class ProviderForm(RowForm):
    dialect = forms.ChoiceField(choices=[(name, name) for name in sorted(DIALECTS)])
    website = forms.URLField(required=False, assume_scheme="https")
    options = FlagsField(required=False, help_text="Flags of the dialect, as JSON.")

    class Meta:
        model = Provider
        fields = (
            *("name", "slug", "website", "dialect", "base_url", "key_variable", "options"),
            *("population", "is_local", "max_in_flight", "max_per_minute", "markup", "enabled"),
        )
        labels = {
            "slug": "Address",
            "base_url": "Where it is asked",
            "key_variable": "Variable of the key",
            "is_local": "The studio server of this installation",
            "max_in_flight": "Calls at a time",
            "max_per_minute": "Calls a minute",
            "enabled": "Switched on",
        }
        help_texts = {
            "key_variable": "The name of the environment variable, such as FAL_KEY, never the key. "
            "Empty: no key needed.",
            "is_local": "",
            "slug": "The last part of this page's address.",
        }


class OfferingForm(RowForm):
    """What a model is called at a provider, and how it is asked."""

    fixed = ("provider",)
    disciplines = disciplines_field()
    options = FlagsField(required=False, help_text="Over the provider's flags, as JSON.")

    class Meta:
        model = Offering
        fields = (
            *("provider", "remote_id", "disciplines", "priority", "options", "least_reserve"),
            *("resend_safe", "enabled"),
        )
        labels = {
            "remote_id": "Its id there",
            "least_reserve": "Least reserve",
            "resend_safe": "Free: send again",
            "enabled": "Switched on",
        }

    def __init__(self, *args: Any, model: ImageModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.instance.model = model
            provider = self.fields["provider"]
            assert isinstance(provider, forms.ModelChoiceField)  # noqa: S101 - narrows the type
            others = Provider.objects.filter(population=model.population)
            provider.queryset = others.exclude(offerings__model=model)


class TextForm(RowForm):
    """What is said of a model in a section."""

    fixed = ()
    text = forms.CharField(
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Markdown. Pictures and raw HTML are left out on the page.",
    )

    class Meta:
        model = ModelText
        fields = ("text", "sources", "written_on")
        labels = {"written_on": "Checked on"}
        widgets = {
            "sources": forms.Textarea(attrs={"rows": 3}),
            "written_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }


class ClaimForm(RuledForm):
    class Meta:
        model = PriceClaim
        fields = CLAIM
        labels = {"amount": "Dollars", "through": "Sold by", "words": "In its words"}
        help_texts = {"amount": "Of a “from” claim.", "direction": "Of the other kind of claim."}

    def clean(self) -> dict[str, Any]:
        """Say by field what belongs together, before the database's constraint names itself."""
        cleaned = super().clean() or self.cleaned_data
        for name, why in list(find_faults(PriceClaim(**cleaned))):
            self.add_error(name, f"It {why}")
        return self.cleaned_data


class PriceListForm(forms.Form):
    """From when a new price list holds, and where it is printed; carries which prices its reader saw."""

    seen = SeenField(required=False)
    valid_from = forms.DateField(
        label="Holds from",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="What holds then ends the day before.",
    )
    source = forms.CharField(
        max_length=200, required=False, help_text="Where it is printed: an address, or words."
    )

    def refuse_unseen(self, stored: str) -> None:
        """Refuse once where the prices (`mark_prices`) are not those that were seen; raises ValidationError."""
        if self.cleaned_data["seen"] in ("", stored):
            return
        see_anew(self, stored)
        raise ValidationError(
            "Somebody changed the prices while you had this open: see the lists so far. Your rules are still "
            "here: begin this list again to set them, or open the page anew."
        )

    def clean_valid_from(self) -> date:
        day: date = self.cleaned_data["valid_from"]
        if why := say_why_no_day(day):
            raise ValidationError(why)
        return day


class RuleForm(RuledForm):
    class Meta:
        model = PriceRule
        fields = (
            *("direction", "unit", "amount", "size", "quality", "multiplier", "tokens_of"),
            *("tokens", "expected_units", "most_units", "feature", "note", "round_up"),
        )
        labels = {
            "amount": "Dollars",
            "tokens_of": "Tokens",
            "tokens": "Tokens a picture",
            "expected_units": "Units, usually",
            "most_units": "Units at most",
            "feature": "Surcharge for",
            "round_up": "What has begun counts whole",
        }
        help_texts = dict.fromkeys(("round_up", "note", "feature", "tokens", "quality"), "")


RuleFormSet = formset_factory(
    RuleForm,
    extra=2,
    can_delete=True,
    max_num=MOST_RULES,
    validate_max=True,
    absolute_max=MOST_RULES + 20,
)


class SlugField(forms.ModelChoiceField):
    """A row by its slug; a null character is no choice, and nothing for PostgreSQL."""

    def to_python(self, value: Any) -> Any:
        if "\0" in str(value):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().to_python(value)


class ModelFilter(forms.Form):
    """What narrows the list of models; what is not on offer is passed over."""

    q = forms.CharField(required=False, max_length=80, label="Name")
    population = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    discipline = forms.ChoiceField(required=False)
    lab = SlugField(
        queryset=Lab.objects.all(), required=False, to_field_name="slug", empty_label="any"
    )
    provider = SlugField(
        queryset=Provider.objects.all(), required=False, to_field_name="slug", empty_label="any"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "population": [("real", "Real models"), ("demo", "Demo studios")],
            "status": ImageModel.Status.choices,
            "discipline": Discipline.choices,
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows the type
            field.choices = [("", "any"), *offered]
