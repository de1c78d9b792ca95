"""The curators' desk as a person uses it: write, preview, rehearse, launch, watch, open, undo."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from arena.ops import state
from tests.survival.site import Site

from .test_accessibility import find_violations

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# A curator of our own: the link of the first one, which `up` prints, is for another test.
LOGIN = """
import sys
import django
django.setup()
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode
from arena.curate.login import ensure_group
user = User.objects.create_user(sys.argv[1], is_staff=True)
user.groups.add(ensure_group())
key = urlsafe_base64_encode(str(user.pk).encode())
print(reverse("curate:enter", args=[key, default_token_generator.make_token(user)]))
"""


def log_in(page: Page, site: Site, *, name: str = "carla") -> None:
    environment = site.environment | {"DJANGO_SETTINGS_MODULE": "arena.settings"}
    made = subprocess.run(
        [sys.executable, "-c", LOGIN, name],
        cwd=state.checkout(),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    page.goto(made.stdout.split()[-1])
    page.get_by_role("button").first.click()
    expect(page.get_by_role("heading", name="What needs me")).to_be_visible()


def test_a_curator_takes_a_challenge_from_idea_to_votes(
    site: Site, open_context: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = open_context(viewport={"width": 1280, "height": 844}).new_page()
    log_in(page, site)
    found = {"home": look(page)}
    page.get_by_role("link", name="New challenge").click()
    page.get_by_label("Title").fill("Red Sphere")
    page.get_by_label("Address").fill("red-sphere")
    page.get_by_label("Discipline").select_option("text-to-image")
    found["new"] = look(page)
    page.get_by_role("button", name="Keep the draft").click()
    prompt = page.locator("#prompts form").last
    prompt.get_by_label("Prompt").fill("A red sphere on a wooden table.")
    prompt.get_by_role("button", name="Preview").click()
    expect(page.locator(".as-voted")).to_contain_text("A red sphere on a wooden table.")
    page.locator("#prompts form").last.get_by_role("button", name="Add").click()
    expect(page.locator(".desk-messages")).to_contain_text("Added prompt 1.")
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("#rehearsal")).to_contain_text("none was")
    page.get_by_role("button", name="Launch").click()
    expect(page.locator(".desk-messages")).to_contain_text("pictures.")
    page.get_by_role("button", name="Pause").first.click()
    expect(page.locator("#progress")).to_contain_text("(paused)")
    found["challenge"] = look(page)
    page.get_by_role("button", name="Undo: Paused order").click()
    expect(page.locator(".desk-messages")).to_contain_text("Took back: Paused order")
    page.get_by_role("button", name="Open for votes now").click()
    expect(page.locator(".desk-messages")).to_contain_text("Opened it for votes.")
    page.get_by_role("link", name="Look at the pictures, with names").click()
    expect(page.get_by_role("heading", name="Pictures")).to_be_visible()
    found["pictures"] = look(page)
    page.get_by_role("link", name="History", exact=True).click()
    expect(page.locator(".desk-history")).to_contain_text("Opened it for votes.")
    found["history"] = look(page)
    found |= bring_pictures(page)
    found |= take_suggestion(page, visitor=open_context().new_page())
    # Leave the shared site as it was: nothing of it is drawn or voted on by other tests.
    site.execute("update challenges_challenge set status = 'closed' where slug = 'red-sphere'")
    site.execute(
        "update generation_slot set cancelled_at = now() where finished_at is null "
        "and prompt_id in (select id from challenges_prompt where challenge_id = "
        "(select id from challenges_challenge where slug = 'red-sphere'))"
    )
    assert {name: what for name, what in found.items() if what} == {}
    assert complaints == []


def bring_pictures(page: Page) -> dict[str, list[str]]:
    """A good and a bad picture in a ZIP: the preview, and the workers' part as the page tells it."""
    page.get_by_role("link", name="Bring pictures").click()
    found = {"bring": look(page)}
    upload = {"name": "mine.zip", "mimeType": "application/zip", "buffer": pack_pictures()}
    page.get_by_label("ZIP file").set_input_files(upload)
    page.get_by_role("button", name="Look what is in it").first.click()
    expect(page.locator(".lede")).to_contain_text("2 pictures can be taken in.")
    found["preview"] = look(page, name="bring-preview")
    page.get_by_role("button", name="Take them in").click()
    expect(page.locator("#delivery")).to_contain_text("All files are dealt with.")
    expect(page.locator("#delivery")).to_contain_text("1 picture is taken in.")
    found["delivery"] = look(page, name="bring-delivery")
    page.get_by_role("link", name="Reports", exact=True).click()
    found["reports"] = look(page)
    return found


def pack_pictures() -> bytes:
    picture, parcel = io.BytesIO(), io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(picture, "PNG")
    with zipfile.ZipFile(parcel, "w") as archive:
        archive.writestr("red-sphere/studio-ray.9.png", picture.getvalue())
        archive.writestr("red-sphere/studio-press.9.png", b"no picture")
        archive.writestr("readme.txt", b"Hello.")
    return parcel.getvalue()


def take_suggestion(page: Page, *, visitor: Page) -> dict[str, list[str]]:
    """A visitor suggests two prompts; one becomes a draft by a press, the other is declined."""
    for title in ("Owl at Work", "Hare at Rest"):
        visitor.goto("/suggest/")
        visitor.get_by_label("Title").fill(title)
        visitor.get_by_label("Prompt").fill(f"{title}, by lamplight.")
        visitor.get_by_role("button", name="Send the suggestion").click()
        expect(visitor.get_by_role("status")).to_contain_text("Thank you!")
    page.get_by_role("link", name="Suggestions").click()
    found = {"suggestions": look(page)}
    hare = page.locator(".queue li").filter(has_text="Hare at Rest, by lamplight.")
    hare.get_by_label("Why not").fill("Too easy for all of them.")
    hare.get_by_role("button", name="Decline").click()
    expect(page.locator(".desk-messages")).to_contain_text("Declined; its voter can read why.")
    owl = page.locator(".queue li").filter(has_text="Owl at Work, by lamplight.")
    owl.get_by_role("button", name="Make it a draft").click()
    expect(page.get_by_role("heading", name="Owl at Work").first).to_be_visible()
    expect(page.locator("#prompts")).to_contain_text("Owl at Work, by lamplight.")
    visitor.reload()
    expect(visitor.locator("#own")).to_contain_text("Taken: a curator makes a challenge of it.")
    expect(visitor.locator("#own")).to_contain_text("Too easy for all of them.")
    return found


def look(page: Page, name: str = "") -> list[str]:
    """Return what axe finds, narrow and wide, light and dark, and whether the page scrolls sideways."""
    found = []
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        if folder := os.environ.get("DESK_SCREENSHOTS"):
            name = name or page.url.rstrip("/").rpartition("/")[2].partition("#")[0]
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png", full_page=True)
        found += [f"{width}: {what}" for what in find_violations(page)]
        if page.evaluate("() => document.documentElement.scrollWidth") > width:
            found.append(f"{width}: scrolls sideways")
    return found
