from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from arena.pictures.derivatives import (
    CANVAS_COLOUR,
    Derivative,
    fit_canvas,
    make_derivatives,
    opaque_name,
)
from arena.pictures.mark import SourceType, write_mark

TRAINED = SourceType.TRAINED
KINDS = ["avif_1024", "avif_768", "jpeg_1024", "thumb"]
BOXES_WITHIN = {"meta": 4, "iprp": 0, "ipco": 0}


def list_avif_boxes(data: bytes, *, start: int = 0, end: int | None = None) -> list[str]:
    """Name every box, and give the whole content of those that describe rather than hold."""
    names = []
    end = len(data) if end is None else end
    while start < end:
        length = int.from_bytes(data[start : start + 4], "big")
        name = data[start + 4 : start + 8].decode("ascii")
        if name in BOXES_WITHIN:
            names.append(name)
            inner = start + 8 + BOXES_WITHIN[name]
            names += list_avif_boxes(data, start=inner, end=start + length)
        elif name in ("mdat", "iloc"):
            names.append(name)  # the pixels, and where they lie
        else:
            names.append(f"{name} {data[start + 8 : start + length].hex()}")
        start += length
    return names


def list_jpeg_markers(data: bytes) -> list[str]:
    """Every marker segment up to the pixels, with its content, and what follows them."""
    assert data[:2] == b"\xff\xd8"
    position, markers = 2, []
    while True:
        assert data[position] == 0xFF
        marker = data[position + 1]
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        markers.append(f"{marker:02x} {data[position + 4 : position + 2 + length].hex()}")
        position += 2 + length
        if marker == 0xDA:
            break
    ends = [match.start() for match in re.finditer(rb"\xff[^\x00\xd0-\xd7]", data[position:])]
    assert ends == [len(data) - position - 2], "one end marker, and nothing behind it"
    return markers


def list_parts(file: Derivative) -> list[str]:
    read = list_avif_boxes if file.extension == "avif" else list_jpeg_markers
    return read(file.data)


def make_noise(width: int, height: int) -> Image.Image:
    rng = np.random.default_rng(3)
    return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def noisy() -> tuple[Derivative, ...]:
    return make_derivatives(make_noise(1536, 1024), source=TRAINED, width=1024, height=1024)


@pytest.fixture(scope="module")
def plain() -> tuple[Derivative, ...]:
    told = Image.new("RGB", (700, 700), (250, 250, 250))
    told.info.update(
        comment=b"gpt-image-2",
        exif=b"Exif\0\0MM",
        icc_profile=b"profile",
        xmp=b"<xmp/>",
        dpi=(9, 9),
    )
    return make_derivatives(told, source=TRAINED, width=1024, height=1024)


def test_four_files_are_made(noisy):
    assert [(f.kind, f.width, f.height) for f in noisy] == [
        ("avif_1024", 1024, 1024),
        ("avif_768", 768, 768),
        ("jpeg_1024", 1024, 1024),
        ("thumb", 384, 384),
    ]
    assert [(f.content_type, f.extension) for f in noisy] == [
        ("image/avif", "avif"),
        ("image/avif", "avif"),
        ("image/jpeg", "jpg"),
        ("image/jpeg", "jpg"),
    ]


def test_files_are_what_they_are_said_to_be(noisy):
    for file in noisy:
        image = Image.open(BytesIO(file.data))
        assert image.size == (file.width, file.height)
        assert Image.MIME[image.format] == file.content_type
        assert image.mode == "RGB"


@pytest.mark.parametrize("position", range(4), ids=KINDS)
def test_containers_of_very_different_pictures_differ_in_nothing_but_pixels(noisy, plain, position):
    assert len(noisy[position].data) != len(plain[position].data)
    assert list_parts(noisy[position]) == list_parts(plain[position])


def test_jpeg_holds_only_what_decoding_needs(plain):
    for file in plain[2:]:
        kinds = {marker[:2] for marker in list_jpeg_markers(file.data)}
        assert kinds == {"e0", "e1", "db", "c0", "c4", "da"}


def test_avif_holds_only_what_decoding_needs(plain):
    for file in plain[:2]:
        names = [box[:4] for box in list_avif_boxes(file.data)]
        assert names == [
            "ftyp", "meta", "hdlr", "pitm", "iloc", "iinf", "iref",
            "iprp", "ipco", "ispe", "pixi", "av1C", "colr", "ipma", "mdat",
        ]  # fmt: skip


def test_no_word_of_the_source_is_in_any_file(plain):
    for file in plain:
        rest = file.data.replace(write_mark(TRAINED), b"")
        assert len(rest) == len(file.data) - len(write_mark(TRAINED))
        for word in (b"gpt", b"Exif", b"profile", b"<xmp", b"ICC", b"Adobe"):
            assert word not in rest


@pytest.mark.parametrize("source", SourceType)
def test_every_file_says_that_a_machine_made_it(source):
    """Read back by Pillow and an XML parser, as a reader of IPTC metadata would."""
    attribute = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType"
    for file in make_derivatives(make_noise(90, 90), source=source, width=90, height=90):
        packet = Image.open(BytesIO(file.data)).info["xmp"]
        (description,) = ElementTree.fromstring(packet.decode("utf-8-sig")).iter(
            "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}Description"
        )
        assert description.attrib.pop(attribute) == (
            f"http://cv.iptc.org/newscodes/digitalsourcetype/{source}"
        )
        assert list(description.attrib) == ["{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"]


def test_colour_is_kept_at_full_resolution():
    stripes = np.zeros((256, 256, 3), dtype=np.uint8)
    stripes[:, 0::2] = (230, 30, 30)
    stripes[:, 1::2] = (30, 30, 230)
    for file in make_derivatives(Image.fromarray(stripes), source=TRAINED, width=256, height=256):
        seen = np.asarray(Image.open(BytesIO(file.data)).convert("RGB"), dtype=int)
        apart = np.abs(seen[:, 0::2, 0] - seen[:, 1::2, 0]).mean()
        assert apart > 150, f"{file.kind} mixes neighbouring colours"


@pytest.mark.parametrize(
    ("source", "canvas"),
    [((1408, 768), (1024, 1024)), ((300, 700), (1536, 1024)), ((1024, 1536), (640, 427))],
)
def test_sizes_follow_the_canvas_alone(source, canvas):
    width, height = canvas
    one = make_derivatives(make_noise(*source), source=TRAINED, width=width, height=height)
    other = make_derivatives(Image.new("RGB", canvas), source=TRAINED, width=width, height=height)
    sizes = [(f.width, f.height) for f in one]
    assert sizes == [(f.width, f.height) for f in other]
    assert all(w <= width and h <= height for w, h in sizes)


def test_small_canvas_is_never_enlarged():
    files = make_derivatives(Image.new("RGB", (900, 900)), source=TRAINED, width=320, height=200)
    assert {(f.width, f.height) for f in files} == {(320, 200)}


def test_same_picture_gives_the_same_bytes():
    image = make_noise(500, 400)
    first = make_derivatives(image, source=TRAINED, width=512, height=512)
    second = make_derivatives(image.copy(), source=TRAINED, width=512, height=512)
    assert first == second


def test_canvas_pads_a_wide_picture_with_grey_above_and_below():
    canvas = fit_canvas(Image.new("RGB", (200, 100), (255, 0, 0)), width=400, height=400)
    pixels = np.asarray(canvas)
    assert pixels.shape == (400, 400, 3)
    assert (pixels[:98] == CANVAS_COLOUR).all()
    assert (pixels[302:] == CANVAS_COLOUR).all()
    assert (pixels[102:298] == (255, 0, 0)).all()


@pytest.mark.parametrize(
    ("width", "padded"), [(980, False), (979, True), (1020, False), (1021, True)]
)
def test_canvas_crops_up_to_two_percent_and_pads_beyond(width, padded):
    canvas = fit_canvas(Image.new("RGB", (width, 1000), (255, 0, 0)), width=1000, height=1000)
    assert canvas.size == (1000, 1000)
    assert ((np.asarray(canvas) == CANVAS_COLOUR).all(axis=2).any()) == padded


def test_picture_of_the_canvas_size_is_left_as_it_is():
    image = make_noise(300, 200)
    assert fit_canvas(image, width=300, height=200).tobytes() == image.tobytes()


def test_canvas_refuses_what_is_not_plain_rgb():
    with pytest.raises(ValueError, match="RGB"):
        fit_canvas(Image.new("RGBA", (100, 100)), width=100, height=100)
    with pytest.raises(ValueError, match="pixel"):
        fit_canvas(Image.new("RGB", (100, 100)), width=0, height=100)


def test_opaque_names_are_long_plain_and_never_the_same():
    names = {opaque_name() for _ in range(1000)}
    assert len(names) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,}", name) for name in names)
