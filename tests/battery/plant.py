"""The parts of a site that make pictures, without its pages: servers, workers, clock; all real processes.

They ask a fake provider in the test's own process, so that its bill can be compared with their ledger
at any moment, while parts are killed, paused and emptied.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from arena.generation.points import VARIABLE
from arena.ops import embedded, parts, state
from arena.ops.supervisor import Supervisor
from tests.fake_providers import FakeProviders
from tests.survival.site import inherited_environment

PRICE = Decimal("0.04")
SYNCHRONOUS, QUEUES = "openai_images", ("fal_queue", "replicate")
DIALECTS = (SYNCHRONOUS, *QUEUES)
START_SECONDS = 300
# No call is stuck for longer, in seconds of a machine that has time.
STUCK_SECONDS = 60.0
# Longer than a scheduler's slice, or the share of the machine would look like the whole.
SPIN = 0.02

SEED = """
from tests.factories import create_challenge, create_model, create_offering

create_challenge(slug="battery", canvas_width=128, canvas_height=128)
for dialect in {dialects}:
    model = create_model(slug=dialect.replace("_", "-"), api_id="lab/model", population="real")
    offering = create_offering(model=model, dialect=dialect, provider_slug=dialect, resend_safe=False)
    offering.provider.max_in_flight = 64
    offering.provider.save()
"""
SETTLE = """
from arena.generation.models import Generation
from arena.generation.moderation import settle_uncertain

for pk, charged in {decisions}:
    assert settle_uncertain(Generation.objects.get(pk=pk), charged=charged, send_again=False)
"""
LEDGER = """
select coalesce(sum(amount) filter (where kind = 'settle'), 0),
       coalesce(sum(amount) filter (where kind = 'reserve'), 0)
       - coalesce(sum(amount) filter (where kind = 'release'), 0)
from generation_ledgerentry
"""


class Plant:
    """Starts everything in its constructor; `end` stops it. `fake` keeps the bill."""

    def __init__(self, fake: FakeProviders) -> None:
        self.fake = fake
        # PostgreSQL's account must be able to enter, which pytest's own folders forbid it.
        self._folder = Path(tempfile.mkdtemp(prefix="paragone-plant-"))
        self._folder.chmod(0o711)
        self.state = self._folder / "state"
        self.points = self._folder / "die-at"
        self.points.mkdir()
        self.takes = 0
        self.said: list[str] = []
        self._stop = threading.Event()
        self.environment = {
            **inherited_environment(),
            "PARAGONE_STATE": str(self.state),
            "STUDIOS_URL": fake.origin,
            "DAILY_SPENDING_CAP": "10000",
            "WORKER_THREADS": "32",
            "DJANGO_SETTINGS_MODULE": "arena.settings",
            VARIABLE: str(self.points),
        }
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        # Children die with the thread that started them, so one thread starts, watches and stops them.
        self._thread = threading.Thread(target=self._run, name="plant")
        self._thread.start()
        self._ready.wait(START_SECONDS)
        if self._failure or not self._ready.is_set():
            self.end()
            raise AssertionError(f"the plant does not start: {self.said}") from self._failure
        self.run_python(SEED.format(dialects=DIALECTS))
        self.wait_for_pulses()

    def _run(self) -> None:
        try:
            self._start()
        except BaseException as error:
            self._failure = error
        self._ready.set()
        while self._failure is None and not self._stop.wait(0.1):
            self._supervisor.watch()
        self._supervisor.stop(hurry=lambda: True)

    def _start(self) -> None:
        with mock.patch.dict(os.environ, {"PARAGONE_STATE": str(self.state)}):
            self.state.mkdir()
            root = state.prepare()
            self.database = state.embedded_database_url()
            self.socket = state.embedded_redis_socket()
            servers = (embedded.prepare_valkey(), embedded.prepare_postgres())
        self._supervisor = Supervisor(
            logs=root / "logs",
            pids=root / "run" / "pids.json",
            say=self.said.append,
            pauses=(0.5,) * 200,
        )
        for part in servers:
            self._supervisor.start(part)
            self._supervisor.wait_until_ready(part, seconds=60, stop=self._stop.is_set)
        self.run_command("migrate", "--verbosity", "0")
        workers = parts.worker_parts(root=root, environment=self.environment)
        second = dataclasses.replace(
            workers[0],
            name="worker-2",
            command=tuple(word.replace("generate@", "generate-2@") for word in workers[0].command),
        )
        for part in (*workers, second):
            self._supervisor.start(part)

    def run_command(self, *words: str) -> str:
        """Run a management command beside the workers; return what it prints."""
        return self._run_process([sys.executable, "manage.py", *words])

    def run_python(self, code: str) -> str:
        """Run code with Django set up, beside the workers; return what it prints."""
        return self._run_process([sys.executable, "-c", f"import django\ndjango.setup()\n{code}"])

    def _run_process(self, command: list[str]) -> str:
        done = subprocess.run(
            command,
            cwd=state.checkout(),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self) -> None:
        self._stop.set()
        self._thread.join(timeout=60)
        assert not self._thread.is_alive()
        for _ in range(50):
            shutil.rmtree(self._folder, ignore_errors=True)
            if not self._folder.exists():
                return
            time.sleep(0.1)  # PostgreSQL may still write its last file

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def logs(self) -> str:
        """Return what the workers wrote, for a failing test's message."""
        found = []
        for path in sorted((self.state / "logs").glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()
            found += [f"{path.name}: {line}" for line in lines[-40:]]
        return "\n".join([*self.said[-20:], *found])

    def wait_for_pulses(self) -> None:
        """Wait until all workers have shown that they are alive."""
        alive = (
            "select count(*) from generation_pulse where beat_at > now() - interval '12 seconds'"
        )
        wait_until(lambda: self.value(alive) == 3)

    # interfering --------------------------------------------------------------------------------

    def pid(self, part: str) -> int:
        return self._supervisor.pids()[part]

    def send(self, part: str, number: int) -> int:
        """Send a signal to a part; return the pid it had."""
        pid = self.pid(part)
        os.kill(pid, number)
        return pid

    def wait_for_another(self, part: str, *, than: int) -> None:
        wait_until(lambda: self._supervisor.pids().get(part, than) != than)

    def arm(self, point: str) -> None:
        """Let the next process that comes to a point die there."""
        (self.points / point).touch()

    def is_armed(self, point: str) -> bool:
        return (self.points / point).exists()

    # ordering and looking -----------------------------------------------------------------------

    def order(self, wanted: Mapping[str, int]) -> Order:
        """Order so many pictures of each dialect's model, in one transaction."""
        order = Order(self)
        with psycopg.connect(self.database) as connection:
            batch = connection.execute(
                "insert into generation_batch (challenge_id, created_at) "
                "select id, now() from challenges_challenge where slug = 'battery' returning id"
            ).fetchone()
            assert batch is not None
            for dialect, number in wanted.items():
                for take in range(self.takes, self.takes + number):
                    row = connection.execute(
                        "insert into generation_slot (batch_id, prompt_id, model_id, take, "
                        "next_attempt_at) select %s, prompt.id, model.id, %s, now() "
                        "from challenges_prompt prompt, catalog_imagemodel model "
                        "where model.slug = %s returning id",
                        (batch[0], take, dialect.replace("_", "-")),
                    ).fetchone()
                    assert row is not None
                    order.slots[row[0]] = (dialect, take)
        self.takes += max(wanted.values())
        return order


@dataclass
class Order:
    """Pictures that were ordered together: slot id -> (dialect, take)."""

    plant: Plant
    slots: dict[int, tuple[str, int]] = field(default_factory=dict)

    def states(self) -> Counter[str]:
        """Count the slots by the state of their last call; "" where there is none."""
        return Counter(state for _slot, _call, state in self._last_calls())

    def _last_calls(self) -> list[tuple[int, int | None, str]]:
        return self.plant.rows(
            "select distinct on (slot.id) slot.id, call.id, coalesce(call.state, '') "
            "from generation_slot slot left join generation_generation call on call.slot_id = slot.id "
            "where slot.id = any(%s) order by slot.id, call.attempt desc",
            list(self.slots),
        )

    def in_flight(self) -> int:
        """Count the calls that may have been sent and whose answer nobody has kept."""
        return self.states()["submitting"]

    def describe_uncertain(self) -> str:
        rows = self.plant.rows(
            "select id, remote_id, route, parameters, fence, outcome, message, started_at, ended_at "
            "from generation_generation where state = 'uncertain' and slot_id = any(%s)",
            list(self.slots),
        )
        return "\n".join([*(str(row) for row in rows), self.plant.logs()])

    def is_over(self) -> bool:
        """Tell whether each slot has its picture or waits for a curator; False while nobody can be asked."""
        try:
            return set(self.states()) <= {"stored", "uncertain"}
        except psycopg.OperationalError:
            return False

    def wait_until_over(self) -> None:
        wait_until(self.is_over, what=lambda: f"{self.states()}\n{self.plant.logs()}")

    def purchases(self) -> Counter[tuple[str, int]]:
        """Count how often each picture was bought, by dialect and take."""
        wanted = set(self.slots.values())
        found: Counter[tuple[str, int]] = Counter()
        for post in self.plant.fake.posts:
            if post.path.endswith("/cancel"):
                continue
            dialect, fields = _read_purchase(post.path, post.fields)
            if (dialect, int(fields["seed"])) in wanted:
                found[dialect, int(fields["seed"])] += 1
        return found

    def check(self, *, most_uncertain: Mapping[str, int]) -> None:
        """Hold pictures, purchases, files and money against one another; settles what is uncertain."""
        bought = self.purchases()
        assert all(count == 1 for count in bought.values()), f"bought twice: {bought}"
        uncertain = [
            (slot, call) for slot, call, state in self._last_calls() if state == "uncertain"
        ]
        by_dialect = Counter(self.slots[slot][0] for slot, _call in uncertain)
        for dialect, count in by_dialect.items():
            assert count <= most_uncertain.get(dialect, 0), f"too many uncertain: {by_dialect}"
        self._check_pictures(uncertain=len(uncertain))
        decisions = [(call, bought[self.slots[slot]] > 0) for slot, call in uncertain]
        if decisions:
            self.plant.run_python(SETTLE.format(decisions=decisions))
        settled, held = self.plant.rows(LEDGER)[0]
        assert (settled, held) == (PRICE * self.plant.fake.bill, 0)

    def _check_pictures(self, *, uncertain: int) -> None:
        pictures = self.plant.rows(
            "select slot_id, original from generation_candidate where slot_id = any(%s)",
            list(self.slots),
        )
        assert len(pictures) == len(self.slots) - uncertain, self._last_calls()
        media = self.plant.state / "media"
        assert all((media / original).is_file() for _slot, original in pictures)
        names = self.plant.rows(
            "select name || '.' || extension from generation_publicpicture picture "
            "join generation_candidate candidate on candidate.id = picture.candidate_id "
            "where slot_id = any(%s)",
            list(self.slots),
        )
        assert len(names) == 4 * len(pictures)
        assert all((media / "pictures" / name).is_file() for (name,) in names)


def _read_purchase(path: str, fields: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    if path.startswith("/queue/"):
        return "fal_queue", fields
    if path.endswith("/predictions"):
        return "replicate", fields["input"]
    return SYNCHRONOUS, fields


class Auditor:
    """Compares ledger and bill four times a second: settled and held are never less than was billed."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="auditor")
        self.looks = 0
        self.gaps: list[str] = []

    def __enter__(self) -> Auditor:
        self._thread.start()
        return self

    def __exit__(self, exc_type: object, *_exc: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)
        if exc_type is None:
            assert not self.gaps, self.gaps
            assert self.looks > 3

    def _run(self) -> None:
        while not self._stop.wait(0.25):
            billed = PRICE * self._plant.fake.bill
            with contextlib.suppress(psycopg.OperationalError):  # away for the moment
                settled, held = self._plant.rows(LEDGER)[0]
                self.looks += 1
                if settled + held < billed:
                    self.gaps.append(f"{settled} settled and {held} held, but {billed} billed")


def wait_until(
    condition: Callable[[], object],
    *,
    seconds: float = STUCK_SECONDS,
    what: Callable[[], str] = str,
) -> None:
    """Return once the condition holds; fail after so many seconds of a machine that has time.

    Where others use the machine, a second counts for the share of it that we are given.
    """
    left, before = seconds, time.monotonic()
    while not condition():
        time.sleep(0.2)
        share = measure_share()
        now = time.monotonic()
        left -= (now - before) * share
        before = now
        assert left > 0, f"stuck for {seconds:g} s. {what()}"


def measure_share() -> float:
    """Tell which share of a core we are given at the moment, from a tenth to the whole."""
    wall, own = time.perf_counter(), time.thread_time()
    while time.thread_time() < own + SPIN:
        pass
    return min(max(SPIN / (time.perf_counter() - wall), 0.1), 1.0)
