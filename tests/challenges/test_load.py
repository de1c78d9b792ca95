"""Loading the challenges: the exact prompts, what is left alone, and what bad data is told."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project

from arena.catalog.models import SLUG
from arena.challenges.editing import revise_prompt
from arena.challenges.load import LoadError, load_challenges
from arena.challenges.models import Category, Challenge, Prompt, ReferencePicture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_references")]

FIXTURES = Path(project.FIXTURES)
PICTURES = FIXTURES / "references"
DATA = json.loads((FIXTURES / "challenges.json").read_text(encoding="utf-8"))
TABLES = (Category, Challenge, Prompt, ReferencePicture, Challenge.categories.through)

# SHA-256 of the prompts' exact UTF-8 bytes on the sample page, without the quotation marks around.
PROMPTS = {
    "vintage-cafe-logo": "1a500e3d567cc9e6caf7b5d519993e832228a23e55bedd33a63e165f11d57284",
    "adorable-baby-animals-in-sunny-meadow": (
        "133ee372a56b3e4146319e9b0f9e6470bb3c29a2e09088a46b9f0aba39b5b165"
    ),
    "geometric-composition": "d30d2407ce053520e058d772f0f2ff030dcded3c294793fe735bc96eeec82024",
    "night-sky-transformation": "2275893a4935c75ced5d1065ccc5b0ea18840d6a1ad3dd67fd1fe8a1fd7b3b06",
    "apollo-11-journey-to-tranquility": (
        "34fc28bdf6e91b6fc8e70888ff11516e1f397ee5763ce755a8331ba88ced3b7e"
    ),
    "isometric-miniature-diorama-scenes": (
        "47bb648a4631a713ca10005770834644504b9a3953430a6a4983e2aab672d48d"
    ),
    "studio-ghibli-anime-style": "ee506aa1a80dc0b4652f26a8274d714c9ba42024e2815aa427de3771e9f4b6a4",
    "modern-clean-menu": "403e04cd68d33b6be683cd8301f49b84885dafb60ddd9274732e6eac13488a6d",
    "man-and-car-in-california": "e524974d3d52594de25731f6fe9156ede4387b2c1ad84ef795991ce172b00756",
    "candid-street-photography": "763d5b023e38c67cbb1267f65909c431bf7e4fb46fc2e99439a56cf898de341f",
    "fantasy-warrior": "a56237aca08b0bbacf581675ff09e1af3d4c964b35acfbb7410352339ff2091a",
    "over-the-top-cartoon-caricature": (
        "c72dbe29ced4a6e149d9bcaeac0242ef76add9739da962b626422bcd98e3831b"
    ),
    "bald-man-challenge": "37387893edffbf051af8b7027a6193a1b63ee7a61b40bd5f404d6d7448edc07a",
}
# The editing challenges with the number of pictures each comes with.
EDITS = {
    "night-sky-transformation": 1,
    "studio-ghibli-anime-style": 1,
    "man-and-car-in-california": 2,
    "over-the-top-cartoon-caricature": 1,
    "bald-man-challenge": 1,
}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def data() -> dict[str, Any]:
    return copy.deepcopy(DATA)


def rows() -> dict[str, list[dict[str, Any]]]:
    return {table.__name__: list(table.objects.order_by("pk").values()) for table in TABLES}


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*") if path.is_file())


def test_prompts_are_the_page_s_byte_for_byte():
    load_challenges(DATA, pictures=PICTURES)
    stored = {
        prompt.challenge.slug: hashlib.sha256(prompt.text.encode()).hexdigest()
        for prompt in Prompt.objects.select_related("challenge")
    }
    assert stored == PROMPTS
    assert {
        entry["slug"]: [hashlib.sha256(text.encode()).hexdigest() for text in entry["prompts"]]
        for entry in DATA["challenges"]
    } == {slug: [digest] for slug, digest in PROMPTS.items()}


def test_load_challenges_opens_all_thirteen():
    counts = load_challenges(DATA, pictures=PICTURES)
    assert counts.created == {
        "categories": 11,
        "challenges": 13,
        "prompts": 13,
        "reference pictures": 6,
    }
    for challenge in Challenge.objects.all():
        SLUG(challenge.slug)
        assert challenge.is_open
        assert challenge.opened_at is not None
        assert challenge.what_to_judge.endswith("?")
        assert challenge.categories.exists()
    edits = Challenge.objects.filter(discipline="image-editing")
    assert {edit.slug: edit.references.count() for edit in edits} == EDITS


def test_reference_pictures_carry_their_credit_and_fit_the_canvas(media):
    load_challenges(DATA, pictures=PICTURES)
    for reference in ReferencePicture.objects.select_related("challenge"):
        challenge = reference.challenge
        assert challenge.slug in EDITS
        assert all((reference.alt, reference.credit, reference.licence, reference.source))
        if EDITS[challenge.slug] == 1:
            canvas = challenge.canvas_width / challenge.canvas_height
            assert abs(reference.width / reference.height / canvas - 1) < 0.01
        assert max(reference.width, reference.height) <= 1536
    assert len(files(media)) == sum(EDITS.values())


def test_every_reference_picture_of_the_file_is_credited_beside_it():
    credits_page = (PICTURES / "CREDITS.md").read_text(encoding="utf-8")
    for entry in DATA["challenges"]:
        for reference in entry.get("references", []):
            assert reference["file"] in credits_page
            assert reference["licence"] in credits_page


def test_load_challenges_twice_changes_nothing(media):
    first = load_challenges(DATA, pictures=PICTURES)
    before, pictures = rows(), files(media)
    second = load_challenges(DATA, pictures=PICTURES)
    assert rows() == before
    assert files(media) == pictures
    assert set(second.created.values()) == {0}
    assert second.kept == first.created


def test_load_challenges_keeps_what_a_curator_edited():
    load_challenges(DATA, pictures=PICTURES)
    challenge = Challenge.objects.get(slug="vintage-cafe-logo")
    Challenge.objects.filter(pk=challenge.pk).update(title="Old Café", status="closed")
    challenge.categories.clear()
    revise_prompt(challenge.prompts.get(), text="Something else.")
    load_challenges(DATA, pictures=PICTURES)
    found = Challenge.objects.get(pk=challenge.pk)
    assert (found.title, found.status, found.categories.count()) == ("Old Café", "closed", 0)
    assert [prompt.text for prompt in found.prompts.filter(is_current=True)] == ["Something else."]


def test_load_challenges_may_leave_one_as_a_draft(data):
    data["challenges"][0]["status"] = "draft"
    load_challenges(data, pictures=PICTURES)
    assert Challenge.objects.get(status="draft").slug == "vintage-cafe-logo"


def edit(data: dict[str, Any]) -> dict[str, Any]:
    return next(found for found in data["challenges"] if found["slug"] in EDITS)


def spoil_discipline(data):
    data["challenges"][0]["discipline"] = "text-to-video"


def spoil_category(data):
    data["challenges"][0]["categories"] = ["logos"]


def spoil_category_kind(data):
    data["challenges"][0]["categories"] = [["logo"]]


def spoil_status(data):
    data["challenges"][0]["status"] = "closed"


def spoil_prompts(data):
    del data["challenges"][0]["prompts"]


def spoil_blank_prompt(data):
    data["challenges"][0]["prompts"] = [" "]


def spoil_prompt_twice(data):
    data["challenges"][0]["prompts"] *= 2


def spoil_no_prompt(data):
    data["challenges"][0]["prompts"] = []


def spoil_canvas(data):
    data["challenges"][0]["canvas_width"] = 4096


def spoil_canvas_kind(data):
    data["challenges"][0]["canvas_width"] = 1024.5


def spoil_credit(data):
    del edit(data)["references"][0]["credit"]


def spoil_picture(data):
    edit(data)["references"][0]["file"] = "../catalog.json"


def spoil_picture_kind(data):
    edit(data)["references"][0]["file"] = "CREDITS.md"


def spoil_references(data):
    del edit(data)["references"]


def spoil_field(data):
    data["challenges"][0]["prompt"] = "A cat."


CAFE = "challenges[0] (vintage-cafe-logo)"
NIGHT = "challenges[3] (night-sky-transformation)"


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (spoil_discipline, f"{CAFE}, discipline: "),
        (spoil_category, f"{CAFE}, categories: there is no category “logos”"),
        (spoil_category_kind, f"{CAFE}, categories: "),
        (spoil_status, f"{CAFE}, status: must be one of draft, open."),
        (spoil_prompts, f"{CAFE}, prompts: is missing."),
        (spoil_blank_prompt, f"{CAFE}, prompts: must be texts"),
        (spoil_prompt_twice, f"{CAFE}, prompts: holds the same text twice."),
        (spoil_no_prompt, f"{CAFE}, status: A challenge needs at least one prompt"),
        (spoil_canvas, f"{CAFE}, canvas_width: "),
        (spoil_canvas_kind, f"{CAFE}, canvas_width: must be a whole number."),
        (spoil_credit, "credit: is missing."),
        (spoil_picture, "file: there is no picture “../catalog.json” in references/."),
        (spoil_picture_kind, "(CREDITS.md), file: The file is no PNG, JPEG or WebP picture."),
        (spoil_references, f"{NIGHT}, status: An editing challenge needs"),
        (spoil_field, f"{CAFE}, prompt: is no field"),
    ],
)
def test_load_challenges_names_the_place_of_bad_data(data, media, spoil, place):
    spoil(data)
    with pytest.raises(LoadError) as caught:
        load_challenges(data, pictures=PICTURES)
    assert str(caught.value).startswith("challenges.json, ")
    assert place in str(caught.value)
    assert not any(rows().values()), "a refused file leaves nothing behind"
    assert files(media) == []


def test_load_challenges_removes_its_pictures_when_a_later_entry_fails(data, media):
    data["challenges"][-1]["references"] = []
    with pytest.raises(LoadError, match="An editing challenge needs"):
        load_challenges(data, pictures=PICTURES)
    assert files(media) == []
