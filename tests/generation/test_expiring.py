"""Callers' pictures expire, those of challenges stay."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.expiring import KEEP, remove_expired
from arena.generation.models import Generation
from arena.generation.on_demand import load_made
from arena.generation.storing import load_original
from tests.factories import create_challenge, create_slot

from .test_on_demand import key, make, two

__all__ = ["key", "two"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_callers_picture_is_removed_after_a_day_and_its_row_stays(fake, two, key):
    made = make(two, key).generation
    create_slot(challenge=create_challenge(), model=two)
    (competing,) = plan_due()
    run_generation(competing)
    assert remove_expired() == 0
    Generation.objects.update(ended_at=Now() - KEEP - timedelta(minutes=1))
    assert remove_expired() == 1
    assert remove_expired() == 0
    with pytest.raises(FileNotFoundError):
        load_made(made)
    kept = Generation.objects.get(pk=competing)
    assert load_original(kept.parameters["original"])
    assert Generation.objects.filter(pk=made.pk, state="stored").exists()
