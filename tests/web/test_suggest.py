"""/suggest/: prompts of voters, seen by nobody else before a curator takes them, within limits that are told."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project
from django.db.models import F
from django.test import Client
from django.utils import timezone

from arena.battles.models import Suggestion, Voter
from arena.battles.networks import forget_networks
from arena.battles.suggestions import (
    PER_DAY,
    PER_DAY_OF_NETWORK,
    decline_suggestion,
    digest_words,
    return_suggestion,
    suggest_prompt,
    take_suggestion,
)
from arena.challenges.editing import archive_challenge, open_challenge
from arena.challenges.models import Category, Challenge
from tests.factories import create_challenge, create_voter

pytestmark = pytest.mark.django_db
URL = "/suggest/"
OWL = "An owl at a desk, reading by lamplight."


def send(client: Client, **typed: Any) -> Any:
    fields = {"title": "Owl at Work", "text": OWL, "discipline": "text-to-image", **typed}
    return client.post(URL, fields)


def read(client: Client, **query: str) -> str:
    return client.get(URL, query).content.decode()


def kept() -> Suggestion:
    return Suggestion.objects.get()


def suggest(number: int, *, voter: Voter, network: str = "") -> Suggestion:
    return suggest_prompt(
        title=f"No. {number}",
        text=f"Owl number {number}.",
        discipline="text-to-image",
        voter=voter,
        network=network,
    )


def test_a_suggestion_is_thanked_for_and_seen_by_its_voter_alone(client):
    category = Category.objects.create(slug="animals", name="Animals")
    assert project.VOTER_COOKIE not in client.get(URL).cookies
    assert not Voter.objects.exists()
    answer = send(client, category="animals", remark="I like owls.", text=f" {OWL}\r\nAt night. ")
    assert (answer.status_code, answer["Location"]) == (302, "/suggest/?sent=1")
    suggestion = kept()
    assert (suggestion.text, suggestion.category) == (f"{OWL}\nAt night.", category)
    assert (suggestion.remark, suggestion.state) == ("I like owls.", "waiting")
    page = client.get(answer["Location"])
    assert "no-store" in page["Cache-Control"]
    thanks = page.content.decode()
    assert "Thank you! Your prompt is with the curators." in thanks
    assert "Until then nobody else sees it." in thanks
    assert "Waiting: no curator has decided about it yet." in thanks
    stranger = Client()
    assert "Thank you" not in read(stranger, sent="1")
    for path in (
        URL,
        "/",
        "/challenges/",
        "/gallery/",
        "/vote/",
        "/playground/",
        "/api/v1/challenges",
    ):
        text = stranger.get(path, follow=True).content.decode()
        assert "Owl at Work" not in text, path
        assert OWL not in text, path


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": " \t "}, "Give it a short title."),
        ({"title": "x" * 81}, "longer than 80 characters: it has 81"),
        ({"title": "Nude"}, "“nude”"),
        ({"title": "a\0b"}, "Null characters are not allowed."),
        ({"title": "a\x01b"}, "It holds characters that are no text."),
        ({"text": "\r\n "}, "Write what the picture should show."),
        ({"text": "x" * 2001}, "it has 2001"),
        ({"text": "a\0b"}, "Null characters are not allowed."),
        ({"text": "a\x07b"}, "It holds characters that are no text."),
        ({"text": "A naked owl."}, "“naked”"),
        ({"remark": "x" * 301}, "longer than 300 characters"),
        ({"remark": "gore"}, "“gore”"),
        ({"discipline": ""}, "Choose what the models are to do."),
        ({"discipline": "sculpture"}, "Select a valid choice."),
        ({"category": "nothing"}, "Select a valid choice."),
        ({"category": "a\0b"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(client, typed, said):
    answer = send(client, **typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert f'id="id_{next(iter(typed))}_error"' in text
    assert ("Owl at Work" in text) == ("title" not in typed)
    assert (OWL in text) == ("text" not in typed)
    assert not Suggestion.objects.exists()
    assert not Voter.objects.exists()
    assert project.VOTER_COOKIE not in answer.cookies


def test_the_same_words_are_taken_once(client):
    create_challenge(title="Red Cube", prompts=("A red  cube.",))
    create_challenge(title="Secret", prompts=("A secret cube.",), status="draft")
    assert "it is the challenge “Red Cube”" in send(client, text=" a RED cube.").content.decode()
    assert send(client, text="A secret cube.").status_code == 302  # a draft is told to nobody
    assert send(client, text="A red cube.", discipline="image-editing").status_code == 302
    assert send(client).status_code == 302
    again = send(client, text=f"{OWL.upper()} ")
    assert again.status_code == 422
    assert "You have suggested these words already" in again.content.decode()
    other = send(Client())
    assert other.status_code == 422
    assert "Somebody suggested these very words before you" in other.content.decode()
    assert Suggestion.objects.count() == 3
    assert Voter.objects.count() == 1


def test_a_voter_suggests_so_many_a_day_and_is_told_when_to_come_back(client):
    for number in range(PER_DAY):
        assert send(client, text=f"Owl number {number}.").status_code == 302
    answer = send(client, text="One owl too many.")
    text = answer.content.decode()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 86_400
    assert f"You have suggested {PER_DAY} prompts today" in text
    assert "Come back at midnight UTC, in" in text
    assert "One owl too many." in text
    assert Suggestion.objects.count() == PER_DAY
    Suggestion.objects.update(created_at=F("created_at") - timedelta(days=1))
    assert send(client, text="One owl too many.").status_code == 302


def test_a_network_suggests_so_many_a_day_whoever_its_voters_are(client):
    send(client)
    network = kept().network
    assert len(network) == 32
    for number in range(1, PER_DAY_OF_NETWORK):
        suggest(number, voter=create_voter(), network=network)
    voters = Voter.objects.count()
    answer = send(Client(), text="One owl too many.")
    assert answer.status_code == 429
    assert f"{PER_DAY_OF_NETWORK} prompts came from your network today" in answer.content.decode()
    assert Voter.objects.count() == voters
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert send(elsewhere, text="An owl from elsewhere.").status_code == 302


def test_its_voter_reads_what_became_of_it(client):
    send(client)
    made = take_suggestion(kept().pk, by=None)
    Challenge.objects.filter(pk=made.pk).update(title="A title that is secret yet")
    text = read(client)
    assert "Taken: a curator makes a challenge of it." in text
    assert "A title that is secret yet" not in text
    archive_challenge(made)
    assert "Taken, and put aside for the time being." in read(client)
    open_challenge(made)
    text = read(client)
    assert "Taken as the challenge" in text
    assert f'<a href="/challenges/{made.slug}/">A title that is secret yet</a>' in text
    send(client, text="Another owl.", title="Another")
    decline_suggestion(Suggestion.objects.get(title="Another").pk, reason="Too like it.", by=None)
    assert "Declined: <q>Too like it.</q>" in read(client)
    assert "Too like it." not in read(Client())


def test_own_suggestions_are_paged_at_a_fixed_cost(client, django_assert_num_queries):
    send(client)
    first = kept()
    client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL)
    for number in range(24):
        digest = digest_words(f"Owl {number}", discipline="text-to-image")
        Suggestion.objects.create(title=f"No. {number}", digest=digest, voter=first.voter)
    with django_assert_num_queries(5):
        page = client.get(URL)
    assert [one.title for one in page.context["own"]] == [f"No. {n}" for n in range(23, 3, -1)]
    assert "Owl at Work" in read(client, page="2")
    assert client.get(URL, {"page": "x"}).status_code == 200


def test_whoever_is_forgotten_leaves_nothing_but_what_is_a_challenge(client):
    for title in ("waits", "declined", "taken"):
        send(client, title=title, text=f"An owl that is {title}.", remark="From Ann.")
    by_title = {one.title: one for one in Suggestion.objects.all()}
    decline_suggestion(by_title["declined"].pk, reason="No.", by=None)
    made = take_suggestion(by_title["taken"].pk, by=None)
    told = client.get("/me/forget/").content.decode()
    assert "The 2 prompts that you suggested and no curator has taken." in told
    assert "A prompt of yours is a challenge by now" in told
    exported = json.loads(client.get("/me/export.json").content)["suggestions"]
    assert [(one["title"], one["state"], one["remark"]) for one in exported] == [
        ("taken", "taken", "From Ann."),
        ("declined", "declined", "From Ann."),
        ("waits", "waiting", "From Ann."),
    ]
    client.post("/me/forget/")
    left = kept()
    assert (left.title, left.voter, left.network, left.remark) == ("taken", None, "", "")
    assert made.prompts.get().text == "An owl that is taken."
    # Put back, it belongs to nobody, so it goes as well.
    return_suggestion(left.pk)
    assert not Suggestion.objects.exists()
    made.refresh_from_db()
    assert made.archived_at is not None


def test_the_network_is_blanked_on_the_next_day(client):
    send(client)
    Suggestion.objects.update(created_at=timezone.now() - timedelta(days=1))
    Voter.objects.update(network="")
    assert forget_networks() == 1
    assert kept().network == ""


def test_the_page_is_found_where_a_prompt_is_missed(client):
    link = 'href="/suggest/"'
    for path in ("/", "/challenges/", "/vote/"):
        page = client.get(path).content.decode()
        assert link in page.split("<footer")[1], path
        assert (link in page.split("<footer")[0]) == (path != "/"), path
    assert "A curator picks the pictures to start from" in read(client)
