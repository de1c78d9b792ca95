"""Loading the catalogue: what is added, what is left alone, and what bad data is told."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection

from arena.catalog.load import LoadError, load_catalog
from arena.catalog.models import (
    SLUG,
    ImageModel,
    Lab,
    ModelText,
    Offering,
    PriceClaim,
    PriceRule,
    Provider,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_references")]

DATA = json.loads((Path(project.FIXTURES) / "catalog.json").read_text(encoding="utf-8"))
TABLES = (Lab, Provider, ImageModel, Offering, PriceClaim, PriceRule, ModelText)


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(DATA)


def rows() -> dict[str, list[dict[str, Any]]]:
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def test_load_catalog_creates_everything_of_the_file():
    counts = load_catalog(DATA)
    assert counts.created == {
        "labs": 5,
        "providers": 7,
        "image models": 11,
        "offerings": 17,
        "price claims": 8,
        "price rules": 73,
        "siblings": 1,
        "model texts": 23,
    }
    assert set(counts.kept.values()) == {0}
    assert [len(found) for found in rows().values()] == [5, 7, 11, 17, 8, 73, 23]
    pro = ImageModel.objects.get(slug="nano-banana-pro")
    assert [model.slug for model in pro.siblings.all()] == ["nano-banana-2"]


def test_load_catalog_twice_changes_nothing():
    first = load_catalog(DATA)
    before = rows()
    second = load_catalog(DATA)
    assert rows() == before
    assert set(second.created.values()) == {0}
    assert second.kept == first.created


@pytest.mark.django_db(transaction=True)
def test_load_catalog_twice_at_once_creates_everything_once():
    def load() -> int:
        try:
            return sum(load_catalog(DATA).created.values())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        created = [run.result(timeout=30) for run in [pool.submit(load) for _ in range(2)]]
    assert sorted(created) == [0, 145]
    assert [len(found) for found in rows().values()] == [5, 7, 11, 17, 8, 73, 23]


def test_load_catalog_keeps_what_a_curator_edited():
    load_catalog(DATA)
    ImageModel.objects.filter(slug="nano-banana-2").update(name="Renamed", takes=3)
    Provider.objects.filter(slug="fal").update(enabled=False)
    rule = PriceRule.objects.get(offering__provider__slug="fal", size="1K")
    PriceRule.objects.filter(pk=rule.pk).update(amount=Decimal("0.07"))
    PriceRule.objects.filter(offering__provider__slug="fal", size="4K").delete()
    load_catalog(DATA)
    model = ImageModel.objects.get(slug="nano-banana-2")
    assert (model.name, model.takes) == ("Renamed", 3)
    assert not Provider.objects.get(slug="fal").enabled
    fal = PriceRule.objects.filter(offering__provider__slug="fal")
    assert fal.get(size="1K").amount == Decimal("0.07")
    assert not fal.filter(size="4K").exists()


def test_load_catalog_adds_what_is_missing_again():
    load_catalog(DATA)
    ImageModel.objects.get(slug="studio-press").delete()
    counts = load_catalog(DATA)
    assert {name: number for name, number in counts.created.items() if number} == {
        "image models": 1,
        "offerings": 2,
        "price rules": 8,
        "model texts": 3,
    }
    assert Offering.objects.filter(model__slug="studio-press", resend_safe=True).count() == 2


def test_load_catalog_adds_a_newer_price_list_beside_the_old(data):
    load_catalog(DATA)
    fal = data["models"][0]["offerings"][0]
    newer = copy.deepcopy(fal["prices"][0]) | {"valid_from": "2027-01-01"}
    fal["prices"].append(newer)
    assert load_catalog(data).created["price rules"] == 5
    assert PriceRule.objects.filter(offering__provider__slug="fal").count() == 10


def test_catalog_holds_the_facts_of_the_sample_page():
    load_catalog(DATA)
    model = ImageModel.objects.get(slug="nano-banana-2")
    assert (model.name, model.long_name) == ("Nano Banana 2", "Gemini 3.1 Flash Image")
    assert model.api_id == "gemini-3.1-flash-image-preview"
    assert (model.status, model.population, model.lab.name) == ("preview", "real", "Google")
    assert model.disciplines == ["text-to-image", "image-editing"]
    assert model.input_kinds == ["text", "image", "audio", "video", "file"]
    assert model.output_kinds == ["text", "image"]
    assert {"Text rendering", "Reference images", "Search grounding", "Thinking"} <= set(
        model.capabilities
    )
    assert {str(offering) for offering in model.offerings.all()} == {
        "fal/fal-ai/nano-banana-2",
        "replicate/google/nano-banana-2",
        "gemini/gemini-3.1-flash-image-preview",
        "vertex/gemini-3.1-flash-image-preview",
    }


def test_catalog_leaves_unknown_facts_of_the_opponents_empty():
    load_catalog(DATA)
    opponents = ImageModel.objects.filter(population="real").exclude(slug="nano-banana-2")
    assert set(opponents.values_list("slug", flat=True)) == {
        "nano-banana-pro",
        "gpt-image-1-5",
        "seedream-5-0-lite",
        "flux-2-dev-turbo",
    }
    for model in opponents:
        assert (model.released_on, model.open_weights, model.licence) == (None, None, "")
        assert model.offerings.exists() == (model.slug == "gpt-image-1-5")


def test_catalog_says_that_the_studios_are_no_ai_and_charge_nothing():
    load_catalog(DATA)
    studios = ImageModel.objects.filter(population="demo")
    assert len(studios) >= 6
    assert sum("image-editing" in model.disciplines for model in studios) >= 3
    for model in studios:
        assert model.description.startswith("Not an AI model")
        assert (model.takes, model.lab.slug) == (5, "paragone")
        for offering in model.offerings.all():
            assert (offering.remote_id, offering.resend_safe) == (model.slug, True)
            assert "nothing is charged" in offering.price_rules.first().source


def test_two_demo_providers_sell_every_studio_at_different_prices():
    load_catalog(DATA)
    shops = Provider.objects.filter(population="demo")
    assert {(shop.slug, shop.dialect, shop.key_variable) for shop in shops} == {
        ("easel-express", "openai_images", ""),
        ("easel-economy", "openai_images", ""),
    }
    assert all(shop.is_local and "demo" in shop.name for shop in shops)
    for model in ImageModel.objects.filter(population="demo"):
        prices = {
            offering.provider.slug: offering.price_rules.get(size="1K").amount
            for offering in model.offerings.all()
        }
        assert prices["easel-express"] > prices["easel-economy"] > 0


def test_catalog_names_the_variable_of_every_remote_key():
    load_catalog(DATA)
    remote = Provider.objects.filter(is_local=False)
    assert {(found.slug, found.dialect, found.key_variable) for found in remote} == {
        ("openai", "openai_images", "OPENAI_API_KEY"),
        ("fal", "fal_queue", "FAL_KEY"),
        ("replicate", "replicate", "REPLICATE_API_TOKEN"),
        ("gemini", "gemini", "GEMINI_API_KEY"),
        ("vertex", "gemini", "VERTEX_ACCESS_TOKEN"),
    }


def test_catalog_slugs_are_valid():
    load_catalog(DATA)
    for table in (Lab, Provider, ImageModel):
        for slug in table.objects.values_list("slug", flat=True):
            SLUG(slug)


def test_catalog_claims_no_rating():
    assert not {"elo", "rating", "rank", "1302", "1223"} & set(json.dumps(DATA).lower().split('"'))


def spoil_lab(data):
    data["models"][0]["lab"] = "gogle"


def spoil_discipline(data):
    data["models"][1]["disciplines"] = ["text-to-image", "text-to-video"]


def spoil_missing_name(data):
    del data["models"][0]["name"]


def spoil_decimal(data):
    data["models"][0]["offerings"][0]["prices"][0]["rules"][0]["amount"] = "8 cents"


def spoil_inexact_decimal(data):
    data["models"][0]["offerings"][0]["prices"][0]["rules"][0]["amount"] = 0.08


def spoil_not_a_number(data):
    data["models"][0]["offerings"][1]["prices"][0]["rules"][0]["amount"] = "NaN"


def spoil_negative(data):
    data["models"][0]["offerings"][1]["prices"][0]["rules"][0]["amount"] = "-0.01"


def spoil_multiplier(data):
    data["models"][0]["offerings"][0]["prices"][0]["rules"][1]["amount"] = "0.05"


def spoil_provider(data):
    data["models"][0]["offerings"][0]["provider"] = "fall"


def spoil_population(data):
    data["models"][0]["offerings"][0]["provider"] = "easel-express"


def spoil_twice(data):
    data["labs"][1]["slug"] = "google"


def spoil_offering_twice(data):
    data["models"][0]["offerings"][1]["provider"] = "fal"


def spoil_slug(data):
    data["labs"][0]["slug"] = "Google.com"


def spoil_misspelt(data):
    data["providers"][0]["key_varable"] = "FAL_KEY"


def spoil_list(data):
    data["models"][0]["aliases"] = "gemini"


def spoil_list_items(data):
    data["models"][0]["aliases"] = [7]


def spoil_date(data):
    data["models"][0]["offerings"][0]["prices"][0]["valid_from"] = "yesterday"


def spoil_section(data):
    data["labs"] = {}


def spoil_entry(data):
    data["labs"][2] = "bytedance"


FAL = "models[0] (nano-banana-2), offerings[0] (fal)"
FIRST_RULE = f"{FAL}, prices[0] (sample page), rules[0] ($0.08 per image at 1K (standard rate))"


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (spoil_lab, "models[0] (nano-banana-2), lab: there is no lab “gogle”"),
        (spoil_discipline, "models[1] (nano-banana-pro), disciplines: "),
        (spoil_missing_name, "models[0] (nano-banana-2), name: is missing."),
        (spoil_decimal, f"{FIRST_RULE}, amount: “8 cents” value must be a decimal number."),
        (spoil_inexact_decimal, f"{FIRST_RULE}, amount: must be a decimal number in quotes."),
        (spoil_not_a_number, "rules[0] ($0.067 per output image at 1K), amount: "),
        (
            spoil_negative,
            "rules[0] ($0.067 per output image at 1K), amount: The amount -0.01 is negative.",
        ),
        (spoil_multiplier, "it says $0.05, but 0.75 x $0.08 is $0.06."),
        (spoil_provider, "offerings[0] (fall), provider: there is no provider “fall”"),
        (spoil_population, "offerings[0] (easel-express), provider: is demo, but the model real."),
        (spoil_twice, "labs[1] (google), slug: “google” is there twice."),
        (spoil_offering_twice, "offerings[1] (fal), provider: “fal” is there twice."),
        (spoil_slug, "labs[0] (Google.com), slug: Lower-case letters"),
        (spoil_misspelt, "providers[0] (openai), key_varable: is no field"),
        (spoil_list, "models[0] (nano-banana-2), aliases: must be a list."),
        (spoil_list_items, "models[0] (nano-banana-2), aliases: "),
        (spoil_date, f"{FAL}, prices[0] (sample page), valid_from: “yesterday”"),
        (spoil_section, "labs: must be a list."),
        (spoil_entry, "labs[2]: must be an object."),
    ],
)
def test_load_catalog_names_the_place_of_bad_data(data, spoil, place):
    spoil(data)
    with pytest.raises(LoadError) as caught:
        load_catalog(data)
    assert str(caught.value).startswith("catalog.json, ")
    assert place in str(caught.value)
    assert not any(rows().values()), "a refused file leaves nothing behind"


def test_load_catalog_refuses_a_file_that_is_no_object():
    with pytest.raises(LoadError, match=r"^catalog\.json: must be an object\.$"):
        load_catalog([])


@pytest.fixture
def folder(settings, tmp_path):
    """A copy of the fixtures that a test may spoil."""
    source = Path(settings.FIXTURES)
    (tmp_path / "references").mkdir()
    for path in (source / "catalog.json", source / "challenges.json", *source.glob("references/*")):
        (tmp_path / path.relative_to(source)).write_bytes(path.read_bytes())
    settings.FIXTURES = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def run_load_fixtures() -> str:
    out = StringIO()
    call_command("load_fixtures", stdout=out)
    return out.getvalue()


def test_load_fixtures_prints_one_line(folder):
    first, second = run_load_fixtures(), run_load_fixtures()
    assert first == (
        "5 labs, 7 providers, 11 image models, 1 sibling, 23 model texts, 8 price claims, "
        "17 offerings, 73 price rules, 11 categories, 13 challenges, 13 prompts, 6 reference pictures created; "
        "0 that were there stayed as they are.\n"
    )
    assert second == "Nothing to add: all 188 rows are there, and none was changed.\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "catalog.json: is not JSON in UTF-8"),
        (b"\xff{}", "catalog.json: is not JSON in UTF-8"),
        (b"{}", "catalog.json, labs: is missing."),
        (None, "catalog.json: cannot be read"),
    ],
)
def test_load_fixtures_refuses_a_bad_file_in_a_sentence(folder, content, message):
    path = folder / "catalog.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        run_load_fixtures()
    assert message in str(caught.value)


def test_a_text_that_a_curator_wrote_stays(data):
    load_catalog(data)
    ModelText.objects.filter(model__slug="studio-ray", section="strengths").update(text="Mine.")
    ImageModel.objects.get(slug="nano-banana-2").texts.filter(section="overview").delete()
    counts = load_catalog(data)
    assert (counts.created["model texts"], counts.kept["model texts"]) == (1, 22)
    assert ModelText.objects.get(model__slug="studio-ray", section="strengths").text == "Mine."


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("siblings", ["nobody"], "siblings: there is no real model “nobody” in this file."),
        ("siblings", ["studio-ray"], "siblings: there is no real model “studio-ray” in this file."),
        ("texts", [{"section": "overview", "text": "Undated."}], "written_on: is missing."),
        ("texts", [{"section": "gossip"}], "section: Value 'gossip' is not a valid choice."),
    ],
)
def test_bad_words_are_told_where_they_stand(data, field, value, said):
    data["models"][0][field] = value
    with pytest.raises(LoadError, match="nano-banana-2") as error:
        load_catalog(data)
    assert said in str(error.value)
    assert ImageModel.objects.count() == 0
