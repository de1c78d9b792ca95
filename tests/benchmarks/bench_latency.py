"""Key press to both next pictures painted, on slow lines, in Chromium; and that no press is lost.

Run from the checkout: python -m tests.benchmarks.bench_latency [--state FOLDER] [--votes 24]

FOLDER is the state of a stopped site whose pictures are used (a copy of it is); without it, or with
too few pictures in it, the ones that ship with Paragone are. The probe runs in the page and does not
ask vote.js: from the key event's own time until both pictures of another pair are complete and
decoded in the arena and two frames have passed (the first draws them, the second one begins after).
"""

import argparse
import os
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.screenshots import CHROMIUM_OPTIONS
from tests.browser.voting import VERDICTS, recorded, votes_of_voter, wait_for_pair, wait_for_votes
from tests.plugin import find_chromium
from tests.survival.conftest import NO_STUDIOS
from tests.survival.site import Site, wait_for

SHIPPED = 36
READY = (
    "select count(*) from generation_candidate candidate join generation_slot slot "
    "on slot.id = slot_id join challenges_prompt prompt on prompt.id = prompt_id "
    "join challenges_challenge challenge on challenge.id = challenge_id "
    "where challenge.status = 'open' and candidate.status = 'in-play'"
)
# The file that was chosen is found by its address: naturalWidth speaks of the place it fills.
PROBE = """(async (old) => {
  const path = (address) => new URL(address, location.href).pathname;
  const widthOf = (picture) => {
    const files = [...picture.closest("picture").querySelectorAll("source")]
      .flatMap((source) => source.srcset.split(",").map((file) => file.trim().split(" ")));
    const chosen = files.find(([address]) => path(address) === path(picture.currentSrc));
    return chosen ? parseInt(chosen[1], 10) : 0;
  };
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const began = await window.pressed;
  for (;;) {
    const battle = document.querySelector("#arena .battle");
    const pictures = battle && battle.dataset.token !== old ? [...battle.querySelectorAll(".pair img")] : [];
    if (pictures.length === 2 && pictures.every((one) => one.complete && one.naturalWidth)) {
      await Promise.all(pictures.map((one) => one.decode()));
      await frame();
      await frame();
      const took = performance.now() - began;
      return { took, token: battle.dataset.token, widths: pictures.map(widthOf) };
    }
    await frame();
  }
})"""
LISTEN = """() => {
  window.pressed = new Promise((done) =>
    addEventListener("keydown", (event) => done(event.timeStamp), { capture: true, once: true }));
}"""
ARM = "(old) => { window.shown = (" + PROBE + ")(old); }"


@dataclass(frozen=True)
class Line:
    """A network: megabits a second (0: unlimited) and milliseconds until an answer begins."""

    name: str
    mbits: float
    latency: int


@dataclass(frozen=True)
class Case:
    """One voter: a line, seconds between presses, the screen's pixel ratio, and the goals in ms."""

    line: Line
    pause: float
    ratio: int = 1
    median: float | None = None
    p95: float | None = None


FIBRE = Line("20 Mbit/40 ms", 20, 40)
MOBILE = Line("9 Mbit/85 ms", 9, 85)
SLOW = Line("1.6 Mbit/150 ms", 1.6, 150)
FAR = Line("900 ms away", 0, 900)
CASES = (
    Case(MOBILE, 2, median=60, p95=85),
    Case(MOBILE, 2, ratio=2),
    Case(FIBRE, 2),
    Case(SLOW, 2),
    Case(MOBILE, 0.4, p95=95),
    Case(MOBILE, 0.4, ratio=2),
)
PRESSES = 50


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--state", type=Path, help="of a stopped site with pictures")
    options.add_argument("--votes", type=int, default=24, help="per voter")
    options.add_argument("--presses", type=int, default=PRESSES, help="of the voter far away")
    asked = options.parse_args()
    site = Site(like=asked.state, **NO_STUDIOS)
    try:
        site.wait_until_ready()
        await_pictures(site)
        with open_browser() as browser:
            for case in CASES:
                report(case, *measure(site, browser, case, votes=asked.votes))
            arrive(site, browser, presses=asked.presses)
    finally:
        site.end()


def await_pictures(site: Site) -> None:
    """Wait for the shipped pictures where the state brings no more of its own."""
    if site.value(READY) < SHIPPED:
        say(f"{site.value(READY)} pictures are there; waiting for the {SHIPPED} shipped ones")
        wait_for(lambda: site.value(READY) >= SHIPPED, seconds=180, pause=0.5, what=site.output)
    say(f"{site.value(READY)} pictures in play")


@contextmanager
def open_browser() -> Iterator[Browser]:
    found = os.environ.get("CHROMIUM") or find_chromium()
    if found is None:
        sys.exit("No Chromium found: name one with CHROMIUM=/path/to/chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(found), args=CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def visiting(site: Site, browser: Browser, *, line: Line, ratio: int) -> Iterator[Page]:
    """A new voter's page, whose line is slow from the first byte on."""
    context = browser.new_context(
        base_url=site.base, viewport={"width": 1280, "height": 800}, device_scale_factor=ratio
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    speed = line.mbits * 1e6 / 8 if line.mbits else -1
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency,
            "downloadThroughput": speed,
            "uploadThroughput": speed,
        },
    )
    try:
        page.goto("/vote/", timeout=60_000)
        wait_for_pair(page)
        yield page
    finally:
        context.close()


def measure(
    site: Site, browser: Browser, case: Case, *, votes: int
) -> tuple[list[float], Counter[int]]:
    """Return milliseconds of every press, and how wide the pictures were that it led to."""
    took: list[float] = []
    widths: Counter[int] = Counter()
    with visiting(site, browser, line=case.line, ratio=case.ratio) as page:
        first = token = wait_for_pair(page)
        page.wait_for_timeout(1000 * max(case.pause, 2))  # the window fills up
        for key in islice(cycle(VERDICTS), votes):
            page.evaluate(LISTEN)
            page.evaluate(ARM, token)
            pressed = time.monotonic()
            page.keyboard.press(key)
            shown = page.evaluate("() => window.shown")
            token = shown["token"]
            took.append(shown["took"])
            widths.update(shown["widths"])
            wait_for_pair(page)
            page.wait_for_timeout(1000 * max(case.pause - (time.monotonic() - pressed), 0))
        wait_for_votes(site, token=first, number=votes)
        assert votes_of_voter(site, first) == votes
    return took, widths


def arrive(site: Site, browser: Browser, *, presses: int) -> None:
    """Press as fast as pairs are painted, far away, and count the verdicts that arrive."""
    with visiting(site, browser, line=FAR, ratio=1) as page:
        tokens: list[str] = []
        keys = list(islice(cycle(VERDICTS), presses))
        for key in keys:
            tokens.append(wait_for_pair(page, after=tokens[-1] if tokens else ""))
            page.keyboard.press(key)
        wait_for_votes(site, token=tokens[0], number=presses)
        page.wait_for_timeout(3 * FAR.latency)  # a doubled vote would come now
        sent = [(token, VERDICTS[key]) for token, key in zip(tokens, keys, strict=True)]
        same = recorded(site, tokens) == sent
        number = votes_of_voter(site, tokens[0])
    say(
        f"{FAR.name}: {presses} accepted presses arrived as {number} verdicts, "
        f"{'each as pressed and in order' if same else 'NOT as pressed'}   "
        f"{judge(same and number == presses)}"
    )


def report(case: Case, took: list[float], widths: Counter[int]) -> None:
    middle, slow = statistics.median(took), percentile(took, 95)
    pace = "2 s thinking" if case.pause >= 1 else f"a vote every {case.pause:g} s"
    seen = ", ".join(
        f"{number} of {width} px" if width else f"{number} JPEG"
        for width, number in sorted(widths.items())
    )
    say(
        f"{case.line.name:<16} {pace:<18} screen x{case.ratio}: median {middle:4.0f} ms"
        f"{against(middle, case.median)}, p95 {slow:4.0f} ms{against(slow, case.p95)}   "
        f"({len(took)} votes; pictures {seen})"
    )


def against(value: float, goal: float | None) -> str:
    return "" if goal is None else f" (goal <= {goal:.0f}: {judge(value <= goal)})"


def percentile(values: list[float], share: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def judge(kept: bool) -> str:
    return "ok" if kept else "MISSED"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
