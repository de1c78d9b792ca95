"""Files of rows: CSV for spreadsheets, JSON for machines; read within limits and with sentences for faults."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from arena.catalog.flags import UNKEEPABLE, UNKEEPABLE_WORDS, holds_unkeepable

from .cells import DEEPEST, depth_of, parse_json
from .kinds import EXPORTED, IMPORTED, TOLD
from .sheets import Sheet

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 2000
DELIMITERS = (",", ";", "\t")
# A spreadsheet takes such a cell for a formula; a quote before it makes it words, and is taken off again.
FORMULA = frozenset("=+-@\t\r＝＋－＠")
QUOTE = "'"


class FileFault(Exception):
    """A file cannot be read; the message says why, for whoever brought it."""


@dataclass(frozen=True)
class Parcel:
    """The rows of a file by kind, each with its number: the line of a CSV file, the entry of a JSON list."""

    name: str
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    by_line: bool = False

    def __len__(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


# Writing ------------------------------------------------------------------------------------------


def write_csv(kind: str) -> bytes:
    """Write all rows of a kind as CSV that spreadsheets open rightly: UTF-8 with a mark, formulas quoted."""
    dataset = EXPORTED[kind]().export()
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(dataset.headers)
    for row in dataset:
        writer.writerow([quote_formula(str(cell)) for cell in row])
    return file.getvalue().encode("utf-8-sig")


def write_json(kinds: Iterable[str]) -> bytes:
    """Write all rows of some kinds as one JSON object of lists."""
    found = {}
    for kind in kinds:
        dataset = EXPORTED[kind]().export(native=True)
        found[kind] = [dict(zip(dataset.headers, row, strict=True)) for row in dataset]
    return (json.dumps(found, ensure_ascii=False, indent=1) + "\n").encode()


def quote_formula(cell: str) -> str:
    """Put a quote before what a spreadsheet would run, and before what `unquote_formula` would mistake for it."""
    return QUOTE + cell if cell[:1] in FORMULA or _is_quoted(cell) else cell


def unquote_formula(cell: str) -> str:
    """Take the quote off that `quote_formula` put there."""
    return cell[1:] if _is_quoted(cell) else cell


def _is_quoted(cell: str) -> bool:
    return cell[:1] == QUOTE and (cell[1:2] in FORMULA or cell[1:2] == QUOTE)


# Reading ------------------------------------------------------------------------------------------


def read_parcel(data: bytes, *, name: str, kind: str) -> Parcel:
    """Read a file by what it holds: JSON where it begins like it, else CSV of the chosen `kind` ("": none).

    Raises FileFault.
    """
    if len(data) > MOST_BYTES:
        raise FileFault(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileFault(
            f"Line {line} is not UTF-8. Save the file as “CSV UTF-8”, or as JSON."
        ) from None
    if unkeepable := UNKEEPABLE.search(text):
        line = text.count("\n", 0, unkeepable.start()) + 1
        raise FileFault(f"Line {line} holds {UNKEEPABLE_WORDS}.")
    if not text.strip():
        raise FileFault("The file is empty.")
    if text.lstrip()[0] in "{[":
        rows = _read_json(text, kind=kind)
        return Parcel(name=name, rows=rows)
    if kind not in IMPORTED:
        raise FileFault("Say which rows the file holds: only JSON tells it by itself.")
    return Parcel(name=name, rows={kind: _read_csv(text, sheet=IMPORTED[kind])}, by_line=True)


def _read_csv(text: str, *, sheet: type[Sheet]) -> list[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text), strict=True)
    found: list[tuple[int, dict[str, Any]]] = []
    try:
        columns = [column.strip() for column in next(reader)]
        _check_columns(columns, sheet=sheet, place="The heading")
        line = reader.line_num + 1
        for cells in reader:
            if any(cells):
                if len(cells) != len(columns):
                    raise FileFault(
                        f"Line {line} has {len(cells)} cells, the heading {len(columns)} columns."
                    )
                cleaned = map(unquote_formula, cells)
                found.append((line, dict(zip(columns, cleaned, strict=True))))
            if len(found) > MOST_ROWS:
                raise FileFault(f"The file has more than {MOST_ROWS} rows. Split it.")
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileFault(f"Line {reader.line_num} is no CSV: {error}.") from None
    return found


def _delimiter_of(text: str) -> str:
    """Spreadsheets write what their country is used to; no name of a column holds any of them."""
    heading = text.lstrip("\r\n").partition("\n")[0]
    return max(DELIMITERS, key=heading.count)


def _check_columns(columns: list[str], *, sheet: type[Sheet], place: str) -> None:
    known = sheet.columns()
    if twice := sorted({column for column in columns if columns.count(column) > 1}):
        raise FileFault(f"{place} has a column twice: {_some(twice)}.")
    if strange := [column for column in columns if column not in known]:
        raise FileFault(
            f"{place} has columns that {sheet.title.lower()} do not have: {_some(strange)}. "
            f"They have: {', '.join(known)}."
        )
    if missing := [column for column in sheet.keys() if column not in columns]:  # noqa: SIM118
        raise FileFault(
            f"{place} lacks {', '.join(missing)}: by them {sheet.title.lower()} are told apart."
        )


def _some(names: list[str]) -> str:
    shown = [f"“{name[:40]}”" for name in names[:5]]
    return ", ".join(shown) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _read_json(text: str, *, kind: str) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    try:
        data = parse_json(text)
    except ValueError as fault:
        raise FileFault(f"The file {fault}") from None
    if isinstance(data, list):
        if kind not in IMPORTED:
            raise FileFault("Say which rows the list holds, or name them in the file.")
        data = {kind: data}
    if depth_of(data) > DEEPEST:
        raise FileFault("The file is nested too deeply.")
    if holds_unkeepable([*data]):
        raise FileFault(f"The file holds {UNKEEPABLE_WORDS}.")
    if strange := [name for name in data if name not in IMPORTED | TOLD]:
        raise FileFault(
            f"The file has lists that nobody reads: {_some(strange)}. Known: {', '.join(IMPORTED)}."
        )
    entries = {name: data[name] for name in IMPORTED if name in data}
    if wrong := [name for name, found in entries.items() if not isinstance(found, list)]:
        raise FileFault(f"“{wrong[0]}” must be a list.")
    if sum(len(found) for found in entries.values()) > MOST_ROWS:
        raise FileFault(f"The file has more than {MOST_ROWS} rows. Split it.")
    return {name: list(_read_entries(found, name=name)) for name, found in entries.items()}


def _read_entries(found: list[Any], *, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, entry in enumerate(found, start=1):
        place = f"{name}, entry {number},"
        if not isinstance(entry, dict):
            raise FileFault(f"{place} must be an object.")
        if holds_unkeepable(entry):
            raise FileFault(f"{place} holds {UNKEEPABLE_WORDS}.")
        _check_columns(list(entry), sheet=IMPORTED[name], place=place)
        yield number, entry
