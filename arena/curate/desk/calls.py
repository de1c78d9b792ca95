"""Decisions about calls: an uncertain one, a batch, an open breaker."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from arena.challenges.history import note_action
from arena.challenges.models import Challenge
from arena.curate.access import curators_only, who
from arena.generation.breakers import close_breaker
from arena.generation.cancelling import cancel_batch, lock_batch, pause_batch, resume_batch
from arena.generation.ledger import reserved_amount
from arena.generation.models import Batch, Breaker, Generation
from arena.generation.moderation import can_send_again, settle_uncertain
from arena.generation.wanted import describe_wanted

from .forms import SettleForm


@require_http_methods(["GET", "HEAD", "POST"])
@curators_only
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """One call with all that is known of it; an uncertain one is settled here."""
    found = get_object_or_404(
        Generation.objects.select_related(
            "offering__provider", "offering__model", "slot__prompt__challenge", "slot__model"
        ),
        pk=pk,
    )
    form = SettleForm(request.POST or None, wanted=can_send_again(found.slot))
    if request.method == "POST" and form.is_valid():
        return _settle(request, found, form)
    context = {
        "call": found,
        "wanted": describe_wanted(found.slot),
        "reserved": reserved_amount(generation=found),
        "uncertain": found.state == Generation.State.UNCERTAIN,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "curate/desk/call.html", context, status=status)


def _settle(request: HttpRequest, found: Generation, form: SettleForm) -> HttpResponse:
    charged = form.cleaned_data["charged"] == "yes"
    again = form.cleaned_data["then"] == "again"
    amount: Decimal | None = form.cleaned_data["amount"] if charged else None
    challenge = found.slot.prompt.challenge if found.slot.prompt else None
    with transaction.atomic():
        settled = settle_uncertain(found, charged=charged, send_again=again, amount=amount)
        if not settled:
            messages.error(request, "Somebody has decided about this call already.")
            return redirect("desk:call", pk=found.pk)
        sum_said = f" at ${amount:f}" if amount is not None else ""
        said = f"{'charged' if charged else 'not charged'}{sum_said}, {settled}"
        line = note_action(
            challenge=challenge,
            who=who(request),
            said=f"Settled call {found.pk} ({describe_wanted(found.slot).title}): {said}.",
            way_back="Cannot be taken back: the ledger is only ever added to.",
        )
    messages.success(request, line.said)
    return _to_challenge(challenge)


def _to_challenge(challenge: Challenge | None) -> HttpResponse:
    if challenge is None:
        return redirect("desk:home")
    return redirect("desk:challenge", pk=challenge.pk)


@require_POST
@curators_only
def move_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause a batch, go on with it, or cancel what is not made yet."""
    batch = get_object_or_404(Batch.objects.select_related("challenge"), pk=pk)
    wanted = request.POST.get("do")
    if wanted not in ("pause", "resume", "cancel"):
        raise Http404("A batch is paused, resumed or cancelled.")
    with transaction.atomic():
        done = _cancel(batch) if wanted == "cancel" else _pause(batch, wanted=wanted)
        if done:
            note_action(challenge=batch.challenge, who=who(request), **done)
    messages.success(request, done["said"] if done else "Nothing was changed.")
    return _to_challenge(batch.challenge)


def _pause(batch: Batch, *, wanted: str) -> dict[str, Any] | None:
    """Pause a batch or go on with it; return what the history says, None where it stood like that before."""
    lock_batch(batch)
    former = batch.paused_at
    if not (pause_batch(batch) if wanted == "pause" else resume_batch(batch)):
        return None
    batch.refresh_from_db(fields=["paused_at"])
    said, way_back = f"Went on with order {batch.pk}.", "Pauses it again."
    if wanted == "pause":
        said = f"Paused order {batch.pk}; what is under way goes on."
        way_back = "Goes on with it."
    moments = {"former": former, "now": batch.paused_at}
    kept = {name: at and at.isoformat() for name, at in moments.items()}
    return {
        "said": said,
        "undo": {"do": "paused", "batch": batch.pk, **kept},
        "way_back": way_back,
    }


def _cancel(batch: Batch) -> dict[str, Any]:
    ended, under_way = cancel_batch(batch)
    return {
        "said": f"Cancelled order {batch.pk}: {ended} pictures ended, "
        f"{under_way} under way end by themselves.",
        "way_back": "Cannot be taken back: a cancelled picture is never asked for again.",
    }


@require_POST
@curators_only
def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a breaker before its time."""
    breaker = get_object_or_404(Breaker.objects.select_related("offering__provider"), pk=pk)
    with transaction.atomic():
        close_breaker(breaker)
        line = note_action(
            who=who(request),
            said=f"Let {breaker.offering} be asked again.",
            way_back="Cannot be taken back: it opens by itself if the provider still fails.",
        )
    messages.success(request, line.said)
    return redirect("desk:home")
