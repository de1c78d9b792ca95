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
    "/leaderboard/image-editing/?sort=-price&max_price=1",
    f"/challenges/{SHIPPED}/",
    "/models/",
    "/models/studio-ray/",
    "/models/studio-gouache/vs/studio-ray/",
    "/about/ranking/",
    "/about/voting/",
    "/models/?discipline=image-editing",
    "/suggest/",
)


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_have_no_wcag_violation_and_no_complaint(
    site: Site,
    open_context: Callable[..., BrowserContext],
    complaints: list[str],
    width: int,
) -> None:
    page = open_context(viewport={"width": width, "height": 844}, color_scheme="light").new_page()
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
    """Return what axe finds on the page, or in a menu that covers a part of it, in light and in dark.

    In the dark only colours are other ones, so nothing but contrast is looked at again. The page is left
    without motion: neither this look nor the next may meet a colour that is on its way.
    """
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = run_axe(page, within, RULES)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    found += run_axe(page, within, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found


def run_axe(page: Page, within: str | None, only: object) -> list[str]:
    results = Axe().run(
        page, context=within, options={"runOnly": only, "resultTypes": ["violations"]}
    )
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"][:3]
    ]


OF_VOTER = "(select voter_id from battles_battle where token = %s)"
KNOW_ALL = (
    "insert into battles_exposure (voter_id, candidate_id) "
    f"select {OF_VOTER}, id from generation_candidate on conflict do nothing"
)
EXPIRE = f"update battles_battle set expires_at = now() where voter_id = {OF_VOTER}"
CROWD = f"update battles_voter set crowded = true where id = {OF_VOTER}"
RETIRE = (
    "update generation_candidate set status = 'retired', looks = 6148914691236517205 where id = "
    "(select min(candidate.id) from generation_candidate candidate "
    "join generation_slot slot on slot.id = slot_id join challenges_prompt prompt "
    "on prompt.id = prompt_id join challenges_challenge challenge on challenge.id = challenge_id "
    "where slug = %s)"
)
BACK = "update generation_candidate set status = 'in-play' where status = 'retired'"
# What a browser says of every answer that is an error; the page tells it in words.
REFUSED = ("a status of 410 (Gone)", "a status of 422 (Unprocessable")


@pytest.mark.usefixtures("pictures")
@pytest.mark.parametrize("width", [390, 1280])
def test_every_state_of_the_vote_has_no_wcag_violation(
    site: Site,
    open_context: Callable[..., BrowserContext],
    complaints: list[str],
    width: int,
) -> None:
    page = open_context(viewport={"width": width, "height": 844}, color_scheme="light").new_page()
    found = {}
    for name, arrive in STATES.items():
        arrive(page, site)
        found[name] = find_violations(page)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, name
    site.execute(BACK)
    assert {name: violations for name, violations in found.items() if violations} == {}
    unexpected = [said for said in complaints if not any(known in said for known in REFUSED)]
    assert unexpected == []


def take_back(page: Page, site: Site) -> None:
    page.goto(f"/vote/challenge/{SHIPPED}/")
    press(page, "ArrowLeft")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#reveal[data-show=full] .undone")).to_be_visible()


def shrink_to_strip(page: Page, site: Site) -> None:
    token = press(page, "ArrowRight")
    wait_for_pair(page, after=token)
    # The duel that was taken back may stand there still: the answer comes later, and opens.
    expect(page.locator("#reveal[data-show=full] .duel:not(.undone)")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reveal[data-show=strip] .duel-names")).to_be_visible()


def reach_limit(page: Page, site: Site) -> None:
    site.execute(CROWD, wait_for_pair(page))
    page.reload()
    page.locator("#limit summary").click()
    expect(page.locator("#limit p")).to_be_visible()
    site.execute("update battles_voter set crowded = false where crowded")


def use_up(page: Page, site: Site) -> None:
    site.execute(KNOW_ALL, wait_for_pair(page))
    page.reload()
    wait_for_pair(page)
    page.locator(".used-up summary").click()
    expect(page.locator(".used-up .elsewhere a").first).to_be_visible()


def expire(page: Page, site: Site) -> None:
    site.execute(EXPIRE, wait_for_pair(page))
    page.keyboard.press("ArrowDown")
    expect(page.locator("#vote-problem")).to_contain_text("This pair has expired")


def show_exhibit(page: Page, site: Site) -> None:
    site.execute(RETIRE, SHIPPED)
    page.goto(f"/challenges/{SHIPPED}/")
    page.locator(".provenance summary").click()
    expect(page.locator(".provenance code")).to_be_visible()


def look_at_gallery(page: Page, site: Site) -> None:
    page.goto("/gallery/")
    page.locator("[data-look]").first.click()
    expect(page.locator("dialog.lightbox[open] .provenance code")).to_be_visible()


def report_duel(page: Page, site: Site) -> None:
    page.goto(f"/vote/challenge/{SHIPPED}/")
    page.goto(f"/battles/{wait_for_pair(page)}/report/")
    expect(page.locator(".report-pair img")).to_have_count(2)


def report_picture(page: Page, site: Site) -> None:
    page.locator(".report-pair a").first.click()
    page.get_by_role("button", name="Send the report").click()  # without saying what is wrong
    expect(page.get_by_role("heading", name="Report a picture")).to_be_visible()


def suggest(page: Page, site: Site) -> None:
    page.goto("/suggest/")
    page.get_by_label("Title").fill("Owl at Work")
    page.get_by_label("Prompt").fill(f"An owl, {page.viewport_size} pixels wide.")
    page.get_by_label("Edit a picture").check()
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(page.locator("#own .told")).to_contain_text("Waiting")


def suggest_badly(page: Page, site: Site) -> None:
    page.get_by_label("Title").fill(" ")
    page.get_by_label("Prompt").fill("A naked owl.")
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.locator("#id_title_error")).to_contain_text("Give it a short title.")


def go_to(path: str) -> Callable[[Page, Site], None]:
    return lambda page, site: page.goto(path) and None


# In this order, by one voter.
STATES: dict[str, Callable[[Page, Site], None]] = {
    "taken back": take_back,
    "strip": shrink_to_strip,
    "limit": reach_limit,
    "used up": use_up,
    "expired": expire,
    "empty": go_to("/vote/text-to-image/"),
    "closed": go_to("/vote/challenge/vintage-cafe-logo/"),
    "own votes": go_to("/me/"),
    "transparency": go_to("/about/transparency/"),
    "report of a pair": report_duel,
    "report": report_picture,
    "suggested": suggest,
    "refused suggestion": suggest_badly,
    "exhibit": show_exhibit,
    "lightbox": look_at_gallery,
    "model": go_to("/models/studio-press/"),
    "model without rows": go_to("/models/nano-banana-2/"),
}
