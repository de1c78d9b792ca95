"""Every field that a caller may write, and what is made of it; nothing is asked of anybody."""

import pytest

from arena.gateway.asking import read_asked
from arena.gateway.errors import GatewayError


def read(**fields):
    return read_asked({"prompt": "A red boat."} | fields)


@pytest.mark.parametrize(
    ("size", "wanted"),
    [
        ("auto", (1024, 1024)),
        (None, (1024, 1024)),
        ("1:1", (1024, 1024)),
        ("16:9", (1360, 768)),
        ("9:16", (768, 1360)),
        ("4:1", (2048, 512)),
        ("300x200", (300, 200)),
        ("4096x4096", (4096, 4096)),
    ],
)
def test_a_size_is_pixels_a_word_or_a_shape(size, wanted):
    asked = read(size=size)
    assert (asked.width, asked.height) == wanted


def test_auto_takes_the_shape_of_the_picture_to_edit():
    asked = read_asked({"prompt": "Night."}, auto=(3000, 1500))
    assert (asked.width, asked.height) == (1456, 720)
    narrow = read_asked({"prompt": "Night."}, auto=(100, 900))
    assert (narrow.width, narrow.height) == (512, 2048)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", "0x0"),
        ("size", "1024X1024"),
        ("size", "１０２４x１０２４"),
        ("size", "63x64"),
        ("size", "5000x4000"),
        ("size", "1024x200"),
        ("size", "5:1"),
        ("size", "0:1"),
        ("size", "large"),
        ("size", 1024),
        ("n", 0),
        ("n", 5),
        ("n", "two"),
        ("n", True),
        ("seed", -1),
        ("seed", 1.5),
        ("seed", 2_147_483_647),
        ("prompt", ["a", "b"]),
        ("prompt", "   "),
        ("prompt", "nul \x00"),
        ("prompt", "half \ud800"),
        ("prompt", "x" * 32_001),
        ("quality", "very good"),
        ("quality", 3),
        ("response_format", "file"),
        ("output_format", "gif"),
        ("output_compression", 101),
        ("moderation", "low"),
        ("stream", True),
        ("partial_images", 2),
        ("num_images", 4),
        ("num_samples", 4),
        ("enhance_prompt", True),
        ("webhook_url", "https://elsewhere.example"),
        ("image_url", "http://169.254.169.254/"),
        ("enable_safety_checker", False),
        ("input_fidelity", "high"),
        ("Model", "other"),
        ("a.b", "c"),
        ("options", {"n": 4}),
        ("style", {"deep": 1}),
        ("style", "nul \x00"),
        ("style", float("inf")),
    ],
)
def test_what_cannot_be_is_refused_by_name(field, value):
    with pytest.raises(GatewayError) as refusal:
        read(**{field: value})
    assert refusal.value.status == 400
    assert refusal.value.param == field
    assert refusal.value.kind == "invalid_request_error"


def test_half_a_character_in_a_field_name_is_a_400_of_openais_shape(generate):
    answer = generate(**{"half \ud800": 1})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unsupported_parameter"


def test_empty_and_null_fields_are_left_out():
    asked = read(size=None, n=None, quality="", seed="", style=None, stream=False)
    assert (asked.pictures, asked.quality, asked.seed, asked.options) == (1, None, None, {})


def test_a_forms_texts_are_read_as_numbers():
    asked = read(n="2", seed="5", output_compression="80")
    assert (asked.pictures, asked.seed, asked.compression) == (2, 5, 80)


def test_further_fields_are_kept_as_they_are():
    asked = read(style="vivid", steps=12, tags=["a", "b"], note="Ahoy 🚢", tiled=True)
    assert asked.options == {
        "style": "vivid",
        "steps": 12,
        "tags": ["a", "b"],
        "note": "Ahoy 🚢",
        "tiled": True,
    }


def test_too_many_or_too_long_further_fields_are_refused():
    for fields in ({f"field_{n}": n for n in range(21)}, {"style": "x" * 4_001}):
        with pytest.raises(GatewayError):
            read(**fields)


def test_words_for_nothing_special_are_taken():
    asked = read(quality="auto", moderation="auto", user="somebody", safety_identifier="x", n=1)
    assert asked.quality is None
    assert asked.options == {}


def test_pictures_of_one_call_have_different_seeds_clear_of_the_arenas_own():
    for fields in ({}, {"seed": 0}):
        asked = read(**fields)
        seeds = [asked.describe(discipline="text-to-image", number=n)["seed"] for n in range(4)]
        assert len(set(seeds)) == 4
        assert 1_000 <= min(seeds) <= max(seeds) < 2**31


def test_a_transparent_jpeg_is_refused():
    with pytest.raises(GatewayError):
        read(background="transparent", output_format="jpeg")
    assert read(background="transparent", output_format="webp").form == "webp"
