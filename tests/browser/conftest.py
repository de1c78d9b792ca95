"""One running site and one Chromium for all tests of this folder.

Their fixtures end with the folder: Playwright's loop would keep Django's ORM from the tests after it.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from arena.ops import state
from tests.plugin import find_chromium
from tests.survival.site import Site, wait_for

from .screenshots import CHROMIUM_OPTIONS

# Its pictures are the first votes' field; the others would keep the studios busy for minutes.
SHIPPED = "night-sky-transformation"
READY_PICTURES = (
    "select count(*) from generation_candidate candidate "
    "join generation_slot slot on slot.id = slot_id join challenges_prompt prompt "
    "on prompt.id = prompt_id join challenges_challenge challenge on challenge.id = challenge_id "
    "where slug = %s"
)
REDIS_DATABASE = 9
TIMEOUT = 15_000


@pytest.fixture(scope="package")
def outside() -> Iterator[dict[str, str]]:
    """Addresses of servers that Paragone did not start, with a database of this run's own.

    Empty where the test run has no such servers: then `up` starts its embedded ones.
    """
    address = os.environ["DATABASE_URL"]
    if address == state.embedded_database_url():
        yield {}
        return
    name = f"paragone_story_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    yield {
        "DATABASE_URL": urlsplit(address)._replace(path=f"/{name}").geturl(),
        "REDIS_URL": urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{REDIS_DATABASE}").geturl(),
    }
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'drop database "{name}" with (force)')


@pytest.fixture(scope="package")
def site(outside: dict[str, str]) -> Iterator[Site]:
    site = Site(**outside)
    try:
        site.wait_until_ready()
        site.close_shipped_challenges(but=SHIPPED)
        yield site
    finally:
        site.end()


@pytest.fixture(scope="package")
def pictures(site: Site) -> None:
    """Four pairs can be shown."""
    wait_for(
        lambda: site.value(READY_PICTURES, SHIPPED) >= 8,
        seconds=300,
        pause=0.25,
        what=site.output,
    )


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of a test complained about: errors on the console, with CSP's, and uncaught ones."""
    return []


def note(message: ConsoleMessage, complaints: list[str]) -> None:
    """Keep an error of the console; that Django's admin has no icon is none of ours."""
    address = message.location.get("url", "")
    if message.type == "error" and not address.endswith("/favicon.ico"):
        complaints.append(f"{message.text} ({address})")


@pytest.fixture
def open_context(
    browser: Browser, site: Site, complaints: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Open contexts that know the site's address and collect complaints."""
    opened: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=site.base, reduced_motion="reduce", **options)
        context.set_default_timeout(TIMEOUT)
        context.on("console", lambda message: note(message, complaints))
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def voter_page(open_context: Callable[..., BrowserContext]) -> Page:
    return open_context(viewport={"width": 1280, "height": 800}).new_page()
