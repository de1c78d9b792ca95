"""How a value is written into a cell of a file and read back: strictly, and so that nothing changes on the way.

Spreadsheets are kept in mind (numbers lose zeros, lines end otherwise), and so is JSON (lists stay lists).
Each `clean` raises ValueError with a sentence for whoever made the file.
"""

import json
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from import_export.widgets import ManyToManyWidget, Widget

from arena.catalog.flags import UNKEEPABLE_WORDS, holds_unkeepable
from arena.catalog.keys import is_variable_name

BETWEEN = "|"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
WHOLE = re.compile(r"-?\d{1,12}(\.0+)?", re.ASCII)
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"no", "false", "0"})
# Beyond this many digits before or after the point no field of ours holds a number.
MOST_DIGITS = 15
LONGEST_NUMBER = 30
DEEPEST = 12
CONCEALED = "(no name of a variable: not shown)"


class Text(Widget):
    """Words as they are; lines end with a line feed, whatever wrote the file."""

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise ValueError("must be a text.")
        return value.replace("\r\n", "\n")

    def render(self, value: Any, obj: Any = None, **_: Any) -> Any:
        return "" if value is None else str(value).replace("\r\n", "\n")


class KeyName(Text):
    """The name of the variable that holds a key. What might be a key itself is never written anywhere."""

    def render(self, value: Any, obj: Any = None, **_: Any) -> Any:
        return value if not value or is_variable_name(value) else CONCEALED


class Whole(Widget):
    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
            return int(value.strip().partition(".")[0])
        if type(value) is int:
            return value
        raise ValueError("must be a whole number.")

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        return value if native else "" if value is None else str(value)


class Number(Widget):
    """A decimal number, in JSON a text, without trailing zeros: 0.080000 and 0.08 are the same."""

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None or value == "":
            return None
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise InvalidOperation
            number = Decimal(str(value).strip())
            if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
                raise InvalidOperation
        except InvalidOperation:
            raise ValueError("must be a decimal number such as 0.04.") from None
        return number

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        if value is None:
            return None if native else ""
        return f"{Decimal(value).normalize():f}"


class Day(Widget):
    def clean(self, value: Any, row: Any = None, **_: Any) -> date | None:
        if value is None or value == "":
            return None
        try:
            if not isinstance(value, str) or not DAY.fullmatch(value.strip()):
                raise ValueError
            return date.fromisoformat(value.strip())
        except ValueError:
            raise ValueError("must be a day such as 2026-11-22.") from None

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        if value is None:
            return None if native else ""
        return value.isoformat()


class YesNo(Widget):
    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None or value == "" or isinstance(value, bool):
            return None if value == "" else value
        words = value.strip().casefold() if isinstance(value, str) else ""
        if words not in YES | NO:
            raise ValueError("must be yes or no.")
        return words in YES

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        if native:
            return value
        return "" if value is None else "yes" if value else "no"


class Words(Widget):
    """A list of words: "one | two"; where a word holds a bar, or begins like a list, as JSON."""

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None:
            return []
        if isinstance(value, str):
            value = value.strip()
            if value.startswith("["):
                value = read_json(value)
            else:
                value = [word.strip() for word in value.split(BETWEEN)] if value else []
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise ValueError(f"must be a list of words, with {BETWEEN} between them.")
        return value

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        words = list(value or [])
        if native:
            return words
        plain = all(
            word and word == word.strip() and BETWEEN not in word and not word.startswith("[")
            for word in words
        )
        return f" {BETWEEN} ".join(words) if plain else json.dumps(words, ensure_ascii=False)


class Flags(Widget):
    """An object of JSON, such as the flags of a dialect; its keys in order, since the database keeps none."""

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            value = read_json(value)
        if not isinstance(value, dict) or depth_of(value) > DEEPEST:
            raise ValueError('must be an object of JSON such as {"seed": true}.')
        return value

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        if native:
            return value or {}
        return json.dumps(value or {}, ensure_ascii=False, sort_keys=True)


class Named(Widget):
    """Another row by its slug. What was found is kept: a sheet, and so its cells, serves one import."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__()
        self.model = model
        self.known: dict[str, models.Model] = {}
        self.kind = str(model._meta.verbose_name)

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        return self.find(value)

    def find(self, slug: Any) -> models.Model:
        if not isinstance(slug, str) or not slug.strip():
            raise ValueError(f"must name a {self.kind} by its address (slug).")
        slug = slug.strip()
        if slug not in self.known:
            found = self.model._default_manager.filter(slug=slug).first()
            if found is None:
                raise ValueError(f"There is no {self.kind} “{slug[:80]}”.")
            self.known[slug] = found
        return self.known[slug]

    def render(self, value: Any, obj: Any = None, **_: Any) -> Any:
        return "" if value is None else value.slug


class NamedMany(ManyToManyWidget):
    """Other rows by their slugs; the library treats this kind apart, by its class."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(model, field="slug")
        self.one = Named(model)

    def clean(self, value: Any, row: Any = None, **_: Any) -> Any:
        return [self.one.find(slug) for slug in dict.fromkeys(Words().clean(value))]

    def render(self, value: Any, obj: Any = None, *, native: bool = False, **_: Any) -> Any:
        slugs = [] if value is None else sorted(one.slug for one in value.all())
        return Words().render(slugs, native=native)


def cell_of(field: Any) -> type[Widget]:
    """Choose the cell for a field of a model."""
    for kind, cell in CELLS:
        if isinstance(field, kind):
            return cell
    raise TypeError(f"No cell for {field!r}.")


CELLS: tuple[tuple[type, type[Widget]], ...] = (
    (models.BooleanField, YesNo),
    (models.DecimalField, Number),
    (models.IntegerField, Whole),
    (models.DateField, Day),
    (ArrayField, Words),
    (models.JSONField, Flags),
    (models.CharField, Text),
    (models.TextField, Text),
)


def read_json(text: str) -> Any:
    """Parse JSON as the standard has it, every name once; raises ValueError with a sentence.

    What PostgreSQL cannot keep is refused here, since an escape such as \\u0000 hides it from whoever looks
    at the text.
    """
    value = parse_json(text)
    if holds_unkeepable(value):
        raise ValueError(f"holds {UNKEEPABLE_WORDS}.")
    return value


def parse_json(text: str) -> Any:
    """Parse JSON like `read_json`, whatever characters it holds: a file says of each entry what is wrong."""
    try:
        return json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_int=_read_whole,
            parse_float=_read_float,
            object_pairs_hook=_keep_all,
        )
    except RecursionError:
        raise ValueError("is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"is no JSON: {error.msg}, line {error.lineno}, column {error.colno}."
        ) from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"holds {name}, which is no number of JSON.")


def _read_whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("holds a number that is too long.")
    return int(digits)


def _read_float(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError("holds a number that is too large.")
    return number


def _keep_all(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("holds a name twice in one object.")
    return found


def depth_of(value: Any) -> int:
    """Count how deeply lists and objects are nested, without recursion."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        if isinstance(one, dict | list):
            deepest = max(deepest, depth)
            inner = one.values() if isinstance(one, dict) else one
            waiting += [(item, depth + 1) for item in inner]
    return deepest
