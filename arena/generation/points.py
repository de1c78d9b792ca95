"""Named points of a call's life at which a test may end the process, to show that nothing is lost there."""

import os
import signal
from pathlib import Path

VARIABLE = "PARAGONE_DIE_AT"

POINTS = (
    "planned",  # in the planning transaction, before it commits
    "taken",  # the row says submitting, nothing was sent
    "answered",  # the answer is in memory, nothing of it is kept
    "remote-id",  # a queue has the job, its number is not yet in the row
    "submitted",  # the job's number is in the row
    "original",  # the original is on disk, the row still says that the answer is awaited
    "collecting",  # the row says collecting, the workers were not told
    "rendered",  # the files for voters are written, no row names them
    "stored",  # the picture is stored, the broker still has the message
)


def reach(point: str) -> None:
    """End this process like a power cut if the folder that the environment names holds a file of this name.

    The file is removed first, so that it happens once. Without the variable this does nothing.
    """
    folder = os.environ.get(VARIABLE)
    if not folder:
        return
    try:
        (Path(folder) / point).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
