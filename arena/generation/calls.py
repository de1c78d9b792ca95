"""The life of one call: planned -> submitting -> (submitted ->) collecting -> stored, or a named failure.

Every step is a committed row before the next one starts. The database connection is given back before
a provider is called, so a few connections carry many slow calls. Clock and lease are PostgreSQL's own.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from arena.pictures.intake import PictureError
from arena.providers.dialects import DIALECTS
from arena.providers.types import Done, Outcome, Pending, ProviderError

from .endpoints import open_endpoint, picture_request
from .leases import LEASE, keep_lease
from .models import Generation, Slot
from .storing import (
    discard_pictures,
    keep_original,
    load_original,
    render_pictures,
    store_candidate,
)

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
POLL_EVERY = 2.0
QUEUE_DEADLINE = 600.0
# Full jitter: a random share of 2, 4, 8 ... s, at most one minute.
BACKOFF_FIRST, BACKOFF_MOST = 2.0, 60.0

STATE_OF_OUTCOME = {
    Outcome.DECLINED: Generation.State.REFUSED,
    Outcome.REFUSED: Generation.State.REFUSED,
    Outcome.EMPTY: Generation.State.EMPTY,
    Outcome.TIMEOUT: Generation.State.TIMED_OUT,
    Outcome.UNCERTAIN: Generation.State.UNCERTAIN,
}


class LeaseLost(Exception):
    """Another worker took this generation over; whatever this one found must not be written."""


@dataclass(frozen=True)
class Claim:
    """The right to write to a generation while the fence stands."""

    generation_id: int
    fence: int


def run_generation(generation_id: int) -> None:
    """Make one picture; safe to run twice, since only one claim of a row succeeds."""
    claim = _claim(generation_id)
    if claim is None:
        return
    try:
        with keep_lease(generation_id=claim.generation_id, fence=claim.fence):
            _make(claim)
    except LeaseLost:
        log.warning("Generation %s was taken over by another worker.", generation_id)


def _claim(generation_id: int) -> Claim | None:
    """Take a planned row, or a collecting one whose worker is gone (its original is on disk)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            update generation_generation
            set state = case when state = 'planned' then 'submitting' else state end,
                fence = fence + 1,
                lease_until = now() + make_interval(secs => %s),
                started_at = coalesce(started_at, now())
            where id = %s and (state = 'planned' or (state = 'collecting' and lease_until < now()))
            returning fence
            """,
            [LEASE.total_seconds(), generation_id],
        )
        row = cursor.fetchone()
    return Claim(generation_id, row[0]) if row else None


def _make(claim: Claim) -> None:
    generation = Generation.objects.select_related(
        "slot__prompt__challenge", "slot__model", "offering__provider"
    ).get(pk=claim.generation_id)
    if generation.state == Generation.State.SUBMITTING:
        request, endpoint = picture_request(generation), open_endpoint(generation.offering)
        adapter = DIALECTS[generation.offering.provider.dialect]
        connection.close()
        try:
            answer = adapter.submit(request, endpoint)
            done = _wait(claim, answer, poll=lambda pending: adapter.poll(pending, endpoint))
        except ProviderError as error:
            end_badly(claim, error)
            return
        name, checksum = keep_original(claim.generation_id, data=done.data)
        _write(
            claim,
            state=Generation.State.COLLECTING,
            outcome=Outcome.OK,
            http_status=done.http_status,
            revised_prompt=done.revised_prompt or "",
            ttfb_ms=done.timing.ttfb_ms,
            total_ms=done.timing.total_ms,
            parameters={**generation.parameters, "original": name, "sha256": checksum},
        )
    _collect(claim)


def _wait(
    claim: Claim, answer: Done | Pending, *, poll: Callable[[Pending], Done | Pending]
) -> Done:
    """Follow a queued answer until it is done; a ProviderError ends it."""
    give_up_at = time.monotonic() + QUEUE_DEADLINE
    while isinstance(answer, Pending):
        _write(claim, state=Generation.State.SUBMITTED, remote_id=answer.remote_id)
        connection.close()
        if time.monotonic() > give_up_at:
            message = f"The provider's queue gave no picture within {QUEUE_DEADLINE:.0f} s."
            raise ProviderError(Outcome.TIMEOUT, message, billed=None)
        time.sleep(POLL_EVERY)
        answer = poll(answer)
    return answer


def _collect(claim: Claim) -> None:
    """Turn the kept original into a candidate; a file that is no acceptable picture is a named failure."""
    generation = Generation.objects.select_related("slot__prompt__challenge").get(
        pk=claim.generation_id
    )
    challenge = generation.slot.prompt.challenge
    data = load_original(generation.parameters["original"])
    connection.close()
    try:
        pictures = render_pictures(
            data, width=challenge.canvas_width, height=challenge.canvas_height
        )
    except PictureError as error:
        end_badly(
            claim,
            ProviderError(Outcome.BAD_PICTURE, str(error), billed=True),
        )
        return
    try:
        with transaction.atomic():
            _write(
                claim,
                state=Generation.State.STORED,
                outcome=Outcome.OK,
                ended_at=Now(),
                lease_until=None,
            )
            store_candidate(generation, pictures=pictures)
            Slot.objects.filter(pk=generation.slot_id).update(finished_at=Now())
    except BaseException:
        discard_pictures(pictures)
        raise


def _write(claim: Claim, **values: Any) -> None:
    """Write to the claimed row; LeaseLost when another worker holds it by now."""
    written = Generation.objects.filter(
        pk=claim.generation_id, fence=claim.fence, state__in=Generation.RUNNING
    ).update(**values)
    if not written:
        raise LeaseLost


def end_badly(claim: Claim, error: ProviderError) -> None:
    """Record a failure under its name, and either let the slot try again or end it."""
    generation = Generation.objects.select_related("offering").get(pk=claim.generation_id)
    resend_safe = generation.offering.resend_safe
    uncertain = error.billed is None and not resend_safe
    outcome = Outcome.UNCERTAIN if uncertain else error.outcome
    retry = not uncertain and (error.retryable or (error.billed is None and resend_safe))
    timing = error.timing
    with transaction.atomic():
        _write(
            claim,
            state=STATE_OF_OUTCOME.get(outcome, Generation.State.FAILED),
            outcome=outcome,
            message=error.message,
            http_status=error.http_status,
            ttfb_ms=timing.ttfb_ms if timing else None,
            total_ms=timing.total_ms if timing else None,
            ended_at=Now(),
            lease_until=None,
        )
        _release_slot(generation, retry=retry, wait=error.retry_after_seconds, uncertain=uncertain)


def _release_slot(
    generation: Generation, *, retry: bool, wait: float | None, uncertain: bool
) -> None:
    """An uncertain slot stays open and is not due until a curator decides."""
    if uncertain:
        return
    slot = Slot.objects.filter(pk=generation.slot_id)
    if retry and generation.attempt < MAX_ATTEMPTS:
        ceiling = min(BACKOFF_FIRST * 2 ** (generation.attempt - 1), BACKOFF_MOST)
        delay = max(wait or 0.0, random.uniform(0, ceiling))  # noqa: S311 - spreads load, keeps no secret
        slot.update(next_attempt_at=Now() + timedelta(seconds=delay))
    else:
        slot.update(finished_at=Now())


def sweep_expired() -> tuple[list[int], int]:
    """Look after generations whose worker is gone.

    Returns the ids to send again (planned ones whose message was lost, collecting ones whose original is
    kept) and how many were ended: calls in flight are tried again as a new generation where the offering
    is free of charge, and are `uncertain` otherwise, never resent by themselves (I6).
    """
    resumable: list[int] = []
    ended = 0
    expired = Generation.objects.filter(state__in=Generation.RUNNING, lease_until__lt=Now())
    for pk in list(expired.values_list("pk", flat=True)[:200]):
        with transaction.atomic():
            generation = (
                expired.select_for_update(skip_locked=True, of=("self",))
                .select_related("offering")
                .filter(pk=pk)
                .first()
            )
            if generation is None:
                continue
            if generation.state == Generation.State.PLANNED:
                Generation.objects.filter(pk=pk).update(lease_until=Now() + LEASE)
                resumable.append(pk)
            elif generation.state == Generation.State.COLLECTING:
                resumable.append(pk)
            else:
                _end_lost_call(generation)
                ended += 1
    return resumable, ended


def _end_lost_call(generation: Generation) -> None:
    safe = generation.offering.resend_safe
    Generation.objects.filter(pk=generation.pk).update(
        state=Generation.State.FAILED if safe else Generation.State.UNCERTAIN,
        outcome="worker_lost" if safe else Outcome.UNCERTAIN,
        message="The worker died while it waited for the answer.",
        fence=F("fence") + 1,
        ended_at=Now(),
        lease_until=None,
    )
    _release_slot(generation, retry=safe, wait=0.0, uncertain=not safe)
