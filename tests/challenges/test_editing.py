"""Prompts and their versions, reference pictures, opening and closing."""

import io
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from arena.challenges.editing import (
    add_prompt,
    attach_reference,
    close_challenge,
    open_challenge,
    restore_prompt,
    revise_prompt,
    withdraw_prompt,
)
from arena.challenges.models import Challenge, Prompt, ReferencePicture

pytestmark = pytest.mark.django_db

FACTS = {"alt": "A mountain.", "credit": "Somebody", "licence": "CC0"}


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def make_challenge(*, discipline: str = "text-to-image", slug: str = "one") -> Challenge:
    return Challenge.objects.create(slug=slug, title="One", discipline=discipline)


def make_photo(
    *, width: int = 320, height: int = 240, seed: int = 7, noise: float = 12
) -> Image.Image:
    """A picture whose neighbouring pixels differ, as a photograph's do."""
    grain = Image.effect_noise((width, height), noise)
    return Image.merge("RGB", (grain, grain.point(lambda v: v // 2), grain.point(lambda v: seed)))


def encode(picture: Image.Image, *, form: str = "PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, format=form, **options)
    return out.getvalue()


def stored(reference: ReferencePicture) -> Image.Image:
    with reference.file.open("rb") as file:
        picture = Image.open(io.BytesIO(file.read()))
        picture.load()
    return picture


def texts(challenge: Challenge) -> list[tuple[int, int, str, bool]]:
    return list(
        challenge.prompts.order_by("position", "version").values_list(
            "position", "version", "text", "is_current"
        )
    )


def test_revise_prompt_makes_a_new_version_at_the_same_position():
    challenge = make_challenge()
    add_prompt(challenge, text="A cat.")
    second = add_prompt(challenge, text="A dog.")
    revised = revise_prompt(second, text="A red dog.")
    assert texts(challenge) == [
        (1, 1, "A cat.", True),
        (2, 1, "A dog.", False),
        (2, 2, "A red dog.", True),
    ]
    assert (revised.position, revised.version, revised.is_current) == (2, 2, True)


def test_revise_prompt_with_the_same_text_returns_the_same_row():
    prompt = add_prompt(make_challenge(), text="Two\nlines.")
    assert revise_prompt(prompt, text="  Two\r\nlines.\r\n") == prompt
    assert Prompt.objects.count() == 1


def test_revise_prompt_sent_twice_makes_one_version():
    prompt = add_prompt(make_challenge(), text="A cat.")
    first = revise_prompt(prompt, text="A dog.")
    again = revise_prompt(prompt, text="A dog.")
    assert again == first
    assert Prompt.objects.count() == 2


def test_revise_prompt_back_to_an_old_text_is_a_version_of_its_own():
    challenge = make_challenge()
    prompt = add_prompt(challenge, text="A cat.")
    third = revise_prompt(revise_prompt(prompt, text="A dog."), text="A cat.")
    assert third.version == 3
    assert [current for *_, current in texts(challenge)] == [False, False, True]


def test_revise_prompt_refuses_to_overwrite_what_another_curator_wrote():
    prompt = add_prompt(make_challenge(), text="A cat.")
    revise_prompt(prompt, text="A dog.")
    with pytest.raises(ValidationError, match="look at version 2 first"):
        revise_prompt(prompt, text="A cow.")
    assert Prompt.objects.get(is_current=True).text == "A dog."


@pytest.mark.parametrize("text", ["", "  \r\n\t ", "a\0b"])
def test_prompts_refuse_blank_and_unstorable_texts(text):
    challenge = make_challenge()
    prompt = add_prompt(challenge, text="A cat.")
    with pytest.raises(ValidationError):
        revise_prompt(prompt, text=text)
    with pytest.raises(ValidationError):
        add_prompt(challenge, text=text)
    assert texts(challenge) == [(1, 1, "A cat.", True)]


def test_add_prompt_keeps_every_character_between_the_ends():
    text = 'Logo for "Caffè Florian" – 45°,  two spaces; 日本'
    assert add_prompt(make_challenge(), text=text).text == text


def test_add_prompt_sent_twice_makes_one_prompt():
    challenge = make_challenge()
    assert add_prompt(challenge, text="A cat.") == add_prompt(challenge, text=" A cat.")
    assert Prompt.objects.count() == 1


def test_attach_reference_stores_a_photo_as_jpeg_in_full_colour_resolution(media):
    photo = make_photo()
    reference = attach_reference(make_challenge(), data=encode(photo), **FACTS)
    kept = stored(reference)
    assert (kept.format, kept.size) == ("JPEG", (320, 240))
    assert (reference.width, reference.height, reference.position) == (320, 240, 1)
    assert [layer[1:3] for layer in kept.layer] == [(1, 1)] * 3
    difference = [abs(a - b) for a, b in zip(kept.tobytes(), photo.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 6
    assert reference.file.name == f"references/{reference.public_name}.jpg"
    assert [path.name for path in media.rglob("*") if path.is_file()] == [
        f"{reference.public_name}.jpg"
    ]


def test_attach_reference_stores_pure_noise_too():
    data = encode(make_photo(width=700, height=700, noise=120))
    assert stored(attach_reference(make_challenge(), data=data, **FACTS)).size == (700, 700)


def test_attach_reference_stores_a_flat_drawing_without_loss():
    drawing = Image.new("RGB", (300, 200), (200, 30, 40))
    drawing.paste((10, 20, 90), (40, 40, 180, 120))
    reference = attach_reference(make_challenge(), data=encode(drawing), **FACTS)
    kept = stored(reference)
    assert (kept.format, reference.file.name.rsplit(".")[-1]) == ("PNG", "png")
    assert kept.tobytes() == drawing.tobytes()


@pytest.mark.parametrize(
    ("size", "expected"), [((2400, 1800), (1536, 1152)), ((700, 2100), (512, 1536))]
)
def test_attach_reference_shrinks_the_longest_side(size, expected):
    data = encode(Image.new("RGB", size, (90, 120, 60)))
    reference = attach_reference(make_challenge(), data=data, **FACTS)
    assert (reference.width, reference.height) == expected
    assert stored(reference).size == expected


def test_attach_reference_drops_metadata_and_uses_the_orientation():
    photo = make_photo(width=320, height=200)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at home by Ann"
    data = encode(photo, form="JPEG", exif=exif, comment=b"a secret", quality=95)
    reference = attach_reference(make_challenge(), data=data, **FACTS)
    with reference.file.open("rb") as file:
        kept = file.read()
    assert (reference.width, reference.height) == (200, 320)
    assert b"Ann" not in kept
    assert b"secret" not in kept
    assert set(stored(reference).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_attach_reference_names_are_opaque_and_differ():
    challenge = make_challenge()
    names = [
        attach_reference(challenge, data=encode(make_photo(seed=seed)), **FACTS).public_name
        for seed in (1, 90)
    ]
    assert len(set(names)) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", name) for name in names)


def test_attach_reference_of_the_same_picture_returns_the_same_row(media):
    challenge = make_challenge()
    data = encode(make_photo())
    assert attach_reference(challenge, data=data, **FACTS) == attach_reference(
        challenge, data=data, **FACTS
    )
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


def test_attach_reference_takes_the_next_position_and_refuses_a_taken_one(media):
    challenge = make_challenge()
    attach_reference(challenge, data=encode(make_photo(seed=1)), position=3, **FACTS)
    assert attach_reference(challenge, data=encode(make_photo(seed=80)), **FACTS).position == 4
    with pytest.raises(ValidationError, match="Position 3 has a picture already"):
        attach_reference(challenge, data=encode(make_photo(seed=160)), position=3, **FACTS)
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("data", [b"", b"<svg></svg>", b"\x89PNG\r\n\x1a\n", b"GIF89a" + b"0" * 99])
def test_attach_reference_refuses_what_is_no_picture(data, media):
    with pytest.raises(ValidationError) as caught:
        attach_reference(make_challenge(), data=data, **FACTS)
    assert caught.value.messages[0].endswith(".")
    assert not ReferencePicture.objects.exists()
    assert not media.exists()


@pytest.mark.parametrize("field", ["alt", "credit", "licence"])
def test_attach_reference_needs_alt_credit_and_licence(field, media):
    with pytest.raises(ValidationError) as caught:
        attach_reference(make_challenge(), data=encode(make_photo()), **FACTS | {field: "  "})
    assert list(caught.value.message_dict) == [field]
    assert not media.exists()


def test_open_challenge_needs_a_current_prompt():
    challenge = make_challenge()
    with pytest.raises(ValidationError, match="at least one prompt"):
        open_challenge(challenge)
    add_prompt(challenge, text="A cat.")
    assert open_challenge(challenge).is_open
    assert Challenge.objects.get().opened_at is not None


def test_open_challenge_needs_a_picture_to_edit():
    challenge = make_challenge(discipline="image-editing")
    add_prompt(challenge, text="Make it night.")
    with pytest.raises(ValidationError, match="at least one reference picture"):
        open_challenge(challenge)
    assert Challenge.objects.get().status == "draft"
    attach_reference(challenge, data=encode(make_photo()), **FACTS)
    open_challenge(challenge)
    assert Challenge.objects.get().status == "open"


def test_open_and_close_challenge_twice_change_nothing_more():
    challenge = make_challenge()
    add_prompt(challenge, text="A cat.")
    opened = open_challenge(challenge).opened_at
    assert open_challenge(challenge).opened_at == opened
    closed = close_challenge(challenge).closed_at
    assert closed is not None
    assert closed >= opened
    assert close_challenge(challenge).closed_at == closed
    assert Challenge.objects.get().status == "closed"


def test_open_challenge_again_keeps_the_first_opening():
    challenge = make_challenge()
    add_prompt(challenge, text="A cat.")
    opened = open_challenge(challenge).opened_at
    close_challenge(challenge)
    open_challenge(challenge)
    found = Challenge.objects.get()
    assert (found.status, found.opened_at, found.closed_at) == ("open", opened, None)


def test_close_challenge_refuses_a_draft():
    with pytest.raises(ValidationError, match="never open"):
        close_challenge(make_challenge())


def test_open_challenge_trusts_the_row_and_not_a_stale_instance():
    challenge = make_challenge()
    add_prompt(challenge, text="A cat.")
    stale = Challenge.objects.get()
    open_challenge(challenge)
    close_challenge(stale)
    assert stale.status == "closed"


def test_a_prompt_becomes_a_showcase_as_a_new_version_and_keeps_its_purpose():
    challenge = make_challenge()
    battle = add_prompt(challenge, text="A red cube.")
    assert battle.purpose == Prompt.Purpose.BATTLE
    showcase = revise_prompt(battle, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE)
    assert (showcase.version, showcase.purpose) == (2, Prompt.Purpose.SHOWCASE)
    assert Prompt.objects.get(pk=battle.pk).purpose == Prompt.Purpose.BATTLE
    assert revise_prompt(showcase, text="A red cube.", purpose="showcase") == showcase
    assert revise_prompt(showcase, text="A blue cube.").purpose == Prompt.Purpose.SHOWCASE


def test_one_text_is_not_there_for_both_purposes():
    challenge = make_challenge()
    shown = add_prompt(challenge, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE)
    assert add_prompt(challenge, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE) == shown
    with pytest.raises(ValidationError, match="other purpose"):
        add_prompt(challenge, text="A red cube.")


def test_an_edit_or_a_way_back_gives_no_text_both_purposes():
    challenge = make_challenge()
    battle = add_prompt(challenge, text="A red cube.")
    showcase = add_prompt(challenge, text="A blue cube.", purpose=Prompt.Purpose.SHOWCASE)
    with pytest.raises(ValidationError, match="for the other purpose, as prompt 1"):
        revise_prompt(showcase, text="A red cube.\r\n")
    withdraw_prompt(battle)
    showcase = revise_prompt(showcase, text="A red cube.")
    with pytest.raises(ValidationError, match="for the other purpose, as prompt 2"):
        restore_prompt(battle)
    revise_prompt(showcase, text="A red cube.", purpose=Prompt.Purpose.BATTLE)
    restore_prompt(battle)
    assert challenge.prompts.filter(is_current=True, purpose=Prompt.Purpose.BATTLE).count() == 2


def test_an_open_challenge_keeps_a_prompt_to_vote_on():
    challenge = make_challenge()
    only = add_prompt(challenge, text="A red cube.")
    open_challenge(challenge)
    for change in (
        lambda: revise_prompt(only, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE),
        lambda: withdraw_prompt(only),
    ):
        with pytest.raises(ValidationError, match="at least one prompt to vote on"):
            change()
    add_prompt(challenge, text="A blue cube.")
    showcase = revise_prompt(only, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE)
    assert revise_prompt(showcase, text="A red ball.").version == 3


def test_a_withdrawn_prompt_does_not_come_back_by_an_edit_of_a_stale_page():
    challenge = make_challenge()
    prompt = add_prompt(challenge, text="A red cube.")
    withdraw_prompt(prompt)
    for text in ("A blue cube.", "A red cube."):
        with pytest.raises(ValidationError, match="withdrew this prompt meanwhile"):
            revise_prompt(prompt, text=text)
    assert texts(challenge) == [(1, 1, "A red cube.", False)]


def test_a_challenge_with_nothing_but_showcases_does_not_open():
    challenge = make_challenge()
    add_prompt(challenge, text="A red cube.", purpose=Prompt.Purpose.SHOWCASE)
    with pytest.raises(ValidationError, match="to vote on"):
        open_challenge(challenge)
    add_prompt(challenge, text="A blue cube.")
    assert open_challenge(challenge).is_open
