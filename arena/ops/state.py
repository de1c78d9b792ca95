"""Where one checkout keeps its state: the folder, its sockets, the secret key, the studios' port.

Standard library only, because settings and the test plugin import it before Django is configured.
Everything follows from the checkout (or PARAGONE_STATE) and the account that asks, so any process
of the checkout finds the embedded servers without being told where they are.
"""

import hashlib
import os
import pwd
import secrets
import socket
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

DATABASE_NAME = "paragone"
DATABASE_USER = "arena"
DATABASE_PORT = 5432  # names the socket file only; nothing listens on TCP

# Both PostgreSQL's and Valkey's socket names must fit into 107 bytes together with their folder.
LONGEST_SOCKET_FOLDER = 80
DEFAULT_NAME = ".paragone"
MARK = "PARAGONE"
SYSTEM_STATE = Path("/var/lib/paragone")


class StateError(Exception):
    """The state folder cannot be used as it is; the message says what to do."""


@dataclass(frozen=True)
class Account:
    """The unprivileged account that PostgreSQL runs as, because it refuses to run as root."""

    name: str
    uid: int
    gid: int


def find_account(*, owner_of: Path | None = None) -> Account | None:
    """Return the account for PostgreSQL, or None when we are not root and stay who we are.

    An existing data folder (`owner_of`) decides, so that an account `postgres` that appears later
    does not lock us out. Raises StateError where root finds neither `postgres` nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    if owner_of is not None and owner_of.exists() and owner_of.stat().st_uid != 0:
        entry = pwd.getpwuid(owner_of.stat().st_uid)
        return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise StateError(
        "PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' for it."
    )


def reaches(account: Account, path: Path) -> bool:
    """Tell whether `account` may enter (or run) every existing step of the way to `path`."""
    for step in (*reversed(path.parents), path):
        if not step.exists():
            return True
        found = step.stat()
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def checkout() -> Path:
    """Return the folder that holds manage.py."""
    return Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Return the state folder, which need not exist yet.

    PARAGONE_STATE, else `.paragone` in the checkout. For root, where PostgreSQL's account cannot
    get there (a checkout in root's home), a folder of the system named by a hash of that path.
    """
    wanted = Path(os.environ.get("PARAGONE_STATE") or checkout() / DEFAULT_NAME).absolute()
    if os.geteuid() == 0:
        account = find_account()
        if account is not None and not reaches(account, wanted):
            return SYSTEM_STATE / _digest(wanted)
    return wanted


def prepare() -> Path:
    """Make the state folder and the folders in it, and return it.

    Root's folder can be entered by PostgreSQL's account but not listed; another user's is private.
    """
    root = folder()
    mode = 0o711 if os.geteuid() == 0 else 0o700
    try:
        _claim(root)
        ours = [SYSTEM_STATE] if root.parent == SYSTEM_STATE else []
        for path in (*ours, root, root / "run", root / "logs"):
            path.mkdir(exist_ok=True)
            path.chmod(mode)  # mkdir's own mode is narrowed by the umask
        _make_private(sockets_folder(), mode=mode)
    except PermissionError as error:
        raise StateError(
            f"The state folder {root} belongs to another account ({error.filename}). "
            "Run as that account, or choose another folder with PARAGONE_STATE."
        ) from error
    return root


def sockets_folder() -> Path:
    """Return the folder of the sockets: in the state folder, or a short one if that is too long."""
    inside = folder() / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    name = f"paragone-{os.geteuid()}-{_digest(inside)}"
    short = Path(tempfile.gettempdir()) / name
    return short if len(os.fsencode(short)) <= LONGEST_SOCKET_FOLDER else Path("/tmp") / name  # noqa: S108


def postgres_sockets() -> Path:
    """Return the folder of PostgreSQL's socket."""
    return sockets_folder() / "pg"


def embedded_database() -> dict[str, str]:
    """Return NAME, USER, HOST and PORT of the embedded PostgreSQL, as Django spells them."""
    return {
        "NAME": DATABASE_NAME,
        "USER": DATABASE_USER,
        "HOST": str(postgres_sockets()),
        "PORT": str(DATABASE_PORT),
    }


def embedded_database_url() -> str:
    """Return the same as an address that libpq and django-environ both read."""
    return f"postgres://{DATABASE_USER}@/{DATABASE_NAME}?host={quote(str(postgres_sockets()))}"


def embedded_redis_socket() -> Path:
    """Return the path of the embedded Valkey's socket."""
    return sockets_folder() / "valkey.sock"


def embedded_redis_url() -> str:
    """Return the embedded Valkey's address in redis-py's spelling."""
    return f"unix://{quote(str(embedded_redis_socket()))}?db=0"


def broker_url(redis_url: str) -> str:
    """Return a Redis address in Celery's spelling: only unix sockets are spelled differently."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    query = dict(parse_qsl(parts.query))
    number = query.pop("db", "0")
    return f"redis+socket://{parts.path}?{urlencode({'virtual_host': number, **query})}"


def secret_key() -> str:
    """Return the secret key (SECRET_KEY_FILE, else the state folder's), made on the first call."""
    path = Path(os.environ.get("SECRET_KEY_FILE") or folder() / "secret_key")
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if not key:
        raise StateError(f"The secret key file {path} is empty.")
    return key


def studios_port() -> int:
    """Return the port of the studio server, chosen once and kept in the state folder."""
    path = folder() / "studios_port"
    if not path.exists():
        _write_once(path, str(free_port()))
    return int(path.read_text())


def choose_studios_port() -> int:
    """Return the studio server's port, choosing anew where somebody else has taken the old one."""
    if not is_free(host="127.0.0.1", port=studios_port()):
        replace_text(folder() / "studios_port", str(free_port()))
    return studios_port()


def studios_url() -> str:
    """Return the address of the studio server that `make up` starts."""
    return f"http://127.0.0.1:{studios_port()}"


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(*, host: str, port: int) -> bool:
    """Tell whether we could listen on this address now; raises OSError for an impossible one."""
    family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, number) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def replace_text(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never a part."""
    with tempfile.NamedTemporaryFile(mode="w", dir=path.parent, delete=False) as file:
        file.write(text)
    Path(file.name).replace(path)


def folders_of_state() -> Iterator[Path]:
    """Yield every folder that `make reset` removes."""
    yield folder()
    if sockets_folder().parent != folder():
        yield sockets_folder()


def _write_once(path: Path, text: str) -> None:
    """Create `path` (mode 0600) with `text` unless another process is first; never half of it."""
    if path.parent == folder():
        _claim(path.parent)
    with tempfile.NamedTemporaryFile(mode="w", dir=path.parent, delete=False) as file:
        file.write(text + "\n")
    made = Path(file.name)
    try:
        os.link(made, path)
    except FileExistsError:
        return
    finally:
        made.unlink()


def _claim(root: Path) -> None:
    """Make and mark the state folder; refuse another folder, because `make reset` removes it."""
    root.mkdir(parents=True, exist_ok=True)
    mark = root / MARK
    if mark.exists():
        return
    if root.name != DEFAULT_NAME and any(root.iterdir()):
        raise StateError(f"{root} holds something else. PARAGONE_STATE must name a new folder.")
    mark.write_text("The state of a Paragone checkout. `make reset` there removes this folder.\n")


def _make_private(path: Path, *, mode: int) -> None:
    """Make a folder that is ours alone; refuse one that somebody else put at its known name."""
    path.mkdir(exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise StateError(f"{path} belongs to somebody else; sockets would not be safe in it.")
    path.chmod(mode)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
