"""What curators say of a model: texts by section, and claims about prices; each change with its way back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from .editing import add_row, change_row, plain
from .models import ImageModel, ModelText, PriceClaim

TEXT = ("text", "written_on", "sources")
CLAIM = ("kind", "through", "amount", "direction", "words", "source")
# A text, or a claim, as JSON holds it; None: there is none.
Said = dict[str, Any] | None


@transaction.atomic
def set_text(
    model: ImageModel, section: str, values: Mapping[str, Any] | None
) -> tuple[Said, Said]:
    """Write, change or (None) remove a model's text of a section; return it as it was and as it is.

    Raises ValidationError; nothing changes then.
    """
    stored = _lock_text(model, section)
    former = _as_said(stored, TEXT)
    if values is None:
        if stored is not None:
            stored.delete()
        return former, None
    if stored is None:
        stored = add_row(ModelText(model=model, section=section, **values))
    else:
        change_row(stored, **values)
    return former, _as_said(stored, TEXT)


@transaction.atomic
def restore_text(model: ImageModel, section: str, *, former: Said, expected: Said) -> None:
    """Set a text as it was before `set_text`; raises ValidationError where it was changed since."""
    stored = _lock_text(model, section)
    if _as_said(stored, TEXT) != expected:
        raise ValidationError(f"{model}: this text has been changed since.")
    if former is not None:
        former = {**former, "written_on": date.fromisoformat(former["written_on"])}
    set_text(model, section, former)


@transaction.atomic
def add_claim(claim: PriceClaim) -> Said:
    """Keep a new claim; return it as JSON holds it. Raises ValidationError."""
    return _as_said(add_row(claim), CLAIM)


@transaction.atomic
def remove_claim(model: ImageModel, pk: int) -> Said:
    """Remove a claim about a model's prices; return it as it was, None where it is gone already."""
    stored = PriceClaim.objects.select_for_update(no_key=True).filter(model=model, pk=pk).first()
    if stored is not None:
        stored.delete()
    return _as_said(stored, CLAIM)


@transaction.atomic
def restore_claim(model: ImageModel, *, former: Said, expected: Said) -> None:
    """Take back `add_claim` (`former` None) or `remove_claim`; raises ValidationError where that cannot be."""
    if former is not None:
        add_row(PriceClaim(model=model, **former))
        return
    claims = PriceClaim.objects.select_for_update(no_key=True).filter(model=model)
    found = next((one for one in claims if _as_said(one, CLAIM) == expected), None)
    if found is None:
        raise ValidationError(f"{model}: this claim has been changed or removed since.")
    found.delete()


def _lock_text(model: ImageModel, section: str) -> ModelText | None:
    """Read a text under its model's lock, so that no two are written at once."""
    ImageModel.objects.select_for_update(no_key=True).get(pk=model.pk)
    return ModelText.objects.filter(model=model, section=section).first()


def _as_said(row: ModelText | PriceClaim | None, columns: tuple[str, ...]) -> Said:
    return None if row is None else {name: plain(getattr(row, name)) for name in columns}
