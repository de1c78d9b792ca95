"""A WSGI application that speaks the OpenAI Images API for the studios.

`/v1/...` is the plain server, `/express/v1/...` and `/economy/v1/...` are the demo providers of
`shops.py`. Environment: PARAGONE_STUDIO_KEY (bearer key; open when unset), PARAGONE_STUDIO_FILES
(folder for pictures answered by URL), PARAGONE_STUDIO_FAULTS=0 (shops never wait or fail).
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import os
import random
import re
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from arena.studios.plan import MAX_PROMPT, BadPromptError, DeclinedError
from arena.studios.shelf import put_picture, take_picture
from arena.studios.shops import SHOPS, Fault, Shop, toss_fault, toss_wait
from arena.studios.studio import STUDIOS, BadPictureError, Drawing, draw_picture

MAX_BODY = 30 * 1024 * 1024
LEAST, MOST = 256, 1536
MOST_PICTURES = 4
log = logging.getLogger(__name__)

# NumPy work holds the interpreter lock most of the time: two renders at once would only make both
# late, and double the memory.
_one_at_a_time = threading.Semaphore(1)
_dice = random.SystemRandom()


class ApiError(Exception):
    """An error answer: HTTP status and the four fields of OpenAI's error object."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI entry point."""
    request = Request(environ)
    request.max_content_length = MAX_BODY
    request.max_form_memory_size = 1024 * 1024
    request.max_form_parts = 60
    try:
        return answer(request)(environ, start_response)
    finally:
        # Uploads live in temporary files that only this closes.
        request.close()


def answer(request: Request) -> Response:
    """Route a request and turn every failure into an error body."""
    try:
        return _route(request)
    except ApiError as error:
        return _json(error.body, error.status, error.headers)
    except RequestEntityTooLarge:
        too_large = ApiError(413, "The request is larger than 30 MB.", code="request_too_large")
        return _json(too_large.body, 413)
    except Exception:
        log.exception("studio request failed: %s %s", request.method, request.path)
        failed = ApiError(500, "The studio failed on this request.", kind="server_error")
        return _json(failed.body, 500)


def _route(request: Request) -> Response:
    path = request.path.rstrip("/") or "/"
    shop, path = _shop_of(path)
    if path == "/healthz":
        _allow(request, "GET")
        return _json({"status": "ok"}, 200)
    if path.startswith("/files/"):
        _allow(request, "GET")
        return _send_file(path.removeprefix("/files/"))
    routes = {
        "/v1/models": ("GET", _list_models),
        "/v1/images/generations": ("POST", _generate),
        "/v1/images/edits": ("POST", _edit),
    }
    if path not in routes:
        raise ApiError(404, f"Unknown path {path}.", code="unknown_url")
    method, handler = routes[path]
    _allow(request, method)
    _check_key(request)
    if request.content_length is not None and request.content_length > MAX_BODY:
        raise RequestEntityTooLarge
    if shop is not None and method == "POST":
        _keep_shop(shop)
    return handler(request)


def _shop_of(path: str) -> tuple[Shop | None, str]:
    """Split a demo provider's prefix off a path."""
    first, _, rest = path.removeprefix("/").partition("/")
    return (SHOPS[first], f"/{rest}") if first in SHOPS else (None, path)


def _keep_shop(shop: Shop) -> None:
    """Wait and fail as this shop does; nobody's drawing is held up by it."""
    if os.environ.get("PARAGONE_STUDIO_FAULTS") == "0":
        return
    time.sleep(toss_wait(shop, dice=_dice))
    fault: Fault | None = toss_fault(shop, dice=_dice)
    if fault is not None:
        raise ApiError(
            fault.status,
            fault.message,
            code=fault.code,
            kind=fault.kind,
            retry_after=fault.retry_after,
        )


def _allow(request: Request, method: str) -> None:
    if request.method not in {method, "HEAD" if method == "GET" else method}:
        raise ApiError(405, f"Use {method} for {request.path}.", code="method_not_allowed")


def _check_key(request: Request) -> None:
    key = os.environ.get("PARAGONE_STUDIO_KEY", "")
    if not key:
        return
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode("latin-1"), key.encode()):
        raise ApiError(401, "Incorrect API key provided.", code="invalid_api_key")


def _list_models(request: Request) -> Response:
    data = [
        {
            "id": studio.model,
            "object": "model",
            "created": 1_790_000_000,
            "owned_by": "paragone-studios",
            "name": studio.name,
            "disciplines": list(studio.disciplines),
        }
        for studio in STUDIOS.values()
    ]
    return _json({"object": "list", "data": data}, 200)


def _generate(request: Request) -> Response:
    try:
        fields = json.loads(request.get_data())
    except (ValueError, UnicodeDecodeError) as problem:
        raise ApiError(400, "The body is not valid JSON.", code="invalid_json") from problem
    if not isinstance(fields, dict):
        raise ApiError(400, "The body must be a JSON object.", code="invalid_json")
    return _draw(request, fields, ())


def _edit(request: Request) -> Response:
    if request.mimetype != "multipart/form-data":
        raise ApiError(400, "Send an edit as multipart/form-data.", code="invalid_content_type")
    fields: dict[str, Any] = request.form.to_dict()
    uploads: list[FileStorage] = request.files.getlist("image") + request.files.getlist("image[]")
    if not uploads:
        raise ApiError(
            400,
            "Missing required parameter: image.",
            param="image",
            code="missing_required_parameter",
        )
    if len(uploads) > MOST_PICTURES:
        raise ApiError(
            400,
            f"At most {MOST_PICTURES} pictures can be edited at once.",
            param="image",
            code="too_many_images",
        )
    return _draw(request, fields, tuple(upload.read() for upload in uploads))


def _draw(request: Request, fields: dict[str, Any], references: tuple[bytes, ...]) -> Response:
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise ApiError(
            400,
            "Missing required parameter: prompt.",
            param="prompt",
            code="missing_required_parameter",
        )
    if len(prompt) > MAX_PROMPT:
        raise ApiError(
            400,
            f"The prompt is longer than {MAX_PROMPT} characters.",
            param="prompt",
            code="string_above_max_length",
        )
    model = fields.get("model")
    if not isinstance(model, str) or model not in STUDIOS:
        raise ApiError(
            404, f"The model '{model}' does not exist.", param="model", code="model_not_found"
        )
    width, height = _size(fields.get("size"))
    count = _whole(fields, "n", 1, 1, 4)
    seed = _whole(fields, "seed", 0, 0, 2**31 - 1)
    form = fields.get("response_format")
    form = "b64_json" if form in (None, "") else form
    if form not in ("b64_json", "url"):
        raise ApiError(
            400,
            "response_format must be b64_json or url.",
            param="response_format",
            code="invalid_value",
        )
    pictures = [
        _render(model, prompt, width, height=height, take=seed + number, references=references)
        for number in range(count)
    ]
    data = [_item(request, picture, form) for picture in pictures]
    return _json({"created": int(time.time()), "data": data}, 200)


def _render(
    model: str,
    prompt: str,
    width: int,
    *,
    height: int,
    take: int,
    references: tuple[bytes, ...],
) -> Drawing:
    try:
        with _one_at_a_time:
            return draw_picture(
                studio=model,
                prompt=prompt,
                width=width,
                height=height,
                take=take,
                references=references,
            )
    except DeclinedError as reason:
        raise ApiError(400, str(reason), code="declined", param="prompt") from reason
    except BadPromptError as problem:
        raise ApiError(400, str(problem), code="invalid_prompt", param="prompt") from problem
    except BadPictureError as problem:
        raise ApiError(400, str(problem), code="invalid_image", param="image") from problem


def _item(request: Request, picture: Drawing, form: str) -> dict[str, str]:
    if form == "url":
        where = f"{request.host_url}files/{put_picture(picture.png)}"
        return {"url": where, "revised_prompt": picture.note}
    encoded = base64.b64encode(picture.png).decode("ascii")
    return {"b64_json": encoded, "revised_prompt": picture.note}


def _size(value: object) -> tuple[int, int]:
    if value in (None, "", "auto"):
        return 1024, 1024
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})", value) if isinstance(value, str) else None
    if found:
        width, height = int(found.group(1)), int(found.group(2))
        if LEAST <= width <= MOST and LEAST <= height <= MOST:
            return width, height
    raise ApiError(
        400,
        f"size must be auto or WIDTHxHEIGHT from {LEAST} to {MOST}.",
        param="size",
        code="invalid_size",
    )


def _whole(fields: dict[str, Any], name: str, usual: int, least: int, most: int) -> int:
    value = fields.get(name)
    if value is None or value == "":
        return usual
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ApiError(
            400,
            f"{name} must be a whole number from {least} to {most}.",
            param=name,
            code="invalid_value",
        )
    return value


def _send_file(name: str) -> Response:
    png = take_picture(name)
    if png is None:
        raise ApiError(404, "No such file, or it has expired.", code="file_not_found")
    return Response(png, mimetype="image/png", headers={"Cache-Control": "private, max-age=3600"})


def _json(body: dict[str, Any], status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        json.dumps(body, ensure_ascii=False),
        status=status,
        headers=dict(headers or {}),
        content_type="application/json",
    )
