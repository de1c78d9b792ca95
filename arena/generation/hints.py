"""Tells workers what is due. A lost message is a delay: the sweeper tells again what nobody took."""

import logging
from collections.abc import Iterable

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

MAKE_PICTURE = "arena.generation.tasks.make_picture"
COLLECT_PICTURE = "arena.generation.tasks.collect_picture"
CARRY_ON = "arena.generation.tasks.carry_on"
DISPATCH = "arena.generation.tasks.dispatch"


def hint_make(generation_ids: Iterable[int]) -> None:
    """Tell the picture workers of calls to make or to follow."""
    _send(MAKE_PICTURE, generation_ids)


def hint_collect(generation_ids: Iterable[int]) -> None:
    """Tell the intake of originals to take in."""
    _send(COLLECT_PICTURE, generation_ids)


def hint_carry_on(delivery_ids: Iterable[int]) -> None:
    """Tell the intake of deliveries with files to take in."""
    _send(CARRY_ON, delivery_ids)


def hint_dispatch() -> None:
    """Tell the dispatcher that something became due; it would look within two seconds by itself."""
    try:
        current_app.send_task(DISPATCH, expires=4)
    except OperationalError as error:
        log.warning("The broker is away, what is due waits for the dispatcher: %s", error)


def _send(task: str, ids: Iterable[int]) -> None:
    for row_id in ids:
        try:
            current_app.send_task(task, args=[row_id])
        except OperationalError as error:
            log.warning("The broker is away, %s %s waits for the sweeper: %s", task, row_id, error)
            return
