"""Fills the room that calls leave when they end: one thread of a process plans for all that ask meanwhile.

Many calls end at once. If each of them planned, they would wait in line at the planners' lock, and whoever
did not wait would leave his room empty until `dispatch` looks again.
"""

import threading
from collections.abc import Callable

from .dispatch import LOOK_AT_FEW, plan_due
from .hints import hint_make


class Refill:
    """Plans what there is room for, as often as somebody asked; safe to call from many threads at once.

    `plan` gets how many slots to look at, as many as calls have ended but LOOK_AT_FEW at least, and returns
    the ids that were planned; `tell` gets those.
    """

    def __init__(
        self, *, plan: Callable[[int], list[int]], tell: Callable[[list[int]], None]
    ) -> None:
        self._plan = plan
        self._tell = tell
        self._changed = threading.Lock()
        self._asked = 0
        self._busy = False

    def __call__(self) -> None:
        """Plan now, or have the thread that is planning look once more; errors are the planning thread's."""
        with self._changed:
            self._asked += 1
            if self._busy:
                return
            self._busy = True
        try:
            while asked := self._take():
                most = max(asked, LOOK_AT_FEW)
                planned = self._plan(most)
                self._tell(planned)
                if len(planned) == most:  # there may be room for more
                    with self._changed:
                        self._asked += 1
        except BaseException:
            with self._changed:
                self._busy = False
            raise

    def _take(self) -> int:
        with self._changed:
            asked, self._asked = self._asked, 0
            self._busy = asked > 0
            return asked


refill = Refill(plan=lambda most: plan_due(look_at=most, wait=True), tell=hint_make)
