from __future__ import annotations

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms, PngImagePlugin

from arena.pictures.intake import Limits, PictureError, read_picture
from tests.fake_openai_images import make_16_bit_png, make_cmyk_jpeg

RED = (200, 30, 40)


def save(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def make_noise(size: tuple[int, int] = (160, 120), *, seed: int = 1) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


def make_header_png(width: int, height: int, *, depth: int = 8, colour: int = 2) -> bytes:
    """A PNG that claims a size and has next to no pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(b"\0" * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + body + chunk(b"IEND", b"")


def is_near(image: Image.Image, colour: tuple[int, ...], *, off: int = 2) -> bool:
    pixels = np.asarray(image, dtype=int)
    return bool(np.abs(pixels - np.array(colour)).max() <= off)


@pytest.mark.parametrize(
    ("kind", "how", "off"),
    [("PNG", {}, 0), ("WEBP", {"lossless": True}, 0), ("JPEG", {"quality": 95}, 3)],
)
def test_three_formats_are_read(kind, how, off):
    image = read_picture(save(Image.new("RGB", (90, 70), RED), kind, **how))
    assert (image.mode, image.size) == ("RGB", (90, 70))
    assert is_near(image, RED, off=off)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: b"", "empty"),
        (lambda: b"<html>Sign in</html>", "no PNG, JPEG or WebP"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no PNG, JPEG or WebP"),
        (lambda: b"\x89PNG\r\n\x1a\n", "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (90, 90)), "GIF"), "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (90, 90)), "TIFF"), "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (90, 90)), "BMP"), "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (90, 90)), "AVIF"), "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (90, 90)), "PDF"), "no PNG, JPEG or WebP"),
        (lambda: save(Image.new("RGB", (63, 90))), "too small"),
        (lambda: save(Image.new("RGB", (1, 1))), "too small"),
        (lambda: save(Image.new("RGB", (64, 257))), "too narrow"),
        (lambda: make_header_png(8193, 4000), "too large"),
        (lambda: make_header_png(5200, 5001), "too large"),
        (lambda: make_header_png(9500, 9500), "too many pixels|too large"),
        (lambda: make_header_png(60000, 60000), "too many pixels"),
        (lambda: make_header_png(5000, 5000), "damaged"),
        (lambda: b"x" * 30_000_001, "larger than"),
    ],
)
def test_what_is_no_acceptable_picture_is_refused_in_a_sentence(make, words):
    with pytest.raises(PictureError, match=words) as caught:
        read_picture(make())
    assert caught.value.reason.endswith(".")


def test_limits_are_inclusive():
    assert read_picture(save(Image.new("RGB", (64, 256)))).size == (64, 256)
    exact = Limits(max_side=200, max_pixels=200 * 100, min_side=100, max_aspect=2.0)
    assert read_picture(save(Image.new("RGB", (200, 100))), limits=exact).size == (200, 100)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_animations_are_refused(kind):
    frames = [make_noise(seed=seed) for seed in range(3)]
    data = save(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    with pytest.raises(PictureError, match="more than one"):
        read_picture(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.995])
def test_cut_off_files_are_refused(kind, share):
    data = save(make_noise(), kind)
    with pytest.raises(PictureError):
        read_picture(data[: int(len(data) * share)])


def test_png_without_its_end_is_refused():
    with pytest.raises(PictureError, match="damaged"):
        read_picture(save(make_noise())[:-12])


def test_png_with_a_wrong_checksum_is_refused():
    data = bytearray(save(make_noise()))
    data[-14] ^= 0xFF
    with pytest.raises(PictureError, match="damaged"):
        read_picture(bytes(data))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_flipped_bytes_give_a_picture_or_a_picture_error(kind):
    data = save(make_noise((80, 72)), kind)
    rng = np.random.default_rng(7)
    for _ in range(120):
        broken = bytearray(data)
        for position in rng.integers(0, len(data), 3):
            broken[position] ^= int(rng.integers(1, 256))
        try:
            image = read_picture(bytes(broken))
        except PictureError:
            continue
        assert image.mode == "RGB"
        assert image.info == {}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied_and_gone(orientation):
    upright = Image.new("RGB", (96, 64), (255, 255, 255))
    upright.paste(RED, (0, 0, 48, 32))
    undo = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    stored = upright.transpose(undo) if undo is not None else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = read_picture(save(stored, "PNG", exif=exif))
    assert image.size == (96, 64)
    assert image.tobytes() == upright.tobytes()


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"", b"\0"])
def test_broken_exif_is_ignored(exif):
    image = read_picture(save(Image.new("RGB", (90, 70), RED), "JPEG", exif=exif, quality=95))
    assert is_near(image, RED, off=3)


def test_16_bit_grey_is_scaled_not_clipped():
    image = read_picture(make_16_bit_png())
    ramp = np.asarray(image)[100, :, 0]
    assert ramp.tolist() == list(range(256))


def test_16_bit_mid_grey_is_mid_grey():
    data = save(Image.frombytes("I;16", (64, 64), struct.pack("<H", 30000) * 4096))
    assert is_near(read_picture(data), (117, 117, 117), off=0)


@pytest.mark.parametrize(
    ("colour", "samples", "expected"),
    [
        (2, (0xC8FF, 0x1E01, 0x2880), RED),
        (6, (0xC8FF, 0x1E01, 0x2880, 0xFFFF), RED),
        (6, (0, 0, 0, 0), (255, 255, 255)),
        (4, (0x8000, 0xFFFF), (128, 128, 128)),
    ],
)
def test_16_bit_colour_keeps_its_high_bytes(colour, samples, expected):
    row = b"\0" + struct.pack(f">{len(samples)}H", *samples) * 64
    head = make_header_png(64, 64, depth=16, colour=colour)
    start = head.index(b"IDAT") - 4
    packed = zlib.compress(row * 64)
    body = b"IDAT" + packed
    chunk = struct.pack(">I", len(packed)) + body + struct.pack(">I", zlib.crc32(body))
    end = head[head.index(b"IEND") - 4 :]
    assert is_near(read_picture(head[:start] + chunk + end), expected, off=0)


@pytest.mark.parametrize("alpha", [0, 128, 255])
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_transparency_is_laid_on_white(alpha, kind):
    how = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    image = read_picture(save(Image.new("RGBA", (70, 70), (*RED, alpha)), kind, **how))
    share = alpha / 255
    expected = tuple(round(c * share + 255 * (1 - share)) for c in RED)
    assert is_near(image, expected, off=1)


def test_grey_with_transparency_is_laid_on_white():
    image = read_picture(save(Image.new("LA", (70, 70), (0, 51))))
    assert is_near(image, (204, 204, 204), off=1)


def test_palette_pictures_keep_their_colours():
    palette = Image.new("RGB", (70, 70), RED).quantize(4)
    assert is_near(read_picture(save(palette)), RED, off=0)
    assert is_near(read_picture(save(palette, transparency=b"\0" * 4)), (255, 255, 255), off=0)


@pytest.mark.parametrize(("mode", "value", "grey"), [("L", 77, 77), ("1", 1, 255)])
def test_grey_and_bilevel_become_rgb(mode, value, grey):
    assert is_near(read_picture(save(Image.new(mode, (70, 70), value))), (grey,) * 3, off=0)


def test_transparent_colour_of_an_rgb_png_is_white():
    data = save(Image.new("RGB", (70, 70), RED), transparency=RED)
    assert is_near(read_picture(data), (255, 255, 255), off=0)


def test_cmyk_jpeg_of_adobe_is_not_inverted():
    assert is_near(read_picture(make_cmyk_jpeg()), (0, 255, 255), off=6)


def test_cmyk_jpeg_without_adobe_marker_is_read_as_it_stands():
    data = save(Image.new("CMYK", (70, 70), (0, 255, 255, 128)), "JPEG", quality=95)
    start = data.index(b"\xff\xee")
    length = struct.unpack(">H", data[start + 2 : start + 4])[0]
    bare = data[:start] + data[start + 2 + length :]
    # The stored samples are inverted; read plainly they are dark cyan instead of dark red.
    assert is_near(read_picture(data), (127, 0, 0), off=6)
    assert is_near(read_picture(bare), (0, 128, 128), off=6)


def make_profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def swap_red_and_green(profile: bytes) -> bytes:
    """An RGB profile whose red primary is green and the other way round."""
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")


def test_embedded_profile_is_applied():
    swapped = swap_red_and_green(make_profile("sRGB"))
    data = save(Image.new("RGB", (70, 70), (255, 0, 0)), icc_profile=swapped)
    assert is_near(read_picture(data), (0, 255, 0), off=3)


def test_profile_is_applied_under_transparency():
    swapped = swap_red_and_green(make_profile("sRGB"))
    data = save(Image.new("RGBA", (70, 70), (255, 0, 0, 0)), icc_profile=swapped)
    assert is_near(read_picture(data), (255, 255, 255), off=0)


@pytest.mark.parametrize("profile", [b"garbage", b"\0" * 200, b"LAB"])
def test_broken_or_foreign_profile_counts_as_srgb(profile):
    profile = make_profile("LAB") if profile == b"LAB" else profile
    data = save(Image.new("RGB", (70, 70), RED), icc_profile=profile)
    assert is_near(read_picture(data), RED, off=0)


def test_nothing_but_pixels_survives():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", "gpt-image-2")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>Made with Google AI</x:xmpmeta>")
    data = save(
        make_noise(), pnginfo=notes, dpi=(300, 300), icc_profile=make_profile("sRGB"), exif=b"MM\0*"
    )
    image = read_picture(data)
    assert image.info == {}
    assert image.getexif() == {}
    assert b"gpt-image" not in save(image)
    assert b"Google" not in save(image)


def test_reading_twice_gives_the_same_pixels():
    data = save(make_noise(), "JPEG")
    assert read_picture(data).tobytes() == read_picture(data).tobytes()
