"""The queue of fal in the fake provider: submit, status, result, cancel, and its two error bodies."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.fake_faults import Fault, Good, Reply, keep_file, play, says, send
from tests.fake_pictures import ODD_PICTURES, make_black, make_png

if TYPE_CHECKING:
    from tests.fake_providers import Call, FakeProviders, Job

BASE = "/queue"
_HERE = sys.modules[__name__]
_JOB = re.compile(r"/queue/([^/]+/[^/]+)/requests/([\w-]+)(/status|/cancel)?")


def speak(fake: FakeProviders, call: Call) -> bool:
    """Everything under /queue/."""
    request = call.request
    if not request.path.startswith("/queue/"):
        return False
    if fake.key is not None and request.headers.get("authorization") != f"Key {fake.key}":
        call.send_json(401, {"detail": "Cannot access application. Authentication is required."})
        return True
    asked = _JOB.fullmatch(request.path)
    if asked and asked[2] not in fake.jobs:
        call.send_json(404, {"detail": "Request not found."})
    elif asked:
        _look_after(fake, call, fake.jobs[asked[2]], stage=asked[3] or "/result")
    elif request.method == "POST" and request.fields.get("prompt"):
        step = fake.next_step()
        play(fake, call, step, good=lambda: _accept(fake, call, step), dialect=_HERE)
    else:
        call.send_json(422, complain(422))
    return True


def complain(status: int) -> dict[str, Any]:
    """The platform's body, or the model's for a 422."""
    if status == 422:
        return _detail("value_error", "field required")
    return {"detail": "No.", "error_type": "internal_error" if status >= 500 else "bad_request"}


def _detail(kind: str, message: str) -> dict[str, Any]:
    return {"detail": [{"loc": ["body", "prompt"], "msg": message, "type": kind}]}


def _accept(fake: FakeProviders, call: Call, step: Mapping[str, Any]) -> Reply:
    job = fake.open_job(call.request.fields, step)
    charged = step.get("ending", "ok") in _CHARGED
    fake.charge(step, usually=charged, images=step.get("images", 1))
    app = "/".join(call.request.path.removeprefix("/queue/").split("/")[:2])
    here = f"{step.get('elsewhere', fake.origin)}/queue/{app}/requests/{job.id}"
    body = {
        "request_id": job.id,
        "status": "IN_QUEUE",
        "queue_position": 0,
        "response_url": here,
        "status_url": f"{here}/status",
        "cancel_url": f"{here}/cancel",
    }
    return Reply(json.dumps(body).encode(), headers={"X-Fal-Request-Id": job.id})


def _look_after(fake: FakeProviders, call: Call, job: Job, *, stage: str) -> None:
    step = fake.next_step(stage.strip("/"))
    goods = {"/status": _tell_status, "/cancel": _call_off, "/result": _tell_result}
    good = goods[stage]
    if stage == "/result" and step["fault"] == "ok" and job.step.get("ending"):
        step = {**job.step, "fault": job.step["ending"]}
    play(fake, call, step, good=lambda: good(fake, job), dialect=_HERE)


def _tell_status(fake: FakeProviders, job: Job) -> Reply:
    word = fake.advance(job, words=("IN_QUEUE", "IN_PROGRESS", "COMPLETED"))
    body: dict[str, Any] = {"status": word, "request_id": job.id}
    if word == "COMPLETED":
        body["metrics"] = {"inference_time": 1.25}
    return Reply(json.dumps(body).encode(), status=200 if word == "COMPLETED" else 202)


def _call_off(fake: FakeProviders, job: Job) -> Reply:
    if job.polls == 0:
        fake.refund(job)
        return Reply(b'{"status": "OK"}')
    if job.polls < fake.polls_before_done:
        return Reply(b'{"status": "CANCELLATION_REQUESTED"}', status=202)
    return Reply(b'{"status": "ALREADY_COMPLETED"}', status=400)


def _tell_result(fake: FakeProviders, job: Job, *, data: bytes | None = None) -> Reply:
    if job.polls <= fake.polls_before_done:
        return Reply(b'{"detail": "Request is still in progress"}', status=400)
    size = job.fields.get("image_size")
    size = size if isinstance(size, dict) else {"width": 256, "height": 256}
    told = json.dumps(job.fields, sort_keys=True)
    made = make_png(told, size=f"{size['width']}x{size['height']}") if data is None else data
    count = job.step.get("images", 1)
    files = [
        {"url": keep_file(fake, job.step, made), "content_type": "image/png", **size}
        for _ in range(count)
    ]
    body = {"images": files, "seed": job.fields.get("seed", 4711), "has_nsfw_concepts": [False]}
    return Reply(json.dumps(body).encode())


def _result(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Fault:
    return says(body, status=status, headers=headers)


def _blackened(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    url = keep_file(fake, {}, make_black())
    file = {"url": url, "width": 256, "height": 256}
    call.send_json(200, {"images": [file], "has_nsfw_concepts": [True], "seed": 1})


def _spoilt_uri(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
    call.send_json(200, {"images": [{"url": "data:image/png;base64,%%% no %%%"}]})


def _accepts(ending: str) -> Fault:
    """A fault that the queue knows nothing of: the job is taken, and ends this way."""

    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        send(call, _accept(fake, call, {**step, "ending": ending}))

    return answer


def _delivers(make: Any) -> Fault:
    def answer(fake: FakeProviders, call: Call, step: Mapping[str, Any], good: Good) -> None:
        file = {"url": keep_file(fake, step, make()), "content_type": "image/png"}
        call.send_json(200, {"images": [file]})

    return answer


_POLICY = _detail("content_policy_violation", "The content could not be processed.")
_RUNNER = {"detail": "Runner disconnected", "error_type": "runner_disconnected"}
_ENDINGS: dict[str, Fault] = {
    "ends_policy": _result(_POLICY, status=422, headers={"X-Fal-Retryable": "false"}),
    "ends_black": _blackened,
    "ends_empty_data": _result({"images": [], "seed": 1}),
    "ends_500": _result(_RUNNER, status=500, headers={"X-Fal-Error-Type": "runner_disconnected"}),
    "ends_error_in_200": _result({"error": "The model crashed.", "images": []}),
    "ends_bad_base64": _spoilt_uri,
    **{f"ends_{name}": _delivers(make) for name, make in ODD_PICTURES.items()},
}
# Pictures that were made; and an empty success, which fal's words do not call free.
_CHARGED = {"ok", "ends_black", "ends_empty_data", "ends_error_in_200", "ends_bad_base64"} | {
    f"ends_{name}" for name in ODD_PICTURES
}

FAULTS: dict[str, Fault] = {
    "auth": says({"detail": "Invalid key: Key 1234:abcdabcdabcd."}, status=401),
    "payment": says(
        {"detail": "User is locked. Reason: Exhausted balance. Top up your balance."}, status=403
    ),
    "rate": says({"detail": "Too many requests."}, status=429, headers={"Retry-After": "7"}),
    "rate_words": says({"detail": "Slow down; try again in 20 seconds."}, status=429),
    "server_503": says({"detail": "No.", "error_type": "runner_scheduling_failure"}, status=503),
    "answer": says(None),
    **{name.removeprefix("ends_"): _accepts(name) for name in _ENDINGS},
    **_ENDINGS,
    "status_regress": says({"status": "IN_QUEUE"}, status=202),
    "status_odd": says({"status": "MAYBE"}),
    "status_failed": says({"status": "FAILED"}),
}
