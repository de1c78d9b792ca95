"""Keys of the gateway: made once, found by digest, ended, noted."""

import hashlib
from datetime import timedelta

import pytest
from django.core.serializers import serialize
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from arena.clients.keys import KeyRefused, find_key, make_key, revoke_key
from arena.clients.models import ApiKey

pytestmark = pytest.mark.django_db


def test_a_key_is_random_and_only_its_digest_is_kept():
    made, other = (make_key(name="Ann", scopes=["generate"]) for _ in range(2))
    assert made.secret != other.secret
    assert made.secret.startswith("pg_")
    assert len(made.secret) >= 3 + 32
    rows = serialize("json", ApiKey.objects.all())
    assert made.secret not in rows
    assert made.secret not in repr(made)
    assert made.key.digest == hashlib.sha256(made.secret.encode()).hexdigest()
    # The prefix tells keys apart and leaves more than 190 bits unknown.
    assert made.secret.startswith(made.key.prefix)
    assert len(made.secret) - len(made.key.prefix) >= 32


def test_a_key_is_found_by_its_secret_alone():
    made = make_key(name="Ann", scopes=["generate", "models"])
    make_key(name="Bob", scopes=["edit"])
    assert find_key(made.secret) == made.key
    assert find_key(made.secret).scopes == ["generate", "models"]


@pytest.mark.parametrize("secret", ["", "pg_", "sk-1234", "pg_" + "a" * 43, "pg_\x00" + "a" * 43])
def test_what_is_no_key_is_refused(secret):
    make_key(name="Ann", scopes=["generate"])
    with pytest.raises(KeyRefused) as refusal:
        find_key(secret)
    assert secret == "" or secret not in refusal.value.sentence.replace("pg_.", "")


def test_a_changed_letter_is_another_key():
    secret = make_key(name="Ann", scopes=["generate"]).secret
    changed = secret[:-1] + ("A" if secret[-1] != "A" else "B")
    with pytest.raises(KeyRefused, match="not known"):
        find_key(changed)


def test_an_expired_key_is_refused():
    soon = timezone.now() + timedelta(hours=1)
    made = make_key(name="Ann", scopes=["generate"], expires_at=soon)
    assert find_key(made.secret) == made.key
    ApiKey.objects.update(expires_at=timezone.now())
    with pytest.raises(KeyRefused, match="expired"):
        find_key(made.secret)


def test_a_revoked_key_is_refused_from_its_next_call_on():
    made = make_key(name="Ann", scopes=["generate"])
    assert revoke_key(made.key)
    assert not revoke_key(made.key)
    with pytest.raises(KeyRefused, match="revoked"):
        find_key(made.secret)


@pytest.mark.parametrize("scopes", [[], ["everything"], ["generate", "admin"]])
def test_a_key_for_nothing_or_for_something_unknown_is_not_made(scopes):
    with pytest.raises(ValueError, match="scope"):
        make_key(name="Ann", scopes=scopes)
    assert not ApiKey.objects.exists()


def test_the_last_use_is_noted_once_a_minute():
    made = make_key(name="Ann", scopes=["generate"])
    find_key(made.secret)
    first = ApiKey.objects.get().last_used_at
    assert timezone.now() - first < timedelta(seconds=10)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        find_key(made.secret)
    assert [q["sql"][:6] for q in queries] == ["SELECT"]
    assert ApiKey.objects.get().last_used_at == first
    ApiKey.objects.update(last_used_at=first - timedelta(seconds=61))
    find_key(made.secret)
    assert ApiKey.objects.get().last_used_at >= first
