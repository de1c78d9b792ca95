"""Calls that cost something, for the tests of money."""

from decimal import Decimal
from typing import Any

from arena.catalog.models import Offering
from arena.challenges.models import Challenge
from arena.clients.models import ApiKey
from arena.generation.models import Generation, Slot
from tests.factories import (
    create_challenge,
    create_model,
    create_offering,
    create_slot,
    numbers,
)


def dollars(text: str) -> Decimal:
    return Decimal(text)


def paid_offering(**values: Any) -> Offering:
    """An offering that is not free, without a price list: each test writes its own."""
    offering = create_offering(model=create_model(), resend_safe=False, **values)
    offering.price_rules.all().delete()
    return offering


def plan_call(
    *,
    offering: Offering | None = None,
    challenge: Challenge | None = None,
    api_key: ApiKey | None = None,
    **values: Any,
) -> Generation:
    """A planned call for a challenge, or for a caller of the gateway when `api_key` is given."""
    offering = offering or paid_offering()
    if api_key:
        slot = Slot.objects.create(
            model=offering.model, asked={"discipline": "text-to-image"}, api_key=api_key
        )
    else:
        slot = create_slot(
            challenge=challenge or create_challenge(), model=offering.model, take=next(numbers)
        )
    values = {"free": offering.resend_safe, **values}
    return Generation.objects.create(slot=slot, offering=offering, **values)


def create_key(**values: Any) -> ApiKey:
    number = next(numbers)
    return ApiKey.objects.create(
        name=f"Key {number}",
        prefix=f"pk-{number}",
        digest=f"{number:064d}",
        scopes=["generate"],
        **values,
    )
