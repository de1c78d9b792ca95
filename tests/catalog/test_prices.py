"""The price list of the sample page, as data and as what a picture costs."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from arena.catalog.load import load_catalog
from arena.catalog.models import ImageModel, Offering, PriceRule
from arena.catalog.prices import cheapest_picture, picture_price, rules_on, size_class

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
        ("replicate", [None, "0.067", "0.101", "0.151"]),
        ("gemini", ["0.045", "0.067", "0.101", "0.151"]),
        ("vertex", ["0.045", "0.067", "0.101", "0.151"]),
    ],
)
def test_picture_price_follows_the_size(offerings, provider, prices):
    found = [
        picture_price(offerings[provider], width=side, height=side, day=DAY)
        for side in SIDES.values()
    ]
    assert found == [None if price is None else Decimal(price) for price in prices]


def test_picture_price_takes_the_longer_side(offerings):
    fal = offerings["fal"]
    assert picture_price(fal, width=512, height=513, day=DAY) == Decimal("0.08")
    assert picture_price(fal, width=1024, height=768, day=DAY) == Decimal("0.08")
    assert picture_price(fal, width=1025, height=64, day=DAY) == Decimal("0.12")
    assert size_class(width=5000, height=10) == "4K"


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
