"""Full-page screenshots of the running site: python -m tests.browser.screenshots --base URL --out FOLDER"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {390: 844, 1280: 800}
SCHEMES = ("light", "dark")
CHALLENGE = "vintage-cafe-logo"
READY = "#ring[data-state=ready]"


class Stop(NamedTuple):
    """One picture to take: where, and what to do there before the shutter."""

    name: str
    path: str
    act: Callable[[Page], None] | None = None


def wait_for_pair(page: Page) -> None:
    # Not wait_for_function: its string is evaluated in the page, which the site's CSP forbids.
    page.wait_for_selector(f"{READY}, .empty", state="attached", timeout=15_000)


def vote_once(page: Page) -> None:
    wait_for_pair(page)
    if page.locator(READY).count():
        page.keyboard.press("ArrowLeft")
        page.wait_for_selector("#last-duel .duel", timeout=15_000)
        wait_for_pair(page)


def list_stops(page: Page, *, base: str) -> list[Stop]:
    """Return the pages to take; the studio is the first one that the site links to."""
    studio = find_link(
        page, url=f"{base}/models/", within='main .tile:has(.tag:text-is("demo")) h3 a'
    )
    return [
        Stop("home", "/"),
        Stop("vote", "/vote/", wait_for_pair),
        Stop("vote-after", "/vote/", vote_once),
        Stop("vote-editing", "/vote/image-editing/", wait_for_pair),
        Stop("leaderboard", "/leaderboard/text-to-image/"),
        Stop("leaderboard-challenge", f"/leaderboard/text-to-image/?challenge={CHALLENGE}"),
        Stop("leaderboard-category", "/leaderboard/text-to-image/?category=text-rendering"),
        Stop("ranking", "/about/ranking/"),
        Stop("challenge-declined", "/challenges/fantasy-warrior/"),
        Stop("challenges", "/challenges/"),
        Stop("gallery", "/gallery/"),
        Stop("matchup", "/models/studio-gouache/vs/studio-ray/"),
        Stop("transparency", "/about/transparency/"),
        Stop("challenge", f"/challenges/{CHALLENGE}/"),
        Stop("models", "/models/"),
        Stop("model-demo", studio),
        Stop("model-nano-banana-2", "/models/nano-banana-2/"),
        Stop("how-voting-works", "/about/voting/"),
        Stop("playground", "/playground/"),
        Stop("suggest", "/suggest/"),
        Stop("api", "/api/v1/"),
        Stop("me", "/me/"),
        Stop("404", "/there-is-nothing-here/"),
    ]


def find_link(page: Page, *, url: str, within: str) -> str:
    """Return the address of the first matching link of a page; none at all is an error."""
    page.goto(url)
    address = page.locator(within).first.get_attribute("href", timeout=5_000)
    if not address:
        raise LookupError(f"{url} has no link that matches {within}.")
    return address


def take_all(browser: Browser, *, base: str, out: Path) -> int:
    """Take every stop at every width in both colour schemes; return the number of files."""
    with browser.new_context() as scout:
        stops = list_stops(scout.new_page(), base=base)
    count = 0
    for width, height in WIDTHS.items():
        for scheme in SCHEMES:
            with browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                reduced_motion="reduce",
            ) as context:
                for stop in stops:
                    page = context.new_page()
                    take(page, stop, base=base, file=out / f"{stop.name}-{width}-{scheme}.png")
                    page.close()
                    count += 1
    return count


def take(page: Page, stop: Stop, *, base: str, file: Path) -> None:
    page.goto(base + stop.path)
    if stop.act:
        stop.act(page)
    # Pictures below the fold load lazily: show each once, or the screenshot has holes.
    for picture in page.locator("main img[loading=lazy]").all():
        picture.scroll_into_view_if_needed(timeout=5_000)
    page.evaluate("() => Promise.all([...document.images].map((i) => i.complete || i.decode()))")
    page.evaluate("() => scrollTo(0, 0)")
    page.screenshot(path=file, full_page=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Take full-page screenshots of the running site.")
    parser.add_argument(
        "--base", default="http://127.0.0.1:8000", help="address of the running site"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("screenshots"), help="folder for the PNG files"
    )
    parser.add_argument("--chromium", default=CHROMIUM, help="path of the browser")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=CHROMIUM_OPTIONS)
        count = take_all(browser, base=asked.base.rstrip("/"), out=asked.out)
        browser.close()
    sys.stdout.write(f"{count} screenshots in {asked.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
