"""The structure of picture files: what is in them besides the pixels, marker by marker and box by box."""

import hashlib
import struct
from collections.abc import Iterator

Part = tuple[str, int, str]

_PARENTS = {b"meta": 4, b"iprp": 0, b"ipco": 0}
# Where the pixels are, which differs with their number of bytes; only its length is compared.
_PLACES = b"iloc"
_PIXELS = b"mdat"


def read_structure(data: bytes) -> tuple[Part, ...]:
    """List a file's parts as (name, length, digest); the pixels' own bytes have length 0 and no digest."""
    if data.startswith(b"\xff\xd8"):
        return tuple(_jpeg(data))
    if data.startswith(b"\x89PNG"):
        return tuple(_png(data))
    if data[4:8] == b"ftyp":
        return (*_boxes(data, path=""), *_items(data))
    raise AssertionError("neither JPEG, PNG nor AVIF")


def _part(name: str, body: bytes) -> Part:
    return name, len(body), hashlib.sha256(body).hexdigest()


def _jpeg(data: bytes) -> Iterator[Part]:
    place = 2
    while True:
        assert data[place] == 0xFF
        marker = data[place + 1]
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        yield _part(f"{marker:02x}", data[place + 4 : place + 2 + length])
        place += 2 + length
        if marker == 0xDA:
            break
    end = place
    while not (data[end] == 0xFF and data[end + 1] not in (0, *range(0xD0, 0xD8))):
        end += 1
    yield "scan", 0, ""
    yield _part("after the scan", data[end:])


def _png(data: bytes) -> Iterator[Part]:
    place = 8
    while place < len(data):
        (length,) = struct.unpack(">I", data[place : place + 4])
        name = data[place + 4 : place + 8]
        body = data[place + 8 : place + 8 + length]
        yield (name.decode(), 0, "") if name == b"IDAT" else _part(name.decode(), body)
        place += 12 + length


def _boxes(data: bytes, *, path: str) -> Iterator[Part]:
    place = 0
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place : place + 8])
        assert size >= 8
        body, inner = data[place + 8 : place + size], f"{path}/{name.decode()}"
        if name in _PARENTS:
            yield inner, 0, ""
            yield from _boxes(body[_PARENTS[name] :], path=inner)
        elif name == _PIXELS:
            yield inner, 0, ""
        elif name == _PLACES:
            yield inner, len(body), ""
        else:
            yield _part(inner, body)
        place += size


def _items(data: bytes) -> Iterator[Part]:
    """What lies in `mdat`: the picture as the kinds of its AV1 units, and whatever lies beside it whole.

    Read from `iloc` version 0 with one extent an item (ISO/IEC 14496-12); the items fill `mdat` exactly.
    """
    place = data.index(b"iloc") + 4
    assert data[place : place + 6] == b"\0\0\0\0\x44\0", "another layout of places"
    (count,) = struct.unpack(">H", data[place + 6 : place + 8])
    rows = struct.iter_unpack(">HHHII", data[place + 8 : place + 8 + 14 * count])
    items = sorted((start, length, number) for number, _, extents, start, length in rows if extents)
    assert len(items) == count
    name_at = data.index(_PIXELS)
    (size,) = struct.unpack(">I", data[name_at - 4 : name_at])
    end = name_at + 4
    for start, length, number in items:
        assert start == end, "bytes that belong to no item"
        end += length
        body = data[start:end]
        if number == 1:
            yield from ((f"OBU {kind}", 0, "") for kind in _obus(body))
        else:
            yield _part(f"item {number}", body)
    assert end == name_at - 4 + size, "bytes that belong to no item"


def _obus(data: bytes) -> Iterator[int]:
    """The kinds of an AV1 stream's units: 1 sequence header, 5 metadata, 6 frame, 15 padding."""
    place = 0
    while place < len(data):
        head = data[place]
        place += 2 if head & 4 else 1
        assert head & 2, "a unit without its size"
        size = shift = 0
        while True:
            byte = data[place]
            place += 1
            size |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        yield head >> 3 & 15
        place += size
