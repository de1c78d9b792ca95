"""Keeps originals aside and writes the pictures that voters see."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from arena.catalog.models import Population
from arena.pictures.derivatives import RECIPE, Derivative, opaque_name
from arena.pictures.looks import hash_looks
from arena.pictures.mark import SourceType
from arena.pictures.workshop import open_workshop

from .models import Candidate, FormerPicture, Generation, PublicPicture

# What every file of a population says of itself. The two never meet in a battle, so it tells no model.
SOURCES = {
    Population.REAL: SourceType.TRAINED,
    Population.DEMO: SourceType.DRAWN_BY_CODE,
}


@dataclass(frozen=True)
class WrittenPicture:
    derivative: Derivative
    name: str
    path: Path


@dataclass(frozen=True)
class Rendering:
    """The size of the original, how the picture looks (64 bits), and the files made from it."""

    width: int
    height: int
    looks: int
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


def render_pictures(data: bytes, *, width: int, height: int, population: str) -> Rendering:
    """Check, rebuild and encode a picture for a canvas in a child process, and write its files.

    Raises PictureError with a sentence when the picture is at fault, WorkshopError when no process
    could be started.
    """
    made = open_workshop().make(
        data, width=width, height=height, source=SOURCES[Population(population)]
    )
    files = []
    for derivative in made.files:
        name = opaque_name()
        path = picture_path(f"{name}.{derivative.extension}")
        _write_file(path, derivative.data)
        files.append(WrittenPicture(derivative, name, path))
    (thumb,) = (file.data for file in made.files if file.kind == "thumb")
    return Rendering(made.width, made.height, hash_looks(thumb), tuple(files))


def measure_picture(data: bytes) -> tuple[int, int]:
    """Check in a child process that an original is a picture; return its size. Raises as render_pictures."""
    return open_workshop().measure(data)


def store_candidate(generation: Generation, *, pictures: Rendering) -> Candidate:
    """Create the candidate and its public pictures; runs inside the transaction that ends the generation."""
    candidate = Candidate.objects.create(
        slot_id=generation.slot_id,
        generation=generation,
        original=generation.parameters["original"],
        original_sha256=generation.parameters["sha256"],
        looks=pictures.looks,
        width=pictures.width,
        height=pictures.height,
        recipe=RECIPE,
    )
    _name_pictures(candidate, pictures=pictures)
    return candidate


def replace_pictures(candidate: Candidate, *, pictures: Rendering) -> None:
    """Give a candidate new public pictures; the old names stay readable until they are cleaned up.

    Runs inside a transaction of its caller's.
    """
    former = candidate.pictures.all()
    FormerPicture.objects.bulk_create(
        FormerPicture(candidate=candidate, name=picture.name, extension=picture.extension)
        for picture in former
    )
    former.delete()
    _name_pictures(candidate, pictures=pictures)
    Candidate.objects.filter(pk=candidate.pk).update(recipe=RECIPE)


def _name_pictures(candidate: Candidate, *, pictures: Rendering) -> None:
    PublicPicture.objects.bulk_create(
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
    )


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
