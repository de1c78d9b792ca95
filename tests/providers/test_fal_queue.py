"""What is particular to the queue of fal."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from arena.providers.fal_queue import DEFAULTS, FalQueue, build_body
from arena.providers.http import Answer, Client
from arena.providers.jobs import choose_url, with_key_hosts
from arena.providers.types import (
    Done,
    Endpoint,
    Outcome,
    Pending,
    ProviderError,
    Reference,
    Timing,
)
from tests.fake_providers import FakeProviders
from tests.providers.conformance import follow
from tests.providers.conftest import ask_for

RED = Reference(b"red", "image/png", "red.png")
ADAPTER = FalQueue()
FAL = Endpoint("https://queue.fal.run", key="1234:abcd")


@pytest.fixture
def fal(fake: FakeProviders, endpoint: Callable[..., Endpoint]) -> Callable[..., Endpoint]:
    return lambda **changes: endpoint(**({"base_url": fake.base_url_of("fal_queue")} | changes))


@pytest.fixture
def make(client: Client) -> Callable[..., Done]:
    def run(endpoint: Endpoint, **changes: Any) -> Done:
        request = ask_for(**({"remote_id": "fal-ai/nano-banana-2"} | changes))
        answer = ADAPTER.submit(request, endpoint, client=client)
        return follow(ADAPTER, answer, endpoint, client=client)

    return run


def test_body_has_fals_defaults():
    body, modes = build_body(ask_for(seed=7), DEFAULTS)
    assert body == {
        "prompt": "A vintage café logo",
        "num_images": 1,
        "image_size": {"width": 128, "height": 128},
        "seed": 7,
    }
    assert modes == {"size": "renamed", "seed": "passthrough"}


def test_body_of_an_app_with_ratios_and_one_reference():
    flags = {
        **DEFAULTS,
        "size_mode": "aspect",
        "reference_field": "image_url",
        "count_field": "",
        "seed": False,
    }
    request = ask_for(discipline="image-editing", references=(RED,), seed=7)
    body, modes = build_body(request, flags)
    assert body == {
        "prompt": "A vintage café logo",
        "image_url": "data:image/png;base64,cmVk",
        "aspect_ratio": "1:1",
    }
    assert modes == {"aspect": "converted"}


def test_edit_goes_to_the_apps_path_and_its_job_lives_under_the_app(fake, fal, make):
    endpoint = fal(options={"editing": {"path_suffix": "/edit"}})
    make(endpoint)
    make(endpoint, discipline="image-editing", references=(RED,))
    paths = [sent.path for sent in fake.posts]
    assert paths == ["/queue/fal-ai/nano-banana-2", "/queue/fal-ai/nano-banana-2/edit"]
    asked = [sent.path for sent in fake.requests if "/requests/" in sent.path]
    assert set(asked[2:]) == {
        "/queue/fal-ai/nano-banana-2/requests/job-1/status",
        "/queue/fal-ai/nano-banana-2/requests/job-1",
    }


def test_job_tells_when_to_ask_again(fake, fal, client):
    fake.polls_before_done = 2
    answer = ADAPTER.submit(ask_for(remote_id="fal-ai/x"), fal(), client=client)
    waits = [answer.wait_seconds]
    for _ in range(2):
        answer = ADAPTER.poll(answer, fal(), client=client)
        waits.append(answer.wait_seconds)
    assert waits == [1.0, 3.0, 1.0], "longer while it waits in the queue"
    assert isinstance(ADAPTER.poll(answer, fal(), client=client), Done)


def test_usage_has_megapixels_and_seconds(fal, make):
    usage = make(fal(), width=1000, height=500).usage
    assert (usage.images, usage.megapixels, usage.seconds) == (1, 0.5, 1.25)


def test_surcharges_are_named_by_the_fields_that_were_sent(fal, make):
    options = {
        "features": {"enable_web_search": "web-search"},
        "extra_body": {"enable_web_search": True},
    }
    assert make(fal(options=options)).usage.features == ("web-search",)


def test_seed_of_the_result_is_kept(fal, make):
    assert make(fal()).seed == 4711


def test_first_byte_of_a_job_is_that_of_its_result(fake, fal, client):
    fake.polls_before_done = 1
    answer = ADAPTER.submit(ask_for(remote_id="fal-ai/x"), fal(), client=client)
    # Two seconds pass between the processes that looked after it.
    answer = replace(answer, started_at=answer.started_at - 2)
    timing = follow(ADAPTER, answer, fal(), client=client).timing
    assert 2000 <= timing.ttfb_ms <= timing.total_ms < 4000


def test_download_belongs_to_the_whole_and_not_to_the_first_byte(fake, fal, make):
    class SlowFiles(dict):
        def __getitem__(self, path: str) -> Any:
            time.sleep(0.5)
            return super().__getitem__(path)

    fake.files = SlowFiles()
    timing = make(fal()).timing
    assert timing.total_ms - timing.ttfb_ms >= 450


@pytest.mark.parametrize("ahead", [3600, -3600])
def test_clock_that_disagrees_gives_no_negative_times(fal, client, ahead):
    answer = ADAPTER.submit(ask_for(remote_id="fal-ai/x"), fal(), client=client)
    answer = replace(answer, started_at=answer.started_at + ahead)
    timing = follow(ADAPTER, answer, fal(), client=client).timing
    assert 0 <= timing.ttfb_ms <= timing.total_ms


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome", "retryable", "billed"),
    [
        (422, {"detail": [{"type": "content_policy_violation", "msg": "No."}]},
         {"x-fal-retryable": "false"}, Outcome.REFUSED, False, False),
        (422, {"detail": [{"type": "image_load_error", "msg": "No."}]}, {},
         Outcome.BAD_REQUEST, False, False),
        (422, {"detail": [{"type": "no_media_generated", "msg": "No."}]}, {},
         Outcome.EMPTY, True, False),
        (500, {"detail": [{"type": "internal_server_error", "msg": "No."}]}, {},
         Outcome.SERVER_ERROR, True, False),
        (504, {"detail": "No.", "error_type": "request_timeout"}, {},
         Outcome.SERVER_ERROR, True, False),
        (503, {"detail": "No.", "error_type": "runner_scheduling_failure"},
         {"x-fal-retryable": "false"}, Outcome.SERVER_ERROR, False, False),
        (500, {"detail": "No."}, {"x-fal-error-type": "runner_disconnected"},
         Outcome.SERVER_ERROR, True, False),
        (400, {"detail": "No.", "error_type": "bad_request"}, {},
         Outcome.BAD_REQUEST, False, False),
        (401, {"detail": "No."}, {}, Outcome.AUTH, False, False),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, {},
         Outcome.QUOTA, False, False),
        (403, {"detail": "No access to this app."}, {}, Outcome.AUTH, False, False),
        (429, {"detail": "No."}, {"retry-after": "4"}, Outcome.RATE_LIMITED, True, False),
        (422, {"detail": [{"type": "content_policy_violation", "msg": "No."}]},
         {"x-fal-retryable": "true"}, Outcome.REFUSED, False, False),
    ],
)  # fmt: skip
def test_both_bodies_are_read(*, status, body, headers, outcome, retryable, billed):
    answer = Answer(status, headers, json.dumps(body).encode(), Timing(1, 2))
    error = ADAPTER.classify(answer, FAL)
    assert (error.outcome, error.retryable, error.billed) == (outcome, retryable, billed)
    assert "No" in error.message or "Reason" in error.message


def test_rejected_result_may_have_been_charged(fake, fal, make):
    fake.script(["policy"])
    with pytest.raises(ProviderError) as caught:
        make(fal())
    assert (caught.value.outcome, caught.value.billed) == (Outcome.REFUSED, None)


def test_crash_of_the_runner_is_final_and_free(fake, fal, make):
    fake.script(["500"])
    with pytest.raises(ProviderError) as caught:
        make(fal())
    error = caught.value
    assert (error.outcome, error.billed, error.still_pending) == (
        Outcome.SERVER_ERROR, False, False,
    )  # fmt: skip
    assert "Runner disconnected" in error.message


def test_result_that_is_asked_for_too_early_is_no_failure(fake, fal, client):
    early = {"detail": "Request is still in progress"}
    fake.script([{"fault": "status", "status": 400, "body": early, "at": "result"}])
    answer = ADAPTER.submit(ask_for(remote_id="fal-ai/x"), fal(), client=client)
    waiting = ADAPTER.poll(answer, fal(), client=client)
    assert isinstance(waiting, Pending)
    assert follow(ADAPTER, waiting, fal(), client=client).data.startswith(b"\x89PNG")


def test_job_that_is_said_to_have_failed_is_over(fake, fal, make):
    fake.script([{"fault": "status_failed", "at": "status"}])
    with pytest.raises(ProviderError) as caught:
        make(fal())
    assert (caught.value.billed, caught.value.still_pending) == (None, False)


def test_passing_fault_of_a_download_keeps_the_job(fake, fal, client):
    fake.script([{"fault": "ok", "file": "failing"}])
    answer = ADAPTER.submit(ask_for(remote_id="fal-ai/x"), fal(), client=client)
    with pytest.raises(ProviderError) as caught:
        ADAPTER.poll(answer, fal(), client=client)
    assert (caught.value.still_pending, caught.value.billed) == (True, True)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("https://queue.fal.run/a/b/requests/1", True),
        ("https://eu.queue.fal.run/a/b/requests/1", True),
        ("https://fal.run.evil.example/a", False),
        ("https://evil.example/a", False),
        ("http://queue.fal.run/a", False),
        ("https://user:pass@queue.fal.run/a", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_only_addresses_of_fal_get_the_key(told, kept):
    endpoint = with_key_hosts(FAL, ".fal.run")
    built = "https://queue.fal.run/built"
    assert choose_url(endpoint, told, built=built) == (told if kept else built)


def test_hosts_of_fal_are_not_for_the_key_of_somebody_elses_proxy():
    proxy = with_key_hosts(Endpoint("https://fal-proxy.example/queue"), ".fal.run")
    assert choose_url(proxy, "https://queue.fal.run/a", built="built") == "built"


def test_job_from_a_row_cannot_send_the_key_elsewhere(fal, client):
    with FakeProviders() as other:
        pending = Pending("x", f"{other.origin}/x", Timing(None, 0), cancel_url=f"{other.origin}/c")
        with pytest.raises(ProviderError, match="key may not be sent"):
            ADAPTER.poll(pending, fal(private_hosts=(other.host,)), client=client)
        assert ADAPTER.cancel(pending, fal(private_hosts=(other.host,)), client=client) is False
        assert other.requests == []
