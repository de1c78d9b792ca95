"""A connection of the pool tells a dead server from a living one without asking it."""

import socket

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from arena.ops.lines import Line, has_arrived


@pytest.fixture
def line(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        values = connection.get_connection_params()
    wanted = {
        name: values[name]
        for name in ("dbname", "user", "password", "host", "port")
        if name in values
    }
    with Line.connect(**wanted, autocommit=True) as opened:
        yield opened


def test_the_pool_hands_out_lines():
    assert settings.DATABASES["default"]["OPTIONS"]["pool"]["connection_class"] is Line


def test_the_health_check_of_a_standing_line_sends_nothing(line, monkeypatch):
    sent = []
    ask = psycopg.Connection.execute
    monkeypatch.setattr(
        psycopg.Connection,
        "execute",
        lambda self, *words, **more: sent.append(words) or ask(self, *words, **more),
    )
    line.execute("")
    assert sent == []
    assert line.execute("select 1").fetchone() == (1,)
    assert len(sent) == 1


def test_the_health_check_finds_that_the_server_has_gone(line):
    with pytest.raises(psycopg.errors.AdminShutdown):
        line.execute("select pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(psycopg.OperationalError):
        line.execute("")


def test_the_health_check_finds_a_line_that_somebody_else_ended(line):
    (pid,) = line.execute("select pg_backend_pid()").fetchone()
    with psycopg.connect(
        line.info.dsn, password=line.info.password or None, autocommit=True
    ) as other:
        assert other.execute("select pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError):
        line.execute("")


def test_a_notice_on_an_idle_line_is_no_death(line):
    with psycopg.connect(
        line.info.dsn, password=line.info.password or None, autocommit=True
    ) as other:
        line.execute("listen somebody")
        other.execute("notify somebody")
    assert line.execute("select 1").fetchone() == (1,)
    line.execute("")


def test_what_has_arrived_on_a_socket():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert not has_arrived(ours.fileno())
        theirs.send(b"x")
        assert has_arrived(ours.fileno())
        ours.recv(1)
        theirs.close()
        assert has_arrived(ours.fileno())
