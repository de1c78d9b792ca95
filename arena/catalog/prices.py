"""Prices at the edge: from an offering's rows to what `price_lists` computes."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, cast

from arena.providers.parameters import closest_size, closest_tier
from arena.providers.types import Usage

from .flags import read_fixed_size, read_flags_of, say_wrong_flags
from .models import Offering, PriceRule
from .price_lists import (
    ANY_SIZE,
    Ask,
    Estimate,
    PriceList,
    Rate,
    charged_by,
    estimate_call,
    feature_key,
    finish,
    price_call,
    rates_on,
    size_class,
)

__all__ = [
    "Estimate",
    "cheapest_picture",
    "estimate",
    "offered",
    "price_of_usage",
    "read_price_list",
    "read_size",
    "rules_on",
    "size_class",
]

SIZE_NOT_TOLD = frozenset({"aspect", "prompt", "none"})

# What a list without a rate per picture is measured by where "from $..." is said.
USUAL_SIDE = 1024


def rules_on(day: date, *, rules: Iterable[PriceRule]) -> list[PriceRule]:
    """Keep the rules that are valid on a day (both ends included)."""
    return [
        rule
        for rule in rules
        if rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    ]


def as_rate(rule: PriceRule) -> Rate:
    """Copy a row into plain data."""
    return Rate(
        direction=cast(Any, rule.direction),
        unit=cast(Any, rule.unit),
        amount=rule.amount,
        size=rule.size,
        quality=rule.quality,
        tokens_of=rule.tokens_of,
        feature=rule.feature,
        multiplier=rule.multiplier,
        tokens=rule.tokens,
        expected_units=rule.expected_units,
        most_units=rule.most_units,
        round_up=rule.round_up,
        note=rule.note,
        source=rule.source,
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
    )


def read_price_list(offering: Offering, *, day: date) -> PriceList:
    """Gather the rates of an offering that hold on a day; uses prefetched rules where there are any."""
    rates = tuple(as_rate(rule) for rule in offering.price_rules.all())
    return PriceList(rates=rates_on(day, rates=rates), markup=offering.provider.markup)


def estimate(
    offering: Offering,
    *,
    width: int,
    height: int,
    quality: str | None = None,
    references: int = 0,
    day: date,
    features: Collection[str] = (),
    prompt: str | None = None,
) -> Estimate | None:
    """Tell what one call is expected to cost and what it costs at most, in dollars.

    Width and height are pixels of the wanted canvas, `references` counts the pictures that are sent along,
    `features` names what surcharges depend on, such as the discipline. `prompt` sharpens the bound of text
    tokens. None: the offering's price list of that day does not say, or its flags are wrong. The ceiling is
    what is put aside.
    """
    if say_wrong_flags(offering):
        return None
    ask = _ask(
        offering,
        width=width,
        height=height,
        quality=quality,
        references=references,
        features=features,
        prompt=prompt,
    )
    return estimate_call(read_price_list(offering, day=day), ask)


def price_of_usage(
    offering: Offering,
    *,
    usage: Usage,
    width: int,
    height: int,
    quality: str | None = None,
    references: int = 0,
    day: date,
    features: Collection[str] = (),
) -> Decimal | None:
    """Tell what a call came to in dollars by what the provider counted; `day` is the day it was planned.

    None: list and usage together do not say, or the flags are wrong; then the call is booked at what was put
    aside for it.
    """
    if say_wrong_flags(offering):
        return None
    ask = _ask(
        offering,
        width=width,
        height=height,
        quality=quality,
        references=references,
        features=features,
    )
    return price_call(read_price_list(offering, day=day), ask, usage)


def offered(offerings: Iterable[Offering]) -> list[Offering]:
    """Keep what is on offer: offerings that are switched on, at providers that are.

    The one rule for "from $..." and for how many providers a model has.
    """
    return [offering for offering in offerings if offering.enabled and offering.provider.enabled]


def cheapest_picture(
    offerings: Iterable[Offering], *, day: date
) -> tuple[Decimal, Offering] | None:
    """Return the lowest per-picture price on a day over all sizes, and whose it is; None without a price."""
    prices = [
        (price, offering)
        for offering in offerings
        if (price := _cheapest(read_price_list(offering, day=day))) is not None
    ]
    return min(prices, key=lambda price: price[0]) if prices else None


def _cheapest(prices: PriceList) -> Decimal | None:
    amounts = [
        charged_by(rate, rates=prices.rates)
        for rate in prices.rates
        if rate.direction == "output" and rate.unit == "image"
    ]
    if amounts:
        return finish(min(amounts), prices)
    usual = estimate_call(prices, Ask(width=USUAL_SIDE, height=USUAL_SIDE))
    return usual.expected if usual else None


def _ask(
    offering: Offering,
    *,
    width: int,
    height: int,
    quality: str | None,
    references: int,
    features: Collection[str],
    prompt: str | None = None,
) -> Ask:
    """Describe a call as its dialect tells it to the provider: not every host knows every size and quality."""
    flags = read_flags_of(offering, features=features)
    fixed: Mapping[str, Any] = flags.get("extra_body", {})
    size = _told_size(flags, width=width, height=height)
    if flags.get("size_mode") == "closest" and flags.get("sizes"):
        sizes = tuple(read_size(size) for size in flags["sizes"])
        width, height = closest_size(sizes, width=width, height=height)
    told = read_fixed_size(fixed.get("size"))
    if isinstance(told, str):
        size = told
    elif told is not None:
        (width, height), size = told, ""
    return Ask(
        width=width,
        height=height,
        size=size,
        quality=str(fixed.get("quality") or quality or flags.get("quality_default") or ""),
        references=references,
        features=frozenset(feature_key(feature) for feature in features),
        prompt_bytes=None if prompt is None else len(prompt.encode()),
    )


def _told_size(flags: Mapping[str, Any], *, width: int, height: int) -> str:
    """Name the size class that is asked for by name; ANY_SIZE where the provider is told the shape alone."""
    mode = flags.get("size_mode", "wxh")
    if mode == "aspect" and flags.get("tiers"):
        return closest_tier(flags["tiers"], width=width, height=height)
    return ANY_SIZE if mode in SIZE_NOT_TOLD else ""


def read_size(size: str) -> tuple[int, int]:
    """Read a size in pixels such as "1536x1024"; raises ValueError."""
    width, height = size.lower().split("x")
    return int(width), int(height)
