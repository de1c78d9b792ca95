"""Both sides of a pair look alike but for their pixels: files, headers, names and markup."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from arena.battles.models import Battle
from arena.challenges.models import Challenge
from arena.generation.models import PublicPicture
from arena.generation.storing import render_pictures
from arena.pictures.mark import SourceType, write_mark

from .containers import read_structure
from .crawl import PICTURE, cut_reveal, read_answer
from .originals import make_original
from .test_words import _with_box, _with_comment

arena = pytest.mark.usefixtures("shipped")


def structures(data: dict[str, list[bytes]]) -> dict[str, set[Any]]:
    return {kind: {read_structure(file) for file in files} for kind, files in data.items()}


def served_files(challenge: Challenge) -> dict[str, list[bytes]]:
    files: dict[str, list[bytes]] = {}
    pictures = PublicPicture.objects.filter(candidate__slot__prompt__challenge=challenge)
    for picture in pictures:
        path = Path(project.MEDIA_ROOT) / "pictures" / f"{picture.name}.{picture.extension}"
        files.setdefault(picture.kind, []).append(path.read_bytes())
    return files


@arena
def test_the_files_of_all_models_have_one_structure():
    """Same markers, tables and boxes, whatever luggage, size and format the original had."""
    slugs = ("vintage-cafe-logo", "night-sky-transformation", "modern-clean-menu")
    for challenge in Challenge.objects.filter(slug__in=slugs):
        files = served_files(challenge)
        assert {kind: len(found) for kind, found in files.items()} == dict.fromkeys(
            ("avif_1024", "avif_768", "jpeg_1024", "thumb"), 8
        )
        for kind, found in structures(files).items():
            assert len(found) == 1, (challenge.slug, kind)


def test_the_files_of_all_models_have_one_structure_at_full_size(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files: dict[str, list[bytes]] = {}
    for number in range(2):
        original = make_original(number=number, label="Nano Banana 2", seed=number)
        for file in render_pictures(original, width=1024, height=768, population="real").files:
            files.setdefault(file.derivative.kind, []).append(file.derivative.data)
    assert all(len(found) == 1 for found in structures(files).values())


@arena
@pytest.mark.parametrize(
    ("slug", "source"),
    [
        ("vintage-cafe-logo", SourceType.TRAINED),
        ("modern-clean-menu", SourceType.DRAWN_BY_CODE),
    ],
)
def test_the_files_hold_nothing_besides_pixels_and_one_mark(slug: str, source: SourceType):
    """JPEG: the JFIF head, tables and the mark; AVIF: what says how to decode, and the mark as item 2."""
    allowed = {"e0", "e1", "db", "c0", "c4", "da", "scan", "after the scan"}
    boxes = {"/ftyp", "/mdat", "/meta", "OBU 1", "OBU 6", "OBU 3", "OBU 4", "OBU 0", "OBU 2"}
    boxes |= {f"/meta/{name}" for name in ("hdlr", "pitm", "iloc", "iinf", "iref", "iprp")}
    boxes |= {"/meta/iprp/ipco", "/meta/iprp/ipma", "item 2"}
    boxes |= {f"/meta/iprp/ipco/{name}" for name in ("ispe", "pixi", "av1C", "colr")}
    mark = write_mark(source)
    challenge = Challenge.objects.get(slug=slug)
    for kind, found in structures(served_files(challenge)).items():
        (parts,) = found
        names = [name for name, _, _ in parts]
        if kind in ("jpeg_1024", "thumb"):
            assert set(names) <= allowed, set(names) - allowed
            assert {name: length for name, length, _ in parts}["e0"] == 14
            assert [part for part in parts if part[0] == "e1"] == [
                whole_part("e1", b"http://ns.adobe.com/xap/1.0/\0" + mark)
            ]
            assert parts[-1][1] == 2
        else:
            assert set(names) <= boxes, set(names) - boxes
            assert [part for part in parts if part[0].startswith("item")] == [
                whole_part("item 2", mark)
            ]


def whole_part(name: str, body: bytes) -> tuple[str, int, str]:
    return name, len(body), hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("jpeg_1024", _with_comment),
        ("avif_1024", _with_box),
        ("thumb", lambda data: data + b"x"),
        ("avif_768", lambda data: data.replace(b"/digitalsourcetype/t", b"/digitalsourcetype/T")),
        ("thumb", lambda data: data.replace(b"/digitalsourcetype/t", b"/digitalsourcetype/T")),
    ],
)
def test_a_mark_in_one_models_files_would_be_found(
    settings, tmp_path, kind: str, spoil: Callable[[bytes], bytes]
):
    settings.MEDIA_ROOT = tmp_path
    original = make_original(number=0, label="x", seed=1)
    for file in render_pictures(original, width=128, height=128, population="real").files:
        if file.derivative.kind == kind:
            data = file.derivative.data
            assert read_structure(data) != read_structure(spoil(data))


def test_other_quantisation_tables_would_be_found():
    """The plain JPEG and the one of a careful provider differ in their tables; a PNG's text is a part."""
    one, other = (list(read_structure(make_original(number=n, label="x", seed=1))) for n in (1, 3))
    assert [p for p in one if p[0] == "db"] != [p for p in other if p[0] == "db"]
    png = {name for name, _, _ in read_structure(make_original(number=0, label="x", seed=1))}
    assert {"caBX", "iCCP", "eXIf", "tEXt", "zTXt", "iTXt"} <= png


@arena
def test_headers_of_pictures_differ_in_length_alone():
    """No ETag and no Last-Modified: the day on which a file was made would tell its model's release."""
    heads = {}
    for picture in PublicPicture.objects.all():
        address = f"/pictures/{picture.name}.{picture.extension}"
        head = read_answer("", Client().get(address)).head
        assert "ETag" not in head
        assert "Last-Modified" not in head
        assert picture.name not in head
        heads.setdefault(picture.extension, set()).add(
            re.sub(r"Content-Length: \d+", "Content-Length: N", head)
        )
    assert {extension: len(found) for extension, found in heads.items()} == {"avif": 1, "jpg": 1}


def test_names_are_drawn_anew_for_the_same_bytes(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    original = make_original(number=0, label="x", seed=1)
    names = [
        file.name
        for _ in range(20)
        for file in render_pictures(original, width=64, height=64, population="real").files
    ]
    assert len(set(names)) == len(names) == 80
    assert all(re.fullmatch(r"[\w-]{32}", name) for name in names)
    # No part of a name stands still: each place takes many characters.
    assert min(len(set(column)) for column in zip(*names, strict=True)) > 20


def _side(markup: str) -> str:
    plain = PICTURE.sub("PICTURE", markup)
    return re.sub(r"\b[Ll]eft\b|\b[Rr]ight\b", "SIDE", plain)


@arena
def test_both_sides_have_the_same_markup_in_the_same_order():
    shapes = set()
    for _ in range(6):
        client = Client()
        page = cut_reveal(client.get("/vote/").content.decode())
        assert not re.search(r"<link[^>]+(preload|prefetch)[^>]+/pictures/", page)
        for token in re.findall(r'id="battle-([\w-]+)"', page):
            battle = Battle.objects.get(token=token)
            body = page[page.index(f'id="battle-{token}"') :].partition("</article>")[0]
            places = [body.index('data-choice="left"'), body.index('data-choice="right"')]
            assert places == sorted(places)
            left = body[places[0] : places[1]]
            right = body[places[1] : places[1] + len(left)]
            shown = [set(PICTURE.findall(left)), set(PICTURE.findall(right))]
            for names, candidate in zip(shown, (battle.left, battle.right), strict=True):
                own = {f"/pictures/{p.name}.{p.extension}" for p in candidate.pictures.all()}
                assert names
                assert names <= own
            pictures = re.findall(r"<picture>.*?</picture>", body, re.S)
            assert len(pictures) >= 2
            alike = {_side(picture) for picture in pictures[:2]}
            assert len(alike) == 1
            shapes.add((battle.prompt_id, re.sub(r"\bhigh\b|\blow\b", "X", alike.pop())))
    assert len(shapes) == len({prompt for prompt, _ in shapes})
