"""Readers of files who stop reading and stay, against the web server itself."""

import socket
import time
from contextlib import ExitStack

import pytest

from arena.api import exports
from tests.benchmarks.votes import fill_votes
from tests.factories import create_arena
from tests.gateway.live import LiveSite

ADDRESS = "/api/v1/exports/votes.jsonl"
PATIENCE = 3
DEADLINE = 120


def stop_reading(port: int) -> socket.socket:
    """Ask for a file, read the beginning of the answer and no more."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(30)
    line.connect(("127.0.0.1", port))
    line.sendall(f"GET {ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    assert line.recv(12) == b"HTTP/1.1 200"
    return line


def ask(site: LiveSite) -> int:
    line = site.line()
    try:
        line.request("GET", ADDRESS)
        return line.getresponse().status
    finally:
        line.close()


@pytest.mark.django_db(transaction=True)
def test_readers_who_stop_reading_are_left(tmp_path, monkeypatch):
    create_arena(challenges=4, models=8)
    # More than the buffers between server and reader hold.
    fill_votes(votes=20_000, voters=2_000, mark="s", hours_ago=2)
    monkeypatch.setenv("EXPORT_SECONDS", str(PATIENCE))
    with LiveSite(folder=tmp_path) as site, ExitStack() as stuck:
        begun = time.monotonic()
        for _ in range(exports.AT_ONCE):
            stuck.enter_context(stop_reading(site.port))
        assert ask(site) == 503
        while (status := ask(site)) != 200:
            assert status == 503
            assert time.monotonic() - begun < DEADLINE, site.log
            time.sleep(0.2)
        assert time.monotonic() - begun >= PATIENCE
