"""What callers may write as `size`."""

import math
import re

from .errors import invalid

LEAST_SIDE, MOST_SIDE = 64, 4096
MOST_ASPECT = 4
# Where only a shape is given: about a megapixel, sides in steps that every model can divide.
PIXELS, STEP = 1024 * 1024, 16
PIXEL_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})", re.ASCII)
SHAPE = re.compile(r"(\d{1,4}):(\d{1,4})", re.ASCII)
HOW = (
    f"size is auto, WIDTHxHEIGHT with sides from {LEAST_SIDE} to {MOST_SIDE} pixels, or a shape such as 16:9; "
    f"the longer side is at most {MOST_ASPECT} times the shorter."
)


def read_size(value: object, *, auto: tuple[int, int] = (1, 1)) -> tuple[int, int]:
    """Read a size in pixels: (width, height). `auto` is the shape that the word stands for.

    Raises GatewayError with a sentence that says what is allowed.
    """
    if value is None or value == "auto":
        return fit_shape(*auto)
    text = value if isinstance(value, str) else ""
    if found := PIXEL_SIZE.fullmatch(text):
        width, height = int(found[1]), int(found[2])
        if min(width, height) >= LEAST_SIDE and max(width, height) <= MOST_SIDE:
            return _allow(width, height)
    elif (found := SHAPE.fullmatch(text)) and int(found[1]) and int(found[2]):
        return fit_shape(*_allow(int(found[1]), int(found[2])))
    raise invalid(HOW, param="size", code="invalid_size")


def _allow(width: int, height: int) -> tuple[int, int]:
    if max(width, height) > MOST_ASPECT * min(width, height):
        raise invalid(HOW, param="size", code="invalid_size")
    return width, height


def fit_shape(width: int, height: int) -> tuple[int, int]:
    """Give a shape about a megapixel, in sides that are multiples of 16 and at most 4:1."""
    aspect = min(max(width / height, 1 / MOST_ASPECT), MOST_ASPECT)
    long, short = math.sqrt(PIXELS * aspect), math.sqrt(PIXELS / aspect)
    return round(long / STEP) * STEP, round(short / STEP) * STEP
