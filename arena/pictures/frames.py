"""What passes between the workshop and its benches: a head in JSON and a body of bytes, never code.

JSON and not pickle: what a bench says may have been written by a hostile picture.
"""

import json
import socket
import struct
import time
from typing import Any

MOST_HEAD = 65_536
MOST_BODY = 256_000_000
_LENGTHS = struct.Struct(">II")
_PIECE = 1 << 20


class LineClosed(Exception):
    """The other side is gone, or says what it must not say."""


class LineSlow(Exception):
    """The other side did not answer in time."""


def send_frame(
    line: socket.socket, head: dict[str, Any], body: bytes = b"", *, until: float | None = None
) -> None:
    """Send one frame; `until` is a moment of time.monotonic. Raises LineClosed or LineSlow."""
    text = json.dumps(head).encode()
    try:
        for part in (_LENGTHS.pack(len(text), len(body)) + text, body):
            line.settimeout(_left(until))
            line.sendall(part)
    except TimeoutError as error:
        raise LineSlow from error
    except OSError as error:
        raise LineClosed from error


def receive_frame(
    line: socket.socket, *, until: float | None = None
) -> tuple[dict[str, Any], bytes]:
    """Receive one frame; `until` is a moment of time.monotonic. Raises LineClosed or LineSlow."""
    head_length, body_length = _LENGTHS.unpack(_receive(line, _LENGTHS.size, until))
    if head_length > MOST_HEAD or body_length > MOST_BODY:
        raise LineClosed
    text = _receive(line, head_length, until)
    body = _receive(line, body_length, until)
    try:
        head = json.loads(text)
    except ValueError as error:
        raise LineClosed from error
    if not isinstance(head, dict):
        raise LineClosed
    return head, body


def _receive(line: socket.socket, length: int, until: float | None) -> bytes:
    found = bytearray()
    while len(found) < length:
        try:
            line.settimeout(_left(until))
            piece = line.recv(min(_PIECE, length - len(found)))
        except TimeoutError as error:
            raise LineSlow from error
        except OSError as error:
            raise LineClosed from error
        if not piece:
            raise LineClosed
        found += piece
    return bytes(found)


def _left(until: float | None) -> float | None:
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
