"""Celery's door to generation: ids in, one call, safe to run twice."""

from celery import shared_task

from .calls import run_generation, sweep_expired
from .dispatch import plan_due, send
from .pulse import record_pulse
from .slots import order_demo_pictures


@shared_task
def make_picture(generation_id: int) -> None:
    run_generation(generation_id)
    send(plan_due())


@shared_task
def dispatch() -> None:
    order_demo_pictures()
    send(plan_due())


@shared_task
def sweep() -> None:
    resumable, _ = sweep_expired()
    send(resumable)


@shared_task
def pulse() -> None:
    record_pulse("generate")
