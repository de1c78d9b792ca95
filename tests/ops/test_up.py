import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.ops import state
from tests.survival.site import prepared_state

from .waiting import is_alive, processes_of, wait_for

pytestmark = pytest.mark.processes

START_SECONDS = 60
STOP_SECONDS = 10


class Up:
    """One `manage.py up` on a state folder and a port of its own."""

    def __init__(
        self, folder: Path, *, port: int, demo_votes: int = 0, like: Path | None = None
    ) -> None:
        self.state = folder / "state"
        if like is not None:
            subprocess.run(["cp", "-a", like, self.state], check=True)
        self.port = port
        self._output = folder / f"output-{time.monotonic_ns()}"
        names_of_outside = ("DATABASE_URL", "REDIS_URL", "STUDIOS_URL", "SECRET_KEY_FILE", "HOST")
        environment = {k: v for k, v in os.environ.items() if k not in names_of_outside}
        environment |= {
            "PARAGONE_STATE": str(self.state),
            "PORT": str(port),
            "DEMO_VOTES": str(demo_votes),
        }
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=state.checkout(),
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def pids(self) -> dict[str, int]:
        """Return what the supervisor says runs, nothing while there is no such file."""
        path = self.state / "run" / "pids.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def wait_until_ready(self) -> None:
        wait_for(
            lambda: "Ready in" in self.output or self.process.poll() is not None,
            seconds=START_SECONDS,
        )
        assert self.process.poll() is None, self.output

    def page(self, path: str) -> str:
        """Return a page's HTML; an empty string while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.read().decode()
        except OSError:  # refused, reset, or no answer in time
            return ""

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5) as answer:
                return answer.status == 200
        except OSError:  # refused, reset, or no answer in time
            return False

    def end(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal, and return the exit code and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=STOP_SECONDS)
        return code, time.monotonic() - begun


@pytest.fixture
def ups() -> Iterator[list[Up]]:
    """Whatever a test starts, ended even if it fails."""
    started: list[Up] = []
    yield started
    for up in started:
        if up.process.poll() is None:
            up.process.kill()
            up.process.wait()
        wait_for(lambda up=up: not processes_of(up.state), seconds=30)


def test_up_runs_survives_crashes_and_leaves_nothing(open_folder: Path, ups: list[Up]) -> None:
    port = state.free_port()
    first = Up(open_folder, port=port)
    ups.append(first)
    first.wait_until_ready()
    assert first.answers()
    # The demo's voters leave when they have voted, and are not started again.
    wait_for(lambda: "demo" not in first.pids(), seconds=60)
    assert set(first.pids()) == {
        *("postgres", "valkey", "studios", "web", "worker", "intake", "ratings", "beat")
    }
    assert "36 shipped pictures taken in." in (first.state / "logs" / "demo.log").read_text()
    assert "demo ended" not in first.output
    for step in ("valkey", "postgres", "migrations", "fixtures", "studios", "web"):
        assert re.search(rf"^ok  {step}.* \d+\.\d s$", first.output, re.MULTILINE)
    assert f"http://127.0.0.1:{port}/\n" in first.output

    second = Up(open_folder, port=state.free_port())
    ups.append(second)
    assert second.process.wait(timeout=START_SECONDS) == 1
    assert f"already runs from {first.state} (pid {first.process.pid})" in second.output

    crashed = {name: first.pids()[name] for name in ("web", "worker", "valkey", "postgres")}
    for pid in crashed.values():
        os.kill(pid, signal.SIGKILL)
    wait_for(
        lambda: all(
            is_alive(first.pids().get(n, old)) and first.pids()[n] != old
            for n, old in crashed.items()
        ),
        seconds=60,
    )
    wait_for(first.answers, seconds=60)
    for name in crashed:
        assert f"{name} ended (signal SIGKILL); restarting" in first.output

    code, seconds = first.end(signal.SIGINT)
    assert (code, seconds < STOP_SECONDS) == (0, True), first.output
    assert processes_of(first.state) == []

    key = (first.state / "secret_key").read_text()
    again = Up(open_folder, port=port)
    ups.append(again)
    again.wait_until_ready()
    assert (again.state / "secret_key").read_text() == key
    again.process.kill()
    again.process.wait()
    wait_for(lambda: not processes_of(again.state))

    reset = subprocess.run(
        [sys.executable, "manage.py", "reset"],
        cwd=state.checkout(),
        env={**os.environ, "PARAGONE_STATE": str(first.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert reset.returncode == 0, reset.stderr
    assert not first.state.exists()


def test_up_opens_with_a_battle_and_simulated_votes(open_folder: Path, ups: list[Up]) -> None:
    up = Up(open_folder, port=state.free_port(), demo_votes=400, like=prepared_state())
    ups.append(up)
    up.wait_until_ready()
    wait_for(lambda: "/battles/" in up.page("/vote/"), seconds=30)
    wait_for(lambda: re.search(r"[1-9]\d* simulated and 0 human votes", up.page("/")), seconds=60)
    board = up.page("/leaderboard/text-to-image/")
    assert "Studio Press" in board
    assert "Studio Gouache" in board
    code, _ = up.end(signal.SIGINT)
    assert code == 0, up.output
    assert "Traceback" not in (up.state / "logs" / "demo.log").read_text()


def test_up_names_a_port_that_is_taken_and_starts_nothing(open_folder: Path, ups: list[Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        up = Up(open_folder, port=port)
        ups.append(up)
        assert up.process.wait(timeout=START_SECONDS) == 1
    assert f"Port {port} on 127.0.0.1 is taken" in up.output
    assert "PORT=" in up.output
    assert not (up.state / "postgres").exists()


def test_up_interrupted_while_starting_leaves_nothing(open_folder: Path, ups: list[Up]) -> None:
    up = Up(open_folder, port=state.free_port())
    ups.append(up)
    wait_for(lambda: "ok  postgres" in up.output, seconds=START_SECONDS)
    code, seconds = up.end(signal.SIGTERM)
    assert (code, seconds < STOP_SECONDS) == (0, True), up.output
    assert "Ready in" not in up.output
    assert processes_of(up.state) == []
