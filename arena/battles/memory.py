"""One process's copy of what changes slowly, so that a vote does not ask PostgreSQL for it each time."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

PATIENCE = 1.0
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Memory(Generic[Key, Value]):
    """Values by key, each read again once it is older than `seconds()`; 0 keeps nothing.

    One thread reads a value that is too old; meanwhile the others take the old one, up to twice its
    time, so that a busy process does not ask PostgreSQL the same by all its threads at once. Where there
    is no old one they wait for the reader, but not long: they may hold the connections that it waits for.
    Holds at most `most` values and starts anew beyond that.
    """

    def __init__(self, *, seconds: Callable[[], float], most: int = 20_000) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._readers: dict[Key, threading.Lock] = {}

    def get(self, key: Key, *, read: Callable[[], Value]) -> Value:
        """Return the value of a key, by `read()` where the copy is missing or too old."""
        value = self.peek(key)
        if value is not None:
            return value
        if self._seconds() <= 0:
            return read()
        reader = self._readers.setdefault(key, threading.Lock())
        if not reader.acquire(blocking=False):
            value = self.peek(key, times=2)
            if value is not None:
                return value
            if not reader.acquire(timeout=PATIENCE):
                return read()
        try:
            value = self.peek(key)
            if value is None:
                value = read()
                self.put(key, value)
            return value
        finally:
            reader.release()

    def peek(self, key: Key, *, times: int = 1) -> Value | None:
        """Return the copy of a key if it is fresh, or no older than so many `times` what fresh is."""
        kept = self._kept.get(key)
        if kept is None or time.monotonic() - kept[0] >= times * self._seconds():
            return None
        return kept[1]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value that was just read."""
        if self._seconds() <= 0:
            return
        if len(self._kept) >= self._most:
            self._kept, self._readers = {}, {}
        self._kept[key] = (time.monotonic(), value)

    def forget(self) -> None:
        """Read everything again."""
        self._kept = {}
