"""One action on the catalogue with its line of history; what is refused stands beside its field."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import BaseForm
from django.forms.models import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from arena.catalog.editing import add_row, change_row
from arena.catalog.models import Offering, Provider
from arena.challenges.history import note_action
from arena.curate.access import who

from .forms import RowForm

# Columns that switch a row off again, as (off, on).
Switch = Mapping[str, tuple[Any, Any]]


def act(request: HttpRequest, *, form: BaseForm | None, do: Callable[[], dict[str, Any]]) -> bool:
    """Run an action and its line of history in one transaction; False: it was refused, and says why.

    `do` returns what the line says (`note_action`); nothing said: nothing was changed.
    """
    try:
        with transaction.atomic():
            done = do()
            if done["said"]:
                note_action(who=who(request), **done)
    except ValidationError as refused:
        if form is None:
            messages.error(request, " ".join(refused.messages))
        else:
            known = hasattr(refused, "error_dict") and set(refused.error_dict) <= set(form.fields)
            form.add_error(None, refused if known else refused.messages)
        return False
    messages.success(request, done["said"] or "Nothing was changed.")
    return True


def change(
    row: models.Model,
    *,
    values: Mapping[str, Any],
    expected: Mapping[str, Any] | None = None,
    said: str = "",
) -> dict[str, Any]:
    """Change a row and tell it; `said` names the action, else the changed fields are told.

    `expected`: what the row was when its form was checked (`SeenForm.expected`); it is refused otherwise.
    """
    former, now = change_row(row, expected=expected, **values)
    names = ", ".join(name.removesuffix("_id").replace("_", " ") for name in sorted(former))
    return {
        "said": (said or f"{_title(row)}: changed {names}.") if former else "",
        "undo": {**_pointer(row), "former": former, "now": now},
        "way_back": "Sets the former values again.",
    }


def change_as_typed(row: models.Model, form: RowForm) -> Callable[[], dict[str, Any]]:
    """Return the action that sets what a form holds, if the row is still what the form was checked against."""
    return lambda: change(row, values=form.wanted, expected=form.expected)


def add(row: models.Model, *, off: Switch, way_back: str) -> dict[str, Any]:
    """Add a row and tell it; `off`: the columns that switch it off again, as (off, on)."""
    add_row(row)
    undo = {
        **_pointer(row),
        "former": {name: pair[0] for name, pair in off.items()},
        "now": {name: pair[1] for name, pair in off.items()},
    }
    return {
        "said": f"Added {_title(row)}.",
        "undo": undo if off else None,
        "way_back": way_back,
    }


def switchable(row: Provider | Offering) -> tuple[Switch, str]:
    """Return how a new row is switched off again, and the sentence about it."""
    if row.enabled:
        return {"enabled": (False, True)}, "Switches it off."
    return {}, "Cannot be taken back: it is switched off."


def switch(request: HttpRequest, row: Provider | Offering) -> bool:
    """Switch a row on or off where the request says so (`do`); tell whether it did."""
    wanted = request.POST.get("do")
    if wanted not in ("on", "off"):
        return False
    values, said = {"enabled": wanted == "on"}, f"Switched {row} {wanted}."
    act(request, form=None, do=lambda: change(row, values=values, said=said))
    return True


def show_new(
    request: HttpRequest,
    form: BaseModelForm,
    *,
    kind: str,
    off: Callable[[Any], tuple[Switch, str]],
) -> HttpResponse:
    """Show the form of a new row of a kind, or add it and go to its page.

    `off` tells of the row how it is switched off again, and the sentence about it.
    """
    if request.method == "POST" and form.is_valid():
        made = form.instance
        columns, way_back = off(made)
        if act(request, form=form, do=lambda: add(made, off=columns, way_back=way_back)):
            return redirect(f"catalogue:{kind}", made.slug)
    context = {"form": form, "kind": kind}
    status = 422 if form.errors else 200
    return render(request, "curate/catalogue/new.html", context, status=status)


def _pointer(row: models.Model) -> dict[str, Any]:
    return {"do": "row", "model": row._meta.model_name, "pk": row.pk}


def _title(row: models.Model) -> str:
    return f"{row._meta.verbose_name} “{row}”"
