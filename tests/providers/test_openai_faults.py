"""Each fault of a provider gets its own name, the right advice and the right word on money."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from arena.providers.types import Outcome

# fault, outcome, retryable, fallback, billed, http status
CASES = [
    ("auth", Outcome.AUTH, False, True, False, 401),
    ("auth_lumenfall", Outcome.AUTH, False, True, False, 401),
    ("forbidden", Outcome.AUTH, False, True, False, 403),
    ("policy", Outcome.REFUSED, False, False, False, 400),
    ("policy_old", Outcome.REFUSED, False, False, False, 400),
    ("policy_words", Outcome.REFUSED, False, False, False, 400),
    ("policy_in_200", Outcome.REFUSED, False, False, False, 200),
    ("declined", Outcome.DECLINED, False, False, False, 422),
    ("rate", Outcome.RATE_LIMITED, True, True, False, 429),
    ("quota", Outcome.QUOTA, False, True, False, 429),
    ("payment", Outcome.QUOTA, False, True, False, 402),
    ("not_found", Outcome.NOT_FOUND, False, True, False, 404),
    ("server_500", Outcome.SERVER_ERROR, True, True, False, 500),
    ("server_502", Outcome.SERVER_ERROR, True, True, False, 502),
    ("server_503", Outcome.SERVER_ERROR, True, True, False, 503),
    ("html502", Outcome.SERVER_ERROR, True, True, None, 502),
    ("error_in_200", Outcome.SERVER_ERROR, True, True, False, 200),
    ("empty_data", Outcome.EMPTY, True, True, None, 200),
    ("api_redirect", Outcome.BAD_ANSWER, False, True, False, 307),
    ("bad_json", Outcome.BAD_ANSWER, True, True, None, 200),
    ("deep_json", Outcome.BAD_ANSWER, True, True, None, 200),
    ("bad_base64", Outcome.BAD_ANSWER, False, True, True, 200),
    ("reset", Outcome.CONNECTION, True, True, None, None),
    ("reset_mid_body", Outcome.CONNECTION, True, True, None, None),
    ("truncated", Outcome.CONNECTION, True, True, None, None),
    ("expired_file", Outcome.BAD_ANSWER, False, True, True, 403),
    ("redirect_private", Outcome.CONNECTION, False, True, True, None),
]


@pytest.mark.parametrize(("fault", "outcome", "retryable", "fallback", "billed", "status"), CASES)
def test_fault_is_named(
    *, fake, endpoint, failure, fault, outcome, retryable, fallback, billed, status
):
    fake.script([fault])
    error = failure(endpoint())
    assert error.outcome is outcome
    assert (error.retryable, error.fallback) == (retryable, fallback)
    assert (error.billed, error.http_status) == (billed, status)
    assert error.timing is not None
    assert len(error.message) < 700
    assert len(fake.posts) == 1, "one call, one POST: a picture is never asked for twice"


@pytest.mark.parametrize("fault", [case[0] for case in CASES])
def test_what_is_said_of_the_bill_is_true(fake, endpoint, failure, fault):
    fake.script([fault])
    error = failure(endpoint())
    if error.billed is not None:
        assert error.billed is (fake.bill == 1)
    elif fault != "empty_data":  # a success without a picture is charged or not, nobody says
        assert fake.bill == 1, "unknown is for calls that may have been charged"


@pytest.mark.parametrize("fault", ["hang", "drip", "drip_headers"])
def test_total_deadline_beats_silence_and_drips(fake, endpoint, failure, fault):
    fake.script([fault])
    started = time.monotonic()
    error = failure(endpoint(deadline_seconds=0.4, read_seconds=0.3))
    assert time.monotonic() - started < 1.5
    assert (error.outcome, error.billed, error.retryable) == (Outcome.TIMEOUT, None, True)
    assert error.timing.total_ms >= 290
    assert (error.timing.ttfb_ms is not None) == (fault == "drip")


def test_deadline_cuts_a_wait_that_began_in_time(fake, endpoint, failure):
    fake.script([{"fault": "drip", "seconds": 0.6}])
    started = time.monotonic()
    assert failure(endpoint(deadline_seconds=0.8)).outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 1.1


def test_deadline_covers_the_download_as_well(fake, endpoint, failure):
    fake.latency_seconds = 0.3
    fake.script(["expired_file"])
    fake.files = _SlowFiles()
    started = time.monotonic()
    error = failure(endpoint(deadline_seconds=0.6))
    assert time.monotonic() - started < 2
    assert (error.outcome, error.billed) == (Outcome.TIMEOUT, True)


class _SlowFiles(dict):
    def __getitem__(self, path: str) -> object:
        time.sleep(0.45)
        return super().__getitem__(path)


@pytest.mark.parametrize("fault", ["huge", "gzip_bomb"])
def test_answers_past_the_cap_are_cut_off(fake, endpoint, failure, fault):
    fake.script([fault])
    error = failure(endpoint(max_bytes=1_000_000))
    assert (error.outcome, error.billed, error.retryable) == (Outcome.TOO_LARGE, None, False)


def test_packed_answer_that_ends_early_is_a_bad_answer(fake, endpoint, failure):
    fake.script([{"fault": "gzip", "keep": 60}])
    error = failure(endpoint())
    assert error.outcome is Outcome.BAD_ANSWER
    assert "unpacked" in error.message


def test_bomb_is_not_unpacked_past_the_cap(fake, endpoint, failure):
    fake.script([{"fault": "gzip_bomb", "bytes": 48 * 1024 * 1024}])
    tracemalloc.start()
    try:
        failure(endpoint(max_bytes=1_000_000))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("fault", "least", "most"),
    [("rate", 7, 7), ("rate_ms", 1.5, 1.5), ("rate_date", 28, 31), ("rate_words", 20, 20)],
)
def test_four_spellings_of_retry_after_are_read(*, fake, endpoint, failure, fault, least, most):
    fake.script([fault])
    assert least <= failure(endpoint()).retry_after_seconds <= most


@pytest.mark.parametrize(
    ("status", "outcome", "retryable", "billed"),
    [
        (400, Outcome.BAD_REQUEST, False, False),
        (408, Outcome.TIMEOUT, True, None),
        (409, Outcome.SERVER_ERROR, True, False),
        (410, Outcome.NOT_FOUND, False, False),
        (413, Outcome.TOO_LARGE, False, False),
        (418, Outcome.BAD_REQUEST, False, False),
        (422, Outcome.BAD_REQUEST, False, False),
        (504, Outcome.SERVER_ERROR, True, None),
        (520, Outcome.SERVER_ERROR, True, None),
        (524, Outcome.SERVER_ERROR, True, None),
        (529, Outcome.SERVER_ERROR, True, False),
    ],
)
def test_bare_status_is_enough(*, fake, endpoint, failure, status, outcome, retryable, billed):
    fake.script([{"fault": "status", "status": status}])
    error = failure(endpoint())
    assert (error.outcome, error.retryable, error.billed) == (outcome, retryable, billed)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "no such size"}, "no such size"),
        ({"detail": "no such size"}, "no such size"),
        (
            {"detail": [{"loc": ["size"], "msg": "no such size", "type": "value_error"}]},
            "no such size",
        ),
        ({"object": "error", "message": "no such size", "code": 400}, "no such size"),
        ({"error": {"message": "no\n\x1b[31msuch   size"}}, "no [31msuch size"),
        ({"error": {"message": "x" * 9000}}, "x" * 499 + "…"),
        ({"error": {"message": {"nested": 1}}}, "(HTTP 400)."),
        ([], "(HTTP 400)."),
    ],
)
def test_words_of_the_provider_are_found_and_trimmed(fake, endpoint, failure, body, words):
    fake.script([{"fault": "status", "status": 400, "body": body}])
    error = failure(endpoint())
    assert error.outcome is Outcome.BAD_REQUEST
    assert error.message.endswith(words)


def test_html_pages_are_not_quoted(fake, endpoint, failure):
    fake.script(["html502"])
    assert failure(endpoint()).message == "The provider failed (HTTP 502)."


def test_key_is_taken_out_of_the_providers_words(fake, endpoint, failure):
    from tests.providers.conftest import KEY

    echo = f"Key {KEY} is wrong, so is sk-proj-****abcd and Bearer {KEY}."
    fake.script([{"fault": "status", "status": 400, "body": {"error": {"message": echo}}}])
    error = failure(endpoint())
    assert "canary" not in error.message
    assert "abcd" not in error.message


def test_mistaken_safety_field_is_no_refusal(fake, endpoint, failure):
    body = {"error": {"message": "Unknown parameter: safety_policy", "code": "unknown_parameter"}}
    fake.script([{"fault": "status", "status": 400, "body": body}])
    assert failure(endpoint()).outcome is Outcome.BAD_REQUEST


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"created": 1}, Outcome.EMPTY),
        ({"data": None}, Outcome.EMPTY),
        ({"data": [{}]}, Outcome.EMPTY),
        ({"data": [None]}, Outcome.EMPTY),
        ({"data": [{"b64_json": ""}]}, Outcome.EMPTY),
        ({"data": [{"b64_json": "  \n"}]}, Outcome.EMPTY),
        ({"data": [{"revised_prompt": "x"}]}, Outcome.EMPTY),
        ({"data": {"b64_json": "AAEC"}}, Outcome.BAD_ANSWER),
        ({"data": ["AAEC"]}, Outcome.BAD_ANSWER),
        (["AAEC"], Outcome.BAD_ANSWER),
        ("AAEC", Outcome.BAD_ANSWER),
        ({"data": [{"b64_json": "AAE"}]}, Outcome.BAD_ANSWER),
        ({"error": "engine broke"}, Outcome.SERVER_ERROR),
    ],
)
def test_good_status_around_a_wrong_shape_is_named(fake, endpoint, failure, body, outcome):
    fake.script([{"fault": "answer", "body": body}])
    assert failure(endpoint()).outcome is outcome


def test_faults_leave_the_next_call_unharmed(fake, endpoint, failure, submit):
    from tests.providers.conftest import ask_for

    fake.script(["reset", "truncated", "html502", "ok"])
    for _ in range(3):
        failure(endpoint())
    assert submit(ask_for(), endpoint()).http_status == 200


def test_wrong_key_is_told_from_a_right_one(fake, endpoint, failure):
    error = failure(endpoint(key="sk-other-key-000"))
    assert (error.outcome, fake.bill) == (Outcome.AUTH, 0)
