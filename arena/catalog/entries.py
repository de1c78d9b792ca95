"""Reads the entries of a fixture file into unsaved rows; errors say where the fault is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)

# Two loads at the same time would both find the same rows missing; the second waits for the first.
LOADING = 0x5041_5241

# Django's fields convert gladly (a list becomes its repr, 1.9 becomes 1): a file must mean it.
KINDS: tuple[tuple["type[models.Field[Any, Any]]", type, str], ...] = (
    (models.BooleanField, bool, "true or false"),
    (models.IntegerField, int, "a whole number"),
    (models.DecimalField, str, "a decimal number in quotes"),
    (models.DateField, str, "a date in quotes, like 2026-11-22"),
    (models.CharField, str, "a text in quotes"),
    (models.TextField, str, "a text in quotes"),
    (ArrayField, list, "a list"),
    (models.JSONField, dict, "an object"),
)


class LoadError(Exception):
    """A fixture file cannot be loaded; the message names the file, the entry and the field."""


@dataclass(frozen=True)
class Counts:
    """How many rows a load created and how many it found and left alone, by plural name."""

    created: Mapping[str, int]
    kept: Mapping[str, int]


@dataclass(frozen=True)
class Entry:
    """One object of a fixture file, and the words that lead a reader to it."""

    place: str
    values: Mapping[str, Any]

    def fault(self, field: str, sentence: str) -> LoadError:
        """Make the error for one field of this entry."""
        return LoadError(f"{self.place}, {field}: {sentence}")

    def need(self, field: str, kind: type) -> Any:
        """Return a value that must be there and of this type, or raise LoadError."""
        if field not in self.values:
            raise self.fault(field, "is missing.")
        if type(self.values[field]) is not kind:
            raise self.fault(field, f"must be {NAMES[kind]}.")
        return self.values[field]

    def allow(self, fields: Iterable[str]) -> None:
        """Raise LoadError for a field that nobody would read: it is a misspelled one."""
        for field in self.values:
            if field not in set(fields):
                raise self.fault(field, "is no field of such an entry.")

    def entries(self, section: str, *, name: str = "slug") -> list["Entry"]:
        """Return the objects of a list, each placed by its number and its `name`."""
        found = []
        for number, values in enumerate(self.need(section, list)):
            place = f"{self.place}, {section}[{number}]"
            if not isinstance(values, dict):
                raise LoadError(f"{place}: must be an object.")
            title = values.get(name)
            found.append(Entry(place=f"{place} ({title})" if title else place, values=values))
        return found


NAMES = {list: "a list", dict: "an object", str: "a text in quotes", int: "a whole number"}


class Tally:
    """Counts created and kept rows while a load runs."""

    def __init__(self) -> None:
        self.created: dict[str, int] = {}
        self.kept: dict[str, int] = {}

    def add(self, name: str, *, created: bool, number: int = 1) -> None:
        """Count rows under their plural name, which appears on both sides."""
        self.created[name] = self.created.get(name, 0) + (number if created else 0)
        self.kept[name] = self.kept.get(name, 0) + (0 if created else number)

    def counts(self) -> Counts:
        """Return what was counted so far."""
        return Counts(created=dict(self.created), kept=dict(self.kept))


def read_file(data: object, *, name: str, sections: Iterable[str]) -> Entry:
    """Return a whole fixture file as one entry; raises LoadError where it has other sections."""
    if not isinstance(data, dict):
        raise LoadError(f"{name}: must be an object.")
    whole = Entry(place=name, values=data)
    whole.allow(sections)
    return whole


def build_row(model: type[Row], entry: Entry, /, *, fields: Iterable[str], **given: Any) -> Row:
    """Make an unsaved row from the entry's values of `fields` and the `given` ones.

    Values are checked by the model's own fields. Raises LoadError for the first missing or bad one.
    """
    row = model(**given)
    for name in fields:
        field = model._meta.get_field(name)
        assert isinstance(field, models.Field)  # noqa: S101 - narrows the type; `fields` are columns
        if name in entry.values:
            setattr(row, name, _clean(field, entry=entry, row=row))
        elif not field.blank and not field.has_default():
            raise entry.fault(name, "is missing.")
    return row


def index_rows(rows: Iterable[tuple[Entry, Row]], *, key: str = "slug") -> dict[str, Row]:
    """Return rows by their key; raises LoadError where two entries share one."""
    found: dict[str, Row] = {}
    for entry, row in rows:
        value = getattr(row, key)
        if value in found:
            raise entry.fault(key, f"“{value}” is there twice.")
        found[value] = row
    return found


def save_missing(wanted: Mapping[str, Row], *, model: type[Row], tally: Tally) -> dict[str, Row]:
    """Save the rows whose slug no row has yet, and return the stored rows of all wanted slugs."""
    name = str(model._meta.verbose_name_plural)
    stored = {
        str(getattr(row, "slug", "")): row
        for row in model._default_manager.filter(slug__in=list(wanted))
    }
    tally.add(name, created=False, number=len(stored))
    for slug, row in wanted.items():
        if slug not in stored:
            row.save()
            stored[slug] = row
            tally.add(name, created=True)
    return stored


def wait_for_other_loads() -> None:
    """Hold every other load back until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])


def _clean(field: "models.Field[Any, Any]", *, entry: Entry, row: models.Model) -> Any:
    value = entry.values[field.name]
    if value is None and field.null:
        return None
    for kind, wanted, words in KINDS:
        if isinstance(field, kind) and type(value) is not wanted:
            raise entry.fault(field.name, f"must be {words}.")
    try:
        return field.clean(value, row)
    except ValidationError as error:
        raise entry.fault(field.name, " ".join(error.messages)) from error
    except (TypeError, ValueError) as error:
        raise entry.fault(field.name, f"holds something of the wrong kind ({error}).") from error
