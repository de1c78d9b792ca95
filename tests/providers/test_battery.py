"""The battery against the provider layer: every cell of the table, over a real socket.

BATTERY_ROUNDS (1) runs the whole table so many times in another order, BATTERY_SEED (0) chooses the
orders, BATTERY_THREADS (8) how many cells run side by side.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from arena.pictures.intake import PictureError, read_picture
from arena.providers.dialects import DIALECTS
from arena.providers.http import Client, open_client
from arena.providers.types import Done, Endpoint, Outcome, Pending, PictureRequest, ProviderError
from tests.fake_providers import FakeProviders
from tests.providers.faults import (
    ADAPTERS,
    QUESTIONS,
    REMOTE_IDS,
    STAGES,
    TABLE,
    Cell,
    Expected,
    NotMet,
    list_cells,
    open_place,
)

KEY = "canary-8d1e77aa"
ROUNDS = int(os.environ.get("BATTERY_ROUNDS", "1"))
SEED = int(os.environ.get("BATTERY_SEED", "0"))
THREADS = int(os.environ.get("BATTERY_THREADS", "8"))
POLLS = 12
PATIENCE = 25.0  # seconds; long, so that a busy machine is no fault
CELLS = list_cells()
QUESTION_CELLS = {
    f"{name} / {adapter} / {stage}": (adapter, stage, name)
    for name in QUESTIONS
    for adapter, stages in STAGES.items()
    for stage in stages
}


@dataclass
class Finding:
    """What came of one cell."""

    done: Done | None = None
    error: ProviderError | None = None
    still_pending: bool = False
    bill: int = 0
    charged: bool = False
    posts: int = 0
    seconds: float = 0.0
    sibling: Done | None = None
    hiccups: list[ProviderError] = field(default_factory=list)


def ask_for(adapter: str) -> PictureRequest:
    return PictureRequest("text-to-image", REMOTE_IDS[adapter], "A red cube", 256, 256)


def follow(adapter: str, endpoint: Endpoint, *, client: Client, finding: Finding) -> Done | Pending:
    """Submit, and poll a bounded number of times; questions that fail are asked again."""
    answer = DIALECTS[adapter].submit(ask_for(adapter), endpoint, client=client)
    for _ in range(POLLS):
        if isinstance(answer, Done):
            break
        try:
            answer = DIALECTS[adapter].poll(answer, endpoint, client=client)
        except ProviderError as error:
            if not error.still_pending:
                raise
            finding.hiccups.append(error)
            # Whatever was short enough to see the fault is long enough now.
            endpoint = replace(endpoint, deadline_seconds=PATIENCE)
    return answer


def run_cell(adapter: str, cell: Cell, *, client: Client) -> Finding:
    finding = Finding()
    with (
        FakeProviders(key=KEY) as fake,
        open_place(cell.place, fake, adapter=adapter) as base_url,
    ):
        fake.script(cell.steps)
        endpoint = Endpoint(
            base_url=base_url,
            key=KEY,
            private_hosts=(fake.host, urlsplit(base_url).netloc),
            options=cell.options,
            deadline_seconds=0.8 if cell.timing_out else PATIENCE,
            connect_seconds=0.3 if cell.timing_out else PATIENCE,
            max_bytes=2_000_000,
        )
        started = time.monotonic()
        try:
            answer = follow(adapter, endpoint, client=client, finding=finding)
            finding.done = answer if isinstance(answer, Done) else None
            finding.still_pending = isinstance(answer, Pending)
        except ProviderError as error:
            finding.error = error
        finding.seconds = time.monotonic() - started
        finding.bill, finding.charged = fake.bill, fake.charged
        finding.posts = len([sent for sent in fake.posts if not sent.path.endswith("/cancel")])
        fake.script([])
        calm = replace(endpoint, base_url=fake.base_url_of(adapter), deadline_seconds=PATIENCE)
        sibling = follow(adapter, calm, client=client, finding=Finding())
        finding.sibling = sibling if isinstance(sibling, Done) else None
    return finding


def run_question(adapter: str, stage: str, name: str, *, client: Client) -> Finding:
    step, _outcome = QUESTIONS[name]
    slow = name in ("silence", "drip")
    cell = Cell(({**step, "at": stage},), WELL, timing_out=slow)
    return run_cell(adapter, cell, client=client)


WELL = Expected(Outcome.OK, billed=True)
Findings = dict[str, list[Finding]]


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def findings(request: pytest.FixtureRequest) -> Iterator[Findings]:
    """Run the cells of the tests that were chosen, side by side, and hand out what came of them."""
    wanted = {
        item.callspec.params["name"]
        for item in request.session.items
        if hasattr(item, "callspec") and "name" in item.callspec.params
    }
    jobs: list[tuple[str, Any]] = [(n, (run_cell, *CELLS[n])) for n in CELLS if n in wanted]
    jobs += [(n, (run_question, *QUESTION_CELLS[n])) for n in QUESTION_CELLS if n in wanted]
    found: Findings = {name: [] for name, _job in jobs}
    lines = _Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        with ThreadPoolExecutor(THREADS) as pool, open_client() as client:
            for number in range(ROUNDS):
                random.Random(SEED + number).shuffle(jobs)
                running = [(name, pool.submit(*job, client=client)) for name, job in jobs]
                for name, future in running:
                    found[name].append(future.result(timeout=120))
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    assert not [line for line in lines.lines if KEY in line], "a key was logged"
    yield found


def test_table_has_a_word_on_each_of_192_cells():
    assert len(TABLE) == 48
    assert [kind[:2] for kind in TABLE] == [f"{number:02}" for number in range(1, 49)]
    entries = [entry for row in TABLE.values() for entry in row.values()]
    assert all(tuple(row) == ADAPTERS for row in TABLE.values())
    assert len(entries) == 192
    unmet = [entry for entry in entries if isinstance(entry, NotMet)]
    assert all(entry.reason for entry in unmet)
    assert len(unmet) == 3, "URLs at gemini, jobs at the two that answer at once"


@pytest.mark.parametrize("name", CELLS)
def test_cell(name: str, findings: Findings) -> None:
    expected = CELLS[name][1].expected
    for finding in findings[name]:
        check(finding, expected)


def check(finding: Finding, expected: Expected) -> None:
    error = finding.error
    if expected.outcome is Outcome.OK or expected.found_by == "intake":
        assert error is None, error
        assert finding.done is not None
        check_picture(finding.done, expected)
    elif expected.found_by == "caller":
        assert finding.still_pending
    else:
        assert error is not None, "there must be a failure, with a name"
        told = (error.outcome, error.retryable, error.fallback, error.billed)
        assert told == (
            expected.outcome, expected.retryable, expected.fallback, expected.billed,
        ), error  # fmt: skip
        check_wait(error, expected)
        assert not error.still_pending
        assert error.timing is not None
        assert error.usage is not None or not error.billed, "what is charged must be told"
        assert 20 < len(error.message) < 700
        assert KEY not in f"{error} {error!r} {error.__cause__!r}"
    if expected.billed is not None:
        assert finding.charged is expected.billed, f"the bill is {finding.bill}"
    assert finding.posts <= 1, "a picture is never asked for twice"
    assert finding.seconds < 2 * PATIENCE
    assert finding.sibling is not None, "the next call is unharmed"


def check_picture(done: Done, expected: Expected) -> None:
    assert done.usage.images == expected.images
    if expected.found_by == "intake":
        with pytest.raises(PictureError):
            read_picture(done.data)
    else:
        assert read_picture(done.data).size == (256, 256)


def check_wait(error: ProviderError, expected: Expected) -> None:
    if expected.wait is None:
        assert error.retry_after_seconds is None
    else:
        least, most = expected.wait
        assert error.retry_after_seconds is not None
        assert least <= error.retry_after_seconds <= most


@pytest.mark.parametrize("name", QUESTION_CELLS)
def test_question(name: str, findings: Findings) -> None:
    _step, outcome = QUESTIONS[QUESTION_CELLS[name][2]]
    for finding in findings[name]:
        check(finding, WELL)
        assert [error.outcome for error in finding.hiccups] == [outcome]
        assert all(error.billed is None for error in finding.hiccups)
        assert finding.bill == 1
