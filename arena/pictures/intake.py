"""Strangers' bytes in, plain RGB pixels out; whatever is odd is refused in a sentence."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageCms

FORMATS = ("PNG", "JPEG", "WEBP")
_ORIENTATION_TAG = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# Sixteen steps of each channel.
_ALL_COLOURS = bytes(17 * step for i in range(4096) for step in (i >> 8 & 15, i >> 4 & 15, i & 15))


class PictureError(Exception):
    """The bytes are no acceptable picture; `reason` is one sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, pixels of a side and of the whole, and longer side by shorter side."""

    max_bytes: int = 30_000_000
    min_side: int = 64
    max_side: int = 8192
    max_aspect: float = 4.0
    max_pixels: int = 26_000_000


def read_picture(data: bytes, *, limits: Limits = Limits()) -> Image.Image:
    """Decode a PNG, JPEG or WebP into an upright sRGB picture rebuilt from its bare pixels.

    Size is checked before a pixel is decoded. Transparency is laid on white; an embedded ICC
    profile is applied, a broken one ignored. The result has mode RGB and an empty `.info`. Raises
    PictureError, whatever the bytes are.
    """
    _check_bytes(data, limits)
    image = _open(data)
    _check_frame(image, limits)
    try:
        if image.format == "PNG":
            _check_png_is_whole(data)
        image.load()
        turn = _TURNS.get(_read_orientation(image))
        colour, alpha = _separate_alpha(_narrow_to_8_bits(image))
        colour = _convert_to_srgb(colour, image.info.get("icc_profile"))
    except PictureError:
        raise
    except MemoryError as error:
        raise PictureError("The picture needs too much memory to be read.") from error
    except Exception as error:  # decoders meet hostile bytes with nearly every type there is
        raise PictureError("The picture is damaged or cut off.") from error
    if alpha is not None:
        white = Image.new("RGB", colour.size, (255, 255, 255))
        colour = Image.composite(colour, white, alpha)
    if turn is not None:
        colour = colour.transpose(turn)
    return Image.frombytes("RGB", colour.size, colour.tobytes())


def _check_bytes(data: bytes, limits: Limits) -> None:
    if not data:
        raise PictureError("The file is empty.")
    if len(data) > limits.max_bytes:
        raise PictureError(f"The file is larger than {limits.max_bytes} bytes.")


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("The picture has far too many pixels.") from error
    except Exception as error:  # see read_picture
        raise PictureError("The file is no PNG, JPEG or WebP picture.") from error


def _check_frame(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    short, long = sorted((width, height))
    if short < limits.min_side:
        raise PictureError(f"The picture is too small: {width} x {height} pixels.")
    if long > limits.max_side or width * height > limits.max_pixels:
        raise PictureError(f"The picture is too large: {width} x {height} pixels.")
    if long > limits.max_aspect * short:
        raise PictureError(f"The picture is too narrow: {width} x {height} pixels.")
    if getattr(image, "is_animated", False) or getattr(image, "n_frames", 1) > 1:
        raise PictureError("The file holds more than one picture.")


def _check_png_is_whole(data: bytes) -> None:
    # Decoding stops at the last pixel; only this walk notices a missing end or a wrong checksum.
    with Image.open(BytesIO(data), formats=("PNG",)) as twin:
        twin.verify()


def _read_orientation(image: Image.Image) -> int:
    try:
        found = image.getexif().get(_ORIENTATION_TAG, 1)
    except (SyntaxError, ValueError, TypeError, KeyError, OSError, Warning, struct.error):
        # Broken EXIF says nothing about how the picture should be held.
        return 1
    return found if isinstance(found, int) else 1


def _narrow_to_8_bits(image: Image.Image) -> Image.Image:
    """Scale 16-bit grey to 8; Pillow's own conversion would clip nearly all of it to white."""
    if image.mode == "I;16":
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    if image.mode == "I;16B":
        return Image.frombytes("L", image.size, image.tobytes()[0::2])
    if image.mode in ("I", "F"):
        raise PictureError("The picture has more than 16 bits a channel.")
    return image


def _separate_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """Give the colours as L, RGB or CMYK, and the opacity as L if there is any."""
    if image.mode == "CMYK":
        # Pillow reads every CMYK JPEG as Adobe writes them, inverted, also where nothing says so.
        return (image if "adobe" in image.info else ImageChops.invert(image)), None
    if image.mode == "LA":
        grey, alpha = image.split()
        return grey, alpha
    if image.has_transparency_data:
        full = image.convert("RGBA")
        return full.convert("RGB"), full.getchannel("A")
    if image.mode in ("1", "L"):
        return image.convert("L"), None
    return image.convert("RGB"), None


def _convert_to_srgb(colour: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        try:
            return _apply_profile(colour, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            # A broken profile is no reason to lose a paid picture: it counts as sRGB.
            return colour.convert("RGB")
    return colour.convert("RGB")


def _apply_profile(colour: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    mode = _PROFILE_MODES.get(source.profile.xcolor_space)
    if mode is None or (mode == "CMYK") != (colour.mode == "CMYK"):
        raise ValueError("the profile is for another kind of picture")
    convert = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    if mode == "RGB" and _changes_nothing(convert):
        return colour.convert("RGB")
    result = ImageCms.applyTransform(colour.convert(mode), convert)
    if result is None:
        raise ValueError("the conversion gave no picture")
    return result


def _changes_nothing(convert: ImageCms.ImageCmsTransform) -> bool:
    """Tell whether a conversion moves none of 4,096 colours by more than one step of 255.

    Most profiles that providers embed are sRGB under some name, and applying one to a megapixel costs
    as much as decoding it.
    """
    before = Image.frombytes("RGB", (64, 64), _ALL_COLOURS)
    after = ImageCms.applyTransform(before, convert)
    if after is None:
        return False
    return max(ImageChops.difference(before, after).tobytes()) <= 1
