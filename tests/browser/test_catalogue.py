"""The catalogue at the desk as a person uses it: filter, plan a price list, export, change, import, take back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site

from .test_desk import log_in, look

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# What a browser says of the preview of a faulty file; the page tells it in words.
REFUSED = "the server responded with a status of 422"


def test_a_curator_keeps_the_catalogue(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str], tmp_path: Path
) -> None:
    page = open_context(viewport={"width": 1280, "height": 844}).new_page()
    log_in(page, site, name="cato")
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_label("Population").select_option("demo")
    page.get_by_role("button", name="Show", exact=True).click()
    found = {"models": look(page)}
    page.get_by_role("link", name="Studio Ray", exact=True).click()
    found["prices"] = plan_price_list(page)
    page.goto("/curate/catalogue/models/nano-banana-2/")
    found["real model"] = look(page)
    found |= write_words(page)
    page.get_by_role("link", name="Providers and labs").click()
    found["providers"] = look(page)
    page.get_by_role("link", name="OpenAI", exact=True).first.click()
    expect(page.locator(".facts-list")).to_contain_text("OPENAI_API_KEY")
    found["provider"] = look(page)
    found |= exchange_models(page, tmp_path / "models.csv")
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("button", name="Undo: Imported").first.click()
    expect(page.locator(".desk-messages")).to_contain_text("Took back: Imported")
    page.get_by_role("button", name="Undo: Price list of").first.click()
    expect(page.locator(".desk-messages")).to_contain_text("Took back: Price list of")
    assert {name: what for name, what in found.items() if what} == {}
    assert [said for said in complaints if REFUSED not in said] == []


def write_words(page: Page) -> dict[str, list[str]]:
    """Preview a changed text, save it, and let the history take it back."""
    page.get_by_role("link", name="Write and change them").click()
    found = {"words": look(page)}
    page.locator("#strengths summary").click()
    page.locator("#strengths-text").fill("Draws *foxes*.")
    page.locator("#strengths").get_by_role("button", name="Preview").click()
    expect(page.locator("#strengths .prose em")).to_have_text("foxes")
    found["previewed words"] = look(page)
    page.locator("#strengths").get_by_role("button", name="Save").click()
    expect(page.locator(".desk-messages")).to_contain_text("changed its text “Strengths”")
    page.get_by_role("link", name="Its public page").click()
    expect(page.locator("#strengths em")).to_have_text("foxes")
    page.goto("/curate/history/")
    page.get_by_role("button", name="Undo: image model “Nano Banana 2”").first.click()
    expect(page.locator(".desk-messages")).to_contain_text("Took back: image model")
    page.goto("/curate/catalogue/")
    return found


def plan_price_list(page: Page) -> list[str]:
    page.get_by_role("link", name="New price list").first.click()
    day = datetime.now(tz=UTC).date() + timedelta(days=7)
    page.get_by_label("Holds from").fill(day.isoformat())
    page.get_by_label("Dollars").nth(3).fill("0.012")
    found = look(page)
    page.get_by_role("button", name="Begin this list").click()
    expect(page.locator(".price-list.comes").first).to_contain_text("0.012")
    return found


def exchange_models(page: Page, path: Path) -> dict[str, list[str]]:
    """Export the models, rename one and add one that is faulty; then only the good change."""
    page.get_by_role("link", name="Import and export").click()
    found = {"exchange": look(page)}
    with page.expect_download() as download:
        page.locator("a[href$='/models.csv']").click()
    download.value.save_as(path)
    good = path.read_text(encoding="utf-8-sig").replace(",Studio Ray,", ",Studio Ray Two,")
    for words, name in ((good + "bad slug" + "," * 17 + "\n", "faulty"), (good, "preview")):
        path.write_text(words, encoding="utf-8")
        page.get_by_label("File").set_input_files(path)
        page.get_by_label("What the rows are").select_option("models")
        page.get_by_role("button", name="Look what it changes").click()
        expect(page.locator("main")).to_contain_text("Nothing has been written yet.")
        if name == "faulty":
            expect(page.get_by_role("alert")).to_contain_text("nothing of the file is taken in")
            page.get_by_role("link", name="Choose another file").click()
    found["preview"] = look(page)
    page.get_by_role("button", name="Take it in").click()
    expect(page.locator(".desk-messages")).to_contain_text("0 new, 1 changed")
    return found
