"""A lease says that a worker is alive; it is short and renewed, so that a dead worker is noticed soon."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from .models import Generation

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=20)
RENEW_EVERY = 5.0


@contextmanager
def keep_lease(*, generation_id: int, fence: int) -> Iterator[None]:
    """Renew the lease of a claimed generation from a thread of its own until the block ends."""
    stop = threading.Event()
    thread = threading.Thread(target=_renew, args=(generation_id, fence, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=RENEW_EVERY)


def _renew(generation_id: int, fence: int, stop: threading.Event) -> None:
    while not stop.wait(RENEW_EVERY):
        try:
            Generation.objects.filter(
                pk=generation_id, fence=fence, state__in=Generation.RUNNING
            ).update(lease_until=Now() + LEASE)
        except DatabaseError as error:
            # PostgreSQL is away: the next round tries again, and the fence protects the row meanwhile.
            log.warning("Could not renew the lease of generation %s: %s", generation_id, error)
        finally:
            connection.close()
