"""Pictures of callers in, pictures for callers out: checked in a child process, re-encoded on demand.

Re-encoding is done one picture at a time in each process: a large one takes hundreds of megabytes.
"""

import threading
from collections.abc import Iterable
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, PngImagePlugin

from arena.generation.storing import measure_picture
from arena.pictures.intake import FORMATS, PictureError, read_picture
from arena.pictures.mark import SourceType, write_mark
from arena.pictures.workshop import WorkshopError
from arena.providers.types import Reference

from .errors import SERVER, GatewayError, invalid

MEDIA_TYPES: Final = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
USUAL_QUALITY = 92
NO_CHECK = "Pictures cannot be checked at the moment."
_one_at_a_time = threading.Lock()


def read_references(files: Iterable[bytes]) -> tuple[tuple[Reference, ...], tuple[int, int]]:
    """Check pictures to edit; give them as providers are sent them, and the first one's size in pixels.

    Their bytes stay as they are; their names are ours. Raises GatewayError with the intake's sentence.
    """
    references, first = [], (1, 1)
    for number, data in enumerate(files, start=1):
        try:
            size = measure_picture(data)
        except PictureError as error:
            said = f"Picture {number}: {error.reason}"
            raise invalid(said, param="image", code="invalid_image") from error
        except WorkshopError as error:
            raise GatewayError(
                503, NO_CHECK, kind=SERVER, code="unavailable", retry_after=5
            ) from error
        first = size if number == 1 else first
        form = tell_format(data)
        references.append(Reference(data, MEDIA_TYPES[form], f"picture-{number}.{form}"))
    return tuple(references), first


def tell_format(data: bytes) -> str:
    """Tell png, jpeg or webp by the first bytes; ValueError for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    raise ValueError("neither PNG nor JPEG nor WebP")


def encode_as(
    data: bytes, *, form: str | None, source: SourceType, quality: int | None = None
) -> tuple[bytes, str]:
    """Give a made picture in a format (None: as it came) and that format's name.

    Re-encoded only where it came in another one, or where a `quality` (0 to 100) is asked of a format that has
    one; it then carries the mark of `source`, since what its provider had written into it is gone. Transparency
    stays where the format knows it and is laid on white in a JPEG.
    """
    came = tell_format(data)
    form = form or came
    if form == came and (quality is None or form == "png"):
        return data, form
    with _one_at_a_time:
        image = _open_upright(data) if form != "jpeg" else read_picture(data)
        file = BytesIO()
        mark = write_mark(source)
        if form == "png":
            image.save(file, "PNG", pnginfo=_as_text(mark))
        else:
            wished = USUAL_QUALITY if quality is None else quality
            image.save(file, form.upper(), quality=wished, xmp=mark)
    return file.getvalue(), form


def _as_text(mark: bytes) -> PngImagePlugin.PngInfo:
    """Put an XMP packet where the XMP specification wants it in a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", mark.decode())
    return info


def _open_upright(data: bytes) -> Image.Image:
    """Decode with transparency, upright, without metadata; the bytes passed the intake when they came."""
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        upright = ImageOps.exif_transpose(image)
        return upright.convert("RGBA") if upright.has_transparency_data else read_picture(data)
