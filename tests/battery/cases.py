"""What the battery runs: every cell of the table, and faults that try to get hold of a key.

A case is a cell at one adapter, through rows and sockets: see `jobs.py` for its life.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from arena.providers.types import Outcome
from tests.providers.faults import (
    ADAPTERS,
    AUTH,
    FAILED,
    FORBIDDEN_HOST,
    MISTAKE,
    QUESTIONS,
    QUEUES,
    REDIRECTED,
    STAGES,
    WELL,
    Cell,
    list_cells,
)

KEY: Final = "canary-53a0be11c4"
KEY_VARIABLE: Final = "BATTERY_KEY"
# Stand for addresses that are known once the servers run: a host that may be reached but is not the
# provider's, and a private one that may not be.
FOREIGN, PRIVATE = "<foreign>", "<private>"


@dataclass(frozen=True)
class Case:
    """One fault at one adapter; `allow_fallback`: another provider may be asked instead."""

    name: str
    adapter: str
    cell: Cell
    allow_fallback: bool = False


def _quoting(adapter: str, status: int) -> Mapping[str, Any]:
    """An error body that quotes the key it was sent."""
    words = f"The key {KEY} was not accepted."
    if adapter in ("openai_images", "gemini"):
        return {"error": {"code": status, "message": words, "status": "UNKNOWN"}}
    return {"detail": words, "title": words, "status": status}


def _thieves() -> dict[str, tuple[str, Cell]]:
    """Faults that quote the key, or want it sent or a connection made somewhere else."""
    found: dict[str, tuple[str, Cell]] = {}
    for adapter in ADAPTERS:
        for status, expected in ((400, MISTAKE), (401, AUTH), (500, FAILED)):
            step = {"fault": "status", "status": status, "body": _quoting(adapter, status)}
            found[f"the key is quoted in a {status} / {adapter}"] = adapter, Cell((step,), expected)
        step = {"fault": "api_redirect", "to": f"{FOREIGN}/v1"}
        found[f"redirect to another host / {adapter}"] = adapter, Cell((step,), REDIRECTED)
    for adapter in QUEUES:
        step = {"fault": "ok", "elsewhere": FOREIGN}
        found[f"addresses at another host / {adapter}"] = adapter, Cell((step,), WELL)
    for adapter in ("openai_images", *QUEUES):
        options = {"response_format": "url"} if adapter == "openai_images" else {}
        for name, to, expected in (
            ("another host", f"{FOREIGN}/files/0.png", WELL),
            ("a private address", PRIVATE, FORBIDDEN_HOST),
        ):
            step = {"fault": "ok", "file": "private", "to": to}
            cell = Cell((step,), expected, options=options)
            found[f"picture at {name} / {adapter}"] = adapter, cell
    return found


def _questions() -> dict[str, tuple[str, Cell]]:
    """Faults that strike a question about a job."""
    return {
        f"asked after: {name} / {adapter} / {stage}": (
            adapter,
            Cell(({**step, "at": stage},), WELL, timing_out=name in ("silence", "drip")),
        )
        for name, (step, _outcome) in QUESTIONS.items()
        for adapter, stages in STAGES.items()
        for stage in stages
    }


def list_cases() -> dict[str, Case]:
    """Give every case by its name: "kind / adapter [/ variant]"."""
    cells = {**list_cells(), **_questions(), **_thieves()}
    return {name: Case(name, adapter, cell) for name, (adapter, cell) in cells.items()}


CASES: Final = list_cases()


def choose_cases(*, share: float, seed: int) -> list[str]:
    """Choose a share of the cases by dice, at least one of each kind; 1: all of them.

    Another seed chooses others; each adapter gets its turn at a kind.
    """
    dice = random.Random(seed)
    kinds: dict[str, list[str]] = {}
    for name in CASES:
        kinds.setdefault(name.partition(" / ")[0], []).append(name)
    chosen: list[str] = []
    for names in kinds.values():
        number = max(1, round(share * len(names)))
        chosen += dice.sample(names, number)
    return [name for name in CASES if name in chosen]


def vary(names: Iterable[str], *, seed: int) -> list[Case]:
    """Shuffle cases, and toss for each whether another provider may be asked."""
    dice = random.Random(seed)
    cases = [replace(CASES[name], allow_fallback=dice.random() < 0.5) for name in names]
    dice.shuffle(cases)
    return cases


def is_uncertain(cell: Cell) -> bool:
    """Tell whether nobody can know what the call was charged."""
    return cell.expected.billed is None and cell.expected.outcome is not Outcome.OK


ROUNDS = int(os.environ.get("BATTERY_ROUNDS", "1"))
SEED = int(os.environ.get("BATTERY_SEED", "0"))
SHARE = float(os.environ.get("BATTERY_SHARE", "0.25"))
THREADS = int(os.environ.get("BATTERY_THREADS", "8"))
