"""Pictures that the fake provider delivers: good ones, and ones that no intake should take."""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image


def make_png(told: str, *, size: str = "256x256") -> bytes:
    """Make a picture of nine fields of colour, a function of what it is told."""
    try:
        width, height = (int(side) for side in size.split("x"))
    except ValueError:
        width, height = 256, 256
    digest = hashlib.sha256(told.encode()).digest()
    tiny = Image.frombytes("RGB", (3, 3), digest[:27])
    return _save(tiny.resize((width, height), Image.Resampling.NEAREST), "PNG")


def _save(image: Image.Image, kind: str, **how: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def make_16_bit_png() -> bytes:
    """A 256 x 256 grey ramp with 16 bits a sample."""
    ramp = b"".join(struct.pack("<H", column * 257) for column in range(256)) * 256
    return _save(Image.frombytes("I;16", (256, 256), ramp), "PNG")


def make_cmyk_jpeg() -> bytes:
    """A 256 x 256 CMYK JPEG of pure cyan, inverted as Adobe has it."""
    return _save(Image.new("CMYK", (256, 256), (255, 0, 0, 0)), "JPEG", quality=95)


def make_pixel() -> bytes:
    """A PNG of one pixel."""
    return _save(Image.new("RGB", (1, 1), (200, 30, 30)), "PNG")


@cache
def make_giant() -> bytes:
    """A PNG of 16,384 x 16,384 white pixels in some 30 kilobytes.

    Written by hand: Pillow takes seconds for it, and longer where many threads ask at once.
    """
    side = 16_384
    packer = zlib.compressobj(1)
    row = b"\0" + b"\xff" * (side // 8)
    rows = [packer.compress(row * 256) for _ in range(side // 256)]
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", b"".join(rows) + packer.flush()), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_animation() -> bytes:
    """An animated WebP of two frames."""
    frames = [Image.new("RGB", (256, 256), colour) for colour in ("red", "blue")]
    return _save(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def make_black() -> bytes:
    """What a safety filter leaves of a picture."""
    return _save(Image.new("RGB", (256, 256)), "PNG")


def make_page() -> bytes:
    """No picture at all."""
    return b"<html><body>Sign in to the hotel Wi-Fi</body></html>"


ODD_PICTURES: Mapping[str, Any] = {
    "html_base64": make_page,
    "png_16_bit": make_16_bit_png,
    "cmyk_jpeg": make_cmyk_jpeg,
    "pixel": make_pixel,
    "giant": make_giant,
    "animated": make_animation,
}
