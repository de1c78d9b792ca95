"""The curators' desk: log in once, write, attach, see the cost, order, watch, open, close, hide."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.db.models.signals import post_save
from django.test import Client
from django.urls import reverse
from PIL import Image

from arena.challenges.models import Category, Challenge, ReferencePicture
from arena.curate.login import make_login_url
from arena.generation.models import Candidate, Slot
from arena.pictures.workshop import open_workshop
from tests.factories import (
    create_arena,
    create_challenge,
    create_generation,
    create_model,
    create_offering,
    create_slot,
)

pytestmark = pytest.mark.django_db


def png(size: tuple[int, int] = (300, 200)) -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", size, (20, 90, 160)).save(file, "PNG")
    return SimpleUploadedFile("harbour.png", file.getvalue(), content_type="image/png")


def form(challenge: Challenge | None = None, **values: Any) -> dict[str, Any]:
    """What a browser would post from the challenge form."""
    prompts = list(challenge.prompts.filter(is_current=True)) if challenge else []
    data = {
        "title": "Harbour at Dawn",
        "slug": "harbour-at-dawn",
        "discipline": "text-to-image",
        "canvas_width": "512",
        "canvas_height": "512",
        "position": "5",
        "what_to_judge": "",
        "prompts-TOTAL_FORMS": str(max(len(prompts), 1)),
        "prompts-INITIAL_FORMS": str(len(prompts)),
        "prompts-MIN_NUM_FORMS": "1",
        "prompts-MAX_NUM_FORMS": "1000",
        "prompts-0-text": "A red sphere on a wooden table.",
        "references-TOTAL_FORMS": "0",
        "references-INITIAL_FORMS": "0",
        "references-MIN_NUM_FORMS": "0",
        "references-MAX_NUM_FORMS": "1000",
    }
    for index, prompt in enumerate(prompts):
        data[f"prompts-{index}-id"] = str(prompt.pk)
        data[f"prompts-{index}-challenge"] = str(challenge.pk)
        data[f"prompts-{index}-text"] = prompt.text
    return data | values


def reference(**values: Any) -> dict[str, Any]:
    return {
        "references-TOTAL_FORMS": "1",
        "references-0-upload": png(),
        "references-0-alt": "A harbour",
        "references-0-credit": "Somebody",
        "references-0-licence": "CC0",
        "references-0-source": "",
    } | values


def test_the_login_link_works_once(client):
    path = make_login_url()
    page = client.get(path)
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session
    assert client.post(path)["Location"] == reverse("desk:home")
    assert client.get(reverse("admin:challenges_challenge_changelist")).status_code == 200
    assert Client().get(path).status_code == 410
    assert Client().post(path).status_code == 410


@pytest.mark.parametrize(
    "path", ["/staff/enter/MQ/nonsense/", "/staff/enter/!!/x/", "/staff/enter/OTk5/a-b/"]
)
def test_a_forged_login_link_is_refused(client, path):
    make_login_url()
    assert client.get(path).status_code == 410


def test_the_desk_is_for_staff_only(client):
    challenge = create_challenge()
    paths = [
        reverse("admin:index"),
        reverse("admin:challenge_pictures", args=[challenge.pk]),
        reverse("admin:challenge_picture_progress", args=[challenge.pk]),
    ]
    for path in paths:
        assert client.get(path)["Location"].startswith("/staff/login/")
    client.force_login(User.objects.create_user("stranger"))
    assert client.post(reverse("admin:challenge_open", args=[challenge.pk])).status_code == 302
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get(reverse("admin:challenge_pictures", args=[challenge.pk])).status_code == 403
    assert client.post(reverse("admin:challenge_open", args=[challenge.pk])).status_code == 403


def test_a_curator_may_look_at_every_list(client, curator):
    create_arena()
    for name in [
        "challenges_challenge",
        "challenges_category",
        "catalog_imagemodel",
        "catalog_lab",
        "catalog_provider",
        "catalog_offering",
        "generation_candidate",
        "generation_generation",
    ]:
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200, name
    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403


def test_a_curator_writes_a_challenge(client, curator):
    answer = client.post(reverse("admin:challenges_challenge_add"), form())
    assert answer.status_code == 302
    challenge = Challenge.objects.get()
    assert (challenge.status, challenge.prompts.get().text) == (
        "draft",
        "A red sphere on a wooden table.",
    )


def test_a_changed_prompt_is_a_new_version(client, curator):
    challenge = create_challenge(slug="harbour-at-dawn")
    change = reverse("admin:challenges_challenge_change", args=[challenge.pk])
    client.post(change, form(challenge, **{"prompts-0-text": "A blue sphere."}))
    versions = challenge.prompts.order_by("version").values_list("version", "text", "is_current")
    assert list(versions) == [(1, "A red cube.", False), (2, "A blue sphere.", True)]
    client.post(change, form(challenge))
    assert challenge.prompts.count() == 2


def test_a_blank_prompt_and_a_bad_slug_are_told_and_nothing_is_saved(client, curator):
    page = client.post(
        reverse("admin:challenges_challenge_add"),
        form(**{"prompts-0-text": "  ", "slug": "Not A Slug"}),
    )
    assert page.status_code == 200
    assert "single hyphens" in page.content.decode()
    assert not Challenge.objects.exists()


def test_a_reference_picture_is_attached_and_served_under_a_random_name(client, curator):
    client.post(
        reverse("admin:challenges_challenge_add"), form(discipline="image-editing") | reference()
    )
    picture = ReferencePicture.objects.get()
    assert (picture.width, picture.height, picture.licence) == (300, 200, "CC0")
    assert "harbour" not in str(picture.file.name)
    ending = str(picture.file.name).rpartition(".")[2]
    address = reverse("web:picture", args=[picture.public_name, ending])
    answer = Client().get(address)
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (300, 200)


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (
            SimpleUploadedFile("broken.png", b"\x89PNG\r\n\x1a\nnothing"),
            "broken.png: ",
        ),
        (SimpleUploadedFile("page.html", b"<html></html>"), "page.html: "),
        (png((40, 40)), "harbour.png: "),
    ],
)
def test_a_broken_upload_is_told_beside_its_field_and_the_words_are_kept(
    client, curator, upload, words
):
    page = client.post(
        reverse("admin:challenges_challenge_add"),
        form(discipline="image-editing") | reference(**{"references-0-upload": upload}),
    )
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "A red sphere on a wooden table." in page.content.decode()
    assert not Challenge.objects.exists()
    assert not ReferencePicture.objects.exists()


def test_a_reference_without_a_file_is_told(client, curator):
    values = reference()
    del values["references-0-upload"]
    page = client.post(reverse("admin:challenges_challenge_add"), form() | values)
    assert "Choose the picture&#x27;s file." in page.content.decode()


def posted(picture: ReferencePicture, **values: Any) -> dict[str, Any]:
    """What a browser would post of a reference picture that is there."""
    fixed = {
        "references-INITIAL_FORMS": "1",
        "references-0-id": str(picture.pk),
        "references-0-challenge": str(picture.challenge_id),
    }
    data = reference() | fixed | values
    del data["references-0-upload"]
    return data


def test_people_on_a_reference_need_a_note_of_their_consent_here_too(client, curator):
    people = {"references-0-shows_people": "on"}
    add = reverse("admin:challenges_challenge_add")
    page = client.post(add, form() | reference(**people))
    assert "Note how the people on it agreed" in page.content.decode()
    assert not Challenge.objects.exists()
    client.post(add, form() | reference())
    picture = ReferencePicture.objects.get()
    change = reverse("admin:challenges_challenge_change", args=[picture.challenge_id])
    page = client.post(change, form(picture.challenge) | posted(picture, **people))
    assert "Note how the people on it agreed" in page.content.decode()
    picture.refresh_from_db()
    assert not picture.shows_people
    people["references-0-consent"] = "Signed on paper."
    client.post(change, form(picture.challenge) | posted(picture, **people))
    picture.refresh_from_db()
    assert (picture.shows_people, picture.consent) == (True, "Signed on paper.")


def test_a_workshop_that_closes_while_a_picture_is_saved_is_told_on_the_form(client, curator):
    def close(**_: Any) -> None:
        open_workshop().close()

    post_save.connect(close, sender=Challenge)
    try:
        page = client.post(
            reverse("admin:challenges_challenge_add"), form(title="Kept") | reference()
        )
    finally:
        post_save.disconnect(close, sender=Challenge)
        open_workshop.cache_clear()
    assert page.status_code == 200
    errors = " ".join(page.context["adminform"].form.non_field_errors())
    assert "could not be looked at just now" in errors
    assert 'value="Kept"' in page.content.decode()
    assert not Challenge.objects.exists()


def test_the_cost_is_shown_before_pictures_are_ordered(client, curator):
    challenge = create_challenge(prompts=("One.", "Two."))
    model = create_model(takes=2)
    create_offering(model=model)
    lonely = create_model(name="Lonely Model")
    address = reverse("admin:challenge_pictures", args=[challenge.pk])
    page = client.get(address)
    costs = {cost.model: cost for cost in page.context["costs"]}
    assert costs[model].pictures == 4
    assert "offered by no provider" in costs[lonely].missing
    assert not Slot.objects.exists()
    estimate = client.post(address, {"models": [model.pk], "takes": "3", "estimate": "1"})
    assert estimate.context["costs"][0].pictures == 6
    assert not Slot.objects.exists()


def test_ordering_pictures_makes_slots_and_names_who_ordered(client, curator):
    challenge = create_challenge()
    model = create_model()
    address = reverse("admin:challenge_pictures", args=[challenge.pk])
    page = client.post(address, {"models": [model.pk], "takes": "3", "order": "1"}, follow=True)
    assert "3 new pictures ordered" in page.content.decode()
    assert Slot.objects.count() == 3
    assert challenge.batches.get().ordered_by == curator
    again = client.post(address, {"models": [model.pk], "takes": "3", "order": "1"}, follow=True)
    assert "Nothing new" in again.content.decode()


@pytest.mark.parametrize(
    "values",
    [{"models": []}, {"models": ["999999"]}, {"models": ["x"]}, {"takes": "99"}, {"takes": "-1"}],
)
def test_a_bad_order_is_told_and_orders_nothing(client, curator, values):
    challenge = create_challenge()
    model = create_model()
    address = reverse("admin:challenge_pictures", args=[challenge.pk])
    page = client.post(address, {"models": [model.pk], "order": "1"} | values)
    assert page.status_code == 200
    assert "Nothing was ordered" in page.content.decode()
    assert not Slot.objects.exists()


def test_a_curator_opens_and_closes_a_challenge(client, curator):
    challenge = create_challenge(status="draft")
    page = client.post(reverse("admin:challenge_open", args=[challenge.pk]), follow=True)
    assert "is open for votes now" in page.content.decode()
    client.post(reverse("admin:challenge_close", args=[challenge.pk]))
    challenge.refresh_from_db()
    assert challenge.status == "closed"
    assert client.get(reverse("admin:challenge_open", args=[challenge.pk])).status_code == 405


def test_a_challenge_that_cannot_open_says_why(client, curator):
    challenge = create_challenge(status="draft", discipline="image-editing")
    page = client.post(reverse("admin:challenge_open", args=[challenge.pk]), follow=True)
    assert "reference picture" in page.content.decode()
    challenge.refresh_from_db()
    assert challenge.status == "draft"


def test_the_progress_of_a_draft_is_shown_to_curators(client, curator):
    challenge = create_challenge(status="draft")
    create_slot(challenge=challenge, model=create_model())
    page = client.get(reverse("admin:challenge_picture_progress", args=[challenge.pk]))
    assert "0 of 1 pictures ready" in page.content.decode()


def test_a_curator_hides_a_picture_at_once_and_puts_it_back(client, curator):
    create_arena()
    candidate = Candidate.objects.first()
    address = reverse("admin:generation_candidate_changelist")
    client.post(address, {"action": "hide", "_selected_action": [candidate.pk]})
    candidate.refresh_from_db()
    assert (candidate.status, candidate.hidden_reason) == ("hidden", "Hidden by carla")
    client.post(address, {"action": "unhide", "_selected_action": [candidate.pk]})
    candidate.refresh_from_db()
    assert candidate.status == "in-play"


def test_a_curator_settles_an_uncertain_call(client, curator):
    slot = create_slot(challenge=create_challenge(), model=(model := create_model()))
    generation = create_generation(
        slot=slot, offering=create_offering(model=model), state="uncertain"
    )
    address = reverse("admin:generation_generation_changelist")
    client.post(address, {"action": "unpaid_give_up", "_selected_action": [generation.pk]})
    slot.refresh_from_db()
    generation.refresh_from_db()
    assert generation.state == "failed"
    assert slot.finished_at is not None


def test_facts_cannot_be_changed_or_deleted(client, admin_user):
    create_arena()
    client.force_login(admin_user)
    candidate = Candidate.objects.first()
    page = client.get(reverse("admin:generation_candidate_change", args=[candidate.pk]))
    assert not re.search(
        r'<(input|select|textarea)[^>]*name="(status|original)"', page.content.decode()
    )
    delete = reverse("admin:generation_candidate_delete", args=[candidate.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_the_discipline_is_fixed_once_pictures_exist(client, curator):
    (challenge,) = create_arena()
    page = client.get(reverse("admin:challenges_challenge_change", args=[challenge.pk]))
    assert 'name="discipline"' not in page.content.decode()


def test_the_raw_form_writes_what_was_changed(client, curator):
    challenge = create_challenge(slug="harbour-at-dawn")
    posters = Category.objects.create(slug="posters", name="Posters")
    change = reverse("admin:challenges_challenge_change", args=[challenge.pk])
    typed = form(challenge, categories=str(posters.pk), allow_fallback="on")
    assert client.post(change, typed).status_code == 302
    challenge.refresh_from_db()
    assert (challenge.title, challenge.canvas_width, challenge.position) == (
        "Harbour at Dawn",
        512,
        5,
    )
    assert challenge.allow_fallback
    assert challenge.is_open
    assert list(challenge.categories.all()) == [posters]


def prompts_of(challenge: Challenge) -> list[tuple[str, str]]:
    current = challenge.prompts.filter(is_current=True).order_by("position")
    return list(current.values_list("text", "purpose"))


def test_a_tick_makes_a_prompt_a_showcase_and_back(client, curator):
    challenge = create_challenge(slug="harbour-at-dawn", status="draft")
    change = reverse("admin:challenges_challenge_change", args=[challenge.pk])
    assert "Never voted on" in client.get(change).content.decode()
    for ticks, purpose in (({"prompts-0-showcase": "on"}, "showcase"), ({}, "battle")):
        client.post(change, form(challenge, **{"prompts-0-text": "A red cube.", **ticks}))
        assert prompts_of(challenge) == [("A red cube.", purpose)]
    assert challenge.prompts.count() == 3
    client.post(change, form(challenge))
    assert challenge.prompts.count() == 3


def test_one_text_for_both_purposes_is_told_beside_its_field(client, curator):
    challenge = create_challenge(slug="harbour-at-dawn")
    change = reverse("admin:challenges_challenge_change", args=[challenge.pk])
    twice = {
        "prompts-TOTAL_FORMS": "2",
        "prompts-1-text": "A red cube.\r\n",
        "prompts-1-showcase": "on",
        "prompts-1-challenge": str(challenge.pk),
    }
    page = client.post(change, form(challenge, **twice))
    assert "there already, for the other purpose" in page.content.decode()
    assert prompts_of(challenge) == [("A red cube.", "battle")]
    client.post(change, form(challenge, **{**twice, "prompts-1-text": "A blue cube."}))
    assert prompts_of(challenge) == [("A red cube.", "battle"), ("A blue cube.", "showcase")]


def test_what_is_refused_while_saving_is_told_on_the_form_and_what_was_typed_stays(client, curator):
    challenge = create_challenge(slug="harbour-at-dawn", prompts=("A red cube.", "A blue cube."))
    change = reverse("admin:challenges_challenge_change", args=[challenge.pk])
    showcases = {"prompts-0-showcase": "on", "prompts-1-showcase": "on"}
    swap = {
        "prompts-0-text": "A blue cube.",
        "prompts-0-showcase": "on",
        "prompts-1-text": "A red cube.",
    }
    for typed, why in ((showcases, "one prompt to vote on"), (swap, "for the other purpose")):
        page = client.post(change, form(challenge, title="Another title", **typed))
        assert page.status_code == 200
        assert why in " ".join(page.context["adminform"].form.non_field_errors())
        assert 'value="Another title"' in page.content.decode()
        assert prompts_of(challenge) == [("A red cube.", "battle"), ("A blue cube.", "battle")]
        challenge.refresh_from_db()
        assert challenge.title != "Another title"


def test_closing_tells_what_follows_and_opening_again_what_it_cost(client, curator):
    (challenge,) = create_arena()
    close, again = (
        reverse(f"admin:challenge_{name}", args=[challenge.pk]) for name in ("close", "open")
    )
    assert "In 31 minutes" in client.post(close, follow=True).content.decode()
    assert "is open for votes now." in client.post(again, follow=True).content.decode()
    client.post(close)
    Challenge.objects.update(closed_at=Now() - timedelta(hours=1))
    answer = client.post(again, follow=True).content.decode()
    assert "2 of its pictures were shown with names" in answer
    assert set(Candidate.objects.values_list("status", flat=True)) == {"retired"}
    assert Challenge.objects.get().is_open
