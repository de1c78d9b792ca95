"""Size, quality, seed and format in a provider's words, and in which of the four modes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.providers.parameters import (
    closest_size,
    finish_body,
    map_parameters,
    read_features,
    read_flags,
    reference_fields,
    round_size,
)
from arena.providers.types import Endpoint, Outcome, ProviderError, Reference
from tests.providers.conftest import ask_for

RED = Reference(b"red", "image/png", "red.png")
BLUE = Reference(b"blue", "image/jpeg", "blue.jpg")
RED_URI, BLUE_URI = "data:image/png;base64,cmVk", "data:image/jpeg;base64,Ymx1ZQ=="

CASES = [
    # request, flags, fields, modes
    ({}, {}, {"size": "1536x1024"}, {"size": "passthrough"}),
    ({}, {"size_field": "dimensions"}, {"dimensions": "1536x1024"}, {"size": "renamed"}),
    ({}, {"size_mode": "closest", "sizes": ["1024x1024", "1536x1024"]},
     {"size": "1536x1024"}, {"size": "passthrough"}),
    ({}, {"size_mode": "closest", "sizes": ["1024x1024", "1792x1024"]},
     {"size": "1792x1024"}, {"size": "converted"}),
    ({"width": 1500}, {"size_mode": "multiple"}, {"size": "1504x1024"}, {"size": "converted"}),
    ({}, {"size_mode": "multiple"}, {"size": "1536x1024"}, {"size": "passthrough"}),
    ({}, {"size_mode": "object", "size_field": "image_size"},
     {"image_size": {"width": 1536, "height": 1024}}, {"size": "renamed"}),
    ({}, {"size_mode": "sides"}, {"width": 1536, "height": 1024}, {"size": "renamed"}),
    ({}, {"size_mode": "names", "size_field": "image_size",
          "size_names": {"square_hd": "1024x1024", "landscape_4_3": "1024x768"}},
     {"image_size": "landscape_4_3"}, {"size": "converted"}),
    ({}, {"size_mode": "aspect"}, {"aspect_ratio": "3:2"}, {"aspect": "converted"}),
    ({"width": 1000}, {"size_mode": "aspect", "aspects": ["1:1", "3:4", "16:9"]},
     {"aspect_ratio": "1:1"}, {"aspect": "converted"}),
    ({}, {"size_mode": "aspect", "aspect_field": "aspectRatio", "tier_field": "imageSize",
          "tiers": {"1K": 1024, "2K": 2048}},
     {"aspectRatio": "3:2", "imageSize": "1K"}, {"aspect": "converted", "size": "converted"}),
    ({"width": 2048, "height": 2048}, {"size_mode": "aspect", "tiers": {"1K": 1024, "2K": 2048}},
     {"aspect_ratio": "1:1", "resolution": "2K"}, {"aspect": "converted", "size": "converted"}),
    ({}, {"size_mode": "prompt"}, {}, {"aspect": "emulated"}),
    ({}, {"size_mode": "none"}, {}, {}),
    ({"seed": 7}, {"size_mode": "none"}, {}, {}),
    ({"seed": 7}, {"size_mode": "none", "seed": True}, {"seed": 7}, {"seed": "passthrough"}),
    ({"seed": 7}, {"size_mode": "none", "seed": "noise"}, {"noise": 7}, {"seed": "renamed"}),
    ({"seed": 7}, {"size_mode": "none", "seed": "prompt"}, {}, {"seed": "emulated"}),
    ({"quality": "high"}, {"size_mode": "none"}, {}, {}),
    ({"quality": "high"}, {"size_mode": "none", "quality": True},
     {"quality": "high"}, {"quality": "passthrough"}),
    ({"quality": "high"}, {"size_mode": "none", "quality": "detail"},
     {"detail": "high"}, {"quality": "renamed"}),
    ({"quality": "high"}, {"size_mode": "none", "quality": True, "quality_values": {"high": "hd"}},
     {"quality": "hd"}, {"quality": "converted"}),
    ({"quality": "ultra"}, {"size_mode": "none", "quality": True, "quality_values": {"high": "hd"}},
     {}, {}),
    ({}, {"size_mode": "none", "quality": True, "quality_default": "medium"},
     {"quality": "medium"}, {"quality": "passthrough"}),
    ({"options": {"output_format": "png"}}, {"size_mode": "none", "format": True},
     {"output_format": "png"}, {"format": "passthrough"}),
    ({"options": {"output_format": "jpeg"}},
     {"size_mode": "none", "format": "fmt", "format_values": {"jpeg": "jpg"}},
     {"fmt": "jpg"}, {"format": "converted"}),
    ({"options": {"output_format": "png"}}, {"size_mode": "none"}, {}, {}),
    ({}, {"size_mode": "none", "format": True, "format_default": "png"},
     {"output_format": "png"}, {"format": "passthrough"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "flags", "fields", "modes"), CASES)
def test_parameters_are_told_in_one_of_four_modes(
    changes: dict[str, Any], flags: dict[str, Any], fields: dict[str, Any], modes: dict[str, str]
) -> None:
    request = ask_for(**({"width": 1536, "height": 1024} | changes))
    mapped = map_parameters(request, flags)
    sent = finish_body({}, mapped=mapped, request=request, flags=flags)
    assert sent == fields
    assert mapped.modes(sent) == modes


@pytest.mark.parametrize(
    ("flags", "prompt"),
    [
        ({"seed": "prompt"}, 'A cat <sd_cpp_extra_args>{"seed": 7}</sd_cpp_extra_args>'),
        ({"seed": "prompt", "seed_words": " --seed {seed}"}, "A cat --seed 7"),
        ({"size_mode": "prompt"}, "A cat (aspect ratio 3:2)"),
    ],
)
def test_emulated_parameters_are_said_in_the_prompt(flags: dict[str, Any], prompt: str) -> None:
    request = ask_for(prompt="A cat", seed=7, width=1536, height=1024)
    assert map_parameters(request, flags).prompt == prompt


@pytest.mark.parametrize(
    ("wanted", "rounded"),
    [
        ((1024, 1024), (1024, 1024)),
        ((3840, 2160), (3840, 2160)),
        ((2160, 3840), (2160, 3840)),
        ((1500, 1024), (1504, 1024)),
        ((7680, 4320), (3840, 2160)),
        ((4096, 4096), (2880, 2880)),
        ((256, 256), (816, 816)),
        ((4000, 400), (3840, 1280)),
        ((400, 4000), (1280, 3840)),
    ],
)
def test_sizes_are_rounded_to_what_gpt_image_2_takes(
    wanted: tuple[int, int], rounded: tuple[int, int]
) -> None:
    assert round_size(*wanted, flags={}) == rounded


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_rounded_size_breaks_no_rule_and_keeps_the_shape(width: int, height: int) -> None:
    long_side, short_side = sorted(round_size(width, height, flags={}), reverse=True)
    assert (long_side % 16, short_side % 16) == (0, 0)
    assert long_side <= min(3840, 3 * short_side)
    assert 655_360 <= long_side * short_side <= 8_294_400
    shape = max(width, height) / min(width, height)
    assert abs(long_side / short_side / min(shape, 3) - 1) < 0.05


def test_rules_that_no_size_satisfies_are_a_mistake_of_ours():
    with pytest.raises(ProviderError, match="no size satisfies"):
        round_size(100, 100, flags={"max_side": 256})


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (1024, 1024, (1024, 1024)),
        (2048, 2048, (1024, 1024)),
        (1600, 900, (1536, 1024)),
        (600, 900, (1024, 1536)),
        (100, 100, (512, 512)),
    ],
)
def test_closest_size_chooses_shape_before_area(
    width: int, height: int, expected: tuple[int, int]
) -> None:
    sizes = ((1024, 1024), (512, 512), (1536, 1024), (1024, 1536))
    assert closest_size(sizes, width=width, height=height) == expected


def test_closest_size_prefers_the_same_shape_over_the_same_area():
    assert closest_size(((400, 300), (1000, 1000)), width=200, height=150) == (400, 300)


@pytest.mark.parametrize(
    ("references", "flags", "fields"),
    [
        ((), {"reference_field": "image_urls"}, {}),
        ((RED,), {"reference_field": "image_urls"}, {"image_urls": [RED_URI]}),
        ((RED, BLUE), {"reference_field": "image_urls"}, {"image_urls": [RED_URI, BLUE_URI]}),
        ((RED,), {"reference_field": "image_url"}, {"image_url": RED_URI}),
        ((RED, BLUE), {"reference_field": "image_input"}, {"image_input": [RED_URI, BLUE_URI]}),
        ((RED,), {"reference_field": "image", "reference_list": True}, {"image": [RED_URI]}),
    ],
)
def test_references_are_data_uris_alone_or_in_a_list(
    references: tuple[Reference, ...], flags: dict[str, Any], fields: dict[str, Any]
) -> None:
    assert reference_fields(ask_for(references=references), flags) == fields


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"size_mode": "round"}, 'no size_mode "round"'),
        ({"size_mode": "names"}, "size_names"),
        ({"size_mode": "names", "size_names": {"big": "huge"}}, "no sizes"),
        ({"size_mode": "aspect", "aspects": ["wide"]}, "no sizes"),
    ],
)
def test_wrong_flags_are_named_before_anything_is_sent(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(ProviderError, match=words) as caught:
        map_parameters(ask_for(), flags)
    assert (caught.value.outcome, caught.value.billed) == (Outcome.BAD_REQUEST, False)


def test_two_references_do_not_fit_a_field_for_one():
    with pytest.raises(ProviderError, match="one reference"):
        reference_fields(ask_for(references=(RED, BLUE)), {"reference_field": "image_url"})


def test_flags_of_editing_replace_the_others_for_edits_alone():
    endpoint = Endpoint("https://x.example", options={"a": 1, "editing": {"a": 2}})
    asked = {"endpoint": endpoint, "defaults": {"a": 0, "b": 0}}
    assert read_flags(discipline="text-to-image", **asked)["a"] == 1
    assert read_flags(discipline="image-editing", **asked) == {
        "a": 2, "b": 0, "editing": {"a": 2},
    }  # fmt: skip


def test_features_name_what_surcharges_depend_on():
    flags = {"features": {"enable_web_search": "web-search", "thinking": "thinking"}}
    sent = {"enable_web_search": True, "thinking": False}
    assert read_features(ask_for(), sent, flags) == ("web-search",)
    edit = ask_for(discipline="image-editing", references=(RED,))
    assert read_features(edit, {}, flags) == ("image-editing",)
