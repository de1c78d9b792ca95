"""Every way to fail has its status and OpenAI's shape, and no page for browsers."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from arena.clients.keys import make_key
from arena.clients.models import ApiKey
from arena.gateway import views
from arena.gateway.permits import count_taken
from arena.generation.models import Generation
from tests.factories import create_offering

from .conftest import EDITS, GENERATIONS, MODELS, headers, read_error, set_price


class Unread:
    """A body that fails the test when a byte of it is read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = read


BODY = {"model": "harbour-1", "prompt": "A red boat.", "size": "256x256"}


@pytest.fixture(autouse=True)
def all_permits_return():
    """Whatever goes wrong, the room that a call took is free again."""
    yield
    assert count_taken() == 0


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic cGc6cGc=",
        "Bearer sk-something",
        "Bearer pg_" + "x" * 43,
        "Bearer pg_ü",
        "Bearer a b",
    ],
)
def test_without_a_good_key_it_is_401(client: Client, transactional_db, value):
    sent = {} if value is None else {"Authorization": value}
    answer = client.post(GENERATIONS, BODY, content_type="application/json", headers=sent)
    assert answer.status_code == 401
    error = read_error(answer)
    assert error["code"] == "invalid_api_key"
    assert "sk-something" not in error["message"]
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_401_at_once(fake, generate, secret):
    assert generate().status_code == 200
    ApiKey.objects.update(revoked_at="2026-01-01T00:00Z")
    answer = generate()
    assert (answer.status_code, read_error(answer)["code"]) == (401, "invalid_api_key")
    assert len(fake.posts) == 1


def test_a_stranger_is_turned_away_before_the_body_is_read(client: Client, transactional_db):
    answer = client.generic("POST", EDITS, **{"wsgi.input": Unread(), "CONTENT_LENGTH": "1000"})
    assert answer.status_code == 401


def test_each_address_needs_its_scope(client: Client, fake, model):
    for scope, (method, address) in {
        "models": ("GET", MODELS),
        "generate": ("POST", GENERATIONS),
        "edit": ("POST", EDITS),
    }.items():
        others = [s for s in ApiKey.Scope.values if s != scope]
        key = make_key(name="Bob", scopes=others).secret
        answer = client.generic(method, address, headers=headers(key))
        assert answer.status_code == 403
        assert scope in read_error(answer)["message"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (GENERATIONS, "POST"),
        (EDITS, "POST"),
        (MODELS, "GET, HEAD"),
        (f"{MODELS}/harbour-1", "GET, HEAD"),
        ("/openai/v1/files/x", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_405_with_what_is_right(client: Client, secret, address, allowed):
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        if method in allowed.split(", "):
            continue
        answer = client.generic(method, address, headers=headers(secret))
        assert answer.status_code == 405
        assert answer["Allow"] == allowed
        if method != "HEAD":
            assert read_error(answer)["code"] == "method_not_allowed"


def test_unknown_addresses_and_hosts_get_json(client: Client, transactional_db):
    for address in ("/openai/", "/openai/v1/chat/completions", "/openai/v1/images/generations/"):
        for method in ("GET", "POST"):
            answer = client.generic(method, address)
            assert answer.status_code == 404
            assert read_error(answer)["code"] == "unknown_url"
    answer = client.get(MODELS, headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"", "application/json", "invalid_content_type"),
        (b" ", "application/json", "invalid_json"),
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "invalid_json"),
        (b'"text"', "application/json", "invalid_json"),
        (b"\xff\xfe", "application/json", "invalid_json"),
        (b"[" * 200_000, "application/json", "invalid_json"),
        (b'{"n": ' + b"9" * 5_000 + b"}", "application/json", "invalid_json"),
        (b"{}", "application/json", "missing_required_parameter"),
        (b"{}", "text/plain", "invalid_content_type"),
        (b"a=b", "application/x-www-form-urlencoded", "invalid_content_type"),
    ],
)
def test_a_body_that_is_no_json_object_is_400(client: Client, secret, body, content_type, code):
    answer = client.post(GENERATIONS, body, content_type=content_type, headers=headers(secret))
    assert answer.status_code == 400
    assert read_error(answer)["code"] == code


def test_a_huge_body_is_refused_before_it_is_read(client: Client, secret):
    for address, content_type, most in (
        (GENERATIONS, "application/json", 1024 * 1024),
        (EDITS, "multipart/form-data; boundary=x", 64 * 1024 * 1024),
    ):
        sent = {
            "wsgi.input": Unread(),
            "CONTENT_LENGTH": str(most + 1),
            "CONTENT_TYPE": content_type,
        }
        answer = client.generic("POST", address, headers=headers(secret), **sent)
        assert answer.status_code == 413
        assert read_error(answer)["code"] == "request_too_large"
        assert answer["X-Should-Retry"] == "false"


def test_a_body_in_chunks_is_411(client: Client, secret):
    sent = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = client.generic("POST", GENERATIONS, headers=headers(secret), **sent)
    assert (answer.status_code, read_error(answer)["code"]) == (411, "length_required")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("policy", (400, "image_generation_user_error", "moderation_blocked")),
        ("declined", (400, "image_generation_user_error", "declined")),
        (
            {"fault": "status", "status": 422},
            (400, "invalid_request_error", "rejected_by_provider"),
        ),
        ("empty_data", (502, "server_error", "all_providers_exhausted")),
        ("server_500", (502, "server_error", "all_providers_exhausted")),
        ("auth", (502, "server_error", "all_providers_exhausted")),
        ("quota", (502, "server_error", "all_providers_exhausted")),
        ("not_found", (502, "server_error", "all_providers_exhausted")),
        ("bad_json", (502, "server_error", "all_providers_exhausted")),
        ("html_base64", (502, "server_error", "all_providers_exhausted")),
        ("reset", (502, "server_error", "all_providers_exhausted")),
        ("rate", (429, "requests", "rate_limit_exceeded")),
        ("hang", (504, "server_error", "deadline_exceeded")),
    ],
)
def test_every_end_at_a_provider_has_its_answer(fake, generate, settings, fault, told):
    settings.CALL_DEADLINE = timedelta(seconds=2.5)
    fake.script([fault] * 10)
    answer = generate()
    error, status = read_error(answer), answer.status_code
    assert (status, error["type"], error["code"]) == told
    assert int(answer["X-Paragone-Attempts"]) >= 1
    if status == 429:
        assert int(answer["Retry-After"]) >= 1
    if status >= 500:
        assert "attempt" in error["message"]
        # Each of the client's own retries could be paid for again.
        assert answer["X-Should-Retry"] == "false"


def test_an_honest_reason_is_passed_on(fake, generate):
    fake.script(["declined"] * 3)
    assert "draws no people" in read_error(generate())["message"]


def test_the_operators_account_is_not_told_to_callers(fake, generate):
    """Neither by the failure itself, nor by what holds the next calls back."""
    for fault in ("auth", "ok", "quota", "ok"):
        fake.script([fault] * 10)
        answer = generate()
        assert answer.status_code in (429, 502)
        message = read_error(answer)["message"].lower()
        assert "key" not in message
        assert "quota" not in message


def test_a_lost_answer_of_a_paid_call_is_never_sent_again_by_itself(fake, model, generate):
    create_offering(model=model, provider_slug="second", priority=200)
    set_price(model)
    fake.script(["reset_mid_body"])
    answer = generate()
    assert (answer.status_code, read_error(answer)["code"]) == (502, "answer_lost")
    assert answer["X-Should-Retry"] == "false"
    assert len(fake.posts) == 1
    assert Generation.objects.get().state == "uncertain"


def test_a_deadline_of_a_paid_call_says_that_it_may_be_charged(fake, model, generate, settings):
    settings.CALL_DEADLINE = timedelta(seconds=1)
    set_price(model)
    fake.script(["hang"])
    answer = generate()
    assert answer.status_code == 504
    assert "may have been charged" in read_error(answer)["message"]
    assert (len(fake.posts), Generation.objects.get().state) == (1, "uncertain")


def test_a_fault_of_our_own_tells_an_id_and_no_more(client: Client, secret, monkeypatch, caplog):
    def fail() -> None:
        raise RuntimeError("the secret plan")

    monkeypatch.setattr(views, "list_models", fail)
    answer = client.get(MODELS, headers=headers(secret))
    assert answer.status_code == 503
    error = read_error(answer)
    assert (error["type"], error["code"]) == ("server_error", "internal_error")
    assert "secret plan" not in answer.content.decode()
    assert answer["X-Request-Id"] in error["message"]
    assert answer["X-Request-Id"] in caplog.text


def test_a_database_that_is_away_is_503_for_a_moment(client: Client, secret, monkeypatch):
    from django.db import OperationalError

    def fail() -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(views, "list_models", fail)
    answer = client.get(MODELS, headers=headers(secret))
    assert (answer.status_code, read_error(answer)["code"]) == (503, "unavailable")
    assert answer["Retry-After"] == "2"


def test_no_call_leaves_a_cookie_or_a_session(fake, model, secret):
    from django.contrib.sessions.models import Session

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(
        GENERATIONS, json.dumps(BODY), content_type="application/json", headers=headers(secret)
    )
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert not Session.objects.exists()
