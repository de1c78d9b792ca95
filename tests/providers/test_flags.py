"""Wrong flags are told in sentences before anybody is asked by them."""

import json
from pathlib import Path
from typing import Any

import pytest

from arena.providers.dialects import DIALECTS
from arena.providers.flags import BUILDERS, DEFAULTS, find_wrong_flags
from arena.providers.parameters import DISCIPLINES

FIXTURE = Path(__file__).parents[2] / "fixtures" / "catalog.json"


def wrong(options: Any, *, dialect: str = "openai_images") -> list[str]:
    return list(find_wrong_flags(dialect, options, disciplines=DISCIPLINES))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([1], "The flags must be an object of JSON"),
        (None, "The flags must be an object of JSON"),
        ({"extra_body": "x"}, 'The flag "extra_body" must be an object'),
        ({"extra_body": None}, 'The flag "extra_body" must be an object'),
        ({"editing": 5}, 'The flag "editing" must be an object'),
        ({"editing": {"drop": "seed"}}, 'The flag "drop" under "editing" must be a list of texts'),
        ({"size_mode": "closest"}, '"sizes" must be a list'),
        ({"size_mode": "closest", "sizes": ["large"]}, "these are no sizes"),
        ({"size_mode": "closest", "sizes": ["0x5"]}, "larger than nothing"),
        ({"size_mode": "closest", "sizes": ["9" * 400 + "x1"]}, "no request can be built"),
        ({"size_mode": "telepathy"}, 'there is no size_mode "telepathy"'),
        ({"size_mode": ["wxh"]}, 'The flag "size_mode" must be a text'),
        ({"size_mode": "names"}, '"size_names" must map names'),
        ({"size_mode": "aspect", "aspects": ["wide"]}, "these are no sizes"),
        ({"size_mode": "aspect", "tiers": {"1K": 0}}, 'The flag "tiers" must be an object'),
        ({"size_mode": "multiple", "multiple_of": 0}, 'The flag "multiple_of" must be a whole'),
        ({"size_mode": "multiple", "max_side": 1}, "no size satisfies"),
        ({"seed": 5}, 'The flag "seed" must be true, false or the name of a field'),
        ({"quality_values": ["low"]}, 'The flag "quality_values" must be an object'),
        ({"features": {"search": 1}}, 'The flag "features" must be an object of texts'),
        ({"max_references": True}, 'The flag "max_references" must be a whole number'),
        ({"max_references": -1}, 'The flag "max_references" must be a whole number'),
        ({"disciplines": ["juggling"]}, 'The flag "disciplines" must be a list of text-to-image'),
    ],
)
def test_a_wrong_flag_gets_a_sentence(options, sentence):
    found = wrong(options)
    assert sentence in found[0]
    assert found[0].endswith(".")


def test_flags_of_the_other_dialects_are_tried_by_their_own_builders():
    assert set(DIALECTS) == set(BUILDERS) == set(DEFAULTS)
    assert wrong({"modalities": "IMAGE"}, dialect="gemini")
    assert wrong({"path_suffix": 1}, dialect="fal_queue")
    assert wrong({"prompt_field": None}, dialect="replicate")
    assert not wrong({"size_mode": "closest"}, dialect="nobody speaks it")
    for dialect in DIALECTS:
        assert not wrong({"aspects": None, "seed": False, "anything": [1]}, dialect=dialect)


def test_the_shipped_flags_are_right():
    catalog = json.loads(FIXTURE.read_text(encoding="utf-8"))
    providers = {one["slug"]: one for one in catalog["providers"]}
    for model in catalog["models"]:
        for offering in model["offerings"]:
            provider = providers[offering["provider"]]
            options = {**provider.get("options", {}), **offering.get("options", {})}
            assert not wrong(options, dialect=provider["dialect"])
