"""The playground as a person uses it, on the real processes: with scripts and without, narrow and wide."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site

from .test_accessibility import find_violations

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Not the prompt of another browser test: the same bytes keep their maker to themselves.
PROMPT = "A large black cube on a wooden table. A small white cone is left of the cube."
DRAWING = 90_000
# A folder for pictures of the pages, for people to look at.
SHOTS = os.environ.get("PLAYGROUND_SHOTS")
STUDIOS = ("Studio Press", "Studio Ray Draft")


@pytest.fixture
def nothing_alike(site: Site, pictures: None) -> Iterator[None]:
    """No picture in play looks like another one: two things on a table easily do, and then names are kept back."""
    looks = site.rows("select id, looks from generation_candidate where looks is not null")
    site.execute("update generation_candidate set looks = null")
    yield
    ids, bits = zip(*looks, strict=True)
    site.execute(
        "update generation_candidate candidate set looks = kept.looks "
        "from unnest(%s::bigint[], %s::bigint[]) kept (id, looks) where candidate.id = kept.id",
        list(ids),
        list(bits),
    )


@pytest.mark.usefixtures("nothing_alike")
def test_a_surprise_is_judged_and_then_named(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Playground").click()
    look(page, "form")
    page.get_by_label("What should the picture show?").fill(PROMPT)
    page.get_by_role("button", name="Surprise me").click()
    expect(page.locator(".made .hole").first).to_be_visible()
    look(page, "waiting")
    page.evaluate("() => { window.stayed = true }")
    expect(page.get_by_role("heading", name="Which is the best?")).to_be_visible(timeout=DRAWING)
    assert page.evaluate("() => window.stayed")  # htmx brought all of it, no page was loaded
    expect_pictures(page, 2)
    look(page, "judging")
    names = [name for (name,) in site.rows("select name from catalog_imagemodel")]
    assert not [name for name in names if name in page.locator("main").inner_text()]
    votes = site.value(
        "select count(*) from battles_vote where not voter_id in (select id from battles_voter where simulated)"
    )
    page.locator(".judge").get_by_role("button", name="Picture A").click()
    expect(page.locator("#state")).to_contain_text("Your verdict: picture A is the best.")
    expect(page.locator(".made.best h2 a")).to_have_text(
        re.compile("|".join(map(re.escape, names)))
    )
    look(page, "named")
    assert votes == site.value(
        "select count(*) from battles_vote where not voter_id in (select id from battles_voter where simulated)"
    )
    with page.expect_download() as file:
        page.get_by_role("link", name="Download").first.click()
    assert Path(file.value.path()).read_bytes().startswith(b"\x89PNG")
    assert complaints == []


@pytest.mark.usefixtures("nothing_alike")
def test_chosen_studios_without_scripts(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(
        viewport={"width": 1280, "height": 800}, java_script_enabled=False
    ).new_page()
    page.goto("/playground/")
    page.get_by_label("What should the picture show?").fill(PROMPT)
    page.get_by_role("button", name="Make the pictures").click()
    expect(page.get_by_role("alert")).to_have_text("Choose two to four models.")
    expect(page.get_by_label("What should the picture show?")).to_have_value(PROMPT)
    for studio in STUDIOS:
        page.get_by_role("checkbox", name=studio, exact=True).check()
    page.get_by_role("button", name="Make the pictures").click()
    expect(page.locator("#state")).to_contain_text("2 of 2 have ended", timeout=DRAWING)
    expect_pictures(page, 2, scripted=False)
    permalink = page.locator(".fine a", has_text="/playground/").get_attribute("href")
    friend = open_context(viewport={"width": 1280, "height": 800}, color_scheme="dark").new_page()
    friend.goto(permalink or "")
    for studio in STUDIOS:
        expect(friend.get_by_role("heading", name=studio)).to_be_visible()
    expect_pictures(friend, 2)
    look(friend, "permalink")
    assert [said for said in complaints if "400 (Bad Request)" not in said] == []


def expect_pictures(page: Page, number: int, *, scripted: bool = True) -> None:
    """All pictures of a trial are there and decoded."""
    pictures = page.locator(".made img")
    expect(pictures).to_have_count(number)
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
        if scripted:
            assert (
                picture.evaluate(
                    "async (picture) => (await picture.decode(), picture.naturalWidth)"
                )
                > 0
            )


def look(page: Page, name: str) -> None:
    """See to it that a page is right by axe, narrow and wide, light and dark, and keep it for people."""
    kept = page.viewport_size
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        for scheme in ("light", "dark") if SHOTS else ():
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.screenshot(path=f"{SHOTS}/{name}-{width}-{scheme}.png", full_page=True)
        assert find_violations(page) == [], (name, width)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, name
    page.set_viewport_size(kept or {"width": 390, "height": 844})
