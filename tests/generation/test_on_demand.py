"""Pictures that a caller waits for: the same rows, limits and money as for challenges."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.db.models.functions import Now

from arena.catalog.models import PriceRule
from arena.clients.models import ApiKey
from arena.generation.dispatch import plan_due
from arena.generation.models import Breaker, Candidate, Generation, LedgerEntry, Slot
from arena.generation.on_demand import (
    NoMoney,
    NoRoute,
    NotMade,
    TooBusy,
    estimate_on_demand,
    make_on_demand,
    plan_on_demand,
)
from arena.generation.sweeping import sweep_expired
from arena.providers.types import Reference
from tests.factories import create_model, create_offering
from tests.fake_pictures import make_png

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = {"discipline": "text-to-image", "prompt": "A fox.", "width": 256, "height": 256}


@pytest.fixture
def key() -> ApiKey:
    return ApiKey.objects.create(name="Ann", prefix="pg_ann", digest="0" * 64, scopes=["generate"])


@pytest.fixture
def two():
    """A paid model at two providers."""
    model = create_model()
    create_offering(model=model, provider_slug="one", priority=10, resend_safe=False)
    create_offering(model=model, provider_slug="two", priority=20, resend_safe=False)
    return model


def make(model, key, **values):
    return make_on_demand(
        generation=plan_on_demand(model=model, asked=ASKED, api_key=key, **values)
    )


def test_a_picture_is_handed_over_with_its_cost_and_is_no_candidate(fake, two, key):
    made = make(two, key)
    assert (made.width, made.height, made.attempts) == (256, 256, 1)
    assert (made.provider_slug, made.cost) == ("one", Decimal("0.04"))
    assert made.data.startswith(b"\x89PNG")
    generation = Generation.objects.get()
    assert (generation.origin, generation.state) == ("gateway", "stored")
    assert LedgerEntry.objects.get(kind="settle").api_key == key
    assert not Candidate.objects.exists()
    assert plan_due() == []


def test_a_price_list_that_does_not_add_up_is_told_and_leaves_no_row(two, key):
    PriceRule.objects.update(amount=Decimal("-0.04"))  # from before the rules of price lists
    with pytest.raises(NoMoney, match="does not add up: a curator has to correct it"):
        make(two, key)
    assert not Generation.objects.exists()
    assert not Slot.objects.exists()


def test_another_provider_takes_over(fake, two, key):
    fake.script(["auth"])
    made = make(two, key)
    assert (made.provider_slug, made.attempts) == ("two", 2)
    asked = Generation.objects.order_by("pk")
    assert [g.offering.provider.slug for g in asked] == ["one", "two"]
    assert [g.outcome for g in asked] == ["auth", "ok"]


def test_a_forced_route_has_no_fallback(fake, two, key):
    fake.script(["auth"])
    with pytest.raises(NotMade) as failed:
        make(two, key, offering=two.offerings.get(priority=20))
    assert (failed.value.outcome, failed.value.attempts) == ("auth", 1)
    assert Slot.objects.get().finished_at is not None


def test_a_refusal_goes_to_nobody_else(fake, two, key):
    fake.script(["policy"])
    with pytest.raises(NotMade) as failed:
        make(two, key)
    assert (failed.value.outcome, failed.value.attempts) == ("refused", 1)
    assert len(fake.posts) == 1
    assert not LedgerEntry.objects.filter(kind="settle").exists()


def test_exhausted_providers_are_one_failure_with_all_attempts(fake, two, key):
    fake.script(["auth", "auth"])
    with pytest.raises(NotMade) as failed:
        make(two, key)
    assert failed.value.attempts == 2


def test_references_reach_the_provider(fake, two, key):
    picture = Reference(make_png("x", size="256x256"), "image/png", "x.png")
    generation = plan_on_demand(
        model=two, asked={**ASKED, "discipline": "image-editing"}, api_key=key, references=1
    )
    make_on_demand(generation=generation, references=(picture,))
    assert [upload.data for upload in fake.posts[0].files] == [picture.data]


def test_nobody_to_ask_is_told_apart_from_no_room(two, key):
    with pytest.raises(NoRoute, match="offered by no provider"):
        plan_on_demand(model=create_model(), asked=ASKED, api_key=key)
    for offering in two.offerings.all():
        Breaker.objects.create(
            offering=offering, open_until=Now() + timedelta(minutes=1), reason="timeout: slow"
        )
    with pytest.raises(TooBusy, match="left alone"):
        plan_on_demand(model=two, asked=ASKED, api_key=key)
    assert not Slot.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_what_a_caller_left_before_the_call_is_cancelled(two, key):
    generation = plan_on_demand(model=two, asked=ASKED, api_key=key)
    Generation.objects.update(hinted_at=F("hinted_at") - timedelta(minutes=5))
    assert sweep_expired().make == []
    generation.refresh_from_db()
    assert generation.state == "cancelled"
    assert set(LedgerEntry.objects.values_list("kind", flat=True)) == {"reserve", "release"}


def test_an_estimate_asks_nobody(fake, two):
    offering, expected, ceiling = estimate_on_demand(model=two, asked=ASKED)
    assert (offering.provider.slug, expected) == ("one", Decimal("0.04"))
    assert ceiling >= expected
    assert fake.requests == []
    assert not Slot.objects.exists()
