"""The price list of the sample page, as data and as what a picture costs."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from arena.catalog.checks import check_catalog
from arena.catalog.load import load_catalog
from arena.catalog.models import ImageModel, Offering, PriceRule
from arena.catalog.prices import (
    cheapest_picture,
    estimate,
    offered,
    price_of_usage,
    rules_on,
    size_class,
)
from arena.providers.types import Usage

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 22)
GOOGLE_NOTES = [
    "$0.045 per output image at 512px (0.5K) (747 tokens)",
    "$0.067 per output image at 1024x1024px (1K) (1120 tokens)",
    "$0.101 per output image at 2048x2048px (2K) (1680 tokens)",
    "$0.151 per output image at 4096x4096px (4K) (2520 tokens)",
]
# The sixteen notes of the page, word for word.
NOTES = {
    "fal": [
        "$0.08 per image at 1K (standard rate)",
        "0.5K outputs charged at 0.75x ($0.06)",
        "2K outputs charged at 1.5x ($0.12)",
        "4K outputs charged at 2x ($0.16)",
        "Web search adds $0.015 per request",
    ],
    "replicate": [
        "$0.067 per output image at 1K",
        "$0.101 per output image at 2K",
        "$0.151 per output image at 4K",
    ],
    "gemini": GOOGLE_NOTES,
    "vertex": GOOGLE_NOTES,
}
SIDES = {"0.5K": 512, "1K": 1024, "2K": 2048, "4K": 4096}


@pytest.fixture
def offerings() -> dict[str, Offering]:
    path = Path(settings.FIXTURES) / "catalog.json"
    load_catalog(json.loads(path.read_text(encoding="utf-8")))
    found = ImageModel.objects.get(slug="nano-banana-2").offerings.select_related("provider")
    return {offering.provider.slug: offering for offering in found}


def picture_price(
    offering: Offering, *, width: int, height: int, day: date, features: tuple[str, ...] = ()
) -> Decimal | None:
    found = estimate(offering, width=width, height=height, day=day, features=features)
    return found and found.expected


def ask_for_every_size(offering: Offering) -> None:
    """The shipped options of Gemini leave 0.5K out; the page's price of it must follow all the same."""
    offering.options["tiers"] = {"0.5K": 512, **offering.options["tiers"]}


def note_of(rule: PriceRule) -> str:
    """Say a rule in the page's words from its figures alone, never from its note."""
    amount = f"${rule.amount.normalize():f}"
    if rule.unit == PriceRule.Unit.REQUEST:
        return f"{rule.feature} adds {amount} per request"
    if rule.multiplier is not None:
        return f"{rule.size} outputs charged at {rule.multiplier.normalize():f}x ({amount})"
    if rule.tokens is not None:
        side = SIDES[rule.size]
        pixels = f"{side}px" if side == 512 else f"{side}x{side}px"
        return f"{amount} per output image at {pixels} ({rule.size}) ({rule.tokens} tokens)"
    if rule.offering.provider.slug == "fal":
        return f"{amount} per image at {rule.size} (standard rate)"
    return f"{amount} per output image at {rule.size}"


def test_every_price_note_of_the_page_is_a_rule(offerings):
    notes = {
        slug: [rule.note for rule in offering.price_rules.all()]
        for slug, offering in offerings.items()
    }
    assert notes == NOTES
    assert sum(len(lines) for lines in notes.values()) == 16


def test_every_price_note_follows_from_the_figures_of_its_rule(offerings):
    said = {
        slug: [note_of(rule) for rule in offering.price_rules.all()]
        for slug, offering in offerings.items()
    }
    assert said == NOTES


def test_price_rules_are_dated_and_name_their_source(offerings):
    for offering in offerings.values():
        for rule in offering.price_rules.all():
            assert (rule.valid_from, rule.valid_until) == (DAY, None)
            assert rule.source == "sample page"
            assert rule.direction == PriceRule.Direction.OUTPUT


@pytest.mark.parametrize(
    ("provider", "prices"),
    [
        ("fal", ["0.06", "0.08", "0.12", "0.16"]),
        ("replicate", ["0.067", "0.067", "0.101", "0.151"]),  # it has no 0.5K: 1K is asked for
        ("gemini", ["0.045", "0.067", "0.101", "0.151"]),
        ("vertex", ["0.045", "0.067", "0.101", "0.151"]),
    ],
)
def test_picture_price_follows_the_size(offerings, provider, prices):
    if provider != "replicate":
        ask_for_every_size(offerings[provider])
    found = [
        picture_price(offerings[provider], width=side, height=side, day=DAY)
        for side in SIDES.values()
    ]
    assert found == [None if price is None else Decimal(price) for price in prices]


def test_a_price_is_that_of_the_size_that_the_dialect_asks_for(offerings):
    fal = offerings["fal"]

    def price(width: int, height: int) -> Decimal | None:
        return picture_price(fal, width=width, height=height, day=DAY)

    assert price(512, 513) == price(720, 724) == Decimal("0.06")
    assert price(728, 724) == price(1024, 768) == Decimal("0.08")
    assert price(1449, 1449) == Decimal("0.12")
    fal.options = {"size_mode": "wxh"}
    assert price(512, 513) == Decimal("0.08"), "by the longer side, where pixels are asked for"
    assert size_class(width=5000, height=10) == "4K"


def test_where_the_provider_chooses_the_size_the_dearest_is_put_aside(offerings):
    gemini = offerings["gemini"]
    gemini.options = {}
    found = estimate(gemini, width=512, height=512, day=DAY)
    assert found is not None
    assert (found.expected, found.ceiling) == (Decimal("0.067"), Decimal("0.151"))
    cost = price_of_usage(gemini, usage=Usage(), width=512, height=512, day=DAY)
    assert cost == Decimal("0.151"), "never less than the bill"
    gemini.save()
    whats = [finding.what for finding in check_catalog(day=DAY) if finding.serious]
    assert whats == ["its prices depend on the size, but the provider is told the shape alone."]


@pytest.mark.parametrize(
    ("provider", "side", "features", "amount"),
    [
        (provider, SIDES[size], features, amount)
        for provider, prices in {
            "fal": {"0.5K": "0.06", "1K": "0.08", "2K": "0.12", "4K": "0.16"},
            "replicate": {"1K": "0.067", "2K": "0.101", "4K": "0.151"},
            "gemini": {"0.5K": "0.045", "1K": "0.067", "2K": "0.101", "4K": "0.151"},
            "vertex": {"0.5K": "0.045", "1K": "0.067", "2K": "0.101", "4K": "0.151"},
        }.items()
        for size, amount in prices.items()
        for features in ((), ("web-search",))
    ],
)
def test_a_call_comes_to_what_the_page_says(offerings, provider, side, features, amount):
    """Every price note as a settled call; the search that only fal charges for is added there alone."""
    if side == 512:
        ask_for_every_size(offerings[provider])
    due = Decimal(amount) + (Decimal("0.015") if features and provider == "fal" else 0)
    tokens = {512: 747, 1024: 1120, 2048: 1680, 4096: 2520}[side]
    usage = Usage(output_tokens=tokens, features=features)
    cost = price_of_usage(offerings[provider], usage=usage, width=side, height=side, day=DAY)
    found = estimate(offerings[provider], width=side, height=side, day=DAY)
    assert cost == due
    assert found is not None
    assert cost <= found.ceiling
    assert found.rules == (next(note for note in NOTES[provider] if f"${amount}" in note),)


def test_quality_tiers_come_to_what_summaries_say_and_tokens_to_the_last_digit():
    load_catalog(json.loads((Path(settings.FIXTURES) / "catalog.json").read_text(encoding="utf-8")))
    openai = Offering.objects.select_related("provider").get(provider__slug="openai")
    assert openai.provider.options["quality_default"] == "medium"

    def cost(quality: str | None, width: int, height: int, **counts: Any) -> Decimal | None:
        usage = Usage(input_tokens=0, **counts)
        return price_of_usage(
            openai, usage=usage, width=width, height=height, quality=quality, day=DAY
        )

    assert cost(None, 1024, 1024) == cost("medium", 1024, 1024)
    squares = [cost(quality, 1024, 1024) for quality in ("low", "medium", "high")]
    assert squares == [Decimal("0.009"), Decimal("0.034"), Decimal("0.13312")]
    assert cost("medium", 1200, 800) == Decimal("0.050176"), "the nearest size is 1536x1024"
    assert cost("medium", 800, 1200) == Decimal("0.051")
    told = {"output_tokens_details": {"text_tokens": 144, "image_tokens": 1056}}
    assert cost("medium", 1024, 1024, output_tokens=1200, raw=told) == Decimal("0.035232")
    openai.provider.options["extra_body"] = {"quality": "low"}
    assert cost("high", 1024, 1024) == Decimal("0.009"), "a fixed field wins over the wish"
    openai.provider.options |= {"extra_body": {}, "quality_default": "auto"}
    found = estimate(openai, width=1024, height=1024, day=DAY, prompt="x" * 100)
    assert found is not None
    assert found.expected < Decimal("0.04")
    assert found.ceiling > Decimal("0.133"), "the provider may choose the highest quality"


def test_picture_price_of_one_size_wins_over_the_price_of_every_size(offerings):
    fal = offerings["fal"]
    fal.price_rules.create(amount=Decimal("0.5"), valid_from=DAY)
    assert picture_price(fal, width=1024, height=1024, day=DAY) == Decimal("0.08")
    fal.price_rules.filter(size="1K").delete()
    assert picture_price(fal, width=1024, height=1024, day=DAY) == Decimal("0.5")


def test_picture_price_is_unknown_before_the_list_and_after_it(offerings):
    replicate = offerings["replicate"]
    replicate.price_rules.update(valid_until=date(2026, 12, 31))
    price = {
        day: picture_price(replicate, width=1024, height=1024, day=day)
        for day in (date(2026, 11, 21), DAY, date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(price.values()) == [None, Decimal("0.067"), Decimal("0.067"), None]
    assert rules_on(date(2026, 11, 21), rules=replicate.price_rules.all()) == []


def test_picture_price_never_takes_a_surcharge_for_a_picture(offerings):
    fal = offerings["fal"]
    fal.price_rules.filter(unit=PriceRule.Unit.IMAGE).delete()
    assert picture_price(fal, width=1024, height=1024, day=DAY) is None
    assert cheapest_picture([fal], day=DAY) is None


def test_cheapest_picture_is_computed_and_not_what_the_page_claims(offerings):
    """The page says "$0.0225 through fal.ai"; no note of it gives that price anywhere."""
    found = cheapest_picture(offerings.values(), day=DAY)
    assert found is not None
    amount, offering = found
    assert amount == Decimal("0.045")
    assert offering.provider.slug in {"gemini", "vertex"}
    fal = cheapest_picture([offerings["fal"]], day=DAY)
    assert fal == (Decimal("0.06"), offerings["fal"])
    assert not PriceRule.objects.filter(amount=Decimal("0.0225")).exists()


def test_cheapest_picture_is_the_economy_shops_smallest(offerings):
    both = Offering.objects.filter(remote_id="studio-ray")
    economy = both.get(provider__slug="easel-economy")
    assert cheapest_picture(both, day=DAY) == (Decimal("0.013"), economy)


def test_what_is_switched_off_or_at_a_provider_that_is_stands_on_no_offer(offerings):
    assert offered(offerings.values()) == list(offerings.values())
    offerings["gemini"].enabled = False
    offerings["vertex"].provider.enabled = False
    left = offered(offerings.values())
    assert {offering.provider.slug for offering in left} == {"fal", "replicate"}
    assert cheapest_picture(left, day=DAY) == (Decimal("0.06"), offerings["fal"])


def test_cheapest_picture_of_nothing_is_unknown():
    assert cheapest_picture([], day=DAY) is None


def test_a_surcharge_is_added_only_where_its_feature_is_used():
    path = Path(settings.FIXTURES) / "catalog.json"
    load_catalog(json.loads(path.read_text(encoding="utf-8")))
    press = ImageModel.objects.get(slug="studio-press")
    express = press.offerings.get(provider__slug="easel-express")

    def price(*features: str, side: int = 1024) -> Decimal | None:
        return picture_price(express, width=side, height=side, day=DAY, features=features)

    assert price() == price("text-to-image") == Decimal("0.030")
    assert price("image-editing") == Decimal("0.040")
    assert price("image-editing", side=512) == Decimal("0.025")
    assert price(side=2048) == Decimal("0.060")
