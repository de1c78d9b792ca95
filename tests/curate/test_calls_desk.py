"""What curators do about batches and providers that fail."""

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from arena.generation.dispatch import plan_due
from arena.generation.models import Batch, Breaker, Generation, Slot
from tests.factories import create_challenge, create_model, create_offering, create_slot

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot(client, curator):
    offering = create_offering(model=create_model())
    return create_slot(challenge=create_challenge(), model=offering.model)


def act(client, model: str, action: str, pk: int):
    address = reverse(f"admin:generation_{model}_changelist")
    return client.post(address, {"action": action, "_selected_action": [pk]}, follow=True)


def test_a_batch_is_paused_and_goes_on(client, slot):
    for changed in (1, 0):
        page = act(client, "batch", "pause", slot.batch_id).content.decode()
        assert f"{changed} batches paused" in page
    assert plan_due() == []
    act(client, "batch", "go_on", slot.batch_id)
    assert len(plan_due()) == 1


def test_cancelling_says_what_ended_and_what_is_under_way(client, slot):
    create_slot(challenge=create_challenge(), model=slot.model)
    Slot.objects.update(batch=slot.batch_id)
    plan_due()
    Generation.objects.filter(slot=slot).update(state="submitting", lease_until=Now())
    text = act(client, "batch", "cancel", slot.batch_id).content.decode()
    assert "1 pictures cancelled, 1 are under way and end by themselves." in text
    assert Batch.objects.get(pk=slot.batch_id).slots.filter(cancelled_at=None).count() == 0


def test_an_offering_is_asked_again_before_its_time(client, slot):
    offering = slot.model.offerings.get()
    Breaker.objects.create(offering=offering, open_until="2099-01-01T00:00Z", reason="auth: no")
    assert plan_due() == []
    act(client, "breaker", "ask_again", offering.pk)
    assert len(plan_due()) == 1
