"""The child's side of the workshop: one process that turns strangers' bytes into derivatives, in limits.

Run by workshop.py as `python -m arena.pictures.workbench LIMITS`, its standard input being one end of
a socket pair. It knows no Django, holds no key and no connection, and ends when the other side does.
"""

import json
import os
import resource
import signal
import socket
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from .derivatives import Derivative, make_derivatives, rebuild_reference
from .frames import LineClosed, receive_frame, send_frame
from .intake import PictureError, read_picture
from .mark import SourceType

DESCRIBED = ("kind", "width", "height", "content_type", "extension")
NOT_ENCODED = "The picture was read, but its files could not be made."


def main() -> None:
    """Serve pictures until the line closes, or until memory has once run out."""
    limits = json.loads(sys.argv[1])
    _settle(limits)
    line = socket.socket(fileno=0)
    try:
        while True:
            request, data = receive_frame(line)
            _wind_clocks(cpu=limits["cpu_seconds"], wall=limits["wall_seconds"])
            # From here on the workshop blames the picture if this process dies.
            send_frame(line, {"begun": True})
            answer, files = _make(request, data)
            _wind_clocks(cpu=0, wall=0)
            send_frame(line, answer, files)
            if answer.get("spent"):
                return  # what is left of the address space may be in pieces
    except LineClosed:
        return


def _settle(limits: dict[str, Any]) -> None:
    """Take limits that cannot be taken off again, and manners: pages and votes go first."""
    warnings.simplefilter("ignore")  # about hostile bytes there is much to warn of
    # Only the closed line ends a bench: a service manager signals a whole group on a restart, and
    # a picture that was paid for would be lost. The clocks' signals must kill, whoever ignored them.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    os.nice(limits["nice"])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + limits["memory_bytes"]
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _wind_clocks(*, cpu: float, wall: float) -> None:
    """Let the kernel kill this process after so much CPU or wall time, parent or not; 0 stops them."""
    signal.setitimer(signal.ITIMER_PROF, cpu)
    signal.setitimer(signal.ITIMER_REAL, wall)


def _make(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        image = read_picture(data)
        files: tuple[Derivative, ...] = ()
        if "rebuild" in request:
            files = (rebuild_reference(image),)
        elif "only_read" not in request:
            files = make_derivatives(
                image,
                width=request["width"],
                height=request["height"],
                source=SourceType(request["source"]),
            )
    except PictureError as error:
        return {"refused": error.reason, "spent": isinstance(error.__cause__, MemoryError)}, b""
    except MemoryError:
        return {"refused": NOT_ENCODED, "spent": True}, b""
    except (
        Exception
    ):  # an encoder met something that nobody foresaw: the picture is refused, not the call
        return {"refused": NOT_ENCODED, "trace": traceback.format_exc()[-4000:]}, b""
    described = [
        {"bytes": len(file.data)} | {name: getattr(file, name) for name in DESCRIBED}
        for file in files
    ]
    answer = {"width": image.width, "height": image.height, "files": described}
    return answer, b"".join(file.data for file in files)


if __name__ == "__main__":
    main()
