"""Celery's door to battles: one call each, safe to run twice. No vote passes here."""

from celery import shared_task

from . import networks


@shared_task
def forget_networks() -> None:
    networks.forget_networks()
