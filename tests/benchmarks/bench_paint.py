"""When the largest thing of a page is painted, and whether anything moves, on a slow line in Chromium.

Run from the checkout: python -m tests.benchmarks.bench_paint [--state FOLDER] [--rounds 3]

Each page is opened by a browser that has nothing stored, on the line of 9 Mbit/s and 85 ms, at 390 and
1280 px; the figure is the browser's own Largest Contentful Paint, the median of the rounds.
"""

import argparse
import statistics
from pathlib import Path

from playwright.sync_api import Browser

from tests.benchmarks.bench_latency import MOBILE, Line, await_pictures, judge, open_browser, say
from tests.survival.conftest import NO_STUDIOS
from tests.survival.site import Site

GOAL_MS = 1500
WIDTHS = (390, 1280)
SHIPPED = "night-sky-transformation"
PAGES = (
    "/",
    f"/vote/challenge/{SHIPPED}/",
    "/leaderboard/image-editing/",
    "/models/",
    "/models/nano-banana-2/",
    "/models/studio-press/",
    "/models/studio-gouache/vs/studio-ray/",
    "/challenges/",
    f"/challenges/{SHIPPED}/",
    "/gallery/",
    "/playground/",
    "/about/ranking/",
    "/about/transparency/",
)
WATCH = """
window.painted = 0;
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.painted = entry.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--state", type=Path, help="of a stopped site with pictures")
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    site = Site(like=asked.state, **NO_STUDIOS)
    try:
        site.wait_until_ready()
        await_pictures(site)
        with open_browser() as browser:
            measure(site, browser, rounds=asked.rounds)
    finally:
        site.end()


def measure(site: Site, browser: Browser, *, rounds: int) -> None:
    """Print a line for each page and width."""
    for path in PAGES:
        for width in WIDTHS:
            seen = [
                open_page(site, browser, path=path, width=width, line=MOBILE) for _ in range(rounds)
            ]
            painted = statistics.median(painted for painted, _ in seen)
            shifted = max(shifted for _, shifted in seen)
            say(
                f"{path:<42} {width:5} px   LCP {painted:5.0f} ms (goal <= {GOAL_MS}: "
                f"{judge(0 < painted <= GOAL_MS)})   CLS {shifted:.3f} (goal 0: {judge(shifted == 0)})"
            )


def open_page(
    site: Site, browser: Browser, *, path: str, width: int, line: Line
) -> tuple[float, float]:
    """Return milliseconds until the largest paint, and how much moved (as layout shifts count)."""
    context = browser.new_context(base_url=site.base, viewport={"width": width, "height": 844})
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        speed = line.mbits * 1e6 / 8
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": line.latency,
                "downloadThroughput": speed,
                "uploadThroughput": speed,
            },
        )
        page.add_init_script(WATCH)
        page.goto(path, wait_until="networkidle", timeout=60_000)
        return page.evaluate("() => [window.painted, window.shifted]")
    finally:
        context.close()


if __name__ == "__main__":
    main()
