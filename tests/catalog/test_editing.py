"""What curators do to the catalogue: rules of rows, dated price lists, the way back."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from arena.catalog.editing import (
    add_row,
    begin_price_list,
    change_row,
    check_rule_change,
    find_faults,
    holds_secret,
    restore_row,
    tell_rules,
    withdraw_price_list,
)
from arena.catalog.keys import is_variable_name
from arena.catalog.models import Offering, PriceRule, Provider
from arena.catalog.prices import cheapest_picture, estimate
from tests.factories import create_model, create_offering

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 28)


def rule(amount: str, **values: Any) -> PriceRule:
    return PriceRule(amount=Decimal(amount), **values)


def price_on(offering: Offering, day: date) -> Decimal | None:
    found = cheapest_picture([Offering.objects.get(pk=offering.pk)], day=day)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("OPENAI_API_KEY", True),
        ("FAL_KEY", True),
        ("REPLICATE_API_TOKEN", True),
        ("HF2_TOKEN", True),
        ("sk-proj-0123456789abcdef", False),
        ("AIzaSyA-0123456789", False),
        ("AKIAIOSFODNN7EXAMPLE1", False),
        ("r8_abcdefghijklmnop", False),
        ("Bearer ABC", False),
        ("openai_api_key", False),
        ("", False),
    ],
)
def test_a_key_is_no_name_of_a_variable(words, named):
    assert is_variable_name(words) is named


def test_a_provider_keeps_no_key():
    provider = create_offering().provider
    for values in (
        {"key_variable": "sk-proj-0123456789abcdef"},
        {"options": {"extra_body": [{"api_key": "abc"}]}},
        {"base_url": "https://me:secret@example.org/v1", "is_local": False},
        {"base_url": "https://example.org/v1?key=abc"},
        {"base_url": "ftp://example.org", "is_local": False},
        {"dialect": "telepathy"},
        {"population": "real"},
        {"max_in_flight": 0},
    ):
        with pytest.raises(ValidationError) as refused:
            change_row(provider, **values)
        assert set(refused.value.message_dict) == {next(iter(values))}
    assert Provider.objects.values("key_variable", "base_url", "population").get() == {
        "key_variable": "", "base_url": "/v1", "population": "demo"
    }  # fmt: skip
    assert not holds_secret({"tokens": 5, "editing": {"drop": ["seed"]}})


WRONG_FLAGS = [
    ({"extra_body": {"size": "auto"}}, 'The "size" in "extra_body" must be pixels'),
    ({"size_mode": "closest"}, '"sizes" must be a list'),
    ({"extra_body": "x"}, 'The flag "extra_body" must be an object'),
    ({"editing": 5}, 'The flag "editing" must be an object'),
    ({"editing": {"extra_body": {"size": 7}}}, 'The "size" in "extra_body" must be pixels'),
]


@pytest.mark.parametrize(("options", "sentence"), WRONG_FLAGS)
def test_wrong_flags_are_refused_joined_as_a_call_joins_them(options, sentence):
    offering = create_offering()
    for row in (offering, offering.provider):
        with pytest.raises(ValidationError) as refused:
            change_row(row, options=options)
        assert sentence in refused.value.message_dict["options"][0]
    # What the provider lacks its offerings may have.
    change_row(offering, options={"sizes": ["1024x1024"]})
    change_row(offering.provider, options={"size_mode": "closest"})
    with pytest.raises(ValidationError, match='"sizes" must be a list'):
        change_row(offering, options={})


def test_a_row_whose_flags_were_wrong_before_is_still_switched_off():
    offering = create_offering()
    Offering.objects.update(options={"editing": 5})
    offering.refresh_from_db()
    change_row(offering, enabled=False)
    change_row(offering.provider, enabled=False)
    assert not Offering.objects.get().enabled


def test_a_fixed_size_is_pixels_or_a_class_of_price_lists():
    offering = create_offering(price="0.04", resend_safe=False)
    for size in ("1536x1024", "2K"):
        change_row(offering, options={"extra_body": {"size": size}})
        found = Offering.objects.get()
        assert estimate(found, width=256, height=256, day=TODAY) is not None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"amount": Decimal(-1)}, "The amount -1 is negative"),
        ({"amount": Decimal("10000.01")}, "The amount 10000.01 is more than 10,000"),
        ({"multiplier": Decimal(1001)}, "The multiplier 1001 is more than 1,000"),
        ({"tokens": 10_000_001}, "The tokens 10000001 is more than"),
        ({"expected_units": Decimal(-1)}, "The expected units -1 is negative"),
        (
            {"unit": "second", "amount": Decimal(5), "most_units": Decimal(9000)},
            "one call would come",
        ),
        (
            {"unit": "million-tokens", "amount": Decimal(9999), "most_units": Decimal(9_000_000)},
            "come to $89,991.00, more than $10,000",
        ),
    ],
)
def test_prices_are_sane(values, sentence):
    offering = create_offering()
    with pytest.raises(ValidationError) as refused:
        add_row(PriceRule(offering=offering, valid_from=TODAY, **{"amount": Decimal(1), **values}))
    assert sentence.lower() in str(refused.value).lower()


def test_a_markup_and_a_least_reserve_are_sane():
    offering = create_offering()
    with pytest.raises(ValidationError, match="a share from 0 to 10"):
        change_row(offering.provider, markup=Decimal(11))
    with pytest.raises(ValidationError, match="from 0 to 10,000"):
        change_row(offering, least_reserve=Decimal(10_001))


def test_a_changed_row_tells_what_was_and_can_be_taken_back_once_nobody_changed_it():
    offering = create_offering(resend_safe=False)
    former, now = change_row(offering, priority=5, least_reserve=Decimal("0.250000"), enabled=True)
    assert former == {"priority": 100, "least_reserve": None}
    assert now == {"priority": 5, "least_reserve": "0.25"}
    change_row(offering, priority=6)
    with pytest.raises(ValidationError, match="priority has been changed since"):
        restore_row(offering, former=former, expected=now)
    change_row(offering, priority=5)
    restore_row(offering, former=former, expected=now)
    stored = Offering.objects.get()
    assert (stored.priority, stored.least_reserve) == (100, None)


def test_siblings_are_of_one_population():
    model, other, real = create_model(), create_model(), create_model(population="real")
    former, now = change_row(model, siblings=[other.pk])
    assert (former, now) == ({"siblings": []}, {"siblings": [other.pk]})
    with pytest.raises(ValidationError, match="is no other demo model"):
        change_row(model, siblings=[real.pk])
    restore_row(model, former=former, expected=now)
    assert not model.siblings.exists()
    with pytest.raises(ValidationError, match="deleted meanwhile"):
        change_row(model, siblings=[other.pk, real.pk + 1])
    assert not model.siblings.exists()


def test_an_address_stays_whoever_would_change_it():
    offering = create_offering()
    for row in (offering.model, offering.provider, offering.model.lab):
        with pytest.raises(ValidationError, match="address of what is there never changes"):
            change_row(row, slug="moved")
        row.slug = "moved"
        assert [name for name, _ in find_faults(row)] == ["slug"]


def test_an_offering_is_of_its_models_population():
    provider = create_offering().provider
    model = create_model(population="real")
    with pytest.raises(ValidationError, match="is demo, but the model real"):
        add_row(
            Offering(model=model, provider=provider, disciplines=["text-to-image"], remote_id="x")
        )


def test_a_new_price_list_ends_the_former_and_changes_nothing_that_held():
    offering = create_offering(price="0.04", resend_safe=False)
    begins = TODAY + timedelta(days=3)
    ended = begin_price_list(
        offering, valid_from=begins, source="page", rules=[rule("0.05")], today=TODAY
    )
    assert list(ended.values()) == [None]
    assert price_on(offering, begins - timedelta(days=1)) == Decimal("0.04")
    assert price_on(offering, begins) == Decimal("0.05")
    # Another one goes before it no more, and nothing begins in the past.
    for day, reason in ((TODAY, "is there already"), (TODAY - timedelta(days=1), "is over")):
        with pytest.raises(ValidationError, match=reason):
            begin_price_list(offering, valid_from=day, source="", rules=[rule("0.06")], today=TODAY)
    added = tell_rules(PriceRule.objects.filter(valid_from=begins))
    withdraw_price_list(offering, valid_from=begins, added=added, ended=ended, today=TODAY)
    assert price_on(offering, begins) == Decimal("0.04")
    assert PriceRule.objects.get().valid_until is None


def test_a_list_that_has_begun_is_not_withdrawn():
    offering = create_offering(price="0.04", resend_safe=False)
    ended = begin_price_list(
        offering, valid_from=TODAY, source="", rules=[rule("0.05")], today=TODAY
    )
    with pytest.raises(ValidationError, match="has begun"):
        withdraw_price_list(offering, valid_from=TODAY, added={}, ended=ended, today=TODAY)
    assert price_on(offering, TODAY) == Decimal("0.05")


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([], "at least one rule"),
        ([rule("-0.01")], "is negative"),
        ([rule("0.04"), rule("0.05", size="2K", multiplier=Decimal(2))], r"2 x \$0.04 is \$0.08"),
        ([rule("0.04"), rule("0.05")], "the same list also says"),
        ([rule("0.04", size="huge")], "no picture has the size"),
        ([rule("1", direction="input", unit="million-tokens")], "no rule prices the output"),
    ],
)
def test_a_typed_price_list_keeps_the_checks_of_all_lists(rules, reason):
    offering = create_offering(resend_safe=False, price="0.04")
    with pytest.raises(ValidationError, match=reason):
        begin_price_list(offering, valid_from=TODAY, source="", rules=rules, today=TODAY)
    assert PriceRule.objects.count() == 1
    assert price_on(offering, TODAY) == Decimal("0.04")


def test_a_rule_that_holds_is_only_ended():
    create_offering(price="0.04", resend_safe=False)
    stored, wanted = PriceRule.objects.get(), PriceRule.objects.get()

    def check(**values: Any) -> None:
        for name, value in values.items():
            setattr(wanted, name, value)
        check_rule_change(wanted, stored=stored, begun=True, today=TODAY)

    check(note="In words.", valid_until=TODAY)
    with pytest.raises(ValidationError, match="This day is over"):
        check(valid_until=TODAY - timedelta(days=30))
    with pytest.raises(ValidationError, match="explains what was paid"):
        check(valid_until=None, amount=Decimal("0.05"))
