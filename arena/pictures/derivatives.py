"""What voters are served: equal canvases, one encoder, nothing in the file but pixels."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageOps

from .mark import SourceType, write_mark

CANVAS_COLOUR = (128, 128, 128)
LARGEST_CROP_PERCENT = 2
_NAME_BYTES = 24
REFERENCE_SIDE, REFERENCE_QUALITY = 1536, 92
# Half the CPU of the encoder's defaults at the same speed and nearly the same bytes: no second look at
# quantised coefficients, fewer directions and transforms to try. Figures: docs/architecture.md.
AVIF_OPTIONS = {
    "tune": "ssim",
    "disable-trellis-quant": "1",
    "enable-angle-delta": "0",
    "enable-filter-intra": "0",
    "use-intra-dct-only": "1",
    "coeff-cost-upd-freq": "3",
    "mode-cost-upd-freq": "3",
}
# Raised whenever the same original would give other files: `manage.py rerender` makes old ones anew,
# since files of two recipes in one pair would tell an old picture from a new one.
# 1: AVIF and JPEG of nothing but pixels. 2: the mark, AVIF_OPTIONS, the thumbnail from the 768.
RECIPE = 2


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


def make_derivatives(
    image: Image.Image, *, width: int, height: int, source: SourceType
) -> tuple[Derivative, ...]:
    """Make the four served files: avif_1024, avif_768, jpeg_1024, thumb (384), by longest side.

    The canvas (width, height) alone decides their sizes, and none is larger than it; `source` alone
    decides the mark. AVIF and JPEG keep full colour resolution: halved, coloured lettering smears and
    would decide votes. The encoder's settings are in AVIF_OPTIONS.
    """
    mark = write_mark(source)
    large = _strip(_shrink(fit_canvas(image, width=width, height=height), 1024))
    medium = _shrink(large, 768)
    return (
        _encode_avif("avif_1024", large, mark=mark),
        _encode_avif("avif_768", medium, mark=mark),
        _encode_jpeg("jpeg_1024", large, mark=mark, quality=90),
        _encode_jpeg("thumb", _shrink(medium, 384), mark=mark, quality=85),
    )


def rebuild_reference(image: Image.Image) -> Derivative:
    """Make a reference picture's file: at most REFERENCE_SIDE pixels, a PNG where that is no larger."""
    picture = _strip(image)
    picture.thumbnail((REFERENCE_SIDE, REFERENCE_SIDE), Image.Resampling.LANCZOS)
    jpeg, png = BytesIO(), BytesIO()
    # Without `optimize`: Pillow's buffer for it is too small for a very noisy picture.
    picture.save(jpeg, format="JPEG", quality=REFERENCE_QUALITY, subsampling="4:4:4")
    picture.save(png, format="PNG")
    is_png = len(png.getvalue()) <= len(jpeg.getvalue())
    data, ending, kind = (png, "png", "image/png") if is_png else (jpeg, "jpg", "image/jpeg")
    return Derivative("reference", data.getvalue(), picture.width, picture.height, kind, ending)


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


def _encode_avif(kind: str, image: Image.Image, *, mark: bytes) -> Derivative:
    file = BytesIO()
    image.save(
        file,
        "AVIF",
        xmp=mark,
        codec="aom",
        quality=80,
        subsampling="4:4:4",
        speed=8,
        advanced=AVIF_OPTIONS,
        # Tiles and threads follow the number of cores, and the bytes would follow them.
        max_threads=1,
        autotiling=False,
    )
    return Derivative(kind, file.getvalue(), image.width, image.height, "image/avif", "avif")


def _encode_jpeg(kind: str, image: Image.Image, *, mark: bytes, quality: int) -> Derivative:
    file = BytesIO()
    # Not optimised: the standard tables are the same in every file.
    image.save(
        file,
        "JPEG",
        xmp=mark,
        quality=quality,
        subsampling="4:4:4",
        progressive=False,
        optimize=False,
    )
    return Derivative(kind, file.getvalue(), image.width, image.height, "image/jpeg", "jpg")
