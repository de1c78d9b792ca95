"""Replicate in the fake provider: predictions that are made, asked after and called off."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fake_faults import Fault, Good, Reply, keep_file, play, says, send
from tests.fake_pictures import ODD_PICTURES, make_png

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders, Job

BASE = "/v1"
_HERE = sys.modules[__name__]
_MAKE = re.compile(r"/v1/models/[\w.-]+/[\w.-]+/predictions|/v1/predictions")
_JOB = re.compile(r"/v1/predictions/([\w-]+)(/cancel)?")


def speak(fake: FakeProviders, call: Call) -> bool:
    """POST models/{owner}/{name}/predictions and predictions; predictions/{id}, its cancel."""
    request = call.request
    make, asked = _MAKE.fullmatch(request.path), _JOB.fullmatch(request.path)
    if not make and not asked:
        return False
    if fake.key is not None and request.headers.get("authorization") != f"Bearer {fake.key}":
        call.send_json(401, complain(401))
    elif asked and asked[1] not in fake.jobs:
        call.send_json(404, complain(404))
    elif asked:
        _look_after(fake, call, fake.jobs[asked[1]], cancel=bool(asked[2]))
    elif request.method == "POST" and request.fields.get("input", {}).get("prompt"):
        step = fake.next_step()
        play(fake, call, step, good=lambda: _accept(fake, call, step), dialect=_HERE)
    else:
        call.send_json(422, complain(422))
    return True


def complain(status: int) -> dict[str, Any]:
    """An error body: title, detail, status."""
    return {"title": "No", "detail": "No.", "status": status}


def _accept(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> Reply:
    job = fake.open_job(call.request.fields["input"], step)
    ending = step.get("ending", "succeeds")
    made = 0 if ending in (*_FAILURES, "empty_data") else step.get("images", 1)
    fake.charge(step, usually=ending != "aborted", images=made)
    told = _prediction(fake, job, status="starting")
    if "prefer" in call.request.headers:
        job.polls = fake.polls_before_done
        told = _tell(fake, job)
    return Reply(json.dumps(told).encode(), status=201)


def _prediction(fake: FakeProviders, job: Job, *, status: str) -> dict[str, Any]:
    here = f"{job.step.get('elsewhere', fake.origin)}/v1/predictions/{job.id}"
    return {
        "id": job.id,
        "status": status,
        "input": job.fields,
        "output": None,
        "error": None,
        "started_at": None if status == "starting" else "2026-11-28T12:00:00Z",
        "metrics": {},
        "urls": {"get": here, "cancel": f"{here}/cancel"},
    }


def _look_after(fake: FakeProviders, call: Call, job: Job, *, cancel: bool) -> None:
    step = fake.next_step("cancel" if cancel else "status")
    good = _call_off if cancel else _tell
    play(
        fake,
        call,
        step,
        good=lambda: Reply(json.dumps(good(fake, job)).encode()),
        dialect=_HERE,
    )


def _call_off(fake: FakeProviders, job: Job) -> dict[str, Any]:
    begun = job.polls > 0
    if not begun:
        fake.refund(job)
    told = _prediction(fake, job, status="processing" if begun else "starting")
    return told | {"status": "canceled"}


def _tell(fake: FakeProviders, job: Job) -> dict[str, Any]:
    status = fake.advance(job, words=("starting", "processing", "succeeded"))
    told = _prediction(fake, job, status=status)
    if status != "succeeded":
        return told
    told["metrics"] = {"predict_time": 2.5, "total_time": 3.0}
    ending = job.step.get("ending", "succeeds")
    if ending == "aborted":
        return told | {"status": "aborted", "started_at": None, "metrics": {}}
    if ending in _FAILURES:
        return told | {"status": "failed", "error": _FAILURES[ending]}
    return told | {"output": _output(fake, job, ending)}


def _output(fake: FakeProviders, job: Job, ending: str) -> Any:
    if ending == "empty_data":
        return None
    if ending == "bad_base64":
        return "data:image/png;base64,%%% no %%%"
    told = json.dumps(job.fields, sort_keys=True)
    data = ODD_PICTURES[ending]() if ending in ODD_PICTURES else make_png(told)
    urls = [keep_file(fake, job.step, data) for _ in range(job.step.get("images", 1))]
    return {"text": urls[0], "object": {"url": urls[0]}}.get(job.step.get("output", ""), urls)


def _accepts(ending: str) -> Fault:
    """A fault that shows when the prediction ends."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        reply = _accept(fake, call, {**step, "ending": ending})
        send(call, reply)

    return answer


_FAILURES: Mapping[str, str] = {
    "policy": "NSFW content detected. Try running it again, or try a different prompt.",
    "policy_e005": "The input or output was flagged as sensitive. Please try again. (E005)",
    "crashed": 'Traceback (most recent call last):\n  File "predict.py"\nRuntimeError: CUDA error',
    "invalid": "ValidationError: aspect_ratio must be one of 1:1, 16:9",
    "busy": "Service is currently unavailable due to high demand. (E003)",
}
_THROTTLED = "Request was throttled. Your rate limit for creating predictions resets in ~30s."

FAULTS: dict[str, Fault] = {
    "auth": says({"title": "Unauthenticated", "detail": "Bad token r8_fakefakefake"}, status=401),
    "payment": says(
        {"title": "Insufficient credit", "detail": "Top up.", "status": 402}, status=402
    ),
    "rate": says({"detail": _THROTTLED, "status": 429}, status=429),
    "server_503": says({"detail": "Service unavailable", "status": 503}, status=503),
    "version": says({"detail": "Invalid version or not permitted", "status": 422}, status=422),
    "error_in_200": says({"error": "The engine failed.", "status": "failed"}),
    "answer": says(None),
    **{name: _accepts(name) for name in ("aborted", "empty_data", "bad_base64")},
    **{name: _accepts(name) for name in (*_FAILURES, *ODD_PICTURES)},
    "status_regress": says({"status": "starting"}),
    "status_odd": says({"status": "maybe"}),
}
