"""How many slow calls of the gateway one web process lets in: its other threads stay with the voters."""

import threading

from django.conf import settings

_lock = threading.Lock()
_taken = 0


def take_permits(wanted: int) -> bool:
    """Take so many of the `GATEWAY_CALLS` permits, all or none, without waiting."""
    global _taken  # noqa: PLW0603 - the process has one count
    with _lock:
        if _taken + wanted > settings.GATEWAY_CALLS:
            return False
        _taken += wanted
        return True


def return_permits(count: int) -> None:
    """Give permits back."""
    global _taken  # noqa: PLW0603
    with _lock:
        _taken -= count


def count_taken() -> int:
    """Count the permits that are taken now."""
    return _taken


class Hold:
    """The permits of one request; `release` gives them back once, however often it is called."""

    def __init__(self) -> None:
        self._count = 0

    def take(self, wanted: int) -> bool:
        """Take more, all or none."""
        if not take_permits(wanted):
            return False
        self._count += wanted
        return True

    def release(self) -> None:
        """Give all of them back."""
        count, self._count = self._count, 0
        return_permits(count)
