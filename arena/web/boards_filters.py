"""What a reader asks of a board, in its address: filters hide rows, an order turns them, ranks stay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .boards_rows import Line

SHOWN = 60
# A longer board is shown whole when it is asked for, and its charts when a reader comes to them: drawn at
# once, 300 models are half a second of work and 40 kB.
MOST_ROWS = 100


class BadFilter(ValueError):
    """A filter's value that makes no sense; its text is for the reader."""


@dataclass(frozen=True)
class Order:
    """A way to sort a board: what it is called, what it goes by, and whether the largest comes first."""

    label: Promise
    key: Callable[[Line], Any]
    falling: bool = False


ORDERS: Mapping[str, Order] = {
    "rank": Order(gettext_lazy("Rank"), lambda line: line.row.rank),
    "model": Order(gettext_lazy("Model"), lambda line: line.row.name.casefold()),
    "win": Order(gettext_lazy("Win rate"), lambda line: line.row.win_percent, falling=True),
    "battles": Order(gettext_lazy("Battles"), lambda line: line.row.battles, falling=True),
    "trend": Order(gettext_lazy("30 days"), lambda line: line.facts.change, falling=True),
    "price": Order(gettext_lazy("Price"), lambda line: line.facts.price),
    "speed": Order(gettext_lazy("Seconds (p50)"), lambda line: line.facts.seconds),
    "refusals": Order(gettext_lazy("Refusals"), lambda line: line.facts.refusal_percent),
    "released": Order(
        gettext_lazy("Release date"), lambda line: line.facts.released_on, falling=True
    ),
}


@dataclass(frozen=True)
class Asked:
    """The filters of an address; empty or None: not asked. `sort` begins with a minus where it is turned."""

    population: str = ""
    category: str = ""
    challenge: str = ""
    lab: str = ""
    open: bool = False
    max_price: Decimal | None = None
    sort: str = "rank"
    all: bool = False
    charts: bool = False

    @property
    def hides(self) -> bool:
        """Whether rows can be hidden."""
        return bool(self.lab or self.open or self.max_price is not None)

    def query(self, **changes: Any) -> str:
        """Return the address' query with some values changed, "?" first; empty where nothing is asked.

        `charts` is for one answer: no other link of a page that was asked for them carries it on.
        """
        asked = replace(self, **{"charts": False, **changes})
        plain = {
            field.name: getattr(asked, field.name)
            for field in fields(asked)
            if getattr(asked, field.name) != field.default
        }
        for ticked in ("open", "all", "charts"):
            if ticked in plain:
                plain[ticked] = 1
        return f"?{urlencode(plain)}" if plain else ""


def read_filters(query: Mapping[str, str]) -> Asked:
    """Read the filters of an address; a value that cannot be meant raises BadFilter.

    Whether a population, category, challenge or lab exists is for the board to say.
    """
    if query.get("category") and query.get("challenge"):
        raise BadFilter(_("A board is of one category or of one challenge, not of both."))
    ticked = query.get("open", "")
    if ticked not in ("", "0", "1"):
        raise BadFilter(_("“open” is 1 (open weights only) or is left out."))
    sort = query.get("sort") or "rank"
    if sort.removeprefix("-") not in ORDERS:
        raise BadFilter(
            _("A board cannot be sorted by “%(what)s”; there are %(known)s.")
            % {"what": sort[:SHOWN], "known": ", ".join(ORDERS)}
        )
    return Asked(
        population=query.get("population", ""),
        category=query.get("category", ""),
        challenge=query.get("challenge", ""),
        lab=query.get("lab", ""),
        open=ticked == "1",
        max_price=_read_price(query.get("max_price", "").strip()),
        sort=sort,
        all=query.get("all") == "1",
        charts=query.get("charts") == "1",
    )


def _read_price(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        price = Decimal(text[:SHOWN])
    except InvalidOperation:
        price = Decimal("nan")
    if not price.is_finite() or not 0 <= price <= 1000 or price.as_tuple().exponent < -6:  # type: ignore[operator]
        raise BadFilter(
            _("The highest price is dollars per image, such as 0.05, not “%(what)s”.")
            % {"what": text[:SHOWN]}
        )
    return price


def choose_lines(lines: list[Line], asked: Asked) -> list[Line]:
    """Leave out what the filters hide and sort the rest; what has no value comes last either way."""
    shown = [
        line
        for line in lines
        if (not asked.lab or line.facts.lab_slug == asked.lab)
        and (not asked.open or line.facts.open_weights)
        and (
            asked.max_price is None
            or (line.facts.price is not None and line.facts.price <= asked.max_price)
        )
    ]
    order = ORDERS[asked.sort.removeprefix("-")]
    known = [line for line in shown if order.key(line) is not None]
    unknown = [line for line in shown if order.key(line) is None]
    known.sort(key=order.key, reverse=order.falling != asked.sort.startswith("-"))
    return known + unknown


def list_columns(asked: Asked, *, here: str) -> dict[str, dict[str, str]]:
    """Describe each order as a column's head: its label, the address that sorts by it, and aria-sort."""
    columns = {}
    for name, order in ORDERS.items():
        current = asked.sort.removeprefix("-") == name
        turned = asked.sort.startswith("-")
        falling = order.falling != turned
        next_sort = f"-{name}" if current and not turned else name
        columns[name] = {
            "label": str(order.label),
            "url": f"{here}{asked.query(sort=next_sort)}",
            "aria_sort": ("descending" if falling else "ascending") if current else "",
        }
    return columns
