import os
from pathlib import Path

import pytest

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
