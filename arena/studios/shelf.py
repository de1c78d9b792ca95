"""Pictures answered by URL: a bounded folder in the temporary directory, shared by workers."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import time
from pathlib import Path

LIFETIME = 3600
MOST_FILES = 400
_NAME = re.compile(r"[A-Za-z0-9_-]{32}\.png")


def folder() -> Path:
    """The shared folder, made on first use; PARAGONE_STUDIO_FILES overrides its place."""
    named = os.environ.get("PARAGONE_STUDIO_FILES")
    path = Path(named) if named else Path(tempfile.gettempdir()) / f"paragone-studio-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def put_picture(png: bytes) -> str:
    """Store PNG bytes under an unguessable name, throw out what is old, return the name."""
    place = folder()
    sweep(place)
    name = f"{secrets.token_urlsafe(24)}.png"
    part = place / f"{name}.part"
    part.write_bytes(png)
    part.replace(place / name)
    return name


def take_picture(name: str) -> bytes | None:
    """The bytes of a stored picture, or None when unknown or expired."""
    if not _NAME.fullmatch(name):
        return None
    path = folder() / name
    try:
        if time.time() - path.stat().st_mtime > LIFETIME:
            return None
        return path.read_bytes()
    except FileNotFoundError:
        return None


def sweep(place: Path) -> None:
    """Delete expired files and, beyond MOST_FILES, the oldest."""
    aged: list[tuple[float, Path]] = []
    for path in place.iterdir():
        try:
            aged.append((path.stat().st_mtime, path))
        except FileNotFoundError:
            continue
    aged.sort(key=lambda pair: pair[0])
    surplus = len(aged) - MOST_FILES
    limit = time.time() - LIFETIME
    for number, (when, path) in enumerate(aged):
        if when < limit or number < surplus:
            path.unlink(missing_ok=True)
