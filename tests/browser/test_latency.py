"""A voter far away: the pairs come from the stage, the verdicts follow in their own time."""

from itertools import cycle, islice

import pytest
from playwright.sync_api import Page

from tests.survival.site import Site

from .voting import (
    VERDICTS,
    press,
    recorded,
    votes_of_voter,
    wait_for_pair,
    wait_for_votes,
)

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LATENCY = 900
VOTES = 12


@pytest.mark.usefixtures("pictures")
def test_vote_keys_at_high_latency(site: Site, voter_page: Page, complaints: list[str]) -> None:
    page = voter_page
    page.goto("/vote/")
    wait_for_pair(page)
    page.evaluate("() => { window.sameDocument = true; }")
    slow_down(page)

    keys = list(islice(cycle(VERDICTS), VOTES))
    tokens: list[str] = []
    for key in keys:
        tokens.append(press(page, key, after=tokens[-1] if tokens else ""))
    wait_for_votes(site, token=tokens[0], number=VOTES)
    page.wait_for_timeout(3 * LATENCY)  # a doubled vote would come now

    assert recorded(site, tokens) == [
        (token, VERDICTS[key]) for token, key in zip(tokens, keys, strict=True)
    ]
    assert votes_of_voter(site, tokens[0]) == len(set(tokens)) == VOTES
    assert page.evaluate("() => window.sameDocument"), "the page ran dry and had to load again"
    assert complaints == []


def slow_down(page: Page) -> None:
    """Let every request of the page wait before it is answered."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        },
    )
