"""The sealed pool: no picture in play is on a public page, by name, by bytes or by looks."""

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse
from PIL import Image

from arena.catalog.models import ImageModel, Population
from arena.challenges.editing import add_prompt
from arena.challenges.models import Challenge, Prompt, ReferencePicture
from arena.generation import releasing
from arena.generation.models import Candidate, PublicPicture
from arena.generation.moderation import hide_candidate, retire_candidate
from arena.generation.storing import load_original, picture_path
from arena.pictures.looks import hash_looks
from arena.web import exhibits
from arena.web.views import challenges as challenge_views
from tests.boards import publish_board

from .conftest import MODELS, take_in
from .crawl import PICTURE, read_answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

LINK = re.compile(r'href="(/[^"?#]*)')
MORE_PICTURES = re.compile(r'href="(\?shown=\d+)#')
ORIGINAL = re.compile(r"/originals/[\w-]+")
CLOSED_TO_CRAWLERS = ("/vote/", "/battles/", "/staff/", "/static/", "/pictures/", "/originals/")
MOST_PAGES = 200
# Of 64 bits: a re-encoded or resized copy is within 10; strangers are about 32 apart.
NEAR = 10


@dataclass(frozen=True)
class Overlap:
    how: str
    address: str


def public_pages(start: str = "/", *, only: bool = False) -> dict[str, str]:
    """Follow every link from a page, leaving out what crawlers are asked to leave out; `only`: its own parts."""
    pages: dict[str, str] = {}
    waiting = [start]
    client = Client()
    while waiting and len(pages) < MOST_PAGES:
        address = waiting.pop()
        if address in pages or address.startswith(CLOSED_TO_CRAWLERS):
            continue
        answer = client.get(address, follow=True)
        pages[address] = text = read_answer(address, answer).text
        waiting += [] if only else LINK.findall(text)
        waiting += [address.partition("?")[0] + more for more in MORE_PICTURES.findall(text)]
    assert not waiting
    return pages


def in_play() -> QuerySet[Candidate]:
    """Select what voters may get, or may get again: the test's own words, not the site's rule."""
    return Candidate.objects.filter(
        slot__prompt__purpose="battle",
        slot__prompt__challenge__status="open",
        status__in=("in-play", "hidden"),
    )


def read_files(candidates: QuerySet[Candidate]) -> dict[str, bytes]:
    """Read every derivative and original of pictures, by the name that a page would say."""
    files = {
        picture.name: picture_path(f"{picture.name}.{picture.extension}").read_bytes()
        for picture in PublicPicture.objects.filter(candidate__in=candidates)
    }
    return files | {c.original_name: load_original(c.original) for c in candidates}


def looks_apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


def find_overlaps(pages: dict[str, str]) -> list[Overlap]:
    """Compare what pages say, show and link with every picture and original in play."""
    files = read_files(in_play())
    digests = {hashlib.sha256(data).digest() for data in files.values()}
    looks = {hash_looks(data) for data in files.values()}
    text = "\n".join(pages.values())
    found = [Overlap("name", name) for name in files if name in text]
    checksums = in_play().values_list("original_sha256", flat=True)
    found += [Overlap("name", checksum) for checksum in checksums if checksum in text]
    for address in sorted({*PICTURE.findall(text), *ORIGINAL.findall(text)}):
        data = read_answer(address, Client().get(address)).body
        if hashlib.sha256(data).digest() in digests:
            found.append(Overlap("bytes", address))
        if any(looks_apart(hash_looks(data), look) <= NEAR for look in looks):
            found.append(Overlap("looks", address))
    return found


def test_public_pages_show_no_picture_in_play():
    """And the crawl that says so reaches every kind of page."""
    pages = public_pages()
    assert find_overlaps(pages) == []
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


def challenge_list() -> dict[str, str]:
    return public_pages(reverse("web:challenges"), only=True)


def some_picture(kind: str) -> PublicPicture:
    return PublicPicture.objects.filter(kind=kind).order_by("pk")[0]


def test_a_picture_in_play_on_a_public_page_would_be_found(monkeypatch):
    picture = some_picture("thumb")
    show_on_a_page(monkeypatch, f"/pictures/{picture.name}.jpg")
    assert {overlap.how for overlap in find_overlaps(challenge_list())} == {
        "name",
        "bytes",
        "looks",
    }


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
    assert {overlap.how for overlap in find_overlaps(challenge_list())} == how


def test_a_retired_picture_may_be_shown(monkeypatch):
    """Its sisters of other kinds and takes stay sealed, so only itself may be on the page."""
    picture = some_picture("thumb")
    retire_candidate(picture.candidate)
    show_on_a_page(monkeypatch, f"/pictures/{picture.name}.jpg")
    assert find_overlaps(challenge_list()) == []


CLOSED, OPEN = "modern-clean-menu", "vintage-cafe-logo"


def open_page() -> dict[str, str]:
    return public_pages(reverse("web:challenge", args=[OPEN]), only=True)


@pytest.fixture
def real_shown() -> None:
    """Pages of text challenges tell of real models, as they do from the first counted vote on one."""
    models = list(ImageModel.objects.filter(population=Population.REAL)[:2])
    publish_board(models, discipline="text-to-image")


@pytest.fixture
def released(shipped: None) -> QuerySet[Candidate]:
    """Everything that leaves the blind vote: retired takes, takes of a showcase, a closed challenge."""
    for candidate in Candidate.objects.filter(slot__prompt__challenge__slug=OPEN, slot__take=0):
        retire_candidate(candidate)
    hide_candidate(
        Candidate.objects.filter(slot__prompt__challenge__slug=OPEN, slot__take=1)[0], reason="x"
    )
    challenge = Challenge.objects.get(slug=OPEN)
    prompt = add_prompt(challenge, text="A sign for a bar.", purpose=Prompt.Purpose.SHOWCASE)
    models = ImageModel.objects.filter(slots__prompt__challenge=challenge).distinct().order_by("pk")
    for number, model in enumerate(models):
        take_in(challenge=challenge, model=model, number=number, take=7, prompt=prompt)
    Challenge.objects.filter(slug=CLOSED).update(
        status=Challenge.Status.CLOSED, closed_at=Now() - timedelta(hours=1)
    )
    found = Candidate.objects.exclude(pk__in=in_play().values("pk"))
    assert found.count() == MODELS + MODELS + 2 * MODELS
    return found


def test_released_pictures_are_on_the_pages_and_none_in_play_is(released, monkeypatch):
    monkeypatch.setattr(exhibits, "MOST", 3)  # the crawl has to turn the pages of a section
    pages = public_pages()
    text = "\n".join(pages.values())
    shown = set(ORIGINAL.findall(text))
    assert shown == {reverse("web:original", args=[c.original_name]) for c in released}
    for candidate in released:
        assert any(picture.name in text for picture in candidate.pictures.all())
        assert candidate.original_sha256 in text
    assert find_overlaps(pages) == []


def test_a_released_picture_whose_twin_is_in_play_is_nowhere(released, real_shown, monkeypatch):
    """The same original, from another model, comes into play: what told its look and its name goes."""
    told = released.filter(slot__prompt__challenge__slug=OPEN)[0]
    address = reverse("web:original", args=[told.original_name])
    challenge = Challenge.objects.get(slug=OPEN)
    twin = load_original(told.original)
    assert read_answer("", Client().get(address)).body == twin
    take_in(challenge=challenge, model=told.slot.model, number=0, take=9, data=twin)
    assert Client().get(address).status_code == 404
    assert find_overlaps(open_page()) == []
    monkeypatch.setattr(releasing, "_twins_in_play", lambda **_: Candidate.objects.none())
    assert {overlap.how for overlap in find_overlaps(open_page())} == {"name", "bytes", "looks"}


def test_a_released_picture_whose_likeness_is_in_play_is_nowhere(released, real_shown, monkeypatch):
    """Not the same bytes: drawn smaller and encoded anew, as a model that copies would."""
    told = released.filter(slot__prompt__challenge__slug=OPEN)[0]
    image = Image.open(io.BytesIO(load_original(told.original))).convert("RGB")
    file = io.BytesIO()
    image.resize((image.width * 3 // 4, image.height * 3 // 4)).save(file, "JPEG", quality=60)
    challenge = Challenge.objects.get(slug=OPEN)
    take_in(challenge=challenge, model=told.slot.model, number=0, take=9, data=file.getvalue())
    assert find_overlaps(open_page()) == []
    monkeypatch.setattr(releasing, "_twins_in_play", lambda **_: Candidate.objects.none())
    assert {overlap.how for overlap in find_overlaps(open_page())} == {"looks"}


def test_originals_are_served_when_released_alone_and_alike_for_every_model(released):
    refuse_sealed()
    compare_headers(released)


def refuse_sealed() -> None:
    """Ask for the originals in play by every name they have."""
    client = Client()
    for candidate in in_play():
        names = [candidate.original_name, candidate.original_sha256, candidate.original]
        names += [str(candidate.pk), candidate.original.rpartition("/")[2]]
        names += [picture.name for picture in candidate.pictures.all()]
        for name in names:
            for address in (f"/originals/{name}", f"/media/{name}", f"/static/{name}"):
                assert client.get(address).status_code == 404, address
        for ending in ("png", "jpg", "avif", "webp"):
            assert client.get(f"/pictures/{candidate.original_name}.{ending}").status_code == 404


def compare_headers(released: QuerySet[Candidate]) -> None:
    """Alike for every model but for the length and the kind of file, and named by chance."""
    heads = set()
    for candidate in released:
        address = reverse("web:original", args=[candidate.original_name])
        document = read_answer("", Client().get(address))
        assert document.body == load_original(candidate.original)
        assert "ETag" not in document.head
        assert "Last-Modified" not in document.head
        assert f"Content-Length: {len(document.body)}" in document.head
        head = document.head.replace(candidate.original_name, "NAME")
        head = re.sub(r"Content-Length: \d+", "Content-Length: N", head)
        heads.add(re.sub(r"image/\w+|NAME\.\w+", "X", head))
    (head,) = heads
    for line in (
        "X-Content-Type-Options: nosniff",
        'Content-Disposition: inline; filename="X"',
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control: public, max-age=60",
    ):
        assert line in head
    assert "Set-Cookie" not in head
