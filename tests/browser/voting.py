"""The vote as its voter does it: look, press, look again."""

from playwright.sync_api import Page, expect

from tests.survival.site import Site, wait_for

VERDICTS = {"ArrowLeft": "left", "ArrowRight": "right", "ArrowDown": "tie", "x": "both_bad"}
READY = "#ring[data-state=ready]"
# Verdicts within a quarter of a second are stored but not counted.
LOOK_MS = 350


def wait_for_pair(page: Page, *, after: str = "") -> str:
    """Wait until a pair (another than `after`) is painted and takes verdicts; return its token."""
    other = f':not([data-token="{after}"])' if after else ""
    battle = page.locator(f"{READY} #arena .battle{other}")
    expect(battle).to_be_visible()
    return battle.get_attribute("data-token") or ""


def press(page: Page, key: str, *, after: str = "") -> str:
    """Judge the pair on the screen by keyboard; return its token."""
    token = wait_for_pair(page, after=after)
    page.wait_for_timeout(LOOK_MS)
    page.keyboard.press(key)
    return token


def expect_done(page: Page, number: int) -> None:
    """Wait until the page says how many verdicts of its set the server has."""
    expect(page.locator("#set-progress")).to_contain_text(f"{number} of 15")


def recorded(site: Site, tokens: list[str]) -> list[tuple[str, str]]:
    """Return the votes on some battles with their verdicts, oldest first."""
    return site.rows(
        "select token, verdict from battles_vote vote join battles_battle battle "
        "on battle.id = vote.battle_id where token = any(%s) order by vote.id",
        tokens,
    )


def votes_of_voter(site: Site, token: str) -> int:
    """Count all votes of the voter to whom a battle was issued."""
    return site.value(
        "select count(*) from battles_vote where voter_id = "
        "(select voter_id from battles_battle where token = %s)",
        token,
    )


def wait_for_votes(site: Site, *, token: str, number: int) -> None:
    wait_for(lambda: votes_of_voter(site, token) >= number, seconds=30)
