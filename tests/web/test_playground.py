"""The playground's pages, with the real workers' functions behind them."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from arena.generation.calls import run_generation
from arena.generation.dispatch import plan_due
from arena.generation.expiring import KEEP_TRIALS, expire_trials
from arena.generation.models import Candidate, Generation, Slot, Trial
from tests.factories import create_challenge, create_model, create_offering, create_slot
from tests.generation.conftest import fake

__all__ = ["fake"]
pytestmark = pytest.mark.django_db(transaction=True)
URL = "/playground/"


def offer(*names, **values):
    return [create_offering(model=create_model(name=name, **values)).model for name in names]


def ask(client, models=(), prompt="A fox.", **fields):
    return client.post(
        URL, {"prompt": prompt, "shape": "square", "model": [m.slug for m in models], **fields}
    )


def make_all():
    for generation in plan_due():
        run_generation(generation)


def page_of(client, response):
    assert response.status_code == 302, response.content
    return client.get(response.url)


def test_chosen_models_stand_side_by_side_and_can_be_downloaded(client, fake):
    response = ask(client, offer("Ada", "Bea"))
    waiting = page_of(client, response)
    text = waiting.content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert "0 of 2 have ended" in text
    assert "Waits for its turn" in text
    make_all()
    text = client.get(response.url).content.decode()
    assert "refresh" not in text
    assert "Ada" in text
    assert len(re.findall(r"Here after [\d.]+ s, [\d.]+ s of them at work", text)) == 2
    for url, kind in re.findall(r'(/playground/[^" ,]+/large\.(avif|jpg))', text):
        picture = client.get(url)
        assert picture.status_code == 200
        assert picture["Content-Type"] == {"avif": "image/avif", "jpg": "image/jpeg"}[kind]
        assert picture["Cache-Control"] == "private, max-age=3600"
        picture.close()
    (first, _) = re.findall(r'href="([^"]+/download/)"', text)
    file = client.get(first)
    assert b"".join(file.streaming_content).startswith(b"\x89PNG")
    assert re.fullmatch(r'attachment; filename="model-\d+-.{8}\.png"', file["Content-Disposition"])
    assert not Candidate.objects.exists()


def test_state_brings_only_the_pictures_that_the_page_has_not_got(client, fake):
    response = ask(client, offer("Ada", "Bea"))
    first = plan_due()[0]
    run_generation(first)
    text = client.get(response.url).content.decode()
    (poll,) = re.findall(r'hx-get="([^"]+)"', text)
    assert poll.endswith("/state/?have=1")
    for generation in Generation.objects.exclude(pk=first):
        run_generation(generation.pk)
    news = client.get(poll).content.decode()
    assert 'id="picture-2"' in news
    assert 'id="picture-1"' not in news
    assert "2 of 2 have ended" in news
    assert "hx-get" not in news


def test_a_surprise_tells_no_name_before_its_verdict(client, fake):
    models = offer("Adalind", "Beatrix", "Clothilde")
    response = ask(client, surprise="1", number="3")
    text = page_of(client, response).content.decode()
    make_all()
    text += client.get(response.url).content.decode()
    assert not [m for m in models if m.name in text or m.slug in text]
    assert "download" not in text
    token = Trial.objects.get().token
    assert client.get(reverse("web:playground_download", args=[token, 1])).status_code == 404
    verdict = reverse("web:playground_verdict", args=[token])
    stranger = Client()
    assert "Which is the best?" not in stranger.get(response.url).content.decode()
    assert stranger.post(verdict, {"choice": "1"}).status_code == 403
    assert client.post(verdict, {"choice": "9"}).status_code == 400
    judged = client.post(verdict, {"choice": "2"}, follow=True).content.decode()
    assert all(model.name in judged for model in models)
    assert "Your verdict: picture B is the best." in judged
    assert client.post(verdict, {"choice": "tie"}).status_code == 409
    assert client.post(verdict, {"choice": "2"}).status_code == 302
    assert client.get(verdict).status_code == 405


def test_what_is_wrong_is_said_and_nothing_is_lost(client, settings):
    models = offer("Ada", "Bea")
    settings.PLAYGROUND_DEMO_PICTURES = 2
    for fields, status, said in (
        ({"prompt": " "}, 400, "Write what the picture should show."),
        ({"models": models[:1]}, 400, "Choose two to four models."),
        ({"shape": "round"}, 400, "Choose a shape from the list."),
        ({"model": ["ghost", "\x00"]}, 400, "cannot be asked here"),
        ({"surprise": "1", "number": "-7"}, 302, ""),
        ({}, 429, "0 pictures are left for you today and 2 are wanted."),
    ):
        asked = {"prompt": "An owl.", "models": models, **fields}
        response = ask(client, **asked)
        text = response.content.decode()
        assert response.status_code == status, (fields, text)
        assert said in text
        if status >= 400:
            assert asked["prompt"].strip() in text
            checked = re.findall(r'value="(model-\d+)" checked', text)
            assert "model" in fields or checked == [m.slug for m in asked["models"]]
    assert "Come back at midnight UTC" in text
    assert 0 < int(response["Retry-After"]) <= 86_400
    assert Trial.objects.count() == 1


def test_a_challenge_fills_the_form_and_gives_its_canvas(client):
    models = offer("Ada", "Bea")
    challenge = create_challenge(title="Foxes", canvas_width=320, canvas_height=256)
    create_challenge(title="Edits", discipline="image-editing")
    create_challenge(title="Secret", status="draft")
    text = client.get(URL, {"challenge": challenge.slug}).content.decode()
    assert challenge.prompts.get().text in text
    assert "Edits" not in text
    assert "Secret" not in text
    assert client.get(URL, {"challenge": "\x00"}).status_code == 200
    ask(client, models, shape="challenge", challenge=challenge.slug)
    trial = Trial.objects.get()
    assert (trial.challenge, trial.width, trial.height) == (challenge, 320, 256)


def test_a_challenge_leads_to_the_playground_with_its_words(client):
    offer("Ada", "Bea")
    challenge = create_challenge(prompts=("A fox & an owl.", "A hare."))
    page = client.get(f"/challenges/{challenge.slug}/").content.decode()
    links = re.findall(r'href="(/playground/[^"]+)"', page)
    assert len(links) == 2
    for link, prompt in zip(links, challenge.prompts.all(), strict=True):
        form = client.get(link.replace("&amp;", "&"))
        assert form.context["filled"]["prompt"] == prompt.text
        assert form.context["filled"]["challenge"] == challenge
    for place in ("3", "0", "x", "\x00"):
        form = client.get(URL, {"challenge": challenge.slug, "prompt": place})
        assert form.context["filled"]["prompt"] == "A fox & an owl."
    edit = create_challenge(discipline="image-editing")
    assert "/playground/?" not in client.get(f"/challenges/{edit.slug}/").content.decode()
    challenge.prompts.filter(position=1).update(is_current=False)  # the playground has it no more
    assert "/playground/?" not in client.get(f"/challenges/{challenge.slug}/").content.decode()


def test_a_twin_of_a_picture_in_play_is_never_shown_with_its_name(client, fake):
    models = offer("Adalind", "Beatrix")
    create_slot(challenge=create_challenge(), model=models[0])
    make_all()
    named, blind = ask(client, models).url, ask(client, surprise="1", number="2").url
    make_all()
    ours = Candidate.objects.get().looks
    for call in Generation.objects.filter(origin="playground", slot__model=models[0]):
        call.parameters["looks"] = ours
        call.save()
    for call in Generation.objects.filter(origin="playground", slot__model=models[1]):
        call.parameters["looks"] = ~ours
        call.save()
    text = client.get(named).content.decode()
    assert "Kept back: it equals a picture that is voted on." in text
    assert len(re.findall(r"<img", text)) == 1
    token = named.split("/")[2]
    assert client.get(f"/playground/{token}/1/large.jpg").status_code == 404
    assert client.get(f"/playground/{token}/1/download/").status_code == 404
    judged = client.post(f"{blind}verdict/", {"choice": "tie"}, follow=True).content.decode()
    assert len(re.findall(r"<img", judged)) == 2
    assert "Its name is kept back" in judged
    assert "Adalind" not in judged
    assert "Beatrix" not in judged  # who knows one of two knows the other
    assert "Names are kept back" in judged
    assert "download" not in judged  # its name, and what the provider wrote into it
    for place in (1, 2):
        assert client.get(f"{blind}{place}/download/").status_code == 404


def test_refusals_and_failures_are_told_in_their_words(client, fake):
    fake.script(["policy"])
    response = ask(client, offer("Ada", "Bea"), surprise="1", number="2")
    page_of(client, response)
    for generation in plan_due():
        run_generation(generation)
    text = client.get(response.url).content.decode()
    # With one picture there is nothing to judge: both names are told at once.
    assert "Refused." in text
    assert "Ada" in text
    assert "Which is the best?" not in text


def test_addresses_that_lead_nowhere(client, fake):
    response = ask(client, offer("Ada", "Bea"))
    make_all()
    token = Trial.objects.get().token
    for path in (
        "nothing/",
        f"{token}/9/large.jpg",
        f"{token}/1/original.png",
        f"{token}/9/download/",
        "%00/",
    ):
        assert client.get(f"{URL}{path}").status_code == 404, path
    Trial.objects.update(created_at=F("created_at") - KEEP_TRIALS - timedelta(minutes=1))
    expire_trials()
    assert client.get(response.url).status_code == 410
    assert client.get(f"{response.url}1/large.jpg").status_code == 404
    assert client.get(f"{response.url}state/").status_code == 404
    assert client.post(f"{response.url}verdict/").status_code == 410


def test_nobody_to_ask_is_said(client):
    create_model()
    assert "Nobody can be asked at the moment" in client.get(URL).content.decode()
    assert ask(client, surprise="1", number="2").status_code == 400


def test_the_page_of_a_trial_costs_a_fixed_number_of_queries(
    client, fake, django_assert_max_num_queries
):
    response = ask(client, offer("Ada", "Bea", "Cleo", "Dora"))
    make_all()
    client.get(response.url)
    with django_assert_max_num_queries(14):
        client.get(response.url)
    assert Slot.objects.count() == 4
