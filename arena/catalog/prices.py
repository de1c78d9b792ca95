"""What a picture costs by a provider's dated price list."""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from .models import Offering, PriceRule

SIZE_CLASSES = ((512, "0.5K"), (1024, "1K"), (2048, "2K"), (4096, "4K"))


def size_class(*, width: int, height: int) -> str:
    """Name the price list's size class of a picture by its longer side in pixels; beyond 4096 it is 4K."""
    side = max(width, height)
    return next((name for limit, name in SIZE_CLASSES if side <= limit), "4K")


def rules_on(day: date, *, rules: Iterable[PriceRule]) -> list[PriceRule]:
    """Keep the rules that are valid on a day (both ends included)."""
    return [
        rule
        for rule in rules
        if rule.valid_from <= day and (rule.valid_until is None or day <= rule.valid_until)
    ]


def picture_price(
    offering: Offering, *, width: int, height: int, day: date, features: Collection[str] = ()
) -> Decimal | None:
    """Return the dollars for one picture of a size on a day, or None when the list does not say.

    The rule for the exact size class wins over the rule for every size. `features` names what the
    request uses, such as its discipline: surcharges for these are added.
    """
    wanted = size_class(width=width, height=height)
    rules = rules_on(day, rules=offering.price_rules.all())
    candidates = [
        rule
        for rule in rules
        if rule.direction == PriceRule.Direction.OUTPUT
        and rule.unit == PriceRule.Unit.IMAGE
        and rule.size in (wanted, "")
    ]
    if not candidates:
        return None
    surcharges = [
        rule.amount
        for rule in rules
        if rule.unit == PriceRule.Unit.REQUEST and rule.feature in features
    ]
    return max(candidates, key=lambda rule: rule.size == wanted).amount + sum(surcharges)


def cheapest_picture(
    offerings: Iterable[Offering], *, day: date
) -> tuple[Decimal, Offering] | None:
    """Return the lowest per-picture price on a day over all sizes, and whose it is; None without a price."""
    prices = [
        (rule.amount, offering)
        for offering in offerings
        for rule in rules_on(day, rules=offering.price_rules.all())
        if rule.direction == PriceRule.Direction.OUTPUT and rule.unit == PriceRule.Unit.IMAGE
    ]
    return min(prices, key=lambda price: price[0]) if prices else None
