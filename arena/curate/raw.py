"""The law of the catalogue among the raw rows: staff may change rows there, and break no rule by it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from .ruled import RuledForm
from .told import ToldAdmin


class LawfulAdmin(ToldAdmin):
    """Raw rows of the catalogue: by its rules, and only what was changed is written."""

    form = RuledForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The two populations never mix (I8), so nobody goes over."""
        fixed = super().get_readonly_fields(request, obj)
        names = {field.name for field in self.opts.fields}
        return (*fixed, "population") if obj and "population" in names else fixed

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        save_changed(obj, form=form, change=change)


class ShownInline(admin.TabularInline):
    """Rows that are shown here and changed elsewhere."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def save_changed(obj: Model, *, form: forms.ModelForm, change: bool) -> None:
    """Save a new row whole, of one that is there what the form changed: the rest may be newer than the form."""
    if not change:
        obj.save()
        return
    columns = {field.name for field in obj._meta.concrete_fields}
    obj.save(update_fields=[name for name in form.changed_data if name in columns])
