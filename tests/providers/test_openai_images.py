from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from arena.providers.dialects import DIALECTS
from arena.providers.openai_images import DEFAULTS, OpenAIImages, build_fields
from arena.providers.types import (
    Endpoint,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Reference,
    Timing,
)
from tests.providers.conftest import KEY, ask_for

RED = Reference(b"\x89PNG red", "image/png", "red.png")
BLUE = Reference(b"\x89PNG blue", "image/png", "blue.png")


def test_generation_gives_the_picture_and_all_that_was_said_about_it(fake, endpoint, submit):
    done = submit(ask_for(), endpoint())
    assert Image.open(BytesIO(done.data)).size == (128, 128)
    assert done.content_type == "image/png"
    assert done.revised_prompt == "Revised: A vintage café logo"
    assert (done.usage.images, done.usage.output_tokens) == (1, 1120)
    assert done.http_status == 200
    assert done.remote_id == "req-1"
    assert done.seed is None
    assert fake.bill == len(fake.requests) == 1


def test_generation_sends_the_documented_body(fake, endpoint, submit):
    submit(ask_for(options={"quality": "high"}), endpoint())
    sent = fake.requests[0]
    assert sent.path == "/v1/images/generations"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["content-type"] == "application/json"
    assert sent.fields == {
        "model": "gpt-image-2",
        "prompt": "A vintage café logo",
        "n": 1,
        "size": "128x128",
        "quality": "high",
    }


def test_timing_separates_first_byte_from_the_whole(fake, endpoint, submit):
    fake.latency_seconds = 0.15
    timing = submit(ask_for(), endpoint()).timing
    assert 150 <= timing.ttfb_ms <= timing.total_ms < 2000


@pytest.mark.parametrize(
    ("references", "options", "field"),
    [
        ((RED,), {}, "image"),
        ((RED, BLUE), {}, "image[]"),
        ((RED,), {"edit_field": "image[]"}, "image[]"),
        ((RED, BLUE), {"edit_field": "image"}, "image"),
    ],
)
def test_edit_sends_references_as_files(*, fake, endpoint, submit, references, options, field):
    request = ask_for(
        discipline="image-editing", references=references, options={"strength": 0.5, "hd": True}
    )
    done = submit(request, endpoint(options=options))
    sent = fake.requests[0]
    assert done.content_type == "image/png"
    assert sent.path == "/v1/images/edits"
    assert [(f.field, f.data, f.content_type, f.name) for f in sent.files] == [
        (field, r.data, r.content_type, r.name) for r in references
    ]
    assert sent.fields["prompt"] == "A vintage café logo"
    assert (sent.fields["strength"], sent.fields["hd"], sent.fields["n"]) == ("0.5", "true", "1")


def test_url_answer_is_downloaded_without_the_key(fake, endpoint, submit):
    done = submit(ask_for(), endpoint(options={"response_format": "url"}))
    assert Image.open(BytesIO(done.data)).size == (128, 128)
    posted, got = fake.requests
    assert posted.fields["response_format"] == "url"
    assert got.method == "GET"
    assert "authorization" not in got.headers
    assert KEY not in str(got)


def test_relative_url_is_joined_to_the_base(fake, endpoint, submit):
    fake.script(["relative_url"])
    assert submit(ask_for(), endpoint()).data.startswith(b"\x89PNG")


def test_data_uri_counts_as_a_url(fake, endpoint, submit):
    fake.script([{"fault": "answer", "body": {"data": [{"url": "data:image/webp;base64,AAEC"}]}}])
    done = submit(ask_for(), endpoint())
    assert (done.data, done.content_type) == (b"\x00\x01\x02", "image/webp")


def test_only_the_first_of_more_pictures_is_taken(fake, endpoint, submit):
    body = {"data": [{"b64_json": "AAEC"}, {"b64_json": "AwQF"}]}
    fake.script([{"fault": "answer", "body": body}])
    assert submit(ask_for(), endpoint()).data == b"\x00\x01\x02"


def test_packed_answer_is_unpacked(fake, endpoint, submit):
    fake.script(["gzip"])
    assert submit(ask_for(), endpoint()).data.startswith(b"\x89PNG")


def test_odd_pictures_are_handed_over_for_the_intake_to_judge(fake, endpoint, submit):
    fake.script(["html_base64", "cmyk_jpeg", "pixel", "png_16_bit"])
    kinds = [submit(ask_for(), endpoint()).content_type for _ in range(4)]
    assert kinds == ["application/octet-stream", "image/jpeg", "image/png", "image/png"]
    assert fake.bill == 4


def test_seed_is_sent_and_kept_only_where_the_host_takes_one(fake, endpoint, submit):
    assert submit(ask_for(seed=7), endpoint(options={"seed": True})).seed == 7
    assert submit(ask_for(seed=7), endpoint()).seed is None
    assert [request.fields.get("seed") for request in fake.requests] == [7, None]


def test_no_key_means_no_authorization_header(fake, endpoint, submit):
    fake.key = None
    submit(ask_for(), endpoint(key=""))
    assert "authorization" not in fake.requests[0].headers


def make_endpoint(**options: object) -> Endpoint:
    return Endpoint("https://api.example/v1", options=options)


def fields_of(request: PictureRequest, **options: object) -> dict[str, object]:
    return build_fields(request, {**DEFAULTS, **options})[0]


def test_b64_only_hosts_are_never_sent_a_response_format():
    fields = fields_of(ask_for(), b64_only=True, response_format="url")
    assert "response_format" not in fields


def test_extra_body_wins_and_drop_has_the_last_word():
    fields, modes = build_fields(
        ask_for(options={"style": "round"}, quality="low"),
        {
            **DEFAULTS,
            "extra_body": {"n": 2, "style": "flat", "user": "x", "quality": "high"},
            "drop": ["user", "size"],
        },
    )
    assert fields == {
        "model": "gpt-image-2",
        "prompt": "A vintage café logo",
        "n": 2,
        "style": "flat",
        "quality": "high",
    }
    assert modes == {}, "what was overruled or dropped was not told"


@pytest.mark.parametrize("sizes", [None, [], ["big"], ["0x10"], ["1x2x3"]])
def test_wrong_sizes_in_the_options_are_named_before_anything_is_sent(sizes):
    options = {"size_mode": "closest"} | ({} if sizes is None else {"sizes": sizes})
    with pytest.raises(ProviderError, match="sizes") as caught:
        OpenAIImages().submit(ask_for(), make_endpoint(**options))
    assert (caught.value.outcome, caught.value.billed) == (Outcome.BAD_REQUEST, False)


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"discipline": "image-editing"}, {}, "at least one reference"),
        ({"references": (RED,) * 3}, {"max_references": 2}, "at most 2"),
        ({"discipline": "image-editing"}, {"disciplines": ["text-to-image"]}, "not set up"),
    ],
)
def test_impossible_requests_are_never_sent(*, fake, endpoint, failure, changes, options, words):
    error = failure(endpoint(options=options), **changes)
    assert (error.outcome, error.billed, error.retryable) == (Outcome.BAD_REQUEST, False, False)
    assert words in error.message
    assert fake.requests == []


def test_capabilities_follow_the_flags():
    able = OpenAIImages().capabilities(
        make_endpoint(seed=True, max_references=1, size_mode="closest", sizes=["64x32"])
    )
    assert (able.seeds, able.max_references, able.sizes) == (True, 1, ((64, 32),))
    assert OpenAIImages().capabilities(make_endpoint()).disciplines == (
        "text-to-image",
        "image-editing",
    )


def test_dialects_can_be_used_without_a_client(fake, endpoint):
    done = DIALECTS["openai_images"].submit(ask_for(), endpoint())
    assert done.data.startswith(b"\x89PNG")


def test_there_is_nothing_to_poll():
    pending = Pending("job", "https://api.example/jobs/1", Timing(None, 0))
    with pytest.raises(ProviderError):
        OpenAIImages().poll(pending, make_endpoint())
