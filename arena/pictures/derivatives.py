"""What voters are served: equal canvases, one encoder, nothing in the file but pixels."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

CANVAS_COLOUR = (128, 128, 128)
LARGEST_CROP_PERCENT = 2
_NAME_BYTES = 24


@dataclass(frozen=True)
class Derivative:
    """One encoded file; width and height in pixels, extension without the dot."""

    kind: str
    data: bytes = field(repr=False)
    width: int
    height: int
    content_type: str
    extension: str


def fit_canvas(image: Image.Image, *, width: int, height: int) -> Image.Image:
    """Bring an RGB picture onto a canvas of exactly this many pixels.

    It is scaled as a whole. If its shape is at most 2 % off, the overlap is cut away evenly;
    otherwise the rest is filled with one neutral grey, the same for every picture.
    """
    if image.mode != "RGB":
        raise ValueError("a canvas takes RGB pictures; read them with read_picture")
    if min(width, height) < 1:
        raise ValueError("a canvas has at least one pixel each way")
    less, more = sorted((image.width * height, image.height * width))
    if 100 * less >= (100 - LARGEST_CROP_PERCENT) * more:
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    return ImageOps.pad(image, (width, height), Image.Resampling.LANCZOS, CANVAS_COLOUR)


def make_derivatives(image: Image.Image, *, width: int, height: int) -> tuple[Derivative, ...]:
    """Make the four served files: avif_1024, avif_768, jpeg_1024, thumb (384), by longest side.

    The canvas (width, height) alone decides their sizes, and none is larger than it. AVIF and
    JPEG keep full colour resolution: halved, coloured lettering smears and would decide votes.
    """
    canvas = fit_canvas(image, width=width, height=height)
    return (
        _encode_avif("avif_1024", _shrink(canvas, 1024)),
        _encode_avif("avif_768", _shrink(canvas, 768)),
        _encode_jpeg("jpeg_1024", _shrink(canvas, 1024), quality=90),
        _encode_jpeg("thumb", _shrink(canvas, 384), quality=85),
    )


def opaque_name() -> str:
    """Draw an unguessable file name: 32 characters of A-Z a-z 0-9 _ -."""
    return secrets.token_urlsafe(_NAME_BYTES)


def _shrink(canvas: Image.Image, longest: int) -> Image.Image:
    scale = longest / max(canvas.size)
    if scale >= 1:
        return canvas
    size = (max(1, round(canvas.width * scale)), max(1, round(canvas.height * scale)))
    return canvas.resize(size, Image.Resampling.LANCZOS)


def _strip(image: Image.Image) -> Image.Image:
    # Encoders copy profiles and comments out of `.info`, wherever a caller's picture came from.
    return Image.frombytes("RGB", image.size, image.tobytes())


def _encode_avif(kind: str, image: Image.Image) -> Derivative:
    file = BytesIO()
    _strip(image).save(
        file,
        "AVIF",
        codec="aom",
        quality=80,
        subsampling="4:4:4",
        speed=8,
        # Tiles and threads follow the number of cores, and the bytes would follow them.
        max_threads=1,
        autotiling=False,
    )
    return Derivative(kind, file.getvalue(), image.width, image.height, "image/avif", "avif")


def _encode_jpeg(kind: str, image: Image.Image, *, quality: int) -> Derivative:
    file = BytesIO()
    # Not optimised: the standard tables are the same in every file.
    _strip(image).save(
        file, "JPEG", quality=quality, subsampling="4:4:4", progressive=False, optimize=False
    )
    return Derivative(kind, file.getvalue(), image.width, image.height, "image/jpeg", "jpg")
