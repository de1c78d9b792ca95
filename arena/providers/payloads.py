"""Pictures and numbers inside other people's JSON."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

from arena.providers.types import Reference

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def unpack_picture(packed: str) -> tuple[bytes, str]:
    """Decode base64, bare or as a data URI, to bytes and the media type it declares ("" if none).

    What the bytes are is for the intake to find out. Raises ValueError for what is no base64.
    """
    declared = ""
    if packed.startswith("data:"):
        head, _comma, packed = packed.partition(",")
        declared = head.removeprefix("data:").partition(";")[0]
        if not head.endswith(";base64"):
            return unquote_to_bytes(packed), declared
    try:
        return base64.b64decode("".join(packed.split()), validate=True), declared
    except binascii.Error as error:
        raise ValueError("no valid base64") from error


def tell_type(data: bytes, declared: str) -> str:
    """Tell a picture's media type by its first bytes, else by what was declared."""
    for signature, content_type in _SIGNATURES:
        if data.startswith(signature):
            return content_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return declared.partition(";")[0].strip().lower() or "application/octet-stream"


def as_data_uri(picture: Reference) -> str:
    """Write a reference picture as a data URI."""
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.data).decode()}"


def read_text(value: Any) -> str | None:
    """Give a text that is not empty, else None."""
    return value if isinstance(value, str) and value else None


def read_count(value: Any) -> int | None:
    """Give a whole number from 0 up, else None."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and value >= 0 else None


def read_seconds(value: Any) -> float | None:
    """Give a number of seconds from 0 to a day, else None."""
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if numeric and 0 <= value <= 86_400 else None


def read_object(value: Any) -> Mapping[str, Any]:
    """Give an object as it is, and an empty one for everything else."""
    return value if isinstance(value, Mapping) else {}


def read_list(value: Any) -> list[Any]:
    """Give a list as it is, and an empty one for everything else."""
    return value if isinstance(value, list) else []
