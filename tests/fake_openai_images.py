"""The OpenAI Images dialect of the fake provider: its paths, its faults, what each charges."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from tests.fake_faults import Fault, Good, Reply, keep_file, play, says, send
from tests.fake_pictures import ODD_PICTURES, make_16_bit_png, make_cmyk_jpeg, make_png

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders

__all__ = ["BASE", "FAULTS", "complain", "make_16_bit_png", "make_cmyk_jpeg", "speak"]

BASE = "/v1"
_HERE = sys.modules[__name__]


def speak(fake: FakeProviders, call: Call) -> bool:
    """POST /v1/images/generations and /v1/images/edits."""
    request = call.request
    if request.path not in ("/v1/images/generations", "/v1/images/edits"):
        return False
    if fake.key is not None and request.headers.get("authorization") != f"Bearer {fake.key}":
        call.send_json(401, _error("Incorrect API key provided.", code="invalid_api_key"))
        return True
    if not request.fields.get("prompt") or not request.fields.get("model"):
        call.send_json(400, _error("Missing field.", code="missing_required_parameter"))
        return True
    if request.path.endswith("/edits") and not request.files:
        call.send_json(400, _error("Missing image.", code="missing_required_parameter"))
        return True
    step = fake.next_step()
    play(fake, call, step, good=lambda: _picture(fake, call, step), dialect=_HERE)
    return True


def complain(status: int) -> dict[str, Any]:
    """An error body without a code of its own."""
    return _error("No.", code=None)


def _error(
    message: str, *, code: str | None, kind: str = "invalid_request_error"
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _picture(
    fake: FakeProviders, call: Call, step: Mapping[str, Any], *, data: bytes | None = None
) -> Reply:
    fields = call.request.fields
    count = step.get("images", 1)
    fake.charge(step, usually=True, images=count)
    told = f"{fields.get('model')}|{fields.get('prompt')}|{fields.get('seed')}"
    made = make_png(told, size=str(fields.get("size", "256x256"))) if data is None else data
    by_url = step.get("file") or (fields.get("response_format") or fake.answer_with) == "url"
    entry: dict[str, Any] = {"revised_prompt": f"Revised: {fields['prompt']}"}
    if by_url:
        entry["url"] = keep_file(fake, step, made)
    else:
        entry["b64_json"] = base64.b64encode(made).decode()
    if "seed" in fields:
        entry["seed"] = int(fields["seed"])
    details = {"text_tokens": 8, "image_tokens": 4}
    usage = {"input_tokens": 12, "output_tokens": 1120, "total_tokens": 1132}
    body = {
        "created": 1_700_000_000,
        "data": [entry] * count,
        "usage": usage | {"input_tokens_details": details},
    }
    return Reply(json.dumps(body).encode(), headers={"x-request-id": "req-1"})


def _complains(
    status: int,
    message: str,
    *,
    code: str | None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
) -> Fault:
    return says(_error(message, code=code, kind=kind), status=status, headers=headers)


def _delivers(make: Callable[[], bytes]) -> Fault:
    """A fault that is a good answer around a picture that is not."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        send(call, _picture(fake, call, step, data=make()))

    return answer


def _with_file(file: str) -> Fault:
    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        send(call, _picture(fake, call, {**step, "file": file}))

    return answer


def _rate_date(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    body = _error("Slow down.", code="rate_limit_exceeded", kind="requests")
    dated = {"fault": "status", "status": 429, "body": body, "date": step.get("seconds", 30)}
    play(fake, call, dated, good=good, dialect=_HERE)


def _html502(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    """A proxy's page: the connection behind it broke once the picture was made."""
    good()
    paged = {"fault": "status", "status": 502, "html": True}
    play(fake, call, paged, good=good, dialect=_HERE)


def _bad_base64(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    fake.charge(step, usually=True)
    call.send_json(200, {"data": [{"b64_json": "%%% not base64 %%%"}]})


def _url(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    send(call, _picture(fake, call, {**step, "file": "private"}))


def _file_redirect(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    path = fake.keep_file(b"", status=302, headers={"Location": step["to"]})
    send(call, _picture(fake, call, {**step, "file": "private", "to": fake.origin + path}))


FAULTS: dict[str, Fault] = {
    "auth": _complains(401, "Incorrect API key provided: sk-fake****cret.", code="invalid_api_key"),
    "auth_lumenfall": _complains(401, "Bad key.", code="AUTHENTICATION_FAILED"),
    "forbidden": _complains(403, "Your country is not supported.", code=None),
    "policy": _complains(
        400,
        "Your request was rejected by the safety system.",
        code="moderation_blocked",
        kind="image_generation_user_error",
    ),
    "policy_old": _complains(400, "This request was rejected.", code="content_policy_violation"),
    "policy_words": _complains(
        400,
        "Your request was rejected as a result of our safety system. Your prompt may contain "
        "text that is not allowed by our safety system.",
        code=None,
    ),
    "declined": _complains(422, "This studio draws no people.", code="declined", kind="declined"),
    "rate": _complains(
        429, "Slow down.", code="rate_limit_exceeded", kind="requests", headers={"Retry-After": "7"}
    ),
    "rate_ms": _complains(
        429,
        "Slow down.",
        code="rate_limit_exceeded",
        kind="requests",
        headers={"retry-after-ms": "1500", "Retry-After": "2"},
    ),
    "rate_words": _complains(
        429, "Rate limit reached. Please try again in 20s.", code="rate_limit_exceeded"
    ),
    "rate_date": _rate_date,
    "quota": _complains(
        429,
        "You exceeded your current quota.",
        code="insufficient_quota",
        kind="insufficient_quota",
        headers={"Retry-After": "1"},
    ),
    "payment": _complains(402, "Top up.", code="INSUFFICIENT_BALANCE"),
    "not_found": _complains(404, "The model does not exist.", code="model_not_found"),
    "server_500": _complains(500, "The server had an error.", code=None, kind="server_error"),
    "server_502": _complains(502, "All providers failed.", code="ALL_PROVIDERS_EXHAUSTED"),
    "server_503": _complains(503, "Overloaded.", code=None, kind="server_error"),
    "html502": _html502,
    "empty_data": says({"created": 1, "data": []}),
    "error_in_200": says(_error("The image engine failed.", code=None, kind="server_error")),
    "policy_in_200": says(_error("Blocked.", code="moderation_blocked")),
    "answer": says(None),
    "bad_base64": _bad_base64,
    "url": _url,
    "relative_url": _with_file("relative"),
    "file_redirect": _file_redirect,
    "redirect_private": _with_file("to_private"),
    "expired_file": _with_file("expired"),
    **{name: _delivers(make) for name, make in ODD_PICTURES.items()},
}
