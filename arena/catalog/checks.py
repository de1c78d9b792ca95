"""Finds contradictions in prices: between rules, and between rules and what pages claim."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

from .flags import SIZE_NAMES, read_flags_of, say_wrong_flags
from .models import Discipline, ImageModel, Offering, PriceClaim
from .price_lists import MILLION, MOST_DOLLARS, Rate, charged_by, rates_on, standard_of
from .prices import (
    SIZE_NOT_TOLD,
    as_rate,
    cheapest_picture,
    estimate,
    read_price_list,
    read_size,
)

SIZE = re.compile(r"(?:[1-9]\d{1,4}x[1-9]\d{1,4})?")
# Of these no list says more: factors of a standard rate, and tokens, seconds or megapixels of one call.
MOST_TIMES, MOST_UNITS = Decimal(1000), Decimal(10_000_000)
# A price that nobody states is often a share of one that somebody does: half price for batches, say.
SHARES = {Decimal("0.5"): "half of", Decimal("0.25"): "a quarter of"}
CANVAS = 1024


@dataclass(frozen=True)
class Finding:
    """One contradiction: where it is, what is wrong, what to do. `serious`: money is counted by it."""

    place: str
    what: str
    advice: str
    serious: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.what} {self.advice}"


def check_catalog(*, day: date) -> list[Finding]:
    """Check every offering's price rules, whatever their days, and every claim against the rules of `day`."""
    models = ImageModel.objects.order_by("pk").prefetch_related(
        "offerings__provider", "offerings__price_rules", "price_claims"
    )
    return [finding for model in models for finding in check_model(model, day=day)]


def check_model(model: ImageModel, *, day: date) -> list[Finding]:
    """Check one model's price rules and claims; uses prefetched rows where there are any."""
    findings: list[Finding] = []
    offerings = list(model.offerings.all())
    for offering in offerings:
        offering.model = model
        place = f"{model.slug} at {offering.provider.slug}"
        rates = [as_rate(rule) for rule in offering.price_rules.all()]
        findings += check_rates(rates, place=place)
        findings += _check_offering(offering, place=place, day=day)
    return findings + list(_check_claims(model, offerings, day=day))


def check_rates(rates: Iterable[Rate], *, place: str) -> Iterator[Finding]:
    """Check the rules of one offering among themselves."""
    rates = list(rates)
    yield from check_lists(rates, place=place)
    yield from _check_days(rates, place=place)
    if rates and not any(rate.direction == "output" for rate in rates):
        yield Finding(
            place, "no rule prices the output.", "Add one, or take the input's rules away."
        )


def check_lists(rates: Iterable[Rate], *, place: str) -> Iterator[Finding]:
    """Check what every price list must hold by itself, wherever it comes from: a fixture, a form, a file."""
    rates = list(rates)
    for rate in rates:
        yield from _check_rate(rate, place=f"{place}, {name_of(rate)}")
    yield from _check_multipliers(rates, place=place)
    yield from _check_tokens(rates, place=place)


def day_before(day: date) -> date:
    """Return the day before, or the day itself where there is none before it."""
    return day - timedelta(days=1) if day > date.min else day


def name_of(rate: Rate) -> str:
    """Name a rule so that a curator finds it."""
    words = [rate.direction, rate.unit, rate.size, rate.quality, rate.tokens_of, rate.feature]
    return f"rule “{rate.note or ' '.join(word for word in words if word)}”"


def _key(rate: Rate) -> tuple[str, ...]:
    return (
        rate.direction,
        rate.unit,
        rate.size,
        rate.quality,
        rate.tokens_of,
        rate.feature.casefold(),
    )


def find_wild_numbers(rate: Rate) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of each number of a rate that no price list can mean."""
    tokens = None if rate.tokens is None else Decimal(rate.tokens)
    numbers = {
        "amount": (rate.amount, MOST_DOLLARS),
        "multiplier": (rate.multiplier, MOST_TIMES),
        "tokens": (tokens, MOST_UNITS),
        "expected_units": (rate.expected_units, MOST_UNITS),
        "most_units": (rate.most_units, MOST_UNITS),
    }
    wild = False
    for field, (number, most) in numbers.items():
        name = field.replace("_", " ")
        if number is not None and not 0 <= number <= most:
            wild = True
            wrong = "is negative" if number < 0 else f"is more than {most:,}"
            yield field, f"the {name} {number.normalize():f} {wrong}."
    if wild or rate.amount is None:
        return
    units = max(rate.most_units or Decimal(1), rate.expected_units or Decimal(1))
    whole = rate.amount * (units / MILLION if rate.unit == "million-tokens" else units)
    if whole > MOST_DOLLARS:
        yield "amount", f"one call would come to ${whole:,.2f}, more than ${MOST_DOLLARS:,}."


def _check_rate(rate: Rate, *, place: str) -> Iterator[Finding]:
    for _, wrong in find_wild_numbers(rate):
        yield Finding(place, wrong, "Correct it.")
    if rate.valid_until is not None and rate.valid_until < rate.valid_from:
        yield Finding(
            place,
            f"it ends on {rate.valid_until}, before it begins on {rate.valid_from}.",
            "Correct the days.",
        )
    if rate.size not in SIZE_NAMES and not SIZE.fullmatch(rate.size):
        yield Finding(
            place,
            f"no picture has the size “{rate.size}”.",
            "Write 0.5K, 1K, 2K, 4K, or pixels such as 1536x1024.",
        )
    if rate.unit == "request" and not rate.feature:
        yield Finding(place, "a charge per request must say what it is for.", "Name the feature.")
    if (
        rate.expected_units is not None
        and rate.most_units is not None
        and rate.most_units < rate.expected_units
    ):
        yield Finding(
            place,
            f"{rate.expected_units.normalize():f} units are expected, but at most "
            f"{rate.most_units.normalize():f} allowed.",
            "Raise the most units: this much is put aside.",
        )


def _check_days(rates: list[Rate], *, place: str) -> Iterator[Finding]:
    """Two prices for one thing on one day, or a day between two prices without any."""
    groups: dict[tuple[str, ...], list[Rate]] = {}
    for rate in rates:
        groups.setdefault(_key(rate), []).append(rate)
    for group in groups.values():
        group.sort(key=lambda rate: rate.valid_from)
        for first, second in combinations(group, 2):
            where = f"{place}, {name_of(first)}"
            if (first.source, first.valid_from) == (second.source, second.valid_from):
                yield Finding(
                    where, f"the same list also says {name_of(second)}.", "Keep one of them."
                )
            elif first.valid_until is None or first.valid_until >= second.valid_from:
                yield Finding(
                    where,
                    f"it still holds on {second.valid_from}, when {name_of(second)} begins.",
                    f"End it on {day_before(second.valid_from)}.",
                )
        for first, second in pairwise(group):
            # Their difference: the day after the last one that there is would be none.
            if first.valid_until and (second.valid_from - first.valid_until).days > 1:
                yield Finding(
                    f"{place}, {name_of(first)}",
                    f"nothing is priced between {first.valid_until} and {second.valid_from}.",
                    "Move one of the days.",
                )


def _check_multipliers(rates: list[Rate], *, place: str) -> Iterator[Finding]:
    for rate in rates:
        if rate.multiplier is None:
            continue
        where = f"{place}, {name_of(rate)}"
        standard = standard_of(rate, rates=rates)
        if standard is None:
            yield Finding(
                where,
                "it multiplies a standard rate, but its list has none or several.",
                "Keep exactly one rule of its direction and unit without a multiplier.",
            )
        elif rate.amount != (due := charged_by(rate, rates=rates)):
            yield Finding(
                where,
                f"it says ${rate.amount.normalize():f}, but {rate.multiplier.normalize():f} x "
                f"${standard.amount.normalize():f} is ${due.normalize():f}.",
                "Correct the amount or the multiplier: calls are priced by the multiplier.",
            )


def _check_tokens(rates: list[Rate], *, place: str) -> Iterator[Finding]:
    """A picture's tokens times the price of tokens must give its stated price, as far as that is rounded."""
    lists: dict[tuple[str, date], list[Rate]] = {}
    for rate in rates:
        lists.setdefault((rate.source, rate.valid_from), []).append(rate)
    for same in lists.values():
        images = [rate for rate in same if rate.unit == "image" and rate.tokens]
        if not images:
            continue
        half = Decimal(5).scaleb(min(_places(rate.amount) for rate in images) - 1)
        by_token = next(
            (
                rate
                for rate in same
                if (rate.direction, rate.unit) == ("output", "million-tokens")
                and rate.tokens_of in ("", "image")
            ),
            None,
        )
        if by_token is not None:
            yield from _check_stated(images, by_token, half=half, place=place)
        else:
            yield from _check_one_price_fits(images, half=half, place=place)


def _check_stated(
    images: list[Rate], by_token: Rate, *, half: Decimal, place: str
) -> Iterator[Finding]:
    for image in images:
        due = by_token.amount * (image.tokens or 0) / MILLION
        if abs(due - image.amount) > half:
            yield Finding(
                f"{place}, {name_of(image)}",
                f"{image.tokens} tokens at ${by_token.amount.normalize():f} a million are "
                f"${due.normalize():f}, not ${image.amount.normalize():f}.",
                "Correct the amount, the tokens or the price per million.",
            )


def _check_one_price_fits(images: list[Rate], *, half: Decimal, place: str) -> Iterator[Finding]:
    """Without a stated price per token, some single one must fit all pictures of the list."""
    lowest = max(images, key=lambda rate: (rate.amount - half) / (rate.tokens or 1))
    highest = min(images, key=lambda rate: (rate.amount + half) / (rate.tokens or 1))
    if (lowest.amount - half) / (lowest.tokens or 1) > (highest.amount + half) / (
        highest.tokens or 1
    ):
        yield Finding(
            f"{place}, {name_of(lowest)}",
            f"a token costs more there than in {name_of(highest)}, however one rounds.",
            "Correct the amount or the tokens of one of them.",
        )


def _places(amount: Decimal) -> int:
    """Return the exponent of the last digit that is not 0: -3 for 0.067."""
    return int(amount.normalize().as_tuple().exponent)


def _check_offering(offering: Offering, *, place: str, day: date) -> Iterator[Finding]:
    """Where money is paid, every call needs a price and a bound before it is asked for."""
    if offering.least_reserve is not None:
        yield Finding(
            place,
            f"a call came to ${offering.least_reserve.normalize():f}, more than the price list allows.",
            "Correct the list, then empty the field “least reserve”.",
        )
    if not (offering.enabled and offering.provider.enabled):
        return
    if wrong := say_wrong_flags(offering):
        yield Finding(place, wrong, "Correct the flags: until then nothing is asked of it.")
        return
    if offering.resend_safe:
        return
    if _size_is_left_open(offering, day=day):
        yield Finding(
            place,
            "its prices depend on the size, but the provider is told the shape alone.",
            "Name the sizes in its options (tiers), or the dearest of them is put aside.",
        )
    draws = Discipline.TEXT_TO_IMAGE in offering.disciplines
    features = () if draws else (Discipline.IMAGE_EDITING,)
    flags = read_flags_of(offering, features=features)
    closest = flags["sizes"] if flags.get("size_mode") == "closest" else [f"{CANVAS}x{CANVAS}"]
    for size in closest:
        width, height = read_size(size)
        for references in (0, 1) if "image-editing" in offering.disciplines else (0,):
            found = estimate(
                offering,
                width=width,
                height=height,
                references=references,
                day=day,
                features=features,
            )
            if found is not None and found.ceiling > MOST_DOLLARS:
                yield Finding(
                    place,
                    f"a picture of {size} would cost up to ${found.ceiling.normalize():,f}, more than "
                    f"${MOST_DOLLARS:,}.",
                    "Correct the price list or the markup: until then nothing is asked of it.",
                )
                break
            if found is None:
                yield Finding(
                    place,
                    f"the price list does not say what a picture of {size}"
                    f"{' with a reference picture' if references else ''} costs at most.",
                    "Add the rule or its bound (most units): until then nothing is asked of it.",
                )
                break


def _size_is_left_open(offering: Offering, *, day: date) -> bool:
    flags = read_flags_of(offering, features=())
    if flags.get("size_mode", "wxh") not in SIZE_NOT_TOLD or flags.get("tiers"):
        return False
    rates = read_price_list(offering, day=day).rates
    return len({rate.size for rate in rates if rate.unit == "image"}) > 1


def _check_claims(model: ImageModel, offerings: list[Offering], *, day: date) -> Iterator[Finding]:
    claims = list(model.price_claims.all())
    for claim in claims:
        place = f"{model.slug}, “{claim.words}” ({claim.source})"
        through = [offering for offering in offerings if offering.provider.slug == claim.through]
        if claim.kind == PriceClaim.Kind.DIRECTION:
            yield from _check_direction(claim, through, place=place, day=day)
        else:
            yield from _check_from(claim, through, offerings, place=place, day=day)
    sellers: dict[Decimal, list[str]] = {}
    for claim in claims:
        if claim.amount is not None:
            sellers.setdefault(claim.amount, []).append(claim.through)
    for amount, names in sellers.items():
        if len(set(names)) > 1:
            yield Finding(
                model.slug,
                f"the lowest price ${amount.normalize():f} is claimed to be that of "
                f"{' and of '.join(dict.fromkeys(names))}.",
                "Ask the source which of them it is.",
                serious=False,
            )


def _check_direction(
    claim: PriceClaim, through: list[Offering], *, place: str, day: date
) -> Iterator[Finding]:
    rates = [rate for offering in through for rate in read_price_list(offering, day=day).rates]
    if not any(rate.direction == claim.direction for rate in rates):
        yield Finding(
            place,
            f"{claim.through} is said to charge for {claim.direction}, but no rule says how much.",
            "Look the price up at the provider: until then calls there may cost a little more than is put aside.",
            serious=False,
        )


def _check_from(
    claim: PriceClaim,
    through: list[Offering],
    offerings: list[Offering],
    *,
    place: str,
    day: date,
) -> Iterator[Finding]:
    """The claimed lowest price must be the lowest that a rule of the named seller (or of anybody) yields."""
    lowest = cheapest_picture(through or offerings, day=day)
    if lowest is None or claim.amount is None or lowest[0] == claim.amount:
        return
    amount = claim.amount.normalize()
    stranger = "" if through else f"{claim.through or 'the seller'} is no provider here, and "
    yield Finding(
        place,
        f"{stranger}no rule yields ${amount:f}: the lowest price of a picture "
        f"{f'through {claim.through}' if through else 'through any provider'} is "
        f"${lowest[0].normalize():f} ({lowest[1].provider.slug}).{_hint(claim, offerings, day=day)}",
        "Print the computed price, not the claimed one.",
        serious=False,
    )


def _hint(claim: PriceClaim, offerings: list[Offering], *, day: date) -> str:
    """Say of which stated price a claimed one is a plain share, where it is one."""
    for share, words in SHARES.items():
        for offering in offerings:
            rates = rates_on(day, rates=[as_rate(rule) for rule in offering.price_rules.all()])
            for rate in rates:
                if rate.unit == "image" and charged_by(rate, rates=rates) * share == claim.amount:
                    stated = charged_by(rate, rates=rates).normalize()
                    return f" (It is {words} the ${stated:f} of {offering.provider.slug} at {rate.size}.)"
    return ""
