"""A whole site for one test or a few: `manage.py up` on a state folder and a port of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from arena.ops import state
from tests.plugin import RUN_FOLDER

START_SECONDS = 180
STOP_SECONDS = 20
PREPARE_SECONDS = 600
PREPARE = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from arena.ops import embedded, state, statics
from arena.ops.supervisor import Supervisor

root = state.prepare()
supervisor = Supervisor(logs=root / "logs", pids=root / "run" / "pids.json", say=print)
part = embedded.prepare_postgres()
supervisor.start(part)
try:
    supervisor.wait_until_ready(part, seconds=60, stop=lambda: False)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_fixtures", no_pictures=True, verbosity=0)
    connection.close()
    connection.close_pool()
finally:
    supervisor.stop(hurry=lambda: False)
statics.collect()
"""
READY = "prepared"
OF_OUTSIDE = ("DATABASE_URL", "REDIS_URL", "STUDIOS_URL", "SECRET_KEY_FILE", "HOST", "MEDIA_ROOT")


class Site:
    """The processes of one `up`; `environment` is added to what they inherit.

    It goes on from a copy of `like`, another, stopped site's state folder, else of the prepared state.
    """

    def __init__(self, *, like: Path | None = None, **environment: str) -> None:
        like = like or prepared_state()
        # PostgreSQL's account must be able to enter, which pytest's own folders forbid it.
        self._folder = Path(tempfile.mkdtemp(prefix="paragone-site-"))
        self._folder.chmod(0o711)
        self.state = self._folder / "state"
        if like is not None:
            # Not shutil.copytree, which would give PostgreSQL's files to us.
            subprocess.run(["cp", "-a", like, self.state], check=True)
        port = state.free_port()
        self.base = f"http://127.0.0.1:{port}"
        self.environment = {
            **inherited_environment(),
            "PARAGONE_STATE": str(self.state),
            "PORT": str(port),
            "DEMO_VOTES": "0",
            "PARAGONE_STUDIO_FAULTS": "0",
            **environment,
        }
        with mock.patch.dict(os.environ, self.environment):
            embedded = state.embedded_database_url()
        self._database = self.environment.get("DATABASE_URL") or embedded
        with (self._folder / "output").open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=state.checkout(),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def output(self) -> str:
        return (self._folder / "output").read_text()

    def wait_until_ready(self) -> None:
        wait_for(
            lambda: "Ready in" in self.output or self.process.poll() is not None,
            seconds=START_SECONDS,
        )
        assert self.process.poll() is None, self.output

    def curator_link(self) -> str:
        found = re.search(r"Curator login, once +(\S+)", self.output)
        assert found, self.output
        return found[1]

    def pids(self) -> dict[str, int]:
        """Return the parts that run now, with their numbers."""
        return json.loads((self.state / "run" / "pids.json").read_text())

    def pid(self, part: str) -> int:
        """Return the number of a part that should run now."""
        return self.pids()[part]

    def kill(self, part: str, number: int) -> int:
        """Send a signal to a part; return the pid it had."""
        pid = self.pid(part)
        os.kill(pid, number)
        return pid

    def wait_for_another(self, part: str, *, than: int) -> None:
        """Wait until the supervisor runs a part under another pid."""
        wait_for(lambda: self.pids().get(part, than) != than, seconds=90)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the site's database, on a connection of its own."""
        with psycopg.connect(self._database, connect_timeout=5) as connection:
            return connection.execute(query, values).fetchall()

    def value(self, query: str, *values: Any) -> Any:
        return self.rows(query, *values)[0][0]

    def execute(self, statement: str, *values: Any) -> None:
        with psycopg.connect(self._database, connect_timeout=5) as connection:
            connection.execute(statement, values)

    def execute_alone(self, statement: str) -> None:
        """Execute outside a transaction, as PostgreSQL's own settings want it."""
        with psycopg.connect(self._database, connect_timeout=5, autocommit=True) as connection:
            connection.execute(statement)

    def close_shipped_challenges(self, *, but: str = "") -> None:
        """Leave at most one of the shipped challenges open, so that the studios draw for that alone."""
        self.execute("update challenges_challenge set status = 'closed' where slug <> %s", but)
        # The first order may have been quicker than we were; nothing is drawn for it any more.
        self.execute(
            "delete from generation_slot slot using challenges_prompt prompt, challenges_challenge "
            "challenge where prompt.id = slot.prompt_id and challenge.id = prompt.challenge_id and "
            "slug <> %s and not exists "
            "(select from generation_generation where slot_id = slot.id)",
            but,
        )

    def run_python(self, code: str) -> str:
        """Run code beside the site, with its settings and Django set up; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            cwd=state.checkout(),
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "arena.settings"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self) -> None:
        """Stop everything and remove its folder."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()  # its children follow it
                self.process.wait()
        # PostgreSQL may still write its last file when its supervisor is killed.
        wait_for(lambda: not shutil.rmtree(self._folder, ignore_errors=True) and self._is_gone())

    def _is_gone(self) -> bool:
        return not self._folder.exists()


def prepared_state() -> Path | None:
    """Return the state of a new site before its first start: migrated, with fixtures and static files.

    That takes longest, and is made once for all sites of a test run, whose end removes it; `up` looks at
    everything again. None outside a test run: a site begins with nothing then.
    """
    if RUN_FOLDER not in os.environ:
        return None
    made = Path(os.environ[RUN_FOLDER]) / "prepared"
    if made.exists():
        assert (made / READY).exists(), "an earlier test could not prepare the state of a site"
        return made
    done = subprocess.run(
        [sys.executable, "-c", PREPARE],
        cwd=state.checkout(),
        env={
            **inherited_environment(),
            "DJANGO_SETTINGS_MODULE": "arena.settings",
            "PARAGONE_STATE": str(made),
            # Else they would be chosen now, and be the same for every site.
            "SECRET_KEY": "unused",
            "STUDIOS_URL": "http://unused.invalid",
        },
        capture_output=True,
        text=True,
        timeout=PREPARE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (made / READY).touch()
    return made


def inherited_environment() -> dict[str, str]:
    """Return our environment without servers, and without keys that would pay for pictures."""
    catalog = json.loads((state.checkout() / "fixtures" / "catalog.json").read_text())
    keys = {provider.get("key_variable") for provider in catalog["providers"]}
    return {k: v for k, v in os.environ.items() if k not in OF_OUTSIDE and k not in keys}


def wait_for(
    condition: Callable[[], object], *, seconds: float = 10, pause: float = 0.05, what: str = ""
) -> None:
    """Return once the condition holds; fail after some seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain. {what}"
        time.sleep(pause)
