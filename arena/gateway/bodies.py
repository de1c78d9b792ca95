"""Bodies of requests: read within limits, and not at all where they announce too much."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from .errors import GatewayError, invalid, too_large

MOST_JSON_BYTES = 1024 * 1024
MOST_FORM_BYTES = 64 * 1024 * 1024
MOST_PICTURE_BYTES = 30_000_000
MOST_PICTURES = 16
PICTURE_FIELDS = ("image", "image[]")


@dataclass(frozen=True)
class Body:
    """The fields of a request, and the bytes of the pictures to edit, in their order."""

    fields: Mapping[str, Any]
    pictures: tuple[bytes, ...] = ()


def read_json(request: HttpRequest) -> Body:
    """Read a JSON object; raises GatewayError."""
    _check_length(request, most=MOST_JSON_BYTES)
    _check_type(request, "application/json")
    try:
        fields = json.loads(request.body)
    except UnreadablePostError as error:
        raise _cut_off() from error
    except (ValueError, RecursionError) as error:
        raise invalid("The body is no valid JSON.", param=None, code="invalid_json") from error
    if not isinstance(fields, dict):
        raise invalid("The body must be a JSON object.", param=None, code="invalid_json")
    return Body(fields)


def read_form(request: HttpRequest) -> Body:
    """Read a multipart form with pictures; raises GatewayError."""
    _check_length(request, most=MOST_FORM_BYTES)
    _check_type(request, "multipart/form-data")
    try:
        fields, files = request.POST.dict(), request.FILES
    except UnreadablePostError as error:
        raise _cut_off() from error
    except RequestDataTooBig as error:
        raise too_large("The fields of the form are too long.") from error
    except (MultiPartParserError, SuspiciousOperation, ValueError) as error:
        said = "The body is no valid multipart form."
        raise invalid(said, param=None, code="invalid_form") from error
    for name in files:
        if name == "mask":
            said = "Masks are not supported: say in the prompt what is to change."
            raise invalid(said, param="mask", code="unsupported_parameter")
        if name not in PICTURE_FIELDS:
            said = f"Send pictures as image or image[], not as {name[:60]!r}."
            raise invalid(said, param=name[:60], code="unsupported_parameter")
    uploads = [upload for name in PICTURE_FIELDS for upload in files.getlist(name)]
    return Body(fields, _read_pictures(uploads))


def _read_pictures(uploads: list[UploadedFile]) -> tuple[bytes, ...]:
    if len(uploads) > MOST_PICTURES:
        said = f"At most {MOST_PICTURES} pictures can be sent, not {len(uploads)}."
        raise invalid(said, param="image", code="too_many_images")
    for number, upload in enumerate(uploads, start=1):
        if (upload.size or 0) > MOST_PICTURE_BYTES:
            raise too_large(f"Picture {number} is larger than {MOST_PICTURE_BYTES} bytes.")
    return tuple(upload.read() for upload in uploads)


def _check_length(request: HttpRequest, *, most: int) -> None:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if "Transfer-Encoding" in request.headers or not announced.isdecimal():
        said = "Send the body's length (Content-Length), not chunks."
        raise GatewayError(411, said, code="length_required")
    if int(announced) > most:
        raise too_large(f"The body is larger than {most} bytes.")


def _check_type(request: HttpRequest, wanted: str) -> None:
    if request.content_type != wanted:
        said = f"Send the body as {wanted}."
        raise invalid(said, param=None, code="invalid_content_type")


def _cut_off() -> GatewayError:
    return invalid("The body was cut off.", param=None, code="invalid_body")
