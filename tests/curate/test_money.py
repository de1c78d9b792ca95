"""Caps and the ledger on the curators' desk."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from arena.generation.budget import reserve_within_caps, set_cap
from arena.generation.models import Generation, LedgerEntry, Slot, SpendingCap
from tests.factories import create_challenge, create_model, create_offering
from tests.generation.money import paid_offering, plan_call

pytestmark = pytest.mark.django_db
ADD = "admin:generation_spendingcap_add"
CHANGE = "admin:generation_spendingcap_change"
LIST = "admin:generation_spendingcap_changelist"


def test_a_curator_sets_each_kind_of_cap_and_wakes_what_waits(curator, client):
    offering, challenge = paid_offering(), create_challenge()
    waiting = plan_call(state=Generation.State.OVER_BUDGET)
    later = timezone.now() + timedelta(hours=5)
    Slot.objects.update(next_attempt_at=later)
    for values in ({}, {"provider": offering.provider_id}, {"challenge": challenge.pk}):
        answer = client.post(reverse(ADD), {"dollars": "7.5", **values})
        assert answer.status_code == 302
    assert sorted(SpendingCap.objects.values_list("scope", "provider", "challenge", "dollars")) == [
        ("challenge", None, challenge.pk, Decimal("7.5")),
        ("day", None, None, Decimal("7.5")),
        ("provider", offering.provider_id, None, Decimal("7.5")),
    ]
    assert Slot.objects.get(pk=waiting.slot_id).next_attempt_at < later


def test_a_cap_is_changed_and_removed(curator, client):
    cap = set_cap(dollars=Decimal("1"))
    answer = client.post(reverse(CHANGE, args=[cap.pk]), {"dollars": "2"})
    assert answer.status_code == 302
    cap.refresh_from_db()
    assert cap.dollars == 2
    client.post(reverse("admin:generation_spendingcap_delete", args=[cap.pk]), {"post": "yes"})
    assert not SpendingCap.objects.exists()


@pytest.mark.parametrize(
    ("both", "sentence"),
    [
        (True, "A cap is for a provider or for a challenge, not for both."),
        (False, "There is a cap for everything already: change that one."),
    ],
)
def test_a_cap_that_would_be_unclear_is_refused_beside_its_field(curator, client, both, sentence):
    set_cap(dollars=Decimal("1"))
    values = {"provider": paid_offering().provider_id, "challenge": create_challenge().pk}
    answer = client.post(reverse(ADD), {"dollars": "2", **(values if both else {})})
    assert sentence in answer.content.decode()
    assert SpendingCap.objects.count() == 1


def test_the_list_says_what_is_left_and_the_ledger_can_only_be_looked_at(curator, client):
    set_cap(dollars=Decimal("1"))
    generation = plan_call()
    reserve_within_caps(generation=generation, amount=Decimal("0.25"))
    assert "$0.75" in client.get(reverse(LIST)).content.decode()
    entry = LedgerEntry.objects.get()
    page = client.get(reverse("admin:generation_ledgerentry_changelist")).content.decode()
    assert "0.250000" in page
    assert "Put aside" in page
    changed = client.post(reverse("admin:generation_ledgerentry_change", args=[entry.pk]), {})
    deleted = client.post(reverse("admin:generation_ledgerentry_delete", args=[entry.pk]), {})
    assert (changed.status_code, deleted.status_code) == (403, 403)


def test_the_order_page_says_what_a_batch_costs_at_most_and_what_the_caps_allow(curator, client):
    challenge = create_challenge(canvas_width=1024, canvas_height=1024)
    offering = paid_offering()
    create_offering(model=create_model(), resend_safe=True, provider_slug="free")
    offering.price_rules.create(amount=Decimal("0.08"), valid_from="2026-01-01")
    offering.price_rules.create(
        amount=Decimal("0.02"), unit="request", feature="search", valid_from="2026-01-01"
    )
    set_cap(challenge=challenge, dollars=Decimal("0.05"))
    page = client.get(reverse("admin:challenge_pictures", args=[challenge.pk])).content.decode()
    assert "<td>$0.0800</td>" in page
    assert "<td>$0.10</td>" in page
    assert "nothing is charged" in page
    assert "allowed: $25.00 of $25.00 today (the whole site)" in page
    assert "allowed: $0.05 of $0.05 (“" in page
    assert "Not all of it fits under the spending caps at once" in page
    set_cap(challenge=challenge, dollars=Decimal("5"))
    page = client.get(reverse("admin:challenge_pictures", args=[challenge.pk])).content.decode()
    assert "Not all of it fits" not in page
