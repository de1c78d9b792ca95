"""The Gemini dialect of the fake provider: the Gemini API, Vertex AI, and Google's token service."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fake_faults import Fault, Good, Reply, play, says, send
from tests.fake_pictures import ODD_PICTURES, make_png

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders

BASE = "/v1beta"
_HERE = sys.modules[__name__]
_GEMINI = re.compile(r"/v1beta/models/([^/]+):generateContent")
_VERTEX = re.compile(
    r"/v1/projects/([^/]+)/locations/([^/]+)/publishers/google/models/([^/]+):generateContent"
)
_WORDS = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    409: "ABORTED", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}  # fmt: skip


def speak(fake: FakeProviders, call: Call) -> bool:
    """POST models/{m}:generateContent under both addresses, and /token."""
    request = call.request
    if request.path == "/token":
        _sell_token(fake, call)
        return True
    gemini, vertex = _GEMINI.fullmatch(request.path), _VERTEX.fullmatch(request.path)
    if not gemini and not vertex:
        return False
    if not _has_key(fake, call, vertex=bool(vertex)):
        reason = [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
        ]
        call.send_json(400, _error(400, "API key not valid.", details=reason))
        return True
    parts = request.fields.get("contents", [{}])[0].get("parts", [])
    if not parts or "text" not in parts[0]:
        call.send_json(400, _error(400, "contents are required"))
        return True
    step = fake.next_step()
    play(fake, call, step, good=lambda: _picture(fake, call, step), dialect=_HERE)
    return True


def complain(status: int) -> dict[str, Any]:
    """An error body in Google's usual shape."""
    return _error(status, "No.")


def _error(status: int, message: str, *, details: Any = ()) -> dict[str, Any]:
    word = _WORDS.get(status, "UNKNOWN")
    return {"error": {"code": status, "message": message, "status": word, "details": list(details)}}


def _has_key(fake: FakeProviders, call: Call, *, vertex: bool) -> bool:
    if fake.key is None:
        return True
    if not vertex:
        return call.request.headers.get("x-goog-api-key") == fake.key
    bearer = call.request.headers.get("authorization", "").removeprefix("Bearer ")
    return bearer == fake.key or bearer in fake.tokens


def _sell_token(fake: FakeProviders, call: Call) -> None:
    step = fake.next_step("token")
    if step["fault"] != "ok":
        play(fake, call, step, good=lambda: Reply(b"{}"), dialect=_HERE)
        return
    if not call.request.fields.get("assertion"):
        call.send_json(400, {"error": "invalid_grant"})
        return
    token = f"ya29.fake-{len(fake.tokens)}-canary"
    fake.tokens.append(token)
    sold = {"access_token": token, "expires_in": step.get("seconds", 3600), "token_type": "Bearer"}
    call.send_json(200, sold)


def _usage(*, made: int = 1120) -> dict[str, Any]:
    details = [{"modality": "TEXT", "tokenCount": 9}, {"modality": "IMAGE", "tokenCount": 258}]
    return {
        "promptTokenCount": 267,
        "candidatesTokenCount": made,
        "thoughtsTokenCount": 40,
        "totalTokenCount": 307 + made,
        "promptTokensDetails": details,
    }


def _picture(
    fake: FakeProviders, call: Call, step: Mapping[str, Any], *, data: bytes | None = None
) -> Reply:
    count = step.get("images", 1)
    fake.charge(step, usually=True, images=count)
    fields = call.request.fields
    told = json.dumps([call.request.path, fields["contents"], fields.get("generationConfig")])
    packed = base64.b64encode(make_png(told) if data is None else data).decode()
    part = {"inlineData": {"mimeType": "image/png", "data": packed}}
    sketch = {"thought": True, "inlineData": {"mimeType": "image/png", "data": "AAEC"}}
    parts = [{"text": "Thinking.", "thought": True}, sketch, {"text": "Here it is."}]
    return _answer({"content": {"parts": parts + [part] * count}, "finishReason": "STOP"})


def _answer(candidate: Mapping[str, Any] | None, **further: Any) -> Reply:
    body = {"responseId": "resp-1", "modelVersion": "fake", "usageMetadata": _usage()}
    if candidate is not None:
        body["candidates"] = [candidate]
    return Reply(json.dumps(body | further).encode())


def _ends(reason: str, message: str = "") -> Fault:
    """A success without a picture; what was read and thought is charged by the token."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        fake.charge(step, usually=True, images=0)
        text = {"content": {"parts": [{"text": "I cannot draw that."}]}, "finishReason": reason}
        if message:
            text["finishMessage"] = message
        send(call, _answer(text, usageMetadata=_usage(made=12)))

    return answer


def _blocked(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "The prompt is blocked."}
    send(call, _answer(None, promptFeedback=feedback, usageMetadata={"totalTokenCount": 9}))


def _inline(data: str) -> Fault:
    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        fake.charge(step, usually=True)
        part = {"inlineData": {"mimeType": "image/png", "data": data}}
        send(call, _answer({"content": {"parts": [part]}, "finishReason": "STOP"}))

    return answer


def _delivers(make: Any) -> Fault:
    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        send(call, _picture(fake, call, step, data=make()))

    return answer


_RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3.5s"}
_DAILY = {
    "@type": "type.googleapis.com/google.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}],
}
_BILLING = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "BILLING_DISABLED"}
_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}

FAULTS: dict[str, Fault] = {
    "auth": says(_error(400, "API key not valid: AIzaSyFakeFakeFake.", details=[_KEY]), status=400),
    "payment": says(_error(403, "Billing is off.", details=[_BILLING]), status=403),
    "rate": says(_error(429, "Resource has been exhausted.", details=[_RETRY]), status=429),
    "quota": says(_error(429, "Quota exceeded.", details=[_DAILY, _RETRY]), status=429),
    "server_503": says(_error(503, "The model is overloaded."), status=503),
    "policy": _ends("IMAGE_SAFETY", "Unable to show the generated image."),
    "policy_prompt": _blocked,
    "empty_data": _ends("NO_IMAGE"),
    "text_only": _ends("STOP"),
    "error_in_200": says(_error(500, "Internal error.")),
    "answer": says(None),
    "bad_base64": _inline("%%% not base64 %%%"),
    **{name: _delivers(make) for name, make in ODD_PICTURES.items()},
}
