"""Celery's door to battles: one call each, safe to run twice. No vote passes here."""

from celery import shared_task

from . import decisions, networks


@shared_task
def forget_networks() -> None:
    networks.forget_networks()


@shared_task
def carry_out_decisions() -> None:
    decisions.carry_out_waiting()
