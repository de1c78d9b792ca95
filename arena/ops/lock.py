"""One `make up` at a time on one state folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StateInUse(Exception):
    """Another process holds the state folder."""


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold a prepared state folder; the lock goes with the process, however it ends."""
    path = folder / "run" / "up.lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise StateInUse(
                f"Paragone already runs from {folder} (pid {file.read().strip() or 'unknown'}). "
                "Stop it first (Ctrl-C where it runs), or choose another PARAGONE_STATE and PORT."
            ) from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
