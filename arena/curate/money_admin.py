"""Money for curators: spending caps, and the ledger to look at."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from arena.generation.budget import Room, remove_cap, room_left, set_cap
from arena.generation.models import LedgerEntry, SpendingCap

from .told import ToldAdmin


class SpendingCapForm(forms.ModelForm):
    """What a cap is for follows from what is chosen: a provider, a challenge, or neither."""

    class Meta:
        model = SpendingCap
        fields = ("provider", "challenge", "dollars")
        help_texts = {
            "provider": "Per UTC day at this provider.",
            "challenge": "In all on this challenge. Neither: everything, per UTC day.",
            "dollars": "What is paid and what is put aside together never exceed it.",
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("provider") and cleaned.get("challenge"):
            self.add_error("challenge", "A cap is for a provider or for a challenge, not for both.")
        for_all = not (cleaned.get("provider") or cleaned.get("challenge"))
        if self.instance.pk is None and for_all:
            if SpendingCap.objects.filter(scope=SpendingCap.Scope.DAY).exists():
                self.add_error(
                    "provider", "There is a cap for everything already: change that one."
                )
            self.instance.scope = SpendingCap.Scope.DAY
        elif self.instance.pk is None:
            self.instance.scope = (
                SpendingCap.Scope.PROVIDER
                if cleaned.get("provider")
                else SpendingCap.Scope.CHALLENGE
            )
        return cleaned


@admin.register(SpendingCap)
class SpendingCapAdmin(ToldAdmin):
    form = SpendingCapForm
    list_display = ("scope", "provider", "challenge", "dollars", "left")
    list_select_related = ("provider", "challenge")

    @admin.display(description="still allowed")
    def left(self, cap: SpendingCap) -> str:
        rooms: list[Room] = room_left(provider=cap.provider, challenge=cap.challenge)
        return next(f"${room.left:.2f}" for room in rooms if room.scope == cap.scope)

    def get_readonly_fields(self, request: HttpRequest, obj: SpendingCap | None = None) -> Any:
        return ("provider", "challenge") if obj else ()

    def save_model(self, request: HttpRequest, obj: SpendingCap, form: Any, change: bool) -> None:
        obj.pk = set_cap(dollars=obj.dollars, provider=obj.provider, challenge=obj.challenge).pk

    def delete_model(self, request: HttpRequest, obj: SpendingCap) -> None:
        remove_cap(obj)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for cap in queryset:
            remove_cap(cap)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ToldAdmin):
    """Appended by the arena and changed by nobody; PostgreSQL refuses it too."""

    list_display = (
        "pk",
        "day",
        "kind",
        "amount",
        "provider",
        "challenge",
        "api_key",
        "generation_id",
    )
    list_filter = ("kind", "day", "provider")
    list_select_related = ("provider", "challenge", "api_key")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
