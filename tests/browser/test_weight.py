"""What pages weigh on the wire, as Chromium counts it, and that nothing on them moves."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Request

from tests.survival.site import Site

from .conftest import SHIPPED
from .voting import wait_for_pair

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.usefixtures("pictures")]

PAGE_BYTES = 35_000
SCRIPT_BYTES = 20_000
# Lists what moved although nobody pressed something: how much, what, from where, whereto.
SHIFTS = """
window.shifted = [];
const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const moved = shift.sources.map(({ node, previousRect, currentRect }) =>
      `${node?.outerHTML?.slice(0, 120) ?? node?.nodeName}: ${place(previousRect)} -> ${place(currentRect)}`);
    window.shifted.push([shift.value, ...moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""
LATE = ("sync-zoom", "before-after", "closely")


def weigh(requests: list[Request]) -> dict[str, int]:
    """Bodies as they were transferred, without pictures, by address."""
    return {
        request.url: request.sizes()["responseBodySize"]
        for request in requests
        if request.resource_type != "image"
    }


def test_the_vote_page_stays_light_without_its_pictures(voter_page: Page) -> None:
    finished: list[Request] = []
    voter_page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108
    voter_page.goto(f"/vote/challenge/{SHIPPED}/", wait_until="networkidle")
    wait_for_pair(voter_page)
    weights = weigh(finished)
    scripts = {url: size for url, size in weights.items() if url.endswith(".js")}
    styles = [url for url in weights if url.endswith(".css")]
    assert len(scripts) >= 5
    assert len(styles) == 2
    assert min(weights.values()) > 0, weights  # a size that is unknown weighs nothing
    assert sum(scripts.values()) <= SCRIPT_BYTES, weights
    assert sum(weights.values()) <= PAGE_BYTES, weights
    assert not [url for url in scripts if any(f"/{name}." in url for name in LATE)]


def test_scripts_for_looking_closely_come_when_they_are_asked_for(voter_page: Page) -> None:
    voter_page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(voter_page)
    came: list[str] = []
    voter_page.on("requestfinished", lambda request: came.append(request.url))
    voter_page.keyboard.press("z")
    voter_page.locator("#closely[open]").wait_for()
    scripts = [url for url in came if url.endswith(".js")]
    assert {name for name in LATE for url in scripts if f"/{name}." in url} == set(LATE)
    assert len(scripts) == len(LATE)
    voter_page.keyboard.press("Escape")
    voter_page.locator("#closely").wait_for(state="hidden")
    came.clear()
    voter_page.keyboard.press("z")
    voter_page.locator("#closely[open]").wait_for()
    assert not [url for url in came if url.endswith(".js")]


def test_looking_closely_can_be_tried_again_when_its_scripts_did_not_come(voter_page: Page) -> None:
    voter_page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(voter_page)
    voter_page.route("**/closely.*.js", lambda route: route.abort())
    voter_page.keyboard.press("z")
    voter_page.locator('[data-notice="not-loaded"]').wait_for(state="visible")
    voter_page.unroute("**/closely.*.js")
    voter_page.keyboard.press("z")
    voter_page.locator("#closely[open]").wait_for()


@pytest.mark.parametrize(
    "path",
    [
        "/leaderboard/image-editing/",
        "/models/",
        "/models/nano-banana-2/",
        "/models/studio-press/",
        "/gallery/",
        "/challenges/",
        f"/challenges/{SHIPPED}/",
        "/models/studio-gouache/vs/studio-ray/",
        "/about/ranking/",
        "/about/transparency/",
    ],
)
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_to_read_are_light_and_nothing_moves(
    open_context: Callable[..., BrowserContext], complaints: list[str], width: int, path: str
) -> None:
    page = open_context(viewport={"width": width, "height": 844}).new_page()
    page.add_init_script(SHIFTS)
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108
    page.goto(path, wait_until="networkidle")
    weights = weigh(finished)
    assert min(weights.values()) > 0, weights
    assert sum(size for url, size in weights.items() if url.endswith(".js")) <= SCRIPT_BYTES
    assert sum(weights.values()) <= PAGE_BYTES, weights
    page.mouse.wheel(0, 4000)
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.shifted") == []
    assert {request.url.split("/")[2] for request in finished} == {page.url.split("/")[2]}
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert complaints == []


FILL = """
from tests.boards import add_tallies, create_field, publish_board
from tests.factories import create_challenge
models = create_field(104, population="real")
publish_board(models, days=3)
add_tallies(models[:20], challenge=create_challenge(slug="of-a-long-board", status="closed"))
"""


@pytest.fixture
def long_board(site: Site) -> str:
    """A board of more models than one page shows at first; its address. The last test's: nobody clears it away."""
    site.run_python(FILL)
    return "/leaderboard/text-to-image/?population=real"


def test_a_long_board_is_light_and_its_charts_move_nothing(
    open_context: Callable[..., BrowserContext], complaints: list[str], long_board: str
) -> None:
    for width in (390, 1280):
        page = open_context(viewport={"width": width, "height": 844}).new_page()
        look_at_long_board(page, path=long_board)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.close()
    assert complaints == []


def look_at_long_board(page: Page, *, path: str) -> None:
    """Weigh the page, come to its charts, and turn the board."""
    page.add_init_script(SHIFTS)
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))  # noqa: PLW0108
    page.goto(path, wait_until="networkidle")
    weights = weigh(finished)
    assert sum(weights.values()) <= PAGE_BYTES, weights
    assert page.locator("table.heat").count() == 0
    page.locator("#charts").scroll_into_view_if_needed()
    page.locator("table.heat").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.shifted") == []
    # The board comes anew, with the way to its charts.
    page.locator("#narrow-sort").select_option("win")
    page.wait_for_url("**sort=win**")
    page.locator("#charts").wait_for(state="attached")
    assert page.locator("tbody[role=rowgroup] tr").count() == 100
