"""Fetches what a voter without an account gets before a verdict."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from arena.battles.models import Battle
from arena.catalog.models import Discipline
from arena.challenges.models import Category, Challenge, ReferencePicture
from arena.generation.models import PublicPicture

from .words import Leak, Wordlist

HTMX = {"HX-Request": "true"}
PICTURE = re.compile(r"/pictures/[\w-]+\.\w+")
STATIC = re.compile(r"/static/([\w./-]+)")
BATTLE = re.compile(r'id="battle-([\w-]+)"')
# The last duel as it is shown and as it is read out.
REVEAL = ("last-duel", "said")
RANDOM_NAME = re.compile(r"[\w-]{24,64}")


@dataclass(frozen=True)
class Document:
    """One answer: where it came from, its head as the wire has it, and its body."""

    place: str
    head: str
    body: bytes = field(repr=False)
    is_file: bool = False

    @property
    def text(self) -> str:
        return self.body.decode()


def read_answer(place: str, answer: HttpResponseBase) -> Document:
    """Keep all of an answer: status, headers in their order, cookies, body."""
    streamed: Any = answer
    body = b"".join(streamed.streaming_content) if answer.streaming else streamed.content
    lines = [f"{answer.status_code} {answer.reason_phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.items()]
    lines += [f"Set-Cookie: {morsel.OutputString()}" for morsel in answer.cookies.values()]
    is_file = not answer.get("Content-Type", "").startswith("text/")
    return Document(place, "\n".join(lines), body, is_file)


def cut_reveal(text: str) -> str:
    """Leave out the elements that tell of the duel before, which has its verdict."""
    for name in REVEAL:
        text = _cut(text, name=name)
    return text


def _cut(text: str, *, name: str) -> str:
    found = re.search(rf'<(\w+)[^>]*\bid="{name}"', text)
    if not found:
        return text
    depth = 0
    for tag in re.finditer(rf"<(/?){found[1]}\b", text[found.start() :]):
        depth += -1 if tag[1] else 1
        if depth == 0:
            end = text.index(">", found.start() + tag.start()) + 1
            return text[: found.start()] + text[end:]
    raise AssertionError(f"#{name} has no end")


def vote_pages() -> list[str]:
    """List the vote pages of every scope."""
    open_challenges = Challenge.objects.exclude(status=Challenge.Status.DRAFT)
    return [
        reverse("web:vote"),
        *(reverse("web:vote_discipline", args=[d]) for d in Discipline.values),
        *(reverse("web:vote_category", args=[c.slug]) for c in Category.objects.all()),
        *(reverse("web:vote_challenge", args=[c.slug]) for c in open_challenges),
    ]


class Crawler:
    """A voter that walks and notes every answer."""

    def __init__(self) -> None:
        self.client = Client()
        self.documents: list[Document] = []

    def get(self, path: str) -> Document:
        return self._note(f"GET {path}", self.client.get(path))

    def post(self, path: str, *, htmx: bool, **data: str) -> Document:
        headers = HTMX if htmx else {}
        answer = self.client.post(path, data, headers=headers)
        return self._note(f"POST {'htmx ' if htmx else ''}{path}", answer)

    def _note(self, place: str, answer: HttpResponseBase) -> Document:
        document = read_answer(place, answer)
        if not document.is_file:
            document = replace(document, body=cut_reveal(document.text).encode())
        self.documents.append(document)
        return document

    def judge(self, page: str) -> None:
        """Walk a page's battles through each kind of answer."""
        for htmx, verdict in ((True, "left"), (True, "tie"), (False, "right")):
            token = self._open(page)
            address = reverse("web:verdict", args=[token])
            self.post(address, htmx=htmx, verdict=verdict, holding=token)
            # Another verdict on the same pair: a problem page.
            self.post(address, htmx=htmx, verdict="both_bad", holding=token)
            if not htmx:
                self.get(f"{page}?after={token}")
        for htmx in (True, False):
            self.post(reverse("web:skip", args=[self._open(page)]), htmx=htmx)
            self.post(reverse("web:verdict", args=[self._open(page)]), htmx=htmx, verdict="?")
            self.post(reverse("web:verdict", args=["unknown"]), htmx=htmx, verdict="left")

    def _open(self, page: str) -> str:
        found = BATTLE.search(self.get(page).text)
        assert found, f"{page} shows no battle"
        return found[1]

    def fetch_pictures(self) -> None:
        """Fetch each picture that the pages so far name."""
        text = "\n".join(d.text for d in self.documents if not d.is_file)
        for address in sorted(set(PICTURE.findall(text))):
            self.get(address)

    def read_static_files(self) -> None:
        """Read each script and style that the pages so far name."""
        text = "\n".join(d.text for d in self.documents if not d.is_file)
        for name in sorted(set(STATIC.findall(text))):
            path = finders.find(name)
            assert path, f"/static/{name} is no file"
            self.documents.append(
                Document(f"static {name}", "", Path(path).read_bytes(), is_file=True)
            )


def crawl(*, pages: list[str], judged: list[str], files: bool = True) -> list[Document]:
    """Fetch vote pages, each by a new voter, then judge on some; with `files` all that they name."""
    documents = []
    for page in [*pages, *judged]:
        crawler = Crawler()
        crawler.get(page)
        if page in judged:
            crawler.judge(page)
        if files:
            crawler.fetch_pictures()
            crawler.read_static_files()
        documents += crawler.documents
    return list({(d.head, d.body): d for d in documents}.values())


def find_leaks(documents: list[Document], words: Wordlist) -> set[Leak]:
    """Search the heads and bodies of answers."""
    leaks: set[Leak] = set()
    blind = _random_strings()
    for document in documents:
        leaks |= set(words.search_text(_mask(document.head, blind), place=document.place))
        if document.is_file:
            leaks |= set(words.search_bytes(document.body, place=document.place))
        else:
            leaks |= set(words.search_text(_mask(document.text, blind), place=document.place))
            # Only words in parts: chance spells three letters between two hyphens.
            leaks |= set(words.search_bytes(document.body, place=document.place))
    return leaks


def _random_strings() -> set[str]:
    names = {
        *PublicPicture.objects.values_list("name", flat=True),
        *ReferencePicture.objects.values_list("public_name", flat=True),
        *Battle.objects.values_list("token", flat=True),
    }
    return {name for name in names if RANDOM_NAME.fullmatch(name)}


def _mask(text: str, blind: set[str]) -> str:
    return RANDOM_NAME.sub(lambda found: " " if found[0] in blind else found[0], text)
