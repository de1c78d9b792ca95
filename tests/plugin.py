"""What the tests need from the machine; loaded with `-p tests.plugin`, before Django's settings.

A throw-away PostgreSQL and Valkey, unless DATABASE_URL and REDIS_URL name servers (quick and
careless ones, unless DURABLE asks for what a measurement needs); and Chromium, once a test that
drives it has been selected. What is missing is installed or named, never skipped.

With several workers (pytest-xdist) the servers are started once, by the process that hands out the
tests; each worker has a database and a Valkey database of its own. Tests that start the whole site
share one worker, so that sites never run against each other.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from arena.ops import embedded, state
from arena.ops.supervisor import PartFailed, Supervisor

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
USUAL_FOLDERS = "/usr/bin:/usr/local/bin"
INSTALL_SECONDS = 600
BROWSER_TESTS = "tests/browser/"
# Set by pytest-xdist before a worker loads us, to gw0, gw1 ...
WORKER = "PYTEST_XDIST_WORKER"
SITES = "sites"
# Names a folder that goes when the run ends, for what its tests share.
RUN_FOLDER = "PARAGONE_TEST_RUN"
LOOKING_ONLY = (
    "help",
    "version",
    "markers",
    "showfixtures",
    "show_fixtures_per_test",
    "collectonly",
)


class Servers:
    """The throw-away servers of one test run, in a temporary state folder."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._supervisor: Supervisor | None = None
        self._previous: dict[str, str | None] = {}

    def start(self) -> None:
        """Start what the environment does not name already, and name it there."""
        self._folder = Path(tempfile.mkdtemp(prefix="paragone-test-"))
        self._folder.chmod(0o711)
        (self._folder / "state").mkdir()
        self._name("PARAGONE_STATE", str(self._folder / "state"))
        self._name(RUN_FOLDER, str(self._folder))
        root = state.prepare()
        self._supervisor = Supervisor(
            logs=root / "logs", pids=root / "run" / "pids.json", say=lambda line: None
        )
        durable = bool(os.environ.get("DURABLE"))
        wanted = {
            "REDIS_URL": (embedded.prepare_valkey, state.embedded_redis_url()),
            "DATABASE_URL": (embedded.prepare_postgres, state.embedded_database_url()),
        }
        for variable, (prepare, url) in wanted.items():
            if not os.environ.get(variable):
                part = prepare(durable=durable)
                self._supervisor.start(part)
                self._supervisor.wait_until_ready(part, seconds=60, stop=lambda: False)
                self._name(variable, url)

    def stop(self) -> None:
        """Stop the servers, remove their folder, and restore the environment."""
        if self._supervisor is not None:
            self._supervisor.stop(hurry=lambda: True)
        if self._folder is not None:
            for folder in state.folders_of_state():
                shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(self._folder)
        for name, value in self._previous.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    def _name(self, variable: str, value: str) -> None:
        self._previous.setdefault(variable, os.environ.get(variable))
        os.environ[variable] = value


SERVERS = Servers()


# A wrapper runs before pytest-django's own hook, which reads the settings.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    known = early_config.known_args_namespace
    looking = any(getattr(known, name, False) for name in LOOKING_ONLY)
    if not looking and not early_config.pluginmanager.is_blocked("django"):
        if WORKER in os.environ:
            number = int(os.environ[WORKER].removeprefix("gw"))
            os.environ["REDIS_URL"] = numbered_redis(os.environ["REDIS_URL"], number)
            return (yield)
        early_config.add_cleanup(SERVERS.stop)
        try:
            SERVERS.start()
        except (embedded.EmbeddedError, state.StateError, PartFailed) as error:
            raise pytest.UsageError(f"The tests' servers do not start. {error}") from error
    return (yield)


# Called in the process that hands out the tests, before a worker gets its first one.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    if any(name.startswith(BROWSER_TESTS) for name in ids):
        provide_chromium(node.config)


# A wrapper, because pytest-xdist reads the groups and pytest-django sorts in hooks of their own.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """For workers: tests that start sites are one group and come first, another file is a group each.

    One group goes to one worker, in its order; so what a file shares is made once.
    """
    if WORKER not in os.environ:
        return (yield)
    for item in items:
        group = SITES if starts_site(item) else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(group))
    result = yield
    items.sort(key=lambda item: not starts_site(item))
    return result


def starts_site(item: pytest.Item) -> bool:
    """Tell whether a test runs the processes of `make up`."""
    return any(item.get_closest_marker(name) for name in ("processes", "browser"))


def numbered_redis(address: str, number: int) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        query = {**dict(parse_qsl(parts.query)), "db": number}
        return f"unix://{parts.path}?{urlencode(query)}"
    return parts._replace(path=f"/{number}").geturl()


def pytest_collection_finish(session: pytest.Session) -> None:
    """See to Chromium if a selected test drives it."""
    if session.config.option.collectonly:
        return
    if not any(item.get_closest_marker("browser") for item in session.items):
        return
    if WORKER in os.environ:
        # Chromium is provided between now and the first test.
        return
    provide_chromium(session.config)


def provide_chromium(config: pytest.Config) -> None:
    """Find Chromium, or install it; CHROMIUM then names it."""
    found = find_chromium()
    if found is None:
        capture: Any = config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            found = install_chromium()
    os.environ["CHROMIUM"] = str(found)


def find_chromium() -> Path | None:
    """Return the browser that CHROMIUM names, else one on PATH, else None."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise pytest.UsageError(f"CHROMIUM names {named}, which is no program.")
        return Path(named)
    for name in CHROMIUM_NAMES:
        found = shutil.which(name) or shutil.which(name, path=USUAL_FOLDERS)
        if found:
            return Path(found)
    return None


def install_chromium() -> Path:
    """Install Debian's Chromium as root; otherwise end the run with one line that says how to."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise pytest.UsageError(
            "The browser tests need Chromium and found none: install it "
            "(Debian: sudo apt-get install chromium) or name one with CHROMIUM=/path/to/chromium."
        )
    sys.stdout.write("\nInstalling Chromium for the browser tests (apt-get, about a minute)\n")
    sys.stdout.flush()
    commands = (
        ["apt-get", "-qq", "update"],
        [
            "apt-get",
            "-qq",
            "install",
            "-y",
            "--no-install-recommends",
            "chromium",
            "fonts-dejavu-core",
        ],
    )
    for command in commands:
        answer = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
        if answer.returncode != 0:
            lines = (answer.stdout + answer.stderr).strip().splitlines()[-3:]
            raise pytest.UsageError(f"{' '.join(command)} failed: {' / '.join(lines)}")
    found = find_chromium()
    if found is None:
        raise pytest.UsageError("apt-get installed no Chromium; name one with CHROMIUM=/path.")
    return found
