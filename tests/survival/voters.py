"""People who vote over HTTP, and insist: what was not acknowledged is sent again under its token."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

TOKEN = re.compile(r'data-token="([\w-]+)"')
VERDICTS = ("left", "right", "tie", "both_bad")
PATIENCE = 60.0
PAUSE = 0.05


@dataclass
class Voter:
    """One browser's worth of voting; `answers` counts statuses, and errors of the line by name."""

    base: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    trouble: str = ""

    def vote_until(self, stop: threading.Event) -> None:
        """Judge pair after pair; each verdict is sent until the server acknowledges it."""
        try:
            with httpx.Client(base_url=self.base, timeout=15) as line:
                while not stop.is_set():
                    self._judge(line)
                    time.sleep(PAUSE)
        except Exception as error:  # shown by the test: a thread's own trace goes nowhere
            self.trouble = repr(error)

    def _judge(self, line: httpx.Client) -> None:
        page = self._ask(line, "GET", "/vote/")
        found = TOKEN.search(page.text)
        assert found, f"no pair on the page: {page.text[-500:]}"
        token = found[1]
        verdict = VERDICTS[len(self.acknowledged) % len(VERDICTS)]
        for _ in range(1 + (len(self.acknowledged) % 3 == 0)):  # every third one is sent twice
            self._ask(line, "POST", f"/battles/{token}/verdict/", verdict=verdict)
        self.acknowledged[token] = verdict

    def _ask(self, line: httpx.Client, method: str, path: str, **data: str) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE
        while True:
            begun = time.monotonic()
            headers = {"X-CSRFToken": line.cookies.get("csrftoken", ""), "HX-Request": "true"}
            try:
                response = line.request(
                    method, path, data=data or None, headers=headers if data else None
                )
            except httpx.TransportError as error:
                self.answers[type(error).__name__] += 1
            else:
                self.slowest = max(self.slowest, time.monotonic() - begun)
                self.answers[str(response.status_code)] += 1
                if response.status_code == 200:
                    return response
                assert response.status_code >= 500, response.text
            assert time.monotonic() < deadline, f"{method} {path} was never answered"
            time.sleep(0.1)


@contextmanager
def voting(base: str, *, number: int) -> Iterator[list[Voter]]:
    """Let some voters vote while the block runs; at its end each finishes what it began."""
    stop = threading.Event()
    voters = [Voter(base) for _ in range(number)]
    threads = [
        threading.Thread(target=voter.vote_until, args=(stop,), daemon=True) for voter in voters
    ]
    for thread in threads:
        thread.start()
    try:
        yield voters
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=PATIENCE)
    assert not [voter.trouble for voter in voters if voter.trouble]
    assert not any(thread.is_alive() for thread in threads)
