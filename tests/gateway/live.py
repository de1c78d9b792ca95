"""The site's web server, as `make up` starts it, on the test's database and in front of a fake provider."""

import http.client
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from arena.ops import state
from arena.ops.parts import web_part
from tests.fake_providers import FakeProviders

START_SECONDS = 60


class LiveSite:
    """One gunicorn with few threads; a context manager. `fake` is the provider of every local offering."""

    def __init__(self, *, folder: Path, threads: int = 4, calls: int = 2) -> None:
        self._folder = folder
        self._sizes = {"WEB_THREADS": str(threads), "GATEWAY_CALLS": str(calls)}
        self.port = state.free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.fake = FakeProviders()

    def __enter__(self) -> "LiveSite":
        self.fake.__enter__()
        database = connection.settings_dict["NAME"]
        address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()
        environment = {
            **os.environ,
            **self._sizes,
            "DATABASE_URL": address,
            "STUDIOS_URL": self.fake.origin,
            "MEDIA_ROOT": str(self._folder / "media"),
            "DJANGO_SETTINGS_MODULE": "tests.gateway.live_settings",
        }
        part = web_part(host="127.0.0.1", port=self.port, environment=environment)
        # One process instead of two, so that its permits can be counted from outside.
        command = [*part.command, "--workers", "1"]
        self._output = (self._folder / "web.log").open("wb")
        self._process = subprocess.Popen(
            command,
            cwd=state.checkout(),
            env=environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_ready(part.is_ready)
        return self

    def _wait_until_ready(self, is_ready: Callable[[int], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready(self._process.pid):
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.1)

    @property
    def log(self) -> str:
        return (self._folder / "web.log").read_text()

    def forget(self) -> None:
        """Let the fake provider be as new for the next test."""
        self.fake.script([])
        self.fake.requests.clear()
        self.fake.bill, self.fake.latency_seconds = 0, 0.0

    def line(self) -> http.client.HTTPConnection:
        """Open a connection of one's own to the server."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._output.close()
        self.fake.__exit__(None)
