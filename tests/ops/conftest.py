import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arena.ops import state
from arena.ops.supervisor import Supervisor


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A short folder that PostgreSQL's account can enter; pytest's own ones are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="paragone-ops-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def own_state(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A prepared state folder of this test's own, with no outside servers named."""
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder / "state"))
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    yield state.prepare()


@pytest.fixture
def said() -> list[str]:
    """What the supervisor said to people."""
    return []


@pytest.fixture
def make_supervisor(open_folder: Path, said: list[str]) -> Iterator[Callable[..., Supervisor]]:
    """Make supervisors with short pauses, and stop what they still run at the end."""
    made: list[Supervisor] = []

    def make(*, pauses: tuple[float, ...] = (0.05, 0.05)) -> Supervisor:
        supervisor = Supervisor(
            logs=open_folder / "logs",
            pids=open_folder / "pids.json",
            say=said.append,
            pauses=pauses,
        )
        made.append(supervisor)
        return supervisor

    yield make
    for supervisor in made:
        supervisor.stop(hurry=lambda: True)
