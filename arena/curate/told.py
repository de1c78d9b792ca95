"""Raw rows leave lines in the desk's history, too: who did what, and when."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest

from arena.challenges.history import note_action
from arena.challenges.models import Challenge
from arena.generation.models import Batch, Candidate, Generation, SpendingCap

THERE = "Done among the raw rows: take it back there, or at its page of the desk."
GONE = "What was deleted among the raw rows cannot be taken back."


class ToldAdmin(admin.ModelAdmin):
    """Tells the history of the desk what Django's own log is told."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        entry = super().log_addition(request, obj, message)
        _note(request, obj, "Added.", way_back=THERE)
        return entry

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        entry = super().log_change(request, obj, message)
        _note(request, obj, entry.get_change_message(), way_back=THERE)
        return entry

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for obj in queryset:
            _note(request, obj, "Deleted.", way_back=GONE)
        return super().log_deletions(request, queryset)


def _note(request: HttpRequest, obj: Model, said: str, *, way_back: str) -> None:
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type; the admin lets nobody else in
    if said == NO_CHANGE:
        return
    find = CHALLENGE_OF.get(type(obj))
    note_action(
        challenge=find(obj) if find else None,
        who=request.user,
        said=f"Raw rows, {obj._meta.verbose_name} “{obj}”: {said}",
        way_back=way_back,
    )


NO_CHANGE = "No fields changed."


def _of_slot(row: Any) -> Challenge | None:
    return row.slot.prompt.challenge if row.slot.prompt else None


CHALLENGE_OF: Mapping[type, Callable[[Any], Challenge | None]] = {
    Challenge: lambda challenge: challenge,
    Batch: lambda batch: batch.challenge,
    SpendingCap: lambda cap: cap.challenge,
    Candidate: _of_slot,
    Generation: _of_slot,
}
