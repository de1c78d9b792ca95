"""Keeps originals aside and writes the pictures that voters see."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arena.pictures.derivatives import Derivative, make_derivatives, opaque_name
from arena.pictures.intake import read_picture

from .models import Candidate, Generation, PublicPicture


@dataclass(frozen=True)
class WrittenPicture:
    derivative: Derivative
    name: str
    path: Path


@dataclass(frozen=True)
class Rendering:
    """The size of the original and the files made from it."""

    width: int
    height: int
    files: tuple[WrittenPicture, ...]


def keep_original(generation_id: int, *, data: bytes) -> tuple[str, str]:
    """Write a provider's bytes as they came; return their path under the media folder and SHA-256."""
    checksum = hashlib.sha256(data).hexdigest()
    name = f"originals/{generation_id}-{checksum[:16]}"
    _write_file(Path(settings.MEDIA_ROOT) / name, data)
    return name, checksum


def load_original(name: str) -> bytes:
    """Read back what keep_original wrote."""
    return (Path(settings.MEDIA_ROOT) / name).read_bytes()


def render_pictures(data: bytes, *, width: int, height: int) -> Rendering:
    """Check, rebuild and encode a picture for a canvas; raises PictureError with a sentence."""
    image = read_picture(data)
    files = []
    for derivative in make_derivatives(image, width=width, height=height):
        name = opaque_name()
        path = picture_path(f"{name}.{derivative.extension}")
        _write_file(path, derivative.data)
        files.append(WrittenPicture(derivative, name, path))
    return Rendering(image.width, image.height, tuple(files))


def store_candidate(generation: Generation, *, pictures: Rendering) -> Candidate:
    """Create the candidate and its public pictures; runs inside the transaction that ends the generation."""
    candidate = Candidate.objects.create(
        slot_id=generation.slot_id,
        generation=generation,
        original=generation.parameters["original"],
        original_sha256=generation.parameters["sha256"],
        width=pictures.width,
        height=pictures.height,
    )
    PublicPicture.objects.bulk_create(
        [
            PublicPicture(
                candidate=candidate,
                kind=file.derivative.kind,
                name=file.name,
                extension=file.derivative.extension,
                content_type=file.derivative.content_type,
                width=file.derivative.width,
                height=file.derivative.height,
            )
            for file in pictures.files
        ]
    )
    return candidate


def discard_pictures(pictures: Rendering) -> None:
    """Remove files whose candidate was not stored."""
    for file in pictures.files:
        file.path.unlink(missing_ok=True)


def picture_path(file_name: str) -> Path:
    """Return where a public picture's file lives."""
    return Path(settings.MEDIA_ROOT) / "pictures" / file_name


def _write_file(path: Path, data: bytes) -> None:
    """Write whole or not at all: a reader never sees half a file, and a power cut loses none that a row names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
