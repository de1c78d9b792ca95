"""Loads the catalogue's fixture: adds what is missing and never touches a row that is there."""

from collections.abc import Mapping

from django.db import transaction

from .checks import check_lists
from .editing import find_faults
from .entries import (
    Counts,
    Entry,
    LoadError,
    Row,
    Tally,
    build_row,
    index_rows,
    read_file,
    save_missing,
    wait_for_other_loads,
)
from .models import ImageModel, Lab, ModelText, Offering, PriceClaim, PriceRule, Provider
from .prices import as_rate

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
    "markup",
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
    "quality",
    "tokens_of",
    "amount",
    "multiplier",
    "tokens",
    "expected_units",
    "most_units",
    "round_up",
    "feature",
    "note",
)
TEXT = ("section", "text", "written_on", "sources")
PRICE_CLAIM = ("kind", "through", "amount", "direction", "words", "source")


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
            _load_words(entry, models=models, tally=tally)
            _load_offerings(
                entry, model=models[entry.values["slug"]], providers=providers, tally=tally
            )
    return tally.counts()


def _by_the_rules(row: Row, *, entry: Entry) -> Row:
    """Return a row that keeps the catalogue's rules, which hold for typed and imported ones as well."""
    for field, sentence in find_faults(row):
        raise entry.fault(field, sentence)
    return row


def _lab(entry: Entry) -> Lab:
    entry.allow(LAB)
    return build_row(Lab, entry, fields=LAB)


def _provider(entry: Entry) -> Provider:
    entry.allow(PROVIDER)
    return _by_the_rules(build_row(Provider, entry, fields=PROVIDER), entry=entry)


def _model(entry: Entry, *, labs: Mapping[str, Lab]) -> ImageModel:
    entry.allow((*MODEL, "lab", "offerings", "claims", "siblings", "texts"))
    lab = entry.need("lab", str)
    if lab not in labs:
        raise entry.fault("lab", f"there is no lab “{lab}” in this file.")
    return _by_the_rules(build_row(ImageModel, entry, fields=MODEL, lab=labs[lab]), entry=entry)


def _load_words(entry: Entry, *, models: Mapping[str, ImageModel], tally: Tally) -> None:
    """Load a model's siblings and texts; where it has some already, these are kept as they are."""
    model = models[entry.values["slug"]]
    if "siblings" in entry.values:
        _load_siblings(entry, model=model, models=models, tally=tally)
    for text in entry.entries("texts", name="section") if "texts" in entry.values else ():
        text.allow(TEXT)
        row = build_row(ModelText, text, fields=TEXT, model=model)
        known = ModelText.objects.filter(model=model, section=row.section).exists()
        tally.add("model texts", created=not known)
        if not known:
            row.save()


def _load_siblings(
    entry: Entry, *, model: ImageModel, models: Mapping[str, ImageModel], tally: Tally
) -> None:
    slugs = entry.need("siblings", list)
    for slug in slugs:
        if slug not in models or models[slug].population != model.population:
            raise entry.fault(
                "siblings", f"there is no {model.population} model “{slug}” in this file."
            )
    known = model.siblings.exists()
    tally.add("siblings", created=not known, number=len(slugs))
    if not known:
        model.siblings.add(*(models[slug] for slug in slugs))


def _load_offerings(
    entry: Entry, *, model: ImageModel, providers: Mapping[str, Provider], tally: Tally
) -> None:
    seen: set[str] = set()
    if "claims" in entry.values:
        _load_claims(entry, model=model, tally=tally)
    for offering in entry.entries("offerings", name="provider"):
        provider = offering.need("provider", str)
        if provider in seen:
            raise offering.fault("provider", f"“{provider}” is there twice.")
        seen.add(provider)
        _load_offering(offering, model=model, providers=providers, tally=tally)


def _load_claims(entry: Entry, *, model: ImageModel, tally: Tally) -> None:
    """Load what pages claim of a model's prices; a claim is known by its words and source."""
    for claim in entry.entries("claims", name="words"):
        claim.allow(PRICE_CLAIM)
        row = _by_the_rules(
            build_row(PriceClaim, claim, fields=PRICE_CLAIM, model=model), entry=claim
        )
        same = PriceClaim.objects.filter(model=model, words=row.words, source=row.source)
        known = same.filter(through=row.through).exists()
        tally.add("price claims", created=not known)
        if not known:
            row.save()


def _load_offering(
    entry: Entry, *, model: ImageModel, providers: Mapping[str, Provider], tally: Tally
) -> None:
    entry.allow((*OFFERING, "provider", "prices"))
    slug = entry.need("provider", str)
    if slug not in providers:
        raise entry.fault("provider", f"there is no provider “{slug}” in this file.")
    provider = providers[slug]
    wanted = _by_the_rules(
        build_row(Offering, entry, fields=OFFERING, model=model, provider=provider), entry=entry
    )
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
    for finding in check_lists([as_rate(rule) for rule in rules], place=entry.place):
        raise LoadError(str(finding))
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
    return _by_the_rules(rule, entry=entry)
