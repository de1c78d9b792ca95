"""What is particular to Gemini and Vertex AI."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from arena.providers.gemini import DEFAULTS, Gemini, build_body
from arena.providers.http import Answer, Client
from arena.providers.types import Done, Endpoint, Outcome, ProviderError, Reference, Timing
from tests.fake_providers import FakeProviders
from tests.providers.conftest import KEY, ask_for

RED = Reference(b"red", "image/png", "red.png")
MODEL = "gemini-3.1-flash-image-preview"


@pytest.fixture
def gemini(fake: FakeProviders, endpoint: Callable[..., Endpoint]) -> Callable[..., Endpoint]:
    return lambda **changes: endpoint(**({"base_url": fake.base_url_of("gemini")} | changes))


@pytest.fixture
def vertex(fake: FakeProviders, endpoint: Callable[..., Endpoint]) -> Callable[..., Endpoint]:
    def make(**changes: Any) -> Endpoint:
        options = {"vertex": True, **changes.pop("options", {})}
        return endpoint(**({"base_url": f"{fake.origin}/v1"} | changes), options=options)

    return make


@pytest.fixture
def make(client: Client) -> Callable[..., Done]:
    def run(endpoint: Endpoint, **changes: Any) -> Done:
        request = ask_for(**({"remote_id": MODEL} | changes))
        return Gemini().submit(request, endpoint, client=client)

    return run


def fail(make: Callable[..., Done], endpoint: Endpoint, **changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        make(endpoint, **changes)
    assert "canary" not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
    return caught.value


def answer_with(body: Any, *, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode(), TIMING)


TIMING = Timing(1, 2)


def test_body_is_the_documented_one():
    flags = {**DEFAULTS, "aspects": ["1:1", "3:2"], "tiers": {"1K": 1024, "2K": 2048}}
    request = ask_for(
        discipline="image-editing", references=(RED,), width=1536, height=1024, prompt="Night"
    )
    body, modes = build_body(request, flags)
    assert body == {
        "contents": [
            {
                "role": "user",
                "parts": [
                    {"text": "Night"},
                    {"inlineData": {"mimeType": "image/png", "data": "cmVk"}},
                ],
            }
        ],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "3:2", "imageSize": "1K"},
        },
    }
    assert modes == {"aspect": "converted", "size": "converted"}


def test_extra_body_and_seed_find_their_places():
    flags = {
        **DEFAULTS,
        "seed": True,
        "size_mode": "none",
        "modalities": ["TEXT", "IMAGE"],
        "extra_body": {"tools": [{"google_search": {}}]},
    }
    body, modes = build_body(ask_for(seed=7), flags)
    assert body["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"], "seed": 7}
    assert body["tools"] == [{"google_search": {}}]
    assert modes == {"seed": "passthrough"}


def test_picture_is_taken_from_among_texts_and_thoughts(fake, gemini, make):
    done = make(gemini())
    assert done.data.startswith(b"\x89PNG"), "the sketch among the thoughts is not the picture"
    assert done.revised_prompt is None
    assert fake.requests[0].path == f"/v1beta/models/{MODEL}:generateContent"


def test_usage_counts_thoughts_as_output_and_splits_the_input(gemini, make):
    usage = make(gemini()).usage
    assert (usage.images, usage.input_tokens, usage.output_tokens) == (1, 267, 1160)
    assert (usage.text_input_tokens, usage.image_input_tokens) == (9, 258)
    assert usage.raw["totalTokenCount"] == 1427


def test_search_that_was_used_is_a_feature(fake, gemini, make):
    part = {"inlineData": {"mimeType": "image/png", "data": "AAEC"}}
    body = {"candidates": [{"content": {"parts": [part]}, "groundingMetadata": {"a": 1}}]}
    fake.script([{"fault": "answer", "body": body}])
    done = make(gemini())
    assert done.usage.features == ("web-search",)
    assert (done.data, done.content_type) == (b"\x00\x01\x02", "image/png")


@pytest.mark.parametrize(
    ("error", "status", "outcome", "wait"),
    [
        ({"status": "INVALID_ARGUMENT", "message": "bad size"}, 400, Outcome.BAD_REQUEST, None),
        ({"status": "FAILED_PRECONDITION", "message": "no billing"}, 400, Outcome.AUTH, None),
        ({"details": [{"reason": "API_KEY_INVALID"}]}, 400, Outcome.AUTH, None),
        ({"status": "PERMISSION_DENIED"}, 403, Outcome.AUTH, None),
        ({"details": [{"reason": "BILLING_DISABLED"}]}, 403, Outcome.QUOTA, None),
        ({"status": "RESOURCE_EXHAUSTED"}, 429, Outcome.RATE_LIMITED, None),
        ({"details": [{"retryDelay": "3s"}]}, 429, Outcome.RATE_LIMITED, 3),
        ({"details": [{"retryDelay": {"seconds": 4}}]}, 429, Outcome.RATE_LIMITED, 4),
        ({"details": [{"retryDelay": "9999s"}]}, 429, Outcome.RATE_LIMITED, 120),
        ({"details": [{"retryDelay": "soon"}]}, 429, Outcome.RATE_LIMITED, None),
        ({"details": [{"retryDelay": "-3s"}]}, 429, Outcome.RATE_LIMITED, None),
        ({"message": "Please retry in 12.5s."}, 429, Outcome.RATE_LIMITED, 12.5),
        (
            {"details": [{"violations": [{"quotaId": "RequestsPerDayPerProject"}]}]},
            429,
            Outcome.QUOTA,
            None,
        ),
        (
            {"details": [{"violations": [{"quotaId": "RequestsPerMinutePerProject"}]}]},
            429,
            Outcome.RATE_LIMITED,
            None,
        ),
        ({"status": "UNAVAILABLE", "message": "overloaded"}, 503, Outcome.SERVER_ERROR, None),
        ({"status": "NOT_FOUND"}, 404, Outcome.NOT_FOUND, None),
    ],
)
def test_googles_errors_are_read(error, status, outcome, wait):
    named = Gemini().classify(answer_with({"error": error}, status=status), Endpoint("https://x.y"))
    assert (named.outcome, named.billed) == (outcome, False)
    assert named.retry_after_seconds == wait
    assert named.message.endswith(error.get("message", "."))


def test_error_of_a_streaming_endpoint_is_unwrapped():
    body = [{"error": {"status": "UNAVAILABLE", "message": "overloaded"}}]
    named = Gemini().classify(answer_with(body, status=503), Endpoint("https://x.y"))
    assert named.message.endswith("overloaded")


ENDS = [
    ("SAFETY", Outcome.REFUSED), ("IMAGE_SAFETY", Outcome.REFUSED),
    ("PROHIBITED_CONTENT", Outcome.REFUSED), ("IMAGE_PROHIBITED_CONTENT", Outcome.REFUSED),
    ("RECITATION", Outcome.REFUSED), ("IMAGE_RECITATION", Outcome.REFUSED),
    ("BLOCKLIST", Outcome.REFUSED), ("SPII", Outcome.REFUSED),
    ("NO_IMAGE", Outcome.EMPTY), ("IMAGE_OTHER", Outcome.EMPTY), ("STOP", Outcome.EMPTY),
    ("MAX_TOKENS", Outcome.EMPTY), ("A_NEW_WORD", Outcome.EMPTY),
]  # fmt: skip


@pytest.mark.parametrize(("end", "outcome"), ENDS)
def test_end_without_a_picture_is_named(end, outcome):
    body = {
        "candidates": [{"finishReason": end, "finishMessage": "It was so."}],
        "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3},
    }
    named = Gemini().classify(answer_with(body), Endpoint("https://x.y"))
    assert (named.outcome, named.billed) == (outcome, True)
    assert named.retryable is (outcome is Outcome.EMPTY), "a refusal comes again"
    assert named.fallback is (outcome is Outcome.EMPTY)
    assert named.message.endswith(f"{end}: It was so.")
    assert (named.usage.images, named.usage.output_tokens) == (0, 3)


def test_prompt_that_is_blocked_has_no_candidates():
    body = {"promptFeedback": {"blockReason": "OTHER", "blockReasonMessage": "No."}}
    named = Gemini().classify(answer_with(body), Endpoint("https://x.y"))
    assert (named.outcome, named.billed) == (Outcome.REFUSED, None)
    assert named.message.endswith("OTHER: No.")


# Vertex AI


@pytest.fixture(scope="module")
def private_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def account(tmp_path: Path, fake: FakeProviders, private_key: str) -> Callable[..., str]:
    """Write a service account's file; gives its path."""

    def write(**changes: Any) -> str:
        told = {
            "type": "service_account",
            "project_id": "atelier-7",
            "private_key_id": "1",
            "private_key": private_key,
            "client_email": "painter@atelier-7.iam.gserviceaccount.com",
            "token_uri": f"{fake.origin}/token",
        }
        path = tmp_path / "account.json"
        path.write_text(json.dumps(told | changes))
        return str(path)

    return write


def test_access_token_goes_to_the_project_of_the_flags(fake, vertex, make):
    make(vertex(options={"project": "studio-1", "location": "europe-west4"}))
    sent = fake.requests[0]
    assert sent.path == (
        f"/v1/projects/studio-1/locations/europe-west4/publishers/google/models/{MODEL}"
        ":generateContent"
    )
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert "x-goog-api-key" not in sent.headers


def test_access_token_without_a_project_is_a_mistake_of_ours(fake, vertex, make):
    error = fail(make, vertex())
    assert (error.outcome, error.billed) == (Outcome.BAD_REQUEST, False)
    assert "project" in error.message
    assert fake.requests == []


def test_service_account_buys_one_token_for_many_calls(fake, vertex, make, account):
    endpoint = vertex(key=account())
    for _ in range(3):
        make(endpoint)
    paths = [sent.path for sent in fake.requests]
    assert [path == "/token" for path in paths] == [True, False, False, False]
    assert "/projects/atelier-7/locations/global/" in paths[1]
    assert fake.requests[1].headers["authorization"] == f"Bearer {fake.tokens[0]}"
    assert fake.requests[0].fields["grant_type"].endswith("jwt-bearer")


def test_token_that_expires_is_bought_anew(fake, vertex, make, account):
    fake.script([{"fault": "answer", "at": "token", "body": {
        "access_token": KEY, "expires_in": 1, "token_type": "Bearer"}}])  # fmt: skip
    endpoint = vertex(key=account())
    make(endpoint)
    make(endpoint)
    assert [sent.path for sent in fake.requests].count("/token") == 2


def test_changed_file_is_read_again(fake, vertex, make, account):
    make(vertex(key=account()))
    make(vertex(key=account(project_id="atelier-8")))
    assert "/projects/atelier-8/" in fake.requests[-1].path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"private_key": "canary"}, "cannot be read"),
        ({"token_uri": "https://oauth2.evil.example/token"}, "not Google's"),
        ({"token_uri": "nonsense"}, "no token address"),
        ({"private_key": ""}, "cannot be read"),
    ],
)
def test_spoilt_account_is_named_and_not_quoted(*, fake, vertex, make, account, changes, words):
    error = fail(make, vertex(key=account(**changes)))
    assert (error.outcome, error.billed) == (Outcome.AUTH, False)
    assert words in error.message
    assert fake.requests == []


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_missing_account_is_named(fake, vertex, make, tmp_path, content):
    path = tmp_path / "account.json"
    if content is not None:
        path.write_text(content)
    error = fail(make, vertex(key=str(path)))
    assert (error.outcome, error.billed, fake.requests) == (Outcome.AUTH, False, [])


@pytest.mark.parametrize(
    ("step", "outcome", "retryable"),
    [
        (
            {"fault": "status", "status": 400, "body": {"error": "invalid_grant"}},
            Outcome.AUTH,
            False,
        ),
        ({"fault": "reset"}, Outcome.CONNECTION, True),
    ],
)
def test_failing_token_service_costs_nothing(
    *, fake, vertex, make, account, step, outcome, retryable
):
    fake.script([{**step, "at": "token"}])
    error = fail(make, vertex(key=account()))
    assert (error.outcome, error.retryable, error.billed) == (outcome, retryable, False)
    assert [sent.path for sent in fake.requests] == ["/token"]
    assert fake.bill == 0


def test_words_with_the_bought_token_in_them_are_cleaned(fake, vertex, make, account):
    fake.script([{"fault": "answer", "at": "token", "body": {
        "access_token": "opaque-canary-token", "expires_in": 3600, "token_type": "Bearer"}},
        {"fault": "status", "status": 403, "body": {
            "error": {"message": "Token opaque-canary-token is of no use."}}}])  # fmt: skip
    fake.key = None
    assert "[key]" in fail(make, vertex(key=account())).message
