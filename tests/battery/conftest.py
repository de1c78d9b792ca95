"""One database and one foreign host for all cases; they run side by side before their tests look."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from arena.generation import calls
from tests.fake_pictures import make_png
from tests.fake_providers import FakeProviders

from .cases import KEY, KEY_VARIABLE, ROUNDS, SEED, THREADS, Case, vary
from .jobs import Finding, Foreign, open_impatiently, run_case

Findings = dict[str, list[tuple[Case, Finding]]]


class Lines(logging.Handler):
    """Everything that anybody logs."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


class Door:
    """A private address that counts who knocks."""

    def __init__(self) -> None:
        self.knocks = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._socket.getsockname()[1]}/latest/meta-data"
        self._thread = threading.Thread(target=self._listen, name="door")
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.knocks += 1
            line.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect every line that is logged meanwhile, at any level."""
    handler, root = Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@contextmanager
def arena_for_cases(folder: Any) -> Iterator[Foreign]:
    """Set keys, addresses, caps and speeds as the cases need them, and remove their rows afterwards."""
    with (
        pytest.MonkeyPatch.context() as patch,
        FakeProviders() as stranger,
        closing(Door()) as door,
        override_settings(
            MEDIA_ROOT=folder / "media",
            DAILY_SPENDING_CAP=1_000_000,
            KEY_HOSTS={KEY_VARIABLE: ("127.0.0.1", "nowhere.invalid")},
        ),
    ):
        stranger.keep_file(make_png("elsewhere"))
        foreign = Foreign(stranger, door.url)
        patch.setenv(KEY_VARIABLE, KEY)
        patch.setattr(calls, "POLL_EVERY", 0.05)
        patch.setattr(calls, "POLL_SLOWEST", 0.05)
        patch.setattr(calls, "QUEUE_DEADLINE", 12.0)
        patch.setattr(calls, "open_endpoint", open_impatiently(foreign))
        try:
            yield foreign
            assert door.knocks == 0, "somebody called at a private address"
            look_for_key(stranger)
        finally:
            call_command("flush", interactive=False, verbosity=0)


def look_for_key(stranger: FakeProviders) -> None:
    """The key is in no row of any table, and was sent to no stranger."""
    for request in stranger.requests:
        told = f"{request.path} {dict(request.headers)} {request.body!r}"
        assert KEY not in told, "the key was sent to a stranger"
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'select row::text from "{table}" row where row::text like %s', [f"%{KEY}%"]
            )
            assert cursor.fetchall() == [], f"the key is in {table}"


@pytest.fixture(scope="module")
def findings(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Findings]:
    """Run the cases of the tests that were chosen, side by side, and hand out what was seen."""
    wanted = [
        item.callspec.params["name"]
        for item in request.session.items
        if item.path == request.path and "name" in getattr(item, "callspec", request).params
    ]
    found: Findings = {name: [] for name in wanted}
    folder = tmp_path_factory.mktemp("battery")
    with (
        django_db_blocker.unblock(),
        listening() as lines,
        arena_for_cases(folder) as foreign,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        for number in range(ROUNDS):
            cases = vary(wanted, seed=SEED + number)
            running = [(case, pool.submit(run_case, case, foreign)) for case in cases]
            for case, future in running:
                found[case.name].append((case, future.result(timeout=240)))
    assert not [line for line in lines if KEY in line], "the key was logged"
    yield found
