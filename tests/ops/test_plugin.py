import os
import subprocess
import sys
from pathlib import Path

import pytest

from arena.ops import state
from tests import plugin


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a browser; returns its only folder of programs."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(plugin, "USUAL_FOLDERS", str(tmp_path))
    return tmp_path


def write_program(path: Path, *lines: str) -> None:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


def test_chromium_is_found_on_path_or_where_the_environment_says(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert plugin.find_chromium() is None
    write_program(bare_machine / "chromium-browser")
    assert plugin.find_chromium() == bare_machine / "chromium-browser"
    write_program(bare_machine / "mine")
    monkeypatch.setenv("CHROMIUM", str(bare_machine / "mine"))
    assert plugin.find_chromium() == bare_machine / "mine"
    monkeypatch.setenv("CHROMIUM", str(bare_machine / "absent"))
    with pytest.raises(pytest.UsageError, match="no program"):
        plugin.find_chromium()


def test_missing_chromium_is_installed_by_root(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    browser = bare_machine / "chromium"
    write_program(
        bare_machine / "apt-get",
        f'[ "$2" = update ] || {{ : > {browser}; /bin/chmod 755 {browser}; }}',
    )
    assert plugin.install_chromium() == browser


def test_failed_installation_of_chromium_is_reported(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    write_program(bare_machine / "apt-get", "echo 'no such mirror' >&2; exit 100")
    with pytest.raises(pytest.UsageError, match="no such mirror"):
        plugin.install_chromium()


def test_missing_chromium_fails_in_one_line_without_root(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(pytest.UsageError, match="sudo apt-get install chromium") as caught:
        plugin.install_chromium()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("unix:///run/valkey.sock?db=0", "unix:///run/valkey.sock?db=1"),
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/1"),
        ("redis://:word@cache.example:6379", "redis://:word@cache.example:6379/1"),
    ],
)
def test_each_worker_has_a_valkey_database_of_its_own(address: str, expected: str) -> None:
    assert plugin.numbered_redis(address, 1) == expected


@pytest.mark.parametrize(
    ("marks", "is_site"), [((), False), (("processes",), True), (("browser", "processes"), True)]
)
def test_tests_that_start_a_site_are_one_group_and_come_first(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    marks: tuple[str, ...],
    is_site: bool,
) -> None:
    monkeypatch.setenv(plugin.WORKER, "gw1")
    plain, other = (
        pytest.Function.from_parent(request.node.parent, name=name, callobj=lambda: None)
        for name in ("test_plain", "test_other")
    )
    for mark in marks:
        other.add_marker(mark)
    items: list[pytest.Item] = [plain, other]
    hook = plugin.pytest_collection_modifyitems(items)
    next(hook)
    with pytest.raises(StopIteration):
        hook.send(None)
    groups = {item.name: item.get_closest_marker("xdist_group").args[0] for item in items}
    own_file = "tests/ops/test_plugin.py"
    assert groups == {"test_plain": own_file, "test_other": "sites" if is_site else own_file}
    assert items == ([other, plain] if is_site else [plain, other])


SAYS_ITS_WORKER = """
import os, pathlib, pytest
@pytest.mark.parametrize("number", range(4))
def test_it(number):
    worker = os.environ["PYTEST_XDIST_WORKER"]
    (pathlib.Path(__file__).parent / f"{__name__}-{number}-{worker}").touch()
"""


def test_the_tests_of_a_file_stay_with_one_worker(tmp_path: Path) -> None:
    """Which a version of pytest has ended without a word: sites ran against each other."""
    for name in ("test_one", "test_two"):
        (tmp_path / f"{name}.py").write_text(SAYS_ITS_WORKER)
    (tmp_path / "pytest.ini").touch()
    command = [sys.executable, "-m", "pytest", "-p", "tests.plugin", "-p", "no:django", "-n", "2"]
    done = subprocess.run(
        [
            *command,
            "--dist",
            "loadgroup",
            "--no-loadscope-reorder",
            "--rootdir",
            tmp_path,
            tmp_path,
        ],
        cwd=state.checkout(),
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = [path.name.split("-") for path in tmp_path.glob("test_*-*")]
    assert len(seen) == 8
    assert len({(name, worker) for name, _, worker in seen}) == 2
