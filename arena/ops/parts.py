"""The parts of the site itself: their commands, and how each is known to be ready."""

import http.client
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from arena.ops import state
from arena.ops.supervisor import Part

# Long enough for a picture to finish drawing, short enough to stop within the supervisor's grace.
GRACEFUL_SECONDS = 4
# Drawing and encoding take whole processors for seconds: voters, and calls that are paid, come first.
WORKS_HARD = 10


def studios_part(*, port: int, environment: Mapping[str, str]) -> Part:
    """The demo studios' HTTP server."""
    return Part(
        name="studios",
        command=(
            *_gunicorn("arena.studios.server:application", address=f"127.0.0.1:{port}"),
            # Loaded once and forked: drawing keeps no state that two processes must not share.
            *("--workers", "2", "--threads", "8", "--timeout", "60", "--preload"),
        ),
        # One thread for each of the two processes: more only get in each other's way on two cores.
        environment={**environment, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        is_ready=answers(host="127.0.0.1", port=port, path="/healthz"),
        niceness=WORKS_HARD,
    )


def web_part(*, host: str, port: int, environment: Mapping[str, str]) -> Part:
    """The web server; the one part without which there is no site."""
    bracketed = f"[{host}]" if ":" in host else host
    # Half of them may wait for the gateway's providers (GATEWAY_CALLS); eight stay with the voters.
    threads = environment.get("WEB_THREADS") or "16"
    return Part(
        name="web",
        command=(
            *_gunicorn("arena.wsgi:application", address=f"{bracketed}:{port}"),
            # Loaded once and forked, URLs and views with it: no process is slow at its first page.
            *("--workers", "2", "--threads", threads, "--timeout", "60", "--preload"),
        ),
        environment=environment,
        is_ready=answers(host=reachable(host), port=port, path="/livez"),
        essential=True,
    )


def demo_part(*, votes: int, environment: Mapping[str, str]) -> Part:
    """The demo's simulated voters, who leave when they have voted."""
    return Part(
        name="demo",
        command=(
            *(sys.executable, str(state.checkout() / "manage.py"), "demo"),
            *("--votes", str(votes), "--unless-cleared"),
        ),
        environment=environment,
        once=True,
    )


def worker_parts(*, root: Path, environment: Mapping[str, str]) -> tuple[Part, ...]:
    """Celery: calls, which wait; the intake, which works; ratings and housekeeping apart; and the clock."""
    threads = environment.get("WORKER_THREADS") or "64"
    commands = {
        "worker": _worker("generate", queues="generate", threads=threads),
        "intake": _worker("intake", queues="intake", threads=str(os.cpu_count() or 2)),
        "ratings": _worker("ratings", queues="ratings,housekeeping", threads="2"),
        "beat": ("beat", "--schedule", str(root / "beat-schedule")),
    }
    return tuple(
        Part(
            name=name,
            command=(sys.executable, "-m", "celery", "-A", "arena.celery:app", *words),
            environment=environment,
            ordinary="logfile ->",  # beat's greeting names the level it logs at
            niceness=WORKS_HARD if name == "intake" else 0,
        )
        for name, words in commands.items()
    )


def reachable(host: str) -> str:
    """Return an address at which a server that listens on `host` can be asked from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def answers(*, host: str, port: int, path: str) -> Callable[[int], bool]:
    """Return a check that asks a server for `path`: any answer but a server error will do.

    A narrowed ALLOWED_HOSTS may refuse our address, and the server is up all the same.
    """

    def check(pid: int) -> bool:
        line = http.client.HTTPConnection(host, port, timeout=2)
        try:
            line.request("GET", path)
            return line.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    return check


def children_environment(**more: str) -> dict[str, str]:
    """Return what the site's processes inherit."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **more}


def _gunicorn(application: str, *, address: str) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "gunicorn", application),
        *("--bind", address, "--worker-class", "gthread"),
        *("--graceful-timeout", str(GRACEFUL_SECONDS), "--no-control-socket"),
        *("--log-level", "warning"),
    )


def _worker(name: str, *, queues: str, threads: str) -> tuple[str, ...]:
    return (
        *("worker", "--queues", queues, "--hostname", f"{name}@%h"),
        *("--pool", "threads", "--concurrency", threads),
        *("--without-gossip", "--without-mingle"),
    )
