"""People who vote over HTTP, and insist: what was not acknowledged is sent again under its token."""

import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from .site import Site, wait_for

TOKEN = re.compile(r'data-token="([\w-]+)"')
VERDICTS = ("left", "right", "tie", "both_bad")
PATIENCE = 60.0
# Nobody looks shorter than this at a pair whose verdict is to count (the floor is 250 ms).
LOOKING = 0.3


@dataclass
class Browser:
    """One cookie jar, and when its last verdict was acknowledged."""

    line: httpx.Client
    next_token: str = ""
    judged_at: float = 0.0


@dataclass
class Voter:
    """Somebody with `browsers` at hand, voting in each in turn as fast as looking at a pair allows.

    `acknowledged` maps tokens to verdicts; `answers` counts statuses, and errors of the line by name.
    """

    base: str
    number: int = 1
    browsers: int = 1
    acknowledged: dict[str, str] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    trouble: str = ""

    def vote_until(self, stop: threading.Event) -> None:
        """Judge pair after pair; each verdict is sent until the server acknowledges it."""
        # A network of one's own: new voters are counted per network and hour.
        transport = httpx.HTTPTransport(
            local_address=f"127.0.{self.number}.1",
            limits=httpx.Limits(max_keepalive_connections=self.browsers),
        )
        jars = [
            Browser(httpx.Client(base_url=self.base, timeout=15, transport=transport))
            for _ in range(self.browsers)
        ]
        try:
            for browser in itertools.cycle(jars):
                if stop.is_set():
                    break
                time.sleep(max(browser.judged_at + LOOKING - time.monotonic(), 0))
                self._judge(browser)
        except Exception as error:  # shown by the test: a thread's own trace goes nowhere
            self.trouble = repr(error)
        finally:
            transport.close()

    def _judge(self, browser: Browser) -> None:
        """Give one verdict. The answer brings the next pair; only the first one comes by a page."""
        if not browser.next_token:
            browser.next_token = self._token_in(self._ask(browser.line, "GET", "/vote/"))
            time.sleep(LOOKING)
        token = browser.next_token
        verdict = VERDICTS[len(self.acknowledged) % len(VERDICTS)]
        said = {"verdict": verdict, "viewing_ms": str(int(LOOKING * 1000))}
        for _ in range(1 + (len(self.acknowledged) % 3 == 0)):  # every third one is sent twice
            answer = self._ask(browser.line, "POST", f"/battles/{token}/verdict/", **said)
        browser.judged_at = time.monotonic()
        self.acknowledged[token] = verdict
        browser.next_token = self._token_in(answer)

    def _token_in(self, response: httpx.Response) -> str:
        found = TOKEN.search(response.text)
        assert found, f"no pair in the answer: {response.text[-500:]}"
        return found[1]

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


@dataclass(frozen=True)
class Difference:
    """Where the database and the voters disagree: tokens, with the verdict that the voters know."""

    lost: dict[str, str]
    twice: list[str]
    other: dict[str, str]
    unknown: list[str]

    def __bool__(self) -> bool:
        return bool(self.lost or self.twice or self.other or self.unknown)


def find_difference(site: Site, voters: Sequence[Voter]) -> Difference:
    """Compare what was acknowledged with what is recorded.

    `lost` was acknowledged and is not there, `twice` is there more than once, `other` with another
    verdict, and `unknown` is there though nobody was told.
    """
    acknowledged: dict[str, str] = {}
    for voter in voters:
        acknowledged.update(voter.acknowledged)
    rows = site.rows(
        "select token, verdict from battles_vote join battles_battle on battles_battle.id = battle_id"
    )
    times = Counter(token for token, _ in rows)
    recorded = dict(rows)
    return Difference(
        lost={token: said for token, said in acknowledged.items() if token not in recorded},
        twice=[token for token, number in times.items() if number > 1],
        other={
            token: said for token, said in acknowledged.items() if recorded.get(token, said) != said
        },
        unknown=[token for token in recorded if token not in acknowledged],
    )


@contextmanager
def voting(base: str, *, number: int, browsers: int = 1) -> Iterator[list[Voter]]:
    """Let some voters vote while the block runs; at its end each finishes what it began."""
    stop = threading.Event()
    voters = [Voter(base, number=n + 1, browsers=browsers) for n in range(number)]
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


def count_acknowledged(voters: Sequence[Voter]) -> int:
    return sum(len(voter.acknowledged) for voter in voters)


def let_each_vote(voters: Sequence[Voter], *, more: int) -> None:
    """Wait until every voter has that many more acknowledged verdicts."""
    wanted = [len(voter.acknowledged) + more for voter in voters]

    def happened() -> bool:
        fail_if_stuck(voters)
        return all(
            len(voter.acknowledged) >= least for voter, least in zip(voters, wanted, strict=True)
        )

    wait_for(happened, seconds=45, what=str([voter.answers for voter in voters]))


def let_all_vote(voters: Sequence[Voter], *, until: int, seconds: float) -> None:
    """Wait until the voters together have that many acknowledged verdicts."""

    def happened() -> bool:
        fail_if_stuck(voters)
        return count_acknowledged(voters) >= until

    wait_for(happened, seconds=seconds, what=str([voter.answers for voter in voters]))


def fail_if_stuck(voters: Sequence[Voter]) -> None:
    stuck = [voter.trouble for voter in voters if voter.trouble]
    assert not stuck, stuck
