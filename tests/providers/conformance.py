"""What every adapter must do, as one class of tests; a dialect's own class says what it is called.

    class TestGemini(Conformance):
        dialect = "gemini"
        options = {}
        seeded = {"seed": True}
        size_mode = "converted"
        def prompt_of(self, sent): ...
        def references_of(self, sent): ...
        def key_of(self, sent): ...

The provider is `tests.fake_providers`, on a real socket.
"""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any, ClassVar

import pytest
from PIL import Image

from arena.providers.dialects import DIALECTS, Adapter
from arena.providers.http import Answer, Client, open_client
from arena.providers.types import (
    Done,
    Endpoint,
    Outcome,
    Pending,
    PictureRequest,
    ProviderError,
    Reference,
    Timing,
    pending_as_json,
    pending_from_json,
)
from tests.fake_providers import FakeProviders, LoggedRequest

KEY = "canary-5f1c0ffee"
RED = Reference(b"\x89PNG red", "image/png", "red.png")
BLUE = Reference(b"\xff\xd8\xff blue", "image/jpeg", "blue.jpg")


STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 520, 529)
STRANGE_BODIES = (
    b"", b"\xff\xfe", b"[]", b'"no"', b"{}", b"[[]]", b'{"error": 7}', b'{"error": []}',
    b'{"detail": {"a": 1}}', b'{"detail": [7]}', b'{"error": {"details": {"a": 1}, "status": 1}}',
)  # fmt: skip


def follow(
    adapter: Adapter, answer: Done | Pending, endpoint: Endpoint, *, client: Client | None = None
) -> Done:
    """Poll an answer until it is done, at most fifty times; raises ProviderError."""
    for _ in range(50):
        if isinstance(answer, Done):
            return answer
        time.sleep(0.005)
        answer = adapter.poll(answer, endpoint, client=client)
    raise AssertionError("the job never ends")


class Conformance:
    """Tests of one dialect; see the module's docstring."""

    dialect: ClassVar[str]
    remote_id: ClassVar[str] = "maker/model"
    options: ClassVar[dict[str, Any]] = {}
    seeded: ClassVar[dict[str, Any]] = {"seed": True}
    parameter: ClassVar[str] = "size"  # what the canvas is told as, "size" or "aspect"
    mode: ClassVar[str] = "passthrough"

    def prompt_of(self, sent: LoggedRequest) -> str:
        """The prompt in a request as it came in."""
        raise NotImplementedError

    def references_of(self, sent: LoggedRequest) -> list[bytes]:
        """The reference pictures in a request as it came in."""
        raise NotImplementedError

    def key_of(self, sent: LoggedRequest) -> str | None:
        """The key in a request as it came in, None if there was none."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def _open(self) -> Iterator[None]:
        self.adapter = DIALECTS[self.dialect]
        with FakeProviders(key=KEY) as self.fake, open_client() as self.client:
            yield

    def endpoint(self, **changes: Any) -> Endpoint:
        options = {**self.options, **changes.pop("options", {})}
        usual: dict[str, Any] = {
            "base_url": self.fake.base_url_of(self.dialect),
            "key": KEY,
            "private_hosts": (self.fake.host,),
            "deadline_seconds": 5.0,
            "connect_seconds": 1.0,
        }
        return Endpoint(**(usual | changes), options=options)

    def request(self, **changes: Any) -> PictureRequest:
        usual: dict[str, Any] = {
            "discipline": "text-to-image",
            "remote_id": self.remote_id,
            "prompt": "A vintage café logo",
            "width": 256,
            "height": 256,
        }
        return PictureRequest(**(usual | changes))

    def make(self, endpoint: Endpoint | None = None, **changes: Any) -> Done:
        endpoint = endpoint or self.endpoint()
        answer = self.adapter.submit(self.request(**changes), endpoint, client=self.client)
        return follow(self.adapter, answer, endpoint, client=self.client)

    def fail(self, endpoint: Endpoint | None = None, **changes: Any) -> ProviderError:
        with pytest.raises(ProviderError) as caught:
            self.make(endpoint, **changes)
        assert KEY not in f"{caught.value} {caught.value!r} {caught.value.__cause__!r}"
        return caught.value

    # what is asked and what comes back

    def test_picture_comes_with_all_that_was_said_about_it(self) -> None:
        done = self.make()
        assert Image.open(BytesIO(done.data)).size == (256, 256)
        assert done.content_type == "image/png"
        assert (done.http_status, done.usage.images, self.fake.bill) == (200, 1, 1)
        assert done.usage.features == ()
        assert done.remote_id
        assert done.timing.ttfb_ms is not None
        assert 0 <= done.timing.ttfb_ms <= done.timing.total_ms < 5000
        assert self.prompt_of(self.fake.posts[0]) == "A vintage café logo"
        assert len(self.fake.posts) == 1

    @pytest.mark.parametrize("references", [(RED,), (RED, BLUE)])
    def test_edit_hands_over_the_reference_pictures(
        self, references: tuple[Reference, ...]
    ) -> None:
        done = self.make(discipline="image-editing", references=references)
        assert self.references_of(self.fake.posts[0]) == [picture.data for picture in references]
        assert done.usage.features == ("image-editing",)

    def test_canvas_is_told_in_a_known_mode(self) -> None:
        assert self.make().modes[self.parameter] == self.mode

    def test_seed_is_told_only_where_the_flags_say_so(self) -> None:
        told = self.make(self.endpoint(options=self.seeded), seed=7)
        assert "seed" in told.modes
        assert told.seed == 7
        silent = self.make(self.endpoint(options={"seed": False}), seed=7)
        assert "seed" not in silent.modes
        assert silent.seed != 7

    def test_first_byte_is_told_from_the_whole(self) -> None:
        self.fake.latency_seconds = 0.1
        timing = self.make().timing
        assert timing.ttfb_ms is not None
        assert 100 <= timing.ttfb_ms <= timing.total_ms

    def test_more_pictures_than_asked_are_counted_and_the_first_is_taken(self) -> None:
        self.fake.script([{"fault": "ok", "images": 3}])
        assert self.make().usage.images == self.fake.bill == 3

    @pytest.mark.parametrize(
        "changes",
        [{"discipline": "image-editing"}, {"references": (RED,) * 40}],
    )
    def test_impossible_requests_are_never_sent(self, changes: dict[str, Any]) -> None:
        error = self.fail(**changes)
        assert (error.outcome, error.billed, error.retryable) == (
            Outcome.BAD_REQUEST, False, False,
        )  # fmt: skip
        assert self.fake.requests == []

    def test_discipline_that_is_not_offered_is_never_sent(self) -> None:
        endpoint = self.endpoint(options={"disciplines": ["image-editing"]})
        assert self.fail(endpoint).outcome is Outcome.BAD_REQUEST
        assert self.fake.requests == []

    def test_adapter_works_without_a_client(self) -> None:
        endpoint = self.endpoint()
        answer = self.adapter.submit(self.request(), endpoint)
        assert follow(self.adapter, answer, endpoint).data.startswith(b"\x89PNG")

    # keys

    def test_key_is_sent_with_calls_and_never_with_downloads(self) -> None:
        self.make(self.endpoint(options={"response_format": "url"}))
        for sent in self.fake.requests:
            is_file = sent.path.startswith("/files/")
            assert self.key_of(sent) == (None if is_file else KEY)
            assert KEY not in sent.path
            assert KEY.encode() not in sent.body

    def test_no_key_means_no_header(self) -> None:
        self.fake.key = None
        self.make(self.endpoint(key=""))
        assert {self.key_of(sent) for sent in self.fake.requests} == {None}

    @pytest.mark.parametrize("key", ["line\nbreak", "ключ"])
    def test_impossible_key_is_named_and_not_quoted(self, key: str) -> None:
        error = self.fail(self.endpoint(key=key))
        assert (error.outcome, error.billed, self.fake.requests) == (Outcome.AUTH, False, [])
        assert "line" not in error.message
        assert "ключ" not in error.message

    def test_key_is_in_no_log_line(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        self.make()
        self.fake.script(["auth", "reset"])
        self.fail()
        self.fail()
        self.fail(self.endpoint(key="canary-of-somebody-else"))
        assert "canary" not in caplog.text

    def test_words_with_the_key_in_them_are_cleaned(self) -> None:
        body = json.dumps({"error": {"message": f"The key {KEY} is wrong."}}).encode()
        timing = Timing(1, 2)
        for status in (200, 400, 500):
            answer = Answer(status, {"content-type": "application/json"}, body, timing)
            error = self.adapter.classify(answer, self.endpoint())
            assert KEY not in str(error)

    # failures

    @pytest.mark.parametrize(
        ("fault", "outcome", "retryable", "fallback"),
        [
            ("auth", Outcome.AUTH, False, True),
            ("payment", Outcome.QUOTA, False, True),
            ("rate", Outcome.RATE_LIMITED, True, True),
            ("server_503", Outcome.SERVER_ERROR, True, True),
            ("policy", Outcome.REFUSED, False, False),
            ("empty_data", Outcome.EMPTY, True, True),
        ],
    )
    def test_failure_has_a_name_and_the_right_advice(
        self, fault: str, outcome: Outcome, retryable: bool, fallback: bool
    ) -> None:
        self.fake.script([fault])
        error = self.fail()
        assert (error.outcome, error.retryable, error.fallback) == (outcome, retryable, fallback)
        assert not error.still_pending
        assert error.timing is not None
        assert error.billed is None or error.billed is self.fake.charged
        assert (error.retry_after_seconds is not None) == (fault == "rate")
        assert len(self.fake.posts) == 1, "one call, one POST: nothing is asked for twice"

    def test_classify_copes_with_any_body(self) -> None:
        for status, body in itertools.product(STATUSES, STRANGE_BODIES):
            error = self.adapter.classify(Answer(status, {}, body, Timing(1, 2)), self.endpoint())
            assert error.outcome is not Outcome.OK
            assert error.billed is not True
            assert error.http_status == status
            assert len(error.message) > 20

    @pytest.mark.parametrize("fault", ["reset", "close", "truncated", "bad_json"])
    def test_lost_answer_is_never_called_free(self, fault: str) -> None:
        self.fake.script([fault])
        if fault == "bad_json" and self.dialect == "fal_queue":
            assert self.make().data, "the job's id is in a header as well"
            return
        error = self.fail()
        assert (error.billed, self.fake.bill, len(self.fake.posts)) == (None, 1, 1)

    def test_total_deadline_beats_a_drip(self) -> None:
        self.fake.script(["drip"])
        started = time.monotonic()
        error = self.fail(self.endpoint(deadline_seconds=0.4))
        assert time.monotonic() - started < 2
        assert (error.outcome, error.billed) == (Outcome.TIMEOUT, None)

    def test_answer_past_the_cap_is_cut_off(self) -> None:
        self.fake.script(["huge"])
        error = self.fail(self.endpoint(max_bytes=200_000))
        assert (error.outcome, error.retryable) == (Outcome.TOO_LARGE, False)

    def test_faults_leave_the_next_call_unharmed(self) -> None:
        self.fake.script(["reset", "server_503", "truncated", "ok"])
        for _ in range(3):
            self.fail()
        assert self.make().http_status == 200

    # jobs

    def test_submit_answers_as_the_capabilities_say(self) -> None:
        answer = self.adapter.submit(self.request(), self.endpoint(), client=self.client)
        queued = self.adapter.capabilities(self.endpoint()).queued
        assert isinstance(answer, Pending) is queued
        assert isinstance(self, QueueConformance) is queued

    def test_job_is_followed_from_a_row_by_another_client(self) -> None:
        endpoint = self.endpoint(options=self.seeded)
        self.fake.polls_before_done = 2
        answer = self.adapter.submit(self.request(seed=7), endpoint, client=self.client)
        if isinstance(answer, Done):
            with pytest.raises(ProviderError, match="no jobs"):
                self.adapter.poll(Pending("x", "https://x.example", Timing(None, 0)), endpoint)
            return
        row = json.dumps(pending_as_json(answer))
        assert KEY not in row
        done = follow(self.adapter, pending_from_json(json.loads(row)), endpoint)
        assert (done.seed, done.remote_id, self.fake.bill) == (7, answer.remote_id, 1)
        assert done.modes == answer.modes
        assert len(self.fake.posts) == 1

    def test_cancel_is_true_only_before_the_work_began(self) -> None:
        endpoint = self.endpoint()
        self.fake.polls_before_done = 3
        answer = self.adapter.submit(self.request(), endpoint, client=self.client)
        if isinstance(answer, Done):
            pending = Pending("x", "https://x.example", Timing(None, 0))
            assert self.adapter.cancel(pending, endpoint, client=self.client) is False
            return
        assert self.adapter.cancel(answer, endpoint, client=self.client) is True
        assert self.fake.bill == 0
        begun = self.adapter.submit(self.request(), endpoint, client=self.client)
        assert isinstance(begun, Pending)
        self.adapter.poll(begun, endpoint, client=self.client)
        assert self.adapter.cancel(begun, endpoint, client=self.client) is False
        self.fake.script([{"fault": "reset", "at": "cancel"}])
        assert self.adapter.cancel(answer, endpoint, client=self.client) is False


class QueueConformance(Conformance):
    """The tests of a dialect that answers with a job."""

    @pytest.mark.parametrize(
        "fault", ["reset", "truncated", "bad_json", "drip", "html", "status_odd", 500, 429]
    )
    def test_failed_question_leaves_the_job_alone(self, fault: str | int) -> None:
        step: dict[str, Any] = {"fault": fault, "at": "status"}
        if fault == "html" or isinstance(fault, int):
            step |= {"fault": "status", "status": 502 if fault == "html" else fault, "html": True}
        self.fake.script([step])
        endpoint = self.endpoint(deadline_seconds=1.0, read_seconds=0.3)
        answer = self.adapter.submit(self.request(), endpoint, client=self.client)
        assert isinstance(answer, Pending)
        with pytest.raises(ProviderError) as caught:
            self.adapter.poll(answer, replace(endpoint, deadline_seconds=0.4), client=self.client)
        assert (caught.value.still_pending, caught.value.billed) == (True, None)
        assert follow(self.adapter, answer, endpoint).data
        assert (self.fake.bill, len(self.fake.posts)) == (1, 1)

    def test_job_that_is_unknown_is_not_asked_after_for_ever(self) -> None:
        answer = self.adapter.submit(self.request(), self.endpoint(), client=self.client)
        assert isinstance(answer, Pending)
        self.fake.jobs.clear()
        with pytest.raises(ProviderError) as caught:
            self.adapter.poll(answer, self.endpoint(), client=self.client)
        error = caught.value
        assert (error.outcome, error.still_pending, error.billed) == (
            Outcome.NOT_FOUND, False, None,
        )  # fmt: skip

    def test_answer_cannot_send_the_key_elsewhere(self) -> None:
        with FakeProviders() as other:
            self.fake.script([{"fault": "ok", "elsewhere": other.origin}])
            private = (self.fake.host, other.host)
            assert self.make(self.endpoint(private_hosts=private)).data
            assert other.requests == []

    def test_operator_may_name_further_hosts_for_the_key(self) -> None:
        with FakeProviders(key=KEY) as other:
            other.jobs = self.fake.jobs
            self.fake.script([{"fault": "ok", "elsewhere": other.origin}])
            endpoint = self.endpoint(
                private_hosts=(self.fake.host, other.host), options={"key_hosts": [other.host]}
            )
            assert self.make(endpoint).data
            assert other.requests
