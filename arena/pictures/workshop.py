"""Turns originals into derivatives in child processes, so that no picture can hurt the caller.

A picture is strangers' bytes in the hands of C libraries: it may hang, eat memory or crash. Each bench
is a child process with limits on memory, CPU and wall time, and does one picture at a time over a line
of its own; one that dies takes its picture down and nothing else, and is replaced. Benches start when
they are first needed.

Why our own pool: concurrent.futures fails every waiting call when one child dies, and both it and
pebble share locks and pipes between the children, so that a child killed in the wrong moment blocks
the others. multiprocessing would also import the parent's main module, and with it the site.
"""

import atexit
import json
import logging
import os
import queue
import signal
import socket
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from .derivatives import Derivative
from .frames import LineClosed, LineSlow, receive_frame, send_frame
from .intake import PictureError
from .mark import SourceType

log = logging.getLogger(__name__)

TOOK_TOO_LONG = "The picture took too long to read."
CRASHED = "The picture crashed the program that read it."
KILLED = "The program that read the picture was killed, twice."
_ROOT = Path(__file__).resolve().parents[2]
# What an interpreter and its libraries may need. Everything else stays here: keys of providers above all.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME")
_TRIES = 3


class WorkshopError(Exception):
    """No bench could be started. That is not the picture's fault, and may pass."""


@dataclass(frozen=True)
class BenchLimits:
    """Of one picture: bytes beyond what an idle bench has, seconds of CPU and of wall time.

    CPU time is what a hostile picture spends; wall time, much longer, is for what hangs without it
    and must not strike a busy server's honest pictures. `nice` is added to the parent's.
    """

    memory_bytes: int = 1_200_000_000
    cpu_seconds: float = 20.0
    wall_seconds: float = 120.0
    start_seconds: float = 60.0
    pictures: int = 200
    nice: int = 2


@dataclass(frozen=True)
class MadePictures:
    """The upright size of the original in pixels, and its derivatives."""

    width: int
    height: int
    files: tuple[Derivative, ...]


class _Lost(Exception):
    """A bench is gone. `reason` is what it says of the picture, or None when that had not begun."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class Workshop:
    """A number of benches (by default as many as cores) that any number of threads may use."""

    def __init__(self, *, size: int | None = None, limits: BenchLimits = BenchLimits()) -> None:
        self.benches = tuple(_Bench(limits) for _ in range(size or _count_cores()))
        self._closed = False
        self._offer_benches()
        _workshops.add(self)

    def make(self, data: bytes, *, width: int, height: int, source: SourceType) -> MadePictures:
        """Read an original and make its derivatives for a canvas of width x height pixels.

        Waits for a free bench. Raises PictureError with a sentence for people when the picture is
        refused, takes too long or brings its bench down, and WorkshopError when no bench starts.
        """
        return self._ask({"width": width, "height": height, "source": source}, data)

    def measure(self, data: bytes) -> tuple[int, int]:
        """Read an original and return its upright width and height; raises as make does."""
        made = self._ask({"only_read": True}, data)
        return made.width, made.height

    def rebuild(self, data: bytes) -> MadePictures:
        """Make a reference picture anew from its pixels, its one file; raises as make does."""
        return self._ask({"rebuild": True}, data)

    def _ask(self, request: dict[str, Any], data: bytes) -> MadePictures:
        with self._bench() as bench:
            killed = False
            for _ in range(_TRIES):
                if self._closed:
                    break
                try:
                    return _read_answer(*bench.ask(request, data))
                except _Lost as lost:
                    if self._closed:
                        break  # it was we who ended it
                    # A bench may die idle, and nobody but the kernel short of memory or a person
                    # sends SIGKILL: neither says anything about the picture, so it gets another try.
                    if lost.reason == KILLED and not killed:
                        killed = True
                    elif lost.reason is not None:
                        raise PictureError(lost.reason) from lost
            raise WorkshopError("The process that reads pictures does not start or was closed.")

    def close(self) -> None:
        """End all benches, also busy ones, for good."""
        self._closed = True
        for bench in self.benches:
            bench.end()

    def forget(self) -> None:
        """Start anew in a forked process: the benches of our parent are not ours."""
        for bench in self.benches:
            bench.forget()
        self._offer_benches()

    def _offer_benches(self) -> None:
        # The one used last is warm, so it goes first.
        self._free: queue.LifoQueue[_Bench] = queue.LifoQueue()
        for bench in self.benches:
            self._free.put(bench)

    @contextmanager
    def _bench(self) -> Iterator["_Bench"]:
        bench = self._free.get()
        try:
            yield bench
        finally:
            self._free.put(bench)


@dataclass
class _Bench:
    """One child process, and our end of its line; used by one thread at a time."""

    limits: BenchLimits
    process: subprocess.Popen[bytes] | None = None
    line: socket.socket | None = field(default=None, repr=False)
    made: int = 0

    def ask(self, request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Send one picture and return the answer; raises _Lost, after which the child is gone."""
        begun = False
        try:
            line = self._open_line()
            until = time.monotonic() + self.limits.start_seconds
            send_frame(line, request, data, until=until)
            receive_frame(line, until=until)
            begun = True
            # The child's own clocks are first; ours is for one that was stopped or cheats.
            answer = receive_frame(line, until=time.monotonic() + self.limits.wall_seconds + 2)
        except LineSlow as error:
            self.end()
            raise _Lost(TOOK_TOO_LONG if begun else None) from error
        except LineClosed as error:
            ended = self.end(wait=2.0)
            raise _Lost(_name_end(ended) if begun else None) from error
        except BaseException:
            self.end()  # an answer may still be on the line
            raise
        self.made += 1
        if self.made >= self.limits.pictures:
            self.end(wait=2.0)
        return answer

    def end(self, *, wait: float = 0.0) -> int | None:
        """Close the line, kill the child unless it ends by itself within `wait` s; return its exit code."""
        line, process = self.line, self.process
        self.line = self.process = None
        self.made = 0
        if line is not None:
            with suppress(OSError):
                # Wakes a thread that waits on the line, as closing does not.
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        if process is None:
            return None
        try:
            return process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None

    def forget(self) -> None:
        """Let go of a child that belongs to the process we were forked from."""
        if self.line is not None:
            self.line.close()
        if self.process is not None:
            self.process.returncode = 0  # not ours to wait for
        self.line = self.process = None
        self.made = 0

    def _open_line(self) -> socket.socket:
        if self.line is None:
            ours, theirs = socket.socketpair()
            with theirs:
                try:
                    self.process = _start_child(self.limits, stdin=theirs)
                except OSError as error:
                    ours.close()
                    raise WorkshopError(f"No process can be started: {error}.") from error
            self.line = ours
        return self.line


_workshops: weakref.WeakSet[Workshop] = weakref.WeakSet()


@cache
def open_workshop() -> Workshop:
    """Return this process's workshop."""
    return Workshop()


@atexit.register
def _close_all() -> None:
    for workshop in list(_workshops):
        workshop.close()


def _forget_all() -> None:
    for workshop in list(_workshops):
        workshop.forget()


os.register_at_fork(after_in_child=_forget_all)


def _start_child(limits: BenchLimits, *, stdin: socket.socket) -> subprocess.Popen[bytes]:
    """Start a bench. Its end with us comes by the closed line, and by its own clocks while it is busy.

    No death signal: Linux would send it when the thread that started the child ends.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "arena.pictures.workbench", json.dumps(asdict(limits))],
        stdin=stdin.fileno(),
        stdout=subprocess.DEVNULL,
        cwd=_ROOT,
        env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
    )


def _count_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _name_end(ended: int | None) -> str:
    """Say in a sentence why a bench ended in the middle of a picture, from its exit code."""
    if ended in (-signal.SIGPROF, -signal.SIGALRM):
        return TOOK_TOO_LONG
    return KILLED if ended == -signal.SIGKILL else CRASHED


def _read_answer(answer: dict[str, Any], body: bytes) -> MadePictures:
    if "trace" in answer:
        log.error("The files of a picture could not be made.\n%s", answer["trace"])
    if "refused" in answer:
        raise PictureError(str(answer["refused"]))
    files, start = [], 0
    try:
        for words in answer["files"]:
            end = start + words.pop("bytes")
            files.append(Derivative(data=body[start:end], **words))
            start = end
        return MadePictures(answer["width"], answer["height"], tuple(files))
    except (KeyError, TypeError) as error:
        # What a picture made of a bench may say anything.
        raise PictureError(CRASHED) from error
