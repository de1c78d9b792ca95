"""What a call costs, on plain price lists: every unit, every choice, and a ceiling that nothing exceeds."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.catalog.price_lists import (
    Ask,
    PriceList,
    Rate,
    charged_by,
    estimate_call,
    price_call,
    rates_on,
    size_class,
)
from arena.providers.types import Usage

SQUARE = Ask(width=1024, height=1024)


def rate(amount: str, **values: Any) -> Rate:
    return Rate(**{"direction": "output", "unit": "image", "amount": Decimal(amount), **values})


def prices(*rates: Rate, markup: str = "0") -> PriceList:
    return PriceList(rates=rates, markup=Decimal(markup))


def expected(found: PriceList, ask: Ask = SQUARE) -> Decimal | None:
    estimate = estimate_call(found, ask)
    return estimate and estimate.expected


def ceiling(found: PriceList, ask: Ask = SQUARE) -> Decimal | None:
    estimate = estimate_call(found, ask)
    return estimate and estimate.ceiling


# The units ----------------------------------------------------------------------------------------


def test_nothing_is_known_without_a_price_of_the_output():
    assert estimate_call(prices(), SQUARE) is None
    assert price_call(prices(), SQUARE, Usage()) is None
    surcharge = rate("0.015", unit="request", feature="Web search")
    assert estimate_call(prices(surcharge), SQUARE) is None
    references = rate("0.01", direction="input")
    assert estimate_call(prices(references), replace(SQUARE, references=1)) is None


def test_pixels_win_over_the_size_class_and_the_class_over_every_size():
    every, by_class, exact = rate("0.1"), rate("0.2", size="1K"), rate("0.3", size="1024x1024")
    assert expected(prices(every, by_class, exact)) == Decimal("0.3")
    assert expected(prices(every, by_class)) == Decimal("0.2")
    assert expected(prices(every)) == Decimal("0.1")
    assert expected(prices(exact, by_class), Ask(width=1024, height=768)) == Decimal("0.2")
    assert expected(prices(exact), Ask(width=1024, height=768)) is None


def test_quality_tiers_are_told_apart():
    tiers = prices(
        rate("0.009", quality="low"),
        rate("0.034", quality="medium"),
        rate("0.133", quality="high"),
    )
    for quality, amount in (("low", "0.009"), ("medium", "0.034"), ("high", "0.133")):
        ask = replace(SQUARE, quality=quality)
        assert (expected(tiers, ask), ceiling(tiers, ask)) == (Decimal(amount), Decimal(amount))
        assert price_call(tiers, ask, Usage()) == Decimal(amount)
    assert estimate_call(tiers, replace(SQUARE, quality="xhigh")) is None
    for ask in (SQUARE, replace(SQUARE, quality="auto")):
        assert (expected(tiers, ask), ceiling(tiers, ask)) == (Decimal("0.034"), Decimal("0.133"))
        assert price_call(tiers, ask, Usage()) == Decimal("0.133"), "the dearest that it may be"


def test_a_multiplier_speaks_of_its_own_lists_standard_rate():
    found = prices(
        rate("0.08", size="1K", source="a"),
        rate("0.12", size="2K", multiplier=Decimal("1.5"), source="a"),
        rate("9", size="1K", source="b"),
    )
    assert expected(found, Ask(width=2048, height=2048)) == Decimal("0.12")
    dearer = replace(found.rates[0], amount=Decimal("0.1"))
    changed = prices(dearer, found.rates[1], found.rates[2])
    assert expected(changed, Ask(width=2048, height=2048)) == Decimal("0.15")
    alone = rate("0.12", multiplier=Decimal("1.5"))
    assert charged_by(alone, rates=[alone]) == Decimal("0.12"), "what it states, without a standard"


def test_input_pictures_are_charged_each():
    found = prices(rate("0.05"), rate("0.01", direction="input"))
    ask = replace(SQUARE, references=3)
    assert (expected(found), ceiling(found)) == (Decimal("0.05"), Decimal("0.05"))
    assert (expected(found, ask), ceiling(found, ask)) == (Decimal("0.08"), Decimal("0.08"))
    assert price_call(found, ask, Usage()) == Decimal("0.08")


def test_megapixels_are_those_of_the_picture_and_may_count_whole():
    found = prices(rate("0.01", unit="megapixel"))
    assert expected(found, Ask(width=2000, height=1500)) == Decimal("0.03")
    assert expected(found) == Decimal("0.010486"), "rounded up to six places"
    whole = prices(rate("0.01", unit="megapixel", round_up=True))
    assert expected(whole) == Decimal("0.02")
    assert price_call(found, SQUARE, Usage(megapixels=2.5)) == Decimal("0.025")
    assert price_call(whole, SQUARE, Usage(megapixels=2.5)) == Decimal("0.03")
    assert price_call(whole, SQUARE, Usage()) == Decimal("0.02")
    assert price_call(found, SQUARE, Usage(images=0)) == 0


def test_input_megapixels_need_a_bound():
    out = rate("0.01", unit="megapixel")
    ask = Ask(width=1000, height=1000, references=2)
    unbounded = prices(out, rate("0.01", unit="megapixel", direction="input"))
    assert estimate_call(unbounded, ask) is None
    assert price_call(unbounded, ask, Usage()) is None
    bounded = prices(
        out, rate("0.01", unit="megapixel", direction="input", most_units=Decimal(4), round_up=True)
    )
    assert (expected(bounded, ask), ceiling(bounded, ask)) == (Decimal("0.03"), Decimal("0.09"))
    assert price_call(bounded, ask, Usage()) == Decimal("0.09")


def test_seconds_need_a_bound_and_a_count():
    assert estimate_call(prices(rate("0.001", unit="second")), SQUARE) is None
    found = prices(
        rate(
            "0.001",
            unit="second",
            expected_units=Decimal("12.5"),
            most_units=Decimal(60),
            round_up=True,
        )
    )
    assert (expected(found), ceiling(found)) == (Decimal("0.013"), Decimal("0.06"))
    assert price_call(found, SQUARE, Usage()) is None
    assert price_call(found, SQUARE, Usage(seconds=7.2)) == Decimal("0.008")


def test_a_surcharge_counts_once_and_the_ceiling_holds_it_before_it_is_asked_for():
    found = prices(
        rate("0.08"),
        rate("0.015", unit="request", feature="Web search"),
        rate("0.01", unit="request", feature="image-editing"),
    )
    searching = replace(SQUARE, features=frozenset({"web-search", "text-to-image"}))
    editing = replace(SQUARE, features=frozenset({"image-editing"}))
    assert (expected(found), ceiling(found)) == (Decimal("0.08"), Decimal("0.095"))
    assert (expected(found, searching), ceiling(found, searching)) == (Decimal("0.095"),) * 2
    assert (expected(found, editing), ceiling(found, editing)) == (
        Decimal("0.09"),
        Decimal("0.105"),
    )
    assert price_call(found, SQUARE, Usage(features=("web_search",))) == Decimal("0.095")
    assert price_call(found, searching, Usage(features=("Web search",))) == Decimal("0.095")


# Tokens -------------------------------------------------------------------------------------------

TOKENS = prices(
    rate("0.034", size="1K", tokens=1056),
    rate("32", unit="million-tokens", tokens_of="image"),
    rate(
        "5",
        unit="million-tokens",
        direction="input",
        tokens_of="text",
        expected_units=Decimal(100),
        most_units=Decimal(4000),
    ),
    rate(
        "8",
        unit="million-tokens",
        direction="input",
        tokens_of="image",
        expected_units=Decimal(300),
        most_units=Decimal(5000),
    ),
)


def test_tokens_are_counted_where_they_are_told():
    usage = Usage(output_tokens=1056, text_input_tokens=50, image_input_tokens=400)
    assert price_call(TOKENS, replace(SQUARE, references=1), usage) == Decimal("0.037242")
    assert price_call(TOKENS, SQUARE, Usage(input_tokens=50, output_tokens=1000)) == Decimal(
        "0.03225"
    )


def test_tokens_that_are_not_told_apart_count_at_the_dearer_rate():
    ask = replace(SQUARE, references=1)
    mixed = Usage(output_tokens=0, input_tokens=1000)
    assert price_call(TOKENS, ask, mixed) == Decimal("0.008")
    text_told = Usage(output_tokens=0, input_tokens=1000, text_input_tokens=900)
    assert price_call(TOKENS, ask, text_told) == Decimal("0.0053")


def test_without_a_count_the_call_is_worth_what_is_stated_or_unknown():
    assert price_call(TOKENS, SQUARE, Usage()) is None, "the input was not told"
    outputs = PriceList(TOKENS.rates[:2])
    assert price_call(outputs, SQUARE, Usage()) == Decimal("0.034"), (
        "not the 0.033792 of its tokens"
    )
    assert price_call(outputs, SQUARE, Usage(images=0, output_tokens=10)) == Decimal("0.00032")


def test_the_prompt_bounds_its_tokens():
    assert expected(TOKENS) == Decimal("0.033792") + Decimal("0.0005")
    assert ceiling(TOKENS) == Decimal("0.034") + Decimal("0.02")
    short = replace(SQUARE, prompt_bytes=400)
    assert expected(TOKENS, short) == Decimal("0.033792") + Decimal("0.0005")
    assert ceiling(TOKENS, short) == Decimal("0.034") + Decimal("0.003")
    editing = replace(short, references=2)
    assert ceiling(TOKENS, editing) == Decimal("0.037") + Decimal("0.08")


def test_tokens_without_a_bound_are_not_put_aside():
    unbounded = prices(rate("0.05"), rate("5", unit="million-tokens", direction="input"))
    assert estimate_call(unbounded, SQUARE) is None
    assert ceiling(unbounded, replace(SQUARE, prompt_bytes=800)) == Decimal("0.055")


def test_text_that_a_model_writes_has_its_own_rate():
    found = prices(
        rate("0.034", tokens=1056),
        rate("32", unit="million-tokens", tokens_of="image"),
        rate("10", unit="million-tokens", tokens_of="text", most_units=Decimal(1000)),
    )
    assert ceiling(found) == Decimal("0.044")
    told = {"output_tokens_details": {"text_tokens": 100, "image_tokens": 1056}}
    assert price_call(found, SQUARE, Usage(output_tokens=1156, raw=told)) == Decimal("0.034792")
    for raw in ({}, {"output_tokens_details": {"text_tokens": 9999}}, {"output_tokens_details": 1}):
        assert price_call(found, SQUARE, Usage(output_tokens=1156, raw=raw)) == Decimal("0.036992")


# Days, markup, rounding ---------------------------------------------------------------------------


def test_of_two_lists_the_newer_is_expected_and_the_dearer_put_aside():
    old = rate("0.09", valid_from=date(2026, 1, 1))
    new = rate("0.07", valid_from=date(2026, 6, 1))
    both = prices(*rates_on(date(2026, 7, 1), rates=[old, new]))
    assert (expected(both), ceiling(both)) == (Decimal("0.07"), Decimal("0.09"))
    assert rates_on(date(2026, 5, 31), rates=[old, new]) == (old,)


def test_markup_is_added_once_and_rounding_never_falls_below():
    found = prices(
        rate("0.0000001", unit="megapixel"),
        rate("0.000003", unit="request", feature="x"),
        markup="0.05",
    )
    assert expected(found, Ask(width=1000, height=1000)) == Decimal("0.000001")
    assert ceiling(found, Ask(width=1000, height=1000)) == Decimal("0.000004")
    assert expected(prices(rate("0.08"), markup="0.1")) == Decimal("0.088")
    assert price_call(prices(rate("0.08"), markup="0.1"), SQUARE, Usage()) == Decimal("0.088")


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [(1, 512, "0.5K"), (513, 1, "1K"), (1024, 1025, "2K"), (4096, 2049, "4K"), (9000, 1, "4K")],
)
def test_size_class_goes_by_the_longer_side(width, height, name):
    assert size_class(width=width, height=height) == name


# The ceiling holds --------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=50, places=6)
bounds = st.integers(min_value=0, max_value=5000).map(Decimal)
features = st.sampled_from(["web-search", "image-editing", "text-to-image"])


@st.composite
def price_lists(draw: st.DrawFn) -> PriceList:
    """Lists of any make: per picture or token or area or second, with what is charged beside it."""
    days = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 3, 1))
    qualities = st.sampled_from(["", "low", "medium", "high"])

    def one(**values: Any) -> Rate:
        return replace(rate("0", **values), amount=draw(amounts), valid_from=draw(days))

    rates = [
        one(size=draw(st.sampled_from(["", "1K"])), quality=draw(qualities), tokens=draw(bounds))
        for _ in range(draw(st.integers(0, 4)))
    ]
    rates = [replace(rate, tokens=int(rate.tokens or 0)) for rate in rates]
    extra: list[dict[str, Any]] = [
        {"unit": "million-tokens", "tokens_of": draw(st.sampled_from(["", "image"]))},
        {"unit": "million-tokens", "tokens_of": "text"},
        {"unit": "megapixel"},
        {"unit": "second"},
        {"direction": "input"},
        {"direction": "input", "unit": "megapixel"},
        {"direction": "input", "unit": "million-tokens", "tokens_of": "text"},
        {"direction": "input", "unit": "million-tokens", "tokens_of": "image"},
        {"direction": "input", "unit": "million-tokens"},
        {"unit": "request", "feature": "web-search"},
        {"unit": "request", "feature": "image-editing"},
    ]
    for values in draw(st.lists(st.sampled_from(extra), max_size=6)):
        rates.append(one(**values, most_units=draw(bounds), round_up=draw(st.booleans())))
    if len(rates) > 1 and draw(st.booleans()):
        rates[1] = replace(rates[1], multiplier=draw(st.sampled_from([Decimal("0.5"), Decimal(2)])))
    return PriceList(tuple(rates), draw(st.sampled_from([Decimal(0), Decimal("0.05")])))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(found=price_lists(), data=st.data())
def test_no_bill_within_the_lists_bounds_exceeds_the_ceiling(found, data):
    asked = data.draw(st.frozensets(features, max_size=2))
    ask = Ask(
        width=1024,
        height=data.draw(st.sampled_from([512, 768, 1024])),
        quality=data.draw(st.sampled_from(["", "auto", "low", "high"])),
        references=data.draw(st.integers(0, 3)),
        features=asked,
        prompt_bytes=data.draw(st.sampled_from([None, 0, 40])),
    )
    estimate = estimate_call(found, ask)
    if estimate is None:
        return
    assert estimate.expected <= estimate.ceiling
    usage = draw_usage(data, found, ask)
    bill = price_call(found, ask, usage)
    assert bill is None or bill <= estimate.ceiling


def draw_usage(data: st.DataObject, found: PriceList, ask: Ask) -> Usage:
    """What a provider may count for such a call, if it keeps to the list's own bounds."""

    def most(direction: str, unit: str, *, of: tuple[str, ...] = ("",)) -> int:
        fitting = [
            int(rate.most_units)
            for rate in found.rates
            if (rate.direction, rate.unit) == (direction, unit)
            and rate.tokens_of in of
            and rate.most_units is not None
        ]
        return min(fitting, default=0)

    pictures = most("output", "million-tokens", of=("", "image"))
    writes = most("output", "million-tokens", of=("text",))
    drawn = data.draw(st.integers(0, pictures))
    written = data.draw(st.integers(0, writes))
    text = data.draw(st.integers(0, 40 if ask.prompt_bytes == 40 else 0))
    told = data.draw(st.booleans())
    details = {"output_tokens_details": {"text_tokens": written}}
    return Usage(
        images=data.draw(st.integers(0, 1)),
        input_tokens=text,
        text_input_tokens=text,
        image_input_tokens=0,
        output_tokens=drawn + written if told else None,
        raw=details,
        seconds=float(data.draw(st.integers(0, most("output", "second")))),
        features=tuple(data.draw(st.sets(st.sampled_from(["web-search"])))) if told else (),
    )
