"""Celery's door to generation: ids in, one call, safe to run twice."""

from celery import shared_task

from . import calls, collecting, expiring, sweeping
from .deliveries import carry_on_and_tell, list_resting
from .dispatch import plan_due
from .hints import hint_carry_on, hint_collect, hint_make
from .pulse import record_pulse
from .refilling import refill
from .rerendering import clear_former_pictures, rerender_prompt
from .scheduling import move_scheduled
from .slots import order_demo_pictures


@shared_task
def make_picture(generation_id: int) -> None:
    if calls.ask_provider(generation_id):
        hint_collect([generation_id])
    refill()


@shared_task
def collect_picture(generation_id: int) -> None:
    collecting.collect_picture(generation_id)


@shared_task
def carry_on(delivery_id: int) -> None:
    carry_on_and_tell(delivery_id, collect=hint_collect, again=hint_carry_on)


@shared_task
def dispatch() -> None:
    order_demo_pictures()
    hint_make(plan_due())


@shared_task
def sweep() -> None:
    sweeping.sweep_and_tell(make=hint_make, collect=hint_collect)
    hint_carry_on(list_resting())


@shared_task
def pulse(queue: str = "generate") -> None:
    record_pulse(queue)


@shared_task
def rerender() -> None:
    rerender_prompt()


@shared_task
def clear_former() -> None:
    clear_former_pictures()


@shared_task
def remove_expired() -> None:
    expiring.remove_expired()
    expiring.expire_trials()


@shared_task
def follow_schedule() -> None:
    move_scheduled()
