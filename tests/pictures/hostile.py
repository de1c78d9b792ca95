"""Some 200 inputs that providers or strangers might send; the same ones in every run.

`good` must be accepted and `bad` refused; of `odd` ones either will do, as long as nothing breaks.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

WORD = "ZQ-planted-word-QZ"
Input = tuple[str, bytes]


def make_inputs() -> list[Input]:
    """List (name, bytes); the name begins with good, bad or odd."""
    makers: tuple[Callable[[], Iterator[Input]], ...] = (
        make_pngs,
        make_jpegs,
        make_webps,
        make_other_formats,
        make_sizes,
        make_bombs,
        make_polyglots,
        make_profiles,
        make_broken_chunks,
        make_broken_jpegs,
        make_truncations,
        make_flips,
    )
    return [item for maker in makers for item in maker()]


def noise(size: tuple[int, int] = (96, 80), mode: str = "RGB", *, seed: int = 1) -> Image.Image:
    channels = len(Image.new(mode, (1, 1)).getbands())
    data = random.Random(seed).randbytes(size[0] * size[1] * channels)
    return Image.frombytes(mode, size, data)


def save(image: Image.Image, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + crc


def png(
    width: int,
    height: int,
    *,
    depth: int = 8,
    colour: int = 2,
    interlace: int = 0,
    rows: bytes | None = None,
    before: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A PNG of zeros, or of `rows`, with chunks of the caller's before the pixels and behind them."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 1)
    if rows is None:
        rows = bytes(height * (1 + (width * samples * depth + 7) // 8))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + before
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + after
        + chunk(b"IEND", b"")
    )


def make_pngs() -> Iterator[Input]:
    for mode in ("1", "L", "LA", "RGB", "RGBA"):
        yield f"good png {mode}", save(noise(mode="L").convert(mode), "PNG")
    palette = noise().quantize(7)
    yield "good png palette", save(palette, "PNG")
    yield "good png palette with one transparent colour", save(palette, "PNG", transparency=3)
    yield "good png palette with alpha", save(palette, "PNG", transparency=bytes(range(7)))
    yield "good png with a transparent colour", save(noise(), "PNG", transparency=(1, 2, 3))
    table = chunk(b"PLTE", bytes(range(6)))
    for depth in (1, 2, 4, 8):
        yield f"good png palette of {depth} bits", png(70, 66, depth=depth, colour=3, before=table)
        yield f"good png grey of {depth} bits", png(70, 66, depth=depth, colour=0)
    for colour in (0, 2, 4, 6):
        yield f"good png 16 bit, colour type {colour}", png(70, 66, depth=16, colour=colour)
    words = PngInfo()
    words.add_text("Software", WORD)
    words.add_text("Comment", WORD * 50, zip=True)
    words.add_itxt("XML:com.adobe.xmp", f"<x>{WORD}</x>")
    yield "good png with words", save(noise(), "PNG", pnginfo=words, dpi=(9, 9))
    yield "good png with 5,000 chunks", png(70, 66, before=chunk(b"teSt", WORD.encode()) * 5000)
    yield "odd png interlaced", png(64, 64, interlace=1)
    yield "odd png of another depth", png(70, 66, depth=3)
    yield "odd png of colour type 5", png(70, 66, colour=5)
    yield "odd png palette without a table", png(70, 66, colour=3)
    yield "odd png indices beyond its table", png(70, 66, colour=3, rows=b"\0" + b"\xff" * 70)


def make_jpegs() -> Iterator[Input]:
    for mode in ("L", "RGB", "CMYK"):
        yield f"good jpeg {mode}", save(noise(mode=mode), "JPEG")
    for name, how in {
        "progressive": {"progressive": True},
        "optimised": {"optimize": True},
        "quality 1": {"quality": 1},
        "quality 100": {"quality": 100, "subsampling": "4:4:4"},
        "4:2:0": {"subsampling": "4:2:0"},
        "restarts": {"restart_marker_blocks": 1},
        "comment": {"comment": WORD},
    }.items():
        yield f"good jpeg {name}", save(noise(), "JPEG", **how)
    for turn in (0, 1, 3, 6, 8, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = turn
        exif[0x010E] = WORD
        yield f"good jpeg orientation {turn}", save(noise(), "JPEG", exif=exif)
    for number, exif in enumerate(
        (b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"\0" * 60000)
    ):
        yield f"good jpeg with broken exif {number}", save(noise(), "JPEG", exif=exif)
    frames = [noise(seed=seed) for seed in range(2)]
    mpo = save(frames[0], "MPO", save_all=True, append_images=frames[1:])
    yield "odd jpeg of two pictures", mpo


def make_webps() -> Iterator[Input]:
    for mode in ("RGB", "RGBA"):
        for lossless in (False, True):
            yield f"good webp {mode} {lossless}", save(noise(mode=mode), "WEBP", lossless=lossless)
    xmp = f"<x:xmpmeta>{WORD}</x:xmpmeta>".encode()
    yield "good webp with words", save(noise(), "WEBP", xmp=xmp, exif=b"Exif\0\0MM" + xmp)
    frames = [noise(seed=seed) for seed in range(3)]
    for kind in ("WEBP", "PNG", "GIF"):
        moving = save(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        yield f"bad moving {kind}", moving


def make_other_formats() -> Iterator[Input]:
    for kind in (
        "GIF",
        "TIFF",
        "BMP",
        "PDF",
        "AVIF",
        "ICO",
        "PPM",
        "TGA",
        "PCX",
        "SGI",
        "DDS",
        "EPS",
    ):
        yield f"bad format {kind}", save(noise(), kind)
    yield "bad format JPEG 2000", save(noise(), "JPEG2000")
    for name, data in {
        "nothing": b"",
        "one byte": b"\x89",
        "html": b"<!doctype html><title>Sign in</title>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "json": b'{"error": {"message": "no"}}',
        "zeros": bytes(100_000),
        "program": b"\x7fELF\x02\x01\x01" + bytes(500),
        "video": b"\0\0\0\x20ftypisom" + bytes(500),
        "sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(500),
        "random": random.Random(3).randbytes(50_000),
        "postscript": b"%!PS-Adobe-3.0\n(%pipe%id) (r) file\n",
        "image magick": b"push graphic-context\nimage over 0,0 0,0 'url:file:///etc/passwd'\n",
    }.items():
        yield f"bad not a picture: {name}", data


def make_sizes() -> Iterator[Input]:
    for width, height in ((1, 1), (63, 64), (64, 257), (0, 0), (64, 0), (2_000_000_000, 64)):
        yield f"bad png of {width} x {height}", png(width, height, rows=bytes(100))
    for side in (9_000, 20_000, 65_535, 2**31 - 1):
        yield f"bad png that claims {side} x {side}", png(side, side, rows=bytes(100))
    for width, height in ((64, 64), (64, 256), (256, 64), (4096, 1024)):
        yield f"good png of {width} x {height}", png(width, height)
    for side in (0, 1, 40_000, 65_535):
        data = bytearray(save(noise(), "JPEG"))
        place = data.index(b"\xff\xc0")
        data[place + 5 : place + 9] = struct.pack(">HH", side, side)
        yield f"bad jpeg that claims {side} x {side}", bytes(data)
    data = bytearray(save(noise(mode="RGBA"), "WEBP", lossless=True, xmp=b"x"))
    place = data.index(b"VP8X") + 12
    data[place : place + 6] = b"\xff\x3f\0\xff\x3f\0"
    yield "bad webp that claims 16384 x 16384", bytes(data)


def make_bombs() -> Iterator[Input]:
    """Small files that want much memory or time; those within the limits are pictures like others."""
    yield "good png of 26 million pixels with alpha", png(5_200, 5_000, colour=6)
    yield "bad png of too many pixels", png(8_000, 3_300, colour=0, depth=1)
    much = zlib.compress(bytes(60_000_000), 1)
    yield "odd text bomb", png(70, 66, before=chunk(b"zTXt", b"k\0\0" + much))
    yield "odd text bomb behind the pixels", png(70, 66, after=chunk(b"zTXt", b"k\0\0" + much))
    yield "odd international text bomb", png(70, 66, before=chunk(b"iTXt", b"k\0\1\0\0\0" + much))
    yield "odd profile bomb", png(70, 66, before=chunk(b"iCCP", b"k\0\0" + much))
    yield (
        "odd eighty texts of 1 MB",
        png(70, 66, before=chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(1_000_000), 1)) * 80),
    )
    yield "odd pixels followed by 60 MB", png(70, 66, rows=bytes(60_000_000))
    yield (
        "odd jpeg of forty more scans",
        repeat_scans(save(noise((600, 600)), "JPEG", progressive=True), 40),
    )


def repeat_scans(data: bytes, times: int) -> bytes:
    """Repeat the last scan of a progressive JPEG, each of which costs a walk over all its blocks."""
    start = data.rindex(b"\xff\xda")
    return data[:-2] + data[start:-2] * times + data[-2:]


def make_polyglots() -> Iterator[Input]:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.html", f"<script>{WORD}</script>")
    tails = {"zip": file.getvalue(), "html": f"<script>{WORD}</script>".encode(), "exe": b"MZ" * 99}
    for kind in ("PNG", "JPEG", "WEBP"):
        for name, tail in tails.items():
            yield f"odd {kind} that is a {name} as well", save(noise(), kind) + tail
        yield f"bad html in front of {kind}", b"<html><!--" + save(noise(), kind)
        yield f"bad pdf in front of {kind}", b"%PDF-1.7\n" + save(noise(), kind)
    yield "bad GIF89a in front of PNG", b"GIF89a" + save(noise(), "PNG")[6:]


def make_profiles() -> Iterator[Input]:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    dice = random.Random(5)
    flipped = bytearray(srgb)
    for place in dice.sample(range(128, len(srgb)), 40):
        flipped[place] ^= 0x55
    for name, profile in {
        "sRGB": srgb,
        "another space": lab,
        "garbage": dice.randbytes(3000),
        "cut off": srgb[:200],
        "damaged": bytes(flipped),
        "a million tags": srgb[:128] + struct.pack(">I", 1_000_000) + srgb[132:],
        "a size that lies": b"\xff\xff\xff\xff" + srgb[4:],
    }.items():
        for mode, kind in (("RGB", "PNG"), ("L", "PNG"), ("CMYK", "JPEG"), ("RGBA", "WEBP")):
            data = save(noise(mode=mode), kind, icc_profile=profile)
            yield f"good {kind} {mode} with a profile: {name}", data


def make_broken_chunks() -> Iterator[Input]:
    plain = png(70, 66)
    head, end = plain[:33], plain[-12:]
    pixels = plain[33:-12]
    wrong = bytearray(plain)
    wrong[40] ^= 1
    yield "bad png with a wrong checksum", bytes(wrong)
    yield "bad png without an end", head + pixels
    yield "bad png without pixels", head + end
    yield "bad png with an endless chunk", head + b"\xff\xff\xff\xffIDAT" + pixels
    yield "bad png of too few rows", png(70, 66, rows=bytes(300))
    yield "bad png without a head", plain[:8] + pixels + end
    yield "bad png with an empty head", plain[:8] + chunk(b"IHDR", b"") + pixels + end
    yield "bad png of pixels that are not packed", head + chunk(b"IDAT", bytes(900)) + end
    yield "odd png with two heads", head + plain[8:33] + pixels + end
    yield "odd png with an unknown critical chunk", head + chunk(b"EVIL", b"x") + pixels + end
    yield "odd png with a huge table", png(70, 66, colour=3, before=chunk(b"PLTE", bytes(9000)))
    yield "odd png with its end twice", plain + end
    yield "odd png with a filter of type 9", png(70, 66, rows=(b"\x09" + bytes(210)) * 66)


def make_broken_jpegs() -> Iterator[Input]:
    plain = save(noise(), "JPEG")
    scan = plain.index(b"\xff\xda")
    yield "bad jpeg without a scan", plain[:scan] + b"\xff\xd9"
    yield "bad jpeg of a head alone", plain[:20]
    for marker, name in ((0xC3, "lossless"), (0xC9, "arithmetic"), (0xC1, "extended")):
        yield f"odd jpeg, {name}", plain.replace(b"\xff\xc0", bytes([0xFF, marker]), 1)
    frame = plain.index(b"\xff\xc0")
    for place, value, name in (
        (4, 12, "of 12 bits"),
        (9, 0, "of no component"),
        (9, 200, "of 200 components"),
        (11, 0, "of no sampling"),
        (11, 0xFF, "of 15-fold sampling"),
        (12, 77, "of an unknown table"),
    ):
        broken = bytearray(plain)
        broken[frame + place] = value
        yield f"odd jpeg {name}", bytes(broken)
    tables = bytearray(plain)
    start = plain.index(b"\xff\xc4")
    tables[start + 5 : start + 21] = b"\xff" * 16
    yield "odd jpeg with impossible codes", bytes(tables)


def make_truncations() -> Iterator[Input]:
    for kind in ("PNG", "JPEG", "WEBP"):
        data = save(noise(), kind)
        for share in (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.98):
            yield f"bad {kind} cut off at {share:.0%}", data[: int(len(data) * share)]
        yield f"odd {kind} without its last byte", data[:-1]


def make_flips() -> Iterator[Input]:
    dice = random.Random(7)
    for kind in ("PNG", "JPEG", "WEBP"):
        data = save(noise((80, 72)), kind)
        for number in range(16):
            broken = bytearray(data)
            for place in [dice.randrange(len(data)) for _ in range(3)]:
                broken[place] ^= dice.randrange(1, 256)
            yield f"odd {kind} with three bytes changed, {number}", bytes(broken)
