"""The voter's minute: reveal, undo, looking closely, keys and switches."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site

from .conftest import SHIPPED
from .voting import expect_done, press, recorded, votes_of_voter, wait_for_pair

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.usefixtures("pictures")]

UNDONE = (
    "select count(*) from battles_undo undo join battles_vote vote on vote.id = undo.vote_id "
    "join battles_battle battle on battle.id = vote.battle_id where token = %s"
)
SLOW = "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"


@pytest.fixture
def page(voter_page: Page, complaints: list[str]) -> Page:
    voter_page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(voter_page)
    return voter_page


@pytest.fixture(autouse=True)
def no_complaints(complaints: list[str]) -> object:
    yield
    assert complaints == []


def transforms(page: Page, within: str = ".panes") -> list[str]:
    frames = page.locator(f"#closely {within} [data-pane] img")
    return frames.evaluate_all("(all) => all.map((one) => one.style.transform)")


def look_closely(page: Page) -> None:
    page.keyboard.press("z")
    expect(page.locator("#closely")).to_be_visible()


def test_reveal_names_makers_beside_the_next_pair_and_leaves_by_a_key(page: Page) -> None:
    first = press(page, "ArrowLeft")
    wait_for_pair(page, after=first)
    reveal = page.locator("#reveal")
    expect(reveal).to_have_attribute("data-show", "full")
    expect(reveal.locator(".made")).to_have_count(2)
    expect(reveal.locator(".made").first).to_contain_text("Paragone demo studios")
    expect(page.locator("#said")).to_contain_text("beat")
    picture = page.locator("#arena .side").first.bounding_box()
    card = reveal.bounding_box()
    assert picture and card and card["y"] + card["height"] <= picture["y"]
    page.keyboard.press("Escape")
    expect(reveal).to_have_attribute("data-show", "strip")
    expect(reveal.locator(".duel-names")).to_be_visible()


def test_skip_reveals_nothing(page: Page) -> None:
    token = press(page, "s")
    wait_for_pair(page, after=token)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#last-duel .duel")).to_have_count(0)
    expect(page.locator("#said")).to_have_text("")


def test_undo_key_takes_the_last_verdict_back_once(site: Site, page: Page) -> None:
    token = press(page, "ArrowRight")
    button = page.get_by_role("button", name="Undo")
    expect(button).to_be_visible()
    expect(button.locator("[data-left]")).to_have_text("8")  # it counts down
    other = wait_for_pair(page, after=token)
    page.keyboard.press("u")
    expect(page.locator("#last-duel .undone")).to_contain_text("Taken back")
    expect(page.locator("#said")).to_contain_text("Taken back")
    expect(button).to_have_count(0)
    assert site.value(UNDONE, token) == 1
    assert wait_for_pair(page) == other  # the pair on the screen stays
    page.keyboard.press("u")
    expect(page.locator('[data-notice="nothing-to-undo"]')).to_be_visible()
    assert site.value(UNDONE, token) == 1


def test_undo_without_javascript(site: Site, open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(f"/vote/challenge/{SHIPPED}/")
    expect(page.locator("#closely-open, #reveal-toggle").first).to_be_hidden()
    token = page.locator("#arena .battle").get_attribute("data-token") or ""
    page.get_by_role("button", name="Left is better").first.click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#last-duel .undone")).to_contain_text("Taken back")
    assert f"/vote/challenge/{SHIPPED}/" in page.url
    assert site.value(UNDONE, token) == 1


def test_zoom_moves_all_pictures_alike_and_gives_the_focus_back(site: Site, page: Page) -> None:
    token = wait_for_pair(page)
    page.locator("#closely-open").click()
    expect(page.locator("#closely .panes figure")).to_have_count(3)  # the original too
    for name in ("Left", "Right"):
        shown = page.locator(f'#closely figure[data-name="{name}"] img')
        expect(shown).to_have_js_property("naturalWidth", 1024)
    frame = page.locator("#closely [data-pane]").first
    box = frame.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 4)
    page.mouse.wheel(0, -240)
    expect(page.locator("#closely output")).not_to_have_text("100 %")
    by_wheel = transforms(page)
    assert len(set(by_wheel)) == 1
    page.mouse.down()
    page.mouse.move(box["x"] + 10, box["y"] + 10, steps=3)
    page.mouse.up()
    by_drag = transforms(page)
    assert len(set(by_drag)) == 1 and by_drag != by_wheel
    page.keyboard.press("0")
    assert set(transforms(page)) == {"translate(0%, 0%) scale(1)"}
    frame.dblclick()
    expect(page.locator("#closely output")).to_have_text("300 %")
    before = transforms(page)
    for key in ("ArrowLeft", "x", "s"):
        page.keyboard.press(key)
    assert transforms(page) != before and len(set(transforms(page))) == 1
    page.keyboard.press("Escape")
    expect(page.locator("#closely")).to_be_hidden()
    expect(page.locator("#closely-open")).to_be_focused()
    assert wait_for_pair(page) == token
    assert recorded(site, [token]) == []


def test_pinch_zooms_all_pictures(open_context: Callable[..., BrowserContext]) -> None:
    page = open_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).new_page()
    page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(page)
    page.locator("#closely-open").tap()
    box = page.locator("#closely [data-pane]").first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    line = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#closely output")).to_have_text("300 %")
    assert len(set(transforms(page))) == 1


def test_slider_moves_by_arrow_keys_and_votes_on_nothing(site: Site, page: Page) -> None:
    token = wait_for_pair(page)
    look_closely(page)
    page.get_by_role("button", name="Original and left").click()
    slider = page.get_by_role("slider")
    slider.focus()
    for _ in range(5):
        slider.press("ArrowRight")
    expect(slider).to_have_value("55")
    split = page.locator("before-after").evaluate("(one) => one.style.getPropertyValue('--split')")
    assert split == "55%"
    page.keyboard.press("Escape")
    assert wait_for_pair(page) == token and recorded(site, [token]) == []


def test_help_lists_keys_and_held_keys_vote_once(site: Site, page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#help dt")).to_have_count(8)
    page.keyboard.press("ArrowLeft")  # inert in a dialog
    page.keyboard.press("Escape")
    token = wait_for_pair(page)
    for _ in range(4):
        page.keyboard.down("ArrowLeft")
    page.keyboard.up("ArrowLeft")
    expect(page.locator('[data-notice="repeat"]')).to_be_visible()
    expect_done(page, 1)
    assert votes_of_voter(site, token) == 1


def test_keys_can_be_switched_off_for_good(site: Site, page: Page) -> None:
    page.locator(".options summary").click()
    page.locator("#keys-switch").click()
    page.reload()
    token = wait_for_pair(page)
    for key in ("ArrowLeft", "x", "z", "?"):
        page.keyboard.press(key)
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator("#arena .verdicts kbd").first).to_be_hidden()
    assert wait_for_pair(page) == token and recorded(site, [token]) == []


def test_fast_mode_keeps_to_a_strip_and_is_remembered(page: Page) -> None:
    page.locator(".options summary").click()
    page.locator('[data-switch="fast"]').click()
    page.reload()
    press(page, "ArrowLeft")
    expect(page.locator("#last-duel .duel-names")).to_be_visible()
    expect(page.locator("#reveal")).to_have_attribute("data-show", "strip")
    box = page.locator("#reveal").bounding_box()
    assert box and box["height"] <= 48 and box["y"] >= 750


def test_narrow_screen_offers_two_layouts_with_buttons_in_reach(
    open_context: Callable[..., BrowserContext],
) -> None:
    page = open_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    ).new_page()
    page.goto(f"/vote/challenge/{SHIPPED}/")
    wait_for_pair(page)
    for layout, stacked in (("side", False), ("stacked", True)):
        page.locator(".options summary").tap()
        page.locator(f'[data-layout="{layout}"]').tap()
        page.reload()
        wait_for_pair(page)
        left, right = [side.bounding_box() for side in page.locator("#arena .side").all()]
        assert left and right and (right["y"] > left["y"] + 50) is stacked
        for button in page.locator("#arena .verdicts button").all():
            box = button.bounding_box()
            assert box and box["height"] >= 44 and box["width"] >= 44
            assert box["y"] + box["height"] <= 844
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_slow_link_gets_768_for_pairs_that_come(
    open_context: Callable[..., BrowserContext],
) -> None:
    context = open_context(viewport={"width": 1280, "height": 900}, device_scale_factor=2)
    context.add_init_script(SLOW)
    page = context.new_page()
    page.goto(f"/vote/challenge/{SHIPPED}/")
    for _ in range(3):
        token = press(page, "ArrowDown")
        wait_for_pair(page, after=token)
    shown = page.locator("#arena .pair img").first
    assert "1024w" not in (page.locator("#arena .pair source").first.get_attribute("srcset") or "")
    source = page.locator("#arena .pair source").first.get_attribute("srcset") or "none"
    assert str(shown.evaluate("(one) => one.currentSrc")).endswith(source.split(" ")[0])


def test_reader_hears_sides_and_never_a_model_before_the_verdict(site: Site, page: Page) -> None:
    heard = page.locator("main").aria_snapshot()
    assert "Left picture for the challenge" in heard and "Right picture" in heard
    names = site.rows("select name from catalog_imagemodel where population = 'demo'")
    assert not [name for (name,) in names if name in heard]
    assert heard.count("Left picture") == 1  # the stage is silent
    expect(page.locator("#said")).to_have_role("status")
