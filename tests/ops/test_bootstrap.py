import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from arena.ops import state


@pytest.fixture
def bootstrap(tmp_path: Path) -> Iterator[ModuleType]:
    """The script, as if it stood in an empty checkout whose locks ask for nothing."""
    spec = importlib.util.spec_from_file_location("bootstrap", state.checkout() / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.VENV = tmp_path / ".venv"
    module.VENV_PYTHON = tmp_path / ".venv" / "bin" / "python"
    module.LOCKS = {"runtime": tmp_path / "requirements.lock"}
    (tmp_path / "requirements.lock").write_text("# nothing\n")
    return module


def test_bootstrap_makes_the_environment_once(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    bootstrap.main()
    assert "ok  environment" in capsys.readouterr().out
    assert subprocess.run([bootstrap.VENV_PYTHON, "-c", ""], check=False).returncode == 0
    bootstrap.main()
    assert capsys.readouterr().out == ""
    bootstrap.LOCKS["runtime"].write_text("# something else\n")
    bootstrap.main()
    assert "installing requirements.lock" in capsys.readouterr().out


def test_bootstrap_does_without_ensurepip(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian splits ensurepip off: making an environment with a pip in it then fails."""
    real_call = bootstrap.call

    def call(command: list[str]) -> subprocess.CompletedProcess[str]:
        if "venv" in command and "--without-pip" not in command:
            return subprocess.CompletedProcess(command, 1, "ensurepip is not available")
        return real_call(command)

    monkeypatch.setattr(bootstrap, "call", call)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    bootstrap.main()
    assert bootstrap.runs(bootstrap.VENV_PYTHON)
    assert not list(bootstrap.VENV.glob("lib/*/site-packages/pip"))


def test_bootstrap_reports_what_pip_could_not_install(bootstrap: ModuleType) -> None:
    bootstrap.VENV_PYTHON = Path(sys.executable)
    lock = bootstrap.LOCKS["runtime"]
    lock.write_text("this is no requirement\n")
    with pytest.raises(
        SystemExit, match=r"(?s)install requirements\.lock:.*this is no requirement"
    ):
        bootstrap.install(lock)


def test_bootstrap_names_the_python_it_needs(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match=r"3\.11 or newer"):
        bootstrap.require_python()


def test_locks_pin_every_file_by_hash_and_name_no_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (state.checkout() / name).read_text()
        pins = [line for line in text.splitlines() if "==" in line]
        assert len(pins) > 20
        assert all(line.endswith("\\") for line in pins)
        assert "://" not in text
        assert "--index" not in text
        assert "--find-links" not in text


def test_development_lock_agrees_with_the_runtime_lock() -> None:
    pins = {}
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (state.checkout() / name).read_text().splitlines()
        pins[name] = {line.split(" ")[0] for line in lines if "==" in line}
    assert pins["requirements.lock"] <= pins["requirements-dev.lock"]
