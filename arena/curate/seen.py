"""Forms that know what their reader saw: nobody sets back, unseen, what somebody else has changed meanwhile."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import Field, ForeignKey, JSONField, Model
from django.utils.crypto import salted_hmac

from .exchange.cells import CONCEALED, KeyName

SHOWN = 60
# What is typed here may be somebody's key, which is never shown.
UNTOLD = frozenset({"key_variable"})


class SeenField(forms.CharField):
    """Carries what a form's reader saw, unseen; that alone changes nothing."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class SeenForm(forms.ModelForm):
    """A form of a row. It carries what stood in each field, and is refused where that has changed.

    It is shown again with what was typed and what stands there now; sent once more it is taken. What lists
    its fields by name must list `seen`, too.
    """

    seen = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stood = dict(self.initial)
        self._stored = _fingerprints(self.initial)
        for name in UNTOLD & set(self.initial):
            self.initial[name] = KeyName().render(self.initial[name])
        self.fields["seen"].initial = _as_text(self._stored)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen = _from_text(cleaned.pop("seen", ""))
        for name in UNTOLD & set(cleaned):
            # What was concealed is left as it is by whoever leaves it alone.
            if cleaned[name] == self.initial.get(name) == CONCEALED:
                cleaned[name] = self._stood[name]
        changed = [name for name, mark in self._stored.items() if seen.get(name, mark) != mark]
        # A new row is nobody else's.
        if changed and self.instance.pk is not None:
            see_anew(self, _as_text(self._stored))
            raise _changed_meanwhile(self._tell(name) for name in changed)
        return cleaned

    @property
    def expected(self) -> dict[str, Any]:
        """What stood in each column when this form was checked; whoever writes looks again under the lock."""
        return {self._field(name).attname: _by_number(v) for name, v in self._stood.items()}

    def _field(self, name: str) -> Field:
        field = self._meta.model._meta.get_field(name)
        assert isinstance(field, Field)  # noqa: S101 - narrows the type
        return field

    def _tell(self, name: str) -> str:
        label = str(self[name].label)
        if name in UNTOLD:
            return label
        return f"{label} “{_say_column(self._field(name), self._stood[name])[:SHOWN]}”"


class SeenValues(forms.Form):
    """A form of values that are no row of their own, which carries what stood in its fields.

    `refuse_unseen` is asked under the lock of what they belong to, and refuses once as a SeenForm does.
    """

    # Pages show several of these forms, so this field has no id.
    seen = SeenField(required=False, widget=forms.HiddenInput(attrs={"id": False}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "seen": _as_text(_fingerprints(self.initial))}

    def refuse_unseen(self, stands: Mapping[str, Any]) -> None:
        """Raise ValidationError where something else stands there than what was in the form when it was opened."""
        marks = _fingerprints(stands)
        seen = _from_text(self.cleaned_data["seen"])
        changed = [name for name, mark in marks.items() if seen.get(name, mark) != mark]
        if changed:
            see_anew(self, _as_text(marks))
            raise _changed_meanwhile(
                f"{self[name].label} “{_say_value(stands[name])}”" for name in changed
            )


def see_anew(form: forms.BaseForm, seen: str) -> None:
    """Let a form that is refused and shown again carry what stands now: sent once more it is taken."""
    data = form.data.copy()  # type: ignore[attr-defined]
    data[form.add_prefix("seen")] = seen
    form.data = data


def _changed_meanwhile(told: Iterable[str]) -> ValidationError:
    return ValidationError(
        f"Somebody changed this while you had it open. Now there is: {'; '.join(told)}. "
        "What you typed is still here: send it again to set it, or open the page anew."
    )


def _say_value(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else _in_words(value)


def _say_column(field: Field, value: Any) -> str:
    """Say what a column holds as a reader knows it: rows and choices by name."""
    if isinstance(field, ArrayField):
        return ", ".join(_say_column(field.base_field, one) for one in value or ())
    if isinstance(field, ForeignKey):
        named = field.remote_field.model._base_manager.filter(pk=value).first()
        return _in_words(named or value)
    if isinstance(field, JSONField):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    choices = {} if isinstance(value, list) else dict(field.flatchoices or ())
    return _in_words(choices.get(value, value) if choices else value)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _fingerprints(initial: Mapping[str, Any]) -> dict[str, str]:
    return {name: _mark(name, value) for name, value in initial.items()}


def _mark(name: str, value: Any) -> str:
    """Name a value without telling it: only this site can make the mark, so nobody tries out values."""
    told = str(_by_number(value))
    return salted_hmac(f"{__name__}.{name}", told, algorithm="sha256").hexdigest()[:16]


def _by_number(value: Any) -> Any:
    """Tell of other rows their numbers, in order."""
    if isinstance(value, list) and value and isinstance(value[0], Model):
        return sorted(one.pk for one in value)
    return value


def _as_text(marks: Mapping[str, str]) -> str:
    return " ".join(f"{name}:{mark}" for name, mark in marks.items())


def _from_text(text: str) -> dict[str, str]:
    pairs: Iterable[list[str]] = (word.split(":") for word in text.split())
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
