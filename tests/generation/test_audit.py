"""The examination of the ledger: right books pass, and each way to be wrong is named."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from arena.generation import ledger
from arena.generation.audit import WANTED, check_ledger, report_spending
from arena.generation.ledger import release, reserve, settle
from arena.generation.models import Generation, LedgerEntry
from tests.factories import create_challenge, create_offering
from tests.generation.money import create_key, dollars, paid_offering, plan_call

pytestmark = pytest.mark.django_db
STATES = list(Generation.State.values)


def call(state: str, *, paid: str | None = None, back: bool = False, **values) -> Generation:
    """A call in a state, with money put aside, and paid or given back."""
    generation = plan_call(state=state, **values)
    reserve(generation=generation, amount=dollars("0.1"))
    if paid is not None:
        settle(generation=generation, amount=dollars(paid))
    elif back:
        release(generation=generation)
    return generation


def right_books() -> None:
    for state in ("reserved", "submitting", "submitted", "collecting", "uncertain"):
        call(state)
    for state in ("stored", "collecting", "failed", "refused", "empty", "timed-out"):
        call(state, paid="0.08")
    for state in ("failed", "refused", "empty", "timed-out", "cancelled"):
        call(state, back=True)
    call("stored", paid="0.08", api_key=create_key())
    for state in STATES:
        plan_call(state=state, offering=create_offering(resend_safe=True))
    plan_call(state="planned")
    plan_call(state="over-budget")
    plan_call(state="stored", origin=Generation.Origin.SHIPPED)


def test_right_books_hold_no_contradiction():
    right_books()
    assert list(check_ledger()) == []
    said = StringIO()
    call_command("ledger", "--check", stdout=said)
    assert "The ledger is right" in said.getvalue()


def test_every_state_has_its_rule():
    assert set(WANTED) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_a_paid_call_whose_money_did_not_end_as_its_state_says_is_named(state):
    """Each state is tried with each way that the entries can be; what is not wanted is a contradiction."""
    ways: dict[tuple[str, ...], Callable[[], Generation]] = {
        (): lambda: plan_call(state=state),
        ("reserve",): lambda: call(state),
        ("reserve", "settle", "release"): lambda: call(state, paid="0.08"),
        ("reserve", "release"): lambda: call(state, back=True),
    }
    for kinds, make in ways.items():
        generation = make()
        problems = [s for s in check_ledger() if s.startswith(f"Generation {generation.pk} ")]
        if kinds in WANTED[state]:
            assert problems == []
        else:
            assert len(problems) == 1
            assert " belongs." in problems[0]


def append(generation: Generation, kind: str, **values) -> None:
    """Append what no function would."""
    first = LedgerEntry.objects.filter(generation=generation).first()
    assert first is not None
    LedgerEntry.objects.create(
        **{
            "generation": generation,
            "kind": kind,
            "amount": Decimal("0.1"),
            "day": first.day,
            "provider": first.provider,
            "challenge": first.challenge,
            **values,
        }
    )


def lose_the_cost() -> None:
    generation = call("stored", paid="0.08")
    Generation.objects.filter(pk=generation.pk).update(cost=None)


def another_cost() -> None:
    generation = call("failed", back=True)
    Generation.objects.filter(pk=generation.pk).update(cost=dollars("0.02"))


def cost_too_early() -> None:
    generation = call("submitting")
    Generation.objects.filter(pk=generation.pk).update(cost=dollars("0.02"))


def give_back_less() -> None:
    generation = call("failed")
    append(generation, "release", amount=dollars("0.09"))
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def pay_more() -> None:
    call("stored", paid="0.2")


def another_day() -> None:
    generation = call("failed")
    append(generation, "release", day=ledger.utc_day() + timedelta(days=1))
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def another_provider() -> None:
    generation = call("failed")
    append(generation, "release", provider=paid_offering(provider_slug="other").provider)
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def another_challenge() -> None:
    generation = call("failed")
    append(generation, "release", challenge=create_challenge())
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def no_challenge() -> None:
    generation = call("failed")
    append(generation, "release", challenge=None)
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def a_key_too_many() -> None:
    generation = call("failed")
    append(generation, "release", api_key=create_key())
    Generation.objects.filter(pk=generation.pk).update(cost=0)


def settle_without_reserve() -> None:
    generation = plan_call(state="stored", cost=dollars("0.1"))
    challenge = generation.slot.competing_prompt.challenge
    LedgerEntry.objects.create(
        generation=generation,
        kind="settle",
        amount=dollars("0.1"),
        day=ledger.utc_day(),
        provider=generation.offering.provider,
        challenge=challenge,
    )


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lose_the_cost, "$0.080000 were paid, but its cost says nothing."),
        (another_cost, "nothing was paid, but its cost says $0.020000."),
        (cost_too_early, "it is not settled, but its cost says $0.020000."),
        (give_back_less, "$0.090000 were given back of $0.100000 put aside."),
        (pay_more, "$0.200000 were paid of $0.100000 put aside: the price list allows too little."),
        (another_day, "its entries are of different days."),
        (another_provider, "its entries name another provider."),
        (another_challenge, "its entries do not name its challenge."),
        (no_challenge, "its entries do not name its challenge."),
        (a_key_too_many, "its entries do not name its api key."),
        (
            settle_without_reserve,
            " has settle, where money put aside, paid and given back belongs.",
        ),
    ],
)
def test_each_contradiction_is_named_and_ends_the_command_with_1(spoil, sentence):
    right_books()
    spoil()
    assert [problem for problem in check_ledger() if sentence not in problem] == []
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "--check", stdout=said)
    assert ended.value.code == 1
    assert sentence in said.getvalue()
    assert "1 contradictions in the ledger." in said.getvalue()


def test_the_report_sums_each_day_and_provider(monkeypatch):
    other = paid_offering(provider_slug="other")
    call("stored", paid="0.08")
    call("uncertain")
    call("failed", back=True)
    call("submitting", offering=other)
    today = ledger.utc_day()
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "utc_day", lambda: today - timedelta(days=2))
        call("stored", paid="0.1")
    lines = report_spending()
    assert [(line.day, line.provider, line.calls) for line in lines] == [
        (today, "local", 3),
        (today, "other", 1),
        (today - timedelta(days=2), "local", 1),
    ]
    first = lines[0]
    assert (first.reserved, first.settled, first.released) == (
        dollars("0.3"),
        dollars("0.08"),
        dollars("0.2"),
    )
    assert (first.held, first.uncertain) == (dollars("0.1"), 1)
    assert len(report_spending(since=today)) == 2
    said = StringIO()
    call_command("ledger", days=1, stdout=said)
    rows = said.getvalue().splitlines()
    assert rows[0].split() == [
        *["day", "provider", "calls", "put", "aside", "paid", "held", "given", "back", "uncertain"]
    ]
    assert rows[1].split() == [
        today.isoformat(),
        *("local", "3", "0.3000", "0.0800", "0.1000", "0.2000", "1"),
    ]
    assert len(rows) == 4
    assert rows[3] == "allowed: $24.72 of $25.00 today (the whole site)"


def test_the_examination_asks_the_same_few_questions_however_many_calls_there_are():
    right_books()
    with connection.execute_wrapper(
        lambda ask, sql, *rest: (asked.append(sql), ask(sql, *rest))[1]
    ):
        asked: list[str] = []
        list(check_ledger())
    assert len(asked) == 1
