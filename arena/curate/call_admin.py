"""Batches and breakers for curators: pause, go on, cancel, and ask a provider again before its time."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from arena.generation.breakers import close_breaker
from arena.generation.cancelling import cancel_batch, pause_batch, resume_batch
from arena.generation.models import Batch, Breaker

from .told import ToldAdmin


@admin.register(Batch)
class BatchAdmin(ToldAdmin):
    list_display = ("pk", "challenge", "ordered_by", "created_at", "open_slots", "paused_at")
    list_select_related = ("challenge", "ordered_by")
    list_filter = ("challenge",)
    actions = ("pause", "go_on", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        unfinished = Count("slots", filter=Q(slots__finished_at=None))
        return super().get_queryset(request).annotate(unfinished=unfinished)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.opts.fields]

    @admin.display(description="pictures still wanted", ordering="unfinished")
    def open_slots(self, batch: Any) -> int:
        return int(batch.unfinished)

    @admin.action(description="Pause: ask for no further picture", permissions=["change"])
    def pause(self, request: HttpRequest, chosen: Any) -> None:
        paused = [batch for batch in chosen if pause_batch(batch)]
        for batch in paused:
            self.log_change(request, batch, "Paused.")
        messages.success(request, f"{len(paused)} batches paused; what is under way goes on.")

    @admin.action(description="Go on with paused batches", permissions=["change"])
    def go_on(self, request: HttpRequest, chosen: Any) -> None:
        resumed = [batch for batch in chosen if resume_batch(batch)]
        for batch in resumed:
            self.log_change(request, batch, "Goes on.")
        messages.success(request, f"{len(resumed)} batches go on.")

    @admin.action(
        description="Cancel what is not made yet (cannot be undone)", permissions=["change"]
    )
    def cancel(self, request: HttpRequest, chosen: Any) -> None:
        for batch in chosen:
            ended, under_way = cancel_batch(batch)
            self.log_change(request, batch, f"Cancelled; {ended} pictures ended at once.")
            messages.success(
                request,
                f"Batch {batch.pk}: {ended} pictures cancelled"
                + (f", {under_way} are under way and end by themselves." if under_way else "."),
            )


@admin.register(Breaker)
class BreakerAdmin(ToldAdmin):
    list_display = ("offering", "open_until", "open_seconds", "reason", "probing")
    list_select_related = ("offering__provider", "probing")
    actions = ("ask_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [field.name for field in self.opts.fields]

    @admin.action(description="Ask again at once", permissions=["change"])
    def ask_again(self, request: HttpRequest, chosen: Any) -> None:
        for breaker in chosen:
            close_breaker(breaker)
            self.log_change(request, breaker, "Closed: asked again at once.")
        messages.success(request, f"{len(chosen)} offerings are asked again.")
