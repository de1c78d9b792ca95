"""The hash of a picture's looks: copies are near, strangers are far."""

import io
import random

import pytest
from PIL import Image, ImageFilter

from arena.pictures.looks import hash_looks


def draw(seed: int, *, size: tuple[int, int] = (400, 300)) -> Image.Image:
    small = Image.frombytes("RGB", (12, 12), random.Random(seed).randbytes(12 * 12 * 3))
    return small.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def encode(image: Image.Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def apart(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()


@pytest.mark.parametrize("seed", range(6))
def test_copies_of_other_size_format_and_quality_are_within_ten_bits(seed):
    image = draw(seed)
    whole = hash_looks(encode(image, "PNG"))
    for copy in (
        encode(image, "JPEG", quality=40),
        encode(image.resize((96, 72)), "PNG"),
        encode(image.resize((1200, 900)), "WEBP", quality=70),
    ):
        assert apart(whole, hash_looks(copy)) <= 10


def test_strangers_are_far_apart():
    found = [hash_looks(encode(draw(seed), "PNG")) for seed in range(20)]
    pairs = [apart(a, b) for place, a in enumerate(found) for b in found[:place]]
    assert min(pairs) > 12
    assert 26 < sum(pairs) / len(pairs) < 38


def test_the_hash_fits_a_signed_bigint():
    """From left to right brighter: every bit is set, which is -1; darker: none is."""
    ramp = Image.linear_gradient("L").rotate(90)
    brighter, darker = hash_looks(encode(ramp, "PNG")), hash_looks(encode(ramp.rotate(180), "PNG"))
    assert {brighter, darker} == {-1, 0}
