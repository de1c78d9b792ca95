import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis

from arena.ops import embedded, state
from arena.ops.supervisor import Part, Supervisor

from .waiting import is_alive, wait_for

Make = Callable[..., Supervisor]


def start(supervisor: Supervisor, part: Part) -> None:
    supervisor.start(part)
    supervisor.wait_until_ready(part, seconds=30, stop=lambda: False)


def kill_and_await(supervisor: Supervisor, part: Part) -> None:
    """Kill a part as a crash would, and return when the supervisor has brought it back."""
    killed = supervisor.pids()[part.name]
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: supervisor.watch() and supervisor.pids().get(part.name, killed) != killed)
    supervisor.wait_until_ready(part, seconds=30, stop=lambda: False)


def test_postgres_keeps_committed_rows_when_it_is_killed(
    own_state: Path, make_supervisor: Make
) -> None:
    supervisor = make_supervisor(pauses=(0.5, 0.5, 0.5, 0.5))
    part = embedded.prepare_postgres()
    start(supervisor, part)
    with psycopg.connect(state.embedded_database_url()) as line:
        line.execute("CREATE TABLE kept (word text)")
        line.execute("INSERT INTO kept VALUES ('grüß')")
        settings = line.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
            " current_setting('listen_addresses')"
        ).fetchone()
    assert settings == ("on", "on", "")
    kill_and_await(supervisor, part)
    with psycopg.connect(state.embedded_database_url()) as line:
        assert line.execute("SELECT word FROM kept").fetchall() == [("grüß",)]


def test_postgres_starts_beside_lock_files_that_name_a_foreign_process(
    own_state: Path, make_supervisor: Make
) -> None:
    """As after a reboot: the number belongs to another program, and PostgreSQL would believe it."""
    embedded.prepare_postgres(durable=False)
    account = state.find_account()
    foreign = subprocess.Popen(
        ["/bin/sleep", "60"],
        user=account.uid if account else None,  # PostgreSQL disregards other users' processes
        extra_groups=[] if account else None,
    )
    try:
        lies = f"{foreign.pid}\n{own_state / 'postgres' / 'data'}\n1\n5432\n"
        (own_state / "postgres" / "data" / "postmaster.pid").write_text(lies)
        (state.postgres_sockets() / ".s.PGSQL.5432.lock").write_text(lies)
        start(make_supervisor(), embedded.prepare_postgres(durable=False))
        with psycopg.connect(state.embedded_database_url()) as line:
            assert line.execute("SELECT 1").fetchone() == (1,)
        assert is_alive(foreign.pid)
    finally:
        foreign.kill()
        foreign.wait()


def test_postgres_left_over_from_an_earlier_start_is_stopped(
    own_state: Path, make_supervisor: Make
) -> None:
    supervisor = make_supervisor(pauses=(60.0,))
    start(supervisor, embedded.prepare_postgres(durable=False))
    earlier = supervisor.pids()["postgres"]
    start(make_supervisor(), embedded.prepare_postgres(durable=False))
    assert not is_alive(earlier)


def test_half_made_data_is_made_again(own_state: Path, make_supervisor: Make) -> None:
    half = own_state / "postgres" / "data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    start(make_supervisor(), embedded.prepare_postgres(durable=False))
    assert not half.exists()


def test_postgres_of_another_version_than_the_data_is_named() -> None:
    with pytest.raises(embedded.EmbeddedError, match="made by PostgreSQL 9, but only"):
        embedded.find_postgres(major=9)


def test_postgres_on_path_is_used_where_no_wheel_is(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = embedded.find_postgres()
    (open_folder / "initdb").symlink_to(wheel.programs / "initdb")
    monkeypatch.setattr(embedded, "POSTGRES_WHEELS", ())
    monkeypatch.setenv("PATH", str(open_folder))
    assert embedded.find_postgres() == wheel
    (open_folder / "initdb").unlink()
    with pytest.raises(embedded.EmbeddedError, match="DATABASE_URL"):
        embedded.find_postgres()


def test_programs_out_of_reach_are_copied_and_run(
    own_state: Path, open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = embedded.find_postgres()
    closed = open_folder / "closed" / found.programs.parents[1].name
    closed.mkdir(parents=True)
    shutil.copytree(found.programs.parent, closed / found.programs.parent.name, symlinks=True)
    libraries = found.programs.parents[1].with_name(f"{closed.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, closed.with_name(libraries.name))
    closed.parent.chmod(0o700)
    stranger = state.Account(name="somebody", uid=54321, gid=54321)
    programs = closed / found.programs.parent.name / "bin"
    away = embedded.Postgres(programs=programs, version=found.version)
    copied = embedded._bring_in_reach(away, account=stranger)
    shutil.rmtree(closed.parent)
    assert state.reaches(stranger, copied.programs / "initdb")
    answer = subprocess.run(
        [copied.programs / "initdb", "--version"], capture_output=True, text=True, check=True
    )
    assert found.version in answer.stdout


def test_valkey_keeps_its_queue_when_it_is_killed(own_state: Path, make_supervisor: Make) -> None:
    supervisor = make_supervisor()
    part = embedded.prepare_valkey()
    start(supervisor, part)
    with redis.Redis.from_url(state.embedded_redis_url()) as line:
        line.lpush("queue", "message")
        assert line.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    kill_and_await(supervisor, part)
    with redis.Redis.from_url(state.embedded_redis_url(), decode_responses=True) as line:
        assert line.lrange("queue", 0, -1) == ["message"]


def test_missing_valkey_is_named(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "VALKEY_WHEEL", "no_such_wheel")
    monkeypatch.setenv("PATH", str(open_folder))
    with pytest.raises(embedded.EmbeddedError, match="REDIS_URL"):
        embedded.find_valkey()
