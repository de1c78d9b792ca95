"""The life of one call: reserved -> submitting -> (submitted ->) collecting, or a named failure.

Every step is a committed row before the next one starts. The database connection is given back before
a provider is called, so a few connections carry many slow calls. A queued job's number is in its row as
soon as it is known, so that any worker can go on asking after it; it is never bought again.
"""

import logging
import threading
import time
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Now

from arena.catalog.flags import say_wrong_flags
from arena.providers.dialects import DIALECTS, Adapter
from arena.providers.types import (
    Done,
    Endpoint,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Reference,
    pending_as_json,
    pending_from_json,
)

from .collecting import collect_picture
from .endings import (
    CANCELLED,
    NOT_KEPT,
    WORKER_LOST,
    WRONG_SETUP,
    end_badly,
    load_call,
    settle_success,
    usage_as_json,
)
from .endpoints import NothingSent, open_endpoint, picture_request
from .leases import Claim, LeaseLost, hold, insist, take, write
from .models import Generation
from .points import reach
from .storing import keep_original

log = logging.getLogger(__name__)

POLL_EVERY, POLL_SLOWEST = 2.0, 15.0
QUEUE_DEADLINE = 600.0
LONG_AGO = timedelta(minutes=5)
# Many answers come together. If all were written down at once, all would be late, and the next calls with
# them: they would wait for the connections of those that end.
_writing = threading.BoundedSemaphore(3)


class Cancelled(Exception):
    """The provider has cancelled a queued job before it began; nothing is charged."""


def run_generation(generation_id: int) -> None:
    """Ask for one picture and take it in; safe to run twice, since only one claim of a row succeeds."""
    if ask_provider(generation_id):
        collect_picture(generation_id)


def ask_provider(generation_id: int, *, references: tuple[Reference, ...] | None = None) -> bool:
    """Make or follow one call until its answer is kept or it has failed; tell whether there is a picture.

    `references` stand in for those of the slot's challenge. Returns False where another worker has it.
    """
    claim = take(generation_id, states=(Generation.State.RESERVED, Generation.State.SUBMITTED))
    if claim is None:
        return False
    try:
        with hold(claim):
            return _ask(claim, references)
    except LeaseLost:
        log.warning("Generation %s was taken over by another worker.", generation_id)
        return False


def _ask(claim: Claim, references: tuple[Reference, ...] | None) -> bool:
    reach("taken")
    generation = insist(lambda: load_call(claim.generation_id))
    adapter = DIALECTS[generation.offering.provider.dialect]
    try:
        endpoint = open_endpoint(generation.offering)
        if claim.state == Generation.State.SUBMITTED:
            answer: Done | Pending = pending_from_json(generation.pending or {})
        else:
            request = insist(lambda: _prepare(claim, generation, references))
            connection.close()
            answer = adapter.submit(request, endpoint)
        done = _follow(claim, answer, adapter=adapter, endpoint=endpoint)
    except NothingSent as ours:
        if claim.state == Generation.State.SUBMITTED:
            ours.billed = None  # the job was bought before the rows or settings were changed
        end_badly(claim, ours, outcome=ours.name, ours=True)
        return False
    except ProviderError as error:
        end_badly(claim, error)
        return False
    except Cancelled:
        _end_cancelled(claim)
        return False
    reach("answered")
    with _writing:
        return keep_answer(claim, done, generation)


def _prepare(
    claim: Claim, generation: Generation, references: tuple[Reference, ...] | None
) -> PictureRequest:
    """Describe the picture, and note how many pictures are sent along: the cost may depend on it."""
    if wrong := say_wrong_flags(generation.offering):
        said = f"The flags of {generation.offering} are wrong. {wrong}"
        raise NothingSent(said, name=WRONG_SETUP)
    try:
        request = picture_request(generation, references=references)
    except OSError as error:
        said = f"A reference picture of the challenge cannot be read: {error.strerror}."
        raise ProviderError(Outcome.BAD_REQUEST, said, billed=False) from error
    if request.references:
        told = {**generation.parameters, "references": len(request.references)}
        write(claim, parameters=told)
    return request


def _follow(claim: Claim, answer: Done | Pending, *, adapter: Adapter, endpoint: Endpoint) -> Done:
    """Follow a queued job until it is done; a ProviderError or Cancelled ends it."""
    if isinstance(answer, Pending):
        reach("remote-id")
        job = answer
        insist(lambda: _note_job(claim, job))
        reach("submitted")
    while isinstance(answer, Pending):
        if _is_cancelled(claim) and adapter.cancel(answer, endpoint):
            raise Cancelled
        if time.time() > (answer.started_at or time.time()) + QUEUE_DEADLINE:
            raise _too_late(surely_free=adapter.cancel(answer, endpoint))
        connection.close()
        time.sleep(min(_pause(answer.wait_seconds), POLL_SLOWEST))
        try:
            answer = adapter.poll(answer, endpoint)
        except ProviderError as error:
            if not error.still_pending:
                raise
            time.sleep(min(error.retry_after_seconds or POLL_EVERY, POLL_SLOWEST))
    return answer


def _note_job(claim: Claim, job: Pending) -> None:
    """Keep a queued job's number in the row, also when the worker was overtaken before it learned it."""
    values = {
        "state": Generation.State.SUBMITTED,
        "remote_id": job.remote_id[:200],
        "pending": pending_as_json(job),
    }
    try:
        write(claim, **values)
    except LeaseLost:
        # Free to be followed by anybody; the sweeper tells the workers.
        _bring_in(claim, **values, outcome="", lease_until=None, hinted_at=Now() - LONG_AGO)
        raise


def _pause(asked_for: float | None) -> float:
    """Seconds until a job is asked after; 0 where its provider says that it is done already."""
    return POLL_EVERY if asked_for is None else asked_for


def _is_cancelled(claim: Claim) -> bool:
    """Tell whether the picture is wanted no more; LeaseLost where the call is somebody else's by now."""
    row = (
        Generation.objects.filter(pk=claim.generation_id, fence=claim.fence)
        .values_list("slot__cancelled_at", flat=True)
        .first()
    )
    if (
        row is None
        and not Generation.objects.filter(pk=claim.generation_id, fence=claim.fence).exists()
    ):
        raise LeaseLost
    return row is not None


def _too_late(*, surely_free: bool) -> ProviderError:
    message = f"The provider's queue gave no picture within {QUEUE_DEADLINE:.0f} s."
    return ProviderError(Outcome.TIMEOUT, message, billed=False if surely_free else None)


def _end_cancelled(claim: Claim) -> None:
    error = ProviderError(
        Outcome.BAD_REQUEST,
        "Cancelled in the provider's queue.",
        billed=False,
        retryable=False,
        fallback=False,
    )
    end_badly(claim, error, outcome=CANCELLED, ours=True)


def keep_answer(claim: Claim, done: Done, generation: Generation) -> bool:
    """Keep an answer's original on disk, then in the row with what it cost; tell whether it is kept.

    `generation`: the call as it was read when it was taken, with its slot and its offering.

    A worker that was overtaken while it waited for a paid picture brings it in all the same, as long as
    nobody has decided about the uncertain call; after that the row only tells of it.
    """
    try:
        name, checksum = keep_original(claim.generation_id, data=done.data)
    except OSError as error:
        log.exception("The picture of generation %s could not be written.", claim.generation_id)
        message = f"The picture came, but could not be written: {error.strerror}."
        failure = ProviderError(
            Outcome.BAD_PICTURE, message, billed=True, fallback=False, usage=done.usage
        )
        end_badly(claim, failure, outcome=NOT_KEPT, ours=True)
        return False
    reach("original")
    try:
        insist(lambda: _write_down(claim, done, generation, original=name, checksum=checksum))
    except LeaseLost:
        _tell_of_late_picture(claim, original=name)
        raise
    reach("collecting")
    return True


def _write_down(
    claim: Claim, done: Done, generation: Generation, *, original: str, checksum: str
) -> None:
    """Note an answer that is kept and its money, in one transaction."""
    with transaction.atomic():
        # What has changed since the call was taken; all that lies behind its keys would be read for nothing.
        generation.refresh_from_db(fields=["fence", "state", "remote_id", "parameters"])
        if (generation.fence, generation.state) == (claim.fence, Generation.State.COLLECTING):
            return  # it was committed before, and only the confirmation was lost
        _write_answer(
            claim,
            state=Generation.State.COLLECTING,
            outcome=Outcome.OK,
            http_status=done.http_status,
            revised_prompt=done.revised_prompt or "",
            ttfb_ms=done.timing.ttfb_ms,
            total_ms=done.timing.total_ms,
            remote_id=(done.remote_id or generation.remote_id)[:200],
            usage=usage_as_json(done.usage),
            parameters={
                **generation.parameters,
                "original": original,
                "sha256": checksum,
                "modes": dict(done.modes),
                **({"used_seed": done.seed} if done.seed is not None else {}),
            },
            lease_until=None,
            hinted_at=Now(),
        )
        settle_success(generation, usage=done.usage)


def _tell_of_late_picture(claim: Claim, *, original: str) -> None:
    """Say on a call that was given up and decided about that its picture came after all."""
    told = f" Its picture came after it was given up: it was made, and lies in {original}."
    late = Generation.objects.filter(
        pk=claim.generation_id, state=Generation.State.FAILED, outcome=WORKER_LOST
    )
    if late.update(message=Concat("message", Value(told))):
        log.error("Generation %s was decided about too early.%s", claim.generation_id, told)


def _write_answer(claim: Claim, **values: object) -> None:
    try:
        write(claim, **values)
    except LeaseLost:
        if not _bring_in(claim, **values):
            raise


def _bring_in(claim: Claim, **values: object) -> bool:
    """Write late news of a call that was given up as uncertain; False where somebody has decided about it.

    The sweeper raises the fence by one when it gives a call up, and nobody raises it after that.
    """
    late = Generation.objects.filter(
        pk=claim.generation_id,
        fence=claim.fence + 1,
        state=Generation.State.UNCERTAIN,
        ended_at__isnull=False,
    )
    return bool(late.update(**values, message="", ended_at=None))
