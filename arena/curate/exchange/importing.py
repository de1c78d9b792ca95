"""An import: what it would do, doing just that, and taking it back."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils import timezone
from import_export.results import RowResult
from tablib import Dataset

from arena.catalog.editing import list_faults, refuse_new_faults
from arena.catalog.entries import wait_for_other_loads
from arena.catalog.models import PriceRule
from arena.challenges.history import note_action
from arena.challenges.models import HistoryLine

from .cells import Day
from .files import Parcel
from .kinds import IMPORTED
from .sheets import Change, Sheet

WHAT = {
    RowResult.IMPORT_TYPE_NEW: "new",
    RowResult.IMPORT_TYPE_UPDATE: "changed",
    RowResult.IMPORT_TYPE_SKIP: "same",
}
# An import that changes more than this many characters is too large for its line of history.
MOST_UNDO = 200_000
RULES = "price-rules"
BEGUN = (
    "Cannot be taken back: a price list of it holds already in place of a former one, and calls go by it. "
    "Add another list."
)
TOO_MUCH = "Cannot be taken back by a press: it changed too much. Import a former export."
NO_WAY_BACK = (
    "Cannot be taken back: new rows stay. Switch off what must not be asked, retire models, archive "
    "drafts."
)


class ImportRefused(Exception):
    """Nothing was written; the message says why."""


@dataclass(frozen=True)
class Line:
    """What an import does with one row: "new", "changed" (field by field), "same" or "faulty" (why)."""

    kind: str
    number: int
    name: str
    what: str
    changes: tuple[Change, ...] = ()
    fault: str = ""
    # The cells that name the row.
    key: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Every row of a file and what becomes of it."""

    lines: tuple[Line, ...]

    def of(self, what: str) -> list[Line]:
        return [line for line in self.lines if line.what == what]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(line.what for line in self.lines)
        return {what: found[what] for what in ("new", "changed", "same", "faulty")}

    @property
    def digest(self) -> str:
        """Name this outcome, so that a later run can tell whether it would do the same."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()


def preview_import(parcel: Parcel) -> Outcome:
    """Tell what importing a parcel would do; everything is tried and rolled back."""
    with transaction.atomic():
        wait_for_other_loads()
        outcome = _run(parcel.rows)
        transaction.set_rollback(True)
    return outcome


@transaction.atomic
def take_in(parcel: Parcel, *, digest: str, by: User) -> tuple[Outcome, HistoryLine]:
    """Import what was previewed, in one transaction, with its line of history.

    Other imports wait meanwhile, and so does whoever writes the same rows. Raises ImportRefused, and writes
    nothing, where a row is faulty, where nothing would change, or where the rows have changed since the
    preview (`digest`).
    """
    wait_for_other_loads()
    outcome = _run(parcel.rows)
    counts = outcome.counts
    if outcome.digest != digest:
        raise ImportRefused(
            "The rows have changed since the preview, so the file would do something else now. "
            "Nothing was written: upload it again and look."
        )
    if counts["faulty"]:
        raise ImportRefused("Faulty rows are never taken in. Nothing was written.")
    if not counts["new"] + counts["changed"]:
        raise ImportRefused("There is nothing to change.")
    return outcome, _note(outcome, parcel=parcel, by=by)


def take_back_import(undo: Mapping[str, Any]) -> None:
    """Set the former values of an import again, and take away its price rules that have not begun.

    What else it added stays. Call it in a transaction. Raises ValidationError where what it changed or would
    take away was changed since, or where the former values are refused today (a price list that has begun,
    say).
    """
    wait_for_other_loads()
    today = timezone.now().date()
    added = _added_rules(undo)
    if begun := _places(key for key, rule in added if rule.valid_from <= today) & _places(
        key for key, _ in undo["rows"].get(RULES, ())
    ):
        model, provider = min(begun)
        raise ValidationError(
            f"{model} at {provider}: the price list of this import has begun, and calls go by it. "
            "Add another list."
        )
    now = _run(_rows_of(undo, index=1))
    if moved := [line for line in now.lines if line.what != "same"]:
        raise ValidationError(f"{moved[0].name} has been changed since; set it by hand.")
    planned = [rule for _, rule in added if rule.valid_from > today]
    offerings = {rule.offering_id: rule.offering for rule in planned}
    known = {pk: list_faults(offering) for pk, offering in offerings.items()}
    PriceRule.objects.filter(pk__in=[rule.pk for rule in planned]).delete()
    then = _run(_rows_of(undo, index=0))
    if faulty := then.of("faulty"):
        raise ValidationError(f"{faulty[0].name}: {faulty[0].fault}")
    for pk, offering in offerings.items():
        refuse_new_faults(offering, known=known[pk])


def _added_rules(undo: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], PriceRule]]:
    """Find the price rules that an import planned, each with the cells that name it; holds their offerings.

    Raises ValidationError where one is not there, or is not as it was added.
    """
    rows = [{**key, **values} for key, values in undo.get("added", ())]
    if not rows:
        return []
    lines = _run({RULES: list(enumerate(rows, start=1))}).lines
    if moved := [line for line in lines if line.what != "same"]:
        raise ValidationError(f"{moved[0].name} has been changed since; take it away by hand.")
    return [(row, _find_rule(row)) for row in rows]


def _find_rule(row: Mapping[str, Any]) -> PriceRule:
    sheet = IMPORTED[RULES]()
    named = {
        sheet.fields[name].attribute: sheet.fields[name].clean(row)
        for name in sheet._meta.import_id_fields
    }
    return PriceRule.objects.select_related("offering__model", "offering__provider").get(**named)


def _places(keys: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
    """Name the offerings that rules belong to, by model and provider."""
    return {(str(key["model"]).strip(), str(key["provider"]).strip()) for key in keys}


def _run(rows: Mapping[str, Sequence[tuple[int, dict[str, Any]]]]) -> Outcome:
    """Import all kinds, the needed ones first, in the transaction that is under way."""
    lines: list[Line] = []
    for kind in IMPORTED:
        if kind in rows:
            lines += _run_kind(kind, rows[kind])
    return Outcome(tuple(lines))


def _run_kind(kind: str, rows: Sequence[tuple[int, dict[str, Any]]]) -> list[Line]:
    sheet = IMPORTED[kind]()
    lines: list[Line] = []
    # The library's tables are rectangular: neighbours with the same columns make one.
    for columns, some in groupby(rows, key=lambda row: tuple(row[1])):
        part = list(some)
        headers = [name for name in columns if name not in sheet.told_only]
        dataset = Dataset(*([row[name] for name in headers] for _, row in part), headers=headers)
        numbers = [number for number, _ in part]
        result = sheet.import_data(dataset, use_transactions=True, numbers=numbers)
        if result.base_errors:
            raise result.base_errors[0].error
        for (number, row), found in zip(part, result.rows, strict=True):
            lines.append(_line(kind, sheet, number, row, found))
    late = dict(sheet.finish())
    return [
        replace(line, what="faulty", fault=late[line.number], changes=())
        if line.number in late and line.what != "faulty"
        else line
        for line in lines
    ]


def _line(kind: str, sheet: Sheet, number: int, row: Mapping[str, Any], found: Any) -> Line:
    key = tuple((name, row[name]) for name in sheet.keys())  # noqa: SIM118 - a list of ours
    name = " · ".join(str(value) for _, value in key if value not in (None, ""))[:200]
    fault = _fault_of(found)
    if fault:
        return Line(kind, number, name, "faulty", fault=fault)
    return Line(kind, number, name, WHAT[found.import_type], tuple(found.diff or ()), key=key)


def _fault_of(found: RowResult) -> str:
    """Say in a sentence why a row cannot be taken in, or "" where it can."""
    if found.validation_error is not None:
        return " ".join(_sentences(found.validation_error))
    if found.errors:
        kind = type(found.errors[0].error).__name__
        return f"It cannot be stored ({kind}): a value does not fit its column."
    return ""


def _sentences(error: ValidationError) -> Iterator[str]:
    if not hasattr(error, "error_dict"):
        yield from error.messages
        return
    for name, messages in error.message_dict.items():
        column = name.rpartition("__")[2].replace("_", " ")
        before = "" if name == NON_FIELD_ERRORS else f"{column}: "
        yield before + " ".join(messages)


def _note(outcome: Outcome, *, parcel: Parcel, by: User) -> HistoryLine:
    counts = outcome.counts
    kinds = ", ".join(IMPORTED[kind].title.lower() for kind in parcel.rows)
    undo, way_back = _way_back(outcome)
    return note_action(
        who=by,
        said=f"Imported “{parcel.name[:80]}” ({kinds}): {counts['new']} new, {counts['changed']} changed, "
        f"{counts['same']} unchanged.",
        undo=undo,
        way_back=way_back,
    )


def _way_back(outcome: Outcome) -> tuple[dict[str, Any] | None, str]:
    """Keep what taking an import back needs, and say in a sentence what that does, or why it cannot be.

    Kept are the changed rows' names and their values before and after, and the price rules that were added
    and have not begun, all as cells say them.
    """
    today = timezone.now().date()
    rows: dict[str, list[Any]] = {}
    for line in outcome.of("changed"):
        changes = {change.field: [change.old, change.new] for change in line.changes}
        rows.setdefault(line.kind, []).append([dict(line.key), changes])
    rules = [line for line in outcome.of("new") if line.kind == RULES]
    planned = [line for line in rules if _begins(line) > today]
    begun = [dict(line.key) for line in rules if _begins(line) <= today]
    if _places(begun) & _places(key for key, _ in rows.get(RULES, ())):
        return None, BEGUN
    undo = {"do": "import", "rows": rows, "added": [_as_added(line) for line in planned]}
    if not rows and not planned:
        return None, NO_WAY_BACK
    if len(repr(undo)) > MOST_UNDO:
        return None, TOO_MUCH
    does = ["Sets the former values again"] if rows else []
    if planned:
        does.append(f"Takes the price rules that it added away ({len(planned)}), until they begin")
    if stay := outcome.counts["new"] - len(planned):
        does.append(f"the {stay} other new rows stay" if planned else f"the {stay} new rows stay")
    return undo, "; ".join([does[0], *(one[0].lower() + one[1:] for one in does[1:])]) + "."


def _begins(line: Line) -> date:
    day = Day().clean(dict(line.key)["valid_from"])
    assert day is not None  # noqa: S101 - narrows the type; the row was taken in
    return day


def _as_added(line: Line) -> list[dict[str, Any]]:
    """Keep an added row whole: a cell that it left empty must be empty still when it is taken back."""
    values = dict.fromkeys(IMPORTED[line.kind].columns(), "")
    return [dict(line.key), values | dict(line.key) | {one.field: one.new for one in line.changes}]


def _rows_of(undo: Mapping[str, Any], *, index: int) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """Make rows of the values before (0) or after (1) from what `_undo_of` kept."""
    return {
        kind: [
            (number, {**key, **{name: pair[index] for name, pair in changes.items()}})
            for number, (key, changes) in enumerate(found, start=1)
        ]
        for kind, found in undo["rows"].items()
    }
