"""Contradictions in prices are found from the data, each with its place and what to do."""

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from arena.catalog.checks import Finding, check_catalog, check_rates
from arena.catalog.flags import say_wrong_flags
from arena.catalog.load import LoadError, load_catalog
from arena.catalog.models import Offering, PriceClaim, PriceRule, Provider
from arena.catalog.price_lists import Rate
from tests.factories import WRONG_FLAGS, create_offering

DAY = date(2026, 11, 28)
HEADLINE = (
    "nano-banana-2, “Nano Banana 2 is available from 4 providers, with per-image pricing starting at "
    "$0.0225 through fal.ai.” (sample page, headline of the providers)"
)
FAQ = "nano-banana-2, “Nano Banana 2 starts at $0.0225 per image through Lumenfall.” (sample page, FAQ)"
# All that is wrong in the shipped data. The sample page says it, and no rule bears it out.
KNOWN = [
    (
        HEADLINE,
        "no rule yields $0.0225: the lowest price of a picture through fal is $0.06 (fal). "
        "(It is half of the $0.045 of gemini at 0.5K.)",
    ),
    (
        FAQ,
        "Lumenfall is no provider here, and no rule yields $0.0225: the lowest price of a picture "
        "through any provider is $0.045 (gemini). (It is half of the $0.045 of gemini at 0.5K.)",
    ),
    (
        "nano-banana-2, “Input” (sample page, gemini)",
        "gemini is said to charge for input, but no rule says how much.",
    ),
    (
        "nano-banana-2, “Input” (sample page, vertex)",
        "vertex is said to charge for input, but no rule says how much.",
    ),
    (
        "nano-banana-2",
        "the lowest price $0.0225 is claimed to be that of fal and of Lumenfall.",
    ),
]


def shipped() -> Any:
    return json.loads((Path(settings.FIXTURES) / "catalog.json").read_text(encoding="utf-8"))


@pytest.mark.django_db
def test_the_shipped_catalogue_holds_the_known_contradictions_and_no_other():
    load_catalog(shipped())
    findings = check_catalog(day=DAY)
    assert [(finding.place, finding.what) for finding in findings] == KNOWN
    assert not any(finding.serious for finding in findings)
    assert all(finding.advice for finding in findings)


@pytest.mark.django_db
def test_claims_that_the_rules_bear_out_are_no_contradiction():
    data = shipped()
    claims = data["models"][0]["claims"]
    claims[0]["amount"] = "0.06"
    claims[1] |= {"amount": "0.045", "through": "gemini"}
    del claims[2:]
    load_catalog(data)
    assert check_catalog(day=DAY) == []


@pytest.mark.django_db
def test_the_headline_is_judged_by_the_rules_of_the_day():
    data = shipped()
    fal = data["models"][0]["offerings"][0]
    cheap = copy.deepcopy(fal["prices"][0]) | {"valid_from": "2027-02-01", "source": "sale"}
    cheap["rules"] = [
        {"direction": "output", "unit": "image", "size": "0.5K", "amount": "0.0225", "note": "sale"}
    ]
    fal["prices"].append(cheap)
    fal["prices"][0]["valid_until"] = "2027-01-31"
    load_catalog(data)
    places = [finding.place for finding in check_catalog(day=date(2027, 2, 2))]
    assert HEADLINE not in places
    assert HEADLINE in [finding.place for finding in check_catalog(day=DAY)]


# One rule set, one fault --------------------------------------------------------------------------


def rate(amount: str = "0.08", **values: Any) -> Rate:
    defaults = {"direction": "output", "unit": "image", "note": f"${amount}", "source": "list"}
    return Rate(**defaults | {"amount": Decimal(amount), "valid_from": DAY} | values)


STANDARD = rate(size="1K")


@pytest.mark.parametrize(
    ("rates", "what"),
    [
        ([rate("-0.08")], "the amount -0.08 is negative."),
        (
            [STANDARD, rate("-0.06", size="0.5K", multiplier=Decimal("-0.75"))],
            "the multiplier -0.75 is negative.",
        ),
        (
            [rate(valid_until=date(2026, 11, 1))],
            "it ends on 2026-11-01, before it begins on 2026-11-28.",
        ),
        ([rate(size="3K")], "no picture has the size “3K”."),
        ([STANDARD, rate(unit="request")], "a charge per request must say what it is for."),
        (
            [rate(unit="second", expected_units=Decimal(9), most_units=Decimal(8))],
            "9 units are expected, but at most 8 allowed.",
        ),
        ([STANDARD, rate("0.09", size="1K")], "the same list also says rule “$0.09”."),
        (
            [STANDARD, rate("0.09", size="1K", valid_from=date(2026, 12, 5))],
            "it still holds on 2026-12-05, when rule “$0.09” begins.",
        ),
        (
            [
                rate(size="1K", valid_until=date(2026, 12, 4)),
                rate("0.09", size="1K", valid_from=date(2026, 12, 5)),
                rate("0.1", size="1K", valid_from=date(2026, 12, 5), source="other"),
            ],
            "it still holds on 2026-12-05, when rule “$0.1” begins.",
        ),
        (
            [
                rate(size="1K", valid_until=date(2026, 12, 1)),
                rate("0.09", size="1K", valid_from=date(2026, 12, 5)),
            ],
            "nothing is priced between 2026-12-01 and 2026-12-05.",
        ),
        (
            [STANDARD, rate("0.13", size="2K", multiplier=Decimal("1.5"))],
            "it says $0.13, but 1.5 x $0.08 is $0.12.",
        ),
        (
            [rate("0.13", size="2K", multiplier=Decimal("1.5"))],
            "it multiplies a standard rate, but its list has none or several.",
        ),
        (
            [rate("0.068", size="1K", tokens=1120), rate("60", unit="million-tokens")],
            "1120 tokens at $60 a million are $0.0672, not $0.068.",
        ),
        (
            [rate("0.067", size="1K", tokens=1120), rate("0.151", size="4K", tokens=2420)],
            "a token costs more there than in rule “$0.067”, however one rounds.",
        ),
        ([rate(direction="input")], "no rule prices the output."),
    ],
)
def test_each_contradiction_between_rules_is_found(rates, what):
    findings = list(check_rates(rates, place="here"))
    assert [f.what for f in findings if "amount -0.06" not in f.what] == [what]
    assert findings[0].place.startswith("here")
    assert findings[0].advice
    assert findings[0].serious


def test_rules_that_follow_one_another_day_by_day_are_no_contradiction():
    old = rate(size="1K", valid_until=date(2026, 12, 4))
    new = rate("0.09", size="1K", valid_from=date(2026, 12, 5))
    assert list(check_rates([new, old, rate("0.1", size="2K")], place="here")) == []
    rounded = [rate("0.067", size="1K", tokens=1120), rate("60", unit="million-tokens")]
    assert list(check_rates(rounded, place="here")) == []


# Where money is paid ------------------------------------------------------------------------------


@pytest.fixture
def openai() -> Offering:
    load_catalog(shipped())
    PriceClaim.objects.all().delete()
    return Offering.objects.get(provider__slug="openai")


def forget_a_size(offering: Offering) -> None:
    offering.price_rules.filter(size="1536x1024", quality="medium").delete()


def forget_a_bound(offering: Offering) -> None:
    offering.price_rules.filter(direction="input", tokens_of="image").update(most_units=None)


def forget_everything(offering: Offering) -> None:
    offering.price_rules.all().delete()


def overrun(offering: Offering) -> None:
    offering.least_reserve = Decimal("0.25")
    offering.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("spoil", "whats"),
    [
        (
            forget_a_size,
            ["the price list does not say what a picture of 1536x1024 costs at most."],
        ),
        (
            forget_a_bound,
            [
                f"the price list does not say what a picture of {size} with a reference picture "
                "costs at most."
                for size in ("1024x1024", "1536x1024", "1024x1536")
            ],
        ),
        (
            forget_everything,
            [
                f"the price list does not say what a picture of {size} costs at most."
                for size in ("1024x1024", "1536x1024", "1024x1536")
            ],
        ),
        (overrun, ["a call came to $0.25, more than the price list allows."]),
    ],
)
def test_an_offering_that_could_not_be_asked_is_found(
    openai: Offering, spoil: Callable[[Offering], None], whats: list[str]
):
    if spoil is forget_a_size:
        # Its tokens still have a price per million, and the other sizes of the tier no rule for it.
        openai.price_rules.filter(direction="output", tokens_of="image").delete()
    spoil(openai)
    findings = check_catalog(day=DAY)
    assert [finding.what for finding in findings] == whats
    assert {finding.place for finding in findings} == {"gpt-image-1-5 at openai"}
    openai.resend_safe = True
    openai.least_reserve = None
    openai.save()
    assert check_catalog(day=DAY) == [], "nothing is paid there"


# The command --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_command_tells_claims_from_errors_and_fails_for_errors_only():
    load_catalog(shipped())
    said = StringIO()
    call_command("check_catalog", stdout=said)
    assert said.getvalue().count("claim  ") == 5
    assert "0 contradictions in the rules, 5 claims" in said.getvalue()
    Offering.objects.get(provider__slug="fal").price_rules.filter(size="2K").update(
        amount=Decimal("0.13")
    )
    with pytest.raises(SystemExit) as ended:
        call_command("check_catalog", stdout=said)
    assert ended.value.code == 1
    assert (
        "ERROR  nano-banana-2 at fal, rule “2K outputs charged at 1.5x ($0.12)”: it says $0.13, "
        "but 1.5 x $0.08 is $0.12. Correct the amount or the multiplier"
    ) in said.getvalue()


# Claims in the fixture ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_claims_are_loaded_once():
    load_catalog(shipped())
    counts = load_catalog(shipped())
    assert PriceClaim.objects.count() == 8
    assert (counts.created["price claims"], counts.kept["price claims"]) == (0, 8)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "from", "amount": None}, "amount: is there for claims of the kind “from”"),
        ({"kind": "direction", "amount": None}, "direction: is there for claims of the kind"),
        ({"kind": "gossip"}, "kind: Value 'gossip' is not a valid choice."),
        ({"amont": "1"}, "amont: is no field of such an entry."),
    ],
)
def test_a_claim_that_says_nothing_is_refused_with_its_place(values, sentence):
    data = shipped()
    data["models"][0]["claims"][0] |= values
    with pytest.raises(LoadError) as told:
        load_catalog(data)
    assert "models[0] (nano-banana-2), claims[0] (Nano Banana 2 is available" in str(told.value)
    assert sentence in str(told.value)


def test_a_finding_reads_as_sentences():
    assert (
        str(Finding("Here", "it is wrong.", "Put it right.")) == "Here: it is wrong. Put it right."
    )


def test_days_at_the_ends_of_the_calendar_are_checked_like_others():
    def rate(source: str, begins: date, ends: date | None) -> Rate:
        return Rate(
            "output", "image", Decimal("0.04"), source=source, valid_from=begins, valid_until=ends
        )

    (finding,) = check_rates(
        [rate("a", date(2026, 1, 1), date.max), rate("b", date.min, date(2025, 12, 1))],
        place="here",
    )
    assert "nothing is priced between 2025-12-01 and 2026-01-01" in finding.what
    (finding,) = check_rates(
        [rate("a", date.min, date.max), rate("b", date.min, None)], place="here"
    )
    assert "it still holds on 0001-01-01" in finding.what
    assert not list(check_rates([rate("a", date(2026, 1, 1), date.max)], place="here"))


@pytest.mark.django_db
@pytest.mark.parametrize("options", WRONG_FLAGS)
def test_wrong_flags_that_are_stored_are_findings(options):
    offering = create_offering(price="0.04", resend_safe=False)
    for row in (offering, offering.provider):
        kept, row.options = row.options, options
        row.save()
        (finding,) = check_catalog(day=DAY)
        assert finding.advice.startswith("Correct the flags")
        assert finding.what in say_wrong_flags(Offering.objects.get())
        row.options = kept
        row.save()
    assert not check_catalog(day=DAY)


@pytest.mark.django_db
def test_numbers_that_no_list_means_are_findings():
    offering = create_offering(price="0.04", resend_safe=False)
    wild = {"multiplier": Decimal("9999.9999"), "most_units": Decimal("99999999.9999")}
    PriceRule.objects.update(amount=Decimal("999999.999999"), **wild)
    Provider.objects.update(markup=Decimal("99.9999"))
    found = check_catalog(day=DAY)
    assert "the amount 999999.999999 is more than 10,000." in [finding.what for finding in found]
    assert any("would cost up to $" in finding.what for finding in found)
    PriceRule.objects.update(amount=Decimal(-5), multiplier=None, most_units=None)
    assert "the amount -5 is negative." in [finding.what for finding in check_catalog(day=DAY)]
    assert offering.price_rules.count() == 1
