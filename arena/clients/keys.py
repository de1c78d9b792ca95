"""Keys of the gateway: made once, shown once, kept as a digest."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from .models import ApiKey

SECRET_BYTES = 32
PREFIX_LENGTH = 11
LOOKS_LIKE_A_KEY = re.compile(r"pg_[A-Za-z0-9_-]{32,64}")
NOTE_EVERY = timedelta(minutes=1)


class KeyRefused(Exception):
    """The caller has no key that is good now; `sentence` says why and quotes no key."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class NewKey:
    """A key that was just made, and its secret: the only time that anybody sees it."""

    key: ApiKey
    secret: str = field(repr=False)


def make_key(
    *,
    name: str,
    scopes: Iterable[str],
    dollars_per_day: Decimal | None = None,
    calls_per_day: int | None = None,
    expires_at: datetime | None = None,
    created_by: User | None = None,
) -> NewKey:
    """Make a key; ValueError where it would be good for nothing or for something unknown."""
    wanted = sorted(set(scopes))
    unknown = set(wanted) - set(ApiKey.Scope.values)
    if unknown or not wanted:
        raise ValueError(f"no such scopes: {sorted(unknown)}" if unknown else "a key needs a scope")
    secret = f"pg_{secrets.token_urlsafe(SECRET_BYTES)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        digest=digest_of(secret),
        scopes=wanted,
        dollars_per_day=dollars_per_day,
        calls_per_day=calls_per_day,
        expires_at=expires_at,
        created_by=created_by,
    )
    return NewKey(key, secret)


def digest_of(secret: str) -> str:
    """Give the SHA-256 of a key. It is random and long, so a slow hash would protect nothing more."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_key(secret: str) -> ApiKey:
    """Find the key that a caller shows, and note its use; KeyRefused when it is not good now."""
    if not LOOKS_LIKE_A_KEY.fullmatch(secret):
        raise KeyRefused("This is no key of this site: its keys begin with pg_.")
    key = ApiKey.objects.filter(digest=digest_of(secret)).first()
    if key is None:
        raise KeyRefused("This key is not known here.")
    refuse_ended(key)
    note_use(key)
    return key


def refuse_ended(key: ApiKey) -> None:
    """Raise KeyRefused where a key was revoked or has expired."""
    if key.revoked_at is not None:
        raise KeyRefused("This key was revoked.")
    if has_expired(key):
        raise KeyRefused("This key has expired.")


def has_expired(key: ApiKey) -> bool:
    """Tell whether a key's time is over."""
    return key.expires_at is not None and key.expires_at <= timezone.now()


def note_use(key: ApiKey) -> None:
    """Remember when a key was used last, to the minute: a busy key is not written at each call."""
    if key.last_used_at is not None and timezone.now() - key.last_used_at < NOTE_EVERY:
        return
    old = Q(last_used_at=None) | Q(last_used_at__lt=Now() - NOTE_EVERY)
    ApiKey.objects.filter(old, pk=key.pk).update(last_used_at=Now())


def revoke_key(key: ApiKey) -> bool:
    """End a key for good, from its next call on; False where that was done before."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now()))
