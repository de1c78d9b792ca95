"""Pictures from text: what is asked of the provider, what the caller gets, what stands in rows."""

import base64
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image

from arena.catalog.models import Provider
from arena.clients.keys import make_key
from arena.gateway.encoding import encode_as
from arena.generation.models import Candidate, Generation, LedgerEntry, PublicPicture, Slot
from arena.pictures.mark import SourceType
from tests.factories import create_model, create_offering

from .conftest import picture, read_error, set_price


def open_b64(entry: dict[str, str]) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(entry["b64_json"])))


def test_a_picture_comes_as_base64_with_its_story_in_the_headers(fake, model, generate):
    set_price(model)
    answer = generate(response_format="b64_json")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert body["created"] > 1_700_000_000
    (entry,) = body["data"]
    assert open_b64(entry).size == (256, 256)
    assert entry["revised_prompt"]
    assert "url" not in entry
    assert answer["X-Paragone-Provider"] == "local"
    assert answer["X-Paragone-Attempts"] == "1"
    assert Decimal(answer["X-Paragone-Cost"]) == Decimal("0.04")
    assert answer["X-Request-Id"].startswith("req_")
    assert fake.bill == 1


def test_what_was_asked_reaches_the_provider_and_stands_in_rows(fake, model, generate, secret):
    Provider.objects.update(options={"seed": True, "quality": True})
    generate(size="512x256", quality="high", seed=7, background="opaque", user="u-1")
    (post,) = fake.posts
    assert post.fields["quality"] == "high"
    assert post.fields["model"] == "harbour-1.0"
    assert post.fields["prompt"] == "A red boat."
    assert post.fields["size"] == "512x256"
    assert post.fields["background"] == "opaque"
    assert "user" not in post.fields
    slot = Slot.objects.get()
    assert slot.api_key.prefix == secret[:11]
    assert (slot.asked["width"], slot.asked["height"]) == (512, 256)
    assert slot.asked["quality"] == "high"
    assert slot.prompt is None
    generation = Generation.objects.get()
    assert (generation.origin, generation.state, generation.outcome) == ("gateway", "stored", "ok")


def test_a_callers_picture_is_no_candidate(fake, generate):
    assert generate().status_code == 200
    assert not Candidate.objects.exists()
    assert not PublicPicture.objects.exists()


def test_seeds_stay_clear_of_the_arenas_own_takes(fake, generate):
    generate(seed=0)
    generate(seed=0)
    generate()
    seeds = [post.fields["seed"] for post in fake.posts]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 2
    assert min(seeds) >= 1000


@pytest.mark.parametrize(
    ("field", "value"), [("size", "5:1"), ("model", 12), ("webhook_url", "https://x.example")]
)
def test_what_cannot_be_is_refused_by_name_and_asks_nobody(fake, generate, field, value):
    answer = generate(**{field: value})
    assert answer.status_code == 400
    error = read_error(answer)
    assert error["type"] == "invalid_request_error"
    assert error["param"] == field
    assert fake.posts == []
    assert not Slot.objects.exists()


@pytest.mark.parametrize("field", ["model", "prompt"])
def test_a_missing_field_is_named(fake, generate, field):
    answer = generate(**{field: None})
    error = read_error(answer)
    assert (answer.status_code, error["param"]) == (400, field)
    assert error["code"] == "missing_required_parameter"


def test_further_fields_pass_to_the_provider_as_they_are(fake, generate):
    answer = generate(style="vivid", steps=12, tags=["a", "b"], note="Ahoy 🚢")
    assert answer.status_code == 200, answer.content
    fields = fake.posts[0].fields
    assert fields["style"] == "vivid"
    assert fields["steps"] == 12
    assert fields["tags"] == ["a", "b"]
    assert fields["note"] == "Ahoy 🚢"


def test_another_format_is_made_here(fake, generate):
    for form in ("png", "jpeg", "webp"):
        answer = generate(response_format="b64_json", output_format=form)
        (entry,) = answer.json()["data"]
        assert open_b64(entry).format == form.upper()
        assert answer.json()["output_format"] == form
        image = open_b64(entry)
        assert image.size == (256, 256)
        marked = b"algorithmicMedia" in base64.b64decode(entry["b64_json"])
        # What came as it is (the fake gives PNG) is not touched; what is made here says what made it.
        assert marked == (form != "png")


def test_transparency_stays_where_the_format_knows_it():
    clear = picture((64, 64), mode="RGBA", colour=(200, 30, 30, 0))
    source = SourceType.TRAINED
    webp, _ = encode_as(clear, form="webp", source=source)
    assert Image.open(BytesIO(webp)).convert("RGBA").getpixel((5, 5))[3] == 0
    jpeg, _ = encode_as(clear, form="jpeg", source=source)
    assert min(Image.open(BytesIO(jpeg)).getpixel((5, 5))) > 250
    again, form = encode_as(webp, form="png", source=source)
    assert (form, Image.open(BytesIO(again)).mode) == ("png", "RGBA")
    assert b"trainedAlgorithmicMedia" in again


def test_compression_makes_smaller_files(fake, generate):
    sizes = [
        len(
            generate(
                response_format="b64_json", output_format="jpeg", output_compression=quality, seed=1
            ).json()["data"][0]["b64_json"]
        )
        for quality in (10, 95)
    ]
    assert sizes[0] < sizes[1]


def test_several_pictures_are_generations_of_their_own(fake, model, generate):
    set_price(model)
    answer = generate(n=3, response_format="b64_json", seed=5)
    assert answer.status_code == 200, answer.content
    pictures = [entry["b64_json"] for entry in answer.json()["data"]]
    assert len(set(pictures)) == 3
    assert fake.bill == 3
    assert sorted(post.fields["seed"] for post in fake.posts) == [1005, 1006, 1007]
    assert {post.fields["n"] for post in fake.posts} == {1}
    assert Decimal(answer["X-Paragone-Cost"]) == Decimal("0.12")
    assert answer["X-Paragone-Attempts"] == "3"
    assert Generation.objects.filter(state="stored").count() == 3
    assert answer.json()["usage"]["total_tokens"] == 3 * 1132


def test_what_is_missing_of_several_is_told_beside_the_rest(fake, generate):
    fake.script(["ok", "policy", "ok"])
    answer = generate(n=3, response_format="b64_json")
    assert answer.status_code == 200
    assert len(answer.json()["data"]) == 2
    assert answer["X-Paragone-Missing"] == "1"
    assert answer["X-Paragone-Attempts"] == "3"
    (missing,) = answer.json()["missing"]
    assert missing["code"] == "moderation_blocked"


def test_several_that_all_fail_are_the_error(fake, generate):
    fake.script(["policy"] * 3)
    answer = generate(n=3)
    assert answer.status_code == 400
    assert read_error(answer)["code"] == "moderation_blocked"


def test_another_provider_is_asked_when_one_fails(fake, model, generate):
    create_offering(model=model, provider_slug="second", priority=200)
    fake.script(["auth", "ok"])
    answer = generate()
    assert answer.status_code == 200
    assert answer["X-Paragone-Provider"] == "second"
    assert answer["X-Paragone-Attempts"] == "2"


def test_a_route_can_be_forced(fake, model, generate):
    create_offering(model=model, provider_slug="second", priority=200)
    for name in ("second/harbour-1", "second/harbour-1.0", "second/harbour"):
        answer = generate(model=name)
        assert answer.status_code == 200, answer.content
        assert answer["X-Paragone-Provider"] == "second"
    fake.script(["auth", "ok"])
    answer = generate(model="second/harbour-1")
    assert answer.status_code == 502
    assert read_error(answer)["code"] == "all_providers_exhausted"
    assert len(fake.posts) == 4


def test_a_model_has_three_names(fake, generate):
    for name in ("harbour-1", "harbour-1.0", "harbour"):
        assert generate(model=name).status_code == 200


def test_a_slug_wins_over_another_models_alias(fake, generate):
    other = create_model(slug="pier", aliases=["harbour-1"])
    create_offering(model=other)
    generate(model="harbour-1")
    assert fake.posts[0].fields["model"] == "harbour-1.0"


NO_MODELS = ("nobody", "local/nobody", "nowhere/harbour-1", "/", "harbour-1/", "nul\x00", "x" * 300)


def test_a_model_that_is_not_there_is_404(fake, generate):
    for name in NO_MODELS:
        answer = generate(model=name)
        assert answer.status_code == 404
        error = read_error(answer)
        assert (error["code"], error["param"]) == ("model_not_found", "model")


def test_a_model_that_nobody_can_be_asked_for_is_404(fake, model, generate):
    model.offerings.update(enabled=False)
    answer = generate()
    assert (answer.status_code, read_error(answer)["code"]) == (404, "model_not_found")


def test_a_model_of_the_other_discipline_says_what_it_can(fake, model, generate):
    model.disciplines = ["image-editing"]
    model.save()
    answer = generate()
    assert answer.status_code == 400
    assert "image-editing" in read_error(answer)["message"]


def test_a_dry_run_costs_and_calls_nothing(fake, model, generate):
    set_price(model)
    answer = generate(query="?dryRun=true", n=3)
    assert answer.status_code == 200
    body = answer.json()
    assert body["dry_run"] is True
    assert body["data"] == []
    assert Decimal(body["estimate"]["expected"]) == Decimal("0.12")
    assert body["estimate"]["provider"] == "local"
    assert fake.posts == []
    assert not Slot.objects.exists()
    assert not LedgerEntry.objects.exists()


def test_a_dry_run_of_an_unpriced_model_says_that_nobody_knows(fake, generate):
    assert generate(query="?dryRun=1").json()["estimate"]["expected"] is None
    assert generate()["X-Paragone-Cost"] == "unknown"


def test_a_word_that_is_neither_true_nor_false_spends_nothing(fake, generate):
    answer = generate(query="?dryRun=maybe")
    assert read_error(answer)["param"] == "dryRun"
    assert fake.posts == []


def test_another_keys_scope_does_not_do(fake, generate):
    poor = make_key(name="Bob", scopes=["models", "edit"]).secret
    answer = generate(key=poor)
    assert answer.status_code == 403
    assert read_error(answer)["code"] == "missing_scope"
    assert fake.posts == []
