import os
import socket
import stat
from pathlib import Path

import pytest

from arena.ops import state

NOBODY_IN_PARTICULAR = state.Account(name="somebody", uid=54321, gid=54321)


def test_secret_key_is_made_once_and_private(own_state: Path) -> None:
    first = state.secret_key()
    assert len(first) >= 50
    assert state.secret_key() == first
    assert stat.S_IMODE((own_state / "secret_key").stat().st_mode) == 0o600


def test_secret_key_of_a_named_file_is_used(
    own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from elsewhere\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert state.secret_key() == "from elsewhere"


def test_empty_secret_key_is_refused(own_state: Path) -> None:
    (own_state / "secret_key").write_text("\n")
    with pytest.raises(state.StateError, match="empty"):
        state.secret_key()


def test_folder_of_something_else_is_refused(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (open_folder / "letter.txt").write_text("not ours to remove")
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder))
    with pytest.raises(state.StateError, match="something else"):
        state.prepare()
    with pytest.raises(state.StateError, match="something else"):
        state.secret_key()


def test_sockets_are_in_the_state_folder_where_it_is_short(own_state: Path) -> None:
    assert state.embedded_redis_socket().is_relative_to(own_state)


def test_sockets_of_a_long_path_fit_their_limit(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder / ("long" * 30)))
    state.prepare()
    longest = Path(state.embedded_database()["HOST"]) / ".s.PGSQL.5432.lock"
    assert len(os.fsencode(longest)) <= 107
    assert state.sockets_folder() in list(state.folders_of_state())
    assert stat.S_IMODE(state.sockets_folder().stat().st_mode) & 0o066 == 0
    state.sockets_folder().rmdir()


def test_sockets_folder_of_somebody_else_is_refused(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder / ("long" * 30)))
    monkeypatch.setattr(state.tempfile, "gettempdir", lambda: str(open_folder))
    (open_folder / "elsewhere").mkdir()
    state.sockets_folder().symlink_to(open_folder / "elsewhere")
    with pytest.raises(state.StateError, match="somebody else"):
        state.prepare()


def test_closed_folder_is_out_of_reach(open_folder: Path) -> None:
    inside = open_folder / "closed" / "deeper"
    inside.mkdir(parents=True)
    inside.chmod(0o711)
    inside.parent.chmod(0o711)
    assert state.reaches(NOBODY_IN_PARTICULAR, inside / "not yet made")
    inside.parent.chmod(0o700)
    assert not state.reaches(NOBODY_IN_PARTICULAR, inside)


def test_state_of_a_closed_checkout_of_root_is_kept_by_the_system(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_folder.chmod(0o700)
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder / "state"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(state, "find_account", lambda: NOBODY_IN_PARTICULAR)
    moved = state.folder()
    assert moved.parent == state.SYSTEM_STATE
    monkeypatch.setenv("PARAGONE_STATE", str(open_folder / "another"))
    assert state.folder() != moved


def test_studios_keep_their_port_until_somebody_takes_it(own_state: Path) -> None:
    port = state.choose_studios_port()
    assert state.choose_studios_port() == port
    assert state.studios_url() == f"http://127.0.0.1:{port}"
    with socket.create_server(("127.0.0.1", port)):
        assert state.choose_studios_port() != port


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://cache.example:6379/3", "redis://cache.example:6379/3"),
        ("rediss://:word@cache.example/0", "rediss://:word@cache.example/0"),
        ("unix:///run/valkey.sock?db=2", "redis+socket:///run/valkey.sock?virtual_host=2"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_broker_url_spells_sockets_as_celery_does(given: str, expected: str) -> None:
    assert state.broker_url(given) == expected
