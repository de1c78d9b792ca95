import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.ops.supervisor import Part, PartFailed, Supervisor

from .waiting import is_alive, wait_for

Make = Callable[..., Supervisor]
SLEEP = "import time; time.sleep(60)"


def python_part(name: str, code: str, **more: object) -> Part:
    return Part(name=name, command=(sys.executable, "-c", code), **more)


def watch_until(supervisor: Supervisor, condition: Callable[[], object]) -> None:
    def look() -> object:
        supervisor.watch()
        return condition()

    wait_for(look)


def is_interruptible(marker: Path) -> Callable[[int], bool]:
    """Ready once the part has made its file, so that its signal handlers are in place."""
    return lambda pid: marker.exists()


def test_killed_part_is_named_and_restarted(
    make_supervisor: Make, said: list[str], open_folder: Path
) -> None:
    supervisor = make_supervisor()
    supervisor.start(python_part("clock", SLEEP))
    first = supervisor.pids()["clock"]
    os.kill(first, signal.SIGKILL)
    watch_until(supervisor, lambda: supervisor.pids().get("clock", first) != first)
    assert any("clock" in line and "SIGKILL" in line for line in said)
    assert json.loads((open_folder / "pids.json").read_text()) == supervisor.pids()


def test_part_that_runs_once_is_not_restarted_when_it_is_done(
    make_supervisor: Make, said: list[str], open_folder: Path
) -> None:
    supervisor = make_supervisor()
    supervisor.start(python_part("errand", "print('done')", once=True))
    watch_until(supervisor, lambda: not supervisor.pids())
    assert supervisor.watch() is True
    assert supervisor.pids() == {}
    assert said == []


def test_part_gives_way_by_its_niceness(make_supervisor: Make, open_folder: Path) -> None:
    supervisor = make_supervisor()
    told = {}
    for name, niceness in (("ordinary", 0), ("patient", 3)):
        file = open_folder / name
        code = f"import os; open({str(file)!r}, 'w').write(str(os.nice(0)))"
        supervisor.start(python_part(name, code, once=True, niceness=niceness))
        watch_until(supervisor, lambda: not supervisor.pids())
        told[name] = int(file.read_text())
    assert told == {"ordinary": os.nice(0), "patient": os.nice(0) + 3}


def test_part_that_runs_once_is_restarted_when_it_fails(
    make_supervisor: Make, said: list[str]
) -> None:
    supervisor = make_supervisor()
    supervisor.start(python_part("errand", "raise SystemExit(2)", once=True))
    watch_until(supervisor, lambda: any("restarting" in line for line in said))
    assert "exit code 2" in said[0]


def test_part_that_keeps_crashing_is_given_up_with_its_last_lines(
    make_supervisor: Make, said: list[str]
) -> None:
    supervisor = make_supervisor()
    supervisor.start(python_part("poet", "print('dying words'); raise SystemExit(3)"))
    watch_until(supervisor, lambda: any("given up" in line for line in said))
    last = next(line for line in said if "given up" in line)
    assert "poet" in last
    assert "exit code 3" in last
    assert "dying words" in last
    assert supervisor.watch() is True  # the others go on
    assert supervisor.pids() == {}


def test_given_up_essential_part_ends_the_watch(make_supervisor: Make) -> None:
    supervisor = make_supervisor()
    supervisor.start(python_part("heart", "raise SystemExit(1)", essential=True))
    wait_for(lambda: not supervisor.watch())


def test_part_that_does_not_start_is_reported_with_its_last_lines(make_supervisor: Make) -> None:
    supervisor = make_supervisor(pauses=(0.05, 0.05, 0.05, 0.05))
    part = python_part("web", "raise SystemExit('no such module')", is_ready=lambda pid: False)
    supervisor.start(part)
    with pytest.raises(PartFailed, match="no such module"):
        supervisor.wait_until_ready(part, seconds=10, stop=lambda: False)


def test_part_that_is_never_ready_is_reported_in_time(make_supervisor: Make) -> None:
    supervisor = make_supervisor()
    part = python_part("web", SLEEP, is_ready=lambda pid: False)
    supervisor.start(part)
    with pytest.raises(PartFailed, match="not ready within"):
        supervisor.wait_until_ready(part, seconds=0.2, stop=lambda: False)


def test_program_that_does_not_exist_is_reported(make_supervisor: Make) -> None:
    supervisor = make_supervisor()
    part = Part(name="ghost", command=("/nowhere/ghost",), is_ready=lambda pid: False)
    supervisor.start(part)
    with pytest.raises(PartFailed, match="cannot start /nowhere/ghost"):
        supervisor.wait_until_ready(part, seconds=10, stop=lambda: False)


def test_stop_ends_the_workers_before_the_servers_they_need(
    make_supervisor: Make, open_folder: Path
) -> None:
    order = open_folder / "order"
    code = (
        "import signal, sys, time, pathlib\n"
        "def leave(*_):\n"
        "    time.sleep(0.2)\n"
        "    open({order!r}, 'a').write({name!r} + '\\n')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        "pathlib.Path({ready!r}).touch()\n"
        "time.sleep(60)\n"
    )
    supervisor = make_supervisor()
    for name, shift in (("database", 2), ("queue", 1), ("worker", 0)):
        ready = open_folder / name
        text = code.format(order=str(order), name=name, ready=str(ready))
        part = python_part(name, text, shift=shift, is_ready=is_interruptible(ready))
        supervisor.start(part)
        supervisor.wait_until_ready(part, seconds=10, stop=lambda: False)
    supervisor.stop(hurry=lambda: False)
    assert order.read_text().split() == ["worker", "queue", "database"]
    assert not (open_folder / "pids.json").exists()


@pytest.mark.parametrize(("grace", "hurry"), [(0.3, False), (30.0, True)])
def test_part_that_will_not_stop_is_killed_with_its_children(
    make_supervisor: Make, open_folder: Path, grace: float, hurry: bool
) -> None:
    child = open_folder / "child"
    code = (
        "import signal, subprocess, sys, time, pathlib\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    supervisor = make_supervisor()
    part = python_part("deaf", code, grace=grace, is_ready=is_interruptible(child))
    supervisor.start(part)
    supervisor.wait_until_ready(part, seconds=10, stop=lambda: False)
    wait_for(child.read_text)
    begun = time.monotonic()
    supervisor.stop(hurry=lambda: hurry)
    assert time.monotonic() - begun < 3
    wait_for(lambda: not is_alive(int(child.read_text())))


def test_children_of_a_crashed_part_do_not_outlive_it(
    make_supervisor: Make, open_folder: Path
) -> None:
    child = open_folder / "child"
    code = (
        "import os, subprocess, sys, pathlib\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(child.pid))\n"
        "os._exit(1)\n"
    )
    supervisor = make_supervisor(pauses=(30.0,))
    supervisor.start(python_part("careless", code))
    watch_until(supervisor, lambda: supervisor.pids() == {})
    wait_for(lambda: not is_alive(int(child.read_text())))


def test_parts_die_with_a_supervisor_that_is_killed(open_folder: Path) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from arena.ops.supervisor import Part, Supervisor\n"
        f"folder = pathlib.Path({str(open_folder)!r})\n"
        "supervisor = Supervisor(logs=folder / 'logs', pids=folder / 'pids.json', say=print)\n"
        f"part = Part(name='orphan', command=(sys.executable, '-c', {SLEEP!r}))\n"
        "supervisor.start(part)\n"
        "time.sleep(60)\n"
    )
    pids = open_folder / "pids.json"
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        wait_for(pids.exists)
        orphan = json.loads(pids.read_text())["orphan"]
        wait_for(lambda: "time.sleep" in Path(f"/proc/{orphan}/cmdline").read_text())
        time.sleep(0.2)  # until it has become the program and asked for its signal
        assert is_alive(orphan)
        process.kill()
        process.wait()
    wait_for(lambda: not is_alive(orphan), seconds=5)


def test_warnings_are_shown_and_the_rest_is_kept_in_the_log(
    make_supervisor: Make, said: list[str], open_folder: Path
) -> None:
    lines = (
        "INFO all is well\nWARNING the queue is long\nWARNING usual advice\nTraceback:\n  frame\n"
    )
    part = python_part(
        "worker", f"print({lines!r} + 'ValueError: no'); {SLEEP}", ordinary="usual advice"
    )
    supervisor = make_supervisor()
    supervisor.start(
        Part(**{**part.__dict__, "environment": {**os.environ, "PYTHONUNBUFFERED": "1"}})
    )
    watch_until(supervisor, lambda: len(said) >= 2)
    assert said == ["worker   | WARNING the queue is long", "worker   | ValueError: no"]
    assert "INFO all is well" in (open_folder / "logs" / "worker.log").read_text()
