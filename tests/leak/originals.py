"""Originals as providers send them: each model with a format, size and luggage of its own that names it."""

import io
import random
import struct
import zlib

from PIL import Image, ImageCms, ImageFilter
from PIL.PngImagePlugin import PngInfo

SHAPES = ((200, 200), (256, 248), (131, 131), (320, 200))


def make_original(*, number: int, label: str, seed: int) -> bytes:
    """Encode a picture drawn from `seed` as the model with this number would; `label` is in its luggage."""
    image = _draw(SHAPES[number % len(SHAPES)], seed=seed)
    write = (_write_png, _write_jpeg, _write_webp, _write_plain_jpeg)[number % 4]
    return write(image, label)


def _draw(size: tuple[int, int], *, seed: int) -> Image.Image:
    dice = random.Random(seed)
    small = Image.frombytes("RGB", (12, 12), dice.randbytes(12 * 12 * 3))
    return small.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1))


def _exif(label: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = f"Drawn by {label}"
    exif[0x010F] = label
    exif[0x0131] = f"{label} 1.0"
    return exif.tobytes()


def _xmp(label: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="{label}"/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def _jumbf(label: str) -> bytes:
    """A box of the kind that C2PA manifests travel in."""
    claim = f'c2pa.claim {{"claim_generator": "{label}"}}'.encode()
    inner = struct.pack(">I4s", 8 + len(claim), b"json") + claim
    return struct.pack(">I4s", 8 + len(inner), b"jumb") + inner


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _write_png(image: Image.Image, label: str) -> bytes:
    info = PngInfo()
    info.add_text("Software", label)
    info.add_text("parameters", f"made with {label}", zip=True)
    info.add_itxt("XML:com.adobe.xmp", _xmp(label).decode())
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=info, icc_profile=_profile(), exif=_exif(label))
    data = file.getvalue()
    body = b"caBX" + _jumbf(label)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    end_of_header = 8 + 25
    return data[:end_of_header] + chunk + data[end_of_header:]


def _write_jpeg(image: Image.Image, label: str) -> bytes:
    file = io.BytesIO()
    image.save(
        file,
        "JPEG",
        quality=96,
        exif=_exif(label),
        xmp=_xmp(label),
        icc_profile=_profile(),
        comment=f"made with {label}",
    )
    box = b"JP\x00\x01\x00\x00\x00\x01" + _jumbf(label)
    return (
        file.getvalue()[:2]
        + b"\xff\xeb"
        + struct.pack(">H", 2 + len(box))
        + box
        + file.getvalue()[2:]
    )


def _write_webp(image: Image.Image, label: str) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=90, exif=_exif(label), xmp=_xmp(label), icc_profile=_profile())
    return file.getvalue()


def _write_plain_jpeg(image: Image.Image, label: str) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=70, subsampling="4:2:0", progressive=True, comment=label)
    return file.getvalue()
