"""Celery's door to ratings: one call each, safe to run twice."""

from celery import shared_task

from arena.generation.pulse import record_pulse

from .examination import examine_boards
from .pairs import refresh_pairs
from .publishing import refresh_boards, refresh_widths
from .snapshots import take_snapshots


@shared_task
def fold_votes() -> None:
    refresh_boards()


@shared_task
def refresh_half_widths() -> None:
    refresh_widths()


@shared_task
def weigh_pairs() -> None:
    refresh_pairs()


@shared_task
def examine() -> None:
    examine_boards()


@shared_task
def keep_snapshots() -> None:
    take_snapshots()


@shared_task
def pulse() -> None:
    record_pulse("ratings")
