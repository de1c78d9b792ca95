"""The whole story on the real processes, from the curator's login to a board that has moved."""

import re
from collections.abc import Callable
from itertools import cycle, islice

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.site import Site, wait_for

from .voting import VERDICTS, expect_done, press, recorded, votes_of_voter, wait_for_pair

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TITLE, SLUG = "Red sphere, green cube", "red-sphere-green-cube"
PROMPT = (
    "A large red sphere on a wooden table. A small green cube is left of the sphere. "
    "Light from the right."
)
TAKES = 6
VOTES = 10
DRAWING = 90_000


def test_story_from_login_to_a_moved_board(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    desk = open_context(viewport={"width": 1280, "height": 800}).new_page()
    log_in(desk, site)
    write_challenge(desk)
    order_pictures(desk)
    # The other studios would draw for an open challenge by themselves; two are enough to follow.
    site.execute(
        "update catalog_imagemodel set status = 'retired' where population = 'demo' "
        "and slug not in ('studio-press', 'studio-stickers')"
    )
    open_for_votes(desk)

    page = open_context(viewport={"width": 1280, "height": 800}).new_page()
    tokens, verdicts = vote_by_keyboard(page, site)
    assert recorded(site, tokens) == list(zip(tokens, verdicts, strict=True))
    assert votes_of_voter(site, tokens[0]) == VOTES

    expect_board(page, site)
    site.execute("update catalog_imagemodel set status = 'active' where population = 'demo'")
    assert complaints == []


def test_story_runs_on_the_servers_it_was_given(site: Site, outside: dict[str, str]) -> None:
    embedded = {"postgres", "valkey"} & site.pids().keys()
    assert embedded == (set() if outside else {"postgres", "valkey"})


def log_in(desk: Page, site: Site) -> None:
    link = site.curator_link()
    desk.goto(link)
    desk.get_by_role("button", name="Log in").click()
    expect(desk).to_have_title(re.compile("What needs me"))
    assert desk.context.request.get(link).status == 410


def write_challenge(desk: Page) -> None:
    desk.goto("/staff/challenges/challenge/add/")
    desk.locator("#id_title").fill(TITLE)
    desk.locator("#id_title").press("Tab")
    expect(desk.locator("#id_slug")).to_have_value(SLUG)  # the admin's own script derives it
    desk.locator("#id_discipline").select_option("text-to-image")
    desk.locator("#id_canvas_width").fill("512")
    desk.locator("#id_canvas_height").fill("512")
    desk.locator("#id_prompts-0-text").fill(PROMPT)
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist .success")).to_contain_text(TITLE)
    expect(desk.locator("#id_prompts-0-text")).to_have_value(PROMPT)


def order_pictures(desk: Page) -> None:
    """See the cost, order from two studios alone, and watch until all pictures are there."""
    desk.get_by_role("link", name="Pictures and their cost").click()
    demo = desk.locator('tr:has(label:text("(demo)"))')
    expect(demo).to_have_count(5)
    expect(desk.locator("tbody input:checked")).to_have_count(5)  # real models wait for a key
    for studio in ("Studio Gouache", "Studio Ray (demo)", "Studio Ray Draft"):
        demo.filter(has_text=studio).locator("input[type=checkbox]").uncheck()
    desk.locator("#id_takes").fill(str(TAKES))
    desk.get_by_role("button", name="Only show the cost").click()
    expect(desk.locator("tbody input:checked")).to_have_count(2)
    expect(demo.first.locator("td").nth(3)).to_have_text(str(TAKES))
    expect(desk.locator("tfoot strong")).to_have_text(re.compile(r"^\$0\.(0[1-9]|[1-9]\d)$"))
    desk.get_by_role("button", name="Order these pictures").click()
    expect(desk.locator(".messagelist .success")).to_have_text("12 new pictures ordered.")
    expect(desk.locator("#progress")).to_contain_text("12 of 12 pictures ready", timeout=DRAWING)


def open_for_votes(desk: Page) -> None:
    desk.locator(".breadcrumbs").get_by_role("link", name=TITLE).click()
    desk.get_by_role("button", name="Open for votes").click()
    expect(desk.locator(".messagelist .success")).to_contain_text("is open for votes now")


def vote_by_keyboard(page: Page, site: Site) -> tuple[list[str], list[str]]:
    """Vote; nothing names a model before its verdict, and after it both are named."""
    names = [
        name
        for row in site.rows("select name, slug from catalog_imagemodel where population = 'demo'")
        for name in row
    ]
    page.goto(f"/vote/challenge/{SLUG}/")
    tokens: list[str] = []
    keys = list(islice(cycle(VERDICTS), VOTES))
    for number, key in enumerate(keys, start=1):
        wait_for_pair(page, after=tokens[-1] if tokens else "")
        shown = page.locator("#ring").inner_html()
        assert not [name for name in names if name in shown]
        if not tokens:
            assert not [name for name in names if name in page.content()]
        tokens.append(press(page, key))
        expect_done(page, number)
        expect(page.locator("#last-duel .duel-names a")).to_have_count(2)
        duel = page.locator("#last-duel .duel-names").inner_text()
        assert sum(name in duel for name in names if " " in name) >= 2, duel
    assert len(set(tokens)) == VOTES
    return tokens, [VERDICTS[key] for key in keys]


def expect_board(page: Page, site: Site) -> None:
    """The board has the counted votes within seconds, and so has the cell of the matchup."""
    counted = site.value(
        "select count(*) from battles_vote vote join battles_battle battle on battle.id = battle_id "
        "join challenges_prompt prompt on prompt.id = prompt_id "
        "join challenges_challenge challenge on challenge.id = challenge_id "
        "where counted and slug = %s",
        SLUG,
    )
    assert counted >= TAKES // 2
    address = f"/leaderboard/text-to-image/?challenge={SLUG}"
    wait_for(
        lambda: f"{counted} counted vote" in page.context.request.get(address).text(),
        seconds=10,
        pause=0.25,
    )
    page.goto(address)
    rows = page.locator("#table tbody tr")
    expect(rows).to_have_count(2)
    for row in rows.all():
        expect(row.locator(".c-battles")).to_have_text(str(counted))
    cells = page.locator("#heatmap td:not(.none) a")
    expect(cells).to_have_count(2)
    for cell in cells.all():
        expect(cell).to_have_attribute("aria-label", re.compile(rf"\b{counted} battle"))
    page.goto(f"/challenges/{SLUG}/")
    for row in page.locator("#standings tbody tr").all():
        record = row.locator(".c-record").inner_text()
        assert sum(int(part) for part in record.split("·")) == counted


@pytest.mark.usefixtures("pictures")
def test_story_without_javascript(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto("/vote/")
    battle = page.locator("#arena .battle")
    first = battle.get_attribute("data-token") or ""
    page.get_by_role("button", name="Left is better").first.click()
    expect(page.locator("#last-duel .duel-names a")).to_have_count(2)
    expect_done(page, 1)
    second = battle.get_attribute("data-token") or ""
    assert second not in ("", first)
    page.locator('#arena button[data-verdict="both_bad"]').click()
    expect_done(page, 2)
    assert recorded(site, [first, second]) == [(first, "left"), (second, "both_bad")]
    assert votes_of_voter(site, first) == 2
    assert complaints == []


@pytest.mark.usefixtures("pictures")
def test_story_touch_390(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
    ).new_page()
    page.goto("/vote/")
    tokens = [wait_for_pair(page)]
    page.locator('#arena .side[data-choice="right"] img').tap()
    expect_done(page, 1)
    tokens.append(wait_for_pair(page, after=tokens[0]))
    page.locator('#arena button[data-verdict="tie"]').tap()
    expect_done(page, 2)
    tokens.append(wait_for_pair(page, after=tokens[1]))
    expect(page.locator("#last-duel .duel-names a")).to_have_count(2)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert recorded(site, tokens) == [(tokens[0], "right"), (tokens[1], "tie")]
    assert votes_of_voter(site, tokens[0]) == 2
    assert complaints == []
