"""Opens what pictures are brought in: a ZIP, or a folder on the server; nothing is ever unpacked to a disk.

Of the folders on the server the desk opens those below BRING_FOLDERS alone, wherever names and links lead.
"""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from arena.pictures.intake import PictureError

MOST_FILES = 500
MOST_BYTES = 30_000_000
MOST_BYTES_IN_ALL = 600_000_000
# A table of contents of 500 files is smaller by far; one of a million names is not even read.
MOST_BYTES_OF_CONTENTS = 2_000_000
# Files that are no pictures (of a system, in deep folders) are passed over, up to so many.
MOST_LOOKED_AT = 20_000
LONGEST_PATH = 1_000
IGNORED = ("__MACOSX/", ".DS_Store", "Thumbs.db")
Entry = TypeVar("Entry")


class ParcelError(Exception):
    """The ZIP or folder as a whole cannot be used; the message is a sentence."""


@dataclass(frozen=True)
class Parcel:
    """Pictures with a way to read each: by file name. Reading raises PictureError with a sentence."""

    sizes: dict[str, int]
    read: Callable[[str], bytes]


def open_zip(file: io.IOBase) -> Parcel:
    """Open an uploaded ZIP; raises ParcelError for what is none, is locked or is too much."""
    try:
        _refuse_long_contents(file)
        archive = zipfile.ZipFile(file)
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, RuntimeError) as error:
        raise ParcelError("This file is no ZIP that can be read.") from error
    kept = {entry.filename: entry for entry in entries if not _is_ignored(entry.filename)}
    if len(kept) < len([entry for entry in entries if not _is_ignored(entry.filename)]):
        raise ParcelError("The ZIP holds two files of one name.")
    _refuse_too_much([entry.file_size for entry in kept.values()])

    def read(name: str) -> bytes:
        entry = _entry_of(kept, name)
        if entry.flag_bits & 0x1:
            raise PictureError("It is locked with a password.")
        try:
            with archive.open(entry) as member:
                data = member.read(MOST_BYTES + 1)
        except Exception as error:  # zlib, lzma and bz2 each fail in words of their own
            raise PictureError("The ZIP is damaged at this file.") from error
        return _refuse_large(data)

    return Parcel({name: entry.file_size for name, entry in kept.items()}, read)


def open_folder(folder: Path) -> Parcel:
    """Open a folder on the server; links are not followed. Raises ParcelError."""
    if not folder.is_dir():
        raise ParcelError(f"There is no folder {_printable(str(folder))}.")
    found = {_printable(path.relative_to(folder).as_posix()): path for path in _walk(folder)}
    kept = {name: path for name, path in found.items() if not _is_ignored(name)}
    try:
        sizes = {name: path.stat(follow_symlinks=False).st_size for name, path in kept.items()}
        real = folder.resolve(strict=True)
    except OSError as error:
        raise ParcelError("The folder was changed while it was read: look again.") from error
    _refuse_too_much(list(sizes.values()))

    def read(name: str) -> bytes:
        path = _entry_of(kept, name)
        try:
            # Somebody may have put a link in its place since it was listed.
            if not path.resolve(strict=True).is_relative_to(real):
                raise PictureError("It leads out of the folder.")
            with os.fdopen(
                os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb"
            ) as file:
                return _refuse_large(file.read(MOST_BYTES + 1) or b"")
        except OSError as error:
            raise PictureError("It cannot be read any more, or not by this site.") from error

    return Parcel(sizes, read)


def allowed_folders() -> list[Path]:
    """List the folders below which curators may open one: the operator's setting, as they really are."""
    return [Path(name).resolve() for name in settings.BRING_FOLDERS]


def find_folder(typed: str) -> Path:
    """Find a folder that a curator names, by its path from the root; raises ParcelError.

    What counts is where it really is, every link followed: at or below one of `allowed_folders`.
    """
    roots = allowed_folders()
    named = Path(typed.strip())
    readable = len(typed) <= LONGEST_PATH and "\0" not in typed
    if not roots or not readable or not named.is_absolute():
        raise ParcelError("Name a folder by its whole path, below one of the allowed ones.")
    # One sentence for all: whether something is there outside of them is nobody's business.
    none = ParcelError("There is no such folder below the allowed ones.")
    try:
        real = named.resolve(strict=True)
        if any(real.is_relative_to(root) for root in roots) and real.is_dir():
            return real
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise none from error
    raise none


def _walk(folder: Path) -> Iterator[Path]:
    """List plain files below a folder in the order of their names; links and devices are passed over."""
    looked = 0
    unreadable: list[OSError] = []
    for place, folders, files in os.walk(folder, onerror=unreadable.append):
        folders.sort()
        looked += len(folders) + len(files)
        if looked > MOST_LOOKED_AT:
            raise ParcelError(f"It holds more than {MOST_LOOKED_AT} files and folders.")
        for name in sorted(files):
            path = Path(place) / name
            if path.is_file() and not path.is_symlink():
                yield path
    if unreadable:
        name = _printable(str(unreadable[0].filename))
        raise ParcelError(f"The folder {name} cannot be read by this site.")


def _printable(name: str) -> str:
    """Names of files are bytes; those that are no UTF-8 are told by their numbers."""
    return name.encode("utf-8", "backslashreplace").decode()


def _entry_of(kept: dict[str, Entry], name: str) -> Entry:
    if name not in kept:
        raise PictureError("It is not there any more.")
    return kept[name]


def _refuse_large(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise PictureError(f"It is larger than {MOST_BYTES // 1_000_000} MB.")
    return data


def _refuse_long_contents(file: io.IOBase) -> None:
    """Read from a ZIP's last bytes how long its table of contents is, before all of it is read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 65_557, 0))
    tail = file.read()
    file.seek(0)
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return  # no ZIP at all: the reader says so
    (length,) = struct.unpack_from("<L", tail, place + 12)
    if length > MOST_BYTES_OF_CONTENTS:
        raise ParcelError(f"It holds too many files; bring at most {MOST_FILES} at once.")


def _refuse_too_much(sizes: list[int]) -> None:
    if not sizes:
        raise ParcelError("There is no file in it.")
    if len(sizes) > MOST_FILES:
        raise ParcelError(f"It holds {len(sizes)} files; bring at most {MOST_FILES} at once.")
    if sum(sizes) > MOST_BYTES_IN_ALL:
        raise ParcelError(f"Unpacked it is larger than {MOST_BYTES_IN_ALL // 1_000_000} MB.")


def _is_ignored(name: str) -> bool:
    return name.startswith(IGNORED[0]) or name.rpartition("/")[2] in IGNORED
