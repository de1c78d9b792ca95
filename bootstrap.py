#!/usr/bin/env python3
"""Make .venv and install the lock into it; nothing to do when that has been done.

    python3 bootstrap.py         what `make up` needs
    python3 bootstrap.py --dev   what `make test` and `make check` need on top

Standard library only, and readable by old Pythons, so that they say what is wrong.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")
LOCKS = {"runtime": HERE / "requirements.lock", "dev": HERE / "requirements-dev.lock"}
SECONDS = 900


def main():
    """Bring .venv up to date with a lock, printing two lines if there was something to do."""
    require_python()
    kind = "dev" if "--dev" in sys.argv[1:] else "runtime"
    lock = LOCKS[kind]
    stamp = VENV / f".installed-{kind}"
    wanted = fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted and runs(VENV_PYTHON):
        return
    begun = time.monotonic()
    say(f"..  installing {lock.name} into .venv")
    make_environment()
    install(lock)
    stamp.write_text(wanted)
    say(f"ok  {'environment':<28}{time.monotonic() - begun:6.1f} s")


def require_python():
    """Go on under a Python that is new enough, looking for one on PATH where this one is not."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found and runs(Path(found)):
            os.execv(found, [found, *sys.argv])  # noqa: S606
    sys.exit(
        f"Paragone needs Python 3.11 or newer; this is {platform.python_version()}. "
        "Choose another one: make up PYTHON=/path/to/python3.12"
    )


def fingerprint(lock):
    """Return what a stamp holds: it changes with the lock and with the Python that installs it."""
    return hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()


def make_environment():
    """Create .venv, with a pip in it or, where ensurepip is missing (Debian), without one."""
    made = VENV / "pyvenv.cfg"
    if made.exists() and runs(VENV_PYTHON):
        said = dict(line.split(" = ", 1) for line in made.read_text().splitlines() if " = " in line)
        if said.get("version") == platform.python_version():
            return
    command = [sys.executable, "-m", "venv", "--clear"]
    if call([*command, str(VENV)]).returncode == 0:
        return
    answer = call([*command, "--without-pip", str(VENV)])
    if answer.returncode != 0:
        fail("Could not make .venv. On Debian: apt-get install python3-venv", answer)


def install(lock):
    """Install exactly the lock: every file checked against its hash, nothing built from source."""
    pip = [str(VENV_PYTHON), "-m", "pip"]
    if call([*pip, "--version"]).returncode != 0:
        pip = [sys.executable, "-m", "pip", "--python", str(VENV_PYTHON)]
        if call([*pip, "--version"]).returncode != 0:
            sys.exit(
                "Found neither ensurepip nor a pip of at least 22.3. "
                "On Debian: apt-get install python3-venv"
            )
    answer = call(
        [
            *pip,
            *("install", "--quiet", "--no-input", "--disable-pip-version-check"),
            # Compiling what is never imported would take longer than all the rest.
            *("--no-compile", "--require-hashes", "--only-binary", ":all:"),
            *("--requirement", str(lock)),
        ]
    )
    if answer.returncode != 0:
        fail(f"pip could not install {lock.name}:", answer)


def runs(python):
    """Tell whether this interpreter exists, starts, and is new enough."""
    if not python.exists():
        return False
    code = f"import sys; sys.exit(sys.version_info < {OLDEST!r})"
    return call([str(python), "-I", "-S", "-c", code]).returncode == 0


def call(command):
    """Run a command quietly and keep what it wrote."""
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def fail(message, answer):
    """End with a message and the last lines of the command that failed."""
    lines = (answer.stdout or "").strip().splitlines()[-15:]
    sys.exit("\n  ".join([message, *lines]))


def say(line):
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
