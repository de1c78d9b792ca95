"""`make up`: everything Paragone needs, in one terminal, until Ctrl-C."""

import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connections

from arena.generation.pulse import expect_pulses
from arena.ops import lock, parts, state, statics
from arena.ops.embedded import EmbeddedError, prepare_postgres, prepare_valkey
from arena.ops.supervisor import TICK, Part, PartFailed, Supervisor

START_SECONDS = 60.0
# make passes on a signal that the terminal has sent to us as well: not a second wish.
ECHO_SECONDS = 0.3


class Stop:
    """Counts the wishes to stop: the first one stops, the second one skips the grace."""

    def __init__(self) -> None:
        self.wishes = 0
        self._last = -ECHO_SECONDS
        self._working = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note)

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let a wish to stop break into the work inside, which has no loop to look at `wished`."""
        self.check()
        self._working = True
        try:
            yield
        finally:
            self._working = False

    def wished(self) -> bool:
        return self.wishes > 0

    def insisted(self) -> bool:
        return self.wishes > 1

    def check(self) -> None:
        """Raise KeyboardInterrupt if somebody wishes to stop."""
        if self.wished():
            raise KeyboardInterrupt

    def _note(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._last >= ECHO_SECONDS:
            self.wishes += 1
        self._last = now
        if self._working:
            self._working = False
            raise KeyboardInterrupt


class Command(BaseCommand):
    help = "Start everything Paragone needs and keep it running until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: str, **options: object) -> None:
        self.begun = time.monotonic()
        self.asked = Stop()
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = read_port()
        try:
            root = state.prepare()
            with lock.hold(root):
                code = self._run(root)
        except (lock.StateInUse, state.StateError) as error:
            raise CommandError(str(error)) from error
        sys.exit(code)

    def _run(self, root: Path) -> int:
        """Start, watch and stop everything; return the exit code."""
        require_free(host=self.host, port=self.port)
        self.supervisor = Supervisor(
            logs=root / "logs",
            pids=root / "run" / "pids.json",
            say=self._say,
            verbose=os.environ.get("VERBOSE", "") not in ("", "0"),
        )
        code = 0
        try:
            self._start(root)
            while not self.asked.wished() and code == 0:
                code = 0 if self.supervisor.watch() else 1
                time.sleep(TICK)
        except (PartFailed, EmbeddedError) as error:
            code = 1
            self._say(f"Failed: {error}")
        except DatabaseError as error:
            code = 1
            self._say(f"Failed, says PostgreSQL: {error}")
        except KeyboardInterrupt:
            self._say("Interrupted while starting.")
        finally:
            self._stop()
        return code

    def _start(self, root: Path) -> None:
        studios = self._start_studios(root)
        environment = parts.children_environment(
            PARAGONE_STATE=str(root), STUDIOS_URL=settings.STUDIOS_URL
        )
        self._start_servers()
        with self._step("migrations"), self.asked.interrupting():
            call_command("migrate", interactive=False, verbosity=0)
        with self._step("fixtures"), self.asked.interrupting():
            call_command("load_fixtures", stdout=io.StringIO())
        with self._step("static files"), self.asked.interrupting():
            statics.collect()
        # Before the web server, so that a pair is there when it answers.
        self.supervisor.start(
            parts.demo_part(votes=max(settings.DEMO_VOTES, 0), environment=environment)
        )
        web = parts.web_part(host=self.host, port=self.port, environment=environment)
        begun = time.monotonic()
        self.supervisor.start(web)
        with self.asked.interrupting():
            link = curator_link()
            close_connections()
        if studios:
            self._await(studios)
        self._await(web, begun=begun)
        # Last, because the site answers without them and a small machine starts one thing at a time.
        workers = parts.worker_parts(root=root, environment=environment)
        for part in workers:
            self.supervisor.start(part)
        with self.asked.interrupting():
            expect_pulses()
            close_connections()
        self._say(f"ok  {', '.join(part.name for part in workers)} started")
        self._greet(link)

    def _start_studios(self, root: Path) -> Part | None:
        """Start the studios first: they need nothing, and warm up while the database is made."""
        if os.environ.get("STUDIOS_URL"):
            return None
        port = state.choose_studios_port()
        # The port in the settings was read before we knew whether somebody else has taken it.
        settings.STUDIOS_URL = state.studios_url()
        environment = parts.children_environment(PARAGONE_STATE=str(root))
        part = parts.studios_part(port=port, environment=environment)
        self.supervisor.start(part)
        return part

    def _start_servers(self) -> None:
        """Start the embedded servers for which no outside address is given."""
        wanted: dict[str, tuple[str, Callable[[], Part]]] = {
            "REDIS_URL": ("valkey", prepare_valkey),
            "DATABASE_URL": ("postgres", prepare_postgres),
        }
        for variable, (name, prepare) in wanted.items():
            if os.environ.get(variable):
                self._say(f"--  {name:<28} not started: {variable} is set")
                continue
            begun = time.monotonic()
            with self.asked.interrupting():
                part = prepare()
            self.supervisor.start(part)
            self._await(part, begun=begun)

    def _await(self, part: Part, *, begun: float | None = None) -> None:
        with self._step(f"{part.name} {part.version}".strip(), begun=begun):
            self.supervisor.wait_until_ready(part, seconds=START_SECONDS, stop=self.asked.wished)
            self.asked.check()

    @contextmanager
    def _step(self, name: str, *, begun: float | None = None) -> Iterator[None]:
        begun = time.monotonic() if begun is None else begun
        yield
        self._say(f"ok  {name:<28}{time.monotonic() - begun:6.1f} s")

    def _greet(self, link: str) -> None:
        host = parts.reachable(self.host)
        base = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        self._say(f"\nParagone is at         {base}/")
        self._say(f"Curator login, once    {base}{link}")
        self._say(
            f"Ready in {time.monotonic() - self.begun:.1f} s. Ctrl-C stops it and keeps the data; "
            "`make reset` forgets it."
        )

    def _stop(self) -> None:
        begun = time.monotonic()
        close_connections()
        self.supervisor.stop(hurry=self.asked.insisted)
        self._say(f"Stopped in {time.monotonic() - begun:.1f} s.")

    def _say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:
            # The terminal is gone; the parts' own logs remain, and stopping matters more.
            self.stdout = type(self.stdout)(io.StringIO())


def read_port() -> int:
    """Return PORT from the environment, 8000 by default."""
    given = os.environ.get("PORT") or "8000"
    if not given.isascii() or not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {given!r}.")
    return int(given)


def require_free(*, host: str, port: int) -> None:
    """Raise CommandError naming the port if we could not listen on it."""
    try:
        free = state.is_free(host=host, port=port)
    except OSError as error:
        raise CommandError(f"Cannot listen on {host} port {port}: {error.strerror}.") from error
    if not free:
        raise CommandError(
            f"Port {port} on {host} is taken by another program. "
            f"Choose another one: make up PORT={port + 1 if port < 65535 else 8000}"
        )


def curator_link() -> str:
    """Return the path of a fresh login that works once."""
    printed = io.StringIO()
    call_command("curator_link", stdout=printed)
    return printed.getvalue().strip()


def close_connections() -> None:
    """Give back what starting up borrowed: from here on this process needs no database."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
