"""Nothing that a voter gets before the verdict spells a model, a lab, a provider or an id of theirs.

Timing is no test here, since a machine that is busy would fail it. The argument instead: a battle's
pictures exist before it is issued, no provider is called for it, both sides are rows of one table and
files of one folder read by one view, and nothing on the way looks at the model: not the view, not the
statement that issues battles, not the encoder's settings. What remains is the size of a file, which is
a matter of its pixels; and pixels can tell (a classifier may know a style), which no server can prevent.
"""

import base64
import dataclasses
import hashlib
import html
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.http import HttpRequest, HttpResponseBase

from arena.battles.models import Battle
from arena.catalog.models import ImageModel
from arena.generation.models import Candidate, PublicPicture
from arena.web.views import vote as vote_views

from .crawl import crawl, cut_reveal, find_leaks, vote_pages
from .originals import make_original
from .words import ALLOWED, Wordlist, read_wordlist

arena = pytest.mark.usefixtures("shipped")

JUDGED = ["/vote/", "/vote/image-editing/", "/vote/challenge/modern-clean-menu/"]
NAME, SLUG = "Nano Banana 2", "nano-banana-2"
HEADER = "tests.leak.test_words.tell_in_header"
COOKIE = "tests.leak.test_words.tell_in_cookie"


@arena
def test_nothing_before_the_verdict_names_a_model():
    documents = crawl(pages=vote_pages(), judged=JUDGED)
    kinds = {document.place.split("/")[1] for document in documents if " /" in document.place}
    assert kinds == {"vote", "battles", "pictures"}
    assert sum(document.is_file for document in documents) > 30
    assert find_leaks(documents, read_wordlist()) == set()


@arena
def test_the_wordlist_holds_the_whole_catalogue():
    words = read_wordlist().words
    for word in [NAME, SLUG, "Gemini 3.1 Flash Image", "gpt-image-1.5", "FLUX.2 [dev] Turbo"]:
        assert word in words
    for word in ["Black Forest Labs", "fal.ai", "Replicate", "Studio Ray", "easel-express"]:
        assert word in words
    models = set(map(str, ImageModel.objects.values_list("pk", flat=True)))
    assert models | set(map(str, Candidate.objects.values_list("pk", flat=True))) <= words
    assert len(ALLOWED) < 5


def test_the_originals_name_their_model_in_every_format():
    words = Wordlist([NAME])
    for number in range(4):
        data = make_original(number=number, label=NAME, seed=1)
        assert list(words.search_bytes(data, place="original")), number


def tell_in_header(get_response: Callable[..., Any]) -> Callable[..., Any]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response["X-Made-By"] = SLUG
        return response

    return answer


def tell_in_cookie(get_response: Callable[..., Any]) -> Callable[..., Any]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.set_cookie("last", base64.b64encode(NAME.encode()).decode())
        return response

    return answer


def plant_in_battle(
    monkeypatch: pytest.MonkeyPatch, told: str, *, where: str, upcoming: bool
) -> None:
    """Let the template's context tell, in text or in an attribute; or only in what comes later."""
    real = vote_views.show_battles

    def show(battles: Any, **values: Any) -> Any:
        shown = real(battles, **values)
        for index, battle in enumerate(shown):
            if upcoming and index == 0:
                continue
            if where == "text":
                shown[index] = dataclasses.replace(battle, what_to_judge=f"Look: {told}")
            else:
                left = dataclasses.replace(battle.left, alt=f"Left picture {told}")
                shown[index] = dataclasses.replace(battle, left=left)
        return shown

    monkeypatch.setattr(vote_views, "show_battles", show)


def leaks_now() -> set[tuple[str, str]]:
    documents = crawl(pages=["/vote/"], judged=["/vote/"], files=False)
    return {(leak.word, leak.spelling) for leak in find_leaks(documents, read_wordlist())}


@pytest.mark.parametrize(
    ("told", "word", "spelling"),
    [
        (NAME.upper(), NAME, "word"),
        ("nano_banana-2", NAME, "word"),
        ("black forest labs", "Black Forest Labs", "word"),
        ("by fal", "fal", "word"),
        ("x" + SLUG + "x", SLUG, "bytes"),
        (quote(NAME), NAME, "word"),
        ("".join(f"%{byte:02X}" for byte in NAME.encode()), NAME, "URL"),
        (html.escape("FLUX.2 [dev] Turbo").replace("F", "&#70;"), "FLUX.2 [dev] Turbo", "word"),
        (base64.b64encode(NAME.encode()).decode(), NAME, "base64"),
        (base64.b64encode(b'{"model": "' + SLUG.encode() + b'"}').decode(), SLUG, "base64"),
        (base64.urlsafe_b64encode(b"??" + SLUG.encode()).decode(), SLUG, "base64"),
        (NAME.encode().hex().upper(), NAME, "hex"),
        (hashlib.md5(SLUG.encode()).hexdigest(), SLUG, "md5"),
        (hashlib.sha1(SLUG.encode()).hexdigest()[:16], SLUG, "sha1"),
        (hashlib.sha256(NAME.encode()).hexdigest(), NAME, "sha256"),
        (base64.b64encode(hashlib.sha256(NAME.encode()).digest()).decode(), NAME, "sha256"),
    ],
)
def test_each_spelling_of_a_name_would_be_found(told, word, spelling):
    words = Wordlist([NAME, SLUG, "Black Forest Labs", "fal", "FLUX.2 [dev] Turbo"])
    page = f'<p class="judge" data-x="{told}">A small red cube, and no more.</p>'
    found = list(words.search_text(page, place="page"))
    # The name and the slug of a model are the same run of letters: either is a find.
    same = {NAME, SLUG} if word in (NAME, SLUG) and spelling == "word" else {word}
    assert any(leak.word in same and leak.spelling == spelling for leak in found)
    innocent = page.replace(told, "nano flux falcon forest 2")
    assert not list(words.search_text(innocent, place="page"))


@arena
@pytest.mark.parametrize("where", ["text", "attribute"])
def test_a_name_in_a_battle_would_be_found(monkeypatch, where):
    plant_in_battle(monkeypatch, NAME, where=where, upcoming=False)
    assert (NAME, "bytes") in leaks_now()


@arena
def test_a_name_in_the_battles_to_come_would_be_found(monkeypatch):
    plant_in_battle(monkeypatch, NAME, where="text", upcoming=True)
    assert {(NAME, "bytes")} <= leaks_now()


@pytest.mark.parametrize("row", ["model", "candidate", "offering"])
@arena
def test_an_id_in_an_attribute_would_be_found(monkeypatch, row):
    candidate = Candidate.objects.order_by("pk")[0]
    number = {
        "model": candidate.slot.model_id,
        "candidate": candidate.pk,
        "offering": candidate.generation.offering_id,
    }[row]
    plant_in_battle(monkeypatch, f"m{number}", where="attribute", upcoming=False)
    assert (str(number), "bytes") in leaks_now()


@pytest.mark.parametrize(("teller", "spelling"), [(HEADER, "word"), (COOKIE, "base64")])
@arena
def test_a_name_in_a_header_or_cookie_would_be_found(settings, teller, spelling):
    settings.MIDDLEWARE = [*project.MIDDLEWARE, teller]
    assert any(kind == spelling for _, kind in leaks_now())


def _with_comment(data: bytes) -> bytes:
    return data[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(NAME)) + NAME.encode() + data[2:]


def _with_box(data: bytes) -> bytes:
    return data + struct.pack(">I4s16s", 24 + len(SLUG), b"uuid", b"\0" * 16) + SLUG.encode()


@pytest.mark.parametrize(
    ("kind", "spoil"), [("jpeg_1024", _with_comment), ("thumb", _with_comment)]
)
@arena
def test_a_name_in_a_jpeg_comment_would_be_found(kind, spoil):
    _spoil(kind, spoil)
    found = crawl(pages=["/vote/"], judged=[]) if kind != "thumb" else _thumbs()
    assert find_leaks(found, Wordlist([NAME]))


@pytest.mark.parametrize("kind", ["avif_1024", "avif_768"])
@arena
def test_a_name_in_an_avif_box_would_be_found(kind):
    _spoil(kind, _with_box)
    assert find_leaks(crawl(pages=["/vote/"], judged=[]), Wordlist([SLUG]))


def _spoil(kind: str, spoil: Callable[[bytes], bytes]) -> None:
    for picture in PublicPicture.objects.filter(kind=kind):
        path = Path(project.MEDIA_ROOT) / "pictures" / f"{picture.name}.{picture.extension}"
        path.write_bytes(spoil(path.read_bytes()))


def _thumbs() -> list[Any]:
    from .crawl import Crawler

    crawler = Crawler()
    for picture in PublicPicture.objects.filter(kind="thumb"):
        crawler.get(f"/pictures/{picture.name}.{picture.extension}")
    return crawler.documents


@arena
def test_a_file_name_that_tells_would_be_found():
    for picture in PublicPicture.objects.filter(kind="avif_1024"):
        slug = picture.candidate.slot.model.slug
        told = f"{slug}-{picture.name}"[:40]
        PublicPicture.objects.filter(pk=picture.pk).update(name=told)
    documents = crawl_pages_only()
    assert find_leaks(documents, read_wordlist())


def crawl_pages_only() -> list[Any]:
    from .crawl import Crawler

    crawler = Crawler()
    crawler.get("/vote/")
    return crawler.documents


def test_only_the_last_duel_is_cut_out():
    text = '<p>a</p><div class="x" id="last-duel"><div>Nano</div><div></div></div><p>b</p>'
    assert cut_reveal(text) == "<p>a</p><p>b</p>"
    assert cut_reveal('<p id="said">Nano<i></i></p><p id="x">b</p>') == '<p id="x">b</p>'
    assert cut_reveal("<p>a</p>") == "<p>a</p>"


@arena
def test_the_reveal_itself_names_both_models(client):
    """What is cut out is the reveal, and it is where the names are: the crawl looks at a real site."""
    page = client.get("/vote/").content.decode()
    token = re.search(r'id="battle-([\w-]+)"', page)
    assert token
    battle = Battle.objects.get(token=token[1])
    answer = client.post(
        f"/battles/{battle.token}/verdict/", {"verdict": "left"}, headers={"HX-Request": "true"}
    ).content.decode()
    for side in (battle.left, battle.right):
        assert html.escape(side.slot.model.name) in answer
        assert html.escape(side.slot.model.name) not in cut_reveal(answer)
