"""Nothing of the gateway touches what competes: no answer, no address, no picture (I2, I3)."""

import re

import pytest
from django.test import Client

from arena.battles.models import Battle
from arena.catalog.models import ImageModel
from arena.challenges.models import Prompt
from arena.generation.models import Candidate, PublicPicture
from tests.factories import create_arena, create_voter, issue

from .conftest import GENERATIONS, MODELS, headers


@pytest.fixture
def in_play(transactional_db: None) -> list[str]:
    """Names of all files of pictures in play, and of their originals."""
    create_arena(models=3, takes=2, files=True)
    names = list(PublicPicture.objects.values_list("name", flat=True))
    return names + list(Candidate.objects.values_list("original", flat=True))


def test_answers_name_no_picture_in_play(client: Client, fake, secret, in_play):
    said = [client.get(MODELS, headers=headers(secret)).content.decode()]
    for model in ImageModel.objects.all():
        for query in ("", "?dryRun=true"):
            for form in ("url", "b64_json"):
                body = {
                    "model": model.slug,
                    "prompt": Prompt.objects.get().text,
                    "size": "256x256",
                    "response_format": form,
                }
                answer = client.post(
                    GENERATIONS + query,
                    body,
                    content_type="application/json",
                    headers=headers(secret),
                )
                assert answer.status_code == 200, answer.content
                said += [answer.content.decode(), str(answer.headers)]
                for address in re.findall(r"/openai/v1/files/[\w-]+", said[-2]):
                    said.append(str(client.get(address).headers))
    text = "\n".join(said)
    assert [name for name in in_play if name in text] == []


def test_a_challenges_prompt_does_not_draw_a_take_in_play_again(
    client: Client, fake, secret, in_play
):
    """The takes are the seeds 0, 1 ...: whoever asks for them gets another picture, with the name beside it."""
    model = ImageModel.objects.first()
    takes = set(Candidate.objects.values_list("slot__take", flat=True))
    for seed in [None, *takes]:
        body = {"model": model.slug, "prompt": "A red cube.", "size": "256x256", "seed": seed}
        client.post(GENERATIONS, body, content_type="application/json", headers=headers(secret))
    asked = {post.fields["seed"] for post in fake.posts}
    assert len(fake.posts) == len(takes) + 1
    assert not asked & takes


def test_callers_pictures_are_never_shown_to_voters(client: Client, fake, generate, in_play):
    assert generate(n=2).status_code == 200
    before = set(Candidate.objects.values_list("pk", flat=True))
    for _ in range(5):
        issue(voter=create_voter())
    shown = Battle.objects.values_list("left_id", "right_id")
    assert {pk for pair in shown for pk in pair} <= before
    names = set(PublicPicture.objects.values_list("name", flat=True))
    assert names <= set(in_play)
