"""Loads the catalogue's fixture: adds what is missing and never touches a row that is there."""

from collections.abc import Mapping

from django.db import transaction

from .entries import (
    Counts,
    Entry,
    LoadError,
    Tally,
    build_row,
    index_rows,
    read_file,
    save_missing,
    wait_for_other_loads,
)
from .models import ImageModel, Lab, Offering, PriceRule, Provider

__all__ = ["Counts", "LoadError", "load_catalog"]

FILE = "catalog.json"
LAB = ("slug", "name", "website")
PROVIDER = (
    "slug",
    "name",
    "website",
    "dialect",
    "base_url",
    "key_variable",
    "options",
    "population",
    "is_local",
    "max_in_flight",
    "enabled",
)
MODEL = (
    "slug",
    "name",
    "long_name",
    "api_id",
    "aliases",
    "population",
    "family",
    "status",
    "disciplines",
    "capabilities",
    "input_kinds",
    "output_kinds",
    "description",
    "licence",
    "open_weights",
    "released_on",
    "takes",
)
OFFERING = ("remote_id", "disciplines", "priority", "options", "resend_safe", "enabled")
PRICE_LIST = ("valid_from", "valid_until", "source")
PRICE_RULE = (
    "direction",
    "unit",
    "size",
    "amount",
    "multiplier",
    "tokens",
    "feature",
    "note",
)


def load_catalog(data: object) -> Counts:
    """Create the labs, providers, models, offerings and price lists of a fixture that are missing.

    `data` is the parsed file. Rows that exist stay as they are, for a curator may have edited them;
    a price list (an offering's rules of one source and first day) is added whole or not at all.
    Everything is one transaction. Raises LoadError naming the file, the entry and the field.
    """
    file = read_file(data, name=FILE, sections=("labs", "providers", "models"))
    tally = Tally()
    with transaction.atomic():
        wait_for_other_loads()
        labs = save_missing(
            index_rows((entry, _lab(entry)) for entry in file.entries("labs")),
            model=Lab,
            tally=tally,
        )
        providers = save_missing(
            index_rows((entry, _provider(entry)) for entry in file.entries("providers")),
            model=Provider,
            tally=tally,
        )
        entries = file.entries("models")
        models = save_missing(
            index_rows((entry, _model(entry, labs=labs)) for entry in entries),
            model=ImageModel,
            tally=tally,
        )
        for entry in entries:
            _load_offerings(
                entry, model=models[entry.values["slug"]], providers=providers, tally=tally
            )
    return tally.counts()


def _lab(entry: Entry) -> Lab:
    entry.allow(LAB)
    return build_row(Lab, entry, fields=LAB)


def _provider(entry: Entry) -> Provider:
    entry.allow(PROVIDER)
    return build_row(Provider, entry, fields=PROVIDER)


def _model(entry: Entry, *, labs: Mapping[str, Lab]) -> ImageModel:
    entry.allow((*MODEL, "lab", "offerings"))
    lab = entry.need("lab", str)
    if lab not in labs:
        raise entry.fault("lab", f"there is no lab “{lab}” in this file.")
    return build_row(ImageModel, entry, fields=MODEL, lab=labs[lab])


def _load_offerings(
    entry: Entry, *, model: ImageModel, providers: Mapping[str, Provider], tally: Tally
) -> None:
    seen: set[str] = set()
    for offering in entry.entries("offerings", name="provider"):
        provider = offering.need("provider", str)
        if provider in seen:
            raise offering.fault("provider", f"“{provider}” is there twice.")
        seen.add(provider)
        _load_offering(offering, model=model, providers=providers, tally=tally)


def _load_offering(
    entry: Entry, *, model: ImageModel, providers: Mapping[str, Provider], tally: Tally
) -> None:
    entry.allow((*OFFERING, "provider", "prices"))
    slug = entry.need("provider", str)
    if slug not in providers:
        raise entry.fault("provider", f"there is no provider “{slug}” in this file.")
    provider = providers[slug]
    if provider.population != model.population:
        raise entry.fault(
            "provider", f"is {provider.population}, but the model {model.population}."
        )
    wanted = build_row(Offering, entry, fields=OFFERING, model=model, provider=provider)
    stored = Offering.objects.filter(model=model, provider=provider).first()
    tally.add("offerings", created=stored is None)
    if stored is None:
        wanted.save()
    for prices in entry.entries("prices", name="source"):
        _load_price_list(prices, offering=stored or wanted, tally=tally)


def _load_price_list(entry: Entry, *, offering: Offering, tally: Tally) -> None:
    entry.allow((*PRICE_LIST, "rules"))
    rules = [
        _price_rule(rule, prices=entry, offering=offering, position=position)
        for position, rule in enumerate(entry.entries("rules", name="note"), start=1)
    ]
    for rule, place in zip(rules, entry.entries("rules", name="note"), strict=True):
        if rule.multiplier is not None:
            _check_multiplier(rule, rules=rules, entry=place)
    known = (
        bool(rules)
        and PriceRule.objects.filter(
            offering=offering, valid_from=rules[0].valid_from, source=rules[0].source
        ).exists()
    )
    tally.add("price rules", created=not known, number=len(rules))
    if not known:
        PriceRule.objects.bulk_create(rules)


def _price_rule(entry: Entry, *, prices: Entry, offering: Offering, position: int) -> PriceRule:
    entry.allow(PRICE_RULE)
    dates = build_row(PriceRule, prices, fields=PRICE_LIST)
    rule = build_row(
        PriceRule,
        entry,
        fields=PRICE_RULE,
        offering=offering,
        position=position,
        valid_from=dates.valid_from,
        valid_until=dates.valid_until,
        source=dates.source,
    )
    if rule.amount < 0:
        raise entry.fault("amount", "must not be negative.")
    if rule.unit == PriceRule.Unit.REQUEST and not rule.feature:
        raise entry.fault("feature", "a charge per request must say what it is for.")
    return rule


def _check_multiplier(rule: PriceRule, *, rules: list[PriceRule], entry: Entry) -> None:
    """A list that says "1.5x" also says of what: its only rule of that kind without a factor."""
    standards = [
        other.amount
        for other in rules
        if other.multiplier is None and (other.direction, other.unit) == (rule.direction, rule.unit)
    ]
    if len(standards) != 1:
        raise entry.fault("multiplier", "needs exactly one standard rate in the same price list.")
    if rule.multiplier is not None and rule.amount != standards[0] * rule.multiplier:
        raise entry.fault(
            "amount",
            f"{rule.amount} is not {rule.multiplier} times the standard rate {standards[0]}.",
        )
