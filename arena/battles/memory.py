"""One process's copy of what changes slowly, so that a vote does not ask PostgreSQL for it each time."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Values by key, each read again once it is older than `seconds()`; 0 keeps nothing.

    Holds at most `most` values and starts anew beyond that. Threads may read the same value twice at
    once; the later one stays.
    """

    def __init__(self, *, seconds: Callable[[], float], most: int = 20_000) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[Key, tuple[float, Value]] = {}

    def get(self, key: Key, *, read: Callable[[], Value]) -> Value:
        """Return the value of a key, by `read()` where the copy is missing or too old."""
        value = self.peek(key)
        if value is None:
            value = read()
            self.put(key, value)
        return value

    def peek(self, key: Key) -> Value | None:
        """Return the copy of a key if it is fresh."""
        kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept[0] >= self._seconds():
            return None
        return kept[1]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value that was just read."""
        if self._seconds() <= 0:
            return
        if len(self._kept) >= self._most:
            self._kept = {}
        self._kept[key] = (time.monotonic(), value)

    def forget(self) -> None:
        """Read everything again."""
        self._kept = {}
