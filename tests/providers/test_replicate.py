"""What is particular to Replicate."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from arena.providers.http import Answer, Client
from arena.providers.replicate import DEFAULTS, Replicate, build_input
from arena.providers.replicate_errors import name_failed_job
from arena.providers.types import Done, Endpoint, Outcome, ProviderError, Reference, Timing, Usage
from tests.fake_providers import FakeProviders
from tests.providers.conformance import follow
from tests.providers.conftest import ask_for

RED = Reference(b"red", "image/png", "red.png")
ADAPTER = Replicate()
VERSION = "4ff88d44" * 8


@pytest.fixture
def replicate(fake: FakeProviders, endpoint: Callable[..., Endpoint]) -> Callable[..., Endpoint]:
    return lambda **changes: endpoint(**({"base_url": fake.base_url_of("replicate")} | changes))


@pytest.fixture
def make(client: Client) -> Callable[..., Done]:
    def run(endpoint: Endpoint, **changes: Any) -> Done:
        request = ask_for(**({"remote_id": "google/nano-banana-2"} | changes))
        answer = ADAPTER.submit(request, endpoint, client=client)
        return follow(ADAPTER, answer, endpoint, client=client)

    return run


def fail(make: Callable[..., Done], endpoint: Endpoint, **changes: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        make(endpoint, **changes)
    return caught.value


def test_input_has_the_usual_names():
    request = ask_for(discipline="image-editing", references=(RED,), width=1536, height=1024)
    fields, modes = build_input(request, DEFAULTS)
    assert fields == {
        "prompt": "A vintage café logo",
        "image_input": ["data:image/png;base64,cmVk"],
        "aspect_ratio": "3:2",
    }
    assert modes == {"aspect": "converted"}


def test_every_name_of_the_input_is_a_flag():
    flags = {
        **DEFAULTS,
        "prompt_field": "text",
        "reference_field": "input_image",
        "size_mode": "sides",
        "seed": "noise_seed",
        "quality": "output_quality",
        "quality_values": {"high": 95},
        "format": True,
        "format_values": {"jpeg": "jpg"},
    }
    request = ask_for(
        discipline="image-editing",
        references=(RED,),
        seed=7,
        quality="high",
        options={"output_format": "jpeg", "go_fast": True},
    )
    fields, modes = build_input(request, flags)
    assert fields == {
        "text": "A vintage café logo",
        "input_image": "data:image/png;base64,cmVk",
        "width": 128,
        "height": 128,
        "noise_seed": 7,
        "output_quality": 95,
        "output_format": "jpg",
        "go_fast": True,
    }
    assert modes == {
        "size": "renamed", "seed": "renamed", "quality": "converted", "format": "converted",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("remote_id", "path", "version"),
    [
        ("google/nano-banana-2", "/v1/models/google/nano-banana-2/predictions", None),
        (f"maker/model:{VERSION}", "/v1/predictions", VERSION),
        (VERSION, "/v1/predictions", VERSION),
    ],
)
def test_model_and_version_have_their_own_addresses(
    *, fake, replicate, make, remote_id, path, version
):
    make(replicate(), remote_id=remote_id)
    assert fake.posts[0].path == path
    assert fake.posts[0].fields.get("version") == version


@pytest.mark.parametrize("remote_id", ["model", "a/b/c", "maker/model:new", ""])
def test_id_that_is_neither_is_named_before_anything_is_sent(fake, replicate, make, remote_id):
    error = fail(make, replicate(), remote_id=remote_id)
    assert (error.outcome, error.billed, fake.requests) == (Outcome.BAD_REQUEST, False, [])


def test_waiting_for_the_first_answer_is_only_done_if_asked_for(fake, replicate, client):
    plain = ADAPTER.submit(ask_for(remote_id="a/b"), replicate(), client=client)
    waited = ADAPTER.submit(
        ask_for(remote_id="a/b"), replicate(options={"prefer_wait": 90}), client=client
    )
    assert [sent.headers.get("prefer") for sent in fake.posts] == [None, "wait=60"]
    assert (plain.wait_seconds, waited.wait_seconds) == (1.5, 0.0)
    assert follow(ADAPTER, waited, replicate(), client=client).data.startswith(b"\x89PNG")


def test_job_that_failed_at_once_is_still_a_job(fake, replicate, client):
    fake.script(["policy"])
    answer = ADAPTER.submit(
        ask_for(remote_id="a/b"), replicate(options={"prefer_wait": 5}), client=client
    )
    assert (answer.remote_id, answer.wait_seconds) == ("job-0", 0.0)


@pytest.mark.parametrize("output", ["text", "object", "list"])
def test_every_shape_of_output_is_understood(fake, replicate, make, output):
    fake.script([{"fault": "ok", "output": output}])
    done = make(replicate())
    assert done.data.startswith(b"\x89PNG")
    assert (done.usage.images, done.usage.seconds) == (1, 2.5)


REFUSALS = [
    "NSFW content detected. Try running it again, or try a different prompt.",
    "The input or output was flagged as sensitive. Please try again. (E005)",
    "Error: your request was rejected by the safety system",
    "Content moderation: blocked",
    "The prompt violates our usage guidelines",
    "IMAGE_SAFETY",
]
FAULTS = [
    "CUDA out of memory. Tried to allocate 20.00 MiB",
    "Prediction interrupted; please retry (code: PA)",
    "ModuleNotFoundError: No module named 'safety_checker'",
    "",
]


def end_with(words: str, *, seconds: float | None = 2.5, begun: bool = True) -> ProviderError:
    answer = Answer(200, {}, b"", Timing(1, 2))
    return name_failed_job(answer, words, usage=Usage(0, seconds=seconds), key="", begun=begun)


@pytest.mark.parametrize("words", REFUSALS)
def test_refusals_are_told_by_their_words(words):
    error = end_with(words)
    assert (error.outcome, error.retryable, error.fallback) == (Outcome.REFUSED, False, False)


@pytest.mark.parametrize("words", FAULTS)
def test_crashes_are_no_refusals(words):
    error = end_with(words)
    assert (error.outcome, error.retryable, error.billed) == (Outcome.SERVER_ERROR, True, True)
    assert error.usage.seconds == 2.5


@pytest.mark.parametrize(
    ("words", "outcome", "retryable"),
    [
        ("ValidationError: aspect_ratio must be one of 1:1", Outcome.BAD_REQUEST, False),
        ("Service is currently unavailable due to high demand. (E003)", Outcome.RATE_LIMITED, True),
    ],
)
def test_other_ends_are_told_by_their_words(words, outcome, retryable):
    error = end_with(words)
    assert (error.outcome, error.retryable) == (outcome, retryable)


@pytest.mark.parametrize(
    ("seconds", "begun", "billed"), [(2.5, True, True), (None, True, None), (None, False, False)]
)
def test_failed_job_costs_what_it_ran(seconds, begun, billed):
    assert end_with("CUDA error", seconds=seconds, begun=begun).billed is billed


def test_job_past_its_deadline_never_began(fake, replicate, make):
    fake.script(["aborted"])
    error = fail(make, replicate())
    assert (error.billed, error.retryable, fake.charged) == (False, True, False)


def test_unknown_version_is_not_found(fake, replicate, make):
    fake.script(["version"])
    assert fail(make, replicate()).outcome is Outcome.NOT_FOUND


def test_key_in_a_traceback_is_cleaned():
    words = "RuntimeError: token r8_abcdefghijkl refused"
    assert end_with(words).message.endswith("token [key] refused")


def test_wait_is_read_from_the_words(fake, replicate, make):
    fake.script(["rate"])
    assert fail(make, replicate()).retry_after_seconds == 30


def test_data_uri_as_output_needs_no_download(fake, replicate, make):
    body = {
        "id": "job-0",
        "status": "succeeded",
        "output": "data:image/webp;base64,AAEC",
        "metrics": {},
    }
    fake.script([{"fault": "answer", "at": "status", "body": body}])
    done = make(replicate())
    assert (done.data, done.content_type) == (b"\x00\x01\x02", "image/webp")
    assert json.loads(json.dumps(dict(done.usage.raw))) == {}
