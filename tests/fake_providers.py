"""A provider on a real socket that speaks four dialects, with faults, a request log and a bill.

    with FakeProviders() as fake:
        fake.script(["rate", "ok"])          # one entry per job or picture; after them all is well
        ... call fake.base_url_of("openai_images") ...
        assert fake.bill == 1                # pictures a real provider would charge
        assert len(fake.posts) == 2

An entry is a fault's name, or a dict: {"fault": "drip", "seconds": 0.05, "charged": False}. With
"at" it strikes a later question about a job: "status", "result", "cancel"; or "token". Names:
`WIRE_FAULTS` of fake_faults, and `FAULTS` of each dialect. A fault that strikes once the picture
exists is charged, as in life; `extras` counts charges of tokens or seconds without a picture.

Another dialect is another module with `BASE`, `FAULTS`, `complain(status)` and
`speak(fake, call) -> bool` (True if the path was its own), listed in `DIALECTS`.
"""

from __future__ import annotations

import email
import email.policy
import json
import socket
import struct
import sys
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

from tests import fake_fal, fake_gemini, fake_openai_images, fake_replicate
from tests.fake_faults import WIRE_FAULTS

Step = str | Mapping[str, Any]

DIALECTS: dict[str, ModuleType] = {
    "openai_images": fake_openai_images,
    "gemini": fake_gemini,
    "fal_queue": fake_fal,
    "replicate": fake_replicate,
}


@dataclass(frozen=True)
class Upload:
    """A file part of a multipart body."""

    field: str
    name: str
    content_type: str
    data: bytes


@dataclass(frozen=True)
class LoggedRequest:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    fields: Mapping[str, Any]
    files: tuple[Upload, ...]


@dataclass
class Job:
    """A queued job: what was asked, the step that made it, how often it was asked after."""

    id: str
    fields: Mapping[str, Any]
    step: Mapping[str, Any]
    polls: int = 0


class Call:
    """One request being answered; what dialects and faults write their answers with."""

    def __init__(self, handler: BaseHTTPRequestHandler, request: LoggedRequest) -> None:
        self.handler = handler
        self.request = request

    def send(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        length: int | None = None,
    ) -> None:
        self.start(
            status,
            content_type=content_type,
            headers=headers,
            length=len(body) if length is None else length,
        )
        self.handler.wfile.write(body)

    def send_json(
        self, status: int, value: Any, *, headers: Mapping[str, str] | None = None
    ) -> None:
        self.send(status, json.dumps(value).encode(), headers=headers)

    def start(
        self,
        status: int,
        *,
        content_type: str,
        headers: Mapping[str, str] | None,
        length: int | None,
    ) -> None:
        self.handler.send_response(status)
        self.handler.send_header("Content-Type", content_type)
        if length is not None:
            self.handler.send_header("Content-Length", str(length))
        self.handler.send_header("Connection", "close")
        for name, value in (headers or {}).items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def reset(self) -> None:
        """Close so that the other side meets a RST, not an orderly end."""
        linger = struct.pack("ii", 1, 0)
        self.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.handler.rfile.close()
        self.handler.connection.close()


class FakeProviders:
    """The server; a context manager. `key` None accepts every caller."""

    def __init__(
        self,
        *,
        dialects: Sequence[ModuleType] = tuple(DIALECTS.values()),
        key: str | None = None,
    ) -> None:
        self.dialects = tuple(dialects)
        self.key = key
        self.polls_before_done = 0
        self.jobs: dict[str, Job] = {}
        self.tokens: list[str] = []
        self.extras = 0
        self.answer_with = "b64_json"  # or "url", where the request does not say
        self.latency_seconds = 0.0
        self.requests: list[LoggedRequest] = []
        self.bill = 0
        self.files: dict[str, tuple[int, bytes, str, dict[str, str]]] = {}
        self.surprises: list[BaseException] = []
        self.stopping = threading.Event()
        self._steps: dict[str, deque[Mapping[str, Any]]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> FakeProviders:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.fake = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, exc_type: object, *_exc: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        if self.surprises and exc_type is None:
            raise AssertionError("the fake provider itself failed") from self.surprises[0]

    @property
    def host(self) -> str:
        """As `private_hosts` wants it: "127.0.0.1:port"."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def base_url(self) -> str:
        return f"{self.origin}/v1"

    def base_url_of(self, dialect: str) -> str:
        """Where a dialect is spoken, as `Endpoint.base_url` wants it."""
        return self.origin + str(DIALECTS[dialect].BASE)

    @property
    def posts(self) -> list[LoggedRequest]:
        return [request for request in self.requests if request.method == "POST"]

    def script(self, steps: Iterable[Step]) -> None:
        """Set what happens to the next calls of each stage, one entry each; files are no stage."""
        named = [{"fault": step} if isinstance(step, str) else step for step in steps]
        known = {name for dialect in self.dialects for name in dialect.FAULTS}
        unknown = {str(step["fault"]) for step in named} - known - {*WIRE_FAULTS, "status"}
        if unknown:
            raise ValueError(f"no such faults: {sorted(unknown)}")
        with self._lock:
            self._steps = {}
            for step in named:
                self._steps.setdefault(step.get("at", "submit"), deque()).append(step)

    def next_step(self, stage: str = "submit") -> Mapping[str, Any]:
        """Take the step for a call of a stage; one that is marked "always" stays."""
        with self._lock:
            steps = self._steps.get(stage)
            if not steps:
                return {"fault": "ok"}
            return steps[0] if steps[0].get("always") else steps.popleft()

    def charge(self, step: Mapping[str, Any], *, usually: bool, images: int = 1) -> None:
        """Put pictures on the bill, or with `images` 0 the tokens or seconds of none."""
        if not step.get("charged", usually):
            return
        with self._lock:
            self.bill += images
            self.extras += images == 0

    @property
    def charged(self) -> bool:
        """Whether there is anything to pay."""
        return self.bill > 0 or self.extras > 0

    def open_job(self, fields: Mapping[str, Any], step: Mapping[str, Any]) -> Job:
        with self._lock:
            job = Job(f"job-{len(self.jobs)}", fields, step)
            self.jobs[job.id] = job
        return job

    def advance(self, job: Job, *, words: tuple[str, str, str]) -> str:
        """Count a question about a job; its status as the words for waiting, working, done."""
        with self._lock:
            job.polls += 1
            if job.step.get("never") or job.polls <= self.polls_before_done:
                return words[0] if job.polls == 1 else words[1]
            return words[2]

    def refund(self, job: Job) -> None:
        """Take a job off the bill that was called off in time."""
        with self._lock:
            self.bill -= 1

    def log(self, request: LoggedRequest) -> None:
        with self._lock:
            self.requests.append(request)

    def keep_file(
        self,
        data: bytes,
        *,
        status: int = 200,
        content_type: str = "image/png",
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Put a file under a new address; the address without the origin."""
        with self._lock:
            path = f"/files/{len(self.files)}.png"
            self.files[path] = (status, data, content_type, dict(headers or {}))
        return path


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close waits for them and none outlives the test
    fake: FakeProviders

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        # A client that gives up in mid-answer is what half of the tests are about.
        if error is not None and not isinstance(error, ConnectionError):
            self.fake.surprises.append(error)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every answer in two writes takes 44 ms
    timeout = 30

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; the log is `FakeProviders.requests`."""

    def finish(self) -> None:
        if not self.connection._closed:
            super().finish()

    def _answer(self) -> None:
        assert isinstance(self.server, _Server)
        fake = self.server.fake
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fields, files = _read_fields(headers.get("content-type", ""), body)
        request = LoggedRequest(self.command, self.path, headers, body, fields, files)
        fake.log(request)
        call = Call(self, request)
        if self.command == "GET" and self.path in fake.files:
            status, data, content_type, extra = fake.files[self.path]
            call.send(status, data, content_type=content_type, headers=extra)
        elif not any(dialect.speak(fake, call) for dialect in fake.dialects):
            call.send_json(404, {"error": {"message": "Unknown path.", "code": "unknown_url"}})


def _read_fields(content_type: str, body: bytes) -> tuple[dict[str, Any], tuple[Upload, ...]]:
    if content_type.startswith("application/json"):
        return json.loads(body), ()
    if content_type.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode())), ()
    if not content_type.startswith("multipart/form-data"):
        return {}, ()
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    fields: dict[str, Any] = {}
    files = []
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        filename = part.get_filename()
        if filename is None:
            fields[name] = data.decode()
        else:
            files.append(Upload(name, filename, part.get_content_type(), data))
    return fields, tuple(files)
