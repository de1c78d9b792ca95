"""The OpenAI Images dialect of the fake provider: its paths, its faults, what each charges."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import json
import struct
import time
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders


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
    fake.stopping.wait(fake.latency_seconds + step.get("latency", 0.0))
    FAULTS[step["fault"]](fake, call, step)
    return True


Fault = Callable[["FakeProviders", "Call", Mapping[str, Any]], None]


def _error(
    message: str, *, code: str | None, kind: str = "invalid_request_error"
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _ok(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    _deliver(fake, call, step, data=make_png(call.request.fields))


def _deliver(
    fake: FakeProviders, call: Call, step: Mapping[str, Any], *, data: bytes, url: str = ""
) -> None:
    fake.charge(step, usually=True)
    call.send_json(200, _success(fake, call, data=data, url=url), headers={"x-request-id": "req-1"})


def _success(fake: FakeProviders, call: Call, *, data: bytes, url: str = "") -> dict[str, Any]:
    fields = call.request.fields
    wanted = fields.get("response_format") or fake.answer_with
    entry: dict[str, Any] = {"revised_prompt": f"Revised: {fields['prompt']}"}
    if url or wanted == "url":
        entry["url"] = url or fake.origin + fake.keep_file(data)
    else:
        entry["b64_json"] = base64.b64encode(data).decode()
    if "seed" in fields:
        entry["seed"] = int(fields["seed"])
    usage = {"input_tokens": 12, "output_tokens": 1120, "total_tokens": 1132}
    return {"created": 1_700_000_000, "data": [entry], "usage": usage}


def make_png(fields: Mapping[str, Any]) -> bytes:
    """Make the picture for a request: small steps of colour, a function of model, prompt, seed."""
    try:
        width, height = (int(side) for side in str(fields.get("size", "256x256")).split("x"))
    except ValueError:
        width, height = 256, 256
    told = f"{fields.get('model')}|{fields.get('prompt')}|{fields.get('seed')}"
    digest = hashlib.sha256(told.encode()).digest()
    tiny = Image.frombytes("RGB", (3, 3), digest[:27])
    return _save(tiny.resize((width, height), Image.Resampling.NEAREST), "PNG")


def _save(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def _says(
    status: int,
    message: str,
    *,
    code: str | None,
    kind: str = "invalid_request_error",
    headers: Mapping[str, str] | None = None,
) -> Fault:
    """A fault that is an orderly error answer; free of charge."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
        fake.charge(step, usually=False)
        sent = dict(headers or {}) | step.get("headers", {})
        call.send_json(status, _error(message, code=code, kind=kind), headers=sent)

    return answer


def _delivers(make: Callable[[], bytes]) -> Fault:
    """A fault that is a good answer around a picture that is not."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
        _deliver(fake, call, step, data=make())

    return answer


def _rate_date(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    when = email.utils.formatdate(time.time() + step.get("seconds", 30), usegmt=True)
    call.send_json(
        429,
        _error("Slow down.", code="rate_limit_exceeded", kind="requests"),
        headers={"Retry-After": when},
    )


def _status(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=False)
    call.send_json(step["status"], step.get("body", _error("No.", code=None)))


def _html502(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    page = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
    call.send(502, page, content_type="text/html")


def _reset(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    call.reset()


def _reset_mid_body(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    body = json.dumps(_success(fake, call, data=make_png(call.request.fields))).encode()
    call.send(200, body[: len(body) // 2], length=len(body))
    call.handler.wfile.flush()
    fake.stopping.wait(0.05)  # let the half arrive: a RST throws away what was not yet read
    call.reset()


def _hang(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    fake.stopping.wait(step.get("seconds", 20))


def _drip(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    body = json.dumps(_success(fake, call, data=make_png(call.request.fields))).encode()
    call.start(200, content_type="application/json", headers=None, length=len(body))
    _dribble(fake, call, body, step)


def _drip_headers(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    _dribble(fake, call, b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 2000, step)


def _dribble(fake: FakeProviders, call: Call, body: bytes, step: Mapping[str, Any]) -> None:
    for position in range(min(len(body), 400)):
        call.handler.wfile.write(body[position : position + 1])
        if fake.stopping.wait(step.get("seconds", 0.05)):
            return


def _truncated(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    body = json.dumps(_success(fake, call, data=make_png(call.request.fields))).encode()
    call.send(200, body, length=len(body) + 1000)


def _bad_json(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    body = json.dumps(_success(fake, call, data=make_png(call.request.fields))).encode()
    call.send(200, body[:-40])


def _deep_json(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    call.send(200, b'{"data":' + b"[" * 200_000 + b"]" * 200_000 + b"}")


def _answers(value: Any) -> Fault:
    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
        fake.charge(step, usually=False)
        call.send_json(200, value)

    return answer


def _bad_base64(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    call.send_json(200, {"data": [{"b64_json": "%%% not base64 %%%"}]})


def _huge(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    """Without a length, so that only counting stops it."""
    fake.charge(step, usually=True)
    call.start(200, content_type="application/json", headers=None, length=None)
    call.handler.wfile.write(b'{"data":[{"b64_json":"')
    for _block in range(step.get("bytes", 40 * 1024 * 1024) // 65536):
        call.handler.wfile.write(b"A" * 65536)


def _gzip_bomb(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    block = b"A" * 65536
    blocks = [packer.compress(block) for _ in range(step.get("bytes", 32 * 1024 * 1024) // 65536)]
    call.send(200, b"".join(blocks) + packer.flush(), headers={"Content-Encoding": "gzip"})


def _gzip(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    fake.charge(step, usually=True)
    body = json.dumps(_success(fake, call, data=make_png(call.request.fields))).encode()
    packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    packed = packer.compress(body) + packer.flush()
    call.send(200, packed[: step.get("keep", len(packed))], headers={"Content-Encoding": "gzip"})


def _api_redirect(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    call.send(307, b"", headers={"Location": step.get("to", "https://elsewhere.example/v1")})


def _url(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    _deliver(fake, call, step, data=b"", url=step["to"])


def _relative_url(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    path = fake.keep_file(make_png(call.request.fields))
    _deliver(fake, call, step, data=b"", url=path)


def _file_redirect(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    path = fake.keep_file(b"", status=302, headers={"Location": step["to"]})
    _deliver(fake, call, step, data=b"", url=fake.origin + path)


def _redirect_private(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    aimed = dict(step) | {"to": "https://127.0.0.1:1/latest/meta-data"}
    _file_redirect(fake, call, aimed)


def _expired_file(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> None:
    path = fake.keep_file(b"<Error>expired</Error>", status=403, content_type="application/xml")
    _deliver(fake, call, step, data=b"", url=fake.origin + path)


def make_16_bit_png() -> bytes:
    """A 256 x 256 grey ramp with 16 bits a sample."""
    ramp = b"".join(struct.pack("<H", column * 257) for column in range(256)) * 256
    return _save(Image.frombytes("I;16", (256, 256), ramp), "PNG")


def make_cmyk_jpeg() -> bytes:
    """A 256 x 256 CMYK JPEG of pure cyan, inverted as Adobe has it."""
    return _save(Image.new("CMYK", (256, 256), (255, 0, 0, 0)), "JPEG", quality=95)


FAULTS: dict[str, Fault] = {
    "ok": _ok,
    "auth": _says(401, "Incorrect API key provided: sk-fake****cret.", code="invalid_api_key"),
    "auth_lumenfall": _says(401, "Bad key.", code="AUTHENTICATION_FAILED"),
    "forbidden": _says(403, "Your country is not supported.", code=None),
    "policy": _says(
        400,
        "Your request was rejected by the safety system.",
        code="moderation_blocked",
        kind="image_generation_user_error",
    ),
    "policy_old": _says(400, "This request was rejected.", code="content_policy_violation"),
    "policy_words": _says(
        400,
        "Your request was rejected as a result of our safety system. Your prompt may contain "
        "text that is not allowed by our safety system.",
        code=None,
    ),
    "declined": _says(422, "This studio draws no people.", code="declined", kind="declined"),
    "rate": _says(
        429, "Slow down.", code="rate_limit_exceeded", kind="requests", headers={"Retry-After": "7"}
    ),
    "rate_ms": _says(
        429,
        "Slow down.",
        code="rate_limit_exceeded",
        kind="requests",
        headers={"retry-after-ms": "1500", "Retry-After": "2"},
    ),
    "rate_date": _rate_date,
    "quota": _says(
        429,
        "You exceeded your current quota.",
        code="insufficient_quota",
        kind="insufficient_quota",
        headers={"Retry-After": "1"},
    ),
    "payment": _says(402, "Top up.", code="INSUFFICIENT_BALANCE"),
    "not_found": _says(404, "The model does not exist.", code="model_not_found"),
    "server_500": _says(500, "The server had an error.", code=None, kind="server_error"),
    "server_502": _says(502, "All providers failed.", code="ALL_PROVIDERS_EXHAUSTED"),
    "server_503": _says(503, "Overloaded.", code=None, kind="server_error"),
    "status": _status,
    "html502": _html502,
    "reset": _reset,
    "reset_mid_body": _reset_mid_body,
    "hang": _hang,
    "drip": _drip,
    "drip_headers": _drip_headers,
    "truncated": _truncated,
    "bad_json": _bad_json,
    "deep_json": _deep_json,
    "empty_data": _answers({"created": 1, "data": []}),
    "error_in_200": _answers(_error("The image engine failed.", code=None, kind="server_error")),
    "policy_in_200": _answers(_error("Blocked.", code="moderation_blocked")),
    "answer": lambda fake, call, step: _answers(step["body"])(fake, call, step),
    "bad_base64": _bad_base64,
    "html_base64": _delivers(lambda: b"<html><body>Sign in to the hotel Wi-Fi</body></html>"),
    "huge": _huge,
    "gzip": _gzip,
    "gzip_bomb": _gzip_bomb,
    "api_redirect": _api_redirect,
    "url": _url,
    "relative_url": _relative_url,
    "file_redirect": _file_redirect,
    "redirect_private": _redirect_private,
    "expired_file": _expired_file,
    "png_16_bit": _delivers(make_16_bit_png),
    "cmyk_jpeg": _delivers(make_cmyk_jpeg),
    "pixel": _delivers(lambda: _save(Image.new("RGB", (1, 1), (200, 30, 30)), "PNG")),
}
