"""What must not reach a voter before the verdict, in every spelling that costs nothing to undo.

A leak that is encrypted or keyed (an HMAC of a name) cannot be found by looking for words; against it
stand the tests that both sides of a pair look alike and that file names are random.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from arena.catalog.models import ImageModel, Lab, Offering, Provider
from arena.generation.models import Candidate, Generation, Slot

# Words of the catalogue that a voter's page may say, and why.
ALLOWED = {
    "paragone": "the site's own name; the lab of the demo studios is called after it",
}
# Rows get ids from here on, so that an id in a page is a number like no other.
FIRST_ID = 734_000_001
# Shorter pieces occur in random bytes by chance.
SHORTEST_IN_BYTES = 6
# Codes are looked for by their first 12, 8 or 6 characters; shorter ones occur by chance.
PIECES = (12, 8, 6)
DIGEST_HEAD = 12

_RUN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Leak:
    """What was found, how it was spelled, and where."""

    word: str
    spelling: str
    place: str


class Wordlist:
    """The forbidden words: as runs of letters and digits, and as pieces of their encodings."""

    def __init__(self, words: Iterable[str]) -> None:
        kept = {word for word in words if word and word.lower() not in ALLOWED}
        self.words = frozenset(kept)
        self.runs: dict[tuple[str, ...], str] = {}
        self.pieces: dict[int, dict[bytes, tuple[str, str]]] = {}
        self.raw: dict[bytes, str] = {}
        for word in sorted(kept):
            runs = tuple(_RUN.findall(word.lower()))
            self.runs[runs] = word
            self.runs[("".join(runs),)] = word
            for spelling in {word, word.lower()}:
                self._add_codes(word, spelling.encode())
            if len(word) >= SHORTEST_IN_BYTES:
                self.raw[word.lower().encode()] = word

    def _add_codes(self, word: str, plain: bytes) -> None:
        for name, code in _codes(plain):
            size = next((size for size in PIECES if size <= len(code)), None)
            if size:
                self.pieces.setdefault(size, {})[code[:size]] = (word, name)

    def search_text(self, text: str, *, place: str) -> Iterator[Leak]:
        """Find whole words, also where the text escapes them for HTML or for an address."""
        for view in {text, html.unescape(text), unquote(text), html.unescape(unquote(text))}:
            yield from self._search_runs(view, place=place)
        yield from self.search_bytes(text.encode(), place=place)

    def _search_runs(self, text: str, *, place: str) -> Iterator[Leak]:
        runs = _RUN.findall(text.lower())
        longest = max(map(len, self.runs), default=0)
        for size in range(1, longest + 1):
            for window in zip(*(runs[start:] for start in range(size)), strict=False):
                if window in self.runs:
                    yield Leak(self.runs[window], "word", place)

    def search_codes(self, data: bytes, *, place: str) -> Iterator[Leak]:
        """Find base64, hex, full percent-encoding and digests, wherever they start."""
        # Hex may be written in capitals; the pieces of base64 may not be folded.
        views = {data, data.lower()}
        for size, pieces in self.pieces.items():
            for view in views:
                seen = {view[start : start + size] for start in range(len(view) - size + 1)}
                for piece in seen & pieces.keys():
                    yield Leak(*pieces[piece], place)

    def search_bytes(self, data: bytes, *, place: str) -> Iterator[Leak]:
        """Find words and codes in a file; words of few letters, which chance spells too, are left out."""
        lowered = data.lower()
        for spelling, view in (("bytes", lowered), ("UTF-16", lowered.replace(b"\0", b""))):
            for word, name in self.raw.items():
                if word in view:
                    yield Leak(name, spelling, place)
        yield from self.search_codes(data, place=place)


def _codes(plain: bytes) -> Iterator[tuple[str, bytes]]:
    """Spell some bytes as every encoding would, wherever in a longer text they stand."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + plain).rstrip(b"=")
        first, last = -(-8 * offset // 6), 8 * (offset + len(plain)) // 6
        yield "base64", whole[first:last]
        yield "base64", base64.urlsafe_b64encode(b"\0" * offset + plain)[first:last]
    yield "hex", plain.hex().encode()
    yield "URL", "".join(f"%{byte:02x}" for byte in plain).encode()
    for algorithm in ("md5", "sha1", "sha256"):
        digest = hashlib.new(algorithm, plain, usedforsecurity=False)
        yield algorithm, digest.hexdigest()[:DIGEST_HEAD].encode()
        yield algorithm, base64.b64encode(digest.digest())[:DIGEST_HEAD]
        yield algorithm, base64.urlsafe_b64encode(digest.digest())[:DIGEST_HEAD]


def read_wordlist() -> Wordlist:
    """Collect the catalogue's words and the ids of every row that tells a model."""
    words: set[str] = set()
    for model in ImageModel.objects.all():
        words |= {model.name, model.long_name, model.slug, model.api_id, model.family}
        words |= set(model.aliases)
    for row in [*Lab.objects.all(), *Provider.objects.all()]:
        words |= {row.name, row.slug}
    words |= set(Offering.objects.values_list("remote_id", flat=True))
    words |= set(Candidate.objects.values_list("original_name", flat=True))
    words |= set(Candidate.objects.values_list("original_sha256", flat=True))
    tables: list[Any] = [ImageModel, Lab, Provider, Offering, Slot, Generation, Candidate]
    for table in tables:
        ids = set(table.objects.values_list("pk", flat=True))
        assert min(ids) >= FIRST_ID
        words |= {str(number) for number in ids}
    return Wordlist(words)
