"""Addresses of made pictures: sealed, so that they tell nothing and nobody makes one up; good for an hour."""

import base64
import binascii
import hmac
import secrets
import struct
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

GOOD_FOR_SECONDS = 3600
FORMS = ("", "png", "jpeg", "webp")
ANY_QUALITY = 255
_WHAT = struct.Struct(">QIBB")
_NONCE, _SEAL = 12, 16


@dataclass(frozen=True)
class Address:
    """A generation's picture, in a format ("": as it came) and quality, until a second since 1970."""

    generation_id: int
    form: str
    quality: int | None
    until: int


class BadAddress(Exception):
    """The token is none of ours, was changed, or is too old; `sentence` says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def seal_address(*, generation_id: int, form: str | None, quality: int | None, now: float) -> str:
    """Make the token of an address: 56 URL-safe characters that tell nothing, not even twice the same."""
    told = ANY_QUALITY if quality is None else quality
    plain = _WHAT.pack(generation_id, int(now) + GOOD_FOR_SECONDS, FORMS.index(form or ""), told)
    nonce = secrets.token_bytes(_NONCE)
    hidden = nonce + _mask(plain, nonce)
    return base64.urlsafe_b64encode(hidden + _seal(hidden)).decode().rstrip("=")


def open_address(token: str, *, now: float) -> Address:
    """Read a token; raises BadAddress."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadAddress("There is no such file.") from error
    hidden, seal = raw[:-_SEAL], raw[-_SEAL:]
    if len(hidden) != _NONCE + _WHAT.size or not hmac.compare_digest(seal, _seal(hidden)):
        raise BadAddress("There is no such file.")
    generation_id, until, form, quality = _WHAT.unpack(_mask(hidden[_NONCE:], hidden[:_NONCE]))
    if now >= until:
        raise BadAddress("This address was good for an hour, which is over.")
    return Address(generation_id, FORMS[form], None if quality == ANY_QUALITY else quality, until)


def _mask(text: bytes, nonce: bytes) -> bytes:
    """Lay a key stream over a text; the nonce is never used twice, and laying it on again takes it off."""
    stream = salted_hmac("arena.gateway.addresses.mask", nonce, algorithm="sha256").digest()
    return bytes(a ^ b for a, b in zip(text, stream, strict=False))


def _seal(hidden: bytes) -> bytes:
    return salted_hmac("arena.gateway.addresses.seal", hidden, algorithm="sha256").digest()[:_SEAL]
