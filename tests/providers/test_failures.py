from __future__ import annotations

from datetime import UTC, datetime

import pytest

from arena.providers.failures import (
    charge_by_status,
    load_json,
    quote,
    read_delay_words,
    read_retry_after,
)
from arena.providers.types import Endpoint, Outcome, ProviderError

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0),
        ({"retry-after": " 12.5 "}, 12.5),
        ({"retry-after": "86400"}, 120),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:42 GMT"}, 42),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:42"}, 42),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, None),
        ({"retry-after": "Sun, 22 Nov 2099 12:00:00 GMT"}, 120),
        ({"retry-after": "Sun, 99 Nov 2026 99:00:00 GMT"}, None),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "junk", "retry-after": "9"}, 9),
        ({"retry-after-ms": "-1", "retry-after": "9"}, None),
    ],
)
def test_retry_after_is_read_bounded_or_ignored(headers, seconds):
    assert read_retry_after(headers, now=NOW) == seconds


def test_quote_gives_one_short_line_without_keys():
    words = quote("line\r\n\x00two \u202e " + "y" * 600, key="")
    assert words.startswith("line two y")
    assert len(words) == 500


def test_quote_removes_the_key_and_what_looks_like_one():
    assert quote("a hunter2 b sk-abc123DEF c", key="hunter2") == "a [key] b [key] c"


def test_paid_failure_is_not_advised_to_be_bought_again():
    assert ProviderError(Outcome.BAD_PICTURE, "x", billed=True).retryable is False
    assert ProviderError(Outcome.BAD_PICTURE, "x", billed=False).retryable is True


def test_every_outcome_has_advice():
    for outcome in Outcome:
        assert ProviderError(outcome, "x").outcome is outcome


def test_endpoint_never_prints_its_key():
    assert "hunter2" not in repr(Endpoint("https://api.example/v1", key="hunter2"))


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("Your rate limit for creating predictions resets in ~30s.", 30),
        ("Rate limit reached. Please try again in 20s.", 20),
        ("Please retry in 12.5s.", 12.5),
        ("Try again in 2 minutes.", 120),
        ("try again after 250ms", 0.25),
        ("resets in 9 hours", 120),
        ("resets in 99999s", 120),
        ("retry in a moment", None),
        ("", None),
        ("5 seconds", None),
    ],
)
def test_delay_is_read_from_words(words, seconds):
    assert read_delay_words(words) == seconds


@pytest.mark.parametrize(
    ("status", "spoken", "billed"),
    [
        (400, True, False), (429, False, False), (500, False, False), (503, False, False),
        (502, True, False), (502, False, None), (408, True, None), (504, True, None),
        (520, False, None), (521, False, False), (524, False, None), (529, False, False),
    ],
)  # fmt: skip
def test_charge_is_unknown_where_the_connection_behind_a_proxy_broke(status, spoken, billed):
    assert charge_by_status(status, spoken=spoken) is billed


@pytest.mark.parametrize(
    "secret",
    ["sk-abc123DEF", "Bearer abcdefgh12", "Key 1234-5678:abcd", "AIzaSyA1234567890", "r8_abcdefghij",
     "ya29.abcdefghij"],
)  # fmt: skip
def test_what_looks_like_a_key_is_taken_out(secret):
    assert quote(f"The {secret} is wrong.", key="") == "The [key] is wrong."


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (rb'{"a\u0000": ["x\u0000y", {"b": "\ud83d"}]}', {"a": ["xy", {"b": ""}]}),
        (b'"half \xed\xa0\x80"', "half "),
        (rb'"whole \ud83d\udea2"', "whole \N{SHIP}"),
        (b"[NaN, -Infinity, 1e999, 1.5]", [None, None, None, 1.5]),
    ],
)
def test_what_postgresql_cannot_keep_is_left_out_of_answers(body, read):
    assert load_json(body) == read
