from __future__ import annotations

import json
from dataclasses import replace

import pytest

from arena.providers.types import Pending, Timing, pending_as_json, pending_from_json

FULL = Pending(
    "job-1",
    "https://queue.example/status",
    Timing(12, 34),
    result_url="https://queue.example/result",
    cancel_url="https://queue.example/cancel",
    wait_seconds=2.5,
    started_at=1_800_000_000.25,
    first_byte_ms=12,
    seed=7,
    modes={"size": "converted"},
)


@pytest.mark.parametrize(
    "pending", [FULL, Pending("job-2", "https://q.example/2", Timing(None, 1))]
)
def test_pending_job_survives_the_way_through_a_row(pending):
    assert pending_from_json(json.loads(json.dumps(pending_as_json(pending)))) == pending


def test_pending_job_of_a_newer_version_is_still_read():
    told = pending_as_json(FULL) | {"colour": "red"}
    assert pending_from_json(told) == FULL
    del told["seed"]
    assert pending_from_json(told) == replace(FULL, seed=None)


@pytest.mark.parametrize("name", ["remote_id", "poll_url", "timing"])
def test_pending_job_needs_what_it_is_asked_after_by(name):
    told = pending_as_json(FULL)
    del told[name]
    with pytest.raises(KeyError):
        pending_from_json(told)
