"""The workshop's benches meet what may really happen: memory, time, signals, and the death of the parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from arena.pictures import workshop as module
from arena.pictures.intake import PictureError
from arena.pictures.mark import SourceType
from arena.pictures.workshop import BenchLimits, MadePictures, Workshop, WorkshopError

from .hostile import noise, png, repeat_scans, save

SMALL = save(noise(), "PNG")
SECONDS = 60.0


@pytest.fixture(scope="module")
def slow() -> bytes:
    """A picture that takes half a second of CPU or more: a progressive JPEG with many scans."""
    return repeat_scans(save(noise((1200, 1200)), "JPEG", progressive=True), 90)


@pytest.fixture
def opened() -> Iterator[Callable[..., Workshop]]:
    made: list[Workshop] = []

    def start(*, size: int = 1, **limits: float) -> Workshop:
        made.append(Workshop(size=size, limits=BenchLimits(**{"nice": 0, **limits})))
        return made[-1]

    yield start
    for workshop in made:
        workshop.close()


def make(workshop: Workshop, data: bytes = SMALL) -> MadePictures:
    return workshop.make(data, width=64, height=64, source=SourceType.TRAINED)


def pid_of(workshop: Workshop) -> int:
    process = workshop.benches[0].process
    assert process is not None
    return process.pid


def ask_pid(workshop: Workshop) -> int:
    make(workshop)
    return pid_of(workshop)


def wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.01)


def cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def is_there(pid: int) -> bool:
    """Tell whether a process runs; a dead one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def ask_and_wait(
    workshop: Workshop, data: bytes, threads: ThreadPoolExecutor
) -> Future[MadePictures]:
    """Let a thread ask, and return when the bench is in the middle of the picture."""
    make(workshop)
    before = cpu_ticks(pid_of(workshop))
    asked = threads.submit(make, workshop, data)
    wait_until(lambda: cpu_ticks(pid_of(workshop)) > before + 10)
    return asked


def test_a_bench_keeps_its_process_and_gives_the_same_bytes(opened):
    workshop = opened()
    first = make(workshop)
    pid = pid_of(workshop)
    assert make(workshop) == first
    assert pid_of(workshop) == pid
    assert (first.width, first.height) == (96, 80)
    assert {(file.width, file.height) for file in first.files} == {(64, 64)}


def test_a_picture_may_be_measured_alone(opened):
    workshop = opened()
    assert workshop.measure(SMALL) == (96, 80)
    with pytest.raises(PictureError, match="no PNG"):
        workshop.measure(b"<html>")
    assert workshop.benches[0].made == 2


def test_a_refused_picture_costs_no_bench(opened):
    workshop = opened()
    pid = ask_pid(workshop)
    with pytest.raises(PictureError, match=r"^The file is no PNG, JPEG or WebP picture\.$"):
        make(workshop, b"<html>")
    make(workshop)
    assert pid_of(workshop) == pid


def test_a_picture_that_eats_memory_is_refused_and_the_next_one_is_made(opened):
    workshop = opened(memory_bytes=60_000_000)
    make(workshop)
    with pytest.raises(PictureError, match="too much memory"):
        make(workshop, png(5_000, 5_000))
    make(workshop)


def test_the_largest_pictures_fit_into_the_memory(opened):
    made = make(opened(), png(8192, 3173, colour=6, depth=16))
    assert (made.width, made.height) == (8192, 3173)


@pytest.mark.parametrize("limits", [{"cpu_seconds": 0.2}, {"wall_seconds": 0.5}])
def test_a_picture_that_takes_too_long_is_refused_and_its_bench_is_gone(opened, slow, limits):
    workshop = opened(**limits)
    # The small one is within both limits; under a heavy load it alone might not be in wall time.
    pid = ask_pid(workshop) if "cpu_seconds" in limits else 0
    with pytest.raises(PictureError, match="took too long"):
        make(workshop, slow)
    assert not is_there(pid)
    assert workshop.benches[0].process is None


def test_a_bench_that_is_stopped_is_killed_by_the_parent(opened, slow):
    """SIGSTOP: not even the child's own clocks run out."""
    workshop = opened(wall_seconds=5.0)
    with ThreadPoolExecutor(1) as threads:
        make(workshop)
        pid = pid_of(workshop)
        before = cpu_ticks(pid)
        asked = threads.submit(make, workshop, slow)
        wait_until(lambda: cpu_ticks(pid) > before + 5)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(PictureError, match="took too long"):
            asked.result(SECONDS)
    assert not is_there(pid)
    make(workshop)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_refuses_its_picture_and_harms_no_other(opened, slow, number):
    workshop = opened(size=2)
    with ThreadPoolExecutor(3) as threads:
        others = []

        def keep_going() -> int:
            made = 0
            while not asked.done():
                make(workshop)
                made += 1
            return made

        make(workshop)
        bench = next(b for b in workshop.benches if b.process is not None)
        assert bench.process is not None
        pid, before = bench.process.pid, cpu_ticks(bench.process.pid)
        asked = threads.submit(make, workshop, slow)
        others = [threads.submit(keep_going) for _ in range(2)]
        wait_until(lambda: cpu_ticks(pid) > before + 10)
        os.kill(pid, number)
        with pytest.raises(PictureError, match="crashed the program"):
            asked.result(SECONDS)
        assert all(other.result(SECONDS) >= 0 for other in others)
    make(workshop)


def test_a_picture_whose_bench_was_killed_is_tried_once_more(opened, slow):
    workshop = opened()
    with ThreadPoolExecutor(1) as threads:
        asked = ask_and_wait(workshop, slow, threads)
        first = pid_of(workshop)
        os.kill(first, signal.SIGKILL)
        assert asked.result(SECONDS).width == 1200
    assert pid_of(workshop) != first


def test_a_picture_whose_bench_was_killed_twice_is_refused(opened, slow, monkeypatch):
    workshop = opened()
    heard: list[int] = []  # whose frames have come: a bench's first one says that it has begun
    receive = module.receive_frame

    def receive_and_tell(line, *, until):
        answer = receive(line, until=until)
        heard.append(pid_of(workshop))
        return answer

    monkeypatch.setattr(module, "receive_frame", receive_and_tell)
    with ThreadPoolExecutor(1) as threads:
        asked = ask_and_wait(workshop, slow, threads)
        first = pid_of(workshop)
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: (workshop.benches[0].process or _Nobody).pid not in (0, first))
        second = pid_of(workshop)
        wait_until(lambda: second in heard)
        os.kill(second, signal.SIGKILL)
        with pytest.raises(PictureError, match="killed, twice"):
            asked.result(SECONDS)
    make(workshop)


class _Nobody:
    pid = 0


def test_a_bench_that_dies_idle_costs_no_picture(opened):
    workshop = opened()
    for number in (signal.SIGKILL, signal.SIGSEGV):
        make(workshop)
        pid = pid_of(workshop)
        os.kill(pid, number)
        wait_until(lambda pid=pid: not is_there(pid))
        make(workshop)
        assert pid_of(workshop) != pid


def test_a_restart_of_the_service_does_not_end_a_bench_in_the_middle(opened, slow):
    """A service manager sends its signal to the whole group; the parent finishes, so its bench must."""
    workshop = opened()
    with ThreadPoolExecutor(1) as threads:
        asked = ask_and_wait(workshop, slow, threads)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            os.kill(pid_of(workshop), number)
        assert asked.result(SECONDS).width == 1200


def test_a_bench_is_replaced_after_a_number_of_pictures(opened):
    workshop = opened(pictures=2)
    pids = []
    for _ in range(3):
        make(workshop)
        pids.append(pid_of(workshop))
        make(workshop)
        assert workshop.benches[0].process is None
    assert len(set(pids)) == 3


def test_many_threads_share_a_few_benches(opened):
    workshop = opened(size=2)
    pictures = [save(noise(seed=seed), "PNG") for seed in range(24)]
    alone = [make(workshop, data) for data in pictures]
    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(lambda data: make(workshop, data), pictures)) == alone
    assert len({data.files[0].data for data in alone}) == 24
    assert sum(bench.made for bench in workshop.benches) == 48


def test_a_bench_knows_no_secret(opened, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    workshop = opened()
    make(workshop)
    folder = Path(f"/proc/{pid_of(workshop)}")
    names = {line.partition(b"=")[0] for line in (folder / "environ").read_bytes().split(b"\0")}
    assert names <= {name.encode() for name in (*module._ENVIRONMENT, "")}
    # Standard input is the line, output leads nowhere, errors go where ours go; nothing else is open.
    assert {path.name for path in (folder / "fd").iterdir()} == {"0", "1", "2"}
    # The site would be megabytes of Python and a second of start.
    assert b"django" not in (folder / "maps").read_bytes()


def test_without_processes_the_picture_is_not_to_blame(opened, monkeypatch):
    for program in ("/bin/false", "/nowhere/python"):
        monkeypatch.setattr(module.sys, "executable", program)
        with pytest.raises(WorkshopError):
            make(opened())


def test_a_closed_workshop_blames_no_picture(opened, slow):
    workshop = opened()
    with ThreadPoolExecutor(1) as threads:
        asked = ask_and_wait(workshop, slow, threads)
        pid = pid_of(workshop)
        workshop.close()
        with pytest.raises(WorkshopError):
            asked.result(SECONDS)
    assert not is_there(pid)
    with pytest.raises(WorkshopError):
        make(workshop)


def test_a_forked_process_has_benches_of_its_own(opened):
    workshop = opened()
    expected = make(workshop)
    pid = pid_of(workshop)
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()

    def work() -> None:
        made = make(workshop)
        theirs.send((pid_of(workshop), made == expected))
        workshop.close()

    child = context.Process(target=work)
    child.start()
    assert ours.poll(SECONDS)
    other, same = ours.recv()
    child.join(SECONDS)
    assert child.exitcode == 0
    assert same
    assert other != pid
    assert make(workshop) == expected
    assert pid_of(workshop) == pid


PARENT = """
import sys, threading, time
from arena.pictures.workshop import Workshop, BenchLimits, SourceType
workshop = Workshop(size=1, limits=BenchLimits(nice=0, cpu_seconds=4))
def make(path):
    data = open(path, "rb").read()
    workshop.make(data, width=64, height=64, source=SourceType.TRAINED)
make(sys.argv[1])
print(workshop.benches[0].process.pid, flush=True)
if len(sys.argv) > 2:
    threading.Thread(target=make, args=(sys.argv[2],), daemon=True).start()
time.sleep(300)
"""


@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_benches_end_with_their_parent(tmp_path, slow, busy, number):
    for name, data in (("small", SMALL), ("slow", slow)):
        (tmp_path / name).write_bytes(data)
    words = [str(tmp_path / name) for name in (("small", "slow") if busy else ("small",))]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, *words], stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            if busy:
                before = cpu_ticks(pid)
                wait_until(lambda: cpu_ticks(pid) > before + 10)
        finally:
            parent.send_signal(number)
            parent.wait(SECONDS)
    wait_until(lambda: not is_there(pid))


def test_no_thread_is_left_behind(opened):
    before = threading.active_count()
    make(opened())
    assert threading.active_count() == before


@pytest.mark.parametrize(
    ("picture", "ending"),
    [(noise((1600, 400)), "jpg"), (Image.new("RGB", (1600, 400), (200, 30, 30)), "png")],
)
def test_a_reference_is_rebuilt_without_what_came_with_it(opened, picture, ending) -> None:
    data = save(picture, "JPEG", comment=b"canary")
    assert b"canary" in data
    (file,) = opened().rebuild(data).files
    assert (file.extension, file.width, file.height) == (ending, 1536, 384)
    assert b"canary" not in file.data
    with pytest.raises(PictureError):
        opened().rebuild(b"no picture")
