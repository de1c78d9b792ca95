"""The official client of OpenAI, unmodified, against the site's own web server."""

import base64
from collections.abc import Iterator
from io import BytesIO
from urllib.request import urlopen

import openai
import pytest
from PIL import Image

from arena.generation.models import Generation

from .conftest import picture
from .live import LiveSite


@pytest.fixture
def client(live: LiveSite, secret: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key=secret, base_url=f"{live.base}/openai/v1") as client:
        yield client


def test_it_generates_as_base64(client, live, model):
    answer = client.images.generate(
        model="harbour-1.0", prompt="A red boat.", size="256x256", response_format="b64_json"
    )
    (entry,) = answer.data
    assert Image.open(BytesIO(base64.b64decode(entry.b64_json))).size == (256, 256)
    assert entry.revised_prompt
    assert answer.usage.total_tokens == 1132
    assert answer.usage.input_tokens_details.text_tokens == 12
    assert live.fake.bill == 1


def test_it_generates_as_address(client, live, model):
    answer = client.images.generate(
        model="harbour", prompt="A red boat.", size="16:9", output_format="webp", n=2
    )
    assert len(answer.data) == 2
    for entry in answer.data:
        assert entry.url.startswith(f"{live.base}/openai/v1/files/")
        with urlopen(entry.url, timeout=10) as file:
            assert file.headers["Content-Type"] == "image/webp"
            assert file.headers["X-Content-Type-Options"] == "nosniff"
            assert Image.open(BytesIO(file.read())).size == (1360, 768)


def test_it_edits_one_picture(client, live, model):
    sent = picture((320, 160), form="JPEG")
    answer = client.images.edit(
        model="harbour-1", image=("boat.jpg", sent), prompt="Make it night."
    )
    assert answer.data[0].url
    (post,) = live.fake.posts
    assert [file.data for file in post.files] == [sent]


def test_it_edits_several_pictures(client, live, model):
    sent = [picture(colour=(n * 50, 0, 0)) for n in range(3)]
    answer = client.images.edit(
        model="harbour-1",
        image=[(f"{n}.png", data) for n, data in enumerate(sent)],
        prompt="Put them together.",
        size="512x512",
        n=2,
        response_format="b64_json",
        extra_body={"seed": 7},
    )
    assert len(answer.data) == 2
    assert [file.data for file in live.fake.posts[0].files] == sent
    assert sorted(post.fields["seed"] for post in live.fake.posts) == ["1007", "1008"]


def test_it_lists_models(client, model):
    assert [one.id for one in client.models.list()] == ["harbour-1.0"]
    one = client.models.retrieve("harbour")
    assert (one.id, one.owned_by) == ("harbour-1.0", "test-lab")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nobody")


def test_it_reads_headers_and_dry_runs(client, live, model):
    raw = client.images.with_raw_response.generate(
        model="local/harbour-1", prompt="A red boat.", size="256x256"
    )
    assert raw.headers["X-Paragone-Provider"] == "local"
    assert raw.headers["X-Paragone-Attempts"] == "1"
    assert raw.parse()._request_id == raw.headers["X-Request-Id"]
    dry = client.images.generate(
        model="harbour", prompt="A red boat.", n=4, extra_query={"dryRun": "true"}
    )
    assert dry.data == []
    assert dry.estimate["pictures"] == 4
    assert len(live.fake.posts) == 1


def test_a_refusal_is_a_bad_request(client, live, model):
    live.fake.script(["policy"])
    with pytest.raises(openai.BadRequestError) as error:
        client.images.generate(model="harbour", prompt="Something bad.")
    assert error.value.code == "moderation_blocked"
    assert error.value.type == "image_generation_user_error"
    assert error.value.request_id.startswith("req_")


def test_a_rate_limit_is_a_rate_limit(client, live, model):
    live.fake.script(["rate"] * 9)
    with pytest.raises(openai.RateLimitError) as error:
        client.with_options(max_retries=0).images.generate(model="harbour", prompt="A boat.")
    assert error.value.code == "rate_limit_exceeded"
    assert int(error.value.response.headers["Retry-After"]) >= 1


def test_a_bad_key_is_an_authentication_error(live, model):
    with openai.OpenAI(api_key="pg_" + "x" * 43, base_url=f"{live.base}/openai/v1") as stranger:
        with pytest.raises(openai.AuthenticationError) as error:
            stranger.images.generate(model="harbour", prompt="A boat.")
        with pytest.raises(openai.AuthenticationError):
            stranger.models.list()
    assert error.value.code == "invalid_api_key"


def test_its_own_retries_never_pay_twice(client, live, model):
    """It sends again after 5xx by itself; a call that was made says that it shall not."""
    live.fake.script(["auth"])
    with pytest.raises(openai.InternalServerError) as error:
        client.images.generate(model="harbour", prompt="A boat.")
    assert error.value.code == "all_providers_exhausted"
    assert len(live.fake.posts) == 1
    assert Generation.objects.count() == 1


def test_too_much_is_told_before_it_is_sent(client, live, model):
    with pytest.raises(openai.APIStatusError) as error:
        client.images.edit(
            model="harbour", image=("big.png", bytes(65 * 1024 * 1024)), prompt="Smaller."
        )
    assert error.value.status_code == 413
    assert live.fake.posts == []
