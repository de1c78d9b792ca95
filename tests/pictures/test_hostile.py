"""Hostile inputs through the real workshop: each is accepted with clean files or refused in a sentence."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from arena.pictures.intake import PictureError
from arena.pictures.mark import SourceType, write_mark
from arena.pictures.workshop import (
    CRASHED,
    KILLED,
    TOOK_TOO_LONG,
    BenchLimits,
    MadePictures,
    Workshop,
)
from tests.leak.containers import read_structure

from .hostile import WORD, make_inputs

CANVAS = (96, 64)
SOURCE = SourceType.TRAINED


@pytest.fixture(scope="module")
def answers():
    """What the workshop says to each input: pictures or a sentence. Anything else ends the test here."""
    workshop = Workshop(size=2, limits=BenchLimits(nice=0, pictures=10_000))
    inputs = make_inputs()
    # One picture each before the first and after the last, so that a bench that died would show.
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda item: ask(workshop, item[1]), inputs))
    made = [bench.made for bench in workshop.benches]
    workshop.close()
    return dict(zip([name for name, _ in inputs], found, strict=True)), made


def ask(workshop: Workshop, data: bytes) -> MadePictures | str:
    try:
        return workshop.make(data, width=CANVAS[0], height=CANVAS[1], source=SOURCE)
    except PictureError as error:
        return error.reason


def test_no_input_of_160_and_more_brings_a_bench_down(answers):
    found, made = answers
    assert len(found) >= 160
    # A bench that dies begins to count anew, and one that was never lost has counted all.
    assert sum(made) == len(found)
    assert not {CRASHED, KILLED, TOOK_TOO_LONG} & {a for a in found.values() if isinstance(a, str)}


def test_good_pictures_are_accepted_and_bad_ones_refused(answers):
    found, _ = answers
    refused = [name for name, answer in found.items() if isinstance(answer, str)]
    assert [name for name in refused if name.startswith("good")] == []
    accepted = set(found) - set(refused)
    assert [name for name in accepted if name.startswith("bad")] == []
    assert len(accepted) > 80
    assert len(refused) > 80


def test_what_is_refused_is_refused_in_a_sentence(answers):
    sentences = {answer for answer in answers[0].values() if isinstance(answer, str)}
    assert all(len(s) < 100 and s[0].isupper() and s.endswith(".") for s in sentences)
    assert 6 <= len(sentences) <= 40


def test_what_is_accepted_has_clean_files_of_one_structure(answers):
    structures: dict[str, set[object]] = {}
    for name, answer in answers[0].items():
        if isinstance(answer, str):
            continue
        assert [file.kind for file in answer.files] == [
            "avif_1024", "avif_768", "jpeg_1024", "thumb"
        ]  # fmt: skip
        for file in answer.files:
            structures.setdefault(file.kind, set()).add(read_structure(file.data))
            with Image.open(io.BytesIO(file.data)) as image:
                image.load()
                assert (image.mode, image.size) == ("RGB", CANVAS), name
            assert WORD.encode() not in file.data
            assert write_mark(SOURCE) in file.data
    assert {kind: len(found) for kind, found in structures.items()} == dict.fromkeys(
        ("avif_1024", "avif_768", "jpeg_1024", "thumb"), 1
    )
