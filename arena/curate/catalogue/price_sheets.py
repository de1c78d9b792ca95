"""An offering's price lists by date: what holds today, what held, what comes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from arena.catalog.models import Offering, PriceRule


@dataclass(frozen=True)
class PriceLine:
    """A rule, and its numbers without the zeros that the database adds."""

    rule: PriceRule
    amount: str
    multiplier: str
    most: str


@dataclass(frozen=True)
class PriceSheet:
    """The rules of one source that begin on one day; `state`: "holds", "held" or "comes"."""

    source: str
    valid_from: date
    valid_until: date | None
    state: str
    lines: tuple[PriceLine, ...]


def lay_out_lists(offering: Offering, *, day: date) -> list[PriceSheet]:
    """Group an offering's rules into lists, the newest first; uses prefetched rules."""
    groups: dict[tuple[date, str], list[PriceRule]] = {}
    for rule in offering.price_rules.all():
        groups.setdefault((rule.valid_from, rule.source), []).append(rule)
    return [
        PriceSheet(
            source=source,
            valid_from=begins,
            valid_until=_last_day(rules),
            state=_state(begins, _last_day(rules), day=day),
            lines=tuple(_line(rule) for rule in rules),
        )
        for (begins, source), rules in sorted(groups.items(), reverse=True)
    ]


def _line(rule: PriceRule) -> PriceLine:
    return PriceLine(rule, *map(write_number, (rule.amount, rule.multiplier, rule.most_units)))


def write_number(value: Decimal | None) -> str:
    """Write a number with all its digits and no more; an empty string for none."""
    return "" if value is None else f"{value.normalize():f}"


def _last_day(rules: Iterable[PriceRule]) -> date | None:
    """Return the day on which the last rule ends; None where one goes on."""
    ends = [rule.valid_until for rule in rules]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None


def _state(begins: date, ends: date | None, *, day: date) -> str:
    if begins > day:
        return "comes"
    return "held" if ends is not None and ends < day else "holds"
