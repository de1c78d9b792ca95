"""Pictures that have left the blind vote: their section on the challenge's page, and their originals."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db.models.functions import Now
from django.urls import reverse

from arena.catalog.models import ImageModel, Population
from arena.challenges.editing import add_prompt
from arena.challenges.models import Challenge, Prompt
from arena.generation.models import Candidate, Generation, Slot
from arena.generation.moderation import hide_candidate, retire_candidate
from arena.web import exhibits
from tests.factories import (
    create_arena,
    create_candidate,
    create_generation,
    create_model,
    create_slot,
)
from tests.web.sample import plant_run

pytestmark = pytest.mark.django_db

SECTION = 'id="exhibits"'
HEADS = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff\xe0",
    "webp": b"RIFF\x00\x00\x00\x00WEBP",
}


def page_of(client, challenge: Challenge, **query: str) -> str:
    address = reverse("web:challenge", args=[challenge.slug], query=query)
    return client.get(address).content.decode()


def keep(candidate: Candidate, data: bytes) -> str:
    """Write the original of a candidate; return its address."""
    path = Path(project.MEDIA_ROOT) / candidate.original
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return reverse("web:original", args=[candidate.original_name])


def test_a_page_without_released_pictures_has_no_section(client):
    (challenge,) = create_arena()
    assert SECTION not in page_of(client, challenge)


def test_a_retired_picture_is_shown_with_name_addresses_and_provenance(client):
    (challenge,) = create_arena(models=3)
    retired, *playing = Candidate.objects.all()
    retire_candidate(retired)
    Generation.objects.filter(pk=retired.generation_id).update(
        parameters={"seed": 4711}, revised_prompt="A very red cube.", ended_at="2026-03-05T06:07Z"
    )
    page = page_of(client, challenge)
    section = page[page.index(SECTION) :]
    names = {kind.kind: kind.name for kind in retired.pictures.all()}
    for told in (
        retired.slot.model.name,
        f"/pictures/{names['thumb']}.jpg",
        f'href="/pictures/{names["jpeg_1024"]}.jpg"',
        reverse("web:original", args=[retired.original_name]),
        "256 × 256",
        "2026-03-05 06:07 UTC",
        "<dd>4711</dd>",
        "A very red cube.",
        retired.original_sha256,
        "<dd>Local</dd>",
    ):
        assert told in section, told
    for other in playing:
        assert other.original_name not in page
        assert not any(picture.name in page for picture in other.pictures.all())


def test_a_seed_that_the_provider_ignores_is_not_told(client):
    (challenge,) = create_arena()
    retired = Candidate.objects.all()[0]
    Generation.objects.update(parameters={"seed": 4711})
    provider = retired.generation.offering.provider
    provider.options = {}
    provider.save()
    retire_candidate(retired)
    page = page_of(client, challenge)
    assert "4711" not in page
    assert "<dd>not known</dd>" in page
    Generation.objects.update(parameters={"seed": 4711, "used_seed": 42})
    assert "<dd>42</dd>" in page_of(client, challenge)


def test_a_showcase_stands_beside_its_prompt_and_apart_from_what_is_voted_on(client):
    (challenge,) = create_arena()
    prompt = add_prompt(challenge, text="A blue ball.", purpose=Prompt.Purpose.SHOWCASE)
    take = create_candidate(challenge=challenge, model=create_model(name="Zebra Vision"))
    take.slot.prompt = prompt
    take.slot.save()
    page = page_of(client, challenge)
    section = page[page.index(SECTION) :]
    assert "A blue ball." in section
    assert "nobody votes on it" in section
    assert "Zebra Vision" in section
    assert "A blue ball." not in page[: page.index(SECTION)]
    assert "A red cube." not in section
    cards = client.get("/challenges/").content.decode()
    assert "A blue ball." not in cards


def test_a_closed_challenge_says_when_its_pictures_follow_and_then_shows_all(client):
    (challenge,) = create_arena(models=3)
    Challenge.objects.update(status=Challenge.Status.CLOSED, closed_at=Now())
    page = page_of(client, challenge)
    assert "when no pair of it can be on anybody" in page
    assert "/originals/" not in page
    Challenge.objects.update(closed_at=Now() - timedelta(hours=1))
    page = page_of(client, challenge)
    assert page.count('class="exhibit"') == 3
    assert "when no pair of it can be on anybody" not in page


def test_many_pictures_come_in_pages_and_cost_the_same_queries(
    client, monkeypatch, django_assert_num_queries
):
    (challenge,) = create_arena(models=6)
    retire_candidate(Candidate.objects.all()[0])
    page_of(client, challenge)  # what a process keeps is read
    with django_assert_num_queries(18):
        assert page_of(client, challenge).count('class="exhibit"') == 1
    for candidate in Candidate.objects.all()[1:]:
        retire_candidate(candidate)
    with django_assert_num_queries(18):
        assert page_of(client, challenge).count('class="exhibit"') == 6
    monkeypatch.setattr(exhibits, "MOST", 4)
    first, second = page_of(client, challenge), page_of(client, challenge, shown="2")
    assert (first.count('class="exhibit"'), second.count('class="exhibit"')) == (4, 2)
    assert 'href="?shown=2#exhibits"' in first
    assert page_of(client, challenge, shown="nonsense").count('class="exhibit"') == 4


@pytest.mark.parametrize(
    ("ending", "content_type"),
    [("png", "image/png"), ("jpg", "image/jpeg"), ("webp", "image/webp")],
)
def test_an_original_is_served_as_it_came_and_as_a_picture_only(client, ending, content_type):
    create_arena()
    retired = Candidate.objects.all()[0]
    retire_candidate(retired)
    data = HEADS[ending] + b"<script>alert(1)</script>" * 9
    answer = client.get(keep(retired, data))
    assert b"".join(answer.streaming_content) == data
    assert answer["Content-Type"] == content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("; sandbox")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    named = f'inline; filename="{retired.original_name}.{ending}"'
    assert answer["Content-Disposition"] == named
    told = str(answer.headers)
    assert "Last-Modified" not in told
    assert hashlib.sha256(data).hexdigest() not in told


def test_bytes_that_are_no_picture_are_not_served(client):
    create_arena()
    retired = Candidate.objects.all()[0]
    retire_candidate(retired)
    for data in (b"<html><script>alert(1)</script>", b"<svg onload='alert(1)'/>", b""):
        assert client.get(keep(retired, data)).status_code == 404


def test_originals_in_play_hidden_missing_or_unknown_are_404(client):
    create_arena(models=4)
    playing, hidden, gone, twin = Candidate.objects.all()
    hide_candidate(hidden, reason="odd")
    retire_candidate(gone)
    retire_candidate(twin)
    Candidate.objects.filter(pk=twin.pk).update(looks=playing.looks)
    addresses = [keep(candidate, HEADS["png"]) for candidate in (playing, hidden, twin)]
    addresses += [reverse("web:original", args=[name]) for name in (gone.original_name, "x", "0")]
    answers = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers[:3]}) == 1


def test_a_picture_that_waits_for_its_twin_is_counted_and_not_shown(client):
    (challenge,) = create_arena(models=3)
    first, second, playing = Candidate.objects.all()
    Candidate.objects.filter(pk=second.pk).update(looks=playing.looks)
    for candidate in (first, second):
        retire_candidate(candidate)
    page = page_of(client, challenge)
    assert "1 more looks like a picture that is still voted on" in page
    assert page.count('class="exhibit"') == 1
    retire_candidate(first)
    Candidate.objects.filter(pk=first.pk).update(looks=playing.looks)
    page = page_of(client, challenge)
    assert "2 more look like pictures that are still voted on" in page
    assert 'class="exhibit"' not in page


def decline(challenge: Challenge, *, model: ImageModel, reason: str) -> None:
    slot = create_slot(challenge=challenge, model=model, take=7)
    create_generation(
        offering=model.offerings.get(),
        slot=slot,
        state="refused",
        outcome="declined",
        message=reason,
    )
    Slot.objects.filter(pk=slot.pk).update(finished_at=Now())


@pytest.mark.parametrize("population", list(Population))
def test_a_challenge_shows_the_pictures_and_figures_of_one_population(client, population):
    (challenge,) = create_arena(models=2)
    real = [create_model(population=Population.REAL) for _ in range(3)]
    for model in real:
        create_candidate(challenge=challenge, model=model)
    demo = list(ImageModel.objects.filter(population=Population.DEMO))
    decline(challenge, model=demo[0], reason="A studio's reason.")
    decline(challenge, model=real[0], reason="A real model's reason.")
    # One retired picture of each model, of which the last looks like one that is still voted on.
    playing = {}
    for model in (*demo, *real):
        playing[model.pk] = Candidate.objects.get(slot__model=model)
        retire_candidate(create_candidate(challenge=challenge, model=model, take=1))
    for model in (demo[-1], real[-1]):
        twin = Candidate.objects.filter(slot__model=model, status=Candidate.Status.RETIRED)
        twin.update(looks=playing[model.pk].looks)
    if population == Population.REAL:
        plant_run(real[0], real[1:], "text-to-image", rank=1, rating=1000, half=9, battles=9)
    ours, others = (demo, real) if population == Population.DEMO else (real, demo)

    answer = client.get(reverse("web:challenge", args=[challenge.slug]))
    exhibits = answer.context["exhibits"]
    assert {exhibit.model_slug for exhibit in exhibits} == {model.slug for model in ours[:-1]}
    assert answer.context["withheld"] == 1
    assert answer.context["declined"]["asked"] == len(ours)
    assert [said["slug"] for said in answer.context["declined"]["reasons"]] == [ours[0].slug]
    page = answer.content.decode()
    assert not any(f"/models/{model.slug}/" in page for model in others)
    ready = f"{2 * len(ours)} of {2 * len(ours)} pictures ready"
    assert ready in page
    assert ready in client.get(answer.context["poll_url"]).content.decode()
    card = client.get(reverse("web:challenges")).context["cards"][0]
    assert card["progress"].wanted == 2 * len(ours) + 1
    assert f'href="{answer.context["gallery_url"]}"' in page
    gallery = client.get(answer.context["gallery_url"])
    assert gallery.status_code == 200
    shown = {exhibit.model_slug for exhibit in gallery.context["gallery"].exhibits}
    assert shown == {model.slug for model in ours[:-1]}


def test_no_link_leads_to_a_gallery_without_pictures_of_the_shown_population(client):
    (challenge,) = create_arena(models=2, population=Population.REAL)
    retire_candidate(Candidate.objects.all()[0])
    page = page_of(client, challenge)
    assert reverse("web:gallery", query={"challenge": challenge.slug}) not in page
    assert SECTION not in page
