"""Slow calls leave threads to the voters, and callers who go away leave a call that ends well."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from arena.gateway.permits import Hold, count_taken
from arena.generation.models import Generation, LedgerEntry

from .conftest import GENERATIONS, set_price
from .live import LiveSite

BODY = json.dumps({"model": "harbour-1", "prompt": "A red boat.", "size": "256x256"})


def wait_for(condition: Callable[[], object], *, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(live: LiveSite, secret: str, **fields: Any) -> tuple[int, dict[str, str], Any]:
    line = live.line()
    line.request(
        "POST",
        GENERATIONS,
        json.dumps(json.loads(BODY) | fields),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )
    answer = line.getresponse()
    told = answer.status, dict(answer.getheaders()), json.loads(answer.read())
    line.close()
    return told


def look(live: LiveSite, path: str) -> int:
    line = live.line()
    line.request("GET", path)
    status = line.getresponse().status
    line.close()
    return status


def test_a_hold_takes_all_or_none_and_returns_once(settings):
    settings.GATEWAY_CALLS = 3
    first, second = Hold(), Hold()
    assert first.take(2)
    assert not second.take(2)
    assert second.take(1)
    assert count_taken() == 3
    for _ in range(2):
        first.release()
    assert count_taken() == 1
    second.release()
    assert count_taken() == 0


def test_slow_calls_leave_threads_to_the_voters(live, model, secret):
    """Four threads, two permits: two calls wait for their provider, the third is sent away, voters pass."""
    live.fake.latency_seconds = 4.0
    ends: list[int] = []
    slow = [threading.Thread(target=lambda: ends.append(ask(live, secret)[0])) for _ in range(2)]
    for thread in slow:
        thread.start()
    wait_for(lambda: len(live.fake.posts) == 2)
    status, headers, body = ask(live, secret)
    assert (status, body["error"]["code"]) == (429, "rate_limit_exceeded")
    assert int(headers["Retry-After"]) >= 1
    # As many voters at once as there are other threads.
    with ThreadPoolExecutor(2) as voters:
        assert set(voters.map(lambda path: look(live, path), ("/livez", "/", "/vote/") * 2)) == {
            200
        }
    assert ends == [], "the voters were let in only after the slow calls had ended"
    for thread in slow:
        thread.join(timeout=20)
    assert ends == [200, 200]
    live.fake.latency_seconds = 0.0
    assert ask(live, secret)[0] == 200


def test_several_pictures_need_room_for_all_of_them(live, model, secret):
    live.fake.latency_seconds = 2.0
    thread = threading.Thread(target=ask, args=(live, secret))
    thread.start()
    wait_for(lambda: len(live.fake.posts) == 1)
    assert ask(live, secret, n=2)[0] == 429
    thread.join(timeout=20)
    live.fake.latency_seconds = 0.0
    # More than there are permits at all are made in turns.
    status, _, body = ask(live, secret, n=4)
    assert (status, len(body["data"])) == (200, 4)


@pytest.mark.parametrize("abruptly", [False, True])
def test_a_caller_who_hangs_up_leaves_a_call_that_ends_well(live, model, secret, abruptly):
    set_price(model, "0.04")
    live.fake.latency_seconds = 1.0
    head = (
        f"POST {GENERATIONS} HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(BODY)}\r\n\r\n"
    )
    line = socket.create_connection(("127.0.0.1", live.port), timeout=10)
    line.sendall((head + BODY).encode())
    wait_for(lambda: len(live.fake.posts) == 1)
    if abruptly:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
    wait_for(lambda: Generation.objects.filter(state="stored").exists())
    entries = dict(LedgerEntry.objects.values_list("kind", "amount"))
    assert float(entries["settle"]) == pytest.approx(0.04)
    assert entries["reserve"] == entries["release"]
    assert live.fake.bill == 1
    live.fake.latency_seconds = 0.0
    # Its permit is free again: as many as there are can be taken.
    wait_for(lambda: ask(live, secret, n=2)[0] == 200)


def test_a_slow_upload_of_a_stranger_holds_nothing(live, model, secret):
    """Its key is asked for before its body is awaited."""
    line = socket.create_connection(("127.0.0.1", live.port), timeout=10)
    line.sendall(
        f"POST {GENERATIONS} HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{{".encode()
    )
    answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 401")
    line.close()
    assert ask(live, secret, n=2)[0] == 200


def test_a_huge_body_is_turned_away_while_it_still_comes(live, model, secret):
    line = socket.create_connection(("127.0.0.1", live.port), timeout=10)
    line.sendall(
        f"POST {GENERATIONS} HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n"
        f"Authorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
        f"Content-Length: 3000000000\r\n\r\n{{".encode()
    )
    answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "application/json" in answer
    line.close()
