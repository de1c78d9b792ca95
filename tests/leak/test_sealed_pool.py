"""The sealed pool: no picture in play is on a public page, by name, by bytes or by looks."""

import hashlib
import io
import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from arena.catalog.models import ImageModel
from arena.challenges.models import Challenge, ReferencePicture
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import retire_candidate
from arena.generation.storing import picture_path
from arena.web.views import challenges as challenge_views

from .crawl import PICTURE, read_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

LINK = re.compile(r'href="(/[^"?#]*)')
CLOSED_TO_CRAWLERS = ("/vote/", "/battles/", "/staff/", "/static/", "/pictures/")
MOST_PAGES = 200
# Of 64 bits: a re-encoded or resized copy is within 10; strangers are about 32 apart.
NEAR = 10


@dataclass(frozen=True)
class Overlap:
    how: str
    address: str


def dhash(data: bytes) -> int:
    """Difference hash: whether each of 8 x 8 places is darker than its right neighbour (Krawetz 2013)."""
    grey = Image.open(io.BytesIO(data)).convert("L").resize((9, 8), Image.Resampling.LANCZOS)
    cells = grey.tobytes()
    bits = [cells[9 * y + x] < cells[9 * y + x + 1] for y in range(8) for x in range(8)]
    return sum(bit << place for place, bit in enumerate(bits))


def public_pages() -> dict[str, str]:
    """Follow every link from the front door, leaving out what crawlers are asked to leave out."""
    pages: dict[str, str] = {}
    waiting = [reverse("web:home")]
    client = Client()
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop()
        if address in pages or address.startswith(CLOSED_TO_CRAWLERS):
            continue
        answer = client.get(address, follow=True)
        pages[address] = read_answer(address, answer).text
        waiting += LINK.findall(pages[address])
    assert not waiting
    return pages


def find_overlaps() -> list[Overlap]:
    """Compare what the public pages say and show with every derivative in play."""
    playing = PublicPicture.objects.filter(candidate__status=Candidate.Status.IN_PLAY)
    files = [picture_path(f"{p.name}.{p.extension}").read_bytes() for p in playing]
    digests = {hashlib.sha256(data).digest() for data in files}
    looks = {dhash(data) for data in files}
    found = []
    text = "\n".join(public_pages().values())
    found += [Overlap("name", picture.name) for picture in playing if picture.name in text]
    for address in sorted(set(PICTURE.findall(text))):
        data = read_answer(address, Client().get(address)).body
        if hashlib.sha256(data).digest() in digests:
            found.append(Overlap("bytes", address))
        if any((dhash(data) ^ look).bit_count() <= NEAR for look in looks):
            found.append(Overlap("looks", address))
    return found


def test_public_pages_show_no_picture_in_play():
    assert find_overlaps() == []


def test_the_crawl_reaches_every_kind_of_public_page():
    pages = public_pages()
    expected = {
        reverse(f"web:{name}") for name in ("home", "models", "challenges", "how", "ranking")
    }
    expected |= {reverse("web:model", args=[model.slug]) for model in ImageModel.objects.all()}
    expected |= {reverse("web:challenge", args=[c.slug]) for c in Challenge.objects.all()}
    assert expected <= set(pages)
    assert any(address.startswith("/leaderboard/") for address in pages)
    assert PICTURE.search("\n".join(pages.values()))


def show_on_a_page(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Let the challenges' cards say an address, as a careless gallery would."""
    real = challenge_views.challenge_cards

    def cards(**values: int) -> list[dict[str, object]]:
        return [{**card, "prompt_excerpt": address} for card in real(**values)]

    monkeypatch.setattr(challenge_views, "challenge_cards", cards)


def some_picture(kind: str) -> PublicPicture:
    return PublicPicture.objects.filter(kind=kind).order_by("pk")[0]


def test_a_picture_in_play_on_a_public_page_would_be_found(monkeypatch):
    picture = some_picture("thumb")
    show_on_a_page(monkeypatch, f"/pictures/{picture.name}.jpg")
    assert {overlap.how for overlap in find_overlaps()} == {"name", "bytes", "looks"}


@pytest.mark.parametrize(("encode", "how"), [(False, {"bytes", "looks"}), (True, {"looks"})])
def test_a_copy_under_another_name_would_be_found(encode, how):
    picture = some_picture("jpeg_1024")
    copy = picture_path(f"{picture.name}.jpg").read_bytes()
    if encode:
        file = io.BytesIO()
        Image.open(io.BytesIO(copy)).resize((90, 90)).save(file, "JPEG", quality=60)
        copy = file.getvalue()
    reference = ReferencePicture.objects.exclude(file="").order_by("pk")[0]
    with reference.file.storage.open(str(reference.file.name), "wb") as target:
        target.write(copy)
    assert {overlap.how for overlap in find_overlaps()} == how


def test_a_retired_picture_may_be_shown(monkeypatch):
    """Its sisters of other kinds and takes stay sealed, so only itself may be on the page."""
    picture = some_picture("thumb")
    retire_candidate(picture.candidate)
    show_on_a_page(monkeypatch, f"/pictures/{picture.name}.jpg")
    assert find_overlaps() == []
