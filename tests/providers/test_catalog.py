"""Every offering of the shipped catalogue can be asked: its dialect is spoken, its flags are sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from arena.providers.dialects import DIALECTS
from arena.providers.http import Client
from arena.providers.types import Done, Endpoint, Pending, Reference
from tests.fake_providers import DIALECTS as FAKES
from tests.fake_providers import FakeProviders
from tests.providers.conformance import follow
from tests.providers.conftest import KEY, ask_for

FILE = Path(__file__).parents[2] / "fixtures" / "catalog.json"
DATA = json.loads(FILE.read_text(encoding="utf-8"))
PROVIDERS = {provider["slug"]: provider for provider in DATA["providers"]}
OFFERINGS = {
    f"{model['slug']} at {offering['provider']}, {discipline}": (offering, discipline)
    for model in DATA["models"]
    for offering in model.get("offerings", ())
    for discipline in offering["disciplines"]
}
REMOTE = {
    name: told for name, told in OFFERINGS.items() if "demo" not in PROVIDERS[told[0]["provider"]]["name"]
}  # fmt: skip
CANVASES = ((1024, 1024), (1536, 1024), (1024, 1536), (1920, 1080))
RED = Reference(b"\x89PNG red", "image/png", "red.png")


def open_offering(offering: dict[str, Any], fake: FakeProviders) -> tuple[str, Endpoint]:
    """An offering as the catalogue has it, at the fake's address, with the path of its own."""
    provider = PROVIDERS[offering["provider"]]
    dialect = provider["dialect"]
    options = {**provider.get("options", {}), **offering.get("options", {})}
    base = fake.base_url_of(dialect)
    if options.get("vertex"):
        base, options = f"{fake.origin}/v1", {**options, "project": "studio-1"}
    endpoint = Endpoint(base, key=KEY, private_hosts=(fake.host,), options=options)
    return dialect, endpoint


@pytest.mark.parametrize("name", REMOTE)
@pytest.mark.parametrize("canvas", CANVASES)
def test_remote_offering_makes_a_picture(
    name: str, canvas: tuple[int, int], fake: FakeProviders, client: Client
) -> None:
    offering, discipline = REMOTE[name]
    dialect, endpoint = open_offering(offering, fake)
    request = ask_for(
        discipline=discipline,
        remote_id=offering["remote_id"],
        width=canvas[0],
        height=canvas[1],
        references=(RED,) if discipline == "image-editing" else (),
        seed=3,
    )
    answer: Done | Pending = DIALECTS[dialect].submit(request, endpoint, client=client)
    done = follow(DIALECTS[dialect], answer, endpoint, client=client)
    assert done.data.startswith(b"\x89PNG")
    assert {"size", "aspect"} & set(done.modes), "the canvas must be told somehow"


def test_base_urls_carry_the_version_that_the_dialect_goes_on_from():
    for slug, provider in PROVIDERS.items():
        if provider["dialect"] == "fal_queue" or provider.get("is_local"):
            continue
        version = (
            "/v1" if provider.get("options", {}).get("vertex") else FAKES[provider["dialect"]].BASE
        )
        assert provider["base_url"].endswith(version), slug
        assert provider["base_url"].startswith("https://")


def test_nano_banana_2_is_asked_in_each_providers_own_words(fake: FakeProviders, client: Client):
    sent = {}
    for provider in ("fal", "replicate", "gemini", "vertex"):
        name = f"nano-banana-2 at {provider}, text-to-image"
        dialect, endpoint = open_offering(REMOTE[name][0], fake)
        request = ask_for(remote_id=REMOTE[name][0]["remote_id"], width=1536, height=1024)
        DIALECTS[dialect].submit(request, endpoint, client=client)
        sent[provider] = fake.posts[-1]
    ratio = {"aspect_ratio": "3:2", "resolution": "1K"}
    assert sent["fal"].path == "/queue/fal-ai/nano-banana-2"
    assert sent["fal"].fields.items() >= ratio.items()
    assert sent["replicate"].path == "/v1/models/google/nano-banana-2/predictions"
    assert sent["replicate"].fields["input"].items() >= (ratio | {"output_format": "png"}).items()
    for provider in ("gemini", "vertex"):
        generation = sent[provider].fields["generationConfig"]
        assert generation["imageConfig"] == {"aspectRatio": "3:2", "imageSize": "1K"}
