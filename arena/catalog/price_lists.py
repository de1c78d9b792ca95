"""What one call costs by a price list: plain data in, dollars out. It knows no rows.

Every sum is a Decimal of dollars, rounded up to six places at the very end, so that what is booked is never
below what a provider bills. Explained in docs/money.md.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal, localcontext
from typing import Literal

from arena.providers.types import Usage

ZERO = Decimal(0)
PLACES = Decimal("0.000001")
MILLION = Decimal(1_000_000)
# More than this no call costs and no line of a list says: whoever means it has slipped a point.
MOST_DOLLARS = Decimal(10_000)
# Digits of sums: enough for any numbers that rows can hold, so that a sum is told and never an error.
DIGITS = 60
SIZE_CLASSES = ((512, "0.5K"), (1024, "1K"), (2048, "2K"), (4096, "4K"))

# No token of any tokenizer in use is shorter than a byte; the rest is what providers wrap a prompt in.
WRAPPING_TOKENS = 200
BYTES_PER_TOKEN = 4
# A provider's own choice of quality may be any: then it is expected to be this one, where the list has it.
USUAL_QUALITY = "medium"
# The same for its choice of size.
USUAL_SIZE = "1K"
ANY_SIZE = "any"

DISCIPLINES = frozenset({"text-to-image", "image-editing"})


@dataclass(frozen=True)
class Rate:
    """One line of a price list; what the fields mean is written at `PriceRule`."""

    direction: Literal["input", "output"]
    unit: Literal["image", "request", "million-tokens", "megapixel", "second"]
    amount: Decimal
    size: str = ""
    quality: str = ""
    tokens_of: str = ""
    feature: str = ""
    multiplier: Decimal | None = None
    tokens: int | None = None
    expected_units: Decimal | None = None
    most_units: Decimal | None = None
    round_up: bool = False
    note: str = ""
    source: str = ""
    valid_from: date = date.min
    valid_until: date | None = None


@dataclass(frozen=True)
class Ask:
    """What is asked of a provider, as far as prices depend on it; pixels, and bytes of UTF-8 (None: unknown).

    `size`: the size class that is asked for by name; "": it goes by the pixels; ANY_SIZE: it is not told.
    """

    width: int
    height: int
    size: str = ""
    quality: str = ""
    references: int = 0
    features: frozenset[str] = frozenset()
    prompt_bytes: int | None = None

    @property
    def megapixels(self) -> Decimal:
        return Decimal(self.width * self.height) / MILLION


@dataclass(frozen=True)
class PriceList:
    """The rates of an offering that hold on one day, and the share its provider adds to them."""

    rates: tuple[Rate, ...]
    markup: Decimal = ZERO


@dataclass(frozen=True)
class Estimate:
    """Dollars for one call: what is expected, at most, and the notes of the rules that say so."""

    expected: Decimal
    ceiling: Decimal
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Charge:
    """One part of an estimate; `most` None: nothing bounds it."""

    expected: Decimal
    most: Decimal | None
    rates: tuple[Rate, ...]


def size_class(*, width: int, height: int) -> str:
    """Name the price list's size class of a picture by its longer side in pixels; beyond 4096 it is 4K."""
    side = max(width, height)
    return next((name for limit, name in SIZE_CLASSES if side <= limit), "4K")


def feature_key(feature: str) -> str:
    """Spell a feature as everybody does: "Web search" and "web_search" are "web-search"."""
    return "-".join(feature.casefold().replace("_", " ").replace("-", " ").split())


def rates_on(day: date, *, rates: Iterable[Rate]) -> tuple[Rate, ...]:
    """Keep the rates that are valid on a day, both ends included."""
    return tuple(
        rate
        for rate in rates
        if rate.valid_from <= day and (rate.valid_until is None or day <= rate.valid_until)
    )


def standard_of(rate: Rate, *, rates: Iterable[Rate]) -> Rate | None:
    """Find the one standard rate that a multiplier speaks of; None where there is none or more than one.

    It is the rate of the same list (source and first day), direction and unit that has no multiplier.
    """
    standards = [
        other
        for other in rates
        if other.multiplier is None
        and (other.direction, other.unit, other.tokens_of, other.source, other.valid_from)
        == (rate.direction, rate.unit, rate.tokens_of, rate.source, rate.valid_from)
    ]
    return standards[0] if len(standards) == 1 else None


def charged_by(rate: Rate, *, rates: Iterable[Rate]) -> Decimal:
    """Return the dollars per unit: standard rate times multiplier, or the amount where nothing is multiplied."""
    standard = standard_of(rate, rates=rates) if rate.multiplier is not None else None
    if standard is None or rate.multiplier is None:
        return rate.amount
    return standard.amount * rate.multiplier


def estimate_call(prices: PriceList, ask: Ask) -> Estimate | None:
    """Tell what one call is expected to cost and what it costs at most; None where the list does not say.

    The ceiling bounds every bill for at most one picture as asked that keeps to the list's own bounds
    (`most_units`). It holds every surcharge that the request might turn out to use.
    """
    output = _estimate_output(prices, ask)
    if not output:
        return None
    charges = [*output, *_estimate_input(prices, ask), *_estimate_features(prices, ask)]
    most = [charge.most for charge in charges if charge.most is not None]
    if len(most) < len(charges):
        return None
    expected = sum((charge.expected for charge in charges), ZERO)
    notes = [rate.note for charge in charges if charge.expected for rate in charge.rates]
    return Estimate(
        expected=finish(expected, prices),
        ceiling=max(finish(sum(most, ZERO), prices), finish(expected, prices)),
        rules=tuple(dict.fromkeys(note for note in notes if note)),
    )


def price_call(prices: PriceList, ask: Ask, usage: Usage) -> Decimal | None:
    """Tell what a call came to by what the provider counted; None where list and usage do not say."""
    outputs = [
        part(prices, ask, usage) for part in (_price_pictures, _price_megapixels, _price_seconds)
    ]
    if not any(applies for applies, _ in outputs):
        return None
    used = ask.features | {feature_key(feature) for feature in usage.features}
    parts = [
        *(dollars for _, dollars in outputs),
        _price_references(prices, ask),
        _price_input_tokens(prices, ask, usage),
        *(
            charged_by(rates[0], rates=prices.rates)
            for feature, rates in _surcharges(prices).items()
            if feature in used
        ),
    ]
    known = [part for part in parts if part is not None]
    return finish(sum(known, ZERO), prices) if len(known) == len(parts) else None


def finish(dollars: Decimal, prices: PriceList) -> Decimal:
    """Add the markup and round up to six places, once, at the end."""
    with localcontext(prec=DIGITS):
        return (dollars * (1 + prices.markup)).quantize(PLACES, rounding=ROUND_CEILING)


# What is matched ----------------------------------------------------------------------------------


def find_rates(
    prices: PriceList, ask: Ask, *, direction: str, unit: str, tokens_of: str = ""
) -> list[Rate]:
    """Find the rates for what is asked: the most exact size, then the quality; the newest list first.

    Where the request leaves quality or size to the provider, the rates of all come, the usual one first.
    """
    same = [
        rate
        for rate in prices.rates
        if (rate.direction, rate.unit, rate.tokens_of) == (direction, unit, tokens_of)
    ]
    quality = "" if ask.quality == "auto" else ask.quality
    for sizes in _sizes(ask, same):
        found = [rate for rate in same if rate.size in sizes]
        exact = [rate for rate in found if quality and rate.quality == quality]
        every = [rate for rate in found if not rate.quality]
        fitting = exact or every or ([] if quality else found)
        if fitting:
            return sorted(
                fitting,
                key=lambda rate: (
                    rate.quality == USUAL_QUALITY,
                    rate.size == USUAL_SIZE,
                    rate.valid_from,
                ),
                reverse=True,
            )
    return []


def _sizes(ask: Ask, rates: list[Rate]) -> list[set[str]]:
    """List what a rate's size may be, the most exact first."""
    if ask.size == ANY_SIZE:
        return [{rate.size for rate in rates if rate.size}, {""}]
    named = ask.size or size_class(width=ask.width, height=ask.height)
    return [{f"{ask.width}x{ask.height}"}, {named}, {""}]


def _dearest(rates: Sequence[Rate], prices: PriceList) -> Decimal:
    """Return the most that any of some rates takes per unit, by what it says or by what it multiplies."""
    return max(max(rate.amount, charged_by(rate, rates=prices.rates)) for rate in rates)


def _surcharges(prices: PriceList) -> dict[str, list[Rate]]:
    """Group the surcharges per request by their feature, the newest list first."""
    found: dict[str, list[Rate]] = {}
    for rate in sorted(prices.rates, key=lambda rate: rate.valid_from, reverse=True):
        if rate.unit == "request":
            found.setdefault(feature_key(rate.feature), []).append(rate)
    return found


def _whole(units: Decimal, rate: Rate) -> Decimal:
    return units.to_integral_value(rounding=ROUND_CEILING) if rate.round_up else units


# What is expected ---------------------------------------------------------------------------------


def _estimate_output(prices: PriceList, ask: Ask) -> list[Charge]:
    charges = []
    if pictures := _estimate_pictures(prices, ask):
        charges.append(pictures)
    if charges and (rates := output_text_rates(prices, ask)):
        charges.append(_by_tokens(prices, rates))
    if rates := find_rates(prices, ask, direction="output", unit="megapixel"):
        area = _whole(ask.megapixels, rates[0])
        most = max(area, rates[0].most_units or ZERO)
        charges.append(_by_units(prices, rates, expected=area, most=most))
    if rates := find_rates(prices, ask, direction="output", unit="second"):
        rate = rates[0]
        expected = rate.expected_units or rate.most_units or ZERO
        charges.append(_by_units(prices, rates, expected=expected, most=rate.most_units))
    return charges


def _estimate_pictures(prices: PriceList, ask: Ask) -> Charge | None:
    """The picture itself: by its tokens where the list has a rate for them, else by what it states."""
    images = find_rates(prices, ask, direction="output", unit="image")
    tokens = output_token_rates(prices, ask)
    if not tokens:
        if not images:
            return None
        number = max(images[0].most_units or ZERO, Decimal(1))
        return Charge(
            charged_by(images[0], rates=prices.rates),
            _dearest(images, prices) * number,
            (images[0],),
        )
    rate = tokens[0]
    told = [Decimal(image.tokens) for image in images if image.tokens is not None]
    bounds = [*told, *([rate.most_units] if rate.most_units is not None else [])]
    most = _dearest(tokens, prices) * max(bounds) / MILLION if bounds else None
    if images and images[0].tokens is None:
        expected = charged_by(images[0], rates=prices.rates)
    else:
        units = Decimal(images[0].tokens or 0) if images else rate.expected_units
        if units is None:
            units = max(bounds) if bounds else ZERO
        expected = charged_by(rate, rates=prices.rates) * units / MILLION
    if most is not None and images:
        most = max(most, _dearest(images, prices))
    return Charge(expected, most, (*images[:1], rate))


def output_token_rates(prices: PriceList, ask: Ask) -> list[Rate]:
    """Find the rates per million output tokens: of pictures, or of everything."""
    return find_rates(
        prices, ask, direction="output", unit="million-tokens", tokens_of="image"
    ) or find_rates(prices, ask, direction="output", unit="million-tokens")


def output_text_rates(prices: PriceList, ask: Ask) -> list[Rate]:
    """Find the rates per million output tokens of text: what a model writes or thinks beside the picture."""
    return find_rates(prices, ask, direction="output", unit="million-tokens", tokens_of="text")


def _by_tokens(prices: PriceList, rates: list[Rate]) -> Charge:
    rate = rates[0]
    usual = rate.expected_units or rate.most_units or ZERO
    most = None if rate.most_units is None else max(rate.most_units, usual)
    return Charge(
        charged_by(rate, rates=prices.rates) * usual / MILLION,
        None if most is None else _dearest(rates, prices) * most / MILLION,
        (rate,),
    )


def _by_units(
    prices: PriceList, rates: list[Rate], *, expected: Decimal, most: Decimal | None
) -> Charge:
    each = charged_by(rates[0], rates=prices.rates)
    dearest = _dearest(rates, prices)
    bound = None if most is None else dearest * _whole(max(most, expected), rates[0])
    return Charge(each * _whole(expected, rates[0]), bound, (rates[0],))


def _estimate_input(prices: PriceList, ask: Ask) -> list[Charge]:
    charges = []
    number = Decimal(ask.references)
    if number and (rates := find_rates(prices, ask, direction="input", unit="image")):
        charges.append(_by_units(prices, rates, expected=number, most=number))
    if number and (rates := find_rates(prices, ask, direction="input", unit="megapixel")):
        rate = rates[0]
        area = _whole(rate.expected_units or ask.megapixels, rate)
        most = None if rate.most_units is None else _whole(max(rate.most_units, area), rate)
        charges.append(
            _by_units(
                prices, rates, expected=area * number, most=None if most is None else most * number
            )
        )
    for tokens_of in ("text", "image", ""):
        rates = find_rates(
            prices, ask, direction="input", unit="million-tokens", tokens_of=tokens_of
        )
        if rates:
            charges.append(_estimate_input_tokens(prices, rates, ask, tokens_of=tokens_of))
    return charges


def _estimate_input_tokens(
    prices: PriceList, rates: list[Rate], ask: Ask, *, tokens_of: str
) -> Charge:
    """Text by the prompt's bytes where they are known, pictures by the rate's own counts for each of them."""
    rate = rates[0]
    usual, most = rate.expected_units or rate.most_units or ZERO, rate.most_units
    if tokens_of == "image":
        usual, most = usual * ask.references, None if most is None else most * ask.references
        if not ask.references:
            most = ZERO
    elif ask.prompt_bytes is not None and not (tokens_of == "" and ask.references):
        usual = Decimal(ask.prompt_bytes // BYTES_PER_TOKEN)
        most = Decimal(ask.prompt_bytes + WRAPPING_TOKENS)
    elif tokens_of == "":
        usual, most = (
            usual * (1 + ask.references),
            None if most is None else most * (1 + ask.references),
        )
    bound = None if most is None else _dearest(rates, prices) * max(most, usual) / MILLION
    return Charge(charged_by(rate, rates=prices.rates) * usual / MILLION, bound, (rate,))


def _estimate_features(prices: PriceList, ask: Ask) -> list[Charge]:
    """Surcharges that are asked for, and in the ceiling every other that is not for another discipline."""
    charges = []
    for feature, rates in _surcharges(prices).items():
        if feature in DISCIPLINES and feature not in ask.features:
            continue
        asked = feature in ask.features
        each = charged_by(rates[0], rates=prices.rates) if asked else ZERO
        charges.append(Charge(each, _dearest(rates, prices), (rates[0],)))
    return charges


# What it came to ----------------------------------------------------------------------------------


def _price_pictures(prices: PriceList, ask: Ask, usage: Usage) -> tuple[bool, Decimal | None]:
    images = find_rates(prices, ask, direction="output", unit="image")
    tokens = output_token_rates(prices, ask)
    if not (images or tokens):
        return False, ZERO
    # Where the provider chose quality or size and has not said which, it may have been the dearest.
    each_stated = (
        max(charged_by(rate, rates=prices.rates) for rate in images)
        if len({(rate.quality, rate.size) for rate in images}) > 1
        else charged_by(images[0], rates=prices.rates)
        if images
        else ZERO
    )
    stated = each_stated * usage.images
    if not tokens:
        return True, stated
    each = charged_by(tokens[0], rates=prices.rates) / MILLION
    if usage.output_tokens is not None:
        return True, _price_output_tokens(prices, ask, usage, each=each)
    if not images:
        return True, ZERO if usage.images == 0 else None
    # The count was not told: never less than either way of saying what such a picture costs.
    most = max(image.tokens or 0 for image in images)
    return True, max(stated, each * most * usage.images)


def _price_output_tokens(prices: PriceList, ask: Ask, usage: Usage, *, each: Decimal) -> Decimal:
    """Output tokens; where text and pictures have rates of their own and are not told apart, at the dearer."""
    tokens = usage.output_tokens or 0
    texts = output_text_rates(prices, ask)
    if not texts:
        return each * tokens
    text_each = charged_by(texts[0], rates=prices.rates) / MILLION
    told = usage.raw.get("output_tokens_details")
    text = told.get("text_tokens") if isinstance(told, Mapping) else None
    if not isinstance(text, int) or not 0 <= text <= tokens:
        return max(each, text_each) * tokens
    return each * (tokens - text) + text_each * text


def _price_megapixels(prices: PriceList, ask: Ask, usage: Usage) -> tuple[bool, Decimal | None]:
    rates = find_rates(prices, ask, direction="output", unit="megapixel")
    if not rates:
        return False, ZERO
    if usage.megapixels is None:
        units = _whole(ask.megapixels, rates[0]) * usage.images
    else:
        units = _whole(Decimal(str(usage.megapixels)), rates[0])
    return True, charged_by(rates[0], rates=prices.rates) * units


def _price_seconds(prices: PriceList, ask: Ask, usage: Usage) -> tuple[bool, Decimal | None]:
    rates = find_rates(prices, ask, direction="output", unit="second")
    if not rates:
        return False, ZERO
    if usage.seconds is None:
        return True, None
    return True, charged_by(rates[0], rates=prices.rates) * _whole(
        Decimal(str(usage.seconds)), rates[0]
    )


def _price_references(prices: PriceList, ask: Ask) -> Decimal | None:
    """Input pictures by number and by area; the area of a reference is only known by the list's own bound."""
    total = ZERO
    if ask.references and (rates := find_rates(prices, ask, direction="input", unit="image")):
        total += charged_by(rates[0], rates=prices.rates) * ask.references
    if ask.references and (rates := find_rates(prices, ask, direction="input", unit="megapixel")):
        if rates[0].most_units is None:
            return None
        area = _whole(max(rates[0].most_units, rates[0].expected_units or ZERO), rates[0])
        total += charged_by(rates[0], rates=prices.rates) * area * ask.references
    return total


def _price_input_tokens(prices: PriceList, ask: Ask, usage: Usage) -> Decimal | None:
    """Input tokens at their rates; where text and pictures are not told apart, all at the dearer rate."""
    rate_of = {
        tokens_of: charged_by(rates[0], rates=prices.rates) / MILLION
        for tokens_of in ("text", "image", "")
        if (
            rates := find_rates(
                prices, ask, direction="input", unit="million-tokens", tokens_of=tokens_of
            )
        )
    }
    if not rate_of:
        return ZERO
    text, image = usage.text_input_tokens, usage.image_input_tokens
    whole = usage.input_tokens
    if whole is None and text is not None and image is not None:
        whole = text + image
    total = ZERO
    if "" in rate_of:
        if whole is None:
            return None
        total += rate_of[""] * whole
    split = {name: rate for name, rate in rate_of.items() if name}
    if not split:
        return total
    if not ask.references and image is None:
        text, image = (whole if text is None else text), 0
    if text is None and whole is not None and image is not None:
        text = whole - image
    if image is None and whole is not None and text is not None:
        image = whole - text
    if text is not None and image is not None:
        counts = {"text": text, "image": image}
        return total + sum((rate * counts[name] for name, rate in split.items()), ZERO)
    return None if whole is None else total + max(split.values()) * whole
