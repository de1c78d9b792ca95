"""Celery's door to ratings: one call each, safe to run twice."""

from celery import shared_task

from arena.generation.pulse import record_pulse

from .publishing import refresh_boards


@shared_task
def fold_votes() -> None:
    refresh_boards()


@shared_task
def pulse() -> None:
    record_pulse("ratings")
