"""WCAG 2 A and AA on every kind of page, narrow and wide, light and dark."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site, wait_for

from .conftest import SHIPPED
from .voting import expect_done, press, wait_for_pair

pytestmark = [pytest.mark.browser, pytest.mark.processes]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = (
    "/",
    "/vote/",
    "/leaderboard/image-editing/",
    f"/challenges/{SHIPPED}/",
    "/models/",
    "/models/studio-ray/",
)


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_have_no_wcag_violation_and_no_complaint(
    site: Site,
    open_context: Callable[..., BrowserContext],
    complaints: list[str],
    width: int,
    scheme: str,
) -> None:
    page = open_context(viewport={"width": width, "height": 844}, color_scheme=scheme).new_page()
    vote_once(page, site)
    found = {}
    for path in PAGES:
        page.goto(path)
        if path == "/vote/":
            press(page, "ArrowLeft")
            expect(page.locator("#reveal[data-show=full] .duel-names a")).to_have_count(2)
            wait_for_pair(page)
        violations = find_violations(page)
        if violations:
            found[path] = violations
    found |= look_into_dialogs(page)
    assert found == {}
    assert complaints == []


def vote_once(page: Page, site: Site) -> None:
    """See to it that boards and matchups have something to show."""
    page.goto("/vote/image-editing/")
    press(page, "ArrowRight")
    expect_done(page, 1)
    wait_for(lambda: site.value("select count(*) from ratings_ratingrun"), seconds=20)


def look_into_dialogs(page: Page) -> dict[str, list[str]]:
    """Open what lies over the pair, one after another, and return the violations."""
    page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(page)
    found = {}
    for name, within, opener in (
        ("scopes", ".scopes", lambda: page.locator(".scopes summary").click()),
        ("options", ".options", lambda: page.locator(".options summary").click()),
        ("help", None, lambda: page.keyboard.press("?")),
        ("zoom", None, lambda: page.keyboard.press("z")),
        ("slider", None, lambda: page.locator("[data-view=left]").click()),
    ):
        opener()
        found[name] = find_violations(page, within)
        if name != "zoom":
            page.keyboard.press("Escape")
    return {name: violations for name, violations in found.items() if violations}


def find_violations(page: Page, within: str | None = None) -> list[str]:
    """Return what axe finds on the page, or in a menu that covers a part of it."""
    results = Axe().run(
        page, context=within, options={"runOnly": RULES, "resultTypes": ["violations"]}
    )
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"][:3]
    ]
