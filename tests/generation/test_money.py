"""The books against the bill: random lives of calls, and at every step settled + held covers what is owed.

The real functions of money on a real PostgreSQL: calls are planned within caps, drawn, answered, lost, settled,
given back, and resolved by curators. The bill is kept by a model of the provider that knows nothing of the
ledger and reckons by hand: it charges the moment it draws a picture.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from arena.catalog.models import PriceRule
from arena.catalog.prices import estimate, price_of_usage
from arena.generation.audit import check_ledger
from arena.generation.budget import OverBudget, reserve_within_caps, room_left, set_cap
from arena.generation.ledger import held_and_settled, release, reserved_amount, settle
from arena.generation.models import Generation
from arena.generation.moderation import settle_uncertain
from arena.providers.types import Usage
from tests.factories import create_challenge
from tests.generation.money import create_key, paid_offering, plan_call

DAY = date(2026, 11, 28)
State = Generation.State


@dataclass
class Asked:
    """A call and what the provider charges for it; `bill` None: it has not drawn anything yet."""

    generation: Generation
    ceiling: Decimal
    bill: Decimal = Decimal(0)
    usage: Usage = field(default_factory=Usage)


class Books(RuleBasedStateMachine):
    """Calls live and end in any order; the provider's bill is compared after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.running: list[Asked] = []
        self.unclear: list[Asked] = []
        self.ended: list[Asked] = []
        self.refused = 0

    def teardown(self) -> None:
        """Resolve what is uncertain as the provider's own records say: then books and bill are equal."""
        try:
            for asked in list(self.running):
                self._answer(asked)
            for asked in list(self.unclear):
                self._resolve(asked)
            balance = held_and_settled()
            assert balance.held == 0
            assert balance.settled == sum((asked.bill for asked in self.ended), Decimal(0))
            assert list(check_ledger()) == []
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @initialize(cap=st.integers(20, 120), provider_cap=st.integers(5, 120), key=st.integers(5, 60))
    def open_books(self, cap: int, provider_cap: int, key: int) -> None:
        """Three offerings: per picture, by tokens, with a surcharge; four kinds of caps."""
        self.challenge = create_challenge(canvas_width=1024, canvas_height=1024)
        self.key = create_key(dollars_per_day=Decimal(key) / 100)
        self.offerings = [paid_offering(provider_slug=slug) for slug in ("a", "a", "b")]
        rules = [
            [{"amount": "0.067", "size": "1K"}],
            [
                {"amount": "0.034", "size": "1K", "tokens": 1056},
                {"amount": "32", "unit": "million-tokens"},
                {
                    "amount": "5",
                    "unit": "million-tokens",
                    "direction": "input",
                    "most_units": Decimal(500),
                },
            ],
            [
                {"amount": "0.08", "size": "1K"},
                {"amount": "0.015", "unit": "request", "feature": "Web search"},
            ],
        ]
        for offering, lines in zip(self.offerings, rules, strict=True):
            for line in lines:
                PriceRule.objects.create(
                    offering=offering, valid_from=DAY, **line | {"amount": Decimal(line["amount"])}
                )
        set_cap(dollars=Decimal(cap) / 100)
        set_cap(provider=self.offerings[0].provider, dollars=Decimal(provider_cap) / 100)
        set_cap(challenge=self.challenge, dollars=Decimal(cap) / 50)

    @rule(number=st.integers(0, 2), for_key=st.booleans())
    def plan(self, number: int, for_key: bool) -> None:
        """Put money aside for another call, if the caps allow it."""
        offering = self.offerings[number]
        generation = plan_call(
            offering=offering,
            **({"api_key": self.key} if for_key else {"challenge": self.challenge}),
        )
        found = estimate(offering, width=1024, height=1024, day=DAY)
        assert found is not None
        rooms = room_left(
            provider=offering.provider,
            **({"api_key": self.key} if for_key else {"challenge": self.challenge}),
        )
        try:
            reserve_within_caps(generation=generation, amount=found.ceiling)
        except OverBudget as over:
            self.refused += 1
            assert over.cap.left < found.ceiling
            self._end(generation, State.OVER_BUDGET)
        else:
            assert all(room.left >= found.ceiling for room in rooms)
            self._move(generation, State.RESERVED)
            self.running.append(Asked(generation, found.ceiling))

    @precondition(lambda self: self.running)
    @rule(tokens=st.integers(0, 1056), words=st.integers(0, 500), searched=st.booleans())
    def draw(self, tokens: int, words: int, searched: bool) -> None:
        """The provider draws what it was asked for, and charges at once: long before anybody here hears of it."""
        for asked in self.running:
            asked.usage = Usage(
                output_tokens=tokens,
                input_tokens=words,
                features=("web-search",) if searched else (),
            )
            asked.bill = self._bill(asked)
            self._move(asked.generation, State.SUBMITTING)

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def answer(self, data: st.DataObject) -> None:
        """The answer arrives: with a picture, or with a failure that the provider charged or did not."""
        self._answer(data.draw(st.sampled_from(self.running)))

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def lose(self, data: st.DataObject) -> None:
        """The answer is lost, or the worker: nobody here knows whether it was charged."""
        asked = data.draw(st.sampled_from(self.running))
        self.running.remove(asked)
        self._end(asked.generation, State.UNCERTAIN)
        self.unclear.append(asked)

    @precondition(lambda self: self.unclear)
    @rule(data=st.data())
    def resolve(self, data: st.DataObject) -> None:
        """A curator has looked at the provider's records."""
        self._resolve(data.draw(st.sampled_from(self.unclear)))

    @invariant()
    def the_books_cover_the_bill(self) -> None:
        if not hasattr(self, "offerings"):
            return
        every = [*self.running, *self.unclear, *self.ended]
        owed = sum((asked.bill for asked in every), Decimal(0))
        assert held_and_settled().total >= owed
        for asked in [*self.running, *self.unclear]:
            assert reserved_amount(generation=asked.generation) >= asked.bill

    @invariant()
    def no_cap_is_exceeded(self) -> None:
        if not hasattr(self, "offerings"):
            return
        for provider in {offering.provider for offering in self.offerings}:
            for room in room_left(provider=provider, challenge=self.challenge, api_key=self.key):
                assert room.used <= room.cap, room

    # The provider's own arithmetic, by hand ---------------------------------------------------

    def _bill(self, asked: Asked) -> Decimal:
        usage, offering = asked.usage, asked.generation.offering
        if offering.pk == self.offerings[0].pk:
            return Decimal("0.067")
        if offering.pk == self.offerings[1].pk:
            assert usage.output_tokens is not None
            assert usage.input_tokens is not None
            return (32 * Decimal(usage.output_tokens) + 5 * Decimal(usage.input_tokens)) / 1_000_000
        return Decimal("0.095") if usage.features else Decimal("0.08")

    def _answer(self, asked: Asked) -> None:
        self.running.remove(asked)
        if asked.bill:
            self._pay(asked)
            self._end(asked.generation, State.STORED)
        else:
            release(generation=asked.generation, note="refused")
            self._end(asked.generation, State.REFUSED)
        self.ended.append(asked)

    def _pay(self, asked: Asked) -> None:
        price = price_of_usage(
            asked.generation.offering, usage=asked.usage, width=1024, height=1024, day=DAY
        )
        assert price is not None
        settle(generation=asked.generation, amount=price)

    def _resolve(self, asked: Asked) -> None:
        """Charged calls whose bill is below what was put aside are paid by their usage."""
        self.unclear.remove(asked)
        if asked.bill in (0, asked.ceiling):
            charged = bool(asked.bill)
            assert settle_uncertain(asked.generation, charged=charged, send_again=False)
        else:
            self._pay(asked)
            self._end(asked.generation, State.FAILED)
        self.ended.append(asked)

    def _move(self, generation: Generation, state: str) -> None:
        Generation.objects.filter(pk=generation.pk).update(state=state)
        generation.state = state

    _end = _move


@pytest.mark.django_db(transaction=True)
def test_settled_and_held_cover_the_bill_at_every_step_and_equal_it_in_the_end():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            # A failing life is told as it was found: making it shorter takes minutes on a real database.
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
