"""Both sides of a pair look alike but for their pixels: files, headers, names, markup and sides."""

import math
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client

from arena.battles.issuing import Scope, issue_battle
from arena.battles.models import Battle
from arena.battles.pairing import InPlay, choose_pair
from arena.catalog.models import Discipline
from arena.challenges.models import Challenge
from arena.generation.models import Candidate, PublicPicture
from arena.generation.storing import render_pictures
from tests.factories import create_arena, create_voter

from .containers import read_structure
from .crawl import PICTURE, cut_reveal, read_answer
from .originals import make_original
from .test_words import _with_box, _with_comment

arena = pytest.mark.usefixtures("shipped")
db = pytest.mark.django_db
BATTLES = 20_000
# Two-sided, far beyond chance: a fair coin passes the bounds 99.99 % of the time, seeds or not.
MOST_SIGMA = 4.5


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
        for file in render_pictures(original, width=1024, height=768).files:
            files.setdefault(file.derivative.kind, []).append(file.derivative.data)
    assert all(len(found) == 1 for found in structures(files).values())


@arena
def test_the_files_hold_nothing_besides_pixels():
    """JPEG: only the JFIF head and tables; AVIF: only what says how to decode; AV1: no metadata unit."""
    allowed = {"e0", "db", "c0", "c4", "da", "scan", "after the scan"}
    boxes = {"/ftyp", "/mdat", "/meta", "OBU 1", "OBU 6", "OBU 3", "OBU 4", "OBU 0", "OBU 2"}
    boxes |= {f"/meta/{name}" for name in ("hdlr", "pitm", "iloc", "iinf", "iprp")}
    boxes |= {"/meta/iprp/ipco", "/meta/iprp/ipma"}
    boxes |= {f"/meta/iprp/ipco/{name}" for name in ("ispe", "pixi", "av1C", "colr")}
    for challenge in Challenge.objects.filter(slug="vintage-cafe-logo"):
        for kind, found in structures(served_files(challenge)).items():
            (parts,) = found
            names = {name for name, _, _ in parts}
            if kind in ("jpeg_1024", "thumb"):
                assert names <= allowed, names - allowed
                assert {name: length for name, length, _ in parts}["e0"] == 14
                assert parts[-1][1] == 2
            else:
                assert names <= boxes, names - boxes


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [("jpeg_1024", _with_comment), ("avif_1024", _with_box), ("thumb", lambda data: data + b"x")],
)
def test_a_mark_in_one_models_files_would_be_found(
    settings, tmp_path, kind: str, spoil: Callable[[bytes], bytes]
):
    settings.MEDIA_ROOT = tmp_path
    original = make_original(number=0, label="x", seed=1)
    for file in render_pictures(original, width=128, height=128).files:
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
        for file in render_pictures(original, width=64, height=64).files
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


def sigma(lefts: int, *, of: int) -> float:
    """How far a count is from a fair coin's, in standard deviations."""
    return abs(lefts - of / 2) / math.sqrt(of / 4)


def worst_sides(sides: Counter[tuple[int, int]]) -> tuple[float, float]:
    """The deviation of the lower-numbered model's lefts, overall and in the worst pair of models."""
    pairs = {tuple(sorted(pair)) for pair in sides}
    per_pair = [sigma(sides[a, b], of=sides[a, b] + sides[b, a]) for a, b in pairs]
    lower = sum(count for (left, right), count in sides.items() if left < right)
    return sigma(lower, of=sides.total()), max(per_pair)


def draw_sides(dice: random.Random) -> Counter[tuple[int, int]]:
    field = [
        InPlay(candidate=1000 * prompt + 10 * model + take, prompt=prompt, model=model)
        for prompt in range(3)
        for model in range(6)
        for take in range(2)
    ]
    weights = {"": {(a, b): 1.0 + a + 3 * b for a in range(6) for b in range(a + 1, 6)}}
    sides: Counter[tuple[int, int]] = Counter()
    for _ in range(BATTLES):
        pair = choose_pair(field, barred=(), dice=dice, weights=weights)
        assert pair is not None
        sides[pair.left % 1000 // 10, pair.right % 1000 // 10] += 1
    return sides


def test_sides_are_fair_over_20000_battles_overall_and_for_each_pair_of_models():
    sides = draw_sides(random.Random(20_261))
    assert sides.total() == BATTLES
    assert len({tuple(sorted(pair)) for pair in sides}) == 15
    assert max(worst_sides(sides)) < MOST_SIGMA


class LoadedDice(random.Random):
    """Falls on the left 54 times in a hundred."""

    def random(self) -> float:
        return super().random() * 0.5 / 0.54


def test_a_loaded_die_would_be_found():
    assert worst_sides(draw_sides(LoadedDice(20_261)))[0] > MOST_SIGMA


@db
def test_issuing_stores_the_sides_as_they_were_drawn():
    """The same fairness behind issue_battle, where a statement or an index might sort the two."""
    create_arena(models=3, takes=2, discipline=Discipline.TEXT_TO_IMAGE)
    model_of = dict(Candidate.objects.values_list("pk", "slot__model_id"))
    dice = random.Random(5)
    sides: Counter[tuple[int, int]] = Counter()
    for _ in range(300):
        battle = issue_battle(create_voter(), scope=Scope(), dice=dice)
        assert battle is not None
        stored = Battle.objects.get(pk=battle.pk)
        assert (stored.left_id, stored.right_id) == (battle.left_id, battle.right_id)
        sides[model_of[stored.left_id], model_of[stored.right_id]] += 1
    assert max(worst_sides(sides)) < MOST_SIGMA
