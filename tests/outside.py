"""Run a command beside servers that Paragone did not start: `python -m tests.outside COMMAND ...`.

A PostgreSQL and a Valkey that listen on TCP ports of this machine, named by DATABASE_URL and
REDIS_URL as a host would name them. They and their data are gone afterwards.
"""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from arena.ops import embedded, state
from arena.ops.supervisor import Part, Supervisor

SECONDS = 1800


def main() -> int:
    """Start both servers, run the command with their addresses, stop them, return its exit code."""
    folder = Path(tempfile.mkdtemp(prefix="paragone-outside-"))
    folder.chmod(0o711)
    (folder / "state").mkdir()
    own = os.environ.get("PARAGONE_STATE")
    os.environ["PARAGONE_STATE"] = str(folder / "state")
    try:
        return run_beside_servers(sys.argv[1:], own=own)
    finally:
        for made in state.folders_of_state():
            shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(folder)


def run_beside_servers(command: list[str], *, own: str | None) -> int:
    """Run the command with the caller's own PARAGONE_STATE: only the addresses are shared."""
    root = state.prepare()
    supervisor = Supervisor(logs=root / "logs", pids=root / "run" / "pids.json", say=print)
    postgres_port, valkey_port = state.free_port(), state.free_port()
    parts = (
        with_flags(
            embedded.prepare_postgres(durable=False),
            *("-c", "listen_addresses=127.0.0.1", "-c", f"port={postgres_port}"),
        ),
        with_flags(
            embedded.prepare_valkey(durable=False),
            *("--bind", "127.0.0.1", "--port", str(valkey_port)),
        ),
    )
    try:
        for part in parts:
            supervisor.start(part)
            supervisor.wait_until_ready(part, seconds=60, stop=lambda: False)
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://arena:unused@127.0.0.1:{postgres_port}/paragone",
            "REDIS_URL": f"redis://127.0.0.1:{valkey_port}/0",
        }
        del environment["PARAGONE_STATE"]
        if own is not None:
            environment["PARAGONE_STATE"] = own
        return subprocess.run(command, env=environment, timeout=SECONDS, check=False).returncode
    finally:
        supervisor.stop(hurry=lambda: True)


def with_flags(part: Part, *flags: str) -> Part:
    """Return the part with more flags; of two that say the same the later one counts."""
    return dataclasses.replace(part, command=(*part.command, *flags))


if __name__ == "__main__":
    sys.exit(main())
