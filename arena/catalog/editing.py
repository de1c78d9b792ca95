"""What curators do to the catalogue: rows by their rules, and dated price lists.

What was paid is explained by the price list of its day, so a list that has begun is never rewritten: it is
ended, and another one begins. Keys of providers are in the environment; here is only the variable's name.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from arena.providers.dialects import DIALECTS
from arena.providers.flags import find_wrong_kinds

from .checks import check_rates, day_before, find_wild_numbers
from .flags import UNKEEPABLE_WORDS, holds_unkeepable, say_wrong_flags
from .keys import NO_KEYS_HERE, find_key_faults, find_offered_key_faults, why_no_address
from .models import ImageModel, Lab, ModelText, Offering, PriceClaim, PriceRule, Provider
from .price_lists import MOST_DOLLARS
from .prices import as_rate

Row = TypeVar("Row", bound=models.Model)

SECRET = re.compile(
    r"api[-_]?key|secret|password|authorization|bearer|(access|auth)[-_]?token", re.IGNORECASE
)
MOST_MARKUP = 10
# Days of price lists: others are slips of the hand, and calendars end at the year 9999.
FIRST_YEAR, LAST_YEAR = 2000, 2100
# What a model, a lab and a provider keep, and what that is called.
FIXED = {"slug": "address", "population": "population"}
# What a price list that has begun may still be given: its end, and words.
OPEN_TO_CHANGE = ("valid_until", "note", "position")


def check_row(row: models.Model) -> None:
    """Check a row by its fields' and the catalogue's rules; raises ValidationError by field."""
    row.full_clean()
    check_rules(row)


def _check_changed(
    row: models.Model, *, changed: Mapping[str, Any], known: Mapping[str, str]
) -> None:
    """Check what was changed: an old fault elsewhere must not keep anybody from switching a row off."""
    same = {field.name for field in row._meta.concrete_fields if field.attname not in changed}
    row.full_clean(exclude=same)
    if new := new_faults(row, changed=changed, known=known):
        raise ValidationError(new)


def new_faults(
    row: models.Model, *, changed: Collection[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Return by field what a changed row has against the rules and had not before (`known`)."""
    return {
        name: why for name, why in find_faults(row) if name in changed or known.get(name) != why
    }


def check_rules(row: models.Model) -> None:
    """Check what the fields of a row cannot tell by themselves; raises ValidationError by field."""
    if faults := dict(find_faults(row)):
        raise ValidationError(faults)


def find_faults(row: models.Model) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of what a row has against the catalogue's rules, wherever it comes from."""
    if type(row) in RULES:
        yield from RULES[type(row)](row)


def add_row(row: Row) -> Row:
    """Save a new row of the catalogue; raises ValidationError."""
    check_row(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change_row(
    row: models.Model, *, expected: Mapping[str, Any] | None = None, **values: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Change a row; return the former and the new values of what really changed, as JSON.

    `values` are columns (`lab_id`) or, of a model, `siblings` (ids). Raises ValidationError, and changes
    nothing, for what is against the rules, and where the row is not (any more) as `expected` says.
    """
    siblings = values.pop("siblings", None)
    stored = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
    _refuse_other_values(stored, expected=expected or {})
    changed = {name: value for name, value in values.items() if getattr(stored, name) != value}
    former = {name: plain(getattr(stored, name)) for name in changed}
    known = dict(find_faults(stored))
    for name, value in changed.items():
        setattr(stored, name, value)
    _check_changed(stored, changed=changed, known=known)
    stored.save(update_fields=list(changed))
    now = {name: plain(value) for name, value in changed.items()}
    if siblings is not None and isinstance(stored, ImageModel):
        before = _read(stored, "siblings")
        if before != sorted(siblings):
            named = ImageModel.objects.filter(pk__in=siblings)
            if len(named) < len(set(siblings)):
                raise ValidationError({"siblings": _("A model of these was deleted meanwhile.")})
            check_siblings(stored, named)
            stored.siblings.set(siblings)
            former["siblings"], now["siblings"] = before, sorted(siblings)
    row.refresh_from_db()
    return former, now


def restore_row(
    row: models.Model, *, former: Mapping[str, Any], expected: Mapping[str, Any]
) -> None:
    """Set the former values of `change_row` again; raises ValidationError where they were changed since."""
    values = {name: _parse(row, name, value) for name, value in former.items()}
    change_row(row, expected=expected, **values)


def _refuse_other_values(row: models.Model, *, expected: Mapping[str, Any]) -> None:
    for name, value in expected.items():
        if plain(_read(row, name)) != plain(value):
            column = name.removesuffix("_id").replace("_", " ")
            raise ValidationError(f"{row}: {column} has been changed since.")


def _read(row: models.Model, name: str) -> Any:
    if name == "siblings" and isinstance(row, ImageModel):
        return sorted(row.siblings.values_list("pk", flat=True))
    return getattr(row, name)


def check_siblings(model: ImageModel, siblings: Any) -> None:
    """Raise ValidationError where a sibling is of the other population, or the model itself (I8)."""
    for sibling in siblings:
        if sibling.pk == model.pk or sibling.population != model.population:
            raise ValidationError(
                {"siblings": f"“{sibling.slug}” is no other {model.population} model."}
            )


def plain(value: Any) -> Any:
    """Write a value as JSON can hold it; decimals without trailing zeros, so that equal ones are equal."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _parse(row: models.Model, name: str, value: Any) -> Any:
    if name == "siblings" or value is None:
        return value
    field = row._meta.get_field(name)
    assert isinstance(field, models.Field)  # noqa: S101 - narrows the type
    if isinstance(field, models.ForeignKey):
        return value
    return field.to_python(value)


# The rules of each kind of row ---------------------------------------------------------------------


def _check_fixed(row: models.Model) -> Iterator[tuple[str, str]]:
    """What stands in addresses and files stays, and the two populations never mix (I8), so nobody goes over."""
    if row.pk is None:
        return
    names = [name for name in FIXED if hasattr(row, name)]
    stored = type(row)._default_manager.filter(pk=row.pk).values(*names).first() or {}
    for name, value in stored.items():
        if value != getattr(row, name):
            yield name, f"The {FIXED[name]} of what is there never changes."


def _check_model(model: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(model, ImageModel)  # noqa: S101 - narrows the type
    yield from _check_fixed(model)
    if not model.takes:
        yield "takes", "At least one picture is made of each prompt."


def _check_provider(provider: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(provider, Provider)  # noqa: S101 - narrows the type
    yield from _check_fixed(provider)
    if provider.dialect not in DIALECTS:
        yield "dialect", f"Nobody speaks it here. Dialects: {', '.join(sorted(DIALECTS))}."
    address = provider.base_url
    if not provider.is_local and not re.match(r"https?://[^/\s]", address):
        yield "base_url", "An address begins with https://."
    elif wrong := why_no_address(provider):
        yield "base_url", wrong
    yield from find_key_faults(provider)
    if "@" in address or "?" in address:
        yield "base_url", "An address holds no name, no key and no question mark."
    if not provider.max_in_flight:
        yield "max_in_flight", "At least one call at a time; to stop all calls, switch it off."
    if provider.markup is not None and not 0 <= provider.markup <= MOST_MARKUP:
        yield "markup", f"It is a share from 0 to {MOST_MARKUP}: 0.05 is 5 %."
    yield from _check_flags(provider.options)
    # What holds for the provider holds for all that is offered there.
    if provider.pk is not None:
        for offering in provider.offerings.select_related("model"):
            offering.provider = provider
            if wrong := say_wrong_flags(offering):
                yield "options", f"With the flags of {offering.model.slug} here: {wrong}"
                return


def _check_offering(offering: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(offering, Offering)  # noqa: S101 - narrows the type
    model, provider = offering.model, offering.provider
    if model.population != provider.population:
        yield "provider", f"is {provider.population}, but the model {model.population}."
    if offering.least_reserve is not None and not 0 <= offering.least_reserve <= MOST_DOLLARS:
        yield "least_reserve", f"It is a sum of dollars from 0 to {MOST_DOLLARS:,}."
    if strange := sorted(set(offering.disciplines) - set(model.disciplines)):
        yield "disciplines", f"The model does not do: {', '.join(strange)}."
    if wrong := say_wrong_flags(offering):
        yield "options", wrong
    yield from find_offered_key_faults(offering)
    yield from _check_flags(offering.options)


def _check_flags(options: Any) -> Iterator[tuple[str, str]]:
    for wrong in find_wrong_kinds(options):
        yield "options", wrong
    if holds_secret(options):
        yield "options", NO_KEYS_HERE
    elif holds_unkeepable(options):
        yield "options", f"The flags hold {UNKEEPABLE_WORDS}: take it out."


def _check_claim(claim: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(claim, PriceClaim)  # noqa: S101 - narrows the type
    if (claim.kind == PriceClaim.Kind.FROM) != (claim.amount is not None):
        yield "amount", "is there for claims of the kind “from”, and only for them."
    if (claim.kind == PriceClaim.Kind.DIRECTION) != bool(claim.direction):
        yield "direction", "is there for claims of the kind “direction”, and only for them."


def _check_text(text: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(text, ModelText)  # noqa: S101 - narrows the type
    # Somewhere it is tomorrow already.
    if text.written_on > timezone.now().date() + timedelta(days=1):
        yield "written_on", "This day is still to come: it is the day of the last check."


def _check_price_rule(rule: models.Model) -> Iterator[tuple[str, str]]:
    assert isinstance(rule, PriceRule)  # noqa: S101 - narrows the type
    for name in ("valid_from", "valid_until"):
        if (day := getattr(rule, name)) is not None and (why := say_why_no_day(day)):
            yield name, why
    for name, wrong in find_wild_numbers(as_rate(rule)):
        yield name, wrong[0].upper() + wrong[1:]


def say_why_no_day(day: date) -> str:
    """Say why a price list neither begins nor ends on a day, or "" where it may."""
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return ""
    return f"{day} is out of reach: price lists begin and end in the years {FIRST_YEAR} to {LAST_YEAR}."


RULES: dict[type[models.Model], Callable[[models.Model], Iterator[tuple[str, str]]]] = {
    ImageModel: _check_model,
    Lab: _check_fixed,
    ModelText: _check_text,
    Provider: _check_provider,
    Offering: _check_offering,
    PriceClaim: _check_claim,
    PriceRule: _check_price_rule,
}


def holds_secret(options: Any) -> bool:
    """Tell whether flags of a dialect hold, at any depth, a text under a name that keys go by."""
    waiting = [options]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if any(isinstance(inner, str) and SECRET.search(name) for name, inner in value.items()):
                return True
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return False


# Price lists --------------------------------------------------------------------------------------


def list_faults(offering: Offering) -> list[str]:
    """Say what is wrong between an offering's price rules, as stored."""
    rates = [as_rate(rule) for rule in PriceRule.objects.filter(offering=offering)]
    found = check_rates(rates, place=_place(offering))
    return [str(finding) for finding in found if finding.serious]


def _place(offering: Offering) -> str:
    return f"{offering.model.slug} at {offering.provider.slug}"


def refuse_new_faults(offering: Offering, *, known: Sequence[str]) -> None:
    """Raise ValidationError for what is wrong with the stored price rules and was not before (`known`)."""
    new = [fault for fault in list_faults(offering) if fault not in known]
    if new:
        raise ValidationError(new)


@transaction.atomic
def begin_price_list(
    offering: Offering,
    *,
    valid_from: date,
    source: str,
    rules: Sequence[PriceRule],
    today: date,
) -> dict[int, date | None]:
    """Add a price list, and end what holds on its first day the day before; return the ended rules' former ends.

    `rules` are unsaved rows without offering, days and source. Raises ValidationError for a list without
    rules, one that would begin in the past or before another one that is there, and for what `checks` finds.
    """
    Offering.objects.select_for_update(no_key=True).get(pk=offering.pk)
    stored = list(PriceRule.objects.filter(offering=offering))
    if not rules:
        raise ValidationError("A price list has at least one rule.")
    if stored and valid_from < today:
        raise ValidationError({"valid_from": _begins_in_past(valid_from)})
    later = min((rule.valid_from for rule in stored if rule.valid_from >= valid_from), default=None)
    if later is not None:
        raise ValidationError({"valid_from": f"A list that begins on {later} is there already."})
    known = list_faults(offering)
    ended: dict[int, date | None] = {}
    for rule in stored:
        if rule.valid_until is None or rule.valid_until >= valid_from:
            ended[rule.pk] = rule.valid_until
            rule.valid_until = day_before(valid_from)
            rule.save(update_fields=["valid_until"])
    for position, rule in enumerate(rules, start=1):
        rule.offering, rule.position = offering, position
        rule.valid_from, rule.valid_until, rule.source = valid_from, None, source
        add_row(rule)
    # By itself, too: what ended must not stand in for what the new list lacks.
    alone = check_rates([as_rate(rule) for rule in rules], place=_place(offering))
    if faults := [str(finding) for finding in alone]:
        raise ValidationError(faults)
    refuse_new_faults(offering, known=known)
    return ended


def tell_rules(rules: Iterable[PriceRule]) -> dict[int, dict[str, Any]]:
    """Return what price rules say, as JSON, by their numbers."""
    names = [field.attname for field in PriceRule._meta.concrete_fields if not field.primary_key]
    return {rule.pk: {name: plain(getattr(rule, name)) for name in names} for rule in rules}


@transaction.atomic
def withdraw_price_list(
    offering: Offering,
    *,
    valid_from: date,
    added: Mapping[int, Mapping[str, Any]],
    ended: Mapping[int, date | None],
    today: date,
) -> None:
    """Take a planned price list away and give the rules that it ended their former ends (`begin_price_list`).

    `added`: what the rules of the list were when it was planned (`tell_rules`). Raises ValidationError once it
    has begun, and where a rule of its day, or an end that it set, was changed, added or removed since.
    """
    Offering.objects.select_for_update(no_key=True).get(pk=offering.pk)
    if valid_from <= today:
        raise ValidationError("This list has begun, and calls go by it: add another one.")
    rules = PriceRule.objects.filter(offering=offering)
    if rules.filter(valid_from__gt=valid_from).exists():
        raise ValidationError("Another list begins after it: take that one back first.")
    planned = rules.filter(valid_from=valid_from)
    if tell_rules(planned) != dict(added):
        raise ValidationError(f"The list from {valid_from} has been changed since.")
    known = list_faults(offering)
    planned.filter(pk__in=list(added)).delete()
    for rule in rules.filter(pk__in=list(ended)):
        if rule.valid_until != valid_from - timedelta(days=1):
            raise ValidationError(f"{rule}: its end has been changed since.")
        rule.valid_until = ended[rule.pk]
        rule.save(update_fields=["valid_until"])
    refuse_new_faults(offering, known=known)


def check_rule_change(
    rule: PriceRule, *, stored: PriceRule | None, begun: bool, today: date
) -> None:
    """Refuse a change of one price rule that would rewrite what calls were priced by; raises ValidationError.

    `stored`: the rule as it is, None for a new one; `begun`: the offering has this list already (a new rule
    would change it), or has another one (a list that begins in the past would overrule it).
    """
    if stored is None:
        if begun and rule.valid_from < today:
            raise ValidationError({"valid_from": _begins_in_past(rule.valid_from)})
        return
    if stored.valid_from > today:
        return
    names = [field.attname for field in rule._meta.concrete_fields]
    fixed = [
        name
        for name in names
        if name not in OPEN_TO_CHANGE and getattr(rule, name) != getattr(stored, name)
    ]
    if fixed:
        since = stored.valid_from
        reason = f"This list holds since {since}, and explains what was paid: add a new list."
        raise ValidationError(dict.fromkeys(fixed, reason))
    ends = [day for day in (rule.valid_until, stored.valid_until) if day is not None]
    if rule.valid_until != stored.valid_until and min(ends) < today - timedelta(days=1):
        raise ValidationError({"valid_until": "This day is over: what held then stays as it was."})


def _begins_in_past(day: date) -> str:
    return f"{day} is over, and calls were priced by what held then: let it begin today or later."
