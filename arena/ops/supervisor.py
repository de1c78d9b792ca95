"""Keep a handful of processes running: start, watch, restart, give up, stop in order.

One loop in one thread. Every part writes straight into its own log file, which the loop reads to
show warnings, so no pipe can fill up or break. A part leads its own session; what remains of its
group is killed before the leader is reaped, while its number cannot belong to anybody else.
Standard library only, because the test plugin imports this before Django is configured.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from arena.ops.state import Account, replace_text

CHILD = Path(__file__).with_name("child.py")

# Pauses before the first, second ... restart; one crash more and the part is given up.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
# A part that ran this long has recovered: the count of its crashes starts again.
STEADY_SECONDS = 60.0
# While starting up, a part that has crashed this often will not come right by itself.
CRASHES_AT_START = 3
LAST_LINES = 15
LOG_BYTES = 20_000_000
TICK = 0.1

# What a console shows of a log: warnings, and of a traceback its last line but not its frames.
LOUD = re.compile(
    r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b|^[\w.]+(Error|Exception|DoesNotExist)\b"
)


class PartFailed(Exception):
    """A part did not become ready; the message holds its last lines."""


@dataclass(frozen=True)
class Part:
    """One process to keep running.

    `is_ready` is asked with the pid until it says yes. `death_signal` is what the kernel sends when
    the supervisor dies. A warning that holds the words `ordinary` is not shown. Parts stop by
    `shift`, 0 first, together within one; `grace` seconds after `stop_signal` they are killed.
    Without an `essential` part nothing is worth running. A part that runs `once` is not started
    again when it ends with exit code 0. `niceness` above 0 lets the other parts have the processor first.
    """

    name: str
    command: tuple[str, ...]
    version: str = ""
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    is_ready: Callable[[int], bool] | None = None
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL
    ordinary: str = ""
    essential: bool = False
    once: bool = False
    shift: int = 0
    niceness: int = 0
    grace: float = 5.0


@dataclass
class _Run:
    """What happens to a part at the moment."""

    part: Part
    log: Path
    process: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    crashes: int = 0
    restart_at: float | None = None
    given_up: bool = False
    shown: int = 0
    recent: deque[str] = field(default_factory=deque)


class Supervisor:
    """Runs parts; `say` prints one line for people, `verbose` shows all that the parts write."""

    def __init__(
        self,
        *,
        logs: Path,
        pids: Path,
        say: Callable[[str], None],
        verbose: bool = False,
        pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        self._logs = logs
        self._pids = pids
        self._say = say
        self._verbose = verbose
        self._pauses = pauses
        self._runs: dict[str, _Run] = {}

    def start(self, part: Part) -> None:
        """Start a part and return at once; its log file begins anew."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{part.name}.log"
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        run = _Run(part=part, log=log)
        self._runs[part.name] = run
        self._spawn(run)

    def wait_until_ready(self, part: Part, *, seconds: float, stop: Callable[[], bool]) -> None:
        """Return when the part is ready or `stop()`; raise PartFailed if it crashes or is slow."""
        run = self._runs[part.name]
        deadline = time.monotonic() + seconds
        while not stop():
            if run.process is not None and run.process.returncode is None:
                ready = part.is_ready is None or part.is_ready(run.process.pid)
                if ready and not _has_exited(run.process.pid):
                    return
            self.watch()
            if run.given_up or run.crashes >= CRASHES_AT_START:
                raise PartFailed(f"{part.name} does not start.{self._last_lines(run)}")
            if time.monotonic() > deadline:
                raise PartFailed(
                    f"{part.name} was not ready within {seconds:.0f} s.{self._last_lines(run)}"
                )
            time.sleep(TICK / 2)

    def watch(self) -> bool:
        """Look once at every part: reap, restart what is due, show its lines.

        Returns False when an essential part has been given up.
        """
        now = time.monotonic()
        for run in self._runs.values():
            self._show(run)
            if run.process is not None and _has_exited(run.process.pid):
                self._bury(run, now=now)
            if run.restart_at is not None and now >= run.restart_at:
                run.restart_at = None
                self._spawn(run)
        return not any(run.given_up and run.part.essential for run in self._runs.values())

    def stop(self, *, hurry: Callable[[], bool]) -> None:
        """Stop all parts shift by shift; `hurry()` skips the grace of shift 0."""
        for shift in sorted({run.part.shift for run in self._runs.values()}):
            runs = [run for run in self._runs.values() if run.part.shift == shift]
            self._stop_together(runs, hurry=hurry)
        self._runs.clear()
        self._pids.unlink(missing_ok=True)

    def pids(self) -> dict[str, int]:
        """Return the pid of every part that runs."""
        return {
            name: run.process.pid for name, run in self._runs.items() if run.process is not None
        }

    def _spawn(self, run: _Run) -> None:
        part = run.part
        account = part.account
        who = (account.uid, account.gid) if account else (-1, -1)
        words = (part.death_signal, os.getpid(), *who, part.niceness)
        with run.log.open("ab") as log:
            run.process = subprocess.Popen(
                [sys.executable, "-I", "-S", CHILD, *(str(int(w)) for w in words), *part.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=None if part.environment is None else dict(part.environment),
                start_new_session=True,
            )
        run.since = time.monotonic()
        replace_text(self._pids, json.dumps(self.pids()))

    def _bury(self, run: _Run, *, now: float) -> None:
        """Deal with a part that ended although nobody asked it to."""
        process = run.process
        if process is None:
            return
        _kill_group(process.pid)
        code = process.wait()
        run.process = None
        if run.part.once and code == 0:
            replace_text(self._pids, json.dumps(self.pids()))
            return
        run.crashes = 1 if now - run.since > STEADY_SECONDS else run.crashes + 1
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if run.crashes > len(self._pauses):
            run.given_up = True
            self._say(
                f"{run.part.name} ended again ({how}); given up after {run.crashes} times."
                f"{self._last_lines(run)}"
            )
            return
        pause = self._pauses[run.crashes - 1]
        run.restart_at = now + pause
        self._say(f"{run.part.name} ended ({how}); restarting it in {pause:g} s.")

    def _stop_together(self, runs: list[_Run], *, hurry: Callable[[], bool]) -> None:
        alive = {run.part.name: run for run in runs if run.process is not None}
        for run in alive.values():
            _send(run, run.part.stop_signal)
        begun = time.monotonic()
        while alive:
            for name, run in list(alive.items()):
                process = run.process
                # Without their second the servers would lose what they still have to write.
                late = (
                    hurry() and run.part.shift == 0
                ) or time.monotonic() - begun > run.part.grace
                if process is None or not (late or _has_exited(process.pid)):
                    continue
                # A postmaster's children lead groups of their own, and follow it by themselves.
                if not _has_exited(process.pid):
                    process.kill()
                _kill_group(process.pid)
                process.wait()
                run.process = None
                del alive[name]
            time.sleep(TICK / 4)

    def _show(self, run: _Run) -> None:
        """Read what a part wrote since the last look, and show the warnings (all, when verbose)."""
        try:
            size = run.log.stat().st_size
        except FileNotFoundError:
            return
        if size == run.shown:
            return
        with run.log.open("rb") as log:
            log.seek(run.shown)
            new = log.read(1_000_000)
        whole = new[: new.rfind(b"\n") + 1]
        run.shown += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            run.recent.append(line)
            while len(run.recent) > LAST_LINES:
                run.recent.popleft()
            loud = LOUD.search(line) and not (run.part.ordinary and run.part.ordinary in line)
            if loud or self._verbose:
                self._say(f"{run.part.name:<9}| {line}")
        if run.shown > LOG_BYTES:
            shutil.copyfile(run.log, run.log.with_suffix(".previous.log"))
            os.truncate(run.log, 0)  # the part appends, so it goes on from the beginning
            run.shown = 0

    def _last_lines(self, run: _Run) -> str:
        self._show(run)
        lines = "".join(f"\n  | {line}" for line in run.recent) or "\n  | (it wrote nothing)"
        return f" Its last lines ({run.log}):{lines}"


def _send(run: _Run, number: int) -> None:
    if run.process is not None and not _has_exited(run.process.pid):
        run.process.send_signal(number)


def _has_exited(pid: int) -> bool:
    """Tell whether our child ended, without reaping it: its number stays its own."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _kill_group(pid: int) -> None:
    """Kill what a leader left in its group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    except PermissionError:  # macOS: only the zombie itself is left
        return
