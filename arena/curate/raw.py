"""The law of the raw rows: staff may change them there, break no rule by it, and set nothing back unseen."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from arena.catalog.editing import FIXED

from .ruled import RuledForm
from .seen import SeenForm
from .told import ToldAdmin


class SeenAdmin(ToldAdmin):
    """Raw rows that nobody sets back unseen; only what was changed is written."""

    form = SeenForm

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        found = super().get_object(request, *args, **kwargs)
        if found is None:
            return None
        return hold(request, self.get_queryset(request)).filter(pk=found.pk).first()

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        save_changed(obj, form=form, change=change)


class LawfulAdmin(SeenAdmin):
    """Raw rows of the catalogue, by its rules."""

    form = RuledForm

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what stays once a row is there."""
        shown = super().get_readonly_fields(request, obj)
        names = {field.name for field in self.opts.fields}
        return (*shown, *(name for name in FIXED if name in names)) if obj else shown


class LawfulInline(admin.TabularInline):
    """Raw rows on another's page, by the rules of the catalogue."""

    form = RuledForm
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return hold(request, super().get_queryset(request))


class ShownInline(admin.TabularInline):
    """Rows that are shown here and changed elsewhere."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def hold(request: HttpRequest, rows: QuerySet) -> QuerySet:
    """Hold rows that are being saved: what they are compared with stays until they are written."""
    saving = request.method == "POST" and transaction.get_connection().in_atomic_block
    return rows.select_for_update(of=("self",), no_key=True) if saving else rows


def save_changed(obj: Model, *, form: forms.ModelForm, change: bool) -> None:
    """Save a new row whole, of one that is there what the form changed: the rest may be newer than the form."""
    if not change:
        obj.save()
        return
    columns = {field.name for field in obj._meta.concrete_fields}
    obj.save(update_fields=[name for name in form.changed_data if name in columns])
