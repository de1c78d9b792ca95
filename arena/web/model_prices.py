"""What a model costs where: dated price lists, the lowest price with its source, claims without a list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from arena.catalog.models import ImageModel, Offering, Population, PriceClaim, PriceRule
from arena.catalog.price_lists import PriceList, Rate, charged_by
from arena.catalog.prices import USUAL_SIDE, cheapest_picture, read_price_list, rules_on


@dataclass(frozen=True)
class FromPrice:
    """The lowest price of a picture on a day: whose it is, of which size, and on which list it stands.

    `size` is empty where the price holds for every size; `listed_on` and `source` are those of the rule.
    """

    amount: Decimal
    provider: str
    provider_slug: str
    is_demo: bool
    size: str
    as_of: date
    listed_on: date
    source: str

    @property
    def dollars(self) -> str:
        return say_dollars(self.amount)


def say_dollars(amount: Decimal) -> str:
    """Write an amount without needless zeros and never with an exponent: $0.045, $10; free where it is 0."""
    return f"${amount.normalize():f}" if amount else gettext("free")


def find_from_price(offerings: Iterable[Offering], *, day: date) -> FromPrice | None:
    """Find the lowest price of a picture over all sizes of offerings; None where no list says one."""
    cheapest = cheapest_picture(offerings, day=day)
    if cheapest is None:
        return None
    amount, offering = cheapest
    rate = _rate_behind(read_price_list(offering, day=day))
    return FromPrice(
        amount=amount,
        provider=offering.provider.name,
        provider_slug=offering.provider.slug,
        is_demo=offering.provider.population == Population.DEMO,
        size=(rate.size or rate.quality) if rate.unit == "image" else f"{USUAL_SIDE}x{USUAL_SIDE}",
        as_of=day,
        listed_on=rate.valid_from,
        source=rate.source,
    )


def _rate_behind(prices: PriceList) -> Rate:
    """Return the rate that the lowest price comes from: the cheapest per picture, else the first of the output."""
    output = [rate for rate in prices.rates if rate.direction == "output"]
    images = [rate for rate in output if rate.unit == "image"]
    return min(images, key=lambda rate: charged_by(rate, rates=prices.rates), default=output[0])


def describe_offering(offering: Offering, *, day: date) -> dict[str, Any]:
    """Describe a provider's price list of a day: input, output, and the notes in the list's own words."""
    rules = rules_on(day, rules=offering.price_rules.all())
    prices = read_price_list(offering, day=day)
    told = [_describe_rule(rule, prices=prices) for rule in rules]
    sources = {(rule.source, rule.valid_from) for rule in rules}
    return {
        "route": f"{offering.provider.slug}/{offering.model.api_id or offering.model.slug}",
        "provider": offering.provider.name,
        "website": offering.provider.website,
        "remote_id": offering.remote_id,
        "is_demo": offering.provider.population == Population.DEMO,
        "groups": [
            {"label": direction.label, "rules": found}
            for direction in PriceRule.Direction
            if (found := [rule for rule in told if rule["direction"] == direction])
        ],
        "notes": [rule["note"] for rule in told if rule["note"]],
        "lists": [
            {"source": source, "is_link": is_address(source), "valid_from": first}
            for source, first in sorted(sources)
        ],
        "markup_percent": say_number(100 * offering.provider.markup),
    }


def _describe_rule(rule: PriceRule, *, prices: PriceList) -> dict[str, Any]:
    amount = rule.amount
    if rule.multiplier is not None:
        same = [rate for rate in prices.rates if rate.note == rule.note and rate.size == rule.size]
        amount = charged_by(same[0], rates=prices.rates) if same else amount
    return {
        "direction": rule.direction,
        "dollars": say_dollars(amount),
        "unit": rule.get_unit_display(),
        "of": rule.get_tokens_of_display() if rule.tokens_of else "",
        "size": rule.size,
        "quality": rule.quality,
        "feature": rule.feature,
        "multiplier": "" if rule.multiplier is None else say_number(rule.multiplier),
        "tokens": rule.tokens,
        "note": rule.note,
    }


def list_doubts(
    model: ImageModel, *, offerings: Iterable[Offering], lowest: FromPrice | None, day: date
) -> list[PriceClaim]:
    """List what others say of a model's prices and no price list of a day bears out.

    Another lowest price, or a kind of charge (input, output) that a provider's list does not have.
    """
    charged = {
        (offering.provider.slug, rate.direction)
        for offering in offerings
        for rate in read_price_list(offering, day=day).rates
    }
    return [
        claim
        for claim in model.price_claims.all()
        if (
            (lowest is None or claim.amount != lowest.amount)
            if claim.kind == PriceClaim.Kind.FROM
            else (claim.through, claim.direction) not in charged
        )
    ]


def say_number(number: Decimal) -> str:
    """Write a number without needless zeros; empty for 0."""
    return f"{number.normalize():f}" if number else ""


def is_address(text: str) -> bool:
    """Tell whether a source is an address that can be linked."""
    return text.startswith(("https://", "http://"))
