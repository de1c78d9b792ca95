"""Where calls may go, what they may carry, and how far they may wait."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from arena.providers.http import call, fetch, open_client
from arena.providers.types import Outcome, ProviderError
from tests.fake_providers import FakeProviders
from tests.providers.conftest import KEY, ask_for


def get_error(function, *args, **kwargs) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        function(*args, **kwargs)
    assert KEY not in str(caught.value)
    return caught.value


@contextmanager
def listen() -> Iterator[tuple[int, list[bytes]]]:
    """A port that takes one connection, keeps the first bytes, and hangs up."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        stop = threading.Event()

        def run() -> None:
            while not stop.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(1)
                    heard.append(connection.recv(4096))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            stop.set()
            thread.join()


def test_closed_port_is_a_free_connection_error(client, endpoint):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    target = endpoint(base_url=f"http://127.0.0.1:{port}/v1", private_hosts=("127.0.0.1",))
    error = get_error(call, client, "POST", target.base_url, endpoint=target, json={})
    assert (error.outcome, error.billed, error.retryable) == (Outcome.CONNECTION, False, True)


def test_unknown_name_is_a_free_connection_error(endpoint):
    def resolve(host: str, port: int) -> tuple[str, ...]:
        raise socket.gaierror(-2, "Name or service not known")

    with open_client(resolve=resolve) as client:
        target = endpoint(base_url="https://nowhere.example/v1")
        error = get_error(call, client, "POST", target.base_url, endpoint=target)
    assert (error.outcome, error.billed, error.retryable) == (Outcome.CONNECTION, False, True)


def test_bad_certificate_stops_the_call_before_the_key_is_sent(client, fake, endpoint):
    target = endpoint(base_url=f"https://{fake.host}/v1", private_hosts=(fake.host,))
    credentials = {"Authorization": f"Bearer {KEY}"}
    error = get_error(
        call, client, "POST", target.base_url, endpoint=target, credentials=credentials
    )
    assert (error.outcome, error.billed) == (Outcome.CONNECTION, False)
    assert fake.requests == []


def test_connection_goes_to_the_checked_address_under_the_hosts_name(endpoint):
    with listen() as (port, heard):
        asked = []

        def resolve(host: str, asked_port: int) -> tuple[str, ...]:
            asked.append((host, asked_port))
            return ("127.0.0.1",)

        target = endpoint(
            base_url=f"https://pictures.example:{port}/v1", private_hosts=("pictures.example",)
        )
        with open_client(resolve=resolve) as client:
            get_error(call, client, "GET", target.base_url, endpoint=target)
    assert asked == [("pictures.example", port)], "resolved once: a second answer could differ"
    assert b"pictures.example" in heard[0], "the TLS greeting names the host, not the address"


def test_plain_call_keeps_the_host_header(fake, endpoint):
    port = fake.host.partition(":")[2]
    target = endpoint(base_url=f"http://studio.local:{port}/v1", private_hosts=("studio.local",))
    with open_client(resolve=lambda _host, _port: ("127.0.0.1",)) as client:
        answer = call(client, "POST", f"{target.base_url}/nothing", endpoint=target)
    assert answer.status == 404
    assert fake.requests[0].headers["host"] == f"studio.local:{port}"


@pytest.mark.parametrize("host", ["studio.local", "localhost.example", "10.0.0.1"])
def test_a_key_travels_by_https_but_to_this_machine_itself(fake, endpoint, host):
    port = fake.host.partition(":")[2]
    target = endpoint(base_url=f"http://{host}:{port}/v1", private_hosts=(host,))
    with open_client(resolve=lambda _host, _port: ("127.0.0.1",)) as client:
        error = get_error(
            call, client, "POST", target.base_url, endpoint=target, credentials={"X-Key": KEY}
        )
        assert (error.outcome, error.billed) == (Outcome.CONNECTION, False)
        assert not fake.requests
        here = endpoint(base_url=f"http://localhost:{port}/v1", private_hosts=("localhost",))
        call(client, "POST", here.base_url, endpoint=here, credentials={"X-Key": KEY})
    assert fake.requests[0].headers["x-key"] == KEY


ADDRESSES = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::", "2001:db8::1", "not an address",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_hosts_at_private_addresses_are_not_connected_to(endpoint, address):
    with open_client(resolve=lambda _host, _port: ("93.184.215.14", address)) as client:
        for use in (
            lambda target: fetch(client, "https://cdn.example/x.png", endpoint=target),
            lambda target: call(client, "POST", target.base_url, endpoint=target),
        ):
            error = get_error(use, endpoint(base_url="https://api.example/v1"))
            assert error.outcome is Outcome.CONNECTION
            assert error.retryable is False
            assert "not public" in error.message


URLS = [
    "http://127.0.0.1:{port}/files/0.png", "http://localhost:{port}/", "http://[::1]:{port}/",
    "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://127.1:{port}/",
    "http://0177.0.0.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/",
    "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://[::1]:{port}/",
    "https://2130706433:{port}/", "https://127.1:{port}/", "https://[::ffff:7f00:1]:{port}/",
    "https://user:pass@127.0.0.1:{port}/", "https://cdn.example@127.0.0.1:{port}/",
    "https://cdn.example\\@127.0.0.1:{port}/", "https://127.0.0.1:{port}#@cdn.example/",
    "file:///etc/hostname", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/", "//x", "",
    "https://", "https://:{port}/", "https://127.0.0.1:99999/", "https://[::1/", "data:,x",
    "https://１２７.０.０.１:{port}/", "https://loc\talhost:{port}/", " https://127.0.0.1:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_downloads_never_reach_this_machine(client, fake, endpoint, url):
    url = url.format(port=fake.host.partition(":")[2])
    error = get_error(fetch, client, url, endpoint=endpoint(private_hosts=()))
    assert error.billed is True
    assert fake.requests == []


def test_redirects_are_checked_like_the_first_address(client, fake, endpoint):
    with FakeProviders() as inner:
        hop = fake.keep_file(b"", status=302, headers={"Location": f"{inner.origin}/files/0.png"})
        inner.keep_file(b"secret")
        error = get_error(fetch, client, fake.origin + hop, endpoint=endpoint())
        assert inner.requests == []
    assert error.outcome is Outcome.CONNECTION


@pytest.mark.parametrize(("hops", "arrives"), [(3, True), (4, False)])
def test_three_redirects_are_followed(client, fake, endpoint, hops, arrives):
    path = fake.keep_file(b"pixels")
    for _ in range(hops):
        path = fake.keep_file(b"", status=302, headers={"Location": path})
    if arrives:
        assert fetch(client, fake.origin + path, endpoint=endpoint()).body == b"pixels"
    else:
        error = get_error(fetch, client, fake.origin + path, endpoint=endpoint())
        assert "3 redirects" in error.message
        assert len(fake.requests) == 4


def test_lost_download_is_tried_again_and_not_bought_again(client, fake, endpoint):
    target = endpoint()
    path = fake.keep_file(b"gone", status=503)
    error = get_error(fetch, client, fake.origin + path, endpoint=target)
    assert len(fake.requests) == 3
    assert (error.outcome, error.billed, error.retryable) == (Outcome.BAD_ANSWER, True, False)


def test_key_goes_only_to_the_endpoints_own_hosts(client, fake, endpoint):
    credentials = {"Authorization": f"Bearer {KEY}"}
    with FakeProviders() as other:
        hosts = (fake.host, other.host)
        target = endpoint(private_hosts=hosts)
        url = f"{other.base_url}/jobs/1"
        error = get_error(call, client, "GET", url, endpoint=target, credentials=credentials)
        assert (error.billed, error.retryable, other.requests) == (False, False, [])

        listed = endpoint(private_hosts=hosts, key_hosts=(other.host,))
        call(client, "GET", url, endpoint=listed, credentials=credentials)
        assert other.requests[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://api.bfl.ai/v1/x", True),
        ("https://eu1.poll.bfl.ai/x", True),
        ("https://queue.example/x", True),
        ("https://bfl.ai.evil.example/x", False),
        ("https://sub.queue.example/x", False),
        ("https://evilbfl.ai/x", False),
        ("https://api.example/v1/jobs", True),
        ("https://api.example:8443/v1", False),
        ("https://sub.api.example/v1", False),
    ],
)
def test_key_hosts_are_names_or_suffixes(endpoint, url, allowed):
    target = endpoint(base_url="https://api.example/v1", key_hosts=(".bfl.ai", "queue.example"))
    with open_client(resolve=lambda _host, _port: ("10.0.0.1",)) as client:
        error = get_error(call, client, "GET", url, endpoint=target, credentials={"X-Key": KEY})
    expected = "not public" if allowed else "key may not be sent"
    assert expected in error.message


def test_addresses_with_a_login_in_them_are_refused(endpoint):
    with open_client(resolve=lambda _host, _port: ("10.0.0.1",)) as client:
        error = get_error(fetch, client, "https://user:pass@cdn.example/x", endpoint=endpoint())
    assert "login" in error.message


def test_plain_http_is_refused_outside_the_private_hosts(endpoint):
    target = endpoint(base_url="http://api.example/v1")
    with open_client(resolve=lambda _host, _port: ("93.184.215.14",)) as client:
        error = get_error(call, client, "POST", target.base_url, endpoint=target)
    assert "plain http" in error.message
    assert error.billed is False


@pytest.mark.parametrize("key", ["sk-line\nbreak", "sk-ключ"])
def test_impossible_key_is_named_without_being_quoted(fake, endpoint, failure, key):
    error = failure(endpoint(key=key))
    assert (error.outcome, error.billed, fake.requests) == (Outcome.AUTH, False, [])
    assert "line" not in error.message
    assert "ключ" not in error.message


def test_proxy_and_login_of_the_environment_are_ignored(fake, endpoint, submit, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert submit(ask_for(), endpoint()).http_status == 200


def test_cookies_are_not_carried_from_call_to_call(client, fake, endpoint):
    path = fake.keep_file(b"x", headers={"Set-Cookie": "track=1; Path=/"})
    for _ in range(2):
        fetch(client, fake.origin + path, endpoint=endpoint())
    assert all("cookie" not in request.headers for request in fake.requests)


def test_key_is_in_no_log_line(fake, endpoint, submit, failure, caplog):
    caplog.set_level(logging.DEBUG)
    fake.script(["ok", "auth", "reset"])
    submit(ask_for(), endpoint())
    failure(endpoint())
    failure(endpoint())
    assert KEY not in caplog.text


def test_declared_length_past_the_cap_is_cut_off(client, fake, endpoint):
    path = fake.keep_file(b"x" * 200_000)
    error = get_error(fetch, client, fake.origin + path, endpoint=endpoint(max_bytes=100_000))
    assert error.outcome is Outcome.TOO_LARGE


def test_clock_that_is_handed_in_decides(fake, endpoint):
    ticks = iter(range(0, 100_000, 100))
    with open_client(clock=lambda: float(next(ticks))) as client:
        error = get_error(
            call, client, "POST", f"{fake.base_url}/x", endpoint=endpoint(deadline_seconds=50)
        )
    assert error.outcome is Outcome.TIMEOUT
    assert fake.requests == []


def test_calls_run_side_by_side_on_one_client(client, fake, endpoint, submit):
    fake.latency_seconds = 0.3
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(submit(ask_for(), endpoint())))
        for _ in range(6)
    ]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert time.monotonic() - started < 1.5
