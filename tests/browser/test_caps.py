"""Caps as their voter meets them: told before the press, and never a dead end."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site

from .conftest import SHIPPED
from .voting import expect_done, press, recorded, wait_for_pair

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.usefixtures("pictures")]

PATH = f"/vote/challenge/{SHIPPED}/"
CROWD = (
    "update battles_voter set crowded = true "
    "where id = (select voter_id from battles_battle where token = %s)"
)
# As if the voter of a battle had skipped sixty pairs a moment ago.
USE_UP = (
    "insert into battles_battle (token, voter_id, population, prompt_id, left_id, right_id, "
    "probability, even_ratio, issued_at, expires_at, skipped_at) "
    "select token || number, voter_id, population, prompt_id, left_id, right_id, probability, "
    "even_ratio, issued_at, expires_at, now() "
    "from battles_battle cross join generate_series(1, 60) number where token = %s"
)


@pytest.fixture
def page(voter_page: Page) -> Page:
    voter_page.goto(PATH)
    wait_for_pair(voter_page)
    return voter_page


def test_a_limit_is_told_before_the_press_and_leaves_with_its_reason(
    site: Site, page: Page, complaints: list[str]
) -> None:
    expect(page.locator("#limit summary")).to_have_count(0)
    token = wait_for_pair(page)
    site.execute(CROWD, token)
    press(page, "ArrowLeft")  # on a page that does not know yet: its answer tells
    expect(page.locator("#limit summary")).to_contain_text("For fun until midnight UTC")
    page.reload()
    limit = page.locator("#limit summary")
    limit.click()
    expect(page.locator("#limit p")).to_contain_text("cannot tell a class from a script")
    limit.click()
    pair = page.locator("#arena .pair").bounding_box()
    box = limit.bounding_box()
    assert pair and box and box["y"] + box["height"] <= pair["y"]
    site.execute("update battles_voter set crowded = false where crowded")
    press(page, "ArrowLeft")
    expect(page.locator("#limit summary")).to_have_count(0)
    expect_done(page, 2)
    assert complaints == []


def test_skips_beyond_the_cap_bring_every_pair_back(site: Site, page: Page) -> None:
    token = wait_for_pair(page)
    site.execute(USE_UP, token)
    problem = page.locator("#vote-problem")
    for _ in range(5):  # more than a window holds: none of them is lost
        token = press(page, "s", after="")
        expect(problem).to_contain_text("That was a lot of skipping")
        expect(problem).to_contain_text("there is room again")
        wait_for_pair(page, after=token)
    judged = press(page, "ArrowLeft")
    expect_done(page, 1)
    expect(problem).to_be_empty()
    assert recorded(site, [judged]) == [(judged, "left")]
    page.keyboard.press("u")
    expect(problem).to_contain_text("can be skipped or taken back")
    expect(page.locator("#last-duel .undone")).to_have_count(0)


def test_skips_beyond_the_cap_without_javascript(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(PATH)
    token = page.locator("#arena .battle").get_attribute("data-token") or ""
    site.execute(USE_UP, token)
    page.locator('#arena [data-verdict="skip"]').click()
    expect(page.get_by_role("heading", name="That was a lot of skipping")).to_be_visible()
    expect(page.locator("main")).to_contain_text("there is room again")
    page.get_by_role("link", name="Back to the pair").click()
    expect(page.locator(f'#arena [data-token="{token}"]')).to_be_visible()


def test_a_limit_is_told_without_javascript(
    site: Site, open_context: Callable[..., BrowserContext]
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(PATH)
    token = page.locator("#arena .battle").get_attribute("data-token") or ""
    site.execute(CROWD, token)
    page.reload()
    expect(page.locator("#limit summary")).to_be_visible()
    page.get_by_role("button", name="Tie").first.click()
    expect(page.locator("#last-duel")).to_contain_text("Not counted")
    expect(page.locator("#limit summary")).to_be_visible()
